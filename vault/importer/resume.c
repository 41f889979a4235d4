/* SPDX-License-Identifier: ISC */
/*
 * Reading JSON Resume. Layer: importer. Invariant: the record is the file as
 * it came; only the identity is taken out of it, and only when the whole file
 * is well-formed.
 */
#include "vault/importer/resume.h"

#include <string.h>

#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/importer/rowparse.h"

bool
resume_too_deep(const char *text, size_t len, size_t most)
{
	size_t depth = 0;
	bool inside = false;

	for (size_t i = 0; i < len; i++) {
		if (inside && text[i] == '\\')
			i++; /* whatever comes next is no end */
		else if (text[i] == '"')
			inside = !inside;
		else if (inside)
			continue;
		else if ((text[i] == '{' || text[i] == '[') && ++depth > most)
			return true;
		else if ((text[i] == '}' || text[i] == ']') && depth > 0)
			depth--;
	}
	return false;
}

/* A member of basics into the row; *ret stays NULL where it is absent. */
static int
take(const json_t *basics, const char *key, enum text_field kind,
    struct import_row *r, const char **ret, struct hrv_err *err)
{
	const json_t *v = json_object_get(basics, key);
	struct hrv_err why;
	const char *s;
	size_t len;

	if (v == NULL || json_is_null(v))
		return 0;
	if (!json_is_string(v))
		return hrv_fail(
		    err, HRV_EUSAGE, "basics.%s is not a text", key);
	s = json_string_value(v);
	len = json_string_length(v);
	if (len == 0)
		return 0;
	if (text_check_field(kind, s, len, &why) != 0)
		return hrv_fail(err, HRV_EUSAGE, "basics.%s: %s", key, why.msg);
	*ret = (const char *)r->text.data + r->text.len;
	buf_add(&r->text, s, len + 1);
	return buf_ok(&r->text, err);
}

static int
take_identity(const json_t *root, struct import_row *r, struct hrv_err *err)
{
	const json_t *basics = json_object_get(root, "basics");
	int rc;

	if (!json_is_object(basics))
		return hrv_fail(err, HRV_EUSAGE,
		    "this is no JSON Resume: it has no \"basics\"");
	rc = take(basics, "name", TEXT_NAME, r, &r->name, err);
	if (rc == 0 && r->name == NULL)
		rc = hrv_fail(err, HRV_EUSAGE, "basics.name is missing");
	if (rc == 0)
		rc = take(basics, "email", TEXT_EMAIL, r, &r->email[0], err);
	if (rc == 0)
		rc = take(basics, "phone", TEXT_PHONE, r, &r->phone[0], err);
	r->emails = r->email[0] != NULL;
	r->phones = r->phone[0] != NULL;
	return rc;
}

int
resume_read(
    const char *text, size_t len, struct import_row *r, struct hrv_err *err)
{
	json_t *root = NULL;
	size_t mark = 0;
	int rc;

	import_row_reset(r);
	if (len > RESUME_SIZE_MAX)
		return hrv_fail(err, HRV_EUSAGE, "the file is over 16 MiB");
	if (resume_too_deep(text, len, RESUME_DEPTH_MAX))
		return hrv_fail(err, HRV_EUSAGE,
		    "the JSON is nested more than %d deep", RESUME_DEPTH_MAX);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		mark = 3;
	rc = json_read(text + mark, len - mark, &root, err);
	if (rc != 0)
		return rc;
	/* Room for the three texts, so that none of them moves. */
	if (buf_reserve(&r->text, 16384) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == 0)
		rc = take_identity(root, r, err);
	if (rc == 0) {
		buf_add(&r->record, text, len);
		rc = buf_ok(&r->record, err);
	}
	json_decref(root);
	if (rc != 0)
		import_row_reset(r);
	return rc;
}
