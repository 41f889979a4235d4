/* SPDX-License-Identifier: ISC */
/*
 * What another schedule would do to the records there are. Layer: verbs.
 * Both schedules are asked for every version, so the numbers do not depend on
 * terms that may still be those of an earlier schedule.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/schedule.h"
#include "vault/store/db.h"
#include "vault/terms.h"

struct comparison {
	struct hrv_vault *v;
	struct effects *e;
	struct hrv_date today;
};

/* The first day on which it could be destroyed; not set: never, so far. */
static struct hrv_date
end_of(const struct hrv_decision *d)
{
	if (d->purge_from.kind != HRV_BOUND_DATE ||
	    d->at_expiry == HRV_EXPIRY_PERMANENT)
		return HRV_DATE_NONE;
	return d->purge_from.date;
}

static bool
is_due(const struct hrv_decision *d)
{
	return d->state == HRV_STATE_DUE || d->state == HRV_STATE_REVIEW;
}

static void
count(struct effects_count *c, const struct hrv_decision *was,
    const struct hrv_decision *now)
{
	struct hrv_date a = end_of(was), b = end_of(now);
	bool never_was = !hrv_date_is_set(a), never_is = !hrv_date_is_set(b);
	int order = hrv_date_cmp(b, a);

	c->records++;
	if (!never_is && (never_was || order < 0))
		c->earlier++;
	if (!never_was && (never_is || order > 0))
		c->later++;
	if (is_due(now) && !is_due(was))
		c->due_now++;
	if (was->at_expiry == HRV_EXPIRY_REVIEW &&
	    now->at_expiry == HRV_EXPIRY_PURGE)
		c->review_to_purge++;
	if (was->at_expiry == HRV_EXPIRY_PURGE &&
	    now->at_expiry == HRV_EXPIRY_REVIEW)
		c->purge_to_review++;
}

/* A compartment of the vault itself needs no schedule. */
static bool
has_compartment(const struct hrv_schedule *s, const char *name)
{
	bool found = name[0] == '\0' || role_reserved_compartment(name);

	for (size_t i = 0; !found && i < s->compartment_count; i++)
		found = strcmp(s->compartment[i], name) == 0;
	return found;
}

static int
compare(void *ctx, const struct scan_row *row, struct hrv_err *err)
{
	struct comparison *c = ctx;
	const struct hrv_schedule *other = c->e->schedule;
	const struct hrv_class *now_class, *was_class;
	struct hrv_decision was = { .purge_from = { HRV_BOUND_PENDING,
					HRV_DATE_NONE } },
			    now;

	now_class = hrv_schedule_class(other, row->class_name);
	was_class = hrv_schedule_class(c->v->schedule, row->class_name);
	if (now_class == NULL) {
		hrv_fail_as(err, HRV_EREFUSED, "class-in-use",
		    "there are records of the class '%s', which the new "
		    "schedule does not have",
		    row->class_name);
		return hrv_hint(err, "keep the class in the schedule until "
				     "its last record is gone, or reclassify "
				     "the records");
	}
	if (!has_compartment(other, row->compartment)) {
		hrv_fail_as(err, HRV_EREFUSED, "compartment-in-use",
		    "there are records in the compartment '%s', which the new "
		    "schedule does not have",
		    row->compartment);
		return hrv_hint(err, "keep the compartment in the schedule's "
				     "list");
	}
	if (was_class != NULL)
		hrv_class_decide(was_class, &row->facts, c->today, &was);
	hrv_class_decide(now_class, &row->facts, c->today, &now);
	count(&c->e->all, &was, &now);
	count(&c->e->classes[now_class - other->klass], &was, &now);
	return HRV_OK;
}

void
effects_clear(struct effects *e)
{
	free(e->classes);
	*e = (struct effects){ 0 };
}

int
effects_compute(struct hrv_vault *v, const struct hrv_schedule *other,
    struct effects *ret, struct hrv_err *err)
{
	struct effects e = { .was = v->schedule, .schedule = other };
	struct comparison c = { .v = v, .e = &e };
	int rc = vault_today(v, &c.today, err);

	e.classes = calloc(other->class_count + 1, sizeof(*e.classes));
	if (rc == HRV_OK && e.classes == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = schedule_scan(v, compare, &c, err);
	if (rc != HRV_OK) {
		effects_clear(&e);
		return rc;
	}
	*ret = e;
	return HRV_OK;
}

static int
set_count(json_t *o, const struct effects_count *c)
{
	return json_set_int(o, "earlier", (int64_t)c->earlier) ||
	       json_set_int(o, "later", (int64_t)c->later) ||
	       json_set_int(o, "due_now", (int64_t)c->due_now) ||
	       json_set_int(
		   o, "review_to_purge", (int64_t)c->review_to_purge) ||
	       json_set_int(
		   o, "purge_to_review", (int64_t)c->purge_to_review) ||
	       json_set_int(o, "records", (int64_t)c->records);
}

static bool
any(const struct effects_count *c)
{
	return c->earlier + c->later + c->due_now + c->review_to_purge +
		   c->purge_to_review >
	       0;
}

int
effects_json(const struct effects *e, json_t *into, struct hrv_err *err)
{
	json_t *list = json_array();
	int bad = list == NULL || set_count(into, &e->all);

	for (size_t i = 0; !bad && i < e->schedule->class_count; i++) {
		const struct effects_count *c = &e->classes[i];
		json_t *one;

		if (!any(c))
			continue;
		one = json_object();
		bad = one == NULL ||
		      json_set_str(one, "class", e->schedule->klass[i].id) ||
		      set_count(one, c);
		bad |= json_array_append_new(list, one);
	}
	bad = bad || json_object_set(into, "classes", list) ||
	      json_object_set_new(
		  into, "safeguards", safeguards_json(e->was, e->schedule));
	json_decref(list);
	return bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;
}

int
effects_told(struct hrv_vault *v, const struct hrv_schedule *other,
    json_t **ret, struct hrv_err *err)
{
	struct effects e = { 0 };
	json_t *o = json_object();
	int rc = db_begin_read(v->db, err);

	if (rc == HRV_OK)
		rc = effects_compute(v, other, &e, err);
	db_rollback(v->db);
	if (rc == HRV_OK)
		rc = effects_json(&e, o, err);
	effects_clear(&e);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = o;
	return HRV_OK;
}
