/* SPDX-License-Identifier: ISC */
/*
 * hrvault status --report for people: evidence of measures, to be printed or
 * filed. Layer: cli.
 */
#include <stdio.h>

#include "cli/out.h"
#include "cli/status.h"

/* A part of the report that is a list of rows. */
struct part {
	const char *heading;
	const char *key;
	const char *none;
	struct out_field columns[8];
};

static const struct part parts[] = {
	{ "Records and who could open them", "encryption", "no records",
	    { { "compartment", NULL, 0 }, { "records", NULL, OUT_RIGHT },
		{ "members", "members with the key", OUT_RIGHT } } },
	{ "Members by role", "roles", "none",
	    { { "role", NULL, 0 }, { "members", NULL, OUT_RIGHT } } },
	{ "Members", "members", "none",
	    { { "fingerprint", NULL, 0 }, { "role", NULL, 0 },
		{ "compartments", NULL, 0 }, { "until", NULL, 0 },
		{ "status", NULL, 0 } } },
	{ "Steps that take two people", "steps", "none",
	    { { "step", NULL, 0 }, { "approved_by", NULL, 0 },
		{ "open", NULL, OUT_RIGHT }, { "approved", NULL, OUT_RIGHT },
		{ "done", NULL, OUT_RIGHT }, { "rejected", NULL, OUT_RIGHT },
		{ "expired", NULL, OUT_RIGHT } } },
	{ "Legal holds", "holds", "there never was one",
	    { { "status", NULL, 0 }, { "holds", NULL, OUT_RIGHT } } },
	{ "Requests of people", "requests", "there never was one",
	    { { "right", NULL, 0 }, { "status", NULL, 0 },
		{ "cases", NULL, OUT_RIGHT } } },
	{ "Backups", "backups", "none yet",
	    { { "kind", NULL, 0 }, { "last", NULL, 0 },
		{ "backups", NULL, OUT_RIGHT } } },
};

static int
print_part(struct cli *c, const struct hrv_doc *doc, const struct part *p,
    struct hrv_err *err)
{
	const struct hrv_doc *list = hrv_doc_get(doc, p->key);
	int rc = HRV_OK;

	out_gap(c);
	out_heading(c, p->heading);
	if (hrv_doc_len(list) == 0) {
		out_line(c, "%s", p->none);
		return HRV_OK;
	}
	out_list(c, p->columns, p->none);
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

/* An object as a heading and its members. */
static int
print_object(struct cli *c, const struct hrv_doc *doc, const char *heading,
    const char *key, struct hrv_err *err)
{
	const struct hrv_doc *o = hrv_doc_get(doc, key);

	out_gap(c);
	out_heading(c, heading);
	return o == NULL ? HRV_OK : out_doc(c, o, NULL, err);
}

/* Sentences, each behind a dash. */
static void
print_list(struct cli *c, const struct hrv_doc *list, const char *key,
    const char *none)
{
	if (hrv_doc_len(list) == 0)
		out_line(c, "%s", none);
	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		const struct hrv_doc *o = hrv_doc_at(list, i);

		out_wrapped(c, 2, "- ",
		    key == NULL ? hrv_doc_text(o) : hrv_doc_str(o, key));
	}
}

static int
print_objects(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const struct {
		const char *heading, *key;
	} objects[] = { { "Log", "log" }, { "Schedule in force", "schedule" },
		{ "Destruction", "destruction" },
		{ "Epochs of key backups", "epochs" },
		{ "Accuracy and information", "accuracy" } };
	int rc = HRV_OK;

	for (size_t i = 0;
	     rc == HRV_OK && i < sizeof(objects) / sizeof(objects[0]); i++)
		rc = print_object(
		    c, doc, objects[i].heading, objects[i].key, err);
	return rc;
}

int
status_print_report(
    struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	static const struct out_field head[] = { { "vault", NULL, 0 },
		{ "time", NULL, 0 }, { "version", "program", 0 },
		{ "founding", "in founding", 0 }, { NULL, NULL, 0 } };
	const struct hrv_doc *status = hrv_doc_get(doc, "status");
	int rc;

	if (c->json)
		return out_doc(c, doc, NULL, err);
	out_heading(c, "Technical and organisational measures");
	rc = out_doc(c, doc, head, err);
	out_gap(c);
	out_heading(c, "Measures");
	print_list(c, hrv_doc_get(doc, "measures"), NULL, "none");
	if (rc == HRV_OK)
		rc = print_objects(c, doc, err);
	for (size_t i = 0; rc == HRV_OK && i < sizeof(parts) / sizeof(parts[0]);
	     i++)
		rc = print_part(c, doc, &parts[i], err);
	if (rc != HRV_OK)
		return rc;
	out_gap(c);
	out_heading(c, "Keys");
	print_list(c, hrv_doc_get(hrv_doc_get(doc, "keys"), "problems"), "text",
	    "every key is in the right hands");
	out_gap(c);
	out_heading(c, "What needs attention");
	print_list(c, hrv_doc_get(status, "attention"), "text",
	    "nothing needs attention");
	return HRV_OK;
}
