/* SPDX-License-Identifier: ISC */
/*
 * Reading schedules, laws and calendars, see policyfile.h. Layer: cli.
 */
#include "cli/policyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/shipped.h"
#include "hrvault/deadline.h"
#include "hrvault/policy.h"

/* The first mistake of a file, with the way to see the others. */
static int
mistakes(
    const struct hrv_file_errors *errors, const char *name, struct hrv_err *err)
{
	int rc = hrv_file_errors_fail(errors, name, err);

	return rc != HRV_OK ? rc
			    : hrv_fail(err, HRV_EUSAGE, "%s: not valid", name);
}

int
policyfile_schedule(struct cli *c, const char *which, struct hrv_schedule **ret,
    struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_schedule *s;
	char *text = NULL;
	size_t len = 0;
	int rc;

	rc = shipped_read(c, SHIPPED_SCHEDULES, which, &text, &len, err);
	if (rc != HRV_OK)
		return rc;
	s = hrv_schedule_parse(text, len, &errors);
	if (s == NULL)
		rc = mistakes(&errors, which, err);
	else
		*ret = s;
	hrv_file_errors_clear(&errors);
	input_free(text);
	return rc;
}

int
policyfile_text(struct cli *c, const char *which, char **ret, size_t *ret_len,
    struct hrv_err *err)
{
	static const struct {
		const char *prefix, *kind;
	} kinds[] = { { "schedule:", SHIPPED_SCHEDULES },
		{ "law:", SHIPPED_LAWS }, { "calendar:", SHIPPED_CALENDARS } };
	struct hrv_err first = { .code = HRV_OK };
	int rc = HRV_OK;

	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(kinds[i].prefix);

		if (strncmp(which, kinds[i].prefix, n) == 0)
			return shipped_read(
			    c, kinds[i].kind, which + n, ret, ret_len, err);
	}
	for (size_t i = 0; i < 3; i++) {
		rc = shipped_read(c, kinds[i].kind, which, ret, ret_len, err);
		if (rc != HRV_ENOTFOUND)
			return rc;
		if (i == 0)
			first = *err;
	}
	*err = first;
	return rc;
}

int
policyfile_law(const char *name, const char *text, size_t len,
    struct hrv_law **ret, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_law *law = hrv_law_parse(text, len, &errors);
	int rc = HRV_OK;

	if (law == NULL)
		rc = mistakes(&errors, name, err);
	else
		*ret = law;
	hrv_file_errors_clear(&errors);
	return rc;
}

/* The calendar beside a law of one's own, freed by the caller, or NULL. */
static char *
beside(const char *law_which, const char *id)
{
	static const char *const folders[] = { "", "../calendars/" };
	const char *slash = strrchr(law_which, '/');
	int n = slash == NULL ? 0 : (int)(slash - law_which) + 1;
	char *path;

	if (access(law_which, F_OK) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (asprintf(&path, "%.*s%s%s.cfg", n, law_which, folders[i],
			id) < 0)
			return NULL;
		if (access(path, R_OK) == 0 && strcmp(path, law_which) != 0)
			return path;
		free(path);
	}
	return NULL;
}

int
policyfile_calendar_text(struct cli *c, const char *law_which, const char *id,
    char **ret, size_t *ret_len, struct hrv_err *err)
{
	char *path = beside(law_which, id);
	int rc;

	rc = shipped_read(
	    c, SHIPPED_CALENDARS, path != NULL ? path : id, ret, ret_len, err);
	if (rc == HRV_ENOTFOUND && path == NULL) {
		hrv_fail(err, HRV_ENOTFOUND,
		    "the calendar %s that the law names was not found", id);
		hrv_hint(err, "put %s.cfg beside the law's file", id);
	}
	free(path);
	return rc;
}

static int
read_calendar(struct cli *c, const char *law_which, const char *id,
    struct hrv_calendar **ret, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_calendar *cal;
	char *text = NULL;
	size_t len = 0;
	int rc = policyfile_calendar_text(c, law_which, id, &text, &len, err);

	if (rc != HRV_OK)
		return rc;
	cal = hrv_calendar_parse(text, len, &errors);
	if (cal == NULL)
		rc = mistakes(&errors, id, err);
	else
		*ret = cal;
	hrv_file_errors_clear(&errors);
	input_free(text);
	return rc;
}

int
policyfile_law_and_calendar(struct cli *c, const char *which,
    struct hrv_law **ret_law, struct hrv_calendar **ret_calendar,
    struct hrv_err *err)
{
	struct hrv_law *law = NULL;
	char *text = NULL;
	size_t len = 0;
	int rc = shipped_read(c, SHIPPED_LAWS, which, &text, &len, err);

	if (rc == HRV_OK)
		rc = policyfile_law(which, text, len, &law, err);
	if (rc == HRV_OK)
		rc = read_calendar(c, which, law->calendar, ret_calendar, err);
	if (rc == HRV_OK) {
		*ret_law = law;
		law = NULL;
	}
	hrv_law_free(law);
	input_free(text);
	return rc;
}
