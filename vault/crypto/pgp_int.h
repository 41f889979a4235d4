/* SPDX-License-Identifier: ISC */
/*
 * What the files pgp*.c share: the handle, the loop every gpgme operation runs
 * in, and the OpenPGP packet reader. Layer: crypto; included by pgp*.c only.
 */
#ifndef VAULT_CRYPTO_PGP_INT_H
#define VAULT_CRYPTO_PGP_INT_H

#include <gpgme.h>

#include "vault/base/buf.h"
#include "vault/crypto/pgp.h"

#define PGP_CACHE_MAX PGP_RECIPIENTS_MAX
#define PGP_IO_MAX 16

/* One file descriptor gpgme wants watched. */
struct pgp_io {
	int fd;
	int dir; /* 1: gpgme reads, 0: gpgme writes */
	gpgme_io_cb_t fnc;
	void *arg;
	bool used;
};

struct pgp {
	gpgme_ctx_t ctx;
	char *homedir; /* NULL: gpg's own choice */

	/* Certificates seen through this handle, so that one command asks gpg
	 * for each key once. gpg judges every key anew when it uses it. */
	gpgme_key_t cache[PGP_CACHE_MAX];
	size_t n_cache;

	/* The operation that is running, see pgp_run(). */
	struct pgp_io io[PGP_IO_MAX];
	bool done;
	gpgme_error_t done_err;
	void (*on_key)(void *arg, gpgme_key_t key); /* takes the reference */
	void *on_key_arg;
	const struct buf *passphrase; /* that gpg gets from us, borrowed */
	struct buf own_pass;	      /* of the keys used through this handle */
};

/* From now on gpg gets this passphrase (secret, one line, borrowed) whenever it
 * asks, and no pinentry comes up. HRV_EUSAGE: not one line of 1 to 255 bytes.
 * pgp_pass_end() goes back to what pgp_use_passphrase() set, or to pinentry. */
int pgp_pass_begin(
    struct pgp *p, const struct buf *pass, struct hrv_err *err) HRV_MUST_CHECK;
void pgp_pass_end(struct pgp *p);

/* Gives the context its I/O callbacks. Call once after gpgme_new(). */
void pgp_run_init(struct pgp *p);
/* Runs the operation just started (start_err is what gpgme_op_*_start()
 * returned) to its end. With needs_agent, an agent that does not answer a
 * second connection ends the operation: HRV_EKEY, name "agent". Otherwise 0,
 * and what gpg made of it in *ret_gerr. */
int pgp_run(struct pgp *p, gpgme_error_t start_err, bool needs_agent,
    gpgme_error_t *ret_gerr, struct hrv_err *err) HRV_MUST_CHECK;
/* Turns a gpg error into ours; `what` begins the message ("cannot sign"). Bad
 * input becomes HRV_EINTEGRITY, all else HRV_EKEY with a hint. */
int pgp_fail(struct hrv_err *err, gpgme_error_t gerr, const char *what);
/* Ends the gpg that holds the other end of one of the pipes in p->io. */
void pgp_kill_child(const struct pgp *p);
/* Path of the agent's socket for this handle, to be freed; NULL: unknown. */
char *pgp_agent_socket(const struct pgp *p);

/* Runs argv[0] from PATH, waits at most `seconds`, and returns what it wrote
 * (at most cap - 1 bytes, NUL-terminated) in out. -1 when it failed. */
int pgp_spawn(const char *const argv[], char *out, size_t cap,
    int seconds) HRV_MUST_CHECK;

/* The certificate of one full fingerprint from the cache or the keyring;
 * borrowed until the handle is closed or its cache is emptied. */
int pgp_key_get(struct pgp *p, const char *fpr, gpgme_key_t *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The same for several, in one gpg call; ret[i] belongs to to->fpr[i]. */
int pgp_keys_get(struct pgp *p, const struct pgp_to *to, gpgme_key_t *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Turns the HRV_ENOTFOUND of these two into HRV_EKEY, for an operation that
 * cannot go on without the key. */
int pgp_not_here(struct hrv_err *err);
/* The key that has this primary key or subkey, or NULL; cache only. */
gpgme_key_t pgp_cached_by_subkey(const struct pgp *p, const char *fpr);
/* Asks gpg for whatever key has this subkey, and caches it. */
int pgp_key_by_subkey(struct pgp *p, const char *fpr, gpgme_key_t *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void pgp_cache_clear(struct pgp *p);

/* True for exactly 40 hex digits. */
bool pgp_is_fpr(const char *s);
/* Copies 40 hex digits as upper case. */
void pgp_fpr_copy(char out[PGP_FPR_LEN + 1], const char *fpr);
/* True when encryption, or signing, works with this subkey today. */
bool pgp_subkey_ok(const struct _gpgme_subkey *s, bool for_signing);

/* gpgme data objects over our own memory: a reader of borrowed bytes, and a
 * writer into a buffer. Secret ones make gpgme wipe what it copied. */
struct pgp_mem {
	const uint8_t *data;
	size_t len;
	size_t pos;
	struct buf *out;
	size_t max; /* bytes the writer takes before it fails */
	bool overflow;
};
int pgp_data_new(struct pgp_mem *m, bool secret, gpgme_data_t *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* True when it begins as ASCII armor does. */
bool pgp_is_armored(const uint8_t *data, size_t len);
/* Appends the bytes inside the armor, also when its end is cut off; the check
 * sum is not looked at (encrypted data and signatures have better ones). */
bool pgp_dearmor(
    const uint8_t *data, size_t len, struct buf *out) HRV_MUST_CHECK;
/* Replaces armor in b from byte `from` on by what is inside. Reports an
 * addition to b that failed, too. */
int pgp_make_binary(
    struct buf *b, size_t from, struct hrv_err *err) HRV_MUST_CHECK;

/* One OpenPGP packet. body points into the input; body_len is the part that is
 * there when the packet comes in parts or is cut off. */
struct pgp_pkt {
	int tag;
	const uint8_t *body;
	size_t body_len;
	bool whole;
};
/* Reads the packet at *pos and moves *pos behind it. False at the end and on
 * malformed input; the two differ in *pos == len. */
bool pgp_pkt_next(
    const uint8_t *data, size_t len, size_t *pos, struct pgp_pkt *ret);

/* The head of an encrypted message. */
struct pgp_head {
	uint64_t key_id[PGP_RECIPIENTS_MAX];
	size_t n_keys;
	size_t n_passphrases;
	int cipher;	/* of the last passphrase packet; 9 is AES-256 */
	int data_tag;	/* the encrypted data: 18 or 20 protect integrity */
	size_t n_after; /* packets behind it, 0 when that is not known */
};
/* False when it is not a well-formed head. */
bool pgp_head_read(const uint8_t *data, size_t len, struct pgp_head *ret);
/* 0 when the head names exactly these keys, each of to->n once. keys[] comes
 * from pgp_keys_get(). HRV_EKEY otherwise. */
int pgp_head_check(const struct pgp_head *h, const gpgme_key_t *keys, size_t n,
    struct hrv_err *err) HRV_MUST_CHECK;

/* 0 when every key can be encrypted to today; HRV_EKEY names the first that
 * cannot. */
int pgp_keys_usable(
    const gpgme_key_t *keys, size_t n, struct hrv_err *err) HRV_MUST_CHECK;

#endif
