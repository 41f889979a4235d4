/* SPDX-License-Identifier: ISC */
/*
 * Proofs as text: inclusion of one leaf as a C2SP .tlog-proof, consistency of
 * two checkpoints as the body of a witness request (C2SP tlog-witness). Pure.
 * Layer: log. A proof is believed only after its checkpoint's signature and
 * its path have both verified.
 */
#ifndef VAULT_LOG_PROOF_H
#define VAULT_LOG_PROOF_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/log/note.h"
#include "vault/log/tree.h"

struct buf;

#define PROOF_EXTRA_MAX 65536 /* bytes of extra data that are read */

/* A proof taken apart. `note` and `extra` point into the text that was read
 * (inclusion) or given, and are borrowed. */
struct proof {
	uint64_t index; /* inclusion: the leaf; consistency: old size */
	struct tree_path path;
	const char *extra; /* inclusion: base64 text or NULL; unsigned! */
	size_t extra_len;  /* characters */
	const char *note;  /* the checkpoint, verbatim */
	size_t note_len;
};

/* Appends a .tlog-proof: index, path and note of *p; extra when not NULL.
 * HRV_EFAILED when extra is not base64 on one line. */
int proof_write(
    const struct proof *p, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Takes a .tlog-proof apart without verifying it. HRV_EINTEGRITY when it is
 * not one. *ret borrows from text and is written only on success. */
int proof_parse(const void *text, size_t len, struct proof *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Verifies a parsed .tlog-proof: the checkpoint with vkey, then that a leaf
 * with this hash (tree_leaf_hash()) is at p->index under its root.
 * HRV_EINTEGRITY otherwise. ret_head (may be NULL) gets the checkpoint. */
int proof_verify(const struct proof *p, const struct note_vkey *vkey,
    const uint8_t leaf_hash[TREE_HASH], struct note_checkpoint *ret_head,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Appends a witness request: "old <index>", path, blank line, note. At most 63
 * hashes, HRV_EFAILED otherwise. */
int proof_consistency_write(
    const struct proof *p, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* As proof_parse() for a witness request; old size 0 is accepted only with an
 * empty path, as C2SP has it for a witness's first sight of a log. */
int proof_consistency_parse(const void *text, size_t len, struct proof *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Verifies a parsed witness request against the older head one trusts: sizes
 * and origin fit, the new checkpoint verifies with vkey, the path proves that
 * it extends old. HRV_EINTEGRITY otherwise, also for an old size of 0. */
int proof_consistency_verify(const struct proof *p,
    const struct note_vkey *vkey, const struct note_checkpoint *old,
    struct note_checkpoint *ret_head, struct hrv_err *err) HRV_MUST_CHECK;

#endif
