/* SPDX-License-Identifier: ISC */
/*
 * Every class of the schedule that ships against a hold, an open case, a
 * missing approval and a trigger that has not come, by the run of the schedule,
 * a list that people approve and the voiding of a record: always the same
 * answer, and nothing has changed. test_destroy_ways.c has the other ways.
 */
#include "tests/unit/unit.h"

#include "tests/unit/chokehome.h"

static struct chokehome c;

static int
set_up(void **state)
{
	(void)state;

	chokehome_init(&c);
	choke_end_founding(&c);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	holdhome_clear(&c.h);
	return 0;
}

/* Voiding ends like this, with that many refusals in the log. */
static void
void_ends(const char *record, int code, const char *name, size_t refusals)
{
	struct choke_seen before = choke_look(c.h.v, record);
	size_t refused = hh_logged(c.h.v, NULL, "refused", NULL);
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc = hrv_record_void(c.h.v, record, "filed in error", &doc, &e);

	if (rc != code || strcmp(e.name, name) != 0)
		fail_msg("got %d %s (%s)", rc, e.name, e.msg);
	choke_unchanged(c.h.v, record, &before);
	assert_int_equal(
	    hh_logged(c.h.v, NULL, "refused", NULL), refused + refusals);
}

static void
no_class_is_voided_against_a_hold_a_case_or_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < c.n_rows; i++) {
		void_ends(c.rows[i].held, HRV_EREFUSED, "held", 1);
		void_ends(c.rows[i].asked, HRV_EREFUSED, "open-case", 1);
		void_ends(c.rows[i].alone, HRV_ECONFIRM, "approval", 0);
	}
}

/* Due records of a class are protected; by a hold or a case whatever the
 * class, else only if somebody has to decide. */
static void
no_class_is_on_the_list_of_a_run(void **state)
{
	size_t due = 0;
	(void)state;

	for (size_t i = 0; i < c.n_rows; i++) {
		char alone[24];

		hh_verdict(c.h.v, c.rows[i].alone, alone);
		hh_verdict_is(c.h.v, c.rows[i].waits, "");
		if (alone[0] == '\0')
			continue; /* no rule of the class ends by itself */
		due++;
		assert_true(strcmp(alone, "destroy") == 0 ||
			    strcmp(alone, "review") == 0);
		hh_verdict_is(c.h.v, c.rows[i].held, "hold");
		hh_verdict_is(c.h.v, c.rows[i].asked, "case");
	}
	/* The test would prove nothing if hardly any were due. */
	assert_true(due * 10 >= c.n_rows * 9);
}

static void
no_run_takes_what_is_protected_or_was_not_approved(void **state)
{
	static struct choke_seen before[MAX_CLASSES][3];
	struct people_newest p;
	struct hrv_doc *doc = NULL;
	size_t refused;
	(void)state;

	for (size_t i = 0; i < c.n_rows; i++) {
		before[i][0] = choke_look(c.h.v, c.rows[i].held);
		before[i][1] = choke_look(c.h.v, c.rows[i].asked);
		before[i][2] = choke_look(c.h.v, c.rows[i].waits);
	}
	/* A list that waits for its approval is no list. */
	FAILS(hrv_purge_propose(c.h.v, &doc, err), HRV_ECONFIRM);
	p = people_newest(c.h.v);
	refused = hh_logged(c.h.v, NULL, "refused", NULL);
	FAILS(hrv_purge_run_plan(c.h.v, p.id, &doc, err), HRV_ECONFIRM);
	assert_int_equal(hh_logged(c.h.v, NULL, "refused", NULL), refused + 1);
	for (size_t i = 0; i < c.n_rows; i++) {
		choke_unchanged(c.h.v, c.rows[i].held, &before[i][0]);
		choke_unchanged(c.h.v, c.rows[i].asked, &before[i][1]);
		choke_unchanged(c.h.v, c.rows[i].waits, &before[i][2]);
	}
}

/* What nobody holds, asked for or has to decide about goes, and only that. */
static void
the_run_of_the_schedule_takes_the_free_and_nothing_else(void **state)
{
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc;
	(void)state;

	rc = hrv_purge_run(c.h.v, &doc, &e);
	if (rc == HRV_OK) {
		assert_true(hrv_doc_int(doc, "destroyed", -1) > 0);
		hrv_doc_free(doc);
	} else {
		assert_int_equal(rc, HRV_ECONFIRM); /* the brake */
		assert_string_equal(e.name, "brake");
	}
	for (size_t i = 0; i < c.n_rows; i++) {
		struct choke_seen s = choke_look(c.h.v, c.rows[i].held);

		assert_true(s.key && !s.purged);
		s = choke_look(c.h.v, c.rows[i].asked);
		assert_true(s.key && !s.purged);
		s = choke_look(c.h.v, c.rows[i].waits);
		assert_true(s.key && !s.purged);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    no_class_is_voided_against_a_hold_a_case_or_alone),
		cmocka_unit_test(no_class_is_on_the_list_of_a_run),
		cmocka_unit_test(
		    no_run_takes_what_is_protected_or_was_not_approved),
		cmocka_unit_test(
		    the_run_of_the_schedule_takes_the_free_and_nothing_else),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
