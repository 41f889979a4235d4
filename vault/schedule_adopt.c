/* SPDX-License-Identifier: ISC */
/*
 * policy adopt and policy diff. Layer: verbs. Invariant: text, log entry, the
 * keys of new compartments and the first terms come with one commit; whatever
 * fails before it leaves the handle with the old schedule, slot file and keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/deadline.h"
#include "hrvault/policy.h"
#include "hrvault/schedule.h"
#include "vault/adopt.h"
#include "vault/inforce.h"
#include "vault/schedule.h"
#include "vault/proposal.h"
#include "vault/slotnext.h"
#include "vault/store/db.h"
#include "vault/txn.h"

/* One adoption, or the look at it beforehand. */
struct change {
	struct adopt_text t;
	struct hrv_schedule *schedule; /* the new one; NULL for others */
	struct slots *next;	       /* with new compartments; or NULL */
	size_t ring_n;		       /* keys held before */
	json_t *doc;
};

static void
change_clear(struct change *c)
{
	json_decref(c->doc);
	slots_free(c->next);
	hrv_schedule_free(c->schedule);
}

/* The first setting of a libconfig text, behind blanks and comments. */
static const char *
first_name(const char *p, const char *end)
{
	while (p < end) {
		if (strchr(" \t\r\n\f", *p) != NULL) {
			p++;
		} else if (*p == '#' ||
			   (end - p > 1 && p[0] == '/' && p[1] == '/')) {
			while (p < end && *p != '\n')
				p++;
		} else if (end - p > 1 && p[0] == '/' && p[1] == '*') {
			for (p += 2; end - p > 1 && (*p != '*' || p[1] != '/');
			     p++)
				;
			p += end - p > 1 ? 2 : 1;
		} else {
			break;
		}
	}
	return p < end ? p : end;
}

/* Anything that is none of the others is read as a schedule, whose reader says
 * what is wrong. */
static enum adopt_kind
kind_of(const char *text, size_t len)
{
	const char *end = text + len;
	const char *p = first_name(text, end);
	size_t n = 0;

	while (p + n < end && p[n] >= 'a' && p[n] <= 'z')
		n++;
	if (n == 3 && memcmp(p, "law", 3) == 0)
		return ADOPT_LAW;
	if (n == 8 && memcmp(p, "calendar", 8) == 0)
		return ADOPT_CALENDAR;
	if (n == 10 && memcmp(p, "controller", 10) == 0)
		return ADOPT_CONTROLLER;
	return ADOPT_SCHEDULE;
}

/* Highest version of a key that ever was, 0 for none. */
static uint32_t
last_version(const struct slots *s, const char *name)
{
	uint32_t last = 0;

	for (size_t i = 0; i < s->n_keys; i++) {
		char n[KEY_ID_SIZE];
		uint32_t version;

		if (slots_key_split(s->keys[i].id, n, &version) &&
		    strcmp(n, name) == 0 && version > last)
			last = version;
	}
	return last;
}

/* Compartments of the new schedule that have no key to seal with. */
static int
new_compartments(
    const struct hrv_vault *v, struct change *c, struct hrv_err *err)
{
	json_t *list = json_array();
	char name[KEY_ID_SIZE];

	for (size_t i = 0; i < c->schedule->compartment_count; i++) {
		const char *comp = c->schedule->compartment[i];

		snprintf(name, sizeof(name), "kek/%s", comp);
		if (slots_key_current(v->slots, name) == NULL)
			(void)json_array_append_new(list, json_string(comp));
	}
	if (json_object_set_new(c->doc, "new_compartments", list))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

/* Adds a compartment to the adopter's line of the next slot file. */
static int
widen(struct slot_member *m, const char *comp, struct hrv_err *err)
{
	struct buf list = BUF_INIT;
	char *text;

	if (slots_list_has(m->compartments, comp))
		return HRV_OK;
	if (strcmp(m->compartments, "-") != 0)
		buf_addf(&list, "%s,", m->compartments);
	buf_adds(&list, comp);
	text = strdup(buf_str(&list));
	buf_clear(&list);
	if (text == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	free(m->compartments);
	m->compartments = text;
	return HRV_OK;
}

/* Makes their keys, held and granted by the adopter alone for now. */
static int
make_keys(struct hrv_vault *v, struct change *c, struct hrv_err *err)
{
	const json_t *list = json_object_get(c->doc, "new_compartments");
	struct slot_member *m;
	int rc = HRV_OK;

	if (json_array_size(list) == 0)
		return HRV_OK;
	if (!role_takes_compartments(v->role)) {
		hrv_fail_as(err, HRV_EREFUSED, "role",
		    "the schedule has new compartments, and the role %s "
		    "cannot hold their keys",
		    role_name(v->role));
		return hrv_hint(err, "let a member with the role hr or dpo "
				     "adopt it");
	}
	rc = slotnext_new(v, &c->next, err);
	m = rc == HRV_OK ? slots_member(c->next, v->fpr) : NULL;
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		const char *comp = json_string_value(json_array_get(list, i));
		char name[KEY_ID_SIZE];

		snprintf(name, sizeof(name), "kek/%s", comp);
		rc = keyring_create(&v->ring, c->next, name,
		    last_version(c->next, name) + 1, err);
		if (rc == HRV_OK)
			rc = widen(m, comp, err);
	}
	return rc != HRV_OK
		   ? rc
		   : slotnext_grant(v, v->pgp, c->next, v->fpr, NULL, err);
}

/* Drops keys that were made for a change that did not happen. */
static void
forget_keys(struct hrv_vault *v, size_t keep)
{
	while (v->ring.n > keep)
		key_free(v->ring.entries[--v->ring.n].key);
}

static int
in_force_already(
    struct hrv_vault *v, const struct adopt_text *t, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	uint8_t hash[32];
	int rc;

	rc = inforce_policy_text(v, adopt_kind_name(t->kind),
	    t->kind == ADOPT_SCHEDULE || t->kind == ADOPT_CONTROLLER ? NULL
								     : t->id,
	    &text, hash, err);
	buf_clear(&text);
	if (rc == HRV_ENOTFOUND)
		return HRV_OK;
	if (rc == HRV_OK && memcmp(hash, t->hash, sizeof(hash)) == 0)
		rc = hrv_fail(err, HRV_EEXISTS,
		    "exactly this %s is in force already",
		    adopt_kind_name(t->kind));
	return rc;
}

/* A law counts its working days by a calendar that is adopted as well. */
static int
note_calendar(struct hrv_vault *v, struct change *c, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_law *law;
	struct buf text = BUF_INIT;
	uint8_t hash[32];
	struct hrv_err ignored;
	int rc;

	if (c->t.kind != ADOPT_LAW)
		return HRV_OK;
	law = hrv_law_parse(c->t.text, c->t.len, &errors);
	hrv_file_errors_clear(&errors);
	if (law == NULL)
		return hrv_fail(err, HRV_EUSAGE, "the law is not valid");
	rc = inforce_policy_text(
	    v, "calendar", law->calendar, &text, hash, &ignored);
	buf_clear(&text);
	if (json_set_str(c->doc, "calendar", law->calendar) ||
	    json_object_set_new(
		c->doc, "calendar_adopted", json_boolean(rc == HRV_OK)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else
		rc = HRV_OK;
	hrv_law_free(law);
	return rc;
}

/* Reads the text and begins the result. */
static int
change_init(struct hrv_vault *v, const void *text, size_t len, struct change *c,
    struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	int rc;

	*c = (struct change){ .ring_n = v->ring.n };
	c->t = (struct adopt_text){
		.kind = kind_of(text, len), .text = text, .len = len
	};
	rc = adopt_check(&c->t, err);
	if (rc != HRV_OK)
		return rc;
	c->doc = json_object();
	if (c->doc == NULL ||
	    json_set_str(c->doc, "kind", adopt_kind_name(c->t.kind)) ||
	    json_set_str(c->doc, "id", c->t.id) ||
	    json_set_str(c->doc, "version", c->t.version) ||
	    json_set_hex(c->doc, "sha256", c->t.hash, sizeof(c->t.hash)))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (c->t.kind != ADOPT_SCHEDULE)
		return note_calendar(v, c, err);
	c->schedule = hrv_schedule_parse(text, len, &errors);
	hrv_file_errors_clear(&errors);
	if (c->schedule == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return new_compartments(v, c, err);
}

static int
add_effects(struct hrv_vault *v, struct change *c, struct hrv_err *err)
{
	struct effects e = { 0 };
	int rc;

	if (c->schedule == NULL) {
		if (json_set_int(c->doc, "earlier", 0) ||
		    json_set_int(c->doc, "later", 0) ||
		    json_set_int(c->doc, "due_now", 0))
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		return HRV_OK;
	}
	rc = effects_compute(v, c->schedule, &e, err);
	if (rc == HRV_OK)
		rc = effects_json(&e, c->doc, err);
	effects_clear(&e);
	return rc;
}

int
hrv_policy_diff(struct hrv_vault *v, const void *text, size_t len,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct change c;
	int rc = change_init(v, text, len, &c, err);

	if (rc == HRV_OK)
		rc = db_begin_read(v->db, err);
	if (rc == HRV_OK) {
		rc = add_effects(v, &c, err);
		db_rollback(v->db);
	}
	if (rc == HRV_OK) {
		*ret_doc = (struct hrv_doc *)c.doc;
		c.doc = NULL;
	}
	change_clear(&c);
	return rc;
}

/* Whether this text may come into force now: exactly this one, by its hash. */
static int
policy_change_approved(struct hrv_vault *v, struct change *c,
    struct approval *ret, struct hrv_err *err)
{
	struct proposal_args two = { .kind = "policy.adopt" };
	json_t *what = json_object(), *effects = NULL;
	int rc = HRV_OK;

	if (c->schedule != NULL && !v->founding)
		rc = effects_told(v, c->schedule, &effects, err);
	two.effects = effects;
	if (rc == HRV_OK &&
	    (what == NULL ||
		json_set_str(what, "kind", adopt_kind_name(c->t.kind)) ||
		json_set_str(what, "id", c->t.id) ||
		json_set_str(what, "version", c->t.version) ||
		json_set_hex(what, "sha256", c->t.hash, sizeof(c->t.hash))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	two.what = what;
	if (rc == HRV_OK)
		rc = proposal_require(v, &two, ret, err);
	json_decref(effects);
	json_decref(what);
	return rc;
}

/* All of it in one transaction, as far as one step of terms. */
static int
commit_change(
    struct hrv_vault *v, struct change *c, bool *ret_more, struct hrv_err *err)
{
	struct approval approval = { .alone = false };
	int rc = policy_change_approved(v, c, &approval, err);

	c->t.approval = &approval;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = add_effects(v, c, err);
	if (rc == HRV_OK && c->next != NULL)
		rc = slotnext_write(v, c->next, NULL, err);
	if (rc == HRV_OK &&
	    json_set_int(c->doc, "audit_index", (int64_t)v->frontier.size) != 0)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = adopt_store(v, &c->t, err);
	if (rc == HRV_OK && c->next != NULL)
		rc = slotnext_log(v, c->next, err);
	if (rc == HRV_OK && c->schedule != NULL)
		rc = schedule_refresh(v, SCHEDULE_STEP, ret_more, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	if (rc == HRV_OK && c->next != NULL)
		slotnext_use(v, &c->next);
	txn_abort(v);
	c->t.approval = NULL;
	return rc;
}

/* The terms that did not fit into the first transaction. */
static int
refresh_rest(struct hrv_vault *v, bool *ret_any, struct hrv_err *err)
{
	struct hrv_err why;
	int rc = schedule_refresh_all(v, ret_any, err);

	if (rc == HRV_OK)
		return HRV_OK;
	why = *err;
	hrv_fail(err, HRV_EPARTIAL,
	    "the schedule is in force, but not all dates were recomputed yet: "
	    "%s",
	    why.msg);
	return hrv_hint(err, "adopt the same file again to go on; until then "
			     "lists and purges recompute what they need");
}

/* The handle as it was before a change that did not happen. */
static void
restore(struct hrv_vault *v, const struct change *c)
{
	struct hrv_err ignored;

	forget_keys(v, c->ring_n);
	if (inforce_schedule(v, &ignored) != HRV_OK) {
		hrv_schedule_free(v->schedule);
		v->schedule = NULL;
	}
}

/* Adopting what is in force takes up an interrupted recomputation. */
static int
resume(struct hrv_vault *v, struct hrv_err *err)
{
	struct hrv_err exists = *err;
	bool any = false;
	int rc = refresh_rest(v, &any, err);

	if (rc == HRV_OK && !any) {
		*err = exists;
		rc = HRV_EEXISTS;
	}
	return rc;
}

/* Nothing moves by it: the effects were those of the first call. */
static int
add_resumed(struct change *c, struct hrv_err *err)
{
	if (json_set_int(c->doc, "earlier", 0) ||
	    json_set_int(c->doc, "later", 0) ||
	    json_set_int(c->doc, "due_now", 0) ||
	    json_object_set_new(c->doc, "resumed", json_true()))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

int
hrv_policy_adopt(struct hrv_vault *v, const void *text, size_t len,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct change c;
	struct entry e = ENTRY(adopt_op(kind_of(text, len)));
	bool more = false, refused;
	int rc = role_may(v->role, e.op, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = change_init(v, text, len, &c, err);
	if (rc == HRV_OK) {
		rc = in_force_already(v, &c.t, err);
		if (rc == HRV_EEXISTS) {
			rc = resume(v, err);
			if (rc == HRV_OK)
				rc = add_resumed(&c, err);
			goto done;
		}
	}
	if (rc == HRV_OK && c.schedule != NULL)
		rc = make_keys(v, &c, err);
	if (rc == HRV_OK)
		rc = commit_change(v, &c, &more, err);
	if (rc != HRV_OK) {
		restore(v, &c);
		refused = rc == HRV_EREFUSED;
		change_clear(&c);
		return refused ? txn_refuse(v, &e, err) : rc;
	}
	if (more)
		rc = refresh_rest(v, &more, err);
done:
	if (rc == HRV_OK) {
		*ret_doc = (struct hrv_doc *)c.doc;
		c.doc = NULL;
	}
	change_clear(&c);
	return rc;
}
