/* SPDX-License-Identifier: ISC */
/*
 * Packages and letters of a case, for the table of cmd_case.c, and the
 * templates that both are made from. Layer: cli.
 */
#ifndef CLI_CASE_H
#define CLI_CASE_H

#include "cli/command.h"
#include "hrvault/case.h"
#include "cli/out.h"

extern const struct opt case_export_options[];
extern const struct opt case_letter_options[];
/* Makes the package; no file is left after a failure. */
int case_export_run(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* Writes a letter; no file is left after a failure. */
int case_letter_run(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

/* A file that was read. */
struct text {
	char *s;
	size_t len;
};
/* Templates that were read. Starts zeroed; given back with pages_clear(). */
struct pages {
	struct text index, letter, frame;
};
/* Each reads one: by the language of --lang (default en), or `file` where it
 * is not NULL. HRV_EUSAGE names the languages there are. */
int pages_index(struct cli *c, const char *file, struct pages *p,
    struct hrv_err *err) HRV_MUST_CHECK;
int pages_letter(struct cli *c, const char *kind, const char *file,
    struct pages *p, struct hrv_err *err) HRV_MUST_CHECK;
/* What stands around a letter that is a page; the same for every language. */
int pages_frame(
    struct cli *c, struct pages *p, struct hrv_err *err) HRV_MUST_CHECK;
/* As the verbs take them; borrowed from p. */
struct hrv_case_pages pages_use(const struct pages *p);
void pages_clear(struct pages *p);

/* case_work.c: what becomes of the records of a case. */
int case_collect_run(struct cli *c, struct hrv_err *err);
int case_decide_run(struct cli *c, struct hrv_err *err);
int case_withhold_run(struct cli *c, struct hrv_err *err);
int case_redact_run(struct cli *c, struct hrv_err *err);
int case_signoff_run(struct cli *c, struct hrv_err *err);
int case_contribute_run(struct cli *c, struct hrv_err *err);
/* case_named.c: says that a record version names people whom nobody linked (a
 * row of `named`), and what can be done about it. */
void case_say_named(const struct cli *c, const struct hrv_doc *row);
void case_say_named_next(const struct cli *c, const char *kase);
extern const struct opt case_collect_options[];
extern const struct opt case_decide_options[];
extern const struct opt case_withhold_options[];
extern const struct opt case_redact_options[];
extern const struct opt case_signoff_options[];

struct hrv_doc;
/* How many records of a case stand how; other words for an erasure. */
const struct out_field *case_count_fields(const struct hrv_doc *doc);
/* Columns of a table of a case's records. */
extern const struct out_field case_item_columns[];
/* A table under a heading, for people; nothing with --json or when empty. */
int case_print_list(struct cli *c, const char *heading,
    const struct hrv_doc *list, const struct out_field *columns,
    struct hrv_err *err);
/* Cases of other rights: case_rights.c. */
#define case_erase_more                                                        \
	"Two people order it once, and approve what 'case keep' keeps. From "  \
	"then on each\nrun of the purge destroys what need not be kept any "   \
	"longer; what the law or a\nprotection keeps follows by itself when "  \
	"that ends. Where nothing can go, that is the\nanswer."
#define case_keep_more                                                         \
	"It counts with the answer that two people approve ('case erase'), "   \
	"and can be taken\nback until that is delivered. What they ordered "   \
	"is kept by two people only."
#define case_resolve_more                                                      \
	"A restriction that is granted restricts at once. An objection "       \
	"restricts while it\nis open; rejected, that ends when the answer "    \
	"was delivered."
extern const struct opt case_keep_options[];
extern const struct opt case_resolve_options[];
extern const struct opt case_told_options[];
/* Orders an erasure. */
int case_erase_run(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* Keeps a record of one on a ground. */
int case_keep_run(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* Decides about a correction, a restriction or an objection. */
int case_resolve_run(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* What came of a case. */
int case_outcome_run(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* A recipient was told. */
int case_told_run(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

#endif
