//! How fast the log takes frames, against what the disk can do at all.
//!
//! `cargo run --release -p chairside-store --example append_rate [FOLDER] [SECONDS]` prints the rate of 4 KiB
//! append + fdatasync in FOLDER (the floor), commits/s of one frame each, and frames/s of commits with 32 frames of as
//! many chairs; each frame has 4 readings and a key. FOLDER should lie on the disk that will hold the log.

use chairside_observation::{
    Amount, Decimal, Entry, Frame, FrameKey, FrameKind, Micros, Observation, Reading, Received, Sequence, SourceId,
    Timeline, Unit, Vital, What,
};
use chairside_store::{Batch, SessionLog, SqliteLog};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const READINGS: [(Vital, Unit, i64); 4] = [
    (Vital::Spo2, Unit::Percent, 97),
    (Vital::PulseRate, Unit::PerMin, 71),
    (Vital::HeartRate, Unit::PerMin, 72),
    (Vital::RespRate, Unit::PerMin, 14),
];
const CHAIRS: usize = 32;

struct Chair {
    timeline: Timeline,
    source: SourceId,
    sequence: u64,
    offset: u64,
}

impl Chair {
    fn new(number: usize) -> Self {
        let source = SourceId::from(format!("source-{number}"));
        Self { timeline: Timeline::Chair(format!("{number}").into()), source, sequence: 0, offset: 0 }
    }

    fn batch(&mut self, now_us: i64) -> Arc<Batch> {
        let raw: Arc<[u8]> = vec![b'x'; 160].into();
        let received = Received { mono: Micros(now_us), wall: Micros(1_790_000_000_000_000 + now_us) };
        let bytes = self.offset..self.offset + raw.len() as u64;
        let mut key = [0_u8; 16];
        // Spread like a digest, so that the index of keys is used as in life.
        let spread = (self.offset ^ now_us.cast_unsigned().rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        key[..8].copy_from_slice(&spread.to_be_bytes());
        key[8..].copy_from_slice(&now_us.to_be_bytes());
        let frame = Frame {
            source: self.source.clone(),
            offset: self.offset,
            received,
            kind: FrameKind::Understood,
            raw,
            key: Some(FrameKey(key)),
        };
        self.offset = bytes.end;
        let entries = READINGS.map(|(vital, unit, value)| {
            self.sequence += 1;
            let value = Decimal::whole(value + now_us % 7);
            Entry {
                timeline: self.timeline.clone(),
                sequence: Sequence(self.sequence),
                received,
                age: Micros(0),
                source: Some(self.source.clone()),
                what: What::Reading(Observation::new(vital, Reading::Valid(Amount::One(value)), unit, bytes.clone())),
            }
        });
        Arc::new(Batch { frame: Some(frame), entries: entries.into() })
    }
}

/// Rate of 4 KiB append + fdatasync.
fn floor(folder: &Path, time: Duration) -> std::io::Result<f64> {
    let path = folder.join("floor");
    let mut file = std::fs::File::create(&path)?;
    let page = [0_u8; 4096];
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < time {
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}

/// Commits a second with one frame of each of `chairs` a commit.
async fn commits(folder: &Path, chairs: usize, time: Duration) -> Result<f64, Box<dyn std::error::Error>> {
    let path = folder.join(format!("rate-{chairs}.db"));
    let begin = Instant::now();
    let clock = Arc::new(move || {
        let us = i64::try_from(begin.elapsed().as_micros()).unwrap_or(i64::MAX);
        Received { mono: Micros(us), wall: Micros(1_790_000_000_000_000 + us) }
    });
    let log = SqliteLog::open(&path, "bench", clock).await?;
    let mut chairs: Vec<Chair> = (0..chairs).map(Chair::new).collect();
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < time {
        let now_us = i64::try_from(start.elapsed().as_micros())?;
        let batches: Vec<_> = chairs.iter_mut().map(|chair| chair.batch(now_us)).collect();
        log.append(&batches).await?;
        count += 1;
    }
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    log.close().await?;
    let entries: u64 = chairs.iter().map(|chair| chair.sequence).sum();
    let size = std::fs::metadata(&path)?.len();
    println!(
        "  {entries} readings, {size} bytes, {:.1} bytes a reading with its raw bytes",
        size as f64 / entries as f64
    );
    Ok(rate)
}

/// Bytes a reading takes in each table.
async fn sizes(path: &Path, readings: u64) -> Result<(), Box<dyn std::error::Error>> {
    use sqlx::{ConnectOptions, Row};
    let mut conn = sqlx::sqlite::SqliteConnectOptions::new().filename(path).read_only(true).connect().await?;
    let sql = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name HAVING sum(pgsize) > 100000 ORDER BY 2 DESC";
    println!("  {readings} readings, each with a quarter of a frame of 160 raw bytes; bytes a reading:");
    for row in sqlx::query(sql).fetch_all(&mut conn).await? {
        let (name, bytes): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        println!("    {name:12} {:6.1}", bytes as f64 / readings as f64);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let parent = args.next().map_or_else(|| PathBuf::from("."), PathBuf::from);
    let time = Duration::from_secs_f64(args.next().map_or(Ok(3.0), |s| s.parse())?);
    let folder = tempfile::tempdir_in(parent)?;
    let floor_rate = floor(folder.path(), time)?;
    println!("floor: {floor_rate:.0} appends of 4 KiB a second, each flushed");
    let one = commits(folder.path(), 1, time).await?;
    println!("1 frame a commit: {one:.0} commits/s, {:.2} of the floor (wanted: 0.80 or more)", one / floor_rate);
    let many = commits(folder.path(), CHAIRS, time).await?;
    println!("{CHAIRS} frames a commit: {:.0} frames/s (wanted: 10000 or more)", many * CHAIRS as f64);
    println!("floor again: {:.0}", floor(folder.path(), time)?);
    Ok(())
}
