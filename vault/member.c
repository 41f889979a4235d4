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
#include "vault/crypto/pgp.h"
#include "vault/standing.h"
#include "vault/vault_trust.h"

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

json_t *
member_keys(const struct slots *s, const char *fpr)
{
	json_t *a = json_array();

	for (size_t i = 0; a != NULL && i < s->n_keys; i++) {
		if (s->keys[i].status == KEY_DESTROYED ||
		    !slots_granted(s, fpr, s->keys[i].id))
			continue;
		if (json_array_append_new(a, json_string(s->keys[i].id))) {
			json_decref(a);
			return NULL;
		}
	}
	return a;
}

int
member_set_user_id(
    json_t *o, const char *key, const struct slots *s, const char *fpr)
{
	const struct slot_cert *c = slots_cert(s, fpr);
	char text[PGP_UID_SIZE];
	json_t *value;

	if (c == NULL || !pgp_cert_uid(c->key.data, c->key.len, text))
		return 0;
	value = json_string(text);
	/* Old keys have names in other character sets. */
	for (char *p = text; value == NULL && *p != '\0'; p++)
		if ((*p & 0x80) != 0)
			*p = '?';
	if (value == NULL)
		value = json_string(text);
	return json_object_set_new(o, key, value);
}

json_t *
member_json(
    const struct slots *s, const struct slot_member *m, const char *status)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "fingerprint", m->fpr) ||
	    member_set_user_id(o, "user_id", s, m->fpr) ||
	    json_set_str(o, "role", role_name(m->role)) ||
	    json_object_set_new(
		o, "compartments", member_words(m->compartments)) ||
	    json_object_set_new(o, "until",
		m->until[0] == '\0' ? json_null() : json_string(m->until)) ||
	    json_set_str(o, "status", status) ||
	    json_object_set_new(o, "keys", member_keys(s, m->fpr))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* A former member: what is left is when. */
static json_t *
former_json(const struct slots *s, const struct slot_former *f)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "fingerprint", f->fpr) ||
	    member_set_user_id(o, "user_id", s, f->fpr) ||
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

static int
describe(struct hrv_vault *v, struct trust *t, const struct slot_member *m,
    json_t **ret, struct hrv_err *err)
{
	enum standing standing;
	int rc = standing_of(v, t, m, &standing, err);

	if (rc != HRV_OK)
		return rc;
	*ret = member_json(v->slots, m, standing_name(standing));
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
	struct trust *t = NULL;
	int rc = vault_trust(v, &t, err);

	for (size_t i = 0; rc == HRV_OK && i < v->slots->n_members; i++) {
		json_t *doc = NULL;

		rc = describe(v, t, &v->slots->members[i], &doc, err);
		if (rc == HRV_OK)
			rc = hand_over(fn, ctx, doc, err);
	}
	for (size_t i = 0; rc == HRV_OK && i < v->slots->n_formers; i++)
		rc = hand_over(
		    fn, ctx, former_json(v->slots, &v->slots->formers[i]), err);
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
member_find(const struct slots *s, const char *who,
    const struct slot_member **ret, const struct slot_former **ret_former,
    struct hrv_err *err)
{
	const struct slot_member *m = NULL;
	const struct slot_former *f = NULL;
	char tail[FPR_SIZE];
	size_t found = 0;

	if (!read_tail(who, tail)) {
		hrv_fail(err, HRV_EUSAGE,
		    "a member is named by a fingerprint or its last 16 digits "
		    "or more");
		return hrv_hint(err, MEMBER_NAMES);
	}
	for (size_t i = 0; i < s->n_members; i++) {
		if (ends_with(s->members[i].fpr, tail)) {
			m = &s->members[i];
			found++;
		}
	}
	for (size_t i = 0; m == NULL && i < s->n_formers; i++) {
		if (ends_with(s->formers[i].fpr, tail))
			f = &s->formers[i];
	}
	if (found > 1)
		return hrv_fail(
		    err, HRV_EUSAGE, "several members end with these digits");
	if (m == NULL && (f == NULL || ret_former == NULL)) {
		hrv_fail(err, HRV_ENOTFOUND,
		    f == NULL ? "no member has this fingerprint"
			      : "this is a member no longer");
		return hrv_hint(err, "'hrvault member list' shows them all");
	}
	*ret = m;
	if (ret_former != NULL)
		*ret_former = f;
	return HRV_OK;
}

int
hrv_member_show(struct hrv_vault *v, const char *who, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	const struct slot_member *m = NULL;
	const struct slot_former *f = NULL;
	struct trust *t = NULL;
	json_t *doc = NULL;
	int rc = member_find(v->slots, who, &m, &f, err);

	if (rc == HRV_OK)
		rc = vault_trust(v, &t, err);
	if (rc == HRV_OK && m != NULL)
		rc = describe(v, t, m, &doc, err);
	if (rc == HRV_OK && m == NULL &&
	    (doc = former_json(v->slots, f)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)doc;
	return rc;
}
