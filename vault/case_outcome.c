/* SPDX-License-Identifier: ISC */
/*
 * What came of a case, as it is told to the person: what was done, what
 * survives and until when, and who else was told. Layer: verbs. From layer 1
 * alone; opens nothing.
 */
#include "hrvault/case.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/case_erase.h"
#include "vault/foldrows.h"
#include "vault/inforce.h"
#include "vault/store/db.h"

#define SENTENCE 400

/* The answer in the making. */
struct answer {
	struct hrv_vault *v;
	struct kase k;
	json_t *doc;
	json_t *records;
	json_t *said; /* sentences */
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int say(struct answer *a, struct hrv_err *err, const char *fmt, ...)
    HRV_PRINTF(3, 4);

static int
say(struct answer *a, struct hrv_err *err, const char *fmt, ...)
{
	char text[SENTENCE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return json_array_append_new(a->said, json_string(text))
		   ? no_memory(err)
		   : HRV_OK;
}

/* Art. 17(3), as the person reads it. */
static const char *
ground_words(const char *ground)
{
	static const struct {
		const char *code, *words;
	} all[] = {
		{ "legal-obligation",
		    "a legal obligation to keep it (Art. 17(3)(b))" },
		{ "claims", "legal claims (Art. 17(3)(e))" },
		{ "expression",
		    "freedom of expression and information (Art. 17(3)(a))" },
		{ "public-health", "public health (Art. 17(3)(c))" },
		{ "archive", "archiving and research (Art. 17(3)(d))" },
		{ "others", "it is somebody else's and only mentions you" },
		{ "protected",
		    "it cannot be destroyed at present (Art. 17(3))" },
		{ "with-record", "what it is about is kept" },
		{ "last-record", "who you are is kept as long as any record "
				 "of you is" },
		{ "mentioned", "who you are is kept as long as a record of "
			       "somebody else that mentions you is" },
		{ "request", "who you are is kept until your request can no "
			     "longer be disputed" },
		{ "request-refused", "the refusal of your request" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(all[i].code, ground) == 0)
			return all[i].words;
	}
	return ground;
}

static int
say_record(struct answer *a, const char *class_name, const struct becomes *b,
    struct hrv_err *err)
{
	const char *until = b->until;

	if (strcmp(b->word, "destroyed") == 0)
		return say(a, err, "%s: destroyed on %s", class_name, until);
	if (strcmp(b->word, "erased") == 0)
		return say(a, err,
		    "%s: will be destroyed by the first run "
		    "from %s on",
		    class_name, until);
	if (strcmp(b->word, "refused") == 0)
		return say(a, err, "%s: kept, because of %s", class_name,
		    ground_words(b->ground));
	if (strcmp(b->word, "deferred") != 0)
		return say(a, err, "%s: not decided yet", class_name);
	return say(a, err,
	    "%s: kept for now: %s%s%s; destroyed afterwards "
	    "without another request",
	    class_name, ground_words(b->ground),
	    until[0] == '\0' ? "" : ", until ", until);
}

static int
add_record(struct answer *a, const struct becomes_by *by,
    const struct case_item *it, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct record_row rec;
	struct becomes b;
	json_t *o;
	int rc = record_load(a->v, &it->record, &rec, err);

	if (rc == HRV_OK)
		rc = case_becomes(a->v, by, &a->k, it, &b, err);
	if (rc != HRV_OK)
		return rc;
	id_format(&it->record, text);
	o = json_pack("{s:s,s:I,s:s,s:s}", "record", text, "version",
	    (json_int_t)it->n, "class", rec.class_name, "becomes", b.word);
	if (o == NULL || json_set_str(o, "ground", b.ground) ||
	    json_set_str(o, "until", b.until[0] == '\0' ? NULL : b.until) ||
	    json_array_append_new(a->records, o))
		return no_memory(err);
	return say_record(a, rec.class_name, &b, err);
}

static int
add_records(struct answer *a, struct hrv_err *err)
{
	struct fold fold = { 0 };
	struct adopted adopted = { .n = 0 };
	struct protect *p = NULL;
	struct becomes_by by;
	int rc = inforce_schedule(a->v, err);

	if (rc == HRV_OK)
		rc = fold_init(&fold, NULL, 0, err);
	if (rc == HRV_OK)
		rc = fold_rows(&fold, a->v, err);
	if (rc == HRV_OK)
		rc = adopted_load(a->v, &fold, &adopted, err);
	if (rc == HRV_OK)
		rc = protect_load(a->v, &p, err);
	by = (struct becomes_by){ p, &fold, &adopted };
	for (size_t i = 0; rc == HRV_OK && i < a->k.n_items; i++)
		rc = add_record(a, &by, &a->k.items[i], err);
	protect_free(p);
	adopted_clear(&adopted);
	fold_clear(&fold);
	return rc;
}

static const struct case_told *
told_of(const struct kase *k, const struct hrv_id *recipient)
{
	for (size_t i = 0; i < k->n_told; i++) {
		if (id_equal(&k->told[i].recipient, recipient))
			return &k->told[i];
	}
	return NULL;
}

/* Art. 19: everybody who was given what is corrected, erased or restricted. */
static int
add_recipients(struct answer *a, struct hrv_err *err)
{
	json_t *list = json_array();
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = case_recipients(a->v, &a->k, &ids, &n, err);

	if (rc == HRV_OK && json_object_set(a->doc, "recipients", list))
		rc = no_memory(err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		const struct case_told *t = told_of(&a->k, &ids[i]);
		char text[ID_TEXT_SIZE];
		json_t *o;

		id_format(&ids[i], text);
		o = json_pack("{s:s}", "recipient", text);
		if (o == NULL ||
		    json_set_str(o, "told", t == NULL ? NULL : t->day) ||
		    json_array_append_new(list, o))
			rc = no_memory(err);
		else if (t != NULL)
			rc = say(a, err, "%s had it and was told on %s", text,
			    t->day);
		else
			rc = say(a, err,
			    "%s had it and is to be told "
			    "(Art. 19)",
			    text);
	}
	json_decref(list);
	free(ids);
	return rc;
}

static int
say_decision(struct answer *a, struct hrv_err *err)
{
	const char *word = case_outcome_word(&a->k);

	const struct case_event *e = case_answer(&a->k, false);

	if (case_refusal_stands(&a->k))
		return say(a, err, "the request was refused");
	if (e != NULL && strcmp(e->name, EVENT_ANSWERED) == 0)
		return say(a, err,
		    "there is nothing that could be erased now; of each it is "
		    "said why");
	if (word != NULL)
		return say(a, err, "the request (%s) was %s", a->k.claim, word);
	if (!case_erases(&a->k) && !case_has_package(&a->k))
		return say(a, err, "nothing was decided so far");
	return HRV_OK;
}

static int
fill(struct answer *a, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	int bad;
	int rc;

	id_format(&a->k.id, id);
	a->records = json_array();
	a->said = json_array();
	a->doc = json_pack("{s:s,s:s,s:s}", "id", id, "right", a->k.claim,
	    "status", a->k.status);
	bad = a->doc == NULL ||
	      json_object_set(a->doc, "records", a->records) ||
	      json_object_set(a->doc, "sentences", a->said) ||
	      json_set_str(a->doc, "outcome", case_outcome_word(&a->k));
	rc = bad ? no_memory(err) : say_decision(a, err);
	if (rc == HRV_OK && case_erases(&a->k))
		rc = add_records(a, err);
	return rc == HRV_OK ? add_recipients(a, err) : rc;
}

int
hrv_case_outcome(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct answer a = { .v = v };
	int rc = role_may(v->role, "case.show", err);

	if (rc == HRV_OK)
		rc = case_load(v, which, &a.k, err);
	if (rc == HRV_OK)
		rc = fill(&a, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(a.doc);
	json_decref(a.doc);
	json_decref(a.records);
	json_decref(a.said);
	case_clear(&a.k);
	return rc;
}
