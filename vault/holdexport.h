/* SPDX-License-Identifier: ISC */
/*
 * What the files holdexport*.c share. Internal. Layer: verbs.
 */
#ifndef VAULT_HOLDEXPORT_H
#define VAULT_HOLDEXPORT_H

#include "vault/base/json.h"
#include "vault/proposal.h"
#include "vault/receipt.h"
#include "vault/scope.h"

struct export_file;

#define HOLD_EXPORT_FORMAT "hrvault-hold/1"

/* One version that is handed out. */
struct holdexport_item {
	struct hrv_id record;
	uint32_t n;
};

struct holdexport {
	struct hrv_vault *v;
	struct hrv_id hold;
	char root[ID_TEXT_SIZE]; /* of every path in the file */
	bool contents;		 /* not only metadata */
	struct scope scope;
	json_t *scope_json;
	struct manifest records; /* sorted */
	struct holdexport_item *items;
	size_t n_items;
	uint64_t *entries; /* of the log, sorted, each once */
	size_t n_entries;
	uint8_t content[32]; /* what an approval is bound to */
	struct approval approval;
	struct receipt *receipt;
	uint64_t index; /* of the intent */
	json_t *manifest;
	struct buf text; /* manifest.json */
	struct buf sig;
};

/* Lists the versions and makes x->content: the hash of the canonical list of
 * every version with the hash of its stored body. */
int holdexport_list(struct holdexport *x, struct hrv_err *err) HRV_MUST_CHECK;
/* The entries of the log that are about the hold or one of the records, up to
 * the newest. */
int holdexport_entries(
    struct holdexport *x, struct hrv_err *err) HRV_MUST_CHECK;
/* After the intent: opens the headers, and makes and signs manifest.json. */
int holdexport_manifest(
    struct holdexport *x, struct hrv_err *err) HRV_MUST_CHECK;
/* Writes the whole as a tar. */
int holdexport_write(struct holdexport *x, struct export_file *file,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
