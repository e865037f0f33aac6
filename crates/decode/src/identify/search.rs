//! Which setting to listen at, and for how long.
//!
//! Silence says nothing about a setting: a receiver at a wrong speed hears bytes, too, only wrong ones. So a setting is left
//! only when bytes came and made no sense, and what they look like decides which one is next.

use super::shape::{BYTES_MIN, Slower};
use super::{Hearing, Verdict, verdict};
use crate::catalog::{Line, Parity};
use alloc::vec::Vec;
use chairside_observation::Micros;

const fn line(baud: u32, parity: Parity) -> Line {
    Line { baud, parity }
}

/// The settings listened at, the likeliest first. The first is that of five of the eight serial protocols, the second and
/// third of the other three, and the third measures how long the bits of a slower sender are. Then come speeds that can be
/// chosen at some monitors, and the settings of old CMS50 units.
pub const SETTINGS: [Line; 12] = [
    line(9600, Parity::None),
    line(19_200, Parity::Even),
    line(115_200, Parity::None),
    line(19_200, Parity::None),
    line(38_400, Parity::None),
    line(57_600, Parity::None),
    line(4800, Parity::None),
    line(115_200, Parity::Even),
    line(19_200, Parity::Odd),
    line(4800, Parity::Odd),
    line(9600, Parity::Even),
    line(9600, Parity::Odd),
];

/// A pause this long parts two bursts. Adapters hold bytes back for 16 ms; no known monitor rests so long inside a row.
const PAUSE: Micros = Micros(150_000);
/// How long a stream without pauses is listened to: twice the time of the slowest proof, a Nonin packet from any offset.
const STREAM: Micros = Micros(1_500_000);
/// Bytes of a stream without pauses that are enough: more than the longest record of a known monitor.
const STREAM_BYTES: u64 = 1500;
/// How long a few bytes a second are waited for at the first setting: the six frames of Nonin format 1, which has no other.
const TRICKLE: Micros = Micros(7_000_000);
/// How long bytes that look promising are waited for: three rows of a monitor that sends one each 2 s.
const HOPE: Micros = Micros(6_500_000);
/// How long is listened on after the proof, so that a second row of a monitor that sends one each 2 s can be shown.
const SETTLE: Micros = Micros(3_000_000);

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Listen, at the latest until then.
    Listen(Micros),
    /// Set the line to this and go on.
    Retune(Line),
    /// The verdict stands.
    Done,
}

/// A search for the monitor at one port.
#[derive(Debug)]
pub struct Search {
    hearings: Vec<Hearing>,
    end: Micros,
    /// The first byte at this setting.
    first_byte: Option<Micros>,
    /// The first byte since the last pause.
    burst: Micros,
    /// The newest byte; before the first one, when the line was set as it is.
    last_byte: Micros,
    /// The burst was heard from its beginning.
    whole: bool,
    /// When the bytes were first explained.
    found: Option<Micros>,
}

impl Search {
    /// A search that begins at `now` and ends after `most`.
    #[must_use]
    pub fn new(now: Micros, most: Micros) -> Self {
        Self {
            hearings: Vec::from([Hearing::new(SETTINGS[0])]),
            end: now + most,
            first_byte: None,
            burst: now,
            last_byte: now,
            whole: false,
            found: None,
        }
    }

    /// The setting the line has to have now.
    #[must_use]
    pub fn line(&self) -> Line {
        self.current().line()
    }

    fn current(&self) -> &Hearing {
        // There is always one: the search begins with it, and only adds.
        &self.hearings[self.hearings.len() - 1]
    }

    /// Takes bytes that arrived at `now`.
    pub fn heard(&mut self, now: Micros, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let after_pause = now.since(self.last_byte) >= PAUSE;
        if after_pause || self.first_byte.is_none() {
            (self.burst, self.whole) = (now, after_pause);
        }
        self.first_byte.get_or_insert(now);
        self.last_byte = now;
        if let Some(hearing) = self.hearings.last_mut() {
            hearing.heard(now, bytes);
        }
        let known = self.current().proven().is_some() || self.current().other_mode().is_some();
        if known {
            self.found.get_or_insert(now);
        }
    }

    /// What to do at `now`.
    pub fn step(&mut self, now: Micros) -> Step {
        if now >= self.end {
            return Step::Done;
        }
        let until = match (self.found, self.first_byte) {
            (Some(found), _) if now.since(found) >= SETTLE => return Step::Done,
            (Some(found), _) => found + SETTLE,
            (None, None) => self.end,
            (None, Some(first)) => {
                let until = self.patience(now, first);
                if now >= until {
                    return self.retune(now);
                }
                until
            }
        };
        Step::Listen(until.min(self.end))
    }

    /// Until when bytes that began to come at `first` may still make sense at this setting, if no more come.
    fn patience(&self, now: Micros, first: Micros) -> Micros {
        let hearing = self.current();
        if hearing.is_hopeful() {
            first + HOPE
        } else if hearing.bytes() < BYTES_MIN && self.line() == SETTINGS[0] {
            first + TRICKLE
        } else if self.whole {
            // A burst from its beginning to its end, or a stream.
            (self.last_byte + PAUSE).min(self.burst + STREAM)
        } else if hearing.bytes() >= STREAM_BYTES {
            now
        } else if now.since(self.last_byte) >= PAUSE {
            // Only the end of a burst was heard: the next one can be judged.
            self.last_byte + HOPE
        } else {
            self.burst + STREAM
        }
    }

    fn retune(&mut self, now: Micros) -> Step {
        let Some(line) = self.next_line() else { return Step::Done };
        self.hearings.push(Hearing::new(line));
        (self.first_byte, self.burst, self.last_byte, self.whole) = (None, now, now, false);
        Step::Retune(line)
    }

    /// The setting that what was heard speaks for, of those not tried yet.
    fn next_line(&self) -> Option<Line> {
        let untried = || SETTINGS.into_iter().filter(|l| self.hearings.iter().all(|h| h.line() != *l));
        let (heard, here) = (self.current().shape(), self.line());
        let hinted = if heard.is_text_of_other_parity(here.parity) {
            untried().find(|l| l.baud == here.baud)
        } else {
            match heard.slower(here.parity) {
                Some(Slower::Times(times)) => untried().find(|l| is_near(l.baud, here.baud / times)),
                Some(Slower::Far) => untried().find(|l| l.baud * 9 <= here.baud),
                None => None,
            }
        };
        let (floor, ceiling) = self.bounds();
        let possible = || untried().find(|l| (floor..ceiling).contains(&l.baud));
        hinted.or_else(possible).or_else(|| untried().next())
    }

    /// Speeds the sender can have by all that was heard: from, and below.
    fn bounds(&self) -> (u32, u32) {
        let (mut floor, mut ceiling) = (0, u32::MAX);
        for hearing in &self.hearings {
            let Line { baud, parity } = hearing.line();
            if hearing.shape().is_sharp(parity) {
                floor = floor.max(baud);
            } else if hearing.shape().slower(parity).is_some() {
                ceiling = ceiling.min(baud);
            }
        }
        (floor, ceiling)
    }

    /// What everything heard so far means.
    #[must_use]
    pub fn verdict(&self) -> Verdict<'_> {
        verdict(&self.hearings)
    }

    /// Everything heard, one for each setting.
    #[must_use]
    pub fn hearings(&self) -> &[Hearing] {
        &self.hearings
    }
}

/// Within a factor of 1.4: nearer to it than to the next usual speed.
const fn is_near(baud: u32, wanted: u32) -> bool {
    baud * 10 <= wanted * 14 && wanted * 10 <= baud * 14
}
