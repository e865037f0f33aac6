//! Durable acknowledgements per second, beside the disk's own floor in the same minute.
//!
//! Expected: one connection >= 0.8 of the floor (a stop-and-wait sender waits for the disk and little else); 32
//! connections >= 10,000/s on a quiet machine (group commit: one flush answers all that wait); and with every flush slowed
//! by 3 ms still >= 20 times the floor that is slowed in the same way (few flushes, full groups).

use chairside_tests::rig::{Sender, Server, program, vitals};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Length of each measurement.
const RUN: Duration = Duration::from_secs(4);
/// The delay injected into every flush.
const SLOW_US: u64 = 3000;
/// Names the folder in which this program is to measure only the floor, as its own slowed child.
const FLOOR_IN: &str = "CHAIRSIDE_FLOOR_IN";

fn main() {
    if let Some(folder) = std::env::var_os(FLOOR_IN) {
        println!("{}", floor(Path::new(&folder)));
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let before = floor(folder.path());
        let one = with_server(None, 1).await;
        let after = floor(folder.path());
        let many = with_server(None, 32).await;
        let floor = f64::midpoint(before, after);
        println!("floor: 4 KiB append + fdatasync  {before:>9.0}/s before, {after:.0}/s after");
        line("1 connection", one, 0.8 * floor, &format!("0.8 of the floor; is {:.2} of it", one / floor));
        line("32 connections", many, 10_000.0, "10,000 on a quiet machine");
        slowed(folder.path()).await;
    });
}

fn line(name: &str, rate: f64, expected: f64, why: &str) {
    let verdict = if rate >= expected { "" } else { "  BELOW" };
    println!("{name:<32} {rate:>9.0}/s  expected >= {expected:.0} ({why}){verdict}");
}

/// Every flush of the server, and of the floor beside it, takes [`SLOW_US`] longer.
async fn slowed(folder: &Path) {
    let Some(library) = slow_flush(folder) else {
        println!("slowed flushes: skipped, `cc` could not build tests/benches/slow_flush.c");
        return;
    };
    let slow = |program: &Path| {
        let mut command = Command::new(program);
        command.env("LD_PRELOAD", &library).env("SLOW_FLUSH_US", SLOW_US.to_string());
        command
    };
    let own = std::env::current_exe().expect("the way to this bench");
    let said = slow(&own).env(FLOOR_IN, folder).output().expect("a slowed floor").stdout;
    let floor: f64 = String::from_utf8_lossy(&said).trim().parse().expect("a rate");
    let rate = with_server(Some(slow(&program("chairside"))), 32).await;
    println!("floor with flushes slowed by 3 ms  {floor:>7.0}/s");
    line("32 connections, 3 ms flushes", rate, 20.0 * floor, &format!("20 times that floor; is {:.1}", rate / floor));
}

/// Builds what slows flushes; `None` when there is no compiler.
fn slow_flush(folder: &Path) -> Option<PathBuf> {
    let library = folder.join("slow_flush.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/slow_flush.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
    built.is_ok_and(|status| status.success()).then_some(library)
}

/// Appends of one page, each flushed: what a stop-and-wait sender could get at best from this disk.
fn floor(folder: &Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("floor")).expect("a file");
    file.write_all(&[0]).expect("a byte");
    let (page, mut pages, start) = ([7_u8; 4096], 0_u32, Instant::now());
    while start.elapsed() < RUN / 2 {
        file.write_all_at(&page, u64::from(pages) * 4096).expect("a page");
        file.sync_data().expect("a flush");
        pages += 1;
    }
    f64::from(pages) / start.elapsed().as_secs_f64()
}

async fn with_server(command: Option<Command>, connections: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("chairside.toml");
    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n\
                [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nprofile = \"pcd01\"\nlisten = \"127.0.0.1:0\"\nchair = \"1\"\n";
    std::fs::write(&config, text).expect("a configuration");
    let mut command = command.unwrap_or_else(|| Command::new(program("chairside")));
    let server = Server::start_with(&config, &mut command);
    // Under a tracer the child we know is the tracer; when it is killed the server goes with it.
    let rate = load(server.source("gateway"), connections).await;
    drop(server);
    rate
}

async fn load(at: SocketAddr, connections: usize) -> f64 {
    let acked = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..connections)
        .map(|n| {
            let acked = Arc::clone(&acked);
            tokio::spawn(async move {
                let mut sender = Sender::connect(at).await.expect("a connection");
                let mut count = 0_u64;
                loop {
                    let message =
                        vitals(&format!("C{n:03}{count:08}"), "B1", 60 + u32::try_from(count % 50).unwrap_or(0), 97);
                    sender.exchange(&message).await.expect("an acknowledgement");
                    count += 1;
                    acked.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (before, start) = (acked.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(RUN).await;
    let (after, seconds) = (acked.load(Ordering::Relaxed), start.elapsed().as_secs_f64());
    for task in tasks {
        task.abort();
    }
    #[allow(clippy::cast_precision_loss)]
    let rate = (after - before) as f64 / seconds;
    rate
}
