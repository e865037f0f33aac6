//! A monitor that speaks HL7 over MLLP, waits for each answer, and sends again what had none.

use super::book::{Said, Shared, now_ms, now_us};
use super::net::connect;
use super::server::{mono_us, wall_us};
use super::{MLLP_NORTH, MLLP_SOUTH};
use chairside_sim::hl7::{Ack, Cutter, Dialect, Encoder, Identity, Message, Snapshot, frame};
use chairside_sim::rng::Rng;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};
use turmoil::net::TcpStream;

/// How often a monitor speaks.
const EVERY: Duration = Duration::from_secs(1);
/// An answer that has not come by then is not waited for; the connection is made anew.
const ANSWER: Duration = Duration::from_secs(4);
/// Before a connection is made again.
const AGAIN: Duration = Duration::from_millis(500);
/// Messages one of the monitors sends before it looks for an answer.
const AHEAD: usize = 3;

/// Heart rate number `n` of a patient at a chair. No two chairs have one in common, nor have two patients who follow each
/// other.
pub(super) const fn rate(chair: usize, patient: usize, n: u64) -> u16 {
    (60 + 40 * chair + 20 * (patient % 2)) as u16 + (n % 20) as u16
}

const fn spo2(n: u64) -> u16 {
    80 + (n % 20) as u16
}

/// Chair and patient (even or odd) of a heart rate.
pub(super) const fn whose(rate: i64) -> (i64, i64) {
    ((rate - 60) / 40, (rate - 60) % 40 / 20)
}

/// The source a monitor sends to.
pub(super) const fn source(chair: usize) -> &'static str {
    if chair == 2 { "south" } else { "north" }
}

/// What a patient is called at the monitor and at the desk.
pub(super) fn patient_id(chair: usize, patient: usize) -> String {
    format!("P{chair}{patient}")
}

/// One start of a monitor.
struct Monitor {
    shared: Shared,
    chair: usize,
    start: u64,
    rng: Rng,
    patient: usize,
    encoder: Encoder,
    /// Messages so far.
    n: u64,
    unanswered: Vec<Message>,
    /// The last one that was answered, which some gateways send again.
    last: Option<Message>,
}

fn encoder(chair: usize, patient: usize, start: u64) -> Encoder {
    let who = Identity {
        bed: format!("B{}", chair + 1),
        unit: "ROOM".into(),
        patient: patient_id(chair, patient),
        name: "DOE^JANE".into(),
    };
    let serial = 1 + chair as u32;
    Encoder::new(Dialect::Pcd01, who, serial, &format!("C{chair}S{start}P{patient}N"), Offset::UTC)
}

/// Speaks until it is switched off.
pub(super) async fn run(shared: Shared, chair: usize, start: u64) -> turmoil::Result {
    let rng = Rng::new(shared.plan.seed ^ 0x5E_4D00 ^ (chair as u64) << 40 ^ start << 44);
    let patient = shared.plan.patient(chair, now_ms());
    let encoder = encoder(chair, patient, start);
    let mut monitor = Monitor { shared, chair, start, rng, patient, encoder, n: 0, unanswered: Vec::new(), last: None };
    let port = if source(chair) == "south" { MLLP_SOUTH } else { MLLP_NORTH };
    loop {
        if let Some(mut stream) = connect(port).await {
            monitor.shared.say(format!("monitor {chair} is connected"));
            let mut cutter = Cutter::default();
            while monitor.exchange(&mut stream, &mut cutter).await {
                sleep(EVERY).await;
            }
            monitor.shared.say(format!("monitor {chair} gave its connection up"));
        }
        sleep(AGAIN).await;
    }
}

impl Monitor {
    /// What is unanswered, and what it says now; `false` when the connection is to be made again.
    async fn exchange(&mut self, stream: &mut TcpStream, cutter: &mut Cutter) -> bool {
        let ahead = if self.chair == 2 { AHEAD } else { 1 };
        while self.unanswered.len() < ahead {
            let message = self.speaks();
            self.unanswered.push(message);
        }
        if self.rng.below(15) == 0 {
            self.unanswered.extend(self.last.take());
        }
        for message in self.unanswered.clone() {
            if !self.write(stream, &frame(&message.bytes)).await {
                return false;
            }
            self.shared.book().spoke.push((self.chair, mono_us(now_us())));
        }
        timeout(ANSWER, self.answers(stream, cutter)).await.unwrap_or(false)
    }

    /// A new message.
    fn speaks(&mut self) -> Message {
        let patient = self.shared.plan.patient(self.chair, now_ms());
        if patient != self.patient {
            (self.patient, self.encoder) = (patient, encoder(self.chair, patient, self.start));
        }
        self.n += 1;
        let (rate, spo2) = (rate(self.chair, patient, self.n), spo2(self.n));
        let snapshot = Snapshot { heart_rate: Some(rate), spo2: Some(spo2), ..Snapshot::default() };
        let stamp = Timestamp::from_microsecond(wall_us(now_us())).unwrap_or_default();
        let message = self.encoder.message(&snapshot, stamp);
        let said = Said { chair: self.chair, patient, rate, spo2 };
        self.shared.book().sent.insert(message.control_id.clone(), said);
        message
    }

    /// In one piece, or in some with a little time between them.
    async fn write(&mut self, stream: &mut TcpStream, bytes: &[u8]) -> bool {
        let pieces = if self.rng.below(8) == 0 { 2 + self.rng.below(4) } else { 1 };
        for piece in bytes.chunks(bytes.len().div_ceil(pieces)) {
            if !matches!(timeout(ANSWER, stream.write_all(piece)).await, Ok(Ok(()))) {
                return false;
            }
            if pieces > 1 {
                sleep(Duration::from_millis(self.rng.below(60) as u64)).await;
            }
        }
        true
    }

    /// Until everything has one; `false` when the connection ends.
    async fn answers(&mut self, stream: &mut TcpStream, cutter: &mut Cutter) -> bool {
        let mut bytes = [0; 2048];
        let mut waiting: Vec<String> = self.unanswered.iter().map(|message| message.control_id.clone()).collect();
        while !waiting.is_empty() {
            let Ok(count @ 1..) = stream.read(&mut bytes).await else { return false };
            for answer in cutter.feed(&bytes[..count]) {
                let Some(ack) = Ack::parse(&answer) else {
                    self.shared.wrong(format!("monitor {} got an answer that is none", self.chair));
                    return false;
                };
                let Some(at) = waiting.iter().position(|id| *id == ack.control_id) else {
                    self.shared.wrong(format!("monitor {} got an answer to {}", self.chair, ack.control_id));
                    return false;
                };
                waiting.remove(at);
                self.answered(&ack);
            }
        }
        true
    }

    fn answered(&mut self, ack: &Ack) {
        let mut book = self.shared.book();
        book.say(now_us(), &format!("{} {}", ack.code, ack.control_id));
        if ack.code != "AA" {
            return;
        }
        if book.acked.insert(ack.control_id.clone()) {
            book.figures.acknowledged += 1;
        }
        drop(book);
        if let Some(at) = self.unanswered.iter().position(|message| message.control_id == ack.control_id) {
            self.last = Some(self.unanswered.remove(at));
        }
    }
}
