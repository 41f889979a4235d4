/* SPDX-License-Identifier: ISC */
/*
 * Cases: the requests of the people the records are about. A case has a clock
 * (its due date is a pure function of dated events and of the law that was in
 * force when it was opened), a list of what was found, and ends with a package
 * for the person. Roles hr and dpo. Every change is an entry of the log;
 * docs/formats/case.md has the payloads, docs/formats/package.md the package.
 *
 * A case is named by its id or an unambiguous prefix of it. A step that the
 * state of the case does not allow is HRV_EREFUSED ("case"), with the next
 * step as a hint.
 */
#ifndef HRVAULT_CASE_H
#define HRVAULT_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;
struct hrv_record_source; /* record.h */

/* A request as it came in. */
struct hrv_case_open_args {
	const char *subject;  /* id, prefix, number:X or email:X */
	const char *right;    /* access, portability, rectification, erasure,
			       * restriction, objection */
	const char *received; /* a day, or an instant with its offset */
	const char *law;      /* id of an adopted law; NULL: the only one */
	const char *channel;  /* how it came, one word ("letter"), or NULL */
};
/*
 * Opens a case. From then on nothing of the subject is destroyed or altered
 * until some days after it was closed, but by the case's own approved actions.
 * An objection restricts the use of the records until it is decided.
 * HRV_EUSAGE: a receipt in the future, another right, several laws and none
 * named. HRV_ENOTFOUND: no such subject or law. HRV_EPURGED: the subject is
 * gone. HRV_EREFUSED: the person has died. *ret_doc: id, due, safe_target,
 * internal_target, awaiting, law, received, reasons.
 */
int hrv_case_open(struct hrv_vault *v, const struct hrv_case_open_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* Every case, the one due first before the others: id, subject, right, status,
 * received, due, days_left, awaiting. Writes nothing. */
int hrv_case_list(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;
/* One case: as in the list, and timeline, items, law, reasons, frozen_until.
 * Writes nothing and opens nothing: reasons people typed are not shown. */
int hrv_case_show(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

enum hrv_case_event {
	HRV_CASE_IDENTITY_ASKED,
	HRV_CASE_IDENTITY_GIVEN, /* text: the method, needed */
	HRV_CASE_AUTHORITY_ASKED,
	HRV_CASE_AUTHORITY_GIVEN,
	HRV_CASE_FEE_ASKED,
	HRV_CASE_FEE_GIVEN,
	HRV_CASE_QUESTION_ASKED, /* text: the question, needed */
	HRV_CASE_QUESTION_ANSWERED,
	HRV_CASE_EXTENDED /* text: the reason, needed */
};
/* A dated step of the clock. */
struct hrv_case_event_args {
	const char *which;
	enum hrv_case_event event;
	const char *on;	  /* local day, NULL: today */
	const char *text; /* sealed; NULL where none is needed */
};
/*
 * Records the step. HRV_EUSAGE: a day in the future or before the receipt, a
 * proof before it was asked for. HRV_EREFUSED: asked twice, an answer without
 * a question, an extension after the last day to give notice of it. *ret_doc:
 * id, event, on, due, awaiting and so on, as hrv_case_open().
 */
int hrv_case_event(struct hrv_vault *v, const struct hrv_case_event_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* Whom the person is not told of for now, as a recipient of the data: because
 * telling would prejudice an investigation, say. */
struct hrv_case_untold {
	const char *recipient;
	const char *code;   /* of the law */
	const char *reason; /* sealed */
	bool tell;	    /* it is over; code and reason may be NULL */
};
/*
 * Finds everything about the subject: every version of every record that there
 * is, records of others that link to the subject, and what is left of
 * destroyed ones. What the caller may open and what is about nobody else stands
 * as disclosed unless the law has a gate before its compartment; all else is
 * undecided. Again: adds what is new, keeps what was decided. Freezes with it
 * the history of access to the data, the person's other requests, and the
 * letters that stand for other people: those of linked subjects, and `names`
 * (may be NULL: one person a line, spellings divided by '='). untold (may be
 * NULL) comes to those of before. *ret_doc: id,
 * records, undecided, disclosed, withheld, redacted, destroyed, added (numbers
 * of record versions), items, and, of a case with a package, named: what would
 * go out with names of people of this vault whom nobody linked (record,
 * version, people: how many names, subjects: ids of who has them).
 */
int hrv_case_collect(struct hrv_vault *v, const char *which, const char *names,
    const struct hrv_case_untold *untold, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* What opens the law's gate before a record: an opinion of a health
 * professional and its day, or that the person has seen the data before. */
struct hrv_case_gate {
	const char *opinion; /* which one; sealed; NULL: none */
	struct hrv_date opinion_on;
	bool known;
	/* Somebody looked whether other people are named in it, or what the law
	 * never lets out, and it may go out as it is. Needs a reason. */
	bool checked;
};

/* What becomes of one record of a case. */
struct hrv_case_decide_args {
	const char *which;
	const char *record;
	uint32_t version;   /* 0: every version */
	const char *code;   /* of the law: withhold; NULL: disclose */
	const char *reason; /* sealed, and told to the person when withheld */
	struct hrv_case_gate gate;
};
/*
 * Decides. A redacted copy that there was is given up. HRV_EUSAGE: a code that
 * the law does not have, no reason. HRV_EREFUSED: a record that the caller
 * cannot open is to be disclosed; "not-confidential": the code is for records
 * that were marked so. HRV_ECONFIRM ("gate"): a record behind a gate of the
 * law is to be disclosed, and there is no opinion that is fresh enough, or no
 * sign-off. HRV_ENOTFOUND: the record is not in the case. *ret_doc: id, record,
 * disposition, code, undecided.
 */
int hrv_case_decide(struct hrv_vault *v,
    const struct hrv_case_decide_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Legal lets a record out of a compartment that needs it; for the role legal
 * alone, which need not hold its key. *ret_doc: id, record, gate. */
int hrv_case_signoff(struct hrv_vault *v, const char *which, const char *record,
    const char *reason, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* What is taken out of a record: a field of a JSON document, or, by a copy
 * that stands in for it, whatever the copy does not have. */
struct hrv_case_redact_args {
	const char *which;
	const char *record;
	uint32_t version;  /* 0: every version that has the field */
	const char *field; /* JSON pointer (RFC 6901), or NULL: replacement */
	const struct hrv_record_source *replacement;
	const char *code;   /* of the law */
	const char *reason; /* sealed; told to the person; may be NULL */
	const char *title;  /* of the copy, sealed; NULL: none */
	bool hide_source;
	struct hrv_case_gate gate;
};
/*
 * Derives a copy of the record without it, under a key of its own in the
 * compartment casework, which is what goes into the package; fields add up.
 * The copy has neither the file name nor the title of the record, and no note.
 * The hash of the record stays in its sealed header. HRV_EUSAGE: as for
 * hrv_case_decide(), no such field, a replacement that is empty or the record
 * itself, several versions and none named. HRV_EREFUSED, HRV_ECONFIRM: as
 * there. *ret_doc: id, record, disposition, code, undecided, copies [{version,
 * original_sha256, sha256}].
 */
int hrv_case_redact(struct hrv_vault *v,
    const struct hrv_case_redact_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Hands over what the caller decided to disclose in compartments that the
 * member who opened the case does not hold: copies under casework. The keys
 * of the records stay where they are. HRV_EREFUSED ("case") once the case was
 * exported, and for who opened it; HRV_ENOTFOUND: there is nothing to hand
 * over. *ret_doc: id, copies (number), undecided_here (record versions of
 * these compartments that still wait), undecided.
 */
int hrv_case_contribute(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* The texts that the pages of a case are made from. */
struct hrv_case_pages {
	const char *page; /* template of index.html */
	size_t page_len;
	const char *letter; /* template of the letter */
	size_t letter_len;
	const char *frame; /* the HTML around a letter; NULL: plain text */
	size_t frame_len;
};

/*
 * Orders the erasure (Art. 17) of everything of the case that stands as
 * "erase": two people order exactly these versions, and approve what is kept
 * instead (hrv_case_keep()). Where there is nothing to order, that is the
 * answer, and the case can be delivered and closed. From then on each run of
 * the purge looks at them, and destroys each as soon as the law does not ask
 * to keep it, nothing protects it and the notice is over; nobody has to
 * remember. *ret_doc: as hrv_case_outcome(). HRV_ECONFIRM: nothing was
 * collected, the requester was not checked, or a second member has to approve.
 * HRV_EREFUSED ("case"): another right, or an objection that was not granted.
 */
int hrv_case_erase(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* What is to be kept of an erasure, or no longer. */
struct hrv_case_keep_args {
	const char *which;
	const char *record;
	const char *ground; /* of Art. 17(3): expression, legal-obligation,
			     * public-health, archive, claims */
	const char *reason; /* sealed */
	bool withdraw;	    /* it is kept no longer; then ground and reason are
			     * NULL */
};
/*
 * Says that a record of an erasure is kept, or takes that back. It counts once
 * two people approved the answer with hrv_case_erase(); until the answer was
 * delivered one person takes it back, and the record is to be decided again. A
 * record that two people ordered is kept by two people only, at once. What must
 * be kept by the schedule needs no such word: it is deferred by itself.
 * *ret_doc: as hrv_case_outcome(). HRV_ECONFIRM: an order stands, and a second
 * member has to approve. HRV_EREFUSED ("case"): delivered, or no erasure.
 */
int hrv_case_keep(struct hrv_vault *v, const struct hrv_case_keep_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* How a correction, a restriction or an objection is decided. */
struct hrv_case_resolve_args {
	const char *which;
	const char *outcome; /* "granted", "rejected", of a correction also
			      * "partly" */
	const char *ground;  /* of a restriction that is granted, or NULL */
	const char *reason;  /* sealed; needed unless granted */
};
/*
 * Decides. A restriction that is granted restricts at once; an objection that
 * is granted stays restricted and may be followed by hrv_case_erase(); one that
 * is rejected is lifted when the answer was delivered. A rejection takes two
 * people. *ret_doc: as hrv_case_outcome(). HRV_EUSAGE: not for this right.
 * HRV_ECONFIRM: the requester was not checked, or it waits for approval.
 */
int hrv_case_resolve(struct hrv_vault *v,
    const struct hrv_case_resolve_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * What came of a case, as the person is told: id, right, status, outcome,
 * records [{record, version, class, becomes ("destroyed", "erased", "refused",
 * "deferred", "open"), ground, until}] of an erasure, recipients [{recipient,
 * told}] (Art. 19), sentences []. Holds are not told from other protections.
 * Writes nothing.
 */
int hrv_case_outcome(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * A recipient was told of it on that day (NULL: today). *ret_doc: as
 * hrv_case_outcome(). HRV_EREFUSED ("case"): the recipient was given nothing
 * of it, or was told already.
 */
int hrv_case_told(struct hrv_vault *v, const char *which, const char *recipient,
    const char *on, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Where a package goes, and how it is closed. */
struct hrv_case_export_args {
	const char *which;
	const char *to; /* full fingerprint of the requester's key, or NULL */
	const char *passphrase; /* when to is NULL: 1 to 255 bytes, one line */
	bool zip;		/* AES-256 ZIP instead of OpenPGP */
	struct hrv_case_pages pages;
	int fd; /* an empty regular file, open for reading and writing, private
		 * to the caller; it is synced and stays the caller's */
	int (*place)(
	    void *ctx, struct hrv_err *err); /* gives the whole and
					      * verified file its name; called
					      * before success is logged */
	hrv_doc_fn *named; /* gets, before anybody is asked to approve it, each
			    * record version that names people whom nobody
			    * linked to it, as in `named` of
			    * hrv_case_collect(); may be NULL */
	void *ctx;
};
/*
 * Makes the package, reads it again, has it placed, and logs that. After a
 * failure the caller removes the file, also under the name that place() gave
 * it. HRV_ECONFIRM: something is undecided (the message names it), the
 * identity of the requester was not checked, nothing was collected, or a
 * second member has to approve. HRV_EREFUSED ("left-in"): a document that goes
 * out names somebody who is replaced, or has what the law never lets out;
 * ("not-searched"): one cannot be searched for that, and nobody decided about
 * it. HRV_EKEY: the recipient's key is missing,
 * expired or revoked. HRV_EREFUSED: the caller cannot open what is to be
 * disclosed. *ret_doc: id, manifest_sha256 (of the file manifest.json),
 * content_sha256 (of the manifest without `generated` and `log`: what the log
 * names, the same for every export of the same case), audit_index, records,
 * files, bytes, named.
 */
int hrv_case_export(struct hrv_vault *v,
    const struct hrv_case_export_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

enum hrv_case_letter {
	HRV_LETTER_COVER,	  /* with the package: Art. 15(1)-(2) */
	HRV_LETTER_OUTCOME,	  /* what was done on another request */
	HRV_LETTER_REFUSAL,	  /* Art. 12(4) */
	HRV_LETTER_EXTENSION,	  /* Art. 12(3) */
	HRV_LETTER_IDENTITY,	  /* Art. 12(6) */
	HRV_LETTER_CLARIFICATION, /* a question */
	HRV_LETTER_ACKNOWLEDGED	  /* the request came in */
};
/* A letter to the requester. */
struct hrv_case_letter_args {
	const char *which;
	enum hrv_case_letter kind;
	struct hrv_case_pages pages; /* letter, and frame for a page of HTML */
	const char *output;	     /* path of a new file, or NULL: write */
	int (*write)(void *ctx, const void *data, size_t len,
	    struct hrv_err *err); /* gets the letter */
	void *ctx;
};
/*
 * Writes a letter about what the case has come to. It opens names and typed
 * reasons, so it is a read: intent, the file, then outcome. HRV_ECONFIRM:
 * the step that it tells about was not taken (the hint names it), or no
 * controller is named. HRV_EEXISTS: there is a file of that name. *ret_doc:
 * id, letter, form, audit_index, due, and replaced_lines: those of the typed
 * words that named somebody, for whom a letter stands now.
 */
int hrv_case_letter(struct hrv_vault *v,
    const struct hrv_case_letter_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* "cover", "outcome", ...: as in the log and on the command line. Static. */
const char *hrv_case_letter_name(enum hrv_case_letter kind);

/* The package was handed over on that day (NULL: today); method is one word.
 * *ret_doc: id, status, on. */
int hrv_case_deliver(struct hrv_vault *v, const char *which, const char *method,
    const char *on, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The request is refused on a ground: a code of the law, or one of unfounded,
 * excessive, identity, withdrawn, died (the person has), unanswered (what was
 * asked for is awaited for longer than the law's period). The reason is sealed.
 * *ret_doc: id, status, ground. */
int hrv_case_refuse(struct hrv_vault *v, const char *which, const char *ground,
    const char *reason, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Closes an answered or refused case; a package has to be delivered first
 * (HRV_EREFUSED, "case"). Destruction stays frozen for the law's
 * freeze_after_close. *ret_doc: id, status, frozen_until. */
int hrv_case_close(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Opens a refused or closed case again; its clock is what it was. *ret_doc:
 * as hrv_case_open(). HRV_EPURGED: the subject is gone meanwhile. */
int hrv_case_reopen(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
