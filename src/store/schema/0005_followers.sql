-- What follows a delisted entry is found by an index of the few rows that follow one: an index that holds them all says of every
-- one that it is like the rest, and is not used.
DROP INDEX catalog_entry_relisted_from;
CREATE INDEX catalog_entry_relisted_from ON catalog_entry(relisted_from) WHERE relisted_from IS NOT NULL;
