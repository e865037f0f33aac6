-- Erasure that keeps the chain verifiable: docs/log-format.md, "Erasure".

-- A block of form 2 hashes digests of its entries, each made with a salt that comes from this one. NULL: a block of form 1,
-- whose hash is over the entries themselves. Empty: some of its entries are erased, and the salt with them.
ALTER TABLE block ADD COLUMN salt BLOB;

-- One row a step of erasing, in a chain of its own.
CREATE TABLE erasure (
    number     INTEGER PRIMARY KEY,
    at_wall_us INTEGER NOT NULL,
    why        TEXT    NOT NULL CHECK (why IN ('retention', 'request')),
    deed       INTEGER,
    entries    INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    CHECK ((deed IS NULL) = (why = 'retention'))
) STRICT;

-- What is left of erased entries: one entry with its digest, or a whole block with the digest over its entries.
CREATE TABLE tombstone (
    timeline INTEGER NOT NULL REFERENCES timeline (id),
    seq      INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    digest   BLOB    NOT NULL,
    erasure  INTEGER NOT NULL REFERENCES erasure (number),
    PRIMARY KEY (timeline, seq)
) STRICT, WITHOUT ROWID;

-- The salts of entries that are kept, of a block of which others are erased.
CREATE TABLE kept_salt (
    timeline INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    salt     BLOB    NOT NULL,
    PRIMARY KEY (timeline, seq)
) STRICT, WITHOUT ROWID;

-- Blocks of form 1 with erased entries: the digest over all entries, held by the chain of erasures.
CREATE TABLE resealed (
    timeline INTEGER NOT NULL REFERENCES timeline (id),
    number   INTEGER NOT NULL,
    digest   BLOB    NOT NULL,
    erasure  INTEGER NOT NULL REFERENCES erasure (number),
    PRIMARY KEY (timeline, number)
) STRICT, WITHOUT ROWID;

-- Repetitions of a message lead to a frame far before them; few, so that this costs next to nothing.
CREATE INDEX note_again ON note (frame) WHERE frame IS NOT NULL AND boot IS NOT NULL;

-- How far retention has looked at each timeline, and whose names what it kept refers to. Nothing of the record.
CREATE TABLE _swept (
    timeline INTEGER PRIMARY KEY,
    block    INTEGER NOT NULL
) STRICT;
CREATE TABLE _kept_identity (
    identity INTEGER PRIMARY KEY
) STRICT;
