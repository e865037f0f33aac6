//! The index of sessions: tables that hold nothing but what the deeds say, so that a session is found without reading them.

use crate::index::{Find, Found, Line, Stands, fold, session_of};
use crate::sqlite::rows::{NOTES_SELECT, Rows};
use crate::sqlite::words::{List, NOTES, Words};
use crate::sqlite::{error, read};
use crate::{FACTS, StoreError};
use chairside_observation::session::{Act, Done, EntryKind, Finding, Findings, Phase, Session, SessionId};
use chairside_observation::{ChairId, Deed, Entry, LinkState, Micros, Sequence, Timeline, What};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Row, SqliteConnection};

/// Raised when a line would be made differently: the tables are then filled again at the next start.
const VERSION: i64 = 1;
/// Deeds read at a time while they are filled.
const PAGE: usize = 1000;
/// What parts the kinds of facts; no text can hold it.
const SEP: char = '\u{1f}';

/// A deed that speaks of a session, on its way into the log.
pub(super) struct Spoken {
    pub(super) timeline: i64,
    pub(super) chair: Timeline,
    pub(super) seq: i64,
    pub(super) session: SessionId,
    opens: bool,
    /// Where her span begins or ends may be another now: what lies in it is looked at again.
    moves: bool,
}

/// What of an entry the index has to know.
pub(super) fn spoken(entry: &Entry, timeline: i64, seq: i64) -> Option<Spoken> {
    let (session, chair) = (session_of(&entry.what)?.clone(), entry.timeline.clone());
    let act = if let What::Deed(Deed::Session(done)) = &entry.what { Some(&done.act) } else { None };
    let opens = matches!(act, Some(Act::Opened { .. }));
    let moves = matches!(act, Some(Act::Moved { .. } | Act::Claimed { .. }));
    Some(Spoken { timeline, chair, seq, session, opens, moves })
}

/// Brings the index up to what these deeds say, in the caller's transaction, after the deeds were written.
pub(super) async fn follow(conn: &mut SqliteConnection, words: &Words, spoken: &[Spoken]) -> Result<(), sqlx::Error> {
    let mut touched: Vec<(i64, &Spoken, bool)> = Vec::new();
    for deed in spoken {
        let known: Option<i64> = sqlx::query_scalar("SELECT id FROM _session WHERE session = ?")
            .bind(deed.session.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        let id = match known {
            Some(id) => id,
            None if deed.opens => open(conn, deed).await?,
            // It speaks of a session that is not there; nobody could look for it.
            None => continue,
        };
        sqlx::query("INSERT OR IGNORE INTO _session_deed VALUES (?, ?)")
            .bind(id)
            .bind(deed.seq)
            .execute(&mut *conn)
            .await?;
        match touched.iter_mut().find(|(of, ..)| *of == id) {
            Some((_, _, moves)) => *moves |= deed.moves,
            None => touched.push((id, deed, deed.moves)),
        }
    }
    for (id, deed, moves) in touched {
        fold_again(conn, words, (id, deed.timeline, &deed.chair, &deed.session), moves).await?;
    }
    Ok(())
}

async fn open(conn: &mut SqliteConnection, deed: &Spoken) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO _session (session, timeline, opened_seq, opening, patient, spelled, phase, nurse, opened_us, has, facts) \
         VALUES (?, ?, ?, '', '', '', '', '', 0, 0, '') RETURNING id",
    )
    .bind(deed.session.as_str())
    .bind(deed.timeline)
    .bind(deed.seq)
    .fetch_one(conn)
    .await
}

/// Makes the line of a session from its deeds. One whose deeds cannot be read keeps the line it has: `verify` says which.
async fn fold_again(
    conn: &mut SqliteConnection,
    words: &Words,
    (id, timeline, chair, session): (i64, i64, &Timeline, &SessionId),
    moves: bool,
) -> Result<(), sqlx::Error> {
    let Some(deeds) = deeds(conn, words, (id, timeline, chair)).await? else { return Ok(()) };
    let (Some(folded), Timeline::Chair(chair)) = (fold(session, &deeds), chair) else { return Ok(()) };
    let mut seen = if moves { seen(conn, words, timeline, &folded).await? } else { kept(conn, id).await? };
    if deeds.iter().any(|entry| matches!(entry.what, What::Deed(Deed::Noticed(_)))) {
        seen.insert(Finding::Limit);
    }
    let line = Line::of(chair, &folded, seen);
    let opening =
        deeds.first().map(|entry| if let What::Deed(deed) = &entry.what { deed.fields() } else { String::new() });
    let facts = line.facts.iter().map(|(kind, text)| format!("{}={text}", kind.word())).collect::<Vec<_>>();
    sqlx::query(
        "UPDATE _session SET opening = ?, patient = ?, spelled = ?, phase = ?, nurse = ?, opened_us = ?, started_us = ?, \
         stopped_us = ?, ended_us = ?, signed_by = ?, signed_us = ?, has = ?, facts = ? WHERE id = ?",
    )
    .bind(opening.unwrap_or_default())
    .bind(&*line.patient.id)
    .bind(line.spelled())
    .bind(line.phase.word())
    .bind(&*line.nurse)
    .bind(line.opened.0)
    .bind(line.started.map(|at| at.0))
    .bind(line.stopped.map(|at| at.0))
    .bind(line.ended.map(|at| at.0))
    .bind(line.signed.as_ref().map(|(by, _)| &**by))
    .bind(line.signed.as_ref().map(|(_, at)| at.0))
    .bind(i64::from(line.has.bits()))
    .bind(facts.join("\u{1f}"))
    .bind(id)
    .execute(conn)
    .await
    .map(|_| ())
}

/// The deeds of a session; `None` when one of them is damaged.
async fn deeds(
    conn: &mut SqliteConnection,
    words: &Words,
    (id, timeline, chair): (i64, i64, &Timeline),
) -> Result<Option<Vec<Entry>>, sqlx::Error> {
    let sql = format!(
        "{NOTES_SELECT} WHERE n.timeline = ? AND n.seq IN (SELECT seq FROM _session_deed WHERE session = ?) \
         ORDER BY n.timeline, n.seq"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(timeline).bind(id).fetch_all(conn).await?;
    let mut decoder = Rows::new(words);
    Ok(rows.iter().map(|row| decoder.note(chair, row).map(|stored| stored.entry).ok()).collect())
}

/// What the monitors did in the span, as the line has it.
async fn kept(conn: &mut SqliteConnection, id: i64) -> Result<Findings, sqlx::Error> {
    let has: i64 = sqlx::query_scalar("SELECT has FROM _session WHERE id = ?").bind(id).fetch_one(conn).await?;
    let has = Findings::from_bits(u16::try_from(has).unwrap_or(0));
    Ok(has.iter().filter(|f| matches!(f, Finding::Gap | Finding::Notice | Finding::Demo | Finding::Limit)).collect())
}

/// What the monitors did in the span.
async fn seen(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: i64,
    session: &Session,
) -> Result<Findings, sqlx::Error> {
    let whole = |sequence: Sequence| i64::try_from(sequence.0).unwrap_or(i64::MAX);
    let (from, through) = (whole(session.from), session.through.map_or(i64::MAX, whole));
    let kind = |kind: &str| words.code(List::Note, NOTES.iter().position(|word| *word == kind)?);
    let link = |state: LinkState| words.code(List::Link, state as usize);
    let row: (bool, bool, bool) = sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM note WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3 AND kind = ?4 AND word IN (?5, ?6)), \
         EXISTS (SELECT 1 FROM note WHERE timeline = ?1 AND seq BETWEEN ?2 AND ?3 AND kind = ?7), \
         EXISTS (SELECT 1 FROM channel WHERE synthetic = 1) AND EXISTS (SELECT 1 FROM reading WHERE timeline = ?1 \
         AND seq BETWEEN ?2 AND ?3 AND channel IN (SELECT id FROM channel WHERE synthetic = 1))",
    )
    .bind(timeline)
    .bind(from)
    .bind(through)
    .bind(kind("link"))
    .bind(link(LinkState::Silent))
    .bind(link(LinkState::Lost))
    .bind(kind("notice"))
    .fetch_one(conn)
    .await?;
    let all = [(row.0, Finding::Gap), (row.1, Finding::Notice), (row.2, Finding::Demo)];
    Ok(all.into_iter().filter(|(is, _)| *is).map(|(_, finding)| finding).collect())
}

/// Takes out sessions of a chair whose opening is erased, in the caller's transaction.
pub(super) async fn forget(conn: &mut SqliteConnection, timeline: i64) -> Result<(), sqlx::Error> {
    let gone = "SELECT id FROM _session WHERE timeline = ?1 AND NOT EXISTS \
         (SELECT 1 FROM note WHERE timeline = ?1 AND seq = opened_seq)";
    for table in ["_session_deed WHERE session", "_session WHERE id"] {
        let sql = format!("DELETE FROM {table} IN ({gone})");
        sqlx::query(AssertSqlSafe(sql)).bind(timeline).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Fills the tables from the deeds, where they are of another version or were never filled.
pub(super) async fn complete(conn: &mut SqliteConnection, words: &Words) -> Result<(), StoreError> {
    let version: Option<i64> = sqlx::query_scalar("SELECT version FROM _session_index")
        .fetch_optional(&mut *conn)
        .await
        .map_err(|e| error::read(&e))?;
    if version == Some(VERSION) {
        return Ok(());
    }
    let write = |e: sqlx::Error| error::write(&e);
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await.map_err(write)?;
    for sql in ["DELETE FROM _session_deed", "DELETE FROM _session"] {
        sqlx::query(sql).execute(&mut *conn).await.map_err(write)?;
    }
    let chairs: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, key FROM timeline WHERE key LIKE 'chair:%' ORDER BY id")
            .fetch_all(&mut *conn)
            .await
            .map_err(|e| error::read(&e))?;
    for (id, key) in chairs {
        if let Some(timeline) = Timeline::from_key(&key) {
            fill(conn, words, id, &timeline).await?;
        }
    }
    sqlx::query("INSERT OR REPLACE INTO _session_index VALUES (1, ?)")
        .bind(VERSION)
        .execute(&mut *conn)
        .await
        .map_err(write)?;
    sqlx::query("COMMIT").execute(conn).await.map_err(write)?;
    Ok(())
}

async fn fill(conn: &mut SqliteConnection, words: &Words, id: i64, timeline: &Timeline) -> Result<(), StoreError> {
    let mut after = Sequence(0);
    loop {
        let page = match read::deeds(conn, words, timeline, after, PAGE).await {
            Ok(page) => page,
            Err(error) => {
                // The rest of this chair is not found; `verify` says what is damaged, and recording goes on.
                tracing::warn!(%error, "sessions of a chair are missing in the list");
                return Ok(());
            }
        };
        let Some(last) = page.last() else { return Ok(()) };
        after = last.entry.sequence;
        let seq = |sequence: Sequence| i64::try_from(sequence.0).unwrap_or(i64::MAX);
        let of_page = page.iter().filter_map(|stored| spoken(&stored.entry, id, seq(stored.entry.sequence)));
        let of_page: Vec<Spoken> = of_page.collect();
        follow(conn, words, &of_page).await.map_err(|e| error::write(&e))?;
    }
}

const LINES: &str = "SELECT s.session, t.key, s.opening, s.phase, s.nurse, s.opened_us, s.started_us, s.stopped_us, \
     s.ended_us, s.signed_by, s.signed_us, s.has, s.facts, s.id FROM _session s JOIN timeline t ON t.id = s.timeline ";

/// Conditions with their values, in the order they stand in.
#[derive(Default)]
struct Where {
    sql: String,
    args: SqliteArguments,
    failed: bool,
}

impl Where {
    fn and<'q, T: sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + 'q>(
        &mut self,
        condition: &str,
        value: T,
    ) {
        self.is(condition);
        self.failed |= self.args.add(value).is_err();
    }

    fn is(&mut self, condition: &str) {
        self.sql.push_str(if self.sql.is_empty() { "WHERE " } else { " AND " });
        self.sql.push_str(condition);
    }

    fn of(ask: &Find) -> Self {
        let mut all = Self::default();
        for part in &ask.parts {
            all.and("instr(s.spelled, ?) > 0", part.clone());
        }
        if let Some(chair) = &ask.chair {
            all.and("s.timeline = (SELECT id FROM timeline WHERE key = ?)", Timeline::Chair(chair.clone()).key());
        }
        if let Some(patient) = &ask.patient {
            all.and("s.patient = ?", patient.to_string());
        }
        if let Some(from) = ask.from {
            all.and("s.opened_us >= ?", from.0);
        }
        if let Some(to) = ask.to {
            all.and("s.opened_us < ?", to.0);
        }
        match ask.state {
            None => {}
            Some(Stands::Open) => all.is("s.ended_us IS NULL"),
            Some(Stands::Over) => all.is("s.ended_us IS NOT NULL"),
            Some(Stands::Unsigned) => all.is("s.phase = 'discharged' AND s.signed_us IS NULL"),
            Some(Stands::Signed) => all.is("s.signed_us IS NOT NULL"),
            Some(Stands::Cancelled) => all.is("s.phase = 'cancelled'"),
        }
        if ask.has != Findings::default() {
            let bits = i64::from(ask.has.bits());
            all.and("s.has & ? = ", bits);
            all.sql.push('?');
            all.failed |= all.args.add(bits).is_err();
        }
        all
    }
}

/// Sessions that are looked for, the newest first.
pub(super) async fn find(conn: &mut SqliteConnection, ask: &Find) -> Result<Found, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let counted = Where::of(ask);
    let sql = format!("SELECT count(*) FROM _session s {}", counted.sql);
    let total: i64 =
        sqlx::query_scalar_with(AssertSqlSafe(sql), counted.args).fetch_one(&mut *conn).await.map_err(failed)?;
    let mut page = Where::of(ask);
    if let Some(after) = &ask.after {
        let of = |column: &str| format!("(SELECT {column} FROM _session WHERE session = ?)");
        page.and(&format!("(s.opened_us, s.id) < ({}, ", of("opened_us")), after.to_string());
        page.sql.push_str(&of("id"));
        page.sql.push(')');
        page.failed |= page.args.add(after.to_string()).is_err();
    }
    page.failed |= page.args.add(i64::try_from(ask.limit).unwrap_or(i64::MAX).saturating_add(1)).is_err();
    if page.failed || counted.failed {
        return Err(StoreError::Read("a value of the search could not be handed on".to_owned()));
    }
    let sql = format!("{LINES}{} ORDER BY s.opened_us DESC, s.id DESC LIMIT ?", page.sql);
    let rows = sqlx::query_with(AssertSqlSafe(sql), page.args).fetch_all(conn).await.map_err(failed)?;
    let mut lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let more = lines.len() > ask.limit;
    lines.truncate(ask.limit);
    Ok(Found { lines, more, total: u64::try_from(total).unwrap_or(0) })
}

fn line(row: &SqliteRow) -> Result<Line, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let damaged = || {
        StoreError::Read(
            "the index of sessions is damaged; empty the table _session_index and start again: it is filled from the record"
                .to_owned(),
        )
    };
    let text = |column: usize| row.try_get::<&str, _>(column).map_err(failed);
    let time = |column: usize| row.try_get::<Option<i64>, _>(column).map(|us| us.map(Micros)).map_err(failed);
    let Some(Timeline::Chair(chair)) = Timeline::from_key(text(1)?) else { return Err(damaged()) };
    let opening = Done::from_fields(text(2)?).ok_or_else(damaged)?;
    let Act::Opened { patient, plan, .. } = opening.act else { return Err(damaged()) };
    let signed: Option<&str> = row.try_get(9).map_err(failed)?;
    let fact = |fact: &str| {
        let (kind, text) = fact.split_once('=')?;
        let kind = EntryKind::from_word(kind).filter(|kind| FACTS.contains(kind))?;
        Some((kind, text.into()))
    };
    Ok(Line {
        id: SessionId::from(text(0)?),
        chair,
        patient,
        plan,
        phase: Phase::from_word(text(3)?).ok_or_else(damaged)?,
        nurse: text(4)?.into(),
        opened: time(5)?.ok_or_else(damaged)?,
        started: time(6)?,
        stopped: time(7)?,
        ended: time(8)?,
        signed: signed.map(Into::into).zip(time(10)?),
        has: Findings::from_bits(u16::try_from(row.try_get::<i64, _>(11).map_err(failed)?).unwrap_or(0)),
        facts: text(12)?.split(SEP).filter_map(fact).collect(),
    })
}

/// The chair of a session and its deeds, each with the boot its times count in.
pub(super) async fn deeds_of(
    conn: &mut SqliteConnection,
    words: &Words,
    session: &SessionId,
) -> Result<Option<(ChairId, Vec<super::rows::Stored>)>, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let found: Option<(i64, i64, String)> = sqlx::query_as(
        "SELECT s.id, s.timeline, t.key FROM _session s JOIN timeline t ON t.id = s.timeline WHERE s.session = ?",
    )
    .bind(session.as_str())
    .fetch_optional(&mut *conn)
    .await
    .map_err(failed)?;
    let Some((id, timeline_id, key)) = found else { return Ok(None) };
    let Some(Timeline::Chair(chair)) = Timeline::from_key(&key) else { return Ok(None) };
    let timeline = Timeline::Chair(chair.clone());
    let sql = format!(
        "{NOTES_SELECT} WHERE n.timeline = ? AND n.seq IN (SELECT seq FROM _session_deed WHERE session = ?) \
         ORDER BY n.timeline, n.seq"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(timeline_id).bind(id).fetch_all(conn).await.map_err(failed)?;
    let mut decoder = Rows::new(words);
    let deeds = rows.iter().map(|row| decoder.note(&timeline, row)).collect::<Result<Vec<_>, _>>();
    deeds
        .map(|deeds| Some((chair, deeds)))
        .map_err(|damage| StoreError::Read(format!("{}: {damage}; run `chairside verify`", timeline.key())))
}

/// The sequence before the deeds that say how a chair stands: those of its last session, of the session that had the chair
/// before it, and a clearing in between.
pub(super) async fn replay_after(conn: &mut SqliteConnection, timeline: &Timeline) -> Result<Sequence, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let Some(id) = read::timeline_id(conn, timeline).await? else { return Ok(Sequence(0)) };
    let last: Option<i64> = sqlx::query_scalar("SELECT max(opened_seq) FROM _session WHERE timeline = ?")
        .bind(id)
        .fetch_one(&mut *conn)
        .await
        .map_err(failed)?;
    let Some(last) = last else { return Ok(Sequence(0)) };
    let before: Option<i64> = sqlx::query_scalar(
        "SELECT CASE c.step WHEN 'cleared' THEN c.seq ELSE (SELECT opened_seq FROM _session WHERE session = c.session) END \
         FROM claim c WHERE c.timeline = ?1 AND c.seq < ?2 AND c.step IN ('release', 'cleared') ORDER BY c.seq DESC LIMIT 1",
    )
    .bind(id)
    .bind(last)
    .fetch_optional(conn)
    .await
    .map_err(failed)?
    .flatten();
    let first = before.map_or(last, |before| before.min(last));
    Ok(Sequence(u64::try_from(first - 1).unwrap_or(0)))
}
