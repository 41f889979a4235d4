/* SPDX-License-Identifier: ISC */
/*
 * What the parts of a destruction share: destroy.c takes the items,
 * destroy_last.c what goes with the last of them, destroy_keys.c builds the
 * keystore generation without their keys, destroy_log.c states it. Internal to
 * these files. Layer: verbs.
 */
#ifndef VAULT_DESTROY_INT_H
#define VAULT_DESTROY_INT_H

#include "vault/deklist.h"
#include "vault/destroy.h"

/* An item as it was judged under the lock. */
struct destroy_judged {
	struct destroy_item item;
	struct candidate c;
	bool go;
};

struct destroy_work {
	struct hrv_vault *v;
	const struct destroy_args *args;	 /* NULL for a rotation */
	const struct destroy_rotation *rotation; /* NULL: a destruction */
	struct destroy_result *ret;
	char day[HRV_DATE_TEXT];
	struct deklist victims;	   /* keys that must go */
	struct deklist referenced; /* keys that something still needs */
	struct deklist survivors;
	size_t unclaimed; /* keys left out because nothing refers to them */
	struct hrv_id *changed; /* records and subjects, for the manifest:
				 * what is gone, then what has another date */
	size_t n_changed;
	struct hrv_id *cases; /* that lost their copies, for the manifest */
	size_t n_cases;
	bool voided; /* of records filed in error: no identity goes along,
		      * as nobody decided about it */
	bool again;  /* of records that a backup brought back: what protects
		      * them now came too late */
	bool lone;   /* people without a record are looked at: their identity
		      * is all that goes */
	json_t *records; /* for the certificate */
	json_t *identities;
	json_t *papers; /* NULL: none */
};

/* HRV_ENOMEM with its message. */
int destroy_no_memory(struct hrv_err *err);
/* Notes a record or subject for the manifest of the entry. */
int destroy_changed(struct destroy_work *w, const struct hrv_id *id,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Spares what would be parted from what it is kept together with: a statement
 * whose record stays in whole or in part, and the last of a record that a
 * statement would outlive. `list` is in the order of records and versions.
 */
int destroy_keep_together(struct destroy_work *w, struct destroy_judged *list,
    size_t n, struct hrv_err *err) HRV_MUST_CHECK;
/* Finishes the records that lost a version, then their subjects, then cases
 * that have ended. */
int destroy_last_records(
    struct destroy_work *w, struct hrv_err *err) HRV_MUST_CHECK;
/* A subject that may have lost its last record: then who it is goes. */
int destroy_last_subject(struct destroy_work *w, const struct hrv_id *id,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The people of whom nothing else is left: who they are goes. */
int destroy_over(struct destroy_work *w, struct hrv_err *err) HRV_MUST_CHECK;
/* Takes the copies and typed words of one case; *ret_took: there were any. */
int destroy_case(struct destroy_work *w, const struct hrv_id *id,
    bool *ret_took, struct hrv_err *err) HRV_MUST_CHECK;
/* Judges the vault's own papers again and takes those that may go. */
int destroy_papers(struct destroy_work *w, struct hrv_err *err) HRV_MUST_CHECK;
/* Demands, before keys that nothing refers to are left out, that every record
 * and case is what the log stated last. HRV_EINTEGRITY otherwise. Reads all of
 * them, which a run does only when there is such a key. */
int destroy_check_orphans(
    struct destroy_work *w, struct hrv_err *err) HRV_MUST_CHECK;
/* Chooses the survivors and builds the next generation from them; fills the
 * facts of the certificate. The only caller of keystore_build_next(). */
int destroy_keys(struct destroy_work *w, struct hrv_err *err) HRV_MUST_CHECK;
/* Logs purge.commit with the states after it, and adds the row of the run. */
int destroy_log(struct destroy_work *w, struct hrv_err *err) HRV_MUST_CHECK;

#endif
