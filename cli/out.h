/* SPDX-License-Identifier: ISC */
/*
 * What goes to standard output: data only, as text for people or, with
 * --json, as one document for a thing and JSON Lines for a list. Layer: cli.
 * Control and bidi characters of stored text never reach a terminal as they
 * are. A write that fails is an error of the command, also for a closed pipe.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/command.h"
#include "hrvault/doc.h"

/* A member of a result and how people see it. A list of them ends with
 * { NULL }. */
struct out_field {
	const char *key;
	const char *label; /* heading; NULL: the key, '_' shown as ' ' */
	unsigned flags;	   /* OUT_* */
};
#define OUT_RIGHT 1u /* align right: numbers */
#define OUT_YESNO 2u /* leave a cell empty instead of writing "no" */
#define OUT_PAPER 4u /* where a row has no such key: its "paper" */
#define OUT_WHOLE                                                              \
	8u	      /* an id that is never shortened: some command wants all \
		       */
#define OUT_SIZE 16u  /* a number of bytes */
#define OUT_MINOR 32u /* left out where a terminal has no room for all */

/* Makes and frees c->out. After out_end() nothing may be written. */
int out_begin(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* Writes what still waits and flushes. A list that stayed empty says so unless
 * the command failed. When any write failed: HRV_EPARTIAL where the command
 * was carried out all the same, else HRV_EIO. */
int out_end(struct cli *c, bool failed, struct hrv_err *err) HRV_MUST_CHECK;
void out_free(struct cli *c);

/* One thing: all its members, or those of `fields` where not NULL, one per
 * line. Absent members are left out, null is shown as "-", texts of a list
 * stand below their label. JSON: the document as it is. */
int out_doc(struct cli *c, const struct hrv_doc *doc,
    const struct out_field *fields, struct hrv_err *err) HRV_MUST_CHECK;

/* Begins a list with these columns. `none` is said on standard error when it
 * stays empty ("no members"). */
void out_list(struct cli *c, const struct out_field *columns, const char *none);
/* One element of it; ctx is the struct cli. Fits hrv_doc_fn. */
int out_row(
    void *ctx, const struct hrv_doc *doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Ends the list; out_end() does it too. */
int out_list_end(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

/* A line for people (printf style); nothing with --json. The text must not
 * come from a record; commands in it are fitted to --vault (cli/fitted.h). */
void out_line(struct cli *c, const char *fmt, ...) HRV_PRINTF(2, 3);
/* An empty line for people, between parts. */
void out_gap(struct cli *c);
/* The same as out_line() without a line end. */
void out_print(struct cli *c, const char *fmt, ...) HRV_PRINTF(2, 3);
/* A line of a head of ours and any text, made visible. */
void out_text(struct cli *c, const char *head, const char *text);
/* A text in lines of at most the terminal's width, each begun with `indent`
 * blanks, the first with `first` instead where not NULL. Text only, as
 * out_line(), but control characters are made visible. */
void out_wrapped(
    struct cli *c, int indent, const char *first, const char *text);
/* A heading for people: bold where the terminal can. */
void out_heading(struct cli *c, const char *text);
/* Contents asked for with --output -: they have left when it returns. HRV_EIO
 * else, and they count as not given out. */
int out_contents(struct cli *c, const void *data, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Bytes as they are. HRV_EIO. */
int out_raw(struct cli *c, const void *data, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Talk on standard error, "hrvault: ...": nothing with --quiet. */
void say(const struct cli *c, const char *fmt, ...) HRV_PRINTF(2, 3);

/* A time of the log ("2026-01-05T10:00:00.305950Z") as people read it,
 * "2026-01-05 10:00:00 UTC"; false and untouched where text is none. */
#define OUT_TIME_SIZE 24
bool out_time(const char *text, char ret[OUT_TIME_SIZE]);
/* The "s" of so many things, and what several of a person are. */
const char *out_s(int64_t n);
const char *out_people(int64_t n);
/* Bytes as people read them: "76.5 GiB". */
#define OUT_BYTES_SIZE 32
void out_bytes(int64_t n, char ret[OUT_BYTES_SIZE]);
/* Columns of the terminal, 80 where there is none, 40 to 100. */
int out_width(void);

#endif
