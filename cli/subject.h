/* SPDX-License-Identifier: ISC */
/*
 * What the verbs of `hrvault subject` share. Layer: cli.
 */
#ifndef CLI_SUBJECT_H
#define CLI_SUBJECT_H

#include "cli/command.h"
#include "hrvault/doc.h"

/* A subject with all that is known, for a person; JSON: as it is. */
int subject_print(struct cli *c, const struct hrv_doc *doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The rights of the people concerned: verbs in files of their own. */
int subject_restrict(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int subject_consent(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
extern const struct opt subject_consent_options[];
int subject_preference(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
extern const struct opt subject_preference_options[];
extern const struct opt subject_mailing_options[];
/* Addresses for a mailing. */
int subject_mailing(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int subject_suppressed(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int subject_lift(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
extern const struct opt subject_restrict_options[];
extern const struct opt subject_lift_options[];
/* What people confirmed and were told. */
int subject_confirm(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int subject_notice(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int subject_unconfirmed(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int subject_untold(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
extern const struct opt subject_confirm_options[];
extern const struct opt subject_notice_options[];
extern const struct opt subject_unconfirmed_options[];
extern const struct opt subject_untold_options[];
/* What became of dates: moved and earliest_destruction, in sentences. */
void subject_print_moved(struct cli *c, const struct hrv_doc *doc);
/* Which of several days of an event counts now: dates of a result, in
 * sentences. command: what takes one back, without the day ("hrvault subject
 * event S ended"). */
void subject_print_dates(
    struct cli *c, const struct hrv_doc *doc, const char *command);

#endif
