-- An index of sessions: derived from the deeds of the chairs, filled in the transaction that writes them. It is no part of the
-- record and of no chain; emptied, it is filled again at the next start.
CREATE TABLE _session_index (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO _session_index VALUES (1, 0);

CREATE TABLE _session (
    id         INTEGER PRIMARY KEY,
    session    TEXT    NOT NULL UNIQUE,
    timeline   INTEGER NOT NULL REFERENCES timeline (id),
    opened_seq INTEGER NOT NULL,
    opening    TEXT    NOT NULL,
    patient    TEXT    NOT NULL,
    spelled    TEXT    NOT NULL,
    phase      TEXT    NOT NULL,
    nurse      TEXT    NOT NULL,
    opened_us  INTEGER NOT NULL,
    started_us INTEGER,
    stopped_us INTEGER,
    ended_us   INTEGER,
    signed_by  TEXT,
    signed_us  INTEGER,
    has        INTEGER NOT NULL,
    facts      TEXT    NOT NULL
) STRICT;
CREATE INDEX _session_newest ON _session (opened_us, id);
CREATE INDEX _session_of_patient ON _session (patient, opened_us);
CREATE INDEX _session_of_chair ON _session (timeline, opened_seq);

-- Every deed that speaks of a session: its acts, the notices of limits, who looked at it.
CREATE TABLE _session_deed (
    session INTEGER NOT NULL REFERENCES _session (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
