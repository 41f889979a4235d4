/* SPDX-License-Identifier: ISC */
/*
 * Releasing the content of one record for a purpose: the steps that reading
 * and disclosing share, so that purpose, key and restriction are enforced in
 * one place. Layer: verbs.
 */
#ifndef VAULT_RECORD_RELEASE_H
#define VAULT_RECORD_RELEASE_H

#include "hrvault/record.h"
#include "vault/base/json.h"
#include "vault/proposal.h"
#include "vault/receipt.h"
#include "vault/version.h"

struct export_file;

/* One release. Set args, e (the operation) and ver.header before; check and
 * also where the operation has more to say. */
struct release {
	const struct hrv_record_read_args *args;
	/* Further checks, after the record was found and before anything is
	 * opened; may add to payload. */
	int (*check)(
	    struct hrv_vault *v, struct release *g, struct hrv_err *err);
	/* Further rows, in the transaction of the outcome, which is `leaf`. */
	int (*also)(struct hrv_vault *v, struct release *g, uint64_t leaf,
	    struct hrv_err *err);
	void *ctx; /* of both */

	/* Set on the way. */
	struct record_row rec;
	struct version_row ver;
	struct export_file *file; /* NULL: args->write */
	struct receipt *receipt;
	uint64_t index; /* of the intent */
	json_t *header;
	json_t *payload;
	struct entry e;
	struct approval approval; /* where the schedule asks two people */
};

/*
 * Everything from the role to the result, as hrv_record_read() documents it;
 * errors are logged. *ret is the caller's. What g owns is given back in any
 * case.
 */
int record_release(struct hrv_vault *v, struct release *g, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Whether the schedule in force has this purpose. HRV_EREFUSED ("purpose"). */
int record_release_purpose(const struct hrv_vault *v, const char *purpose,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether g->rec, g->ver may be released for g->args: purpose of the class,
 * key, restriction. g->payload is an object. Opens and logs nothing. */
int record_release_may(
    struct hrv_vault *v, struct release *g, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Whether a record that a person's right restricts (Art. 18) may be changed:
 * for what it might be read for. What it is for goes into payload, an object.
 * Opens and logs nothing. HRV_EREFUSED ("restricted", "purpose", "no-consent");
 * HRV_EUSAGE.
 */
int record_change_may(struct hrv_vault *v, const struct record_row *rec,
    const struct hrv_record_use *use, json_t *payload,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
