/* SPDX-License-Identifier: ISC */
/*
 * Lists of records that people approved for destruction: what a schedule wants
 * a person to decide about, and what is more than one run may destroy without
 * people. A list is bound to each version and to the state its record had;
 * what changed since drops out. Layer: verbs.
 */
#ifndef VAULT_PURGE_LIST_H
#define VAULT_PURGE_LIST_H

#include "vault/destroy.h"
#include "vault/survey.h"

#define PURGE_LIST_KIND "review"

/* One version on an approved list. */
struct purge_listed {
	struct hrv_id record;
	uint32_t n;
	uint8_t state[32]; /* of the record when it was listed */
	size_t plan;	   /* which list */
};

/* One paper of the vault on an approved list. */
struct purge_listed_paper {
	enum paper_kind kind;
	struct hrv_id id;
	uint8_t state[32]; /* paper_state() when it was listed */
	size_t plan;
};

/* One list. */
struct purge_approved {
	struct hrv_id id;
	char text[ID_TEXT_SIZE];
	bool used; /* this run destroys something of it */
};

struct purge_lists {
	struct purge_approved *plans;
	size_t n_plans;
	struct purge_listed *items; /* sorted by record and version */
	size_t n;
	struct purge_listed_paper *papers;
	size_t n_papers;
	bool alone; /* in founding: the member's own lists, unapproved */
	bool only;  /* one list was asked for: nothing else is destroyed */
};

/*
 * Reads the approved lists, or only the one that `which` names (NULL: all).
 * In founding these are the open lists of the member himself. HRV_EINTEGRITY
 * when one is called approved that is not. HRV_ECONFIRM or HRV_EREFUSED when
 * the one asked for waits still, or is over. *ret is given back with
 * purge_lists_clear().
 */
int purge_lists_load(struct hrv_vault *v, const char *which,
    struct purge_lists *ret, struct hrv_err *err) HRV_MUST_CHECK;
void purge_lists_clear(struct purge_lists *l);
/*
 * What a run may destroy of a survey: what needs no person, and what is on a
 * list and unchanged. Each candidate and paper gets `chosen`, and the text of
 * its list as `approval` (borrowed from l). Called again under the write lock.
 */
int purge_lists_choose(struct hrv_vault *v, struct purge_lists *l,
    struct survey *s, struct hrv_err *err) HRV_MUST_CHECK;
/* How many records are chosen, and how many of them are on no list. */
size_t purge_chosen(const struct survey *s, bool unlisted_only);
/* Ids of the lists that are used, for the entry of the run; NULL without
 * memory. */
json_t *purge_lists_used(const struct purge_lists *l);
/* In the run's transaction: the used lists are done with entry `leaf`.
 * HRV_EBUSY when one was rejected just now. */
int purge_lists_done(struct hrv_vault *v, const struct purge_lists *l,
    uint64_t leaf, struct hrv_err *err) HRV_MUST_CHECK;
/* What of the lists is not destroyed and why: [{record, version, plan, why}]
 * or, of papers, [{paper, class, plan, why}]; NULL without memory. */
json_t *purge_lists_dropped(
    const struct purge_lists *l, const struct survey *s);

#endif
