/* SPDX-License-Identifier: ISC */
/*
 * Slot files on disk. Layer: verbs. Invariant: a slot file is complete and
 * durable before the log names it; one the log never named is an aborted
 * change and is passed over.
 */
#include "vault/slotfile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/store/file.h"

static bool
slot_number(const char *name, uint32_t *ret)
{
	unsigned long v;
	char *end;

	if (strncmp(name, "slots.", 6) != 0 || name[6] < '1' || name[6] > '9')
		return false;
	v = strtoul(name + 6, &end, 10);
	if (*end != '\0' || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

/* Inserts into an array kept newest first, dropping the oldest when full. */
static void
insert(uint32_t *gens, size_t max, size_t *n, uint32_t gen)
{
	size_t at = 0;

	while (at < *n && gens[at] > gen)
		at++;
	if (at == max)
		return;
	if (*n < max)
		(*n)++;
	for (size_t i = *n - 1; i > at; i--)
		gens[i] = gens[i - 1];
	gens[at] = gen;
}

int
slotfile_list(const char *dir, uint32_t *gens, size_t max, size_t *ret_n,
    struct hrv_err *err)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	uint32_t gen;

	*ret_n = 0;
	if (d == NULL && (errno == EACCES || errno == EPERM)) {
		hrv_fail_as(err, HRV_ENOVAULT, "no-permission",
		    "this account has no permission to enter the vault's "
		    "folder");
		return hrv_hint(err,
		    "an administrator adds it to the folder's group; sign in "
		    "again, and 'id' shows it");
	}
	if (d == NULL) {
		hrv_fail(err, HRV_ENOVAULT, "there is no vault in %.300s", dir);
		return hrv_hint(err, "name it with --vault DIR; 'hrvault "
				     "help quickstart' shows how one is made");
	}
	while ((e = readdir(d)) != NULL) {
		if (slot_number(e->d_name, &gen))
			insert(gens, max, ret_n, gen);
	}
	closedir(d);
	return HRV_OK;
}

int
slotfile_read(const char *dir, uint32_t gen, struct buf *text,
    struct slots **ret, struct hrv_err *err)
{
	char name[32];
	char *path = NULL;
	int rc;

	snprintf(name, sizeof(name), "slots.%u", gen);
	rc = file_join(dir, name, &path, err);
	if (rc == HRV_OK)
		rc = file_read(path, SLOTS_MAX, text, err);
	free(path);
	if (rc == HRV_OK)
		rc = slots_parse(text->data, text->len, ret, err);
	if (rc == HRV_OK && (*ret)->gen != gen) {
		slots_free(*ret);
		*ret = NULL;
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the file %s holds another generation", name);
	}
	return rc;
}

void
slotfile_vault_id(const struct slots *s, uint8_t out[VAULT_ID_LEN])
{
	memcpy(out, s->gen == 1 ? s->hash : s->vault, VAULT_ID_LEN);
}

int
slotfile_write(struct hrv_vault *v, struct slots *s, struct hrv_err *err)
{
	struct buf text = BUF_INIT, sig = BUF_INIT;
	char name[32];
	char *path = NULL;
	int rc;

	slots_drop_sigs(s);
	rc = slots_format(s, false, &text, err);
	if (rc == HRV_OK)
		rc = pgp_sign_detached(
		    v->pgp, v->fpr, text.data, text.len, &sig, err);
	if (rc == HRV_OK)
		rc = slots_add_sig(s, v->fpr, sig.data, sig.len, err);
	buf_reset(&text);
	if (rc == HRV_OK)
		rc = slots_format(s, true, &text, err);
	snprintf(name, sizeof(name), "slots.%u", s->gen);
	if (rc == HRV_OK)
		rc = vault_path(v, name, &path, err);
	if (rc == HRV_OK)
		rc = file_write_atomic(
		    path, text.data, text.len, FILE_MODE_SHARED, err);
	if (rc == HRV_OK)
		crypt_sha256(text.data, text.len, s->hash);
	free(path);
	buf_clear(&sig);
	buf_clear(&text);
	return rc;
}

void
slotfile_tidy(const struct hrv_vault *v)
{
	uint32_t gens[64];
	size_t n = 0;

	if (slotfile_list(v->dir, gens, 64, &n, NULL) != HRV_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		char name[32];
		char *path = NULL;

		if (gens[i] + 1 >= v->slots->gen)
			continue;
		snprintf(name, sizeof(name), "slots.%u", gens[i]);
		if (vault_path(v, name, &path, NULL) == HRV_OK)
			(void)!file_unlink(path, NULL, NULL);
		free(path);
	}
}
