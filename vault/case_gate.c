/* SPDX-License-Identifier: ISC */
/*
 * Gates and grounds of a law, see case_gate.h. Layer: verbs. Invariant: what
 * opened a gate is kept with the item and looked at again when it is exported,
 * because an opinion grows old.
 */
#include "vault/case_gate.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/store/db.h"

#define KNOWN "known"
#define OPINION "opinion:"
#define HARM "harm:" /* an opinion as well, that it would do some */
#define SIGNOFF "signoff"
#define CHECKED "checked"

/* Codes of the law, with what they stand for where there is room. */
static bool
list_codes(const struct hrv_law *law, bool titles, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < law->n_codes && n + 1 < size; i++) {
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    i > 0 ? "; " : "", law->codes[i].id);
		if (titles && n + 1 < size)
			n += (size_t)snprintf(
			    out + n, size - n, " %s", law->codes[i].title);
	}
	return n < size;
}

int
case_code_check(const struct kase *k, const char *code,
    const struct record_row *rec, struct hrv_err *err)
{
	const struct hrv_law_code *c = hrv_law_find_code(k->law, code);
	char codes[490], text[ID_TEXT_SIZE], id[ID_TEXT_SIZE];

	if (c == NULL) {
		if (!list_codes(k->law, true, codes, sizeof(codes)))
			(void)list_codes(k->law, false, codes, sizeof(codes));
		hrv_fail(
		    err, HRV_EUSAGE, "the law %s has no such code", k->law->id);
		return hrv_hint(err, "it has %s", codes);
	}
	if (!c->only_confidential || rec == NULL || rec->confidential)
		return HRV_OK;
	id_format(&rec->id, text);
	hrv_fail_as(err, HRV_EREFUSED, "not-confidential",
	    "%s is for what was given or received in confidence, and %s was "
	    "not marked so when it was stored",
	    c->id, text);
	id_format(&k->id, id);
	return hrv_hint(err,
	    "take out who gave it: 'hrvault case redact %s %s --field PTR "
	    "--code X', or withhold it under another code; the mark is given "
	    "as a record is stored (record add --confidential)",
	    id, text);
}

/* Whether the gate text of an item has that word. */
static bool
has_word(const char *gate, const char *word)
{
	const char *p = strstr(gate, word);

	return p != NULL && (p == gate || p[-1] == ',');
}

bool
case_item_checked(const struct case_item *item)
{
	return has_word(item->gate, CHECKED);
}

static void
add_word(char out[CASE_GATE_SIZE], const char *word)
{
	size_t n = strlen(out);

	snprintf(out + n, CASE_GATE_SIZE - n, "%s%s", n > 0 ? "," : "", word);
}

/* The last day on which an opinion of that day counts. */
static bool
is_fresh(
    struct hrv_date given, struct hrv_duration within, struct hrv_date today)
{
	struct hrv_date last;

	return hrv_date_add(given, within, &last) &&
	       hrv_date_cmp(today, last) <= 0;
}

static int
stale(const struct hrv_law_gate *g, struct hrv_err *err)
{
	char words[HRV_DURATION_WORDS];

	hrv_duration_words(g->within, words);
	hrv_fail_as(err, HRV_ECONFIRM, "gate",
	    "records of '%s' need the opinion of a health professional that "
	    "is not older than %s",
	    g->compartment, words);
	return hrv_hint(err,
	    "'hrvault case decide C R --disclose --opinion REF "
	    "--opinion-date DAY', or --already-known where the person has "
	    "seen it before");
}

/* What was said now opens the gate, or it stands open from before. */
static int
opinion(const struct hrv_law_gate *g, const struct case_item *item,
    const struct hrv_case_gate *given, struct hrv_date today,
    char out[CASE_GATE_SIZE], struct hrv_err *err)
{
	const char *before = strstr(item->gate, OPINION);
	struct hrv_date day = HRV_DATE_NONE;
	char word[32];

	if ((given != NULL && given->known) || has_word(item->gate, KNOWN)) {
		add_word(out, KNOWN);
		return HRV_OK;
	}
	if (given != NULL && given->opinion != NULL) {
		day = given->opinion_on;
	} else if (before != NULL) {
		snprintf(word, 11, "%s", before + strlen(OPINION));
		(void)hrv_date_parse(word, &day);
	}
	if (!hrv_date_is_set(day) || !is_fresh(day, g->within, today))
		return stale(g, err);
	memcpy(word, OPINION, sizeof(OPINION));
	hrv_date_format(day, word + strlen(OPINION));
	add_word(out, word);
	return HRV_OK;
}

/* Words that make sense by themselves. */
static int
check_given(
    const struct hrv_case_gate *g, struct hrv_date today, struct hrv_err *err)
{
	if (g == NULL)
		return HRV_OK;
	if ((g->opinion != NULL) != hrv_date_is_set(g->opinion_on))
		return hrv_fail(err, HRV_EUSAGE,
		    "an opinion is named together with its day: --opinion and "
		    "--opinion-date");
	if (g->opinion == NULL)
		return HRV_OK;
	if (hrv_date_cmp(g->opinion_on, today) > 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "an opinion cannot have been given in the future");
	return text_check_field(
	    TEXT_TITLE, g->opinion, strlen(g->opinion), err);
}

bool
case_item_harms(const struct case_item *item)
{
	return has_word(item->gate, HARM);
}

/* The first of the codes that needs an opinion, or NULL. */
static const struct hrv_law_code *
needing(const struct kase *k, const char *codes)
{
	while (codes != NULL && *codes != '\0') {
		const struct hrv_law_code *c;
		size_t n = strcspn(codes, ",");
		char code[CASE_CODE_SIZE];

		snprintf(code, sizeof(code), "%.*s", (int)n, codes);
		c = hrv_law_find_code(k->law, code);
		if (c != NULL && c->needs_opinion)
			return c;
		codes += n + (codes[n] == ',');
	}
	return NULL;
}

bool
case_code_needs_opinion(const struct kase *k, const char *codes)
{
	return needing(k, codes) != NULL;
}

static int
no_harm_known(const struct hrv_law_code *c, struct hrv_err *err)
{
	char words[HRV_DURATION_WORDS];

	hrv_duration_words(c->within, words);
	hrv_fail_as(err, HRV_ECONFIRM, "gate",
	    "%s needs the opinion of a health professional that is not older "
	    "than %s",
	    c->id, words);
	return hrv_hint(err,
	    "repeat the command with --opinion REF --opinion-date DAY, or "
	    "disclose the record");
}

int
case_code_open(struct hrv_vault *v, const struct kase *k, const char *codes,
    const struct case_item *item, const struct hrv_case_gate *given,
    bool stands, char out[CASE_GATE_SIZE], struct hrv_err *err)
{
	const struct hrv_law_code *c = needing(k, codes);
	const char *before = stands ? strstr(item->gate, HARM) : NULL;
	struct hrv_date today, day = HRV_DATE_NONE;
	char text[HRV_DATE_TEXT], word[32];
	int rc = case_day(v, k, NULL, text, err);

	if (rc == HRV_OK) {
		(void)hrv_date_parse(text, &today);
		rc = check_given(given, today, err);
	}
	if (rc != HRV_OK || c == NULL)
		return rc;
	if (given != NULL && given->opinion != NULL) {
		day = given->opinion_on;
	} else if (before != NULL) {
		snprintf(word, 11, "%s", before + strlen(HARM));
		(void)hrv_date_parse(word, &day);
	}
	if (!hrv_date_is_set(day) || !is_fresh(day, c->within, today))
		return no_harm_known(c, err);
	memcpy(word, HARM, sizeof(HARM));
	hrv_date_format(day, word + strlen(HARM));
	add_word(out, word);
	return HRV_OK;
}

static int
signoff(const struct hrv_law_gate *g, const struct case_item *item,
    char out[CASE_GATE_SIZE], struct hrv_err *err)
{
	if (has_word(item->gate, SIGNOFF)) {
		add_word(out, SIGNOFF);
		return HRV_OK;
	}
	hrv_fail_as(err, HRV_ECONFIRM, "gate",
	    "records of '%s' need the sign-off of legal first", g->compartment);
	return hrv_hint(err, "a member with the role legal signs off with "
			     "'hrvault case signoff C R --reason T'");
}

/* What the right does not take in goes out by no decision. */
static int
not_portable(const struct record_row *rec, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(&rec->id, text);
	hrv_fail_as(err, HRV_EREFUSED, CODE_NOT_PORTABLE,
	    "%s was not provided by the person under consent or a contract, "
	    "which is all that the right to portability takes in",
	    text);
	return hrv_hint(err, "a case with --right access gives out the rest");
}

int
case_gate_open(struct hrv_vault *v, const struct kase *k,
    const struct record_row *rec, const struct case_item *item,
    const struct hrv_case_gate *given, char out[CASE_GATE_SIZE],
    struct hrv_err *err)
{
	const struct hrv_law_gate *g = NULL;
	char day[HRV_DATE_TEXT];
	struct hrv_date today;
	int rc = case_day(v, k, NULL, day, err);

	out[0] = '\0';
	if (rc == HRV_OK && case_not_portable(v->schedule, k, rec))
		return not_portable(rec, err);
	if (rc == HRV_OK) {
		(void)hrv_date_parse(day, &today);
		rc = check_given(given, today, err);
	}
	while (rc == HRV_OK &&
	       (g = hrv_law_next_gate(k->law, rec->compartment, g)) != NULL)
		rc = g->needs == HRV_GATE_OPINION
			 ? opinion(g, item, given, today, out, err)
			 : signoff(g, item, out, err);
	/* Said of what goes out, so said anew when something else does. */
	if (rc == HRV_OK &&
	    (given != NULL ? given->checked : case_item_checked(item)))
		add_word(out, CHECKED);
	return rc;
}

int
case_text(const char *opinion, const char *reason, struct buf *out,
    struct hrv_err *err)
{
	if (opinion != NULL)
		buf_addf(out, "opinion: %s", opinion);
	if (reason != NULL)
		buf_addf(out, "%s%s", out->len > 0 ? "\n" : "", reason);
	return buf_ok(out, err);
}

int
case_gate_set(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, const char *gate, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_KASE_SET_GATE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, item->record.b, ID_BYTES);
	(void)db_bind_int(st, 3, item->n);
	(void)db_bind_text(st, 4, gate[0] == '\0' ? NULL : gate);
	return db_run(st, err);
}

int
case_item_set(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, const char *disposition, const char *code,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_KASE_SET_ITEM, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, item->record.b, ID_BYTES);
	(void)db_bind_int(st, 3, item->n);
	(void)db_bind_text(st, 4, disposition);
	(void)db_bind_text(st, 5, code);
	(void)db_bind_int(st, 6, (int64_t)v->frontier.size);
	return db_run(st, err);
}
