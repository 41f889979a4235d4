/* SPDX-License-Identifier: ISC */
/*
 * What a proposal would do, in sentences. Layer: verbs; pure. Invariant: the
 * sentences are made from the bytes that are approved, and from nothing else;
 * what a kind has no sentence for is shown member by member, so that nothing
 * that is approved stays unseen.
 */
#include <stdio.h>
#include <string.h>

#include "vault/proposal.h"
#include "vault/proposal_rule.h"

int
proposal_line(json_t *list, const struct buf *line, struct hrv_err *err)
{
	int rc = buf_ok(line, err);

	if (rc == HRV_OK &&
	    json_array_append_new(list, json_stringn(buf_str(line), line->len)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	return rc;
}

static void
add_list(struct buf *line, const json_t *list)
{
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++) {
		const char *t = json_string_value(json_array_get(list, i));

		buf_addf(line, "%s%s", i > 0 ? ", " : "", t == NULL ? "?" : t);
	}
	if (n == 0)
		buf_adds(line, "none");
}

/* {"record.add":3} as "record.add 3". */
static void
add_counts(struct buf *line, const json_t *o)
{
	const char *key;
	json_t *value;
	bool first = true;

	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		buf_addf(line, "%s%s %lld", first ? "" : ", ", key,
		    (long long)json_integer_value(value));
		first = false;
	}
}

/* Members one by one, for what has no sentence of its own. */
static void
add_members(struct buf *line, json_t *o)
{
	const char *key;
	json_t *value;
	bool first = true;

	json_object_foreach(o, key, value)
	{
		if (strcmp(key, "starts_from") == 0)
			continue; /* it has a sentence */
		buf_addf(line, "%s%s: ", first ? "" : "; ", key);
		first = false;
		if (json_is_string(value))
			buf_adds(line, json_string_value(value));
		else if (json_is_integer(value))
			buf_addf(
			    line, "%lld", (long long)json_integer_value(value));
		else
			add_list(line, value);
	}
}

/* The vault's own papers on the same list. */
static int
paper_words(const json_t *what, json_t *list, struct hrv_err *err)
{
	const json_t *papers = json_object_get(what, "papers");
	struct buf line = BUF_INIT;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(papers); i++) {
		const json_t *p = json_array_get(papers, i);

		buf_reset(&line);
		buf_addf(&line, "the papers of %s, class %s, rule %s, due %s",
		    proposal_text(p, "paper"), proposal_text(p, "class"),
		    proposal_text(p, "rule"), proposal_text(p, "purge_from"));
		rc = proposal_line(list, &line, err);
	}
	buf_clear(&line);
	return rc;
}

static int
review_words(const json_t *what, json_t *list, struct hrv_err *err)
{
	const json_t *records = json_object_get(what, "records");
	size_t n = json_array_size(records);
	struct buf line = BUF_INIT;
	int rc;

	buf_addf(&line,
	    "the next purge run destroys these %zu versions for good, as far "
	    "as nothing protects them then:",
	    n);
	rc = proposal_line(list, &line, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		const json_t *r = json_array_get(records, i);

		buf_reset(&line);
		buf_addf(&line, "%s version %lld, class %s, rule %s, due %s",
		    proposal_text(r, "record"),
		    (long long)json_int(r, "version", 0),
		    proposal_text(r, "class"), proposal_text(r, "rule"),
		    proposal_text(r, "purge_from"));
		rc = proposal_line(list, &line, err);
	}
	buf_clear(&line);
	return rc == HRV_OK ? paper_words(what, list, err) : rc;
}

/* How a change of a member begins. */
static void
member_head(const json_t *w, struct buf *line)
{
	const char *change = json_str(w, "change");

	if (change == NULL)
		buf_addf(line, "the key %s becomes a member with the role %s",
		    proposal_text(w, "member"), proposal_text(w, "role"));
	else if (strcmp(change, "remove") == 0)
		buf_addf(line,
		    "the member %s with the role %s loses all keys at once, "
		    "and what he knew is to be rotated",
		    proposal_text(w, "member"), proposal_text(w, "role"));
	else
		buf_addf(line,
		    "the member %s with the role %s is renewed; SHA-256 of the "
		    "certificate: %s, which expires %s",
		    proposal_text(w, "member"), proposal_text(w, "role"),
		    proposal_text(w, "cert_sha256"),
		    json_str(w, "key_expires") == NULL
			? "never"
			: proposal_text(w, "key_expires"));
	if (json_object_get(w, "dropped") != NULL) {
		buf_adds(line, "; loses these vault keys: ");
		add_list(line, json_object_get(w, "dropped"));
	}
}

/* Versions that are erased, or kept of what was asked for. */
static int
version_words(const json_t *rows, json_t *list, struct hrv_err *err)
{
	struct buf line = BUF_INIT;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(rows); i++) {
		const json_t *r = json_array_get(rows, i);

		buf_reset(&line);
		buf_addf(&line, "%s version %lld, class %s",
		    proposal_text(r, "record"),
		    (long long)json_int(r, "version", 0),
		    proposal_text(r, "class"));
		if (json_str(r, "ground") != NULL)
			buf_addf(&line, ", is kept on the ground '%s'",
			    proposal_text(r, "ground"));
		rc = proposal_line(list, &line, err);
	}
	buf_clear(&line);
	return rc;
}

static int
erase_words(const json_t *what, json_t *list, struct hrv_err *err)
{
	const json_t *records = json_object_get(what, "records");
	size_t n = json_array_size(records);
	struct buf line = BUF_INIT;
	int rc;

	buf_addf(&line, "for %s ", proposal_text(what, "case"));
	if (n == 0)
		buf_adds(&line, "nothing is erased");
	else
		buf_addf(&line,
		    "these %zu versions are erased: each by the first run "
		    "after the notice that finds nothing which keeps it, now "
		    "or later:",
		    n);
	rc = proposal_line(list, &line, err);
	buf_clear(&line);
	if (rc == HRV_OK)
		rc = version_words(records, list, err);
	return rc == HRV_OK
		   ? version_words(json_object_get(what, "kept"), list, err)
		   : rc;
}

static void
member_words_line(const json_t *w, struct buf *line)
{
	member_head(w, line);
	buf_adds(line, "; compartments: ");
	add_list(line, json_object_get(w, "compartments"));
	buf_adds(line, "; vault keys: ");
	add_list(line, json_object_get(w, "ids"));
	if (json_str(w, "until") != NULL)
		buf_addf(line, "; until %s", proposal_text(w, "until"));
}

static void
earlier_words(const json_t *w, struct buf *line)
{
	const json_t *moved = json_object_get(w, "moved");
	bool retract = json_int(w, "retracted", 0) != 0;

	if (json_str(w, "event") != NULL)
		buf_addf(line, "%s on %s is %s; ", proposal_text(w, "event"),
		    proposal_text(w, "date"), retract ? "retracted" : "set");
	else if (json_str(w, "into") != NULL)
		buf_addf(line,
		    "another entry of the person is merged into %s; ",
		    proposal_text(w, "into"));
	else if (json_str(w, "to_class") != NULL)
		buf_addf(line, "filed under the class %s and the subject %s; ",
		    proposal_text(w, "to_class"),
		    proposal_text(w, "to_subject"));
	else if (json_int(w, "version", 0) > 0)
		buf_addf(line,
		    "version %lld is stored, and ends the one before; ",
		    (long long)json_int(w, "version", 0));
	else
		buf_adds(line, "a birth date is corrected; ");
	buf_addf(line, "of %s; ",
	    json_str(w, "record") != NULL ? proposal_text(w, "record")
					  : proposal_text(w, "subject"));
	buf_addf(line,
	    "%lld versions of records may then be destroyed earlier than "
	    "today's dates say",
	    (long long)json_int(moved, "earlier", 0));
	if (json_int(moved, "dated", 0) > 0)
		buf_addf(line, ", %lld get their first date",
		    (long long)json_int(moved, "dated", 0));
	if (json_int(moved, "pending", 0) > 0)
		buf_addf(line,
		    ", %lld lose their date (pending) until another is set",
		    (long long)json_int(moved, "pending", 0));
	if (json_str(w, "soonest") != NULL &&
	    strcmp(json_str(w, "soonest"), "at-once") == 0)
		buf_adds(line, ", the first as soon as its notice is over");
	else if (json_str(w, "soonest") != NULL)
		buf_addf(line, ", the first from %s on",
		    proposal_text(w, "soonest"));
	buf_adds(line, "; compartments: ");
	add_list(line, json_object_get(w, "compartments"));
}

static void
hold_words(const char *kind, const json_t *w, struct buf *line)
{
	if (strcmp(kind, "hold.export") == 0) {
		buf_addf(line,
		    "%s of the %lld records that %s covers are handed out, "
		    "exactly those that have the hash %s",
		    json_int(w, "contents", 0) != 0 ? "contents and metadata"
						    : "metadata",
		    (long long)json_int(w, "records", 0),
		    proposal_text(w, "hold"), proposal_text(w, "manifest"));
		return;
	}
	buf_addf(line,
	    "%s%s: after the cooling-off, what it covers may be "
	    "destroyed when nothing else keeps it",
	    strcmp(kind, "hold.request") == 0
		? "hr asks that legal or dpo release the hold "
		: "the hold is released: ",
	    proposal_text(w, "hold"));
	if (json_str(w, "scope") != NULL)
		buf_addf(line,
		    "; only what it covers now, by the scope with the hash %s",
		    proposal_text(w, "scope"));
}

static void
policy_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "the %s %s, version %s, comes into force; SHA-256 of "
	    "its text: %s",
	    proposal_text(w, "kind"), proposal_text(w, "id"),
	    proposal_text(w, "version"), proposal_text(w, "sha256"));
}

static void
case_words(const char *kind, const json_t *w, struct buf *line)
{
	if (strcmp(kind, "case.export") == 0)
		proposal_export_words(w, line);
	else
		buf_addf(line, "%s is refused on the ground '%s'",
		    proposal_text(w, "case"), proposal_text(w, "ground"));
}

/* How much of the log is given up, which is what a second person agrees to. */
static void
loss_words(const char *kind, const json_t *w, struct buf *line)
{
	const json_t *lost = json_object_get(w, "lost");
	const json_t *from = json_object_get(w, "from");
	const json_t *gone = json_object_get(w, "not_replayed");
	const char *later = json_str(lost, "origin");

	if (strcmp(kind, "rollback") == 0) {
		buf_addf(line,
		    "an older state of the vault is taken for the right one; "
		    "the log is given up to entry %lld of %s",
		    (long long)json_int(lost, "size", 0) - 1,
		    later == NULL ? proposal_text(w, "origin") : later);
		return;
	}
	buf_addf(line,
	    "the vault comes back from the backups %s (records) and %s (keys), "
	    "%s%s; of its log entries 0 to %lld stay, and what came then is "
	    "given up to entry %lld%s%s; %lld versions were destroyed again, "
	    "%lld holds placed again",
	    proposal_text(w, "records"), proposal_text(w, "keys"),
	    json_str(w, "log") == NULL ? "without a backup of the log" : "log ",
	    json_str(w, "log") == NULL ? "" : proposal_text(w, "log"),
	    (long long)json_int(from, "size", 0) - 1,
	    (long long)json_int(lost, "size", 0) - 1,
	    later == NULL ? "" : " of ", later == NULL ? "" : later,
	    (long long)json_int(w, "destroyed", 0),
	    (long long)json_int(w, "holds", 0));
	if (json_int(w, "restrictions", 0) > 0)
		buf_addf(line, "; %lld people restricted again",
		    (long long)json_int(w, "restrictions", 0));
	if (json_int(w, "held_back", 0) != 0)
		buf_addf(line,
		    "; %lld entries that may keep a record are lost: nothing "
		    "is destroyed before two people say that they were entered "
		    "again",
		    (long long)json_int(w, "reenter_all", 0));
	if (json_int(w, "keys_unproven", 0) != 0)
		buf_adds(line,
		    "; NO ENTRY OF THE LOG PROVES THE KEY BACKUP: whoever "
		    "could write to the folder may have made it, with members "
		    "of his own");
	if (json_str(w, "besides") != NULL)
		buf_addf(line, "; approved by %s already",
		    proposal_text(w, "besides"));
	if (json_object_size(gone) > 0) {
		buf_adds(line, "; not done again: ");
		add_counts(line, gone);
	}
}

static void
many_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "%lld records of %lld people are disclosed to %s for the purpose "
	    "'%s', without names and with exactly the content that has the "
	    "hash %s; %lld are left out",
	    (long long)json_int(w, "records", 0),
	    (long long)json_int(w, "people", 0), proposal_text(w, "recipient"),
	    proposal_text(w, "purpose"), proposal_text(w, "content"),
	    (long long)json_int(w, "left_out", 0));
}

/* All of a person; the birth date it may rest on is not told here. */
static void
person_words(const json_t *w, struct buf *line)
{
	bool of_age = json_object_get(w, "bound_mac") != NULL;

	buf_addf(line,
	    "all about %s is destroyed for good, who it is and %zu versions of "
	    "records, on the ground '%s'%s",
	    proposal_text(w, "subject"),
	    json_array_size(json_object_get(w, "records")),
	    proposal_text(w, "ground"),
	    of_age ? "; the birth date that it rests on stands with the "
		     "reason: 'hrvault audit log --reasons --op proposal.open'"
		   : "");
}

static void
void_words(const json_t *w, struct buf *line)
{
	const json_t *list = json_object_get(w, "statements"), *one;
	size_t i;

	buf_addf(line,
	    "%s of the class %s, filed under %s in error, is destroyed for "
	    "good with its %zu versions",
	    proposal_text(w, "record"), proposal_text(w, "class"),
	    proposal_text(w, "subject"),
	    json_array_size(json_object_get(w, "versions")));
	json_array_foreach(list, i, one)
	{
		const char *id = json_string_value(json_array_get(one, 0));

		buf_addf(line, "%s%s version %lld",
		    i > 0 ? ", " : "; with it the statements filed on it: ",
		    id == NULL ? "?" : id,
		    (long long)json_integer_value(json_array_get(one, 1)));
	}
}

/* One sentence for the kinds that need no more. */
static void
sentence(const char *kind, json_t *w, struct buf *line)
{
	if (strncmp(kind, "hold.", 5) == 0)
		hold_words(kind, w, line);
	else if (strcmp(kind, "policy.adopt") == 0)
		policy_words(w, line);
	else if (strcmp(kind, "case.export") == 0 ||
		 strcmp(kind, "case.refuse") == 0)
		case_words(kind, w, line);
	else if (strcmp(kind, "disclose.many") == 0)
		many_words(w, line);
	else if (strcmp(kind, "subject.review") == 0)
		person_words(w, line);
	else if (strcmp(kind, "member.change") == 0)
		member_words_line(w, line);
	else if (strcmp(kind, "member.link") == 0)
		buf_addf(line,
		    json_int(w, "linked", 0) != 0
			? "the member %s is, as a person, %s and decides "
			  "nothing about holds on that person; members who are "
			  "the same person count as one"
			: "the member %s is, as a person, not %s",
		    proposal_text(w, "member"), proposal_text(w, "subject"));
	else if (strcmp(kind, "event.earlier") == 0)
		earlier_words(w, line);
	else if (strcmp(kind, "record.void") == 0)
		void_words(w, line);
	else if (strcmp(kind, "restore.confirm") == 0)
		buf_addf(line,
		    "destruction goes on: what was lost by log entry %lld "
		    "(under 'reenter', where it is known) was entered again, "
		    "or nothing needs it",
		    (long long)json_int(w, "restore", 0));
	else if (strcmp(kind, "restore") == 0 || strcmp(kind, "rollback") == 0)
		loss_words(kind, w, line);
	else if (strcmp(kind, "clock") == 0)
		buf_addf(line,
		    "the clock is believed although the log was "
		    "silent: everything since log entry %lld",
		    (long long)json_int(w, "since", 0));
	else
		add_members(line, w);
}

int
proposal_words(const struct proposal_row *p, json_t *list, struct hrv_err *err)
{
	struct buf line = BUF_INIT;
	int rc;

	if (strcmp(p->kind, "review") == 0)
		return review_words(p->what, list, err);
	if (strcmp(p->kind, "case.erase") == 0)
		return erase_words(p->what, list, err);
	sentence(p->kind, p->what, &line);
	rc = proposal_line(list, &line, err);
	buf_clear(&line);
	if (rc == HRV_OK)
		rc = proposal_start_words(p->what, list, err);
	if (rc == HRV_OK)
		rc = proposal_effects(
		    json_object_get(p->json, "effects"), list, err);
	return rc;
}
