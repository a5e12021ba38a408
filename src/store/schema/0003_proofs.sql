-- What proves that an incident may be closed.

-- Number of the edition the delisting signed: its publications must be verified before the incident is closed. Older
-- editions name the incident at the start of their note; a later incident of a delisted entry has that entry's edition.
ALTER TABLE incident ADD COLUMN edition_no INTEGER;
UPDATE incident SET edition_no = (
        SELECT number FROM catalog_edition
        WHERE substr(note, 1, length(incident.code) + 1) = incident.code || ' ' ORDER BY number LIMIT 1)
    WHERE confirmed_at IS NOT NULL;
UPDATE incident SET edition_no = (SELECT min(o.edition_no) FROM incident o WHERE o.entry_id = incident.entry_id)
    WHERE edition_no IS NULL AND confirmed_at IS NOT NULL;
