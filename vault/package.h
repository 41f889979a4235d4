/* SPDX-License-Identifier: ISC */
/*
 * What a case package is made of, before it becomes a stream: one item per
 * record version with its row of the manifest, the texts around them, and
 * the list of files with their hashes. Layer: verbs. Invariant: a file goes
 * into the stream only with the length and hash that its manifest row has.
 */
#ifndef VAULT_PACKAGE_H
#define VAULT_PACKAGE_H

#include "vault/base/mediatype.h"
#include "vault/case.h"
#include "vault/pseudonym.h"
#include "vault/receipt.h"
#include "vault/version.h"

#define PACKAGE_PATH 96

/* One version of one record. */
struct package_item {
	struct record_row rec;
	uint32_t n;
	const struct package_item *about; /* of a statement: the newest version
					   * of the record it is about; NULL:
					   * that is not in the package */
	json_t *row;	 /* of the manifest, in its order, null where absent */
	json_t *more;	 /* what data.json and index.html say besides */
	struct buf body; /* secret: contents made here; empty: the stored body
			  * goes out as it is */
	bool made;	 /* not the stored body goes out but what is made of it:
			  * body, or, empty, package_made_again() */
	bool copied;	 /* the copy derived for the case goes out */
	bool stood;	 /* as a collecting left it: nobody decided */
	bool checked;	 /* somebody said that it may go out as it is */
	bool cleaned;	 /* names and banned fields were looked for in it */
	char media[MEDIATYPE_TEXT]; /* of the body; "" without one */
	char file[PACKAGE_PATH];    /* relative to the folder; "" for none */
	uint64_t bytes;
	uint8_t sha256[32];
};

struct package {
	const struct kase *k;	 /* borrowed */
	char root[ID_TEXT_SIZE]; /* the folder: the id of the case */
	struct package_item *items;
	size_t n;
	json_t *frozen; /* what collecting froze: annex, requests, people */
	struct pseudonyms *names; /* that are replaced */
	json_t *identity;	  /* as it may be shown */
	json_t *events;		  /* of the subject: [{event,day}] */
	char kind[16];		  /* of the subject */
	json_t *banned;	      /* texts of fields that the law never lets out */
	json_t *controller;   /* whom to turn to */
	json_t *recipients;   /* who got something, each once: {id,name,kind,
			       * country,transfer,safeguard,until} */
	uint8_t schedule[32]; /* hash of the one in force, whose words the pages
			       * have */
	json_t *manifest;     /* from package_manifest() on */
	uint8_t content[32];  /* hash of it without generated and log */
};

/*
 * Opens the headers, reasons and the identity of everything in k, and makes
 * the rows. The receipt names the case, the subject and every record. Given
 * back with package_clear(), also after a failure.
 */
int package_gather(struct hrv_vault *v, const struct receipt *r,
    const struct kase *k, struct package *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void package_clear(struct package *p);

/* Removes the fields that the law never lets out (JSON pointers of its
 * never_export) from a document; true when there was one. */
bool package_ban(const struct hrv_law *law, json_t *doc);

/* Makes the manifest without `generated` and `log`, and its hash: canonical
 * JSON, members that are null left out. */
int package_manifest(struct package *p, struct hrv_err *err) HRV_MUST_CHECK;
/* Where the log proves the export; hashes are 32 bytes. */
struct package_log {
	const char *origin;
	uint64_t index;
	uint64_t size;
	const uint8_t *root;
};
/* Adds `generated` (UTC) and `log` and appends the text of manifest.json. */
int package_manifest_text(struct package *p, int64_t now,
    const struct package_log *log, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Append the texts of data.json and records.csv to a secret buffer. */
int package_data_text(
    struct package *p, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
int package_csv_text(const struct package *p, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends one cell of it: quoted where a program that divides by another
 * character could take it to pieces, and an apostrophe before whatever could
 * be taken for a formula then. */
void package_csv_cell(struct buf *out, const char *text);
/* What the page and the letters of a case are filled with, after
 * package_manifest() (docs/formats/package.md); `date` is the day on it. *ret
 * is the caller's. */
int package_values(struct hrv_vault *v, const struct package *p,
    const char *day, json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* A word of the schedule or a register for a template to translate: sets
 * KEY.WORD where it is one of `known`, else KEY_other to the word as it can be
 * read; nothing for a NULL word. known ends with NULL. 0 or -1. */
int package_word(
    json_t *o, const char *key, const char *word, const char *const *known);

/* The texts that stand in the folder beside the documents. */
struct package_texts {
	struct buf html, data, csv, manifest, sig, proof;
	struct buf letter, letter_page; /* as text, as HTML */
};

/* Appends the text of an item that is made, the same as before. */
int package_made_again(struct hrv_vault *v, const struct receipt *r,
    struct package *p, const struct package_item *it, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;

/* How the stream is closed. */
struct package_lock {
	const char *to;		      /* fingerprint, or NULL */
	const struct buf *passphrase; /* secret; when to is NULL */
	bool zip;
	int fd;
	int64_t mtime; /* seconds */
};
/*
 * Writes the package into lock->fd, syncs it, and reads it again as far as
 * that is possible without the recipient's key. HRV_EINTEGRITY when it does
 * not read back the same.
 */
int package_write(struct hrv_vault *v, const struct receipt *r,
    struct package *p, const struct package_texts *t,
    const struct package_lock *lock, struct hrv_err *err) HRV_MUST_CHECK;

#endif
