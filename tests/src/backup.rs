//! Backups of a server that records: the oracle is the client, which keeps the receipts it got.

use crate::rig::{PATIENCE, Sender, Server, program, vitals};
use sqlx::{Connection, Row};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Mutex;

/// Connections that send while backups are made.
const CONNECTIONS: usize = 8;
/// Backups made one after the other.
const BACKUPS: usize = 3;

fn configuration(folder: &Path) -> PathBuf {
    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\n\
                [[chair]]\nid = \"1\"\n\
                [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nprofile = \"pcd01\"\nlisten = \"127.0.0.1:0\"\n\
                route = [{ bed = \"B0\", chair = \"1\" }]\n";
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

fn chairside(arguments: &[&str]) -> (bool, String) {
    let Output { status, stdout, stderr } = Command::new(program("chairside")).args(arguments).output().unwrap();
    (status.success(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// Control ids of all messages on disk, read with plain SQL rather than with the code under test.
async fn recorded(database: &Path) -> BTreeSet<String> {
    let mut log = sqlx::SqliteConnection::connect(&format!("sqlite:{}?mode=ro", database.display())).await.unwrap();
    let rows = sqlx::query("select raw from frame").fetch_all(&mut log).await.unwrap();
    let id = |raw: Vec<u8>| String::from_utf8_lossy(&raw).split('|').nth(9).map(str::to_owned);
    rows.iter().filter_map(|row| id(row.get(0))).collect()
}

async fn send(at: std::net::SocketAddr, number: usize, stop: Arc<AtomicBool>, acked: Arc<Mutex<BTreeSet<String>>>) {
    let mut sender = Sender::connect(at).await.unwrap();
    for n in 0_u32.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let control = format!("C{number:02}{n:06}");
        let (code, id) = sender.exchange(&vitals(&control, "B0", 60 + n % 40, 97)).await.unwrap();
        assert_eq!((code.as_str(), &id), ("AA", &control), "recording goes on while a backup is made");
        acked.lock().await.insert(id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h28_p15_a_backup_of_a_recording_server_has_everything_that_was_acknowledged_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let server = Server::start(&config);
    let (stop, acked) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(BTreeSet::new())));
    let at = server.source("gateway");
    let senders: Vec<_> =
        (0..CONNECTIONS).map(|n| tokio::spawn(send(at, n, Arc::clone(&stop), Arc::clone(&acked)))).collect();
    let to = folder.path().join("backups");
    let mut backups = Vec::new();
    for _ in 0..BACKUPS {
        let wanted = acked.lock().await.len() + 50;
        let more = async {
            while acked.lock().await.len() < wanted {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, more).await.expect("nothing is acknowledged");
        let before = acked.lock().await.clone();
        let arguments =
            ["backup", "--config", config.to_str().unwrap(), "--to", to.to_str().unwrap()].map(str::to_owned);
        let made = tokio::task::spawn_blocking(move || chairside(&arguments.each_ref().map(String::as_str)));
        let (ok, said) = made.await.unwrap();
        assert!(ok && said.contains("verified and read back"), "{said}");
        let file = PathBuf::from(said.split_once(": ").unwrap().0);
        // Two within a second have the same name.
        let own = to.join(format!("{}.tar", backups.len()));
        std::fs::rename(file, &own).unwrap();
        backups.push((own, before));
    }
    stop.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    server.stop();
    for (n, (file, before)) in backups.iter().enumerate() {
        let restored = folder.path().join(format!("house-{n}/data"));
        std::fs::create_dir(restored.parent().unwrap()).unwrap();
        let (ok, said) = chairside(&["restore", file.to_str().unwrap(), "--to", restored.to_str().unwrap()]);
        assert!(ok, "{said}");
        let on_disk = recorded(&restored.join("chairside.db")).await;
        let lost: Vec<&String> = before.difference(&on_disk).collect();
        assert!(lost.is_empty(), "backup {n} lacks {} of {} acknowledged messages: {lost:?}", lost.len(), before.len());
    }

    // What was restored goes on recording, and is whole with what it had and what came.
    let config = configuration(&folder.path().join("house-0"));
    let server = Server::start(&config);
    let mut sender = Sender::connect(server.source("gateway")).await.unwrap();
    assert_eq!(sender.exchange(&vitals("NEW", "B0", 72, 97)).await.unwrap().0, "AA");
    server.stop();
    let database = folder.path().join("house-0/data/chairside.db");
    assert!(recorded(&database).await.contains("NEW"));
    let (ok, said) = chairside(&["verify", database.to_str().unwrap()]);
    assert!(ok && said.contains("whole"), "{said}");
}

#[test]
fn h28_a_backup_without_a_place_or_a_log_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let (ok, said) = chairside(&["backup", "--config", config.to_str().unwrap()]);
    assert!(!ok && said.contains("Give --to FOLDER"), "{said}");
    let to = folder.path().join("to");
    let (ok, said) = chairside(&["backup", "--config", config.to_str().unwrap(), "--to", to.to_str().unwrap()]);
    assert!(!ok && said.contains("there is no file"), "{said}");
    let (ok, said) = chairside(&["restore", config.to_str().unwrap(), "--to", to.to_str().unwrap()]);
    assert!(!ok && said.contains("is damaged or no backup"), "{said}");
    assert!(!to.exists());
}
