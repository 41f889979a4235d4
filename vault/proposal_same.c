/* SPDX-License-Identifier: ISC */
/*
 * What became of an approval that the repeated command did not find. Layer:
 * verbs. Invariant: nothing is decided here; an approval counts for exactly
 * what was approved, and this only tells people why one does not.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/proposal.h"
#include "vault/store/db.h"
#include "vault/version.h"

/* Members of `what` that follow from how things stand, not from what was
 * typed. */
static const struct {
	const char *key, *words;
} of_state[] = {
	{ "moved", "which dates move" },
	{ "dates", "which dates move" },
	{ "soonest", "from when something may be destroyed" },
	{ "starts_from", "what it starts from" },
	{ "manifest", "what goes out" },
	{ "content", "what goes out" },
	{ "records", "which records it is about" },
	{ "versions", "which versions it is about" },
	{ "statements", "which statements go with it" },
	{ "kept", "which records are kept" },
	{ "state", "what is known of the person" },
	{ "into_state", "what is known of the other person" },
	{ "things", "what the two have" },
	{ "scope", "what the hold covers" },
	{ "people", "how many people it is about" },
	{ "left_out", "how many are left out" },
	{ "compartments", "which compartments it is about" },
	{ "lost", "what of the log is given up" },
	{ "ids", "which keys it is about" },
};

/* The others, as people call them. */
static const struct {
	const char *key, *words;
} of_words[] = {
	{ "reason_mac", "the reason" },
	{ "bound_mac", "what was typed or given" },
	{ "identity_mac", "what was typed or given" },
	{ "templates", "the templates" },
	{ "form", "how it is closed" },
	{ "sha256", "the text" },
	{ "date", "the day" },
};

/* What a step is about: two are alike only where they agree in these. */
static const char *const things[] = { "subject", "record", "case", "hold",
	"into", "event", "member", "recipient", "id", "split", "change" };

static bool
differs(const json_t *a, const json_t *b, const char *key)
{
	const json_t *x = json_object_get(a, key);
	const json_t *y = json_object_get(b, key);

	return x == NULL || y == NULL ? x != y : !json_equal(x, y);
}

static const char *
state_words(const char *key)
{
	for (size_t i = 0; i < sizeof(of_state) / sizeof(of_state[0]); i++)
		if (strcmp(of_state[i].key, key) == 0)
			return of_state[i].words;
	return NULL;
}

static const char *
other_words(const char *key)
{
	for (size_t i = 0; i < sizeof(of_words) / sizeof(of_words[0]); i++)
		if (strcmp(of_words[i].key, key) == 0)
			return of_words[i].words;
	return key;
}

/* How two descriptions of the same kind differ. */
struct contrast {
	bool alike; /* about the same thing */
	bool state; /* in nothing but how things stand */
	struct buf words;
};

static void
add_word(struct buf *out, const char *words)
{
	if (out->len > 0 && strstr(buf_str(out), words) != NULL)
		return;
	buf_addf(out, "%s%s", out->len > 0 ? ", " : "", words);
}

/* Those of a's members that b has not, or otherwise. */
static void
add_side(const json_t *a, const json_t *b, bool both, struct contrast *c)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)a, key, value)
	{
		const char *words = state_words(key);

		if (!differs(a, b, key) ||
		    (!both && json_object_get(b, key) != NULL))
			continue;
		c->state = c->state && words != NULL;
		add_word(&c->words, words != NULL ? words : other_words(key));
	}
}

static void
compare(const json_t *a, const json_t *b, struct contrast *c)
{
	bool any = false;

	c->alike = c->state = true;
	buf_reset(&c->words);
	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		any = any || json_object_get(a, things[i]) != NULL;
		c->alike = c->alike && !differs(a, b, things[i]);
	}
	c->alike = c->alike && any;
	add_side(a, b, true, c);
	add_side(b, a, false, c);
}

/* All proposals of that kind by that member, oldest first. */
static int
list_of(struct hrv_vault *v, const char *proposer, const char *kind,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err)
{
	struct hrv_id *list = NULL, *p;
	struct stmt *st;
	size_t n = 0;
	bool more = false;
	int rc = db_stmt(v->db, SQL_PROPOSAL_LIST_BY, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, proposer);
	(void)db_bind_text(st, 2, kind);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(list, (n + 1) * sizeof(*list));
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		list = p;
		list[n].kind = ID_PROPOSAL;
		rc = db_col_fixed(st, 0, list[n++].b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

static int
take_outdated(struct hrv_vault *v, const struct proposal_row *p,
    const struct hrv_id *other, struct hrv_id *ret, struct hrv_err *err)
{
	struct proposal_row q = PROPOSAL_ROW_INIT;
	struct contrast c = { .words = BUF_INIT };
	int rc = proposal_load(v, other, &q, err);

	if (rc != HRV_OK)
		return rc;
	if (q.opened_leaf > p->opened_leaf) {
		compare(p->what, q.what, &c);
		if (c.alike && c.state && c.words.len > 0)
			*ret = q.id;
	}
	buf_clear(&c.words);
	proposal_clear(&q);
	return HRV_OK;
}

int
proposal_outdated(struct hrv_vault *v, const struct proposal_row *p,
    struct hrv_id *ret, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = HRV_OK;

	*ret = (struct hrv_id){ .kind = 0 };
	if (strcmp(p->status, "approved") != 0)
		return HRV_OK;
	rc = list_of(v, p->proposer, p->kind, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = take_outdated(v, p, &ids[i], ret, err);
	free(ids);
	return rc;
}

/* What one approved proposal, which was not found for the step, was for. */
static int
tell_one(struct hrv_vault *v, const json_t *whole, const struct hrv_id *id,
    struct buf *out, struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct contrast c = { .words = BUF_INIT };
	char text[ID_TEXT_SIZE];
	int rc = proposal_load(v, id, &p, err);

	if (rc != HRV_OK)
		return rc;
	compare(p.what, whole, &c);
	id_format(id, text);
	if (strcmp(p.status, "approved") == 0 && c.alike) {
		buf_reset(out);
		if (c.words.len == 0)
			buf_addf(out,
			    "%s was approved by who may not approve it any "
			    "more, so it does not count",
			    text);
		else
			buf_addf(out,
			    c.state ? "%s was approved for another state of "
				      "it (changed since: %s), so it does not "
				      "count"
				    : "%s was approved for something else "
				      "(what differs: %s), so it does not "
				      "count for this",
			    text, buf_str(&c.words));
	}
	buf_clear(&c.words);
	proposal_clear(&p);
	return HRV_OK;
}

int
proposal_not_this(struct hrv_vault *v, const struct proposal_args *a,
    struct buf *out, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	json_t *whole = NULL;
	size_t n = 0;
	int rc = list_of(v, v->fpr, a->kind, &ids, &n, err);

	if (rc == HRV_OK)
		rc = proposal_whole(v, a, &whole, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = tell_one(v, whole, &ids[i], out, err);
	json_decref(whole);
	free(ids);
	return rc == HRV_OK ? buf_ok(out, err) : rc;
}
