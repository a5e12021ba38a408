-- What proves that an incident may be closed, and what backs a purchase.

-- Number of the edition the delisting signed: its publications must be verified before the incident is closed. Older
-- editions name the incident at the start of their note; a later incident of a delisted entry has that entry's edition.
ALTER TABLE incident ADD COLUMN edition_no INTEGER;
UPDATE incident SET edition_no = (
        SELECT number FROM catalog_edition
        WHERE substr(note, 1, length(incident.code) + 1) = incident.code || ' ' ORDER BY number LIMIT 1)
    WHERE confirmed_at IS NOT NULL;
UPDATE incident SET edition_no = (SELECT min(o.edition_no) FROM incident o WHERE o.entry_id = incident.entry_id)
    WHERE edition_no IS NULL AND confirmed_at IS NOT NULL;

-- Evidence of a purchase (三（一）7): proof of task, purchase voucher, relief effect.
CREATE TABLE purchase_evidence (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    purchase_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    dated TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX purchase_evidence_id ON purchase_evidence(id);
CREATE INDEX purchase_evidence_change ON purchase_evidence(change_no) WHERE change_no > 0;
CREATE INDEX purchase_evidence_purchase_id ON purchase_evidence(purchase_id);

-- A purchase that corrects another names it; few do.
CREATE INDEX purchase_adjusts ON purchase(adjusts) WHERE adjusts IS NOT NULL;
