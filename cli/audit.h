/* SPDX-License-Identifier: ISC */
/*
 * Commands of the noun audit that have a file of their own. Layer: cli.
 */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "cli/command.h"

/* accept-rollback: opens the vault itself. */
int audit_accept(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

#endif
