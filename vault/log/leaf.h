/* SPDX-License-Identifier: ISC */
/*
 * One entry of the log: the lines of "hrvault-leaf/v1" (docs/formats/log.md),
 * written, read and verified. Pure. Layer: log. Reading is strict (order, at
 * most once, charset, size, closed lists), so that each leaf has exactly one
 * spelling and nothing in it is passed over unread.
 */
#ifndef VAULT_LOG_LEAF_H
#define VAULT_LOG_LEAF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/log/op.h"

struct buf;
struct key;

#define LEAF_MAX 8192	   /* bytes of a whole leaf */
#define LEAF_ID_LEN 28	   /* "R-" and 26 characters */
#define LEAF_SESSION 16	   /* bytes of a session id */
#define LEAF_CERT_MAX 4096 /* bytes of an OpenPGP signature */
#define LEAF_CODE_MAX 40   /* characters of a result's code */

/* Which of the optional numbers and hashes are there. Texts are absent when
 * empty. */
enum leaf_has {
	LEAF_REF = 1 << 0,
	LEAF_SLOTS = 1 << 1,
	LEAF_POLICY = 1 << 2,
	LEAF_HOLDS = 1 << 3,
	LEAF_PAYLOAD = 1 << 4,
	LEAF_STATE = 1 << 5,
	LEAF_MANIFEST = 1 << 6,
	LEAF_DETAIL = 1 << 7,
	LEAF_KEY = 1 << 8,
	LEAF_SIG = 1 << 9
};

/* How something ended. */
enum leaf_result {
	LEAF_NO_RESULT = 0, /* an intent */
	LEAF_OK,
	LEAF_REFUSED, /* a rule said no; code says which */
	LEAF_FAILED   /* it was allowed and did not work */
};

/* A leaf. Start from `struct leaf l = LEAF_INIT;`, nothing is allocated. */
struct leaf {
	int64_t time;	  /* microseconds, see vault/base/when.h */
	uint64_t index;	  /* this leaf's own index */
	uint8_t root[32]; /* of the tree of exactly `index` leaves */
	uint8_t session[LEAF_SESSION];
	const struct op *op;
	enum op_phase phase;
	unsigned has; /* set of enum leaf_has */
	uint64_t ref; /* outcome: index of its intent, < index */
	char subject[LEAF_ID_LEN + 1]; /* S-... or "", and so on */
	char record[LEAF_ID_LEN + 1];
	char hold[LEAF_ID_LEN + 1];
	char kase[LEAF_ID_LEN + 1]; /* C-...: a data subject's case */
	char proposal[LEAF_ID_LEN + 1];
	char run[LEAF_ID_LEN + 1]; /* D-...: destruction run */
	char backup[LEAF_ID_LEN + 1];
	char comp[64];		 /* compartment: [a-z0-9_-], or "" */
	uint8_t slots[32];	 /* SHA-256 of the slot file in force */
	uint8_t policy[32];	 /* of the schedule in force */
	uint8_t holds[32];	 /* of the canonical list of active holds */
	uint8_t payload[32];	 /* of the canonical payload ... */
	uint64_t payload_len;	 /* ... and its bytes */
	uint8_t state[32];	 /* of the canonical state after the change */
	uint8_t manifest[32];	 /* of the canonical list of a batch ... */
	uint64_t manifest_count; /* ... and its rows */
	uint8_t detail[32];	 /* leaf_detail_commit() */
	enum leaf_result result;
	char code[LEAF_CODE_MAX + 1]; /* refused, failed: [a-z0-9-] */
	/* Only of session.open: */
	char member[65]; /* OpenPGP fingerprint, 40 or 64 of 0-9A-F */
	char role[16];	 /* hr, legal, dpo or purge */
	uint8_t key[32]; /* Ed25519 public key of the session */
	char host[256];	 /* where it ran; 0x21-0x7E */
	char client[64]; /* program and version; 0x21-0x7E */
	uint8_t cert[LEAF_CERT_MAX]; /* detached OpenPGP signature by member */
	size_t cert_len;
	uint8_t sig[64]; /* by the session key; set by reading only */
};
#define LEAF_INIT                                                              \
	{                                                                      \
		.has = 0                                                       \
	}

/* Appends every line before `sig`. HRV_EFAILED, naming the line, when the leaf
 * is not one that leaf_parse() would accept (a missing result, an intent with
 * a ref, a session.open without cert, ...); out may then hold a part. */
int leaf_format(const struct leaf *leaf, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends what the member's OpenPGP key signs in a session.open: every line
 * before `cert`. The detached, binary signature over exactly these bytes goes
 * into leaf->cert. Errors as leaf_format(). */
int leaf_cert_bytes(const struct leaf *leaf, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends the `sig` line to what leaf_format() wrote into text (text must hold
 * nothing else). vault_id is the vault's 32 bytes, session the seed of the
 * session key. HRV_EFAILED when the whole would be over LEAF_MAX. */
int leaf_sign(struct buf *text, const uint8_t vault_id[32],
    const struct key *session, struct hrv_err *err) HRV_MUST_CHECK;

/* Reads a whole leaf of len bytes. HRV_EINTEGRITY for anything that is not
 * exactly one well-formed, signed leaf; the signature itself is not looked at.
 * Formatting *ret again gives the same bytes. *ret only on success. */
int leaf_parse(const void *data, size_t len, struct leaf *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_EINTEGRITY unless the last line of the leaf is a `sig` by pub (the
 * session's Ed25519 key) over this vault's id and everything before it. */
int leaf_verify_sig(const void *data, size_t len, const uint8_t vault_id[32],
    const uint8_t pub[32], struct hrv_err *err) HRV_MUST_CHECK;

/* What `detail` commits to: SHA-256("hrvault-detail/v1\n" || r || detail). r
 * is random and kept with the sealed detail; without it the hash tells
 * nothing, also of a short or guessable text. */
void leaf_detail_commit(
    const uint8_t r[32], const void *detail, size_t len, uint8_t out[32]);
/* True for an opaque id of the given kind (one of SRHCPDB, or 0 for any). */
bool leaf_id_ok(const char *text, size_t len, char kind) HRV_MUST_CHECK;

#endif
