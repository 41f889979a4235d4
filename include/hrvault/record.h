/* SPDX-License-Identifier: ISC */
/*
 * Records: documents about a subject, each version sealed under a key of its
 * own. Storing, reading for a purpose, new versions, dated facts, and why a
 * date is what it is. Whatever decrypts writes the log first; a refusal by
 * rule is logged as well. R and S stand for an id or an unambiguous prefix; a
 * subject may also be number:X or email:X.
 *
 * Errors that any of these may return besides those named: HRV_ENOTFOUND (no
 * such record or subject), HRV_EREFUSED ("role", "key-not-held"), HRV_EPURGED
 * (destroyed on purpose), HRV_ELOG (the log cannot be written, so nothing was
 * done), HRV_EBUSY, HRV_EKEY, HRV_EINTEGRITY, HRV_EIO, HRV_ENOMEM.
 */
#ifndef HRVAULT_RECORD_H
#define HRVAULT_RECORD_H

#include "hrvault/date.h"
#include "hrvault/vault.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A dated fact: "closed" or "record.closed", on a day. */
struct hrv_record_event {
	const char *name;
	struct hrv_date day;
};

/* Where a document comes from: a regular file by its path (symbolic links to
 * one are followed), or, with path NULL, an open descriptor read to its
 * end. */
struct hrv_record_source {
	const char *path;
	int fd;
};

/* A document to be stored. Texts and lists are borrowed. */
struct hrv_record_add_args {
	const char *subject;
	const char *class_name;
	struct hrv_date date; /* of the document; not set: today */
	const struct hrv_record_event *events;
	size_t n_events;
	const char *title;	 /* sealed; may be NULL, as may the next */
	const char *source;	 /* where it came from; sealed */
	const char *provided_by; /* subject, employer, third_party; NULL:
				  * employer */
	struct hrv_date dependant_born; /* only where the class needs it */
	bool confidential; /* given or received in confidence, as a reference
			    * may be; kept clear, for the grounds of a law */
	struct hrv_record_source content;
};

/*
 * Stores a document. *ret_doc: id, subject, class, compartment, version,
 * bytes, media, sha256 (of the content; never in the log), keep_until,
 * limit_until, purge_from, restrict_from, state.
 * HRV_EUSAGE: no such class or event, no regular file, a birth date missing.
 * HRV_EREFUSED also "wrong-kind": the class is not for such a subject.
 * HRV_EFAILED ("changed"): the file changed while it was read. After any
 * failure nothing was stored.
 */
int hrv_record_add(struct hrv_vault *v, const struct hrv_record_add_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* What a person has to say about a record. Texts are borrowed. */
struct hrv_record_statement_args {
	const char *record;   /* that it is about */
	struct hrv_date date; /* of the statement; not set: today */
	const char *title;    /* sealed; NULL: "Statement" */
	const char *source;   /* where it came from; sealed; may be NULL */
	const char *kase;     /* the case in which it came; NULL: none */
	struct hrv_record_source content;
};

/*
 * Files a person's statement with a record (GDPR Art. 16): a record of its
 * own, of the same subject and class, whose dates, place and end are those of
 * the record it is about. Held and frozen records too: nothing is changed.
 * *ret_doc: as hrv_record_add(), and statement_on, recipients [{recipient,
 * on}]: who was given the record, and when last; they are to be told (Art.
 * 19).
 * HRV_EREFUSED also "statement" (it is one itself), "other-person", and the
 * state of the case. After any failure nothing was stored.
 */
int hrv_record_statement(struct hrv_vault *v,
    const struct hrv_record_statement_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Every record of a subject, oldest document first: id, class,
 * compartment, created, version, bytes, state ("purged" when it is
 * gone), keep_until, limit_until, purge_from, restrict_from, restricted, held,
 * statement_on (of a statement: the record it is about); title and file where
 * titles are asked for and the member holds the compartment's key, in an
 * audited read of the whole list.
 */
int hrv_record_list(struct hrv_vault *v, const char *subject, bool titles,
    hrv_doc_fn *fn, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * One record: the fields of a list, and subject, stored, provided_by, events,
 * links, versions[], disclosures[], statements[] (what was filed with it: the
 * fields of a list). Title, file, media and source for who
 * holds the key (an audited read); for others, and for a destroyed record,
 * what is not sealed, and nothing is logged.
 */
int hrv_record_show(struct hrv_vault *v, const char *record,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* Takes a piece of plaintext; a code other than HRV_OK ends the reading. */
typedef int hrv_record_write_fn(
    void *ctx, const void *data, size_t len, struct hrv_err *err);

/* A content to be read. */
struct hrv_record_read_args {
	const char *record;
	const char *purpose; /* of the schedule's list */
	const char *reason;  /* sealed into the log, or NULL */
	/* A restricted record, for another purpose than legal_claim and
	 * subject_request (Art. 18(2)): "consent" (in force for the purpose),
	 * "protect-other" or "public-interest" (reason needed); or NULL. */
	const char *restricted_for;
	uint32_t version;   /* 0: the newest */
	const char *output; /* a new file, mode 0600; NULL: `write` */
	hrv_record_write_fn *write;
	void *write_ctx;
};

/*
 * Decrypts a content for a purpose. The intent is in the log before the key is
 * opened; a file appears under its name only when it is whole and the outcome
 * is in the log, and nothing of it is left after a failure. `write` gets
 * pieces whose tags were checked; when the reading fails at the end, what it
 * got was only the beginning, and the error says so. *ret_doc: audit_index (of
 * the intent), record, version, sha256, bytes, media, file.
 * HRV_EREFUSED also "purpose" (not of the schedule, or not of this class) and
 * "restricted" (only legal_claim and subject_request may read it), and
 * "no-consent" (it was withdrawn, and the class rests on it).
 * HRV_EEXISTS: the output is there already. HRV_EPURGED: with the day, the
 * rule and the run.
 */
int hrv_record_read(struct hrv_vault *v,
    const struct hrv_record_read_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* A new version of a record. */
/* What a restricted record is changed for, as it would be read: a purpose of
 * the schedule (legal_claim, subject_request) or a ground of Art. 18(2), see
 * hrv_record_read_args. Either may be NULL. */
struct hrv_record_use {
	const char *purpose;
	const char *restricted_for;
};

struct hrv_record_amend_args {
	const char *record;
	const char *reason; /* needed; sealed into the log */
	struct hrv_record_use use;
	const char *title; /* NULL: as before; likewise source */
	const char *source;
	struct hrv_record_source content;
};

/*
 * Stores a new version; the one before stays readable and now ends as its
 * class says of record.superseded. Held records too: nothing is taken away.
 * HRV_EREFUSED also "restricted", "no-consent" (Art. 18).
 * *ret_doc: as hrv_record_add(), and superseded: {version, keep_until,
 * purge_from}.
 */
int hrv_record_amend(struct hrv_vault *v,
    const struct hrv_record_amend_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Why a record is kept until when, as of a day (not set: today): record,
 * class, state, the dates, reasons[] in sentences with rule and citation,
 * protection[] (holds without their matter, cases, notice), older[] for the
 * versions before. From unsealed facts alone: decrypts and writes nothing, any
 * role.
 */
int hrv_record_explain(struct hrv_vault *v, const char *record,
    struct hrv_date on, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Adds a dated fact to a record, or retracts it. *ret_doc: record, event,
 * date, retracted, unchanged (true when it was there already), moved {earlier,
 * later, pending, dated}: versions whose dates moved, earliest_destruction, and
 * the dates as they are now.
 * HRV_ECONFIRM: it would move a known date earlier, which takes two people.
 * HRV_EREFUSED: a fact of a held record cannot be retracted.
 */
int hrv_record_event(struct hrv_vault *v, const char *record,
    const struct hrv_record_event *event, bool retract,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* Says that a record is also about another person: as author, witness or
 * referee. *ret_doc: record, subject, as. HRV_EEXISTS: said already. */
int hrv_record_link(struct hrv_vault *v, const char *record,
    const char *subject, const char *as, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Another person for a record. Texts are borrowed. */
struct hrv_record_move_args {
	const char *record;
	const char *subject; /* whose it is */
	const char *reason;  /* needed; sealed into the log */
	struct hrv_record_use use;
};

/*
 * Files a record under the person it is about: every version is opened and
 * sealed anew, under one audited intent; its events stay. *ret_doc: as
 * hrv_record_add(), and moved and earliest_destruction as for an event.
 * HRV_EREFUSED also "held", "open-case", "cooling-off" (it is append only
 * then), "wrong-kind", "restricted", "no-consent" (Art. 18). HRV_ECONFIRM: a
 * known date would move earlier, which takes two people. HRV_EUSAGE: it is
 * filed there already, or a birth date is missing. After any failure it is
 * filed where it was.
 */
int hrv_record_move(struct hrv_vault *v,
    const struct hrv_record_move_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Another class for a record. Texts are borrowed. */
struct hrv_record_reclassify_args {
	const char *record;
	const char *class_name;
	const char *reason;		/* needed; sealed into the log */
	struct hrv_date dependant_born; /* only where the class needs it */
	struct hrv_record_use use;
};

/*
 * Files a record under another class; the member holds the keys of both
 * compartments. Result and errors as hrv_record_move(); HRV_EUSAGE also: no
 * such class. Not being asked for a review any more, or not being permanent
 * any more, counts as an earlier date.
 */
int hrv_record_reclassify(struct hrv_vault *v,
    const struct hrv_record_reclassify_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Destroys a record that should never have been stored, with all its versions,
 * through the purge; its subject stays. *ret_doc: record, run, destroyed
 * (versions), certificate (the run's id, or null while its old keys are
 * still read), finished.
 * HRV_ECONFIRM: it takes two people, and the error names the proposal that
 * waits ("approval"); or the clock is not credible. HRV_EREFUSED also "held",
 * "open-case", "cooling-off": nothing was destroyed.
 */
int hrv_record_void(struct hrv_vault *v, const char *record, const char *reason,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
