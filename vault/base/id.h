/* SPDX-License-Identifier: ISC */
/*
 * Opaque ids: a letter for the kind of thing and 16 random bytes, shown as
 * "S-" and 26 Crockford base32 characters. They say nothing about a person,
 * a date or an order, so they may stand in the log for ever. Layer: base.
 */
#ifndef VAULT_BASE_ID_H
#define VAULT_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

#define ID_BYTES 16
#define ID_TEXT_LEN 28		       /* letter, dash, 26 characters */
#define ID_TEXT_SIZE (ID_TEXT_LEN + 1) /* with the NUL */
#define ID_PREFIX_MIN 6 /* shortest prefix (letter and dash not counted) */

/* Kinds, as the letters that stand before the dash. */
#define ID_SUBJECT 'S'
#define ID_RECORD 'R'
#define ID_HOLD 'H'
#define ID_CASE 'C'
#define ID_PROPOSAL 'P'
#define ID_RUN 'D'
#define ID_BACKUP 'B'
#define ID_RECIPIENT 'T' /* never a line of a leaf */

struct hrv_id {
	char kind;
	uint8_t b[ID_BYTES];
};

/* Writes the text form and its NUL into out[ID_TEXT_SIZE]. */
void id_format(const struct hrv_id *id, char out[ID_TEXT_SIZE]);
/* Reads a full id of that kind (upper or lower case; O, I, L as Crockford
 * reads them). False when text is anything else. */
bool id_parse(const char *text, char kind, struct hrv_id *ret) HRV_MUST_CHECK;
/*
 * Reads a full id or a prefix of at least ID_PREFIX_MIN characters and gives
 * the smallest and the largest id that begin with it, for a range look-up.
 * HRV_EUSAGE when text is not one of that kind.
 */
int id_parse_prefix(const char *text, char kind, struct hrv_id *ret_first,
    struct hrv_id *ret_last, struct hrv_err *err) HRV_MUST_CHECK;
/* True when both are the same thing. */
bool id_equal(const struct hrv_id *a, const struct hrv_id *b);

#endif
