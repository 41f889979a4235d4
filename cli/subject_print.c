/* SPDX-License-Identifier: ISC */
/*
 * Subjects as people read them. Layer: cli. Everything that comes from an
 * identity goes through cli/out.h, which makes control characters visible.
 */
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "cli/subject.h"
#include "hrvault/docmake.h"

static const struct out_field fields[] = {
	{ "id", NULL, 0 },
	{ "name", NULL, 0 },
	{ "given", "given name", 0 },
	{ "middle", "middle name", 0 },
	{ "family", "family name", 0 },
	{ "kind", NULL, 0 },
	{ "status", NULL, 0 },
	{ "merged", "other entries", 0 },
	{ "number", NULL, 0 },
	{ "emails", "e-mail", 0 },
	{ "phones", "phone", 0 },
	{ "born", NULL, 0 },
	{ "events", NULL, 0 },
	{ "records", NULL, 0 },
	{ "consents", NULL, 0 },
	{ "preferences", NULL, 0 },
	{ "confirmed", NULL, 0 },
	{ "notice", "privacy notice", 0 },
	{ "restricted", "restriction", 0 },
	{ "protected", "destruction", 0 },
	{ "holds", NULL, 0 },
	{ "cases", NULL, 0 },
	{ NULL, NULL, 0 },
};

static const char *
without_prefix(const char *event)
{
	const char *dot = event == NULL ? NULL : strchr(event, '.');

	return dot == NULL ? event : dot + 1;
}

/* "ended 2020-01-31" */
static bool
add_event(struct hrv_doc *list, const struct hrv_doc *e)
{
	const char *purpose = hrv_doc_str(e, "purpose");
	char text[192];

	snprintf(text, sizeof(text), "%s %s%s%s%s",
	    without_prefix(hrv_doc_str(e, "event")), hrv_doc_str(e, "date"),
	    purpose == NULL ? "" : " (", purpose == NULL ? "" : purpose,
	    purpose == NULL ? "" : ")");
	return hrv_doc_add_str(list, text);
}

/* "recruitment given 2026-02-10 (text 2026.1)" */
static bool
add_consent(struct hrv_doc *list, const struct hrv_doc *e)
{
	char text[160];

	snprintf(text, sizeof(text), "%s %s %s (text %s)",
	    hrv_doc_str(e, "purpose"), hrv_doc_str(e, "act"),
	    hrv_doc_str(e, "date"), hrv_doc_str(e, "text_version"));
	return hrv_doc_add_str(list, text);
}

/* "email no since 2026-02-10" */
static bool
add_preference(struct hrv_doc *list, const struct hrv_doc *e)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %s since %s",
	    hrv_doc_str(e, "channel"),
	    hrv_doc_true(e, "allowed") ? "yes" : "no", hrv_doc_str(e, "date"));
	return hrv_doc_add_str(list, text);
}

/* "payslip 12 (and 3 destroyed)" */
static bool
add_class(struct hrv_doc *list, const struct hrv_doc *e)
{
	long long live = hrv_doc_int(e, "live", 0);
	long long gone = hrv_doc_int(e, "destroyed", 0);
	char text[160];
	int n = snprintf(
	    text, sizeof(text), "%s %lld", hrv_doc_str(e, "class"), live);

	if (gone > 0)
		snprintf(text + n, sizeof(text) - (size_t)n,
		    " (and %lld destroyed)", gone);
	return hrv_doc_add_str(list, text);
}

static bool
lines(struct hrv_doc *into, const struct hrv_doc *from, const char *key,
    bool (*add)(struct hrv_doc *, const struct hrv_doc *))
{
	const struct hrv_doc *list = hrv_doc_get(from, key);
	struct hrv_doc *texts = hrv_doc_new_array();
	bool ok = true;

	if (hrv_doc_len(list) == 0)
		ok = hrv_doc_add_str(texts, "none");
	for (size_t i = 0; i < hrv_doc_len(list); i++)
		ok = add(texts, hrv_doc_at(list, i)) && ok;
	return hrv_doc_set(into, key, texts) && ok;
}

/* "2026.1, told on 2026-03-01" */
static bool
set_notice(struct hrv_doc *into, const struct hrv_doc *notice)
{
	char text[80];

	if (notice == NULL)
		return true;
	snprintf(text, sizeof(text), "%s, told on %s",
	    hrv_doc_str(notice, "version"), hrv_doc_str(notice, "date"));
	return hrv_doc_set_str(into, "notice", text);
}

struct copying {
	struct hrv_doc *into;
	bool ok;
};

/* Texts and lists of texts, as they are. */
static int
copy(void *ctx, const char *key, const struct hrv_doc *value)
{
	struct copying *c = ctx;
	struct hrv_doc *list;

	if (hrv_doc_kind(value) == HRV_DOC_TEXT)
		c->ok =
		    hrv_doc_set_str(c->into, key, hrv_doc_text(value)) && c->ok;
	if (hrv_doc_kind(value) != HRV_DOC_ARRAY || hrv_doc_len(value) == 0 ||
	    hrv_doc_text(hrv_doc_at(value, 0)) == NULL)
		return 0;
	list = hrv_doc_new_array();
	for (size_t i = 0; i < hrv_doc_len(value); i++)
		c->ok =
		    hrv_doc_add_str(list, hrv_doc_text(hrv_doc_at(value, i))) &&
		    c->ok;
	c->ok = hrv_doc_set(c->into, key, list) && c->ok;
	return 0;
}

int
subject_print(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct copying into = { hrv_doc_new_object(), true };
	bool ok;
	int rc;

	if (c->json) {
		hrv_doc_free(into.into);
		return out_doc(c, doc, NULL, err);
	}
	(void)hrv_doc_each(doc, copy, &into);
	ok = into.ok && lines(into.into, doc, "events", add_event) &&
	     lines(into.into, doc, "records", add_class) &&
	     hrv_doc_set_str(into.into, "protected",
		 hrv_doc_true(doc, "protected")
		     ? "not possible now: something protects these records"
		     : "as the schedule says");
	if (hrv_doc_len(hrv_doc_get(doc, "consents")) > 0)
		ok = lines(into.into, doc, "consents", add_consent) && ok;
	if (hrv_doc_len(hrv_doc_get(doc, "preferences")) > 0)
		ok = lines(into.into, doc, "preferences", add_preference) && ok;
	ok = set_notice(into.into, hrv_doc_get(doc, "notice")) && ok;
	rc = ok ? out_doc(c, into.into, fields, err)
		: hrv_fail(err, HRV_ENOMEM, "out of memory");
	hrv_doc_free(into.into);
	return rc;
}

static void
say_count(struct cli *c, long long n, const char *what)
{
	if (n > 0)
		out_line(c, "%lld record%s %s", n, n == 1 ? "" : "s", what);
}

void
subject_print_moved(struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *m = hrv_doc_get(doc, "moved");
	const char *first = hrv_doc_str(doc, "earliest_destruction");
	long long kept = (long long)hrv_doc_int(doc, "protected", 0);

	say_count(c, hrv_doc_int(m, "dated", 0), "got a date of destruction");
	say_count(c, hrv_doc_int(m, "later", 0), "will be destroyed later");
	say_count(c, hrv_doc_int(m, "earlier", 0),
	    "will be destroyed earlier than known before");
	say_count(
	    c, hrv_doc_int(m, "pending", 0), "no longer have a date and stay");
	if (kept > 0)
		out_line(c,
		    "%lld of them %s kept whatever the dates say, by a legal "
		    "hold or a case",
		    kept, kept == 1 ? "is" : "are");
	if (first != NULL)
		out_line(c, "the first of %s could be destroyed on %s",
		    kept > 0 ? "the others" : "them", first);
}

/* One day that counts although another was entered just now. */
static void
print_in_force(struct cli *c, const struct hrv_doc *d, const char *command)
{
	long long n = (long long)hrv_doc_int(d, "records", 0);
	const char *day = hrv_doc_str(d, "date");

	out_line(c,
	    "%s stays in force: %lld record%s count%s from it; if it is wrong, "
	    "'%s %s --retract' takes it back",
	    day, n, n == 1 ? "" : "s", n == 1 ? "s" : "", command, day);
}

void
subject_print_dates(
    struct cli *c, const struct hrv_doc *doc, const char *command)
{
	const struct hrv_doc *list = hrv_doc_get(doc, "dates");
	const char *entered = hrv_doc_str(doc, "date");
	bool retracted = hrv_doc_true(doc, "retracted");
	bool counts = false, others = false;

	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		const struct hrv_doc *d = hrv_doc_at(list, i);
		const char *day = hrv_doc_str(d, "date");
		bool this = strcmp(day, entered) == 0;

		if (hrv_doc_int(d, "records", 0) == 0)
			continue;
		counts = counts || this;
		others = others || !this;
		if (!this && retracted)
			out_line(c, "%s counts now", day);
		else if (!this)
			print_in_force(c, d, command);
	}
	if (hrv_doc_len(list) == 0 || retracted)
		return;
	if (!counts)
		out_line(c, "no record counts from %s", entered);
	else if (!others)
		out_line(c,
		    "%s counts now, and none of the %zu other dates of this "
		    "event",
		    entered, hrv_doc_len(list) - 1);
}
