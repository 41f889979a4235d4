/* SPDX-License-Identifier: ISC */
/*
 * Changes that move dates of destruction. Layer: verbs.
 */
#include "vault/earlier.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/custody/roles.h"
#include "vault/protect.h"
#include "vault/store/db.h"
#include "vault/version.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
earlier_add_comp(json_t *list, const char *comp)
{
	size_t n = json_array_size(list), at = 0;
	int c = 1;

	while (
	    at < n &&
	    (c = strcmp(json_string_value(json_array_get(list, at)), comp)) < 0)
		at++;
	if (at < n && c == 0)
		return 0;
	return json_array_insert_new(list, at, json_string(comp));
}

int
earlier_subject_comps(struct hrv_vault *v, const struct hrv_id *subject,
    json_t *list, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = ids_of(
	    v, SQL_RECORD_LIST_DOCUMENTS_OF, subject, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(v, &ids[i], &rec, err);
		if (rc == HRV_OK && !rec.purged &&
		    earlier_add_comp(list, rec.compartment))
			rc = no_memory(err);
	}
	free(ids);
	return rc;
}

/* What a person will be is personal data: it is bound by a keyed hash, which
 * tells nothing to whoever reads the log. */
static int
put_identity(struct hrv_vault *v, const json_t *identity, json_t *what,
    struct hrv_err *err)
{
	const struct key *k =
	    keyring_current(&v->ring, v->slots, KEY_INDEX, NULL);
	struct buf canon = BUF_INIT_SECRET;
	uint8_t mac[32];
	int rc;

	if (k == NULL)
		return hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key of the index");
	buf_adds(&canon, "hrvault-identity-bound/v1\n");
	rc = json_canonical(identity, &canon, err);
	if (rc == HRV_OK)
		rc = crypt_hmac_sha256(k, canon.data, canon.len, mac, err);
	if (rc == HRV_OK &&
	    json_set_hex(what, "identity_mac", mac, sizeof(mac)))
		rc = no_memory(err);
	buf_clear(&canon);
	return rc;
}

/* Whose and what a record will be; the approver needs both compartments. */
static int
put_filing(const struct earlier_step *s, json_t *what, json_t *comps,
    struct hrv_err *err)
{
	char to[ID_TEXT_SIZE];

	id_format(s->to_subject, to);
	if (json_set_str(what, "to_subject", to) ||
	    json_set_str(what, "to_class", s->to_class) ||
	    earlier_add_comp(comps, s->to_comp))
		return no_memory(err);
	return HRV_OK;
}

static int
make_what(struct hrv_vault *v, const struct terms_moved *moved,
    const struct earlier_step *s, json_t *what, struct hrv_err *err)
{
	char subject[ID_TEXT_SIZE], record[ID_TEXT_SIZE] = "";
	json_t *comps = json_array();
	int rc = HRV_OK;

	id_format(s->subject, subject);
	if (s->record != NULL)
		id_format(s->record, record);
	if (what == NULL || json_object_set_new(what, "compartments", comps) ||
	    json_set_str(what, "subject", subject) ||
	    json_set_str(what, "record", s->record == NULL ? NULL : record) ||
	    json_set_str(what, "event", s->event) ||
	    json_set_str(what, "date", s->event == NULL ? NULL : s->day) ||
	    (s->retract && json_set_int(what, "retracted", 1)) ||
	    (s->version > 0 &&
		json_set_int(what, "version", (int64_t)s->version)) ||
	    earlier_bind_moved(what, moved))
		rc = no_memory(err);
	if (rc == HRV_OK && s->comp != NULL && earlier_add_comp(comps, s->comp))
		rc = no_memory(err);
	if (rc == HRV_OK && s->comp == NULL)
		rc = earlier_subject_comps(v, s->subject, comps, err);
	if (rc == HRV_OK && s->to_class != NULL)
		rc = put_filing(s, what, comps, err);
	if (rc == HRV_OK && s->others)
		rc = earlier_subject_comps(v, s->subject, comps, err);
	if (rc == HRV_OK && s->others && s->to_subject != NULL)
		rc = earlier_subject_comps(v, s->to_subject, comps, err);
	if (rc == HRV_OK && s->identity != NULL)
		rc = put_identity(v, s->identity, what, err);
	return rc;
}

/* A known date that is taken back counts as well, by a retraction or a
 * correction; and filing a record where
 * it gets its first date is no event that happened to anybody. What happens to
 * a person, such as coming back, opens dates by itself and is no such step. */
static bool
takes_two(const struct terms_moved *moved, const struct earlier_step *step)
{
	if (moved->earlier > 0)
		return true;
	if (step->to_class != NULL)
		return moved->pending > 0 || moved->dated > 0;
	return moved->pending > 0 && (step->retract || step->event == NULL);
}

int
earlier_allow(struct hrv_vault *v, const struct terms_moved *moved,
    const struct earlier_step *step, struct approval *ret, struct hrv_err *err)
{
	struct proposal_args two = { .kind = "event.earlier",
		.subject = step->subject,
		.record = step->record,
		.reason = step->reason,
		.kek = KEK_DETAIL,
		.owner = step->record != NULL ? step->record : step->subject };
	json_t *what;
	int rc;

	*ret = (struct approval){ .alone = false };
	if (!takes_two(moved, step))
		return HRV_OK;
	what = json_object();
	two.what = what;
	rc = make_what(v, moved, step, what, err);
	if (rc == HRV_OK)
		rc = proposal_require(v, &two, ret, err);
	/* It is open by now, and found again. */
	if (rc == HRV_ECONFIRM && step->waits != NULL)
		rc = proposal_open(v, &two, step->waits, err);
	json_decref(what);
	return rc;
}

int
earlier_set_moved(json_t *obj, const struct terms_moved *m)
{
	json_t *o = json_object();
	int bad = o == NULL;

	bad |= json_set_int(o, "earlier", (int64_t)m->earlier);
	bad |= json_set_int(o, "later", (int64_t)m->later);
	bad |= json_set_int(o, "pending", (int64_t)m->pending);
	bad |= json_set_int(o, "dated", (int64_t)m->dated);
	bad |= json_object_set_new(obj, "moved", o);
	return bad ? -1 : 0;
}

bool
earlier_any(const struct terms_moved *m)
{
	return m->earlier > 0 || m->later > 0 || m->pending > 0 || m->dated > 0;
}

int
earlier_bind_moved(json_t *what, const struct terms_moved *m)
{
	const char *first = m->soonest;
	int bad = earlier_set_moved(what, m);

	if (earlier_any(m))
		bad |=
		    json_set_hex(what, "dates", m->digest, sizeof(m->digest));
	if (strcmp(first, TERMS_AT_ONCE) == 0)
		first = "at-once";
	return bad |
	       json_set_str(what, "soonest", first[0] == '\0' ? NULL : first);
}

int
earlier_set_destruction(struct hrv_vault *v, json_t *obj,
    const struct terms_moved *moved, struct hrv_err *err)
{
	struct hrv_date today, notice, first;
	char text[HRV_DATE_TEXT];
	json_t *value;
	int rc = vault_today(v, &today, err);

	if (rc != HRV_OK)
		return rc;
	if (!hrv_date_parse(moved->first_destruction, &first)) {
		value = json_null();
	} else {
		if (!hrv_date_add(today, v->schedule->purge.notice, &notice))
			notice = first;
		hrv_date_format(
		    hrv_date_cmp(first, notice) < 0 ? notice : first, text);
		value = json_string(text);
	}
	if (json_object_set_new(obj, "earliest_destruction", value) ||
	    json_set_int(obj, "protected", (int64_t)moved->kept))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static int
update(struct hrv_vault *v, const struct hrv_id *id, struct terms_moved *moved,
    struct hrv_err *err)
{
	struct protect *p = NULL;
	int rc = protect_load(v, &p, err);

	moved->protect = p;
	if (rc == HRV_OK)
		rc = id->kind == ID_SUBJECT
			 ? terms_update_subject(v, id, moved, err)
			 : terms_update_record(v, id, moved, err);
	moved->protect = NULL;
	protect_free(p);
	return rc;
}

int
earlier_update_subject(struct hrv_vault *v, const struct hrv_id *subject,
    struct terms_moved *moved, struct hrv_err *err)
{
	return update(v, subject, moved, err);
}

int
earlier_update_record(struct hrv_vault *v, const struct hrv_id *record,
    struct terms_moved *moved, struct hrv_err *err)
{
	return update(v, record, moved, err);
}
