/* SPDX-License-Identifier: ISC */
/*
 * What the files of `hrvault hold` share. Layer: cli.
 */
#ifndef CLI_HOLD_H
#define CLI_HOLD_H

#include "cli/command.h"

struct hrv_doc;

/* All values of a repeated option as a list that ends with NULL; the list is
 * freed, the texts are not. NULL: no memory. */
const char **hold_many(const struct cli *c, const char *name);
/* The scope of a hold in lines for people. */
int show_scope(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err);

/* Verbs and their options. */
int hold_notify_run(struct cli *c, struct hrv_err *err);
int hold_remind_run(struct cli *c, struct hrv_err *err);
int hold_acknowledge_run(struct cli *c, struct hrv_err *err);
int hold_export_run(struct cli *c, struct hrv_err *err);
extern const struct opt hold_notify_options[];
extern const struct opt hold_remind_options[];
extern const struct opt hold_acknowledge_options[];
extern const struct opt hold_export_options[];

/* On standard error, of a hold that is in force all the same: the log could not
 * take the list of what it covers; */
void hold_warn_unlisted(const struct cli *c, const struct hrv_doc *doc);
/* the day of its review is over: who mistyped a year must not stand without
 * the hold. */
void hold_warn_overdue(const struct cli *c, const struct hrv_doc *doc);

#endif
