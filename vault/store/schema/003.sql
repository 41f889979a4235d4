-- vault.db, step 3. What a pending date was, so that whoever makes a date
-- pending cannot have an earlier one taken for a first one.

-- purge_from as it was last known, while there is none; '' where there never
-- was one, and with a date.
ALTER TABLE term ADD COLUMN known TEXT NOT NULL DEFAULT '';
