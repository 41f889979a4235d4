/* SPDX-License-Identifier: ISC */
/*
 * Results behind an opaque type: the same pointer as a jansson value, so that
 * programs above need not know jansson. Layer: base.
 */
#include "hrvault/doc.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/json.h"

static const json_t *
in(const struct hrv_doc *doc)
{
	return (const json_t *)doc;
}

void
hrv_doc_free(struct hrv_doc *doc)
{
	json_decref((json_t *)doc);
}

const char *
hrv_doc_str(const struct hrv_doc *doc, const char *key)
{
	return json_str(in(doc), key);
}

int64_t
hrv_doc_int(const struct hrv_doc *doc, const char *key, int64_t otherwise)
{
	return json_int(in(doc), key, otherwise);
}

bool
hrv_doc_true(const struct hrv_doc *doc, const char *key)
{
	return json_is_true(json_object_get(in(doc), key));
}

const struct hrv_doc *
hrv_doc_get(const struct hrv_doc *doc, const char *key)
{
	return (const struct hrv_doc *)json_object_get(in(doc), key);
}

size_t
hrv_doc_len(const struct hrv_doc *array)
{
	return json_array_size(in(array));
}

const struct hrv_doc *
hrv_doc_at(const struct hrv_doc *array, size_t i)
{
	return (const struct hrv_doc *)json_array_get(in(array), i);
}

const char *
hrv_doc_text(const struct hrv_doc *value)
{
	return json_string_value(in(value));
}

int
hrv_doc_bytes(const struct hrv_doc *doc, const char *key, uint8_t **ret_data,
    size_t *ret_len, struct hrv_err *err)
{
	const char *text = json_str(in(doc), key);
	struct buf b = BUF_INIT;
	uint8_t *data = NULL;

	if (text == NULL || !enc_unb64(text, strlen(text), &b)) {
		buf_clear(&b);
		return hrv_fail(
		    err, HRV_EFAILED, "a result has no bytes called %s", key);
	}
	data = malloc(b.len + 1);
	if (data != NULL) {
		if (b.len > 0)
			memcpy(data, b.data, b.len);
		*ret_data = data;
		*ret_len = b.len;
	}
	buf_clear(&b);
	return data == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			    : HRV_OK;
}

int
hrv_doc_json(const struct hrv_doc *doc, bool indented, char **ret_text,
    struct hrv_err *err)
{
	struct buf b = BUF_INIT_SECRET;
	char *text = NULL;
	int rc;

	rc = indented ? json_pretty(in(doc), &b, err)
		      : json_line(in(doc), &b, err);
	if (rc == HRV_OK)
		text = strdup(buf_str(&b));
	if (rc == HRV_OK && text == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		*ret_text = text;
	buf_clear(&b);
	return rc;
}

void
hrv_doc_text_free(char *text)
{
	if (text == NULL)
		return;
	explicit_bzero(text, strlen(text));
	free(text);
}
