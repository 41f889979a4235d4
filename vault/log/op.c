/* SPDX-License-Identifier: ISC */
/*
 * The closed list of operations. Layer: log. Invariant: whatever releases
 * plaintext is write-ahead only (RELEASE), so that a leaf saying "done" never
 * stands alone; docs/formats/log.md has the same list.
 */
#include "vault/log/op.h"

#include <string.h>

/* Releases plaintext: intent first, outcome after. */
#define RELEASE (OP_INTENT | OP_OUTCOME)
/* One leaf, in the commit that makes the change. */
#define ONCE OP_SINGLE
/* Either, depending on whether something must be decrypted for it. */
#define EITHER (OP_INTENT | OP_OUTCOME | OP_SINGLE)
/* Closes or continues what an earlier intent began. */
#define FOLLOWS (OP_OUTCOME | OP_SINGLE)

static const struct op ops[] = {
	{ "vault.init", ONCE, true, "vault founded" },
	{ "session.open", ONCE, true, "session key vouched for by a member" },
	{ "session.lost", FOLLOWS, true,
	    "intent of a dead session closed: outcome unknown, treat as "
	    "disclosed" },
	{ "slots.adopt", ONCE, true, "new slot file in force" },
	{ "member.add", ONCE, true, "member added" },
	{ "member.renew", ONCE, true, "member's certificate extended" },
	{ "member.remove", ONCE, true, "member's grants revoked" },
	{ "member.exposed", ONCE, true,
	    "keys that were taken from a member before a restore" },
	{ "key.rotate", EITHER, true, "key replaced by a new version" },
	{ "key.destroyed", ONCE, true,
	    "what a rotation replaced was destroyed" },
	{ "key.split", EITHER, true, "recovery shares made" },
	{ "key.confirm", ONCE, true, "custodian confirmed a recovery share" },
	{ "key.withdraw", ONCE, true,
	    "recovery shares that were not all confirmed taken back" },
	{ "key.recover", EITHER, true, "keys recovered from shares" },
	{ "policy.adopt", ONCE, true, "schedule adopted" },
	{ "law.adopt", ONCE, true, "law adopted" },
	{ "calendar.adopt", ONCE, true, "calendar adopted" },
	{ "controller.adopt", ONCE, true, "contact of the controller adopted" },
	{ "subject.add", EITHER, true, "subject added" },
	{ "subject.update", EITHER, true, "identity corrected" },
	{ "subject.find", RELEASE, false, "identities searched" },
	{ "subject.show", RELEASE, false, "identity shown" },
	{ "subject.list", RELEASE, false, "identities listed" },
	{ "subject.event", EITHER, true,
	    "event of a subject set or retracted" },
	{ "subject.merge", EITHER, true, "two subjects made one" },
	{ "subject.consent", EITHER, true, "consent given or withdrawn" },
	{ "subject.preference", EITHER, true, "contact preference set" },
	{ "subject.confirm", ONCE, true,
	    "person confirmed what is kept about him or her" },
	{ "subject.notice", ONCE, true, "people told of a privacy notice" },
	{ "subject.member", ONCE, true,
	    "member linked to the subject that he or she is" },
	{ "subject.restrict", EITHER, true, "processing restricted" },
	{ "subject.lift", EITHER, true, "restriction lifted" },
	{ "subject.review", EITHER, true, "subject put up for review" },
	{ "record.add", EITHER, true, "record stored" },
	{ "record.read", RELEASE, false, "record decrypted and released" },
	{ "record.amend", EITHER, true, "new version stored" },
	{ "record.list", RELEASE, false, "records of a subject listed" },
	{ "record.show", RELEASE, false, "metadata of a record shown" },
	{ "record.explain", RELEASE, false, "dates of a record explained" },
	{ "record.event", EITHER, true, "event of a record set or retracted" },
	{ "record.link", EITHER, true, "other person linked to a record" },
	{ "record.move", EITHER, true, "record filed under another subject" },
	{ "record.reclassify", EITHER, true,
	    "record filed under another class" },
	{ "record.void", EITHER, true,
	    "record filed in error marked to destroy" },
	{ "record.review", EITHER, true, "record put up for review" },
	{ "record.due", ONCE, true, "records became due, notice begins" },
	{ "record.import", EITHER, true, "batch of records stored" },
	{ "hold.place", EITHER, true, "legal hold placed" },
	{ "hold.snapshot", ONCE, true,
	    "records that a hold covered when it was placed" },
	{ "hold.amend", ONCE, true, "legal hold extended" },
	{ "hold.notice", ONCE, true, "custodians told of a hold" },
	{ "hold.remind", ONCE, true, "custodians reminded of a hold" },
	{ "hold.acknowledge", ONCE, true, "notice of a hold acknowledged" },
	{ "hold.release", EITHER, true, "legal hold released" },
	{ "hold.show", RELEASE, false, "matter of a hold shown" },
	{ "hold.export", RELEASE, false, "records of a hold handed out" },
	{ "proposal.open", EITHER, true, "proposal made" },
	{ "proposal.approve", EITHER, true, "proposal approved" },
	{ "proposal.reject", EITHER, true, "proposal rejected" },
	{ "proposal.show", RELEASE, false, "reasons of a proposal shown" },
	{ "proposal.expire", ONCE, true, "proposal lapsed" },
	{ "purge.intent", OP_INTENT | OP_SINGLE, false,
	    "destruction of a list announced" },
	{ "purge.commit", FOLLOWS, true, "records destroyed in the database" },
	{ "purge.destroyed", FOLLOWS, true, "old key generation destroyed" },
	{ "purge.heartbeat", ONCE, false, "purge ran, nothing was due" },
	{ "purge.certificate", FOLLOWS, true, "certificate of a run written" },
	{ "clock.confirm", ONCE, true, "clock confirmed by two people" },
	{ "case.open", EITHER, true, "case opened" },
	{ "case.event", EITHER, true, "event of a case" },
	{ "case.show", RELEASE, false, "case shown" },
	{ "case.collect", EITHER, true, "records of a case collected" },
	{ "case.decide", EITHER, true, "record of a case decided" },
	{ "case.signoff", ONCE, true, "legal let a record of a case out" },
	{ "case.redact", EITHER, true, "redacted copy derived for a case" },
	{ "case.contribute", EITHER, true, "derived copies handed to a case" },
	{ "case.erase", EITHER, true, "erasure of records ordered" },
	{ "case.export", RELEASE, false, "case package released" },
	{ "case.letter", RELEASE, false, "letter to the requester written" },
	{ "case.deliver", EITHER, true, "case package delivered" },
	{ "case.refuse", EITHER, true, "case refused" },
	{ "case.close", EITHER, true, "case closed" },
	{ "case.reopen", EITHER, true, "case opened again" },
	{ "disclose", RELEASE, true, "record disclosed to a recipient" },
	{ "disclose.prepare", RELEASE, false,
	    "records looked into for a disclosure without names" },
	{ "recipient.add", EITHER, true, "recipient registered" },
	{ "recipient.list", RELEASE, false, "recipients listed" },
	{ "import", EITHER, true, "import of a file begun and ended" },
	{ "backup.records", EITHER, true, "records backed up" },
	{ "backup.keys", EITHER, true, "wrapped keys backed up" },
	{ "backup.log", EITHER, true, "log backed up" },
	{ "backup.expire", EITHER, true, "backup epoch destroyed" },
	{ "backup.escrow", ONCE, true, "escrow of backup epochs registered" },
	{ "backup.epoch", ONCE, true, "backup epoch begun" },
	{ "backup.drill", ONCE, false, "restore tried and compared" },
	{ "restore", EITHER, true, "vault restored from a backup" },
	{ "restore.confirm", ONCE, true,
	    "what a restore lost was entered again" },
	{ "rollback.accept", ONCE, true, "older state accepted by two people" },
	{ "log.succession", ONCE, true, "log key or origin succeeded" },
	{ "check", EITHER, false, "vault checked for damage" },
	{ "check.repair", EITHER, true, "damage repaired" },
	{ "audit.reasons", RELEASE, false, "typed reasons read" },
};

const struct op *
op_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strlen(ops[i].name) == len &&
		    memcmp(ops[i].name, name, len) == 0)
			return &ops[i];
	}
	return NULL;
}

const struct op *
op_at(size_t i)
{
	return i < sizeof(ops) / sizeof(ops[0]) ? &ops[i] : NULL;
}

const char *
op_phase_name(enum op_phase phase)
{
	switch (phase) {
	case OP_INTENT:
		return "intent";
	case OP_OUTCOME:
		return "outcome";
	case OP_SINGLE:
		return "single";
	default:
		return NULL;
	}
}
