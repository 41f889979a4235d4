/* SPDX-License-Identifier: ISC */
/*
 * Queries of holds: one text for one query, what they say of a record, and
 * that what is not known is never "no".
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "vault/query.h"

#define S1 "S-00000000000000000000000004"
#define R1 "R-00000000000000000000000004"

static void
reads_as(const char *typed, const char *wanted)
{
	struct query *q = NULL, *again = NULL;
	struct buf text = BUF_INIT;

	OK_(query_parse(typed, NULL, NULL, &q, err));
	query_format(q, &text);
	assert_string_equal(buf_str(&text), wanted);
	OK_(query_parse(buf_str(&text), NULL, NULL, &again, err));
	buf_reset(&text);
	query_format(again, &text);
	assert_string_equal(buf_str(&text), wanted);
	query_free(q);
	query_free(again);
	buf_clear(&text);
}

static void
one_query_has_one_text(void **state)
{
	(void)state;
	reads_as("class=note", "class = note");
	reads_as("class in (a,b)", "class = a or class = b");
	reads_as("(class = a)", "class = a");
	reads_as("class = a or class = b and class = c",
	    "class = a or class = b and class = c");
	reads_as("(class = a or class = b) and class = c",
	    "(class = a or class = b) and class = c");
	reads_as("class = a and (class = b and class = c)",
	    "class = a and (class = b and class = c)");
	reads_as("class = a or (class = b or class = c)",
	    "class = a or (class = b or class = c)");
	reads_as(
	    "not (class = a and class = b)", "not (class = a and class = b)");
	reads_as("not not class = a", "not not class = a");
	reads_as("person = " S1 " and record != " R1,
	    "person = " S1 " and record != " R1);
	reads_as("subject.ended>=2020-02-29", "subject.ended >= 2020-02-29");
}

static void
mistakes_are_refused(void **state)
{
	static const char *const bad[] = { "", "class",
		"class =", "class = a b", "class = a or", "or class = a",
		"(class = a", "class = a)", "class < a", "created ~ 2020-01-01",
		"created = 2020-02-30", "person = number:1",
		"record = S-00000000000000000000000004", "kind = robot",
		"restricted = maybe", "class in ()", "class in (a", "not",
		"class = \xc3\xa4", "nothing = a", "class = a;" };
	char deep[256];
	struct query *q = NULL;
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		FAILS(query_parse(bad[i], NULL, NULL, &q, err), HRV_EUSAGE);
	memset(deep, '(', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	FAILS(query_parse(deep, NULL, NULL, &q, err), HRV_EUSAGE);
}

static enum query_answer
ask(const char *text)
{
	struct record_row rec = { .id = { .kind = ID_RECORD },
		.subject = { .kind = ID_SUBJECT },
		.class_name = "note",
		.compartment = "general",
		.created = "2020-01-01",
		.stored = "2021-06-01",
		.provided_by = "employer" };
	struct scope_law laws[] = { { "US-CA", "2021-05-31" },
		{ "US-NY", "" } };
	struct scope_laws all = { laws, 2 };
	struct scope_event events[] = { { "subject.ended", "2020-05-01" },
		{ "subject.ended", "2024-05-01" } };
	struct hrv_id link = { .kind = ID_SUBJECT };
	struct scope_thing t = { .rec = &rec,
		.links = &link,
		.n_links = 1,
		.kind = "employee",
		.events = events,
		.n_events = 2,
		.laws = &all };
	struct query *q = NULL;
	enum query_answer a;

	rec.id.b[ID_BYTES - 1] = 1;
	rec.subject.b[ID_BYTES - 1] = 2;
	link.b[ID_BYTES - 1] = 1;
	OK_(query_parse(text, NULL, NULL, &q, err));
	a = query_test(q, &t);
	query_free(q);
	return a;
}

static void
a_query_says_yes_no_or_that_it_does_not_know(void **state)
{
	static const struct {
		const char *text;
		enum query_answer want;
	} cases[] = {
		{ "record = " R1, QUERY_YES },
		{ "subject = " S1, QUERY_NO },
		{ "linked = " S1, QUERY_YES },
		{ "person = " S1, QUERY_YES },
		{ "not person = " S1, QUERY_NO },
		{ "person != " S1, QUERY_NO },
		{ "class = note and compartment = pay", QUERY_NO },
		{ "class = note or compartment = pay", QUERY_YES },
		{ "created < 2020-01-01", QUERY_NO },
		{ "created <= 2020-01-01", QUERY_YES },
		{ "restricted = none", QUERY_YES },
		{ "kind = candidate", QUERY_NO },
		/* Any day of an event counts. */
		{ "subject.ended > 2024-01-01", QUERY_YES },
		{ "subject.ended < 2021-01-01", QUERY_YES },
		{ "subject.ended > 2025-01-01", QUERY_NO },
		/* What never happened is unknown, also when it is turned. */
		{ "subject.died > 2025-01-01", QUERY_UNKNOWN },
		{ "not subject.died > 2025-01-01", QUERY_UNKNOWN },
		{ "subject.died > 2025-01-01 and class = memo", QUERY_NO },
		{ "subject.died > 2025-01-01 or class = note", QUERY_YES },
		/* Stored after the first schedule had gone. */
		{ "jurisdiction = US-CA", QUERY_NO },
		{ "jurisdiction = US-NY", QUERY_YES },
		{ "jurisdiction = US", QUERY_YES },
		{ "jurisdiction = U", QUERY_NO },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (ask(cases[i].text) != cases[i].want)
			fail_msg("%s", cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_query_has_one_text),
		cmocka_unit_test(mistakes_are_refused),
		cmocka_unit_test(a_query_says_yes_no_or_that_it_does_not_know),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
