/* SPDX-License-Identifier: ISC */
/*
 * The beginning of a row: what the clear layer tells of a record. Layer: verbs.
 * Invariant: of a withheld record nothing is told but class, code and ground;
 * no date is in a row that says when somebody else came, left or was born, or
 * that was taken out of the document.
 */
#include <stdio.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/case_gate.h"
#include "vault/package_int.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* How much a row may tell besides class, code and ground. */
enum telling {
	TELL_NOTHING, /* withheld */
	TELL_OTHERS,  /* a record of somebody else: the dates are theirs */
	TELL_PART,    /* redacted: dates that were taken out of it are not in
		       * the row either; and a stub */
	TELL_ALL
};

static enum telling
may_tell(const struct kase *k, const struct case_item *item,
    const struct record_row *rec)
{
	if (strcmp(item->disposition, ITEM_WITHHELD) == 0)
		return TELL_NOTHING;
	if (!case_person(k, &rec->subject))
		return TELL_OTHERS;
	return strcmp(item->disposition, ITEM_DISCLOSED) == 0 ? TELL_ALL
							      : TELL_PART;
}

/* Until when it is kept, where that tells of nobody else: a time that counts
 * from a birth or an end of service is as good as the day itself. */
static int
find_term(struct hrv_vault *v, const struct package_item *it,
    enum telling tells, char out[16], struct hrv_err *err)
{
	bool found = false;
	struct stmt *st;
	int rc;

	out[0] = '\0';
	if (tells < TELL_PART ||
	    (tells == TELL_PART && it->rec.dependant_born[0] != '\0'))
		return HRV_OK;
	rc = db_stmt(v->db, SQL_TERM_GET, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, it->rec.id.b, ID_BYTES);
	(void)db_bind_int(st, 2, it->n);
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found) {
		const char *t = db_col_text(st, db_col_null(st, 0) ? 1 : 0);

		snprintf(out, 16, "%s", t == NULL ? "" : t);
	}
	db_reset(st);
	return rc;
}

/* What the schedule says of the class, and until when it is kept. */
static int
put_class(struct hrv_vault *v, struct package_item *it, enum telling tells,
    struct hrv_err *err)
{
	const struct hrv_class *c =
	    hrv_schedule_class(v->schedule, it->rec.class_name);
	char keep[16];
	int rc = find_term(v, it, tells, keep, err);

	if (rc != HRV_OK)
		return rc;
	if (package_put(it->row, "purpose", c == NULL ? NULL : c->purpose) ||
	    package_put(
		it->row, "legal_basis", c == NULL ? NULL : c->legal_basis) ||
	    package_put(it->row, "source", NULL) ||
	    json_object_set_new(it->row, "recipients", json_array()) ||
	    package_put(it->row, "keep_until", keep) ||
	    package_put(it->more, "class_title", c == NULL ? NULL : c->title))
		return no_memory(err);
	return HRV_OK;
}

/* What an import needs to store it again as it was. */
static int
put_marks(struct package_item *it)
{
	const char *born = it->rec.dependant_born;

	return json_set_str(
		   it->more, "dependant_born", born[0] == '\0' ? NULL : born) ||
	       (it->rec.confidential &&
		   json_set_int(it->more, "confidential", 1));
}

/* Where it is from and when. */
static int
put_facts(
    struct package_item *it, const struct case_item *item, enum telling tells)
{
	bool whole = strcmp(item->disposition, ITEM_DISCLOSED) == 0;
	int bad = 0;

	if (tells == TELL_NOTHING)
		return 0;
	if (tells >= TELL_PART || whole)
		bad |= json_set_str(it->more, "created", it->rec.created);
	if (tells >= TELL_PART)
		bad |= json_set_str(it->more, "stored", it->rec.stored);
	bad |= json_set_str(it->more, "provided_by", it->rec.provided_by) |
	       json_set_str(it->more, "relation", item->via);
	return tells == TELL_ALL ? bad | put_marks(it) : bad;
}

static int
new_row(struct package_item *it, const struct kase *k,
    const struct case_item *item, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&item->record, id);
	it->n = item->n;
	it->copied = case_item_copied(item);
	it->checked = case_item_checked(item);
	it->stood = case_item_stood(k, item);
	it->body = (struct buf)BUF_INIT_SECRET;
	it->row = json_pack("{s:s,s:I,s:s,s:s}", "record", id, "version",
	    (json_int_t)item->n, "class", it->rec.class_name, "disposition",
	    item->disposition);
	it->more = json_object();
	if (it->row == NULL || it->more == NULL ||
	    put_facts(it, item, may_tell(k, item, &it->rec)) ||
	    package_put(it->row, "code", item->code) ||
	    package_put(it->row, "reason", NULL) ||
	    package_put(it->row, "file", NULL) ||
	    package_put(it->row, "sha256", NULL) ||
	    package_put(it->row, "bytes", NULL))
		return no_memory(err);
	return HRV_OK;
}

int
package_row(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, struct package_item *it, bool *ret_dated,
    struct hrv_err *err)
{
	enum telling tells = may_tell(k, item, &it->rec);
	int rc = new_row(it, k, item, err);

	*ret_dated = tells >= TELL_PART;
	return rc == HRV_OK ? put_class(v, it, tells, err) : rc;
}
