/* SPDX-License-Identifier: ISC */
/*
 * An import that takes two people: as a whole where the schedule asks for that,
 * or only for the new versions of records that it brings (D187). Layer: verbs.
 * Invariant: what is approved is exactly this file by exactly this map.
 */
#include <string.h>

#include "hrvault/policy.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/dual.h"
#include "vault/import_int.h"
#include "vault/inforce.h"
#include "vault/store/file.h"

#define IMPORT_KIND "import"
#define AMEND_KIND "record.amend"

static int
hash_file(struct importing *im, uint8_t out[32], struct hrv_err *err)
{
	struct crypt_sha256_ctx *h = crypt_sha256_new();
	uint8_t piece[16384];
	off_t at = 0;
	size_t n = 0;
	int rc =
	    h == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;

	do {
		if (rc == HRV_OK)
			rc = file_read_at(
			    im->args->fd, piece, sizeof(piece), at, &n, err);
		if (rc == HRV_OK)
			crypt_sha256_add(h, piece, n);
		at += (off_t)n;
	} while (rc == HRV_OK && n > 0);
	if (rc == HRV_OK)
		crypt_sha256_final(h, out);
	else
		crypt_sha256_free(h);
	explicit_bzero(piece, sizeof(piece));
	return rc;
}

/* What is approved, into step; what and bound stay the caller's. */
static int
describe(struct importing *im, struct dual_step *step, json_t *what,
    json_t *bound, struct hrv_err *err)
{
	const struct hrv_class *c = NULL;
	uint8_t file[32], map[32];
	int rc = hash_file(im, file, err);

	crypt_sha256(im->args->map, im->args->map_len, map);
	if (im->class_name != NULL)
		c = hrv_schedule_class(im->v->schedule, im->class_name);
	step->kind = IMPORT_KIND;
	step->comp = c == NULL ? COMP_IDENTITY : c->compartment;
	step->what = what;
	step->bound = bound;
	if (rc == HRV_OK &&
	    (what == NULL || json_set_int(what, "rows", (int64_t)im->total) ||
		json_set_str(what, "class", im->class_name) ||
		json_set_hex(bound, "file", file, sizeof(file)) ||
		json_set_hex(bound, "map", map, sizeof(map))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

/* The whole of it takes two people. A folder of documents can change after it
 * was approved. */
static int
allow_file(struct importing *im, struct hrv_err *err)
{
	json_t *what = json_object(), *bound = json_object();
	struct dual_step step = { 0 };
	int rc;

	if (im->args->documents == NULL) {
		rc = describe(im, &step, what, bound, err);
		if (rc == HRV_OK)
			rc = dual_allow(im->v, &step, &im->approval, err);
	} else {
		hrv_fail_as(err, HRV_EREFUSED, "dual-control",
		    "the schedule asks two people for an import, and a folder "
		    "of documents may change after it was approved");
		rc = hrv_hint(err, "import the file alone; store the documents "
				   "with 'hrvault record add'");
	}
	json_decref(what);
	json_decref(bound);
	return rc;
}

/* Whether somebody approved that this file brings new versions. */
static int
find_approval(struct importing *im, struct hrv_err *err)
{
	json_t *what = json_object(), *bound = json_object();
	struct dual_step step = { 0 };
	int rc = describe(im, &step, what, bound, err);

	if (rc == HRV_OK)
		rc = dual_find(im->v, &step, &im->approval, err);
	im->no_amending = im->approval.id.kind == 0;
	json_decref(what);
	json_decref(bound);
	return rc;
}

int
import_allow(struct importing *im, struct hrv_err *err)
{
	struct entry refused = ENTRY(IMPORT_OP);
	bool alone = false;
	int rc = HRV_OK;

	if (dual_asks(im->v, IMPORT_KIND)) {
		if (!im->args->check)
			rc = allow_file(im, err);
	} else if (dual_asks(im->v, AMEND_KIND)) {
		rc = inforce_founding(im->v, &alone, err);
		im->no_amending = !alone;
		if (rc == HRV_OK && im->no_amending && !im->args->check)
			rc = find_approval(im, err);
	}
	return rc == HRV_EREFUSED ? txn_refuse(im->v, &refused, err) : rc;
}

int
import_propose(struct importing *im, struct hrv_err *err)
{
	json_t *what = json_object(), *bound = json_object();
	json_t *effects = json_object();
	struct dual_step step = { .effects = effects };
	int rc = describe(im, &step, what, bound, err);

	if (rc == HRV_OK &&
	    (effects == NULL || json_set_int(effects, "new_versions",
				    (int64_t)im->count.waiting)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = dual_propose(im->v, &step, &im->waits_for, err);
	json_decref(what);
	json_decref(bound);
	json_decref(effects);
	return rc;
}
