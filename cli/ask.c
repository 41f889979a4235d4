/* SPDX-License-Identifier: ISC */
/*
 * Questions on the terminal, see ask.h and input.h. Layer: cli. Invariant:
 * where nobody sits, nothing waits: the question is exit 6.
 */
#include "cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/input.h"

#define LINE_MAX_BYTES 65536

bool
ask_possible(const struct cli *c)
{
	return !c->no_input && isatty(2) &&
	       (isatty(0) || c->stdin_taken != NULL);
}

/* One line from the terminal without its end. */
static int
read_line(int fd, char **ret, struct hrv_err *err)
{
	char *line = calloc(1, LINE_MAX_BYTES);
	size_t len = 0;
	ssize_t n = 1;

	if (line == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	while (len < LINE_MAX_BYTES - 1) {
		n = read(fd, line + len, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || line[len] == '\n')
			break;
		len++;
	}
	if (n <= 0) {
		input_free(line);
		return hrv_fail(err, HRV_EINTERRUPTED, "no answer given");
	}
	line[len] = '\0';
	*ret = line;
	return HRV_OK;
}

/* Asks until there is an answer; the caller frees it. */
static int
ask(struct cli *c, const char *question, char **ret, struct hrv_err *err)
{
	int fd, rc;

	if (!ask_possible(c)) {
		hrv_fail_as(err, HRV_ECONFIRM, "question",
		    "this needs an answer, and nobody can be asked here");
		return hrv_hint(err, "the question is: %s", question);
	}
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return hrv_fail_as(err, HRV_ECONFIRM, "question",
		    "this needs an answer, and there is no terminal");
	dprintf(fd, "%s ", question);
	rc = read_line(fd, ret, err);
	close(fd);
	return rc;
}

int
ask_line(struct cli *c, const char *what, char **ret, struct hrv_err *err)
{
	char question[64], *line = NULL;
	int rc;

	snprintf(question, sizeof(question), "%s:", what);
	do {
		input_free(line);
		line = NULL;
		rc = ask(c, question, &line, err);
	} while (rc == HRV_OK && line[strspn(line, " \t\r")] == '\0');
	if (rc == HRV_ECONFIRM)
		hrv_hint(err,
		    "give %s as text, as @FILE, or - for standard input", what);
	if (rc == HRV_OK)
		*ret = line;
	return rc;
}

int
input_confirm(struct cli *c, const char *question, struct hrv_err *err)
{
	char text[512], *line = NULL;
	bool yes;
	int rc;

	if (c->yes)
		return HRV_OK;
	snprintf(text, sizeof(text), "%s [y/N]", question);
	rc = ask(c, text, &line, err);
	if (rc == HRV_ECONFIRM)
		hrv_hint(err, "add --yes if you mean it");
	if (rc != HRV_OK)
		return rc;
	yes = strcmp(line, "y") == 0 || strcmp(line, "Y") == 0 ||
	      strcmp(line, "yes") == 0;
	input_free(line);
	return yes ? HRV_OK
		   : hrv_fail_as(err, HRV_ECONFIRM, "question",
			 "not confirmed, nothing was done");
}

int
input_confirm_count(
    struct cli *c, const char *question, int64_t count, struct hrv_err *err)
{
	char text[512], want[24], *line = NULL;
	bool same;
	int rc;

	snprintf(want, sizeof(want), "%" PRId64, count);
	snprintf(text, sizeof(text), "%s Type the number to go on:", question);
	rc = ask(c, text, &line, err);
	if (rc == HRV_ECONFIRM)
		hrv_hint(err, "run it on a terminal; --yes does not answer "
			      "for a number");
	if (rc != HRV_OK)
		return rc;
	same = strcmp(line, want) == 0;
	input_free(line);
	return same ? HRV_OK
		    : hrv_fail_as(err, HRV_ECONFIRM, "question",
			  "the number was another, nothing was done");
}
