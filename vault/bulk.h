/* SPDX-License-Identifier: ISC */
/*
 * Disclosing many records at once, in a form that names nobody: what the files
 * bulk*.c share. Layer: verbs. A sale of the business, an audit by a group: the
 * recipient learns what the records say and not whom they are about. Who is
 * behind a letter is known here only.
 */
#ifndef VAULT_BULK_H
#define VAULT_BULK_H

#include "hrvault/rights.h"
#include "vault/proposal.h"
#include "vault/pseudonym.h"
#include "vault/receipt.h"
#include "vault/recipient.h"
#include "vault/version.h"

#define BULK_FORMAT "hrvault-disclosure/1"
#define BULK_CODE_SIZE 41

/* One record that was chosen. */
struct bulk_item {
	struct record_row rec;
	uint8_t order[64]; /* of its person and of itself, for this recipient */
	char code[BULK_CODE_SIZE]; /* why it is left out; "": it goes */
	json_t *doc;		   /* what goes out of its document */
	const struct hrv_replacement *instead; /* or this file in its place */
	uint8_t sha256[32];		       /* of that */
	const char *extension;		       /* static */
	char file[40];			       /* its name, once it goes */
};

struct bulk {
	struct hrv_vault *v;
	const struct hrv_disclose_many_args *a;
	struct recipient_row to;
	char day[HRV_DATE_TEXT];
	struct bulk_item *items; /* in the order of their pseudonyms */
	size_t n;
	struct manifest things; /* records and people to be opened */
	struct hrv_id *people;	/* those of the records, then those linked */
	size_t n_people;
	json_t *letters; /* {"S-...": "Person A"} */
	struct pseudonyms *names;
	struct mentions *mentions; /* made when it is needed */
	size_t going;		   /* records that go, */
	size_t persons;		   /* of so many people */
	json_t *data;		   /* what goes */
	struct buf text;	   /* the same, as the file that it is */
	uint8_t content[32];	   /* its hash: what is approved */
	struct approval approval;
	struct receipt *receipt;
	uint64_t index; /* of the intent */
	struct buf manifest, sig;
};

/* Finds the recipient and the records and judges each: what may not go has its
 * code. HRV_EREFUSED for what stops all of it, HRV_ENOTFOUND: no record. */
int bulk_pick(struct bulk *b, struct hrv_err *err) HRV_MUST_CHECK;
/* Opens people and documents under the receipt and makes what goes: data, its
 * text and hash. */
int bulk_make(struct bulk *b, const struct receipt *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Takes out of a document what says who somebody is by its name, or leaves
 * only the fields that were asked for; then replaces names. *doc may change. */
int bulk_clean(
    const struct bulk *b, json_t **doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether a cleaned document still has the name (two words of it side by side),
 * number, address or phone of somebody of this vault: *ret becomes true then,
 * else stays. HRV_EREFUSED without the key of the index. */
int bulk_others(struct bulk *b, const json_t *doc, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether a member of that name identifies a person: "e-mail", "Surname". */
bool bulk_identifies(const char *member);

#endif
