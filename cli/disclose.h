/* SPDX-License-Identifier: ISC */
/*
 * What the files of `hrvault disclose` share. Layer: cli.
 */
#ifndef CLI_DISCLOSE_H
#define CLI_DISCLOSE_H

#include "cli/command.h"

/* Many records without names: --pseudonymised. */
int disclose_many(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

#endif
