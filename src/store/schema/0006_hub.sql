-- What a console keeps of its hub: how it stands to it, the orders on their way, and the hub's version of every row that orders
-- on their way have changed here.

-- One row once the console is enrolled. Times are milliseconds since 1970 by this machine's clock.
CREATE TABLE hub (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    hub_id BLOB NOT NULL,
    device_id BLOB NOT NULL,
    url TEXT NOT NULL,
    -- The union this console works for, and in which role: the hub's word.
    org_code TEXT NOT NULL,
    role TEXT NOT NULL,
    -- 0 before the first page.
    epoch INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    -- Every row in scope up to this number is here.
    cursor INTEGER NOT NULL,
    -- The last number and the last safe number the hub has named.
    head INTEGER NOT NULL,
    safe INTEGER NOT NULL,
    -- When the hub last answered, and when all it had was here.
    heard_at INTEGER NOT NULL,
    level_at INTEGER NOT NULL,
    -- The hub's clock minus this machine's, in milliseconds.
    clock_ms INTEGER NOT NULL,
    -- Whether all rows come anew, so that what does not come is to go.
    anew INTEGER NOT NULL,
    -- The last number given to an order of this console.
    last_n INTEGER NOT NULL,
    -- What keeps the console from the hub: a code, or empty.
    trouble TEXT NOT NULL
) STRICT;

-- Orders, in the order they were made. They stay until they are safe: after a restore of the hub they are sent again.
CREATE TABLE outbox (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    state TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    command TEXT NOT NULL,
    kind TEXT NOT NULL,
    target BLOB NOT NULL,
    target_code TEXT NOT NULL,
    -- The order as it travels.
    body TEXT NOT NULL,
    -- The hub's number of it, its answer as it came, and when.
    seq INTEGER,
    answer TEXT NOT NULL,
    answered_at INTEGER,
    -- The record of it in the audit here, which has every field it changed.
    audit_no INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX outbox_id ON outbox(id);
CREATE INDEX outbox_state ON outbox(state, n);
CREATE INDEX outbox_seq ON outbox(state, seq);
CREATE INDEX outbox_target ON outbox(target, n);

-- The hub's version of rows that are shown otherwise because of orders on their way; no body where it has none.
CREATE TABLE shadow (
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    body TEXT,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Rows that have come since the console had to begin anew: when all are here, what is not among them goes.
CREATE TABLE arrived (
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- What others did, as the hub told it; what was done here is in the audit. Newest some thousand.
CREATE TABLE happening (
    no INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    org_name TEXT NOT NULL,
    command TEXT NOT NULL,
    kind TEXT NOT NULL,
    target BLOB NOT NULL,
    target_code TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX happening_target ON happening(target, no);
-- Signed ends of the hub's audit, as they came: those this console can show, and those that contradict them.
CREATE TABLE checkpoint (
    epoch INTEGER NOT NULL,
    no INTEGER NOT NULL,
    -- Hash and signature in hexadecimal, the time by the hub's clock.
    hash TEXT NOT NULL,
    at INTEGER NOT NULL,
    signature TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    -- What is wrong with it: forged, differs, behind; empty when nothing is.
    fault TEXT NOT NULL,
    PRIMARY KEY (epoch, no, hash, signature)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_fault ON checkpoint(fault, epoch, no);

-- Rows made by orders on their way go again when the hub's own come: the totals must follow.
CREATE TRIGGER catalog_entry_tally_delete AFTER DELETE ON catalog_entry BEGIN
    INSERT INTO tally VALUES ('catalog_entry', OLD.state || '/' || OLD.trace, -1, -(0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;
CREATE TRIGGER supplier_tally_delete AFTER DELETE ON supplier BEGIN
    INSERT INTO tally VALUES ('supplier', OLD.state, -1, -(0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;
CREATE TRIGGER purchase_tally_delete AFTER DELETE ON purchase BEGIN
    INSERT INTO tally VALUES ('purchase', OLD.state, -1, -(OLD.amount_fen)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;
CREATE TRIGGER counter_tally_delete AFTER DELETE ON counter BEGIN
    INSERT INTO tally VALUES ('counter', OLD.state || '/' || OLD.venue_type || '/' || OLD.demo_room, -1, -(0)) ON CONFLICT DO UPDATE SET n = n + excluded.n, fen = fen + excluded.fen;
END;
