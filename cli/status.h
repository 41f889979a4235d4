/* SPDX-License-Identifier: ISC */
/*
 * What the files of `hrvault status` share. Layer: cli.
 */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "cli/command.h"
#include "hrvault/doc.h"

/* The report of measures: for people in parts with headings; JSON: as it is. */
int status_print_report(struct cli *c, const struct hrv_doc *doc,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
