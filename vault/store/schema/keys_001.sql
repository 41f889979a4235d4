-- SPDX-License-Identifier: ISC
-- keys.<gen>.db, step 1: one generation of wrapped data keys and nothing else.
-- Keys are added; none is ever changed or taken out here. To forget some, a
-- purge writes the survivors into the next generation and destroys this file
-- together with the anchor that opens it.

-- One row: the number of this generation, so that a file put back under the
-- name of another one is noticed.
CREATE TABLE generation (
	gen INTEGER PRIMARY KEY CHECK (gen > 0)
);

-- One row for each version of a record, typed detail or case copy.
CREATE TABLE dek (
	-- 16 random bytes. vault.db refers to them; they are hashed into the log
	-- (the set of all of them, sorted) whenever a generation begins.
	dek_id BLOB PRIMARY KEY NOT NULL CHECK (length(dek_id) = 16),
	-- What the key belongs to; part of what its wrapping authenticates.
	record_id BLOB NOT NULL CHECK (length(record_id) = 16),
	-- 1 content, 2 detail, 3 case copy; authenticated too.
	purpose INTEGER NOT NULL CHECK (purpose BETWEEN 1 AND 3),
	-- Name and version of the key that wraps it: 'kek/pay', 3.
	kek TEXT NOT NULL,
	kek_version INTEGER NOT NULL CHECK (kek_version > 0),
	-- The 66 bytes of the key wrap format.
	wrapped BLOB NOT NULL CHECK (length(wrapped) = 66),
	-- Day it was added, counted from 1970-01-01: an orphan younger than 30
	-- days may belong to a change that is still under way.
	added INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER dek_no_update BEFORE UPDATE ON dek
BEGIN
	SELECT RAISE(ABORT, 'a data key is never changed');
END;

CREATE TRIGGER dek_no_delete BEFORE DELETE ON dek
BEGIN
	SELECT RAISE(ABORT, 'a data key is never taken out');
END;
