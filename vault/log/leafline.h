/* SPDX-License-Identifier: ISC */
/*
 * The lines of a leaf as one table, shared by what writes (leaf.c) and what
 * reads (leafread.c) them, so that the two cannot drift apart. Internal to
 * these files. Layer: log.
 */
#ifndef VAULT_LOG_LEAFLINE_H
#define VAULT_LOG_LEAFLINE_H

#include <stddef.h>
#include <stdint.h>

#include "vault/log/leaf.h"

#define LEAF_MAGIC "hrvault-leaf/v1\n"

/* How the values of a line look. */
enum leaf_kind {
	LEAF_K_TIME,
	LEAF_K_HEAD,
	LEAF_K_SESSION,
	LEAF_K_OP,
	LEAF_K_PHASE,
	LEAF_K_NUMBER,
	LEAF_K_ID,
	LEAF_K_COMP,
	LEAF_K_HASH,	/* base64 of 32 bytes */
	LEAF_K_COUNTED, /* the same and a number */
	LEAF_K_RESULT,
	LEAF_K_MEMBER,
	LEAF_K_ROLE,
	LEAF_K_WORD,
	LEAF_K_CERT,
	LEAF_K_SIG
};

/* Lines by their place in the table, which is their order in a leaf. */
enum leaf_nr {
	LEAF_L_TIME,
	LEAF_L_HEAD,
	LEAF_L_SESSION,
	LEAF_L_OP,
	LEAF_L_PHASE,
	LEAF_L_REF,
	LEAF_L_SUBJECT,
	LEAF_L_RECORD,
	LEAF_L_HOLD,
	LEAF_L_CASE,
	LEAF_L_PROPOSAL,
	LEAF_L_RUN,
	LEAF_L_BACKUP,
	LEAF_L_COMP,
	LEAF_L_SLOTS,
	LEAF_L_POLICY,
	LEAF_L_HOLDS,
	LEAF_L_PAYLOAD,
	LEAF_L_STATE,
	LEAF_L_MANIFEST,
	LEAF_L_DETAIL,
	LEAF_L_RESULT,
	LEAF_L_MEMBER,
	LEAF_L_ROLE,
	LEAF_L_KEY,
	LEAF_L_HOST,
	LEAF_L_CLIENT,
	LEAF_L_CERT,
	LEAF_L_SIG,
	LEAF_L_COUNT
};

struct leaf_line {
	const char *key;
	enum leaf_kind kind;
	size_t at;     /* offset of the field in struct leaf */
	size_t size;   /* of the field; texts: with the NUL */
	size_t number; /* LEAF_K_COUNTED: offset of the number */
	unsigned bit;  /* of enum leaf_has, 0 where presence shows otherwise */
	char letter;   /* LEAF_K_ID: its kind */
};

/* LEAF_L_COUNT lines in order. */
extern const struct leaf_line leaf_lines[];

/* Reads the lines before `stop` (LEAF_L_CERT, LEAF_L_SIG or LEAF_L_COUNT for
 * all), demanding everything that a leaf needs up to there. Returns NULL, or
 * static text saying what is wrong. */
const char *leaf_read_upto(
    const char *text, size_t len, enum leaf_nr stop, struct leaf *ret);

#endif
