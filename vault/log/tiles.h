/* SPDX-License-Identifier: ISC */
/*
 * The log as static files after C2SP tlog-tiles: names of tiles and entry
 * bundles, which of them a tree of some size has, and their contents. Pure;
 * whoever exports writes the files. Layer: log.
 */
#ifndef VAULT_LOG_TILES_H
#define VAULT_LOG_TILES_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/log/tree.h"

struct buf;

#define TILES_WIDTH 256	   /* hashes or entries of a full tile */
#define TILES_MAX_LEVEL 7  /* highest level a tree can have, 2^63 leaves */
#define TILES_ENTRIES (-1) /* stands for the level of an entry bundle */
#define TILES_PATH_MAX 64  /* bytes of any name, with the NUL */

/* One tile: the level (or TILES_ENTRIES), its number there, and how many
 * hashes or entries it holds, 1 to 256. */
struct tiles_tile {
	int level;
	uint64_t n;
	unsigned width;
};

/* Writes the name below the export folder: "tile/0/x001/234",
 * "tile/1/000.p/17", "tile/entries/003". HRV_EFAILED when t is not a tile. */
int tiles_path(const struct tiles_tile *t, char out[TILES_PATH_MAX],
    struct hrv_err *err) HRV_MUST_CHECK;
/* How many tiles of a level (or TILES_ENTRIES) a tree of `size` leaves has,
 * counting a partial last one. 0 when the level is empty or not valid. */
uint64_t tiles_count(int level, uint64_t size);
/* Width of tile n of a level for a tree of `size` leaves; 0 when there is no
 * such tile. */
unsigned tiles_width(int level, uint64_t n, uint64_t size);
/* Appends the hashes of a tile of level 0 or above. HRV_EFAILED for
 * TILES_ENTRIES; errors of src are passed on. */
int tiles_hashes(const struct tree_source *src, const struct tiles_tile *t,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends one entry of a bundle: length as 2 bytes big-endian, then the leaf.
 * HRV_EFAILED over 65535 bytes. */
int tiles_entry_add(struct buf *out, const void *leaf, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Takes the entry at *pos of a bundle and moves *pos behind it; *ret_leaf
 * borrows. HRV_ENOTFOUND at the end, HRV_EINTEGRITY when it is cut off. */
int tiles_entry_next(const void *bundle, size_t bundle_len, size_t *pos,
    const uint8_t **ret_leaf, size_t *ret_len,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
