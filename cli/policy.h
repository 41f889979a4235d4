/* SPDX-License-Identifier: ISC */
/*
 * Verbs of `hrvault policy` that have a file of their own. Layer: cli.
 */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H

#include "cli/command.h"

/* hrvault policy explain. */
int policy_explain(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* hrvault policy diff, adopt, show: those that need a vault. */
int policy_diff(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int policy_adopt(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int policy_show(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* hrvault policy register. */
int policy_register(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

#endif
