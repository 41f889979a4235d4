/* SPDX-License-Identifier: ISC */
/*
 * Letters to the requester. Layer: verbs. Invariants: a letter tells only what
 * the log of the case holds - a refusal that was decided, an extension that
 * was noticed in time, a question that was asked; nothing is opened for it
 * before the intent is on disk, and that it was written is logged when it was;
 * a file that the log could not take the outcome of is gone again.
 */
#include "hrvault/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hrvault/policy.h"
#include "vault/case_erase.h"
#include "vault/case_letter.h"
#include "vault/contact.h"
#include "vault/identity.h"
#include "vault/letter_render.h"
#include "vault/log/append.h"
#include "vault/outfile.h"
#include "vault/package.h"
#include "vault/receipt.h"
#include "vault/unseal.h"

#define OP "case.letter"

/* What a letter tells about: the step that must have been taken, and the
 * command that takes it. */
struct letter_kind {
	const char *name;
	const char *event;
	const char *hint;
	bool records; /* it speaks of what was found */
};

static const struct letter_kind kinds[] = {
	[HRV_LETTER_COVER] = { "cover", "exported", "export C --output FILE",
	    true },
	[HRV_LETTER_OUTCOME] = { "outcome", NULL,
	    "erase C' or 'hrvault case resolve C", false },
	[HRV_LETTER_REFUSAL] = { "refusal", "refused",
	    "refuse C --ground G --reason T", false },
	[HRV_LETTER_EXTENSION] = { "extension", "extended",
	    "extend C --reason T", false },
	[HRV_LETTER_IDENTITY] = { "identity", "identity.asked",
	    "identity C --asked", false },
	[HRV_LETTER_CLARIFICATION] = { "clarification", "question.asked",
	    "ask C --question T", false },
	[HRV_LETTER_ACKNOWLEDGED] = { "acknowledgement", "received", "open",
	    false },
};

/* One letter on its way. */
struct writing {
	struct hrv_vault *v;
	const struct hrv_case_letter_args *a;
	const struct letter_kind *kind;
	struct kase k;
	const struct case_event *event;
	char day[HRV_DATE_TEXT];
	struct entry e;
	json_t *payload;
	json_t *values;
	json_t *lines; /* of what was typed in which a name was replaced */
	struct buf text;
	uint64_t index;
};

const char *
hrv_case_letter_name(enum hrv_case_letter kind)
{
	return kinds[kind].name;
}

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* The step that it tells of, as far as that stands: an answer that was opened
 * again, or refused since, is told no more, and neither is a refusal. */
static const struct case_event *
step_of(const struct kase *k, const struct letter_kind *kind)
{
	if (kind->event == NULL)
		return case_answer(k, false);
	if (strcmp(kind->event, "refused") == 0 && !case_refusal_stands(k))
		return NULL;
	return case_find_event(k, kind->event);
}

/* The step that the letter is about has to stand. */
static int
check_step(struct writing *w, struct hrv_err *err)
{
	const char *at = strstr(w->kind->hint, " C");
	char id[ID_TEXT_SIZE];
	json_t *who = NULL;
	int rc;

	id_format(&w->k.id, id);
	w->event = step_of(&w->k, w->kind);
	if (w->event == NULL) {
		hrv_fail_as(err, HRV_ECONFIRM, "letter",
		    "%s has no step '%s' that this letter could tell about", id,
		    w->kind->event == NULL ? "decided" : w->kind->event);
		return hrv_hint(err, "first 'hrvault case %.*s %s%s'",
		    (int)(at - w->kind->hint), w->kind->hint, id,
		    at + strlen(" C"));
	}
	if (w->kind->event == NULL && case_erases(&w->k)) {
		rc = case_erase_settled(w->v, &w->k, OP, err);
		if (rc != HRV_OK)
			return rc;
	}
	if (w->kind->records && case_count(&w->k, ITEM_UNDECIDED) > 0)
		return hrv_fail_as(err, HRV_ECONFIRM, "undecided",
		    "%zu of %zu record versions of %s are not decided",
		    case_count(&w->k, ITEM_UNDECIDED), w->k.n_items, id);
	rc = contact_require(w->v, w->k.law->id, &who, err);
	json_decref(who);
	return rc;
}

/* Dates of the clock, with and without the extension. */
static int
put_clock(struct writing *w, struct hrv_err *err)
{
	struct hrv_deadline d, before;
	char text[HRV_DATE_TEXT];
	struct case_event *e = w->k.events;
	size_t n = 0;
	struct kase k = w->k;
	int rc = case_deadline(&w->k, &d, err), bad = 0;

	if (rc != HRV_OK)
		return rc;
	k.events = calloc(w->k.n_events + 1, sizeof(*k.events));
	if (k.events == NULL)
		return no_memory(err);
	for (size_t i = 0; i < w->k.n_events; i++) {
		if (strcmp(e[i].name, "extended") != 0)
			k.events[n++] = e[i];
	}
	k.n_events = n;
	rc = case_deadline(&k, &before, err);
	free(k.events);
	if (rc != HRV_OK)
		return rc;
	if (d.awaiting == 0) {
		hrv_date_format(d.due, text);
		bad |= json_set_str(w->values, "due", text);
	}
	if (before.awaiting == 0) {
		hrv_date_format(before.due, text);
		bad |= json_set_str(w->values, "due_before", text);
	}
	if (w->k.law->identity == HRV_IDENTITY_STARTS)
		bad |= json_set_int(w->values, "identity_starts", 1);
	if (w->k.law->identity == HRV_IDENTITY_PAUSES)
		bad |= json_set_int(w->values, "identity_pauses", 1);
	if (w->k.law->pauses)
		bad |= json_set_int(w->values, "question_pauses", 1);
	return bad ? no_memory(err) : HRV_OK;
}

/* The ground of a refusal, from its entry: a word, or a code of the law. */
static int
put_ground(struct writing *w, struct hrv_err *err)
{
	static const char *const known[] = { "unfounded", "excessive",
		"identity", "withdrawn", NULL };
	struct buf leaf = BUF_INIT, payload = BUF_INIT;
	const struct hrv_law_code *code = NULL;
	json_t *p = NULL;
	const char *ground;
	int rc = log_read(w->v->db, w->event->leaf, &leaf, &payload, err);

	if (rc == HRV_OK)
		rc = json_read(payload.data, payload.len, &p, err);
	ground = json_str(p, "ground");
	if (rc == HRV_OK && ground != NULL)
		code = hrv_law_find_code(w->k.law, ground);
	if (rc == HRV_OK &&
	    (package_word(w->values, "ground", ground, known) ||
		(code != NULL &&
		    (json_set_str(w->values, "code_title", code->title) ||
			json_set_str(w->values, "code_cite", code->cite)))))
		rc = no_memory(err);
	json_decref(p);
	buf_clear(&payload);
	buf_clear(&leaf);
	return rc;
}

/* What every letter has: who writes, to whom, about which request. */
static int
put_head(struct writing *w, const struct receipt *r, struct hrv_err *err)
{
	json_t *who = NULL, *page = NULL, *identity = NULL;
	struct subject_row s;
	char id[ID_TEXT_SIZE];
	int rc = contact_require(w->v, w->k.law->id, &who, err);

	id_format(&w->k.id, id);
	if (rc == HRV_OK)
		rc = subject_load(w->v, &w->k.subject, &s, err);
	if (rc == HRV_OK)
		rc = identity_open(w->v, r, &s, &identity, err);
	/* After an erasure there may be no name left to write to. */
	if (rc == HRV_EPURGED)
		rc = HRV_OK;
	if (rc == HRV_OK && (page = contact_for_page(who)) == NULL)
		rc = no_memory(err);
	if (rc == HRV_OK) {
		w->values = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s?,s:O}", "case",
		    id, "date", w->day, "received", w->k.received, "law",
		    w->k.law->title, "law_cite", w->k.law->cite, "name",
		    json_str(identity, "name"), "controller", page);
		if (w->values == NULL)
			rc = no_memory(err);
	}
	json_decref(identity);
	json_decref(page);
	json_decref(who);
	return rc;
}

/* The same with everything that was found, as in the package. */
static int
put_records(struct writing *w, const struct receipt *r, struct hrv_err *err)
{
	struct package p = { .k = NULL };
	int rc = package_gather(w->v, r, &w->k, &p, err);

	if (rc == HRV_OK)
		rc = package_manifest(&p, err);
	if (rc == HRV_OK)
		rc = package_values(w->v, &p, w->day, &w->values, err);
	package_clear(&p);
	return rc;
}

static int
make_values(struct writing *w, const struct receipt *r, struct hrv_err *err)
{
	static const char *const rights[] = { "access", "portability",
		"rectification", "erasure", "restriction", "objection", NULL };
	int rc =
	    w->kind->records ? put_records(w, r, err) : put_head(w, r, err);

	if (rc == HRV_OK &&
	    (package_word(w->values, "right", w->k.claim, rights) ||
		json_set_str(w->values, "on", w->event->day)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = put_clock(w, err);
	if (rc == HRV_OK)
		rc = letter_typed(
		    w->v, r, &w->k, w->event->leaf, w->values, w->lines, err);
	if (rc != HRV_OK)
		return rc;
	if (w->kind->event == NULL)
		return letter_outcome(
		    w->v, r, w->a->which, w->event, w->values, err);
	if (strcmp(w->kind->event, "refused") == 0) {
		rc = put_ground(w, err);
		if (rc == HRV_OK)
			rc = letter_before(
			    w->v, &w->k, w->a->which, w->values, err);
	}
	return rc;
}

static int
make_text(struct writing *w, const struct receipt *r, struct hrv_err *err)
{
	const struct hrv_case_pages *p = &w->a->pages;
	struct letter_frame frame = { p->frame, p->frame_len };
	int rc = make_values(w, r, err);

	if (rc != HRV_OK)
		return rc;
	return p->frame == NULL ? letter_text(p->letter, p->letter_len,
				      w->values, &w->text, err)
				: letter_html(p->letter, p->letter_len,
				      w->values, &frame, &w->text, err);
}

static int
hand_over(struct writing *w, struct export_file *file, struct hrv_err *err)
{
	return file != NULL
		   ? export_file_commit(file, err)
		   : w->a->write(w->a->ctx, w->text.data, w->text.len, err);
}

static int
write_letter(struct writing *w, struct hrv_err *err)
{
	struct export_file *file = NULL;
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	struct hrv_err why, ignored;
	bool there = false;
	int rc = case_things(w->v, &w->k, &m, err);

	if (rc == HRV_OK && w->a->output != NULL)
		rc =
		    export_file_new(w->a->output, w->v->unfinished, &file, err);
	if (rc == HRV_OK)
		rc = receipt_open(w->v, &w->e, &m, &r, err);
	manifest_clear(&m);
	if (rc == HRV_OK) {
		w->index = receipt_index(r);
		rc = make_text(w, r, err);
	}
	if (rc == HRV_OK && file != NULL)
		rc = export_file_write(file, w->text.data, w->text.len, err);
	if (rc == HRV_OK && file != NULL)
		rc = export_file_sync(file, err);
	if (rc == HRV_OK)
		rc = hand_over(w, file, err);
	if (rc == HRV_OK) {
		there = file != NULL;
		rc = receipt_close(w->v, &r, &w->e, NULL, err);
	}
	if (rc != HRV_OK && r != NULL) {
		why = *err;
		(void)!receipt_close(w->v, &r, &w->e, &why, &ignored);
		*err = why;
	}
	if (rc != HRV_OK && there)
		(void)unlink(w->a->output);
	receipt_drop(&r);
	export_file_free(file);
	return rc;
}

static int
letter_doc(const struct writing *w, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;

	id_format(&w->k.id, id);
	o = json_pack("{s:s,s:s,s:s,s:I}", "id", id, "letter", w->kind->name,
	    "form", w->a->pages.frame == NULL ? "text" : "html", "audit_index",
	    (json_int_t)w->index);
	if (o == NULL || json_set_str(o, "due", json_str(w->values, "due")) ||
	    (json_array_size(w->lines) > 0 &&
		json_object_set(o, "replaced_lines", w->lines))) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_case_letter(struct hrv_vault *v, const struct hrv_case_letter_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct writing w = { .v = v,
		.a = args,
		.kind = &kinds[args->kind],
		.e = ENTRY(OP),
		.text = BUF_INIT_SECRET };
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &w.e, err);
	w.lines = json_array();
	rc = case_load(v, args->which, &w.k, err);
	if (rc == HRV_OK)
		rc = case_day(v, &w.k, NULL, w.day, err);
	w.e.subject = &w.k.subject;
	w.e.kase = &w.k.id;
	if (rc == HRV_OK)
		rc = check_step(&w, err);
	if (rc == HRV_ECONFIRM) {
		rc = txn_refuse(v, &w.e, err);
		goto out;
	}
	w.payload = json_pack("{s:s,s:s}", "letter", w.kind->name, "form",
	    args->pages.frame == NULL ? "text" : "html");
	w.e.payload = w.payload;
	if (rc == HRV_OK && (w.payload == NULL || w.lines == NULL))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = write_letter(&w, err);
	if (rc == HRV_OK)
		rc = letter_doc(&w, ret_doc, err);
out:
	json_decref(w.payload);
	json_decref(w.values);
	json_decref(w.lines);
	buf_clear(&w.text);
	case_clear(&w.k);
	return rc;
}
