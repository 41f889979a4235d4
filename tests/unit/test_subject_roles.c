/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include "tests/unit/subjecthome.h"

/* Who sees what, and what a role that may not leaves behind. */
static char added[ID_TEXT_SIZE];

static int
setup(void **state)
{
	(void)subjecthome_setup(state);
	subjecthome_add("Nneka Obi", "R-1", added);
	return 0;
}

/* The vault as a new member of that role sees it. */
static struct hrv_vault *
join(const char *role)
{
	char fpr[41];
	struct hrv_member_args a = { .who = fpr, .role = role };
	struct hrv_open_args open = home.open;
	struct hrv_vault *other = NULL;
	struct hrv_doc *doc = NULL;

	assert_true(gpghome_key(&home.gpg, role, fpr));
	OK_(hrv_member_add(v, &a, &doc, err));
	hrv_doc_free(doc);
	open.as = fpr;
	OK_(hrv_open(&open, &other, err));
	return other;
}

static void
test_legal_finds_and_shows_and_lists_ids_only(void **state)
{
	struct hrv_vault *legal = join("legal");
	struct subjecthome_hits h = { 0 };
	struct hrv_subject_event_args ev = { added, "ended", "2026-01-01",
		false };
	struct hrv_doc *doc = NULL;
	(void)state;

	OK_(hrv_subject_find(legal, "nneka", subjecthome_take, &h, err));
	assert_int_equal(h.n, 1);
	assert_string_equal(h.name[0], "Nneka Obi");
	OK_(hrv_subject_show(legal, "number:R-1", &doc, err));
	assert_string_equal(hrv_doc_str(doc, "name"), "Nneka Obi");
	assert_non_null(hrv_doc_get(doc, "holds"));
	hrv_doc_free(doc);
	h = (struct subjecthome_hits){ 0 };
	OK_(hrv_subject_list(legal, false, subjecthome_take, &h, err));
	assert_int_equal(h.n, 1);
	assert_string_equal(h.id[0], added);
	assert_string_equal(h.name[0], "");
	FAILS(hrv_subject_event(legal, &ev, &doc, err), HRV_EREFUSED);
	hrv_close(legal);
}

static void
test_hr_is_not_told_which_hold_there_is(void **state)
{
	struct hrv_vault *hr = join("hr");
	struct hrv_doc *doc = NULL;
	(void)state;

	OK_(hrv_subject_show(hr, added, &doc, err));
	assert_non_null(hrv_doc_get(doc, "protected"));
	assert_null(hrv_doc_get(doc, "holds"));
	assert_null(hrv_doc_get(doc, "cases"));
	hrv_doc_free(doc);
	hrv_close(hr);
}

static void
test_purge_and_auditor_see_ids_and_nothing_else(void **state)
{
	static const char *const roles[] = { "purge", "auditor" };
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		struct hrv_vault *o = join(roles[i]);
		struct subjecthome_hits h = { 0 };
		struct hrv_subject_add_args a = { .kind = "employee",
			.fields = { .name = "X" } };
		struct hrv_doc *doc = NULL;

		FAILS(hrv_subject_find(o, "nneka", subjecthome_take, &h, err),
		    HRV_EREFUSED);
		FAILS(hrv_subject_show(o, added, &doc, err), HRV_EREFUSED);
		FAILS(
		    hrv_subject_show(o, "number:R-1", &doc, err), HRV_EREFUSED);
		FAILS(hrv_subject_add(o, &a, &doc, err), HRV_EREFUSED);
		assert_int_equal(h.n, 0);
		OK_(hrv_subject_list(o, true, subjecthome_take, &h, err));
		assert_int_equal(h.n, 1);
		assert_string_equal(h.name[0], "");
		hrv_close(o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hr_is_not_told_which_hold_there_is),
		cmocka_unit_test(
		    test_purge_and_auditor_see_ids_and_nothing_else),
		/* Last: with legal, a member more takes two people. */
		cmocka_unit_test(test_legal_finds_and_shows_and_lists_ids_only),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, subjecthome_teardown);
}
