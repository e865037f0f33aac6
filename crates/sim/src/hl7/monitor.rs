//! HL7 monitors on their connections: what they send when, and the loop that sends it.

use super::sender::{Outcome, Sender};
use super::{Dialect, Encoder, Identity, Message, Snapshot, frame};
use crate::bedside::{Bedside, Setup};
use crate::control::Control;
use crate::faults::Mode;
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
    /// Whether everything is marked as the monitor's own demonstration data.
    pub demo: bool,
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
            demo: false,
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
    bedside: Bedside,
    encoder: Encoder,
    sender: Sender<'a>,
    last: Option<Message>,
    start: Instant,
}

impl<'a> Monitor<'a> {
    fn new(options: &'a Options, number: u32, control: &'a Control) -> Self {
        let seed = options.bedside.seed.wrapping_add(u64::from(number - 1));
        let setup = Setup { seed, ..options.bedside.clone() };
        let mut identity = options.identity.clone();
        if options.connections > 1 {
            identity.bed = format!("{}-{number}", identity.bed);
            identity.patient = format!("{}-{number}", identity.patient);
        }
        let name = format!("{} {}", options.dialect.word(), identity.bed);
        let run_id = format!("{}{number:03}", options.run_id);
        let [.., a, b, c, d] = seed.to_be_bytes();
        let serial = u32::from_be_bytes([a, b, c, d]);
        Self {
            options,
            encoder: Encoder::new(options.dialect, identity, serial, &run_id, setup.zone).with_demo(options.demo),
            bedside: Bedside::new(setup, Timestamp::now()),
            sender: Sender::new(&options.to, name, options.dialect, options.ack_timeout, control, seed),
            last: None,
            start: Instant::now(),
        }
    }

    fn run(mut self, control: &Control, log: Option<&AckLog<'_>>) -> Result<Summary, Hl7Error> {
        let (mut due, mut turns) = (self.start, 0);
        while self.options.count.is_none_or(|count| turns < count) && !control.wait_until(due) {
            let mode = self.bedside.mode(self.start.elapsed().as_secs_f64(), control.mode());
            if mode != Mode::Silence {
                turns += 1;
                self.turn(mode, log)?;
            }
            due = match self.options.pace {
                Pace::AsFastAsPossible if mode == Mode::Silence => Instant::now() + Duration::from_millis(100),
                Pace::AsFastAsPossible => due,
                // A receiver that was slow or away is not flooded afterwards: what was due meanwhile is not made up for.
                Pace::EveryS(every_s) => (due + Duration::from_secs_f64(every_s)).max(Instant::now()),
            };
        }
        Ok(self.sender.summary)
    }

    /// Makes the message of now and sees it through.
    fn turn(&mut self, mode: Mode, log: Option<&AckLog<'_>>) -> Result<(), Hl7Error> {
        let message = self.message(mode);
        let outcome = match mode {
            Mode::Cut => {
                // Without the last CR: a frame is whole as soon as its 0x1C has arrived.
                let mut framed = frame(&message.bytes);
                framed.pop();
                let part = self.bedside.cut(&framed);
                self.sender.break_off(part);
                Outcome::GivenUp
            }
            Mode::Garbage => {
                let garbage = self.bedside.garbage();
                self.sender.deliver(&message, &garbage)
            }
            _ => self.sender.deliver(&message, &[]),
        };
        if let (Outcome::Stored, Some(log)) = (outcome, log) {
            log.add(&message.control_id)?;
        }
        self.last = Some(message);
        Ok(())
    }

    fn message(&mut self, mode: Mode) -> Message {
        if let (Mode::Repeat, Some(last)) = (mode, &self.last) {
            return last.clone();
        }
        let moment = self.bedside.moment(self.start.elapsed().as_secs_f64(), mode);
        let cuff = moment.cuff.map(|cuff| (cuff.pressure, cuff.at));
        self.encoder.message(&Snapshot::of(&moment.vitals, moment.sensor_on(), cuff), moment.clock)
    }
}
