/* SPDX-License-Identifier: ISC */
/*
 * Changes that move dates of destruction. Layer: verbs.
 */
#include "vault/earlier.h"

#include <string.h>

int
earlier_allow(struct hrv_vault *v, const struct terms_moved *moved,
    bool *ret_alone, struct hrv_err *err)
{
	(void)v;
	(void)err;
	*ret_alone = moved->earlier > 0;
	return HRV_OK;
}

int
earlier_set_moved(json_t *obj, const struct terms_moved *m)
{
	json_t *o = json_object();
	int bad = o == NULL;

	bad |= json_set_int(o, "earlier", (int64_t)m->earlier);
	bad |= json_set_int(o, "later", (int64_t)m->later);
	bad |= json_set_int(o, "pending", (int64_t)m->pending);
	bad |= json_set_int(o, "dated", (int64_t)m->dated);
	bad |= json_object_set_new(obj, "moved", o);
	return bad ? -1 : 0;
}

int
earlier_set_destruction(struct hrv_vault *v, json_t *obj,
    const struct terms_moved *moved, struct hrv_err *err)
{
	struct hrv_date today, notice, first;
	char text[HRV_DATE_TEXT];
	json_t *value;
	int rc = vault_today(v, &today, err);

	if (rc != HRV_OK)
		return rc;
	if (!hrv_date_parse(moved->first_destruction, &first)) {
		value = json_null();
	} else {
		if (!hrv_date_add(today, v->schedule->purge.notice, &notice))
			notice = first;
		hrv_date_format(
		    hrv_date_cmp(first, notice) < 0 ? notice : first, text);
		value = json_string(text);
	}
	if (json_object_set_new(obj, "earliest_destruction", value))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}
