//! HL7 monitors on their connections: what they send when, and the loop that sends it.

use super::sender::{Outcome, Sender};
use super::{Dialect, Encoder, HeartRateHigh, Identity, Message, Phase, Snapshot, frame};
use crate::bedside::{Bedside, Setup};
use crate::control::Control;
use crate::faults::Mode;
use crate::words::Word;
use jiff::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use super::sender::Summary;

/// When the next message is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Every so many seconds. A message that waits for its acknowledgement longer than that delays the next.
    EveryS(f64),
    /// As soon as the last one was answered.
    AsFastAsPossible,
}

/// How simulated HL7 monitors behave.
#[derive(Clone, Debug)]
pub struct Options {
    /// Receiver, `HOST:PORT`.
    pub to: String,
    /// Way of writing.
    pub dialect: Dialect,
    /// Who and where. With more than one connection, bed and patient identifier end in `-1`, `-2` ...
    pub identity: Identity,
    /// The first patient, clock and faults; each further connection has the next seed.
    pub bedside: Setup,
    /// When the next message is due.
    pub pace: Pace,
    /// How long it waits for an acknowledgement.
    pub ack_timeout: Duration,
    /// File to which the control id of each acknowledged message is appended, one a line, as soon as it is acknowledged.
    pub log_acknowledged: Option<PathBuf>,
    /// Monitors, each on a connection of its own.
    pub connections: u32,
    /// Messages of each monitor before it stops by itself; `None`: until it is stopped.
    pub count: Option<u64>,
    /// Beds of each connection, all in one message; more than one only for a make that does so. Beyond the first, bed and
    /// patient identifier end in `/2`, `/3` ...
    pub beds: u32,
    /// Whether everything is marked as the monitor's own demonstration data.
    pub demo: bool,
    /// A heart rate above this is relayed as an alarm, where the make does so.
    pub heart_rate_high: Option<u16>,
    /// What every control id begins with; at most 8 letters keep it within the 20 of older receivers.
    pub run_id: String,
}

impl Options {
    /// One patient at one bed, one message a second, a cuff every five minutes, UTC.
    #[must_use]
    pub fn new(to: &str, dialect: Dialect, bed: &str, patient: &str) -> Self {
        let identity =
            Identity { bed: bed.to_owned(), unit: String::new(), patient: patient.to_owned(), name: String::new() };
        Self {
            to: to.to_owned(),
            dialect,
            identity,
            bedside: Setup::default(),
            pace: Pace::EveryS(1.0),
            ack_timeout: Duration::from_secs(5),
            log_acknowledged: None,
            connections: 1,
            count: None,
            beds: 1,
            demo: false,
            heart_rate_high: None,
            run_id: "SIM".to_owned(),
        }
    }
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum Hl7Error {
    /// The file of acknowledged control ids cannot be used; without it the run would prove nothing.
    #[error("{path}: cannot write acknowledged control ids: {source}")]
    Log {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The file of acknowledged control ids.
struct AckLog<'a> {
    path: &'a PathBuf,
    file: Mutex<File>,
}

impl<'a> AckLog<'a> {
    fn open(path: &'a PathBuf) -> Result<Self, Hl7Error> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|source| Hl7Error::Log { path: path.clone(), source })?;
        Ok(Self { path, file: Mutex::new(file) })
    }

    /// One write per line, unbuffered: a killed simulator leaves whole lines.
    fn add(&self, control_id: &str) -> Result<(), Hl7Error> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.write_all(format!("{control_id}\n").as_bytes());
        written.map_err(|source| Hl7Error::Log { path: self.path.clone(), source })
    }
}

/// Runs the monitors until they are stopped or have sent their counts; the sums of all.
///
/// # Errors
/// When the file of acknowledged control ids cannot be written.
pub fn run(options: &Options, control: &Control) -> Result<Summary, Hl7Error> {
    let log = options.log_acknowledged.as_ref().map(AckLog::open).transpose()?;
    let log = log.as_ref();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=options.connections)
            .map(|number| scope.spawn(move || Monitor::new(options, number, control).run(control, log)))
            .collect();
        let mut sums = Ok(Summary::default());
        for thread in threads {
            // A monitor that panicked is a fault of the simulator: let it be seen.
            let one = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            sums = sums.and_then(|sums: Summary| Ok(sums.plus(one?)));
        }
        sums
    })
}

/// One monitor on its connection.
struct Monitor<'a> {
    options: &'a Options,
    /// One for each bed; the first one's faults are the monitor's.
    bedsides: Vec<Bedside>,
    encoder: Encoder,
    sender: Sender<'a>,
    last: Option<Message>,
    /// Whether the heart rate is above its limit, as last relayed.
    in_alarm: bool,
    connections: u64,
    start: Instant,
}

impl<'a> Monitor<'a> {
    fn new(options: &'a Options, number: u32, control: &'a Control) -> Self {
        let beds = u64::from(options.beds.max(1));
        let seed = options.bedside.seed.wrapping_add(u64::from(number - 1) * beds);
        let mut identity = options.identity.clone();
        if options.connections > 1 {
            identity = numbered(&identity, '-', u64::from(number));
        }
        let others = (2..=beds).map(|bed| numbered(&identity, '/', bed));
        let identities: Vec<_> = std::iter::once(identity.clone()).chain(others).collect();
        let setups = (0..beds).map(|bed| Setup { seed: seed.wrapping_add(bed), ..options.bedside.clone() });
        let name = format!("{} {}", options.dialect.word(), identity.bed);
        let run_id = format!("{}{number:03}", options.run_id);
        let [.., a, b, c, d] = seed.to_be_bytes();
        let serial = u32::from_be_bytes([a, b, c, d]);
        let now = Timestamp::now();
        Self {
            options,
            bedsides: setups.map(|setup| Bedside::new(setup, now)).collect(),
            encoder: Encoder::new(options.dialect, identity, serial, &run_id, options.bedside.zone)
                .with_demo(options.demo)
                .with_heart_rate_high(options.heart_rate_high)
                .with_beds(identities),
            sender: Sender::new(&options.to, name, options.dialect, options.ack_timeout, control, seed),
            last: None,
            in_alarm: false,
            connections: 0,
            start: Instant::now(),
        }
    }

    fn run(mut self, control: &Control, log: Option<&AckLog<'_>>) -> Result<Summary, Hl7Error> {
        let (mut due, mut turns) = (self.start, 0);
        if self.options.dialect.needs_a_patient() && self.options.identity.patient.is_empty() {
            eprintln!("{}: silent, because no patient identifier was entered", self.options.dialect.word());
            while !control.wait(Duration::from_secs(3600)) {}
        }
        while self.options.count.is_none_or(|count| turns < count) && !control.wait_until(due) {
            let mode = self.bedsides[0].mode(self.start.elapsed().as_secs_f64(), control.mode());
            if mode != Mode::Silence {
                turns += 1;
                self.turn(mode, due, log)?;
            }
            due = match self.options.pace {
                Pace::AsFastAsPossible if mode == Mode::Silence => Instant::now() + Duration::from_millis(100),
                Pace::AsFastAsPossible => due,
                Pace::EveryS(every_s) if self.options.dialect.fills_back() => due + Duration::from_secs_f64(every_s),
                // A receiver that was slow or away is not flooded afterwards: what was due meanwhile is not made up for.
                Pace::EveryS(every_s) => (due + Duration::from_secs_f64(every_s)).max(Instant::now()),
            };
        }
        Ok(self.sender.summary)
    }

    /// Makes the message that was due then and sees it through, and those that go with it.
    fn turn(&mut self, mode: Mode, due: Instant, log: Option<&AckLog<'_>>) -> Result<(), Hl7Error> {
        if self.sender.summary.connections != self.connections {
            self.connections = self.sender.summary.connections;
            self.encoder.reconnected();
        }
        let repeated = self.last.take().filter(|_| mode == Mode::Repeat);
        let messages = match repeated {
            Some(last) => vec![last],
            None => self.messages(mode, due),
        };
        for message in messages {
            let outcome = self.deliver(mode, &message);
            if let (Outcome::Stored, Some(log)) = (outcome, log) {
                log.add(&message.control_id)?;
            }
            self.last = Some(message);
        }
        Ok(())
    }

    fn deliver(&mut self, mode: Mode, message: &Message) -> Outcome {
        match mode {
            Mode::Cut => {
                // Without the last CR: a frame is whole as soon as its 0x1C has arrived.
                let mut framed = frame(&message.bytes);
                framed.pop();
                let part = self.bedsides[0].cut(&framed);
                self.sender.break_off(part);
                Outcome::GivenUp
            }
            Mode::Garbage => {
                let garbage = self.bedsides[0].garbage();
                self.sender.deliver(message, &garbage)
            }
            _ => self.sender.deliver(message, &[]),
        }
    }

    /// What is to be said of this moment: the values last.
    fn messages(&mut self, mode: Mode, due: Instant) -> Vec<Message> {
        // A make that fills back says what it measured when the message was due.
        let at = if self.options.dialect.fills_back() { due } else { Instant::now() };
        let elapsed_s = at.saturating_duration_since(self.start).as_secs_f64();
        let moments: Vec<_> = self.bedsides.iter_mut().map(|bedside| bedside.moment(elapsed_s, mode)).collect();
        let snapshots: Vec<_> = moments
            .iter()
            .map(|m| Snapshot::of(&m.vitals, m.sensor_on(), m.cuff.map(|cuff| (cuff.pressure, cuff.at))))
            .collect();
        let now = moments[0].clock;
        let alarm = self.alarm_event(&snapshots[0]).and_then(|event| self.encoder.alarm(event, now));
        let between = self.encoder.clock(now).into_iter().chain(alarm);
        let mut messages: Vec<_> = between.collect();
        messages.push(self.encoder.message_of(&snapshots, now));
        messages
    }

    /// The alarm that begins or ends now.
    fn alarm_event(&mut self, snapshot: &Snapshot) -> Option<HeartRateHigh> {
        let (heart_rate, limit) = (snapshot.heart_rate?, self.options.heart_rate_high?);
        let is_above = heart_rate > limit;
        let changed = is_above != std::mem::replace(&mut self.in_alarm, is_above);
        let phase = if is_above { Phase::Start } else { Phase::End };
        changed.then_some(HeartRateHigh { phase, heart_rate, limit })
    }
}

/// The same person and bed with a number behind.
fn numbered(identity: &Identity, mark: char, number: u64) -> Identity {
    let mut numbered = identity.clone();
    numbered.bed = format!("{}{mark}{number}", identity.bed);
    numbered.patient = format!("{}{mark}{number}", identity.patient);
    numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn msh_7(message: &Message) -> String {
        String::from_utf8_lossy(&message.bytes).split('|').nth(6).unwrap().to_owned()
    }

    #[test]
    fn what_an_outage_held_up_keeps_its_time_where_the_make_fills_back() {
        let control = Control::new();
        let times = |dialect| {
            let options = Options::new("127.0.0.1:1", dialect, "B1", "P1");
            let mut monitor = Monitor::new(&options, 1, &control);
            let due = monitor.start + Duration::from_secs(3600);
            [monitor.start, due].map(|due| msh_7(monitor.messages(Mode::Normal, due).last().unwrap()))
        };
        let [first, second] = times(Dialect::Efficia);
        assert_eq!(first[10..], second[10..], "an hour later to the second: {first} {second}");
        assert_ne!(first, second);
        let [first, second] = times(Dialect::NihonKohden);
        assert_eq!(first[..10], second[..10], "of now, whenever it was due: {first} {second}");
    }

    #[test]
    fn an_efficia_without_a_patient_says_nothing() {
        let control = Control::new();
        let stopper = control.clone();
        let options = Options::new("127.0.0.1:1", Dialect::Efficia, "B1", "");
        let thread = std::thread::spawn(move || run(&options, &control));
        stopper.stop();
        assert_eq!(thread.join().unwrap().unwrap(), Summary::default());
    }

    #[test]
    fn an_alarm_is_relayed_when_it_begins_and_when_it_ends() {
        let control = Control::new();
        let options = Options { heart_rate_high: Some(100), ..Options::new("127.0.0.1:1", Dialect::Pcd01, "B1", "P1") };
        let mut monitor = Monitor::new(&options, 1, &control);
        let mut phase =
            |rate| monitor.alarm_event(&Snapshot { heart_rate: rate, ..Snapshot::default() }).map(|event| event.phase);
        let rates = [Some(90), Some(101), None, Some(120), Some(100), Some(99)];
        assert_eq!(rates.map(&mut phase), [None, Some(Phase::Start), None, None, Some(Phase::End), None]);
    }
}
