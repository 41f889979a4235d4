-- vault.db, step 2. Statements of a person on a record about them (GDPR
-- Art. 16): each is a record of its own.

-- The record that it was filed with, of the same subject, class and
-- compartment; its dates follow that record, and both go in the same run.
-- NULL: no statement.
ALTER TABLE record ADD COLUMN statement_on BLOB;
CREATE INDEX record_statement ON record (statement_on)
	WHERE statement_on IS NOT NULL;
