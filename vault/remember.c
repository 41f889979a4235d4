/* SPDX-License-Identifier: ISC */
/*
 * Client memory. Layer: verbs. Invariant: the remembered checkpoint only ever
 * moves forward, and a log that does not continue it is never used.
 */
#include "vault/remember.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/enc.h"
#include "vault/log/append.h"
#include "vault/logkeys.h"
#include "vault/store/file.h"
#include "vault/succession.h"

#define NAME_CHECKPOINT "checkpoint"
#define NAME_SLOTS "slots"
#define NAME_FOUNDED "founded"

static int
rolled_back(const char *who, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EINTEGRITY, "rollback",
	    "the log does not continue the checkpoint remembered by %s: it was "
	    "rolled back, cut or rewritten",
	    who);
	return hrv_hint(err,
	    "change nothing; keep the vault's folder and that checkpoint, have "
	    "an auditor run 'hrvault audit verify --from CHECKPOINT', and find "
	    "the newer state; if it is lost, two people give it up by 'hrvault "
	    "audit accept-rollback'");
}

static int
not_one(const char *who, struct hrv_err *err)
{
	hrv_fail(err, HRV_EINTEGRITY,
	    "the checkpoint remembered by %s is not one of this log", who);
	return hrv_hint(err,
	    "change nothing; compare it with the other members' and with "
	    "'hrvault audit checkpoint'");
}

/* What came after the fork was signed by the key of the fork, or by one that
 * came later; where that one was given up too, only who verified it then, and
 * remembers it, can know. */
static int
open_before(struct hrv_vault *v, const struct buf *note, bool own,
    const struct succession *s, struct note_checkpoint *cp, struct hrv_err *err)
{
	const struct note_checkpoint said = *cp;
	bool behind = said.size > s->fork;
	struct note_vkey vkey;
	int rc = logkeys_vkey(
	    v, said.origin, behind ? s->fork : said.size, &vkey, err);

	if (rc == HRV_OK)
		rc = note_open(note->data, note->len, &vkey, cp, err);
	for (size_t i = 0; behind && rc == HRV_EINTEGRITY && i < v->n_logkeys;
	     i++) {
		if (v->logkeys[i].from < s->fork)
			continue;
		rc = note_vkey_init(
		    &vkey, said.origin, v->logkeys[i].vkey.pub, err);
		if (rc == HRV_OK)
			rc = note_open(note->data, note->len, &vkey, cp, err);
	}
	return own && rc == HRV_EINTEGRITY ? HRV_OK : rc;
}

/* One of an origin that the log had before, or that it lost: one of the
 * successions must tell what became of it. */
static int
check_before(struct hrv_vault *v, const struct buf *note, bool own,
    const char *who, struct hrv_err *err)
{
	struct note_checkpoint cp;
	struct succession s;
	char origin[NOTE_NAME_MAX + 1];
	int rc = note_peek(note->data, note->len, &cp, err);

	if (rc != HRV_OK)
		return not_one(who, err);
	memcpy(origin, cp.origin, sizeof(origin));
	if (succession_later(origin, v->origin))
		return rolled_back(who, err);
	for (size_t n = 0;; n++) {
		struct hrv_err none;
		int found = succession_find(v, origin, n, &s, &none);

		if (found == HRV_ENOTFOUND)
			return n == 0 ? not_one(who, err) : rc;
		if (found != HRV_OK) {
			*err = none;
			return found;
		}
		(void)!note_peek(note->data, note->len, &cp, err);
		rc = open_before(v, note, own, &s, &cp, err);
		if (rc == HRV_EINTEGRITY)
			rc = not_one(who, err);
		else if (rc == HRV_OK)
			rc = succession_check(v, &s, &cp, err);
		if (rc == HRV_OK)
			return rc;
	}
}

/* A key that the log does not know yet signed what it has not yet, or lost. */
static int
open_now(struct hrv_vault *v, const struct buf *note, const char *who,
    struct note_checkpoint *cp, struct hrv_err *err)
{
	struct note_vkey vkey;
	int rc = logkeys_vkey(v, v->origin, cp->size, &vkey, err);

	if (rc != HRV_OK)
		return rc;
	if (!note_names(note->data, note->len, &vkey))
		return rolled_back(who, err);
	return logkeys_open(v, note->data, note->len, cp, err) == HRV_OK
		   ? HRV_OK
		   : not_one(who, err);
}

int
remember_check_note(struct hrv_vault *v, const struct buf *note, bool own,
    const char *who, struct hrv_err *err)
{
	struct note_checkpoint cp;
	struct tree_frontier f;
	uint8_t root[TREE_HASH];
	int rc;

	if (note_peek(note->data, note->len, &cp, NULL) != HRV_OK)
		return not_one(who, err);
	if (strcmp(cp.origin, v->origin) != 0)
		return check_before(v, note, own, who, err);
	rc = open_now(v, note, who, &cp, err);
	if (rc == HRV_OK)
		rc = log_frontier(v->db, &f, err);
	if (rc != HRV_OK)
		return rc;
	if (cp.size > f.size)
		return rolled_back(who, err);
	if (cp.size == f.size)
		tree_frontier_root(&f, root);
	else
		rc = log_root_at(v->db, cp.size, root, err);
	if (rc == HRV_OK && memcmp(root, cp.root, TREE_HASH) != 0)
		return rolled_back(who, err);
	return rc;
}

int
remember_check(struct hrv_vault *v, struct hrv_err *err)
{
	struct buf note = BUF_INIT;
	int rc = remember_own(v, &note, err);

	if (rc == HRV_ENOTFOUND)
		rc = HRV_OK; /* the first visit */
	else if (rc == HRV_OK)
		rc = remember_check_note(v, &note, true, "this client", err);
	buf_clear(&note);
	return rc;
}

/* Restored, and nobody else has said yes to it: not one record is read. */
static int
waits(struct hrv_err *err)
{
	hrv_fail_as(err, HRV_ECONFIRM, "restoring",
	    "this vault was restored and waits for its approval");
	return hrv_hint(err,
	    "'hrvault proposal list' shows what waits; then the restore is "
	    "repeated");
}

/* What this client remembers would be given up by the restore that waits here,
 * and nothing else is wrong with it. */
static int
check_waiting(struct hrv_vault *v, struct hrv_err *err)
{
	struct buf note = BUF_INIT;
	struct note_checkpoint cp;
	struct succession s;
	int rc = remember_own(v, &note, err);

	if (rc == HRV_OK)
		rc = note_peek(note.data, note.len, &cp, err);
	if (rc == HRV_OK)
		rc = succession_last(v, &s, err);
	if (rc == HRV_OK)
		rc = succession_waits(v, &s, &cp, err);
	buf_clear(&note);
	return rc;
}

bool
remember_founded(const struct hrv_vault *v)
{
	char *path = NULL;
	bool known =
	    file_join(v->state_dir, NAME_FOUNDED, &path, NULL) == HRV_OK &&
	    access(path, F_OK) == 0;

	free(path);
	return known;
}

/* Best effort, like all that is remembered. */
static void
note_founded(const struct hrv_vault *v)
{
	char *path = NULL;

	if (v->founding || v->restoring || remember_founded(v))
		return;
	if (file_join(v->state_dir, NAME_FOUNDED, &path, NULL) == HRV_OK)
		(void)!file_write_atomic(
		    path, "ok\n", 3, FILE_MODE_PRIVATE, NULL);
	free(path);
}

int
remember_open(
    struct hrv_vault *v, const struct hrv_open_args *args, struct hrv_err *err)
{
	struct hrv_err why;
	int rc;

	if (v->restoring && !args->restoring)
		return waits(err);
	rc = remember_check(v, err);
	if (rc == HRV_OK) {
		note_founded(v);
		if (!v->restoring)
			remember_formers(v);
	}
	if (rc != HRV_EINTEGRITY || strcmp(err->name, "rollback") != 0)
		return rc;
	/* Whoever is to approve the giving up must be able to look at it; what
	 * the client remembers stays as it is until that is done. */
	why = *err;
	v->behind =
	    args->behind || (v->restoring && check_waiting(v, err) == HRV_OK);
	if (v->behind)
		return HRV_OK;
	*err = why;
	return v->restoring ? hrv_hint(err,
				  "have it built again with what you remember: "
				  "hrvault restore ... --accept-loss "
				  "--checkpoint FILE")
			    : rc;
}

int
remember_each_seen(struct hrv_vault *v,
    int (*fn)(void *ctx, const struct buf *note, struct hrv_err *err),
    void *ctx, struct hrv_err *err)
{
	struct buf note = BUF_INIT;
	char *dir = NULL, *path = NULL;
	struct dirent *e;
	DIR *d = NULL;
	int rc;

	rc = vault_path(v, "seen", &dir, err);
	if (rc != HRV_OK)
		goto out;
	d = opendir(dir);
	if (d == NULL) {
		rc = hrv_fail(
		    err, HRV_EINTEGRITY, "the folder seen/ cannot be read");
		goto out;
	}
	while (rc == HRV_OK && (e = readdir(d)) != NULL) {
		/* Only members' own files: a killed command may have left a
		 * temporary one. */
		if (strlen(e->d_name) != FPR_LEN ||
		    strspn(e->d_name, "0123456789ABCDEF") != FPR_LEN)
			continue;
		buf_reset(&note);
		free(path);
		path = NULL;
		rc = file_join(dir, e->d_name, &path, err);
		if (rc == HRV_OK)
			rc = file_read(path, NOTE_MAX, &note, err);
		if (rc == HRV_OK)
			rc = fn(ctx, &note, err);
	}
out:
	if (d != NULL)
		closedir(d);
	buf_clear(&note);
	free(path);
	free(dir);
	return rc;
}

static int
check_seen(void *ctx, const struct buf *note, struct hrv_err *err)
{
	return remember_check_note(
	    ctx, note, false, "a member's last command (folder seen/)", err);
}

int
remember_check_seen(struct hrv_vault *v, struct hrv_err *err)
{
	return remember_each_seen(v, check_seen, v, err);
}

int
remember_own(struct hrv_vault *v, struct buf *note, struct hrv_err *err)
{
	char *path = NULL;
	int rc = file_join(v->state_dir, NAME_CHECKPOINT, &path, err);

	if (rc == HRV_OK)
		rc = file_read(path, NOTE_MAX, note, err);
	free(path);
	return rc;
}

int
remember_save_own(
    struct hrv_vault *v, const struct buf *note, struct hrv_err *err)
{
	char *own = NULL;
	int rc = file_join(v->state_dir, NAME_CHECKPOINT, &own, err);

	if (rc == HRV_OK)
		rc = file_write_atomic(
		    own, note->data, note->len, FILE_MODE_PRIVATE, err);
	free(own);
	return rc;
}

uint64_t
remember_size(const struct hrv_vault *v)
{
	struct note_checkpoint cp = { .size = 0 };
	struct buf note = BUF_INIT;
	char *path = NULL;

	if (file_join(v->state_dir, NAME_CHECKPOINT, &path, NULL) != HRV_OK ||
	    file_read(path, NOTE_MAX, &note, NULL) != HRV_OK ||
	    logkeys_open(v, note.data, note.len, &cp, NULL) != HRV_OK)
		cp.size = 0;
	buf_clear(&note);
	free(path);
	return cp.size;
}

int
remember_save(struct hrv_vault *v, const struct buf *note, struct hrv_err *err)
{
	char *dir = NULL, *seen = NULL;
	int rc;

	/* What was seen is not forgotten before it was given up; and a restore
	 * that nobody approved may yet be thrown away. */
	if (v->behind || v->restoring)
		return HRV_OK;
	rc = remember_save_own(v, note, err);

	if (rc == HRV_OK)
		rc = vault_path(v, "seen", &dir, err);
	if (rc == HRV_OK)
		rc = file_join(dir, v->fpr, &seen, err);
	if (rc == HRV_OK)
		rc = file_write_atomic(
		    seen, note->data, note->len, FILE_MODE_SHARED, err);
	free(seen);
	free(dir);
	return rc;
}

static int
slots_mark(const struct hrv_vault *v, const uint8_t hash[32], char **ret)
{
	struct buf name = BUF_INIT;
	int rc;

	buf_adds(&name, NAME_SLOTS ".");
	enc_hex(&name, hash, 32);
	rc = file_join(v->state_dir, buf_str(&name), ret, NULL);
	buf_clear(&name);
	return rc;
}

bool
remember_slots_known(const struct hrv_vault *v, const uint8_t hash[32])
{
	struct buf b = BUF_INIT;
	char *path = NULL;
	bool known;

	known = slots_mark(v, hash, &path) == HRV_OK &&
		file_read(path, 16, &b, NULL) == HRV_OK;
	buf_clear(&b);
	free(path);
	return known;
}

void
remember_slots(const struct hrv_vault *v, const uint8_t hash[32])
{
	char *path = NULL;

	if (slots_mark(v, hash, &path) == HRV_OK)
		(void)!file_write_atomic(
		    path, "ok\n", 3, FILE_MODE_PRIVATE, NULL);
	free(path);
}
