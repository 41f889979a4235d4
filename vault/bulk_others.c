/* SPDX-License-Identifier: ISC */
/*
 * Whether a document still names somebody of this vault after everybody whom
 * it is known to be about has a letter. Layer: verbs. Invariant: nobody's
 * identity is opened for it (mention.h).
 */
#include "vault/bulk.h"
#include "vault/mention.h"

/* mention_fn */
static int
found(void *ctx, const json_t *ids, struct hrv_err *err)
{
	bool *any = ctx;

	(void)ids;
	(void)err;
	*any = true;
	return HRV_OK;
}

static int
look_at(struct bulk *b, const char *text, bool *ret, struct hrv_err *err)
{
	int rc = b->mentions == NULL ? mentions_new(b->v, &b->mentions, err)
				     : HRV_OK;

	return rc == HRV_OK ? mentions_text(b->mentions, text, found, ret, err)
			    : rc;
}

int
bulk_others(struct bulk *b, const json_t *doc, bool *ret, struct hrv_err *err)
{
	json_t *v = (json_t *)(uintptr_t)doc, *one;
	const char *key;
	size_t i;
	int rc = HRV_OK;

	/* Numbers as they were stored begin with a NUL: they name nobody. */
	if (json_is_string(v))
		return look_at(b, json_string_value(v), ret, err);
	json_object_foreach(v, key, one)
	{
		if (rc == HRV_OK && !*ret)
			rc = look_at(b, key, ret, err);
		if (rc == HRV_OK && !*ret)
			rc = bulk_others(b, one, ret, err);
	}
	if (!json_is_array(v))
		return rc;
	json_array_foreach(v, i, one)
	{
		if (rc == HRV_OK && !*ret)
			rc = bulk_others(b, one, ret, err);
	}
	return rc;
}
