/* SPDX-License-Identifier: ISC */
/*
 * The slot file: signed text that says who is a member, in which role, which
 * vault keys exist and which of them is sealed to whom. It is readable by
 * anyone, so anyone can see that no auditor or purge account was ever granted
 * a compartment. docs/formats/slots.md has the bytes. Layer: custody.
 */
#ifndef VAULT_CUSTODY_SLOTS_H
#define VAULT_CUSTODY_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "vault/base/buf.h"
#include "vault/custody/roles.h"

#define FPR_LEN 40
#define FPR_SIZE (FPR_LEN + 1)
#define KEY_ID_SIZE 64	   /* "kek/<compartment>.<version>" with its NUL */
#define APPROVERS_NEEDED 2 /* dpo or legal; then founding is over for good */
#define SLOTS_MAX (1024 * 1024) /* bytes of a slot file; more is an error */

struct slot_member {
	char fpr[FPR_SIZE];
	enum role role;
	char *compartments; /* comma separated, "-" for none */
	char until[11];	    /* ISO date, or "" */
};

struct slot_former {
	char fpr[FPR_SIZE];
	char from[32]; /* times as in the log */
	char to[32];
};

struct slot_cert {
	char fpr[FPR_SIZE];
	struct buf key; /* OpenPGP public key, minimal export */
};

enum key_status { KEY_ENABLED, KEY_DISABLED, KEY_DESTROYED };

struct slot_key {
	char id[KEY_ID_SIZE]; /* "kek/pay.3" */
	enum key_status status;
	uint8_t kcv[16]; /* key check value */
};

struct slot_grant {
	char fpr[FPR_SIZE];
	char *ids;	/* comma separated key ids */
	struct buf msg; /* OpenPGP message with exactly one recipient */
};

struct slot_sig {
	char fpr[FPR_SIZE];
	struct buf sig; /* OpenPGP detached signature */
};

struct slots {
	uint32_t gen;
	uint8_t vault[32]; /* hash of slots.1; zero in slots.1 itself */
	uint8_t prev[32];  /* hash of the file before; zero in slots.1 */
	uint8_t cfg[32];   /* hash of vault.cfg */
	struct slot_member *members;
	size_t n_members;
	struct slot_former *formers;
	size_t n_formers;
	struct slot_cert *certs;
	size_t n_certs;
	struct slot_key *keys;
	size_t n_keys;
	struct slot_grant *grants;
	size_t n_grants;
	struct slot_sig *sigs;
	size_t n_sigs;
	uint8_t hash[32];  /* of the whole file; set by slots_parse() */
	size_t signed_len; /* bytes before the first sig line */
};

/*
 * Reads a slot file, strictly: lines in their order, no unknown line, every
 * encoding in its one form. *ret is freed with slots_free(). HRV_EINTEGRITY
 * with the line's number when it is not one.
 */
int slots_parse(const void *text, size_t len, struct slots **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends the file's text: everything before the signatures, or with them. */
int slots_format(const struct slots *s, bool with_sigs, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* An empty slot file in memory; NULL when out of memory. */
struct slots *slots_new(void);
/* Frees all; NULL is fine. */
void slots_free(struct slots *s);

/* The member with that fingerprint, or NULL. Borrowed from s. */
struct slot_member *slots_member(const struct slots *s, const char *fpr);
/* The certificate (public key) of a member or former member, or NULL. */
const struct slot_cert *slots_cert(const struct slots *s, const char *fpr);
/* The vault key of that id ("meta.1"), or NULL. */
const struct slot_key *slots_key(const struct slots *s, const char *id);
/* Whether a grant of fpr holds that key. */
bool slots_granted(const struct slots *s, const char *fpr, const char *id);
/* The newest enabled key of that name ("kek/pay"), or NULL. */
const struct slot_key *slots_key_current(
    const struct slots *s, const char *name);
/* The highest version there ever was of a key, 0 for none. */
uint32_t slots_key_newest(const struct slots *s, const char *name);
/* How many members hold the role dpo or legal: the approvers. */
size_t slots_approvers(const struct slots *s);

/* Each adds one entry, copying what it is given. */
int slots_add_member(struct slots *s, const struct slot_member *m,
    struct hrv_err *err) HRV_MUST_CHECK;
int slots_add_cert(struct slots *s, const char *fpr, const void *key,
    size_t len, struct hrv_err *err) HRV_MUST_CHECK;
int slots_add_key(struct slots *s, const char *id, const uint8_t kcv[16],
    struct hrv_err *err) HRV_MUST_CHECK;
int slots_add_sig(struct slots *s, const char *fpr, const void *sig, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sets the grant of fpr, replacing the one it had. */
int slots_set_grant(struct slots *s, const char *fpr, const char *ids,
    const struct buf *msg, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds a grant beside those that fpr has: of keys that came later, sealed by
 * somebody who could not seal the others again. */
int slots_add_grant(struct slots *s, const char *fpr, const char *ids,
    const struct buf *msg, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds a former member, with times as in the log (when_format()). */
int slots_add_former(struct slots *s, const struct slot_former *f,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Puts another certificate in the place of the one of fpr, or adds it. */
int slots_set_cert(struct slots *s, const char *fpr, const void *key,
    size_t len, struct hrv_err *err) HRV_MUST_CHECK;
/* Takes the member line and every grant of fpr away; the certificate stays,
 * because old signatures need it. */
void slots_drop_member(struct slots *s, const char *fpr);
/* Takes every grant of fpr away. */
void slots_drop_grants(struct slots *s, const char *fpr);
/* Sets the status of a vault key; false when there is no such key. */
bool slots_set_status(struct slots *s, const char *id, enum key_status status);
/* Drops all signatures: the text is about to change. */
void slots_drop_sigs(struct slots *s);

/* True when the comma-separated list holds that word. */
bool slots_list_has(const char *list, const char *word);
/* Splits "kek/pay.3" into name and version; false when it is not a key id. */
bool slots_key_split(
    const char *id, char name[KEY_ID_SIZE], uint32_t *ret_version);

#endif
