/* SPDX-License-Identifier: ISC */
/*
 * The export of a case, for the table of cmd_case.c. Layer: cli.
 */
#ifndef CLI_CASE_H
#define CLI_CASE_H

#include "cli/command.h"

extern const struct opt case_export_options[];
/* Makes the package; no file is left after a failure. */
int case_export_run(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

#endif
