/* SPDX-License-Identifier: ISC */
/*
 * Notices of holds: who was told, with which text, who was reminded, who
 * answered. Layer: verbs. Invariant: a hold holds whatever became of its
 * notices.
 */
#include <stdio.h>
#include <string.h>

#include "hrvault/date.h"
#include "hrvault/hold.h"
#include "vault/base/text.h"
#include "vault/custody/roles.h"
#include "vault/detail.h"
#include "vault/holdplace.h"
#include "vault/member.h"
#include "vault/store/db.h"
#include "vault/terms.h"

#define EVERY_MAX 366

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static json_t *
notice_json(struct stmt *st)
{
	json_t *o = json_object();

	if (o != NULL &&
	    (json_set_int(o, "n", db_col_int(st, 0)) ||
		json_set_str(o, "member", db_col_text(st, 1)) ||
		json_set_str(o, "text", db_col_text(st, 2)) ||
		json_set_int(o, "every", db_col_int(st, 3)) ||
		json_set_str(o, "sent", db_col_text(st, 4)) ||
		json_set_str(o, "reminded", db_col_text(st, 5)) ||
		json_set_int(o, "reminders", db_col_int(st, 6)) ||
		json_set_str(o, "acknowledged", db_col_text(st, 7)) ||
		json_set_int(o, "entry", db_col_int(st, 8)))) {
		json_decref(o);
		o = NULL;
	}
	return o;
}

int
hold_notices(struct hrv_vault *v, const struct hrv_id *id, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_NOTICE_LIST_OF, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		if (json_array_append_new(list, notice_json(st)) != 0) {
			rc = no_memory(err);
			db_reset(st);
		}
	}
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}

void
hold_reminder_due(const json_t *notice, char out[11])
{
	const char *last = json_str(notice, "reminded");
	struct hrv_duration every = { .days = (unsigned)json_int(
					  notice, "every", 0) };
	struct hrv_date d;

	out[0] = '\0';
	if (last == NULL)
		last = json_str(notice, "sent");
	if (every.days > 0 && json_str(notice, "acknowledged") == NULL &&
	    last != NULL && hrv_date_parse(last, &d) &&
	    hrv_date_add(d, every, &d))
		hrv_date_format(d, out);
}

const char *
hold_notice_word(const json_t *notices, const char *today)
{
	bool all = true, late = false;
	char due[11];

	for (size_t i = 0; i < json_array_size(notices); i++) {
		const json_t *n = json_array_get(notices, i);

		all &= json_str(n, "acknowledged") != NULL;
		hold_reminder_due(n, due);
		late |= due[0] != '\0' && strcmp(due, today) <= 0;
	}
	if (json_array_size(notices) == 0)
		return "none";
	return all ? "acknowledged" : late ? "overdue" : "sent";
}

/* The day that is meant: today, or a day before. */
static int
read_day(struct hrv_vault *v, const char *on, char out[HRV_DATE_TEXT],
    struct hrv_err *err)
{
	struct hrv_date d;
	int rc = vault_today_text(v, out, err);

	if (rc != HRV_OK || on == NULL)
		return rc;
	if (!hrv_date_parse(on, &d))
		return hrv_fail(
		    err, HRV_EUSAGE, "the day is not a date (YYYY-MM-DD)");
	if (strcmp(on, out) > 0)
		return hrv_fail(err, HRV_EUSAGE, "that day has not come yet");
	hrv_date_format(d, out);
	return HRV_OK;
}

/* Common to the three verbs: the hold is in force and not about who asks. */
static int
find(struct hrv_vault *v, const char *hold, const char *op, struct hrv_id *ret,
    struct entry *refused, struct hrv_err *err)
{
	struct hold_row h = { .scope = BUF_INIT };
	int rc = role_may(v->role, op, err);

	if (rc == HRV_OK)
		rc = lookup_hold(v, hold, ret, err);
	if (rc == HRV_OK) {
		refused->hold = ret;
		rc = hold_load_active(v, ret, &h, err);
	}
	hold_row_clear(&h);
	return rc;
}

/* The entry of a change of the notices, after the rows were changed. */
static int
log_change(struct hrv_vault *v, struct entry *e, uint64_t *ret_leaf,
    struct hrv_err *err)
{
	uint8_t state[32];
	int rc = hold_state(v, e->hold, state, err);

	e->state = state;
	if (rc == HRV_OK)
		rc = txn_entry(v, e, ret_leaf, err);
	e->state = NULL;
	return rc;
}

/* One notice being sent. */
struct sending {
	const struct hrv_hold_notice *args;
	struct hrv_id hold;
	char day[HRV_DATE_TEXT];
	int64_t n;	    /* recipients so far */
	json_t *recipients; /* for the log */
	json_t *names;	    /* number: name, to be sealed */
};

static int
check_notice(const struct hrv_hold_notice *a, struct hrv_err *err)
{
	const char *t = a->text_version;
	size_t n = t == NULL ? 0 : strlen(t);
	bool some = (a->members != NULL && a->members[0] != NULL) ||
		    (a->names != NULL && a->names[0] != NULL);
	int rc = HRV_OK;

	if (n == 0 || n > 32 ||
	    strspn(t, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		      "0123456789._-") != n)
		return hrv_fail(err, HRV_EUSAGE,
		    "the version of the text is a word of at most 32 letters, "
		    "digits, '.', '_' and '-'");
	if (a->every < 0 || a->every > EVERY_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "reminders come every 1 to %d days", EVERY_MAX);
	if (!some)
		return hrv_fail(err, HRV_EUSAGE,
		    "a notice goes to somebody: --to KEY or --name NAME");
	for (size_t i = 0;
	     rc == HRV_OK && a->names != NULL && a->names[i] != NULL; i++)
		rc = text_check_field(
		    TEXT_NAME, a->names[i], strlen(a->names[i]), err);
	return rc;
}

static int
add_recipient(struct hrv_vault *v, struct sending *x, const char *member,
    const char *name, struct hrv_err *err)
{
	json_t *o = json_pack("{s:I}", "n", (json_int_t)++x->n);
	char key[24];
	struct stmt *st;
	int rc;

	snprintf(key, sizeof(key), "%lld", (long long)x->n);
	if (o == NULL || json_set_str(o, "member", member) ||
	    json_array_append_new(x->recipients, o) ||
	    json_set_str(x->names, key, name))
		return no_memory(err);
	rc = db_stmt(v->db, SQL_NOTICE_ADD, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, x->hold.b, ID_BYTES);
	(void)db_bind_int(st, 2, x->n);
	(void)db_bind_text(st, 3, member);
	(void)db_bind_text(st, 4, x->args->text_version);
	(void)db_bind_int(st, 5, x->args->every);
	(void)db_bind_text(st, 6, x->day);
	(void)db_bind_int(st, 7, (int64_t)v->frontier.size);
	return db_run(st, err);
}

static int
add_recipients(struct hrv_vault *v, struct sending *x, struct hrv_err *err)
{
	const char *const *to = x->args->members;
	const struct slot_member *m;
	json_t *old = NULL;
	int rc = hold_notices(v, &x->hold, &old, err);

	x->n = (int64_t)json_array_size(old);
	json_decref(old);
	for (; rc == HRV_OK && to != NULL && *to != NULL; to++) {
		rc = member_find(v->slots, *to, &m, NULL, err);
		if (rc == HRV_OK)
			rc = add_recipient(v, x, m->fpr, NULL, err);
	}
	to = x->args->names;
	for (; rc == HRV_OK && to != NULL && *to != NULL; to++)
		rc = add_recipient(v, x, NULL, *to, err);
	return rc;
}

static int
log_notice(struct hrv_vault *v, struct sending *x, struct hrv_err *err)
{
	struct entry e = ENTRY("hold.notice");
	struct detail d = { .sealed = BUF_INIT };
	struct buf text = BUF_INIT_SECRET;
	json_t *p = json_pack("{s:s,s:s,s:I,s:O}", "text",
	    x->args->text_version, "on", x->day, "every",
	    (json_int_t)x->args->every, "recipients", x->recipients);
	json_t *sealed = json_pack("{s:O}", "names", x->names);
	bool named = json_object_size(x->names) > 0;
	uint64_t leaf = 0;
	int rc = p == NULL || sealed == NULL
		     ? no_memory(err)
		     : json_canonical(sealed, &text, err);

	e.hold = &x->hold;
	e.payload = p;
	if (rc == HRV_OK && named)
		rc =
		    detail_seal(v, KEK_HOLD, &x->hold, buf_str(&text), &d, err);
	e.detail = named ? d.commit : NULL;
	if (rc == HRV_OK)
		rc = log_change(v, &e, &leaf, err);
	if (rc == HRV_OK && named)
		rc = detail_store(v, leaf, &d, err);
	detail_clear(&d);
	buf_clear(&text);
	json_decref(sealed);
	json_decref(p);
	return rc;
}

static int
answer(const struct hrv_id *hold, const char *key, int64_t n,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;

	id_format(hold, id);
	o = json_pack("{s:s,s:I}", "id", id, key, (json_int_t)n);
	if (o == NULL)
		return no_memory(err);
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_hold_notify(struct hrv_vault *v, const struct hrv_hold_notice *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("hold.notice");
	struct sending x = {
		.args = args, .recipients = json_array(), .names = json_object()
	};
	int rc = check_notice(args, err);

	if (rc == HRV_OK)
		rc = find(v, args->hold, refused.op, &x.hold, &refused, err);
	if (rc == HRV_OK)
		rc = conflict_check_hold(v, v->fpr, &x.hold, err);
	if (rc == HRV_OK)
		rc = read_day(v, args->on, x.day, err);
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = add_recipients(v, &x, err);
	if (rc == HRV_OK)
		rc = log_notice(v, &x, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(x.recipients);
	json_decref(x.names);
	if (rc == HRV_EREFUSED)
		return txn_refuse(v, &refused, err);
	return rc == HRV_OK ? answer(&x.hold, "recipients", x.n, ret_doc, err)
			    : rc;
}

static int
set_day(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *hold,
    int64_t n, const char *day, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, hold->b, ID_BYTES);
	(void)db_bind_int(st, 2, n);
	(void)db_bind_text(st, 3, day);
	return db_run(st, err);
}

/* Notes a reminder to everybody who has not answered. */
static int
remind(struct hrv_vault *v, const struct hrv_id *hold, const char *day,
    json_t *numbers, struct hrv_err *err)
{
	struct entry e = ENTRY("hold.remind");
	json_t *list = NULL, *p = NULL;
	int rc = hold_notices(v, hold, &list, err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		int64_t n = json_int(o, "n", 0);

		if (json_str(o, "acknowledged") != NULL)
			continue;
		rc = set_day(v, SQL_NOTICE_SET_REMINDED, hold, n, day, err);
		if (rc == HRV_OK && json_array_append_new(numbers,
					json_integer((json_int_t)n)) != 0)
			rc = no_memory(err);
	}
	if (rc == HRV_OK && json_array_size(numbers) == 0)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "there is nobody to remind: no notice, or all were "
		    "acknowledged");
	if (rc == HRV_OK)
		p = json_pack("{s:s,s:O}", "on", day, "recipients", numbers);
	if (rc == HRV_OK && p == NULL)
		rc = no_memory(err);
	e.hold = hold;
	e.payload = p;
	if (rc == HRV_OK)
		rc = log_change(v, &e, NULL, err);
	json_decref(p);
	json_decref(list);
	return rc;
}

int
hrv_hold_remind(struct hrv_vault *v, const char *hold, const char *on,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("hold.remind");
	json_t *numbers = json_array();
	char day[HRV_DATE_TEXT];
	int64_t n;
	struct hrv_id id;
	int rc = find(v, hold, refused.op, &id, &refused, err);

	if (rc == HRV_OK)
		rc = conflict_check_hold(v, v->fpr, &id, err);
	if (rc == HRV_OK)
		rc = read_day(v, on, day, err);
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = remind(v, &id, day, numbers, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	n = (int64_t)json_array_size(numbers);
	json_decref(numbers);
	if (rc == HRV_EREFUSED)
		return txn_refuse(v, &refused, err);
	return rc == HRV_OK ? answer(&id, "reminded", n, ret_doc, err) : rc;
}

/* The number of the notice that is meant: one's own (the last that is open),
 * or one that legal or dpo name. */
static int
find_notice(struct hrv_vault *v, const struct hrv_id *hold, int64_t *n,
    struct hrv_err *err)
{
	json_t *list = NULL;
	int64_t found = 0;
	int rc = hold_notices(v, hold, &list, err);

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		const char *member = json_str(o, "member");

		if (json_str(o, "acknowledged") != NULL)
			continue;
		if (*n != 0 ? json_int(o, "n", 0) == *n
			    : member != NULL && strcmp(member, v->fpr) == 0)
			found = json_int(o, "n", 0);
	}
	json_decref(list);
	if (rc == HRV_OK && found == 0)
		return hrv_fail(err, HRV_ENOTFOUND,
		    "there is no such notice of this hold that waits for an "
		    "answer");
	*n = found;
	return rc;
}

static int
acknowledge(struct hrv_vault *v, const struct hrv_id *hold, int64_t *n,
    const char *day, struct hrv_err *err)
{
	struct entry e = ENTRY("hold.acknowledge");
	json_t *p = NULL;
	int rc = find_notice(v, hold, n, err);

	if (rc == HRV_OK)
		rc =
		    set_day(v, SQL_NOTICE_SET_ACKNOWLEDGED, hold, *n, day, err);
	if (rc == HRV_OK)
		p = json_pack("{s:I,s:s}", "n", (json_int_t)*n, "on", day);
	if (rc == HRV_OK && p == NULL)
		rc = no_memory(err);
	e.hold = hold;
	e.payload = p;
	if (rc == HRV_OK)
		rc = log_change(v, &e, NULL, err);
	json_decref(p);
	return rc;
}

int
hrv_hold_acknowledge(struct hrv_vault *v, const char *hold, int64_t recipient,
    const char *on, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("hold.acknowledge");
	char day[HRV_DATE_TEXT];
	struct hrv_id id;
	int rc = find(v, hold, refused.op, &id, &refused, err);

	/* For somebody else: who may tell them. */
	if (rc == HRV_OK && recipient != 0)
		rc = role_may(v->role, "hold.notice", err);
	if (rc == HRV_OK)
		rc = read_day(v, on, day, err);
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = acknowledge(v, &id, &recipient, day, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	if (rc == HRV_EREFUSED)
		return txn_refuse(v, &refused, err);
	return rc == HRV_OK ? answer(&id, "recipient", recipient, ret_doc, err)
			    : rc;
}
