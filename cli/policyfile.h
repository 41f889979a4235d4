/* SPDX-License-Identifier: ISC */
/*
 * Schedules, laws and calendars read for commands. Layer: cli. A file with
 * mistakes is one error here, its first mistake; `hrvault policy check` shows
 * them all.
 */
#ifndef CLI_POLICYFILE_H
#define CLI_POLICYFILE_H

#include "cli/command.h"

struct hrv_calendar;
struct hrv_law;
struct hrv_schedule;

/* Reads the schedule `which` (id or path). Freed with hrv_schedule_free(). */
int policyfile_schedule(struct cli *c, const char *which,
    struct hrv_schedule **ret, struct hrv_err *err) HRV_MUST_CHECK;

/* The text of a schedule, law or calendar, by its path or its shipped id: the
 * first of these kinds that has it, or the one that is said before it, as in
 * "calendar:uk-ew". Freed with input_free(). */
int policyfile_text(struct cli *c, const char *which, char **ret,
    size_t *ret_len, struct hrv_err *err) HRV_MUST_CHECK;

/* A law from its text; name for messages. Freed with hrv_law_free(). */
int policyfile_law(const char *name, const char *text, size_t len,
    struct hrv_law **ret, struct hrv_err *err) HRV_MUST_CHECK;

/* The text of the calendar `id` that the law `law_which` (as the user gave
 * it) names: shipped, or for a law given by its path first ID.cfg beside it
 * and in ../calendars. Freed with input_free(). */
int policyfile_calendar_text(struct cli *c, const char *law_which,
    const char *id, char **ret, size_t *ret_len,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The law `which` and its calendar, read. */
int policyfile_law_and_calendar(struct cli *c, const char *which,
    struct hrv_law **ret_law, struct hrv_calendar **ret_calendar,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
