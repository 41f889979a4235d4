/* SPDX-License-Identifier: ISC */
/*
 * The next step where an error came without one, see exit.h. Layer: cli.
 * Invariant: what an error says itself is left alone.
 */
#include <string.h>

#include "cli/command.h"
#include "cli/exit.h"

/* How ids of a kind are found. */
static const struct {
	char kind;
	const char *how;
} lists[] = {
	{ 'S', "'hrvault subject find TEXT' finds people, 'hrvault subject "
	       "list' lists them" },
	{ 'R', "'hrvault record list S' lists the records of a person S" },
	{ 'H', "'hrvault hold list' lists the holds" },
	{ 'C', "'hrvault case list' lists the cases" },
	{ 'P', "'hrvault proposal list' lists the proposals" },
	{ 'D', "'hrvault audit log --op purge.commit' lists the runs" },
	{ 'B', "'hrvault backup list' lists the backups" },
	{ 'T', "'hrvault recipient list' lists the recipients" },
};

static const char *
list_of(char kind)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (lists[i].kind == kind)
			return lists[i].how;
	return NULL;
}

/* Of the first id that a text names. */
static const char *
list_for(const char *text)
{
	const char *how = NULL;

	for (const char *s = text; how == NULL && *s != '\0'; s++)
		if (s[1] == '-' && (s == text || s[-1] == ' '))
			how = list_of(s[0]);
	return how;
}

/* What is missing is named by the error, or else by the first argument. */
static int
where_ids_are(const struct cli *c, struct hrv_err *err)
{
	const char *how = list_for(err->msg);

	if (how == NULL && err->code == HRV_ENOTFOUND && c->n_args > 0)
		how = list_for(c->args[0]);
	return how == NULL ? (int)err->code : hrv_hint(err, "%s", how);
}

static int
how_to_call(const struct cli *c, struct hrv_err *err)
{
	const char *verb = c->cmd->verb;

	return hrv_hint(err, "'hrvault %s%s%s --help' shows what it takes",
	    c->noun->name, verb != NULL ? " " : "", verb != NULL ? verb : "");
}

void
exit_hint(const struct cli *c, struct hrv_err *err)
{
	if (err->hint[0] == '\0' &&
	    (err->code == HRV_ENOTFOUND || err->code == HRV_EUSAGE))
		(void)!where_ids_are(c, err);
	if (err->hint[0] != '\0' || c->cmd == NULL)
		return;
	if (err->code == HRV_EUSAGE && strcmp(err->name, "usage") == 0)
		(void)!how_to_call(c, err);
	else if (err->code == HRV_EREFUSED && strcmp(err->name, "role") == 0)
		hrv_hint(err, "'hrvault help roles' tells who may do what");
	else if (err->code == HRV_EKEY)
		hrv_hint(
		    err, "'gpg --list-secret-keys' shows the keys there are");
	else if (err->code == HRV_ELOG)
		hrv_hint(err,
		    "see to it that this account may write to the vault's "
		    "file system and that there is room, then repeat the "
		    "command");
	else if (err->code == HRV_EINTEGRITY &&
		 strcmp(c->noun->name, "check") != 0)
		hrv_hint(err,
		    "'hrvault check' lists what is damaged; 'hrvault help "
		    "backup' tells how a vault comes back");
}
