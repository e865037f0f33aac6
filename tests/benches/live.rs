//! From the monitor's bytes to a screen's socket: 64 chairs, one message a second each, 16 screens that follow 48 of them
//! each (twice the largest wall; a socket may say 60 things a minute).
//!
//! Expected: p99 <= 5 ms (P10 allows 50 ms to the painted digit: nearly all of it belongs to the browser), and memory of
//! the server < 64 MiB (P19).

use chairside_tests::rig::{Screen, Sender, Server, readings, vitals};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CHAIRS: u32 = 64;
const SCREENS: usize = 16;
/// Chairs each screen follows.
const FOLLOWED: u32 = 48;
/// Messages of each chair.
const MESSAGES: u32 = 20;

type Sent = Arc<Mutex<HashMap<(u32, u32), Instant>>>;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

fn configuration() -> String {
    let mut text = String::from("data = \"data\"\nlisten = \"127.0.0.1:0\"\n");
    let mut route = String::new();
    for n in 1..=CHAIRS {
        text += &format!("[[chair]]\nid = \"{n}\"\n");
        route += &format!("{{ bed = \"B{n}\", chair = \"{n}\" }}, ");
    }
    text + &format!("[[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:0\"\nroute = [{route}]\n")
}

async fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("chairside.toml");
    std::fs::write(&config, configuration()).expect("a configuration");
    let server = Server::start(&config);
    let sent: Sent = Arc::default();
    let late: Arc<Mutex<Vec<f64>>> = Arc::default();
    for screen in 0..SCREENS {
        let first = u32::try_from(screen).unwrap_or(0) * 4;
        let mut screen = Screen::open(server.web).await;
        for n in first..first + FOLLOWED {
            screen.follow(&(n % CHAIRS + 1).to_string(), None, 0).await;
        }
        tokio::spawn(watch(screen, Arc::clone(&sent), Arc::clone(&late)));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let monitors: Vec<_> =
        (1..=CHAIRS).map(|n| tokio::spawn(monitor(server.source("gateway"), n, Arc::clone(&sent)))).collect();
    for monitor in monitors {
        let _ = monitor.await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut late = late.lock().expect("the list").clone();
    late.sort_by(f64::total_cmp);
    let at = |share: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let index = ((late.len() as f64 - 1.0) * share) as usize;
        late.get(index).copied().unwrap_or(f64::NAN)
    };
    let expected = FOLLOWED as usize * MESSAGES as usize * SCREENS;
    println!("wire to socket, {CHAIRS} chairs at 1/s, {SCREENS} screens: {} of {expected} values seen", late.len());
    let verdict = if at(0.99) <= 5.0 { "" } else { "  ABOVE" };
    println!("p50 {:.2} ms, p99 {:.2} ms, worst {:.2} ms  expected p99 <= 5 ms{verdict}", at(0.5), at(0.99), at(1.0));
    let kib = memory_kib(server.id());
    let verdict = if kib < 64 * 1024 { "" } else { "  ABOVE" };
    println!("server memory (peak resident) {:.1} MiB  expected < 64 MiB{verdict}", f64::from(kib) / 1024.0);
}

async fn monitor(at: std::net::SocketAddr, chair: u32, sent: Sent) {
    let mut sender = Sender::connect(at).await.expect("a connection");
    // Chairs speak at their own moments of the second.
    tokio::time::sleep(Duration::from_micros(u64::from(chair) * 1_000_000 / u64::from(CHAIRS))).await;
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    for n in 0..MESSAGES {
        tick.tick().await;
        let rate = 50 + n;
        let message = vitals(&format!("L{chair:03}{n:06}"), &format!("B{chair}"), rate, 97);
        sent.lock().expect("the map").insert((chair, rate), Instant::now());
        sender.exchange(&message).await.expect("an acknowledgement");
    }
}

async fn watch(mut screen: Screen, sent: Sent, late: Arc<Mutex<Vec<f64>>>) {
    while let Some(message) = screen.next().await {
        let now = Instant::now();
        if message["kind"] != "items" {
            continue;
        }
        let Some(chair) = message["chair"].as_str().and_then(|c| c.parse().ok()) else { continue };
        for (_, reading) in readings(&message, "heart_rate") {
            let Some(rate) = reading["value"].as_str().and_then(|v| v.parse().ok()) else { continue };
            if let Some(start) = sent.lock().expect("the map").get(&(chair, rate)) {
                late.lock().expect("the list").push((now - *start).as_secs_f64() * 1e3);
            }
        }
    }
}

fn memory_kib(process: u32) -> u32 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(u32::MAX)
}
