/* SPDX-License-Identifier: ISC */
/*
 * Exit codes, and how an error is written. Layer: cli. Invariant: one line
 * (and a hint) per failure, and nothing in it that a terminal would obey.
 */
#include "cli/exit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/fitted.h"
#include "hrvault/docmake.h"
#include "hrvault/text.h"

int
exit_code(enum hrv_code code)
{
	switch (code) {
	case HRV_OK:
		return 0;
	case HRV_EFAILED:
	case HRV_EIO:
	case HRV_ENOMEM:
	case HRV_EEXISTS:
		return 1;
	case HRV_EUSAGE:
		return 2;
	case HRV_EPARTIAL:
		return 3;
	case HRV_ENOTFOUND:
		return 4;
	case HRV_EREFUSED:
		return 5;
	case HRV_ECONFIRM:
		return 6;
	case HRV_EBUSY:
		return 7;
	case HRV_EKEY:
		return 8;
	case HRV_EINTEGRITY:
		return 9;
	case HRV_ENOVAULT:
		return 10;
	case HRV_ELOG:
		return 11;
	case HRV_EPURGED:
		return 12;
	case HRV_EINTERRUPTED:
		return EXIT_INTERRUPTED;
	}
	return 1;
}

/* {"error":{...}} or false when there is no memory for it. */
static bool
report_json(const struct hrv_err *err, const char *hint, int status)
{
	struct hrv_doc *doc = hrv_doc_new_object();
	struct hrv_doc *inner = hrv_doc_new_object();
	struct hrv_err ignored;
	char *text = NULL, *safe = NULL;
	bool ok;

	ok = hrv_doc_set_int(inner, "code", status) &&
	     hrv_doc_set_str(inner, "name",
		 err->name != NULL ? err->name : hrv_code_name(err->code)) &&
	     hrv_doc_set_str(inner, "message", err->msg) &&
	     hrv_doc_set_str(inner, "hint", hint[0] != '\0' ? hint : NULL);
	ok = hrv_doc_set(doc, "error", inner) && ok &&
	     hrv_doc_json(doc, false, &text, &ignored) == HRV_OK &&
	     (safe = hrv_text_json(text)) != NULL;
	if (ok)
		fprintf(stderr, "%s\n", safe);
	hrv_text_free(safe);
	hrv_doc_text_free(text);
	hrv_doc_free(doc);
	return ok;
}

static void
report_text(const struct hrv_err *err, const char *next)
{
	char *msg = hrv_text_visible(err->msg);
	char *hint = hrv_text_visible(next);

	fprintf(stderr, "hrvault: %s\n", msg != NULL ? msg : "out of memory");
	if (hint != NULL && *hint != '\0')
		fprintf(stderr, "  hint: %s\n", hint);
	hrv_text_free(msg);
	hrv_text_free(hint);
}

int
exit_report(const struct cli *c, const struct hrv_err *err, bool json)
{
	int status = exit_code(err->code);
	char *fitted = fitted_text(c, err->hint);
	const char *hint = fitted != NULL ? fitted : err->hint;

	if (!json || !report_json(err, hint, status))
		report_text(err, hint);
	free(fitted);
	return status;
}
