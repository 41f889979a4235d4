/* SPDX-License-Identifier: ISC */
/*
 * Wrong schedules: each file of tests/policy/bad says in its first line which
 * mistake has to be reported, and in which line. No mistake may pass, and
 * each report that has a remedy must say it.
 */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"

#define FOLDER "tests/policy/bad"

static char text[2 * 1024 * 1024];

static size_t
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		fail_msg("cannot open %s (run from the top folder)", path);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	assert_int_equal(fclose(f), 0);
	return n;
}

/* "# line 7: unknown key" */
static int
expectation(char *says, size_t size)
{
	size_t n = strcspn(text, "\n");
	char *end = NULL;
	long line;

	assert_int_equal(strncmp(text, "# line ", 7), 0);
	line = strtol(text + 7, &end, 10);
	assert_int_equal(strncmp(end, ": ", 2), 0);
	snprintf(
	    says, size, "%.*s", (int)(n - (size_t)(end + 2 - text)), end + 2);
	return (int)line;
}

static void
check_file(const char *name)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	char path[512], says[256];
	bool found = false;
	size_t n;
	int line;

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	n = slurp(path);
	line = expectation(says, sizeof(says));
	if (hrv_policy_check_text(text, n, &e))
		fail_msg("%s passed", name);
	for (size_t i = 0; i < e.count; i++)
		found = found || (e.item[i].line == line &&
				     strstr(e.item[i].message, says) != NULL);
	if (!found)
		fail_msg("%s: got line %d: %s", name, e.item[0].line,
		    e.item[0].message);
	hrv_file_errors_clear(&e);
}

static void
every_wrong_schedule_is_reported_where_it_is_wrong(void **state)
{
	DIR *d = opendir(FOLDER);
	struct dirent *one;
	int files = 0;

	(void)state;
	if (d == NULL)
		fail_msg("no folder " FOLDER " (run from the top folder)");
	while ((one = readdir(d)) != NULL) {
		if (strstr(one->d_name, ".cfg") == NULL)
			continue;
		check_file(one->d_name);
		files++;
	}
	closedir(d);
	assert_true(files >= 60);
}

static void
a_schedule_over_one_mebibyte_is_refused(void **state)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_false(hrv_policy_check_text(text, sizeof(text), &e));
	assert_non_null(strstr(e.item[0].message, "1 MiB"));
	hrv_file_errors_clear(&e);
}

static void
all_mistakes_of_a_file_come_at_once_in_order(void **state)
{
	static const char many[] =
	    "schedule = {\n"
	    "  id = \"x\"; version = 1;\n"
	    "  title = \"t\"; jurisdiction = \"UK\"; timezone = \"UTC\";\n"
	    "  compartments = ( \"general\" );\n"
	    "  colour = \"red\";\n"
	    "  classes = ( { id = \"a\"; title = \"A\";\n"
	    "      who = ( \"robot\" ); compartment = \"general\";\n"
	    "      purpose = \"administration\";\n"
	    "      legal_basis = \"contract\"; rules = ( \"r\" ); } );\n"
	    "  rules = ( { id = \"r\";\n"
	    "      keep = { on = \"subject.left\";\n"
	    "               plus = 6; }; } );\n"
	    "};\n";
	static const int lines[] = { 2, 5, 7, 10, 11, 12 };
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;

	(void)state;
	assert_false(hrv_policy_check_text(many, sizeof(many) - 1, &e));
	assert_int_equal(e.count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(e.item[i].line, lines[i]);
		assert_string_not_equal(e.item[i].remedy, "");
	}
	hrv_file_errors_clear(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_wrong_schedule_is_reported_where_it_is_wrong),
		cmocka_unit_test(a_schedule_over_one_mebibyte_is_refused),
		cmocka_unit_test(all_mistakes_of_a_file_come_at_once_in_order),
	};

	return RUN(tests);
}
