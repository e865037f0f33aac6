-- How far the journal has been taken into these tables; written in the same transaction as what was taken in. It holds
-- nothing of the record. The first digest is drawn, so that a journal of another log is known as such.
-- docs/log-format.md, "The journal".
CREATE TABLE _journal (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    applied INTEGER NOT NULL,
    digest  BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;
INSERT INTO _journal VALUES (1, 0, randomblob(32));
