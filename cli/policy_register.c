/* SPDX-License-Identifier: ISC */
/*
 * hrvault policy register: the record of processing, to be printed. Layer:
 * cli.
 */
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "cli/policy.h"
#include "hrvault/rights.h"

/* "candidates and employees" */
static void
subjects_line(struct cli *c, const struct hrv_doc *k)
{
	const struct hrv_doc *who = hrv_doc_get(k, "subjects");
	const char *first = hrv_doc_text(hrv_doc_at(who, 0));
	const char *second = hrv_doc_text(hrv_doc_at(who, 1));
	char text[64];

	snprintf(text, sizeof(text), "%s%s%s", first == NULL ? "-" : first,
	    second == NULL ? "" : " and ", second == NULL ? "" : second);
	out_wrapped(c, 16, "  about:        ", text);
}

/* What happens at the end, for people. */
static const char *
in_words(const char *then)
{
	if (strcmp(then, "purge") == 0)
		return "destroyed";
	return strcmp(then, "review") == 0 ? "a person decides"
					   : "never destroyed";
}

static void
print_limit(struct cli *c, const struct hrv_doc *r)
{
	const char *keep = hrv_doc_str(r, "kept_until");
	const char *limit = hrv_doc_str(r, "used_until");

	if (keep != NULL)
		out_wrapped(c, 16, "  kept until:   ", keep);
	if (limit != NULL)
		out_wrapped(c, 16, "  used until:   ", limit);
	out_wrapped(
	    c, 16, "  then:         ", in_words(hrv_doc_str(r, "then")));
	out_wrapped(c, 16, "  authority:    ", hrv_doc_str(r, "authority"));
}

static void
print_class(struct cli *c, const struct hrv_doc *k)
{
	const struct hrv_doc *rules = hrv_doc_get(k, "erasure");
	char text[256];

	out_gap(c);
	snprintf(text, sizeof(text), "%s (%s)%s", hrv_doc_str(k, "data"),
	    hrv_doc_str(k, "class"),
	    hrv_doc_true(k, "special_category") ? ": special category" : "");
	out_wrapped(c, 2, "", text);
	subjects_line(c, k);
	out_wrapped(c, 16, "  legal basis:  ", hrv_doc_str(k, "legal_basis"));
	for (size_t i = 0; i < hrv_doc_len(rules); i++)
		print_limit(c, hrv_doc_at(rules, i));
}

static void
print_activities(struct cli *c, const struct hrv_doc *list)
{
	char text[128];

	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		const struct hrv_doc *a = hrv_doc_at(list, i);
		const struct hrv_doc *classes = hrv_doc_get(a, "classes");

		out_gap(c);
		snprintf(text, sizeof(text), "Purpose: %s",
		    hrv_doc_str(a, "purpose"));
		out_heading(c, text);
		for (size_t j = 0; j < hrv_doc_len(classes); j++)
			print_class(c, hrv_doc_at(classes, j));
	}
}

static int
print_recipients(struct cli *c, const struct hrv_doc *list, struct hrv_err *err)
{
	static const struct out_field columns[] = { { "id", "recipient", 0 },
		{ "kind", NULL, 0 }, { "country", NULL, 0 },
		{ "transfer", "transfer abroad", OUT_YESNO },
		{ "safeguard", NULL, 0 }, { "until", NULL, 0 },
		{ "usable", "in force", OUT_YESNO }, { NULL, NULL, 0 } };
	int rc = HRV_OK;

	out_gap(c);
	out_heading(c, "Recipients and transfers");
	if (hrv_doc_len(list) == 0) {
		out_line(c, "none is registered");
		return HRV_OK;
	}
	out_list(c, columns, "none");
	for (size_t i = 0; rc == HRV_OK && i < hrv_doc_len(list); i++)
		rc = out_row(c, hrv_doc_at(list, i), err);
	return rc == HRV_OK ? out_list_end(c, err) : rc;
}

/* An office on a line: who, and every way to reach them. */
static void
print_office(struct cli *c, const char *head, const struct hrv_doc *o)
{
	static const char *const ways[] = { "email", "phone", "web" };
	const struct hrv_doc *lines = hrv_doc_get(o, "address");
	const char *name = hrv_doc_str(o, "name");
	char text[1024];
	int at;

	if (name == NULL)
		return;
	at = snprintf(text, sizeof(text), "%.200s", name);
	for (size_t i = 0; i < hrv_doc_len(lines) && at < 800; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, ", %.100s",
		    hrv_doc_text(hrv_doc_at(lines, i)));
	for (size_t i = 0; i < 3 && at < 800; i++) {
		if (hrv_doc_str(o, ways[i]) != NULL)
			at += snprintf(text + at, sizeof(text) - (size_t)at,
			    ", %.100s", hrv_doc_str(o, ways[i]));
	}
	out_wrapped(c, 16, head, text);
}

static void
print_controller(struct cli *c, const struct hrv_doc *who)
{
	const struct hrv_doc *list = hrv_doc_get(who, "representatives");
	const char *name = hrv_doc_str(who, "name");

	out_gap(c);
	out_heading(c, "Controller");
	if (name == NULL) {
		out_line(c, "nobody has said who: 'hrvault policy adopt FILE' "
			    "('hrvault help controller')");
		return;
	}
	print_office(c, "  controller:   ", who);
	print_office(c, "  contact:      ", hrv_doc_get(who, "contact"));
	print_office(
	    c, "  DPO:          ", hrv_doc_get(who, "data_protection_officer"));
	for (size_t i = 0; i < hrv_doc_len(list); i++)
		print_office(c, "  represented:  ", hrv_doc_at(list, i));
}

int
policy_register(struct cli *c, struct hrv_err *err)
{
	static const struct out_field head[] = { { "vault", NULL, 0 },
		{ "as_of", NULL, 0 }, { "schedule", NULL, 0 },
		{ "version", NULL, 0 }, { "title", NULL, 0 },
		{ "jurisdiction", NULL, 0 }, { NULL, NULL, 0 } };
	const struct hrv_doc *security;
	struct hrv_doc *doc = NULL;
	int rc = hrv_policy_register(c->vault, &doc, err);

	if (rc == HRV_OK && c->json) {
		rc = out_doc(c, doc, NULL, err);
	} else if (rc == HRV_OK) {
		out_heading(c, "Record of processing (Art. 30)");
		rc = out_doc(c, doc, head, err);
		print_controller(c, hrv_doc_get(doc, "controller"));
		print_activities(c, hrv_doc_get(doc, "activities"));
		if (rc == HRV_OK)
			rc = print_recipients(
			    c, hrv_doc_get(doc, "recipients"), err);
		out_gap(c);
		out_heading(c, "Security measures");
		security = hrv_doc_get(doc, "security");
		for (size_t i = 0; i < hrv_doc_len(security); i++)
			out_wrapped(
			    c, 2, "- ", hrv_doc_text(hrv_doc_at(security, i)));
	}
	hrv_doc_free(doc);
	return rc;
}
