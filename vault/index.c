/* SPDX-License-Identifier: ISC */
/*
 * The blind index. Layer: verbs. Tokens are made with a key derived per
 * field, so equal texts in different fields do not show as equal.
 */
#include "vault/index.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/store/db.h"

static const char *const field_names[INDEX_FIELDS] = { [TEXT_NUMBER] = "number",
	[TEXT_EMAIL] = "email",
	[TEXT_PHONE] = "phone",
	[TEXT_NAME] = "name" };

/* What the token callback needs: the HMAC key, and where tokens go. */
struct tokens {
	struct hrv_vault *v;
	const struct key *key; /* of the handle */
	enum text_field field;
	const struct hrv_id *subject; /* adding */
	struct hrv_id *found;	      /* looking up: still matching */
	size_t n;
	bool first;
	struct hrv_err *err;
};

void
index_forget(struct hrv_vault *v)
{
	for (size_t i = 0; i < INDEX_FIELDS; i++) {
		key_free(v->index_keys[i]);
		v->index_keys[i] = NULL;
	}
	v->index_version = 0;
}

/* The key of a field, made once and kept in the handle. */
static int
field_key(struct tokens *t, const struct key *k, uint32_t version,
    struct hrv_err *err)
{
	struct hrv_vault *v = t->v;
	int rc = HRV_OK;

	if (v->index_version != version)
		index_forget(v);
	v->index_version = version;
	if (v->index_keys[t->field] == NULL)
		rc = kdf_index_field(
		    k, field_names[t->field], &v->index_keys[t->field], err);
	t->key = v->index_keys[t->field];
	return rc;
}

static int
start(struct tokens *t, struct hrv_err *err)
{
	const struct key *k;
	uint32_t version = 0;

	version = t->v->index_use;
	k = version != 0 ? keyring_get(&t->v->ring, KEY_INDEX, version)
			 : keyring_current(
			       &t->v->ring, t->v->slots, KEY_INDEX, &version);
	if (k == NULL)
		return hrv_fail_as(err, HRV_EREFUSED, "role",
		    "the role %s holds no key of the index",
		    role_name(t->v->role));
	t->err = err;
	t->first = true;
	return field_key(t, k, version, err);
}

static int
make_token(struct tokens *t, const char *token, size_t len, int64_t *ret)
{
	uint8_t mac[CRYPT_SHA256_LEN];
	uint64_t value = 0;
	int rc = crypt_hmac_sha256(t->key, token, len, mac, t->err);

	for (size_t i = 0; i < 8; i++)
		value = value << 8 | mac[i];
	memcpy(ret, &value, sizeof(*ret));
	return rc;
}

static int
add_token(void *arg, const char *token, size_t len)
{
	struct tokens *t = arg;
	struct stmt *st;
	int64_t value;
	int rc = make_token(t, token, len, &value);

	if (rc == HRV_OK)
		rc = db_stmt(t->v->db, SQL_BLIND_ADD, &st, t->err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, value);
	(void)db_bind_int(st, 2, (int64_t)t->field);
	(void)db_bind_blob(st, 3, t->subject->b, ID_BYTES);
	return db_run(st, t->err);
}

static int
add_value(struct hrv_vault *v, const struct hrv_id *subject,
    enum text_field field, const char *value, struct hrv_err *err)
{
	struct tokens t = { .v = v, .field = field, .subject = subject };
	int rc;

	if (value == NULL)
		return HRV_OK;
	rc = start(&t, err);
	if (rc == HRV_OK)
		rc = text_tokens(
		    field, value, strlen(value), add_token, &t, err);
	return rc;
}

static int
add_list(struct hrv_vault *v, const struct hrv_id *subject,
    enum text_field field, const json_t *list, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++)
		rc = add_value(v, subject, field,
		    json_string_value(json_array_get(list, i)), err);
	return rc;
}

int
index_add(struct hrv_vault *v, const struct hrv_id *subject,
    const json_t *identity, struct hrv_err *err)
{
	int rc;

	rc = add_value(v, subject, TEXT_NAME, json_str(identity, "name"), err);
	if (rc == HRV_OK)
		rc = add_value(
		    v, subject, TEXT_NUMBER, json_str(identity, "number"), err);
	if (rc == HRV_OK)
		rc = add_list(v, subject, TEXT_EMAIL,
		    json_object_get(identity, "emails"), err);
	if (rc == HRV_OK)
		rc = add_list(v, subject, TEXT_PHONE,
		    json_object_get(identity, "phones"), err);
	return rc;
}

int
index_remove(
    struct hrv_vault *v, const struct hrv_id *subject, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_BLIND_DEL_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	return db_run(st, err);
}

/* Subjects with one token; the array is the caller's. */
static int
list_token(struct tokens *t, int64_t value, struct hrv_id **ret, size_t *ret_n)
{
	struct hrv_id *list = NULL;
	struct stmt *st;
	size_t n = 0;
	bool more = false;
	int rc = db_stmt(t->v->db, SQL_BLIND_LIST, &st, t->err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, value);
	(void)db_bind_int(st, 2, (int64_t)t->field);
	while ((rc = db_step(st, &more, t->err)) == HRV_OK && more) {
		struct hrv_id *p = list;

		if ((n & (n - 1)) == 0)
			p = realloc(list, (n == 0 ? 1 : 2 * n) * sizeof(*p));
		if (p == NULL) {
			rc = hrv_fail(t->err, HRV_ENOMEM, "out of memory");
			break;
		}
		list = p;
		list[n].kind = ID_SUBJECT;
		rc = db_col_fixed(st, 0, list[n].b, ID_BYTES, t->err);
		if (rc != HRV_OK)
			break;
		n++;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

/* Keeps of t->found only what is in list too; both are sorted by id. */
static void
intersect(struct tokens *t, const struct hrv_id *list, size_t n)
{
	size_t kept = 0, j = 0;

	for (size_t i = 0; i < t->n; i++) {
		while (j < n && memcmp(list[j].b, t->found[i].b, ID_BYTES) < 0)
			j++;
		if (j < n && id_equal(&list[j], &t->found[i]))
			t->found[kept++] = t->found[i];
	}
	t->n = kept;
}

static int
find_token(void *arg, const char *token, size_t len)
{
	struct tokens *t = arg;
	struct hrv_id *list = NULL;
	size_t n = 0;
	int64_t value;
	int rc = make_token(t, token, len, &value);

	if (rc == HRV_OK)
		rc = list_token(t, value, &list, &n);
	if (rc != HRV_OK)
		return rc;
	if (t->first) {
		t->found = list;
		t->n = n;
		t->first = false;
		return HRV_OK;
	}
	intersect(t, list, n);
	free(list);
	return HRV_OK;
}

int
index_lookup(struct hrv_vault *v, enum text_field field, const char *value,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err)
{
	struct tokens t = { .v = v, .field = field };
	int rc = start(&t, err);

	if (rc == HRV_OK)
		rc = text_tokens(
		    field, value, strlen(value), find_token, &t, err);
	if (rc != HRV_OK) {
		free(t.found);
		return rc;
	}
	*ret = t.found;
	*ret_n = t.n;
	return HRV_OK;
}

int
index_lookup_one(struct hrv_vault *v, enum text_field field, const char *value,
    struct hrv_id *ret, struct hrv_err *err)
{
	struct hrv_id *list = NULL;
	size_t n = 0;
	int rc = index_lookup(v, field, value, &list, &n, err);

	if (rc == HRV_OK && n == 0)
		rc = hrv_fail(err, HRV_ENOTFOUND, "no subject has this %s",
		    text_field_label(field));
	if (rc == HRV_OK && n > 1) {
		rc = hrv_fail(err, HRV_EUSAGE, "%zu subjects have this %s", n,
		    text_field_label(field));
		hrv_hint(err, "name one by its id; 'hrvault subject find' "
			      "lists them");
	}
	if (rc == HRV_OK)
		*ret = list[0];
	free(list);
	return rc;
}
