/* SPDX-License-Identifier: ISC */
/*
 * The log as static files. Layer: verbs. Invariant: the checkpoint is written
 * last, so a folder that has one is whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/audit.h"
#include "vault/audit_int.h"
#include "vault/log/append.h"
#include "vault/log/tiles.h"
#include "vault/store/db.h"
#include "vault/store/file.h"

#define MODE_DIR 0700

/* An export under way. */
struct tiling {
	struct hrv_vault *v;
	const char *dir;
	uint64_t files;
};

/* Makes the folders of dir/name, as far as they are missing. */
static int
make_parents(const char *dir, const char *name, struct hrv_err *err)
{
	char part[TILES_PATH_MAX];
	int rc = HRV_OK;

	for (const char *p = strchr(name, '/'); p != NULL;
	     p = strchr(p + 1, '/')) {
		char *path = NULL;

		snprintf(part, sizeof(part), "%.*s", (int)(p - name), name);
		rc = file_join(dir, part, &path, err);
		if (rc == HRV_OK)
			rc = file_mkdir(path, MODE_DIR, err);
		free(path);
		if (rc != HRV_OK && rc != HRV_EEXISTS)
			return rc;
	}
	return HRV_OK;
}

static int
write_file(struct tiling *t, const char *name, const struct buf *data,
    struct hrv_err *err)
{
	char *path = NULL;
	int rc = make_parents(t->dir, name, err);

	if (rc == HRV_OK)
		rc = buf_ok(data, err);
	if (rc == HRV_OK)
		rc = file_join(t->dir, name, &path, err);
	if (rc == HRV_OK)
		rc = file_write_new(
		    path, data->data, data->len, FILE_MODE_PRIVATE, err);
	if (rc == HRV_OK)
		t->files++;
	free(path);
	return rc;
}

static int
fill_entries(struct tiling *t, const struct tiles_tile *tile, struct buf *out,
    struct hrv_err *err)
{
	struct buf leaf = BUF_INIT;
	int rc = HRV_OK;

	for (unsigned i = 0; rc == HRV_OK && i < tile->width; i++) {
		buf_reset(&leaf);
		rc = log_read(
		    t->v->db, tile->n * TILES_WIDTH + i, &leaf, NULL, err);
		if (rc == HRV_OK)
			rc = tiles_entry_add(out, leaf.data, leaf.len, err);
	}
	buf_clear(&leaf);
	return rc;
}

static int
write_tile(struct tiling *t, const struct tiles_tile *tile, struct hrv_err *err)
{
	struct tree_source src = log_source(t->v->db);
	char name[TILES_PATH_MAX];
	struct buf data = BUF_INIT;
	int rc = tiles_path(tile, name, err);

	if (rc == HRV_OK)
		rc = tile->level == TILES_ENTRIES
			 ? fill_entries(t, tile, &data, err)
			 : tiles_hashes(&src, tile, &data, err);
	if (rc == HRV_OK)
		rc = write_file(t, name, &data, err);
	buf_clear(&data);
	return rc;
}

static int
write_all(struct tiling *t, uint64_t size, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (int level = TILES_ENTRIES; level <= TILES_MAX_LEVEL; level++) {
		uint64_t n = tiles_count(level, size);

		for (uint64_t i = 0; rc == HRV_OK && i < n; i++) {
			struct tiles_tile tile = { level, i,
				tiles_width(level, i, size) };

			rc = write_tile(t, &tile, err);
		}
	}
	return rc;
}

int
hrv_audit_tiles(struct hrv_vault *v, const char *dir, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct tiling t = { .v = v, .dir = dir };
	struct note_checkpoint cp;
	struct buf note = BUF_INIT;
	json_t *doc;
	int rc = db_begin_read(v->db, err);

	if (rc == HRV_OK)
		rc = audit_newest(v, &note, &cp, err);
	if (rc == HRV_OK)
		rc = file_mkdir(dir, MODE_DIR, err);
	if (rc == HRV_OK)
		rc = write_all(&t, cp.size, err);
	db_rollback(v->db);
	if (rc == HRV_OK)
		rc = write_file(&t, "checkpoint", &note, err);
	if (rc == HRV_OK) {
		doc = json_object();
		rc = audit_doc(doc,
		    !json_set_int(doc, "size", (int64_t)cp.size) &&
			!json_set_int(doc, "tiles", (int64_t)t.files - 1),
		    ret_doc, err);
	}
	buf_clear(&note);
	return rc;
}
