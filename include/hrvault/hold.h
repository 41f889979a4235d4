/* SPDX-License-Identifier: ISC */
/*
 * Legal holds: named, reasoned, overlapping. While one is active, nothing it
 * covers is destroyed or altered by any way through the program; reading and
 * adding go on. Its matter is known to legal and dpo only.
 */
#ifndef HRVAULT_HOLD_H
#define HRVAULT_HOLD_H

#include "hrvault/vault.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A hold to be placed; lists end with NULL and may be NULL. */
struct hrv_hold_args {
	const char *matter; /* reference of the matter; sealed */
	const char *reason; /* sealed */
	const char *const *subjects;
	const char *const *classes;
	const char *const *records;
	const char *from;   /* documents dated from here on, or NULL */
	const char *to;	    /* documents dated until here, or NULL */
	const char *review; /* day on which it is to be reviewed, or NULL */
};

/*
 * Places a hold; in force when this returns. Works also on a full disk, by
 * giving up the vault's reserve. *ret_doc: id, matched (records covered now).
 * HRV_EUSAGE: no scope, an unknown class, a bad date. HRV_ENOTFOUND.
 * HRV_EREFUSED: not legal or dpo.
 */
int hrv_hold_place(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Releases a hold: by two members, dpo or legal, one of them legal where the
 * vault has one; in a vault in founding by one. What it covered stays
 * protected for the schedule's cooling-off, and whatever else protects it goes
 * on. *ret_doc: id, status, free_from (the first day on which a run may act
 * again). HRV_ECONFIRM: a proposal (by hr: a request) was left and waits.
 * HRV_EREFUSED: the role, or a hold that was released already.
 */
int hrv_hold_release(struct hrv_vault *v, const char *hold, const char *reason,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* What it would cover, without placing it; matter and reason may be NULL.
 * *ret_doc: matched, records[] (ids). Writes nothing. */
int hrv_hold_preview(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Every hold: id, status, placed, review, review_overdue. No matters; any
 * role; writes nothing. */
int hrv_hold_list(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;
/* One hold with its scope and, in an audited read, matter and reason. */
int hrv_hold_show(struct hrv_vault *v, const char *hold,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
