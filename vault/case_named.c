/* SPDX-License-Identifier: ISC */
/*
 * Looking for people without a letter, see case_named.h. Layer: verbs.
 * Invariant: texts are looked at as they would go out, letters in the place of
 * names, so that whoever has one counts nowhere, whatever they are called.
 */
#include "vault/case_named.h"

#include <string.h>

#include "vault/base/json_kept.h"
#include "vault/case_gate.h"
#include "vault/mention.h"
#include "vault/unseal.h"

#define PIECE JSON_KEPT_MAX /* of a longer text; no JSON is longer */
#define OVERLAP 256

/* A record version, while it is looked through. */
struct naming {
	struct hrv_vault *v;
	const struct receipt *r;
	const struct kase *k;
	const struct pseudonyms *names;
	struct mentions *m;
	char self[2][ID_TEXT_SIZE]; /* the person, by both ids */
	struct buf body;
	bool in_pieces, no_text;
	json_t *subjects; /* found so far */
	size_t people;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static bool
has(const json_t *list, const char *id)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (strcmp(json_string_value(json_array_get(list, i)), id) == 0)
			return true;
	}
	return false;
}

/* mention_fn. Several people with one name are one name in the text, and where
 * the person is among them it is taken for theirs. */
static int
found(void *ctx, const json_t *ids, struct hrv_err *err)
{
	struct naming *x = ctx;
	bool before = false;
	size_t n = json_array_size(ids);

	for (size_t i = 0; i < n; i++) {
		const char *id = json_string_value(json_array_get(ids, i));

		if (strcmp(id, x->self[0]) == 0 || strcmp(id, x->self[1]) == 0)
			return HRV_OK;
		before = before || has(x->subjects, id);
	}
	for (size_t i = 0; i < n; i++) {
		json_t *id = json_array_get(ids, i);

		if (!has(x->subjects, json_string_value(id)) &&
		    json_array_append(x->subjects, id))
			return no_memory(err);
	}
	x->people += !before;
	return HRV_OK;
}

static int
look(struct naming *x, const char *text, struct hrv_err *err)
{
	struct buf out = BUF_INIT_SECRET;
	int rc = text == NULL
		     ? HRV_OK
		     : pseudonyms_text(x->names, text, &out, NULL, err);

	if (rc == HRV_OK && out.len > 0)
		rc = mentions_text(x->m, buf_str(&out), found, x, err);
	if (rc == HRV_EUSAGE) {
		x->no_text = true;
		rc = HRV_OK;
	}
	buf_clear(&out);
	return rc;
}

/* Numbers as they were stored begin with a NUL: they name nobody. */
static const char *
text_of(const json_t *v)
{
	const char *text = json_string_value(v);

	return text == NULL || text[0] == '\0' ? NULL : text;
}

/* The texts of one object stand side by side: a first and a last name. */
static int
look_at_members(struct naming *x, const json_t *o, struct hrv_err *err)
{
	struct buf all = BUF_INIT_SECRET;
	const char *key;
	json_t *one;
	int rc = HRV_OK;

	json_object_foreach((json_t *)(uintptr_t)o, key, one)
	{
		if (rc == HRV_OK)
			rc = look(x, key, err);
		if (text_of(one) != NULL)
			buf_addf(&all, "%s ", text_of(one));
	}
	if (rc == HRV_OK)
		rc = buf_ok(&all, err);
	if (rc == HRV_OK)
		rc = look(x, buf_str(&all), err);
	buf_clear(&all);
	return rc;
}

static int
look_at_json(struct naming *x, const json_t *doc, struct hrv_err *err)
{
	json_t *v = (json_t *)(uintptr_t)doc, *one;
	const char *key;
	size_t i;
	int rc = HRV_OK;

	if (json_is_string(v))
		return look(x, text_of(v), err);
	if (json_is_object(v))
		rc = look_at_members(x, v, err);
	json_object_foreach(v, key, one)
	{
		if (rc == HRV_OK && !json_is_string(one))
			rc = look_at_json(x, one, err);
	}
	if (!json_is_array(v))
		return rc;
	json_array_foreach(v, i, one)
	{
		if (rc == HRV_OK)
			rc = look_at_json(x, one, err);
	}
	return rc;
}

/* A long text is looked at in pieces that overlap. */
static int
look_at_piece(struct naming *x, struct hrv_err *err)
{
	struct buf *b = &x->body;
	size_t end = b->len, from;
	uint8_t last;
	int rc;

	while (end > OVERLAP && strchr(" \t\r\n", b->data[end - 1]) == NULL)
		end--;
	end = end > OVERLAP ? end : b->len;
	last = b->data[end];
	b->data[end] = '\0';
	rc = look(x, buf_str(b), err);
	b->data[end] = last;
	from = end - OVERLAP;
	memmove(b->data, b->data + from, b->len - from + 1);
	b->len -= from;
	x->in_pieces = true;
	return rc;
}

/* content_sink */
static int
take(void *ctx, const void *data, size_t len, struct hrv_err *err)
{
	struct naming *x = ctx;
	int rc = HRV_OK;

	if (x->no_text || memchr(data, '\0', len) != NULL) {
		x->no_text = true;
		return HRV_OK;
	}
	if (x->body.len + len > PIECE && x->body.len > OVERLAP)
		rc = look_at_piece(x, err);
	buf_add(&x->body, data, len);
	return rc == HRV_OK ? buf_ok(&x->body, err) : rc;
}

static int
look_at_body(struct naming *x, bool json, struct hrv_err *err)
{
	struct hrv_err ignored;
	json_t *doc = NULL;
	int rc;

	if (x->no_text || x->body.len == 0)
		return HRV_OK;
	if (!json || x->in_pieces ||
	    json_kept_read(x->body.data, x->body.len, &doc, &ignored) != HRV_OK)
		return look(x, buf_str(&x->body), err);
	rc = look_at_json(x, doc, err);
	json_decref(doc);
	return rc;
}

static int
look_at_header(struct naming *x, const json_t *header, struct hrv_err *err)
{
	static const char *const keys[] = { "title", "note", "source", "file" };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < sizeof(keys) / sizeof(keys[0]);
	     i++)
		rc = look(x, json_str(header, keys[i]), err);
	return rc;
}

/* Whether it may be read as text: then its kind may be JSON. */
static bool
is_text(const json_t *header, bool *ret_json)
{
	const char *media = json_str(header, "media");

	*ret_json = media != NULL && strcmp(media, "application/json") == 0;
	return media != NULL && (*ret_json || strncmp(media, "text/", 5) == 0 ||
				    strncmp(media, "message/", 8) == 0);
}

/* Looks through header and body of the copy that goes out, or of the record
 * itself. */
static int
look_at_copy(struct naming *x, const struct case_item *it, struct hrv_err *err)
{
	struct case_copy copy = { .header = BUF_INIT };
	json_t *header = NULL;
	bool json = false;
	int rc =
	    case_copy_load(x->v, &x->k->id, &it->record, it->n, &copy, err);

	if (rc == HRV_OK)
		rc = unseal_copy_header(x->v, x->r, &copy, &header, err);
	if (rc == HRV_OK)
		rc = look_at_header(x, header, err);
	if (rc == HRV_OK && is_text(header, &json))
		rc = unseal_copy_body(x->v, x->r, &copy, take, x, err);
	if (rc == HRV_OK)
		rc = look_at_body(x, json, err);
	json_decref(header);
	case_copy_clear(&copy);
	return rc;
}

static int
look_at_record(struct naming *x, const struct record_row *rec, uint32_t n,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	json_t *header = NULL;
	bool json = false;
	int rc = version_load(x->v, &rec->id, n, &ver, err);

	if (rc == HRV_OK && !unseal_may(x->v, rec, &ver))
		goto out;
	if (rc == HRV_OK)
		rc = unseal_header(x->v, x->r, rec, &ver, &header, err);
	if (rc == HRV_OK)
		rc = look_at_header(x, header, err);
	if (rc == HRV_OK && is_text(header, &json))
		rc = unseal_body(x->v, x->r, rec, &ver, take, x, err);
	if (rc == HRV_OK)
		rc = look_at_body(x, json, err);
out:
	json_decref(header);
	version_clear(&ver);
	return rc;
}

static bool
may_go_out(const struct case_item *it)
{
	return (strcmp(it->disposition, ITEM_DISCLOSED) == 0 ||
		   strcmp(it->disposition, ITEM_REDACTED) == 0 ||
		   strcmp(it->disposition, ITEM_UNDECIDED) == 0) &&
	       !case_item_checked(it);
}

static int
look_at_item(struct naming *x, const struct case_item *it, struct hrv_err *err)
{
	struct record_row rec;
	int rc = record_load(x->v, &it->record, &rec, err);

	x->people = 0;
	x->in_pieces = x->no_text = false;
	buf_reset(&x->body);
	/* Of identities there is only the person's own. */
	if (rc != HRV_OK || strcmp(rec.class_name, CLASS_IDENTITY) == 0)
		return rc;
	if (case_item_copied(it))
		return look_at_copy(x, it, err);
	return strcmp(it->disposition, ITEM_REDACTED) == 0
		   ? HRV_OK
		   : look_at_record(x, &rec, it->n, err);
}

static int
add_item(struct naming *x, const struct case_item *it, json_t *list,
    struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *row;
	int rc;

	x->subjects = json_array();
	rc = x->subjects == NULL ? no_memory(err) : look_at_item(x, it, err);
	id_format(&it->record, id);
	if (rc == HRV_OK && x->people > 0) {
		row = json_pack("{s:s,s:I,s:I,s:O}", "record", id, "version",
		    (json_int_t)it->n, "people", (json_int_t)x->people,
		    "subjects", x->subjects);
		if (json_array_append_new(list, row))
			rc = no_memory(err);
	}
	json_decref(x->subjects);
	x->subjects = NULL;
	return rc;
}

int
case_named(struct hrv_vault *v, const struct receipt *r, const struct kase *k,
    const struct pseudonyms *names, json_t **ret, struct hrv_err *err)
{
	struct naming x = {
		.v = v, .r = r, .k = k, .names = names, .body = BUF_INIT_SECRET
	};
	json_t *list = json_array();
	int rc = list == NULL ? no_memory(err) : mentions_new(v, &x.m, err);

	id_format(&k->subject, x.self[0]);
	id_format(&k->filed, x.self[1]);
	for (size_t i = 0; rc == HRV_OK && i < k->n_items; i++) {
		if (may_go_out(&k->items[i]))
			rc = add_item(&x, &k->items[i], list, err);
	}
	buf_clear(&x.body);
	mentions_free(x.m);
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}

int
case_put_named(json_t *doc, const json_t *named, bool counts)
{
	json_t *list = json_deep_copy(named);

	if (json_array_size(named) == 0) {
		json_decref(list);
		return 0;
	}
	for (size_t i = 0; counts && i < json_array_size(list); i++)
		(void)json_object_del(json_array_get(list, i), "subjects");
	return json_object_set_new(doc, "named", list);
}

json_t *
case_comes_to(const struct kase *k, const json_t *totals, const json_t *named)
{
	char subject[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&k->subject, subject);
	if (o == NULL || json_object_update(o, (json_t *)(uintptr_t)totals) ||
	    json_set_int(
		o, "undecided", (int64_t)case_count(k, ITEM_UNDECIDED)) ||
	    json_set_str(o, "right", k->claim) ||
	    json_set_str(o, "subject", subject) ||
	    case_put_named(o, named, true)) {
		json_decref(o);
		return NULL;
	}
	return o;
}
