/* SPDX-License-Identifier: ISC */
/*
 * What every change of members has in common: two people after founding, the
 * next slot file, the entry that is the reason for it, one commit.
 * Layer: verbs.
 */
#ifndef VAULT_MEMBER_CHANGE_H
#define VAULT_MEMBER_CHANGE_H

#include "vault/base/json.h"
#include "vault/handle.h"

struct member_change {
	const char *op;	    /* "member.remove" */
	struct slots *next; /* what will be in force; taken over by a success */
	json_t *payload;    /* of the entry: exactly what is proposed */
	/* Rows that go with entry number leaf, in the same transaction; NULL:
	 * none. */
	int (*rows)(struct hrv_vault *v, struct member_change *c, uint64_t leaf,
	    struct hrv_err *err);
};

/*
 * Asks for the second person where it takes one, then writes and commits the
 * change. HRV_ECONFIRM with the proposal that now waits. After a failure the
 * vault is as it was, but for a slot file that nothing names.
 */
int member_commit(struct hrv_vault *v, struct member_change *c,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds to an object what a proposal and an entry say of a member: member,
 * role, compartments, ids (what he is granted by s), until. 0 or -1. */
int member_describe(
    json_t *o, const struct slots *s, const struct slot_member *m);

#endif
