/* SPDX-License-Identifier: ISC */
/*
 * Memory given back all at once, see policy/pool.h. Layer: policy. Invariant:
 * what was handed out never moves.
 */
#include "policy/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 16384

struct pool_chunk {
	struct pool_chunk *older;
	size_t used;
	size_t size;
	max_align_t data[];
};

static struct pool_chunk *
new_chunk(struct pool *p, size_t need)
{
	size_t size = need > CHUNK ? need : CHUNK;
	struct pool_chunk *c = calloc(1, sizeof(*c) + size);

	if (c == NULL) {
		p->failed = true;
		return NULL;
	}
	c->size = size;
	c->older = p->chunk;
	p->chunk = c;
	return c;
}

void *
pool_alloc(struct pool *p, size_t n, size_t size)
{
	struct pool_chunk *c = p->chunk;
	size_t unit = sizeof(max_align_t), need;
	void *at;

	if (size != 0 && n > (SIZE_MAX / 2) / size) {
		p->failed = true;
		return NULL;
	}
	need = (n * size + unit) / unit * unit;
	if (c == NULL || c->size - c->used < need)
		c = new_chunk(p, need);
	if (c == NULL)
		return NULL;
	at = (char *)c->data + c->used;
	c->used += need;
	return at;
}

char *
pool_strdup(struct pool *p, const char *text)
{
	size_t n = strlen(text) + 1;
	char *copy = pool_alloc(p, n, 1);

	if (copy != NULL)
		memcpy(copy, text, n);
	return copy;
}

void
pool_clear(struct pool *p)
{
	struct pool_chunk *c = p->chunk;

	while (c != NULL) {
		struct pool_chunk *older = c->older;

		free(c);
		c = older;
	}
	p->chunk = NULL;
	p->failed = false;
}
