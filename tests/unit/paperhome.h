/* SPDX-License-Identifier: ISC */
/*
 * For tests of the end of the vault's own papers: a schedule whose built-in
 * classes end after a month, and looks at what is left. Header only.
 */
#ifndef TESTS_UNIT_PAPERHOME_H
#define TESTS_UNIT_PAPERHOME_H

#include "tests/unit/holdhome.h"

#include "hrvault/status.h"
#include "vault/deklist.h"
#include "vault/keys.h"
#include "vault/store/keystore.h"
#include "vault/version.h"

/* Takes a schedule into force whose class `paper` counts a month from `event`
 * and then is for review, or goes by itself. */
VAULTHOME_FN void
ph_adopt(struct hrv_vault *v, const char *version, const char *paper,
    const char *event, const char *at_expiry)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "schedule = { id = \"t\"; version = \"%s\"; title = \"test\";"
	    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
	    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
	    " purposes = ( \"administration\", \"legal_claim\","
	    "  \"subject_request\" ); purge = { notice = \"P7D\";"
	    "  max_silence = \"P45D\"; release_cooling_off = \"P10D\"; };"
	    " classes = ( { id = \"note\"; title = \"Note\";"
	    "  who = ( \"employee\" ); compartment = \"general\";"
	    "  purpose = \"administration\"; legal_basis = \"contract\";"
	    "  rules = ( \"year\" ); special_category = false; } );"
	    " rules = ( { id = \"year\"; cite = \"test\"; at_expiry ="
	    "  \"purge\"; keep = { on = \"record.created\";"
	    "  plus = \"P1Y\"; }; }, { id = \"%s\"; cite = \"cited\";"
	    "  at_expiry = \"%s\"; keep = { on = \"%s\"; plus = \"P1M\"; };"
	    " } ); };",
	    version, paper, at_expiry, event);
	hh_adopt(v, text);
}

/* How many keys the rows of something name, and how many of them are in the
 * keystore in force. */
struct ph_keys {
	size_t named;
	size_t live;
};

VAULTHOME_FN struct ph_keys
ph_live(struct hrv_vault *v, const struct deklist *l)
{
	struct ph_keys k = { .named = l->n };
	struct keystore_dek dek;
	struct hrv_err ignored;

	OK_(keys_open(v, err));
	for (size_t i = 0; i < l->n; i++)
		k.live +=
		    keystore_get(v->ks, l->ids[i], &dek, &ignored) == HRV_OK;
	return k;
}

/* What the newest run took; *papers is how many papers. */
VAULTHOME_FN int64_t
ph_run(struct hrv_vault *v, int64_t *papers, char certificate[40])
{
	struct hrv_doc *doc = NULL;
	const char *id;
	int64_t n;

	OK_(hrv_purge_run(v, &doc, err));
	n = hrv_doc_int(doc, "destroyed", -1);
	*papers = hrv_doc_int(doc, "papers", -1);
	id = hrv_doc_str(doc, "certificate");
	if (certificate != NULL)
		snprintf(certificate, 40, "%s", id == NULL ? "" : id);
	hrv_doc_free(doc);
	return n;
}

/* Why a plan keeps a paper: "" where it is not on it, "destroy" where the run
 * would take it. */
VAULTHOME_FN void
ph_why(struct hrv_vault *v, const char *paper, char out[24])
{
	struct hrv_doc *doc = NULL;
	const struct hrv_doc *list;

	out[0] = '\0';
	OK_(hrv_purge_plan(v, &doc, err));
	list = hrv_doc_get(doc, "papers");
	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		const struct hrv_doc *o = hrv_doc_at(list, i);
		const char *why = hrv_doc_str(o, "why");

		if (strcmp(hrv_doc_str(o, "paper"), paper) == 0)
			snprintf(out, 24, "%s", why == NULL ? "destroy" : why);
	}
	hrv_doc_free(doc);
}

#define ph_why_is(v, paper, want)                                              \
	do {                                                                   \
		char got_[24];                                                 \
		ph_why((v), (paper), got_);                                    \
		assert_string_equal(got_, (want));                             \
	} while (0)

VAULTHOME_FN int
ph_count_paper(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	(void)err;
	*(size_t *)ctx += hrv_doc_str(doc, "paper") != NULL;
	return HRV_OK;
}

/* Papers in the due list. */
VAULTHOME_FN size_t
ph_due(struct hrv_vault *v)
{
	struct hrv_due_args a = { .within = NULL };
	size_t n = 0;

	OK_(hrv_retention_due(v, &a, ph_count_paper, &n, err));
	return n;
}

VAULTHOME_FN int
ph_add_papers(void *ctx, const struct hrv_doc *doc, struct hrv_err *err)
{
	(void)err;
	*(int64_t *)ctx += hrv_doc_int(doc, "papers", -1000);
	return HRV_OK;
}

/* Papers in the forecast. */
VAULTHOME_FN int64_t
ph_forecast(struct hrv_vault *v)
{
	int64_t n = 0;

	OK_(hrv_retention_forecast(v, 12, ph_add_papers, &n, err));
	return n;
}

/* Log and tables are whole, and every key that is needed is there. */
VAULTHOME_FN void
ph_sound(struct hrv_vault *v)
{
	struct hrv_audit_verify_args a = { .full = true };
	struct hrv_doc *doc = NULL;

	OK_(hrv_audit_verify(v, &a, &doc, err));
	assert_true(hrv_doc_true(doc, "ok"));
	hrv_doc_free(doc);
	OK_(hrv_check(v, false, &doc, err));
	assert_true(hrv_doc_true(doc, "ok"));
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "problems")), 0);
	hrv_doc_free(doc);
}

#endif
