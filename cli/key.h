/* SPDX-License-Identifier: ISC */
/*
 * What the files of `hrvault key` share. Layer: cli.
 */
#ifndef CLI_KEY_H
#define CLI_KEY_H

#include "cli/command.h"

/* split: divides keys, or takes in confirmations. */
int key_split_run(struct cli *c, struct hrv_err *err);
extern const struct opt key_split_options[];
/* share: a custodian's part, without a vault. */
int key_share_run(struct cli *c, struct hrv_err *err);
extern const struct opt key_share_options[];
/* recover: from the hand-overs of custodians. */
int key_recover_run(struct cli *c, struct hrv_err *err);
extern const struct opt key_recover_options[];

#endif
