/* SPDX-License-Identifier: ISC */
/*
 * Every class of the schedule that ships, and every way to destruction there
 * is - the run of the schedule, a list that people approve, the voiding of a
 * record - against a hold, an open case, a missing approval and a trigger that
 * has not come: always the same answer, and nothing has changed.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"

#include "hrvault/policy.h"
#include "vault/keys.h"
#include "vault/store/keystore.h"
#include "vault/version.h"

#define MAX_CLASSES 96

/* One class, with a record in each plight. */
struct row {
	char held[40];
	char asked[40]; /* of an open case */
	char alone[40]; /* nothing protects it but that nobody approved */
	char waits[40]; /* no trigger */
};

static struct holdhome w;
static struct row rows[MAX_CLASSES];
static size_t n_rows;

/* What the vault has of a record. */
struct seen {
	bool purged;
	uint32_t version;
	uint64_t leaf;
	uint8_t state[32];
	bool key;
	uint32_t gen;
};

static struct seen
look(const char *record)
{
	struct version_row ver = { .header = BUF_INIT };
	struct keystore_dek dek;
	struct record_row rec;
	struct hrv_err ignored;
	struct hrv_id id;
	struct seen s;

	memset(&s, 0, sizeof(s));
	OK_(lookup_record(w.v, record, &id, err));
	OK_(record_load(w.v, &id, &rec, err));
	OK_(version_load(w.v, &id, 1, &ver, err));
	OK_(keys_open(w.v, err));
	s.purged = rec.purged;
	s.version = rec.version;
	s.leaf = rec.state_leaf;
	memcpy(s.state, rec.state, sizeof(s.state));
	s.key = keystore_get(w.v->ks, ver.dek, &dek, &ignored) == HRV_OK;
	s.gen = w.v->gen;
	assert_true(ver.header.len > 0);
	version_clear(&ver);
	return s;
}

static void
unchanged(const char *record, const struct seen *before)
{
	struct seen now = look(record);

	assert_false(now.purged);
	assert_true(now.key);
	assert_memory_equal(&now, before, sizeof(now));
}

/* A person to whom everything that the schedule knows has happened, or
 * nothing; but for one event, where there is one that may not be. */
static void
person(bool employee, bool events, const char *but, char out[40])
{
	const struct hrv_schedule *s = w.v->schedule;
	struct hrv_subject_add_args a = { .kind = employee ? "employee"
							   : "candidate" };
	struct hrv_doc *doc = NULL;

	a.fields.name = "Chioma Ångström";
	a.fields.born = events ? "1900-01-01" : "2000-01-01";
	OK_(hrv_subject_add(w.v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	for (size_t i = 0; events && i < s->event_count; i++) {
		struct hrv_subject_event_args e = {
			.who = out, .name = s->event[i], .date = "1920-01-01"
		};

		if (strncmp(s->event[i], "subject.", 8) != 0 ||
		    (but != NULL && strcmp(s->event[i], but) == 0) ||
		    (strcmp(s->event[i], "subject.hired") == 0 && !employee))
			continue;
		OK_(hrv_subject_event(w.v, &e, &doc, err));
		hrv_doc_free(doc);
	}
}

static bool
may_be_set(const char *event)
{
	return strncmp(event, "record.", 7) == 0 &&
	       strcmp(event, "record.created") != 0 &&
	       strcmp(event, "record.stored") != 0 &&
	       strcmp(event, "record.superseded") != 0;
}

static void
document(const struct hrv_class *c, const char *who, bool events, char out[40])
{
	const struct hrv_schedule *s = w.v->schedule;
	struct hrv_record_event list[64];
	struct hrv_record_add_args a = { .class_name = c->id,
		.title = "t",
		.subject = who,
		.events = list };
	struct hrv_doc *doc = NULL;

	a.date = (struct hrv_date){ events ? 1920 : 2026, 1, 1 };
	if (c->needs_dependant_born)
		a.dependant_born = a.date;
	for (size_t i = 0; events && i < s->event_count; i++) {
		if (may_be_set(s->event[i]))
			list[a.n_events++] =
			    (struct hrv_record_event){ s->event[i], a.date };
	}
	a.content.fd = hh_content();
	OK_(hrv_record_add(w.v, &a, &doc, err));
	(void)close(a.content.fd);
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

/* The shipped schedule without its notice. */
static void
adopt_uk(void)
{
	static char text[131072];
	FILE *f = fopen("policy/schedules/uk.cfg", "r");
	char *notice;

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	notice = strstr(text, "notice = \"P14D\"");
	assert_non_null(notice);
	memcpy(notice, "notice = \"P0D\" ", 15);
	hh_adopt(w.v, text);
}

static int
set_up(void **state)
{
	char free[2][40], asked[2][40], waits[2][40], id[40];
	(void)state;

	holdhome_init(&w);
	adopt_uk();
	hh_law(w.v);
	for (int k = 0; k < 2; k++) {
		person(k == 1, true, NULL, free[k]);
		/* Who has died asks for nothing. */
		person(k == 1, true, "subject.died", asked[k]);
		person(k == 1, false, NULL, waits[k]);
		hh_case(&w, asked[k], id);
	}
	for (size_t i = 0; i < w.v->schedule->class_count; i++) {
		const struct hrv_class *c = &w.v->schedule->klass[i];
		int k = (c->who & HRV_WHO_EMPLOYEE) != 0;
		struct row *r = &rows[n_rows];

		if (c->built_in)
			continue;
		assert_true(++n_rows < MAX_CLASSES);
		document(c, free[k], true, r->held);
		(void)hh_hold_record(w.v, r->held, NULL);
		document(c, asked[k], true, r->asked);
		document(c, free[k], true, r->alone);
		document(c, waits[k], false, r->waits);
	}
	people_end_founding(&w.p);
	hrv_close(w.v);
	w.v = people_open(&w.p, w.p.h.founder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	holdhome_clear(&w);
	return 0;
}

/* Voiding ends like this, with that many refusals in the log. */
static void
void_ends(const char *record, int code, const char *name, size_t refusals)
{
	struct seen before = look(record);
	size_t refused = hh_logged(w.v, NULL, "refused", NULL);
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc = hrv_record_void(w.v, record, "filed in error", &doc, &e);

	if (rc != code || strcmp(e.name, name) != 0)
		fail_msg("got %d %s (%s)", rc, e.name, e.msg);
	unchanged(record, &before);
	assert_int_equal(
	    hh_logged(w.v, NULL, "refused", NULL), refused + refusals);
}

static void
no_class_is_voided_against_a_hold_a_case_or_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rows; i++) {
		void_ends(rows[i].held, HRV_EREFUSED, "held", 1);
		void_ends(rows[i].asked, HRV_EREFUSED, "open-case", 1);
		void_ends(rows[i].alone, HRV_ECONFIRM, "approval", 0);
	}
}

/* Due records of a class are protected; by a hold or a case whatever the
 * class, else only if somebody has to decide. */
static void
no_class_is_on_the_list_of_a_run(void **state)
{
	size_t due = 0;
	(void)state;

	for (size_t i = 0; i < n_rows; i++) {
		char alone[24];

		hh_verdict(w.v, rows[i].alone, alone);
		hh_verdict_is(w.v, rows[i].waits, "");
		if (alone[0] == '\0')
			continue; /* no rule of the class ends by itself */
		due++;
		assert_true(strcmp(alone, "destroy") == 0 ||
			    strcmp(alone, "review") == 0);
		hh_verdict_is(w.v, rows[i].held, "hold");
		hh_verdict_is(w.v, rows[i].asked, "case");
	}
	/* The test would prove nothing if hardly any were due. */
	assert_true(due * 10 >= n_rows * 9);
}

static void
no_run_takes_what_is_protected_or_was_not_approved(void **state)
{
	static struct seen before[MAX_CLASSES][3];
	struct people_newest p;
	struct hrv_doc *doc = NULL;
	size_t refused;
	(void)state;

	for (size_t i = 0; i < n_rows; i++) {
		before[i][0] = look(rows[i].held);
		before[i][1] = look(rows[i].asked);
		before[i][2] = look(rows[i].waits);
	}
	/* A list that waits for its approval is no list. */
	FAILS(hrv_purge_propose(w.v, &doc, err), HRV_ECONFIRM);
	p = people_newest(w.v);
	refused = hh_logged(w.v, NULL, "refused", NULL);
	FAILS(hrv_purge_run_plan(w.v, p.id, &doc, err), HRV_ECONFIRM);
	assert_int_equal(hh_logged(w.v, NULL, "refused", NULL), refused + 1);
	for (size_t i = 0; i < n_rows; i++) {
		unchanged(rows[i].held, &before[i][0]);
		unchanged(rows[i].asked, &before[i][1]);
		unchanged(rows[i].waits, &before[i][2]);
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

	rc = hrv_purge_run(w.v, &doc, &e);
	if (rc == HRV_OK) {
		assert_true(hrv_doc_int(doc, "destroyed", -1) > 0);
		hrv_doc_free(doc);
	} else {
		assert_int_equal(rc, HRV_ECONFIRM); /* the brake */
		assert_string_equal(e.name, "brake");
	}
	for (size_t i = 0; i < n_rows; i++) {
		struct seen s = look(rows[i].held);

		assert_true(s.key && !s.purged);
		s = look(rows[i].asked);
		assert_true(s.key && !s.purged);
		s = look(rows[i].waits);
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
