/* SPDX-License-Identifier: ISC */
/*
 * jansson glue. Layer: base. Invariant: what is hashed has exactly one text,
 * and trees that held an identity are wiped when they are freed.
 */
#include "vault/base/json.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"

static void
wiping_free(void *p)
{
	if (p == NULL)
		return;
	explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

void
json_init(void)
{
	json_set_alloc_funcs(malloc, wiping_free);
}

static bool
canonical_ok(const json_t *v)
{
	const char *key;
	json_t *member;
	size_t i;

	switch (json_typeof(v)) {
	case JSON_STRING:
	case JSON_INTEGER:
		return true;
	case JSON_ARRAY:
		json_array_foreach(v, i, member)
		{
			if (!canonical_ok(member))
				return false;
		}
		return true;
	case JSON_OBJECT:
		for (void *it = json_object_iter((json_t *)(uintptr_t)v);
		     it != NULL;
		     it = json_object_iter_next((json_t *)(uintptr_t)v, it)) {
			key = json_object_iter_key(it);
			if (key == NULL ||
			    !canonical_ok(json_object_iter_value(it)))
				return false;
		}
		return true;
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
	default:
		return false;
	}
}

static int
append_cb(const char *text, size_t len, void *out)
{
	buf_add(out, text, len);
	return ((struct buf *)out)->failed ? -1 : 0;
}

static int
dump(const json_t *v, size_t flags, struct buf *out, struct hrv_err *err)
{
	if (json_dump_callback(v, append_cb, out, flags) != 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return buf_ok(out, err);
}

int
json_canonical(const json_t *v, struct buf *out, struct hrv_err *err)
{
	if (v == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (!canonical_ok(v))
		return hrv_fail(err, HRV_EFAILED,
		    "a value has no canonical form (strings and whole numbers "
		    "only)");
	return dump(
	    v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY, out, err);
}

int
json_pretty(const json_t *v, struct buf *out, struct hrv_err *err)
{
	/* 15 digits give back what a person wrote: 1234.56, not 1234.5599. */
	return dump(v,
	    JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15), out,
	    err);
}

int
json_line(const json_t *v, struct buf *out, struct hrv_err *err)
{
	return dump(v, JSON_COMPACT | JSON_ENCODE_ANY, out, err);
}

int
json_read(const void *text, size_t len, json_t **ret_v, struct hrv_err *err)
{
	json_error_t e;
	json_t *v;

	v = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (v == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "not valid JSON at line %d, column %d", e.line, e.column);
	*ret_v = v;
	return HRV_OK;
}

const char *
json_str(const json_t *obj, const char *key)
{
	return json_string_value(json_object_get(obj, key));
}

int64_t
json_int(const json_t *obj, const char *key, int64_t otherwise)
{
	const json_t *v = json_object_get(obj, key);

	return json_is_integer(v) ? (int64_t)json_integer_value(v) : otherwise;
}

int
json_set_str(json_t *obj, const char *key, const char *text)
{
	if (text == NULL)
		return 0;
	return json_object_set_new(obj, key, json_string(text));
}

int
json_set_int(json_t *obj, const char *key, int64_t v)
{
	return json_object_set_new(obj, key, json_integer(v));
}

static int
set_encoded(json_t *obj, const char *key, struct buf *b)
{
	int rc = b->failed ? -1 : json_set_str(obj, key, buf_str(b));

	buf_clear(b);
	return rc;
}

int
json_set_b64(json_t *obj, const char *key, const void *p, size_t len)
{
	struct buf b = BUF_INIT;

	enc_b64(&b, p, len);
	return set_encoded(obj, key, &b);
}

int
json_set_hex(json_t *obj, const char *key, const void *p, size_t len)
{
	struct buf b = BUF_INIT;

	enc_hex(&b, p, len);
	return set_encoded(obj, key, &b);
}
