/* SPDX-License-Identifier: ISC */
/*
 * A vault with people in it, for tests of what takes two of them: the founder
 * (dpo), hr with all compartments, clerk (hr with "general" only), purge and
 * last, which ends the founding, legal. Header only.
 */
#ifndef TESTS_UNIT_PROPOSALHOME_H
#define TESTS_UNIT_PROPOSALHOME_H

#include "tests/unit/vaulthome.h"

#include "hrvault/proposal.h"
#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/proposal.h"
#include "vault/store/db.h"

#define DAY INT64_C(86400000000)

struct people {
	struct vaulthome h;
	char hr[41];
	char clerk[41];
	char purge[41];
	char legal[41];
};

VAULTHOME_FN struct hrv_vault *
people_open(struct people *w, const char *fpr)
{
	struct hrv_open_args a = w->h.open;
	struct hrv_vault *v = NULL;

	a.as = fpr;
	OK_(hrv_open(&a, &v, err));
	return v;
}

VAULTHOME_FN void
people_add(
    struct hrv_vault *v, const char *who, const char *role, const char *comps)
{
	struct hrv_member_args a = { who, role, comps, NULL };
	struct hrv_doc *doc = NULL;

	OK_(hrv_member_add(v, &a, &doc, err));
	hrv_doc_free(doc);
}

/* Everybody but legal: the vault is still in founding. */
VAULTHOME_FN void
people_init(struct people *w)
{
	struct hrv_vault *v;

	memset(w, 0, sizeof(*w));
	vaulthome_init(&w->h);
	assert_true(gpghome_key(&w->h.gpg, "hr", w->hr));
	assert_true(gpghome_key(&w->h.gpg, "clerk", w->clerk));
	assert_true(gpghome_key(&w->h.gpg, "purge", w->purge));
	assert_true(gpghome_key(&w->h.gpg, "legal", w->legal));
	v = people_open(w, w->h.founder);
	people_add(v, w->hr, "hr", "general,pay");
	people_add(v, w->clerk, "hr", "general");
	people_add(v, w->purge, "purge", NULL);
	hrv_close(v);
}

/* Adds legal: from here on two people are asked for. */
VAULTHOME_FN void
people_end_founding(struct people *w)
{
	struct hrv_vault *v = people_open(w, w->h.founder);

	people_add(v, w->legal, "legal", NULL);
	assert_false(v->founding);
	hrv_close(v);
}

VAULTHOME_FN void
people_clear(struct people *w)
{
	vaulthome_clear(&w->h);
}

/* What the newest proposal is: its id, kind and status. */
struct people_newest {
	size_t n;
	char id[40];
	char kind[40];
	char status[16];
};

VAULTHOME_FN int
people_take(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct people_newest *p = ctx;

	(void)err;
	p->n++;
	snprintf(p->id, sizeof(p->id), "%s", hrv_doc_str(doc, "id"));
	snprintf(p->kind, sizeof(p->kind), "%s", hrv_doc_str(doc, "kind"));
	snprintf(
	    p->status, sizeof(p->status), "%s", hrv_doc_str(doc, "status"));
	return HRV_OK;
}

VAULTHOME_FN struct people_newest
people_newest(struct hrv_vault *v)
{
	struct people_newest p = { 0 };

	OK_(hrv_proposal_list(v, people_take, &p, err));
	return p;
}

/* Approves as that member; returns the code. */
VAULTHOME_FN int
people_approve(
    struct people *w, const char *fpr, const char *id, struct hrv_err *err)
{
	struct hrv_vault *v = people_open(w, fpr);
	struct hrv_doc *doc = NULL;
	int rc = hrv_proposal_approve(v, id, &doc, err);

	hrv_doc_free(doc);
	hrv_close(v);
	return rc;
}

#endif
