/* SPDX-License-Identifier: ISC */
/*
 * Sessions. Layer: verbs. Invariant: the key that signs a command's entries
 * is certified by the member's own key over the head it saw, so nobody can be
 * impersonated later and every operator vouches for all earlier history.
 */
#include "vault/session.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/store/file.h"

#define LOCK_TRIES 5
#define LOCK_WAIT_MS 1000

static int
lock_path(
    const struct hrv_vault *v, const char *hex, char **ret, struct hrv_err *err)
{
	char name[16 + 2 * LEAF_SESSION];

	if (strlen(hex) != 2 * LEAF_SESSION)
		return hrv_fail(err, HRV_EINTEGRITY, "not the id of a session");
	snprintf(name, sizeof(name), "sessions/%s", hex);
	return vault_path(v, name, ret, err);
}

/*
 * Makes and locks the session's file. Between the two another command may take
 * it for that of a dead session and remove it, so the locked file must still
 * be the one behind the name.
 */
static int
take_lock(struct session *s, struct hrv_err *err)
{
	struct stat held, named;
	int rc = HRV_EBUSY;

	for (int i = 0; i < LOCK_TRIES; i++) {
		rc = file_open_lock(
		    s->lock_path, true, LOCK_WAIT_MS, &s->lock_fd, err);
		if (rc != HRV_OK)
			return rc;
		if (fstat(s->lock_fd, &held) == 0 &&
		    lstat(s->lock_path, &named) == 0 &&
		    held.st_ino == named.st_ino)
			return HRV_OK;
		close(s->lock_fd);
		s->lock_fd = -1;
	}
	return hrv_fail(err, HRV_EBUSY, "the session's lock was taken away");
}

int
session_new(struct hrv_vault *v, struct hrv_err *err)
{
	struct session *s = calloc(1, sizeof(*s));
	struct buf hex = BUF_INIT;
	int rc;

	if (s == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	s->lock_fd = -1;
	crypt_random(s->id, sizeof(s->id));
	enc_hex(&hex, s->id, sizeof(s->id));
	snprintf(s->hex, sizeof(s->hex), "%s", buf_str(&hex));
	buf_clear(&hex);
	rc = key_new_random(KEY_LEN, &s->seed, err);
	if (rc == HRV_OK)
		rc = crypt_ed25519_public(s->seed, s->pub, err);
	if (rc == HRV_OK)
		rc = lock_path(v, s->hex, &s->lock_path, err);
	if (rc == HRV_OK)
		rc = take_lock(s, err);
	if (rc != HRV_OK) {
		session_free(s);
		return rc;
	}
	v->session = s;
	return HRV_OK;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	if (s->lock_fd >= 0) {
		/* Unlinked while still locked: nobody can take it for dead. */
		(void)unlink(s->lock_path);
		close(s->lock_fd);
	}
	free(s->lock_path);
	key_free(s->seed);
	free(s);
}

static void
fill_open_leaf(struct hrv_vault *v, const struct tree_frontier *head)
{
	struct session *s = v->session;
	struct leaf *l = &s->open_leaf;

	memset(l, 0, sizeof(*l));
	l->time = vault_now(v);
	l->index = head->size;
	tree_frontier_root(head, l->root);
	memcpy(l->session, s->id, sizeof(l->session));
	l->op = op_find("session.open", strlen("session.open"));
	l->phase = OP_SINGLE;
	l->result = LEAF_OK;
	l->has = LEAF_SLOTS | LEAF_HOLDS | LEAF_KEY;
	memcpy(l->slots, v->slots->hash, sizeof(l->slots));
	memcpy(l->holds, v->holds, sizeof(l->holds));
	if (v->schedule != NULL) {
		l->has |= LEAF_POLICY;
		memcpy(l->policy, v->schedule_hash, sizeof(l->policy));
	}
	snprintf(l->member, sizeof(l->member), "%s", v->fpr);
	snprintf(l->role, sizeof(l->role), "%s", role_name(v->role));
	memcpy(l->key, s->pub, sizeof(l->key));
	snprintf(l->host, sizeof(l->host), "%s", v->host);
	snprintf(l->client, sizeof(l->client), "%s", v->client);
}

int
session_certify(
    struct hrv_vault *v, const struct tree_frontier *head, struct hrv_err *err)
{
	struct session *s = v->session;
	struct buf text = BUF_INIT, cert = BUF_INIT;
	int rc;

	s->certified = false;
	fill_open_leaf(v, head);
	rc = leaf_cert_bytes(&s->open_leaf, &text, err);
	if (rc == HRV_OK)
		rc = pgp_sign_detached(
		    v->pgp, v->fpr, text.data, text.len, &cert, err);
	if (rc == HRV_OK && cert.len > sizeof(s->open_leaf.cert))
		rc = hrv_fail(err, HRV_EKEY,
		    "the OpenPGP signature of %s is too long", v->fpr);
	if (rc == HRV_OK) {
		memcpy(s->open_leaf.cert, cert.data, cert.len);
		s->open_leaf.cert_len = cert.len;
		s->certified = true;
	}
	buf_clear(&cert);
	buf_clear(&text);
	return rc;
}

bool
session_is_dead(const struct hrv_vault *v, const char *hex)
{
	char *path = NULL;
	bool locked = true;

	if (v->session != NULL && strcmp(v->session->hex, hex) == 0)
		return false;
	if (lock_path(v, hex, &path, NULL) != HRV_OK ||
	    file_is_locked(path, &locked, NULL) != HRV_OK)
		locked = true; /* what cannot be told is not declared dead */
	free(path);
	return !locked;
}

void
session_bury_dead(const struct hrv_vault *v)
{
	char *dir = NULL, *path;
	struct dirent *e;
	DIR *d = NULL;

	if (vault_path(v, "sessions", &dir, NULL) == HRV_OK)
		d = opendir(dir);
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || !session_is_dead(v, e->d_name))
			continue;
		path = NULL;
		if (file_join(dir, e->d_name, &path, NULL) == HRV_OK)
			(void)!file_unlink(path, NULL, NULL);
		free(path);
	}
	if (d != NULL)
		closedir(d);
	free(dir);
}
