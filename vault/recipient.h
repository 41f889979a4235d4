/* SPDX-License-Identifier: ISC */
/*
 * Recipients: organisations to which records may be disclosed. What decides
 * whether they may is clear; the name is sealed. Layer: verbs.
 */
#ifndef VAULT_RECIPIENT_H
#define VAULT_RECIPIENT_H

#include "vault/base/json.h"
#include "vault/receipt.h"

struct recipient_row {
	struct hrv_id id;
	char kind[16];
	char country[3];
	char safeguard[16];
	char until[11]; /* "" without an end */
	char added[11];
	uint64_t leaf; /* entry that registered it; its detail is the name */
};

/* Reads one row. HRV_ENOTFOUND names the id. */
int recipient_load(struct hrv_vault *v, const struct hrv_id *id,
    struct recipient_row *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether that country protects as much as the one the vault is in, so that
 * nothing more is needed. */
bool recipient_near(const struct hrv_vault *v, const char *country);
/*
 * HRV_EREFUSED ("safeguard") when nothing may go there on that day (ISO text):
 * a country that needs a safeguard, and none, or one that has lapsed.
 */
int recipient_check(const struct hrv_vault *v, const struct recipient_row *r,
    const char *day, struct hrv_err *err) HRV_MUST_CHECK;
/* Opens the name and appends it to the secret buffer out; the receipt must
 * name the recipient. */
int recipient_name(struct hrv_vault *v, const struct receipt *r,
    const struct recipient_row *row, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* id, kind, country, safeguard, until, usable (today). *ret is the
 * caller's. */
int recipient_view(struct hrv_vault *v, const struct recipient_row *row,
    json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
