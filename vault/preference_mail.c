/* SPDX-License-Identifier: ISC */
/*
 * Addresses for a mailing. Layer: verbs. Invariant: an address leaves only
 * when nobody said no to it: neither its person, by channel, nor anybody who
 * had it before.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/rights.h"
#include "vault/case_life.h"
#include "vault/custody/roles.h"
#include "vault/identity.h"
#include "vault/preference.h"
#include "vault/store/db.h"
#include "vault/subject_match.h"

#define OP "subject.list"

/* One mailing. */
struct mailing {
	struct hrv_vault *v;
	const char *channel;
	const char *member; /* of an identity: its addresses */
	struct subject_set wanted;
	struct receipt *receipt;
	struct entry e;
	json_t *docs;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Whether the subject may be written to at all: there, alive, not restricted,
 * and the last word on that channel is not no. */
static int
may_write(
    struct mailing *m, const struct hrv_id *id, bool *ret, struct hrv_err *err)
{
	struct subject_row s;
	bool found = false, no = false;
	int rc = subject_load(m->v, id, &s, err);

	*ret = false;
	if (rc != HRV_OK || s.gone || s.restricted[0] != '\0')
		return rc;
	rc = subject_has_died(m->v, id, &found, err);
	if (rc != HRV_OK || found)
		return rc;
	rc = preference_is_no(m->v, id, m->channel, &no, err);
	*ret = rc == HRV_OK && !no;
	return rc;
}

static int
choose(struct mailing *m, struct hrv_err *err)
{
	size_t kept = 0;
	bool may;
	int rc = ids_of(m->v, SQL_SUBJECT_LIST, NULL, ID_SUBJECT,
	    &m->wanted.ids, &m->wanted.n, err);

	for (size_t i = 0; rc == HRV_OK && i < m->wanted.n; i++) {
		rc = may_write(m, &m->wanted.ids[i], &may, err);
		if (rc == HRV_OK && may)
			m->wanted.ids[kept++] = m->wanted.ids[i];
	}
	if (rc == HRV_OK)
		m->wanted.n = kept;
	return rc;
}

/* The addresses of one subject that nobody said no to. */
static int
take(struct mailing *m, const struct hrv_id *id, struct hrv_err *err)
{
	json_t *identity = NULL;
	const json_t *list;
	struct subject_row s;
	char text[ID_TEXT_SIZE];
	int rc = subject_load(m->v, id, &s, err);

	if (rc == HRV_OK)
		rc = identity_open(m->v, m->receipt, &s, &identity, err);
	list = json_object_get(identity, m->member);
	id_format(id, text);
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++) {
		const char *address =
		    json_string_value(json_array_get(list, i));
		char since[HRV_DATE_TEXT] = "";

		rc = suppress_look_up(m->v, m->channel, address, since, err);
		if (rc == HRV_OK && since[0] == '\0' &&
		    json_array_append_new(m->docs,
			json_pack("{s:s,s:s}", "id", text, "address", address)))
			rc = no_memory(err);
	}
	json_decref(identity);
	return rc;
}

static int
open_all(struct mailing *m, struct hrv_err *err)
{
	struct manifest things = { 0 };
	json_t *p = json_pack("{s:s}", "mailing", m->channel);
	int rc = p == NULL ? no_memory(err)
			   : subject_set_manifest(&m->wanted, &things, err);

	m->e.payload = p;
	if (rc == HRV_OK)
		rc = receipt_open(m->v, &m->e, &things, &m->receipt, err);
	for (size_t i = 0; rc == HRV_OK && i < m->wanted.n; i++)
		rc = take(m, &m->wanted.ids[i], err);
	if (rc == HRV_OK)
		rc = receipt_close(m->v, &m->receipt, &m->e, NULL, err);
	else
		rc = subject_read_failed(m->v, &m->receipt, &m->e, err);
	m->e.payload = NULL;
	json_decref(p);
	manifest_clear(&things);
	return rc;
}

int
hrv_subject_mailing(struct hrv_vault *v, const char *channel, hrv_doc_fn *fn,
    void *ctx, struct hrv_err *err)
{
	bool email = strcmp(channel, "email") == 0;
	struct mailing m = { .v = v,
		.channel = channel,
		.member = email ? "emails" : "phones",
		.e = ENTRY(OP) };
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &m.e, err);
	if (!email && strcmp(channel, "phone") != 0)
		return hrv_fail(
		    err, HRV_EUSAGE, "a mailing goes over email or phone");
	m.docs = json_array();
	rc = m.docs == NULL ? no_memory(err) : choose(&m, err);
	if (rc == HRV_OK && m.wanted.n > 0)
		rc = open_all(&m, err);
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(m.docs); i++)
		rc = fn(ctx, (const struct hrv_doc *)json_array_get(m.docs, i),
		    err);
	subject_set_clear(&m.wanted);
	json_decref(m.docs);
	return rc;
}
