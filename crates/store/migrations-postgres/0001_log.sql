-- The session log in PostgreSQL. docs/log-format.md describes every table and column; they are those of SQLite, with what is said
-- there under "PostgreSQL". A migration is never edited once released; a change is a new file.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE word (
    list TEXT   NOT NULL,
    code BIGINT NOT NULL,
    word TEXT   NOT NULL,
    PRIMARY KEY (list, code),
    UNIQUE (list, word)
);

CREATE TABLE timeline (
    id  BIGINT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
);

CREATE TABLE source (
    id   BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE boot (
    id   BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE identity (
    id      BIGINT PRIMARY KEY,
    bed     TEXT,
    unit    TEXT,
    patient TEXT,
    name    TEXT,
    device  TEXT
);

CREATE TABLE flags (
    id     BIGINT PRIMARY KEY,
    known  TEXT NOT NULL,
    others TEXT
);

CREATE TABLE channel (
    id        BIGINT PRIMARY KEY,
    source    BIGINT NOT NULL REFERENCES source (id),
    vital     BIGINT NOT NULL,
    unit      BIGINT NOT NULL,
    origin    BIGINT,
    site      TEXT,
    identity  BIGINT REFERENCES identity (id),
    synthetic BIGINT NOT NULL
);
CREATE INDEX channel_identity ON channel (identity) WHERE identity IS NOT NULL;

-- A frame is stored once, however often the block that leads to it is handed in: it is found by its digest.
CREATE TABLE frame (
    id               BIGINT PRIMARY KEY,
    source           BIGINT NOT NULL REFERENCES source (id),
    first_byte       BIGINT NOT NULL,
    boot             BIGINT NOT NULL REFERENCES boot (id),
    received_mono_us BIGINT NOT NULL,
    received_wall_us BIGINT NOT NULL,
    kind             BIGINT NOT NULL,
    key              BYTEA UNIQUE,
    raw              BYTEA NOT NULL,
    digest           BYTEA NOT NULL UNIQUE
);

CREATE TABLE reading (
    timeline BIGINT NOT NULL REFERENCES timeline (id),
    seq      BIGINT NOT NULL,
    frame    BIGINT NOT NULL REFERENCES frame (id),
    channel  BIGINT NOT NULL REFERENCES channel (id),
    state    BIGINT NOT NULL,
    flags    BIGINT REFERENCES flags (id),
    value    BIGINT,
    places   BIGINT NOT NULL,
    PRIMARY KEY (timeline, seq)
);
-- Who leads to a frame or speaks of a patient is asked when something is erased.
CREATE INDEX reading_frame ON reading (frame);
CREATE INDEX reading_channel ON reading (channel);

CREATE TABLE reading_more (
    timeline         BIGINT NOT NULL,
    seq              BIGINT NOT NULL,
    pressure         BIGINT NOT NULL,
    diastolic        BIGINT,
    diastolic_places BIGINT,
    mean             BIGINT,
    mean_places      BIGINT,
    measured_at      TEXT,
    measured_sent    TEXT,
    measured_ago_us  BIGINT,
    age_us           BIGINT NOT NULL,
    first_byte       BIGINT,
    end_byte         BIGINT,
    PRIMARY KEY (timeline, seq),
    FOREIGN KEY (timeline, seq) REFERENCES reading (timeline, seq)
);

CREATE TABLE note (
    timeline         BIGINT NOT NULL REFERENCES timeline (id),
    seq              BIGINT NOT NULL,
    kind             BIGINT NOT NULL,
    frame            BIGINT REFERENCES frame (id),
    source           BIGINT REFERENCES source (id),
    boot             BIGINT REFERENCES boot (id),
    received_mono_us BIGINT,
    received_wall_us BIGINT,
    word             BIGINT,
    text             TEXT,
    identity         BIGINT REFERENCES identity (id),
    first_byte       BIGINT,
    end_byte         BIGINT,
    PRIMARY KEY (timeline, seq)
);
CREATE INDEX note_frame ON note (frame) WHERE frame IS NOT NULL;
CREATE INDEX note_identity ON note (identity) WHERE identity IS NOT NULL;
CREATE INDEX note_deed ON note (timeline, seq) WHERE source IS NULL AND frame IS NULL;

CREATE TABLE block (
    timeline        BIGINT NOT NULL REFERENCES timeline (id),
    number          BIGINT NOT NULL,
    first_seq       BIGINT NOT NULL,
    last_seq        BIGINT NOT NULL CHECK (last_seq >= first_seq),
    reached_wall_us BIGINT NOT NULL,
    hash            BYTEA NOT NULL CHECK (length(hash) = 32),
    salt            BYTEA,
    PRIMARY KEY (timeline, number),
    UNIQUE (timeline, first_seq)
);

CREATE TABLE erasure (
    number     BIGINT PRIMARY KEY,
    at_wall_us BIGINT NOT NULL,
    why        TEXT   NOT NULL CHECK (why IN ('retention', 'request')),
    deed       BIGINT,
    entries    BIGINT NOT NULL,
    hash       BYTEA  NOT NULL,
    CHECK ((deed IS NULL) = (why = 'retention'))
);

CREATE TABLE tombstone (
    timeline BIGINT NOT NULL REFERENCES timeline (id),
    seq      BIGINT NOT NULL,
    last_seq BIGINT NOT NULL CHECK (last_seq >= seq),
    digest   BYTEA  NOT NULL,
    erasure  BIGINT NOT NULL REFERENCES erasure (number),
    PRIMARY KEY (timeline, seq)
);

CREATE TABLE kept_salt (
    timeline BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    salt     BYTEA  NOT NULL,
    PRIMARY KEY (timeline, seq)
);

CREATE TABLE resealed (
    timeline BIGINT NOT NULL REFERENCES timeline (id),
    number   BIGINT NOT NULL,
    digest   BYTEA  NOT NULL,
    erasure  BIGINT NOT NULL REFERENCES erasure (number),
    PRIMARY KEY (timeline, number)
);

-- How far erasing has come here: steps whose tombstones are in every block that is here, and steps that are here whole.
CREATE TABLE _forward (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    applied BIGINT NOT NULL,
    whole   BIGINT NOT NULL
);
INSERT INTO _forward VALUES (1, 0, 0);

-- Claims: the rules of the program once more, for whatever writes here some day.
CREATE TABLE claim (
    timeline BIGINT NOT NULL REFERENCES timeline (id),
    seq      BIGINT NOT NULL,
    session  TEXT,
    step     TEXT   NOT NULL CHECK (step IN ('begin', 'from', 'release', 'cleared')),
    bound    BIGINT NOT NULL CHECK (bound <= seq),
    PRIMARY KEY (timeline, seq),
    CHECK ((session IS NULL) = (step = 'cleared'))
);

-- The entries of each session as one range, made from the claims. Two ranges of a chair never share an entry, whoever writes at
-- the same time (H01).
CREATE TABLE _span (
    timeline BIGINT NOT NULL REFERENCES timeline (id),
    begun    BIGINT NOT NULL,
    session  TEXT   NOT NULL,
    entries  INT8RANGE NOT NULL,
    PRIMARY KEY (timeline, begun),
    CONSTRAINT spans_never_overlap EXCLUDE USING gist (timeline WITH =, entries WITH &&)
);

CREATE FUNCTION _claim_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    had    claim%ROWTYPE;
    opened claim%ROWTYPE;
BEGIN
    SELECT * INTO had FROM claim WHERE timeline = NEW.timeline ORDER BY seq DESC LIMIT 1;
    IF FOUND AND had.seq >= NEW.seq THEN
        RAISE EXCEPTION 'claim: a claim can only follow the last one';
    END IF;
    SELECT b.* INTO opened FROM claim b WHERE b.timeline = NEW.timeline AND b.step = 'begin' AND NOT EXISTS (
        SELECT 1 FROM claim r WHERE r.timeline = b.timeline AND r.step = 'release' AND r.seq > b.seq)
        ORDER BY b.seq DESC LIMIT 1;
    IF NEW.step IN ('begin', 'cleared') AND opened.seq IS NOT NULL THEN
        RAISE EXCEPTION 'claim: another session has the chair';
    END IF;
    IF NEW.step IN ('from', 'release') AND opened.session IS DISTINCT FROM NEW.session THEN
        RAISE EXCEPTION 'claim: the session does not have the chair';
    END IF;
    IF NEW.step IN ('begin', 'from') AND EXISTS (SELECT 1 FROM claim
        WHERE timeline = NEW.timeline AND step IN ('release', 'cleared') AND bound >= NEW.bound) THEN
        RAISE EXCEPTION 'claim: the entry belongs to somebody else';
    END IF;
    IF NEW.step = 'release' AND NEW.bound < (SELECT bound FROM claim
        WHERE timeline = NEW.timeline AND step IN ('begin', 'from') ORDER BY seq DESC LIMIT 1) THEN
        RAISE EXCEPTION 'claim: it would end before it began';
    END IF;
    IF NEW.step = 'begin' THEN
        INSERT INTO _span VALUES (NEW.timeline, NEW.seq, NEW.session, int8range(NEW.bound, NULL));
    ELSIF NEW.step = 'from' THEN
        UPDATE _span SET entries = int8range(NEW.bound, NULL) WHERE timeline = NEW.timeline AND begun = opened.seq;
    ELSIF NEW.step = 'release' THEN
        UPDATE _span SET entries = int8range(lower(entries), NEW.bound, '[]')
            WHERE timeline = NEW.timeline AND begun = opened.seq;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_fits BEFORE INSERT ON claim FOR EACH ROW EXECUTE FUNCTION _claim_fits();

CREATE FUNCTION _span_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'claim: spans follow the claims and are never written alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER span_follows BEFORE INSERT OR UPDATE OR DELETE ON _span FOR EACH ROW EXECUTE FUNCTION _span_follows();

-- Rows are never changed or deleted ...
CREATE FUNCTION _kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'log: % of table % is refused, its rows are kept as they are', lower(TG_OP), TG_TABLE_NAME;
END $$;

-- ... but for what a tombstone stands for,
CREATE FUNCTION _kept_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seq <= (SELECT t.last_seq FROM tombstone t WHERE t.timeline = OLD.timeline AND t.seq <= OLD.seq
        ORDER BY t.seq DESC LIMIT 1) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'log: delete of table % is refused, no tombstone stands for entry %', TG_TABLE_NAME, OLD.seq;
END $$;

-- ... and the salt of a block with a tombstone in it.
CREATE FUNCTION _kept_but_salt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF length(NEW.salt) = 0 AND (NEW.timeline, NEW.number, NEW.first_seq, NEW.last_seq, NEW.reached_wall_us, NEW.hash)
        = (OLD.timeline, OLD.number, OLD.first_seq, OLD.last_seq, OLD.reached_wall_us, OLD.hash)
        AND EXISTS (SELECT 1 FROM tombstone t
            WHERE t.timeline = OLD.timeline AND t.seq BETWEEN OLD.first_seq AND OLD.last_seq) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'log: update of table block is refused, its rows are kept as they are';
END $$;

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['word', 'timeline', 'source', 'boot', 'flags', 'claim', 'erasure', 'tombstone', 'resealed'] LOOP
        EXECUTE format('CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION _kept()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['reading', 'reading_more', 'note', 'kept_salt'] LOOP
        EXECUTE format('CREATE TRIGGER kept BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION _kept()', name);
        EXECUTE format('CREATE TRIGGER kept_unless_erased BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION _kept_unless_erased()', name);
    END LOOP;
    -- Those that nothing leads to may go; the foreign keys hold the others.
    FOREACH name IN ARRAY ARRAY['frame', 'channel', 'identity'] LOOP
        EXECUTE format('CREATE TRIGGER kept BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION _kept()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['word', 'timeline', 'source', 'boot', 'identity', 'flags', 'channel', 'frame', 'reading', 'reading_more',
        'note', 'block', 'claim', '_span', 'erasure', 'tombstone', 'kept_salt', 'resealed'] LOOP
        EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION _kept()', name);
    END LOOP;
END $$;
CREATE TRIGGER kept_but_salt BEFORE UPDATE ON block FOR EACH ROW EXECUTE FUNCTION _kept_but_salt();
CREATE TRIGGER kept BEFORE DELETE ON block FOR EACH ROW EXECUTE FUNCTION _kept();

CREATE FUNCTION _digits(value BIGINT, places BIGINT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT round(value / (10::numeric ^ places), places::int)::text
$$;
CREATE FUNCTION _utc(us BIGINT) RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT to_char(to_timestamp(us / 1000000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- For people: one line per reading, every code as its word.
CREATE VIEW readings AS
SELECT t.key AS timeline, r.seq AS seq, _utc(f.received_wall_us) AS received_utc, s.name AS source, vital.word AS vital,
       split_part(state.word, ' ', 1) AS state, nullif(substr(state.word, strpos(state.word || ' ', ' ') + 1), '') AS reason,
       _digits(r.value, r.places) AS value, _digits(m.diastolic, m.diastolic_places) AS diastolic,
       _digits(m.mean, m.mean_places) AS mean, unit.word AS unit, origin.word AS origin, c.site AS site, g.known AS flags,
       g.others AS other_flags, m.measured_at AS measured_at, coalesce(m.age_us, 0) AS age_us, c.synthetic AS synthetic,
       i.bed AS bed, i.patient AS patient, r.frame AS frame
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
SELECT t.key AS timeline, n.seq AS seq, _utc(coalesce(n.received_wall_us, f.received_wall_us)) AS received_utc, s.name AS source,
       kind.word AS kind, what.word AS word, n.text AS text, n.frame AS frame
FROM note n
JOIN timeline t ON t.id = n.timeline
JOIN word kind ON kind.list = 'note' AND kind.code = n.kind
LEFT JOIN frame f ON f.id = n.frame
LEFT JOIN source s ON s.id = coalesce(n.source, f.source)
LEFT JOIN word what ON what.code = n.word AND what.list = CASE kind.word
    WHEN 'notice' THEN 'priority' WHEN 'skipped' THEN 'skip' WHEN 'link' THEN 'link' WHEN 'deed' THEN 'deed' END;

-- For people: one line a session with the entries it claims; an open one has no last entry.
CREATE VIEW spans AS
SELECT t.key AS timeline, s.session AS session, lower(s.entries) AS first_seq, upper(s.entries) - 1 AS last_seq
FROM _span s JOIN timeline t ON t.id = s.timeline;
