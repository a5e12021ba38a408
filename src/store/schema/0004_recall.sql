-- What a delisting reaches beyond shelves, packs and orders: batches and their codes, the mall, agreements, promotions, and
-- the buyers to be told; reminders of notices.

ALTER TABLE removal_notice ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE removal_notice ADD COLUMN reminded_at INTEGER;

ALTER TABLE purchase ADD COLUMN batch_id BLOB;
CREATE INDEX purchase_batch_id ON purchase(batch_id) WHERE batch_id IS NOT NULL;

-- Buyers of goods that were taken out, who have to be told.
CREATE TABLE buyer_notice (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    incident_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    buyer_id BLOB NOT NULL,
    purchases INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    state TEXT NOT NULL,
    notified_at INTEGER,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX buyer_notice_id ON buyer_notice(id);
CREATE INDEX buyer_notice_change ON buyer_notice(change_no) WHERE change_no > 0;
CREATE INDEX buyer_notice_incident_id ON buyer_notice(incident_id);
CREATE INDEX buyer_notice_entry_id ON buyer_notice(entry_id);
CREATE INDEX buyer_notice_buyer_id ON buyer_notice(buyer_id);

-- Catalog entries in the online mall.
CREATE TABLE mall_listing (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    entry_id BLOB NOT NULL,
    price_fen INTEGER NOT NULL,
    state TEXT NOT NULL,
    off_requested_at INTEGER,
    stopped_with_entry INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mall_listing_id ON mall_listing(id);
CREATE INDEX mall_listing_change ON mall_listing(change_no) WHERE change_no > 0;
CREATE INDEX mall_listing_entry_id ON mall_listing(entry_id);

-- Signed agreements between sellers and suppliers, one product each.
CREATE TABLE sales_agreement (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    seller TEXT NOT NULL,
    supplier_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    price_fen INTEGER NOT NULL,
    signed_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sales_agreement_id ON sales_agreement(id);
CREATE INDEX sales_agreement_change ON sales_agreement(change_no) WHERE change_no > 0;
CREATE UNIQUE INDEX sales_agreement_code ON sales_agreement(code);
CREATE INDEX sales_agreement_entry_id ON sales_agreement(entry_id);
CREATE INDEX sales_agreement_supplier_id ON sales_agreement(supplier_id);

-- Production lots.
CREATE TABLE batch (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    entry_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    made_on TEXT NOT NULL,
    best_before TEXT,
    quantity INTEGER NOT NULL,
    left_over INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX batch_id ON batch(id);
CREATE INDEX batch_change ON batch(change_no) WHERE change_no > 0;
CREATE UNIQUE INDEX batch_code ON batch(code);
CREATE INDEX batch_entry_id ON batch(entry_id);

-- Codes on packages.
CREATE TABLE trace_code (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    batch_id BLOB NOT NULL,
    state TEXT NOT NULL,
    page_stopped INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX trace_code_id ON trace_code(id);
CREATE INDEX trace_code_change ON trace_code(change_no) WHERE change_no > 0;
CREATE UNIQUE INDEX trace_code_code ON trace_code(code);
CREATE INDEX trace_code_batch_id ON trace_code(batch_id);

-- Campaigns, and the products they are for.
CREATE TABLE promotion (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    budget_fen INTEGER NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    name_key TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX promotion_id ON promotion(id);
CREATE INDEX promotion_change ON promotion(change_no) WHERE change_no > 0;
CREATE UNIQUE INDEX promotion_code ON promotion(code);

CREATE TABLE promotion_item (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    promotion_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX promotion_item_id ON promotion_item(id);
CREATE INDEX promotion_item_change ON promotion_item(change_no) WHERE change_no > 0;
CREATE INDEX promotion_item_promotion_id ON promotion_item(promotion_id);
CREATE INDEX promotion_item_entry_id ON promotion_item(entry_id);
