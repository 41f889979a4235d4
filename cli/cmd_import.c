/* SPDX-License-Identifier: ISC */
/*
 * hrvault import: many people from one file. Layer: cli. What was rejected is
 * said by row and column, and goes, with the rows, into a file of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/context.h"
#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/process.h"
#include "cli/progress.h"
#include "cli/rejects.h"
#include "cli/shipped.h"
#include "hrvault/docmake.h"
#include "hrvault/import.h"

#define ERRORS_MAX 10000 /* in one JSON document */
#define ERRORS_SAID 10	 /* on standard error, unless all are asked for */

/* One run. */
struct run {
	struct cli *c;
	bool check;
	struct rejects rejects;
	const char *rejects_path;
	struct hrv_doc *errors; /* with --json */
	uint64_t n_errors;
	struct progress progress;
};

static int
progress(void *ctx, uint64_t done, uint64_t total, struct hrv_err *err)
{
	struct run *r = ctx;

	if (process_interrupted()) {
		progress_wipe(&r->progress);
		hrv_fail(err, HRV_EINTERRUPTED,
		    total == 0 ? "interrupted while the file was read; "
				 "nothing was stored"
			       : "interrupted; %llu of %llu rows are done and "
				 "stay",
		    (unsigned long long)done, (unsigned long long)total);
		return hrv_hint(err, "run the import again: it goes on where "
				     "it stopped");
	}
	progress_show(&r->progress, done, total);
	return HRV_OK;
}

static struct hrv_doc *
error_doc(const struct hrv_import_reject *e)
{
	struct hrv_doc *doc = hrv_doc_new_object();
	bool ok = hrv_doc_set_int(doc, "row", (int64_t)e->row) &&
		  hrv_doc_set_int(doc, "line", (int64_t)e->line);

	if (ok && e->column > 0)
		ok = hrv_doc_set_int(doc, "column", (int64_t)e->column);
	if (ok && e->heading != NULL)
		ok = hrv_doc_set_str(doc, "heading", e->heading);
	if (ok && e->about != NULL)
		ok = hrv_doc_set_str(doc, "about", e->about);
	if (ok && hrv_doc_set_str(doc, "reason", e->reason))
		return doc;
	hrv_doc_free(doc);
	return NULL;
}

/* "row 12, column 3 (DOB), birth date: ..." */
static char *
sentence(const struct hrv_import_reject *e)
{
	char column[32] = "", *text;

	if (e->column > 0)
		(void)snprintf(
		    column, sizeof(column), ", column %zu", e->column);
	if (asprintf(&text, "row %llu%s%s%s%s%s%s: %s",
		(unsigned long long)e->row, column,
		e->heading == NULL ? "" : " (",
		e->heading == NULL ? "" : e->heading,
		e->heading == NULL ? "" : ")", e->about == NULL ? "" : ", ",
		e->about == NULL ? "" : e->about, e->reason) < 0)
		return NULL;
	return text;
}

static int
reject(void *ctx, const struct hrv_import_reject *e, struct hrv_err *err)
{
	struct run *r = ctx;
	char *text;
	int rc = HRV_OK;

	r->n_errors++;
	if (!r->check)
		rc = rejects_add(&r->rejects, e, err);
	if (rc != HRV_OK)
		return rc;
	if (r->c->json) {
		if (r->n_errors <= ERRORS_MAX &&
		    !hrv_doc_add(r->errors, error_doc(e)))
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		return HRV_OK;
	}
	text = sentence(e);
	if (text == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	progress_wipe(&r->progress);
	if (r->check)
		out_text(r->c, "", text);
	else if (r->n_errors <= ERRORS_SAID)
		say(r->c, "%s", text);
	free(text);
	return HRV_OK;
}

/* The last part of a path. */
static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int
open_input(const char *path, int *ret_fd, struct hrv_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0) {
		input_not_opened(errno, err);
		return hrv_hint(err, "hrvault import FILE --map MAP");
	}
	*ret_fd = fd;
	return HRV_OK;
}

/* Where rejected rows go; allocated, NULL when out of memory. */
static char *
rejects_name(const char *given, const char *file)
{
	char *path = NULL;

	if (given != NULL)
		return strdup(given);
	if (asprintf(&path, "%s.rejects.csv", base_name(file)) < 0)
		return NULL;
	return path;
}

static int
open_rejects(struct run *r, int fd, struct hrv_err *err)
{
	int rc;

	if (r->check)
		return HRV_OK;
	if (r->rejects_path == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = rejects_open(&r->rejects, fd, r->rejects_path, err);
	if (rc == HRV_EEXISTS) {
		hrv_fail(err, HRV_EEXISTS,
		    "the file for rejected rows is there already; nothing was "
		    "imported");
		hrv_hint(err, "remove it, or name another with --rejects FILE");
	}
	return rc;
}

static void
print_check(struct cli *c, const struct hrv_doc *doc)
{
	long long waiting = (long long)hrv_doc_int(doc, "waiting", 0);

	long long rows = (long long)hrv_doc_int(doc, "rows", 0);
	long long added = (long long)hrv_doc_int(doc, "added", 0);
	long long records = (long long)hrv_doc_int(doc, "records", 0);

	out_line(c,
	    "%lld row%s read, %lld would be rejected; nothing was stored", rows,
	    out_s(rows), (long long)hrv_doc_int(doc, "rejected", 0));
	out_line(c,
	    "an import would add %lld %s, update %lld, leave %lld unchanged "
	    "and store %lld record%s",
	    added, out_people(added), (long long)hrv_doc_int(doc, "updated", 0),
	    (long long)hrv_doc_int(doc, "unchanged", 0), records,
	    out_s(records));
	if (waiting > 0)
		out_line(c,
		    "%lld more would get a new version of their record, which "
		    "takes two people here: the import proposes it",
		    waiting);
}

static void
print_done(struct cli *c, const struct hrv_doc *doc)
{
	long long rows = (long long)hrv_doc_int(doc, "rows", 0);
	long long added = (long long)hrv_doc_int(doc, "added", 0);
	long long records = (long long)hrv_doc_int(doc, "records", 0);

	out_line(c,
	    "%lld row%s: %lld %s added, %lld updated, %lld unchanged, %lld "
	    "rejected; %lld record%s stored",
	    rows, out_s(rows), added, out_people(added),
	    (long long)hrv_doc_int(doc, "updated", 0),
	    (long long)hrv_doc_int(doc, "unchanged", 0),
	    (long long)hrv_doc_int(doc, "rejected", 0), records,
	    out_s(records));
}

static int
print(struct run *r, struct hrv_doc *doc, struct hrv_err *err)
{
	const char *path = r->rejects.rows > 0 ? r->rejects_path : NULL;

	if (r->c->json) {
		bool ok = r->check || hrv_doc_set_str(doc, "rejects", path);

		ok = ok && hrv_doc_set(doc, "errors", r->errors);
		r->errors = NULL;
		if (ok && r->n_errors > ERRORS_MAX)
			ok = hrv_doc_set_int(doc, "errors_left_out",
			    (int64_t)r->n_errors - ERRORS_MAX);
		return ok ? out_doc(r->c, doc, NULL, err)
			  : hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (r->n_errors > ERRORS_SAID && !r->check)
		say(r->c, "... and %llu more reasons",
		    (unsigned long long)r->n_errors - ERRORS_SAID);
	if (r->check)
		print_check(r->c, doc);
	else
		print_done(r->c, doc);
	if (hrv_doc_get(doc, "documents") != NULL && !r->check)
		out_line(r->c, "%lld documents stored",
		    (long long)hrv_doc_int(doc, "documents", 0));
	if (hrv_doc_int(doc, "folders_unused", 0) > 0)
		say(r->c,
		    "%lld folders of documents belong to no row that could be "
		    "stored",
		    (long long)hrv_doc_int(doc, "folders_unused", 0));
	return HRV_OK;
}

/* Some rows bring a new version, which a second person is to approve. */
static int
waits(const struct hrv_doc *doc, struct hrv_err *err)
{
	const char *id = hrv_doc_str(doc, "proposal");
	long long bad = (long long)hrv_doc_int(doc, "rejected", 0);
	char also[64] = "";

	if (bad > 0)
		(void)snprintf(also, sizeof(also), ", %lld were rejected", bad);
	hrv_fail_as(err, HRV_ECONFIRM, "approval",
	    "%lld of %lld rows wait: a new version of a record takes two "
	    "people "
	    "here, and %s waits for the second; the other rows are done%s",
	    (long long)hrv_doc_int(doc, "waiting", 0),
	    (long long)hrv_doc_int(doc, "rows", 0), id == NULL ? "?" : id,
	    also);
	return hrv_hint(err,
	    "another member (dpo, or hr with the compartments it touches) "
	    "runs: hrvault proposal approve %s; then repeat this command with "
	    "the same file",
	    id == NULL ? "P" : id);
}

/* Some rows did not get in: that is what the exit code says. */
static int
partly(const struct run *r, const struct hrv_doc *doc, struct hrv_err *err)
{
	long long rows = (long long)hrv_doc_int(doc, "rows", 0);
	long long bad = (long long)hrv_doc_int(doc, "rejected", 0);

	if (hrv_doc_int(doc, "waiting", 0) > 0 && !r->check)
		return waits(doc, err);
	if (bad == 0)
		return HRV_OK;
	if (r->check) {
		hrv_fail(err, HRV_EPARTIAL,
		    "%lld of %lld rows would be rejected", bad, rows);
		return hrv_hint(err, "an import would store the others");
	}
	hrv_fail(
	    err, HRV_EPARTIAL, "%lld of %lld rows were rejected", bad, rows);
	return hrv_hint(err,
	    "they stand with their reasons in %s: put right what is wrong in "
	    "the file, and here what a reason names a command for; then delete "
	    "that one and import again",
	    r->rejects_path);
}

static int
carry_out(struct run *r, struct hrv_import_args *a, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	struct hrv_err ignored;
	int rc = hrv_import(r->c->vault, a, &doc, err);

	progress_wipe(&r->progress);
	/* Rows that were rejected before a failure are kept as well. */
	if (r->rejects.to != NULL && rc == HRV_OK)
		rc = rejects_end(&r->rejects, err);
	else if (r->rejects.to != NULL)
		(void)!rejects_end(&r->rejects, &ignored);
	if (rc == HRV_OK)
		rc = print(r, doc, err);
	if (rc == HRV_OK)
		rc = partly(r, doc, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_import(struct cli *c, struct hrv_err *err)
{
	char *rejects_path = rejects_name(opt_text(c, "rejects"), arg(c, 0));
	struct run r = { .c = c,
		.check = opt_flag(c, "check"),
		.rejects = REJECTS_INIT,
		.rejects_path = rejects_path };
	struct hrv_import_args a = { .fd = -1,
		.file = base_name(arg(c, 0)),
		.map_name = opt_text(c, "map"),
		.documents = opt_text(c, "documents"),
		.check = r.check,
		.reject = reject,
		.progress = progress,
		.ctx = &r };
	char *map = NULL;
	int rc = open_input(arg(c, 0), &a.fd, err);

	if (rc == HRV_OK && a.map_name != NULL)
		rc = shipped_read(
		    c, SHIPPED_MAPS, a.map_name, &map, &a.map_len, err);
	a.map = map;
	if (rc == HRV_OK)
		rc = open_rejects(&r, a.fd, err);
	r.errors = hrv_doc_new_array();
	if (rc == HRV_OK && r.errors == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	progress_begin(&r.progress, c, "rows");
	process_poll_interrupts();
	if (rc == HRV_OK)
		rc = carry_out(&r, &a, err);
	rejects_clear(&r.rejects);
	free(rejects_path);
	hrv_doc_free(r.errors);
	input_free(map);
	if (a.fd >= 0)
		close(a.fd);
	return rc;
}

static const struct opt options[] = {
	{ "map", OPT_TEXT, "MAP",
	    "what the columns mean: an id or a file; a JSON Resume and a "
	    "package "
	    "need none",
	    0 },
	{ "check", OPT_FLAG, NULL,
	    "store nothing; say what would be, and every mistake by row and "
	    "column",
	    0 },
	{ "documents", OPT_FILE, "DIR",
	    "store the files in DIR/NUMBER/CLASS/ with these people; of a "
	    "package, its folder documents",
	    0 },
	{ "rejects", OPT_FILE, "FILE",
	    "where rejected rows go; default FILE.rejects.csv in this folder",
	    0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .args = "FILE",
	    .summary = "Take in many people from CSV, JSON Lines or a resume",
	    .more =
		"A row is stored whole or rejected whole. The same file "
		"imported again adds nobody:\npeople are known by their "
		"number, or else by name and e-mail address.\nRejected rows "
		"go, with reasons, to a file that only you can read (exit 3).",
	    .examples = "hrvault import staff.csv --map bamboohr --check\n"
			"hrvault import staff.csv --map ./our-map.cfg\n"
			"hrvault import resume.json\n"
			"hrvault import data.json --documents documents",
	    .options = options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_import },
	CMD_END,
};
const struct noun noun_import = { "import", "Take in many people from a file",
	verbs };
