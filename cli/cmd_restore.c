/* SPDX-License-Identifier: ISC */
/*
 * hrvault restore. Layer: cli. Both the new folder and, for a drill, the live
 * vault are opened here.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/context.h"
#include "cli/input.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/restore.h"
#include "hrvault/backup.h"

#define CHECKPOINT_MAX (1 << 20)

/* The checkpoints that were named, as texts. */
struct notes {
	char **list;
	size_t n;
};

static int
read_notes(struct cli *c, struct notes *t, struct hrv_err *err)
{
	size_t n = opt_count(c, "checkpoint");
	int rc = HRV_OK;

	t->list = calloc(n + 1, sizeof(*t->list));
	if (t->list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (; rc == HRV_OK && t->n < n; t->n++)
		rc = input_read_file(c, opt_nth(c, "checkpoint", t->n)->text,
		    CHECKPOINT_MAX, &t->list[t->n], NULL, err);
	return rc;
}

static int
show(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	bool drill = opt_text(c, "drill") != NULL;
	int rc = restore_print(c, doc, drill, err);

	if (rc == HRV_OK && drill && !hrv_doc_true(doc, "ok"))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "what comes back from these backups is not what the vault "
		    "holds");
	return rc;
}

/* The new folder is there by then: whoever approves, and whoever looks, names
 * it. */
static int
say_built(struct cli *c, struct hrv_err *err)
{
	static const char nothing[] = "nothing was done: ";
	struct hrv_err was = *err;
	const char *rest = was.msg;

	if (strncmp(rest, nothing, strlen(nothing)) == 0)
		rest += strlen(nothing);
	hrv_fail_as(err, HRV_ECONFIRM, was.name,
	    "the new folder was built, and opens only to be approved: %s",
	    rest);
	if (was.hint[0] != '\0')
		hrv_hint(err, "%s", was.hint);
	c->vault_dir = opt_text(c, "to");
	return HRV_ECONFIRM;
}

static int
carry_out(struct cli *c, struct hrv_restore_args *a, struct hrv_doc **ret,
    struct hrv_err *err)
{
	const char *drill = opt_text(c, "drill");
	const char *dir = drill != NULL ? drill : opt_text(c, "to");
	struct context x;
	int rc;

	if ((drill == NULL) == (opt_text(c, "to") == NULL)) {
		hrv_fail(err, HRV_EUSAGE,
		    "one of --to DIR and --drill DIR is needed");
		return hrv_hint(err, "hrvault restore DIR --to NEW --escrow E");
	}
	rc = context_init(c, dir, &x, err);
	if (rc != HRV_OK)
		return rc;
	a->open = x.open;
	if (drill == NULL) {
		rc = hrv_restore(a, ret, err);
		if (rc == HRV_ECONFIRM && access(dir, F_OK) == 0)
			rc = say_built(c, err);
	} else {
		rc = context_open(c, err);
		if (rc == HRV_OK)
			rc = hrv_restore_drill(c->vault, a, ret, err);
	}
	context_clear(&x);
	return rc;
}

static int
run_restore(struct cli *c, struct hrv_err *err)
{
	struct hrv_restore_args a = { .records = arg(c, 0),
		.snapshot = opt_text(c, "snapshot"),
		.keys = opt_text(c, "keys"),
		.log = opt_text(c, "log"),
		.escrow = opt_text(c, "escrow"),
		.accept_loss = opt_flag(c, "accept-loss"),
		.without_log = opt_flag(c, "without-log") };
	struct notes t = { NULL, 0 };
	struct hrv_doc *doc = NULL;
	int rc = read_notes(c, &t, err);

	a.checkpoints = (const char *const *)t.list;
	a.n_checkpoints = t.n;
	if (rc == HRV_OK)
		rc = carry_out(c, &a, &doc, err);
	if (rc == HRV_OK)
		rc = show(c, doc, err);
	hrv_doc_free(doc);
	for (size_t i = 0; t.list != NULL && i < t.n; i++)
		input_free(t.list[i]);
	free(t.list);
	return rc;
}

static const struct opt options[] = {
	{ "to", OPT_FILE, "NEW", "the new folder of the vault", 0 },
	{ "drill", OPT_FILE, "SCRATCH",
	    "only try it here, compare with the live vault, destroy it again",
	    0 },
	{ "escrow", OPT_FILE, "DIR",
	    "the escrow folder with the private halves of the epochs", 0 },
	{ "keys", OPT_FILE, "DIR|FILE",
	    "where the key backup is, unless in the same folder", 0 },
	{ "log", OPT_FILE, "DIR|FILE",
	    "where the log backup is, unless in the same folder", 0 },
	{ "snapshot", OPT_TEXT, "B",
	    "this backup of the records, not the "
	    "newest",
	    0 },
	{ "checkpoint", OPT_FILE, NULL,
	    "a signed head that somebody remembers: the log must reach it",
	    OPT_MANY },
	{ "accept-loss", OPT_FLAG, NULL,
	    "go on although somebody remembers more of the log: two people "
	    "give up the rest",
	    0 },
	{ "without-log", OPT_FLAG, NULL,
	    "go on although there is no backup of the log; takes two others",
	    0 },
	OPT_END,
};

static const struct command verbs[] = {
	{ .args = "DIR",
	    .summary = "Bring a vault back from its backups",
	    .more = "DIR is the folder of 'backup records'. The vault is built "
		    "in a new folder and\nverified; what was destroyed since "
		    "is destroyed again, and what was held is\nheld. It opens "
		    "once somebody else has approved it: then repeat the "
		    "command.\n\nA live vault beside it is not changed. But "
		    "the log goes on in the new one under\nanother origin, "
		    "and each account remembers the newest it saw: whoever "
		    "has used the\nnew vault gets exit 9 (rollback) from the "
		    "old one. To try a restore, use --drill.",
	    .examples =
		"hrvault restore /backup/vault --to /srv/vault --escrow "
		"/media/escrow\n"
		"hrvault restore /backup/vault --drill /tmp/drill --escrow "
		"/media/escrow",
	    .options = options,
	    .min_args = 1,
	    .max_args = 1,
	    .run = run_restore },
	CMD_END,
};
const struct noun noun_restore = { "restore",
	"Bring a vault back from its backups", verbs };
