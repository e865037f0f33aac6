//! Faults: the oracle is the client, which keeps the receipts it got.

use crate::rig::{Sender, Server, program, vitals};
use sqlx::{Connection, Row};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// Kills of the crash test.
const KILLS: u64 = 50;
/// Connections that send all the time.
const CONNECTIONS: usize = 32;

fn configuration(folder: &Path) -> PathBuf {
    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n\
                [[chair]]\nid = \"1\"\n\
                [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nprofile = \"pcd01\"\nlisten = \"127.0.0.1:0\"\n\
                route = [{ bed = \"B0\", chair = \"1\" }]\n";
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

/// A small generator (xorshift) for the moments of the kills: the same seed gives the same run (P20).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Sends until the connection breaks; notes each control id that was acknowledged with `AA`.
async fn send_until_killed(
    at: std::net::SocketAddr,
    bed: String,
    next: Arc<AtomicU64>,
    acked: Arc<Mutex<BTreeSet<String>>>,
) {
    let Ok(mut sender) = Sender::connect(at).await else { return };
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let control = format!("C{n:08}");
        let message = vitals(&control, &bed, 60 + u32::try_from(n % 40).unwrap(), 97);
        match sender.exchange(&message).await {
            Ok((code, id)) => {
                assert_eq!((code.as_str(), &id), ("AA", &control));
                acked.lock().await.insert(id);
            }
            Err(_) => return,
        }
    }
}

/// Control ids of all messages on disk, read with plain SQL rather than with the code under test.
async fn recorded(database: &Path) -> Vec<String> {
    let mut log = sqlx::SqliteConnection::connect(&format!("sqlite:{}?mode=ro", database.display())).await.unwrap();
    let rows = sqlx::query("select raw from frame").fetch_all(&mut log).await.unwrap();
    let ids = rows.iter().filter_map(|row| {
        let raw: Vec<u8> = row.get(0);
        String::from_utf8_lossy(&raw).split('|').nth(9).map(str::to_owned)
    });
    ids.filter(|id| id.starts_with('C')).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p01_nothing_acknowledged_is_lost_by_fifty_kills_under_thirty_two_senders() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let (next, acked) = (Arc::new(AtomicU64::new(1)), Arc::new(Mutex::new(BTreeSet::new())));
    let seed = 0x5EED_0001;
    let mut dice = Dice(seed);
    for kill in 0..KILLS {
        let mut server = Server::start(&config);
        let at = server.source("gateway");
        let senders: Vec<_> = (0..CONNECTIONS)
            .map(|n| tokio::spawn(send_until_killed(at, format!("B{n}"), Arc::clone(&next), Arc::clone(&acked))))
            .collect();
        // Not a wait for something: the moment of the kill is the random input of this test.
        tokio::time::sleep(Duration::from_millis(20 + dice.roll(180))).await;
        server.kill();
        for sender in senders {
            sender.await.unwrap_or_else(|e| panic!("kill {kill}, seed {seed:#x}: {e}"));
        }
    }
    let database = folder.path().join("data/chairside.db");
    // One more start: recovery itself must lose nothing.
    drop(Server::start(&config));
    let on_disk = recorded(&database).await;
    let unique: BTreeSet<&String> = on_disk.iter().collect();
    assert_eq!(unique.len(), on_disk.len(), "h19: a message is stored twice");
    let acked = acked.lock().await;
    assert!(acked.len() > 500, "only {} messages were acknowledged: the test did not load the server", acked.len());
    let lost: Vec<&String> = acked.iter().filter(|id| !unique.contains(id)).collect();
    assert!(
        lost.is_empty(),
        "seed {seed:#x}: {} of {} acknowledged messages are lost: {lost:?}",
        lost.len(),
        acked.len()
    );

    let verify = Command::new(program("chairside")).arg("verify").arg(&database).output().unwrap();
    let said = String::from_utf8_lossy(&verify.stdout).into_owned();
    assert!(verify.status.success() && said.contains("whole"), "{said}");
    println!("{} acknowledged, {} on disk, {said}", acked.len(), on_disk.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h19_a_message_sent_again_after_a_restart_is_answered_and_stored_once() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let message = vitals("C00000007", "B0", 72, 97);
    for _ in 0..3 {
        let mut server = Server::start(&config);
        let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
        for _ in 0..2 {
            let answer = sender.exchange(&message).await.unwrap();
            assert_eq!(answer, ("AA".to_owned(), "C00000007".to_owned()));
        }
        server.kill();
    }
    assert_eq!(recorded(&folder.path().join("data/chairside.db")).await, ["C00000007"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p06_a_changed_byte_in_the_log_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let server = Server::start(&config);
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    for n in 0..20 {
        sender.exchange(&vitals(&format!("C{n:08}"), "B0", 72, 97)).await.unwrap();
    }
    server.stop();
    let database = folder.path().join("data/chairside.db");
    let mut log = sqlx::SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.unwrap();
    let changed =
        sqlx::query("update frame set raw = cast(replace(cast(raw as text), '|97|', '|98|') as blob) where id = 7");
    assert_eq!(changed.execute(&mut log).await.unwrap().rows_affected(), 1);
    log.close().await.unwrap();
    let verify = Command::new(program("chairside")).arg("verify").arg(&database).output().unwrap();
    let said = String::from_utf8_lossy(&verify.stdout).into_owned();
    assert!(!verify.status.success() && said.contains("BROKEN") && said.contains("chair:1"), "{said}");
}
