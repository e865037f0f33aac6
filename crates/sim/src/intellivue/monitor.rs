//! The monitor without a clock and a line.

use super::numerics::{Measure, Numeric, State, Stated, Units};
use super::units;
use crate::bedside::Setup;
use crate::faults::Mode;
use crate::patient::{Patient, Pressure, Vitals};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::str::FromStr;

/// The counter of 1/8 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relative {
    /// Runs on from here, and begins anew after 149 hours.
    From(u32),
    /// Never changes.
    Frozen,
}

/// What a counter that never changes shows.
const FROZEN_AT: u32 = 0x000F_4240;

impl FromStr for Relative {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |_| format!("`{text}` is neither `frozen` nor a number of 1/8 ms up to 4294967295");
        if text == "frozen" { Ok(Self::Frozen) } else { text.parse().map(Self::From).map_err(wrong) }
    }
}

/// How a simulated monitor behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Patient, clock and faults.
    pub bedside: Setup,
    /// Pressures in kPa.
    pub kpa: bool,
    /// Temperature in degrees Fahrenheit.
    pub fahrenheit: bool,
    /// States of measures.
    pub states: Vec<Stated>,
    /// Refuses so many association requests first.
    pub refuse: u32,
    /// The counter.
    pub relative: Relative,
    /// Linked parts of an answer before its plain end; 0: none.
    pub parts: u8,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bedside: Setup::default(),
            kpa: false,
            fahrenheit: false,
            states: Vec::new(),
            refuse: 0,
            relative: Relative::From(FROZEN_AT),
            parts: 3,
        }
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Associations granted.
    pub associations: u64,
    /// Association requests refused.
    pub refused: u64,
    /// Polls answered.
    pub polls: u64,
    /// Associations ended because nobody polled.
    pub dropped: u64,
    /// Associations the host ended.
    pub ended: u64,
    /// Bytes the host sent.
    pub received_bytes: u64,
    /// Frames no monitor expects. Anything but 0 is a fault of the host (H14, H15).
    pub faults: u64,
}

/// What the monitor sees at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Real seconds since the start.
    pub elapsed_s: f64,
    /// What the monitor's clock showed at the start.
    pub started: DateTime,
    /// What is wrong with it.
    pub mode: Mode,
}

impl Moment {
    /// What the monitor's clock shows `elapsed_s` after the start; one off the calendar stays at its end.
    fn clock(&self, elapsed_s: f64) -> DateTime {
        let elapsed = SignedDuration::try_from_secs_f64(elapsed_s).unwrap_or(SignedDuration::ZERO);
        self.started.saturating_add(elapsed)
    }
}

/// How far the association with the host has come.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Session {
    None,
    /// Granted and described; the host has not answered.
    Described,
    /// The host polls, last at this second.
    Up(f64),
}

/// An association nobody polls ends after so many seconds, where the granted period is below 3.3 s.
const DROP_AFTER_S: f64 = 10.0;
/// So many frames of the host in so short a time are too many.
const BURST: (usize, f64) = (4, 0.128);
/// Number of the event the host answers.
const EVENT: u16 = 1;

/// A monitor with data export.
#[derive(Debug)]
pub struct Monitor {
    options: Options,
    patient: Patient,
    session: Session,
    frozen: Option<(Vitals, Option<(Pressure, DateTime)>)>,
    /// When the last frames of the host came.
    heard: Vec<f64>,
    summary: Summary,
}

impl Monitor {
    /// A monitor that was just switched on.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let patient = Patient::with_infusion_after(options.bedside.seed, options.bedside.infusion_after_s);
        let (session, summary) = (Session::None, Summary::default());
        Self { options, patient, session, frozen: None, heard: Vec::new(), summary }
    }

    /// What happened so far.
    #[must_use]
    pub const fn summary(&self) -> Summary {
        self.summary
    }

    pub(super) const fn received(&mut self, bytes: usize) {
        self.summary.received_bytes += bytes as u64;
    }

    /// What it sends by itself: the end of an association nobody polls.
    pub fn due(&mut self, moment: &Moment) -> Vec<Vec<u8>> {
        match self.session {
            Session::Up(polled_s) if moment.elapsed_s - polled_s > DROP_AFTER_S => {
                self.session = Session::None;
                self.summary.dropped += 1;
                vec![units::ABORT.to_vec()]
            }
            _ => Vec::new(),
        }
    }

    /// What it answers to a unit of the host.
    pub fn answer(&mut self, unit: &[u8], moment: &Moment) -> Vec<Vec<u8>> {
        self.watch_pace(unit, moment.elapsed_s);
        if units::is_association(unit) {
            return self.associate(moment);
        }
        if let Some(numbers) = units::poll(unit) {
            return self.poll(numbers, unit, moment);
        }
        if units::is_mds_created(unit, EVENT) {
            match self.session {
                Session::Described => self.session = Session::Up(moment.elapsed_s),
                _ => self.fault("an answer to no event", unit),
            }
        } else if units::is_release(unit) {
            self.end();
            return vec![units::RELEASED.to_vec()];
        } else if unit == units::ABORT {
            self.end();
        } else {
            self.fault("what no monitor is asked", unit);
        }
        Vec::new()
    }

    /// Something that is no frame at all.
    pub fn noise(&mut self, bytes: &[u8]) {
        self.fault("no frame", bytes);
    }

    fn end(&mut self) {
        self.summary.ended += u64::from(self.session != Session::None);
        self.session = Session::None;
    }

    fn associate(&mut self, moment: &Moment) -> Vec<Vec<u8>> {
        if self.summary.refused < u64::from(self.options.refuse) {
            self.summary.refused += 1;
            return vec![units::REFUSE.to_vec()];
        }
        self.session = Session::Described;
        self.summary.associations += 1;
        vec![units::accept(), units::mds_create(EVENT, self.counter(moment.elapsed_s), moment.clock(moment.elapsed_s))]
    }

    fn poll(&mut self, numbers: [u16; 2], unit: &[u8], moment: &Moment) -> Vec<Vec<u8>> {
        match self.session {
            // Not understood without an association; a host that comes back may try.
            Session::None => return Vec::new(),
            Session::Described => self.fault("a poll before the answer to the description", unit),
            Session::Up(polled_s) => {
                let period_s = f64::from(units::POLL_PERIOD) / 8000.0;
                let first = self.summary.polls == 0;
                if !first && moment.elapsed_s - polled_s < period_s / 2.0 {
                    self.fault("a poll long before the granted period is over", unit);
                }
            }
        }
        self.session = Session::Up(moment.elapsed_s);
        self.summary.polls += 1;
        let relative = self.counter(moment.elapsed_s);
        let objects = self.objects(moment);
        let linked = usize::from(self.options.parts);
        let size = objects.len().div_ceil(linked + 1).max(1);
        let mut parts: Vec<&[Vec<u8>]> = objects.chunks(size).collect();
        parts.resize(linked + 1, &[]);
        let part = |(n, objects): (usize, &&[Vec<u8>])| {
            let state = match n {
                n if n == linked => None,
                n if n + 1 == linked => Some(3),
                0 => Some(1),
                _ => Some(2),
            };
            let count = u8::try_from(n + 1).unwrap_or(u8::MAX);
            units::poll_result(numbers, state.map(|state| (state, count)), relative, objects)
        };
        parts.iter().enumerate().map(part).collect()
    }

    /// All numerics, in order.
    fn objects(&mut self, moment: &Moment) -> Vec<Vec<u8>> {
        let session_s = moment.elapsed_s * self.options.bedside.speed;
        let now = (self.patient.at(session_s), self.cuff(session_s, moment));
        let (vitals, cuff) = match moment.mode {
            Mode::Freeze => *self.frozen.get_or_insert(now),
            _ => {
                self.frozen = None;
                now
            }
        };
        let units = Units { kpa: self.options.kpa, fahrenheit: self.options.fahrenheit };
        let numeric = |measure: Measure| {
            let of_it = |stated: &&Stated| stated.measure.is_none_or(|m| m == measure);
            let mut states: Vec<State> = self.options.states.iter().filter(of_it).map(|stated| stated.state).collect();
            if moment.mode == Mode::SensorOff && measure.is_of_oximeter() {
                states.push(State::Invalid);
            }
            Numeric { measure, states, units }.encode(&vitals, cuff)
        };
        Measure::ALL.into_iter().filter_map(numeric).collect()
    }

    /// The last cuff measurement and when it was, by the monitor's clock.
    fn cuff(&self, session_s: f64, moment: &Moment) -> Option<(Pressure, DateTime)> {
        let cuff = self.patient.cuff(session_s, self.options.bedside.cuff_every_s)?;
        Some((cuff.pressure, moment.clock(cuff.at_s / self.options.bedside.speed)))
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn counter(&self, elapsed_s: f64) -> u32 {
        match self.options.relative {
            Relative::From(start) => start.wrapping_add((elapsed_s * 8000.0) as u64 as u32),
            Relative::Frozen => FROZEN_AT,
        }
    }

    fn watch_pace(&mut self, unit: &[u8], elapsed_s: f64) {
        let (most, within_s) = BURST;
        self.heard.retain(|at| elapsed_s - at < within_s);
        self.heard.push(elapsed_s);
        if self.heard.len() > most {
            self.fault("too many frames at once", unit);
        }
    }

    fn fault(&mut self, what: &str, bytes: &[u8]) {
        self.summary.faults += 1;
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        eprintln!("FAULT: the host sent an IntelliVue {what}: {}", hex.join(" "));
    }
}
