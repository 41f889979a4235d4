/* SPDX-License-Identifier: ISC */
/*
 * Text encodings: hex (lower case), base64 (RFC 4648 section 4, padded, the
 * only form written or accepted), strict UTF-8. Layer: base.
 */
#ifndef VAULT_BASE_ENC_H
#define VAULT_BASE_ENC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vault/base/buf.h"

/* Appends 2*len lower-case hex digits. */
void enc_hex(struct buf *out, const void *data, size_t len);
/* Reads exactly 2*len hex digits (either case) from text; true on success. */
bool enc_unhex(
    const char *text, size_t text_len, uint8_t *out, size_t len) HRV_MUST_CHECK;
/* Appends padded base64 on one line. */
void enc_b64(struct buf *out, const void *data, size_t len);
/* Appends the decoded bytes. Refuses white space, missing or wrong padding and
 * non-zero spare bits, so that there is one encoding of each value. */
bool enc_unb64(
    const char *text, size_t text_len, struct buf *out) HRV_MUST_CHECK;
/* As enc_unb64() for a value whose length is known. */
bool enc_unb64_fixed(
    const char *text, size_t text_len, uint8_t *out, size_t len) HRV_MUST_CHECK;
/* True when data is well-formed UTF-8 (RFC 3629: no surrogates, no overlong
 * forms, nothing over U+10FFFF). NUL counts as a character. */
bool enc_utf8_valid(const void *data, size_t len) HRV_MUST_CHECK;

#endif
