/* SPDX-License-Identifier: ISC */
/*
 * What a survey looks at: the part of survey.c that lists it. Internal to
 * these files. Layer: verbs.
 */
#ifndef VAULT_SURVEY_INT_H
#define VAULT_SURVEY_INT_H

#include "vault/survey.h"

/* Each adds to s->list. Versions that the table calls due today. */
int survey_list_due(
    struct hrv_vault *v, struct survey *s, struct hrv_err *err) HRV_MUST_CHECK;
/* Versions whose erasure was ordered, due or not: the rows are asked for them,
 * the log whether it is so. */
int survey_list_ordered(
    struct hrv_vault *v, struct survey *s, struct hrv_err *err) HRV_MUST_CHECK;
/* Every version of one record that is there. */
int survey_list_record(struct hrv_vault *v, const struct hrv_id *record,
    struct survey *s, struct hrv_err *err) HRV_MUST_CHECK;
/* Those of a list that are there, and the people, into s->over. */
int survey_list_items(struct hrv_vault *v, const struct survey_list *list,
    struct survey *s, struct hrv_err *err) HRV_MUST_CHECK;
/* Versions of every record of one person. */
int survey_list_person(struct hrv_vault *v, const struct hrv_id *subject,
    struct survey *s, struct hrv_err *err) HRV_MUST_CHECK;
/* The statements on records whose last version is listed from `from` on. */
int survey_list_statements(struct hrv_vault *v, struct survey *s, size_t from,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Begins the fold with all that is listed, what that is kept together with,
 * and the person (or NULL). */
int survey_watch(struct hrv_vault *v, const struct hrv_id *person,
    struct survey *s, struct hrv_err *err) HRV_MUST_CHECK;

#endif
