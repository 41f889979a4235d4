/* SPDX-License-Identifier: ISC */
/*
 * Whether a key backup is one that this vault made. Layer: verbs. Whoever can
 * write to the folder can seal a slot file of his own to the public half of an
 * epoch, which every key backup shows. Invariant: nothing of a key backup is
 * put in force that no entry of the log names by its hash, unless two people
 * take it as it is.
 */
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/restore_int.h"
#include "vault/store/db.h"

/* What the entries say of one key backup. */
struct said {
	const struct hrv_id *id;
	bool begun;
	bool ended;
	uint8_t file[32];  /* hash of it */
	uint8_t slots[32]; /* of the slot file in force */
};

/* An entry of that backup that says something; false: it is not. */
static bool
is_about(const struct said *s, const void *text, size_t len, struct leaf *ret)
{
	static const char op[] = "\nop backup.keys\n";
	struct hrv_id id;

	*ret = (struct leaf)LEAF_INIT;
	return memmem(text, len, op, sizeof(op) - 1) != NULL &&
	       leaf_parse(text, len, ret, NULL) == HRV_OK &&
	       id_parse(ret->backup, ID_BACKUP, &id) && id_equal(&id, s->id) &&
	       (ret->phase == OP_INTENT || ret->result == LEAF_OK);
}

static int
take(struct said *s, const struct leaf *l, const void *payload, size_t len,
    struct hrv_err *err)
{
	uint8_t hash[32];
	const char *hex;
	json_t *p = NULL;
	int rc;

	if (l->phase == OP_INTENT) {
		s->begun = true;
		return HRV_OK;
	}
	crypt_sha256(payload, len, hash);
	rc = json_read(payload, len, &p, err);
	hex = json_str(p, "sha256");
	if (rc != HRV_ENOMEM &&
	    (memcmp(hash, l->payload, sizeof(hash)) != 0 || hex == NULL ||
		!enc_unhex(hex, strlen(hex), s->file, sizeof(s->file))))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "entry %llu of the log does not say what was backed up",
		    (unsigned long long)l->index);
	memcpy(s->slots, l->slots, sizeof(s->slots));
	s->ended = rc == HRV_OK;
	json_decref(p);
	return rc;
}

static int
look_at(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct said *s = ctx;
	struct leaf l;

	return is_about(s, row->leaf, row->leaf_len, &l)
		   ? take(s, &l, row->payload, row->payload_len, err)
		   : HRV_OK;
}

/* The log backup, entry by entry, each with its signatures. */
static int
ask_past(struct restore *r, struct said *s, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (uint64_t i = 0; rc == HRV_OK && i < r->past.log.size; i++) {
		const struct past_entry *e = &r->past.entries[i];
		struct leaf l;

		if (!is_about(s, e->leaf, e->leaf_len, &l))
			continue;
		rc = past_check_entry(r->v, &r->past, i, err);
		if (rc == HRV_OK)
			rc = take(s, &l, e->payload, e->payload_len, err);
	}
	return rc;
}

/* What an earlier restore gave up. */
static int
ask_kept(struct restore *r, struct said *s, struct hrv_err *err)
{
	struct log_row row = { .index = 0 };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(r->v->db, SQL_SUCCESSION_LIST_KEPT, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		row.leaf = db_col_blob(st, 0, &row.leaf_len);
		row.payload = db_col_blob(st, 1, &row.payload_len);
		rc = look_at(s, &row, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* The log of the snapshot is verified with the rest of the new vault, before
 * that gets its name. */
static int
ask(struct restore *r, struct said *s, struct hrv_err *err)
{
	int rc = r->has_past ? ask_past(r, s, err) : HRV_OK;

	if (rc == HRV_OK && !s->ended)
		rc = log_each(r->v->db, 0, look_at, s, err);
	if (rc == HRV_OK && !s->ended)
		rc = ask_kept(r, s, err);
	return rc;
}

static int
check_same(const struct bundle *b, const struct said *s, struct hrv_err *err)
{
	uint8_t slots[32];

	crypt_sha256(b->slots.data, b->slots.len, slots);
	if (memcmp(s->file, b->file, sizeof(s->file)) == 0 &&
	    memcmp(s->slots, slots, sizeof(slots)) == 0)
		return HRV_OK;
	hrv_fail_as(err, HRV_EINTEGRITY, "forged-keys",
	    "this key backup is not the one that the log names: somebody "
	    "replaced or altered it, and could have put in keys and members "
	    "of his own");
	return hrv_hint(err,
	    "find out who can write to the folder; name another key backup "
	    "with --keys FILE");
}

static int
unknown(const struct said *s, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(s->id, id);
	hrv_fail_as(err, HRV_EINTEGRITY, "unknown-keys",
	    s->begun ? "the log knows no end of the key backup %s: it was cut "
		       "off, or the log backup is older"
		     : "the log knows nothing of the key backup %s: this vault "
		       "may never have made it",
	    id);
	return hrv_hint(err,
	    "use a newer log backup (--log), or another key backup (--keys "
	    "FILE); if there is none, two people take it unproven: "
	    "--accept-loss");
}

int
restore_prove_keys(struct restore *r, struct hrv_err *err)
{
	const struct hrv_restore_args *a = r->args;
	struct said s = { .id = &r->keys.head.id };
	int rc = ask(r, &s, err);

	if (rc == HRV_OK && s.ended)
		return check_same(&r->keys, &s, err);
	if (rc != HRV_OK)
		return rc;
	r->unproven = true;
	return r->drill || a->accept_loss || a->without_log ? HRV_OK
							    : unknown(&s, err);
}

int
restore_prove_live(
    struct restore *r, struct hrv_vault *live, struct hrv_err *err)
{
	struct said s = { .id = &r->keys.head.id };
	int rc = r->unproven ? log_each(live->db, 0, look_at, &s, err) : HRV_OK;

	if (rc != HRV_OK || !r->unproven)
		return rc;
	r->unproven = false;
	return s.ended ? check_same(&r->keys, &s, err) : unknown(&s, err);
}
