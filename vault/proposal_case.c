/* SPDX-License-Identifier: ISC */
/*
 * What a proposal about a case would do, in sentences. Layer: verbs; pure.
 */
#include <stdio.h>
#include <string.h>

#include "vault/proposal.h"
#include "vault/proposal_rule.h"

/* Versions that are erased, or kept of what was asked for. */
static int
version_words(const json_t *rows, json_t *list, struct hrv_err *err)
{
	struct buf line = BUF_INIT;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(rows); i++) {
		const json_t *r = json_array_get(rows, i);

		buf_reset(&line);
		buf_addf(&line, "%s version %lld, class %s",
		    proposal_text(r, "record"),
		    (long long)json_int(r, "version", 0),
		    proposal_text(r, "class"));
		if (json_str(r, "ground") != NULL)
			buf_addf(&line, ", is kept on the ground '%s'",
			    proposal_text(r, "ground"));
		rc = proposal_line(list, &line, err);
	}
	buf_clear(&line);
	return rc;
}

static void
erased_words(size_t n, struct buf *line)
{
	buf_adds(line, "what is erased is ");
	proposal_add_count(line, (long long)n, "version");
	buf_adds(line, " of records, each by the first run after the notice "
		       "that finds nothing which keeps it, now or later:");
}

static int
erase_words(const json_t *what, json_t *list, struct hrv_err *err)
{
	const json_t *records = json_object_get(what, "records");
	size_t n = json_array_size(records);
	struct buf line = BUF_INIT;
	int rc;

	buf_addf(&line, "for %s ", proposal_text(what, "case"));
	if (n == 0)
		buf_adds(&line, "nothing is erased");
	else
		erased_words(n, &line);
	rc = proposal_line(list, &line, err);
	buf_clear(&line);
	if (rc == HRV_OK)
		rc = version_words(records, list, err);
	return rc == HRV_OK
		   ? version_words(json_object_get(what, "kept"), list, err)
		   : rc;
}

/* How many of them; what was counted is approved with the rest. */
static void
totals_words(const json_t *e, struct buf *line)
{
	static const char *const kinds[] = { "disclosed", "redacted",
		"withheld", "destroyed" };

	if (json_str(e, "right") == NULL)
		return;
	buf_addf(line,
	    ", for the right '%s' of %s: ", proposal_text(e, "right"),
	    proposal_text(e, "subject"));
	proposal_add_count(
	    line, (long long)json_int(e, "records", 0), "record");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		buf_addf(line, "%s %lld %s", i == 0 ? ", of which" : ",",
		    (long long)json_int(e, kinds[i], 0), kinds[i]);
	buf_addf(
	    line, "; %lld undecided", (long long)json_int(e, "undecided", 0));
}

/* Recipients of data whom the package does not name. */
static void
untold_words(const json_t *list, struct buf *line)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		buf_addf(line,
		    "; that %s was given data is not told in it (%s)",
		    proposal_text(one, "recipient"),
		    proposal_text(one, "code"));
	}
}

static const char *
export_to(const char *form)
{
	if (strcmp(form, "openpgp-key") == 0)
		return "it is encrypted to one OpenPGP key alone, which stands "
		       "with the reason";
	return strcmp(form, "zip-passphrase") == 0
		   ? "it is a ZIP file under a passphrase: whoever gets both "
		     "can read it"
		   : "it is an OpenPGP message under a passphrase: whoever "
		     "gets both can read it";
}

/* What goes out, how it is closed, and where it is read one by one. */
static int
export_words(const struct proposal_row *p, json_t *list, struct hrv_err *err)
{
	const json_t *effects = json_object_get(p->json, "effects");
	const char *kase = proposal_text(p->what, "case");
	struct buf line = BUF_INIT;
	int rc;

	buf_addf(&line,
	    "the package of %s is handed out to the proposer for the person",
	    kase);
	totals_words(effects, &line);
	untold_words(json_object_get(p->what, "untold"), &line);
	rc = proposal_line(list, &line, err);
	if (rc == HRV_OK && json_object_get(effects, "named") != NULL)
		rc = proposal_effects(effects, list, err);
	buf_reset(&line);
	buf_adds(&line, export_to(proposal_text(p->what, "form")));
	if (rc == HRV_OK)
		rc = proposal_line(list, &line, err);
	buf_reset(&line);
	buf_addf(&line,
	    "'hrvault case show %s' lists each record and what becomes of it "
	    "(hr, dpo)",
	    kase);
	if (rc == HRV_OK)
		rc = proposal_line(list, &line, err);
	buf_clear(&line);
	return rc;
}

static void
refuse_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "%s is refused on the ground '%s', in exactly the words of the "
	    "reason, which the person is told",
	    proposal_text(w, "case"), proposal_text(w, "ground"));
}

int
proposal_case_words(
    const struct proposal_row *p, json_t *list, struct hrv_err *err)
{
	struct buf line = BUF_INIT;
	int rc;

	if (strcmp(p->kind, "case.erase") == 0)
		return erase_words(p->what, list, err);
	if (strcmp(p->kind, "case.export") == 0)
		return export_words(p, list, err);
	refuse_words(p->what, &line);
	rc = proposal_line(list, &line, err);
	buf_clear(&line);
	return rc == HRV_OK ? proposal_start_words(p->what, list, err) : rc;
}
