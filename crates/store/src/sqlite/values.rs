//! Numbers for a chart: few columns, and names read once.

use crate::sqlite::rows::{Damage, reading_of};
use crate::sqlite::words::{List, Words};
use crate::sqlite::{error, read};
use crate::{Series, StoreError, Value};
use chairside_observation::{Micros, Origin, Reading, Received, Sequence, SourceId, Timeline, Unit, Vital};
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

/// The boot the answer's monotonic times count in, and the time now.
pub(super) struct Here<'a> {
    pub(super) boot: &'a str,
    pub(super) now: Received,
}

/// Numbers above the first sequence and up to the second, at most so many.
pub(super) async fn values(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
    (after, through, limit): (Sequence, Sequence, usize),
    here: &Here<'_>,
) -> Result<Vec<Value>, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let Some(id) = read::timeline_id(conn, timeline).await? else { return Ok(Vec::new()) };
    let boot: Option<i64> = sqlx::query_scalar("SELECT id FROM boot WHERE name = ?")
        .bind(here.boot)
        .fetch_optional(&mut *conn)
        .await
        .map_err(failed)?;
    let damaged = |damage: Damage| StoreError::Read(format!("{}: {damage}; run `chairside verify`", timeline.key()));
    let mut rows = sqlx::query(
        "SELECT r.seq, r.channel, r.state, r.value, r.places, m.pressure, m.diastolic, m.diastolic_places, m.mean, \
         m.mean_places, coalesce(m.age_us, 0), f.boot, f.received_mono_us, f.received_wall_us \
         FROM reading r JOIN frame f ON f.id = r.frame \
         LEFT JOIN reading_more m ON m.timeline = r.timeline AND m.seq = r.seq \
         WHERE r.timeline = ? AND r.seq > ? AND r.seq <= ? ORDER BY r.timeline, r.seq LIMIT ?",
    )
    .bind(id)
    .bind(whole(after))
    .bind(whole(through))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch(&mut *conn);
    let mut found: Vec<(i64, Unnamed)> = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        let number = |column: usize| row.try_get::<i64, _>(column).map_err(failed);
        let mut received = Received { mono: Micros(number(12)?), wall: Micros(number(13)?) };
        if Some(number(11)?) != boot {
            received.mono = here.now.mono - (here.now.wall - received.wall);
        }
        let sequence = Sequence(u64::try_from(number(0)?).unwrap_or(0));
        let reading = reading(words, &row).map_err(damaged)?;
        found.push((number(1)?, Unnamed { sequence, reading, age: Micros(number(10)?), received }));
    }
    drop(rows);
    // Names are read when all rows were: the connection has one question at a time.
    let mut known: HashMap<i64, Arc<Series>> = HashMap::new();
    let mut values = Vec::with_capacity(found.len());
    for (channel, Unnamed { sequence, reading, age, received }) in found {
        let series = match known.get(&channel) {
            Some(series) => Arc::clone(series),
            None => Arc::new(series_of(conn, words, channel).await?),
        };
        known.entry(channel).or_insert_with(|| Arc::clone(&series));
        values.push(Value { sequence, series, reading, age, received });
    }
    Ok(values)
}

/// A number of which only the channel is known.
struct Unnamed {
    sequence: Sequence,
    reading: Reading,
    age: Micros,
    received: Received,
}

fn reading(words: &Words, row: &SqliteRow) -> Result<Reading, Damage> {
    let get = |column: usize| row.try_get::<Option<i64>, _>(column).map_err(|e| e.to_string());
    let number = |column: usize, name: &str| get(column)?.ok_or_else(|| format!("{name}: nothing there"));
    let state = number(2, "reading.state")?;
    let first = (get(3)?, number(4, "reading.places")?);
    reading_of(words, state, first, get(5)?, [(get(6)?, get(7)?), (get(8)?, get(9)?)])
}

async fn series_of(conn: &mut SqliteConnection, words: &Words, channel: i64) -> Result<Series, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let row = sqlx::query(
        "SELECT s.name, c.vital, c.unit, c.origin, c.site, c.synthetic FROM channel c JOIN source s ON s.id = c.source \
         WHERE c.id = ?",
    )
    .bind(channel)
    .fetch_optional(conn)
    .await
    .map_err(failed)?;
    let damaged = || StoreError::Read(format!("channel {channel} is damaged or missing; run `chairside verify`"));
    let row = row.ok_or_else(damaged)?;
    let code = |column: usize| row.try_get::<Option<i64>, _>(column).map_err(failed);
    let index = |list: List, code: Option<i64>| code.and_then(|code| words.index(list, code));
    let vital = index(List::Vital, code(1)?).and_then(|at| Vital::ALL.get(at).copied());
    let unit = index(List::Unit, code(2)?).and_then(|at| Unit::ALL.get(at).copied());
    Ok(Series {
        source: SourceId::from(row.try_get::<&str, _>(0).map_err(failed)?),
        vital: vital.ok_or_else(damaged)?,
        origin: index(List::Origin, code(3)?).and_then(|at| Origin::ALL.get(at).copied()),
        site: row.try_get::<Option<&str>, _>(4).map_err(failed)?.map(Into::into),
        unit: unit.ok_or_else(damaged)?,
        synthetic: code(5)? == Some(1),
    })
}

fn whole(sequence: Sequence) -> i64 {
    i64::try_from(sequence.0).unwrap_or(i64::MAX)
}
