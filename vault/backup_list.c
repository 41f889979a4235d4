/* SPDX-License-Identifier: ISC */
/*
 * Listing backups. Layer: verbs. Writes nothing.
 */
#include <string.h>

#include "hrvault/backup.h"
#include "vault/backup_int.h"
#include "vault/store/db.h"
#include "vault/terms.h"

/* A copy of the log is written once more with the entry that concludes it, so
 * it covers that one too; the row is older than that. */
static int64_t
covered(struct stmt *st, const char *kind)
{
	return kind != NULL && strcmp(kind, "log") == 0 ? db_col_int(st, 9) + 1
							: db_col_int(st, 4);
}

static int
show(struct stmt *st, const char *today, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_BACKUP };
	const char *kind = db_col_text(st, 1), *dies = db_col_text(st, 7);
	char text[ID_TEXT_SIZE];
	json_t *o = json_object();
	int bad = o == NULL;
	int rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);

	id_format(&id, text);
	bad |= json_set_str(o, "backup", text);
	bad |= json_set_str(o, "kind", kind);
	bad |= json_set_str(o, "day", db_col_text(st, 2));
	bad |= json_set_int(o, "log_size", covered(st, kind));
	bad |= json_set_int(o, "bytes", db_col_int(st, 5));
	bad |= json_set_int(o, "copied", db_col_int(st, 6));
	if (!db_col_null(st, 3)) {
		bad |= json_set_int(o, "epoch", db_col_int(st, 3));
		bad |= json_set_str(o, "dies", dies);
		bad |= json_object_set_new(
		    o, "opens", json_boolean(db_col_null(st, 8)));
		bad |= json_object_set_new(o, "overdue",
		    json_boolean(db_col_null(st, 8) && dies != NULL &&
				 strcmp(dies, today) <= 0));
	}
	if (rc == HRV_OK && bad)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = fn(ctx, (struct hrv_doc *)o, err);
	json_decref(o);
	return rc;
}

int
hrv_backup_list(
    struct hrv_vault *v, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	char today[HRV_DATE_TEXT];
	struct stmt *st;
	bool more = false;
	int rc = vault_today_text(v, today, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_BACKUP_LIST, &st, err);
	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = show(st, today, fn, ctx, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}
