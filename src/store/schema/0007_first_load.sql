-- What is to be built when a first load is whole: indices of the rows and what keeps their totals, in this order. Empty ever after.
CREATE TABLE unbuilt (
    no INTEGER PRIMARY KEY,
    -- index or trigger
    what TEXT NOT NULL,
    sql TEXT NOT NULL
) STRICT;
