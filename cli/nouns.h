/* SPDX-License-Identifier: ISC */
/*
 * The nouns of the command line, one per cmd_*.c; for table.c.
 */
#ifndef CLI_NOUNS_H
#define CLI_NOUNS_H

#include "cli/command.h"

extern const struct noun noun_audit;
extern const struct noun noun_backup;
extern const struct noun noun_case;
extern const struct noun noun_check;
extern const struct noun noun_completion;
extern const struct noun noun_deadline;
extern const struct noun noun_disclose;
extern const struct noun noun_help;
extern const struct noun noun_hold;
extern const struct noun noun_import;
extern const struct noun noun_init;
extern const struct noun noun_key;
extern const struct noun noun_member;
extern const struct noun noun_policy;
extern const struct noun noun_recipient;
extern const struct noun noun_record;
extern const struct noun noun_subject;
extern const struct noun noun_proposal;
extern const struct noun noun_purge;
extern const struct noun noun_status;
extern const struct noun noun_restore;
extern const struct noun noun_retention;
extern const struct noun noun_version;

#endif
