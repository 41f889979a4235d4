/* SPDX-License-Identifier: ISC */
/*
 * What the backups themselves know of the log. Layer: verbs. Invariant: on a
 * machine that remembers nothing, no backup in hand knows more of the log than
 * what is restored, unless two people give it up.
 */
#include <string.h>

#include "vault/restore_int.h"

/* Its head names no origin: one from before the last restore is of another
 * log, and whoever takes it with --accept-loss knows that it is. */
static int
check_keys(struct restore *r, struct hrv_err *err)
{
	struct succession s;
	struct hrv_err none = { 0 };
	int rc = restore_check_head(r, &r->keys.log, "the key backup", err);

	if (rc == HRV_EINTEGRITY && r->args->accept_loss &&
	    succession_last(r->v, &s, &none) == HRV_OK)
		rc = HRV_OK;
	return rc;
}

static int
check_snapshot(void *ctx, const struct hrv_id *id, struct hrv_err *err)
{
	struct restore *r = ctx;
	struct snapshot s;
	struct head head;
	int rc = snapshot_read(r->args->records, id, &s, err);

	if (rc == HRV_ENOTFOUND || rc == HRV_EINTEGRITY)
		return HRV_OK; /* no backup: it says nothing */
	if (rc != HRV_OK)
		return rc;
	head.size = s.log_size;
	memcpy(head.root, s.log_root, TREE_HASH);
	if (strcmp(s.origin, r->snap.origin) == 0 &&
	    memcmp(s.vault, r->vault, sizeof(s.vault)) == 0)
		rc = restore_check_head(
		    r, &head, "another backup of the records", err);
	snapshot_clear(&s);
	return rc;
}

/* The newest one in the folder, where another one was named. */
static int
check_log(struct restore *r, struct hrv_err *err)
{
	struct past p = PAST_INIT;
	int rc = HRV_OK;

	if (r->args->log != NULL &&
	    past_open(r->v, r->args->records, &p, err) == HRV_OK &&
	    strcmp(p.origin, r->snap.origin) == 0)
		rc = restore_check_head(
		    r, &p.log, "another backup of the log", err);
	past_clear(&p);
	return rc;
}

int
restore_check_backups(struct restore *r, struct hrv_err *err)
{
	int rc = check_keys(r, err);

	if (rc == HRV_OK)
		rc = check_log(r, err);
	if (rc == HRV_OK)
		rc = backup_each(
		    r->args->records, "records", "", check_snapshot, r, err);
	return rc;
}
