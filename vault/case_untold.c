/* SPDX-License-Identifier: ISC */
/*
 * Recipients of whom the person is not told, see case_annex.h. Layer: verbs.
 * Invariant: somebody decided it, with a code of the law and a reason, and it
 * lasts until somebody decides otherwise, however often is collected.
 */
#include <string.h>

#include "vault/base/text.h"
#include "vault/case_annex.h"
#include "vault/case_gate.h"
#include "vault/recipient.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

bool
untold_has(const json_t *untold, const char *recipient)
{
	json_t *one;
	size_t i;

	json_array_foreach(untold, i, one)
	{
		const char *id = json_str(one, "recipient");

		if (recipient != NULL && id != NULL &&
		    strcmp(id, recipient) == 0)
			return true;
	}
	return false;
}

int
untold_check(struct hrv_vault *v, const struct kase *k,
    const struct hrv_case_untold *u, char id[ID_TEXT_SIZE], struct hrv_err *err)
{
	struct hrv_id to;
	int rc;

	id[0] = '\0';
	if (u == NULL)
		return HRV_OK;
	if (!u->tell && (u->code == NULL || u->reason == NULL)) {
		hrv_fail(err, HRV_EUSAGE,
		    "that the person is not told needs a code of the law and a "
		    "reason");
		return hrv_hint(err, "--code X --reason TEXT");
	}
	rc = u->code == NULL ? HRV_OK : case_code_check(k, u->code, NULL, err);
	if (rc == HRV_OK && u->reason != NULL)
		rc = text_check_field(
		    TEXT_REASON, u->reason, strlen(u->reason), err);
	if (rc == HRV_OK)
		rc = lookup_recipient(v, u->recipient, &to, err);
	if (rc == HRV_OK)
		id_format(&to, id);
	return rc;
}

static void
take_out(json_t *list, const char *recipient)
{
	for (size_t i = json_array_size(list); i > 0; i--) {
		const char *id =
		    json_str(json_array_get(list, i - 1), "recipient");

		if (id != NULL && strcmp(id, recipient) == 0)
			(void)json_array_remove(list, i - 1);
	}
}

int
untold_make(const json_t *old, const struct hrv_case_untold *u, const char *id,
    json_t *frozen, struct hrv_err *err)
{
	json_t *list = old == NULL ? json_array() : json_deep_copy(old), *one;
	int bad = list == NULL;

	if (!bad && u != NULL)
		take_out(list, id);
	if (!bad && u != NULL && !u->tell) {
		one = json_pack("{s:s,s:s}", "recipient", id, "code", u->code);
		bad = one == NULL || json_array_append_new(list, one);
	}
	if (!bad && json_array_size(list) > 0)
		bad = json_object_set(frozen, "untold", list);
	json_decref(list);
	return bad ? no_memory(err) : HRV_OK;
}

int
untold_put(const struct hrv_case_untold *u, const char *id, json_t *payload)
{
	if (u == NULL)
		return 0;
	return json_set_str(payload, u->tell ? "told" : "untold", id) ||
	       json_set_str(payload, "code", u->code);
}
