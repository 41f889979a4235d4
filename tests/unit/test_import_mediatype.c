/* SPDX-License-Identifier: ISC */
/* Media types from content, by a child that may fail. */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/mediatype.h"

static void
is_type(struct mediatype *mt, const char *head, size_t len, const char *want)
{
	char type[MEDIATYPE_TEXT];

	mediatype_of(mt, head, len, type);
	assert_string_equal(type, want);
}

static void
types_come_from_content(void **state)
{
	struct mediatype *mt = NULL;

	(void)state;
	OK_(mediatype_new(&mt, err));
	is_type(mt, "%PDF-1.7\n%\xe2\xe3\n", 14, "application/pdf");
	is_type(mt, "{\"basics\":{\"name\":\"x\"}}\n", 24, "application/json");
	is_type(mt, "A plain letter.\n", 16, "text/plain");
	is_type(mt, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16, "image/png");
	is_type(mt, "", 0, MEDIATYPE_UNKNOWN);
	is_type(mt, "\x01\x02\x03\x99\xfe", 5, MEDIATYPE_UNKNOWN);
	mediatype_free(mt);
	mediatype_free(NULL);
}

/* The only child of this process. */
static pid_t
child(void)
{
	char path[64];
	int pid = 0;
	FILE *f;

	(void)snprintf(
	    path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%d", &pid) != 1)
		pid = 0;
	(void)fclose(f);
	return pid;
}

static void
a_dead_child_costs_one_answer_at_most(void **state)
{
	struct mediatype *mt = NULL;
	pid_t pid;

	(void)state;
	OK_(mediatype_new(&mt, err));
	is_type(mt, "%PDF-1.7\n", 9, "application/pdf");
	pid = child();
	if (pid > 0) {
		assert_int_equal(kill(pid, SIGKILL), 0);
		is_type(mt, "%PDF-1.7\n", 9, MEDIATYPE_UNKNOWN);
	}
	is_type(mt, "%PDF-1.7\n", 9, "application/pdf");
	mediatype_free(mt);
	assert_int_equal(child(), 0);
}

static void
long_heads_and_many_questions_are_fine(void **state)
{
	static char big[2 * MEDIATYPE_HEAD];
	struct mediatype *mt = NULL;

	(void)state;
	memset(big, 'a', sizeof(big));
	OK_(mediatype_new(&mt, err));
	for (int i = 0; i < 50; i++)
		is_type(mt, big, sizeof(big), "text/plain");
	mediatype_free(mt);
}

static void
extensions_are_the_usual_ones(void **state)
{
	(void)state;
	assert_string_equal(mediatype_extension("application/pdf"), "pdf");
	assert_string_equal(mediatype_extension("image/jpeg"), "jpg");
	assert_string_equal(mediatype_extension("x/y"), "bin");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_come_from_content),
		cmocka_unit_test(a_dead_child_costs_one_answer_at_most),
		cmocka_unit_test(long_heads_and_many_questions_are_fine),
		cmocka_unit_test(extensions_are_the_usual_ones),
	};

	return RUN(tests);
}
