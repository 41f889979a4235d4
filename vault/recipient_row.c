/* SPDX-License-Identifier: ISC */
/*
 * Rows of recipients, and the one rule of where records may go. Layer: verbs.
 * Invariant: outside of the countries with the same protection nothing goes
 * without a safeguard that is in force that day.
 */
#include <stdio.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/recipient.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/unseal.h"

/* The European Economic Area, and the United Kingdom. */
static const char near[][3] = { "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE",
	"ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
	"LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK" };

static void
copy_text(struct stmt *st, int at, char *out, size_t size)
{
	const char *t = db_col_text(st, at);

	snprintf(out, size, "%s", t == NULL ? "" : t);
}

int
recipient_load(struct hrv_vault *v, const struct hrv_id *id,
    struct recipient_row *ret, struct hrv_err *err)
{
	struct recipient_row r = { .id = *id };
	char text[ID_TEXT_SIZE];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RIGHTS_GET_RECIPIENT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND) {
		id_format(id, text);
		return hrv_fail(
		    err, HRV_ENOTFOUND, "there is no recipient %s", text);
	}
	if (rc != HRV_OK)
		return rc;
	copy_text(st, 0, r.kind, sizeof(r.kind));
	copy_text(st, 1, r.country, sizeof(r.country));
	copy_text(st, 2, r.safeguard, sizeof(r.safeguard));
	copy_text(st, 3, r.until, sizeof(r.until));
	copy_text(st, 4, r.added, sizeof(r.added));
	r.leaf = (uint64_t)db_col_int(st, 5);
	db_reset(st);
	*ret = r;
	return HRV_OK;
}

bool
recipient_near(const struct hrv_vault *v, const char *country)
{
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
		if (strcmp(country, near[i]) == 0)
			return true;
	}
	return v->schedule != NULL &&
	       strncmp(v->schedule->jurisdiction, country, 2) == 0;
}

int
recipient_check(const struct hrv_vault *v, const struct recipient_row *r,
    const char *day, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	bool none = strcmp(r->safeguard, "none") == 0;

	if (recipient_near(v, r->country))
		return HRV_OK;
	if (!none && (r->until[0] == '\0' || strcmp(day, r->until) <= 0))
		return HRV_OK;
	id_format(&r->id, id);
	if (none)
		hrv_fail_as(err, HRV_EREFUSED, "safeguard",
		    "%s is in %s, and no safeguard is registered for it", id,
		    r->country);
	else
		hrv_fail_as(err, HRV_EREFUSED, "safeguard",
		    "the safeguard of %s (%s) lapsed on %s", id, r->safeguard,
		    r->until);
	return hrv_hint(err, "register the recipient again with the safeguard "
			     "that is in force: 'hrvault recipient add'");
}

int
recipient_name(struct hrv_vault *v, const struct receipt *r,
    const struct recipient_row *row, struct buf *out, struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	int rc = detail_load(v, row->leaf, &d, err);

	if (rc == HRV_OK)
		rc = unseal_detail(v, r, &d, out, err);
	detail_clear(&d);
	return rc;
}

int
recipient_view(struct hrv_vault *v, const struct recipient_row *row,
    json_t **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], day[HRV_DATE_TEXT];
	struct hrv_err ignored;
	json_t *o;
	int rc = vault_today_text(v, day, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&row->id, id);
	o = json_pack("{s:s,s:s,s:s,s:s,s:b}", "id", id, "kind", row->kind,
	    "country", row->country, "safeguard", row->safeguard, "usable",
	    recipient_check(v, row, day, &ignored) == HRV_OK);
	if (o == NULL || json_set_str(o, "until",
			     row->until[0] == '\0' ? NULL : row->until)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = o;
	return HRV_OK;
}
