/* SPDX-License-Identifier: ISC */
/*
 * Names and contents of C2SP tiles. Layer: log. Invariant: a tile of level L
 * holds only roots of complete subtrees of 256^L leaves, so a full tile never
 * changes when the log grows.
 */
#include "vault/log/tiles.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/buf.h"

/* Shift from leaves to hashes of a level, or -1. */
static int
level_shift(int level)
{
	if (level == TILES_ENTRIES)
		return 0;
	return level >= 0 && level <= TILES_MAX_LEVEL ? 8 * level : -1;
}

uint64_t
tiles_count(int level, uint64_t size)
{
	int shift = level_shift(level);
	uint64_t hashes = shift < 0 ? 0 : size >> shift;

	return hashes / TILES_WIDTH + (hashes % TILES_WIDTH != 0);
}

unsigned
tiles_width(int level, uint64_t n, uint64_t size)
{
	int shift = level_shift(level);
	uint64_t hashes = shift < 0 ? 0 : size >> shift;

	if (n >= tiles_count(level, size))
		return 0;
	hashes -= n * TILES_WIDTH;
	return hashes > TILES_WIDTH ? TILES_WIDTH : (unsigned)hashes;
}

static bool
is_tile(const struct tiles_tile *t)
{
	int shift = level_shift(t->level);

	return shift >= 0 && t->width >= 1 && t->width <= TILES_WIDTH &&
	       t->n <= TREE_MAX_SIZE / TILES_WIDTH - 1 &&
	       t->n * TILES_WIDTH + t->width <= TREE_MAX_SIZE >> shift;
}

int
tiles_path(
    const struct tiles_tile *t, char out[TILES_PATH_MAX], struct hrv_err *err)
{
	char groups[TILES_PATH_MAX / 2];
	size_t at = sizeof(groups) - 1;
	uint64_t n = t->n;

	if (!is_tile(t))
		return hrv_fail(err, HRV_EFAILED, "no such tile");
	/* Three digits at a time from the right: 067, x234, x001. */
	groups[at] = '\0';
	for (bool last = true; last || n > 0; last = false, n /= 1000) {
		if (!last)
			groups[--at] = '/';
		groups[--at] = (char)('0' + n % 10);
		groups[--at] = (char)('0' + n / 10 % 10);
		groups[--at] = (char)('0' + n / 100 % 10);
		if (!last)
			groups[--at] = 'x';
	}
	if (t->level == TILES_ENTRIES)
		snprintf(out, TILES_PATH_MAX, "tile/entries/%s", groups + at);
	else
		snprintf(
		    out, TILES_PATH_MAX, "tile/%d/%s", t->level, groups + at);
	if (t->width < TILES_WIDTH) {
		size_t len = strlen(out);

		snprintf(out + len, TILES_PATH_MAX - len, ".p/%u", t->width);
	}
	return HRV_OK;
}

int
tiles_hashes(const struct tree_source *src, const struct tiles_tile *t,
    struct buf *out, struct hrv_err *err)
{
	int shift = level_shift(t->level);

	if (!is_tile(t) || t->level == TILES_ENTRIES)
		return hrv_fail(err, HRV_EFAILED, "no such tile");
	for (uint64_t i = 0; i < t->width; i++) {
		uint64_t at = t->n * TILES_WIDTH + i;
		uint8_t hash[TREE_HASH];
		int rc = tree_range_root(
		    src, at << shift, (at + 1) << shift, hash, err);

		if (rc != HRV_OK)
			return rc;
		buf_add(out, hash, sizeof(hash));
	}
	return buf_ok(out, err);
}

int
tiles_entry_add(
    struct buf *out, const void *leaf, size_t len, struct hrv_err *err)
{
	if (len > UINT16_MAX)
		return hrv_fail(err, HRV_EFAILED, "entry is too long");
	buf_addc(out, (int)(len >> 8));
	buf_addc(out, (int)(len & 0xff));
	buf_add(out, leaf, len);
	return buf_ok(out, err);
}

int
tiles_entry_next(const void *bundle, size_t bundle_len, size_t *pos,
    const uint8_t **ret_leaf, size_t *ret_len, struct hrv_err *err)
{
	const uint8_t *p = bundle;
	size_t left = *pos < bundle_len ? bundle_len - *pos : 0;
	size_t len;

	if (left == 0)
		return hrv_fail(err, HRV_ENOTFOUND, "end of the bundle");
	len = left < 2 ? 0 : (size_t)p[*pos] << 8 | p[*pos + 1];
	if (left < 2 || left - 2 < len)
		return hrv_fail(err, HRV_EINTEGRITY, "bundle is cut off");
	*ret_leaf = p + *pos + 2;
	*ret_len = len;
	*pos += 2 + len;
	return HRV_OK;
}
