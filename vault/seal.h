/* SPDX-License-Identifier: ISC */
/*
 * Sealing: one version of a record becomes a sealed header, a sealed body in
 * a pack, and a wrapped key. Layer: verbs. Works inside a write transaction;
 * what was sealed and not committed is harmless.
 */
#ifndef VAULT_SEAL_H
#define VAULT_SEAL_H

#include "vault/base/json.h"
#include "vault/crypto/content.h"
#include "vault/handle.h"
#include "vault/keys.h"
#include "vault/store/pack.h"

/* Where a body comes from: up to cap bytes at a time, 0 at the end. */
struct body_source {
	int (*read)(void *ctx, uint8_t *out, size_t cap, size_t *ret_len,
	    struct hrv_err *err);
	void *ctx;
};

/* Where a body comes from that hands itself over: calls sink with each piece
 * and ends with the sink's error or its own. */
struct body_giver {
	int (*give)(
	    void *ctx, content_sink *sink, void *sink_ctx, struct hrv_err *err);
	void *ctx;
};

/* A body that lies in memory as a source. */
struct body_memory {
	const uint8_t *data;
	size_t len;
	size_t at;
};
int body_memory_read(
    void *ctx, uint8_t *out, size_t cap, size_t *ret_len, struct hrv_err *err);

struct seal_args {
	const struct hrv_id *subject;
	const struct hrv_id *record;
	uint32_t version;
	const char *class_name;
	const char *compartment;   /* "pay", or "identity" */
	const struct hrv_id *kase; /* a copy derived for this case: its key is
				    * wrapped under kek/casework and belongs to
				    * the case; NULL: the record's own */
	/* Title, file name, media type, source, for identities the identity
	 * itself. Subject, size and SHA-256 are added to it here. */
	json_t *header;
	const struct body_source *body;
	const struct body_giver *giver; /* instead of body; both NULL: the
					 * header is all there is */
};

/* What vault.db keeps of a sealed version. */
struct sealed {
	uint8_t dek[DEK_ID_LEN];
	uint32_t kek;
	struct buf header;
	struct pack_ref body;  /* pack 0: none */
	uint8_t body_hash[32]; /* of the sealed body, or the sealed header */
	uint64_t size;	       /* plaintext bytes of the body */
	uint8_t sha256[32];    /* of the plaintext body */
};

/*
 * Seals a version. *ret is given back with sealed_clear(). Errors of keys_new
 * and of the source; a body over CONTENT limits is HRV_EUSAGE.
 */
int seal_version(struct hrv_vault *v, const struct seal_args *args,
    struct sealed *ret, struct hrv_err *err) HRV_MUST_CHECK;
void sealed_clear(struct sealed *s);
/* Writes the version row of a sealed version (number n, stored on `day`). */
int seal_store(struct hrv_vault *v, const struct seal_args *args,
    const struct sealed *s, const char *day,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
