/* SPDX-License-Identifier: ISC */
/*
 * Growing byte buffers. A buffer made with buf_init_secret() holds plaintext
 * or keys: its pages are locked (best effort), left out of core dumps, and
 * wiped whenever they are given back, also when the buffer moves to grow.
 * Layer: base.
 */
#ifndef VAULT_BASE_BUF_H
#define VAULT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct buf {
	uint8_t *data; /* always followed by one NUL that len does not count */
	size_t len;
	size_t cap;
	bool secret;
	bool failed; /* an addition ran out of memory; see buf_ok() */
};

/* An empty buffer for ordinary bytes; nothing is allocated. */
#define BUF_INIT                                                               \
	{                                                                      \
		NULL, 0, 0, false, false                                       \
	}
/* An empty buffer for plaintext or keys. */
#define BUF_INIT_SECRET                                                        \
	{                                                                      \
		NULL, 0, 0, true, false                                        \
	}

/* Appends len bytes. Out of memory is remembered in the buffer (nothing is
 * added from then on) and reported once by buf_ok(), so that a series of
 * additions needs one check. */
void buf_add(struct buf *b, const void *data, size_t len);
/* Appends the text up to its NUL. */
void buf_adds(struct buf *b, const char *text);
/* Appends one byte. */
void buf_addc(struct buf *b, int c);
/* Appends printf-formatted text. */
void buf_addf(struct buf *b, const char *fmt, ...) HRV_PRINTF(2, 3);
/* Appends v big-endian in 4 or 8 bytes. */
void buf_add_u32(struct buf *b, uint32_t v);
void buf_add_u64(struct buf *b, uint64_t v);
/* Makes room for `more` further bytes and returns where they go, or NULL; the
 * caller sets len afterwards. */
uint8_t *buf_reserve(struct buf *b, size_t more);

/* 0, or HRV_ENOMEM when any addition failed. */
int buf_ok(const struct buf *b, struct hrv_err *err) HRV_MUST_CHECK;
/* The bytes as NUL-terminated text; "" while empty. Borrowed until the next
 * call on b. */
const char *buf_str(const struct buf *b);
/* Empties without giving memory back; wipes a secret buffer. */
void buf_reset(struct buf *b);
/* Gives all memory back (wiped where secret); b is empty and usable again. */
void buf_clear(struct buf *b);

#endif
