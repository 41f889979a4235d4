/* SPDX-License-Identifier: ISC */
/*
 * hrvault: from words to one command and its exit code. Layer: cli.
 * Invariant: the exit code is 0 only when the command returned success and
 * all of its output was written.
 */
#include <string.h>

#include "cli/command.h"
#include "cli/context.h"
#include "cli/exit.h"
#include "cli/help.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/process.h"

/* --help and --version, which run nothing. */
static int
show_page(struct cli *c, struct hrv_err *err)
{
	if (c->version)
		return help_version(c, err);
	c->json = false;
	if (c->cmd != NULL)
		help_command(c, c->noun, c->cmd);
	else if (c->noun != NULL)
		help_noun(c, c->noun);
	else
		help_overview(c);
	return HRV_OK;
}

/* Prepares what the command's row asks for, and runs it. */
static int
run(struct cli *c, struct hrv_err *err)
{
	int rc = HRV_OK;

	if ((c->cmd->flags & CMD_PURE) == 0)
		rc = hrv_start(err);
	if (rc == HRV_OK)
		rc = input_own_passphrase(c, err);
	if (rc == HRV_OK)
		rc = input_fill(c, err);
	if (rc == HRV_OK && (c->cmd->flags & CMD_VAULT) != 0)
		rc = context_open(c, err);
	if (rc == HRV_OK)
		rc = c->cmd->run(c, err);
	c->logged = hrv_logged(c->vault);
	hrv_close(c->vault);
	c->vault = NULL;
	return rc;
}

int
main(int argc, char **argv)
{
	bool json = options_want_json(argc, argv);
	struct cli c = { .json = json, .logged = -1 };
	struct hrv_err err = { .code = HRV_OK }, late = { .code = HRV_OK };
	int rc, status = 0;

	process_start(json);
	rc = out_begin(&c, &err);
	if (rc != HRV_OK)
		return exit_report(&c, &err, json);
	rc = options_parse(&c, argc, argv, &err);
	if (rc == HRV_OK && (c.help || c.version))
		rc = show_page(&c, &err);
	else if (rc == HRV_OK)
		rc = run(&c, &err);
	/* What the command said first counts; its output may have failed as a
	 * consequence. */
	if (out_end(&c, rc != HRV_OK, &late) != HRV_OK &&
	    (rc == HRV_OK || strcmp(err.name, "output") == 0)) {
		rc = (int)late.code;
		err = late;
	}
	if (rc != HRV_OK)
		exit_hint(&c, &err);
	if (rc != HRV_OK)
		status = exit_report(&c, &err, json);
	else
		status = c.answer;
	out_free(&c);
	input_free(c.own_pass);
	options_clear(&c);
	return status;
}
