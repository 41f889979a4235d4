/* SPDX-License-Identifier: ISC */
/*
 * Changing a slot file in memory. Layer: custody. Everything that is given is
 * copied; a failure leaves a file that can be freed and is not to be written.
 */
#include "vault/custody/slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

void
slots_drop_sigs(struct slots *s)
{
	for (size_t i = 0; i < s->n_sigs; i++)
		buf_clear(&s->sigs[i].sig);
	free(s->sigs);
	s->sigs = NULL;
	s->n_sigs = 0;
}

/* Makes room for one more element at the end of an array. */
static void *
push(void **array, size_t *n, size_t size)
{
	uint8_t *p = realloc(*array, (*n + 1) * size);

	if (p == NULL)
		return NULL;
	*array = p;
	memset(p + *n * size, 0, size);
	(*n)++;
	return p + (*n - 1) * size;
}

int
slots_add_member(
    struct slots *s, const struct slot_member *m, struct hrv_err *err)
{
	char *comps = strdup(m->compartments);
	struct slot_member *n;

	n = comps == NULL
		? NULL
		: push((void **)&s->members, &s->n_members, sizeof(*n));
	if (n == NULL) {
		free(comps);
		return no_memory(err);
	}
	*n = *m;
	n->compartments = comps;
	return HRV_OK;
}

int
slots_add_cert(struct slots *s, const char *fpr, const void *key, size_t len,
    struct hrv_err *err)
{
	struct slot_cert *c;

	c = push((void **)&s->certs, &s->n_certs, sizeof(*c));
	if (c == NULL)
		return no_memory(err);
	snprintf(c->fpr, sizeof(c->fpr), "%s", fpr);
	buf_add(&c->key, key, len);
	return buf_ok(&c->key, err);
}

int
slots_add_key(
    struct slots *s, const char *id, const uint8_t kcv[16], struct hrv_err *err)
{
	struct slot_key *k;

	k = push((void **)&s->keys, &s->n_keys, sizeof(*k));
	if (k == NULL)
		return no_memory(err);
	snprintf(k->id, sizeof(k->id), "%s", id);
	memcpy(k->kcv, kcv, sizeof(k->kcv));
	return HRV_OK;
}

int
slots_add_sig(struct slots *s, const char *fpr, const void *sig, size_t len,
    struct hrv_err *err)
{
	struct slot_sig *g;

	g = push((void **)&s->sigs, &s->n_sigs, sizeof(*g));
	if (g == NULL)
		return no_memory(err);
	snprintf(g->fpr, sizeof(g->fpr), "%s", fpr);
	buf_add(&g->sig, sig, len);
	return buf_ok(&g->sig, err);
}

int
slots_add_former(
    struct slots *s, const struct slot_former *f, struct hrv_err *err)
{
	struct slot_former *n;

	n = push((void **)&s->formers, &s->n_formers, sizeof(*n));
	if (n == NULL)
		return no_memory(err);
	*n = *f;
	return HRV_OK;
}

int
slots_set_cert(struct slots *s, const char *fpr, const void *key, size_t len,
    struct hrv_err *err)
{
	for (size_t i = 0; i < s->n_certs; i++) {
		if (strcmp(s->certs[i].fpr, fpr) != 0)
			continue;
		buf_clear(&s->certs[i].key);
		buf_add(&s->certs[i].key, key, len);
		return buf_ok(&s->certs[i].key, err);
	}
	return slots_add_cert(s, fpr, key, len, err);
}

int
slots_add_grant(struct slots *s, const char *fpr, const char *ids,
    const struct buf *msg, struct hrv_err *err)
{
	char *copy = strdup(ids);
	struct slot_grant *g;

	g = copy == NULL ? NULL
			 : push((void **)&s->grants, &s->n_grants, sizeof(*g));
	if (g == NULL) {
		free(copy);
		return no_memory(err);
	}
	snprintf(g->fpr, sizeof(g->fpr), "%s", fpr);
	g->ids = copy;
	buf_add(&g->msg, msg->data, msg->len);
	return buf_ok(&g->msg, err);
}

void
slots_drop_grants(struct slots *s, const char *fpr)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n_grants; i++) {
		if (strcmp(s->grants[i].fpr, fpr) != 0) {
			s->grants[kept++] = s->grants[i];
			continue;
		}
		free(s->grants[i].ids);
		buf_clear(&s->grants[i].msg);
	}
	s->n_grants = kept;
}

int
slots_set_grant(struct slots *s, const char *fpr, const char *ids,
    const struct buf *msg, struct hrv_err *err)
{
	slots_drop_grants(s, fpr);
	return slots_add_grant(s, fpr, ids, msg, err);
}

void
slots_drop_member(struct slots *s, const char *fpr)
{
	size_t kept = 0;

	slots_drop_grants(s, fpr);
	for (size_t i = 0; i < s->n_members; i++) {
		if (strcmp(s->members[i].fpr, fpr) == 0)
			free(s->members[i].compartments);
		else
			s->members[kept++] = s->members[i];
	}
	s->n_members = kept;
}

bool
slots_set_status(struct slots *s, const char *id, enum key_status status)
{
	for (size_t i = 0; i < s->n_keys; i++) {
		if (strcmp(s->keys[i].id, id) == 0) {
			s->keys[i].status = status;
			return true;
		}
	}
	return false;
}
