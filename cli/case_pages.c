/* SPDX-License-Identifier: ISC */
/*
 * The templates of what a requester reads, by language, and hrvault case
 * letter. Layer: cli.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/case.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/shipped.h"
#include "hrvault/docmake.h"

/* A language is part of a file's name. */
static int
check_lang(const char *lang, struct hrv_err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789";

	if (lang[0] != '\0' && lang[0] != '-' && strlen(lang) <= 15 &&
	    strspn(lang, letters) == strlen(lang))
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE, "--lang takes the code of a language");
	return hrv_hint(err, "--lang en; a template of your own is given by "
			     "its path, see --help");
}

static const char *
lang_of(const struct cli *c)
{
	const char *lang = opt_text(c, "lang");

	return lang == NULL ? "en" : lang;
}

static void
add_lang(void *ctx, const char *id)
{
	char *all = ctx;
	size_t n = strlen(all);

	if (n + strlen(id) + 2 < 100)
		snprintf(all + n, 100 - n, " %s", id);
}

/* By the name of a file that a language has, or the caller's own file. */
static int
read_template(struct cli *c, const char *kind, const char *name,
    const char *file, struct text *ret, struct hrv_err *err)
{
	char all[100] = "";
	int rc;

	if (file != NULL)
		return shipped_read(c, NULL, file, &ret->s, &ret->len, err);
	if (shipped_has(kind, name))
		return shipped_read(c, kind, name, &ret->s, &ret->len, err);
	shipped_each(SHIPPED_TEMPLATES, add_lang, all);
	rc = hrv_fail(err, HRV_EUSAGE, "there is no template in that language");
	hrv_hint(err, "the languages there are:%s", all);
	return rc;
}

int
pages_letter(struct cli *c, const char *kind, const char *file, struct pages *p,
    struct hrv_err *err)
{
	const char *lang = lang_of(c);
	char name[64];
	int rc = check_lang(lang, err);

	if (rc != HRV_OK)
		return rc;
	snprintf(name, sizeof(name), "%s-%s", lang, kind);
	return read_template(c, SHIPPED_LETTERS, name, file, &p->letter, err);
}

int
pages_frame(struct cli *c, struct pages *p, struct hrv_err *err)
{
	return shipped_read(
	    c, SHIPPED_FRAMES, "letter", &p->frame.s, &p->frame.len, err);
}

int
pages_index(
    struct cli *c, const char *file, struct pages *p, struct hrv_err *err)
{
	const char *lang = lang_of(c);
	int rc = check_lang(lang, err);

	if (rc != HRV_OK)
		return rc;
	return read_template(c, SHIPPED_TEMPLATES, lang, file, &p->index, err);
}

struct hrv_case_pages
pages_use(const struct pages *p)
{
	return (struct hrv_case_pages){ .page = p->index.s,
		.page_len = p->index.len,
		.letter = p->letter.s,
		.letter_len = p->letter.len,
		.frame = p->frame.s,
		.frame_len = p->frame.len };
}

void
pages_clear(struct pages *p)
{
	input_free(p->index.s);
	input_free(p->letter.s);
	input_free(p->frame.s);
}

/* ---- hrvault case letter ------------------------------------------------ */

static int
write_raw(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	return out_contents(ctx, data, len, err);
}

static enum hrv_case_letter
kind_of(const struct cli *c)
{
	const char *name = opt_text(c, "kind");
	enum hrv_case_letter k = HRV_LETTER_COVER;

	while (k < HRV_LETTER_ACKNOWLEDGED &&
	       strcmp(name, hrv_case_letter_name(k)) != 0)
		k++;
	return k;
}

/* A page of HTML, where it is said or the name of the file says so. */
static bool
wants_html(const struct cli *c, const char *output)
{
	size_t n = strlen(output);

	return opt_flag(c, "html") ||
	       (n > 5 && strcmp(output + n - 5, ".html") == 0);
}

/* Where it named other people: whoever sends it reads it again. */
static void
warn_replaced(struct cli *c, const struct hrv_doc *lines)
{
	for (size_t i = 0; i < hrv_doc_len(lines); i++)
		say(c,
		    "line %lld of what was typed names somebody else: a "
		    "letter stands for the name; read it before it goes out",
		    (long long)hrv_doc_number(hrv_doc_at(lines, i)));
}

int
case_letter_run(struct cli *c, struct hrv_err *err)
{
	const char *output = opt_text(c, "output");
	bool out = strcmp(output, "-") == 0;
	struct hrv_case_letter_args a = { .which = arg(c, 0),
		.kind = kind_of(c),
		.output = out ? NULL : output,
		.write = write_raw,
		.ctx = c };
	struct pages p = { .index = { NULL, 0 } };
	struct hrv_doc *doc = NULL;
	int rc = HRV_OK;

	if (out && c->json)
		return hrv_fail(err, HRV_EUSAGE,
		    "with --json, standard output is for the answer");
	rc = pages_letter(
	    c, hrv_case_letter_name(a.kind), opt_text(c, "template"), &p, err);
	if (rc == HRV_OK && wants_html(c, output))
		rc = pages_frame(c, &p, err);
	a.pages = pages_use(&p);
	if (rc == HRV_OK)
		rc = hrv_case_letter(c->vault, &a, &doc, err);
	if (rc == HRV_OK && !out)
		rc = out_doc(c, doc, NULL, err);
	if (rc == HRV_OK)
		warn_replaced(c, hrv_doc_get(doc, "replaced_lines"));
	hrv_doc_free(doc);
	pages_clear(&p);
	return rc;
}

const struct opt case_letter_options[] = {
	{ "kind", OPT_CHOICE,
	    "cover|outcome|refusal|extension|identity|clarification|"
	    "acknowledgement",
	    "what it tells", OPT_NEEDED },
	{ "output", OPT_FILE, "FILE|-", "the letter; never overwritten",
	    OPT_NEEDED },
	{ "html", OPT_FLAG, NULL,
	    "a page instead of plain text; also where FILE ends in .html", 0 },
	{ "lang", OPT_TEXT, "CODE", "language of the template; default en", 0 },
	{ "template", OPT_FILE, "FILE", "a template of your own instead", 0 },
	OPT_END,
};
