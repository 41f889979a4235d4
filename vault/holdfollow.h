/* SPDX-License-Identifier: ISC */
/*
 * Whether the holds in the database follow from the log's last entry. Layer:
 * verbs. Every entry names the holds that were active before it, so one look
 * at the newest tells what must be active now: without it, an entry written
 * over a damaged table would carry the damage into the log for ever.
 */
#ifndef VAULT_HOLDFOLLOW_H
#define VAULT_HOLDFOLLOW_H

#include "vault/handle.h"

/*
 * Inside the open transaction: HRV_EINTEGRITY ("holds") unless v->holds, the
 * hash of the active holds of the table, is what the newest entry makes of the
 * holds it names. Reads one entry, and the table only when that entry changed
 * a hold. An empty log, and a restored one, answer 0.
 */
int holds_follow(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

#endif
