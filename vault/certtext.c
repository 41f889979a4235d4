/* SPDX-License-Identifier: ISC */
/*
 * Certificates for people: what was destroyed, by which rule, on what facts,
 * and how anybody can check it. Layer: verbs; pure.
 */
#include "vault/certtext.h"

#include <string.h>

static const char *
str(const json_t *o, const char *key)
{
	const char *s = json_str(o, key);

	return s == NULL ? "-" : s;
}

static long long
num(const json_t *o, const char *key)
{
	return (long long)json_int(o, key, 0);
}

static void
add_facts(const json_t *basis, struct buf *out)
{
	const json_t *facts = json_object_get(basis, "facts");

	for (size_t i = 0; i < json_array_size(facts); i++) {
		const json_t *f = json_array_get(facts, i);

		if (json_str(f, "date") != NULL)
			buf_addf(out, "    %-18s%s: %s\n",
			    i == 0 ? "facts" : "", str(f, "event"),
			    str(f, "date"));
		else
			buf_addf(out, "    %-18s%s of %lld years reached\n",
			    i == 0 ? "facts" : "", str(f, "event"),
			    num(f, "age_reached"));
	}
}

static void
add_why(const json_t *r, struct buf *out)
{
	const json_t *basis = json_object_get(r, "basis");
	const json_t *approvals = json_object_get(r, "approvals");

	buf_addf(out, "    %-18s%s\n", "class", str(r, "class"));
	buf_addf(out, "    %-18s%s (%s)\n", "rule", str(basis, "rule"),
	    str(basis, "citation"));
	buf_addf(out, "    %-18s%s %s\n", "schedule", str(basis, "schedule"),
	    str(basis, "schedule_version"));
	add_facts(basis, out);
	if (json_str(basis, "keep_until") != NULL &&
	    str(basis, "keep_until")[0] != '\0')
		buf_addf(out, "    %-18s%s\n", "to be kept until",
		    str(basis, "keep_until"));
	if (json_str(basis, "limit_until") != NULL &&
	    str(basis, "limit_until")[0] != '\0')
		buf_addf(out, "    %-18s%s\n", "at most until",
		    str(basis, "limit_until"));
	buf_addf(out, "    %-18s%s\n", "checked", str(r, "hold_check"));
	for (size_t i = 0; i < json_array_size(approvals); i++)
		buf_addf(out, "    %-18s%s\n", i == 0 ? "approved by" : "",
		    json_string_value(json_array_get(approvals, i)));
}

static void
add_record(const json_t *r, struct buf *out)
{
	buf_addf(
	    out, "\n  %s, version %lld\n", str(r, "id"), num(r, "version"));
	add_why(r, out);
}

static const char *
paper_word(const char *class_name)
{
	if (strcmp(class_name, "vault.tombstone") == 0)
		return "stub";
	return strcmp(class_name, "vault.disclosure") == 0 ? "disclosures"
							   : "file";
}

/* What the vault itself had written, and was over as well. */
static void
add_papers(const json_t *list, struct buf *out)
{
	if (json_array_size(list) > 0)
		buf_addf(out, "\nPapers of the vault itself: %zu\n",
		    json_array_size(list));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *p = json_array_get(list, i);

		buf_addf(out, "\n  %s of %s\n", paper_word(str(p, "class")),
		    str(p, "id"));
		add_why(p, out);
	}
}

/* The controller and how it is reached, in the left column of the head. */
static void
add_controller(const json_t *who, struct buf *out)
{
	const json_t *lines = json_object_get(who, "address");
	const json_t *contact = json_object_get(who, "contact");
	static const char *const ways[] = { "name", "email", "phone" };

	if (!json_is_object(who)) {
		buf_addf(out, "%-22s%s\n", "Controller",
		    "not recorded in this vault");
		return;
	}
	buf_addf(out, "%-22s%s\n", "Controller", str(who, "name"));
	for (size_t i = 0; i < json_array_size(lines); i++)
		buf_addf(out, "%-22s%s\n", "",
		    json_string_value(json_array_get(lines, i)));
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (json_str(contact, ways[i]) != NULL)
			buf_addf(out, "%-22s%s\n", i == 0 ? "Contact" : "",
			    json_str(contact, ways[i]));
	}
}

static void
add_head(const json_t *c, struct buf *out)
{
	const json_t *f = json_object_get(c, "facts");
	const json_t *log = json_object_get(c, "log");

	buf_adds(out, "CERTIFICATE OF DESTRUCTION\n\n");
	add_controller(json_object_get(c, "controller"), out);
	buf_addf(out, "%-22s%s\n", "Destruction run", str(c, "run"));
	buf_addf(out, "%-22s%s (%s)\n", "Day and time", str(c, "day"),
	    str(c, "time"));
	buf_addf(out, "%-22s%s, role %s\n", "Certified by", str(c, "member"),
	    str(c, "role"));
	buf_addf(out, "%-22s%s\n", "Vault", str(c, "vault"));
	buf_addf(out, "%-22s%s, entry %lld\n", "Log", str(log, "origin"),
	    num(log, "index"));
	buf_addf(out, "%-22s%lld of %lld keys destroyed\n", "Keys",
	    num(f, "keys_before") - num(f, "keys_after"),
	    num(f, "keys_before"));
	buf_addf(out, "%-22s%lld, followed by %lld\n", "Key generation",
	    num(f, "generation_before"), num(f, "generation_after"));
	buf_addf(
	    out, "%-22s%s\n", "Medium of the anchor", str(c, "anchor_medium"));
	buf_addf(out, "%-22s%s\n", "Last key backup",
	    json_str(c, "last_key_backup_dies") == NULL
		? "none known to this vault"
		: str(c, "last_key_backup_dies"));
}

int
certtext_write(const json_t *certificate, struct buf *out, struct hrv_err *err)
{
	const json_t *f = json_object_get(certificate, "facts");
	const json_t *records = json_object_get(f, "records");
	const json_t *people = json_object_get(f, "identities");

	add_head(certificate, out);
	buf_addf(out, "\nDestroyed: %zu\n", json_array_size(records));
	for (size_t i = 0; i < json_array_size(records); i++)
		add_record(json_array_get(records, i), out);
	if (json_array_size(people) > 0)
		buf_adds(out, "\nWith their last record, who these subjects "
			      "were:\n\n");
	for (size_t i = 0; i < json_array_size(people); i++)
		buf_addf(out, "  %s\n",
		    json_string_value(json_array_get(people, i)));
	add_papers(json_object_get(f, "papers"), out);
	buf_adds(out,
	    "\nEach record was encrypted under a key of its own. Those keys "
	    "were left out of\nthe next key generation, and the anchor without "
	    "which the old generation cannot\nbe opened was overwritten and "
	    "removed. On solid-state and copy-on-write media\noverwriting is "
	    "not certain to reach the medium itself.\n\nTo check this "
	    "certificate: 'hrvault purge verify D-....json', or gpg --verify "
	    "on the\n.json.sig file and any C2SP tlog-proof client on the "
	    ".tlog-proof file.\n");
	return buf_ok(out, err);
}
