/* SPDX-License-Identifier: ISC */
/*
 * Schedules with one thing changed, and records with dates, for the tests of
 * adoption and of the retention lists. Header only.
 */
#ifndef TESTS_UNIT_RETENTIONHOME_H
#define TESTS_UNIT_RETENTIONHOME_H

#include "tests/unit/recordhome.h"

#include "hrvault/schedule.h"

/* What differs from one schedule to the next. */
struct variant {
	const char *version;
	const char *plus;	  /* of the class note, after record.created */
	const char *compartments; /* NULL: the two usual ones */
	const char *more_classes; /* begins with a comma, or NULL */
	const char *more_rules;	  /* likewise */
};

VAULTHOME_FN const char *
retentionhome_text(const struct variant *x)
{
	static char text[4096];

	snprintf(text, sizeof(text),
	    "# a comment: law = { }\n/* law = */ schedule = {\n"
	    " id = \"t\"; version = \"%s\"; title = \"test\";"
	    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
	    " minimum_age = 13; compartments = ( %s );"
	    " purposes = ( \"administration\" ); events = ();"
	    " classes = ("
	    "  { id = \"note\"; title = \"Note\"; who = ( \"employee\","
	    "    \"candidate\" ); compartment = \"general\";"
	    "    purpose = \"administration\"; legal_basis = \"contract\";"
	    "    rules = ( \"r\" ); special_category = false; }%s );"
	    " rules = ( { id = \"r\"; cite = \"test\"; at_expiry = \"purge\";"
	    "   keep = { on = \"record.created\"; plus = \"%s\"; }; }%s ); };",
	    x->version,
	    x->compartments == NULL ? "\"general\", \"pay\"" : x->compartments,
	    x->more_classes == NULL ? "" : x->more_classes, x->plus,
	    x->more_rules == NULL ? "" : x->more_rules);
	return text;
}

/* A class that waits for an event, and one that a person decides about. */
#define RETENTIONHOME_CLASSES                                                  \
	",  { id = \"file\"; title = \"File\"; who = ( \"employee\" );"        \
	"    compartment = \"general\"; purpose = \"administration\";"         \
	"    legal_basis = \"contract\"; rules = ( \"after\" );"               \
	"    special_category = false; },"                                     \
	"  { id = \"talk\"; title = \"Talk\"; who = ( \"employee\" );"         \
	"    compartment = \"pay\"; purpose = \"administration\";"             \
	"    legal_basis = \"contract\"; rules = ( \"decide\" );"              \
	"    special_category = false; }"
#define RETENTIONHOME_RULES                                                    \
	", { id = \"after\"; cite = \"test\"; at_expiry = \"purge\";"          \
	"   review_if_pending = \"P1Y\";"                                      \
	"   keep = { on = \"subject.ended\"; plus = \"P6Y\"; }; },"            \
	" { id = \"decide\"; cite = \"test\"; at_expiry = \"review\";"         \
	"   limit = { on = \"record.created\"; plus = \"P1M\"; }; }"

/* Stores a record of that date. */
VAULTHOME_FN void
retentionhome_record(struct hrv_vault *v, const struct hrv_id *subject,
    const char *class_name, const char *created, struct hrv_id *ret)
{
	struct record_header h = { .title = "t" };
	struct body_memory m = { (const uint8_t *)"x", 1, 0 };
	struct body_source src = { body_memory_read, &m };
	struct record_store_args a = {
		.subject = subject, .class_name = class_name, .body = &src
	};
	struct entry e = ENTRY("record.add");
	struct record_stored s;
	uint64_t leaf = 0;

	assert_true(hrv_date_parse(created, &a.created));
	vault_new_id(ID_RECORD, &a.id);
	OK_(record_header_new(&h, &a.header, err));
	OK_(txn_begin(v, err));
	OK_(record_store(v, &a, &s, err));
	e.subject = subject;
	e.record = &a.id;
	e.comp = s.compartment;
	e.state = s.state;
	OK_(txn_entry(v, &e, &leaf, err));
	OK_(state_set_record(v, &a.id, leaf, s.state, err));
	OK_(txn_commit(v, true, err));
	json_decref(a.header);
	*ret = a.id;
}

VAULTHOME_FN void
retentionhome_adopt(struct hrv_vault *v, const struct variant *x)
{
	const char *text = retentionhome_text(x);
	struct hrv_doc *doc = NULL;

	OK_(hrv_policy_adopt(v, text, strlen(text), &doc, err));
	hrv_doc_free(doc);
}

#endif
