/* SPDX-License-Identifier: ISC */
/*
 * Growing byte buffers; secret ones live in pages of their own so that they
 * can be locked and kept out of core dumps. Layer: base. Invariant: memory of
 * a secret buffer is wiped before it is given back, on every path.
 */
#include "vault/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static uint8_t *
pages_new(size_t cap)
{
	void *p = mmap(NULL, cap, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Best effort: a small RLIMIT_MEMLOCK must not stop an export. */
	(void)mlock(p, cap);
	(void)madvise(p, cap, MADV_DONTDUMP);
	return p;
}

static void
mem_free(struct buf *b)
{
	if (b->data == NULL)
		return;
	if (b->secret) {
		explicit_bzero(b->data, b->cap);
		(void)munmap(b->data, b->cap);
	} else {
		free(b->data);
	}
	b->data = NULL;
}

static bool
grow(struct buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : (b->secret ? 4096 : 64);
	uint8_t *p;

	while (cap < need) {
		if (cap > SIZE_MAX / 2)
			return false;
		cap *= 2;
	}
	p = b->secret ? pages_new(cap) : malloc(cap);
	if (p == NULL)
		return false;
	if (b->len > 0)
		memcpy(p, b->data, b->len);
	mem_free(b);
	b->data = p;
	b->cap = cap;
	return true;
}

uint8_t *
buf_reserve(struct buf *b, size_t more)
{
	if (b->failed || more > SIZE_MAX - b->len - 1)
		goto fail;
	if (b->len + more + 1 > b->cap && !grow(b, b->len + more + 1))
		goto fail;
	b->data[b->len + more] = '\0';
	return b->data + b->len;
fail:
	b->failed = true;
	return NULL;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	uint8_t *p = buf_reserve(b, len);

	if (p == NULL)
		return;
	if (len > 0)
		memcpy(p, data, len);
	b->len += len;
}

void
buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_addc(struct buf *b, int c)
{
	uint8_t byte = (uint8_t)c;

	buf_add(b, &byte, 1);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;
	uint8_t *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = n < 0 ? NULL : buf_reserve(b, (size_t)n);
	if (p == NULL) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf((char *)p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
buf_add_u32(struct buf *b, uint32_t v)
{
	uint8_t be[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
		(uint8_t)(v >> 8), (uint8_t)v };

	buf_add(b, be, sizeof(be));
}

void
buf_add_u64(struct buf *b, uint64_t v)
{
	buf_add_u32(b, (uint32_t)(v >> 32));
	buf_add_u32(b, (uint32_t)v);
}

int
buf_ok(const struct buf *b, struct hrv_err *err)
{
	if (b->failed)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

const char *
buf_str(const struct buf *b)
{
	if (b->data == NULL)
		return "";
	b->data[b->len] = '\0';
	return (const char *)b->data;
}

void
buf_reset(struct buf *b)
{
	if (b->secret && b->data != NULL)
		explicit_bzero(b->data, b->cap);
	b->len = 0;
	b->failed = false;
}

void
buf_clear(struct buf *b)
{
	mem_free(b);
	b->len = 0;
	b->cap = 0;
	b->failed = false;
}
