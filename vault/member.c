/* SPDX-License-Identifier: ISC */
/*
 * Listing and showing members. Layer: verbs. Everything comes from the slot
 * file, so it works for every role and writes nothing in the vault; how a key
 * stands today is told by the certificate in the file and by the caller's own
 * keyring, which may know more.
 */
#include "vault/member.h"

#include <ctype.h>
#include <string.h>

#include "hrvault/vault.h"
#include "vault/base/when.h"
#include "vault/crypto/pgp.h"
#include "vault/custody/trust.h"
#include "vault/terms.h"

#define TAIL_MIN 16 /* digits that name a member */

json_t *
member_words(const char *list)
{
	json_t *a = json_array();
	const char *p = list;

	if (a == NULL || strcmp(list, "-") == 0)
		return a;
	while (*p != '\0') {
		size_t n = strcspn(p, ",");

		if (json_array_append_new(a, json_stringn(p, n))) {
			json_decref(a);
			return NULL;
		}
		p += n + (p[n] == ',');
	}
	return a;
}

static const char *
granted_ids(const struct slots *s, const char *fpr)
{
	for (size_t i = 0; i < s->n_grants; i++) {
		if (strcmp(s->grants[i].fpr, fpr) == 0)
			return s->grants[i].ids;
	}
	return "";
}

json_t *
member_json(
    const struct slots *s, const struct slot_member *m, const char *status)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "fingerprint", m->fpr) ||
	    json_set_str(o, "role", role_name(m->role)) ||
	    json_object_set_new(
		o, "compartments", member_words(m->compartments)) ||
	    json_object_set_new(o, "until",
		m->until[0] == '\0' ? json_null() : json_string(m->until)) ||
	    json_set_str(o, "status", status) ||
	    json_object_set_new(
		o, "keys", member_words(granted_ids(s, m->fpr)))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* A former member: what is left is when. */
static json_t *
former_json(const struct slot_former *f)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "fingerprint", f->fpr) ||
	    json_object_set_new(o, "role", json_null()) ||
	    json_object_set_new(o, "compartments", json_array()) ||
	    json_object_set_new(o, "until", json_null()) ||
	    json_set_str(o, "status", "former") ||
	    json_object_set_new(o, "keys", json_array()) ||
	    json_set_str(o, "from", f->from) || json_set_str(o, "to", f->to)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* How a key stands. The caller's keyring may know of a revocation or of a
 * longer life; the certificate of the file is what there is otherwise. */
struct standing {
	bool known;
	bool revoked;
	bool expired;
	int64_t expires; /* seconds; 0: never */
};

static int
ask(struct pgp *p, const char *fpr, struct standing *s, struct hrv_err *err)
{
	struct pgp_key_info k;
	int rc = pgp_key_find(p, fpr, false, &k, err);

	if (rc == HRV_ENOTFOUND)
		return HRV_OK;
	if (rc != HRV_OK)
		return rc;
	s->revoked = s->revoked || k.revoked;
	if (!s->known) {
		s->expired = k.expired;
		s->expires = k.expires;
	} else {
		s->expired = s->expired && k.expired;
		if (k.expires == 0 ||
		    (s->expires != 0 && k.expires > s->expires))
			s->expires = k.expires;
	}
	s->known = true;
	return HRV_OK;
}

/* Whether a membership that ends (or ended) on that day ends soon. */
static bool
ends_soon(const char *until, struct hrv_date today)
{
	struct hrv_date d;

	return until[0] != '\0' && hrv_date_parse(until, &d) &&
	       hrv_date_to_days(d) - hrv_date_to_days(today) <
		   MEMBER_EXPIRING_DAYS;
}

static bool
has_ended(const char *until, struct hrv_date today)
{
	struct hrv_date d;

	return until[0] != '\0' && hrv_date_parse(until, &d) &&
	       hrv_date_cmp(d, today) < 0;
}

static int
status_of(struct hrv_vault *v, struct trust *t, const struct slot_member *m,
    const char **ret, struct hrv_err *err)
{
	int64_t soon = vault_now(v) / WHEN_SECOND +
		       MEMBER_EXPIRING_DAYS * (WHEN_DAY / WHEN_SECOND);
	struct standing s = { 0 };
	struct hrv_date today;
	int rc = ask(t->pgp, m->fpr, &s, err);

	if (rc == HRV_OK)
		rc = ask(v->pgp, m->fpr, &s, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc != HRV_OK)
		return rc;
	if (s.revoked)
		*ret = "revoked";
	else if (s.expired || has_ended(m->until, today))
		*ret = "expired";
	else if ((s.expires != 0 && s.expires < soon) ||
		 ends_soon(m->until, today))
		*ret = "expiring";
	else
		*ret = "active";
	return HRV_OK;
}

static int
describe(struct hrv_vault *v, struct trust *t, const struct slot_member *m,
    json_t **ret, struct hrv_err *err)
{
	const char *status = NULL;
	int rc = status_of(v, t, m, &status, err);

	if (rc != HRV_OK)
		return rc;
	*ret = member_json(v->slots, m, status);
	if (*ret == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (strcmp(m->fpr, v->fpr) == 0)
		(void)json_object_set_new(*ret, "you", json_true());
	return HRV_OK;
}

static int
hand_over(hrv_doc_fn *fn, void *ctx, json_t *doc, struct hrv_err *err)
{
	int rc;

	if (doc == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = fn(ctx, (const struct hrv_doc *)doc, err);
	json_decref(doc);
	return rc;
}

int
hrv_member_list(
    struct hrv_vault *v, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct trust t = { 0 };
	int rc = trust_init(&t, v->tmp_dir, v->slots, err);

	for (size_t i = 0; rc == HRV_OK && i < v->slots->n_members; i++) {
		json_t *doc = NULL;

		rc = describe(v, &t, &v->slots->members[i], &doc, err);
		if (rc == HRV_OK)
			rc = hand_over(fn, ctx, doc, err);
	}
	for (size_t i = 0; rc == HRV_OK && i < v->slots->n_formers; i++)
		rc =
		    hand_over(fn, ctx, former_json(&v->slots->formers[i]), err);
	trust_clear(&t);
	return rc;
}

/* The digits of a fingerprint or its tail, in capitals; false when it is
 * neither. */
static bool
read_tail(const char *who, char out[FPR_SIZE])
{
	size_t n = 0;

	if (who[0] == '0' && (who[1] == 'x' || who[1] == 'X'))
		who += 2;
	for (; *who != '\0'; who++) {
		if (*who == ' ')
			continue;
		if (n == FPR_LEN || !isxdigit((unsigned char)*who))
			return false;
		out[n++] = (char)toupper((unsigned char)*who);
	}
	out[n] = '\0';
	return n >= TAIL_MIN;
}

static bool
ends_with(const char *fpr, const char *tail)
{
	return strcmp(fpr + FPR_LEN - strlen(tail), tail) == 0;
}

int
hrv_member_show(struct hrv_vault *v, const char *who, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	const struct slot_member *m = NULL;
	const struct slot_former *f = NULL;
	char tail[FPR_SIZE];
	struct trust t = { 0 };
	json_t *doc = NULL;
	size_t found = 0;
	int rc;

	if (!read_tail(who, tail))
		return hrv_fail(err, HRV_EUSAGE,
		    "a member is named by a fingerprint or its last 16 digits "
		    "or more");
	for (size_t i = 0; i < v->slots->n_members; i++) {
		if (ends_with(v->slots->members[i].fpr, tail)) {
			m = &v->slots->members[i];
			found++;
		}
	}
	for (size_t i = 0; m == NULL && i < v->slots->n_formers; i++) {
		if (ends_with(v->slots->formers[i].fpr, tail))
			f = &v->slots->formers[i];
	}
	if (found > 1)
		return hrv_fail(
		    err, HRV_EUSAGE, "several members end with these digits");
	if (m == NULL && f == NULL) {
		hrv_fail(err, HRV_ENOTFOUND, "no member has this fingerprint");
		return hrv_hint(err, "'hrvault member list' shows them all");
	}
	rc = trust_init(&t, v->tmp_dir, v->slots, err);
	if (rc == HRV_OK && m != NULL)
		rc = describe(v, &t, m, &doc, err);
	if (rc == HRV_OK && m == NULL && (doc = former_json(f)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	trust_clear(&t);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)doc;
	return rc;
}
