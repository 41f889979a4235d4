/* SPDX-License-Identifier: ISC */
/*
 * Who stands for a succession. Layer: verbs. Invariant: the table is believed
 * nothing: the entry names the proposal, and a member who did not make it
 * signed exactly what stays and what is given up.
 */
#include <string.h>

#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/inforce.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/proposal.h"
#include "vault/remember.h"
#include "vault/succession.h"

static bool
is_head(const json_t *o, uint64_t size, const uint8_t root[TREE_HASH])
{
	struct head h;

	return succession_head(o, &h) && h.size == size &&
	       memcmp(h.root, root, TREE_HASH) == 0;
}

/* Exactly this: what is given up, and for a restore also what stays. */
static bool
says(const struct succession *s, const json_t *what)
{
	const json_t *lost = json_object_get(what, "lost");
	const char *of = json_str(lost, "origin");

	return strcmp(of == NULL ? s->was : of, s->before) == 0 &&
	       is_head(lost, s->lost.size, s->lost.root) &&
	       (!s->restore ||
		   is_head(json_object_get(what, "from"), s->fork, s->root));
}

/* In a vault that was put back, or that came back with old keys, who left may
 * be a member again. index: the entry that rests on them. */
static int
check_not_left(const struct hrv_vault *v, const struct proposal_row *p,
    uint64_t index, struct hrv_err *err)
{
	if (!remember_left(v, p->proposer, index) &&
	    !remember_left(v, p->approver, index))
		return HRV_OK;
	hrv_fail_as(err, HRV_EINTEGRITY, "rollback",
	    "entries of this log were given up by somebody who was no member "
	    "any more when this client last saw the vault");
	return hrv_hint(err,
	    "change nothing; find out who put the older state there; if the "
	    "newer one is lost, two who were members then give it up: 'hrvault "
	    "audit accept-rollback'");
}

/* One proposal that is said to stand under it by the entry `index`; given back
 * with proposal_clear() in any case. */
static int
load_agreed(struct hrv_vault *v, const struct succession *s, uint64_t index,
    const char *text, struct proposal_row *p, struct hrv_err *err)
{
	const char *kind = s->restore ? "restore" : "rollback";
	struct hrv_id id;
	int rc = text != NULL && id_parse(text, ID_PROPOSAL, &id)
		     ? proposal_load(v, &id, p, err)
		     : succession_unknown(err);

	if (rc == HRV_OK &&
	    (strcmp(p->kind, kind) != 0 ||
		strcmp(p->approver, p->proposer) == 0 || !says(s, p->what)))
		rc = succession_unknown(err);
	if (rc == HRV_OK)
		rc = check_not_left(v, p, index, err);
	return rc == HRV_OK ? proposal_check_sig(v, p, err) : rc;
}

/* Without the log it takes a second one, who knew of the first. */
static int
check_second(struct hrv_vault *v, const struct succession *s, uint64_t index,
    const struct proposal_row *first, const json_t *payload,
    struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	int rc = load_agreed(v, s, index, json_str(payload, "second"), &p, err);
	const char *besides = json_str(p.what, "besides");

	if (rc == HRV_OK &&
	    (besides == NULL || strcmp(besides, first->approver) != 0 ||
		strcmp(p.approver, first->approver) == 0))
		rc = succession_unknown(err);
	proposal_clear(&p);
	return rc;
}

static int
check_approval(struct hrv_vault *v, const struct succession *s, uint64_t index,
    const struct leaf *l, const json_t *payload, struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	bool alone = false;
	int rc;

	/* Founding does not come back: who saw it end follows nobody alone. */
	if (l->proposal[0] == '\0' && remember_founded(v))
		return succession_unknown(err);
	if (l->proposal[0] == '\0') {
		rc = inforce_founding(v, &alone, err);
		return rc == HRV_OK && !alone ? succession_unknown(err) : rc;
	}
	rc = load_agreed(v, s, index, l->proposal, &p, err);
	if (rc == HRV_OK && s->restore && json_str(p.what, "log") == NULL)
		rc = check_second(v, s, index, &p, payload, err);
	proposal_clear(&p);
	return rc;
}

/* The entry of a restore, after its succession. */
struct search {
	uint64_t index;
	bool found;
};

static int
find_restore(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	static const char op[] = "\nop restore\n", ok[] = "\nresult ok\n";
	struct search *w = ctx;

	(void)err;
	if (!w->found &&
	    memmem(row->leaf, row->leaf_len, op, sizeof(op) - 1) != NULL &&
	    memmem(row->leaf, row->leaf_len, ok, sizeof(ok) - 1) != NULL) {
		w->index = row->index;
		w->found = true;
	}
	return HRV_OK;
}

/* Reads the entry that people stand for, and its payload. */
static int
read_entry(struct hrv_vault *v, uint64_t index, struct leaf *l, json_t **ret,
    struct hrv_err *err)
{
	struct buf text = BUF_INIT, payload = BUF_INIT;
	uint8_t hash[32];
	int rc = log_read(v->db, index, &text, &payload, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, l, err);
	crypt_sha256(payload.data, payload.len, hash);
	if (rc == HRV_OK && memcmp(hash, l->payload, sizeof(hash)) != 0)
		rc = succession_unknown(err);
	if (rc == HRV_OK)
		rc = json_read(payload.data, payload.len, ret, err);
	buf_clear(&payload);
	buf_clear(&text);
	return rc;
}

/* An acceptance stands right before its succession, a restore behind. */
int
succession_people(
    struct hrv_vault *v, const struct succession *s, struct hrv_err *err)
{
	struct search w = { .index = s->leaf == 0 ? 0 : s->leaf - 1,
		.found = !s->restore };
	const char *op = s->restore ? "restore" : "rollback.accept";
	struct leaf l = LEAF_INIT;
	json_t *payload = NULL;
	int rc = s->restore ? log_each(v->db, s->leaf, find_restore, &w, err)
			    : HRV_OK;

	if (rc == HRV_OK && !w.found)
		rc = succession_unknown(err);
	if (rc == HRV_OK)
		rc = read_entry(v, w.index, &l, &payload, err);
	if (rc == HRV_OK && strcmp(l.op->name, op) != 0)
		rc = succession_unknown(err);
	if (rc == HRV_OK)
		rc = check_approval(v, s, w.index, &l, payload, err);
	json_decref(payload);
	return rc;
}

int
succession_agrees(struct hrv_vault *v, const json_t *what, struct hrv_err *err)
{
	struct succession s;
	int rc = succession_last(v, &s, err);

	if (rc == HRV_ENOTFOUND ||
	    (rc == HRV_OK && !(s.restore && says(&s, what))))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "what was proposed is not the restore that was done");
	return rc;
}
