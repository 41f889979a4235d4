/* SPDX-License-Identifier: ISC */
/*
 * What package_rows.c and package_body.c share. Internal to them. Layer:
 * verbs.
 */
#ifndef VAULT_PACKAGE_INT_H
#define VAULT_PACKAGE_INT_H

#include "vault/package.h"

/* Sets a text, or null where there is none. 0 or -1. */
int package_put(json_t *o, const char *key, const char *text);
/* The same with other people's names replaced. */
int package_put_named(const struct package *p, json_t *o, const char *key,
    const char *text, struct hrv_err *err) HRV_MUST_CHECK;
/* Opens what is given out of a record and makes its file and the rest of its
 * row. HRV_ECONFIRM ("unreadable"): it cannot be searched for what must not go
 * out. */
int package_disclose(struct hrv_vault *v, const struct receipt *r,
    struct package *p, struct package_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
