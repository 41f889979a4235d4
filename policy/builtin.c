/* SPDX-License-Identifier: ISC */
/*
 * The vault's own papers: what they are called, what they may be used for,
 * and how long they stay where a schedule says nothing else. Layer: policy
 * (pure). Invariant: each of them has a rule, so that nothing the vault
 * writes about a person is without an end or a reason to have none.
 */
#include "policy/schedule.h"

#include <string.h>

static const struct {
	const char *id;
	const char *event;
	uint32_t years;
	enum hrv_at_expiry at_expiry;
	const char *cite;
	const char *note;
} rules[BUILTIN_RULES] = {
	{ "vault.case", "record.closed", 3, HRV_EXPIRY_PURGE,
	    "UK GDPR Art 5(2), 12; DPA 2018 s.167",
	    "proof of what was answered, while it can be complained about" },
	{ "vault.hold", "record.closed", 6, HRV_EXPIRY_REVIEW,
	    "Limitation Act 1980 s.5",
	    "proof of what was preserved, after the matter has ended" },
	{ "vault.tombstone", "record.created", 6, HRV_EXPIRY_PURGE,
	    "UK GDPR Art 5(1)(e), 5(2)",
	    "a stub is still personal data and has an end of its own" },
	{ "vault.certificate", "record.created", 6, HRV_EXPIRY_REVIEW,
	    "UK GDPR Art 5(2)", "proof of destruction" },
	{ "vault.disclosure", "record.created", 6, HRV_EXPIRY_REVIEW,
	    "UK GDPR Art 15(1)(c), 19",
	    "who was told what has to be answered as long as it can be asked" },
	{ "vault.log", "record.created", 6, HRV_EXPIRY_PERMANENT,
	    "UK GDPR Art 5(2), 32",
	    "the log holds no personal data and is never cut" },
};

static const struct {
	const char *id;
	const char *title;
	const char *compartment;
	const char *basis;
	const char *rule; /* NULL: ends with the subject */
} classes[BUILTIN_CLASSES] = {
	{ "vault.identity", "Who a subject is", "identity",
	    "legitimate_interests", NULL },
	{ "vault.case", "File of a request", "casework", "legal_obligation",
	    "vault.case" },
	{ "vault.hold", "File of a legal hold", "hold", "legitimate_interests",
	    "vault.hold" },
	{ "vault.tombstone", "Stub of a destroyed record", "",
	    "legal_obligation", "vault.tombstone" },
	{ "vault.certificate", "Certificate of destruction", "",
	    "legal_obligation", "vault.certificate" },
	{ "vault.disclosure", "Entry of a disclosure", "detail",
	    "legal_obligation", "vault.disclosure" },
	{ "vault.log", "Entry of the log", "", "legal_obligation",
	    "vault.log" },
};

bool
is_builtin_class(const char *id)
{
	for (size_t i = 0; i < BUILTIN_CLASSES; i++)
		if (strcmp(classes[i].id, id) == 0)
			return true;
	return false;
}

void
add_builtin_rules(struct reader *r)
{
	for (size_t i = 0; i < BUILTIN_RULES; i++) {
		struct hrv_rule *rule = &r->rule[r->s->pub.rule_count];
		struct hrv_term *t;

		/* A rule of the file with this id takes its place. */
		if (hrv_schedule_rule(&r->s->pub, rules[i].id) != NULL)
			continue;
		t = pool_alloc(r->pool, 1, sizeof(*t));
		if (t == NULL)
			return;
		t->kind = TERM_EVENT;
		t->event = rules[i].event;
		t->has_plus = true;
		t->plus.years = rules[i].years;
		*rule = (struct hrv_rule){ .id = rules[i].id,
			.cite = rules[i].cite,
			.note = rules[i].note,
			.keep = t,
			.at_expiry = rules[i].at_expiry };
		r->s->pub.rule_count++;
	}
}

static void
fill(struct reader *r, size_t i, struct hrv_class *c)
{
	c->id = classes[i].id;
	c->title = classes[i].title;
	c->compartment = classes[i].compartment;
	c->purpose = "administration";
	c->purposes = r->s->pub.purpose;
	c->purpose_count = r->s->pub.purpose_count;
	c->legal_basis = classes[i].basis;
	c->built_in = true;
	c->with_subject = classes[i].rule == NULL;
}

void
add_builtin_classes(struct reader *r)
{
	struct hrv_schedule *s = &r->s->pub;

	for (size_t i = 0; i < BUILTIN_CLASSES; i++) {
		int at = -1;
		const struct hrv_rule **rule;

		for (size_t k = 0; k < r->s->file_classes; k++)
			if (strcmp(r->klass[k].id, classes[i].id) == 0)
				at = (int)k;
		if (at >= 0) {
			fill(r, i, &r->klass[at]);
			continue;
		}
		fill(r, i, &r->klass[s->class_count++]);
		rule = pool_alloc(r->pool, 1, sizeof(struct hrv_rule *));
		if (rule == NULL || classes[i].rule == NULL)
			continue;
		rule[0] = hrv_schedule_rule(s, classes[i].rule);
		r->klass[s->class_count - 1].rule = rule;
		r->klass[s->class_count - 1].rule_count = 1;
	}
}
