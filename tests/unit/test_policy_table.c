/* SPDX-License-Identifier: ISC */
/*
 * Known dates: every line of tests/policy/retention.tsv comes out exactly,
 * and so does every case of the schedules that are shipped.
 */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"

#define COLUMNS 7

static char *
slurp(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	char *text = calloc(1, 1024 * 1024 + 1);

	if (f == NULL || text == NULL)
		fail_msg("cannot read %s (run from the top folder)", path);
	*ret_len = fread(text, 1, 1024 * 1024, f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static struct hrv_schedule *
load(const char *path)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct hrv_schedule *s;
	size_t len;
	char *text = slurp(path, &len);

	s = hrv_schedule_parse(text, len, &e);
	if (s == NULL)
		fail_msg("%s:%d: %s", path, e.item[0].line, e.item[0].message);
	free(text);
	return s;
}

static size_t
split(char *line, char sep, char **out, size_t max)
{
	size_t n = 0;

	while (line != NULL && n < max) {
		char *end = strchr(line, sep);

		out[n++] = line;
		if (end != NULL)
			*end++ = '\0';
		line = end;
	}
	return n;
}

static struct hrv_date
day(const char *text)
{
	struct hrv_date d = HRV_DATE_NONE;

	if (text[0] != '\0' && !hrv_date_parse(text, &d))
		fail_msg("not a date: %s", text);
	return d;
}

static void
is_bound(
    const char *line, const char *what, struct hrv_bound got, const char *want)
{
	char text[HRV_DATE_TEXT];

	hrv_bound_text(got, text);
	if (strcmp(text, want) != 0)
		fail_msg("%s: %s is %s, expected %s", line, what, text, want);
}

static void
check_line(const struct hrv_schedule *s, char *line)
{
	struct hrv_fact fact[16];
	struct hrv_facts facts = { .fact = fact };
	struct hrv_decision d;
	char *column[COLUMNS], *event[16], *shown = strdup(line);
	size_t n;

	assert_int_equal(split(line, '\t', column, COLUMNS), COLUMNS);
	n = column[1][0] == '\0' ? 0 : split(column[1], ' ', event, 16);
	for (; facts.count < n; facts.count++) {
		char *pair[2];

		assert_int_equal(split(event[facts.count], '=', pair, 2), 2);
		assert_true(hrv_schedule_knows_event(s, pair[0]));
		fact[facts.count] = (struct hrv_fact){ .event = pair[0] };
		fact[facts.count].date = day(pair[1]);
	}
	facts.born = day(column[2]);
	facts.dependant_born = day(column[3]);
	OK_(hrv_policy_decide(
	    s, column[0], &facts, day("2026-11-23"), &d, err));
	is_bound(shown, "keep_until", d.keep_until, column[4]);
	is_bound(shown, "limit_until", d.limit_until, column[5]);
	is_bound(shown, "purge_from", d.purge_from, column[6]);
	free(shown);
}

static void
every_known_date_comes_out(void **state)
{
	struct hrv_schedule *s = load("tests/policy/retention.cfg");
	size_t len, lines = 0;
	char *text = slurp("tests/policy/retention.tsv", &len), *at = text;

	(void)state;
	while (at[0] != '\0') {
		char *line = at, *end = strchr(at, '\n');

		at = end != NULL ? end + 1 : at + strlen(at);
		if (end != NULL)
			*end = '\0';
		if (line[0] == '#')
			continue;
		check_line(s, line);
		lines++;
	}
	assert_true(lines >= 90);
	free(text);
	hrv_schedule_free(s);
}

static void
check_shipped(const char *path)
{
	struct hrv_test_report r = HRV_TEST_REPORT_INIT;
	struct hrv_schedule *s = load(path);

	OK_(hrv_policy_run_tests(s, &r, err));
	if (r.failed > 0)
		fail_msg(
		    "%s:%d: %s", path, r.failure[0].line, r.failure[0].text);
	if (r.untested_count > 0)
		fail_msg("%s: no case for rule %s", path, r.untested[0]->id);
	assert_true(r.passed > 0);
	hrv_test_report_clear(&r);
	hrv_schedule_free(s);
}

static void
shipped_schedules_pass_their_cases_for_every_rule(void **state)
{
	DIR *d = opendir("policy/schedules");
	struct dirent *one;
	int files = 0;

	(void)state;
	assert_non_null(d);
	while ((one = readdir(d)) != NULL) {
		char path[512];

		if (strstr(one->d_name, ".cfg") == NULL)
			continue;
		snprintf(
		    path, sizeof(path), "policy/schedules/%s", one->d_name);
		check_shipped(path);
		files++;
	}
	closedir(d);
	assert_true(files >= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_known_date_comes_out),
		cmocka_unit_test(
		    shipped_schedules_pass_their_cases_for_every_rule),
	};

	return RUN(tests);
}
