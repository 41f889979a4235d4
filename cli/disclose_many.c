/* SPDX-License-Identifier: ISC */
/*
 * hrvault disclose --pseudonymised: many records, of nobody by name. Layer:
 * cli.
 */
#include "cli/disclose.h"

#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/rights.h"

#define FILE_MAX (64u << 20)

/* What was typed, as the lists the library takes. */
struct many {
	struct hrv_disclose_many_args a;
	const char **subjects, **classes, **fields;
	struct hrv_replacement *instead;
	char **ids; /* of the replacements */
	char **files;
};

static const char **
texts(const struct cli *c, const char *option, size_t *ret_n)
{
	size_t n = opt_count(c, option);
	const char **list = calloc(n + 1, sizeof(*list));

	for (size_t i = 0; list != NULL && i < n; i++)
		list[i] = opt_nth(c, option, i)->text;
	*ret_n = n;
	return list;
}

/* "R-01ABCD=FILE" */
static int
read_replacement(struct cli *c, struct many *m, size_t i, struct hrv_err *err)
{
	const char *text = opt_nth(c, "replacement", i)->text;
	const char *eq = strchr(text, '=');
	struct hrv_replacement *r = &m->instead[i];
	int rc;

	if (eq == NULL || eq == text || eq[1] == '\0')
		return hrv_fail(err, HRV_EUSAGE,
		    "a replacement is a record and a file: R=FILE");
	m->ids[i] = strndup(text, (size_t)(eq - text));
	if (m->ids[i] == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = input_read_file(c, eq + 1, FILE_MAX, &m->files[i], &r->len, err);
	r->record = m->ids[i];
	r->data = m->files[i];
	m->a.n_instead = i + 1;
	return rc;
}

static int
read_args(struct cli *c, struct many *m, struct hrv_err *err)
{
	size_t n = opt_count(c, "replacement");
	bool chosen;
	int rc = HRV_OK;

	m->a.recipient = opt_text(c, "to");
	m->a.purpose = opt_text(c, "purpose");
	m->a.output = opt_text(c, "output");
	m->a.records = (const char *const *)c->args;
	m->a.n_records = c->n_args;
	m->subjects = texts(c, "subject", &m->a.n_subjects);
	m->classes = texts(c, "class", &m->a.n_classes);
	m->fields = texts(c, "field", &m->a.n_fields);
	m->instead = calloc(n + 1, sizeof(*m->instead));
	m->ids = calloc(n + 1, sizeof(*m->ids));
	m->files = calloc(n + 1, sizeof(*m->files));
	if (m->subjects == NULL || m->classes == NULL || m->fields == NULL ||
	    m->instead == NULL || m->ids == NULL || m->files == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	m->a.subjects = m->subjects;
	m->a.classes = m->classes;
	m->a.fields = m->fields;
	m->a.instead = m->instead;
	chosen = m->a.n_subjects > 0 || m->a.n_classes > 0;
	if ((m->a.n_records > 0) + chosen + opt_flag(c, "all") != 1) {
		hrv_fail(err, HRV_EUSAGE,
		    "which records are to go is missing, "
		    "or said in two ways");
		return hrv_hint(err, "name records, or say --subject and "
				     "--class, or --all");
	}
	if (strcmp(m->a.output, "-") == 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "what many records become has its name only when it is "
		    "whole, so it goes into a file");
	if (opt_text(c, "reason") != NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "--reason is for one record; the approval says why many "
		    "go");
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = read_replacement(c, m, i, err);
	return rc;
}

static void
clear(struct many *m)
{
	for (size_t i = 0; i < m->a.n_instead; i++) {
		if (m->files[i] != NULL)
			explicit_bzero(m->files[i], m->instead[i].len);
		free(m->files[i]);
		free(m->ids[i]);
	}
	free(m->subjects);
	free(m->classes);
	free(m->fields);
	free(m->instead);
	free(m->ids);
	free(m->files);
}

int
disclose_many(struct cli *c, struct hrv_err *err)
{
	struct many m = { .a = { .n_instead = 0 } };
	struct hrv_doc *doc = NULL;
	int rc = read_args(c, &m, err);

	if (rc == HRV_OK)
		rc = hrv_disclose_many(c->vault, &m.a, &doc, err);
	if (rc == HRV_OK && c->json)
		rc = out_doc(c, doc, NULL, err);
	else if (rc == HRV_OK)
		say(c,
		    "%lld record%s of %lld %s for %s, %zu left out; entry "
		    "%lld of the log",
		    (long long)hrv_doc_int(doc, "records", 0),
		    out_s(hrv_doc_int(doc, "records", 0)),
		    (long long)hrv_doc_int(doc, "people", 0),
		    out_people(hrv_doc_int(doc, "people", 0)),
		    hrv_doc_str(doc, "recipient"),
		    hrv_doc_len(hrv_doc_get(doc, "left_out")),
		    (long long)hrv_doc_int(doc, "audit_index", 0));
	hrv_doc_free(doc);
	clear(&m);
	return rc;
}
