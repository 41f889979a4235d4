/* SPDX-License-Identifier: ISC */
/*
 * Founding a vault. Layer: verbs. Invariant: the folder appears under its
 * name only when it is complete, by one rename.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hrvault/policy.h"
#include "hrvault/vault.h"
#include "vault/adopt.h"
#include "vault/base/json.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/crypto/pgp.h"
#include "vault/handle.h"
#include "vault/log/append.h"
#include "vault/reserve.h"
#include "vault/session.h"
#include "vault/slotfile.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/store/keystore.h"
#include "vault/store/migrate.h"
#include "vault/txn.h"

#define MODE_SEEN 03770 /* sticky: nobody removes another's checkpoint */

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	(void)remove(path);
	return 0;
}

static int
make_folder(struct hrv_vault *v, struct hrv_err *err)
{
	static const char *const subs[] = { "pack", "certificates",
		"sessions" };
	char *path = NULL;
	int rc;

	rc = file_mkdir(v->dir, FILE_MODE_DIR, err);
	for (size_t i = 0; rc == HRV_OK && i < 3; i++) {
		rc = vault_path(v, subs[i], &path, err);
		if (rc == HRV_OK)
			rc = file_mkdir(path, FILE_MODE_DIR, err);
		free(path);
		path = NULL;
	}
	if (rc == HRV_OK)
		rc = vault_path(v, "seen", &path, err);
	if (rc == HRV_OK)
		rc = file_mkdir(path, MODE_SEEN, err);
	free(path);
	return rc;
}

static int
make_config(struct hrv_vault *v, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	char *path = NULL;
	int rc;

	config_write(&text);
	rc = buf_ok(&text, err);
	if (rc == HRV_OK)
		rc = config_read(&text, &v->cfg, err);
	if (rc == HRV_OK)
		rc = vault_path(v, NAME_CFG, &path, err);
	if (rc == HRV_OK)
		rc = file_write_atomic(
		    path, text.data, text.len, FILE_MODE_SHARED, err);
	if (rc == HRV_OK)
		crypt_sha256(text.data, text.len, v->slots->cfg);
	free(path);
	buf_clear(&text);
	return rc;
}

/* Every key of the vault, the founder's grant, slots.1. */
static int
make_keys(struct hrv_vault *v, const struct hrv_schedule *s, struct buf *comps,
    struct hrv_err *err)
{
	static const char *const own[] = { KEY_META, KEY_WRITE, KEY_INDEX,
		KEY_SUPPRESS, KEK_IDENTITY, KEK_DETAIL, KEK_HOLD,
		KEK_CASEWORK };
	char name[KEY_ID_SIZE];
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < sizeof(own) / sizeof(own[0]);
	     i++)
		rc = keyring_create(&v->ring, v->slots, own[i], 1, err);
	for (size_t i = 0; rc == HRV_OK && i < s->compartment_count; i++) {
		snprintf(name, sizeof(name), "kek/%s", s->compartment[i]);
		rc = keyring_create(&v->ring, v->slots, name, 1, err);
		if (comps->len > 0)
			buf_addc(comps, ',');
		buf_adds(comps, s->compartment[i]);
	}
	return rc == HRV_OK ? buf_ok(comps, err) : rc;
}

static int
make_slots(struct hrv_vault *v, const char *comps, struct hrv_err *err)
{
	struct buf plain = BUF_INIT_SECRET, ids = BUF_INIT, msg = BUF_INIT;
	struct buf cert = BUF_INIT;
	char *list = strdup(comps[0] == '\0' ? "-" : comps);
	struct slot_member m = { .role = ROLE_DPO, .compartments = list };
	const char *to[] = { v->fpr };
	struct pgp_to recipients = { to, 1 };
	int rc;

	memcpy(m.fpr, v->fpr, sizeof(m.fpr));
	v->slots->gen = 1;
	rc = list == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			  : slots_add_member(v->slots, &m, err);
	if (rc == HRV_OK)
		rc = pgp_export_minimal(v->pgp, v->fpr, &cert, err);
	if (rc == HRV_OK)
		rc = slots_add_cert(v->slots, v->fpr, cert.data, cert.len, err);
	if (rc == HRV_OK)
		rc = keyring_write_grant(
		    &v->ring, v->slots, &m, &plain, &ids, err);
	if (rc == HRV_OK)
		rc = pgp_encrypt(
		    v->pgp, &recipients, plain.data, plain.len, &msg, err);
	if (rc == HRV_OK)
		rc =
		    slots_set_grant(v->slots, v->fpr, buf_str(&ids), &msg, err);
	if (rc == HRV_OK)
		rc = slotfile_write(v, v->slots, err);
	if (rc == HRV_OK)
		slotfile_vault_id(v->slots, v->id);
	free(list);
	buf_clear(&cert);
	buf_clear(&msg);
	buf_clear(&ids);
	buf_clear(&plain);
	return rc;
}

/* The log's origin and public key. */
static int
make_origin(struct hrv_vault *v, const char *name, struct hrv_err *err)
{
	const struct key *kw = keyring_get(&v->ring, KEY_WRITE, 1);
	struct key *seed = NULL;
	uint8_t pub[32];
	int rc;

	if (name != NULL)
		snprintf(v->origin, sizeof(v->origin), "%s/log1", name);
	else
		snprintf(v->origin, sizeof(v->origin),
		    "hrvault.invalid/%02x%02x%02x%02x%02x%02x/log1", v->id[0],
		    v->id[1], v->id[2], v->id[3], v->id[4], v->id[5]);
	rc = kdf_log_seed(kw, v->id, &seed, err);
	if (rc == HRV_OK)
		rc = crypt_ed25519_public(seed, pub, err);
	if (rc == HRV_OK)
		rc = note_vkey_init(&v->vkey, v->origin, pub, err);
	key_free(seed);
	return rc;
}

static int
make_db(struct hrv_vault *v, struct hrv_err *err)
{
	struct db_open_args a = { .mode = DB_CREATE, .key_verified = true };
	struct tree_frontier empty;
	struct buf edge = BUF_INIT;
	struct stmt *st;
	char *path = NULL;
	int rc = vault_path(v, NAME_DB, &path, err);

	a.path = path;
	a.key = keyring_get(&v->ring, KEY_META, 1);
	if (rc == HRV_OK)
		rc = db_open(&a, &v->db, err);
	if (rc == HRV_OK)
		rc = migrate(v->db, schema_of(SQL_ON_VAULT), err);
	if (rc == HRV_OK)
		rc = db_begin(v->db, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_VAULT_ADD, &st, err);
	if (rc == HRV_OK) {
		tree_frontier_init(&empty);
		tree_frontier_write(&empty, &edge);
		(void)db_bind_blob(st, 1, v->id, sizeof(v->id));
		(void)db_bind_text(st, 2, v->origin);
		(void)db_bind_blob(st, 3, edge.data, edge.len);
		rc = db_run(st, err);
	}
	if (rc == HRV_OK)
		rc = db_commit(v->db, err);
	buf_clear(&edge);
	free(path);
	return rc;
}

/* The founding entry: what outsiders need to verify everything after it. */
static int
log_founding(struct hrv_vault *v, struct hrv_err *err)
{
	struct entry e = ENTRY("vault.init");
	struct buf vkey = BUF_INIT;
	json_t *p = json_object();
	int rc;

	note_vkey_format(&v->vkey, &vkey);
	if (p == NULL || json_set_int(p, "format", CONFIG_FORMAT) ||
	    json_set_str(p, "founder", v->fpr) ||
	    json_set_str(p, "origin", v->origin) ||
	    json_set_hex(p, "vault", v->id, sizeof(v->id)) ||
	    json_set_str(p, "vkey", buf_str(&vkey))) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	} else {
		e.payload = p;
		rc = txn_entry(v, &e, NULL, err);
	}
	json_decref(p);
	buf_clear(&vkey);
	return rc;
}

static int
adopt_one(struct hrv_vault *v, enum adopt_kind kind, const void *text,
    size_t len, struct hrv_err *err)
{
	struct adopt_text t = { .kind = kind, .text = text, .len = len };
	int rc;

	if (text == NULL)
		return HRV_OK;
	rc = adopt_check(&t, err);
	return rc != HRV_OK ? rc : adopt_store(v, &t, err);
}

static int
log_beginning(
    struct hrv_vault *v, const struct hrv_init_args *a, struct hrv_err *err)
{
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = log_founding(v, err);
	if (rc == HRV_OK)
		rc = adopt_one(
		    v, ADOPT_SCHEDULE, a->schedule, a->schedule_len, err);
	if (rc == HRV_OK)
		rc = adopt_one(v, ADOPT_LAW, a->law, a->law_len, err);
	if (rc == HRV_OK)
		rc = adopt_one(
		    v, ADOPT_CALENDAR, a->calendar, a->calendar_len, err);
	if (rc == HRV_OK)
		rc = adopt_one(
		    v, ADOPT_CONTROLLER, a->controller, a->controller_len, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

static int
build(struct hrv_vault *v, const struct hrv_init_args *a, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_schedule *s;
	struct buf comps = BUF_INIT;
	int rc;

	s = hrv_schedule_parse(a->schedule, a->schedule_len, &errors);
	if (s == NULL) {
		rc = hrv_file_errors_fail(&errors, "schedule", err);
		goto out;
	}
	rc = make_folder(v, err);
	if (rc == HRV_OK)
		rc = make_config(v, err);
	if (rc == HRV_OK)
		rc = make_keys(v, s, &comps, err);
	if (rc == HRV_OK)
		rc = make_slots(v, buf_str(&comps), err);
	if (rc == HRV_OK)
		rc = vault_state_dir(v, a->open.state_dir, err);
	if (rc == HRV_OK)
		rc = make_origin(v, a->origin, err);
	if (rc == HRV_OK)
		rc = keystore_init(
		    v->dir, keyring_get(&v->ring, KEY_WRITE, 1), err);
	if (rc == HRV_OK)
		rc = make_db(v, err);
	if (rc == HRV_OK)
		rc = log_beginning(v, a, err);
	if (rc == HRV_OK)
		rc = reserve_make(v, err);
out:
	buf_clear(&comps);
	hrv_schedule_free(s);
	hrv_file_errors_clear(&errors);
	return rc;
}

/* Who founds: a key of one's own that can sign and encrypt now. */
static int
find_founder(struct hrv_vault *v, const char *founder, struct hrv_err *err)
{
	struct pgp_key_info info;
	int rc = pgp_key_find(v->pgp, founder, true, &info, err);

	if (rc == HRV_ENOTFOUND) {
		hrv_fail(err, HRV_EKEY,
		    "the founder's secret key is not in this gpg home");
		return hrv_hint(err, "gpg --list-secret-keys shows the "
				     "fingerprints that are");
	}
	if (rc != HRV_OK)
		return rc;
	if (!info.can_encrypt || !info.can_sign || info.expired || info.revoked)
		return hrv_fail(err, HRV_EKEY,
		    "the key %s cannot found a vault: it is expired, revoked, "
		    "or cannot sign and encrypt",
		    info.fpr);
	memcpy(v->fpr, info.fpr, sizeof(v->fpr));
	v->role = ROLE_DPO;
	return HRV_OK;
}

static int
result(const struct hrv_vault *v, const char *dir, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct buf vkey = BUF_INIT;
	json_t *doc = json_object();

	note_vkey_format(&v->vkey, &vkey);
	if (doc == NULL || json_set_hex(doc, "vault", v->id, sizeof(v->id)) ||
	    json_set_str(doc, "folder", dir) ||
	    json_set_str(doc, "origin", v->origin) ||
	    json_set_str(doc, "vkey", buf_str(&vkey)) ||
	    json_set_str(doc, "founder", v->fpr)) {
		json_decref(doc);
		buf_clear(&vkey);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	buf_clear(&vkey);
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

/* A folder that is there already must be empty. */
static int
check_target(const char *dir, struct hrv_err *err)
{
	if (access(dir, F_OK) != 0 || rmdir(dir) == 0)
		return HRV_OK;
	hrv_fail(err, HRV_EEXISTS, "the folder is not empty");
	return hrv_hint(err, "name a new folder with --vault DIR");
}

int
hrv_init(const struct hrv_init_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct hrv_open_args open = args->open;
	struct hrv_vault *v = NULL;
	struct hrv_doc *doc = NULL;
	struct buf tmp = BUF_INIT;
	uint8_t tag[4];
	int rc;

	crypt_random(tag, sizeof(tag));
	buf_addf(&tmp, "%s.init-%02x%02x%02x%02x", open.dir, tag[0], tag[1],
	    tag[2], tag[3]);
	open.dir = buf_str(&tmp);
	rc = check_target(args->open.dir, err);
	if (rc == HRV_OK)
		rc = vault_handle_new(&open, &v, err);
	if (rc == HRV_OK && (v->slots = slots_new()) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = find_founder(v, args->founder, err);
	if (rc == HRV_OK)
		rc = build(v, args, err);
	if (rc == HRV_OK)
		rc = result(v, args->open.dir, &doc, err);
	hrv_close(v); /* closes the databases before they change their place */
	if (rc == HRV_OK && renameat2(AT_FDCWD, buf_str(&tmp), AT_FDCWD,
				args->open.dir, RENAME_NOREPLACE) != 0)
		rc = hrv_fail(err, HRV_EIO,
		    "the new vault cannot be put in "
		    "its place");
	if (rc == HRV_OK)
		rc = file_sync_parent(args->open.dir, err);
	if (rc == HRV_OK) {
		*ret_doc = doc;
		doc = NULL;
	} else {
		(void)nftw(buf_str(&tmp), remove_one, 8, FTW_DEPTH | FTW_PHYS);
	}
	hrv_doc_free(doc);
	buf_clear(&tmp);
	return rc;
}
