/* SPDX-License-Identifier: ISC */
/*
 * Prints what the shipped laws and calendars give, in the form in which
 * tests/policy/deadline_oracle.py prints what they should give.
 *
 *   deadline_batch calendar ID        the holidays, one a line
 *   deadline_batch batch FIRST LAST   one line per day, law and set of facts
 */
#include <stdio.h>
#include <string.h>

#include "tests/policy/deadline_load.h"

#define NEVER (-1)

/* Facts as days after receipt; NEVER where there is none. */
struct variant {
	int identity_asked, identity, authority, fee, notice;
	int pause[3][2];
	size_t n_pauses;
};

static const struct variant variants[] = {
	{ NEVER, NEVER, NEVER, NEVER, NEVER, { { 0 } }, 0 },
	{ NEVER, 8, NEVER, NEVER, NEVER, { { 0 } }, 0 },
	{ NEVER, NEVER, 5, 15, NEVER, { { 0 } }, 0 },
	{ NEVER, NEVER, NEVER, NEVER, NEVER, { { 3, 10 } }, 1 },
	{ NEVER, 3, NEVER, NEVER, NEVER, { { 5, 5 }, { 12, 40 }, { 2, 4 } },
	    3 },
	{ NEVER, NEVER, NEVER, NEVER, 20, { { 0 } }, 0 },
	{ NEVER, NEVER, NEVER, 9, 28, { { 0 } }, 0 },
	{ NEVER, NEVER, NEVER, NEVER, 31, { { 0 } }, 0 },
	{ NEVER, NEVER, NEVER, NEVER, 33, { { 1, 4 } }, 1 },
	{ 2, 14, NEVER, NEVER, 44, { { 0 } }, 0 },
};

#define VARIANTS_N (sizeof(variants) / sizeof(variants[0]))

static struct hrv_date
after(struct hrv_date day, int n)
{
	struct hrv_date d = HRV_DATE_NONE;

	if (n != NEVER && !hrv_date_add_days(day, n, &d))
		abort();
	return d;
}

static struct hrv_proof
proof(struct hrv_date day, int asked, int given)
{
	return (struct hrv_proof){ given != NEVER, after(day, asked),
		after(day, given) };
}

static void
put(struct hrv_date d, const char *end)
{
	char text[HRV_DATE_TEXT];

	hrv_date_format(d, text);
	printf("%s%s", hrv_date_is_set(d) ? text : "-", end);
}

static void
one_line(const struct hrv_law *law, const struct hrv_calendar *cal,
    struct hrv_date day, size_t number)
{
	const struct variant *v = &variants[number];
	struct hrv_span pauses[3];
	struct hrv_deadline_facts facts = {
		.received = day,
		.identity = proof(day, v->identity_asked, v->identity),
		.authority = proof(day, NEVER, v->authority),
		.fee = proof(day, NEVER, v->fee),
		.pauses = pauses,
		.n_pauses = v->n_pauses,
		.extension_notice = after(day, v->notice),
	};
	struct hrv_deadline r;
	struct hrv_err err;

	for (size_t i = 0; i < v->n_pauses; i++) {
		pauses[i].from = after(day, v->pause[i][0]);
		pauses[i].to = after(day, v->pause[i][1]);
	}
	if (hrv_deadline(law, cal, &facts, &r, &err) != HRV_OK) {
		printf("%s %zu: %s\n", law->id, number, err.msg);
		return;
	}
	printf("%s ", law->id);
	put(day, " ");
	printf("%zu ", number);
	put(r.due, " ");
	put(r.unrolled, " ");
	put(r.safe_target, " ");
	put(r.internal_target, " ");
	printf("%d ", r.extended);
	put(r.extension_limit, " ");
	put(r.acknowledge_by, "\n");
}

static int
batch(const char *first, const char *last)
{
	struct hrv_law *law[LAWS_N];
	struct hrv_calendar *cal[LAWS_N];
	struct hrv_date day, end;

	if (!hrv_date_parse(first, &day) || !hrv_date_parse(last, &end))
		return 2;
	for (size_t i = 0; i < LAWS_N; i++) {
		law[i] = load_law(law_ids[i]);
		cal[i] = load_calendar(law[i]->calendar);
	}
	for (; hrv_date_cmp(day, end) <= 0; day = after(day, 1))
		for (size_t i = 0; i < LAWS_N; i++)
			for (size_t v = 0; v < VARIANTS_N; v++)
				one_line(law[i], cal[i], day, v);
	for (size_t i = 0; i < LAWS_N; i++) {
		hrv_law_free(law[i]);
		hrv_calendar_free(cal[i]);
	}
	return 0;
}

static int
calendar(const char *id)
{
	struct hrv_calendar *cal = load_calendar(id);

	for (size_t i = 0; i < cal->n_holidays; i++)
		put(cal->holidays[i], "\n");
	hrv_calendar_free(cal);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "calendar") == 0)
		return calendar(argv[2]);
	if (argc == 4 && strcmp(argv[1], "batch") == 0)
		return batch(argv[2], argv[3]);
	fprintf(stderr, "usage: deadline_batch calendar ID | "
			"batch FIRST LAST\n");
	return 2;
}
