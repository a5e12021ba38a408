-- The console's local database: one table per row kind of domain::rows, audit, reference files and running totals.
-- Append-only: a released file is never edited; the next change is the next number.
-- Every row table starts alike: seq (order of arrival, never reused), id, who owns it, revision, who and when, source.
-- change_no numbers the changes made here after the first load; 0 means loaded. Derived columns: name_key (pinyin order).

CREATE TABLE organisation (
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
    name_en TEXT NOT NULL,
    kind TEXT NOT NULL,
    division_code TEXT NOT NULL,
    parent_id BLOB,
    files_annex1 INTEGER NOT NULL,
    files_annex2 INTEGER NOT NULL,
    quota_rate_bp INTEGER NOT NULL,
    name_key TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX organisation_id ON organisation(id);
CREATE INDEX organisation_change ON organisation(change_no) WHERE change_no > 0;

CREATE TABLE supplier (
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
    credit_code TEXT NOT NULL,
    county_code TEXT NOT NULL,
    capacity TEXT NOT NULL,
    people_helped INTEGER NOT NULL,
    contact_name TEXT NOT NULL,
    contact_phone TEXT NOT NULL,
    state TEXT NOT NULL,
    under_review INTEGER NOT NULL,
    name_key TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX supplier_id ON supplier(id);
CREATE INDEX supplier_change ON supplier(change_no) WHERE change_no > 0;

CREATE TABLE directory_entry (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    number TEXT NOT NULL,
    product_name TEXT NOT NULL,
    supplier_name TEXT NOT NULL,
    county_code TEXT NOT NULL,
    batch TEXT NOT NULL,
    valid_until TEXT,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX directory_entry_id ON directory_entry(id);
CREATE INDEX directory_entry_change ON directory_entry(change_no) WHERE change_no > 0;

CREATE TABLE product (
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
    supplier_id BLOB NOT NULL,
    county_code TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    spec TEXT NOT NULL,
    unit TEXT NOT NULL,
    directory_no TEXT NOT NULL,
    directory_state TEXT NOT NULL,
    season TEXT NOT NULL,
    shelf_life_days INTEGER NOT NULL,
    name_key TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX product_id ON product(id);
CREATE INDEX product_change ON product(change_no) WHERE change_no > 0;

CREATE TABLE catalog_entry (
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
    product_id BLOB NOT NULL,
    supplier_id BLOB NOT NULL,
    supplier_name TEXT NOT NULL,
    county_code TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    spec TEXT NOT NULL,
    unit TEXT NOT NULL,
    price_fen INTEGER NOT NULL,
    stock INTEGER NOT NULL,
    people_helped INTEGER NOT NULL,
    trace TEXT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    state_at INTEGER NOT NULL,
    edition_no INTEGER,
    relisted_from BLOB,
    under_review INTEGER NOT NULL,
    name_key TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX catalog_entry_id ON catalog_entry(id);
CREATE INDEX catalog_entry_change ON catalog_entry(change_no) WHERE change_no > 0;

CREATE TABLE catalog_edition (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    number INTEGER NOT NULL,
    dated TEXT NOT NULL,
    signer TEXT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    listed INTEGER NOT NULL,
    added INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX catalog_edition_id ON catalog_edition(id);
CREATE INDEX catalog_edition_change ON catalog_edition(change_no) WHERE change_no > 0;

CREATE TABLE publication (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    edition_id BLOB NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    address TEXT NOT NULL,
    published_at INTEGER,
    republish INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX publication_id ON publication(id);
CREATE INDEX publication_change ON publication(change_no) WHERE change_no > 0;

CREATE TABLE counter (
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
    venue_type TEXT NOT NULL,
    host TEXT NOT NULL,
    county_code TEXT NOT NULL,
    address TEXT NOT NULL,
    longitude_e6 INTEGER NOT NULL,
    latitude_e6 INTEGER NOT NULL,
    keeper TEXT NOT NULL,
    phone TEXT NOT NULL,
    bank TEXT NOT NULL,
    demo_room INTEGER NOT NULL,
    state TEXT NOT NULL,
    opened_on TEXT,
    closed_on TEXT,
    last_visit TEXT,
    name_key TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX counter_id ON counter(id);
CREATE INDEX counter_change ON counter(change_no) WHERE change_no > 0;

CREATE TABLE shelf_line (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    counter_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    state TEXT NOT NULL,
    placed_on TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX shelf_line_id ON shelf_line(id);
CREATE INDEX shelf_line_change ON shelf_line(change_no) WHERE change_no > 0;

CREATE TABLE visit (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    counter_id BLOB NOT NULL,
    visited_on TEXT NOT NULL,
    visitor TEXT NOT NULL,
    note TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX visit_id ON visit(id);
CREATE INDEX visit_change ON visit(change_no) WHERE change_no > 0;

CREATE TABLE incident (
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
    supplier_id BLOB NOT NULL,
    county_code TEXT NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    grade TEXT NOT NULL,
    recall_class TEXT,
    batches TEXT NOT NULL,
    state TEXT NOT NULL,
    reporter TEXT NOT NULL,
    reported_at INTEGER NOT NULL,
    triaged_at INTEGER,
    verified_by TEXT NOT NULL,
    verified_at INTEGER,
    confirmed_by TEXT NOT NULL,
    confirmed_at INTEGER,
    closed_at INTEGER,
    notices INTEGER NOT NULL,
    acknowledged INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX incident_id ON incident(id);
CREATE INDEX incident_change ON incident(change_no) WHERE change_no > 0;

CREATE TABLE incident_step (
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
    number INTEGER NOT NULL,
    verb TEXT NOT NULL,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    note TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX incident_step_id ON incident_step(id);
CREATE INDEX incident_step_change ON incident_step(change_no) WHERE change_no > 0;

CREATE TABLE evidence (
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
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX evidence_id ON evidence(id);
CREATE INDEX evidence_change ON evidence(change_no) WHERE change_no > 0;

CREATE TABLE removal_notice (
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
    incident_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    counter_id BLOB NOT NULL,
    county_code TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX removal_notice_id ON removal_notice(id);
CREATE INDEX removal_notice_change ON removal_notice(change_no) WHERE change_no > 0;

CREATE TABLE removal_ack (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    notice_id BLOB NOT NULL,
    answer TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX removal_ack_id ON removal_ack(id);
CREATE INDEX removal_ack_change ON removal_ack(change_no) WHERE change_no > 0;

CREATE TABLE gift_pack (
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
    occasion TEXT NOT NULL,
    price_fen INTEGER NOT NULL,
    audience TEXT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    valid_until TEXT,
    items INTEGER NOT NULL,
    name_key TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX gift_pack_id ON gift_pack(id);
CREATE INDEX gift_pack_change ON gift_pack(change_no) WHERE change_no > 0;

CREATE TABLE gift_pack_item (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    pack_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    price_fen INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX gift_pack_item_id ON gift_pack_item(id);
CREATE INDEX gift_pack_item_change ON gift_pack_item(change_no) WHERE change_no > 0;

CREATE TABLE purchase_order (
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
    buyer_id BLOB NOT NULL,
    pack_id BLOB,
    seller TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    state TEXT NOT NULL,
    held INTEGER NOT NULL,
    held_reason TEXT NOT NULL,
    ordered_on TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX purchase_order_id ON purchase_order(id);
CREATE INDEX purchase_order_change ON purchase_order(change_no) WHERE change_no > 0;

CREATE TABLE order_line (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    order_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    price_fen INTEGER NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX order_line_id ON order_line(id);
CREATE INDEX order_line_change ON order_line(change_no) WHERE change_no > 0;

CREATE TABLE purchase (
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
    buyer_id BLOB NOT NULL,
    supplier_id BLOB NOT NULL,
    entry_id BLOB,
    bought_on TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    voucher_no TEXT NOT NULL,
    state TEXT NOT NULL,
    evidence INTEGER NOT NULL,
    adjusts BLOB,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX purchase_id ON purchase(id);
CREATE INDEX purchase_change ON purchase(change_no) WHERE change_no > 0;

CREATE TABLE deadline (
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
    title TEXT NOT NULL,
    title_en TEXT NOT NULL,
    due_on TEXT NOT NULL,
    owner TEXT NOT NULL,
    done_when TEXT NOT NULL,
    plan_item TEXT NOT NULL,
    state TEXT NOT NULL,
    done_on TEXT,
    note TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX deadline_id ON deadline(id);
CREATE INDEX deadline_change ON deadline(change_no) WHERE change_no > 0;

CREATE TABLE return (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    source TEXT NOT NULL,
    deadline_id BLOB NOT NULL,
    unit_id BLOB NOT NULL,
    form TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted_at INTEGER,
    accepted_at INTEGER,
    reminders INTEGER NOT NULL,
    planned_fen INTEGER NOT NULL,
    workers INTEGER NOT NULL,
    note TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX return_id ON return(id);
CREATE INDEX return_change ON return(change_no) WHERE change_no > 0;

CREATE TABLE goal (
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
    title TEXT NOT NULL,
    title_en TEXT NOT NULL,
    target INTEGER NOT NULL,
    unit TEXT NOT NULL,
    due_on TEXT NOT NULL,
    plan_item TEXT NOT NULL,
    change_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX goal_id ON goal(id);
CREATE INDEX goal_change ON goal(change_no) WHERE change_no > 0;

CREATE UNIQUE INDEX organisation_code ON organisation(code);
CREATE INDEX organisation_parent_id ON organisation(parent_id);
CREATE INDEX organisation_kind ON organisation(kind);
CREATE INDEX organisation_name_key ON organisation(name_key);
CREATE INDEX organisation_division_code ON organisation(division_code);
CREATE UNIQUE INDEX supplier_code ON supplier(code);
CREATE INDEX supplier_name ON supplier(name);
CREATE INDEX supplier_name_key ON supplier(name_key);
CREATE INDEX supplier_county_code ON supplier(county_code);
CREATE INDEX supplier_state ON supplier(state);
CREATE INDEX supplier_people_helped ON supplier(people_helped);
CREATE INDEX supplier_kind ON supplier(kind);
CREATE INDEX directory_entry_number ON directory_entry(number);
CREATE UNIQUE INDEX product_code ON product(code);
CREATE INDEX product_supplier_id ON product(supplier_id);
CREATE UNIQUE INDEX catalog_entry_code ON catalog_entry(code);
CREATE INDEX catalog_entry_product_id ON catalog_entry(product_id);
CREATE INDEX catalog_entry_supplier_id ON catalog_entry(supplier_id);
CREATE INDEX catalog_entry_supplier_name ON catalog_entry(supplier_name);
CREATE INDEX catalog_entry_county_code ON catalog_entry(county_code);
CREATE INDEX catalog_entry_county_code_code ON catalog_entry(county_code, code);
CREATE INDEX catalog_entry_name_key ON catalog_entry(name_key);
CREATE INDEX catalog_entry_category ON catalog_entry(category);
CREATE INDEX catalog_entry_price_fen ON catalog_entry(price_fen);
CREATE INDEX catalog_entry_stock ON catalog_entry(stock);
CREATE INDEX catalog_entry_people_helped ON catalog_entry(people_helped);
CREATE INDEX catalog_entry_trace ON catalog_entry(trace);
CREATE INDEX catalog_entry_state ON catalog_entry(state);
CREATE INDEX catalog_entry_relisted_from ON catalog_entry(relisted_from);
CREATE INDEX catalog_entry_edition_no ON catalog_entry(edition_no);
CREATE INDEX catalog_entry_edition ON catalog_entry(coalesce(edition_no, 0));
CREATE INDEX catalog_entry_spec ON catalog_entry(spec);
CREATE INDEX catalog_entry_unit ON catalog_entry(unit);
CREATE INDEX catalog_entry_state_reason ON catalog_entry(state_reason);
CREATE INDEX catalog_entry_state_at ON catalog_entry(state_at);
CREATE INDEX catalog_entry_under_review ON catalog_entry(under_review);
CREATE INDEX catalog_entry_updated_by ON catalog_entry(updated_by);
CREATE INDEX catalog_entry_updated_at ON catalog_entry(updated_at);
CREATE INDEX catalog_entry_rev ON catalog_entry(rev);
CREATE UNIQUE INDEX catalog_edition_number ON catalog_edition(number);
CREATE INDEX catalog_edition_state ON catalog_edition(state);
CREATE INDEX publication_edition_id ON publication(edition_id);
CREATE UNIQUE INDEX counter_code ON counter(code);
CREATE INDEX counter_name ON counter(name);
CREATE INDEX counter_name_key ON counter(name_key);
CREATE INDEX counter_county_code ON counter(county_code);
CREATE INDEX counter_state ON counter(state, last_visit);
CREATE INDEX counter_venue_type ON counter(venue_type);
CREATE INDEX shelf_line_counter_id ON shelf_line(counter_id);
CREATE INDEX shelf_line_entry_id ON shelf_line(entry_id);
CREATE INDEX visit_counter_id ON visit(counter_id);
CREATE UNIQUE INDEX incident_code ON incident(code);
CREATE INDEX incident_entry_id ON incident(entry_id);
CREATE INDEX incident_state ON incident(state);
CREATE INDEX incident_supplier_id ON incident(supplier_id);
CREATE INDEX incident_step_incident_id ON incident_step(incident_id);
CREATE INDEX evidence_incident_id ON evidence(incident_id);
CREATE UNIQUE INDEX removal_notice_code ON removal_notice(code);
CREATE INDEX removal_notice_incident_id ON removal_notice(incident_id);
CREATE INDEX removal_notice_counter_id ON removal_notice(counter_id);
CREATE INDEX removal_notice_entry_id ON removal_notice(entry_id);
CREATE INDEX removal_notice_state ON removal_notice(state);
CREATE INDEX removal_ack_notice_id ON removal_ack(notice_id);
CREATE UNIQUE INDEX gift_pack_code ON gift_pack(code);
CREATE INDEX gift_pack_state ON gift_pack(state);
CREATE INDEX gift_pack_item_pack_id ON gift_pack_item(pack_id);
CREATE INDEX gift_pack_item_entry_id ON gift_pack_item(entry_id);
CREATE UNIQUE INDEX purchase_order_code ON purchase_order(code);
CREATE INDEX purchase_order_buyer_id ON purchase_order(buyer_id);
CREATE INDEX purchase_order_state ON purchase_order(state);
CREATE INDEX order_line_order_id ON order_line(order_id);
CREATE INDEX order_line_entry_id ON order_line(entry_id);
CREATE UNIQUE INDEX purchase_code ON purchase(code);
CREATE INDEX purchase_buyer_id ON purchase(buyer_id);
CREATE INDEX purchase_supplier_id ON purchase(supplier_id);
CREATE INDEX purchase_entry_id ON purchase(entry_id);
CREATE INDEX purchase_voucher_no ON purchase(voucher_no);
CREATE INDEX purchase_bought_on ON purchase(bought_on);
CREATE INDEX purchase_amount_fen ON purchase(amount_fen);
CREATE INDEX purchase_state ON purchase(state);
CREATE UNIQUE INDEX deadline_code ON deadline(code);
CREATE INDEX return_deadline_id ON return(deadline_id);
CREATE INDEX return_unit_id ON return(unit_id);
CREATE UNIQUE INDEX goal_code ON goal(code);

-- Running totals, so that the watch board costs the same at 1,600 and 1,600,000 entries.
CREATE TABLE tally (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    n INTEGER NOT NULL,
    fen INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER catalog_entry_tally_insert AFTER INSERT ON catalog_entry BEGIN
    INSERT INTO tally VALUES ('catalog_entry', NEW.state || '/' || NEW.trace, 1, (0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;
CREATE TRIGGER catalog_entry_tally_update AFTER UPDATE OF state, trace ON catalog_entry BEGIN
    INSERT INTO tally VALUES ('catalog_entry', OLD.state || '/' || OLD.trace, -1, -(0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
    INSERT INTO tally VALUES ('catalog_entry', NEW.state || '/' || NEW.trace, 1, (0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;

CREATE TRIGGER supplier_tally_insert AFTER INSERT ON supplier BEGIN
    INSERT INTO tally VALUES ('supplier', NEW.state, 1, (0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;
CREATE TRIGGER supplier_tally_update AFTER UPDATE OF state ON supplier BEGIN
    INSERT INTO tally VALUES ('supplier', OLD.state, -1, -(0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
    INSERT INTO tally VALUES ('supplier', NEW.state, 1, (0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;

CREATE TRIGGER purchase_tally_insert AFTER INSERT ON purchase BEGIN
    INSERT INTO tally VALUES ('purchase', NEW.state, 1, (NEW.amount_fen)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;
CREATE TRIGGER purchase_tally_update AFTER UPDATE OF state, amount_fen ON purchase BEGIN
    INSERT INTO tally VALUES ('purchase', OLD.state, -1, -(OLD.amount_fen)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
    INSERT INTO tally VALUES ('purchase', NEW.state, 1, (NEW.amount_fen)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;

CREATE TRIGGER counter_tally_insert AFTER INSERT ON counter BEGIN
    INSERT INTO tally VALUES ('counter', NEW.state || '/' || NEW.venue_type || '/' || NEW.demo_room, 1, (0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;
CREATE TRIGGER counter_tally_update AFTER UPDATE OF state, venue_type, demo_room ON counter BEGIN
    INSERT INTO tally VALUES ('counter', OLD.state || '/' || OLD.venue_type || '/' || OLD.demo_room, -1, -(0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
    INSERT INTO tally VALUES ('counter', NEW.state || '/' || NEW.venue_type || '/' || NEW.demo_room, 1, (0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;

-- Who did what, when, to which record, and why; also what was refused. Never updated, never deleted (plan 一, 二).
-- hash = SHA-256 over the record and the hash of the one before; the first follows 32 zero bytes.
CREATE TABLE audit (
    no INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    org_id BLOB NOT NULL,
    org_name TEXT NOT NULL,
    role TEXT NOT NULL,
    origin TEXT NOT NULL,
    command TEXT NOT NULL,
    kind TEXT NOT NULL,
    target BLOB NOT NULL,
    target_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_target ON audit(target);
CREATE INDEX audit_at ON audit(at);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;

-- Which rows an audit record touched, for the history of a record.
CREATE TABLE audit_touch (
    id BLOB NOT NULL,
    no INTEGER NOT NULL,
    PRIMARY KEY (id, no)
) STRICT, WITHOUT ROWID;

-- Reference files as they were loaded; divisions also as rows, for names in lists.
CREATE TABLE reference (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    loaded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE division (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    prefecture TEXT NOT NULL,
    level TEXT NOT NULL,
    relief_county INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE jiangsu_pair (
    no INTEGER PRIMARY KEY,
    shaanxi_code TEXT NOT NULL,
    jiangsu_code TEXT NOT NULL,
    jiangsu_name TEXT NOT NULL,
    jiangsu_city TEXT NOT NULL,
    since_year INTEGER NOT NULL
) STRICT;
CREATE TABLE venue_type (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    family TEXT NOT NULL,
    counted TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Facts about this file: profile, demo mark, audit head, number of the last change.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
