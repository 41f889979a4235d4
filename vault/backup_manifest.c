/* SPDX-License-Identifier: ISC */
/*
 * Manifests of snapshots. Layer: verbs. A manifest is written last and whole,
 * so a snapshot that has one is finished.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/store/file.h"

#define FORMAT "hrvault-backup-records/1"
#define PACKS_MAX 1000000

void
snapshot_clear(struct snapshot *s)
{
	for (size_t i = 0; i < s->n_packs; i++)
		free(s->packs[i].segments);
	free(s->packs);
	*s = (struct snapshot){ 0 };
}

static struct pack_copy *
find_pack(const struct snapshot *s, uint32_t n)
{
	for (size_t i = 0; i < s->n_packs; i++) {
		if (s->packs[i].n == n)
			return &s->packs[i];
	}
	return NULL;
}

uint64_t
snapshot_pack_len(const struct snapshot *s, uint32_t n)
{
	const struct pack_copy *p = find_pack(s, n);
	uint64_t len = 0;

	for (size_t i = 0; p != NULL && i < p->count; i++)
		len += p->segments[i].bytes;
	return len;
}

int
snapshot_add(struct snapshot *s, uint32_t n, const struct segment *seg,
    struct hrv_err *err)
{
	struct pack_copy *p = find_pack(s, n), *packs;
	struct segment *list;

	if (p == NULL) {
		packs = realloc(s->packs, (s->n_packs + 1) * sizeof(*packs));
		if (packs == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		s->packs = packs;
		p = &packs[s->n_packs++];
		*p = (struct pack_copy){ .n = n };
	}
	list = realloc(p->segments, (p->count + 1) * sizeof(*list));
	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	p->segments = list;
	list[p->count++] = *seg;
	return HRV_OK;
}

static json_t *
segment_json(const struct segment *s)
{
	json_t *o = json_object();

	if (o == NULL || json_set_int(o, "bytes", (int64_t)s->bytes) ||
	    json_set_hex(o, "sha256", s->hash, sizeof(s->hash))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *
packs_json(const struct snapshot *s)
{
	json_t *list = json_array();
	int bad = list == NULL;

	for (size_t i = 0; !bad && i < s->n_packs; i++) {
		json_t *o = json_object(), *segments = json_array();

		for (size_t j = 0; j < s->packs[i].count; j++)
			bad |= json_array_append_new(
			    segments, segment_json(&s->packs[i].segments[j]));
		bad |= json_set_int(o, "n", s->packs[i].n);
		bad |= json_object_set_new(o, "segments", segments);
		bad |= json_array_append_new(list, o);
	}
	if (bad) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static int
put_log(const struct snapshot *s, json_t *o)
{
	json_t *log = json_object();

	return json_set_int(log, "size", (int64_t)s->log_size) ||
	       json_set_hex(log, "root", s->log_root, sizeof(s->log_root)) ||
	       json_object_set_new(o, "log", log);
}

int
snapshot_write(const struct snapshot *s, struct buf *out, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o = json_object();
	int rc = HRV_OK;

	id_format(&s->id, id);
	if (o == NULL || json_set_str(o, "format", FORMAT) ||
	    json_set_str(o, "backup", id) ||
	    json_set_hex(o, "vault", s->vault, sizeof(s->vault)) ||
	    json_set_str(o, "origin", s->origin) ||
	    json_set_str(o, "time", s->time) ||
	    json_set_int(o, "generation", s->gen) ||
	    json_set_int(o, "records", (int64_t)s->records) ||
	    json_set_hex(o, "slots", s->slots, sizeof(s->slots)) ||
	    put_log(s, o) ||
	    json_object_set_new(o, "db", segment_json(&s->db)) ||
	    json_object_set_new(o, "cfg", segment_json(&s->cfg)) ||
	    json_object_set_new(o, "packs", packs_json(s)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = json_canonical(o, out, err);
	json_decref(o);
	return rc;
}

static bool
get_hash(const json_t *o, const char *key, uint8_t out[32])
{
	const char *hex = json_str(o, key);

	return hex != NULL && enc_unhex(hex, strlen(hex), out, 32);
}

static bool
get_segment(const json_t *o, struct segment *ret)
{
	int64_t bytes = json_int(o, "bytes", -1);

	ret->bytes = (uint64_t)bytes;
	return bytes >= 0 && get_hash(o, "sha256", ret->hash);
}

static bool
get_packs(const json_t *list, struct snapshot *s, struct hrv_err *err)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		const json_t *segments = json_object_get(o, "segments");
		int64_t n = json_int(o, "n", 0);

		if (n < 1 || n > PACKS_MAX)
			return false;
		for (size_t j = 0; j < json_array_size(segments); j++) {
			struct segment seg;

			if (!get_segment(json_array_get(segments, j), &seg) ||
			    snapshot_add(s, (uint32_t)n, &seg, err) != HRV_OK)
				return false;
		}
	}
	return json_is_array(list);
}

static bool
get_all(const json_t *o, struct snapshot *s, struct hrv_err *err)
{
	const json_t *log = json_object_get(o, "log");
	const char *format = json_str(o, "format"), *id = json_str(o, "backup");
	const char *origin = json_str(o, "origin"), *time = json_str(o, "time");
	struct hrv_id named;
	int64_t size = json_int(log, "size", -1);
	int64_t gen = json_int(o, "generation", 0);

	if (format == NULL || strcmp(format, FORMAT) != 0 || id == NULL ||
	    !id_parse(id, ID_BACKUP, &named) || !id_equal(&named, &s->id) ||
	    origin == NULL || !note_name_ok(origin) || time == NULL ||
	    size < 1 || gen < 1 || gen > UINT32_MAX)
		return false;
	snprintf(s->origin, sizeof(s->origin), "%s", origin);
	snprintf(s->time, sizeof(s->time), "%s", time);
	s->log_size = (uint64_t)size;
	s->gen = (uint32_t)gen;
	s->records = (uint64_t)json_int(o, "records", 0);
	return get_hash(o, "vault", s->vault) &&
	       get_hash(log, "root", s->log_root) &&
	       get_hash(o, "slots", s->slots) &&
	       get_segment(json_object_get(o, "db"), &s->db) &&
	       get_segment(json_object_get(o, "cfg"), &s->cfg) &&
	       get_packs(json_object_get(o, "packs"), s, err);
}

int
snapshot_read(const char *dir, const struct hrv_id *id, struct snapshot *ret,
    struct hrv_err *err)
{
	struct snapshot s = { .id = *id };
	struct buf text = BUF_INIT;
	json_t *o = NULL;
	char *path = NULL;
	int rc = backup_path(dir, "records", id, "/manifest.json", &path, err);

	if (rc == HRV_OK)
		rc = file_read(path, BACKUP_META_MAX, &text, err);
	if (rc == HRV_OK)
		rc = json_read(text.data, text.len, &o, err);
	if (rc == HRV_EUSAGE || (rc == HRV_OK && !get_all(o, &s, err))) {
		char name[ID_TEXT_SIZE];

		id_format(id, name);
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the manifest of the backup %s is damaged", name);
	}
	json_decref(o);
	free(path);
	buf_clear(&text);
	if (rc != HRV_OK) {
		snapshot_clear(&s);
		return rc;
	}
	*ret = s;
	return HRV_OK;
}

struct search {
	const char *dir;
	const struct hrv_id *only;
	struct snapshot best;
	bool found;
};

static int
look_at(void *ctx, const struct hrv_id *id, struct hrv_err *err)
{
	struct search *w = ctx;
	struct snapshot s;
	int rc;

	if (w->only != NULL && !id_equal(w->only, id))
		return HRV_OK;
	rc = snapshot_read(w->dir, id, &s, err);
	if (rc == HRV_ENOTFOUND && w->only == NULL)
		return HRV_OK; /* carried off half: no backup */
	if (rc != HRV_OK)
		return rc;
	if (w->found && (s.log_size < w->best.log_size ||
			    (s.log_size == w->best.log_size &&
				strcmp(s.time, w->best.time) < 0))) {
		snapshot_clear(&s);
		return HRV_OK;
	}
	snapshot_clear(&w->best);
	w->best = s;
	w->found = true;
	return HRV_OK;
}

int
snapshot_newest(const char *dir, const struct hrv_id *only,
    struct snapshot *ret, bool *ret_found, struct hrv_err *err)
{
	struct search w = { .dir = dir, .only = only };
	int rc = backup_each(dir, "records", "", look_at, &w, err);

	if (rc != HRV_OK) {
		snapshot_clear(&w.best);
		return rc;
	}
	*ret_found = w.found;
	*ret = w.best;
	return HRV_OK;
}
