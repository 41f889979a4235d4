/* SPDX-License-Identifier: ISC */
/*
 * A vault with every class of the schedule that ships, and of each a record in
 * every plight that may not be destroyed: held, of an open case, with nobody
 * who approved, and with a trigger that has not come. For the tests of the one
 * way to destruction. Header only.
 */
#ifndef TESTS_UNIT_CHOKEHOME_H
#define TESTS_UNIT_CHOKEHOME_H

#include "tests/unit/holdhome.h"

#include "hrvault/policy.h"
#include "vault/destroy.h"
#include "vault/keys.h"
#include "vault/purge.h"
#include "vault/store/keystore.h"
#include "vault/version.h"

#define MAX_CLASSES 96

/* One class, with a record in each plight. */
struct choke_row {
	char held[40];
	char asked[40]; /* of an open case */
	char alone[40]; /* nothing protects it but that nobody approved */
	char waits[40]; /* no trigger */
	char compartment[CLASS_NAME_SIZE];
};

struct chokehome {
	struct holdhome h;
	struct choke_row rows[MAX_CLASSES];
	size_t n_rows;
	/* Whose records they are: of a candidate, of an employee. */
	char free[2][40], asked[2][40], waits[2][40];
};

/* What the vault has of a record. */
struct choke_seen {
	bool purged;
	uint32_t version;
	uint64_t leaf;
	uint8_t state[32];
	uint8_t dek[DEK_ID_LEN]; /* of the first version */
	bool key;
	uint32_t gen;
};

VAULTHOME_FN struct choke_seen
choke_look(struct hrv_vault *v, const char *record)
{
	struct version_row ver = { .header = BUF_INIT };
	struct keystore_dek dek;
	struct record_row rec;
	struct hrv_err ignored;
	struct hrv_id id;
	struct choke_seen s;

	memset(&s, 0, sizeof(s));
	OK_(lookup_record(v, record, &id, err));
	OK_(record_load(v, &id, &rec, err));
	OK_(version_load(v, &id, 1, &ver, err));
	OK_(keys_open(v, err));
	s.purged = rec.purged;
	s.version = rec.version;
	s.leaf = rec.state_leaf;
	memcpy(s.state, rec.state, sizeof(s.state));
	memcpy(s.dek, ver.dek, sizeof(s.dek));
	s.key = keystore_get(v->ks, ver.dek, &dek, &ignored) == HRV_OK;
	s.gen = v->gen;
	assert_true(ver.header.len > 0);
	version_clear(&ver);
	return s;
}

VAULTHOME_FN void
choke_unchanged(
    struct hrv_vault *v, const char *record, const struct choke_seen *before)
{
	struct choke_seen now = choke_look(v, record);

	assert_false(now.purged);
	assert_true(now.key);
	assert_memory_equal(&now, before, sizeof(now));
}

/* A person to whom everything that the schedule knows has happened, or
 * nothing; but for one event, where there is one that may not be. */
VAULTHOME_FN void
choke_person(struct chokehome *c, bool employee, bool events, const char *but,
    char out[40])
{
	const struct hrv_schedule *s = c->h.v->schedule;
	struct hrv_subject_add_args a = { .kind = employee ? "employee"
							   : "candidate" };
	struct hrv_doc *doc = NULL;

	a.fields.name = "Chioma Ångström";
	a.fields.born = events ? "1900-01-01" : "2000-01-01";
	OK_(hrv_subject_add(c->h.v, &a, &doc, err));
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	for (size_t i = 0; events && i < s->event_count; i++) {
		struct hrv_subject_event_args e = {
			.who = out, .name = s->event[i], .date = "1920-01-01"
		};

		if (strncmp(s->event[i], "subject.", 8) != 0 ||
		    (but != NULL && strcmp(s->event[i], but) == 0) ||
		    (strcmp(s->event[i], "subject.hired") == 0 && !employee))
			continue;
		OK_(hrv_subject_event(c->h.v, &e, &doc, err));
		hrv_doc_free(doc);
	}
}

VAULTHOME_FN bool
choke_may_be_set(const char *event)
{
	return strncmp(event, "record.", 7) == 0 &&
	       strcmp(event, "record.created") != 0 &&
	       strcmp(event, "record.stored") != 0 &&
	       strcmp(event, "record.superseded") != 0;
}

VAULTHOME_FN void
choke_document(struct hrv_vault *v, const struct hrv_class *k, const char *who,
    bool events, char out[40])
{
	const struct hrv_schedule *s = v->schedule;
	struct hrv_record_event list[64];
	struct hrv_record_add_args a = { .class_name = k->id,
		.title = "t",
		.subject = who,
		.events = list };
	struct hrv_doc *doc = NULL;

	a.date = (struct hrv_date){ events ? 1920 : 2026, 1, 1 };
	if (k->needs_dependant_born)
		a.dependant_born = a.date;
	for (size_t i = 0; events && i < s->event_count; i++) {
		if (choke_may_be_set(s->event[i]))
			list[a.n_events++] =
			    (struct hrv_record_event){ s->event[i], a.date };
	}
	a.content.fd = hh_content();
	OK_(hrv_record_add(v, &a, &doc, err));
	(void)close(a.content.fd);
	snprintf(out, 40, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

/* The shipped schedule without its notice. */
VAULTHOME_FN void
choke_adopt_uk(struct hrv_vault *v)
{
	static char text[131072];
	FILE *f = fopen("policy/schedules/uk.cfg", "r");
	char *notice;

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	notice = strstr(text, "notice = \"P14D\"");
	assert_non_null(notice);
	memcpy(notice, "notice = \"P0D\" ", 15);
	hh_adopt(v, text);
}

/* In founding still. */
VAULTHOME_FN void
chokehome_init(struct chokehome *c)
{
	struct hrv_vault *v;
	char id[40];

	memset(c, 0, sizeof(*c));
	holdhome_init(&c->h);
	v = c->h.v;
	choke_adopt_uk(v);
	hh_law(v);
	for (int k = 0; k < 2; k++) {
		choke_person(c, k == 1, true, NULL, c->free[k]);
		/* Who has died asks for nothing. */
		choke_person(c, k == 1, true, "subject.died", c->asked[k]);
		choke_person(c, k == 1, false, NULL, c->waits[k]);
		hh_case(&c->h, c->asked[k], id);
	}
	for (size_t i = 0; i < v->schedule->class_count; i++) {
		const struct hrv_class *k = &v->schedule->klass[i];
		int who = (k->who & HRV_WHO_EMPLOYEE) != 0;
		struct choke_row *r = &c->rows[c->n_rows];

		if (k->built_in)
			continue;
		assert_true(++c->n_rows < MAX_CLASSES);
		snprintf(r->compartment, sizeof(r->compartment), "%s",
		    k->compartment);
		choke_document(v, k, c->free[who], true, r->held);
		(void)hh_hold_record(v, r->held, NULL);
		choke_document(v, k, c->asked[who], true, r->asked);
		choke_document(v, k, c->free[who], true, r->alone);
		choke_document(v, k, c->waits[who], false, r->waits);
	}
}

/* From here on two people are asked for. */
VAULTHOME_FN void
choke_end_founding(struct chokehome *c)
{
	people_end_founding(&c->h.p);
	hrv_close(c->h.v);
	c->h.v = people_open(&c->h.p, c->h.p.h.founder);
}

enum { HELD, ASKED, ALONE, WAITS };

VAULTHOME_FN void
choke_look_all(const struct chokehome *c, struct choke_seen seen[][4])
{
	for (size_t i = 0; i < c->n_rows; i++) {
		seen[i][HELD] = choke_look(c->h.v, c->rows[i].held);
		seen[i][ASKED] = choke_look(c->h.v, c->rows[i].asked);
		seen[i][ALONE] = choke_look(c->h.v, c->rows[i].alone);
		seen[i][WAITS] = choke_look(c->h.v, c->rows[i].waits);
	}
}

VAULTHOME_FN void
choke_all_unchanged(
    const struct chokehome *c, const struct choke_seen seen[][4])
{
	for (size_t i = 0; i < c->n_rows; i++) {
		choke_unchanged(c->h.v, c->rows[i].held, &seen[i][HELD]);
		choke_unchanged(c->h.v, c->rows[i].asked, &seen[i][ASKED]);
		choke_unchanged(c->h.v, c->rows[i].alone, &seen[i][ALONE]);
		choke_unchanged(c->h.v, c->rows[i].waits, &seen[i][WAITS]);
	}
}

/* ---- the place that all ways pass ---- */

#define FORGED "P-01ABCDEFGHJKMNPQRSTVWXYZ01"
#define MAX_LIST (4 * MAX_CLASSES)

/* A list of items that goes there at once, as if no check came before it, and
 * why each has to stay. */
struct choke_list {
	struct survey s;
	struct survey_item items[MAX_LIST];
	struct destroy_item to_go[MAX_LIST];
	enum verdict want[MAX_LIST];
	size_t n;
	enum destroy_reason reason;
	const struct hrv_id *person;
	struct hrv_id run;
	struct receipt *intent;
	struct destroy_result result;
};

VAULTHOME_FN void
choke_take(struct hrv_vault *v, struct choke_list *f, const char *record,
    const char *approval, enum verdict want)
{
	struct hrv_id id;

	assert_true(f->n < MAX_LIST);
	OK_(lookup_record(v, record, &id, err));
	f->items[f->n] = (struct survey_item){ id, 1 };
	f->to_go[f->n] = (struct destroy_item){ id, 1, f->reason, approval };
	f->want[f->n++] = want;
}

/* What the judge says of the records that nothing protects. */
VAULTHOME_FN void
choke_judge_alone(const struct chokehome *c, struct candidate out[])
{
	static struct survey_item items[MAX_CLASSES];
	struct survey s;

	for (size_t i = 0; i < c->n_rows; i++) {
		OK_(lookup_record(
		    c->h.v, c->rows[i].alone, &items[i].record, err));
		items[i].n = 1;
	}
	OK_(survey_make_list(c->h.v,
	    &(struct survey_list){ .items = items, .n = c->n_rows }, &s, err));
	assert_int_equal(s.n, c->n_rows);
	for (size_t i = 0; i < s.n; i++) {
		out[i] = s.list[i];
		out[i].basis = NULL;
	}
	survey_clear(&s);
}

VAULTHOME_FN int
choke_force(struct hrv_vault *v, void *ctx, struct hrv_err *err)
{
	struct choke_list *f = ctx;
	struct destroy_args a = { .run = &f->run,
		.judge = &f->s.judge,
		.items = f->to_go,
		.n = f->n,
		.person = f->person,
		.person_rule = "under-age",
		.person_cite = "test",
		.intent = &f->intent };

	return destroy_commit(v, &a, &f->result, err);
}

/* Why it was spared, "" when it was not. */
VAULTHOME_FN const char *
choke_spared(const struct choke_list *f, const struct hrv_id *record)
{
	char text[ID_TEXT_SIZE];

	id_format(record, text);
	for (size_t i = 0; i < json_array_size(f->result.spared); i++) {
		const json_t *o = json_array_get(f->result.spared, i);

		if (strcmp(json_str(o, "record"), text) == 0)
			return json_str(o, "why");
	}
	return "";
}

/* The list is refused as a whole: nothing goes, for the reasons given, and the
 * log says so once. The list is empty afterwards. */
VAULTHOME_FN void
choke_refused(struct hrv_vault *v, struct choke_list *f, const char *way)
{
	struct purge_commit_args a = { .survey = &f->s,
		.run = &f->run,
		.intent = &f->intent,
		.destroy = choke_force,
		.ctx = f,
		.result = &f->result };
	size_t refused = hh_logged(v, NULL, "refused", NULL);
	uint32_t gen = v->gen;

	assert_true(f->n > 0);
	vault_new_id(ID_RUN, &f->run);
	OK_(survey_make_list(v,
	    &(struct survey_list){ .items = f->items, .n = f->n }, &f->s, err));
	assert_int_equal(f->s.n, f->n);
	OK_(purge_announce(v, &f->s, &f->run, NULL, &f->intent, err));
	OK_(purge_commit(v, &a, err));
	for (size_t i = 0; i < f->n; i++) {
		const char *why = choke_spared(f, &f->items[i].record);

		if (strcmp(why, verdict_name(f->want[i])) != 0)
			fail_msg("%s: item %zu is '%s', not '%s'", way, i, why,
			    verdict_name(f->want[i]));
	}
	assert_int_equal(f->result.versions, 0);
	assert_int_equal(f->result.identities, 0);
	assert_int_equal(json_array_size(f->result.spared), f->n);
	assert_int_equal(v->gen, gen);
	assert_int_equal(hh_logged(v, NULL, "refused", NULL), refused + 1);
	destroy_clear(&f->result);
	survey_clear(&f->s);
	memset(f, 0, sizeof(*f));
}

#endif
