//! GE / Critikon DINAMAP host communications, ASCII: the replies of a polled monitor.
//!
//! [`Dinamap`] reads replies only; [`DinamapDialog`] also asks, out of the closed list of `chairside-request`. A cuff reading is told
//! once per determination, with its age, however often the monitor repeats it.

mod binary;
mod dialog;
mod reply;

pub use dialog::DinamapDialog;

use crate::tiles::{NOISE_MAX, PIECE, Tiles};
use crate::{Decoder, Finding};
use alloc::vec::Vec;
use binary::{BLOCK, PROOF, blocks};
use chairside_observation::{
    Absence, Amount, Decimal, Doubt, Flag, Flags, FrameKind, Measured, Micros, Observation, Origin, Reading, Skip,
    Unit, Vital,
};
use core::ops::Range;
use memchr::memchr2;
use reply::{Code, Found, LINE_MAX, Nibp, Temperature, find, is_text};

/// Line ends kept with the line that follows them (`CR LF` leaves the LF to the next line, so that a reply is told at its
/// CR and not one poll later). More is noise: a run of line ends must not be held for ever.
const BLANKS_MAX: usize = 4;

/// Cuff status of a finished determination: the only one whose numbers count.
const DONE: u8 = b'1';
/// Temperature status of a finished determination.
const TEMPERATURE_DONE: u8 = b'0';

/// Ages are whole seconds and arrive with the poll's delay: two replies of one determination may differ by so much.
const SAME_DETERMINATION: Micros = Micros::from_secs(5);

/// The determination last told.
#[derive(Clone, Copy, Debug)]
struct Determination {
    /// When it was, on the clock of arrivals.
    at: Micros,
    age_s: i64,
    pressures: [Option<i64>; 3],
}

/// Reads replies of a DINAMAP.
#[derive(Debug, Default)]
pub struct Dinamap {
    tiles: Tiles,
    last: Option<Determination>,
    /// The bytes before were blocks of the binary stream.
    binary: bool,
}

impl Dinamap {
    /// A decoder at byte 0 of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells one line, or the noise before it; `false` when more bytes are needed.
    fn step(&mut self, now: Micros, out: &mut Vec<Finding>) -> bool {
        let rest = self.tiles.rest();
        if self.binary && !rest.is_empty() {
            match blocks(rest, 1) {
                None => return false,
                Some(true) => self.tiles.noise(BLOCK, Skip::WrongMode, out),
                Some(false) => self.binary = false,
            }
            return true;
        }
        let blanks = rest.iter().take_while(|b| is_end(**b)).count();
        if blanks > BLANKS_MAX {
            self.tiles.noise(blanks - BLANKS_MAX, Skip::BetweenFrames, out);
            return true;
        }
        let body = &rest[blanks..];
        let heard = &body[..body.len().min(LINE_MAX + 1)];
        let Some(length) = memchr2(b'\r', b'\n', heard) else {
            let waits = body.len() <= LINE_MAX && body.iter().all(|b| is_text(*b));
            return !waits && self.no_line(blanks, out);
        };
        let line = &body[..length];
        match (find(line), line.iter().rposition(|b| !is_text(*b))) {
            (found, None) => self.line(now, blanks, length, &found, out),
            (Found::Reply(..) | Found::Request(_), Some(last)) => {
                // Noise, and a line behind it. The next step looks at that line as if it had come alone.
                self.tiles.noise(blanks + last + 1, Skip::NotAFrame, out);
            }
            (Found::Unknown | Found::Refused(_), Some(_)) => return self.no_line(blanks, out),
        }
        true
    }

    /// Tells bytes that are no line: a block of the binary stream, or noise. `false` when more bytes are needed.
    fn no_line(&mut self, blanks: usize, out: &mut Vec<Finding>) -> bool {
        if blanks > 0 {
            self.tiles.noise(blanks, Skip::NotAFrame, out);
            return true;
        }
        match blocks(self.tiles.rest(), PROOF) {
            None => return false,
            Some(true) => {
                self.binary = true;
                self.tiles.noise(PROOF * BLOCK, Skip::WrongMode, out);
            }
            Some(false) => self.tiles.noise(1, Skip::NotAFrame, out),
        }
        true
    }

    /// Tells `blanks` line ends, a line of `length` bytes and its end.
    fn line(&mut self, now: Micros, blanks: usize, length: usize, found: &Found, out: &mut Vec<Finding>) {
        let whole = blanks + length + 1;
        let (code, at) = match found {
            Found::Reply(code, at) => (Some(*code), at.clone()),
            Found::Request(at) => (None, at.clone()),
            Found::Unknown => {
                self.tiles.frame(whole, FrameKind::Fault, out);
                return;
            }
            Found::Refused(Skip::NotAFrame) => return self.tiles.noise(whole, Skip::NotAFrame, out),
            Found::Refused(why) => return self.tiles.reject(whole, *why, out),
        };
        if at.start > 0 {
            let cut = reply::is_begun(&self.tiles.rest()[blanks..blanks + at.start]);
            self.tiles.noise(blanks + at.start, if cut { Skip::CutOff } else { Skip::NotAFrame }, out);
            return self.line(now, 0, length - at.start, &find(&self.tiles.rest()[..length - at.start]), out);
        }
        let Some(code) = code else {
            self.tiles.frame(whole, FrameKind::Understood, out);
            return;
        };
        let mut reply = [0; LINE_MAX];
        reply[..at.len()].copy_from_slice(&self.tiles.rest()[blanks..blanks + at.len()]);
        match self.reply(now, code, &reply[..at.len()]) {
            Err(why) => self.tiles.reject(whole, why, out),
            Ok(said) => {
                let bytes = self.tiles.frame(whole, FrameKind::Understood, out);
                out.extend(said.map(|o| Finding::Observation(Observation { bytes, ..o })));
            }
        }
    }

    /// What a checked reply says, not yet placed in the stream; nothing when it repeats a determination.
    fn reply(&mut self, now: Micros, code: Code, reply: &[u8]) -> Result<Option<Observation>, Skip> {
        match code {
            Code::Nibp => Nibp::read(reply).map(|n| self.nibp(now, &n)).ok_or(Skip::Malformed),
            Code::Oximeter => oximeter(reply).map(Some),
            Code::Rate => self.rate(now, reply).map(Some),
            Code::Temperature => {
                Temperature::read(reply).map(|t| Some(temperature(&t, reply[3]))).ok_or(Skip::Malformed)
            }
        }
    }

    fn nibp(&mut self, now: Micros, nibp: &Nibp) -> Option<Observation> {
        let mut said = plain(Vital::Nibp, Reading::Absent(Absence::NoValue), Unit::MmHg);
        if nibp.patient == b'2' {
            said.flags.insert(Flag::Neonate);
        }
        if nibp.kind == b'1' {
            said.flags.insert(Flag::CuffStat);
        }
        let absence = match nibp.status {
            DONE => None,
            b'0' => Some(Absence::CuffMeasuring),
            b'3' => Some(Absence::CuffFailed),
            b'4' | b'6' | b'7' => Some(Absence::CuffTimeout),
            b'8' => Some(Absence::CuffOverpressure),
            other => {
                unknown_status(&mut said.flags, other);
                Some(Absence::Invalid)
            }
        };
        if let Some(absence) = absence {
            said.reading = Reading::Absent(absence);
            return Some(said);
        }
        let Some(age_s) = nibp.age_s else {
            said.reading = Reading::Absent(Absence::NoneRecent);
            return Some(said);
        };
        let [systolic, diastolic, mean] = nibp.pressures.map(|p| p.map(Decimal::whole));
        if systolic.is_none() && diastolic.is_none() && mean.is_none() {
            return Some(said);
        }
        let this = Determination { at: now - Micros::from_secs(age_s), age_s, pressures: nibp.pressures };
        // The newest reply has the newest age: what comes next is compared with it.
        let before = self.last.replace(this);
        if before.is_some_and(|before| this.repeats(&before)) {
            return None;
        }
        said.reading = Reading::Valid(Amount::Pressure { systolic, diastolic, mean });
        said.measured = Some(Measured::Ago(Micros::from_secs(age_s)));
        Some(said)
    }

    fn rate(&self, now: Micros, reply: &[u8]) -> Result<Observation, Skip> {
        let rate = reply::value(&reply[4..7]).ok_or(Skip::Malformed)?;
        let reading = rate.map_or(Reading::Absent(Absence::NoValue), |r| Reading::Valid(one(r)));
        let mut said = plain(Vital::PulseRate, reading, Unit::PerMin);
        match reply[3] {
            b'2' => said.origin = Some(Origin::Pleth),
            b'3' => {
                // The pulse of the cuff is as old as the cuff's determination, where one was heard.
                said.origin = Some(Origin::Cuff);
                said.measured = self.last.map(|last| Measured::Ago((now - last.at).max(Micros(0))));
            }
            other => {
                unknown_status(&mut said.flags, other);
                if let Some(amount) = said.reading.amount() {
                    said.reading = Reading::Questionable(amount, Doubt::UnknownStatus);
                }
            }
        }
        Ok(said)
    }
}

impl Determination {
    /// Whether this is the determination told before. A determination keeps its numbers; its age grows, and it does not
    /// move on the clock. A shorter age is a new one when the times differ, too; a longer age is a new one when it lies
    /// later than the one before, as after an hour without replies.
    fn repeats(&self, last: &Self) -> bool {
        let moved = self.at.since(last.at);
        let elsewhere = if self.age_s < last.age_s {
            moved.0.saturating_abs() > SAME_DETERMINATION.0
        } else {
            moved > SAME_DETERMINATION
        };
        self.pressures == last.pressures && !elsewhere
    }
}

impl Decoder for Dinamap {
    fn feed(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for piece in bytes.chunks(PIECE) {
            self.tiles.push(piece);
            while self.step(now, out) {}
        }
    }

    fn finish(&mut self, now: Micros, out: &mut Vec<Finding>) {
        // Blocks of the binary stream that might have gone on: now they are noise, and lines may stand in them.
        self.binary = false;
        while self.step(now, out) {}
        while !self.tiles.rest().iter().all(|b| is_text(*b) || is_end(*b)) {
            self.tiles.noise(1, Skip::NotAFrame, out);
            while self.step(now, out) {}
        }
        let rest = self.tiles.rest();
        let blanks = rest.iter().take_while(|b| is_end(**b)).count();
        let length = rest.len();
        if length > 0 && blanks == length {
            self.tiles.frame(length, FrameKind::Understood, out);
        } else {
            let cut = reply::is_begun(&rest[blanks..]);
            self.tiles.noise(length, if cut { Skip::CutOff } else { Skip::NotAFrame }, out);
        }
        self.tiles.flush(out);
        (self.last, self.binary) = (None, false);
    }

    fn max_held(&self) -> usize {
        BLANKS_MAX + LINE_MAX + PROOF * BLOCK + NOISE_MAX
    }
}

fn is_end(byte: u8) -> bool {
    byte == b'\r' || byte == b'\n'
}

fn plain(vital: Vital, reading: Reading, unit: Unit) -> Observation {
    Observation::new(vital, reading, unit, Range::default())
}

fn one(value: i64) -> Amount {
    Amount::One(Decimal::whole(value))
}

/// Keeps a status character that is in no table of ours, as sent.
fn unknown_status(flags: &mut Flags, status: u8) {
    flags.insert_other(&alloc::format!("status {}", char::from(status)));
}

fn oximeter(reply: &[u8]) -> Result<Observation, Skip> {
    let mut said = plain(Vital::Spo2, Reading::Absent(Absence::NoValue), Unit::Percent);
    said.reading = match reply[3] {
        b'1' => match reply::value(&reply[4..7]).ok_or(Skip::Malformed)? {
            None => Reading::Absent(Absence::NoValue),
            Some(percent @ 1..=100) => Reading::Valid(one(percent)),
            Some(percent) => Reading::Questionable(one(percent), Doubt::Implausible),
        },
        b'0' => Reading::Absent(Absence::Standby),
        // On a ProCare a sensor that is off the patient is told this way, so no more can be said.
        b'3' => Reading::Absent(Absence::NoValue),
        // On a PRO a sensor that is off the patient is told this way, too.
        b'6' => Reading::Absent(Absence::SensorDisconnected),
        other => {
            unknown_status(&mut said.flags, other);
            Reading::Absent(Absence::Invalid)
        }
    };
    Ok(said)
}

fn temperature(temperature: &Temperature, status: u8) -> Observation {
    let mut said = plain(Vital::Temperature, Reading::Absent(Absence::NoValue), Unit::DegF);
    said.reading = match (status, temperature.age_s, temperature.tenths_f) {
        (TEMPERATURE_DONE, None, _) => Reading::Absent(Absence::NoneRecent),
        (TEMPERATURE_DONE, Some(_), None) => Reading::Absent(Absence::NoValue),
        (TEMPERATURE_DONE, Some(age_s), Some(tenths)) => {
            said.measured = Some(Measured::Ago(Micros::from_secs(age_s)));
            Reading::Valid(Amount::One(Decimal::new(tenths, 1)))
        }
        // Its word is "measuring": the probe is, not a cuff.
        (b'1', ..) => Reading::Absent(Absence::CuffMeasuring),
        (b'2', ..) => {
            said.flags.insert_other("time-out");
            Reading::Absent(Absence::Unavailable)
        }
        (b'3', ..) => Reading::Absent(Absence::LostContact),
        (b'4', ..) => Reading::Absent(Absence::Aborted),
        (other, ..) => {
            unknown_status(&mut said.flags, other);
            Reading::Absent(Absence::Invalid)
        }
    };
    said
}

#[cfg(test)]
mod tests;
