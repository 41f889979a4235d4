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
	const char *matter;    /* reference of the matter; sealed */
	const char *reason;    /* sealed */
	const char *authority; /* who ordered it; sealed; NULL: not said */
	/* What the law asks for: "charge", "preservation", "tax-audit",
	 * "insurance-claim"; NULL: an ordinary hold. */
	const char *statutory;
	const char *const *subjects;
	const char *const *classes;
	const char *const *records;
	const char *from;   /* documents dated from here on, or NULL */
	const char *to;	    /* documents dated until here, or NULL */
	const char *review; /* day on which it is to be reviewed, or NULL */
	/* Conditions joined by and, or, not ('hrvault help holds'), or NULL. */
	const char *query;
	/* Records that were ever under a schedule of it, or NULL. */
	const char *jurisdiction;
	/* Comparators of a charge: people whose records are held as well.
	 * An empty list says that there are none. */
	const char *const *also;
	/* People whom the matter is about beside those it names: they decide
	 * nothing in it. */
	const char *const *about;
	bool frozen; /* only the records covered now, none that come later */
};

/*
 * Places a hold; in force when this returns. Works also on a full disk, by
 * giving up the vault's reserve. *ret_doc: id, matched (records covered now),
 * snapshot (the entry that lists them, or null where the log could not take
 * it any more), manifest (hash of that list). HRV_EUSAGE: no scope, an unknown
 * class, a bad date, a query that cannot be read, a charge without
 * comparators. HRV_ENOTFOUND. HRV_EREFUSED: not legal or dpo; "conflict": the
 * matter is about the person that this member is.
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
/*
 * Extends a hold by a further scope, a later day of review, or both; nothing
 * of it can be taken away. reason and authority of args are those of the
 * amendment, matter is not looked at. *ret_doc: id, matched; snapshot where the
 * list that placing could not log was made up for. Errors as for placing;
 * HRV_EREFUSED "released" when it is not in force.
 */
int hrv_hold_amend(struct hrv_vault *v, const char *hold,
    const struct hrv_hold_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* A notice; the vault sends nothing itself, it keeps who was told what. */
struct hrv_hold_notice {
	const char *hold;
	const char *const *members; /* fingerprints */
	const char *const *names;   /* people who are no members; sealed */
	const char *text_version;   /* of the text they got: [A-Za-z0-9._-] */
	int64_t every;		    /* days between reminders; 0: none */
	const char *on;		    /* day it was sent, NULL: today */
};
/* Says that it was sent. *ret_doc: id, recipients (how many in all).
 * HRV_EUSAGE, HRV_ENOTFOUND, HRV_EREFUSED. */
int hrv_hold_notify(struct hrv_vault *v, const struct hrv_hold_notice *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Says that everybody who did not acknowledge was reminded. *ret_doc: id,
 * reminded (how many). */
int hrv_hold_remind(struct hrv_vault *v, const char *hold, const char *on,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Acknowledges: for oneself (recipient 0), or by legal or dpo for the
 * recipient of that number. *ret_doc: id, recipient, acknowledged (day).
 * HRV_ENOTFOUND when that one got no notice. */
int hrv_hold_acknowledge(struct hrv_vault *v, const char *hold,
    int64_t recipient, const char *on, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Links a member to the subject that he or she is, or takes the link back
 * (never one's own). Such a member neither places nor releases, sees or
 * extends a hold whose matter is about that subject. *ret_doc: member,
 * subject, linked, unchanged. HRV_EREFUSED, HRV_ENOTFOUND.
 */
int hrv_member_link(struct hrv_vault *v, const char *member,
    const char *subject, bool retract, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * What a release would free, for legal and dpo; writes nothing. *ret_doc: hold,
 * matched, still_protected (by other holds or cases), free_from (the day on
 * which a release today would end), freed[]: record, version, class,
 * purge_from, eligible_from (first day on which a run could destroy it, null
 * while it has no date).
 */
int hrv_hold_preview_release(struct hrv_vault *v, const char *hold,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Hands out what a hold covers now, as a tar file of mode 0600 that is never
 * written over: manifest.json with its OpenPGP signature, the contents, and
 * every entry of the log about a record or the hold with its payload and its
 * proof (docs/formats/hold.md). Two people, bound to exactly these versions.
 * *ret_doc: id, records, versions, entries, contents, audit_index,
 * manifest_sha256, content_sha256. HRV_ECONFIRM: a proposal waits.
 * HRV_EREFUSED: the role, "conflict", or "key-not-held" where a compartment's
 * key is missing and not only metadata is asked for. HRV_EEXISTS.
 */
int hrv_hold_export(struct hrv_vault *v, const char *hold, const char *path,
    bool metadata_only, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* What it would cover, without placing it; matter and reason may be NULL.
 * *ret_doc: matched, records[] (ids). Writes nothing. */
int hrv_hold_preview(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Every hold: id, status, placed, review, review_overdue; for legal and dpo
 * also kind and notice (none, sent, acknowledged or overdue). No matters; any
 * role; writes nothing. */
int hrv_hold_list(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * One hold with everything known of it, and, in an audited read, matter,
 * reason, authority and the names of who was told: kind, snapshot (entry,
 * count, manifest), amendments[], notices[], notice, beyond_limit[] (record,
 * since: kept by this hold past what the law allows otherwise).
 */
int hrv_hold_show(struct hrv_vault *v, const char *hold,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
