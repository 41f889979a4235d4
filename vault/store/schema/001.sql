-- vault.db, step 1. Layer 1: what every role sees. Nothing here names or
-- describes a person; what does is sealed (columns named sealed or header) or
-- lies in a pack. Dates are civil dates as ISO text, times are UTC as in the
-- log. Ids are the 16 bytes of an opaque id; the letter follows from the
-- column.

-- What this vault is. One row.
CREATE TABLE vault (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	-- SHA-256 of slots.1
	vault_id BLOB NOT NULL,
	-- origin of the log's checkpoints
	origin TEXT NOT NULL,
	-- generation of keystore and anchor in force; its change is THE moment
	-- at which purged keys are gone
	gen INTEGER NOT NULL,
	-- the log's right edge (tree.h), also its size
	frontier BLOB NOT NULL,
	-- 1 until there were two approvers; never goes back
	founding INTEGER NOT NULL,
	-- SHA-256 of the slot file in force
	slots BLOB NOT NULL,
	-- 1 while a restored vault waits for its approval: nothing is read then
	restoring INTEGER NOT NULL DEFAULT 0,
	-- 1 when it was restored without a backup of its log
	without_log INTEGER NOT NULL DEFAULT 0
);

-- The log: one row a leaf. payload is the canonical JSON the leaf names.
CREATE TABLE leaf (
	idx INTEGER PRIMARY KEY,
	bytes BLOB NOT NULL,
	payload BLOB
);

-- Roots of full subtrees, so that proofs and old roots need few reads.
-- Level 0 is the hash of a leaf.
CREATE TABLE node (
	level INTEGER NOT NULL,
	pos INTEGER NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (level, pos)
) WITHOUT ROWID;

-- Rows of a batch's manifest: which things it touched and the state hash of
-- each afterwards (empty for a batch that only read).
CREATE TABLE manifest (
	leaf INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	kind TEXT NOT NULL,
	thing BLOB NOT NULL,
	state BLOB NOT NULL,
	PRIMARY KEY (leaf, seq)
) WITHOUT ROWID;
CREATE INDEX manifest_thing ON manifest (thing, leaf);

-- Signed heads, newest last.
CREATE TABLE checkpoint (
	size INTEGER PRIMARY KEY,
	note BLOB NOT NULL
);

-- Intents without an outcome yet. If the session has died, the next writer
-- closes them as "outcome unknown, treat as disclosed".
CREATE TABLE intent (
	leaf INTEGER PRIMARY KEY,
	session TEXT NOT NULL
);

-- Keys that a member knew and lost the right to: who left, or whose
-- compartments were cut. Each is to be replaced; whether it was is what the
-- slot file says. Folded from member.remove and member.renew.
CREATE TABLE exposed (
	-- "kek/pay.1"
	key TEXT NOT NULL,
	member TEXT NOT NULL,
	leaf INTEGER NOT NULL,
	PRIMARY KEY (key, member, leaf)
) WITHOUT ROWID;

-- Keys of the log after the first, each with the log.succession entry that
-- brought it.
CREATE TABLE logkey (
	leaf INTEGER PRIMARY KEY,
	vkey TEXT NOT NULL
);

-- Compartments whose records are being sealed anew (key rotate --reencrypt), and
-- how far that is: the last record, in the order of ids.
CREATE TABLE reseal (
	compartment TEXT PRIMARY KEY,
	after BLOB NOT NULL
) WITHOUT ROWID;

-- Rotations whose old keystore generation is not destroyed yet.
CREATE TABLE rotation (
	gen INTEGER PRIMARY KEY,
	session TEXT NOT NULL,
	leaf INTEGER NOT NULL
);

-- Recovery shares that were handed to custodians. Which share is whose, and
-- its hash, are in the payload of the entry.
CREATE TABLE share (
	split BLOB NOT NULL,
	-- number of the share, from 1
	idx INTEGER NOT NULL,
	-- entry of the split
	leaf INTEGER NOT NULL,
	-- how many shares give the keys
	threshold INTEGER NOT NULL,
	-- entry of the custodian's confirmation
	confirmed INTEGER,
	PRIMARY KEY (split, idx)
) WITHOUT ROWID;

-- Texts of schedules, laws, calendars and controllers, every version ever adopted.
CREATE TABLE policy (
	-- SHA-256 of text
	hash BLOB NOT NULL,
	-- schedule, law, calendar or controller
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	version TEXT NOT NULL,
	text BLOB NOT NULL,
	-- entry that adopted it; the newest of a kind and name is in force, of
	-- schedules and controllers the newest of the kind
	leaf INTEGER NOT NULL,
	adopted TEXT NOT NULL,
	PRIMARY KEY (kind, name, leaf)
) WITHOUT ROWID;

-- People the records are about.
CREATE TABLE subject (
	id BLOB PRIMARY KEY,
	-- candidate or employee
	kind TEXT NOT NULL,
	-- live, merged, or gone with the last record
	status TEXT NOT NULL,
	-- whom it became (the same person, entered twice), or NULL
	went BLOB,
	-- the identity record (class vault.identity)
	identity BLOB NOT NULL,
	-- ground of a restriction (Art. 18), or NULL; records that come later
	-- take it over
	restricted TEXT,
	-- entry that last changed kind, events, restriction or what the person
	-- confirmed or was told, and the state it stated
	state_leaf INTEGER NOT NULL,
	state BLOB NOT NULL
) WITHOUT ROWID;

CREATE INDEX subject_went ON subject (went) WHERE went IS NOT NULL;

-- Dated facts of a subject or a record. A retracted one is deleted here and
-- stays in the log.
CREATE TABLE event (
	-- S or R
	kind TEXT NOT NULL,
	owner BLOB NOT NULL,
	-- full name: subject.ended, record.pay_date
	name TEXT NOT NULL,
	day TEXT NOT NULL,
	leaf INTEGER NOT NULL,
	PRIMARY KEY (owner, name, day)
) WITHOUT ROWID;

-- Records, one row each, also after the purge.
CREATE TABLE record (
	id BLOB PRIMARY KEY,
	subject BLOB NOT NULL,
	class TEXT NOT NULL,
	compartment TEXT NOT NULL,
	-- number of the newest version
	version INTEGER NOT NULL,
	-- live or purged
	status TEXT NOT NULL,
	-- the document's own date
	created TEXT NOT NULL,
	-- day it came into the vault
	stored TEXT NOT NULL,
	-- birth dates, only where the class has an age rule
	born TEXT,
	dependant_born TEXT,
	-- subject, employer or third_party
	provided_by TEXT NOT NULL,
	-- ground of a restriction (Art. 18), or NULL
	restricted TEXT,
	-- 1: given or received in confidence, as a reference may be
	confidential INTEGER NOT NULL DEFAULT 0,
	-- entry that last changed a fact, and the state it stated
	state_leaf INTEGER NOT NULL,
	state BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX record_subject ON record (subject, class, id);

-- Other people a record is about.
CREATE TABLE link (
	record BLOB NOT NULL,
	subject BLOB NOT NULL,
	-- author, witness or referee
	role TEXT NOT NULL,
	PRIMARY KEY (record, subject, role)
) WITHOUT ROWID;
CREATE INDEX link_subject ON link (subject, record);

-- Versions of a record. Each has a key of its own and an end of its own, so
-- the version is what a purge destroys.
CREATE TABLE version (
	record BLOB NOT NULL,
	n INTEGER NOT NULL,
	-- id of its data key in the keystore
	dek BLOB NOT NULL,
	-- version of the compartment's KEK that wraps it
	kek INTEGER NOT NULL,
	-- sealed header; NULL after the purge
	header BLOB,
	-- where the sealed body lies; pack NULL: none, or purged
	pack INTEGER,
	pos INTEGER,
	length INTEGER,
	-- SHA-256 of the sealed body as stored
	body_hash BLOB NOT NULL,
	-- plaintext bytes
	size INTEGER NOT NULL,
	stored TEXT NOT NULL,
	-- day on which a newer version came, or NULL
	superseded TEXT,
	-- newest entry of the log when its key was made: a key backup covers it
	-- when it was begun by a later one
	since INTEGER NOT NULL,
	PRIMARY KEY (record, n)
) WITHOUT ROWID;
CREATE INDEX version_since ON version (since, record);

-- Data keys that nothing refers to any more because their record was sealed
-- anew under another subject or class. The next purge leaves them out.
CREATE TABLE retired (
	dek BLOB PRIMARY KEY,
	record BLOB NOT NULL
) WITHOUT ROWID;

-- What the schedule in force makes of each live version. Kept apart from
-- version so that the due list reads one narrow covering index.
CREATE TABLE term (
	record BLOB NOT NULL,
	n INTEGER NOT NULL,
	subject BLOB NOT NULL,
	class TEXT NOT NULL,
	-- dates; 'pending' while there is none yet; NULL for no such bound
	keep_until TEXT,
	limit_until TEXT,
	-- a date, or '' while pending
	purge_from TEXT NOT NULL,
	-- from this day the version is to be restricted, or NULL
	restrict_from TEXT,
	-- purge, review or permanent
	at_expiry TEXT NOT NULL,
	-- day on which a record without a trigger is put up for review; NULL
	-- for never, and once it has a date
	review_on TEXT,
	-- schedule it was computed with
	policy BLOB NOT NULL,
	PRIMARY KEY (record, n)
) WITHOUT ROWID;
CREATE INDEX term_due ON term (purge_from, at_expiry, record, n);
CREATE INDEX term_policy ON term (policy);
CREATE INDEX term_review ON term (review_on, record, n);

-- Who looked last at what never fell due by itself, and the day to look
-- again: the newest entry record.review or subject.review of it.
CREATE TABLE review (
	thing BLOB PRIMARY KEY,
	-- a date
	next TEXT NOT NULL,
	leaf INTEGER NOT NULL
) WITHOUT ROWID;

-- Blind index: words of names, numbers, addresses, phones. token is the
-- first 8 bytes of an HMAC; rows die with the identity.
CREATE TABLE blind (
	token INTEGER NOT NULL,
	field INTEGER NOT NULL,
	subject BLOB NOT NULL,
	PRIMARY KEY (token, field, subject)
) WITHOUT ROWID;
CREATE INDEX blind_subject ON blind (subject);

-- Reasons people typed, sealed; the leaf commits to them. They die with
-- their owner.
CREATE TABLE detail (
	leaf INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	owner BLOB NOT NULL,
	dek BLOB NOT NULL,
	kek INTEGER NOT NULL,
	-- name of the KEK: kek/detail or kek/hold
	kek_name TEXT NOT NULL,
	sealed BLOB NOT NULL
);
CREATE INDEX detail_owner ON detail (owner);

-- Legal holds. Never edited: released by a later entry. Matter and reason
-- are the detail of the entry that placed it, under kek/hold.
CREATE TABLE hold (
	id BLOB PRIMARY KEY,
	-- canonical scope: ids, classes, date range
	scope TEXT NOT NULL,
	-- active, cooling or released
	status TEXT NOT NULL,
	placed_leaf INTEGER NOT NULL,
	placed TEXT NOT NULL,
	-- day on which somebody should ask whether it is still needed
	review TEXT,
	released_leaf INTEGER,
	-- first day on which a purge may act again
	free_from TEXT,
	-- ordinary, or what the law asks for: charge, preservation, tax-audit,
	-- insurance-claim
	kind TEXT NOT NULL DEFAULT 'ordinary',
	-- entry whose manifest has the records covered at placement, or NULL
	snapshot INTEGER
) WITHOUT ROWID;

-- What was added to a hold later; what was added is in its scope.
CREATE TABLE hold_amendment (
	hold BLOB NOT NULL,
	leaf INTEGER NOT NULL,
	at TEXT NOT NULL,
	PRIMARY KEY (hold, leaf)
) WITHOUT ROWID;

-- Who was told of a hold. Preservation does not depend on it.
CREATE TABLE hold_notice (
	hold BLOB NOT NULL,
	n INTEGER NOT NULL,
	-- fingerprint; NULL: a name, in the detail of the entry
	member TEXT,
	text_version TEXT NOT NULL,
	-- days between reminders; 0: none
	every INTEGER NOT NULL,
	sent TEXT NOT NULL,
	reminded TEXT,
	reminders INTEGER NOT NULL,
	acknowledged TEXT,
	-- entry that says it was sent
	leaf INTEGER NOT NULL,
	PRIMARY KEY (hold, n)
) WITHOUT ROWID;

-- Which members are, as persons, subjects of this vault: who a matter is about
-- decides nothing in it.
CREATE TABLE member_subject (
	-- fingerprint
	member TEXT NOT NULL,
	subject BLOB NOT NULL,
	leaf INTEGER NOT NULL,
	PRIMARY KEY (member, subject)
) WITHOUT ROWID;

-- Cases: requests of data subjects.
CREATE TABLE kase (
	id BLOB PRIMARY KEY,
	subject BLOB NOT NULL,
	-- access, portability, rectification, erasure, restriction, objection
	claim TEXT NOT NULL,
	-- open, exported, decided, delivered, refused, closed
	status TEXT NOT NULL,
	-- hashes of the law and calendar that apply
	law BLOB NOT NULL,
	calendar BLOB NOT NULL,
	-- local day of receipt
	received TEXT NOT NULL,
	channel TEXT NOT NULL,
	opened_leaf INTEGER NOT NULL,
	-- last day on which it still freezes destruction, once closed
	frozen_until TEXT
) WITHOUT ROWID;
CREATE INDEX kase_subject ON kase (subject);

-- Dated steps of a case; its due date follows from them alone.
CREATE TABLE kase_event (
	kase BLOB NOT NULL,
	seq INTEGER NOT NULL,
	name TEXT NOT NULL,
	day TEXT NOT NULL,
	leaf INTEGER NOT NULL,
	PRIMARY KEY (kase, seq)
) WITHOUT ROWID;

-- What was found for a case and what becomes of it.
CREATE TABLE kase_item (
	kase BLOB NOT NULL,
	record BLOB NOT NULL,
	n INTEGER NOT NULL,
	-- undecided, disclosed, redacted, withheld, destroyed (a stub); of an
	-- erasure: erase, ordered (by two people), refused
	disposition TEXT NOT NULL,
	-- why: a code of the law, the rule that destroyed it, or the ground on
	-- which it is kept
	code TEXT,
	-- own, or the role in which the person is linked to it
	via TEXT NOT NULL,
	-- entry that put or decided it; a typed reason hangs there
	leaf INTEGER NOT NULL,
	-- what opened the law's gate: 'known', 'signoff', or 'opinion' and the
	-- day it was given; NULL: nothing yet
	gate TEXT,
	PRIMARY KEY (kase, record, n)
) WITHOUT ROWID;
CREATE INDEX kase_item_record ON kase_item (record);
CREATE INDEX kase_item_ordered ON kase_item (record, n)
	WHERE disposition = 'ordered';

-- Recipients who were told what became of records they had (Art. 19).
CREATE TABLE kase_told (
	kase BLOB NOT NULL,
	recipient BLOB NOT NULL,
	day TEXT NOT NULL,
	leaf INTEGER NOT NULL,
	PRIMARY KEY (kase, recipient)
) WITHOUT ROWID;

-- Copies derived for a case: redacted, or contributed from a compartment that
-- its handler does not hold; and, as record the case itself with n 0, what
-- collecting froze. Sealed under kek/casework, each with a key that belongs to
-- the case and dies with it.
CREATE TABLE kase_copy (
	kase BLOB NOT NULL,
	record BLOB NOT NULL,
	n INTEGER NOT NULL,
	dek BLOB NOT NULL,
	kek INTEGER NOT NULL,
	header BLOB NOT NULL,
	-- where the sealed body lies; pack NULL: the header is all there is
	pack INTEGER,
	pos INTEGER,
	length INTEGER,
	-- SHA-256 of the sealed body as stored, or of the sealed header
	body_hash BLOB NOT NULL,
	-- plaintext bytes
	size INTEGER NOT NULL,
	-- entry that stored it
	leaf INTEGER NOT NULL,
	PRIMARY KEY (kase, record, n)
) WITHOUT ROWID;

-- Destruction runs.
CREATE TABLE run (
	id BLOB PRIMARY KEY,
	session TEXT NOT NULL,
	-- the day the run decided for
	day TEXT NOT NULL,
	-- committed, destroyed (old generation gone), certified
	status TEXT NOT NULL,
	gen_before INTEGER NOT NULL,
	gen_after INTEGER NOT NULL,
	records INTEGER NOT NULL,
	intent_leaf INTEGER NOT NULL,
	commit_leaf INTEGER NOT NULL,
	destroyed_leaf INTEGER,
	-- what the certificate is made of, as canonical JSON
	facts BLOB NOT NULL,
	-- certificate: JSON, text, signature, proof
	cert_json BLOB,
	cert_text BLOB,
	cert_sig BLOB,
	cert_proof BLOB
) WITHOUT ROWID;
CREATE INDEX run_commit ON run (commit_leaf);

-- What is left of a destroyed version.
CREATE TABLE tombstone (
	record BLOB NOT NULL,
	n INTEGER NOT NULL,
	subject BLOB NOT NULL,
	class TEXT NOT NULL,
	compartment TEXT NOT NULL,
	run BLOB NOT NULL,
	day TEXT NOT NULL,
	rule TEXT NOT NULL,
	PRIMARY KEY (record, n)
) WITHOUT ROWID;
CREATE INDEX tombstone_subject ON tombstone (subject, class, day);
CREATE INDEX tombstone_day ON tombstone (day, record);

-- Steps that take two people. The log is the truth about them: a status here
-- that the log does not bear out counts for nothing.
CREATE TABLE proposal (
	id BLOB PRIMARY KEY,
	-- hold.release, policy.adopt, review, ...
	kind TEXT NOT NULL,
	-- fingerprint
	proposer TEXT NOT NULL,
	-- SHA-256 of the canonical description of what will be done
	what BLOB NOT NULL,
	-- the canonical payload that is approved, as logged
	payload BLOB NOT NULL,
	-- open, approved, done, rejected or expired
	status TEXT NOT NULL,
	-- last day on which it may be approved or carried out
	expires TEXT NOT NULL,
	opened_leaf INTEGER NOT NULL,
	opened TEXT NOT NULL,
	-- who approved it, and the OpenPGP signature that does
	approver TEXT,
	signature BLOB,
	approved_leaf INTEGER,
	-- entry that carried it out, rejected it or let it lapse
	ended_leaf INTEGER
) WITHOUT ROWID;
CREATE INDEX proposal_what ON proposal (what, proposer);
CREATE INDEX proposal_status ON proposal (status, kind);

-- Packs and their committed lengths.
CREATE TABLE pack (
	n INTEGER PRIMARY KEY,
	length INTEGER NOT NULL
);

-- Escrow folders, the newest is the registered one.
CREATE TABLE escrow (
	leaf INTEGER PRIMARY KEY,
	-- 16 bytes, also in the folder
	id BLOB NOT NULL,
	-- fingerprints, with commas
	custodians TEXT NOT NULL,
	-- until an epoch closes
	days INTEGER NOT NULL,
	-- how many such spans until it dies
	keep INTEGER NOT NULL
);

-- Epochs of key backups. The private half lies in the escrow folder alone.
CREATE TABLE epoch (
	n INTEGER PRIMARY KEY,
	key BLOB NOT NULL,
	escrow BLOB NOT NULL,
	begins TEXT NOT NULL,
	closes TEXT NOT NULL,
	dies TEXT NOT NULL,
	-- of the sealed private half
	sealed_hash BLOB NOT NULL,
	leaf INTEGER NOT NULL,
	-- entry that says it was destroyed, or NULL
	ended_leaf INTEGER
);

-- Finished backups. The log also knows those that were only begun.
CREATE TABLE backup (
	id BLOB PRIMARY KEY,
	-- records, keys or log
	kind TEXT NOT NULL,
	intent_leaf INTEGER NOT NULL,
	leaf INTEGER NOT NULL,
	day TEXT NOT NULL,
	-- of keys, else NULL
	epoch INTEGER,
	-- entries of the log that it covers
	log_size INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	copied INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX backup_kind ON backup (kind, intent_leaf);

-- Where the log went on under another origin: entries before `fork` stayed,
-- those up to `size` were given up.
CREATE TABLE succession (
	leaf INTEGER PRIMARY KEY,
	before TEXT NOT NULL,
	fork INTEGER NOT NULL,
	size INTEGER NOT NULL,
	root BLOB NOT NULL,
	origin TEXT NOT NULL
);

-- Entries that were given up by a restore, from its log backup.
CREATE TABLE past (
	origin TEXT NOT NULL,
	idx INTEGER NOT NULL,
	bytes BLOB NOT NULL,
	payload BLOB,
	PRIMARY KEY (origin, idx)
) WITHOUT ROWID;

-- Whom records may be disclosed to: organisations. The name is the detail of
-- the entry that registered it.
CREATE TABLE recipient (
	id BLOB PRIMARY KEY,
	-- group, processor, authority or other
	kind TEXT NOT NULL,
	-- two letters (ISO 3166)
	country TEXT NOT NULL,
	-- adequacy, scc, bcr, consent or none
	safeguard TEXT NOT NULL,
	-- last day on which the safeguard counts, or NULL
	until TEXT,
	added TEXT NOT NULL,
	leaf INTEGER NOT NULL
) WITHOUT ROWID;

-- Each disclosure, by the entry that says it was done.
CREATE TABLE disclosure (
	record BLOB NOT NULL,
	leaf INTEGER NOT NULL,
	n INTEGER NOT NULL,
	recipient BLOB NOT NULL,
	purpose TEXT NOT NULL,
	day TEXT NOT NULL,
	PRIMARY KEY (record, leaf)
) WITHOUT ROWID;

-- Acts of giving and withdrawing consent, never edited.
CREATE TABLE consent (
	subject BLOB NOT NULL,
	leaf INTEGER NOT NULL,
	purpose TEXT NOT NULL,
	-- given or withdrawn
	act TEXT NOT NULL,
	-- of the text that was agreed to
	text_version TEXT NOT NULL,
	day TEXT NOT NULL,
	PRIMARY KEY (subject, leaf)
) WITHOUT ROWID;

-- What was asked of or told to a person, never edited.
CREATE TABLE attest (
	subject BLOB NOT NULL,
	leaf INTEGER NOT NULL,
	-- confirmed: the person said that what is kept is right; notice: was
	-- told of that version of the privacy notice
	act TEXT NOT NULL,
	-- of the notice; '' of a confirmation
	version TEXT NOT NULL,
	day TEXT NOT NULL,
	PRIMARY KEY (subject, leaf)
) WITHOUT ROWID;

-- Over which channels subjects want to hear from the employer: the history.
CREATE TABLE preference (
	subject BLOB NOT NULL,
	leaf INTEGER NOT NULL,
	-- email, phone or post
	channel TEXT NOT NULL,
	allowed INTEGER NOT NULL,
	day TEXT NOT NULL,
	PRIMARY KEY (subject, leaf)
) WITHOUT ROWID;

-- Addresses that want nothing, as HMACs under K_suppress. Nothing says whose
-- they are, and no purge takes them away.
CREATE TABLE suppression (
	token BLOB PRIMARY KEY,
	channel TEXT NOT NULL,
	day TEXT NOT NULL
) WITHOUT ROWID;
