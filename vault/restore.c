/* SPDX-License-Identifier: ISC */
/*
 * Restoring, up to a whole vault without a name. Layer: verbs. Invariants: a
 * log that is shorter than somebody remembers is not taken for the whole of it;
 * what is given up on the way dies, keys first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hrvault/status.h"
#include "vault/base/enc.h"
#include "vault/log/append.h"
#include "vault/logkeys.h"
#include "vault/remember.h"
#include "vault/restore_int.h"
#include "vault/store/file.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* ---- the folder under construction ---- */

static const char *
given(const char *path, const struct hrv_restore_args *a)
{
	return path == NULL ? a->records : path;
}

static int
make_private(struct restore *r, struct hrv_err *err)
{
	if (asprintf(&r->private, "%s/hrvault-restore.XXXXXX",
		r->args->open.tmp_dir) < 0) {
		r->private = NULL;
		return no_memory(err);
	}
	if (mkdtemp(r->private) == NULL) {
		int rc = file_error(errno, "making", r->private, err);

		free(r->private);
		r->private = NULL;
		return rc;
	}
	return HRV_OK;
}

void
restore_clear(struct restore *r)
{
	hrv_close(r->v);
	restore_place_clear(r);
	hrv_close(r->opener);
	if (r->private != NULL)
		file_remove_tree(r->private);
	free(r->private);
	snapshot_clear(&r->snap);
	bundle_clear(&r->keys);
	past_clear(&r->past);
	json_decref(r->lost_ops);
	json_decref(r->restricts);
	json_decref(r->withdrawals);
	json_decref(r->wishes);
	json_decref(r->merges);
	json_decref(r->subjects);
	json_decref(r->reenter);
}

/* ---- what it is made of ---- */

static int
find_snapshot(struct restore *r, struct hrv_err *err)
{
	const struct hrv_restore_args *a = r->args;
	struct hrv_id id;
	bool found = false;
	int rc = backup_dir_vault(a->records, r->vault, err);

	if (rc == HRV_OK && a->snapshot != NULL &&
	    !id_parse(a->snapshot, ID_BACKUP, &id))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "a snapshot is named by its whole id (B-...)");
	if (rc == HRV_OK)
		rc = snapshot_newest(a->records,
		    a->snapshot == NULL ? NULL : &id, &r->snap, &found, err);
	if (rc == HRV_OK && !found)
		rc = hrv_fail(err, HRV_ENOTFOUND,
		    "there is no finished backup of the records in this "
		    "folder");
	if (rc == HRV_OK &&
	    memcmp(r->snap.vault, r->vault, sizeof(r->vault)) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a backup in this folder is of another vault");
	return rc;
}

static int
find_past(struct restore *r, struct hrv_err *err)
{
	const struct hrv_restore_args *a = r->args;
	uint8_t root[TREE_HASH];
	int rc = past_open(r->v, given(a->log, a), &r->past, err);

	r->lost.size = r->snap.log_size;
	memcpy(r->lost.root, r->snap.log_root, TREE_HASH);
	if (rc == HRV_ENOTFOUND && a->without_log)
		return HRV_OK;
	if (rc == HRV_ENOTFOUND)
		return hrv_hint(err,
		    "name it with --log; without one, nobody knows what was "
		    "destroyed or held since: --without-log");
	if (rc != HRV_OK)
		return rc;
	if (succession_later(r->past.origin, r->snap.origin) && !a->accept_loss)
		return restore_check_later(
		    r, r->past.origin, &r->past.log, err);
	if (strcmp(r->past.origin, r->snap.origin) != 0) {
		hrv_fail(err, HRV_EINTEGRITY,
		    "records and log are backups of different origins");
		return hrv_hint(err,
		    "name a log backup that was made when the log still was "
		    "%s (--log FILE)",
		    r->snap.origin);
	}
	r->has_past = true;
	if (r->past.log.size <= r->snap.log_size) {
		rc = log_root_at(r->v->db, r->past.log.size, root, err);
		if (rc == HRV_OK &&
		    memcmp(root, r->past.log.root, TREE_HASH) == 0)
			return HRV_OK;
	} else {
		rc = past_root_at(&r->past, r->snap.log_size, root, err);
		r->lost = r->past.log;
		if (rc == HRV_OK &&
		    memcmp(root, r->snap.log_root, TREE_HASH) == 0)
			return HRV_OK;
	}
	return rc != HRV_OK ? rc
			    : hrv_fail_as(err, HRV_EINTEGRITY, "rollback",
				  "the log backup does not continue the log of "
				  "the records backup");
}

/* ---- memory ---- */

/* has: the entries that the log backup covers, or the snapshot without one. */
static int
forgotten(const struct restore *r, const struct head *head, const char *who,
    struct hrv_err *err)
{
	unsigned long long has = (unsigned long long)r->lost.size,
			   knows = (unsigned long long)head->size;

	hrv_fail_as(err, HRV_EINTEGRITY, "rollback",
	    "%s remembers more of the log than this backup has (%llu entries, "
	    "and this one %llu): what was destroyed or held since would be "
	    "forgotten",
	    who, knows, has);
	if (head == &r->keys.log && knows > has)
		return hrv_hint(err,
		    "use a log backup that covers %llu entries or more "
		    "(--log), or a key backup from before this log (--keys "
		    "FILE) that covers %llu at most and %llu at least; the "
		    "head of each .hrvl and .hrvk file says it. If there is "
		    "neither, two people give up the rest: --accept-loss",
		    knows, has, (unsigned long long)r->snap.log_size);
	return hrv_hint(err,
	    "use a newer log backup (--log), one that covers %llu entries or "
	    "more (the head of each .hrvl file says it); if there is none, two "
	    "people give up the rest: --accept-loss",
	    knows);
}

static int
other_history(const char *who, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EINTEGRITY, "rollback",
	    "%s remembers more of the log than this backup has, or another "
	    "one: from an entry on they are not the same",
	    who);
	return hrv_hint(err,
	    "change nothing; one of them is of a copy that went its own way, "
	    "or from before a restore: name backups of one history (--keys, "
	    "--log, --snapshot)");
}

int
restore_check_head(struct restore *r, const struct head *head, const char *who,
    struct hrv_err *err)
{
	uint8_t root[TREE_HASH];
	int rc;

	if (head->size > r->lost.size) {
		if (!r->args->accept_loss && !r->args->without_log)
			return forgotten(r, head, who, err);
		/* Two people give it up, and it is said how much. */
		r->lost = *head;
		return HRV_OK;
	}
	if (head->size <= r->snap.log_size)
		rc = log_root_at(r->v->db, head->size, root, err);
	else if (!r->has_past || head->size > r->past.log.size)
		return HRV_OK; /* given up */
	else
		rc = past_root_at(&r->past, head->size, root, err);
	if (rc == HRV_OK && memcmp(root, head->root, TREE_HASH) != 0)
		rc = other_history(who, err);
	return rc;
}

/* One of entries that are given up may be signed by a key that came with
 * them. */
static int
by_held_key(struct restore *r, const char *text, size_t len,
    struct note_checkpoint *cp, struct hrv_err *err)
{
	struct note_vkey vkey;
	struct hrv_err why = *err;

	if (logkeys_held(r->v, cp->origin, &vkey, err) == HRV_OK &&
	    note_open(text, len, &vkey, cp, err) == HRV_OK)
		return HRV_OK;
	*err = why;
	return (int)why.code;
}

/* A checkpoint that is known must be one of the log that is being restored. */
static int
check_note(struct restore *r, const char *text, size_t len, bool strict,
    struct hrv_err *err)
{
	struct note_checkpoint cp;
	struct note_vkey vkey;
	struct head head;
	int rc = note_peek(text, len, &cp, err);

	if (rc != HRV_OK && strict)
		return hrv_fail(err, HRV_EUSAGE, "--checkpoint is none");
	if (rc != HRV_OK)
		return HRV_OK; /* whatever lies there, it says nothing */
	if (!succession_later(cp.origin, r->snap.origin) &&
	    strcmp(cp.origin, r->snap.origin) != 0)
		return remember_check_note(r->v,
		    &(struct buf){
			.data = (uint8_t *)(uintptr_t)text, .len = len },
		    !strict, "this client", err);
	rc = past_vkey(r->v, &r->past, cp.origin, cp.size, &vkey, err);
	if (rc == HRV_OK)
		rc = note_open(text, len, &vkey, &cp, err);
	if (rc != HRV_OK && strict)
		rc = by_held_key(r, text, len, &cp, err);
	/* What a client itself remembers it has verified. */
	if (rc != HRV_OK && strict)
		return rc;
	head.size = cp.size;
	memcpy(head.root, cp.root, TREE_HASH);
	return strcmp(cp.origin, r->snap.origin) == 0
		   ? restore_check_head(r, &head, "somebody", err)
		   : restore_check_later(r, cp.origin, &head, err);
}

int
restore_check_memory(struct restore *r, struct hrv_err *err)
{
	const struct hrv_restore_args *a = r->args;
	struct buf hex = BUF_INIT, note = BUF_INIT;
	char *path = NULL;
	int rc = HRV_OK;

	enc_hex(&hex, r->vault, sizeof(r->vault));
	if (asprintf(&path, "%s/%s/checkpoint", a->open.state_dir,
		buf_str(&hex)) < 0) {
		path = NULL;
		rc = no_memory(err);
	}
	if (rc == HRV_OK)
		rc = file_read(path, NOTE_MAX, &note, err);
	if (rc == HRV_OK)
		rc = check_note(r, buf_str(&note), note.len, false, err);
	else if (rc == HRV_ENOTFOUND)
		rc = HRV_OK;
	for (size_t i = 0; rc == HRV_OK && i < a->n_checkpoints; i++)
		rc = check_note(
		    r, a->checkpoints[i], strlen(a->checkpoints[i]), true, err);
	free(path);
	buf_clear(&note);
	buf_clear(&hex);
	return rc;
}

/* ---- all of it ---- */

static int
open_keys(struct restore *r, struct hrv_err *err)
{
	const struct hrv_restore_args *a = r->args;
	uint8_t vault[VAULT_ID_LEN], id[16];
	int rc = a->escrow == NULL
		     ? hrv_fail(err, HRV_EUSAGE,
			   "the escrow folder is needed to open the keys")
		     : escrow_read(a->escrow, vault, id, err);

	if (rc == HRV_ENOTFOUND)
		rc = hrv_fail_as(err, HRV_EREFUSED, "other-escrow",
		    "this is no escrow folder");
	if (rc == HRV_OK && memcmp(vault, r->vault, sizeof(vault)) != 0)
		rc = hrv_fail_as(err, HRV_EREFUSED, "other-vault",
		    "this is the escrow folder of another vault");
	if (rc == HRV_OK)
		rc = vault_handle_new(&a->open, &r->opener, err);
	if (rc == HRV_OK)
		rc = bundle_open(r->opener, given(a->keys, a), a->escrow,
		    r->vault, &r->keys, err);
	return rc;
}

static void
which_has_the_keys(const struct restore *r, struct hrv_err *err)
{
	if (r->keys.log.size < r->snap.log_size)
		hrv_hint(err,
		    "records that came after the key backup have no key in it: "
		    "use an older snapshot (--snapshot B) or a newer key "
		    "backup");
	else
		hrv_hint(err,
		    "a record that was merged, moved or sealed anew after the "
		    "snapshot has its old key only in older key backups: use a "
		    "newer snapshot, or one of those (--keys FILE) that covers "
		    "%llu entries or little more",
		    (unsigned long long)r->snap.log_size);
}

/* Nothing that is stored may be damaged, and nothing may lack its key. */
static int
check_whole(struct restore *r, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	const json_t *problems;
	int rc = hrv_check(r->v, false, &doc, err);

	problems = json_object_get((json_t *)doc, "problems");
	if (rc == HRV_OK && json_array_size(problems) > 0) {
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "what was restored is not sound: %s (%zu problems)",
		    json_string_value(json_array_get(problems, 0)),
		    json_array_size(problems));
		which_has_the_keys(r, err);
	}
	hrv_doc_free(doc);
	return rc;
}

int
restore_build(struct restore *r, const struct hrv_restore_args *args,
    bool drill, struct hrv_err *err)
{
	int rc;

	*r = (struct restore){ .args = args,
		.drill = drill,
		.lock_fd = -1,
		.keys = BUNDLE_INIT,
		.past = PAST_INIT,
		.lost_ops = json_object(),
		.restricts = json_object(),
		.withdrawals = json_object(),
		.wishes = json_object(),
		.merges = json_object(),
		.reenter = json_array(),
		.subjects = json_object() };
	rc = r->lost_ops == NULL || r->restricts == NULL ||
		     r->withdrawals == NULL || r->wishes == NULL ||
		     r->merges == NULL || r->subjects == NULL ||
		     r->reenter == NULL
		 ? no_memory(err)
		 : find_snapshot(r, err);
	if (rc == HRV_OK)
		rc = open_keys(r, err);
	if (rc == HRV_OK)
		rc = restore_place(r, err);
	if (rc == HRV_OK)
		rc = make_private(r, err);
	if (rc == HRV_OK)
		rc = restore_stage(r, err);
	if (rc == HRV_OK)
		rc = find_past(r, err);
	if (rc == HRV_OK && !r->drill)
		rc = restore_check_memory(r, err);
	if (rc == HRV_OK && !r->drill)
		rc = restore_check_backups(r, err);
	if (rc == HRV_OK)
		rc = restore_prove_keys(r, err);
	if (rc == HRV_OK)
		rc = restore_log_key(r, err);
	if (rc == HRV_OK)
		rc = restore_replay(r, err);
	if (rc == HRV_EINTEGRITY && strcmp(err->name, "missing-key") == 0)
		which_has_the_keys(r, err);
	if (rc == HRV_OK)
		rc = check_whole(r, err);
	if (rc == HRV_OK)
		rc = restore_index(r, err);
	return rc;
}

json_t *
restore_what(const struct restore *r)
{
	char records[ID_TEXT_SIZE], keys[ID_TEXT_SIZE], log[ID_TEXT_SIZE];
	json_t *o = json_object(), *lost = json_object(), *from = json_object();
	const char *later = r->beyond_origin;
	const struct head *end = later[0] == '\0' ? &r->lost : &r->beyond;

	id_format(&r->snap.id, records);
	id_format(&r->keys.head.id, keys);
	id_format(&r->past.head.id, log);
	if (o == NULL || lost == NULL || from == NULL ||
	    json_set_str(o, "records", records) ||
	    json_set_str(o, "keys", keys) ||
	    (r->has_past && json_set_str(o, "log", log)) ||
	    (r->unproven && json_set_int(o, "keys_unproven", 1)) ||
	    json_set_int(o, "destroyed", (int64_t)r->destroyed) ||
	    json_set_int(o, "holds", (int64_t)r->holds) ||
	    json_set_int(lost, "size", (int64_t)end->size) ||
	    json_set_b64(lost, "root", end->root, TREE_HASH) ||
	    (later[0] != '\0' && json_set_str(lost, "origin", later)) ||
	    json_set_int(from, "size", (int64_t)r->snap.log_size) ||
	    json_set_b64(from, "root", r->snap.log_root, TREE_HASH) ||
	    json_object_set(o, "lost", lost) ||
	    json_object_set(o, "from", from) ||
	    json_object_set(o, "not_replayed", r->lost_ops) ||
	    restore_subject_what(r, o) || restore_reenter_what(r, o)) {
		json_decref(o);
		o = NULL;
	}
	json_decref(lost);
	json_decref(from);
	return o;
}
