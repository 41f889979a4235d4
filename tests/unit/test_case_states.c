/* SPDX-License-Identifier: ISC */
/*
 * Every verb in every state of a case: what is not allowed is refused with a
 * next step, logged once, and changes nothing.
 */
#include "tests/unit/unit.h"

#include "tests/unit/holdhome.h"
#include "tests/unit/tamper.h"

#include "vault/case.h"

static struct holdhome w;

/* One case of somebody new. */
struct one {
	char subject[40], record[40], kase[40];
};

typedef int verb_fn(const struct one *o, struct hrv_err *err);

static int
done(int rc, struct hrv_doc *doc)
{
	hrv_doc_free(rc == HRV_OK ? doc : NULL);
	return rc;
}

static int
identity(const struct one *o, struct hrv_err *err)
{
	struct hrv_case_event_args a = { .which = o->kase,
		.event = HRV_CASE_IDENTITY_GIVEN,
		.text = "seen" };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_event(w.v, &a, &doc, err);

	return done(rc, doc);
}

static int
ask(const struct one *o, struct hrv_err *err)
{
	struct hrv_case_event_args a = { .which = o->kase,
		.event = HRV_CASE_QUESTION_ASKED,
		.text = "which?" };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_event(w.v, &a, &doc, err);

	return done(rc, doc);
}

static int
extend(const struct one *o, struct hrv_err *err)
{
	struct hrv_case_event_args a = {
		.which = o->kase, .event = HRV_CASE_EXTENDED, .text = "many"
	};
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_event(w.v, &a, &doc, err);

	return done(rc, doc);
}

static int
collect(const struct one *o, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_collect(w.v, o->kase, NULL, NULL, &doc, err);

	return done(rc, doc);
}

static int
decide(const struct one *o, struct hrv_err *err)
{
	struct hrv_case_decide_args a = { .which = o->kase,
		.record = o->record };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_decide(w.v, &a, &doc, err);

	return done(rc, doc);
}

static int
withhold(const struct one *o, struct hrv_err *err)
{
	struct hrv_case_decide_args a = { .which = o->kase,
		.record = o->record,
		.code = "S2P3-16",
		.reason = "x" };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_decide(w.v, &a, &doc, err);

	return done(rc, doc);
}

static int
redact(const struct one *o, struct hrv_err *err)
{
	struct hrv_case_redact_args a = { .which = o->kase,
		.record = o->record,
		.field = "/x",
		.code = "S2P3-16" };
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_redact(w.v, &a, &doc, err);

	return done(rc, doc);
}

static int
contribute(const struct one *o, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_contribute(w.v, o->kase, &doc, err);

	return done(rc, doc);
}

static int
deliver(const struct one *o, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_deliver(w.v, o->kase, "post", NULL, &doc, err);

	return done(rc, doc);
}

static int
refuse(const struct one *o, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_refuse(w.v, o->kase, "withdrawn", "x", &doc, err);

	return done(rc, doc);
}

static int
close_it(const struct one *o, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_close(w.v, o->kase, &doc, err);

	return done(rc, doc);
}

static int
reopen(const struct one *o, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_reopen(w.v, o->kase, &doc, err);

	return done(rc, doc);
}

static int export(const struct one *o, struct hrv_err *err)
{
	struct hrv_case_export_args a = {
		.which = o->kase, .passphrase = "p", .fd = -1
	};
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_export(w.v, &a, &doc, err);

	return done(rc, doc);
}

static const char *const states[] = { CASE_OPEN, CASE_EXPORTED, CASE_DELIVERED,
	CASE_REFUSED, CASE_CLOSED };

#define OK HRV_OK
#define NO HRV_EREFUSED
#define LATER HRV_ECONFIRM /* nobody checked who asks */

/* What each answers in each state, in the order of the states. The record has
 * no field /x, and the founder handles the case: those are the answers of a
 * verb that got past the state. */
static const struct {
	const char *name;
	verb_fn *run;
	const char *op;
	int want[5];
} table[] = {
	{ "identity", identity, "case.event", { OK, OK, OK, NO, NO } },
	{ "ask", ask, "case.event", { OK, OK, OK, NO, NO } },
	{ "extend", extend, "case.event", { OK, OK, OK, NO, NO } },
	{ "collect", collect, "case.collect", { OK, OK, OK, NO, NO } },
	{ "decide", decide, "case.decide", { OK, OK, OK, NO, NO } },
	{ "withhold", withhold, "case.decide", { OK, OK, OK, NO, NO } },
	{ "redact", redact, "case.redact",
	    { HRV_EUSAGE, HRV_EUSAGE, HRV_EUSAGE, NO, NO } },
	{ "contribute", contribute, "case.contribute", { NO, NO, NO, NO, NO } },
	{ "export", export, "case.export", { LATER, LATER, LATER, NO, NO } },
	{ "deliver", deliver, "case.deliver", { NO, OK, OK, NO, NO } },
	{ "refuse", refuse, "case.refuse", { OK, OK, NO, NO, NO } },
	{ "close", close_it, "case.close", { NO, NO, OK, OK, NO } },
	{ "reopen", reopen, "case.reopen", { NO, NO, NO, OK, OK } },
};

static void
make(struct one *o, const char *state)
{
	struct hrv_err err = { 0 };
	char sql[160];

	hh_subject(w.v, o->subject);
	hh_record(w.v, o->subject, "talk", HH_OLD, o->record);
	hh_case(&w, o->subject, o->kase);
	assert_int_equal(collect(o, &err), HRV_OK);
	snprintf(sql, sizeof(sql),
	    "UPDATE kase SET status = '%s' WHERE opened_leaf ="
	    " (SELECT max(opened_leaf) FROM kase);",
	    state);
	tamper(w.v, sql);
}

static size_t
refusals(const char *op)
{
	return hh_logged(w.v, op, "refused", NULL);
}

static void
check(size_t verb, size_t state)
{
	int want = table[verb].want[state];
	struct hrv_err why = { 0 };
	struct kase before = { .law = NULL }, after = { .law = NULL };
	struct hrv_id id;
	struct one o;
	size_t logged;
	int got;

	make(&o, states[state]);
	assert_true(id_parse(o.kase, ID_CASE, &id));
	OK_(case_rows(w.v, &id, &before, err));
	logged = refusals(table[verb].op);
	got = table[verb].run(&o, &why);
	if (got != want)
		fail_msg("%s in state %s: %d, wanted %d (%s)", table[verb].name,
		    states[state], got, want, why.msg);
	logged = refusals(table[verb].op) - logged;
	if (logged != (want == NO || want == LATER ? 1 : 0))
		fail_msg("%s in state %s: %zu refusals logged",
		    table[verb].name, states[state], logged);
	if (got != HRV_OK && why.hint[0] == '\0' && want != HRV_EUSAGE)
		fail_msg("%s in state %s: no next step", table[verb].name,
		    states[state]);
	OK_(case_rows(w.v, &id, &after, err));
	if (got != HRV_OK &&
	    (strcmp(before.status, after.status) != 0 ||
		before.n_events != after.n_events ||
		memcmp(before.items, after.items,
		    before.n_items * sizeof(*before.items)) != 0))
		fail_msg("%s in state %s changed the case", table[verb].name,
		    states[state]);
	case_clear(&before);
	case_clear(&after);
}

static void
every_verb_in_every_state(void **state)
{
	(void)state;
	for (size_t v = 0; v < sizeof(table) / sizeof(table[0]); v++) {
		for (size_t s = 0; s < sizeof(states) / sizeof(states[0]); s++)
			check(v, s);
	}
}

static int
setup(void **state)
{
	(void)state;
	holdhome_init(&w);
	hh_law(w.v);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	holdhome_clear(&w);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verb_in_every_state),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
