/* SPDX-License-Identifier: ISC */
/*
 * Subjects as results. Layer: verbs.
 */
#include "vault/subject_view.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/text.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
view_subject(const struct subject_row *s, json_t **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *doc;

	id_format(&s->id, id);
	doc = json_pack("{s:s,s:s,s:s}", "id", id, "kind", s->kind, "status",
	    s->merged ? "merged"
	    : s->gone ? "gone"
		      : "live");
	if (doc == NULL)
		return no_memory(err);
	*ret = doc;
	return HRV_OK;
}

int
view_copy(
    json_t *doc, const json_t *identity, const char *key, struct hrv_err *err)
{
	json_t *value = json_object_get(identity, key);

	if (value != NULL && json_object_set(doc, key, value))
		return no_memory(err);
	return HRV_OK;
}

/* A document and where in the buffer of all keys its folded name stands. The
 * keys are names as well, so they lie in one secret buffer. */
struct sorted {
	const struct buf *keys;
	size_t at;
	const json_t *doc;
};

static int
by_name(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int c = strcmp(buf_str(x->keys) + x->at, buf_str(y->keys) + y->at);

	return c != 0 ? c
		      : strcmp(json_str(x->doc, "id"), json_str(y->doc, "id"));
}

static int
add_key(struct buf *keys, const json_t *doc, struct hrv_err *err)
{
	const char *name = json_str(doc, "name");
	int rc = HRV_OK;

	if (name != NULL)
		rc = text_normalise(TEXT_NAME, name, strlen(name), keys, err);
	buf_addc(keys, '\0');
	return rc == HRV_OK ? buf_ok(keys, err) : rc;
}

int
view_emit(const json_t *docs, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	size_t n = json_array_size(docs);
	struct sorted *list = calloc(n + 1, sizeof(*list));
	struct buf keys = BUF_INIT_SECRET;
	int rc = list == NULL ? no_memory(err) : HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		list[i] =
		    (struct sorted){ &keys, keys.len, json_array_get(docs, i) };
		rc = add_key(&keys, list[i].doc, err);
	}
	if (rc == HRV_OK && n > 1)
		qsort(list, n, sizeof(*list), by_name);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = fn(ctx, (const struct hrv_doc *)list[i].doc, err);
	buf_clear(&keys);
	free(list);
	return rc;
}
