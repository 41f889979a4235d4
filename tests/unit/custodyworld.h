/* SPDX-License-Identifier: ISC */
/*
 * One sealed thing of every kind in a vault, each with the wrapped key that
 * it is sealed under: what the custody matrix tries to open. Header only.
 */
#ifndef TESTS_UNIT_CUSTODYWORLD_H
#define TESTS_UNIT_CUSTODYWORLD_H

#include "tests/unit/recordhome.h"

#include "vault/crypto/content.h"
#include "vault/crypto/wrap.h"
#include "vault/detail.h"
#include "vault/index.h"
#include "vault/preference.h"
#include "vault/store/keystore.h"
#include "vault/store/pack.h"
#include "vault/version.h"

/* Something sealed, and the wrapped key it is sealed under. */
struct secret {
	struct wrap_context c;
	char kek[KEY_ID_SIZE];
	uint8_t wrapped[KEYSTORE_WRAPPED_LEN];
	struct buf context;
	struct buf stored;
};

/* What the founder left. */
static struct {
	struct secret identity, general, pay, reason, matter, copy;
	struct hrv_id subject;
} world;

static void
take_key(struct hrv_vault *v, struct secret *s, const uint8_t dek[DEK_ID_LEN],
    const struct hrv_id *owner, enum wrap_purpose purpose)
{
	struct keystore_dek row;

	OK_(keys_open(v, err));
	OK_(keystore_get(v->ks, dek, &row, err));
	snprintf(s->kek, sizeof(s->kek), "%s", row.kek);
	memcpy(s->c.vault_id, v->id, 32);
	memcpy(s->c.dek_id, dek, DEK_ID_LEN);
	memcpy(s->c.record_id, owner->b, ID_BYTES);
	s->c.kek_version = row.kek_version;
	s->c.purpose = purpose;
	memcpy(s->wrapped, row.wrapped, sizeof(s->wrapped));
}

static int
take_piece(void *ctx, const uint8_t *data, size_t len, struct hrv_err *err)
{
	buf_add(ctx, data, len);
	return buf_ok(ctx, err);
}

/* The body of a record, or its header where it has none. */
static void
take_record(struct hrv_vault *v, const struct hrv_id *id, struct secret *s)
{
	struct record_row rec;
	struct version_row ver;
	struct content_id c = { .kind = CONTENT_HEADER };

	OK_(record_load(v, id, &rec, err));
	OK_(version_load(v, id, 1, &ver, err));
	take_key(v, s, ver.dek, id, WRAP_CONTENT);
	if (ver.body.pack != 0) {
		struct pack_reader *packs = NULL;

		OK_(pack_reader_new(v->dir, &packs, err));
		OK_(pack_read(packs, &ver.body, take_piece, &s->stored, err));
		pack_reader_free(packs);
		c.kind = CONTENT_BODY;
	} else {
		buf_add(&s->stored, ver.header.data, ver.header.len);
	}
	memcpy(c.vault_id, v->id, 32);
	memcpy(c.record_id, id->b, ID_BYTES);
	c.version = 1;
	c.class_name = rec.class_name;
	content_context(&s->context, &c);
	version_clear(&ver);
}

static void
take_detail(struct hrv_vault *v, const char *kek, struct secret *s)
{
	struct detail d = { .sealed = BUF_INIT };
	struct entry e = ENTRY("check");

	OK_(txn_begin(v, err));
	OK_(detail_seal(v, kek, &world.subject, "because", &d, err));
	OK_(txn_entry(v, &e, NULL, err));
	OK_(txn_commit(v, true, err));
	take_key(v, s, d.dek, &world.subject, WRAP_DETAIL);
	buf_add(&s->stored, d.sealed.data, d.sealed.len);
	detail_context(v, &world.subject, &s->context);
	detail_clear(&d);
}

/* A derived copy of a case: its key, sealed as case_export would. */
static void
take_copy(struct hrv_vault *v, struct secret *s)
{
	struct keys_new_args a = { KEK_CASEWORK, &world.subject,
		WRAP_CASE_COPY };
	struct entry e = ENTRY("check");
	struct key *dek = NULL;
	uint8_t id[DEK_ID_LEN];
	uint32_t version;
	struct content_lock lock;

	buf_adds(&s->context, "copy");
	OK_(txn_begin(v, err));
	OK_(keys_new(v, &a, &dek, id, &version, err));
	lock = (struct content_lock){ dek, s->context.data, s->context.len };
	OK_(content_seal_buf(&lock, "a copy", 6, &s->stored, err));
	OK_(txn_entry(v, &e, NULL, err));
	OK_(txn_commit(v, true, err));
	key_free(dek);
	take_key(v, s, id, &world.subject, WRAP_CASE_COPY);
}

static void
make_world(struct hrv_vault *v)
{
	struct hrv_id note, slip;
	struct subject_row sub;
	struct entry e = ENTRY("check");
	json_t *who = json_object();

	recordhome_subject(v, "employee", NULL, &world.subject);
	recordhome_record(v, &world.subject, "note", "in general", &note);
	recordhome_record(v, &world.subject, "payslip", "in pay", &slip);
	OK_(subject_load(v, &world.subject, &sub, err));
	take_record(v, &sub.identity, &world.identity);
	take_record(v, &note, &world.general);
	take_record(v, &slip, &world.pay);
	take_detail(v, KEK_DETAIL, &world.reason);
	take_detail(v, KEK_HOLD, &world.matter);
	take_copy(v, &world.copy);
	assert_int_equal(json_set_str(who, "name", "Ngozi Ødegård"), 0);
	assert_int_equal(json_object_set_new(who, "emails",
			     json_pack("[s]", "nobody@example.org")),
	    0);
	OK_(txn_begin(v, err));
	OK_(index_add(v, &world.subject, who, err));
	OK_(suppress_set(v, "email", false, who, NULL, err));
	OK_(txn_entry(v, &e, NULL, err));
	OK_(txn_commit(v, true, err));
	json_decref(who);
}

static void
clear_world(void)
{
	struct secret *all[] = { &world.identity, &world.general, &world.pay,
		&world.reason, &world.matter, &world.copy };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		buf_clear(&all[i]->context);
		buf_clear(&all[i]->stored);
	}
}

#endif
