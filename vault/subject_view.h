/* SPDX-License-Identifier: ISC */
/*
 * Subjects as results for people: what of an identity is shown where. Layer:
 * verbs.
 */
#ifndef VAULT_SUBJECT_VIEW_H
#define VAULT_SUBJECT_VIEW_H

#include "vault/base/json.h"
#include "vault/receipt.h"
#include "vault/version.h"

/* id, kind and status of a subject: the clear part. *ret is the caller's. */
int view_subject(const struct subject_row *s, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds a member of an identity under the same name, where it has one. */
int view_copy(json_t *doc, const json_t *identity, const char *key,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * A page of results, sorted by folded name and then by id, handed to fn one by
 * one. The documents are not changed.
 */
int view_emit(const json_t *docs, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
