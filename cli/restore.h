/* SPDX-License-Identifier: ISC */
/*
 * What the files of `hrvault restore` share. Layer: cli.
 */
#ifndef CLI_RESTORE_H
#define CLI_RESTORE_H

#include <stdbool.h>

#include "cli/command.h"
#include "hrvault/doc.h"

/* Shows what a restore, or with drill a drill, came to: the verdict first. */
int restore_print(struct cli *c, const struct hrv_doc *doc, bool drill,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
