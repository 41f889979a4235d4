/* SPDX-License-Identifier: ISC */
/*
 * What the files status*.c share. Internal. Layer: verbs.
 */
#ifndef VAULT_STATUS_INT_H
#define VAULT_STATUS_INT_H

#include "hrvault/date.h"
#include "vault/base/json.h"
#include "vault/handle.h"

enum status_level { STATUS_OK, STATUS_WARNING, STATUS_CRITICAL };

struct status {
	struct hrv_vault *v;
	struct hrv_date today;
	char day[HRV_DATE_TEXT];
	json_t *doc;
	json_t *critical, *warning; /* sentences */
};

/* Adds a sentence that somebody should act on. */
void status_say(struct status *s, enum status_level level, const char *fmt, ...)
    HRV_PRINTF(3, 4);
/* Each adds its numbers to the document and its sentences. */
int status_counts(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_proposals(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_cases(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_log(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_copies(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_restored(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_backup(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_recovery(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_members(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_keys(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;
int status_files(struct status *s, struct hrv_err *err) HRV_MUST_CHECK;

#endif
