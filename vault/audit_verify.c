/* SPDX-License-Identifier: ISC */
/*
 * audit verify: the log against itself, against the checkpoint one was given,
 * against what this client verified before and what others saw. Layer: verbs.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hrvault/audit.h"
#include "vault/audit_int.h"
#include "vault/logkeys.h"
#include "vault/remember.h"
#include "vault/verify.h"

/* What the log must continue: the given checkpoint, or what was verified
 * before. Signatures begin behind it, unless all are wanted. */
static int
begin(struct hrv_vault *v, const struct hrv_audit_verify_args *args,
    struct verify_mark *mark, struct hrv_err *err)
{
	struct note_checkpoint cp;
	struct buf given = BUF_INIT;
	int rc;

	*mark = (struct verify_mark){ 0 };
	if (args->from == NULL) {
		if (!args->full)
			verify_mark_load(v, mark);
		return HRV_OK;
	}
	if (logkeys_open(v, args->from, strlen(args->from), &cp, err) !=
	    HRV_OK) {
		/* Of a later key or origin: that says more than "none". */
		buf_adds(&given, args->from);
		rc = remember_check_note(
		    v, &given, false, "whoever gave this one", err);
		buf_clear(&given);
		if (rc == HRV_EINTEGRITY && strcmp(err->name, "rollback") == 0)
			return rc;
		hrv_fail(err, HRV_EUSAGE,
		    "this is no checkpoint of this vault's log");
		return hrv_hint(err, "--from takes what 'hrvault audit "
				     "checkpoint' printed earlier");
	}
	mark->size = cp.size;
	memcpy(mark->root, cp.root, sizeof(mark->root));
	return HRV_OK;
}

static int
add_text(json_t *list, const char *text)
{
	return json_array_append_new(list, json_string(text));
}

static int
add_sentences(
    json_t *doc, const char *key, const struct verify_problem *p, size_t n)
{
	json_t *list = json_array();
	int rc = list == NULL ? -1 : json_object_set_new(doc, key, list);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct buf text = BUF_INIT;

		verify_problem_text(&p[i], &text);
		rc = add_text(list, buf_str(&text));
		buf_clear(&text);
	}
	return rc;
}

/* What others saw (folder seen/). A copy for an auditor may lack it. */
static int
check_seen(struct hrv_vault *v, json_t *problems, json_t *remarks, bool *ok)
{
	struct hrv_err err;
	char *path = NULL;
	int rc = 0;

	if (vault_path(v, "seen", &path, &err) != HRV_OK)
		return -1;
	if (access(path, R_OK | X_OK) != 0) {
		rc = add_text(remarks, "the folder seen/ cannot be read: "
				       "what others saw was not compared");
	} else if (remember_check_seen(v, &err) != HRV_OK) {
		*ok = false;
		rc = add_text(problems, err.msg);
	}
	free(path);
	return rc;
}

static int
report_doc(struct hrv_vault *v, const struct verify_report *r,
    const struct verify_args *a, struct hrv_doc **ret, struct hrv_err *err)
{
	uint64_t from = a->full ? 0 : a->from_size;

	json_t *doc = json_object();
	bool ok = r->ok, made;

	made = doc != NULL && !json_object_set_new(doc, "ok", json_false()) &&
	       !add_sentences(doc, "problems", r->problems, r->n) &&
	       !add_sentences(doc, "remarks", r->remarks, r->n_remarks) &&
	       !check_seen(v, json_object_get(doc, "problems"),
		   json_object_get(doc, "remarks"), &ok) &&
	       !json_object_set_new(doc, "ok", json_boolean(ok)) &&
	       !json_set_int(doc, "size", (int64_t)r->size) &&
	       !json_set_b64(doc, "root", r->root, 32) &&
	       !json_set_str(doc, "origin", v->origin) &&
	       !json_set_int(doc, "signatures_from", (int64_t)from) &&
	       !json_set_int(doc, "sessions", (int64_t)r->sessions) &&
	       (a->from_size == 0 ||
		   !json_set_int(doc, "compared_to", (int64_t)a->from_size)) &&
	       (r->more == 0 || !json_set_int(doc, "more", (int64_t)r->more));
	return audit_doc(doc, made, ret, err);
}

/* Best effort: what could not be remembered is only verified again. */
static void
remember(struct hrv_vault *v, const struct verify_report *r)
{
	struct note_checkpoint cp;
	struct buf note = BUF_INIT;
	struct hrv_err ignored;

	verify_mark_save(v, r);
	if (audit_newest(v, &note, &cp, &ignored) == HRV_OK)
		(void)!remember_save_own(v, &note, &ignored);
	buf_clear(&note);
}

int
hrv_audit_verify(struct hrv_vault *v, const struct hrv_audit_verify_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct verify_args a = { 0 };
	struct verify_report r = { 0 };
	struct verify_mark mark;
	struct hrv_doc *doc = NULL;
	int rc = begin(v, args, &mark, err);

	a.from_size = mark.size;
	a.from_root = mark.size > 0 ? mark.root : NULL;
	a.full = args->full;
	if (rc == HRV_OK)
		rc = verify_log(v, &a, &r, err);
	if (rc == HRV_OK)
		rc = report_doc(v, &r, &a, &doc, err);
	if (rc == HRV_OK && hrv_doc_true(doc, "ok"))
		remember(v, &r);
	if (rc == HRV_OK) {
		*ret_doc = doc;
		doc = NULL;
	}
	hrv_doc_free(doc);
	verify_report_clear(&r);
	return rc;
}
