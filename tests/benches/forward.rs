//! How fast a database that was away catches up with the log of the data folder (P14): seconds of a full room taken over per
//! second, on a real server that flushes.
//!
//! Expected: >= 20, so that 72 hours away are made up in less than four. The room: 24 chairs with three sources each, every
//! source a frame with two readings a second, and every second blocks of their own, as while recording.

#[path = "../../crates/store/src/postgres/tests/server.rs"]
#[allow(dead_code)]
mod server;

use chairside_observation::{Received, Sequence, Timeline};
use chairside_store::forward::{Forwarder, Step};
use chairside_store::postgres::{Patience, Place, PostgresLog};
use chairside_store::story::{at, frame_batch};
use chairside_store::{Find, SessionLog, SqliteLog};
use std::sync::Arc;
use std::time::Instant;

const CHAIRS: u64 = 24;
const SOURCES: u64 = 3;
/// Seconds of the room.
const AWAY_S: u64 = 600;
const EXPECTED: f64 = 20.0;

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let server = server::Server::start();
    let address = server.database("bench");
    let place = Place::parse(&address).expect("an address");
    let folder = tempfile::tempdir().expect("a folder");
    let clock = || -> Arc<dyn Fn() -> Received + Send + Sync> { Arc::new(|| at(0)) };
    let log = Arc::new(SqliteLog::open(&folder.path().join("log.db"), "boot-1", clock()).await.expect("a log"));
    for second in 0..AWAY_S {
        log.append(&room(second)).await.expect("an append");
        // Once the database has it, it has blocks of this second.
        log.find(&Find { limit: 1, ..Find::default() }).await.expect("an answer");
    }
    let mut forwarder = Forwarder::new(Arc::clone(&log), place.clone(), "boot-1", Patience::default());
    let start = Instant::now();
    while forwarder.step().await.expect("a step") == Step::More {}
    let took = start.elapsed().as_secs_f64();
    let there =
        PostgresLog::open_read_only(&place, "boot-1", clock(), Patience::default()).await.expect("the database");
    let entries: u64 = there.heads().await.expect("heads").iter().map(|head| head.sequence.0).sum();
    assert_eq!(entries, CHAIRS * SOURCES * AWAY_S * 2, "nothing lost, nothing doubled");
    assert_eq!(there.read(&chair(0), Sequence(0), 3).await.expect("entries").len(), 3);
    #[allow(clippy::cast_precision_loss)]
    let (times, rate) = (AWAY_S as f64 / took, entries as f64 / took);
    let verdict = if times >= EXPECTED { "" } else { "  BELOW" };
    println!(
        "catch-up  {times:>6.0} x real time, {rate:>8.0} entries/s ({AWAY_S} s of {CHAIRS} chairs)  >= {EXPECTED:.0} x{verdict}"
    );
    there.close().await;
}

fn chair(n: u64) -> Timeline {
    Timeline::Chair(n.to_string().into())
}

fn room(second: u64) -> Vec<Arc<chairside_store::Batch>> {
    let frames = (0..CHAIRS).flat_map(|n| (0..SOURCES).map(move |source| (n, source)));
    let frame = |(n, source): (u64, u64)| {
        let first = (second * SOURCES + source) * 2 + 1;
        frame_batch(&chair(n), &format!("s{n}-{source}"), first, second.cast_signed(), None)
    };
    frames.map(frame).collect()
}
