/* SPDX-License-Identifier: ISC */
/*
 * One vault for all tests of a file about subjects, and short ways to use the
 * verbs. Header only.
 */
#ifndef TESTS_UNIT_SUBJECTHOME_H
#define TESTS_UNIT_SUBJECTHOME_H

#include "tests/unit/vaulthome.h"

#include "hrvault/subject.h"
#include "vault/base/json.h"
#include "vault/txn.h"

static struct vaulthome home;
static struct hrv_vault *v;

VAULTHOME_FN int
subjecthome_setup(void **state)
{
	(void)state;
	vaulthome_init(&home);
	v = vaulthome_open(&home);
	return 0;
}

VAULTHOME_FN int
subjecthome_teardown(void **state)
{
	(void)state;
	hrv_close(v);
	vaulthome_clear(&home);
	return 0;
}

#define RUN_SUBJECT(tests)                                                     \
	(cmocka_set_message_output(CM_OUTPUT_TAP),                             \
	    cmocka_run_group_tests(                                            \
		tests, subjecthome_setup, subjecthome_teardown))

/* Adds an employee; number may be NULL. Writes the id into id[ID_TEXT_SIZE]. */
VAULTHOME_FN void
subjecthome_add(const char *name, const char *number, char *id)
{
	struct hrv_subject_add_args a = { .kind = "employee",
		.fields = { .name = name, .number = number } };
	struct hrv_doc *doc = NULL;

	OK_(hrv_subject_add(v, &a, &doc, err));
	if (id != NULL)
		snprintf(id, ID_TEXT_SIZE, "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
}

/* What a list or a search gave. */
struct subjecthome_hits {
	size_t n;
	char id[8][ID_TEXT_SIZE];
	char name[8][256];
	char matched[8][64];
};

VAULTHOME_FN int
subjecthome_take(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	struct subjecthome_hits *h = ctx;
	const struct hrv_doc *m = hrv_doc_get(doc, "matched");
	const char *name = hrv_doc_str(doc, "name");

	(void)err;
	if (h->n < 8) {
		snprintf(
		    h->id[h->n], ID_TEXT_SIZE, "%s", hrv_doc_str(doc, "id"));
		snprintf(
		    h->name[h->n], 256, "%.255s", name == NULL ? "" : name);
		if (hrv_doc_len(m) > 0)
			snprintf(h->matched[h->n], 64, "%s",
			    hrv_doc_text(hrv_doc_at(m, 0)));
	}
	h->n++;
	return HRV_OK;
}

VAULTHOME_FN size_t
subjecthome_find(const char *text, struct subjecthome_hits *h)
{
	*h = (struct subjecthome_hits){ 0 };
	OK_(hrv_subject_find(v, text, subjecthome_take, h, err));
	return h->n;
}

#endif
