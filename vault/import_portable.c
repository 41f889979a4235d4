/* SPDX-License-Identifier: ISC */
/*
 * The data.json of a case's package (docs/formats/package.md) as one row of
 * an import: Art. 20. Layer: verbs. Invariant: a document comes in only as
 * the bytes that data.json names by their hash; one that does not, and an
 * event that the schedule does not know, rejects the whole row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/import_int.h"
#include "vault/subject_store.h"

#define FOLDER "documents/"
#define ABOUT "documents"

int
import_portable_row(struct importing *im, struct import_item *it, json_t *root,
    struct hrv_err *err)
{
	json_t *who =
	    json_object_get(json_object_get(root, "subject"), "identity");
	struct import_row *r = &it->row;

	(void)im;
	import_row_reset(r);
	it->whole = root;
	if (!json_is_object(who) || json_str(who, "name") == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "the package does not say who it is about");
	it->identity = json_incref(who);
	r->name = json_str(who, "name");
	r->number = json_str(who, "number");
	r->email[0] = json_string_value(
	    json_array_get(json_object_get(who, "emails"), 0));
	r->emails = r->email[0] != NULL;
	if (json_str(who, "born") != NULL)
		(void)hrv_date_parse(json_str(who, "born"), &r->born);
	return HRV_OK;
}

static bool
is_purpose(const struct importing *im, const char *purpose)
{
	const struct hrv_schedule *s = im->v->schedule;

	for (size_t i = 0; s != NULL && i < s->purpose_count; i++) {
		if (strcmp(s->purpose[i], purpose) == 0)
			return true;
	}
	return false;
}

/* An event of a consent: for its purpose alone, as the vault keeps it. The name
 * that is kept lives as long as what was said. */
static int
take_consent(struct importing *im, struct import_item *it, const json_t *said,
    struct event *ret, bool *ret_ok, struct hrv_err *err)
{
	const char *purpose = json_str(said, "purpose");
	char stored[EVENT_NAME_SIZE];
	json_t *o = (json_t *)(uintptr_t)said;
	int rc;

	if ((strcmp(ret->name, "subject.consent_given") != 0 &&
		strcmp(ret->name, "subject.consent_withdrawn") != 0) ||
	    !is_purpose(im, purpose)) {
		import_reject(it, 0, "event",
		    "it is for a purpose that the schedule does not know");
		return HRV_OK;
	}
	rc = event_check_day(ret, im->today, err);
	if (rc == HRV_OK)
		rc = event_of_purpose(ret->name, purpose, stored, err);
	if (rc == HRV_OK && json_set_str(o, "stored", stored))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_EUSAGE) {
		import_reject(it, 0, "event", err->msg);
		return HRV_OK;
	}
	ret->name = json_str(o, "stored");
	*ret_ok = rc == HRV_OK;
	return rc;
}

/* One {"event","day"} of a subject or record; *ret_ok is false when it
 * rejected the row. */
static int
take_event(struct importing *im, struct import_item *it, char kind,
    const json_t *said, struct event *ret, bool *ret_ok, struct hrv_err *err)
{
	const char *name = json_str(said, "event"),
		   *day = json_str(said, "day");
	char full[EVENT_NAME_SIZE];
	int rc;

	*ret_ok = false;
	if (name == NULL || day == NULL || !hrv_date_parse(day, &ret->day)) {
		import_reject(it, 0, "event", "it has no name or no date");
		return HRV_OK;
	}
	ret->name = name;
	if (json_str(said, "purpose") != NULL)
		return take_consent(im, it, said, ret, ret_ok, err);
	rc = event_full_name(im->v, kind, name, full, err);
	if (rc == HRV_OK)
		rc = event_check_day(ret, im->today, err);
	*ret_ok = rc == HRV_OK && strcmp(full, name) == 0;
	if (rc == HRV_OK && !*ret_ok)
		import_reject(it, 0, "event", "it lacks the whole name");
	if (rc != HRV_EUSAGE)
		return rc;
	import_reject(it, 0, "event", err->msg);
	return HRV_OK;
}

int
import_portable_events(
    struct importing *im, struct import_item *it, struct hrv_err *err)
{
	const json_t *said,
	    *list = json_object_get(
		json_object_get(it->whole, "subject"), "events");
	int rc = HRV_OK;
	size_t i;

	json_array_foreach(list, i, said)
	{
		bool ok = false;

		if (it->events == IMPORT_EVENTS_MAX) {
			import_reject(it, 0, "event", "there are too many");
			break;
		}
		rc = take_event(
		    im, it, ID_SUBJECT, said, &it->event[it->events], &ok, err);
		if (rc != HRV_OK)
			break;
		it->events += ok;
	}
	return rc;
}

static int
take_doc_events(struct importing *im, struct import_item *it,
    struct import_doc *doc, struct hrv_err *err)
{
	const json_t *said, *list = json_object_get(doc->says, "events");
	int rc = HRV_OK;
	size_t i;

	json_array_foreach(list, i, said)
	{
		bool ok = false;

		if (doc->events == IMPORT_DOC_EVENTS) {
			import_reject(it, 0, "event", "there are too many");
			break;
		}
		rc = take_event(im, it, ID_RECORD, said,
		    &doc->event[doc->events], &ok, err);
		if (rc != HRV_OK)
			break;
		doc->events += ok;
	}
	return rc;
}

/* Whether the list has a later version of the same record. */
static bool
is_older(const json_t *list, const json_t *one)
{
	const char *id = json_str(one, "record");
	const json_t *other;
	size_t i;

	json_array_foreach(list, i, other)
	{
		const char *its = json_str(other, "record");

		if (id != NULL && its != NULL && strcmp(id, its) == 0 &&
		    json_str(other, "file") != NULL &&
		    json_int(other, "version", 0) > json_int(one, "version", 0))
			return true;
	}
	return false;
}

/* Whether it is a document of the person's own, and the newest of it. */
static bool
is_wanted(const json_t *list, const json_t *one)
{
	const char *via = json_str(one, "relation");
	const char *class_name = json_str(one, "class");

	return json_str(one, "file") != NULL && class_name != NULL &&
	       strcmp(class_name, CLASS_IDENTITY) != 0 && via != NULL &&
	       strcmp(via, "own") == 0 && !is_older(list, one);
}

/* The name of the file in the folder; NULL when it is none of it. */
static const char *
name_of(const json_t *one)
{
	const char *file = json_str(one, "file");

	if (strncmp(file, FOLDER, strlen(FOLDER)) != 0)
		return NULL;
	file += strlen(FOLDER);
	return file[0] == '\0' || file[0] == '.' || strchr(file, '/') != NULL
		   ? NULL
		   : file;
}

/* Whether what the package says of a document can be kept. */
static bool
is_sound(const struct importing *im, const json_t *one)
{
	const char *created = json_str(one, "created");
	const char *by = json_str(one, "provided_by");
	const char *born = json_str(one, "dependant_born");
	struct hrv_date day;

	if (born != NULL &&
	    (!hrv_date_parse(born, &day) || hrv_date_cmp(day, im->today) > 0))
		return false;
	return created != NULL && by != NULL && name_of(one) != NULL &&
	       hrv_date_parse(created, &day) && day.year >= EVENT_YEAR_MIN &&
	       hrv_date_cmp(day, im->today) <= 0;
}

static bool
is_promised(const struct import_doc *doc)
{
	const char *hex = json_str(doc->says, "sha256");
	uint8_t want[32];

	return hex != NULL && enc_unhex(hex, strlen(hex), want, sizeof(want)) &&
	       memcmp(want, doc->sha256, sizeof(want)) == 0;
}

static int
add_doc(struct importing *im, struct import_item *it, struct import_doc *doc,
    struct hrv_err *err)
{
	const char *name = name_of(doc->says);
	size_t before = it->docs;
	char *path = NULL;
	int rc = take_doc_events(im, it, doc, err);

	if (rc != HRV_OK)
		return rc;
	if (asprintf(&path, "%s/%s", im->args->documents, name) < 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = import_docs_add(it, path, name, doc, err);
	free(path);
	if (rc == HRV_OK && it->docs > before && !is_promised(&it->doc[before]))
		import_reject(it, 0, ABOUT,
		    "one of them is not the file that the package names");
	return rc;
}

int
import_portable_docs(
    struct importing *im, struct import_item *it, struct hrv_err *err)
{
	const json_t *one, *list = json_object_get(it->whole, "records");
	const struct hrv_class *c = NULL;
	int rc = HRV_OK;
	size_t i;

	json_array_foreach(list, i, one)
	{
		struct import_doc doc = { .says = one };

		if (rc != HRV_OK || !is_wanted(list, one))
			continue;
		if (!is_sound(im, one)) {
			import_reject(it, 0, ABOUT,
			    "what the package says of one of them is not "
			    "whole");
			continue;
		}
		rc = import_docs_class(
		    im, it, json_str(one, "class"), one, &c, err);
		if (rc != HRV_OK || c == NULL)
			continue;
		(void)snprintf(
		    doc.class_name, sizeof(doc.class_name), "%s", c->id);
		rc = add_doc(im, it, &doc, err);
	}
	return rc;
}
