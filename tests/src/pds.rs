//! A Mindray PDS monitor is the server, and keeps us only as long as it hears our heartbeat: the whole way over real TCP.

use crate::rig::{Screen, Server, readings};
use chairside_sim::control::Control;
use chairside_sim::hl7::pds::{self, Options, Summary};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

/// A simulated monitor in this process, so that what it heard can be asked for.
struct Monitor {
    control: Control,
    at: SocketAddr,
    thread: JoinHandle<Summary>,
}

/// Seconds between two rounds.
const INTERVAL_S: f64 = 0.5;

impl Monitor {
    /// A monitor that waits so long for a heartbeat.
    fn start(patience: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (control, at) = (Control::new(), listener.local_addr().unwrap());
        let options = Options { interval_s: INTERVAL_S, heartbeat_timeout: patience, ..Options::new("B7", "P4711") };
        let steered = control.clone();
        let thread = std::thread::spawn(move || pds::run(&options, &steered, &listener).unwrap());
        Self { control, at, thread }
    }

    fn stop(self) -> Summary {
        self.control.stop();
        self.thread.join().unwrap()
    }
}

fn configuration(folder: &Path, monitor: SocketAddr, more: &str) -> PathBuf {
    let text = format!(
        "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[[chair]]\nid = \"1\"\n\
         [[source]]\nid = \"bedside\"\nprotocol = \"hl7\"\nprofile = \"pds\"\nconnect = \"{monitor}\"\nchair = \"1\"\n{more}"
    );
    let file = folder.join("chairside.toml");
    std::fs::write(&file, text).unwrap();
    file
}

/// Waits until so many heart rates were shown.
async fn rounds(screen: &mut Screen, count: usize) {
    let mut seen = 0;
    screen
        .until(|message| {
            seen += readings(message, "heart_rate").len();
            (seen >= count).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pds_monitor_is_kept_by_our_heartbeat_and_hears_nothing_else() {
    let (folder, monitor) = (tempfile::tempdir().unwrap(), Monitor::start(Duration::from_secs(5)));
    let server = Server::start(&configuration(folder.path(), monitor.at, ""));
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    // Longer than the monitor waits.
    rounds(&mut screen, 13).await;
    server.stop();
    let summary = monitor.stop();
    assert_eq!((summary.connections, summary.dropped, summary.unwanted_bytes), (1, 0, 0), "{summary:?}");
    assert!(summary.heartbeats > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p17_a_passive_source_loses_a_pds_monitor_rather_than_send_to_it() {
    let (folder, monitor) = (tempfile::tempdir().unwrap(), Monitor::start(Duration::from_secs(1)));
    let server = Server::start(&configuration(folder.path(), monitor.at, "passive = true\n"));
    let mut screen = Screen::open(server.web).await;
    screen.follow("1", None, 0).await;
    rounds(&mut screen, 8).await;
    server.stop();
    let summary = monitor.stop();
    assert!(summary.connections > 1 && summary.dropped > 0, "{summary:?}");
    assert_eq!((summary.heartbeats, summary.unwanted_bytes), (0, 0));
}
