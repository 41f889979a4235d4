/* SPDX-License-Identifier: ISC */
/*
 * Opening and closing a vault. Layer: verbs. Invariant: nothing is read from
 * vault.db before the slot file was checked, and the vault is not handed out
 * before its log continues what this client has seen.
 */
#include "hrvault/vault.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hrvault/policy.h"
#include "vault/base/enc.h"
#include "vault/base/json.h"
#include "vault/base/when.h"
#include "vault/base/zone.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/crypto/pgp.h"
#include "vault/handle.h"
#include "vault/index.h"
#include "vault/inforce.h"
#include "vault/logkeys.h"
#include "vault/opendb.h"
#include "vault/remember.h"
#include "vault/session.h"
#include "vault/slotfile.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/store/keystore.h"
#include "vault/store/migrate.h"
#include "vault/store/pack.h"
#include "vault/succession.h"
#include "vault/txn.h"
#include "vault/vault_trust.h"

#define CFG_MAX 65536
#define LOCK_WAIT_MS 5000
#define SLOT_TRIES 64 /* newest slot files tried; damaged ones cost little */

int
hrv_start(struct hrv_err *err)
{
	int rc;

	json_init();
	rc = crypt_init(err);
	return rc != HRV_OK ? rc : pgp_init(err);
}

int64_t
vault_now(const struct hrv_vault *v)
{
	return v->clock.now(v->clock.ctx);
}

void
vault_new_id(char kind, struct hrv_id *ret)
{
	ret->kind = kind;
	crypt_random(ret->b, ID_BYTES);
}

int
vault_path(const struct hrv_vault *v, const char *name, char **ret_path,
    struct hrv_err *err)
{
	return file_join(v->dir, name, ret_path, err);
}

int64_t
hrv_logged(const struct hrv_vault *v)
{
	return v == NULL ? -1 : (int64_t)v->logged - 1;
}

const char *
hrv_member_fpr(const struct hrv_vault *v)
{
	return v->fpr;
}

const char *
hrv_member_role(const struct hrv_vault *v)
{
	return role_name(v->role);
}

/* Forgets everything that belongs to one slot file, to try another. */
static void
close_stored(struct hrv_vault *v)
{
	pack_close(v->pack);
	v->pack = NULL;
	keystore_close(v->ks);
	v->ks = NULL;
	db_close(v->db);
	v->db = NULL;
	logkeys_clear(v);
	index_forget(v);
	keyring_clear(&v->ring);
	vault_trust_clear(v);
	slots_free(v->slots);
	v->slots = NULL;
}

void
hrv_close(struct hrv_vault *v)
{
	if (v == NULL)
		return;
	txn_abort(v);
	session_free(v->session);
	close_stored(v);
	if (v->lock_fd >= 0)
		(void)close(v->lock_fd);
	hrv_schedule_free(v->schedule);
	zone_free(v->zone);
	buf_clear(&v->piece);
	pgp_close(v->pgp);
	free(v->dir);
	free(v->state_dir);
	free(v->tmp_dir);
	free(v->host);
	free(v->client);
	explicit_bzero(v, sizeof(*v));
	free(v);
}

int
vault_handle_new(const struct hrv_open_args *args, struct hrv_vault **ret,
    struct hrv_err *err)
{
	struct hrv_vault *v = calloc(1, sizeof(*v));
	int rc = HRV_OK;

	if (v == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	v->clock = args->clock;
	v->lock_fd = -1;
	v->unfinished = args->unfinished;
	v->piece = (struct buf)BUF_INIT_SECRET;
	v->dir = strdup(args->dir);
	v->tmp_dir = strdup(args->tmp_dir);
	v->host = strdup(args->host);
	v->client = strdup(args->client);
	if (v->dir == NULL || v->tmp_dir == NULL || v->host == NULL ||
	    v->client == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = pgp_open(args->gnupg_home, &v->pgp, err);
	if (rc == HRV_OK && args->passphrase != NULL)
		rc = pgp_use_passphrase(v->pgp, args->passphrase, err);
	if (rc != HRV_OK) {
		hrv_close(v);
		return rc;
	}
	*ret = v;
	return HRV_OK;
}

static int
read_config(struct hrv_vault *v, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	uint8_t hash[32];
	char *path = NULL;
	int rc;

	rc = vault_path(v, NAME_CFG, &path, err);
	if (rc == HRV_OK)
		rc = file_read(path, CFG_MAX, &text, err);
	if (rc == HRV_OK) {
		crypt_sha256(text.data, text.len, hash);
		if (memcmp(hash, v->slots->cfg, sizeof(hash)) != 0)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "vault.cfg is not the file that the slot file "
			    "names");
	}
	if (rc == HRV_OK)
		rc = config_read(&text, &v->cfg, err);
	buf_clear(&text);
	free(path);
	return rc;
}

/* The only member whose secret key is here. */
static int
choose_member(struct hrv_vault *v, struct hrv_err *err)
{
	const char *fprs[PGP_RECIPIENTS_MAX];
	bool have[PGP_RECIPIENTS_MAX] = { false };
	struct pgp_to to = { fprs, 0 };
	size_t found = 0, at = 0;
	int rc;

	for (; to.n < v->slots->n_members && to.n < PGP_RECIPIENTS_MAX; to.n++)
		fprs[to.n] = v->slots->members[to.n].fpr;
	rc = pgp_secret_keys(v->pgp, &to, have, err);
	if (rc != HRV_OK)
		return rc;
	for (size_t i = 0; i < to.n; i++) {
		if (have[i]) {
			at = i;
			found++;
		}
	}
	if (found == 1) {
		memcpy(v->fpr, fprs[at], sizeof(v->fpr));
		return HRV_OK;
	}
	if (found == 0 && !pgp_agent_there(v->pgp)) {
		hrv_fail_as(err, HRV_EKEY, "agent",
		    "gpg-agent is not running and could not be started, so no "
		    "secret key can be used");
		return hrv_hint(err, "gpg-connect-agent /bye says why not");
	}
	if (found == 0) {
		hrv_fail_as(err, HRV_EKEY, "no-member-key",
		    "no secret key of a member of this vault is in this gpg "
		    "home");
		return hrv_hint(err, "use the right account or GNUPGHOME, or "
				     "ask a dpo for 'hrvault member add'");
	}
	hrv_fail_as(err, HRV_EKEY, "several-keys",
	    "several secret keys here are members of this vault");
	return hrv_hint(err, "say which with --as FINGERPRINT");
}

/* The last day of a membership counts whole, in UTC. */
static int
check_until(
    const struct hrv_vault *v, const struct slot_member *m, struct hrv_err *err)
{
	char now[WHEN_TEXT_LEN + 1];

	if (m->until[0] == '\0')
		return HRV_OK;
	if (!when_format(vault_now(v), now) || strncmp(now, m->until, 10) <= 0)
		return HRV_OK;
	hrv_fail_as(err, HRV_EKEY, "membership-ended",
	    "the membership of %s ended on %s", m->fpr, m->until);
	return hrv_hint(err, "ask a dpo for 'hrvault member renew --until' "
			     "with a later day");
}

static int
find_member(struct hrv_vault *v, const char *as, struct hrv_err *err)
{
	const struct slot_member *m;
	struct pgp_key_info info;
	int rc;

	if (as == NULL) {
		rc = choose_member(v, err);
	} else {
		rc = pgp_key_find(v->pgp, as, true, &info, err);
		if (rc == HRV_OK)
			memcpy(v->fpr, info.fpr, sizeof(v->fpr));
		else if (rc == HRV_ENOTFOUND)
			rc = hrv_fail_as(err, HRV_EKEY, "no-member-key",
			    "the secret key named by --as is not in this gpg "
			    "home");
	}
	if (rc != HRV_OK)
		return rc;
	m = slots_member(v->slots, v->fpr);
	if (m == NULL) {
		hrv_fail_as(err, HRV_EKEY, "not-a-member",
		    "%s is not a member of this vault", v->fpr);
		return hrv_hint(err, "ask a dpo for 'hrvault member add'");
	}
	v->role = m->role;
	return check_until(v, m, err);
}

static int
open_one(struct hrv_vault *v, const struct slot_grant *g, struct hrv_err *err)
{
	struct buf plain = BUF_INIT_SECRET;
	int rc = pgp_decrypt(v->pgp, g->msg.data, g->msg.len, &plain, err);

	if (rc == HRV_OK)
		rc = keyring_read_grant(&v->ring, v->slots, &plain, err);
	buf_clear(&plain);
	return rc;
}

/* The one decryption of a command. Only after a rotation by somebody who could
 * not seal all of the member's keys again is there a second grant beside it. */
static int
open_grant(struct hrv_vault *v, struct hrv_err *err)
{
	size_t n = 0;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < v->slots->n_grants; i++) {
		if (strcmp(v->slots->grants[i].fpr, v->fpr) != 0)
			continue;
		rc = open_one(v, &v->slots->grants[i], err);
		n++;
	}
	if (rc == HRV_OK && n == 0)
		rc = hrv_fail(err, HRV_EKEY,
		    "the slot file holds no grant for %s", v->fpr);
	return rc;
}

/* Signatures of a slot file are verified once per client and file. */
static int
check_slots(struct hrv_vault *v, const struct buf *text, struct hrv_err *err)
{
	struct trust *t = NULL;
	int rc;

	if (remember_slots_known(v, v->slots->hash))
		return HRV_OK;
	rc = vault_trust(v, &t, err);
	if (rc == HRV_OK)
		rc = trust_check_slots(t, v->slots, text->data, err);
	if (rc == HRV_OK)
		remember_slots(v, v->slots->hash);
	return rc;
}

/* Opens everything by one slot file. *ret_named: the log names that file. */
static int
open_with(struct hrv_vault *v, const struct hrv_open_args *args, uint32_t gen,
    bool *ret_named, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	uint8_t named[32];
	int rc;

	*ret_named = false;
	rc = slotfile_read(v->dir, gen, &text, &v->slots, err);
	if (rc != HRV_OK)
		goto out;
	slotfile_vault_id(v->slots, v->id);
	rc = vault_state_dir(v, args->state_dir, err);
	if (rc == HRV_OK)
		rc = find_member(v, args->as, err);
	if (rc == HRV_OK)
		rc = check_slots(v, &text, err);
	if (rc == HRV_OK)
		rc = read_config(v, err);
	if (rc == HRV_OK)
		rc = open_grant(v, err);
	if (rc == HRV_OK && args->staged)
		rc = opendb_rekey(v, err);
	if (rc == HRV_OK)
		rc = opendb(v, args->urgent, err);
	if (rc == HRV_OK)
		rc = inforce_vault(v, named, err);
	if (rc == HRV_OK)
		*ret_named = memcmp(named, v->slots->hash, 32) == 0;
	/* Until it is adopted, entries name the file that is in force. */
	if (rc == HRV_OK && args->staged)
		memcpy(v->slots->hash, named, sizeof(named));
out:
	buf_clear(&text);
	return rc;
}

/* The agent, the card or the person failed: an older grant would ask them once
 * more, for another eight seconds or another of a card's three tries. */
static bool
nobody_answers(const struct hrv_err *err)
{
	static const char *const names[] = { "agent", "passphrase", "card" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (err->code == HRV_EKEY && strcmp(err->name, names[i]) == 0)
			return true;
	}
	return false;
}

/* Tries slot files from the newest down to the one that the log names: a
 * newer one is a change that was never finished. A vault that is being built
 * gets its newest or none: the database must come to be under its keys. */
static int
open_newest(
    struct hrv_vault *v, const struct hrv_open_args *args, struct hrv_err *err)
{
	uint32_t gens[SLOT_TRIES];
	struct hrv_err first;
	size_t n = 0;
	int rc = slotfile_list(v->dir, gens, SLOT_TRIES, &n, err);

	if (rc != HRV_OK)
		return rc;
	if (n == 0) {
		hrv_fail(
		    err, HRV_ENOVAULT, "there is no vault in %.300s", v->dir);
		return hrv_hint(err, "name it with --vault DIR; 'hrvault "
				     "help quickstart' shows how one is made");
	}
	if (args->staged)
		n = 1;
	for (size_t i = 0; i < n; i++) {
		bool named;

		rc = open_with(v, args, gens[i], &named, err);
		if (rc == HRV_OK && (named || args->staged))
			return HRV_OK;
		if (rc == HRV_OK)
			(void)hrv_fail(err, HRV_EINTEGRITY,
			    "the slot file that the log names is missing");
		if (i == 0)
			first = *err;
		close_stored(v);
		if (nobody_answers(err))
			return (int)err->code;
	}
	*err = first;
	return (int)first.code;
}

/* Until hrv_close(): nobody rewrites vault.db under us. */
static int
lock_folder(struct hrv_vault *v, struct hrv_err *err)
{
	int rc = file_lock_dir(v->dir, false, LOCK_WAIT_MS, &v->lock_fd, err);

	if (rc == HRV_EBUSY) {
		hrv_fail(
		    err, HRV_EBUSY, "the key of the database is being rotated");
		return hrv_hint(err, "run the command again in a while");
	}
	/* No folder, or one that is none: said where its files are looked
	 * for. */
	return rc == HRV_ENOMEM ? rc : HRV_OK;
}

int
hrv_open(const struct hrv_open_args *args, struct hrv_vault **ret,
    struct hrv_err *err)
{
	struct hrv_vault *v = NULL;
	int rc;

	rc = vault_handle_new(args, &v, err);
	if (rc != HRV_OK)
		return rc;
	rc = lock_folder(v, err);
	if (rc == HRV_OK)
		rc = open_newest(v, args, err);
	if (rc == HRV_OK)
		rc = logkeys_load(v, err);
	/* Of a vault that is being built the log may yet go on under it. */
	if (rc == HRV_OK && !args->staged)
		rc = logkeys_check_held(v, err);
	if (rc == HRV_OK)
		rc = remember_open(v, args, err);
	if (rc == HRV_OK)
		rc = inforce_schedule(v, err);
	if (rc != HRV_OK) {
		hrv_close(v);
		return rc;
	}
	*ret = v;
	return HRV_OK;
}
