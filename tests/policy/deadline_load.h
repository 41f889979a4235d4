/* SPDX-License-Identifier: ISC */
/*
 * Reading the shipped laws and calendars, for the tests and tools that count
 * with them. Paths are relative to the project, where all tests run.
 */
#ifndef TESTS_POLICY_DEADLINE_LOAD_H
#define TESTS_POLICY_DEADLINE_LOAD_H

#include <stdio.h>
#include <stdlib.h>

#include "hrvault/deadline.h"
#include "vault/base/buf.h"

#define LAWS_N 7

/* In the order in which the oracle prints them. */
static const char *const law_ids[LAWS_N] = { "uk-ew", "uk-sc", "uk-ni", "eu-ie",
	"eu-de", "eu-fr", "us-ca" };

/* Appends a whole file to out; false when it cannot be read. */
static inline bool
load_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return false;
	do {
		uint8_t *to = buf_reserve(out, 4096);

		n = to != NULL ? fread(to, 1, 4096, f) : 0;
		out->len += n;
	} while (n > 0);
	fclose(f);
	return !out->failed;
}

/* Ends the program with the first mistake of a file. */
static inline void
load_die(const char *path, const struct hrv_file_errors *errors)
{
	struct hrv_err err = { .msg = "cannot be read" };

	(void)!hrv_file_errors_fail(errors, path, &err);
	fprintf(stderr, "%s: %s\n", path, err.msg);
	exit(1);
}

/* policy/laws/ID.cfg; the caller frees it. */
static inline struct hrv_law *
load_law(const char *id)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct buf text = BUF_INIT;
	struct hrv_law *law = NULL;
	char path[128];

	snprintf(path, sizeof(path), "policy/laws/%s.cfg", id);
	if (load_file(path, &text))
		law = hrv_law_parse(buf_str(&text), text.len, &errors);
	if (law == NULL)
		load_die(path, &errors);
	buf_clear(&text);
	return law;
}

/* policy/calendars/ID.cfg; the caller frees it. */
static inline struct hrv_calendar *
load_calendar(const char *id)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct buf text = BUF_INIT;
	struct hrv_calendar *cal = NULL;
	char path[128];

	snprintf(path, sizeof(path), "policy/calendars/%s.cfg", id);
	if (load_file(path, &text))
		cal = hrv_calendar_parse(buf_str(&text), text.len, &errors);
	if (cal == NULL)
		load_die(path, &errors);
	buf_clear(&text);
	return cal;
}

#endif
