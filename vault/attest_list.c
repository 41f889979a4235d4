/* SPDX-License-Identifier: ISC */
/*
 * Who confirmed nothing for long, and who was not told of a notice. Layer:
 * verbs. Reads only, and nothing that is sealed: any role may ask.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/rights.h"
#include "vault/attest.h"
#include "vault/store/db.h"
#include "vault/terms.h"

#define EVERY "P1Y"

/* One list. */
struct listing {
	struct hrv_vault *v;
	struct hrv_date today;
	struct hrv_duration every;
	char version[TEXT_VERSION_SIZE]; /* of the notice */
	json_t *docs;
};

/* A live subject, and when its identity came. */
struct person {
	struct hrv_id id;
	char kind[16];
	char stored[HRV_DATE_TEXT];
	struct attest a;
};

typedef int person_fn(
    struct listing *l, const struct person *p, struct hrv_err *err);

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
add(struct listing *l, const struct person *p, json_t *o, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&p->id, id);
	if (o != NULL && !json_set_str(o, "id", id) &&
	    !json_set_str(o, "kind", p->kind) &&
	    !json_array_append_new(l->docs, o))
		return HRV_OK;
	json_decref(o);
	return no_memory(err);
}

/* What was given when somebody was taken in was right on that day. */
static int
if_unconfirmed(struct listing *l, const struct person *p, struct hrv_err *err)
{
	const char *last =
	    p->a.confirmed[0] == '\0' ? p->stored : p->a.confirmed;
	struct hrv_date since, due;
	char day[HRV_DATE_TEXT];
	json_t *o;

	if (!hrv_date_parse(last, &since))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "a day of confirmation is not a date");
	if (!hrv_date_add(since, l->every, &due) ||
	    hrv_date_cmp(due, l->today) > 0)
		return HRV_OK;
	hrv_date_format(due, day);
	o = json_pack("{s:s,s:s,s:b}", "since", last, "due", day, "confirmed",
	    p->a.confirmed[0] != '\0');
	return add(l, p, o, err);
}

static int
if_untold(struct listing *l, const struct person *p, struct hrv_err *err)
{
	json_t *o;

	if (p->a.notice[0] != '\0' &&
	    text_version_cmp(p->a.notice, l->version) >= 0)
		return HRV_OK;
	o = p->a.notice[0] == '\0' ? json_pack("{s:n,s:n}", "version", "date")
				   : json_pack("{s:s,s:s}", "version",
					 p->a.notice, "date", p->a.told);
	return add(l, p, o, err);
}

static int
each_person(struct listing *l, person_fn *fn, struct hrv_err *err)
{
	struct person p = { .id.kind = ID_SUBJECT };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(l->v->db, SQL_ATTEST_LIST_SUBJECTS, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, p.id.b, ID_BYTES, err);
		snprintf(p.kind, sizeof(p.kind), "%s", db_col_text(st, 1));
		snprintf(p.stored, sizeof(p.stored), "%s", db_col_text(st, 2));
		if (rc == HRV_OK)
			rc = attest_load(l->v, &p.id, &p.a, err);
		if (rc == HRV_OK)
			rc = fn(l, &p, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* The newest version that anybody was told of. */
static int
newest_notice(struct listing *l, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(l->v->db, SQL_ATTEST_LIST_VERSIONS, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *one = db_col_text(st, 0);

		if (one != NULL && text_version_cmp(one, l->version) > 0)
			snprintf(l->version, sizeof(l->version), "%s", one);
	}
	db_reset(st);
	if (rc == HRV_OK && l->version[0] == '\0') {
		hrv_fail(err, HRV_ENOTFOUND,
		    "nobody was told of a privacy notice yet");
		rc = hrv_hint(err, "say which one with --text-version");
	}
	return rc;
}

static int
emit(struct listing *l, person_fn *fn, hrv_doc_fn *out, void *ctx,
    struct hrv_err *err)
{
	int rc;

	l->docs = json_array();
	rc = l->docs == NULL ? no_memory(err) : each_person(l, fn, err);
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(l->docs); i++)
		rc = out(ctx,
		    (const struct hrv_doc *)json_array_get(l->docs, i), err);
	json_decref(l->docs);
	return rc;
}

int
hrv_subject_unconfirmed(struct hrv_vault *v, const char *every, hrv_doc_fn *fn,
    void *ctx, struct hrv_err *err)
{
	struct listing l = { .v = v };
	int rc = vault_today(v, &l.today, err);

	if (rc == HRV_OK &&
	    (!hrv_duration_parse(every == NULL ? EVERY : every, &l.every) ||
		hrv_duration_is_zero(l.every)))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "how long a confirmation counts is a duration such as P1Y");
	return rc == HRV_OK ? emit(&l, if_unconfirmed, fn, ctx, err) : rc;
}

int
hrv_subject_untold(struct hrv_vault *v, const char *version, hrv_doc_fn *fn,
    void *ctx, struct hrv_err *err)
{
	struct listing l = { .v = v };
	int rc = version == NULL
		     ? newest_notice(&l, err)
		     : text_version_check(version, "privacy notice", err);

	if (rc == HRV_OK && version != NULL)
		snprintf(l.version, sizeof(l.version), "%s", version);
	return rc == HRV_OK ? emit(&l, if_untold, fn, ctx, err) : rc;
}
