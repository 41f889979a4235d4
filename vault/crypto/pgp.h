/* SPDX-License-Identifier: ISC */
/*
 * OpenPGP through the user's own gpg and agent (RFC 4880). Layer: crypto; the
 * files pgp*.c are the only ones that see gpgme.h. Invariants: keys are
 * addressed by full fingerprint and never looked for on the network; what was
 * encrypted is for exactly the keys that were asked for; an agent that does
 * not answer ends in HRV_EKEY within ten seconds, while one that waits for a
 * person at a pinentry is left alone; no error text holds a user id.
 *
 * A handle belongs to one thread at a time; handles are independent of each
 * other. Every call below may start gpg processes and block on them.
 */
#ifndef VAULT_CRYPTO_PGP_H
#define VAULT_CRYPTO_PGP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct buf;
struct pgp;

#define PGP_UID_SIZE 256      /* of a user id with its NUL */
#define PGP_FPR_LEN 40	      /* hex digits of a version 4 fingerprint */
#define PGP_RECIPIENTS_MAX 64 /* keys one message can be encrypted to */
#define PGP_PLAIN_MAX ((size_t)64 << 20) /* bytes pgp_decrypt() gives out */

/* What the local keyring says of one key, judged by gpg as of now. */
struct pgp_key_info {
	char fpr[PGP_FPR_LEN + 1]; /* of the primary key, upper-case hex */
	bool can_encrypt;	   /* has a usable subkey for it now */
	bool can_sign;
	bool expired;
	bool revoked;
	bool disabled; /* by the user, in the local trust database */
	bool invalid;  /* gpg finds no valid self-signature */
	int64_t created;
	int64_t expires;	/* seconds since 1970; 0: never */
	char uid[PGP_UID_SIZE]; /* primary user id, UTF-8, cut to fit: PERSONAL,
				 * not escaped for a terminal */
};

/* The keys a message is for: n fingerprints of 40 hex digits. */
struct pgp_to {
	const char *const *fpr;
	size_t n; /* 1 .. PGP_RECIPIENTS_MAX; naming one twice is allowed */
};

/* A detached signature and the bytes it is over; all borrowed. */
struct pgp_signed {
	const void *sig;
	size_t sig_len;
	const void *data;
	size_t len;
};

/* A good signature, and what the keyring says of its key today. The caller
 * judges whether the key was valid at `time`. */
struct pgp_sig {
	char fpr[PGP_FPR_LEN + 1]; /* PRIMARY key, also when a subkey signed */
	int64_t time;		   /* as the signer stated it */
	int64_t key_created;	   /* of the key or subkey that signed */
	int64_t key_expires;	   /* the same; 0: never */
	bool key_expired;	   /* by now */
	bool key_revoked;	   /* at whatever time */
	bool sig_expired;	   /* the signature has an end, and it passed */
};

/* One certificate for pgp_import(). */
struct pgp_cert {
	const void *data; /* binary OpenPGP public key; borrowed */
	size_t len;
	char fpr[PGP_FPR_LEN + 1]; /* set by a successful import */
};

/* Prepares gpgme; once per process and before any other thread exists, later
 * calls do nothing. The caller has already given the process a PATH it trusts,
 * because gpg is found through it. Ignores SIGPIPE where its action was the
 * default one (gpgme needs that). HRV_EKEY when gpgme is too old. */
int pgp_init(struct hrv_err *err) HRV_MUST_CHECK;

/* Opens a handle on the OpenPGP home `homedir`, or with NULL on the one gpg
 * chooses itself. Starts no process when homedir is NULL and a handle was open
 * before. *ret is closed with pgp_close(). HRV_EKEY: no gpg found. */
int pgp_open(
    const char *homedir, struct pgp **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Ends the handle and forgets what it cached. NULL is allowed. */
void pgp_close(struct pgp *p);

/* Answers with this text (copied) whenever gpg asks for the passphrase of a
 * key, instead of a pinentry, until the handle is closed. HRV_EUSAGE: not one
 * line of 1 to 255 bytes. A wrong one shows at the first use: HRV_EKEY. */
int pgp_use_passphrase(
    struct pgp *p, const char *text, struct hrv_err *err) HRV_MUST_CHECK;

/* Finds one key in the local keyring by its fingerprint (40 hex digits; blanks
 * and a leading 0x are skipped), by a tail of it of at least 16 digits, or by
 * a full e-mail address. With secret_only, only keys whose secret half is here
 * count. For an address, keys that are expired, revoked, disabled or invalid
 * are passed over while a usable one matches. What the handle was told of a
 * fingerprint holds until it is closed or takes a certificate in, but for
 * secret keys. HRV_ENOTFOUND: none. HRV_EKEY: several, or gpg or the agent
 * failed. HRV_EUSAGE: none of the three forms. An expired key that is found is
 * no error here: look at *ret. */
int pgp_key_find(struct pgp *p, const char *name, bool secret_only,
    struct pgp_key_info *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* Asks in one gpg call for the certificates of these fingerprints, so that the
 * calls that name one later start none. Only PGP_RECIPIENTS_MAX are kept, and
 * one that is not in the keyring is no error: it is asked for when it is
 * needed. HRV_EKEY: gpg failed. */
int pgp_keys_know(struct pgp *p, const struct pgp_to *keys,
    struct hrv_err *err) HRV_MUST_CHECK;

/* For each of n (1 .. PGP_RECIPIENTS_MAX) full fingerprints tells in
 * ret_have[i] whether its secret key is here (on disk or on a card), in one
 * gpg call. HRV_EKEY: gpg or the agent failed. */
int pgp_secret_keys(struct pgp *p, const struct pgp_to *keys, bool *ret_have,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Whether an agent listens for this handle now. gpg finds no secret key
 * without one, which is another thing than having none. */
bool pgp_agent_there(const struct pgp *p);

/* Decrypts one integrity-protected message and appends the plaintext to out,
 * which must be a secret buffer; after a failure out is as it was before.
 * May ask the person for a passphrase. HRV_EKEY: no secret key for it, agent
 * gone or stuck, passphrase wrong or not given. HRV_EINTEGRITY: not a message,
 * damaged, without integrity protection, or larger than PGP_PLAIN_MAX. */
int pgp_decrypt(struct pgp *p, const void *data, size_t len, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Encrypts len bytes for exactly the keys in `to`, uncompressed and binary,
 * and appends the message to out; after a failure out is as it was before.
 * HRV_EKEY, before anything is made, when a key is missing, expired, revoked,
 * disabled or cannot encrypt (the message names its fingerprint), and after
 * it, when the message turns out to be for any other set of keys (an option in
 * gpg.conf added one). */
int pgp_encrypt(struct pgp *p, const struct pgp_to *to, const void *data,
    size_t len, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

/* Appends a binary detached signature (class 0, SHA-2) over the bytes, made
 * by the key `fpr` (40 hex digits). May ask for a passphrase. HRV_EKEY as in
 * pgp_decrypt(), and for a key that cannot sign. */
int pgp_sign_detached(struct pgp *p, const char *fpr, const void *data,
    size_t len, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

/* Verifies one detached signature. HRV_EINTEGRITY when it is not over these
 * bytes, not exactly one binary signature, made with a hash older than SHA-2,
 * or by a key that is not in this keyring (name "unknown-signer"). A key that
 * is expired or revoked meanwhile is no error: see struct pgp_sig. Trust
 * settings play no part: open the handle on a home that holds only the
 * certificates that count. */
int pgp_verify_detached(struct pgp *p, const struct pgp_signed *in,
    struct pgp_sig *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* Appends the certificate of `fpr` (40 hex digits): binary, public part only,
 * without the signatures of third parties. HRV_ENOTFOUND: not in the
 * keyring. */
int pgp_export_minimal(struct pgp *p, const char *fpr, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The user id of a binary certificate, read from its packets without gpg: the
 * primary one, else the first that is not revoked, else the first. PERSONAL,
 * not escaped, not always UTF-8, and for people only: nothing verified it.
 * False: it has none. */
bool pgp_cert_uid(const void *cert, size_t len, char ret[PGP_UID_SIZE]);

/* Takes n certificates into the keyring of p in one gpg call and sets
 * certs[i].fpr. Each must hold exactly one public key and no secret one; a
 * single certificate (n = 1) may also be armored. HRV_EUSAGE otherwise; some
 * may have been taken in by then. */
int pgp_import(struct pgp *p, struct pgp_cert *certs, size_t n,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Makes an empty OpenPGP home, mode 0700, in the existing directory `dir` and
 * returns its path, which pgp_tmp_home_free() takes back. It serves to import,
 * verify and encrypt: no agent can be started in it. */
int pgp_tmp_home_new(
    const char *dir, char **ret_path, struct hrv_err *err) HRV_MUST_CHECK;
/* Removes the home with all that is in it; handles on it are closed first.
 * NULL is allowed. */
void pgp_tmp_home_free(char *path);

/* Encrypts all that comes out of in_fd (to its end) into out_fd, uncompressed,
 * in flat memory: for exactly the key `fpr` (40 hex digits), or, when fpr is
 * NULL, under a passphrase with AES-256. Both fds stay open and belong to the
 * caller, who usually runs this in a thread of its own with a handle of its
 * own. out_fd is a regular file open for reading too: its head is read again
 * and must name that key alone or AES-256; after a failure the file is cut
 * back to where it began. Errors as pgp_encrypt(); HRV_EIO: an fd failed. A
 * caller that gives up closes the other end of in_fd and discards the file. */
int pgp_encrypt_fd(struct pgp *p, const char *fpr, const struct buf *passphrase,
    const int fds[2], struct hrv_err *err) HRV_MUST_CHECK;

/* Opens a package that pgp_encrypt_fd() made under a passphrase, to prove that
 * it can be read: fds[0] from its present place to its end, plaintext into
 * fds[1]. HRV_EKEY: another passphrase. HRV_EINTEGRITY: damaged; plaintext
 * written by then is not to be believed. */
int pgp_decrypt_symmetric_fd(struct pgp *p, const struct buf *passphrase,
    const int fds[2], struct hrv_err *err) HRV_MUST_CHECK;

/* Reads the head of an encrypted message at byte `start` of the file fd
 * without moving its offset: 0 when it is for exactly the keys in `to`, or,
 * when `to` is NULL, for an AES-256 passphrase and no key. HRV_EKEY
 * otherwise. */
int pgp_stream_recipients(struct pgp *p, int fd, int64_t start,
    const struct pgp_to *to, struct hrv_err *err) HRV_MUST_CHECK;

#endif
