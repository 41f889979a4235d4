/* SPDX-License-Identifier: ISC */
/*
 * The rights of the people concerned that are no request with a deadline:
 * restriction, consent, preferences, and to whom their records go. A subject
 * is named as in subject.h.
 */
#ifndef HRVAULT_RIGHTS_H
#define HRVAULT_RIGHTS_H

#include <stdbool.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"
#include "hrvault/record.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/*
 * Restricts the use of all records of a subject (Art. 18), those added later
 * included. ground: "accuracy", "unlawful", "claims" or "objection". It comes
 * to those there are. *ret_doc: id, restricted (all grounds,
 * "accuracy,claims"), records (how many changed), unchanged. HRV_EUSAGE for
 * another ground.
 */
int hrv_subject_restrict(struct hrv_vault *v, const char *who,
    const char *ground, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Lifts one ground of the restriction of a subject and of its records, which
 * ends with the last; ground may be NULL where there is one. The reason is kept
 * sealed; told is the day on which the person was told (ISO date, Art. 18(3)).
 * *ret_doc: id, was (the grounds before), restricted (those that are left, or
 * null), records. HRV_ECONFIRM "not-told" without that day. HRV_EUSAGE where
 * there are several and none is named. HRV_EREFUSED "not-restricted".
 */
int hrv_subject_lift(struct hrv_vault *v, const char *who, const char *ground,
    const char *reason, const char *told, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* An organisation to which records may go. */
struct hrv_recipient_args {
	const char *name;      /* kept sealed */
	const char *kind;      /* "group", "processor", "authority", "other" */
	const char *country;   /* two letters; UK counts as GB */
	const char *safeguard; /* "adequacy", "scc", "bcr", "consent", "none";
				* NULL: none */
	const char *until; /* ISO date: last day of the safeguard, or NULL */
};
/*
 * Registers a recipient. *ret_doc: id, kind, country, safeguard, until,
 * usable (a record may go there today). HRV_EUSAGE names what is wrong.
 */
int hrv_recipient_add(struct hrv_vault *v,
    const struct hrv_recipient_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Every recipient in the order of registration, in one audited read of the
 * names: the fields of add, and name and added.
 */
int hrv_recipient_list(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Takes the content of a record out for a registered recipient (an id or a
 * prefix of one): as hrv_record_read(), whose arguments and errors these are;
 * the disclosure is noted with the record. *ret_doc: the fields of a read, and
 * recipient, purpose. HRV_EREFUSED also "recipient" (not registered) and
 * "safeguard" (none in force for its country), and "no-consent" where
 * the legal basis of the class is consent and none for that purpose is in
 * force, and "statement-first" while the recipient was not given the newest
 * version of every statement of the person on it.
 */
int hrv_disclose(struct hrv_vault *v, const char *recipient,
    const struct hrv_record_read_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* A file that goes in the place of a document that names people. */
struct hrv_replacement {
	const char *record; /* id, or a prefix of one */
	const void *data;
	size_t len;
};
/* Many records for one recipient. The lists choose: the records named, or all
 * records of these people (none named: of everybody) of these classes (none
 * named: of all but those of special categories). Texts are borrowed. */
struct hrv_disclose_many_args {
	const char *recipient; /* id, or a prefix of one */
	const char *purpose;
	const char *output; /* a new file, mode 0600: a tar */
	const char *const *records;
	size_t n_records;
	const char *const *subjects;
	size_t n_subjects;
	const char *const *classes;
	size_t n_classes;
	const char *const *fields; /* JSON pointers: only these go out of a
				    * document; none: all that names nobody */
	size_t n_fields;
	const struct hrv_replacement *instead;
	size_t n_instead;
};
/*
 * Takes many records out for a registered recipient without saying of whom
 * they are: people are letters, members that identify somebody are left out,
 * names in texts are replaced, identities become kind and events. Documents
 * that are no JSON are left out, unless a replacement is given; so is what
 * hrv_disclose() would refuse. Takes two people (HRV_ECONFIRM), bound to the
 * hash of exactly what goes and to the recipient. Each record has it in its
 * disclosure log. *ret_doc: recipient, purpose, records, people (int each),
 * left_out [{record, class, code}], letters {subject: letter},
 * content_sha256, audit_index. HRV_EREFUSED as hrv_disclose() for recipient
 * and purpose, HRV_ENOTFOUND: no such record, or nothing that could go.
 */
int hrv_disclose_many(struct hrv_vault *v,
    const struct hrv_disclose_many_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* An act of consent: exactly one of given and withdrawn. */
struct hrv_consent_args {
	const char *who;
	const char *purpose;	  /* of the schedule's list */
	const char *text_version; /* of what was agreed to: 1 to 32 letters,
				   * digits, dots, dashes; may be NULL for a
				   * withdrawal */
	const char *given;	  /* ISO date, or NULL */
	const char *withdrawn;	  /* ISO date, or NULL */
};
/*
 * Enters that a subject gave or withdrew consent. The event
 * subject.consent_given or subject.consent_withdrawn, for that purpose, is
 * dated with it and the dates of the records follow; one that is given again
 * takes the event of an earlier withdrawal away. A withdrawal is noted and
 * counts at once; where the dates would move earlier its event waits for a
 * second member (waits, proposal), and the same command enters it once that was
 * approved; where it would take a record out of a hold it waits as well.
 * *ret_doc: id, purpose, act, text_version, date, unchanged, waits, proposal
 * (while it waits; absent when an hr member has to ask), moved,
 * earliest_destruction. HRV_EREFUSED "no-consent": nothing to withdraw.
 * HRV_ECONFIRM: a giving would move a known date of destruction earlier, which
 * takes two people.
 */
int hrv_subject_consent(struct hrv_vault *v,
    const struct hrv_consent_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Sets whether a subject wants to hear from the employer over a channel:
 * "email", "phone" or "post". No puts the addresses of that channel on the
 * suppression list, also those that come later; yes takes those of now off.
 * *ret_doc: id, channel, allowed, date, addresses (how many).
 */
int hrv_subject_preference(struct hrv_vault *v, const char *who,
    const char *channel, bool allowed, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The addresses ("email" or "phone") of a mailing, in one audited read of the
 * identities: of every subject that is not restricted and whose last word on
 * that channel is not no, without those on the suppression list. Each: id,
 * address. HRV_EUSAGE for another channel.
 */
int hrv_subject_mailing(struct hrv_vault *v, const char *channel,
    hrv_doc_fn *fn, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Whether an e-mail address or phone number is on the suppression list, which
 * outlives the subjects. *ret_doc: channel, suppressed, since. Opens nothing.
 */
int hrv_suppressed(struct hrv_vault *v, const char *address,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Enters that a subject confirmed what is kept about them, on a day (ISO date,
 * not in the future; NULL: today). *ret_doc: id, date, subjects (1, or 0),
 * unchanged (a confirmation of that day or later was there).
 */
int hrv_subject_confirm(struct hrv_vault *v, const char *who, const char *on,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Enters that a subject (who NULL: everybody whose records are not all
 * destroyed) was told of that version of the privacy notice on a day as above.
 * *ret_doc: id (of one), version, date, subjects (how many had another version
 * or none), unchanged (none had).
 */
int hrv_subject_notice(struct hrv_vault *v, const char *who,
    const char *version, const char *on, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Subjects whose last confirmation is `every` (a duration; NULL: a year) old or
 * older; where there is none, the day on which their identity came counts.
 * Each: id, kind, since (that day), due (since and every), confirmed (false:
 * never). Opens nothing.
 */
int hrv_subject_unconfirmed(struct hrv_vault *v, const char *every,
    hrv_doc_fn *fn, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Subjects who know an older version of the privacy notice than that one
 * (NULL: the newest that anybody was told of), or none. Each: id, kind, version
 * and date (null: never told). Opens nothing. HRV_ENOTFOUND: version is NULL
 * and nobody was told of any.
 */
int hrv_subject_untold(struct hrv_vault *v, const char *version, hrv_doc_fn *fn,
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * The record of processing (Art. 30) as the schedule in force makes it: vault,
 * as_of, schedule, version, title, jurisdiction, sha256, activities [{purpose,
 * classes [{class, data, subjects, legal_basis, compartment,
 * special_category, erasure [{rule, authority, kept_until, used_until,
 * then}]}]}], recipients (the fields of recipient add, and transfer: it is
 * abroad; no names), security (sentences). HRV_ENOTFOUND: no schedule.
 */
int hrv_policy_register(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
