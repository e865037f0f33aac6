//! Numbers for a chart: whole columns at a time, and names read once.
//!
//! A page comes as one row, see [`columns`](super::columns).

use crate::sqlite::columns::{Column, columns, listed};
use crate::sqlite::{error, read};
use crate::tables::rows::{Damage, reading_of};
use crate::tables::words::{List, Words};
use crate::{Series, StoreError, Value};
use chairside_observation::{Micros, Origin, Received, Sequence, SourceId, Timeline, Unit, Vital};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

/// The boot the answer's monotonic times count in, and the time now.
pub(super) struct Here<'a> {
    pub(super) boot: &'a str,
    pub(super) now: Received,
}

/// A page of readings: sequence, frame, channel, state, value, places.
const READINGS: &str = "SELECT json_group_array(seq), json_group_array(frame), json_group_array(channel), \
     json_group_array(state), json_group_array(value), json_group_array(places) FROM (\
     SELECT seq, frame, channel, state, value, places FROM reading \
     WHERE timeline = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY timeline, seq LIMIT ?4)";
/// What some of them have besides.
const MORE: &str = "SELECT json_group_array(seq), json_group_array(pressure), json_group_array(diastolic), \
     json_group_array(diastolic_places), json_group_array(mean), json_group_array(mean_places), \
     json_group_array(age_us) FROM (SELECT * FROM reading_more \
     WHERE timeline = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY timeline, seq)";
/// When the frames of a page came.
const FRAMES: &str = "SELECT json_group_array(id), json_group_array(boot), json_group_array(received_mono_us), \
     json_group_array(received_wall_us) FROM (SELECT id, boot, received_mono_us, received_wall_us FROM frame \
     WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id)";

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
    let damaged = |damage: Damage| StoreError::Read(format!("{}: {damage}; run `chairside verify`", timeline.key()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let page = sqlx::query(READINGS).bind(id).bind(whole(after)).bind(whole(through)).bind(limit);
    let page = page.fetch_one(&mut *conn).await.map_err(failed)?;
    let [seqs, frames, channels, states, values, places] = columns(&page).map_err(damaged)?;
    let Some(last) = seqs.last() else { return Ok(Vec::new()) };

    let more = sqlx::query(MORE).bind(id).bind(whole(after)).bind(last).fetch_one(&mut *conn).await.map_err(failed)?;
    let more = More::of(&more).map_err(damaged)?;
    let times = Times::load(conn, &frames, here).await?;
    let mut known: HashMap<i64, Arc<Series>> = HashMap::new();
    let mut found = Vec::with_capacity(seqs.len());
    let mut more = more.rows.into_iter().peekable();
    for at in 0..seqs.len() {
        let seq = seqs.at(at, "reading.seq").map_err(damaged)?;
        let more = more.next_if(|more| more.seq == seq).unwrap_or_default();
        let first = (values.get(at), places.at(at, "reading.places").map_err(damaged)?);
        let state = states.at(at, "reading.state").map_err(damaged)?;
        let reading = reading_of(words, state, first, more.pressure, more.others).map_err(damaged)?;
        let received = frames.at(at, "reading.frame").and_then(|frame| times.of(frame)).map_err(damaged)?;
        let channel = channels.at(at, "reading.channel").map_err(damaged)?;
        let series = match known.get(&channel) {
            Some(series) => Arc::clone(series),
            None => Arc::clone(known.entry(channel).or_insert(Arc::new(series_of(conn, words, channel).await?))),
        };
        let sequence = Sequence(u64::try_from(seq).unwrap_or(0));
        found.push(Value { sequence, series, reading, age: Micros(more.age), received });
    }
    Ok(found)
}

/// Parts of a pressure and an age.
#[derive(Default)]
struct MoreRow {
    seq: i64,
    pressure: Option<i64>,
    others: [(Option<i64>, Option<i64>); 2],
    age: i64,
}

struct More {
    /// In order of sequence.
    rows: Vec<MoreRow>,
}

impl More {
    fn of(row: &SqliteRow) -> Result<Self, Damage> {
        let [seqs, pressure, diastolic, diastolic_places, mean, mean_places, age] = columns(row)?;
        let row = |at: usize| {
            Ok(MoreRow {
                seq: seqs.at(at, "reading_more.seq")?,
                pressure: Some(pressure.at(at, "reading_more.pressure")?),
                others: [(diastolic.get(at), diastolic_places.get(at)), (mean.get(at), mean_places.get(at))],
                age: age.at(at, "reading_more.age_us")?,
            })
        };
        Ok(Self { rows: (0..seqs.len()).map(row).collect::<Result<_, Damage>>()? })
    }
}

/// When frames came, by their number.
struct Times(HashMap<i64, Received>);

impl Times {
    async fn load(conn: &mut SqliteConnection, frames: &Column, here: &Here<'_>) -> Result<Self, StoreError> {
        let failed = |e: sqlx::Error| error::read(&e);
        let boot: Option<i64> = sqlx::query_scalar("SELECT id FROM boot WHERE name = ?")
            .bind(here.boot)
            .fetch_optional(&mut *conn)
            .await
            .map_err(failed)?;
        let row = sqlx::query(FRAMES).bind(listed(frames)).fetch_one(conn).await.map_err(failed)?;
        let damaged = |damage: Damage| StoreError::Read(format!("frame: {damage}; run `chairside verify`"));
        let [ids, boots, monos, walls] = columns(&row).map_err(damaged)?;
        let mut times = HashMap::with_capacity(ids.len());
        for at in 0..ids.len() {
            let wall = Micros(walls.at(at, "received_wall_us").map_err(damaged)?);
            let mut mono = Micros(monos.at(at, "received_mono_us").map_err(damaged)?);
            if boots.get(at) != boot {
                mono = here.now.mono - (here.now.wall - wall);
            }
            times.insert(ids.at(at, "id").map_err(damaged)?, Received { mono, wall });
        }
        Ok(Self(times))
    }

    fn of(&self, frame: i64) -> Result<Received, Damage> {
        self.0.get(&frame).copied().ok_or_else(|| format!("frame {frame} is missing"))
    }
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
