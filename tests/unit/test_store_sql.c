/* SPDX-License-Identifier: ISC */
/*
 * Every statement of the product on a fresh database of its kind: it
 * prepares, does what its name says and no more, and numbers its parameters
 * without gaps.
 */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "tests/unit/store.h"
#include "vault/store/migrate.h"

static struct store_dir dir;
static struct db *on[2];

static int
fresh(void **state)
{
	(void)state;
	store_dir_init(&dir);
	for (size_t i = 0; i < 2; i++) {
		on[i] = store_db(&dir, i == 0 ? "vault.db" : "keys.db");
		OK_(migrate(on[i], schema_of((enum sql_where)i), err));
	}
	return 0;
}

static int
gone(void **state)
{
	(void)state;
	db_close(on[0]);
	db_close(on[1]);
	store_dir_clear(&dir);
	return 0;
}

static void
every_statement_prepares_on_its_database(void **state)
{
	(void)state;
	for (int i = 0; i < SQL_MAX_; i++) {
		const struct sql_entry *e = sql_entry((enum sql_id)i);
		struct hrv_err err = { 0 };
		struct stmt *st = NULL;

		assert_non_null(e->text);
		if (db_stmt(on[e->where], (enum sql_id)i, &st, &err) != HRV_OK)
			fail_msg("%s: %s", e->name, err.msg);
	}
}

static bool
name_says_read(const char *name)
{
	return strstr(name, "_GET") != NULL || strstr(name, "_LIST") != NULL ||
	       strstr(name, "_COUNT") != NULL;
}

static void
names_that_say_read_do_not_write(void **state)
{
	(void)state;
	for (int i = 0; i < SQL_MAX_; i++) {
		const struct sql_entry *e = sql_entry((enum sql_id)i);
		struct stmt *st = NULL;
		bool reads = false;
		int params = 0;

		OK_(db_stmt(on[e->where], (enum sql_id)i, &st, err));
		db_stmt_facts(st, &params, &reads);
		if (reads != name_says_read(e->name))
			fail_msg("%s: name and effect differ", e->name);
	}
}

/* Parameters are ?1 ... ?n, each used, so that a bind cannot miss. */
static void
parameters_are_numbered_without_gaps(void **state)
{
	(void)state;
	for (int i = 0; i < SQL_MAX_; i++) {
		const struct sql_entry *e = sql_entry((enum sql_id)i);
		bool seen[100] = { false };
		int most = 0;

		for (const char *p = strchr(e->text, '?'); p != NULL;
		     p = strchr(p + 1, '?')) {
			int n = 0;

			for (const char *d = p + 1; isdigit((unsigned char)*d);
			     d++)
				n = n * 10 + (*d - '0');
			if (n < 1 || n > 99)
				fail_msg(
				    "%s: parameter without number", e->name);
			seen[n] = true;
			most = n > most ? n : most;
		}
		for (int n = 1; n <= most; n++) {
			if (!seen[n])
				fail_msg("%s: ?%d is missing", e->name, n);
		}
	}
}

static void
has_not(const struct sql_entry *e, const char *word)
{
	if (strcasestr(e->text, word) != NULL)
		fail_msg("%s: has '%s'", e->name, word);
}

static void
no_statement_uses_what_walks_past_a_guard(void **state)
{
	(void)state;
	for (int i = 0; i < SQL_MAX_; i++) {
		const struct sql_entry *e = sql_entry((enum sql_id)i);

		if (strncmp(e->text, "SELECT ", 7) != 0 &&
		    strncmp(e->text, "INSERT ", 7) != 0 &&
		    strncmp(e->text, "UPDATE ", 7) != 0 &&
		    strncmp(e->text, "DELETE ", 7) != 0 &&
		    strncmp(e->text, "WITH ", 5) != 0)
			fail_msg("%s: begins oddly", e->name);
		has_not(e, "replace");
		has_not(e, "select *");
		has_not(e, "pragma");
		has_not(e, "attach");
		has_not(e, "drop ");
		has_not(e, "\"");
		has_not(e, ";");
		/* Not in SQLite 3.15. */
		has_not(e, "returning");
		has_not(e, "on conflict");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_prepares_on_its_database),
		cmocka_unit_test(names_that_say_read_do_not_write),
		cmocka_unit_test(parameters_are_numbered_without_gaps),
		cmocka_unit_test(no_statement_uses_what_walks_past_a_guard),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, fresh, gone);
}
