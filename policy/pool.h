/* SPDX-License-Identifier: ISC */
/*
 * Memory that is given back all at once: a schedule is thousands of small
 * objects with one life. Layer: policy.
 */
#ifndef POLICY_POOL_H
#define POLICY_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_chunk;

struct pool {
	struct pool_chunk *chunk; /* the newest first */
	bool failed;		  /* an allocation failed once */
};

/* An empty pool; nothing is allocated. */
#define POOL_INIT                                                              \
	{                                                                      \
		NULL, false                                                    \
	}

/* n * size zeroed bytes, aligned for anything; NULL and `failed` where memory
 * ran out. Valid until pool_clear(). n and size may be 0 (never NULL then,
 * but for want of memory). */
void *pool_alloc(struct pool *p, size_t n, size_t size);

/* A copy of the text, as pool_alloc(). */
char *pool_strdup(struct pool *p, const char *text);

/* Frees everything ever allocated from p; p is empty and usable again. */
void pool_clear(struct pool *p);

#endif
