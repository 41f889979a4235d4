/* SPDX-License-Identifier: ISC */
/*
 * Every way to destruction by its name in the source, each tried with every
 * class of the schedule that ships: at the one place that all of them pass, as
 * if no check came before it, and through the verbs that the other test of
 * this kind does not have: erasure, people out of turn, rotation and sealing
 * anew. Held, asked for, not approved or without its trigger, nothing goes.
 */
#include "tests/unit/unit.h"

#include "tests/unit/chokehome.h"

#include "hrvault/keys.h"
#include "hrvault/rights.h"
#include "vault/retention.h"

static struct chokehome c;
/* People who should not be here, of both grounds, by their plight. */
static char child[3][40], note[3][40], empty[3][40];

/* Why a version stays whose way does not ask the schedule: these need people
 * to agree, or a restore. The others obey it. */
static const struct way {
	const char *name;
	enum destroy_reason reason;
	bool asks_schedule;
} ways[] = {
	{ "DESTROY_SCHEDULE", DESTROY_SCHEDULE, true },
	{ "DESTROY_APPROVED", DESTROY_APPROVED, true },
	{ "DESTROY_AGAIN", DESTROY_AGAIN, false },
	{ "DESTROY_VOID", DESTROY_VOID, false },
	{ "DESTROY_PERSON", DESTROY_PERSON, false },
	{ "DESTROY_ERASURE", DESTROY_ERASURE, true },
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* ---- the place that all ways pass ---- */

static struct choke_list f;

/* A record in every plight that this way may not touch. */
static void
take_class(const struct way *way, const struct choke_row *r,
    const struct candidate *alone)
{
	choke_take(c.h.v, &f, r->held, FORGED, VERDICT_HOLD);
	choke_take(c.h.v, &f, r->asked, FORGED, VERDICT_CASE);
	if (!way->asks_schedule) {
		choke_take(c.h.v, &f, r->alone, NULL, VERDICT_REVIEW);
		choke_take(c.h.v, &f, r->waits, NULL, VERDICT_REVIEW);
		return;
	}
	choke_take(c.h.v, &f, r->waits, FORGED, VERDICT_NOT_DUE);
	/* What nobody has to be asked about may go, and is not tried. */
	if (alone->verdict != VERDICT_DESTROY)
		choke_take(c.h.v, &f, r->alone, NULL, alone->verdict);
}

/* Whoever adds a way adds it here, and what it answers. */
static void
every_way_of_the_source_is_tried(void **state)
{
	char line[256], name[64];
	FILE *in = fopen("vault/destroy.h", "r");
	bool inside = false;
	size_t n = 0;
	(void)state;

	assert_non_null(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		bool known = false;

		inside =
		    inside || strncmp(line, "enum destroy_reason", 19) == 0;
		if (inside && line[0] == '}')
			break;
		if (!inside || sscanf(line, "\t%63[A-Z_]", name) != 1)
			continue;
		for (size_t i = 0; i < WAYS; i++)
			known = known || strcmp(ways[i].name, name) == 0;
		if (!known)
			fail_msg("no test tries %s", name);
		n++;
	}
	fclose(in);
	assert_int_equal(n, WAYS);
}

static void
no_way_takes_anything_past_the_last_check(void **state)
{
	static struct choke_seen before[MAX_CLASSES][4];
	struct candidate alone[MAX_CLASSES];
	(void)state;

	choke_look_all(&c, before);
	choke_judge_alone(&c, alone);
	for (size_t w = 0; w < WAYS; w++) {
		f.reason = ways[w].reason;
		for (size_t i = 0; i < c.n_rows; i++)
			take_class(&ways[w], &c.rows[i], &alone[i]);
		choke_refused(c.h.v, &f, ways[w].name);
	}
	choke_all_unchanged(&c, (const struct choke_seen(*)[4])before);
}

/* Nor with the person named whose records they are. */
static void
no_person_goes_past_the_last_check(void **state)
{
	static struct choke_seen before[MAX_CLASSES][4];
	struct candidate alone[MAX_CLASSES];
	struct hrv_id who;
	(void)state;

	choke_look_all(&c, before);
	choke_judge_alone(&c, alone);
	for (size_t k = 0; k < 6; k++) {
		OK_(lookup_subject(c.h.v,
		    k < 2   ? c.free[k]
		    : k < 4 ? c.asked[k - 2]
			    : c.waits[k - 4],
		    &who, err));
		f.reason = DESTROY_PERSON;
		f.person = &who;
		for (size_t i = 0; i < c.n_rows; i++)
			take_class(&ways[4], &c.rows[i], &alone[i]);
		choke_refused(c.h.v, &f, "DESTROY_PERSON");
	}
	choke_all_unchanged(&c, (const struct choke_seen(*)[4])before);
}

/* ---- people out of turn ---- */

static struct choke_seen
look_person(const char *who, char identity[ID_TEXT_SIZE])
{
	struct subject_row s;
	struct hrv_id id;

	OK_(lookup_subject(c.h.v, who, &id, err));
	OK_(subject_load(c.h.v, &id, &s, err));
	assert_false(s.gone);
	id_format(&s.identity, identity);
	return choke_look(c.h.v, identity);
}

/* Ends like this, with that many refusals in the log. */
static void
person_ends(const char *who, const char *ground, int code, const char *name,
    size_t refusals)
{
	struct hrv_review_args a = {
		.what = who, .reason = "should not be here", .destroy = ground
	};
	char identity[ID_TEXT_SIZE];
	struct choke_seen before = look_person(who, identity);
	size_t refused = hh_logged(c.h.v, NULL, "refused", NULL);
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };
	int rc = hrv_retention_review(c.h.v, &a, &doc, &e);

	if (rc != code || strcmp(e.name, name) != 0)
		fail_msg("%s: got %d %s (%s)", ground, rc, e.name, e.msg);
	choke_unchanged(c.h.v, identity, &before);
	assert_int_equal(
	    hh_logged(c.h.v, NULL, "refused", NULL), refused + refusals);
}

static void
nobody_goes_out_of_turn_against_a_hold_a_case_or_alone(void **state)
{
	struct choke_seen before;
	(void)state;

	for (int k = 0; k < 3; k++) {
		struct hrv_doc *doc = NULL;

		/* A child is quarantined at first sight, whatever comes. */
		OK_(hrv_subject_restrict(
		    c.h.v, child[k], "unlawful", &doc, err));
		hrv_doc_free(doc);
	}
	for (int k = 0; k < 3; k++) {
		before = choke_look(c.h.v, note[k]);
		person_ends(child[k], "under-age",
		    k == ALONE ? HRV_ECONFIRM : HRV_EREFUSED,
		    k == HELD	 ? "held"
		    : k == ASKED ? "open-case"
				 : "approval",
		    k != ALONE);
		choke_unchanged(c.h.v, note[k], &before);
		person_ends(empty[k], "no-record",
		    k == ALONE ? HRV_ECONFIRM : HRV_EREFUSED,
		    k == HELD	 ? "held"
		    : k == ASKED ? "open-case"
				 : "approval",
		    k != ALONE);
	}
}

/* ---- rotation ---- */

static bool
key_there(const uint8_t dek[DEK_ID_LEN])
{
	struct keystore_dek got;
	struct hrv_err ignored;

	OK_(keys_open(c.h.v, err));
	return keystore_get(c.h.v->ks, dek, &got, &ignored) == HRV_OK;
}

/* The same but for the generation that a rotation makes. */
static void
same_key(const char *record, const struct choke_seen *before)
{
	struct choke_seen was = *before;

	was.gen = c.h.v->gen;
	choke_unchanged(c.h.v, record, &was);
}

static void
anew(const char *record, const struct choke_seen *before)
{
	struct choke_seen now = choke_look(c.h.v, record);

	assert_true(now.key && !now.purged);
	assert_memory_not_equal(now.dek, before->dek, DEK_ID_LEN);
	assert_false(key_there(before->dek));
}

static int64_t
rotate(const struct hrv_key_rotate_args *a)
{
	struct hrv_doc *doc = NULL;
	int64_t kept;

	OK_(hrv_key_rotate(c.h.v, a, &doc, err));
	kept = hrv_doc_int(doc, "kept", -1);
	hrv_doc_free(doc);
	return kept;
}

/* A new generation under another key, by either way that makes one. */
static void
no_key_is_lost_by_a_rotation(void **state)
{
	static const struct hrv_key_rotate_args how[] = {
		{ .compartment = "general" }, { .key = "write" }
	};
	static struct choke_seen before[MAX_CLASSES][4];
	(void)state;

	choke_look_all(&c, before);
	for (size_t w = 0; w < 2; w++) {
		uint32_t gen = c.h.v->gen;

		(void)rotate(&how[w]);
		assert_true(c.h.v->gen > gen);
		for (size_t i = 0; i < c.n_rows; i++) {
			same_key(c.rows[i].held, &before[i][HELD]);
			same_key(c.rows[i].asked, &before[i][ASKED]);
			same_key(c.rows[i].alone, &before[i][ALONE]);
			same_key(c.rows[i].waits, &before[i][WAITS]);
		}
	}
}

struct told {
	size_t done;
	size_t total;
};

static void
tell(void *ctx, size_t done, size_t total)
{
	struct told *t = ctx;

	assert_true(done <= total);
	*t = (struct told){ done, total };
}

/* Sealed anew, a record is not destroyed; what is protected keeps its key. */
static void
no_protected_record_is_sealed_anew(void **state)
{
	static const char *const comps[] = { "general", "recruitment", "pay" };
	static struct choke_seen before[MAX_CLASSES][4];
	size_t n = 0;
	(void)state;

	choke_look_all(&c, before);
	for (size_t i = 0; i < sizeof(comps) / sizeof(comps[0]); i++) {
		struct told told = { 0 };
		struct hrv_key_rotate_args a = { .compartment = comps[i],
			.reencrypt = true,
			.progress = tell,
			.ctx = &told };
		int64_t kept = rotate(&a);

		assert_true(told.total > 0);
		assert_int_equal(told.done, told.total);

		for (size_t j = 0; j < c.n_rows; j++) {
			if (strcmp(c.rows[j].compartment, comps[i]) != 0)
				continue;
			n++;
			kept -= 2;
			same_key(c.rows[j].held, &before[j][HELD]);
			same_key(c.rows[j].asked, &before[j][ASKED]);
			anew(c.rows[j].alone, &before[j][ALONE]);
			anew(c.rows[j].waits, &before[j][WAITS]);
		}
		assert_true(kept >= 0); /* the children's are there, too */
	}
	assert_true(n * 3 > c.n_rows);
}

/* ---- erasure ---- */

static void
event(struct hrv_vault *v, const char *which, enum hrv_case_event what)
{
	struct hrv_case_event_args a = {
		.which = which, .event = what, .text = "known in person"
	};
	struct hrv_doc *doc = NULL;

	OK_(hrv_case_event(v, &a, &doc, err));
	hrv_doc_free(doc);
}

static void
open_erasure(struct hrv_vault *v, const char *who, char out[40])
{
	struct hrv_case_open_args a = {
		.subject = who, .right = "erasure", .received = "2026-11-23"
	};
	struct hrv_doc *doc = NULL;

	OK_(hrv_case_open(v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	event(v, out, HRV_CASE_IDENTITY_GIVEN);
	OK_(hrv_case_collect(v, out, NULL, NULL, &doc, err));
	hrv_doc_free(doc);
}

/* Asked for, and not approved: nothing is ordered. Then it is. */
static void
order(struct hrv_vault *v, const char *kase)
{
	struct hrv_doc *doc = NULL;
	struct hrv_err e = { 0 };

	assert_int_equal(hrv_case_erase(v, kase, &doc, &e), HRV_ECONFIRM);
	assert_string_equal(e.name, "approval");
	OK_(people_approve(&c.h.p, c.h.p.h.founder, people_newest(v).id, err));
	OK_(hrv_case_erase(v, kase, &doc, err));
	hrv_doc_free(doc);
}

/* What the law does not ask to keep for any time may go when it is asked to. */
static bool
is_kept(const char *record)
{
	struct hrv_date today;
	struct retention r;
	struct hrv_id id;
	bool live = false, kept;

	OK_(lookup_record(c.h.v, record, &id, err));
	OK_(vault_today(c.h.v, &today, err));
	OK_(retention_load(c.h.v, &id, 1, today, &r, &live, err));
	assert_true(live);
	kept = r.decision.keep_until.kind != HRV_BOUND_NONE;
	retention_clear(&r);
	return kept;
}

static void
no_erasure_takes_what_is_protected_or_must_be_kept(void **state)
{
	static struct choke_seen before[MAX_CLASSES][4];
	struct hrv_vault *hr = people_open(&c.h.p, c.h.p.hr);
	struct candidate alone[MAX_CLASSES];
	char kase[6][40];
	size_t refused = hh_logged(c.h.v, NULL, "refused", NULL), freed = 0;
	(void)state;

	choke_look_all(&c, before);
	for (int k = 0; k < 6; k++) {
		open_erasure(hr,
		    k < 2   ? c.free[k]
		    : k < 4 ? c.asked[k - 2]
			    : c.waits[k - 4],
		    kase[k]);
		order(hr, kase[k]);
	}
	hrv_close(hr);
	assert_int_equal(hh_logged(c.h.v, NULL, "refused", NULL), refused);
	choke_judge_alone(&c, alone);
	f.reason = DESTROY_ERASURE;
	for (size_t i = 0; i < c.n_rows; i++) {
		freed += alone[i].erasure;
		choke_take(c.h.v, &f, c.rows[i].held, FORGED, VERDICT_HOLD);
		choke_take(c.h.v, &f, c.rows[i].asked, FORGED, VERDICT_CASE);
		if (is_kept(c.rows[i].waits))
			choke_take(c.h.v, &f, c.rows[i].waits, FORGED,
			    VERDICT_NOT_DUE);
	}
	/* The orders are there: they free what nothing keeps. */
	assert_true(freed * 10 >= c.n_rows * 9);
	choke_refused(c.h.v, &f, "an ordered erasure");
	choke_all_unchanged(&c, (const struct choke_seen(*)[4])before);
}

/* ---- the vault ---- */

static void
make_children(void)
{
	struct hrv_vault *v = c.h.v;
	const struct hrv_class *k = &v->schedule->klass[0];
	char id[40];

	for (size_t i = 0; k->built_in || (k->who & HRV_WHO_EMPLOYEE) == 0; i++)
		k = &v->schedule->klass[i];
	for (int i = 0; i < 3; i++) {
		struct hrv_subject_update_args u = { .who = child[i],
			.reason = "true birth date" };
		struct hrv_doc *doc = NULL;

		hh_subject(v, child[i]);
		hh_subject(v, empty[i]);
		u.fields.born = "2016-05-05";
		OK_(hrv_subject_update(v, &u, &doc, err));
		hrv_doc_free(doc);
		choke_document(v, k, child[i], false, note[i]);
	}
	(void)hh_hold_record(v, note[HELD], NULL);
	(void)hh_hold_subject(v, empty[HELD], NULL);
	hh_case(&c.h, child[ASKED], id);
	hh_case(&c.h, empty[ASKED], id);
}

static int
set_up(void **state)
{
	(void)state;

	chokehome_init(&c);
	make_children();
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_of_the_source_is_tried),
		cmocka_unit_test(no_way_takes_anything_past_the_last_check),
		cmocka_unit_test(no_person_goes_past_the_last_check),
		cmocka_unit_test(
		    nobody_goes_out_of_turn_against_a_hold_a_case_or_alone),
		cmocka_unit_test(no_key_is_lost_by_a_rotation),
		cmocka_unit_test(no_protected_record_is_sealed_anew),
		cmocka_unit_test(
		    no_erasure_takes_what_is_protected_or_must_be_kept),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
