/* SPDX-License-Identifier: ISC */
/*
 * Words that people typed, in letters. Layer: verbs. Invariant: once a case was
 * collected, no letter names somebody whom a letter of the alphabet stands for,
 * and whoever sends it is told where that was, never who.
 */
#include "vault/case_letter.h"

#include <string.h>

#include "vault/case_annex.h"
#include "vault/detail.h"
#include "vault/pseudonym.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* The numbers of the lines that name somebody; no name goes over a line. */
static int
find_lines(const struct pseudonyms *names, const char *text, json_t *lines,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (json_int_t n = 1; rc == HRV_OK; n++) {
		size_t len = strcspn(text, "\n");
		bool any = false;

		rc = pseudonyms_find(names, text, len, &any, NULL, err);
		if (rc == HRV_OK && any &&
		    json_array_append_new(lines, json_integer(n)))
			rc = no_memory(err);
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	return rc;
}

static int
replace(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    const char *text, struct buf *out, json_t *lines, struct hrv_err *err)
{
	struct pseudonyms *names = NULL;
	json_t *frozen = NULL;
	int rc = HRV_OK;

	if (case_is_collected(k))
		rc = frozen_open(v, r, k, &frozen, err);
	if (rc == HRV_OK && frozen != NULL)
		rc = pseudonyms_new(json_object_get(frozen, "people"),
		    json_object_get(frozen, "own"), &names, err);
	if (rc == HRV_OK)
		rc = find_lines(names, text, lines, err);
	if (rc == HRV_OK)
		rc = pseudonyms_text(names, text, out, NULL, err);
	pseudonyms_free(names);
	json_decref(frozen);
	return rc;
}

int
letter_typed(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    uint64_t leaf, json_t *values, json_t *lines, struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	struct buf text = BUF_INIT_SECRET, out = BUF_INIT_SECRET;
	int rc = detail_load(v, leaf, &d, err);

	if (rc == HRV_ENOTFOUND)
		return HRV_OK;
	if (rc == HRV_OK)
		rc = unseal_detail(v, r, &d, &text, err);
	if (rc == HRV_OK)
		rc = replace(v, r, k, buf_str(&text), &out, lines, err);
	if (rc == HRV_OK && json_set_str(values, "typed", buf_str(&out)))
		rc = no_memory(err);
	detail_clear(&d);
	buf_clear(&text);
	buf_clear(&out);
	return rc;
}
