/* SPDX-License-Identifier: ISC */
/*
 * The inside of an import: rows on their way from a file into the vault.
 * Layer: verbs. Rows come in batches; of each row is decided first what it
 * is (new, known and unchanged, known with something new, rejected), then the
 * batch is stored in one transaction with one entry. Invariant: every row of
 * the file is counted exactly once.
 */
#ifndef VAULT_IMPORT_INT_H
#define VAULT_IMPORT_INT_H

#include "hrvault/import.h"
#include "hrvault/policy.h"
#include "vault/base/csv.h"
#include "vault/event.h"
#include "vault/holdkeep.h"
#include "vault/importer/lines.h"
#include "vault/importer/rowparse.h"
#include "vault/proposal.h"
#include "vault/record_store.h"
#include "vault/subject_match.h"
#include "vault/txn.h"

#define IMPORT_OP "record.import"
#define IMPORT_FILE "import.json"      /* file name of a row's record */
#define IMPORT_BATCH 1000	       /* rows in one transaction at the most */
#define IMPORT_BATCH_BYTES (32u << 20) /* of records, roughly */
#define IMPORT_DOC_EVENTS 8	       /* of one document */
#define IMPORT_EVENTS_MAX MAP_EVENTS_MAX

enum import_format { IMPORT_CSV, IMPORT_LINES, IMPORT_RESUME, IMPORT_PORTABLE };

/* FATE_WAIT: it takes two people, and nobody approved it yet. */
enum import_fate { FATE_NEW, FATE_SAME, FATE_UPDATE, FATE_REJECT, FATE_WAIT };

/* A document in the person's folder. */
struct import_doc {
	char *path;
	const char *name; /* last part of it */
	char class_name[CLASS_NAME_SIZE];
	uint8_t sha256[32];
	bool stored; /* the person has it already */
	/* Of a package: what it says of the document, in `whole`; or NULL. */
	const json_t *says;
	struct hrv_id id; /* as it was stored here; kind 0: not yet */
	struct event event[IMPORT_DOC_EVENTS];
	size_t events;
};

/* One row. */
struct import_item {
	struct import_row row;
	uint64_t number; /* as a spreadsheet counts */
	uint64_t line;
	uint64_t at; /* in the file, in bytes */
	uint64_t size;
	enum import_fate fate;
	json_t *whole; /* data.json of a package, which the row points into */
	json_t *identity; /* what the row says of who it is */
	struct event event[IMPORT_EVENTS_MAX];
	size_t events; /* distinct ones, with full names; of a known subject
			* only those that it does not have yet */
	struct import_doc *doc;
	size_t docs;
	const char *doc_class;	  /* of the folder being read */
	struct subject_set known; /* who it may be, by the index */

	/* Of a known subject. */
	struct subject_row subject;
	struct record_row who; /* the identity record */
	json_t *merged;	       /* identity with what the row adds, or NULL */
	json_t *changed;       /* names of the fields that come in, or NULL */
	bool hired;	       /* the candidate becomes an employee */
	bool amend;	       /* `record` gets a new version */
	bool store;	       /* a new record is stored */
	struct record_row record;

	/* What storing made of it. */
	struct manifest states;
};

struct import_counts {
	uint64_t rows, added, updated, unchanged, rejected, waiting;
	uint64_t records, documents;
};

/* Which rows of this run were seen before: see import_seen.c. */
struct import_seen;

/* An event of the map under its full name. */
struct import_event {
	const char *name; /* "hired" */
	char full[EVENT_NAME_SIZE];
};

struct importing {
	struct hrv_vault *v;
	const struct hrv_import_args *args;
	enum import_format format;
	struct map *map;	/* NULL for a resume and a package */
	const char *class_name; /* NULL: no records */
	const char *kind;	/* of the subjects */
	struct hrv_date today;
	struct import_event events[2 * MAP_EVENTS_MAX];
	size_t n_events;

	/* The file being read; import_read.c. */
	struct csv *csv;
	struct lines *lines;
	struct map_bind *bind; /* of CSV */
	bool ended;

	struct import_seen *seen;
	struct import_item *item; /* IMPORT_BATCH of them */
	size_t n;
	struct receipt *receipt;
	struct holdkeep keep; /* of the batch */
	uint64_t folders;     /* of people whose row was seen */
	uint64_t all_folders; /* of documents */
	uint64_t total;	      /* rows, from the first reading */
	struct import_counts count, batch;
	/* Where the schedule asks two people: used up by the first batch. */
	struct approval approval;
	bool approval_used;
	/* It asks two people for a new version, and nobody approved this file:
	 * such rows wait, */
	bool no_amending;
	struct hrv_id waits_for; /* for this proposal; kind 0: for none */
};

/* import_format.c: finds out what the file is. HRV_EUSAGE. */
int import_find_format(
    struct importing *im, struct hrv_err *err) HRV_MUST_CHECK;

/* import_read.c: from the beginning of the file, row by row. */
int import_read_begin(struct importing *im, struct hrv_err *err) HRV_MUST_CHECK;
void import_read_end(struct importing *im);
/* The next row with all that is wrong with it; im->ended at the end. */
int import_read_next(struct importing *im, struct import_item *item,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Name of a column of the file for people, or NULL. Appended to out. */
bool import_heading(const struct importing *im, size_t column, struct buf *out);

/* import_item.c */
void import_item_init(struct import_item *it);
void import_item_reset(struct import_item *it);
void import_item_clear(struct import_item *it);
/* Adds a reason and rejects the row. column 0: as a whole; about: static. */
void import_reject(struct import_item *it, size_t column, const char *about,
    const char *reason);
/* The column (from 1) whose value has that target, event NULL or by name;
 * 0 where it is not one column. */
size_t import_column(
    const struct importing *im, enum map_target to, const char *event);
/* All that can be said of a row without the vault's subjects: its mistakes,
 * its identity, its events, and whether the file had it before. */
int import_judge(struct importing *im, struct import_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;

/* import_seen.c: rows of one run by whom they are about. */
int import_seen_new(
    struct import_seen **ret, struct hrv_err *err) HRV_MUST_CHECK;
void import_seen_free(struct import_seen *s);
/* *ret_before: number of the row that was about the same person, or 0. */
int import_seen_add(struct import_seen *s, const struct import_item *it,
    uint64_t *ret_before, struct hrv_err *err) HRV_MUST_CHECK;

/* import_match.c: what a row is to the people whom the index names. The
 * receipt of im must name them. */
int import_match(struct importing *im, struct import_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Looks the row up in the index. */
int import_lookup(struct importing *im, const struct import_item *it,
    struct subject_set *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* import_erased.c: rejects a row that would bring back what was erased at the
 * person's request, or is to be. */
int import_check_erased(struct importing *im, struct import_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;

/* import_two.c: whether the file may come in at all, and its new versions,
 * where that takes two people. */
int import_allow(struct importing *im, struct hrv_err *err) HRV_MUST_CHECK;
/* Proposes, or finds proposed, that the rows that wait come in. */
int import_propose(struct importing *im, struct hrv_err *err) HRV_MUST_CHECK;

/* import_store.c: stores one row inside the open transaction and fills
 * it->states. *ret_refused: it would move a date of destruction earlier, or
 * take a record out of a hold, or has to wait; the row's fate says so and the
 * transaction must be undone. */
int import_store(struct importing *im, struct import_item *it,
    bool *ret_refused, struct hrv_err *err) HRV_MUST_CHECK;
int import_logged(struct importing *im, const struct import_item *it,
    uint64_t leaf, struct hrv_err *err) HRV_MUST_CHECK;

/* import_portable.c: the data.json of a package as one row. Takes root.
 * HRV_EUSAGE: nobody is in it. */
int import_portable_row(struct importing *im, struct import_item *it,
    json_t *root, struct hrv_err *err) HRV_MUST_CHECK;
/* Its events and documents into the item; what cannot be stored rejects it. */
int import_portable_events(struct importing *im, struct import_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;
int import_portable_docs(struct importing *im, struct import_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;

/* import_docs.c: the folder of documents. */
int import_docs_begin(struct importing *im, struct hrv_err *err) HRV_MUST_CHECK;
/* Finds and hashes the documents of a row; what cannot be stored rejects it. */
int import_docs_find(struct importing *im, struct import_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The class of a document, and what a package says of it (NULL: nothing does);
 * *ret stays NULL when it rejects the row. */
int import_docs_class(struct importing *im, struct import_item *it,
    const char *name, const json_t *says, const struct hrv_class **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Hashes a file and adds it to the item; name is the last part of path. The
 * rest of a document is taken from *like. */
int import_docs_add(struct import_item *it, const char *path, const char *name,
    const struct import_doc *like, struct hrv_err *err) HRV_MUST_CHECK;
/* Notes that the person has a record of that class with this header. */
void import_docs_known(
    struct import_item *it, const char *class_name, const json_t *header);
/* Whether one of them is new. */
bool import_docs_new(const struct import_item *it);
/* Stores the new ones inside the open transaction. */
int import_docs_store(struct importing *im, struct import_item *it,
    const struct hrv_id *subject, struct hrv_err *err) HRV_MUST_CHECK;
void import_docs_clear(struct import_item *it);

/* import_batch.c: decides and stores the first n rows; for a check it undoes
 * the storing. */
int import_batch(
    struct importing *im, size_t n, struct hrv_err *err) HRV_MUST_CHECK;

#endif
