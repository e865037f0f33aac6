-- Which entries of a chair's timeline belong to which session. Written with the deed that did it, in one transaction; the
-- triggers refuse what would overlap, and every change.
CREATE TABLE claim (
    timeline INTEGER NOT NULL REFERENCES timeline (id),
    seq      INTEGER NOT NULL,
    session  TEXT,
    step     TEXT    NOT NULL CHECK (step IN ('begin', 'from', 'release', 'cleared')),
    bound    INTEGER NOT NULL CHECK (bound <= seq),
    PRIMARY KEY (timeline, seq),
    CHECK ((session IS NULL) = (step = 'cleared')),
    FOREIGN KEY (timeline, seq) REFERENCES note (timeline, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER claim_in_order BEFORE INSERT ON claim
WHEN EXISTS (SELECT 1 FROM claim WHERE timeline = NEW.timeline AND seq >= NEW.seq)
BEGIN SELECT RAISE(ABORT, 'claim: a claim can only follow the last one'); END;

-- The session that has the chair is that of the newest begin, unless its release came after it.
CREATE TRIGGER claim_one_at_a_time BEFORE INSERT ON claim
WHEN NEW.step IN ('begin', 'cleared') AND EXISTS (
    SELECT 1 FROM claim b WHERE b.timeline = NEW.timeline AND b.step = 'begin' AND NOT EXISTS (
        SELECT 1 FROM claim r WHERE r.timeline = b.timeline AND r.step = 'release' AND r.seq > b.seq))
BEGIN SELECT RAISE(ABORT, 'claim: another session has the chair'); END;

CREATE TRIGGER claim_of_its_own BEFORE INSERT ON claim
WHEN NEW.step IN ('from', 'release') AND NOT EXISTS (
    SELECT 1 FROM claim b WHERE b.timeline = NEW.timeline AND b.step = 'begin' AND b.session = NEW.session AND NOT EXISTS (
        SELECT 1 FROM claim r WHERE r.timeline = b.timeline AND r.step = 'release' AND r.seq > b.seq))
BEGIN SELECT RAISE(ABORT, 'claim: the session does not have the chair'); END;

CREATE TRIGGER claim_no_overlap BEFORE INSERT ON claim
WHEN NEW.step IN ('begin', 'from') AND EXISTS (
    SELECT 1 FROM claim WHERE timeline = NEW.timeline AND step IN ('release', 'cleared') AND bound >= NEW.bound)
BEGIN SELECT RAISE(ABORT, 'claim: the entry belongs to somebody else'); END;

CREATE TRIGGER claim_ends_after_it_began BEFORE INSERT ON claim
WHEN NEW.step = 'release' AND NEW.bound < (
    SELECT bound FROM claim WHERE timeline = NEW.timeline AND step IN ('begin', 'from') ORDER BY seq DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'claim: it would end before it began'); END;

CREATE TRIGGER claim_is_kept BEFORE UPDATE ON claim
BEGIN SELECT RAISE(ABORT, 'claim: rows are never changed'); END;
CREATE TRIGGER claim_is_never_deleted BEFORE DELETE ON claim
BEGIN SELECT RAISE(ABORT, 'claim: rows are never deleted'); END;

-- For people: one line a session with the entries it claims; an open one has no last entry.
CREATE VIEW spans AS
SELECT t.key AS timeline,
       b.session AS session,
       (SELECT f.bound FROM claim f WHERE f.timeline = b.timeline AND f.session = b.session AND f.step IN ('begin', 'from')
        ORDER BY f.seq DESC LIMIT 1) AS first_seq,
       (SELECT r.bound FROM claim r WHERE r.timeline = b.timeline AND r.session = b.session AND r.step = 'release') AS last_seq
FROM claim b JOIN timeline t ON t.id = b.timeline WHERE b.step = 'begin';
