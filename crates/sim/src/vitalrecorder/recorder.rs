//! The loop of a recorder: patients, cuffs, faults, and coming back after an outage.

use super::socket::{Engine, Socket};
use super::upload::{Form, Writer, pack};
use crate::bedside::{Bedside, Moment, Setup};
use crate::control::Control;
use crate::faults::Mode;
use crate::hl7::Snapshot;
use jiff::Timestamp;
use std::io;
use std::time::{Duration, Instant};

/// How a simulated VitalRecorder behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Receiver, `HOST:PORT`.
    pub to: String,
    /// Engine.IO version.
    pub engine: Engine,
    /// Form of the uploads.
    pub form: Form,
    /// Its code.
    pub vrcode: String,
    /// Bed. With more than one, names end in `-1`, `-2` ...
    pub bed: String,
    /// Beds.
    pub beds: u32,
    /// The first patient, the clock of its computer, and faults; each further bed has the next seed.
    pub bedside: Setup,
    /// Seconds between uploads.
    pub interval_s: f64,
    /// Uploads before it stops by itself; `None`: until it is stopped.
    pub count: Option<u64>,
}

impl Options {
    /// Two patients, one upload a second, a cuff every five minutes, UTC.
    #[must_use]
    pub fn new(to: &str, bed: &str) -> Self {
        Self {
            to: to.to_owned(),
            engine: Engine::V3,
            form: Form::Json,
            vrcode: "VR_SIM".to_owned(),
            bed: bed.to_owned(),
            beds: 2,
            bedside: Setup::default(),
            interval_s: 1.0,
            count: None,
        }
    }
}

/// What a recorder has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Uploads sent whole.
    pub uploads: u64,
    /// Connections made.
    pub connections: u64,
    /// What the receiver sent that a recorder would take as a command or as data: a fault of the receiver.
    pub unexpected: u64,
}

/// First wait after a connection was lost or refused; doubled each time, up to the longest.
const BACK_OFF_FIRST: Duration = Duration::from_millis(200);
const BACK_OFF_MAX: Duration = Duration::from_secs(10);
/// How often a waiting recorder looks what the receiver said.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Runs the recorder until it is stopped or has sent its count.
///
/// # Errors
/// An upload could not be packed.
pub fn run(options: &Options, control: &Control) -> io::Result<Summary> {
    Recorder::new(options, control).run()
}

struct Recorder<'a> {
    options: &'a Options,
    control: &'a Control,
    /// At least one; the faults of the first are those of all.
    beds: Vec<(String, Bedside)>,
    writer: Writer,
    socket: Option<Socket>,
    last: Option<Vec<u8>>,
    back_off: Duration,
    away: bool,
    start: Instant,
    summary: Summary,
}

impl<'a> Recorder<'a> {
    fn new(options: &'a Options, control: &'a Control) -> Self {
        let now = Timestamp::now();
        let bed = |n: u32| {
            let name = if options.beds > 1 { format!("{}-{n}", options.bed) } else { options.bed.clone() };
            let seed = options.bedside.seed.wrapping_add(u64::from(n - 1));
            (name, Bedside::new(Setup { seed, ..options.bedside.clone() }, now))
        };
        Self {
            options,
            control,
            beds: (1..=options.beds.max(1)).map(bed).collect(),
            writer: Writer::new(options.form, options.vrcode.clone(), options.bedside.zone),
            socket: None,
            last: None,
            back_off: BACK_OFF_FIRST,
            away: false,
            start: Instant::now(),
            summary: Summary::default(),
        }
    }

    fn run(mut self) -> io::Result<Summary> {
        let mut due = self.start;
        while self.options.count.is_none_or(|count| self.summary.uploads < count) && !self.wait(due) {
            let elapsed_s = self.start.elapsed().as_secs_f64();
            let mode = self.beds[0].1.mode(elapsed_s, self.control.mode());
            if mode != Mode::Silence && self.connect() {
                self.turn(mode)?;
            }
            due = (due + Duration::from_secs_f64(self.options.interval_s)).max(Instant::now());
        }
        self.disconnect(None);
        Ok(self.summary)
    }

    /// Waits for the next upload and answers meanwhile; `true` when it shall stop.
    fn wait(&mut self, due: Instant) -> bool {
        loop {
            if let Some(error) = self.socket.as_mut().and_then(|s| s.tend().err()) {
                self.disconnect(Some(&error));
            }
            if self.control.wait_until(due.min(Instant::now() + LOOK_EVERY)) {
                return true;
            }
            if Instant::now() >= due {
                return false;
            }
        }
    }

    fn turn(&mut self, mode: Mode) -> io::Result<()> {
        let attachment = match (mode, &self.last) {
            (Mode::Repeat, Some(last)) => last.clone(),
            (Mode::Garbage, _) => self.beds[0].1.garbage(),
            _ => self.attachment(mode)?,
        };
        let Some(socket) = &mut self.socket else { return Ok(()) };
        if mode == Mode::Cut {
            // The upload is announced and never comes.
            let _ = socket.announce();
            self.disconnect(Some(&io::Error::other("cut off on purpose")));
            return Ok(());
        }
        match socket.send(&attachment) {
            Ok(()) => {
                self.summary.uploads += 1;
                self.back_off = BACK_OFF_FIRST;
            }
            Err(error) => self.disconnect(Some(&error)),
        }
        if mode != Mode::Garbage {
            self.last = Some(attachment);
        }
        Ok(())
    }

    fn attachment(&mut self, mode: Mode) -> io::Result<Vec<u8>> {
        let elapsed_s = self.start.elapsed().as_secs_f64();
        let moments: Vec<_> = self.beds.iter_mut().map(|(_, bedside)| bedside.moment(elapsed_s, mode)).collect();
        let room = |((bed, _), moment): (&(String, Bedside), &Moment)| {
            // The recorder only sees what the monitor shows: when the cuff was taken is not among it.
            let cuff = moment.cuff.map(|cuff| (cuff.pressure, Timestamp::UNIX_EPOCH));
            (bed.clone(), Snapshot::of(&moment.vitals, moment.sensor_on(), cuff))
        };
        let rooms: Vec<_> = self.beds.iter().zip(&moments).map(room).collect();
        pack(self.options.form, &self.writer.upload(&rooms, moments[0].clock))
    }

    /// Makes sure there is a connection, trying once; a pause follows a failure.
    fn connect(&mut self) -> bool {
        if self.socket.is_some() {
            return true;
        }
        let Options { to, engine, vrcode, .. } = self.options;
        match Socket::open(to, *engine, vrcode) {
            Ok(socket) => {
                eprintln!("{vrcode}: connected to {to}");
                self.summary.connections += 1;
                self.socket = Some(socket);
                self.away = false;
                true
            }
            Err(error) => {
                if !std::mem::replace(&mut self.away, true) {
                    eprintln!("{vrcode}: cannot reach {to}: {error}; trying again");
                }
                let _ = self.control.wait(self.back_off);
                self.back_off = (self.back_off * 2).min(BACK_OFF_MAX);
                false
            }
        }
    }

    fn disconnect(&mut self, why: Option<&io::Error>) {
        if let Some(socket) = self.socket.take() {
            self.summary.unexpected += socket.unexpected;
            if let Some(why) = why {
                eprintln!("{}: disconnected: {why}", self.options.vrcode);
            }
        }
    }
}
