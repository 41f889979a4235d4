/* SPDX-License-Identifier: ISC */
/*
 * Importing a file. Layer: verbs. Invariant: a file is read to its end once
 * before anything of it is stored, and every row is stored or reported.
 */
#include "hrvault/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/crypto/crypt.h"
#include "vault/import_int.h"
#include "vault/importer/resume.h"
#include "vault/store/file.h"
#include "vault/subject_store.h"
#include "vault/terms.h"

static int
load_map(struct importing *im, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	const char *name = im->args->map_name;
	int rc = HRV_OK;

	if (im->args->map == NULL)
		return HRV_OK;
	im->map = map_read(im->args->map, im->args->map_len, &errors);
	if (im->map == NULL)
		rc = hrv_file_errors_fail(
		    &errors, name == NULL ? "map" : name, err);
	if (im->map == NULL && rc == HRV_OK)
		rc = hrv_fail(err, HRV_EUSAGE, "the map is not valid");
	hrv_file_errors_clear(&errors);
	return rc;
}

static int
add_event(struct importing *im, const char *name, struct hrv_err *err)
{
	struct import_event *e = &im->events[im->n_events];

	for (size_t i = 0; i < im->n_events; i++) {
		if (strcmp(im->events[i].name, name) == 0)
			return HRV_OK;
	}
	if (im->n_events == sizeof(im->events) / sizeof(im->events[0]))
		return hrv_fail(
		    err, HRV_EUSAGE, "the map names too many events");
	e->name = name;
	im->n_events++;
	return event_full_name(im->v, ID_SUBJECT, name, e->full, err);
}

/* Every event of the map under its full name, as the schedule knows it. */
static int
check_events(struct importing *im, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; im->map != NULL && i < im->map->columns; i++) {
		const struct map_column *c = &im->map->column[i];

		if (rc == HRV_OK && c->event != NULL)
			rc = add_event(im, c->event, err);
		if (rc == HRV_OK && c->also_event != NULL)
			rc = add_event(im, c->also_event, err);
	}
	return rc;
}

static int
check_text(const char *text, const char *what, struct hrv_err *err)
{
	struct hrv_err why;

	if (text == NULL ||
	    text_check_field(TEXT_TITLE, text, strlen(text), &why) == HRV_OK)
		return HRV_OK;
	return hrv_fail(err, HRV_EUSAGE, "the map's %s: %s", what, why.msg);
}

/* Whether records of the class may be made of rows at all, by this member. */
static int
check_class(struct importing *im, struct hrv_err *err)
{
	struct subject_row row = { .id = { .kind = ID_SUBJECT } };
	const struct hrv_class *c = NULL;
	int rc;

	/* A package says of each document what it is. */
	if (im->format == IMPORT_PORTABLE)
		return HRV_OK;
	im->kind = im->map == NULL || im->map->candidate ? KIND_CANDIDATE
							 : KIND_EMPLOYEE;
	im->class_name = im->map == NULL ? RESUME_CLASS : im->map->record_class;
	if (im->class_name == NULL)
		return HRV_OK;
	(void)snprintf(row.kind, sizeof(row.kind), "%s", im->kind);
	rc = record_class(im->v, im->class_name, &row, &c, err);
	if (rc == HRV_EUSAGE)
		return hrv_fail_as(err, HRV_EUSAGE, "unknown-class",
		    "the schedule in force has no class '%s', which these "
		    "rows are stored as",
		    im->class_name);
	if (rc == HRV_OK && c->needs_dependant_born)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "records of the class '%s' need the birth date of a "
		    "dependant, which an import does not know",
		    c->id);
	if (rc == HRV_OK && im->map != NULL)
		rc = check_text(im->map->record_title, "title", err);
	if (rc == HRV_OK && im->map != NULL)
		rc = check_text(im->map->record_source, "source", err);
	return rc;
}

static int
prepare(struct importing *im, struct hrv_err *err)
{
	int rc;

	if (im->v->schedule == NULL)
		return hrv_fail(err, HRV_EFAILED, "no schedule is in force");
	rc = load_map(im, err);
	if (rc == HRV_OK)
		rc = import_find_format(im, err);
	if (rc == HRV_OK)
		rc = check_class(im, err);
	if (rc == HRV_OK)
		rc = check_events(im, err);
	if (rc == HRV_OK)
		rc = vault_today(im->v, &im->today, err);
	if (rc == HRV_OK)
		rc = import_docs_begin(im, err);
	if (rc == HRV_OK)
		rc = import_seen_new(&im->seen, err);
	if (rc != HRV_OK)
		return rc;
	im->item = calloc(IMPORT_BATCH, sizeof(*im->item));
	if (im->item == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < IMPORT_BATCH; i++)
		import_item_init(&im->item[i]);
	return HRV_OK;
}

static int
report_one(struct importing *im, const struct import_item *it, size_t i,
    struct hrv_err *err)
{
	const struct rowparse_error *e = &it->row.error[i];
	struct buf heading = BUF_INIT;
	struct hrv_import_reject r = { .row = it->number,
		.line = it->line,
		.at = it->at,
		.size = it->size,
		.header = im->csv == NULL ? 0 : csv_header_size(im->csv),
		.column = e->column,
		.about = e->target,
		.reason = e->reason,
		.delimiter = im->csv == NULL ? '\0' : csv_delimiter(im->csv),
		.again = i > 0 };
	int rc;

	if (import_heading(im, e->column, &heading))
		r.heading = buf_str(&heading);
	rc = im->args->reject(im->args->ctx, &r, err);
	buf_clear(&heading);
	return rc;
}

/* Tells the caller all that is wrong with the rejected rows. */
static int
report(struct importing *im, size_t n, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (im->args->reject == NULL)
		return HRV_OK;
	for (size_t i = 0; i < n; i++) {
		const struct import_item *it = &im->item[i];

		for (size_t k = 0;
		     rc == HRV_OK && it->fate == FATE_REJECT &&
		     k < it->row.errors && k < ROWPARSE_ERRORS_MAX;
		     k++)
			rc = report_one(im, it, k, err);
	}
	return rc;
}

static int
progress(struct importing *im, uint64_t done, struct hrv_err *err)
{
	if (im->args->progress == NULL)
		return HRV_OK;
	return im->args->progress(im->args->ctx, done, im->total, err);
}

/* Reads rows until a batch is full or the file ends. */
static int
fill(struct importing *im, struct hrv_err *err)
{
	uint64_t bytes = 0;
	int rc = HRV_OK;

	im->n = 0;
	while (rc == HRV_OK && im->n < IMPORT_BATCH &&
	       bytes < IMPORT_BATCH_BYTES) {
		rc = import_read_next(im, &im->item[im->n], err);
		if (rc != HRV_OK || im->ended)
			break;
		bytes += im->item[im->n++].row.record.len;
	}
	return rc;
}

static void
add_counts(struct importing *im)
{
	im->count.rows += im->batch.rows;
	im->count.added += im->batch.added;
	im->count.updated += im->batch.updated;
	im->count.unchanged += im->batch.unchanged;
	im->count.rejected += im->batch.rejected;
	im->count.waiting += im->batch.waiting;
	im->count.records += im->batch.records;
	im->count.documents += im->batch.documents;
}

/* All batches of the file. */
static int
carry_out(struct importing *im, struct hrv_err *err)
{
	int rc = import_read_begin(im, err);

	while (rc == HRV_OK && !im->ended) {
		rc = fill(im, err);
		if (rc != HRV_OK || im->n == 0)
			break;
		rc = import_batch(im, im->n, err);
		if (rc == HRV_OK) {
			add_counts(im);
			rc = report(im, im->n, err);
		}
		if (rc == HRV_OK)
			rc = progress(im, im->count.rows, err);
	}
	import_read_end(im);
	return rc;
}

/* Reads the file to its end, so that one that breaks off stores nothing. */
static int
read_through(struct importing *im, struct hrv_err *err)
{
	int rc = import_read_begin(im, err);

	while (rc == HRV_OK && !im->ended) {
		rc = import_read_next(im, &im->item[0], err);
		if (rc != HRV_OK || im->ended)
			break;
		if (++im->total % IMPORT_BATCH == 0)
			rc = im->args->progress == NULL
				 ? HRV_OK
				 : im->args->progress(
				       im->args->ctx, im->total, 0, err);
	}
	import_read_end(im);
	return rc;
}

static int
put_proposal(const struct importing *im, json_t *o)
{
	char id[ID_TEXT_SIZE];

	if (im->waits_for.kind == 0)
		return 0;
	id_format(&im->waits_for, id);
	return json_set_str(o, "proposal", id);
}

static int
result(
    const struct importing *im, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	static const char *const formats[] = { [IMPORT_CSV] = "csv",
		[IMPORT_LINES] = "jsonl",
		[IMPORT_RESUME] = "resume",
		[IMPORT_PORTABLE] = "portable" };
	const struct import_counts *c = &im->count;
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "format", formats[im->format]) ||
	    json_set_str(o, "map", im->map == NULL ? NULL : im->map->id) ||
	    json_object_set_new(o, "check", json_boolean(im->args->check)) ||
	    json_set_int(o, "rows", (int64_t)c->rows) ||
	    json_set_int(o, "added", (int64_t)c->added) ||
	    json_set_int(o, "updated", (int64_t)c->updated) ||
	    json_set_int(o, "unchanged", (int64_t)c->unchanged) ||
	    json_set_int(o, "rejected", (int64_t)c->rejected) ||
	    json_set_int(o, "records", (int64_t)c->records) ||
	    json_set_int(o, "waiting", (int64_t)c->waiting) ||
	    put_proposal(im, o) ||
	    (im->args->documents != NULL &&
		(json_set_int(o, "documents", (int64_t)c->documents) ||
		    json_set_int(o, "folders_unused",
			(int64_t)(im->all_folders - im->folders))))) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

static void
importing_free(struct importing *im)
{
	for (size_t i = 0; im->item != NULL && i < IMPORT_BATCH; i++)
		import_item_clear(&im->item[i]);
	free(im->item);
	import_seen_free(im->seen);
	receipt_drop(&im->receipt);
	map_free(im->map);
	free(im);
}

int
hrv_import(struct hrv_vault *v, const struct hrv_import_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY(IMPORT_OP);
	struct importing *im;
	int rc = role_may(v->role, IMPORT_OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	im = calloc(1, sizeof(*im));
	if (im == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	im->v = v;
	im->args = args;
	rc = prepare(im, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK && !args->check)
		rc = read_through(im, err);
	if (rc == HRV_OK)
		rc = import_allow(im, err);
	if (rc == HRV_OK)
		rc = carry_out(im, err);
	if (rc == HRV_OK && im->count.waiting > 0 && !args->check)
		rc = import_propose(im, err);
	if (rc == HRV_OK)
		rc = result(im, ret_doc, err);
	importing_free(im);
	return rc;
}
