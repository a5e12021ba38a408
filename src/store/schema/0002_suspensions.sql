-- Why a product is suspended and why a shelf line stopped, so that each is lifted by what caused it.

-- Code of the incident whose triage suspended the entry; older suspensions name it at the start of their reason.
ALTER TABLE catalog_entry ADD COLUMN suspended_for TEXT NOT NULL DEFAULT '';
UPDATE catalog_entry SET suspended_for = substr(state_reason, 1, instr(state_reason || ' ', ' ') - 1)
    WHERE state = 'suspended'
    AND substr(state_reason, 1, instr(state_reason || ' ', ' ') - 1) IN (SELECT code FROM incident);

-- Whether the line stopped because its product left the catalog; older lines say so by the state of the product.
ALTER TABLE shelf_line ADD COLUMN stopped_with_entry INTEGER NOT NULL DEFAULT 0;
UPDATE shelf_line SET stopped_with_entry = 1
    WHERE state = 'stopped' AND entry_id IN (SELECT id FROM catalog_entry WHERE state <> 'listed');
