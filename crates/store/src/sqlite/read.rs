//! Reading: always from connections that cannot write, each answer from one state of the log.

use crate::sqlite::rows::{Damage, FRAMES, NOTES_SELECT, READINGS, Rows, Stored};
use crate::sqlite::words::{List, Words};
use crate::sqlite::{error, page};
use crate::{Head, StoreError};
use chairside_observation::{Frame, FrameKey, Sequence, Timeline, Vital};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

/// How far back [`latest`] looks: 50,000 entries are about 40 minutes of a chair that gets 20 entries a second. What is
/// older has long been replaced by `--` on every screen.
const LATEST_ENTRIES: i64 = 50_000;

fn damaged(timeline: &Timeline, damage: &Damage) -> StoreError {
    StoreError::Read(format!("{}: {damage}; run `chairside verify`", timeline.key()))
}

fn seq_of(sequence: Sequence) -> i64 {
    i64::try_from(sequence.0).unwrap_or(i64::MAX)
}

/// The number of a timeline.
pub(super) async fn timeline_id(conn: &mut SqliteConnection, timeline: &Timeline) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar("SELECT id FROM timeline WHERE key = ?")
        .bind(timeline.key())
        .fetch_optional(conn)
        .await
        .map_err(|e| error::read(&e))
}

/// The newest sequence of a timeline.
pub(super) async fn head(conn: &mut SqliteConnection, timeline: &Timeline) -> Result<Sequence, StoreError> {
    let newest: Option<i64> = sqlx::query_scalar(
        "SELECT last_seq FROM block WHERE timeline = (SELECT id FROM timeline WHERE key = ?) \
         ORDER BY number DESC LIMIT 1",
    )
    .bind(timeline.key())
    .fetch_optional(conn)
    .await
    .map_err(|e| error::read(&e))?;
    Ok(Sequence(newest.and_then(|newest| u64::try_from(newest).ok()).unwrap_or(0)))
}

/// The frame with a key, with the boot its monotonic time counts in.
pub(super) async fn frame_of_key(
    conn: &mut SqliteConnection,
    words: &Words,
    key: FrameKey,
) -> Result<Option<(Frame, Box<str>)>, StoreError> {
    let sql = format!("{FRAMES} WHERE f.key = ?");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(key.0.as_slice()).fetch_optional(conn).await;
    let Some(row) = row.map_err(|e| error::read(&e))? else { return Ok(None) };
    let (_, frame, boot) = Rows::new(words).frame(&row).map_err(StoreError::Read)?;
    Ok(Some((frame, boot)))
}

/// Entries above `after`, in order, at most `limit`. The caller holds a transaction when a writer may be at work.
pub(super) async fn stored(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
    after: Sequence,
    limit: usize,
) -> Result<Vec<Stored>, StoreError> {
    let Some(id) = timeline_id(conn, timeline).await? else { return Ok(Vec::new()) };
    let mut rows = Rows::new(words);
    let mut entries = Vec::new();
    let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
    for (select, table, is_reading) in [(READINGS, "r", true), (NOTES_SELECT, "n", false)] {
        if is_reading && limit >= page::FROM {
            entries = page::readings(conn, words, timeline, (id, seq_of(after), limit_rows)).await?;
            continue;
        }
        let sql = format!(
            "{select} WHERE {table}.timeline = ? AND {table}.seq > ? ORDER BY {table}.timeline, {table}.seq LIMIT ?"
        );
        let found = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .bind(seq_of(after))
            .bind(limit_rows)
            .fetch_all(&mut *conn)
            .await
            .map_err(|e| error::read(&e))?;
        for row in &found {
            let entry = if is_reading { rows.reading(timeline, row) } else { rows.note(timeline, row) };
            entries.push(entry.map_err(|damage| damaged(timeline, &damage))?);
        }
    }
    entries.sort_unstable_by_key(|stored| stored.entry.sequence);
    entries.truncate(limit);
    Ok(entries)
}

/// Deeds above `after`, in order, at most `limit`.
pub(super) async fn deeds(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
    after: Sequence,
    limit: usize,
) -> Result<Vec<Stored>, StoreError> {
    let Some(id) = timeline_id(conn, timeline).await? else { return Ok(Vec::new()) };
    let mut rows = Rows::new(words);
    // The condition of the index `note_deed`, word for word.
    let sql = format!(
        "{NOTES_SELECT} WHERE n.timeline = ? AND n.seq > ? AND n.source IS NULL AND n.frame IS NULL \
         ORDER BY n.timeline, n.seq LIMIT ?"
    );
    let found = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .bind(seq_of(after))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await
        .map_err(|e| error::read(&e))?;
    found.iter().map(|row| rows.note(timeline, row).map_err(|damage| damaged(timeline, &damage))).collect()
}

/// Readings of one vital above `after`, in order, at most `limit`.
pub(super) async fn readings(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
    vital: Vital,
    after: Sequence,
    limit: usize,
) -> Result<Vec<Stored>, StoreError> {
    let (id, code) = (timeline_id(conn, timeline).await?, words.code(List::Vital, vital as usize));
    let (Some(id), Some(code)) = (id, code) else { return Ok(Vec::new()) };
    let mut rows = Rows::new(words);
    let sql =
        format!("{READINGS} WHERE r.timeline = ? AND r.seq > ? AND c.vital = ? ORDER BY r.timeline, r.seq LIMIT ?");
    let found = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .bind(seq_of(after))
        .bind(code)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await
        .map_err(|e| error::read(&e))?;
    found.iter().map(|row| rows.reading(timeline, row).map_err(|damage| damaged(timeline, &damage))).collect()
}

/// Entries at the given sequences.
async fn stored_at(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
    id: i64,
    sequences: &[i64],
) -> Result<Vec<Stored>, StoreError> {
    let mut rows = Rows::new(words);
    let mut entries = Vec::new();
    for (select, table, is_reading) in [(READINGS, "r", true), (NOTES_SELECT, "n", false)] {
        let sql = format!("{select} WHERE {table}.timeline = ? AND {table}.seq = ?");
        for seq in sequences {
            let found = sqlx::query(AssertSqlSafe(sql.as_str()))
                .bind(id)
                .bind(seq)
                .fetch_optional(&mut *conn)
                .await
                .map_err(|e| error::read(&e))?;
            let Some(row) = found else { continue };
            let entry = if is_reading { rows.reading(timeline, &row) } else { rows.note(timeline, &row) };
            entries.push(entry.map_err(|damage| damaged(timeline, &damage))?);
        }
    }
    entries.sort_unstable_by_key(|stored| stored.entry.sequence);
    Ok(entries)
}

/// Every timeline with the end of its chain.
pub(super) async fn heads(conn: &mut SqliteConnection) -> Result<Vec<Head>, StoreError> {
    let rows = sqlx::query(
        "SELECT t.key, b.last_seq FROM timeline t JOIN block b ON b.timeline = t.id \
         AND b.number = (SELECT max(number) FROM block WHERE timeline = t.id) ORDER BY t.id",
    )
    .fetch_all(conn)
    .await
    .map_err(|e| error::read(&e))?;
    let mut heads = Vec::with_capacity(rows.len());
    for row in rows {
        let key: &str = row.try_get(0).map_err(|e| error::read(&e))?;
        let last: i64 = row.try_get(1).map_err(|e| error::read(&e))?;
        match (Timeline::from_key(key), u64::try_from(last)) {
            (Some(timeline), Ok(last)) => heads.push(Head { timeline, sequence: Sequence(last) }),
            _ => return Err(StoreError::Read("a timeline's key or head is damaged; run `chairside verify`".into())),
        }
    }
    Ok(heads)
}

/// The newest reading of each source, vital, origin and site, and the newest link of each source.
pub(super) async fn latest(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
) -> Result<Vec<Stored>, StoreError> {
    let Some(id) = timeline_id(conn, timeline).await? else { return Ok(Vec::new()) };
    let newest: i64 = sqlx::query_scalar(
        "SELECT coalesce(max(last_seq), 0) FROM block WHERE timeline = ?1 \
         AND number = (SELECT max(number) FROM block WHERE timeline = ?1)",
    )
    .bind(id)
    .fetch_one(&mut *conn)
    .await
    .map_err(|e| error::read(&e))?;
    let sequences: Vec<i64> = sqlx::query_scalar(
        "SELECT max(newest) FROM (SELECT channel, max(seq) AS newest FROM reading WHERE timeline = ?1 AND seq > ?2 \
         GROUP BY channel) JOIN channel c ON c.id = channel GROUP BY c.source, c.vital, c.origin, c.site \
         UNION ALL SELECT max(seq) FROM note WHERE timeline = ?1 AND seq > ?2 \
         AND kind = (SELECT code FROM word WHERE list = 'note' AND word = 'link') GROUP BY source",
    )
    .bind(id)
    .bind(newest - LATEST_ENTRIES)
    .fetch_all(&mut *conn)
    .await
    .map_err(|e| error::read(&e))?;
    stored_at(conn, words, timeline, id, &sequences).await
}

/// The sequence before the first entry received at or after `wall_us`. `reached_wall_us` never falls along a chain, so
/// the first block that reached the time holds that entry.
pub(super) async fn before(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
    wall_us: i64,
) -> Result<Sequence, StoreError> {
    let Some(id) = timeline_id(conn, timeline).await? else { return Ok(Sequence(0)) };
    let newest: i64 = sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM block WHERE timeline = ?")
        .bind(id)
        .fetch_one(&mut *conn)
        .await
        .map_err(|e| error::read(&e))?;
    let (mut low, mut high) = (1, newest + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if block(conn, id, middle).await?.2 >= wall_us { high = middle } else { low = middle + 1 }
    }
    if low > newest {
        let last = if newest == 0 { 0 } else { block(conn, id, newest).await?.1 };
        return Ok(Sequence(u64::try_from(last).unwrap_or(0)));
    }
    let (first, last, _) = block(conn, id, low).await?;
    let after = Sequence(u64::try_from(first - 1).unwrap_or(0));
    let size = usize::try_from(last - first + 1).unwrap_or(0);
    let entries = stored(conn, words, timeline, after, size).await?;
    let found = entries.iter().find(|stored| stored.entry.received.wall.0 >= wall_us);
    Ok(found.map_or(after, |stored| Sequence(stored.entry.sequence.0 - 1)))
}

/// First and last sequence of a block, and the wall time it reached.
async fn block(conn: &mut SqliteConnection, timeline: i64, number: i64) -> Result<(i64, i64, i64), StoreError> {
    sqlx::query_as("SELECT first_seq, last_seq, reached_wall_us FROM block WHERE timeline = ? AND number = ?")
        .bind(timeline)
        .bind(number)
        .fetch_optional(conn)
        .await
        .map_err(|e| error::read(&e))?
        .ok_or_else(|| StoreError::Read(format!("block {number} is missing; run `chairside verify`")))
}

/// The frame of one entry, with the boot its monotonic time counts in.
pub(super) async fn frame(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
    sequence: Sequence,
) -> Result<Option<(Frame, Box<str>)>, StoreError> {
    let Some(id) = timeline_id(conn, timeline).await? else { return Ok(None) };
    let sql = format!(
        "{FRAMES} WHERE f.id = (SELECT frame FROM reading WHERE timeline = ?1 AND seq = ?2 \
         UNION ALL SELECT frame FROM note WHERE timeline = ?1 AND seq = ?2)"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id)
        .bind(seq_of(sequence))
        .fetch_optional(conn)
        .await
        .map_err(|e| error::read(&e))?;
    let Some(row) = row else { return Ok(None) };
    let (_, frame, boot) = Rows::new(words).frame(&row).map_err(|damage| damaged(timeline, &damage))?;
    Ok(Some((frame, boot)))
}

/// The keys of the newest frames that have one, newest first.
pub(super) async fn recent_keys(conn: &mut SqliteConnection, limit: usize) -> Result<Vec<FrameKey>, StoreError> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT key FROM (SELECT id, key FROM frame ORDER BY id DESC LIMIT ?1) WHERE key IS NOT NULL",
    )
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await
    .map_err(|e| error::read(&e))?;
    Ok(rows.into_iter().filter_map(|key| Some(FrameKey(key.try_into().ok()?))).collect())
}
