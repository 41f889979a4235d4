/* SPDX-License-Identifier: ISC */
/*
 * What a letter tells of the outcome of a case. Layer: verbs. Invariant: it is
 * what hrv_case_outcome() says, with words for a template; no letter says of a
 * record what another one of the same case contradicts without telling so.
 */
#include "vault/case_letter.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/case.h"
#include "hrvault/policy.h"
#include "vault/case_erase.h"
#include "vault/package.h"
#include "vault/recipient.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* A record of an erasure, with words for the template. */
static int
word_record(const struct hrv_vault *v, json_t *one)
{
	static const char *const becomes[] = { "destroyed", "erased", "refused",
		"deferred", "open", NULL };
	static const char *const grounds[] = { "legal-obligation", "claims",
		"expression", "public-health", "archive", "others", "protected",
		"last-record", "with-record", "mentioned", "request", NULL };
	const char *name = json_str(one, "class");
	const struct hrv_class *c = hrv_schedule_class(v->schedule, name);
	char word[24], ground[32];

	snprintf(word, sizeof(word), "%s", json_str(one, "becomes"));
	snprintf(ground, sizeof(ground), "%s",
	    json_str(one, "ground") == NULL ? "" : json_str(one, "ground"));
	/* A ground that nobody has agreed to yet is no answer. */
	if (strcmp(word, "refused") != 0 && strcmp(word, "deferred") != 0) {
		(void)json_object_del(one, "ground");
		ground[0] = '\0';
	}
	return json_set_str(one, "class_title", c == NULL ? name : c->title) |
	       json_set_int(
		   one, "is_identity", strcmp(name, CLASS_IDENTITY) == 0) |
	       package_word(one, "becomes", word, becomes) |
	       (ground[0] == '\0'
		       ? 0
		       : package_word(one, "ground", ground, grounds));
}

/* The name of somebody who is told (Art. 19). */
static int
name_recipient(struct hrv_vault *v, const struct receipt *r, json_t *one,
    struct hrv_err *err)
{
	const char *text = json_str(one, "recipient");
	struct buf name = BUF_INIT_SECRET;
	struct recipient_row row;
	struct hrv_id id;
	int rc = HRV_ENOTFOUND;

	if (text != NULL && id_parse(text, ID_RECIPIENT, &id))
		rc = recipient_load(v, &id, &row, err);
	if (rc == HRV_OK)
		rc = recipient_name(v, r, &row, &name, err);
	if (rc == HRV_OK && json_set_str(one, "name", buf_str(&name)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	buf_clear(&name);
	return rc;
}

int
letter_outcome(struct hrv_vault *v, const struct receipt *r, const char *which,
    const struct case_event *step, json_t *values, struct hrv_err *err)
{
	static const char *const words[] = { "granted", "partly", "rejected",
		NULL };
	struct hrv_doc *doc = NULL;
	json_t *o, *records, *told, *one;
	size_t i;
	int rc = hrv_case_outcome(v, which, &doc, err), bad = 0;

	if (rc != HRV_OK)
		return rc;
	o = (json_t *)doc;
	records = json_object_get(o, "records");
	told = json_object_get(o, "recipients");
	json_array_foreach(records, i, one)
	{
		bad |= word_record(v, one);
	}
	json_array_foreach(told, i, one)
	{
		if (rc == HRV_OK)
			rc = name_recipient(v, r, one, err);
	}
	bad |= package_word(values, "outcome", json_str(o, "outcome"), words);
	if (strcmp(step->name, EVENT_ANSWERED) == 0)
		bad |= json_set_int(values, "nothing", 1);
	bad |= json_object_set(values, "records", records) |
	       json_object_set(values, "recipients", told);
	bad |= json_set_int(
		   values, "has_records", (int64_t)json_array_size(records)) |
	       json_set_int(
		   values, "has_recipients", (int64_t)json_array_size(told));
	hrv_doc_free(doc);
	return rc == HRV_OK && bad ? no_memory(err) : rc;
}

/* What is gone of an erasure that was refused after all. */
static int
list_gone(
    struct hrv_vault *v, const char *which, json_t *gone, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	int rc = hrv_case_outcome(v, which, &doc, err), bad = 0;
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get((json_t *)doc, "records"), i, one)
	{
		if (strcmp(json_str(one, "becomes"), "destroyed") == 0)
			bad |=
			    word_record(v, one) | json_array_append(gone, one);
	}
	hrv_doc_free(doc);
	return rc == HRV_OK && bad ? no_memory(err) : rc;
}

int
letter_before(struct hrv_vault *v, const struct kase *k, const char *which,
    json_t *values, struct hrv_err *err)
{
	const struct case_event *e = case_find_event(k, EVENT_ORDERED);
	json_t *gone = json_array();
	int rc = gone == NULL ? no_memory(err) : HRV_OK;

	if (rc == HRV_OK && e != NULL)
		rc = list_gone(v, which, gone, err);
	if (rc == HRV_OK && e != NULL &&
	    (json_set_str(values, "was_ordered", e->day) ||
		json_set_int(
		    values, "has_destroyed", (int64_t)json_array_size(gone)) ||
		json_object_set(values, "destroyed", gone)))
		rc = no_memory(err);
	json_decref(gone);
	return rc;
}
