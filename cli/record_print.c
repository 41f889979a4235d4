/* SPDX-License-Identifier: ISC */
/*
 * Records as people read them. Layer: cli. Everything that comes from a
 * header goes through cli/out.h, which makes control characters visible.
 */
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "cli/record.h"
#include "hrvault/docmake.h"

static const struct out_field fields[] = {
	{ "id", "record", 0 },
	{ "title", NULL, 0 },
	{ "statement_on", "statement on", 0 },
	{ "statements", NULL, 0 },
	{ "subject", NULL, 0 },
	{ "class", NULL, 0 },
	{ "compartment", NULL, 0 },
	{ "created", "dated", 0 },
	{ "stored", NULL, 0 },
	{ "file", NULL, 0 },
	{ "media", "media type", 0 },
	{ "bytes", NULL, 0 },
	{ "source", NULL, 0 },
	{ "provided_by", NULL, 0 },
	{ "note", NULL, 0 },
	{ "state", NULL, 0 },
	{ "keep_until", NULL, 0 },
	{ "limit_until", NULL, 0 },
	{ "purge_from", "destroyed from", 0 },
	{ "restrict_from", "restricted from", 0 },
	{ "restricted", "restriction", 0 },
	{ "held", NULL, 0 },
	{ "purged_on", "destroyed on", 0 },
	{ "rule", NULL, 0 },
	{ "run", NULL, 0 },
	{ "events", NULL, 0 },
	{ "links", "also about", 0 },
	{ "versions", NULL, 0 },
	{ "disclosures", "disclosed", 0 },
	{ NULL, NULL, 0 },
};

/* "pay_date 2026-03-31" */
static void
event_line(const struct hrv_doc *e, char *out, size_t size)
{
	const char *name = hrv_doc_str(e, "event");
	const char *dot = name == NULL ? NULL : strchr(name, '.');

	snprintf(out, size, "%s %s", dot == NULL ? name : dot + 1,
	    hrv_doc_str(e, "date"));
}

/* "S-... as witness" */
static void
link_line(const struct hrv_doc *e, char *out, size_t size)
{
	snprintf(out, size, "%s as %s", hrv_doc_str(e, "subject"),
	    hrv_doc_str(e, "as"));
}

/* "1 of 2026-03-31, 14 bytes, superseded on 2026-04-02" */
static void
version_line(const struct hrv_doc *e, char *out, size_t size)
{
	const char *end = hrv_doc_str(e, "superseded");

	snprintf(out, size, "%lld of %s, %lld bytes%s%s%s",
	    (long long)hrv_doc_int(e, "version", 0), hrv_doc_str(e, "stored"),
	    (long long)hrv_doc_int(e, "bytes", 0),
	    end == NULL ? "" : ", superseded on ", end == NULL ? "" : end,
	    hrv_doc_true(e, "destroyed") ? ", destroyed" : "");
}

/* "to T-... (processor, IE) on 2026-03-31 for payroll" */
static void
disclosure_line(const struct hrv_doc *e, char *out, size_t size)
{
	snprintf(out, size, "to %s (%s, %s) on %s for %s",
	    hrv_doc_str(e, "recipient"), hrv_doc_str(e, "kind"),
	    hrv_doc_str(e, "country"), hrv_doc_str(e, "on"),
	    hrv_doc_str(e, "purpose"));
}

/* "R-... of 2026-03-31: title" */
static void
statement_line(const struct hrv_doc *e, char *out, size_t size)
{
	const char *title = hrv_doc_str(e, "title");

	snprintf(out, size, "%s of %s%s%s", hrv_doc_str(e, "id"),
	    hrv_doc_str(e, "created"), title == NULL ? "" : ": ",
	    title == NULL ? "" : title);
}

/* A copy for people: null bounds are left out, lists become lines. */
struct copying {
	struct hrv_doc *into;
	bool ok;
};

static int
copy(void *ctx, const char *key, const struct hrv_doc *value)
{
	static const struct {
		const char *key;
		void (*line)(const struct hrv_doc *, char *, size_t);
	} lists[] = { { "events", event_line }, { "links", link_line },
		{ "versions", version_line }, { "statements", statement_line },
		{ "disclosures", disclosure_line } };
	struct copying *c = ctx;
	char text[160];

	if (hrv_doc_kind(value) == HRV_DOC_TEXT)
		c->ok &= hrv_doc_set_str(c->into, key, hrv_doc_text(value));
	else if (hrv_doc_kind(value) == HRV_DOC_INT)
		c->ok &= hrv_doc_set_int(c->into, key, hrv_doc_number(value));
	else if (hrv_doc_kind(value) == HRV_DOC_BOOL)
		c->ok &= hrv_doc_set_bool(c->into, key, hrv_doc_is_true(value));
	for (size_t i = 0;
	     i < sizeof(lists) / sizeof(lists[0]) && hrv_doc_len(value) > 0;
	     i++) {
		struct hrv_doc *list;

		if (strcmp(key, lists[i].key) != 0)
			continue;
		list = hrv_doc_new_array();
		for (size_t j = 0; j < hrv_doc_len(value); j++) {
			lists[i].line(hrv_doc_at(value, j), text, sizeof(text));
			c->ok &= hrv_doc_add_str(list, text);
		}
		c->ok &= hrv_doc_set(c->into, key, list);
	}
	return 0;
}

int
record_print(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct copying into = { NULL, true };
	int rc;

	if (c->json)
		return out_doc(c, doc, NULL, err);
	into.into = hrv_doc_new_object();
	(void)hrv_doc_each(doc, copy, &into);
	rc = into.ok ? out_doc(c, into.into, fields, err)
		     : hrv_fail(err, HRV_ENOMEM, "out of memory");
	hrv_doc_free(into.into);
	return rc;
}

static bool
is_date(const char *text)
{
	return text != NULL && text[0] >= '0' && text[0] <= '9';
}

/* The command that enters it; false where there is none to type. */
static bool
enter(const struct hrv_doc *doc, const char *event, char *to, size_t size)
{
	if (strncmp(event, "record.", 7) == 0)
		(void)snprintf(to, size, "hrvault record event %s %s DATE",
		    hrv_doc_str(doc, "id"), event + 7);
	else if (strncmp(event, "subject.", 8) == 0 &&
		 strcmp(event, "subject.born") != 0 &&
		 strncmp(event, "subject.consent_", 16) != 0)
		(void)snprintf(to, size, "hrvault subject event %s %s DATE",
		    hrv_doc_str(doc, "subject"), event + 8);
	else
		return false;
	return true;
}

/* What a record without a date waits for, and how it is entered. */
static void
say_missing(const struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *list = hrv_doc_get(doc, "missing");
	size_t n = hrv_doc_len(list);
	char command[192];

	if (n == 0) {
		say(c, "no date yet: what the rule counts from has not "
		       "happened");
		return;
	}
	if (n == 1)
		say(c,
		    "no date yet: the rule counts from %s, which has no date "
		    "here",
		    hrv_doc_text(hrv_doc_at(list, 0)));
	else
		say(c, "no date yet: the rule counts from %s of these:",
		    hrv_doc_true(doc, "any_of") ? "one" : "all");
	for (size_t i = 0; i < n; i++) {
		const char *event = hrv_doc_text(hrv_doc_at(list, i));

		if (enter(doc, event, command, sizeof(command)))
			say(c, "%s is entered with '%s'", event, command);
		else if (n > 1)
			say(c, "%s", event);
	}
}

void
record_say_unused(const struct cli *c, const struct hrv_doc *doc)
{
	const struct hrv_doc *list = hrv_doc_get(doc, "unused");

	for (size_t i = 0; i < hrv_doc_len(list); i++)
		say(c,
		    "it is noted, but no rule of this class counts from %s: it "
		    "moves no date",
		    hrv_doc_text(hrv_doc_at(list, i)));
}

/* One sentence about the end, on standard error. */
static void
say_dates(const struct cli *c, const struct hrv_doc *doc)
{
	const char *keep = hrv_doc_str(doc, "keep_until");
	const char *from = hrv_doc_str(doc, "purge_from");

	if (is_date(keep) && is_date(from))
		say(c, "kept until %s; may be destroyed from %s", keep, from);
	else if (is_date(from))
		say(c, "may be destroyed from %s", from);
	else
		say_missing(c, doc);
	record_say_unused(c, doc);
}

int
record_print_stored(
    struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	const struct hrv_doc *old = hrv_doc_get(doc, "superseded");

	if (c->json)
		return out_doc(c, doc, NULL, err);
	if (old == NULL)
		out_line(c, "%s", hrv_doc_str(doc, "id"));
	else
		out_line(c, "%s version %lld", hrv_doc_str(doc, "id"),
		    (long long)hrv_doc_int(doc, "version", 0));
	say_dates(c, doc);
	return HRV_OK;
}

static const char *
or_dash(const struct hrv_doc *doc, const char *key)
{
	const char *text = hrv_doc_str(doc, key);

	return text == NULL ? "-" : text;
}

static void
print_sentences(struct cli *c, const struct hrv_doc *list)
{
	for (size_t i = 0; i < hrv_doc_len(list); i++)
		out_wrapped(c, 2, "- ", hrv_doc_text(hrv_doc_at(list, i)));
}

static void
print_version(struct cli *c, const struct hrv_doc *doc)
{
	out_line(c, "state %s, kept until %s, may be destroyed from %s",
	    or_dash(doc, "state"), or_dash(doc, "keep_until"),
	    or_dash(doc, "purge_from"));
	print_sentences(c, hrv_doc_get(doc, "reasons"));
}

int
record_print_explained(
    struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	const struct hrv_doc *older = hrv_doc_get(doc, "older");
	const char *state = hrv_doc_str(doc, "state");
	char line[160];

	if (c->json)
		return out_doc(c, doc, NULL, err);
	snprintf(line, sizeof(line), "%s, class %s, as of %s",
	    or_dash(doc, "record"), or_dash(doc, "class"), or_dash(doc, "on"));
	out_heading(c, line);
	if (state != NULL && strcmp(state, "purged") == 0)
		print_sentences(c, hrv_doc_get(doc, "reasons"));
	else
		print_version(c, doc);
	if (hrv_doc_len(hrv_doc_get(doc, "protection")) > 0) {
		out_heading(c, "What else counts now");
		print_sentences(c, hrv_doc_get(doc, "protection"));
	}
	for (size_t i = 0; i < hrv_doc_len(older); i++) {
		const struct hrv_doc *o = hrv_doc_at(older, i);

		snprintf(line, sizeof(line), "Version %lld, superseded on %s",
		    (long long)hrv_doc_int(o, "version", 0),
		    or_dash(o, "superseded"));
		out_heading(c, line);
		print_version(c, o);
	}
	return HRV_OK;
}
