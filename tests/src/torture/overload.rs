//! A crowd: a thousand screens of which a tenth reads nothing, senders that dribble, messages without end, headers without
//! end. Those who mean well must not notice (P10), and everything that was turned away must be counted.

use super::load::{dead_screen, drip, headers};
use crate::rig::{Screen, Sender, Server, readings, try_http, vitals};
use serde_json::Value;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};

/// Chairs, each with a monitor that speaks once a second.
const CHAIRS: u32 = 64;
/// Screens of those who mean well: enough to follow every chair.
const HONEST: u32 = 4;
/// The crowd of screens.
const SCREENS: u32 = 1000;
/// Of so many screens one reads nothing.
const DEAD: u32 = 10;
/// Senders that dribble, a byte a second.
const DRIBBLERS: u32 = 200;
/// Connections of one address, within what a source takes from one.
const OF_ONE_ADDRESS: u32 = 50;
/// Messages without end, and how long each gets.
const GIANTS: u32 = 8;
const GIANT_BYTES: usize = 100 * 1024 * 1024;
/// Connections whose headers never end: more than there are places.
const HEADERS: u32 = 300;
/// Guessers of passwords, each from ever other addresses and at ever other names.
const GUESSERS: u32 = 64;
/// Length of each measurement.
const MEASURE: Duration = Duration::from_secs(15);
/// Times the crowd may slow the rest down.
const SLOWER_MAX: f64 = 2.0;
/// The server's memory in a crowd, in MiB.
const MEMORY_MAX_MIB: f64 = 128.0;

type Sent = Arc<Mutex<HashMap<(u32, u32), Instant>>>;
type Late = Arc<Mutex<Vec<f64>>>;

/// What was measured.
struct Seen {
    p50: f64,
    p99: f64,
    worst: f64,
    values: usize,
}

/// Measures without and with the crowd, and prints both; what is above its bound is an error.
///
/// # Errors
/// In a sentence.
pub async fn overload() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let config = folder.path().join("chairside.toml");
    std::fs::write(&config, configuration()).map_err(|e| e.to_string())?;
    let server = Server::start(&config);
    let (web, gateway) = (server.web, server.source("gateway"));
    let (sent, late): (Sent, Late) = Default::default();
    let mut honest = JoinSet::new();
    for first in 0..HONEST {
        honest.spawn(watch(honest_screen(web, first).await, Arc::clone(&sent), Arc::clone(&late)));
    }
    for chair in 1..=CHAIRS {
        honest.spawn(monitor(gateway, chair, Arc::clone(&sent)));
    }
    sleep(Duration::from_secs(3)).await;
    let alone = measure(&late).await;
    line("alone", &alone);
    let mut crowd = crowd(web, gateway);
    sleep(Duration::from_secs(5)).await;
    let crowded = measure(&late).await;
    line("in the crowd", &crowded);
    let welcome = Instant::now();
    let newcomer = timeout(Duration::from_secs(10), try_http(web, "GET", "/healthz", "")).await;
    let newcomer = newcomer.is_ok_and(|answer| answer.is_ok()).then(|| welcome.elapsed());
    let (health, source) = (json(web, "/healthz").await, json(web, "/api/sources").await);
    let memory = memory_mib(server.id());
    crowd.abort_all();
    honest.abort_all();
    println!("turned away: {}; screens connected {}", health["refused"], health["screens"]);
    let gateway = &source["sources"][0];
    println!("turned away by the source: {} peers; {} connections", gateway["refusedPeers"], gateway["connections"]);
    let arrived = newcomer.map_or("not answered".to_owned(), |after| format!("answered after {:.0} ms", ms(after)));
    println!("somebody who comes in the middle of it is {arrived}");
    println!("memory of the server {memory:.0} MiB  expected <= {MEMORY_MAX_MIB:.0}");
    verdict(&alone, &crowded, memory, newcomer.is_some(), &health, gateway)
}

fn verdict(
    alone: &Seen,
    crowded: &Seen,
    memory: f64,
    welcome: bool,
    health: &Value,
    gateway: &Value,
) -> Result<(), String> {
    let slower = crowded.p99 / alone.p99;
    println!("p99 in the crowd is {slower:.2} times that alone  expected <= {SLOWER_MAX}");
    let counted = |value: &Value| value.as_u64().unwrap_or(0) > 0;
    let bad: Vec<&str> = [
        (slower > SLOWER_MAX, "those who mean well are slowed down"),
        (crowded.values * 10 < alone.values * 9, "values did not arrive"),
        (memory > MEMORY_MAX_MIB, "memory is above its bound"),
        (!welcome, "a newcomer is not answered"),
        (!counted(&health["refused"]["screens"]), "refused screens are not counted"),
        (!counted(&health["refused"]["connectionsCut"]), "cut connections are not counted"),
        (!counted(&gateway["refusedPeers"]), "refused senders are not counted"),
        (
            !counted(&health["refused"]["signInsFailed"]) && !counted(&health["refused"]["signInsRefused"]),
            "guessed passwords are not counted",
        ),
    ]
    .into_iter()
    .filter_map(|(is_bad, what)| is_bad.then_some(what))
    .collect();
    if bad.is_empty() { Ok(()) } else { Err(bad.join("; ")) }
}

fn line(name: &str, seen: &Seen) {
    println!(
        "{name:<13} wire to socket p50 {:.2} ms, p99 {:.2} ms, worst {:.1} ms, {} values",
        seen.p50, seen.p99, seen.worst, seen.values
    );
}

fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
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

async fn honest_screen(web: SocketAddr, number: u32) -> Screen {
    let mut screen = Screen::open(web).await;
    for chair in (number + 1..=CHAIRS).step_by(HONEST as usize) {
        screen.follow(&chair.to_string(), None, 0).await;
    }
    screen
}

async fn measure(late: &Late) -> Seen {
    late.lock().unwrap_or_else(PoisonError::into_inner).clear();
    sleep(MEASURE).await;
    let mut late = std::mem::take(&mut *late.lock().unwrap_or_else(PoisonError::into_inner));
    late.sort_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let at = |share: f64| late.get(((late.len() as f64 - 1.0) * share) as usize).copied().unwrap_or(f64::NAN);
    Seen { p50: at(0.5), p99: at(0.99), worst: at(1.0), values: late.len() }
}

async fn monitor(at: SocketAddr, chair: u32, sent: Sent) {
    let Ok(mut sender) = Sender::connect(at).await else { return };
    // Chairs speak at their own moments of the second.
    sleep(Duration::from_micros(u64::from(chair) * 1_000_000 / u64::from(CHAIRS))).await;
    let mut tick = interval(Duration::from_secs(1));
    for n in 0_u32.. {
        tick.tick().await;
        let rate = 40 + n % 150;
        let message = vitals(&format!("L{chair:03}{n:06}"), &format!("B{chair}"), rate, 97);
        sent.lock().unwrap_or_else(PoisonError::into_inner).insert((chair, rate), Instant::now());
        if sender.exchange(&message).await.is_err() {
            return;
        }
    }
}

async fn watch(mut screen: Screen, sent: Sent, late: Late) {
    while let Some(message) = screen.next().await {
        let now = Instant::now();
        let Some(chair) = message["chair"].as_str().and_then(|c| c.parse().ok()) else { continue };
        if message["kind"] != "items" {
            continue;
        }
        for (_, reading) in readings(&message, "heart_rate") {
            let Some(rate) = reading["value"].as_str().and_then(|v| v.parse().ok()) else { continue };
            if let Some(start) = sent.lock().unwrap_or_else(PoisonError::into_inner).get(&(chair, rate)) {
                late.lock().unwrap_or_else(PoisonError::into_inner).push(ms(now - *start));
            }
        }
    }
}

/// Everybody who is too many.
fn crowd(web: SocketAddr, gateway: SocketAddr) -> JoinSet<()> {
    let mut crowd = JoinSet::new();
    let long = MEASURE * 4;
    for n in 0..SCREENS {
        crowd.spawn(async move {
            // Over two seconds, as after a switch that was started again.
            sleep(Duration::from_millis(u64::from(n) * 2)).await;
            if n % DEAD == 0 {
                dead_screen(web, CHAIRS, long).await;
            } else {
                follower(web, n % CHAIRS + 1).await;
            }
        });
    }
    for n in 0..DRIBBLERS {
        crowd.spawn(async move {
            if let Ok(socket) = from(n / OF_ONE_ADDRESS, gateway).await {
                drip(gateway, socket, Duration::from_secs(1), long).await;
            }
        });
    }
    for n in 0..GIANTS {
        crowd.spawn(giant(gateway, n));
    }
    for _ in 0..HEADERS {
        crowd.spawn(slow_headers(web));
    }
    for n in 0..GUESSERS {
        crowd.spawn(guesser(web, n));
    }
    // Some that do not even drip.
    for _ in 0..4 {
        crowd.spawn(headers(web, long));
    }
    crowd
}

/// A connection from an address of this machine of its own.
async fn from(number: u32, to: SocketAddr) -> std::io::Result<TcpStream> {
    from_address([0, 7, u8::try_from(number + 2).unwrap_or(254)], to).await
}

async fn from_address([b, c, d]: [u8; 3], to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, b, c, d), 0)))?;
    socket.connect(to).await
}

/// Tries passwords as fast as it is answered; each try is of another name and from another address.
async fn guesser(web: SocketAddr, number: u32) {
    let byte = |n: u32| u8::try_from(n % 250 + 1).unwrap_or(1);
    for n in 0_u32.. {
        let body = format!(r#"{{"name":"nurse {number} {n}","password":"wrong {n}"}}"#);
        let head = format!(
            "POST /api/sign-in HTTP/1.1\r\nHost: {web}\r\nOrigin: http://{web}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if let Ok(mut stream) = from_address([byte(number), byte(n / 250), byte(n)], web).await {
            let mut answer = Vec::new();
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.read_to_end(&mut answer).await;
        }
    }
}

/// A screen of the crowd: it reads what comes, and tries again when it is refused.
async fn follower(web: SocketAddr, chair: u32) {
    loop {
        if let Some(mut screen) = Screen::try_open(web).await
            && screen.try_follow(&chair.to_string()).await
        {
            while screen.skip().await {}
        }
        sleep(Duration::from_secs(3)).await;
    }
}

/// A message that does not end, again and again.
async fn giant(gateway: SocketAddr, n: u32) {
    let piece = vec![b'x'; 64 * 1024];
    loop {
        if let Ok(mut socket) = from(100 + n, gateway).await {
            let mut left = GIANT_BYTES;
            let mut fine = socket.write_all(b"\x0bMSH|^~\\&|").await.is_ok();
            while fine && left > 0 {
                fine = socket.write_all(&piece).await.is_ok();
                left = left.saturating_sub(piece.len());
            }
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// Headers, a line a second.
async fn slow_headers(web: SocketAddr) {
    loop {
        if let Ok(mut socket) = TcpStream::connect(web).await {
            let mut fine = socket.write_all(b"GET / HTTP/1.1\r\n").await.is_ok();
            while fine {
                sleep(Duration::from_secs(1)).await;
                fine = socket.write_all(b"X-More: and more\r\n").await.is_ok();
            }
        }
        sleep(Duration::from_millis(500)).await;
    }
}

async fn json(web: SocketAddr, path: &str) -> Value {
    let answer = try_http(web, "GET", path, "").await.unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or_default()
}

fn memory_mib(process: u32) -> f64 {
    let status =
        std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = peak.and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(f64::INFINITY);
    kib / 1024.0
}
