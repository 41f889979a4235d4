/* SPDX-License-Identifier: ISC */
/*
 * Giving and withdrawing consent. Layer: verbs. Invariants: a withdrawal is
 * noted at once, by one member, and counts from then on; where the event that
 * follows from it would move a known date of destruction earlier, that event
 * alone waits for a second, and where it would take a record out of a hold, for
 * legal. What was lawful before stays in the ledger.
 */
#include "vault/consent.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/policy.h"
#include "hrvault/rights.h"
#include "vault/base/text.h"
#include "vault/custody/roles.h"
#include "vault/earlier.h"
#include "vault/event.h"
#include "vault/holdkeep.h"
#include "vault/identity.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/txn.h"

#define OP "subject.consent"
#define GIVEN "subject.consent_given"
#define WITHDRAWN "subject.consent_withdrawn"

/* One command's work. */
struct consenting {
	struct hrv_vault *v;
	const char *purpose;
	const char *act; /* "given" or "withdrawn" */
	bool given;
	char text_version[TEXT_VERSION_SIZE];
	const char *name; /* of the event, without the purpose */
	char stored[EVENT_NAME_SIZE];
	struct event event; /* by that name */
	char day[HRV_DATE_TEXT];
	struct subject_row subject;
	struct terms_moved moved;
	struct holdkeep keep;
	bool unchanged;
	bool waits; /* noted; its effect waits for a second person */
	struct hrv_id waits_for; /* the proposal, once one could be made */
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
check_purpose(const struct hrv_vault *v, const char *typed, struct hrv_err *err)
{
	const struct hrv_schedule *s = v->schedule;

	for (size_t i = 0; s != NULL && i < s->purpose_count; i++) {
		if (strcmp(s->purpose[i], typed) == 0)
			return HRV_OK;
	}
	hrv_fail(
	    err, HRV_EUSAGE, "the schedule in force knows no such purpose");
	return hrv_hint(err, "'hrvault policy register' lists its purposes");
}

/* What can be known before anything is begun. */
static int
read_args(
    struct consenting *c, const struct hrv_consent_args *a, struct hrv_err *err)
{
	struct hrv_date today;
	int rc = HRV_OK;

	c->purpose = a->purpose;
	c->given = a->given != NULL;
	c->act = c->given ? "given" : "withdrawn";
	c->name = c->given ? GIVEN : WITHDRAWN;
	c->event.name = c->name;
	if ((a->given == NULL) == (a->withdrawn == NULL))
		return hrv_fail(err, HRV_EUSAGE,
		    "a consent is either given or withdrawn on a day");
	if (c->given && a->text_version == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "which version of the text was agreed to is needed");
	if (!hrv_date_parse(c->given ? a->given : a->withdrawn, &c->event.day))
		return hrv_fail(err, HRV_EUSAGE,
		    "the day of the consent is not a date (YYYY-MM-DD)");
	hrv_date_format(c->event.day, c->day);
	if (a->text_version != NULL)
		rc = text_version_check(a->text_version, "consent text", err);
	if (rc == HRV_OK && a->text_version != NULL)
		snprintf(
		    c->text_version, TEXT_VERSION_SIZE, "%s", a->text_version);
	if (rc == HRV_OK)
		rc = check_purpose(c->v, a->purpose, err);
	if (rc == HRV_OK)
		rc = vault_today(c->v, &today, err);
	if (rc == HRV_OK)
		rc = event_check_day(&c->event, today, err);
	if (rc == HRV_OK)
		rc = event_of_purpose(c->name, c->purpose, c->stored, err);
	c->event.name = c->stored;
	return rc;
}

/* The last act for this purpose: a withdrawal needs a giving before it, and
 * what is said twice is said once. */
static int
check_last(struct consenting *c, struct hrv_err *err)
{
	char last[HRV_DATE_TEXT] = "", version[TEXT_VERSION_SIZE];
	bool live = false;
	struct stmt *st;
	bool found = false;
	int rc =
	    consent_live(c->v, &c->subject.id, c->purpose, &live, version, err);

	if (rc == HRV_OK)
		rc = db_stmt(c->v->db, SQL_RIGHTS_GET_CONSENT, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, c->subject.id.b, ID_BYTES);
	(void)db_bind_text(st, 2, c->purpose);
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found)
		snprintf(last, sizeof(last), "%s", db_col_text(st, 2));
	db_reset(st);
	if (rc != HRV_OK)
		return rc;
	if (c->text_version[0] == '\0')
		memcpy(c->text_version, version, TEXT_VERSION_SIZE);
	c->unchanged = found && live == c->given && strcmp(last, c->day) == 0 &&
		       strcmp(version, c->text_version) == 0;
	if (!c->given && !live && !c->unchanged)
		return hrv_fail_as(err, HRV_EREFUSED, "no-consent",
		    "no consent for '%s' is in force", c->purpose);
	if (strcmp(c->day, last) < 0) {
		hrv_fail(err, HRV_EUSAGE,
		    "the day is before the last one entered for this purpose "
		    "(%s)",
		    last);
		return hrv_hint(err, "acts are entered in the order they "
				     "happened");
	}
	return HRV_OK;
}

static int
add_row(struct consenting *c, uint64_t leaf, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(c->v->db, SQL_RIGHTS_ADD_CONSENT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, c->subject.id.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)leaf);
	(void)db_bind_text(st, 3, c->purpose);
	(void)db_bind_text(st, 4, c->act);
	(void)db_bind_text(st, 5, c->text_version);
	(void)db_bind_text(st, 6, c->day);
	return db_run(st, err);
}

/* What the entry says; while its effect waits there is no event yet. */
static json_t *
act_payload(const struct consenting *c, bool effect)
{
	json_t *p = json_pack("{s:s,s:s,s:s,s:s}", "purpose", c->purpose, "act",
	    c->act, "text_version", c->text_version, "date", c->day);

	if (p == NULL || json_set_str(p, "event", c->waits ? NULL : c->name) ||
	    (c->waits && json_set_int(p, "waits", 1)) ||
	    (effect && json_set_int(p, "effect", 1)) ||
	    earlier_set_moved(p, &c->moved)) {
		json_decref(p);
		return NULL;
	}
	return p;
}

/* effect: of an act that is in the ledger already. */
static int
log_act(struct consenting *c, const struct approval *approval, bool effect,
    struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	uint8_t state[32];
	uint64_t leaf = 0;
	json_t *p = act_payload(c, effect);
	int rc = p == NULL ? no_memory(err)
			   : state_subject(c->v, &c->subject.id, state, err);

	e.subject = &c->subject.id;
	e.payload = p;
	e.state = state;
	if (rc == HRV_OK)
		rc = approval_log(approval, &e, p, err);
	if (rc == HRV_OK)
		rc = txn_entry(c->v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(c->v, approval, leaf, err);
	if (rc == HRV_OK)
		rc = state_set_subject(c->v, &c->subject.id, leaf, state, err);
	if (rc == HRV_OK && !effect)
		rc = add_row(c, leaf, err);
	json_decref(p);
	return rc;
}

/* Undoes the event of a withdrawal whose effect waits. */
static int
take_back(struct consenting *c, struct hrv_err *err)
{
	int rc = event_retract(c->v, &c->subject.id, &c->event, err);

	if (rc == HRV_OK)
		rc = terms_update_subject(c->v, &c->subject.id, NULL, err);
	c->waits = true;
	c->moved = (struct terms_moved){ .earlier = 0 };
	return rc;
}

/* Given again: what was withdrawn for this purpose before counts no more. What
 * was withdrawn is in the ledger and in the log. */
static int
void_withdrawals(struct consenting *c, struct hrv_err *err)
{
	char name[EVENT_NAME_SIZE];
	struct event before = { .name = name };
	json_t *acts = NULL, *act;
	bool there;
	size_t i;
	int rc = consents_of(c->v, &c->subject.id, &acts, err);

	if (rc == HRV_OK)
		rc = event_of_purpose(WITHDRAWN, c->purpose, name, err);
	json_array_foreach(acts, i, act)
	{
		there = rc == HRV_OK &&
			strcmp(json_str(act, "act"), "withdrawn") == 0 &&
			strcmp(json_str(act, "purpose"), c->purpose) == 0 &&
			hrv_date_parse(json_str(act, "date"), &before.day);
		if (there)
			rc = event_has(
			    c->v, &c->subject.id, &before, &there, err);
		if (rc == HRV_OK && there)
			rc = event_retract(c->v, &c->subject.id, &before, err);
	}
	json_decref(acts);
	return rc;
}

/* The event and the dates that follow from it. */
static int
set_event(struct consenting *c, struct hrv_err *err)
{
	int rc;

	holdkeep_clear(&c->keep);
	rc = holdkeep_before(c->v, &c->keep, &c->subject.id, err);
	if (rc == HRV_OK && c->given)
		rc = void_withdrawals(c, err);
	if (rc == HRV_OK)
		rc = event_add(c->v, &c->subject.id, &c->event, NULL, err);
	if (rc == HRV_OK)
		rc = holdkeep_look(c->v, &c->keep, err);
	return rc == HRV_OK ? earlier_update_subject(
				  c->v, &c->subject.id, &c->moved, err)
			    : rc;
}

static int
allow(struct consenting *c, struct approval *ret, struct hrv_err *err)
{
	struct earlier_step step = { .subject = &c->subject.id,
		.event = c->event.name,
		.day = c->day,
		.waits = &c->waits_for };

	return earlier_allow(c->v, &c->moved, &step, ret, err);
}

/* Art. 7(3): withdrawing is as easy as giving. Only what would be destroyed
 * sooner because of it asks a second person. */
static int
note(struct consenting *c, struct hrv_err *err)
{
	struct approval approval = { .alone = false };
	bool there = false;
	int rc = event_has(c->v, &c->subject.id, &c->event, &there, err);

	if (rc == HRV_OK)
		rc = set_event(c, err);
	if (rc == HRV_OK && !c->given && !there &&
	    ((!c->v->founding && c->moved.earlier > 0) || c->keep.lost > 0))
		rc = take_back(c, err);
	else if (rc == HRV_OK)
		rc = holdkeep_check(c->v, &c->keep, err);
	if (rc == HRV_OK)
		rc = allow(c, &approval, err);
	if (rc == HRV_OK)
		rc = log_act(c, &approval, false, err);
	return rc == HRV_OK ? txn_commit(c->v, !c->waits, err) : rc;
}

/* Under the write lock. */
/* Whether the event stands; before events had a purpose, by its name alone. */
static int
has_effect(const struct consenting *c, bool *ret, struct hrv_err *err)
{
	struct event plain = c->event;
	int rc = event_has(c->v, &c->subject.id, &c->event, ret, err);

	plain.name = c->name;
	if (rc == HRV_OK && !*ret)
		rc = event_has(c->v, &c->subject.id, &plain, ret, err);
	return rc;
}

static int
carry_out(struct consenting *c, struct hrv_err *err)
{
	bool there = true;
	int rc = subject_load(c->v, &c->subject.id, &c->subject, err);

	if (rc == HRV_OK)
		rc = identity_gone(c->v, &c->subject, err);
	if (rc == HRV_OK)
		rc = check_last(c, err);
	if (rc == HRV_OK && c->unchanged && !c->given)
		rc = has_effect(c, &there, err);
	if (rc != HRV_OK)
		return rc;
	c->waits = !there;
	return c->unchanged ? HRV_OK : note(c, err);
}

/* The effect of a withdrawal that was noted: as soon as it was approved. */
static int
take_effect(struct consenting *c, struct hrv_err *err)
{
	struct approval approval = { .alone = false };
	int rc = txn_begin(c->v, err);

	if (rc == HRV_OK)
		rc = set_event(c, err);
	if (rc == HRV_OK)
		rc = holdkeep_check(c->v, &c->keep, err);
	if (rc == HRV_OK)
		rc = allow(c, &approval, err);
	if (rc == HRV_OK) {
		c->waits = false;
		c->unchanged = false;
		rc = log_act(c, &approval, true, err);
	}
	if (rc == HRV_OK)
		rc = txn_commit(c->v, true, err);
	txn_abort(c->v);
	return rc;
}

static bool
may_wait(const char *name)
{
	return strcmp(name, "role") == 0 || strcmp(name, "held") == 0 ||
	       strcmp(name, "cooling-off") == 0;
}

/* Nobody to approve it yet is no failure: it is noted, and counts. */
static int
try_effect(struct consenting *c, struct hrv_err *err)
{
	struct terms_moved none = { .earlier = 0 };
	struct hrv_err why = *err;
	int rc;

	if (!c->waits)
		return HRV_OK;
	rc = take_effect(c, &why);
	if (rc == HRV_ECONFIRM || (rc == HRV_EREFUSED && may_wait(why.name))) {
		c->moved = none;
		return HRV_OK;
	}
	*err = why;
	return rc;
}

static int
make_result(struct consenting *c, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;
	int rc = HRV_OK;

	id_format(&c->subject.id, id);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:b}", "id", id, "purpose",
	    c->purpose, "act", c->act, "text_version", c->text_version, "date",
	    c->day, "unchanged", c->unchanged);
	if (o == NULL || earlier_set_moved(o, &c->moved) ||
	    json_object_set_new(o, "waits", json_boolean(c->waits)))
		rc = no_memory(err);
	if (rc == HRV_OK && c->waits) {
		id_format(&c->waits_for, id);
		if (json_set_str(o, "proposal",
			c->waits_for.kind == ID_PROPOSAL ? id : NULL))
			rc = no_memory(err);
	}
	if (rc == HRV_OK)
		rc = earlier_set_destruction(c->v, o, &c->moved, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_subject_consent(struct hrv_vault *v, const struct hrv_consent_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct consenting c = { .v = v };
	struct entry refused = ENTRY(OP);
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = read_args(&c, args, err);
	if (rc == HRV_OK)
		rc = lookup_subject(v, args->who, &c.subject.id, err);
	if (rc != HRV_OK)
		return rc;
	refused.subject = &c.subject.id;
	rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = carry_out(&c, err);
	txn_abort(v);
	if (rc == HRV_OK)
		rc = try_effect(&c, err);
	holdkeep_clear(&c.keep);
	if (rc == HRV_EREFUSED)
		return txn_refuse(v, &refused, err);
	return rc == HRV_OK ? make_result(&c, ret_doc, err) : rc;
}

int
consent_withdraw_again(struct hrv_vault *v, const struct consent_again *a,
    bool *ret_noted, struct hrv_err *err)
{
	struct consenting c = { .v = v,
		.purpose = a->purpose,
		.act = "withdrawn",
		.name = WITHDRAWN,
		.waits = true };
	struct approval none = { .alone = false };
	int rc = subject_load(v, a->subject, &c.subject, err);

	*ret_noted = false;
	if (rc == HRV_OK && !c.subject.gone)
		rc = consent_live(
		    v, a->subject, a->purpose, ret_noted, NULL, err);
	if (rc != HRV_OK || !*ret_noted)
		return rc;
	snprintf(c.day, sizeof(c.day), "%s", a->day);
	snprintf(c.text_version, TEXT_VERSION_SIZE, "%s", a->text_version);
	return log_act(&c, &none, false, err);
}
