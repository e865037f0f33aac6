-- The session log. docs/log-format.md describes every table and column with its unit.
-- A migration is never edited once released; a change is a new file.

-- Fixed words of the program, so that every small code in the other tables can be read as text.
CREATE TABLE word (
    list TEXT    NOT NULL,
    code INTEGER NOT NULL,
    word TEXT    NOT NULL,
    PRIMARY KEY (list, code),
    UNIQUE (list, word)
) STRICT, WITHOUT ROWID;

CREATE TABLE timeline (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE source (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE boot (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE identity (
    id      INTEGER PRIMARY KEY,
    bed     TEXT,
    unit    TEXT,
    patient TEXT,
    name    TEXT,
    device  TEXT
) STRICT;

CREATE TABLE flags (
    id     INTEGER PRIMARY KEY,
    known  TEXT NOT NULL,
    others TEXT
) STRICT;

CREATE TABLE channel (
    id        INTEGER PRIMARY KEY,
    source    INTEGER NOT NULL REFERENCES source (id),
    vital     INTEGER NOT NULL,
    unit      INTEGER NOT NULL,
    origin    INTEGER,
    site      TEXT,
    identity  INTEGER REFERENCES identity (id),
    synthetic INTEGER NOT NULL
) STRICT;

CREATE TABLE frame (
    id               INTEGER PRIMARY KEY,
    source           INTEGER NOT NULL REFERENCES source (id),
    first_byte       INTEGER NOT NULL,
    boot             INTEGER NOT NULL REFERENCES boot (id),
    received_mono_us INTEGER NOT NULL,
    received_wall_us INTEGER NOT NULL,
    kind             INTEGER NOT NULL,
    key              BLOB,
    raw              BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX frame_key ON frame (key) WHERE key IS NOT NULL;

CREATE TABLE reading (
    timeline INTEGER NOT NULL REFERENCES timeline (id),
    seq      INTEGER NOT NULL,
    frame    INTEGER NOT NULL REFERENCES frame (id),
    channel  INTEGER NOT NULL REFERENCES channel (id),
    state    INTEGER NOT NULL,
    flags    INTEGER REFERENCES flags (id),
    value    INTEGER,
    places   INTEGER NOT NULL,
    PRIMARY KEY (timeline, seq)
) STRICT, WITHOUT ROWID;

-- What only few readings have: the other parts of a pressure, a time of their own, an age, a part of the frame.
CREATE TABLE reading_more (
    timeline         INTEGER NOT NULL,
    seq              INTEGER NOT NULL,
    pressure         INTEGER NOT NULL,
    diastolic        INTEGER,
    diastolic_places INTEGER,
    mean             INTEGER,
    mean_places      INTEGER,
    measured_at      TEXT,
    measured_sent    TEXT,
    measured_ago_us  INTEGER,
    age_us           INTEGER NOT NULL,
    first_byte       INTEGER,
    end_byte         INTEGER,
    PRIMARY KEY (timeline, seq),
    FOREIGN KEY (timeline, seq) REFERENCES reading (timeline, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
    timeline         INTEGER NOT NULL REFERENCES timeline (id),
    seq              INTEGER NOT NULL,
    kind             INTEGER NOT NULL,
    frame            INTEGER REFERENCES frame (id),
    source           INTEGER REFERENCES source (id),
    boot             INTEGER REFERENCES boot (id),
    received_mono_us INTEGER,
    received_wall_us INTEGER,
    word             INTEGER,
    text             TEXT,
    identity         INTEGER REFERENCES identity (id),
    first_byte       INTEGER,
    end_byte         INTEGER,
    PRIMARY KEY (timeline, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE block (
    timeline        INTEGER NOT NULL REFERENCES timeline (id),
    number          INTEGER NOT NULL,
    first_seq       INTEGER NOT NULL,
    last_seq        INTEGER NOT NULL,
    reached_wall_us INTEGER NOT NULL,
    hash            BLOB NOT NULL,
    PRIMARY KEY (timeline, number)
) STRICT, WITHOUT ROWID;

-- For people: one line per reading, every code as its word.
CREATE VIEW readings AS
SELECT t.key                                                                       AS timeline,
       r.seq                                                                       AS seq,
       strftime('%Y-%m-%dT%H:%M:%fZ', f.received_wall_us / 1000000.0, 'unixepoch') AS received_utc,
       s.name                                                                      AS source,
       vital.word                                                                  AS vital,
       substr(state.word, 1, instr(state.word || ' ', ' ') - 1)                    AS state,
       nullif(substr(state.word, instr(state.word || ' ', ' ') + 1), '')           AS reason,
       printf('%.*f', r.places, r.value / CAST('1e' || r.places AS REAL))          AS value,
       printf('%.*f', m.diastolic_places, m.diastolic / CAST('1e' || m.diastolic_places AS REAL)) AS diastolic,
       printf('%.*f', m.mean_places, m.mean / CAST('1e' || m.mean_places AS REAL)) AS mean,
       unit.word                                                                   AS unit,
       origin.word                                                                 AS origin,
       c.site                                                                      AS site,
       g.known                                                                     AS flags,
       g.others                                                                    AS other_flags,
       m.measured_at                                                               AS measured_at,
       coalesce(m.age_us, 0)                                                       AS age_us,
       c.synthetic                                                                 AS synthetic,
       i.bed                                                                       AS bed,
       i.patient                                                                   AS patient,
       r.frame                                                                     AS frame
FROM reading r
JOIN timeline t ON t.id = r.timeline
JOIN frame f ON f.id = r.frame
JOIN channel c ON c.id = r.channel
JOIN source s ON s.id = c.source
JOIN word vital ON vital.list = 'vital' AND vital.code = c.vital
JOIN word state ON state.list = 'state' AND state.code = r.state
JOIN word unit ON unit.list = 'unit' AND unit.code = c.unit
LEFT JOIN word origin ON origin.list = 'origin' AND origin.code = c.origin
LEFT JOIN flags g ON g.id = r.flags
LEFT JOIN identity i ON i.id = c.identity
LEFT JOIN reading_more m ON m.timeline = r.timeline AND m.seq = r.seq;

-- For people: one line per entry that is no reading.
CREATE VIEW notes AS
SELECT t.key AS timeline,
       n.seq AS seq,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(n.received_wall_us, f.received_wall_us) / 1000000.0, 'unixepoch')
             AS received_utc,
       s.name AS source,
       kind.word AS kind,
       what.word AS word,
       n.text AS text,
       n.frame AS frame
FROM note n
JOIN timeline t ON t.id = n.timeline
JOIN word kind ON kind.list = 'note' AND kind.code = n.kind
LEFT JOIN frame f ON f.id = n.frame
LEFT JOIN source s ON s.id = coalesce(n.source, f.source)
LEFT JOIN word what ON what.code = n.word AND what.list = CASE kind.word
    WHEN 'notice' THEN 'priority' WHEN 'skipped' THEN 'skip' WHEN 'link' THEN 'link' WHEN 'deed' THEN 'deed' END;
