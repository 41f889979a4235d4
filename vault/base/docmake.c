/* SPDX-License-Identifier: ISC */
/*
 * Making results and walking through them, see include/hrvault/docmake.h.
 * Layer: base. Invariant: a value handed over is never leaked, also when it
 * cannot be taken in.
 */
#include "hrvault/docmake.h"

#include "vault/base/json.h"

static json_t *
out(struct hrv_doc *doc)
{
	return (json_t *)doc;
}

/* Reading only; jansson's walk wants it writable. */
static const json_t *
in(const struct hrv_doc *doc)
{
	return (const json_t *)doc;
}

struct hrv_doc *
hrv_doc_new_object(void)
{
	return (struct hrv_doc *)json_object();
}

struct hrv_doc *
hrv_doc_new_array(void)
{
	return (struct hrv_doc *)json_array();
}

bool
hrv_doc_set_str(struct hrv_doc *obj, const char *key, const char *text)
{
	return json_object_set_new(out(obj), key,
		   text == NULL ? json_null() : json_string(text)) == 0;
}

bool
hrv_doc_set_int(struct hrv_doc *obj, const char *key, int64_t v)
{
	return json_object_set_new(out(obj), key, json_integer(v)) == 0;
}

bool
hrv_doc_set_bool(struct hrv_doc *obj, const char *key, bool v)
{
	return json_object_set_new(out(obj), key, json_boolean(v)) == 0;
}

bool
hrv_doc_set(struct hrv_doc *obj, const char *key, struct hrv_doc *value)
{
	return json_object_set_new(out(obj), key, out(value)) == 0;
}

bool
hrv_doc_add(struct hrv_doc *array, struct hrv_doc *value)
{
	return json_array_append_new(out(array), out(value)) == 0;
}

bool
hrv_doc_add_str(struct hrv_doc *array, const char *text)
{
	return json_array_append_new(out(array), json_string(text)) == 0;
}

enum hrv_doc_kind
hrv_doc_kind(const struct hrv_doc *value)
{
	const json_t *v = in(value);

	if (json_is_boolean(v))
		return HRV_DOC_BOOL;
	if (json_is_integer(v))
		return HRV_DOC_INT;
	if (json_is_string(v))
		return HRV_DOC_TEXT;
	if (json_is_array(v))
		return HRV_DOC_ARRAY;
	return json_is_object(v) ? HRV_DOC_OBJECT : HRV_DOC_NULL;
}

int64_t
hrv_doc_number(const struct hrv_doc *value)
{
	return json_integer_value(in(value));
}

bool
hrv_doc_is_true(const struct hrv_doc *value)
{
	return json_is_true(in(value));
}

int
hrv_doc_each(const struct hrv_doc *obj,
    int (*fn)(void *ctx, const char *key, const struct hrv_doc *value),
    void *ctx)
{
	/* The iterator of jansson takes no const object; nothing is changed. */
	union {
		const struct hrv_doc *doc;
		json_t *json;
	} u = { obj };
	int rc = 0;

	for (void *i = json_object_iter(u.json); rc == 0 && i != NULL;
	     i = json_object_iter_next(u.json, i))
		rc = fn(ctx, json_object_iter_key(i),
		    (const struct hrv_doc *)json_object_iter_value(i));
	return rc;
}
