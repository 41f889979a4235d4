/* SPDX-License-Identifier: ISC */
/*
 * What the backups themselves know of the log. Layer: verbs. Invariant: on a
 * machine that remembers nothing, no backup in hand knows more of the log than
 * what is restored, unless two people give it up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/restore_int.h"

int
restore_check_later(struct restore *r, const char *origin,
    const struct head *head, struct hrv_err *err)
{
	if (!r->args->accept_loss) {
		hrv_fail_as(err, HRV_EINTEGRITY, "rollback",
		    "the vault was restored after this backup of the records, "
		    "and went on: its log has been %s since",
		    origin);
		return hrv_hint(err,
		    "use backups from after that restore (--snapshot, --log); "
		    "if there are none, name the log backup that goes with "
		    "this one (--log FILE), and two people give up what came "
		    "since: --accept-loss");
	}
	if (r->beyond_origin[0] == '\0' ||
	    succession_later(origin, r->beyond_origin) ||
	    (strcmp(origin, r->beyond_origin) == 0 &&
		head->size > r->beyond.size)) {
		r->beyond = *head;
		snprintf(
		    r->beyond_origin, sizeof(r->beyond_origin), "%s", origin);
	}
	return HRV_OK;
}

/* Its head names no origin: one from before the last restore is of another
 * log, as is one from after it, and whoever takes it with --accept-loss knows
 * that it is. */
static int
check_keys(struct restore *r, struct hrv_err *err)
{
	struct succession s;
	struct hrv_err none = { 0 };
	int rc = restore_check_head(r, &r->keys.log, "the key backup", err);

	if (rc == HRV_EINTEGRITY && r->args->accept_loss &&
	    (r->beyond_origin[0] != '\0' ||
		succession_last(r->v, &s, &none) == HRV_OK))
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
	if (memcmp(s.vault, r->vault, sizeof(s.vault)) != 0)
		rc = HRV_OK;
	else if (succession_later(s.origin, r->snap.origin))
		rc = restore_check_later(r, s.origin, &head, err);
	else if (strcmp(s.origin, r->snap.origin) == 0)
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

/* Whichever it is: one of a later origin may be shorter than others. */
static int
check_origin(void *ctx, const struct hrv_id *id, struct hrv_err *err)
{
	struct restore *r = ctx;
	struct past p = PAST_INIT;
	struct hrv_err none = { 0 };
	char *path = NULL;
	int rc = backup_path(r->args->records, "log", id, ".hrvl", &path, err);

	if (rc == HRV_OK && past_open(r->v, path, &p, &none) == HRV_OK &&
	    succession_later(p.origin, r->snap.origin))
		rc = restore_check_later(r, p.origin, &p.log, err);
	past_clear(&p);
	free(path);
	return rc;
}

int
restore_check_backups(struct restore *r, struct hrv_err *err)
{
	int rc =
	    backup_each(r->args->records, "log", ".hrvl", check_origin, r, err);

	if (rc == HRV_OK)
		rc = check_keys(r, err);
	if (rc == HRV_OK)
		rc = check_log(r, err);
	if (rc == HRV_OK)
		rc = backup_each(
		    r->args->records, "records", "", check_snapshot, r, err);
	return rc;
}
