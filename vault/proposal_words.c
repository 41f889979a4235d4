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

	buf_adds(&line, "the next purge run destroys for good, as far as "
			"nothing protects them then, ");
	proposal_add_count(&line, (long long)n, "version");
	buf_adds(&line, " of records:");
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
		    "the member %s with the role %s is renewed, with a "
		    "certificate that expires %s",
		    proposal_text(w, "member"), proposal_text(w, "role"),
		    json_str(w, "key_expires") == NULL
			? "never"
			: proposal_text(w, "key_expires"));
	if (json_object_get(w, "dropped") != NULL) {
		buf_adds(line, "; loses these vault keys: ");
		proposal_add_list(line, json_object_get(w, "dropped"));
	}
}

static void
member_words_line(const json_t *w, struct buf *line)
{
	member_head(w, line);
	buf_adds(line, "; compartments: ");
	proposal_add_list(line, json_object_get(w, "compartments"));
	buf_adds(line, "; vault keys: ");
	proposal_add_list(line, json_object_get(w, "ids"));
	if (json_str(w, "until") != NULL)
		buf_addf(line, "; until %s", proposal_text(w, "until"));
}

/* What is done, by which dates move earlier. */
static void
earlier_head(const json_t *w, struct buf *line)
{
	bool retract = json_int(w, "retracted", 0) != 0;

	if (json_str(w, "event") != NULL)
		buf_addf(line, "the event %s on %s is %s; ",
		    proposal_text(w, "event"), proposal_text(w, "date"),
		    retract ? "retracted" : "set");
	else if (json_str(w, "to_class") != NULL)
		buf_addf(line, "filed under the class %s and the subject %s; ",
		    proposal_text(w, "to_class"),
		    proposal_text(w, "to_subject"));
	else if (json_int(w, "version", 0) > 0)
		buf_addf(line,
		    "version %lld is stored, and ends the one before; ",
		    (long long)json_int(w, "version", 0));
	else
		buf_adds(line, "who it is is corrected, and with it a birth "
			       "date or a kind that dates rest on; ");
}

static void
earlier_words(const json_t *w, struct buf *line)
{
	if (json_str(w, "into") != NULL) {
		proposal_add_merge(w, line);
	} else {
		buf_addf(line, "of %s",
		    json_str(w, "record") != NULL
			? proposal_text(w, "record")
			: proposal_text(w, "subject"));
		if (json_str(w, "record") != NULL)
			buf_addf(
			    line, ", about %s,", proposal_text(w, "subject"));
		buf_adds(line, " ");
		earlier_head(w, line);
		proposal_add_moved(line, json_object_get(w, "moved"));
	}
	if (json_str(w, "soonest") != NULL &&
	    strcmp(json_str(w, "soonest"), "at-once") == 0)
		buf_adds(line, ", the first as soon as its notice is over");
	else if (json_str(w, "soonest") != NULL)
		buf_addf(line, ", the first from %s on",
		    proposal_text(w, "soonest"));
	buf_adds(line, "; compartments: ");
	proposal_add_list(line, json_object_get(w, "compartments"));
}

static void
hold_words(const char *kind, const json_t *w, struct buf *line)
{
	if (strcmp(kind, "hold.export") == 0) {
		buf_addf(line, "%s of the ",
		    json_int(w, "contents", 0) != 0 ? "contents and metadata"
						    : "metadata");
		proposal_add_count(
		    line, (long long)json_int(w, "records", 0), "record");
		buf_addf(line,
		    " that %s covers are handed out to the proposer, for "
		    "counsel, in one file that is not encrypted",
		    proposal_text(w, "hold"));
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
		buf_adds(line, "; only what it covers now: what an amendment "
			       "adds later stays held");
}

static void
policy_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "the %s %s, version %s, comes into force, with exactly the text "
	    "that was given",
	    proposal_text(w, "kind"), proposal_text(w, "id"),
	    proposal_text(w, "version"));
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
	long long people = (long long)json_int(w, "people", 0);
	long long left = (long long)json_int(w, "left_out", 0);

	proposal_add_count(
	    line, (long long)json_int(w, "records", 0), "record");
	buf_addf(line,
	    " of %lld %s are disclosed to %s for the purpose '%s', without "
	    "names; %lld %s left out",
	    people, people == 1 ? "person" : "people",
	    proposal_text(w, "recipient"), proposal_text(w, "purpose"), left,
	    left == 1 ? "is" : "are");
}

/* All of a person; the birth date it may rest on is not told here. */
static void
person_words(const json_t *w, struct buf *line)
{
	bool of_age = json_object_get(w, "bound_mac") != NULL;

	buf_addf(line,
	    "all about %s is destroyed for good, on the ground '%s'%s: who it "
	    "is, and ",
	    proposal_text(w, "subject"), proposal_text(w, "ground"),
	    of_age ? " (the birth date that it rests on stands with the reason)"
		   : "");
	proposal_add_count(line,
	    (long long)json_array_size(json_object_get(w, "records")),
	    "version");
	buf_adds(line, " of records");
}

static void
void_words(const json_t *w, struct buf *line)
{
	const json_t *list = json_object_get(w, "statements"), *one;
	size_t i;

	buf_addf(line,
	    "%s of the class %s, filed under %s in error, is destroyed for "
	    "good, ",
	    proposal_text(w, "record"), proposal_text(w, "class"),
	    proposal_text(w, "subject"));
	proposal_add_count(line,
	    (long long)json_array_size(json_object_get(w, "versions")),
	    "version");
	json_array_foreach(list, i, one)
	{
		const char *id = json_string_value(json_array_get(one, 0));

		buf_addf(line, "%s%s version %lld",
		    i > 0 ? ", " : "; with it the statements filed on it: ",
		    id == NULL ? "?" : id,
		    (long long)json_integer_value(json_array_get(one, 1)));
	}
}

static void
link_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    json_int(w, "linked", 0) != 0
		? "the member %s is, as a person, %s and decides nothing about "
		  "holds on that person; members who are the same person "
		  "count as one"
		: "the member %s is, as a person, not %s",
	    proposal_text(w, "member"), proposal_text(w, "subject"));
}

static void
confirm_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "destruction goes on: what was lost by log entry %lld (under "
	    "'reenter', where it is known) was entered again, or nothing needs "
	    "it",
	    (long long)json_int(w, "restore", 0));
}

static void
clock_words(const json_t *w, struct buf *line)
{
	buf_addf(line,
	    "the clock is believed although the log was silent: everything "
	    "since log entry %lld",
	    (long long)json_int(w, "since", 0));
}

/* One sentence for the kinds that need no more. */
static void
sentence(const char *kind, const json_t *w, struct buf *line)
{
	static const struct {
		const char *kind;
		void (*words)(const json_t *w, struct buf *line);
	} all[] = {
		{ "policy.adopt", policy_words },
		{ "disclose.many", many_words },
		{ "subject.review", person_words },
		{ "member.change", member_words_line },
		{ "member.link", link_words },
		{ "event.earlier", earlier_words },
		{ "record.void", void_words },
		{ "restore.confirm", confirm_words },
		{ "clock", clock_words },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(all[i].kind, kind) == 0) {
			all[i].words(w, line);
			return;
		}
	}
	if (strncmp(kind, "hold.", 5) == 0)
		hold_words(kind, w, line);
	else if (strcmp(kind, "restore") == 0 || strcmp(kind, "rollback") == 0)
		loss_words(kind, w, line);
	else
		proposal_step_words(kind, w, line);
}

static int
one_sentence(const struct proposal_row *p, json_t *list, struct hrv_err *err)
{
	struct buf line = BUF_INIT;
	int rc;

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

int
proposal_words(const struct proposal_row *p, json_t *list, struct hrv_err *err)
{
	int rc;

	if (strcmp(p->kind, "review") == 0)
		rc = review_words(p->what, list, err);
	else if (strncmp(p->kind, "case.", 5) == 0 &&
		 strcmp(p->kind, "case.close") != 0)
		rc = proposal_case_words(p, list, err);
	else
		rc = one_sentence(p, list, err);
	return rc == HRV_OK ? proposal_hashes(p->what, list, err) : rc;
}
