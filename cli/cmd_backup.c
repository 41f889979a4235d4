/* SPDX-License-Identifier: ISC */
/*
 * hrvault backup: records, keys, log, escrow, expire, list. Layer: cli.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/context.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/backup.h"
#include "hrvault/docmake.h"

#define DAYS 7
#define KEEP 5

static int
show(struct cli *c, int rc, struct hrv_doc *doc, struct hrv_err *err)
{
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}

static int
run_records(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_backup_records(c->vault, arg(c, 0), &doc, err);

	return show(c, rc, doc, err);
}

static int
run_keys(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_backup_keys(
	    c->vault, arg(c, 0), opt_text(c, "escrow"), &doc, err);

	return show(c, rc, doc, err);
}

static int
run_log(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_backup_log(c->vault, arg(c, 0), &doc, err);

	return show(c, rc, doc, err);
}

static int
run_escrow(struct cli *c, struct hrv_err *err)
{
	struct hrv_escrow_args a = { .dir = arg(c, 0),
		.n = opt_count(c, "custodian"),
		.days = opt_number(c, "days", DAYS),
		.keep = opt_number(c, "keep", KEEP) };
	const char **list = calloc(a.n + 1, sizeof(*list));
	struct hrv_doc *doc = NULL;
	int rc;

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < a.n; i++)
		list[i] = opt_nth(c, "custodian", i)->text;
	a.custodians = list;
	rc = hrv_backup_escrow(c->vault, &a, &doc, err);
	free(list);
	return show(c, rc, doc, err);
}

/* The document is shown also when a file was missing. */
static int
run_expire(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	struct hrv_err ignored;
	int rc = hrv_backup_expire(c->vault, opt_text(c, "escrow"), &doc, err);

	if (rc != HRV_EPARTIAL)
		return show(c, rc, doc, err);
	(void)!out_doc(c, doc, NULL, &ignored);
	hrv_doc_free(doc);
	return rc;
}

/* The bytes of a copy of the log were counted before its last entry: for people
 * that is only another number than the command printed. */
static int
list_row(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct cli *c = ctx;
	const char *kind = hrv_doc_str(doc, "kind");
	struct hrv_doc *row;
	int rc;

	if (c->json || kind == NULL || strcmp(kind, "log") != 0)
		return out_row(c, doc, err);
	row = hrv_doc_new_object();
	rc = hrv_doc_set_str(row, "backup", hrv_doc_str(doc, "backup")) &&
		     hrv_doc_set_str(row, "kind", kind) &&
		     hrv_doc_set_str(row, "day", hrv_doc_str(doc, "day")) &&
		     hrv_doc_set_int(
			 row, "log_size", hrv_doc_int(doc, "log_size", 0))
		 ? out_row(c, row, err)
		 : hrv_fail(err, HRV_ENOMEM, "out of memory");
	hrv_doc_free(row);
	return rc;
}

static int
run_list(struct cli *c, struct hrv_err *err)
{
	static const struct out_field columns[] = {
		{ "backup", NULL, OUT_WHOLE }, { "kind", NULL, 0 },
		{ "day", NULL, 0 }, { "log_size", "entries", OUT_RIGHT },
		{ "bytes", NULL, OUT_RIGHT | OUT_MINOR },
		{ "copied", NULL, OUT_RIGHT | OUT_MINOR },
		{ "epoch", NULL, OUT_RIGHT | OUT_MINOR },
		{ "dies", "opens until", 0 }, { "opens", "still", OUT_YESNO },
		{ NULL, NULL, 0 }
	};
	int rc;

	out_list(c, columns, "no backups");
	rc = hrv_backup_list(c->vault, list_row, c, err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

static const struct opt keys_options[] = {
	{ "escrow", OPT_FILE, "DIR",
	    "the escrow folder; needed when an epoch begins", 0 },
	OPT_END,
};

static const struct opt expire_options[] = {
	{ "escrow", OPT_FILE, "DIR",
	    "the escrow folder; needed when an epoch is due", 0 },
	OPT_END,
};

static const struct opt escrow_options[] = {
	{ "custodian", OPT_TEXT, "KEY",
	    "OpenPGP key that opens the private halves: fingerprint, its tail "
	    "of 16 or more digits, or an address in the local keyring",
	    OPT_NEEDED | OPT_MANY },
	{ "days", OPT_NUMBER, "N", "days until an epoch closes (7)", 0 },
	{ "keep", OPT_NUMBER, "N",
	    "how many such spans after its beginning it dies (5)", 0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .verb = "records",
	    .args = "DIR",
	    .summary = "Copy the database and the sealed records",
	    .more = "Others go on working meanwhile. The second copy into a "
		    "folder takes only what\nis new. No key, anchor or slot "
		    "file is in it: keep it as long as you like, and\ncarry it "
		    "wherever you like.",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_records },
	{ .verb = "keys",
	    .args = "DIR",
	    .summary = "Copy the wrapped keys, sealed to an epoch",
	    .more = "Only the custodians can open it, and only until the "
		    "epoch's day: then 'backup\nexpire' destroys the private "
		    "half.",
	    .examples = "hrvault backup keys /backup/vault --escrow "
			"/media/escrow",
	    .options = keys_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_keys },
	{ .verb = "log",
	    .args = "DIR",
	    .summary = "Copy the log",
	    .more = "A restore needs it to know what was destroyed and held "
		    "since. Take it often;\nit is small.",
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_log },
	{ .verb = "escrow",
	    .args = "DIR",
	    .summary = "Register who keeps the keys of backups, and where",
	    .more = "DIR is a folder off this host, on a medium of its own. "
		    "Takes two people.",
	    .examples = "hrvault backup escrow /media/escrow --custodian "
			"6F2A...C41B",
	    .options = escrow_options,
	    .min_args = 1,
	    .max_args = 1,
	    .flags = CMD_VAULT,
	    .run = run_escrow },
	{ .verb = "expire",
	    .summary =
		"Destroy the private halves of epochs whose day has come",
	    .more = "After that their key backups open for nobody. A hold does "
		    "not prolong an epoch.\nEnds with exit 3 when a file was "
		    "not there to be destroyed.",
	    .options = expire_options,
	    .flags = CMD_VAULT,
	    .run = run_expire },
	{ .verb = "list",
	    .summary =
		"List backups, what they cover, and until when they open",
	    .flags = CMD_VAULT,
	    .run = run_list },
	CMD_END,
};
const struct noun noun_backup = { "backup", "Make copies, and let them die",
	verbs };
