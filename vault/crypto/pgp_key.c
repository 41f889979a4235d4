/* SPDX-License-Identifier: ISC */
/*
 * Finding keys in the local keyring. Layer: crypto. Invariant: a key is used
 * only under its full fingerprint; whatever shorter name a person gave is
 * turned into exactly one fingerprint first, or refused.
 */
#include "vault/crypto/pgp_int.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOUND_MAX 64

/* Keys one listing came upon. */
struct found {
	gpgme_key_t key[FOUND_MAX];
	size_t n;
	bool more;
};

static void
found_add(void *arg, gpgme_key_t key)
{
	struct found *f = arg;

	if (f->n == FOUND_MAX) {
		f->more = true;
		gpgme_key_unref(key);
		return;
	}
	f->key[f->n++] = key;
}

static void
found_clear(struct found *f)
{
	for (size_t i = 0; i < f->n; i++)
		gpgme_key_unref(f->key[i]);
	f->n = 0;
}

bool
pgp_is_fpr(const char *s)
{
	return strlen(s) == PGP_FPR_LEN &&
	       strspn(s, "0123456789abcdefABCDEF") == PGP_FPR_LEN;
}

void
pgp_fpr_copy(char out[PGP_FPR_LEN + 1], const char *fpr)
{
	for (size_t i = 0; i < PGP_FPR_LEN; i++)
		out[i] = (char)toupper((unsigned char)fpr[i]);
	out[PGP_FPR_LEN] = '\0';
}

bool
pgp_subkey_ok(const struct _gpgme_subkey *s, bool for_signing)
{
	return (for_signing ? s->can_sign : s->can_encrypt) && !s->revoked &&
	       !s->expired && !s->disabled && !s->invalid;
}

static bool
key_ok(gpgme_key_t k, bool for_signing)
{
	if (k->revoked || k->expired || k->disabled || k->invalid)
		return false;
	for (gpgme_subkey_t s = k->subkeys; s != NULL; s = s->next) {
		if (pgp_subkey_ok(s, for_signing))
			return true;
	}
	return false;
}

static int
list(struct pgp *p, const char *const *names, bool secret_only, struct found *f,
    struct hrv_err *err)
{
	gpgme_error_t g;
	const char *pattern[PGP_RECIPIENTS_MAX + 1];
	size_t n = 0;
	int rc;

	while (n < PGP_RECIPIENTS_MAX && names[n] != NULL) {
		pattern[n] = names[n];
		n++;
	}
	pattern[n] = NULL;
	p->done = false;
	p->on_key = found_add;
	p->on_key_arg = f;
	g = gpgme_op_keylist_ext_start(p->ctx, pattern, secret_only, 0);
	/* Only the agent knows which secret keys there are. */
	rc = pgp_run(p, g, secret_only, &g, err);
	p->on_key = NULL;
	if (rc != HRV_OK)
		return rc;
	switch ((int)gpgme_err_code(g)) {
	case GPG_ERR_NO_ERROR:
	case GPG_ERR_EOF:
	case GPG_ERR_NO_PUBKEY:
	case GPG_ERR_NO_SECKEY:
	case GPG_ERR_NOT_FOUND:
		return HRV_OK;
	default:
		return pgp_fail(err, g, "cannot read the keyring");
	}
}

static gpgme_key_t
cached(const struct pgp *p, const char *fpr)
{
	for (size_t i = 0; i < p->n_cache; i++) {
		if (strcasecmp(p->cache[i]->fpr, fpr) == 0)
			return p->cache[i];
	}
	return NULL;
}

gpgme_key_t
pgp_cached_by_subkey(const struct pgp *p, const char *fpr)
{
	for (size_t i = 0; i < p->n_cache; i++) {
		for (gpgme_subkey_t s = p->cache[i]->subkeys; s != NULL;
		     s = s->next) {
			if (s->fpr != NULL && strcasecmp(s->fpr, fpr) == 0)
				return p->cache[i];
		}
	}
	return NULL;
}

void
pgp_cache_clear(struct pgp *p)
{
	for (size_t i = 0; i < p->n_cache; i++)
		gpgme_key_unref(p->cache[i]);
	p->n_cache = 0;
}

static void
cache_add(struct pgp *p, const struct found *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->key[i]->fpr == NULL || !pgp_is_fpr(f->key[i]->fpr) ||
		    cached(p, f->key[i]->fpr) != NULL ||
		    p->n_cache == PGP_CACHE_MAX)
			continue;
		gpgme_key_ref(f->key[i]);
		p->cache[p->n_cache++] = f->key[i];
	}
}

static int
not_here(struct hrv_err *err, const char *fpr)
{
	hrv_fail(err, HRV_ENOTFOUND, "key %s is not in the local keyring", fpr);
	return hrv_hint(err, "gpg --import FILE, then try again");
}

int
pgp_not_here(struct hrv_err *err)
{
	if (err != NULL) {
		err->code = HRV_EKEY;
		err->name = hrv_code_name(HRV_EKEY);
	}
	return HRV_EKEY;
}

int
pgp_keys_get(struct pgp *p, const struct pgp_to *to, gpgme_key_t *ret,
    struct hrv_err *err)
{
	const char *names[PGP_RECIPIENTS_MAX + 1] = { NULL };
	struct found f = { .n = 0 };
	size_t missing = 0;
	int rc = HRV_OK;

	if (to->n == 0 || to->n > PGP_RECIPIENTS_MAX)
		return hrv_fail(err, HRV_EUSAGE, "1 to %d keys, not %zu",
		    PGP_RECIPIENTS_MAX, to->n);
	for (size_t i = 0; i < to->n; i++) {
		if (!pgp_is_fpr(to->fpr[i]))
			return hrv_fail(err, HRV_EUSAGE,
			    "a full fingerprint has 40 hex digits");
		if (cached(p, to->fpr[i]) == NULL)
			names[missing++] = to->fpr[i];
	}
	if (p->n_cache + missing > PGP_CACHE_MAX) {
		pgp_cache_clear(p);
		for (missing = 0; missing < to->n; missing++)
			names[missing] = to->fpr[missing];
	}
	if (missing > 0)
		rc = list(p, names, false, &f, err);
	if (rc == HRV_OK)
		cache_add(p, &f);
	found_clear(&f);
	for (size_t i = 0; i < to->n && rc == HRV_OK; i++) {
		ret[i] = cached(p, to->fpr[i]);
		if (ret[i] == NULL)
			rc = not_here(err, to->fpr[i]);
	}
	return rc;
}

int
pgp_key_get(
    struct pgp *p, const char *fpr, gpgme_key_t *ret, struct hrv_err *err)
{
	const struct pgp_to to = { &fpr, 1 };

	return pgp_keys_get(p, &to, ret, err);
}

int
pgp_key_by_subkey(
    struct pgp *p, const char *fpr, gpgme_key_t *ret, struct hrv_err *err)
{
	const char *names[] = { fpr, NULL };
	struct found f = { .n = 0 };
	int rc;

	*ret = pgp_cached_by_subkey(p, fpr);
	if (*ret != NULL)
		return HRV_OK;
	rc = list(p, names, false, &f, err);
	if (rc == HRV_OK) {
		if (p->n_cache == PGP_CACHE_MAX)
			pgp_cache_clear(p);
		cache_add(p, &f);
		*ret = pgp_cached_by_subkey(p, fpr);
		if (*ret == NULL)
			rc = not_here(err, fpr);
	}
	found_clear(&f);
	return rc;
}

int
pgp_keys_usable(const gpgme_key_t *keys, size_t n, struct hrv_err *err)
{
	for (size_t i = 0; i < n; i++) {
		const char *why = NULL;

		if (keys[i]->revoked)
			why = "is revoked";
		else if (keys[i]->expired)
			why = "has expired";
		else if (keys[i]->disabled)
			why = "is disabled in the local keyring";
		else if (!key_ok(keys[i], false))
			why = "has no usable encryption subkey";
		if (why == NULL)
			continue;
		hrv_fail(err, HRV_EKEY, "key %s %s", keys[i]->fpr, why);
		return hrv_hint(
		    err, "import a renewed certificate of this key first");
	}
	return HRV_OK;
}

static void
info_fill(struct pgp_key_info *ret, gpgme_key_t k)
{
	memset(ret, 0, sizeof *ret);
	pgp_fpr_copy(ret->fpr, k->fpr);
	ret->can_encrypt = key_ok(k, false);
	ret->can_sign = key_ok(k, true);
	ret->expired = k->expired;
	ret->revoked = k->revoked;
	ret->disabled = k->disabled;
	ret->invalid = k->invalid;
	ret->created = k->subkeys->timestamp;
	ret->expires = k->subkeys->expires;
	if (k->uids != NULL && k->uids->uid != NULL) {
		size_t n = strlen(k->uids->uid);

		if (n > sizeof ret->uid - 1) {
			n = sizeof ret->uid - 1;
			/* Not in the middle of a character. */
			while (n > 0 && (k->uids->uid[n] & 0xc0) == 0x80)
				n--;
		}
		memcpy(ret->uid, k->uids->uid, n);
	}
}

/* What a person may call a key: turns `name` into gpg's pattern, and into the
 * hex tail (or "") that the fingerprint must end in. */
static bool
name_parse(const char *name, char *pattern, size_t cap, char *tail)
{
	size_t n = 0, len = strlen(name);
	const char *s = name;

	tail[0] = '\0';
	if (strchr(name, '@') != NULL) {
		/* <..> asks gpg for the whole address, not a part of it. */
		if (len > 254 || strpbrk(name, "<> \t\r\n\"") != NULL)
			return false;
		(void)snprintf(pattern, cap, "<%s>", name);
		return true;
	}
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	for (; *s != '\0'; s++) {
		if (*s == ' ')
			continue;
		if (!isxdigit((unsigned char)*s) || n == PGP_FPR_LEN)
			return false;
		tail[n++] = *s;
	}
	tail[n] = '\0';
	if (n < 16)
		return false;
	/* gpg knows whole fingerprints and 16-digit tails only. */
	(void)snprintf(
	    pattern, cap, "%s", n == PGP_FPR_LEN ? tail : tail + n - 16);
	return true;
}

/* Chooses among what gpg found: -1 none, -2 several. */
static int
choose(const struct found *f, const char *tail)
{
	int best = -1;
	bool best_ok = false;

	for (size_t i = 0; i < f->n; i++) {
		gpgme_key_t k = f->key[i];
		size_t t = strlen(tail);
		bool ok = k->fpr != NULL && !k->revoked && !k->expired &&
			  !k->disabled && !k->invalid;

		if (k->fpr == NULL || !pgp_is_fpr(k->fpr) ||
		    strcasecmp(k->fpr + PGP_FPR_LEN - t, tail) != 0)
			continue;
		if (best == -1 || (t == 0 && ok && !best_ok)) {
			best = (int)i;
			best_ok = ok;
		} else if (t > 0 || ok || !best_ok) {
			best = best_ok && !ok && t == 0 ? best : -2;
		}
		if (best == -2)
			break;
	}
	return f->more ? -2 : best;
}

int
pgp_keys_know(struct pgp *p, const struct pgp_to *keys, struct hrv_err *err)
{
	const char *names[PGP_CACHE_MAX + 1] = { NULL };
	struct found f = { .n = 0 };
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < keys->n && p->n_cache + n < PGP_CACHE_MAX; i++) {
		if (pgp_is_fpr(keys->fpr[i]) && cached(p, keys->fpr[i]) == NULL)
			names[n++] = keys->fpr[i];
	}
	if (n == 0)
		return HRV_OK;
	rc = list(p, names, false, &f, err);
	if (rc == HRV_OK)
		cache_add(p, &f);
	found_clear(&f);
	return rc;
}

int
pgp_key_find(struct pgp *p, const char *name, bool secret_only,
    struct pgp_key_info *ret, struct hrv_err *err)
{
	char pattern[260], tail[PGP_FPR_LEN + 1];
	const char *names[] = { pattern, NULL };
	struct found f = { .n = 0 };
	gpgme_key_t known;
	int rc, i;

	if (!name_parse(name, pattern, sizeof pattern, tail))
		return hrv_fail(err, HRV_EUSAGE,
		    "a key is named by its fingerprint, 16 or more of its "
		    "last digits, or a full e-mail address");
	known = secret_only || !pgp_is_fpr(tail) ? NULL : cached(p, tail);
	if (known != NULL) {
		info_fill(ret, known);
		return HRV_OK;
	}
	rc = list(p, names, secret_only, &f, err);
	if (rc != HRV_OK)
		goto out;
	i = choose(&f, tail);
	if (i == -1) {
		rc = hrv_fail(err, HRV_ENOTFOUND,
		    secret_only ? "no secret key of that name is here"
				: "no key of that name is in the keyring");
		goto out;
	}
	if (i < 0) {
		hrv_fail_as(
		    err, HRV_EKEY, "ambiguous", "several keys have that name");
		rc = hrv_hint(err, "give the fingerprint, all 40 digits");
		goto out;
	}
	info_fill(ret, f.key[i]);
	if (!secret_only)
		cache_add(p, &f);
out:
	found_clear(&f);
	return rc;
}

int
pgp_secret_keys(struct pgp *p, const struct pgp_to *keys, bool *ret_have,
    struct hrv_err *err)
{
	const char *names[PGP_RECIPIENTS_MAX + 1] = { NULL };
	struct found f = { .n = 0 };
	int rc;

	if (keys->n == 0 || keys->n > PGP_RECIPIENTS_MAX)
		return hrv_fail(err, HRV_EUSAGE, "1 to %d keys, not %zu",
		    PGP_RECIPIENTS_MAX, keys->n);
	for (size_t i = 0; i < keys->n; i++) {
		if (!pgp_is_fpr(keys->fpr[i]))
			return hrv_fail(err, HRV_EUSAGE,
			    "a full fingerprint has 40 hex digits");
		names[i] = keys->fpr[i];
	}
	rc = list(p, names, true, &f, err);
	if (rc != HRV_OK)
		goto out;
	for (size_t i = 0; i < keys->n; i++) {
		ret_have[i] = false;
		for (size_t j = 0; j < f.n; j++)
			ret_have[i] = ret_have[i] || strcasecmp(f.key[j]->fpr,
							 keys->fpr[i]) == 0;
	}
out:
	found_clear(&f);
	return rc;
}
