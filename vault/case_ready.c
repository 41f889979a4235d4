/* SPDX-License-Identifier: ISC */
/*
 * Whether a case may be answered, see case_ready.h. Layer: verbs.
 */
#include "vault/case_ready.h"

#include <stdio.h>
#include <string.h>

#include "vault/case_gate.h"
#include "vault/case_life.h"
#include "vault/store/db.h"
#include "vault/unseal.h"
#include "vault/version.h"

static const struct case_item *
first_undecided(const struct kase *k)
{
	for (size_t i = 0; i < k->n_items; i++) {
		if (strcmp(k->items[i].disposition, ITEM_UNDECIDED) == 0)
			return &k->items[i];
	}
	return NULL;
}

/* The ids that still wait, as many as a message holds. */
static int
undecided(const struct kase *k, struct hrv_err *err)
{
	char list[400] = "", text[ID_TEXT_SIZE], id[ID_TEXT_SIZE];
	size_t used = 0, n = case_count(k, ITEM_UNDECIDED);

	for (size_t i = 0; i < k->n_items; i++) {
		const struct case_item *it = &k->items[i];

		if (strcmp(it->disposition, ITEM_UNDECIDED) != 0 ||
		    (i > 0 && id_equal(&it->record, &it[-1].record)))
			continue;
		if (used + ID_TEXT_SIZE + 8 > sizeof(list)) {
			snprintf(list + used, sizeof(list) - used, ", ...");
			break;
		}
		id_format(&it->record, text);
		used += (size_t)snprintf(list + used, sizeof(list) - used,
		    "%s%s", used > 0 ? ", " : "", text);
	}
	hrv_fail_as(err, HRV_ECONFIRM, "undecided",
	    "%zu of %zu record versions are not decided: %s", n, k->n_items,
	    list);
	id_format(&k->id, id);
	id_format(&first_undecided(k)->record, text);
	return hrv_hint(err,
	    "for each: 'hrvault case decide %s %s --disclose', or 'hrvault "
	    "case redact' or 'case withhold' (--code, --reason)",
	    id, text);
}

/* A case that was closed for long has lost its copies; the record itself must
 * not go out in the place of one. */
static int
no_copy(const struct case_item *it, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(&it->record, text);
	hrv_fail_as(err, HRV_ECONFIRM, "undecided",
	    "%s was redacted, and its copy is gone", text);
	return hrv_hint(err, "redact it again with 'hrvault case redact'");
}

/* Whether what goes out of one version can be opened, and may go out today. */
static int
check_item(struct hrv_vault *v, const struct kase *k,
    const struct case_item *it, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	char gate[CASE_GATE_SIZE], text[ID_TEXT_SIZE];
	struct record_row rec;
	int rc = record_load(v, &it->record, &rec, err);

	if (rc == HRV_OK)
		rc = version_load(v, &rec.id, it->n, &ver, err);
	if (rc == HRV_OK && !case_item_copied(it) &&
	    !unseal_may(v, &rec, &ver)) {
		id_format(&rec.id, text);
		hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key of the compartment '%s', which "
		    "%s is in",
		    rec.compartment, text);
		rc = hrv_hint(err, "let a member who holds it hand over a copy "
				   "with 'hrvault case contribute'");
	}
	version_clear(&ver);
	if (rc == HRV_OK && strcmp(it->disposition, ITEM_REDACTED) == 0 &&
	    !case_item_copied(it))
		rc = no_copy(it, err);
	if (rc == HRV_OK)
		rc = case_gate_open(v, k, &rec, it, NULL, gate, err);
	return rc;
}

static int
check_items(struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	char gate[CASE_GATE_SIZE] = "";
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < k->n_items; i++) {
		const char *how = k->items[i].disposition;

		if (strcmp(how, ITEM_DISCLOSED) == 0 ||
		    strcmp(how, ITEM_REDACTED) == 0)
			rc = check_item(v, k, &k->items[i], err);
		if (rc == HRV_OK && strcmp(how, ITEM_DESTROYED) != 0)
			rc = case_code_open(v, k, k->items[i].code,
			    &k->items[i], NULL, true, gate, err);
	}
	return rc;
}

/* The package says that it is everything: what was stored or linked after the
 * collecting would be missing from it, and nobody would see that. */
static int
check_complete(struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	char id[ID_TEXT_SIZE];
	int rc = db_stmt(v->db, SQL_KASE_GET_UNCOLLECTED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, k->subject.b, ID_BYTES);
	rc = db_step(st, &more, err);
	db_reset(st);
	if (rc != HRV_OK || !more)
		return rc;
	id_format(&k->id, id);
	hrv_fail_as(err, HRV_ECONFIRM, "not-collected",
	    "something was stored about the person, or linked to them, since "
	    "the case was collected");
	return hrv_hint(err, "'hrvault case collect %s'", id);
}

/* Who asks, and for whom. */
int
case_check_requester(const struct kase *k, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&k->id, id);
	if (case_find_event(k, "identity.given") == NULL) {
		hrv_fail_as(err, HRV_ECONFIRM, "identity",
		    "nobody has checked who the requester is");
		return hrv_hint(err,
		    "'hrvault case identity %s --method M' says how it was "
		    "checked",
		    id);
	}
	if (case_find_event(k, "authority.asked") != NULL &&
	    case_find_event(k, "authority.given") == NULL) {
		hrv_fail_as(err, HRV_ECONFIRM, "authority",
		    "the representative was asked to show an authority, and "
		    "has not shown it yet");
		return hrv_hint(
		    err, "'hrvault case authority %s' when it came", id);
	}
	return HRV_OK;
}

int
case_ready(struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	int rc;

	id_format(&k->id, id);
	if (k->n_items == 0 || !case_is_collected(k)) {
		hrv_fail_as(err, HRV_ECONFIRM, "not-collected",
		    "nothing was collected for the case so far");
		return hrv_hint(err, "'hrvault case collect %s'", id);
	}
	rc = case_alive(v, &k->subject, err);
	if (rc == HRV_OK)
		rc = check_complete(v, k, err);
	if (rc == HRV_OK && first_undecided(k) != NULL)
		rc = undecided(k, err);
	if (rc == HRV_OK)
		rc = case_check_requester(k, err);
	return rc == HRV_OK ? check_items(v, k, err) : rc;
}
