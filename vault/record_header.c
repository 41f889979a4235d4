/* SPDX-License-Identifier: ISC */
/*
 * Headers of records: what is sealed beside a document. Layer: verbs.
 */
#include "vault/record_store.h"

#include <string.h>

#include "vault/base/text.h"

/* The last part of a path, if it is a text that can be kept. */
static const char *
file_name(const char *path)
{
	struct hrv_err ignored;
	const char *slash;

	if (path == NULL)
		return NULL;
	slash = strrchr(path, '/');
	if (slash != NULL)
		path = slash + 1;
	return text_check_field(TEXT_TITLE, path, strlen(path), &ignored) ==
		       HRV_OK
		   ? path
		   : NULL;
}

static int
check_text(enum text_field field, const char *text, struct hrv_err *err)
{
	return text == NULL ? HRV_OK
			    : text_check_field(field, text, strlen(text), err);
}

int
record_header_new(
    const struct record_header *h, json_t **ret, struct hrv_err *err)
{
	json_t *o;
	int rc = check_text(TEXT_TITLE, h->title, err);

	if (rc == HRV_OK)
		rc = check_text(TEXT_TITLE, h->source, err);
	if (rc == HRV_OK)
		rc = check_text(TEXT_REASON, h->note, err);
	if (rc != HRV_OK)
		return rc;
	o = json_object();
	if (o == NULL || json_set_str(o, "title", h->title) ||
	    json_set_str(o, "source", h->source) ||
	    json_set_str(o, "note", h->note) ||
	    json_set_str(o, "file", file_name(h->file)) ||
	    json_set_str(o, "media", h->media)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = o;
	return HRV_OK;
}
