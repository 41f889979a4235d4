/* SPDX-License-Identifier: ISC */
/*
 * Filed in error: every live version of a record is opened under one audited
 * intent and sealed anew, under another subject or another class, with new
 * keys. The old keys belong to nothing from that commit on. Statements that
 * were filed with it go along. Layer: verbs.
 */
#ifndef VAULT_RECORD_REFILE_H
#define VAULT_RECORD_REFILE_H

#include "hrvault/record.h"
#include "vault/earlier.h"
#include "vault/receipt.h"
#include "vault/version.h"

/* One command's work; the caller fills the first group. */
struct refiling {
	struct record_row rec;	   /* as it is */
	struct subject_row to;	   /* whose it will be */
	const char *class_name;	   /* what it will be; borrowed */
	struct hrv_date dependant; /* a birth date it had not; may be unset */
	const char *reason;
	const char *was; /* for the payload: id or class before */
	const char *is;	 /* and after */
	const struct hrv_record_use *use; /* of a restricted record */
	struct entry e;			  /* ENTRY(op) */

	struct receipt *receipt;
	struct approval approval;
	struct terms_moved moved;
	json_t *payload;
	char compartment[CLASS_NAME_SIZE]; /* what it will be */
	char born[HRV_DATE_TEXT];	   /* "": not kept; likewise */
	char dependant_born[HRV_DATE_TEXT];
	struct refiling *with; /* the statements on it, each with an entry of
				* its own */
	size_t n_with;
	uint32_t versions;  /* sealed anew */
	char media[64];	    /* of the newest */
	uint8_t sha256[32]; /* of the newest */
	uint8_t state[32];
};

/* HRV_EUSAGE unless it is a reason that can be kept. */
int refile_check_reason(const char *reason, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * HRV_EREFUSED ("held", "open-case" or "cooling-off") when anything protects
 * the record: a record that was taken out of the reach of a hold that is only
 * cooling off could be destroyed before its time.
 */
int refile_check_free(struct hrv_vault *v, const struct record_row *rec,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Does it, with everything logged, a failure too. HRV_EREFUSED: protected,
 * restricted, "wrong-kind", "key-not-held". HRV_ECONFIRM: a known date would
 * move earlier. HRV_EUSAGE: no such class, or a birth date is missing.
 * HRV_EBUSY: somebody changed the record meanwhile. After any failure nothing
 * has changed. The caller gives back with refile_clear().
 */
int refile(struct hrv_vault *v, struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The result: as record_result(), with moved and earliest_destruction. */
int refile_result(struct hrv_vault *v, const struct refiling *r,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
void refile_clear(struct refiling *r);

#endif
