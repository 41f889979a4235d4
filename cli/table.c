/* SPDX-License-Identifier: ISC */
/*
 * All commands, in the order in which help lists them. Layer: cli. A noun is
 * one file, cmd_NOUN.c, one line in nouns.h and one line here.
 */
#include "cli/nouns.h"

const struct table_row command_table[] = {
	{ "Setting up", &noun_init },
	{ NULL, &noun_member },
	{ NULL, &noun_key },
	{ "People and records", &noun_subject },
	{ NULL, &noun_record },
	{ NULL, &noun_import },
	{ "Keeping and destroying", &noun_hold },
	{ NULL, &noun_retention },
	{ NULL, &noun_purge },
	{ NULL, &noun_proposal },
	{ "Watching over it", &noun_status },
	{ NULL, &noun_audit },
	{ NULL, &noun_check },
	{ "Copies", &noun_backup },
	{ NULL, &noun_restore },
	{ "Requests of the people concerned", &noun_case },
	{ NULL, &noun_recipient },
	{ NULL, &noun_disclose },
	{ "Rules and deadlines", &noun_policy },
	{ NULL, &noun_deadline },
	{ "Help", &noun_help },
	{ NULL, &noun_completion },
	{ NULL, &noun_version },
	{ NULL, NULL },
};
