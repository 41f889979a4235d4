/* SPDX-License-Identifier: ISC */
/*
 * Everything that talks to libgcrypt. Layer: crypto. Invariants: the library
 * is set up once, before its first use; its handles never leave this file;
 * nonces and tags have one length each, because some modes take others and
 * silently do something else; memory that held a key is wiped.
 */
#include "vault/crypto/crypt.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "vault/crypto/ed25519.h"

#define SECMEM_BYTES (256 * 1024)
/* GCM-SIV is there from this release on. */
#define GCRYPT_MIN "1.10.0"
/* Locked memory that must be left before the library may start on something
 * that it ends the process over when it runs out half-way. */
#define ROOM_FOR_MAC 4096
#define ROOM_FOR_CURVE (16 * 1024)

/* Opening a handle costs more than what is done with it, so there is one for
 * each algorithm, given its key anew at every use. */
static struct {
	bool started; /* libgcrypt is set up */
	bool ready;   /* and so are the handles */
	bool unlocked;
	gcry_cipher_hd_t aead[2];
	gcry_mac_hd_t hmac[2];
} lib;

static int
fail_lib(struct hrv_err *err, gcry_error_t e, const char *what)
{
	if (gcry_err_code(e) == GPG_ERR_ENOMEM)
		return hrv_fail(err, HRV_ENOMEM, "%s: out of memory", what);
	return hrv_fail(err, HRV_EFAILED, "%s: %s", what, gcry_strerror(e));
}

static gcry_error_t
need_room(size_t len)
{
	void *probe = gcry_malloc_secure(len);

	if (probe == NULL)
		return gcry_error(GPG_ERR_ENOMEM);
	gcry_free(probe);
	return 0;
}

static int
fail_unlocked(struct hrv_err *err)
{
	(void)hrv_fail(err, HRV_EFAILED,
	    "the system does not let keys be kept out of swap space");
	return hrv_hint(err, "raise the limit for locked memory to 1 MiB or "
			     "more (ulimit -l 1024, or LimitMEMLOCK=)");
}

/* The soft limit may be lower than what we are allowed to have. */
static void
raise_memlock_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_MEMLOCK, &rl) != 0)
		return;
	if (rl.rlim_cur >= rl.rlim_max)
		return;
	rl.rlim_cur = rl.rlim_max;
	(void)setrlimit(RLIMIT_MEMLOCK, &rl);
}

/* The generator must be chosen before gcry_check_version(), which silently
 * fixes it; the warning about unlocked memory is ours to give. */
static int
start_library(struct hrv_err *err)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
		lib.started = true;
		return HRV_OK;
	}
	gcry_control(GCRYCTL_SET_PREFERRED_RNG_TYPE, GCRY_RNG_TYPE_SYSTEM);
	if (gcry_check_version(GCRYPT_MIN) == NULL)
		return hrv_fail(err, HRV_EFAILED,
		    "libgcrypt %s is too old, %s is needed",
		    gcry_check_version(NULL), GCRYPT_MIN);
	gcry_control(GCRYCTL_SUSPEND_SECMEM_WARN);
	raise_memlock_limit();
	lib.unlocked = gcry_control(GCRYCTL_INIT_SECMEM, SECMEM_BYTES, 0) != 0;
	if (!lib.unlocked)
		gcry_control(GCRYCTL_RESUME_SECMEM_WARN);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	lib.started = true;
	return HRV_OK;
}

static int
open_handles(struct hrv_err *err)
{
	static const int mode[2] = { GCRY_CIPHER_MODE_GCM,
		GCRY_CIPHER_MODE_GCM_SIV };
	static const int mac[2] = { GCRY_MAC_HMAC_SHA256,
		GCRY_MAC_HMAC_SHA512 };
	gcry_error_t e = 0;
	int i;

	for (i = 0; i < 2 && e == 0; i++) {
		if (lib.aead[i] == NULL)
			e = gcry_cipher_open(&lib.aead[i], GCRY_CIPHER_AES256,
			    mode[i], GCRY_CIPHER_SECURE);
		if (e == 0 && lib.hmac[i] == NULL)
			e = gcry_mac_open(
			    &lib.hmac[i], mac[i], GCRY_MAC_FLAG_SECURE, NULL);
	}
	if (e != 0)
		return fail_lib(err, e, "cannot prepare the ciphers");
	return HRV_OK;
}

int
crypt_init(struct hrv_err *err)
{
	void *probe;
	bool locked;
	int rc;

	if (lib.ready)
		return HRV_OK;
	if (!lib.started && (rc = start_library(err)) != HRV_OK)
		return rc;
	if (lib.unlocked)
		return fail_unlocked(err);
	/* Somebody else may have set the library up without a pool: then the
	 * "secure" allocator hands out ordinary memory. */
	probe = gcry_malloc_secure(KEY_LEN);
	if (probe == NULL)
		return hrv_fail(err, HRV_ENOMEM, "no locked memory for keys");
	locked = gcry_is_secure(probe);
	gcry_free(probe);
	if (!locked)
		return fail_unlocked(err);
	if ((rc = open_handles(err)) != HRV_OK)
		return rc;
	lib.ready = true;
	return HRV_OK;
}

void
crypt_random(void *out, size_t len)
{
	if (len > 0)
		gcry_randomize(out, len, GCRY_STRONG_RANDOM);
}

bool
crypt_equal(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t diff = 0;
	size_t i;

	for (i = 0; i < len; i++)
		diff = (uint8_t)(diff | (x[i] ^ y[i]));
	return diff == 0;
}

void *
crypt_secure_alloc(size_t len)
{
	return gcry_calloc_secure(1, len);
}

void
crypt_secure_free(void *p)
{
	/* The pool overwrites what it takes back. */
	gcry_free(p);
}

/* libgcrypt wants pieces that may be written to; it only reads them. */
static void
part_to_buffer(const struct crypt_part *part, gcry_buffer_t *to)
{
	static char nothing[1];

	memset(to, 0, sizeof(*to));
	to->len = to->size = part->len;
	to->data = part->len > 0 ? (void *)(uintptr_t)part->data : nothing;
}

void
crypt_sha256_parts(
    const struct crypt_part *parts, size_t n, uint8_t out[CRYPT_SHA256_LEN])
{
	gcry_buffer_t iov[CRYPT_PARTS_MAX];
	size_t i;

	/* A hash that is not one would be signed and stored: stop instead. */
	if (n > CRYPT_PARTS_MAX)
		abort();
	for (i = 0; i < n; i++)
		part_to_buffer(&parts[i], &iov[i]);
	if (gcry_md_hash_buffers(GCRY_MD_SHA256, 0, out, iov, (int)n) != 0)
		abort();
}

void
crypt_sha256(const void *data, size_t len, uint8_t out[CRYPT_SHA256_LEN])
{
	struct crypt_part part = { data, len };

	crypt_sha256_parts(&part, 1, out);
}

struct crypt_sha256_ctx {
	gcry_md_hd_t md;
};

struct crypt_sha256_ctx *
crypt_sha256_new(void)
{
	struct crypt_sha256_ctx *ctx = calloc(1, sizeof(*ctx));

	if (ctx == NULL)
		return NULL;
	if (gcry_md_open(&ctx->md, GCRY_MD_SHA256, 0) != 0) {
		free(ctx);
		return NULL;
	}
	return ctx;
}

void
crypt_sha256_add(struct crypt_sha256_ctx *ctx, const void *data, size_t len)
{
	if (len > 0)
		gcry_md_write(ctx->md, data, len);
}

void
crypt_sha256_final(struct crypt_sha256_ctx *ctx, uint8_t out[CRYPT_SHA256_LEN])
{
	memcpy(out, gcry_md_read(ctx->md, GCRY_MD_SHA256), CRYPT_SHA256_LEN);
	crypt_sha256_free(ctx);
}

void
crypt_sha256_free(struct crypt_sha256_ctx *ctx)
{
	if (ctx == NULL)
		return;
	gcry_md_close(ctx->md);
	free(ctx);
}

int
crypt_hmac_parts(enum crypt_hash hash, const struct crypt_part *mac_key,
    const struct crypt_part *parts, size_t n, uint8_t *out, struct hrv_err *err)
{
	gcry_mac_hd_t h = lib.hmac[hash == CRYPT_SHA512];
	size_t i, len = crypt_hash_len(hash);
	gcry_error_t e;

	e = need_room(ROOM_FOR_MAC);
	if (e == 0)
		e = gcry_mac_setkey(h, mac_key->data, mac_key->len);
	for (i = 0; i < n && e == 0; i++)
		if (parts[i].len > 0)
			e = gcry_mac_write(h, parts[i].data, parts[i].len);
	if (e == 0)
		e = gcry_mac_read(h, out, &len);
	if (e != 0)
		return fail_lib(err, e, "cannot compute a MAC");
	return HRV_OK;
}

/* Everything up to the text itself. GCM without a nonce would encrypt all the
 * same, so nothing here may be left out or fail unseen. */
static gcry_error_t
aead_start(
    gcry_cipher_hd_t h, const struct key *key, const struct crypt_aead *a)
{
	gcry_error_t e;

	if (key_len(key) != KEY_LEN)
		return gcry_error(GPG_ERR_INV_KEYLEN);
	e = gcry_cipher_setkey(h, key_bytes(key), KEY_LEN);
	if (e == 0)
		e = gcry_cipher_setiv(h, a->nonce, CRYPT_NONCE_LEN);
	if (e == 0 && a->aad_len > 0)
		e = gcry_cipher_authenticate(h, a->aad, a->aad_len);
	return e;
}

int
crypt_aead_seal(enum crypt_aead_alg alg, const struct key *key,
    const struct crypt_aead *a, struct hrv_err *err)
{
	gcry_cipher_hd_t h = lib.aead[alg == CRYPT_GCM_SIV];
	uint8_t none[1] = { 0 };
	gcry_error_t e;

	e = aead_start(h, key, a);
	if (e == 0)
		e = gcry_cipher_final(h);
	if (e == 0)
		e = gcry_cipher_encrypt(h, a->len ? a->out : none, a->len,
		    a->len ? a->in : none, a->len);
	if (e == 0)
		e = gcry_cipher_gettag(h, a->tag, CRYPT_TAG_LEN);
	if (e != 0)
		return fail_lib(err, e, "cannot encrypt");
	return HRV_OK;
}

int
crypt_aead_open(enum crypt_aead_alg alg, const struct key *key,
    const struct crypt_aead *a, struct hrv_err *err)
{
	gcry_cipher_hd_t h = lib.aead[alg == CRYPT_GCM_SIV];
	uint8_t none[1] = { 0 }, tag[CRYPT_TAG_LEN];
	gcry_error_t e;
	int rc;

	memcpy(tag, a->tag, sizeof(tag));
	e = aead_start(h, key, a);
	if (e == 0 && alg == CRYPT_GCM_SIV)
		e = gcry_cipher_set_decryption_tag(h, tag, sizeof(tag));
	if (e == 0)
		e = gcry_cipher_final(h);
	if (e == 0)
		e = gcry_cipher_decrypt(h, a->len ? a->out : none, a->len,
		    a->len ? a->in : none, a->len);
	if (e == 0)
		e = gcry_cipher_checktag(h, tag, sizeof(tag));
	if (e == 0)
		return HRV_OK;
	if (gcry_err_code(e) == GPG_ERR_CHECKSUM)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "sealed data is damaged or was sealed under another key");
	else
		rc = fail_lib(err, e, "cannot decrypt");
	if (a->len > 0)
		explicit_bzero(a->out, a->len);
	return rc;
}

/* The private key as libgcrypt takes it; built in locked memory, because the
 * seed is there. */
static gcry_error_t
seed_sexp(const struct key *seed, gcry_sexp_t *ret)
{
	gcry_error_t e;

	if (key_len(seed) != KEY_LEN)
		return gcry_error(GPG_ERR_INV_KEYLEN);
	if ((e = need_room(ROOM_FOR_CURVE)) != 0)
		return e;
	return gcry_sexp_build(ret, NULL,
	    "(private-key (ecc (curve Ed25519) (flags eddsa) (d %b)))", KEY_LEN,
	    key_bytes(seed));
}

static gcry_error_t
msg_sexp(const void *msg, size_t len, gcry_sexp_t *ret)
{
	return gcry_sexp_build(ret, NULL,
	    "(data (flags eddsa) (hash-algo sha512) (value %b))", (int)len,
	    len > 0 ? msg : "");
}

static int
check_msg_len(size_t len, struct hrv_err *err)
{
	if (len > CRYPT_ED25519_MSG_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "a message of %zu bytes is too long to sign, at most %d",
		    len, CRYPT_ED25519_MSG_MAX);
	return HRV_OK;
}

int
crypt_ed25519_public(const struct key *seed, uint8_t pub[CRYPT_ED25519_PUB_LEN],
    struct hrv_err *err)
{
	gcry_sexp_t sexp = NULL;
	gcry_ctx_t ec = NULL;
	gcry_mpi_t q = NULL;
	const void *data;
	unsigned int bits = 0;
	gcry_error_t e;

	e = seed_sexp(seed, &sexp);
	if (e == 0)
		e = gcry_mpi_ec_new(&ec, sexp, NULL);
	if (e == 0) {
		q = gcry_mpi_ec_get_mpi("q@eddsa", ec, 0);
		data = q == NULL ? NULL : gcry_mpi_get_opaque(q, &bits);
		if (data != NULL && bits == 8 * CRYPT_ED25519_PUB_LEN)
			memcpy(pub, data, CRYPT_ED25519_PUB_LEN);
		else
			e = gcry_error(GPG_ERR_INTERNAL);
	}
	gcry_mpi_release(q);
	gcry_ctx_release(ec);
	gcry_sexp_release(sexp);
	if (e != 0)
		return fail_lib(err, e, "cannot compute the public key");
	return HRV_OK;
}

int
crypt_ed25519_sign(const struct key *seed, const void *msg, size_t len,
    uint8_t sig[CRYPT_ED25519_SIG_LEN], struct hrv_err *err)
{
	gcry_sexp_t sexp = NULL, data = NULL, made = NULL;
	gcry_buffer_t r = { 0 }, s = { 0 };
	uint8_t half[2][32];
	gcry_error_t e;
	int rc;

	if ((rc = check_msg_len(len, err)) != HRV_OK)
		return rc;
	r.size = s.size = sizeof(half[0]);
	r.data = half[0];
	s.data = half[1];
	e = seed_sexp(seed, &sexp);
	if (e == 0)
		e = msg_sexp(msg, len, &data);
	if (e == 0)
		e = gcry_pk_sign(&made, data, sexp);
	if (e == 0)
		e = gcry_sexp_extract_param(made, NULL, "&rs", &r, &s, NULL);
	if (e == 0 && (r.len != sizeof(half[0]) || s.len != sizeof(half[1])))
		e = gcry_error(GPG_ERR_INTERNAL);
	if (e == 0)
		memcpy(sig, half, CRYPT_ED25519_SIG_LEN);
	gcry_sexp_release(made);
	gcry_sexp_release(data);
	gcry_sexp_release(sexp);
	if (e != 0)
		return fail_lib(err, e, "cannot sign");
	return HRV_OK;
}

static int
verify_outcome(gcry_error_t e, struct hrv_err *err)
{
	if (e == 0)
		return HRV_OK;
	if (gcry_err_code(e) == GPG_ERR_ENOMEM)
		return fail_lib(err, e, "cannot check a signature");
	return hrv_fail_as(err, HRV_EINTEGRITY, "bad-signature",
	    "a signature does not verify");
}

int
crypt_ed25519_verify(const uint8_t pub[CRYPT_ED25519_PUB_LEN], const void *msg,
    size_t len, const uint8_t sig[CRYPT_ED25519_SIG_LEN], struct hrv_err *err)
{
	gcry_sexp_t key = NULL, data = NULL, given = NULL;
	gcry_error_t e;
	int rc;

	if ((rc = check_msg_len(len, err)) != HRV_OK)
		return rc;
	if (!ed25519_acceptable(pub, sig))
		return verify_outcome(gcry_error(GPG_ERR_BAD_SIGNATURE), err);
	e = gcry_sexp_build(&key, NULL,
	    "(public-key (ecc (curve Ed25519) (flags eddsa) (q %b)))",
	    CRYPT_ED25519_PUB_LEN, pub);
	if (e == 0)
		e = gcry_sexp_build(&given, NULL,
		    "(sig-val (eddsa (r %b) (s %b)))", 32, sig, 32, sig + 32);
	if (e == 0)
		e = msg_sexp(msg, len, &data);
	if (e == 0)
		e = gcry_pk_verify(given, data, key);
	gcry_sexp_release(data);
	gcry_sexp_release(given);
	gcry_sexp_release(key);
	return verify_outcome(e, err);
}
