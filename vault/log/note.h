/* SPDX-License-Identifier: ISC */
/*
 * Checkpoints: the signed head of the log as a C2SP tlog-checkpoint on a C2SP
 * signed-note with an Ed25519 key, and the verifier key (vkey) that outsiders
 * are given. Pure. Layer: log. Nothing of a note is handed to the caller as
 * true before a signature by the known key has verified.
 */
#ifndef VAULT_LOG_NOTE_H
#define VAULT_LOG_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct buf;
struct key;

#define NOTE_NAME_MAX 255      /* bytes of an origin or key name */
#define NOTE_MAX (1024 * 1024) /* bytes of a note that is read */
/* Signature lines that are read; C2SP asks for at least 16. Together with
 * NOTE_MAX this bounds the work a hostile note can cause. */
#define NOTE_MAX_SIGS 128

/* A key that checkpoints are verified with. */
struct note_vkey {
	char name[NOTE_NAME_MAX + 1]; /* for a log: its origin */
	uint8_t id[4];		      /* SHA-256(name LF 01 pub), first 4 */
	uint8_t pub[32];
};

/* What a checkpoint says. */
struct note_checkpoint {
	char origin[NOTE_NAME_MAX + 1];
	uint64_t size; /* leaves */
	uint8_t root[32];
};

/* True when name can be an origin: 1 to NOTE_NAME_MAX characters of 0x21-0x7E
 * without '+'. */
bool note_name_ok(const char *name) HRV_MUST_CHECK;
/* Fills *ret from a name and a public key. HRV_EUSAGE for a name that
 * note_name_ok() refuses. */
int note_vkey_init(struct note_vkey *ret, const char *name,
    const uint8_t pub[32], struct hrv_err *err) HRV_MUST_CHECK;
/* Appends name+<keyid hex>+base64(01 || pub), without a newline. */
void note_vkey_format(const struct note_vkey *vkey, struct buf *out);
/* Reads a vkey of len bytes, without a newline. HRV_EUSAGE when it is not one,
 * is of another type than Ed25519, or its key id does not fit. */
int note_vkey_parse(const char *text, size_t len, struct note_vkey *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Appends the three lines that are signed. HRV_EUSAGE for a bad origin or a
 * size over TREE_MAX_SIZE. */
int note_body(const struct note_checkpoint *cp, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends the whole checkpoint, signed with the log key (an Ed25519 seed of 32
 * bytes) under the origin as key name. On failure out may hold a part. */
int note_sign(const struct note_checkpoint *cp, const struct key *seed,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends one more signature line to a checkpoint that note_sign() made of the
 * same cp: where one log key follows another, both sign. */
int note_sign_also(const struct note_checkpoint *cp, const struct key *seed,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Reads and verifies a checkpoint of the log that vkey belongs to. Signatures
 * of other keys are ignored (but must be well-formed lines). HRV_EINTEGRITY
 * when the text is not a checkpoint, its origin is not the vkey's name, no
 * signature is by vkey, or any that claims to be by vkey is bad. Extension
 * lines after the root are allowed and ignored. *ret only on success. */
int note_open(const void *note, size_t len, const struct note_vkey *vkey,
    struct note_checkpoint *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether a signature line of the note claims to be by that key; no proof of
 * anything. */
bool note_names(const void *note, size_t len, const struct note_vkey *vkey);
/* Reads without verifying anything: only to find out which log a file claims
 * to be from, or to compare with bytes that are trusted for another reason.
 * HRV_EINTEGRITY when the text is not a checkpoint. */
int note_peek(const void *note, size_t len, struct note_checkpoint *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
