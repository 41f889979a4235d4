/* SPDX-License-Identifier: ISC */
/*
 * Confirming the clock. Layer: verbs. Two people say that time really went on
 * as the log has it since the last entry that found the clock right; after
 * the next such entry their word is used up, whatever happens to it.
 */
#include <string.h>

#include "hrvault/purge.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/proposal.h"
#include "vault/purge.h"

/* Shorter than any silence that would need a confirmation of its own. */
#define CONFIRM_DAYS 7

static bool
has_line(const struct log_row *row, const char *line)
{
	return memmem(row->leaf, row->leaf_len, line, strlen(line)) != NULL;
}

/* Notes the last entry after which the clock counted as right. */
static int
note_credible(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	uint64_t *since = ctx;

	(void)err;
	if (has_line(row, "\nresult ok\n") &&
	    (has_line(row, "\nop purge.heartbeat\n") ||
		has_line(row, "\nop purge.certificate\n") ||
		has_line(row, "\nop clock.confirm\n")))
		*since = row->index;
	return HRV_OK;
}

static int
ask(struct hrv_vault *v, struct approval *ret, struct hrv_err *err)
{
	struct proposal_args two = { .kind = "clock", .days = CONFIRM_DAYS };
	json_t *what = json_object();
	uint64_t since = 0;
	int rc = log_each(v->db, 0, note_credible, &since, err);

	if (rc == HRV_OK &&
	    (what == NULL || json_set_int(what, "since", (int64_t)since)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	two.what = what;
	if (rc == HRV_OK)
		rc = proposal_require(v, &two, ret, err);
	json_decref(what);
	return rc;
}

int
purge_confirm_log(struct hrv_vault *v, const char *op, const json_t *what,
    const struct approval *a, struct hrv_err *err)
{
	struct entry e = ENTRY(op);
	json_t *p = what == NULL ? json_object() : json_deep_copy(what);
	uint64_t leaf = 0;
	int rc = p == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : approval_log(a, &e, p, err);

	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, a, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

int
hrv_purge_confirm_clock(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("clock.confirm");
	struct approval a = { .alone = false };
	json_t *doc = json_object();
	int rc = role_may(v->role, "clock.confirm", err);

	if (doc == NULL || json_object_set_new(doc, "confirmed", json_true()))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = ask(v, &a, err);
	if (rc == HRV_OK)
		rc = purge_confirm_log(v, refused.op, NULL, &a, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(doc);
	json_decref(doc);
	return rc;
}
