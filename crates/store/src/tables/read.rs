//! Reading: always from connections that cannot write, each answer from one state of the log.

use crate::tables::ask::{Ask, cell};
use crate::tables::error;
use crate::tables::rows::{Damage, FRAMES, NOTES_SELECT, READINGS, Rows, Stored};
use crate::tables::words::{List, Words};
use crate::{Head, StoreError};
use chairside_observation::{Entry, Frame, FrameKey, Sequence, Timeline, Vital};
use std::borrow::Cow;

/// From so many entries on a page is cheaper than its rows: it takes half a dozen questions whatever its length.
const PAGE_FROM: usize = 64;

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
pub(crate) async fn timeline_id(conn: &mut impl Ask, timeline: &Timeline) -> Result<Option<i64>, StoreError> {
    conn.number("SELECT id FROM timeline WHERE key = ?", vec![(&timeline.key()).into()])
        .await
        .map_err(|e| error::read(&e))
}

/// The newest sequence of a timeline.
pub(crate) async fn head(conn: &mut impl Ask, timeline: &Timeline) -> Result<Sequence, StoreError> {
    let sql = "SELECT last_seq FROM block WHERE timeline = (SELECT id FROM timeline WHERE key = ?) \
         ORDER BY number DESC LIMIT 1";
    let newest = conn.number(sql, vec![(&timeline.key()).into()]).await.map_err(|e| error::read(&e))?;
    Ok(Sequence(newest.and_then(|newest| u64::try_from(newest).ok()).unwrap_or(0)))
}

/// The frame with a key, with the boot its monotonic time counts in.
pub(crate) async fn frame_of_key(
    conn: &mut impl Ask,
    words: &Words,
    key: FrameKey,
) -> Result<Option<(Frame, Box<str>)>, StoreError> {
    let sql = format!("{FRAMES} WHERE f.key = ?");
    let row = conn.row(&sql, vec![key.0.as_slice().into()]).await;
    let Some(row) = row.map_err(|e| error::read(&e))? else { return Ok(None) };
    let (_, frame, boot) = Rows::new(words).frame(&row).map_err(StoreError::Read)?;
    Ok(Some((frame, boot)))
}

/// Entries above `after`, in order, at most `limit`. The caller holds a transaction when a writer may be at work.
pub(crate) async fn stored(
    conn: &mut impl Ask,
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
        if is_reading
            && limit >= PAGE_FROM
            && let Some(found) = conn.page(words, timeline, (id, seq_of(after), limit_rows)).await
        {
            entries = found?;
            continue;
        }
        let sql = format!(
            "{select} WHERE {table}.timeline = ? AND {table}.seq > ? ORDER BY {table}.timeline, {table}.seq LIMIT ?"
        );
        let args = vec![id.into(), seq_of(after).into(), limit_rows.into()];
        let found = conn.rows(&sql, args).await.map_err(|e| error::read(&e))?;
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
pub(crate) async fn deeds(
    conn: &mut impl Ask,
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
    let args = vec![id.into(), seq_of(after).into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let found = conn.rows(&sql, args).await.map_err(|e| error::read(&e))?;
    found.iter().map(|row| rows.note(timeline, row).map_err(|damage| damaged(timeline, &damage))).collect()
}

/// Readings of one vital above `after`, in order, at most `limit`.
pub(crate) async fn readings(
    conn: &mut impl Ask,
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
    let args = vec![id.into(), seq_of(after).into(), code.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let found = conn.rows(&sql, args).await.map_err(|e| error::read(&e))?;
    found.iter().map(|row| rows.reading(timeline, row).map_err(|damage| damaged(timeline, &damage))).collect()
}

/// Entries at the given sequences.
async fn stored_at(
    conn: &mut impl Ask,
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
            let found = conn.row(&sql, vec![id.into(), (*seq).into()]).await.map_err(|e| error::read(&e))?;
            let Some(row) = found else { continue };
            let entry = if is_reading { rows.reading(timeline, &row) } else { rows.note(timeline, &row) };
            entries.push(entry.map_err(|damage| damaged(timeline, &damage))?);
        }
    }
    entries.sort_unstable_by_key(|stored| stored.entry.sequence);
    Ok(entries)
}

/// Every timeline with the end of its chain.
pub(crate) async fn heads(conn: &mut impl Ask) -> Result<Vec<Head>, StoreError> {
    let sql = "SELECT t.key, b.last_seq FROM timeline t JOIN block b ON b.timeline = t.id \
         AND b.number = (SELECT max(number) FROM block WHERE timeline = t.id) ORDER BY t.id";
    let rows = conn.rows(sql, vec![]).await.map_err(|e| error::read(&e))?;
    let mut heads = Vec::with_capacity(rows.len());
    for row in &rows {
        let key: Cow<'_, str> = cell(row, 0).map_err(|e| error::read(&e))?;
        let last: i64 = cell(row, 1).map_err(|e| error::read(&e))?;
        match (Timeline::from_key(&key), u64::try_from(last)) {
            (Some(timeline), Ok(last)) => heads.push(Head { timeline, sequence: Sequence(last) }),
            _ => return Err(StoreError::Read("a timeline's key or head is damaged; run `chairside verify`".into())),
        }
    }
    Ok(heads)
}

/// The newest reading of each source, vital, origin and site, and the newest link of each source.
pub(crate) async fn latest(conn: &mut impl Ask, words: &Words, timeline: &Timeline) -> Result<Vec<Stored>, StoreError> {
    let Some(id) = timeline_id(conn, timeline).await? else { return Ok(Vec::new()) };
    let newest = conn
        .number("SELECT last_seq FROM block WHERE timeline = ? ORDER BY number DESC LIMIT 1", vec![id.into()])
        .await
        .map_err(|e| error::read(&e))?;
    let sql = "SELECT max(n.newest) FROM (SELECT channel, max(seq) AS newest FROM reading WHERE timeline = ?1 AND seq > ?2 \
         GROUP BY channel) n JOIN channel c ON c.id = n.channel GROUP BY c.source, c.vital, c.origin, c.site \
         UNION ALL SELECT max(seq) FROM note WHERE timeline = ?1 AND seq > ?2 \
         AND kind = (SELECT code FROM word WHERE list = 'note' AND word = 'link') GROUP BY source";
    let from = newest.unwrap_or(0) - LATEST_ENTRIES;
    let rows = conn.rows(sql, vec![id.into(), from.into()]).await.map_err(|e| error::read(&e))?;
    let sequences: Result<Vec<i64>, sqlx::Error> = rows.iter().map(|row| cell(row, 0)).collect();
    let sequences = sequences.map_err(|e| error::read(&e))?;
    stored_at(conn, words, timeline, id, &sequences).await
}

/// The sequence before the first entry received at or after `wall_us`. `reached_wall_us` never falls along a chain, so
/// the first block that reached the time holds that entry.
pub(crate) async fn before(
    conn: &mut impl Ask,
    words: &Words,
    timeline: &Timeline,
    wall_us: i64,
) -> Result<Sequence, StoreError> {
    let Some(id) = timeline_id(conn, timeline).await? else { return Ok(Sequence(0)) };
    let newest = newest_block(conn, id).await.map_err(|e| error::read(&e))?;
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

/// Number of the newest block of a timeline.
pub(crate) async fn newest_block(conn: &mut impl Ask, timeline: i64) -> Result<i64, sqlx::Error> {
    let sql = "SELECT max(number) FROM block WHERE timeline = ?";
    Ok(conn.number(sql, vec![timeline.into()]).await?.unwrap_or(0))
}

/// First and last sequence of a block, and the wall time it reached.
async fn block(conn: &mut impl Ask, timeline: i64, number: i64) -> Result<(i64, i64, i64), StoreError> {
    let sql = "SELECT first_seq, last_seq, reached_wall_us FROM block WHERE timeline = ? AND number = ?";
    let read = |e: sqlx::Error| error::read(&e);
    let row = conn.row(sql, vec![timeline.into(), number.into()]).await.map_err(read)?;
    let row = row.ok_or_else(|| StoreError::Read(format!("block {number} is missing; run `chairside verify`")))?;
    Ok((cell(&row, 0).map_err(read)?, cell(&row, 1).map_err(read)?, cell(&row, 2).map_err(read)?))
}

/// The frame of one entry, with the boot its monotonic time counts in.
pub(crate) async fn frame(
    conn: &mut impl Ask,
    words: &Words,
    timeline: &Timeline,
    sequence: Sequence,
) -> Result<Option<(Frame, Box<str>)>, StoreError> {
    let Some(id) = timeline_id(conn, timeline).await? else { return Ok(None) };
    let sql = format!(
        "{FRAMES} WHERE f.id = (SELECT frame FROM reading WHERE timeline = ?1 AND seq = ?2 \
         UNION ALL SELECT frame FROM note WHERE timeline = ?1 AND seq = ?2)"
    );
    let row = conn.row(&sql, vec![id.into(), seq_of(sequence).into()]).await.map_err(|e| error::read(&e))?;
    let Some(row) = row else { return Ok(None) };
    let (_, frame, boot) = Rows::new(words).frame(&row).map_err(|damage| damaged(timeline, &damage))?;
    Ok(Some((frame, boot)))
}

/// Whether of this entry only a tombstone is left.
pub(crate) async fn is_erased(conn: &mut impl Ask, entry: &Entry) -> Result<bool, StoreError> {
    let sql = "SELECT last_seq FROM tombstone WHERE timeline = (SELECT id FROM timeline WHERE key = ?) \
         AND seq <= ? ORDER BY seq DESC LIMIT 1";
    let key = entry.timeline.key();
    let args = vec![(&key).into(), seq_of(entry.sequence).into()];
    let last = conn.number(sql, args).await.map_err(|e| error::read(&e))?;
    Ok(last.is_some_and(|last| last >= seq_of(entry.sequence)))
}

/// The keys of the newest frames that have one, newest first.
pub(crate) async fn recent_keys(conn: &mut impl Ask, limit: usize) -> Result<Vec<FrameKey>, StoreError> {
    let sql = "SELECT n.key FROM (SELECT id, key FROM frame ORDER BY id DESC LIMIT ?1) n WHERE n.key IS NOT NULL \
         ORDER BY n.id DESC";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = conn.rows(sql, vec![limit.into()]).await.map_err(|e| error::read(&e))?;
    let key = |row| Some(FrameKey(cell::<&[u8]>(row, 0).ok()?.try_into().ok()?));
    Ok(rows.iter().filter_map(key).collect())
}
