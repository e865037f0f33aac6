//! Those around the server while it is tortured: senders that keep receipts, a monitor on a cable, screens, a person; and
//! those who mean no good.

use super::ledger::{BEDS, CABLE, Ledger, control, rate, spo2};
use crate::rig::{Screen, Sender, try_http};
use chairside_sim::pty::{Line, Pty};
use chairside_sim::rng::Rng;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Senders of each bed.
const SENDERS: u32 = 2;
/// A server that is paused or whose disk is slow answers later than this only when it is dead.
const ANSWER: Duration = Duration::from_secs(10);
/// Before a broken connection is made again.
const AGAIN: Duration = Duration::from_millis(30);
/// Between two lines of the monitor on the cable.
const LINE_EVERY: Duration = Duration::from_millis(50);

/// What all of them share during one run of the server.
#[derive(Clone)]
pub struct Around {
    /// The oracle.
    pub ledger: Arc<Mutex<Ledger>>,
    /// Number of the next message, over all rounds of a folder.
    pub next: Arc<AtomicU32>,
    /// They are to end.
    pub over: Arc<AtomicBool>,
    /// Nothing new can be expected now: the server is paused, or the network is full of noise.
    pub silent: Arc<AtomicBool>,
    /// Where screens connect.
    pub web: SocketAddr,
    /// Where gateways connect.
    pub gateway: SocketAddr,
    /// Name of the cable's end.
    pub cable: PathBuf,
}

impl Around {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Has everybody end, and waits for it.
    pub async fn end(&self, all: &mut JoinSet<()>) {
        self.over.store(true, Ordering::Relaxed);
        while all.join_next().await.is_some() {}
    }

    /// Starts everybody who means well.
    pub fn start(&self, rng: &mut Rng) -> JoinSet<()> {
        let mut all = JoinSet::new();
        for chair in 1..=BEDS {
            for _ in 0..SENDERS {
                all.spawn(self.clone().gateway(chair, Rng::new(rng.next_u64())));
            }
        }
        all.spawn(self.clone().monitor());
        all.spawn(self.clone().screen());
        all.spawn(self.clone().screen());
        all.spawn(self.clone().person());
        all
    }

    /// A gateway that waits for each answer, and sends again what had none.
    async fn gateway(self, chair: u32, mut rng: Rng) {
        while !self.is_over() {
            let Ok(mut sender) = Sender::connect(self.gateway).await else {
                sleep(AGAIN).await;
                continue;
            };
            while !self.is_over() && self.exchange(&mut sender, chair, &mut rng).await {
                sleep(Duration::from_millis(rng.below(25) as u64)).await;
            }
            sleep(AGAIN).await;
        }
    }

    /// One message and its answer; `false` when the connection is to be made again.
    async fn exchange(&self, sender: &mut Sender, chair: u32, rng: &mut Rng) -> bool {
        let again = if rng.below(3) == 0 { self.ledger().unknown.pop() } else { None };
        let (id, bytes) = match again {
            Some(id) => {
                let (chair, n) = (id[1..2].parse().unwrap_or(0), id[2..].parse().unwrap_or(0));
                (id, message(chair, n))
            }
            None => {
                let n = self.next.fetch_add(1, Ordering::Relaxed);
                (control(chair, n), message(chair, n))
            }
        };
        self.ledger().sent.insert(id.clone());
        let answer = timeout(ANSWER, sender.exchange(&bytes)).await;
        let mut ledger = self.ledger();
        match answer {
            Ok(Ok((code, about))) if about == id => {
                if code == "AA" {
                    ledger.acked.insert(id);
                } else {
                    ledger.unknown.push(id);
                }
                true
            }
            Ok(Ok((code, about))) => {
                ledger.wrong.push(format!("{id} was answered with {code} for {about}"));
                false
            }
            Ok(Err(_)) | Err(_) => {
                ledger.unknown.push(id);
                false
            }
        }
    }

    /// A monitor that prints lines whether anybody listens or not.
    async fn monitor(self) {
        let mut pty: Option<Pty> = None;
        let mut device = PathBuf::new();
        let mut n = self.next.load(Ordering::Relaxed);
        while !self.is_over() {
            // Whoever pulls the cable takes the name away; the next line finds another device.
            if pty.is_none() || std::fs::read_link(&self.cable).ok().as_ref() != Some(&device) {
                drop(pty.take());
                if let Ok(new) = Pty::open(Line::Echoing) {
                    new.slave_path().clone_into(&mut device);
                    let _ = std::fs::remove_file(&self.cable);
                    let _ = std::os::unix::fs::symlink(&device, &self.cable);
                    pty = Some(new);
                }
            }
            if let Some(pty) = &mut pty {
                let _ = pty.write(&line(n));
                if pty.read_nonblocking().is_ok_and(|bytes| !bytes.is_empty()) {
                    self.ledger().wrong.push("bytes were sent to a monitor that is only listened to".to_owned());
                }
            }
            n = (n + 1) % 10_000;
            sleep(LINE_EVERY).await;
        }
    }

    /// A screen that follows every chair.
    async fn screen(self) {
        while !self.is_over() {
            let opened = timeout(ANSWER, Screen::try_open(self.web)).await;
            if let Ok(Some(mut screen)) = opened {
                self.watch(&mut screen).await;
            }
            sleep(AGAIN).await;
        }
    }

    async fn watch(&self, screen: &mut Screen) {
        for chair in 1..=CABLE {
            if !screen.try_follow(&chair.to_string()).await {
                return;
            }
        }
        let (mut last, mut seen) = (BTreeMap::new(), Instant::now());
        while !self.is_over() {
            let Ok(message) = timeout(AGAIN, screen.next()).await else { continue };
            let Some(message) = message else { return };
            if message["kind"] == "dropped" {
                // It was slow; what it missed comes as history when it follows anew.
                return;
            }
            let mut ledger = self.ledger();
            if message["kind"] == "items" {
                if !self.silent.load(Ordering::Relaxed) {
                    ledger.worst_silence = ledger.worst_silence.max(seen.elapsed());
                }
                seen = Instant::now();
            }
            ledger.show(&message, &mut last);
        }
    }

    /// Somebody who names chairs; a 200 is a receipt.
    async fn person(self) {
        while !self.is_over() {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let (path, name) = (format!("/api/chairs/{}", n % CABLE + 1), format!("Chair {n}"));
            let body = format!("{{\"name\":\"{name}\"}}");
            let asked = timeout(ANSWER, try_http(self.web, "PUT", &path, &body)).await;
            if asked.is_ok_and(|answer| answer.is_ok_and(|text| text.starts_with("HTTP/1.1 200"))) {
                self.ledger().named.insert(name);
            }
            sleep(Duration::from_millis(150)).await;
        }
    }
}

/// A vitals message of a chair's bed.
#[must_use]
pub fn message(chair: u32, n: u32) -> Vec<u8> {
    let body = [
        format!(
            "MSH|^~\\&|RIG^0011223344556677^EUI-64|RIG|||20261122101500+0000||ORU^R01^ORU_R01|{}|P|2.6|||NE|AL||UNICODE UTF-8",
            control(chair, n)
        ),
        "PID|||RIG-1^^^RIG^MR||TEST^RIG".to_owned(),
        format!("PV1||I|UNIT^^B{chair}"),
        "OBR|1|||182777000^monitoring of patient^SCT|||20261122101500+0000".to_owned(),
        format!(
            "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.147842|{}|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F",
            rate(chair, n)
        ),
        format!("OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.150456|{}|262688^MDC_DIM_PERCENT^MDC|||||F", spo2(n)),
    ]
    .join("\r");
    [b"\x0b", body.as_bytes(), b"\r\x1c\r"].concat()
}

/// A line of the monitor on the cable.
#[must_use]
pub fn line(n: u32) -> Vec<u8> {
    let n = n % 10_000;
    let (second, whole, hundredths) = (n % 60, n / 100, n % 100);
    format!(
        "11/22/26 10:15:{second:02} SN=0000024680 SPO2={:03}% BPM={:03} PI={whole:02}.{hundredths:02}% SPCO=--.-% \
         SPMET=--.-% DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000800\r\n",
        spo2(n),
        rate(CABLE, n)
    )
    .into_bytes()
}

/// Pulls the cable: the name is gone, and so, with the next line, is the device.
pub fn pull(cable: &std::path::Path) {
    let _ = std::fs::remove_file(cable);
}

/// Bytes that are nothing, for a port; in frames every now and then.
pub async fn garbage(at: SocketAddr, mut rng: Rng) {
    let Ok(mut socket) = TcpStream::connect(at).await else { return };
    for _ in 0..200 {
        let count = 1 + rng.below(600);
        let mut bytes = rng.bytes(count);
        if rng.below(3) == 0 {
            bytes = [b"\x0bMSH|^~\\&|", &bytes[..], b"\x1c\r"].concat();
        }
        if timeout(AGAIN, socket.write_all(&bytes)).await.is_err() {
            break;
        }
    }
}

/// A request whose headers never end.
pub async fn headers(at: SocketAddr, for_long: Duration) {
    let end = Instant::now() + for_long;
    while Instant::now() < end {
        let Ok(mut socket) = TcpStream::connect(at).await else { return };
        if socket.write_all(b"GET / HTTP/1.1\r\n").await.is_err() {
            continue;
        }
        for n in 0.. {
            let line = format!("X-{n}: {}\r\n", "x".repeat(100));
            if Instant::now() > end || !matches!(timeout(AGAIN, socket.write_all(line.as_bytes())).await, Ok(Ok(()))) {
                break;
            }
        }
    }
}

/// A sender that drips a byte at a time, with `every` between two.
pub async fn drip(at: SocketAddr, mut socket: TcpStream, every: Duration, for_long: Duration) {
    let (bytes, end) = (message(1, 0), Instant::now() + for_long);
    for byte in bytes.iter().take(bytes.len() - 1).cycle() {
        if Instant::now() > end {
            return;
        }
        if socket.write_all(&[*byte]).await.is_err() {
            let Ok(again) = TcpStream::connect(at).await else { return };
            socket = again;
        }
        sleep(every).await;
    }
}

/// A screen that follows everything and reads nothing.
pub async fn dead_screen(web: SocketAddr, chairs: u32, for_long: Duration) {
    let Some(mut screen) = Screen::try_open(web).await else { return };
    for chair in 1..=chairs {
        if !screen.try_follow(&chair.to_string()).await {
            return;
        }
    }
    sleep(for_long).await;
}
