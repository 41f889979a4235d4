/* SPDX-License-Identifier: ISC */
/*
 * What collecting freezes, see case_annex.h. Layer: verbs.
 */
#include <string.h>

#include "vault/case_annex.h"
#include "vault/case_copy.h"
#include "vault/identity.h"
#include "vault/unseal.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
frozen_open(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    json_t **ret, struct hrv_err *err)
{
	struct case_copy c = { .header = BUF_INIT };
	int rc = case_copy_load(v, &k->id, &k->id, 0, &c, err);

	if (rc == HRV_OK)
		rc = unseal_copy_header(v, r, &c, ret, err);
	case_copy_clear(&c);
	return rc;
}

/* People who have a letter from before, and of whom is not told. */
static int
read_before(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    const struct frozen_from *f, json_t *frozen, struct hrv_err *err)
{
	json_t *old = NULL, *people = json_array();
	int rc = HRV_OK;

	if (case_is_collected(k)) {
		rc = frozen_open(v, r, k, &old, err);
		if (rc == HRV_OK && json_array_extend(people,
					json_object_get(old, "people")) != 0)
			rc = no_memory(err);
	}
	if (json_object_set_new(frozen, "people", people) && rc == HRV_OK)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = untold_make(json_object_get(old, "untold"), f->untold,
		    f->untold_id, frozen, err);
	json_decref(old);
	return rc;
}

static int
own_names(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    json_t *frozen, struct hrv_err *err)
{
	struct subject_row s;
	json_t *who = NULL, *own = NULL;
	int rc = subject_load(v, &k->subject, &s, err);

	if (rc == HRV_OK)
		rc = identity_open(v, r, &s, &who, err);
	if (rc == HRV_OK) {
		own = json_pack("[s]", json_str(who, "name"));
		if (own == NULL || json_object_set_new(frozen, "own", own))
			rc = no_memory(err);
	}
	json_decref(who);
	return rc;
}

static int
fill(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    const struct frozen_from *f, json_t *frozen, struct hrv_err *err)
{
	json_t *annex = NULL, *requests = NULL, *people;
	int rc = read_before(v, r, k, f, frozen, err);

	people = json_object_get(frozen, "people");
	if (rc == HRV_OK)
		rc = people_add(v, r, f->linked, f->n_linked, people, err);
	if (rc == HRV_OK)
		rc = people_add_names(people, f->names, err);
	if (rc == HRV_OK)
		rc = own_names(v, r, k, frozen, err);
	if (rc == HRV_OK)
		rc = annex_of_log(v, k, f->things,
		    json_object_get(frozen, "untold"), &annex, err);
	if (rc == HRV_OK)
		rc = annex_requests(v, k, &requests, err);
	if (rc == HRV_OK && (json_object_set(frozen, "annex", annex) ||
				json_object_set(frozen, "requests", requests)))
		rc = no_memory(err);
	json_decref(annex);
	json_decref(requests);
	return rc;
}

int
frozen_make(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    const struct frozen_from *from, json_t **ret, struct hrv_err *err)
{
	json_t *frozen = json_pack("{s:s}", "on", from->day);
	int rc =
	    frozen == NULL ? no_memory(err) : fill(v, r, k, from, frozen, err);

	if (rc != HRV_OK) {
		json_decref(frozen);
		return rc;
	}
	*ret = frozen;
	return HRV_OK;
}

int
frozen_put(struct hrv_vault *v, const struct kase *k, json_t *frozen,
    struct hrv_err *err)
{
	struct case_copy_args a = { .kase = &k->id,
		.subject = &k->subject,
		.record = &k->id,
		.header = frozen };

	return case_copy_put(v, &a, NULL, err);
}
