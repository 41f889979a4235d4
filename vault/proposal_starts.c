/* SPDX-License-Identifier: ISC */
/*
 * What a step starts from: an approval is for what it leads to from there, so
 * that whatever two people decide later is not undone by one who kept an older
 * approval back. Layer: verbs. Invariant: what is named here never comes back
 * once it was replaced; so it is an entry of the log or the hash of a file
 * that names its predecessor, and not the value that was in force.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/case.h"
#include "vault/proposal.h"
#include "vault/proposal_rule.h"
#include "vault/split.h"
#include "vault/store/db.h"

#define STARTS "starts_from"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Who holds what: each change of it makes another file. */
static int
from_slots(struct hrv_vault *v, json_t *from, struct hrv_err *err)
{
	return json_set_hex(
		   from, "slots", v->slots->hash, sizeof(v->slots->hash))
		   ? no_memory(err)
		   : HRV_OK;
}

static int
from_split(struct hrv_vault *v, json_t *from, struct hrv_err *err)
{
	struct split *list = NULL;
	size_t n = 0;
	int rc = split_list(v, &list, &n, err);

	if (rc == HRV_OK && n > 0 && json_set_str(from, "split", list[0].hex))
		rc = no_memory(err);
	free(list);
	return rc == HRV_OK ? from_slots(v, from, err) : rc;
}

/* The entry that took into force what a prepared statement names in its first
 * column; nothing where there was none. */
static int
put_entry(struct stmt *st, json_t *from, struct hrv_err *err)
{
	bool more = false;
	int rc = db_step(st, &more, err);

	if (rc == HRV_OK && more && !db_col_null(st, 0) &&
	    json_set_int(from, "entry", db_col_int(st, 0)))
		rc = no_memory(err);
	db_reset(st);
	return rc;
}

/* One schedule and one controller are in force, of laws and calendars one of
 * each name. */
static int
from_policy(
    struct hrv_vault *v, const json_t *what, json_t *from, struct hrv_err *err)
{
	const char *kind = json_str(what, "kind");
	bool named = kind != NULL && (strcmp(kind, "law") == 0 ||
					 strcmp(kind, "calendar") == 0);
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_POLICY_GET_LEAF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, kind);
	(void)db_bind_text(st, 2, named ? json_str(what, "id") : NULL);
	return put_entry(st, from, err);
}

static int
from_escrow(struct hrv_vault *v, json_t *from, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_BACKUP_GET_ESCROW_LEAF, &st, err);

	return rc == HRV_OK ? put_entry(st, from, err) : rc;
}

/* Whatever happens in a case is an event of it, or decides one of its
 * records. */
static int
from_case(
    struct hrv_vault *v, const json_t *what, json_t *from, struct hrv_err *err)
{
	const char *text = json_str(what, "case");
	uint8_t state[32];
	struct hrv_id id;
	int rc;

	if (text == NULL || !id_parse(text, ID_CASE, &id))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "the proposal does not name its case");
	rc = case_state(v, &id, state, err);
	if (rc == HRV_OK && json_set_hex(from, "case", state, sizeof(state)))
		rc = no_memory(err);
	return rc;
}

static int
fill(struct hrv_vault *v, const char *kind, const json_t *what, json_t *from,
    struct hrv_err *err)
{
	if (strcmp(kind, "member.change") == 0 ||
	    strcmp(kind, "key.recover") == 0)
		return from_slots(v, from, err);
	if (strcmp(kind, "key.split") == 0)
		return from_split(v, from, err);
	if (strcmp(kind, "policy.adopt") == 0)
		return from_policy(v, what, from, err);
	if (strcmp(kind, "backup.escrow") == 0)
		return from_escrow(v, from, err);
	return from_case(v, what, from, err);
}

static bool
has_start(const char *kind)
{
	static const char *const kinds[] = { "member.change", "key.recover",
		"key.split", "policy.adopt", "backup.escrow", "case.refuse" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	}
	return false;
}

int
proposal_starts(
    struct hrv_vault *v, const char *kind, json_t *what, struct hrv_err *err)
{
	json_t *from;
	int rc;

	if (!has_start(kind))
		return HRV_OK;
	from = json_object();
	rc = from == NULL ? no_memory(err) : fill(v, kind, what, from, err);
	if (rc == HRV_OK && json_object_set(what, STARTS, from))
		rc = no_memory(err);
	json_decref(from);
	return rc;
}

int
proposal_still(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	json_t *from = json_object();
	char id[ID_TEXT_SIZE];
	int rc = HRV_OK;

	if (from == NULL)
		rc = no_memory(err);
	else if (has_start(p->kind))
		rc = fill(v, p->kind, p->what, from, err);
	if (rc == HRV_OK && has_start(p->kind) &&
	    !json_equal(from, json_object_get(p->what, STARTS))) {
		id_format(&p->id, id);
		hrv_fail_as(err, HRV_EREFUSED, "overtaken",
		    "%s starts from what is not so any more: something was "
		    "changed since it was proposed",
		    id);
		rc = hrv_hint(err,
		    "its proposer repeats the command, which makes a new "
		    "proposal; 'hrvault proposal show %s' says what it starts "
		    "from",
		    id);
	}
	json_decref(from);
	return rc;
}

int
proposal_start_words(const json_t *what, json_t *list, struct hrv_err *err)
{
	const json_t *from = json_object_get(what, STARTS);
	struct buf line = BUF_INIT;
	int rc;

	if (from == NULL)
		return HRV_OK;
	buf_adds(&line, "this counts only as long as ");
	if (json_str(from, "case") != NULL)
		buf_addf(&line,
		    "nothing else happens in the case, whose state has the "
		    "hash %s",
		    json_str(from, "case"));
	else if (json_str(from, "slots") != NULL)
		buf_addf(&line,
		    "nobody's membership or keys are changed before: it starts "
		    "from the slot file with the hash %s",
		    json_str(from, "slots"));
	else if (json_object_get(from, "entry") != NULL)
		buf_addf(&line,
		    "what log entry %lld took into force is not replaced "
		    "before",
		    (long long)json_int(from, "entry", 0));
	else
		buf_adds(
		    &line, "nothing of the kind is taken into force before");
	if (json_str(from, "split") != NULL)
		buf_addf(
		    &line, ", and from the split %s", json_str(from, "split"));
	rc = proposal_line(list, &line, err);
	buf_clear(&line);
	return rc;
}
