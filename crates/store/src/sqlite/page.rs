//! Many readings with all that belongs to them, and many blocks, in a few questions: see [`columns`](super::columns). Says what
//! [`Rows::reading`](crate::tables::rows::Rows::reading) says of the same rows one by one, and finds the same damage.

use crate::StoreError;
use crate::canonical::{civil_of, flags_of};
use crate::seal::SealedBlock;
use crate::sqlite::columns::{Column, columns, listed, texts};
use crate::sqlite::error;
use crate::tables::rows::{CHANNEL, Channel, Damage, Rows, Stored, measured_of, reading_of};
use crate::tables::words::Words;
use chairside_observation::{Civil, Entry, Flags, Micros, Observation, Received, Sequence, Timeline, What, unhex};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use std::collections::HashMap;
use std::ops::Range;

const READINGS: &str = "SELECT json_group_array(seq), json_group_array(frame), json_group_array(channel), \
     json_group_array(state), json_group_array(flags), json_group_array(value), json_group_array(places) FROM (\
     SELECT seq, frame, channel, state, flags, value, places FROM reading \
     WHERE timeline = ?1 AND seq > ?2 ORDER BY timeline, seq LIMIT ?3)";
const MORE: &str = "SELECT json_group_array(seq), json_group_array(pressure), json_group_array(diastolic), \
     json_group_array(diastolic_places), json_group_array(mean), json_group_array(mean_places), \
     json_group_array(measured_ago_us), json_group_array(age_us), json_group_array(first_byte), \
     json_group_array(end_byte), json_group_array(measured_at), json_group_array(measured_sent) FROM (\
     SELECT * FROM reading_more WHERE timeline = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY timeline, seq)";
const FRAMES: &str = "SELECT json_group_array(id), json_group_array(first_byte), json_group_array(length(raw)), \
     json_group_array(boot), json_group_array(received_mono_us), json_group_array(received_wall_us) FROM (\
     SELECT * FROM frame WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id)";

const BLOCKS: &str = "SELECT json_group_array(number), json_group_array(first_seq), json_group_array(last_seq), \
     json_group_array(reached_wall_us), json_group_array(lower(hex(hash))), json_group_array(lower(hex(salt))) FROM (\
     SELECT * FROM block WHERE timeline = ?1 AND number >= ?2 AND first_seq <= ?3 ORDER BY number)";

/// Blocks of a timeline from a number on, that begin at or before an entry, in order.
pub(crate) async fn blocks(
    conn: &mut SqliteConnection,
    (id, from, last): (i64, i64, i64),
) -> Result<Vec<SealedBlock>, StoreError> {
    let page = sqlx::query(BLOCKS).bind(id).bind(from).bind(last).fetch_one(conn).await.map_err(|e| error::read(&e))?;
    blocks_of(&page).map_err(|damage| StoreError::Read(format!("block: {damage}; run `chairside verify`")))
}

fn blocks_of(page: &SqliteRow) -> Result<Vec<SealedBlock>, Damage> {
    let [numbers, firsts, lasts, reached] = columns(page)?;
    let (hashes, salts) = (texts(page, 4, numbers.len())?, texts(page, 5, numbers.len())?);
    let whole = |column: &Column, at: usize, name: &str| {
        let found = column.at(at, name)?;
        u64::try_from(found).map_err(|_| format!("{name}: found {found}, expected 0 or more"))
    };
    let block = |at: usize| {
        Ok(SealedBlock {
            number: whole(&numbers, at, "block.number")?,
            first: Sequence(whole(&firsts, at, "block.first_seq")?),
            last: Sequence(whole(&lasts, at, "block.last_seq")?),
            reached_wall_us: reached.at(at, "block.reached_wall_us")?,
            hash: hashes[at].as_deref().and_then(unhex).ok_or("block.hash: a hash of another length")?,
            edge: None,
            salt: salts[at].as_deref().and_then(unhex),
        })
    };
    (0..numbers.len()).map(block).collect()
}

/// Readings of a timeline above a sequence, in order, at most so many.
pub(crate) async fn readings(
    conn: &mut SqliteConnection,
    words: &Words,
    timeline: &Timeline,
    (id, after, limit): (i64, i64, i64),
) -> Result<Vec<Stored>, StoreError> {
    let failed = |e: sqlx::Error| error::read(&e);
    let damaged = |damage: Damage| StoreError::Read(format!("{}: {damage}; run `chairside verify`", timeline.key()));
    let page = sqlx::query(READINGS).bind(id).bind(after).bind(limit).fetch_one(&mut *conn).await.map_err(failed)?;
    let base = Base(columns(&page).map_err(damaged)?);
    let [seqs, frames, channels, _, flags, ..] = &base.0;
    let Some(last) = seqs.last() else { return Ok(Vec::new()) };
    let more = sqlx::query(MORE).bind(id).bind(after).bind(last).fetch_one(&mut *conn).await.map_err(failed)?;
    let more = MoreRow::all(&more).map_err(damaged)?;
    let frames = Frames::load(conn, frames).await?.map_err(damaged)?;
    let channels = channels_of(conn, words, channels).await?.map_err(damaged)?;
    let flags = flags_named(conn, flags).await?.map_err(damaged)?;
    let with = With { words, timeline, frames, channels, flags };
    let mut more = more.into_iter().peekable();
    let entry = |at: usize| {
        let seq = base.0[0].at(at, "reading.seq")?;
        with.entry(&base, at, seq, more.next_if(|more| more.seq == seq))
    };
    (0..base.0[0].len()).map(entry).collect::<Result<_, Damage>>().map_err(damaged)
}

/// Sequence, frame, channel, state, flags, value, places.
struct Base([Column; 7]);

/// What the rows of a page lead to.
struct With<'a> {
    words: &'a Words,
    timeline: &'a Timeline,
    frames: Frames,
    channels: HashMap<i64, Channel>,
    flags: HashMap<i64, Flags>,
}

impl With<'_> {
    fn entry(&self, base: &Base, at: usize, seq: i64, more: Option<MoreRow>) -> Result<Stored, Damage> {
        let [_, frames, channels, states, flags, values, places] = &base.0;
        let frame = frames.at(at, "reading.frame")?;
        let told = self.frames.told(frame)?;
        let channel = channels.at(at, "reading.channel")?;
        let channel = self.channels.get(&channel).ok_or_else(|| format!("channel {channel} is missing"))?;
        let flags = match flags.get(at) {
            None => Flags::NONE,
            Some(id) => self.flags.get(&id).cloned().ok_or_else(|| format!("flags {id} is missing"))?,
        };
        let first = (values.get(at), places.at(at, "reading.places")?);
        let (pressure, others) = more.as_ref().map_or((None, [(None, None); 2]), |more| (more.pressure, more.others));
        let observation = Observation {
            vital: channel.vital,
            reading: reading_of(self.words, states.at(at, "reading.state")?, first, pressure, others)?,
            unit: channel.unit,
            origin: channel.origin,
            site: channel.site.clone(),
            measured: more.as_ref().map_or(Ok(None), |more| measured_of(more.measured, more.ago))?,
            flags,
            synthetic: channel.synthetic,
            context: channel.context.clone(),
            bytes: more.as_ref().and_then(|more| more.bytes.clone()).unwrap_or_else(|| told.bytes.clone()),
        };
        let entry = Entry {
            timeline: self.timeline.clone(),
            sequence: Sequence(u64::try_from(seq).map_err(|_| format!("reading.seq: found {seq}"))?),
            received: told.received,
            age: Micros(more.map_or(0, |more| more.age)),
            source: Some(channel.source.clone()),
            what: What::Reading(observation),
        };
        Ok(Stored { entry, boot: told.boot.clone(), frame: Some(frame) })
    }
}

/// What some readings have besides.
struct MoreRow {
    seq: i64,
    pressure: Option<i64>,
    others: [(Option<i64>, Option<i64>); 2],
    measured: [Option<Civil>; 2],
    ago: Option<i64>,
    age: i64,
    bytes: Option<Range<u64>>,
}

impl MoreRow {
    fn all(row: &SqliteRow) -> Result<Vec<Self>, Damage> {
        let all: [Column; 10] = columns(row)?;
        let [seqs, pressure, diastolic, diastolic_places, mean, mean_places, ago, age, first, end] = &all;
        let (at, sent) = (texts(row, 10, seqs.len())?, texts(row, 11, seqs.len())?);
        let civil = |text: &Option<Box<str>>| match text.as_deref() {
            None => Ok(None),
            Some(text) => civil_of(text).map(Some).ok_or_else(|| format!("measured: {text:?} is no time of this log")),
        };
        let row = |n: usize| {
            Ok(Self {
                seq: seqs.at(n, "reading_more.seq")?,
                pressure: Some(pressure.at(n, "reading_more.pressure")?),
                others: [(diastolic.get(n), diastolic_places.get(n)), (mean.get(n), mean_places.get(n))],
                measured: [civil(&at[n])?, civil(&sent[n])?],
                ago: ago.get(n),
                age: age.at(n, "reading_more.age_us")?,
                bytes: part(first.get(n), end.get(n))?,
            })
        };
        (0..seqs.len()).map(row).collect()
    }
}

/// A part of a frame; none when the reading is of the whole of it.
fn part(first: Option<i64>, end: Option<i64>) -> Result<Option<Range<u64>>, Damage> {
    let whole = |n: i64| u64::try_from(n).map_err(|_| format!("first_byte, end_byte: found {n}, expected 0 or more"));
    match (first, end) {
        (None, None) => Ok(None),
        (Some(first), Some(end)) => Ok(Some(whole(first)?..whole(end)?)),
        _ => Err("first_byte, end_byte: found one of them, expected both or none".to_owned()),
    }
}

/// A frame without its bytes.
struct Told {
    bytes: Range<u64>,
    boot: Box<str>,
    received: Received,
}

struct Frames(HashMap<i64, Told>);

impl Frames {
    async fn load(conn: &mut SqliteConnection, frames: &Column) -> Result<Result<Self, Damage>, StoreError> {
        let failed = |e: sqlx::Error| error::read(&e);
        let boots = sqlx::query_as("SELECT id, name FROM boot").fetch_all(&mut *conn).await.map_err(failed)?;
        let boots: HashMap<i64, Box<str>> = boots.into_iter().collect();
        let row = sqlx::query(FRAMES).bind(listed(frames)).fetch_one(conn).await.map_err(failed)?;
        Ok(Self::of(&row, &boots))
    }

    fn of(row: &SqliteRow, boots: &HashMap<i64, Box<str>>) -> Result<Self, Damage> {
        let [ids, firsts, lengths, boot, monos, walls] = columns(row)?;
        let whole = |n: i64, name: &str| u64::try_from(n).map_err(|_| format!("{name}: found {n}, expected 0 or more"));
        let told = |at: usize| {
            let first = whole(firsts.at(at, "frame.first_byte")?, "frame.first_byte")?;
            let length = whole(lengths.at(at, "frame.raw")?, "frame.raw")?;
            let boot = boots.get(&boot.at(at, "frame.boot")?).ok_or("frame.boot: there is no such boot")?;
            let (mono, wall) = (monos.at(at, "received_mono_us")?, walls.at(at, "received_wall_us")?);
            let received = Received { mono: Micros(mono), wall: Micros(wall) };
            let told = Told { bytes: first..first.saturating_add(length), boot: boot.clone(), received };
            Ok((ids.at(at, "frame.id")?, told))
        };
        (0..ids.len()).map(told).collect::<Result<_, Damage>>().map(Self)
    }

    fn told(&self, frame: i64) -> Result<&Told, Damage> {
        self.0.get(&frame).ok_or_else(|| format!("frame {frame} is missing"))
    }
}

async fn channels_of(
    conn: &mut SqliteConnection,
    words: &Words,
    channels: &Column,
) -> Result<Result<HashMap<i64, Channel>, Damage>, StoreError> {
    let sql = format!("{CHANNEL} WHERE c.id IN (SELECT value FROM json_each(?))");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(listed(channels)).fetch_all(conn).await;
    let rows = rows.map_err(|e| error::read(&e))?;
    let mut decoder = Rows::new(words);
    Ok(rows.iter().map(|row| decoder.channel(row)).collect())
}

async fn flags_named(
    conn: &mut SqliteConnection,
    flags: &Column,
) -> Result<Result<HashMap<i64, Flags>, Damage>, StoreError> {
    let rows = sqlx::query("SELECT id, known, others FROM flags WHERE id IN (SELECT value FROM json_each(?))");
    let rows = rows.bind(listed(flags)).fetch_all(conn).await.map_err(|e| error::read(&e))?;
    let read = |row: &SqliteRow| {
        let wrong = |e: sqlx::Error| e.to_string();
        let id: i64 = row.try_get(0).map_err(wrong)?;
        let (known, others): (&str, Option<&str>) = (row.try_get(1).map_err(wrong)?, row.try_get(2).map_err(wrong)?);
        let flags = flags_of(known, others).filter(|flags| !flags.is_empty());
        flags.map(|flags| (id, flags)).ok_or_else(|| format!("flags {id} is not a set of known words"))
    };
    Ok(rows.iter().map(read).collect())
}
