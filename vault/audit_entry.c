/* SPDX-License-Identifier: ISC */
/*
 * Entries as documents. Layer: verbs. An entry names nobody but members, by
 * their fingerprints, so all of it may be shown to every role.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/audit_int.h"
#include "vault/base/enc.h"
#include "vault/base/when.h"

int
audit_session_add(
    struct audit_sessions *s, const struct leaf *l, struct hrv_err *err)
{
	struct audit_session *list = s->list;

	/* Room doubles from 1. */
	if ((s->n & (s->n - 1)) == 0) {
		list =
		    realloc(list, (s->n == 0 ? 1 : s->n * 2) * sizeof(*list));
		if (list == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		s->list = list;
	}
	list += s->n++;
	memcpy(list->id, l->session, sizeof(list->id));
	memcpy(list->member, l->member, sizeof(list->member));
	memcpy(list->role, l->role, sizeof(list->role));
	return HRV_OK;
}

const struct audit_session *
audit_session_find(
    const struct audit_sessions *s, const uint8_t id[LEAF_SESSION])
{
	for (size_t i = s->n; i > 0; i--) {
		if (memcmp(s->list[i - 1].id, id, LEAF_SESSION) == 0)
			return &s->list[i - 1];
	}
	return NULL;
}

static int
set_text(json_t *doc, const char *key, const char *text)
{
	return text[0] == '\0' ? 0 : json_set_str(doc, key, text);
}

static int
set_ids(json_t *doc, const struct leaf *l)
{
	return set_text(doc, "subject", l->subject) ||
	       set_text(doc, "record", l->record) ||
	       set_text(doc, "hold", l->hold) ||
	       set_text(doc, "case", l->kase) ||
	       set_text(doc, "proposal", l->proposal) ||
	       set_text(doc, "run", l->run) ||
	       set_text(doc, "backup", l->backup) ||
	       set_text(doc, "compartment", l->comp);
}

static int
set_result(json_t *doc, const struct leaf *l)
{
	static const char *const names[] = { NULL, "ok", "refused", "failed" };

	if (l->result != LEAF_NO_RESULT &&
	    json_set_str(doc, "result", names[l->result]))
		return -1;
	if (set_text(doc, "code", l->code))
		return -1;
	if ((l->has & LEAF_REF) != 0 &&
	    json_set_int(doc, "ref", (int64_t)l->ref))
		return -1;
	if ((l->has & LEAF_MANIFEST) != 0 &&
	    json_set_int(doc, "things", (int64_t)l->manifest_count))
		return -1;
	return 0;
}

static int
set_session(json_t *doc, const struct leaf *l, const struct audit_session *s)
{
	if (s != NULL && (json_set_str(doc, "member", s->member) ||
			     json_set_str(doc, "role", s->role)))
		return -1;
	if (json_set_hex(doc, "session", l->session, sizeof(l->session)))
		return -1;
	return set_text(doc, "host", l->host) ||
	       set_text(doc, "client", l->client);
}

int
audit_entry_doc(const struct leaf *l, const struct audit_session *s,
    const void *payload, size_t payload_len, json_t **ret, struct hrv_err *err)
{
	char when[WHEN_TEXT_LEN + 1] = "";
	json_t *doc = json_object(), *p = NULL;

	(void)!when_format(l->time, when);
	if (doc == NULL || json_set_int(doc, "index", (int64_t)l->index) ||
	    json_set_str(doc, "time", when) ||
	    json_set_str(doc, "op", l->op->name) ||
	    json_set_str(doc, "phase", op_phase_name(l->phase)) ||
	    set_session(doc, l, s) || set_ids(doc, l) || set_result(doc, l))
		goto no_memory;
	/* What cannot be read is the matter of a verification. */
	if (payload_len > 0 &&
	    json_read(payload, payload_len, &p, NULL) == HRV_OK &&
	    json_object_set_new(doc, "payload", p))
		goto no_memory;
	*ret = doc;
	return HRV_OK;
no_memory:
	json_decref(doc);
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}
