/* SPDX-License-Identifier: ISC */
/*
 * Documents that come with an import: DIR/NUMBER/CLASS/FILE. Layer: verbs.
 * Invariant: what lies in a person's folder is stored or rejects the row; a
 * document that the person has already is not stored again.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/import_int.h"
#include "vault/record_source.h"

#define ABOUT "documents"

/* What a walk through one folder calls for each entry. */
typedef int entry_fn(struct importing *im, struct import_item *it,
    const char *path, const char *name, struct hrv_err *err);

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
visit(struct importing *im, struct import_item *it, const char *folder,
    const char *name, entry_fn *fn, struct hrv_err *err)
{
	char *path = NULL;
	int rc;

	/* What programs leave behind unseen is nobody's document. */
	if (name[0] == '.')
		return HRV_OK;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return no_memory(err);
	rc = fn(im, it, path, name, err);
	free(path);
	return rc;
}

/* Calls fn for each entry of a folder, links not followed. *ret_there (may be
 * NULL, then it must be one) tells that it is a folder. */
static int
walk(struct importing *im, struct import_item *it, const char *folder,
    bool *ret_there, entry_fn *fn, struct hrv_err *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	int rc = HRV_OK;

	if (ret_there != NULL)
		*ret_there = dir != NULL;
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		else if (ret_there == NULL || errno != ENOENT)
			import_reject(it, 0, ABOUT,
			    "what should be a folder is none, or cannot be "
			    "read");
		return HRV_OK;
	}
	while (rc == HRV_OK && (d = readdir(dir)) != NULL)
		rc = visit(im, it, folder, d->d_name, fn, err);
	closedir(dir);
	return rc;
}

/* SHA-256 of a file; false when it is none that can be read. */
static bool
hash_file(const char *path, uint8_t out[32])
{
	uint8_t piece[16384];
	struct crypt_sha256_ctx *sha = crypt_sha256_new();
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && sha != NULL && fstat(fd, &st) == 0 &&
	    S_ISREG(st.st_mode)) {
		while ((n = read(fd, piece, sizeof(piece))) > 0)
			crypt_sha256_add(sha, piece, (size_t)n);
	}
	explicit_bzero(piece, sizeof(piece));
	if (fd >= 0)
		close(fd);
	if (n == 0)
		crypt_sha256_final(sha, out);
	else
		crypt_sha256_free(sha);
	return n == 0;
}

int
import_docs_add(struct import_item *it, const char *path, const char *name,
    const struct import_doc *like, struct hrv_err *err)
{
	struct import_doc *list, doc = *like;

	if (!hash_file(path, doc.sha256)) {
		import_reject(
		    it, 0, ABOUT, "one of them is no file, or cannot be read");
		return HRV_OK;
	}
	list = realloc(it->doc, (it->docs + 1) * sizeof(*list));
	if (list == NULL)
		return no_memory(err);
	it->doc = list;
	doc.path = strdup(path);
	if (doc.path == NULL)
		return no_memory(err);
	doc.name = doc.path + strlen(path) - strlen(name);
	list[it->docs++] = doc;
	return HRV_OK;
}

/* One document of a class folder. */
static int
add_file(struct importing *im, struct import_item *it, const char *path,
    const char *name, struct hrv_err *err)
{
	struct import_doc doc = { .stored = false };

	(void)im;
	(void)snprintf(
	    doc.class_name, sizeof(doc.class_name), "%s", it->doc_class);
	return import_docs_add(it, path, name, &doc, err);
}

int
import_docs_class(struct importing *im, struct import_item *it,
    const char *name, const json_t *says, const struct hrv_class **ret,
    struct hrv_err *err)
{
	struct subject_row row = { .id = { .kind = ID_SUBJECT } };
	const struct hrv_class *c = NULL;
	int rc;

	*ret = NULL;
	(void)snprintf(row.kind, sizeof(row.kind), "%s", im->kind);
	rc = record_class(im->v, name, &row, &c, err);
	if (rc == HRV_EREFUSED || rc == HRV_EUSAGE) {
		import_reject(it, 0, ABOUT, err->msg);
		return HRV_OK;
	}
	if (rc == HRV_OK &&
	    ((c->needs_dependant_born &&
		 json_str(says, "statement_on") == NULL &&
		 json_str(says, "dependant_born") == NULL) ||
		(c->needs_born && !hrv_date_is_set(it->row.born)))) {
		import_reject(it, 0, ABOUT,
		    "a class of them is kept until an age is reached, and "
		    "that birth date is not in the row");
		return HRV_OK;
	}
	*ret = c;
	return rc;
}

/* One class folder of a person. */
static int
add_class(struct importing *im, struct import_item *it, const char *path,
    const char *name, struct hrv_err *err)
{
	const struct hrv_class *c = NULL;
	int rc = import_docs_class(im, it, name, NULL, &c, err);

	if (rc != HRV_OK || c == NULL)
		return rc;
	it->doc_class = c->id;
	rc = walk(im, it, path, NULL, add_file, err);
	it->doc_class = NULL;
	return rc;
}

/* A number that is the name of a folder and of nothing above it. */
static bool
names_folder(const char *number)
{
	return number != NULL && strchr(number, '/') == NULL &&
	       strcmp(number, ".") != 0 && strcmp(number, "..") != 0;
}

int
import_docs_find(
    struct importing *im, struct import_item *it, struct hrv_err *err)
{
	bool there = false;
	char *path = NULL;
	int rc;

	if (im->format == IMPORT_PORTABLE)
		return import_portable_docs(im, it, err);
	if (im->args->documents == NULL || !names_folder(it->row.number))
		return HRV_OK;
	if (asprintf(&path, "%s/%s", im->args->documents, it->row.number) < 0)
		return no_memory(err);
	rc = walk(im, it, path, &there, add_class, err);
	im->folders += there;
	explicit_bzero(path, strlen(path));
	free(path);
	return rc;
}

void
import_docs_known(
    struct import_item *it, const char *class_name, const json_t *header)
{
	const char *hex = json_str(header, "sha256");
	uint8_t sha[CRYPT_SHA256_LEN];

	if (hex == NULL || !enc_unhex(hex, strlen(hex), sha, sizeof(sha)))
		return;
	for (size_t i = 0; i < it->docs; i++) {
		if (strcmp(it->doc[i].class_name, class_name) == 0 &&
		    memcmp(it->doc[i].sha256, sha, sizeof(sha)) == 0)
			it->doc[i].stored = true;
	}
}

bool
import_docs_new(const struct import_item *it)
{
	for (size_t i = 0; i < it->docs; i++) {
		if (!it->doc[i].stored)
			return true;
	}
	return false;
}

/* What is sealed with a document, and whose it is. */
static void
describe(const struct importing *im, const struct import_doc *doc,
    struct record_store_args *a, struct record_header *h)
{
	if (doc->says == NULL) {
		a->provided_by = im->map->provided_by;
		h->source = im->map->record_source;
		h->file = doc->name;
		return;
	}
	a->provided_by = json_str(doc->says, "provided_by");
	(void)hrv_date_parse(json_str(doc->says, "created"), &a->created);
	a->events = doc->event;
	a->n_events = doc->events;
	a->confidential = json_int(doc->says, "confidential", 0) != 0;
	if (json_str(doc->says, "dependant_born") != NULL)
		(void)hrv_date_parse(
		    json_str(doc->says, "dependant_born"), &a->dependant_born);
	h->title = json_str(doc->says, "title");
	h->source = json_str(doc->says, "source");
	h->note = json_str(doc->says, "note");
	h->file = json_str(doc->says, "file_name");
}

/* What a package says that a document is a statement on, if that comes in with
 * it; else NULL: then it comes in as a document like any other. */
static const struct import_doc *
contested(const struct import_item *it, const struct import_doc *doc)
{
	const char *on = json_str(doc->says, "statement_on");

	for (size_t i = 0; on != NULL && i < it->docs; i++) {
		const struct import_doc *other = &it->doc[i];
		const char *id = json_str(other->says, "record");

		if (other != doc && id != NULL && strcmp(id, on) == 0 &&
		    !other->stored &&
		    json_str(other->says, "statement_on") == NULL &&
		    strcmp(other->class_name, doc->class_name) == 0)
			return other;
	}
	return NULL;
}

static int
store_one(struct importing *im, struct import_item *it, struct import_doc *doc,
    const struct hrv_id *subject, struct hrv_err *err)
{
	const struct import_doc *on = contested(it, doc);
	struct record_row row;
	struct record_source src = { .fd = -1, .head = BUF_INIT_SECRET };
	struct hrv_record_source from = { doc->path, -1 };
	struct record_store_args a = { .subject = subject,
		.class_name = doc->class_name,
		.born = it->row.born,
		.body = &src.body };
	struct record_header h = { .title = NULL };
	struct record_stored stored;
	int rc = record_source_open(&src, &from, err);

	vault_new_id(ID_RECORD, &a.id);
	describe(im, doc, &a, &h);
	h.media = src.media;
	if (rc == HRV_OK)
		rc = record_header_new(&h, &a.header, err);
	if (rc == HRV_OK && on != NULL) {
		rc = record_load(im->v, &on->id, &row, err);
		a.statement_on = &row;
		a.n_events = 0;
	}
	if (rc == HRV_OK)
		rc = record_store(im->v, &a, &stored, err);
	if (rc == HRV_OK &&
	    memcmp(stored.sha256, doc->sha256, sizeof(doc->sha256)) != 0)
		rc = hrv_fail_as(err, HRV_EFAILED, "changed",
		    "a document was changed while it was imported");
	if (rc == HRV_OK)
		rc = manifest_add(&it->states, &a.id, stored.state, err);
	doc->id = a.id;
	im->batch.documents += rc == HRV_OK;
	json_decref(a.header);
	record_source_clear(&src);
	return rc;
}

int
import_docs_store(struct importing *im, struct import_item *it,
    const struct hrv_id *subject, struct hrv_err *err)
{
	int rc = HRV_OK;

	/* Statements after what they are about. */
	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; rc == HRV_OK && i < it->docs; i++) {
			struct import_doc *doc = &it->doc[i];

			if (!doc->stored &&
			    (contested(it, doc) != NULL) == (turn == 1))
				rc = store_one(im, it, doc, subject, err);
		}
	}
	return rc;
}

void
import_docs_clear(struct import_item *it)
{
	for (size_t i = 0; i < it->docs; i++)
		free(it->doc[i].path);
	free(it->doc);
	it->doc = NULL;
	it->docs = 0;
}

int
import_docs_begin(struct importing *im, struct hrv_err *err)
{
	struct dirent *d;
	DIR *dir;

	if (im->format == IMPORT_PORTABLE && im->args->documents == NULL) {
		hrv_fail(err, HRV_EUSAGE,
		    "the documents of this package are missing");
		return hrv_hint(err, "name its folder: --documents "
				     "FOLDER/documents");
	}
	if (im->args->documents == NULL || im->format == IMPORT_PORTABLE)
		return HRV_OK;
	if (im->map == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "documents belong to the numbers of rows; a resume has "
		    "none");
	dir = opendir(im->args->documents);
	if (dir == NULL) {
		hrv_fail(err, HRV_EUSAGE,
		    "the folder of documents cannot be opened: %s",
		    strerror(errno));
		return hrv_hint(err,
		    "it has a folder for each number: DIR/NUMBER/CLASS/"
		    "FILE");
	}
	while ((d = readdir(dir)) != NULL)
		im->all_folders += d->d_name[0] != '.';
	closedir(dir);
	return HRV_OK;
}
