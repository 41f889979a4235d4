/* SPDX-License-Identifier: ISC */
/*
 * The slot file in memory: finding and writing. Reading is in slots_parse.c,
 * changing in slots_change.c. Layer: custody.
 */
#include "vault/custody/slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"

static const char *const status_names[] = { "enabled", "disabled",
	"destroyed" };

struct slots *
slots_new(void)
{
	return calloc(1, sizeof(struct slots));
}

void
slots_free(struct slots *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_members; i++)
		free(s->members[i].compartments);
	for (size_t i = 0; i < s->n_certs; i++)
		buf_clear(&s->certs[i].key);
	for (size_t i = 0; i < s->n_grants; i++) {
		free(s->grants[i].ids);
		buf_clear(&s->grants[i].msg);
	}
	slots_drop_sigs(s);
	free(s->members);
	free(s->formers);
	free(s->certs);
	free(s->keys);
	free(s->grants);
	free(s);
}

struct slot_member *
slots_member(const struct slots *s, const char *fpr)
{
	for (size_t i = 0; i < s->n_members; i++) {
		if (strcmp(s->members[i].fpr, fpr) == 0)
			return &s->members[i];
	}
	return NULL;
}

const struct slot_cert *
slots_cert(const struct slots *s, const char *fpr)
{
	for (size_t i = 0; i < s->n_certs; i++) {
		if (strcmp(s->certs[i].fpr, fpr) == 0)
			return &s->certs[i];
	}
	return NULL;
}

const struct slot_key *
slots_key(const struct slots *s, const char *id)
{
	for (size_t i = 0; i < s->n_keys; i++) {
		if (strcmp(s->keys[i].id, id) == 0)
			return &s->keys[i];
	}
	return NULL;
}

bool
slots_key_split(const char *id, char name[KEY_ID_SIZE], uint32_t *ret_version)
{
	const char *dot = strrchr(id, '.');
	unsigned long v;
	char *end;

	if (dot == NULL || dot == id || dot[1] < '1' || dot[1] > '9' ||
	    strlen(id) >= KEY_ID_SIZE)
		return false;
	v = strtoul(dot + 1, &end, 10);
	if (*end != '\0' || v > UINT32_MAX)
		return false;
	snprintf(name, KEY_ID_SIZE, "%.*s", (int)(dot - id), id);
	*ret_version = (uint32_t)v;
	return true;
}

const struct slot_key *
slots_key_current(const struct slots *s, const char *name)
{
	const struct slot_key *best = NULL;
	uint32_t best_version = 0;

	for (size_t i = 0; i < s->n_keys; i++) {
		char n[KEY_ID_SIZE];
		uint32_t version;

		if (s->keys[i].status != KEY_ENABLED ||
		    !slots_key_split(s->keys[i].id, n, &version) ||
		    strcmp(n, name) != 0 || version < best_version)
			continue;
		best = &s->keys[i];
		best_version = version;
	}
	return best;
}

uint32_t
slots_key_newest(const struct slots *s, const char *name)
{
	uint32_t newest = 0;

	for (size_t i = 0; i < s->n_keys; i++) {
		char n[KEY_ID_SIZE];
		uint32_t version;

		if (slots_key_split(s->keys[i].id, n, &version) &&
		    strcmp(n, name) == 0 && version > newest)
			newest = version;
	}
	return newest;
}

bool
slots_granted(const struct slots *s, const char *fpr, const char *id)
{
	for (size_t i = 0; i < s->n_grants; i++) {
		if (strcmp(s->grants[i].fpr, fpr) == 0 &&
		    slots_list_has(s->grants[i].ids, id))
			return true;
	}
	return false;
}

size_t
slots_approvers(const struct slots *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_members; i++) {
		if (s->members[i].role == ROLE_DPO ||
		    s->members[i].role == ROLE_LEGAL)
			n++;
	}
	return n;
}

bool
slots_list_has(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; p != NULL;
	     p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
		if (strncmp(p, word, len) == 0 &&
		    (p[len] == ',' || p[len] == '\0'))
			return true;
	}
	return false;
}

static void
add_b64_line(struct buf *out, const struct buf *b)
{
	enc_b64(out, b->data, b->len);
	buf_addc(out, '\n');
}

static void
format_people(const struct slots *s, struct buf *out)
{
	for (size_t i = 0; i < s->n_members; i++) {
		const struct slot_member *m = &s->members[i];

		buf_addf(out, "member %s %s %s", m->fpr, role_name(m->role),
		    m->compartments);
		if (m->until[0] != '\0')
			buf_addf(out, " until %s", m->until);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < s->n_formers; i++)
		buf_addf(out, "former %s %s %s\n", s->formers[i].fpr,
		    s->formers[i].from, s->formers[i].to);
	for (size_t i = 0; i < s->n_certs; i++) {
		buf_addf(out, "cert %s ", s->certs[i].fpr);
		add_b64_line(out, &s->certs[i].key);
	}
}

int
slots_format(
    const struct slots *s, bool with_sigs, struct buf *out, struct hrv_err *err)
{
	buf_addf(out, "hrvault-slots/v1\ngen %u\n", s->gen);
	if (s->gen > 1) {
		buf_adds(out, "vault ");
		enc_hex(out, s->vault, 32);
		buf_adds(out, "\nprev ");
		enc_hex(out, s->prev, 32);
		buf_addc(out, '\n');
	}
	buf_adds(out, "cfg ");
	enc_hex(out, s->cfg, 32);
	buf_addc(out, '\n');
	format_people(s, out);
	for (size_t i = 0; i < s->n_keys; i++) {
		buf_addf(out, "key %s %s ", s->keys[i].id,
		    status_names[s->keys[i].status]);
		enc_b64(out, s->keys[i].kcv, sizeof(s->keys[i].kcv));
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < s->n_grants; i++) {
		buf_addf(
		    out, "grant %s %s ", s->grants[i].fpr, s->grants[i].ids);
		add_b64_line(out, &s->grants[i].msg);
	}
	for (size_t i = 0; with_sigs && i < s->n_sigs; i++) {
		buf_addf(out, "sig %s ", s->sigs[i].fpr);
		add_b64_line(out, &s->sigs[i].sig);
	}
	return buf_ok(out, err);
}
