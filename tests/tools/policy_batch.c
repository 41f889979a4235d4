/* SPDX-License-Identifier: ISC */
/*
 * Many decisions in one process, for tests that compare them with another
 * program's. Reads commands from standard input:
 *
 *	schedule <bytes>\n<that many bytes of text>	the schedule from now on
 *	case\t<class>\t<day>\t<event=date,...>\t<born>\t<dependant born>\n
 *
 * and answers each case with one line: keep_until, limit_until, purge_from,
 * restrict_from, state, overdue (0 or 1), review_pending (0 or 1), separated
 * by tabs, and a wrong schedule with "error <line>: <message>" per mistake.
 * With -e each case is also explained, so that the sentences are exercised
 * (they go nowhere). Exit status 1 where the input itself is wrong.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hrvault/policy.h"

#define FACTS_MAX 256

static struct hrv_schedule *schedule;
static bool explain;

static int
read_schedule(const char *arg)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	size_t len = strtoul(arg, NULL, 10);
	char *text = malloc(len + 1);

	if (text == NULL || fread(text, 1, len, stdin) != len) {
		free(text);
		return 1;
	}
	hrv_schedule_free(schedule);
	schedule = hrv_schedule_parse(text, len, &e);
	for (size_t i = 0; i < e.count; i++)
		printf("error %d: %s | %s\n", e.item[i].line, e.item[i].message,
		    e.item[i].remedy);
	hrv_file_errors_clear(&e);
	free(text);
	return 0;
}

/* Cuts at the next sep; "" where there is no more. */
static char *
field(char **at, char sep)
{
	char *s = *at, *end = strchr(s, sep);

	if (end == NULL)
		end = s + strlen(s);
	*at = *end == '\0' ? end : end + 1;
	*end = '\0';
	return s;
}

static int
read_facts(char *list, struct hrv_fact *fact, size_t *n)
{
	for (*n = 0; *list != '\0' && *n < FACTS_MAX; ++*n) {
		char *one = field(&list, ',');
		char *name = field(&one, '=');

		fact[*n] = (struct hrv_fact){ .event = name };
		if (!hrv_date_parse(one, &fact[*n].date))
			return 1;
	}
	return *list != '\0';
}

static void
print(const struct hrv_decision *d)
{
	char keep[HRV_DATE_TEXT], limit[HRV_DATE_TEXT], purge[HRV_DATE_TEXT],
	    restricted[HRV_DATE_TEXT];

	hrv_bound_text(d->keep_until, keep);
	hrv_bound_text(d->limit_until, limit);
	hrv_bound_text(d->purge_from, purge);
	hrv_bound_text(d->restrict_from, restricted);
	printf("%s\t%s\t%s\t%s\t%s\t%d\t%d\n", keep, limit, purge, restricted,
	    hrv_state_name(d->state), d->overdue, d->review_pending);
}

static int
explain_case(const char *class_id, const struct hrv_facts *facts,
    struct hrv_date day, struct hrv_err *err)
{
	struct hrv_reasons r = HRV_REASONS_INIT;
	int rc = hrv_policy_explain(schedule, class_id, facts, day, &r, err);

	hrv_reasons_clear(&r);
	return rc;
}

static int
decide(char *line)
{
	struct hrv_fact fact[FACTS_MAX];
	struct hrv_facts facts = { .fact = fact };
	struct hrv_err err = { 0 };
	struct hrv_decision d;
	struct hrv_date day;
	char *class_id, *born, *dependant;
	int rc;

	class_id = field(&line, '\t');
	if (!hrv_date_parse(field(&line, '\t'), &day) ||
	    read_facts(field(&line, '\t'), fact, &facts.count) != 0)
		return 1;
	born = field(&line, '\t');
	dependant = field(&line, '\t');
	if ((*born != '\0' && !hrv_date_parse(born, &facts.born)) ||
	    (*dependant != '\0' &&
		!hrv_date_parse(dependant, &facts.dependant_born)))
		return 1;
	if (schedule == NULL)
		return 1;
	rc = hrv_policy_decide(schedule, class_id, &facts, day, &d, &err);
	if (rc == HRV_OK && explain)
		rc = explain_case(class_id, &facts, day, &err);
	if (rc == HRV_OK)
		print(&d);
	else
		printf("failed %s: %s\n", err.name, err.msg);
	return 0;
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int rc = 0;

	explain = argc > 1 && strcmp(argv[1], "-e") == 0;
	while (rc == 0 && (n = getline(&line, &cap, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (strncmp(line, "schedule ", 9) == 0)
			rc = read_schedule(line + 9);
		else if (strncmp(line, "case\t", 5) == 0)
			rc = decide(line + 5);
		else
			rc = 1;
	}
	if (rc != 0)
		fprintf(stderr, "policy_batch: cannot read: %s\n", line);
	free(line);
	hrv_schedule_free(schedule);
	if (fflush(stdout) != 0)
		rc = 1;
	return rc;
}
