/* SPDX-License-Identifier: ISC */
/*
 * Holds in reports, see holdtell.h. Layer: verbs. Writes nothing.
 */
#include "vault/holdtell.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/date.h"
#include "vault/store/db.h"

bool
holdtell_may(const struct hrv_vault *v)
{
	return role_gets_key(v->role, KEK_HOLD);
}

void
holdtell_since(const char *limit, const char *today, char out[11])
{
	struct hrv_duration day = { .days = 1 };
	struct hrv_date d;

	out[0] = '\0';
	if (limit != NULL && strcmp(limit, today) < 0 &&
	    hrv_date_parse(limit, &d) && hrv_date_add(d, day, &d))
		hrv_date_format(d, out);
}

/* The day since which a version is past its limit, "" when it is not. */
static int
since_of(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, uint32_t n, char out[11], struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_TERM_GET, &st, err);

	out[0] = '\0';
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, rec->id.b, ID_BYTES);
	(void)db_bind_int(st, 2, n);
	rc = db_step(st, &more, err);
	if (rc == HRV_OK && more)
		holdtell_since(db_col_text(st, 1), p->day, out);
	db_reset(st);
	return rc;
}

int
holdtell_add(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, uint32_t n, json_t *o, struct hrv_err *err)
{
	json_t *list = json_array();
	char since[11];
	int rc = protect_list_holds(v, p, rec, list, err);

	if (rc == HRV_OK && json_array_size(list) > 0) {
		rc = since_of(v, p, rec, n, since, err);
		if (rc == HRV_OK &&
		    (json_set_str(
			 o, "beyond_limit", since[0] == '\0' ? NULL : since) ||
			(holdtell_may(v) &&
			    json_object_set(o, "holds", list) != 0)))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	json_decref(list);
	return rc;
}
