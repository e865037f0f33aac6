//! How many frames a second get their receipt when each sender waits for it before it sends the next.
//!
//! `cargo run --release -p chairside-recorder --example receipt_rate [FOLDER] [SECONDS]` prints frames/s and the slowest
//! of 100 receipts for 1, 8 and 32 senders, each with a chair of its own, 4 readings a frame and a key, through the
//! recorder and a real log in FOLDER.

use chairside_hub::Hub;
use chairside_observation::{
    Amount, Civil, Decimal, Frame, FrameKey, FrameKind, Micros, Observation, Reading, Received, SourceId, Unit, Vital,
    What, Zone,
};
use chairside_recorder::{Binding, Clock, Heard, Intake, Roster, start};
use chairside_store::SqliteLog;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Utc;
impl Zone for Utc {
    fn utc(&self, civil: Civil) -> Micros {
        civil.face()
    }
}

fn heard(source: &SourceId, sender: usize, count: u64, received: Received) -> Heard {
    const SAID: [(Vital, Unit); 4] = [
        (Vital::Spo2, Unit::Percent),
        (Vital::PulseRate, Unit::PerMin),
        (Vital::HeartRate, Unit::PerMin),
        (Vital::RespRate, Unit::PerMin),
    ];
    let offset = count * 160;
    let mut key = [0; 16];
    key[..8].copy_from_slice(&count.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    key[8..].copy_from_slice(&(sender as u64).to_be_bytes());
    let (raw, key) = (Arc::from([b'x'; 160]), Some(FrameKey(key)));
    let frame = Frame { source: source.clone(), offset, received, kind: FrameKind::Understood, raw, key };
    let reading = Reading::Valid(Amount::One(Decimal::whole(97)));
    let said = SAID.map(|(vital, unit)| What::Reading(Observation::new(vital, reading, unit, offset..offset + 160)));
    Heard { frame, said: said.into() }
}

async fn sender(intake: Intake, number: usize, clock: Clock, until: Instant) -> Result<Vec<Duration>, Failure> {
    let source = SourceId::from(format!("s{number}"));
    let mut times = Vec::new();
    while Instant::now() < until {
        let sent = Instant::now();
        intake.hear(heard(&source, number, times.len() as u64, clock())).recorded().await?;
        times.push(sent.elapsed());
    }
    Ok(times)
}

async fn run(folder: &Path, senders: usize, time: Duration) -> Result<(), Failure> {
    let begin = Instant::now();
    let clock: Clock = Arc::new(move || {
        let us = i64::try_from(begin.elapsed().as_micros()).unwrap_or(i64::MAX);
        Received { mono: Micros(us), wall: Micros(1_790_000_000_000_000 + us) }
    });
    let mut roster = Roster::default();
    for number in 0..senders {
        let chair = format!("{number}");
        roster.chairs.push((chair.as_str().into(), chair.as_str().into()));
        roster.sources.insert(format!("s{number}").into(), Binding::Chair(chair.into()));
    }
    let log = SqliteLog::open(&folder.join(format!("{senders}.db")), "bench", Arc::clone(&clock)).await?;
    let recorder = start(Arc::new(log), Hub::new(), roster, Arc::new(Utc), Arc::clone(&clock)).await?;
    let until = Instant::now() + time;
    let tasks: Vec<_> = (0..senders)
        .map(|number| tokio::spawn(sender(recorder.intake.clone(), number, Arc::clone(&clock), until)))
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    times.sort_unstable();
    let slow = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    println!(
        "{senders:3} senders: {:7.0} frames/s, 99 of 100 receipts within {slow:?}",
        times.len() as f64 / time.as_secs_f64()
    );
    recorder.stop().await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let parent = args.next().map_or_else(|| PathBuf::from("."), PathBuf::from);
    let time = Duration::from_secs_f64(args.next().map_or(Ok(3.0), |s| s.parse())?);
    let folder = tempfile::tempdir_in(parent)?;
    for senders in [1, 8, 32] {
        run(folder.path(), senders, time).await?;
    }
    Ok(())
}
