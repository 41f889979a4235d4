/* SPDX-License-Identifier: ISC */
/*
 * A survey: everything a destruction run looks at before it decides. The log
 * is verified and folded, what the schedule makes due is listed, and each is
 * judged. Layer: verbs. Changes nothing.
 */
#ifndef VAULT_SURVEY_H
#define VAULT_SURVEY_H

#include "vault/over.h"
#include "vault/paper.h"

struct survey {
	struct fold fold;
	uint8_t root[32]; /* of the fold.size entries */
	struct judge judge;
	struct candidate *list; /* due by the table, judged */
	size_t n;
	struct papers papers; /* of the vault itself that are due, judged; of
			       * a survey of all that is due */
	struct over over;     /* people of whom nothing else is left, and who
			       * may go now */
	size_t pending;	      /* versions without a trigger yet */
	size_t live;	      /* live records in the vault */
};

/*
 * Makes a survey as of now. HRV_EINTEGRITY when the log does not verify or
 * the tables are not what it says. *ret is given back with survey_clear().
 */
int survey_make(struct hrv_vault *v, struct survey *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The same for one record, due or not: every version of it that is there, and
 * of the statements on it. Each is `chosen`.
 */
int survey_make_record(struct hrv_vault *v, const struct hrv_id *record,
    struct survey *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* The same for every record of one person, who it is included. */
int survey_make_person(struct hrv_vault *v, const struct hrv_id *subject,
    struct survey *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* One version that is to be looked at. */
struct survey_item {
	struct hrv_id record;
	uint32_t n;
};
/* What was destroyed before: versions, and people whose identity went. */
struct survey_list {
	const struct survey_item *items;
	size_t n;
	const struct over *over; /* or NULL */
};
/* The same for a list of versions, due or not; those that are not there are
 * left out. Each of the others is `chosen`. Of the people those who are there
 * are `over`, whatever protects them. */
int survey_make_list(struct hrv_vault *v, const struct survey_list *list,
    struct survey *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The same for people who only want to look: facts and times are taken from
 * the rows instead of the verified log, so that it reads what is due and not
 * the whole vault. Nothing may be destroyed by it.
 */
int survey_look(struct hrv_vault *v, struct survey *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Takes in what was logged since, inside a write transaction, so that the
 * judge decides by the log's very end.
 */
int survey_update(
    struct hrv_vault *v, struct survey *s, struct hrv_err *err) HRV_MUST_CHECK;
void survey_clear(struct survey *s);
/* How many different records have that verdict. */
size_t survey_count(const struct survey *s, enum verdict verdict);

#endif
