/* SPDX-License-Identifier: ISC */
/*
 * What the parts of a redaction share: case_redact.c is the verb,
 * case_redact_copy.c derives the copy of one version. Internal to these
 * files. Layer: verbs.
 */
#ifndef VAULT_CASE_REDACT_H
#define VAULT_CASE_REDACT_H

#include "hrvault/case.h"
#include "vault/case.h"
#include "vault/receipt.h"
#include "vault/record_source.h"
#include "vault/version.h"

/* One redaction. */
struct redacting {
	struct hrv_vault *v;
	const struct hrv_case_redact_args *a;
	struct kase k;
	struct hrv_id record;
	struct record_row rec;
	struct record_source source;
	struct entry e;
	struct receipt *r;
	char day[HRV_DATE_TEXT];
	json_t *copies; /* for the caller: versions and hashes */
	size_t n;	/* copies made */
};

/*
 * Inside the open transaction: derives the copy of one version without the
 * field, or from the replacement, and puts the item on it. A version without
 * the field stays as it is; x->n counts the others. HRV_EUSAGE as for
 * hrv_case_redact().
 */
int redact_item(struct redacting *x, const struct case_item *item,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
