/* SPDX-License-Identifier: ISC */
/*
 * Keys held by one member. Layer: custody. The matrix of roles.c decides what
 * goes into a grant; there is no other way to write one.
 */
#include "vault/custody/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"

#define GRANT_HEAD "hrvault-grant/1\n"

void
keyring_clear(struct keyring *r)
{
	for (size_t i = 0; i < r->n; i++)
		key_free(r->entries[i].key);
	free(r->entries);
	r->entries = NULL;
	r->n = 0;
}

int
keyring_add(
    struct keyring *r, const char *id, struct key **key, struct hrv_err *err)
{
	struct keyring_entry *e;
	char name[KEY_ID_SIZE];
	uint32_t version;
	int rc;

	if (!slots_key_split(id, name, &version)) {
		rc = hrv_fail(err, HRV_EINTEGRITY, "not the id of a key");
		goto out;
	}
	e = realloc(r->entries, (r->n + 1) * sizeof(*e));
	if (e == NULL) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	r->entries = e;
	e += r->n++;
	snprintf(e->id, sizeof(e->id), "%s", id);
	memcpy(e->name, name, sizeof(e->name));
	e->version = version;
	e->key = *key;
	*key = NULL;
	rc = HRV_OK;
out:
	key_free(*key);
	*key = NULL;
	return rc;
}

void
keyring_drop(struct keyring *r, const char *id)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->entries[i].id, id) == 0)
			key_free(r->entries[i].key);
		else
			r->entries[kept++] = r->entries[i];
	}
	r->n = kept;
}

int
keyring_create(struct keyring *r, struct slots *s, const char *name,
    uint32_t version, struct hrv_err *err)
{
	char id[KEY_ID_SIZE];
	struct key *key = NULL;
	uint8_t kcv[KEY_CHECK_LEN];
	int rc;

	if (snprintf(id, sizeof(id), "%s.%u", name, version) >= (int)sizeof(id))
		return hrv_fail(
		    err, HRV_EUSAGE, "the name of a key is too long");
	keyring_drop(r, id); /* of a change that was given up */
	rc = key_new_random(KEY_LEN, &key, err);
	if (rc == HRV_OK)
		rc = key_check_value(key, id, kcv, err);
	if (rc == HRV_OK)
		rc = slots_add_key(s, id, kcv, err);
	if (rc == HRV_OK)
		rc = keyring_add(r, id, &key, err);
	key_free(key);
	return rc;
}

const struct key *
keyring_get(const struct keyring *r, const char *name, uint32_t version)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->entries[i].version == version &&
		    strcmp(r->entries[i].name, name) == 0)
			return r->entries[i].key;
	}
	return NULL;
}

const struct key *
keyring_current(const struct keyring *r, const struct slots *s,
    const char *name, uint32_t *ret_version)
{
	const struct key *best = NULL;
	uint32_t version = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct keyring_entry *e = &r->entries[i];
		const struct slot_key *k = slots_key(s, e->id);

		if (strcmp(e->name, name) != 0 || k == NULL ||
		    k->status != KEY_ENABLED || e->version < version)
			continue;
		best = e->key;
		version = e->version;
	}
	if (best != NULL && ret_version != NULL)
		*ret_version = version;
	return best;
}

bool
keyring_has(const struct keyring *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->entries[i].name, name) == 0)
			return true;
	}
	return false;
}

/* One line of a grant: "<key id> <base64>". */
static int
read_line(struct keyring *r, const struct slots *s, const char *line,
    size_t len, struct hrv_err *err)
{
	const char *space = memchr(line, ' ', len);
	char id[KEY_ID_SIZE];
	const struct slot_key *sk;
	struct key *key = NULL;
	size_t id_len = space == NULL ? 0 : (size_t)(space - line);
	int rc;

	if (id_len == 0 || id_len >= sizeof(id))
		return hrv_fail(err, HRV_EINTEGRITY, "a grant is damaged");
	memcpy(id, line, id_len);
	id[id_len] = '\0';
	sk = slots_key(s, id);
	rc = key_new(KEY_LEN, &key, err);
	if (rc != HRV_OK)
		return rc;
	if (sk == NULL || !enc_unb64_fixed(space + 1, len - id_len - 1,
			      key_fill(key), KEY_LEN))
		rc = hrv_fail(err, HRV_EINTEGRITY, "a grant is damaged");
	if (rc == HRV_OK)
		rc = key_check(key, id, sk->kcv, err);
	if (rc == HRV_OK)
		rc = keyring_add(r, id, &key, err);
	key_free(key);
	return rc;
}

int
keyring_read_grant(struct keyring *r, const struct slots *s,
    const struct buf *plain, struct hrv_err *err)
{
	const char *text = buf_str(plain);
	size_t head = strlen(GRANT_HEAD);
	const char *p, *end;
	int rc = HRV_OK;

	if (plain->len < head || memcmp(text, GRANT_HEAD, head) != 0)
		return hrv_fail(err, HRV_EINTEGRITY, "a grant is damaged");
	for (p = text + head; rc == HRV_OK && *p != '\0'; p = end + 1) {
		end = strchr(p, '\n');
		if (end == NULL)
			return hrv_fail(
			    err, HRV_EINTEGRITY, "a grant is damaged");
		rc = read_line(r, s, p, (size_t)(end - p), err);
	}
	return rc;
}

bool
keyring_belongs(const struct slot_member *m, const char *name)
{
	if (!role_gets_key(m->role, name))
		return false;
	if (strncmp(name, "kek/", 4) != 0 ||
	    role_reserved_compartment(name + 4))
		return true;
	return slots_list_has(m->compartments, name + 4);
}

/* Every compartment asked for must be in the ring. */
static int
check_held(
    const struct keyring *r, const char *compartments, struct hrv_err *err)
{
	const char *p = compartments;

	while (strcmp(compartments, "-") != 0 && *p != '\0') {
		char name[KEY_ID_SIZE];
		size_t n = strcspn(p, ",");

		snprintf(name, sizeof(name), "kek/%.*s", (int)n, p);
		if (!keyring_has(r, name)) {
			hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
			    "you do not hold the key of the compartment '%s', "
			    "so you cannot grant it",
			    name + 4);
			return hrv_hint(err,
			    "ask a member who holds it; 'hrvault member list' "
			    "shows who does");
		}
		p += n + (p[n] == ',');
	}
	return HRV_OK;
}

static void
add_key(const struct keyring_entry *e, struct buf *plain)
{
	buf_addf(plain, "%s ", e->id);
	enc_b64(plain, key_bytes(e->key), key_len(e->key));
	buf_addc(plain, '\n');
}

int
keyring_write_grant(const struct keyring *r, const struct slots *s,
    const struct slot_member *m, struct buf *plain, struct buf *ids,
    struct hrv_err *err)
{
	int rc = check_held(r, m->compartments, err);

	if (rc != HRV_OK)
		return rc;
	buf_adds(plain, GRANT_HEAD);
	for (size_t i = 0; i < r->n; i++) {
		const struct keyring_entry *e = &r->entries[i];
		const struct slot_key *k = slots_key(s, e->id);

		if (k == NULL || k->status == KEY_DESTROYED ||
		    !keyring_belongs(m, e->name))
			continue;
		if (ids->len > 0)
			buf_addc(ids, ',');
		buf_adds(ids, e->id);
		add_key(e, plain);
	}
	rc = buf_ok(ids, err);
	return rc != HRV_OK ? rc : buf_ok(plain, err);
}

int
keyring_write_one(const struct keyring *r, const char *id, struct buf *plain,
    struct hrv_err *err)
{
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->entries[i].id, id) != 0)
			continue;
		buf_adds(plain, GRANT_HEAD);
		add_key(&r->entries[i], plain);
		return buf_ok(plain, err);
	}
	return hrv_fail(err, HRV_EFAILED, "the key %s is not held", id);
}
