/* SPDX-License-Identifier: ISC */
/*
 * What a proposal comes to, in sentences. Layer: verbs; pure. Those of an
 * adoption or an import are the numbers that would have told the company that
 * typed days for years; of a package they tell whom it names besides.
 */
#include "vault/proposal_rule.h"

const char *
proposal_text(const json_t *o, const char *key)
{
	const char *t = json_str(o, key);

	return t == NULL ? "?" : t;
}

/* A sentence with the number of all and of each class; none for zero. */
static int
add_counts(const json_t *e, const char *key, const char *sentence, json_t *list,
    struct hrv_err *err)
{
	const json_t *classes = json_object_get(e, "classes");
	struct buf line = BUF_INIT;
	int rc;

	if (json_int(e, key, 0) == 0)
		return HRV_OK;
	buf_addf(&line, "%lld %s:", (long long)json_int(e, key, 0), sentence);
	for (size_t i = 0; i < json_array_size(classes); i++) {
		const json_t *c = json_array_get(classes, i);

		if (json_int(c, key, 0) > 0)
			buf_addf(&line, " %s %lld", proposal_text(c, "class"),
			    (long long)json_int(c, key, 0));
	}
	rc = proposal_line(list, &line, err);
	buf_clear(&line);
	return rc;
}

static int
add_safeguards(const json_t *e, json_t *list, struct hrv_err *err)
{
	const json_t *all = json_object_get(e, "safeguards");
	struct buf line = BUF_INIT;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(all); i++) {
		const json_t *s = json_array_get(all, i);

		buf_reset(&line);
		buf_addf(&line, "a safeguard gets %s: %s was %s and will be %s",
		    proposal_text(s, "change"), proposal_text(s, "safeguard"),
		    proposal_text(s, "was"), proposal_text(s, "now"));
		rc = proposal_line(list, &line, err);
	}
	buf_clear(&line);
	return rc;
}

static int
import_words(const json_t *e, json_t *list, struct hrv_err *err)
{
	struct buf line = BUF_INIT;
	int rc;

	buf_addf(&line,
	    "counted when it was proposed: %lld records of people who are here "
	    "already get a new version",
	    (long long)json_int(e, "new_versions", 0));
	rc = proposal_line(list, &line, err);
	buf_clear(&line);
	return rc;
}

/* Records with names of people behind whom no letter stands. */
static int
add_named(const json_t *named, json_t *list, struct hrv_err *err)
{
	struct buf line = BUF_INIT;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(named); i++) {
		const json_t *one = json_array_get(named, i);

		buf_reset(&line);
		buf_addf(&line,
		    "%s version %lld goes out with the names of people of this "
		    "vault whom nobody linked to it: %lld",
		    proposal_text(one, "record"),
		    (long long)json_int(one, "version", 0),
		    (long long)json_int(one, "people", 0));
		rc = proposal_line(list, &line, err);
	}
	buf_clear(&line);
	return rc;
}

static int
add_adoption(const json_t *e, json_t *list, struct hrv_err *err)
{
	struct buf line = BUF_INIT;
	int rc;

	buf_addf(&line,
	    "counted when it was proposed: %lld records are due at once, %lld "
	    "may be destroyed earlier than now, %lld later",
	    (long long)json_int(e, "due_now", 0),
	    (long long)json_int(e, "earlier", 0),
	    (long long)json_int(e, "later", 0));
	rc = proposal_line(list, &line, err);
	buf_clear(&line);
	if (rc == HRV_OK)
		rc = add_counts(e, "review_to_purge",
		    "records that a person was to decide about are destroyed "
		    "without one when they are due",
		    list, err);
	if (rc == HRV_OK)
		rc = add_counts(e, "purge_to_review",
		    "records that would have gone by themselves are put up for "
		    "a decision",
		    list, err);
	return rc == HRV_OK ? add_safeguards(e, list, err) : rc;
}

int
proposal_effects(const json_t *e, json_t *list, struct hrv_err *err)
{
	const json_t *named = json_object_get(e, "named");

	if (e == NULL)
		return HRV_OK;
	if (named != NULL)
		return add_named(named, list, err);
	return json_object_get(e, "new_versions") != NULL
		   ? import_words(e, list, err)
		   : add_adoption(e, list, err);
}
