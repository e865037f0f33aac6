//! Masimo ASCII 1: one line a second of `KEY=value` words (Rad-8, Rad-87, Radical-5 and -7, Root).
//!
//! Listens only; no request is needed or allowed. There is no checksum, so a line must be right in every field we read.
//! ASCII 2 and the trend memory are other formats and are refused as [`Skip::WrongMode`].

mod line;
mod status;

use crate::tiles::{NOISE_MAX, PIECE, Tiles};
use crate::{Decoder, Finding};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use chairside_observation::{
    Absence, Amount, Context, Decimal, Doubt, Flags, FrameKind, Measured, Micros, Observation, Origin, Reading, Skip,
    Unit, Vital,
};
use core::ops::Range;
use line::{Field, Line, is_dashes};
use memchr::memchr2;
use status::{Verdict, Words};

/// Longest line: Rad-8 lines have about 130 characters, a Root with all its keys about 600 by the one program we know.
const LINE_MAX: usize = 2048;

/// Empty lines kept with the line that follows them. More is noise: a run of line ends must not be held for ever.
const BLANKS_MAX: usize = 8;

/// Reads Masimo ASCII 1.
#[derive(Debug, Default)]
pub struct Masimo {
    tiles: Tiles,
    /// The serial number last sent, shared by all readings that came with it.
    device: Option<Arc<Context>>,
}

impl Masimo {
    /// A decoder at byte 0 of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells one line, or the noise before it; `false` when more bytes are needed.
    fn step(&mut self, out: &mut Vec<Finding>) -> bool {
        let rest = self.tiles.rest();
        let blanks = rest.iter().take_while(|b| is_end(**b)).count();
        if blanks > BLANKS_MAX {
            self.tiles.noise(blanks - BLANKS_MAX, Skip::BetweenFrames, out);
            return true;
        }
        let body = &rest[blanks..];
        let end = memchr2(b'\r', b'\n', body);
        let length = end.unwrap_or(body.len());
        if length > LINE_MAX {
            // A line may still stand at the end of what was heard.
            self.tiles.noise(blanks + length - LINE_MAX, Skip::NotAFrame, out);
            return true;
        }
        let Some(ends) = end.and_then(|end| line_end(&body[end..])) else { return false };
        self.line(blanks, length, ends, out);
        true
    }

    /// Tells `blanks` line ends, a line of `length` bytes and its `ends`.
    fn line(&mut self, blanks: usize, length: usize, ends: usize, out: &mut Vec<Finding>) {
        let body = &self.tiles.rest()[blanks..blanks + length];
        let whole = blanks + length + ends;
        let Some(stamp) = line::last_stamp(body) else {
            if line::is_trend(body) {
                self.tiles.reject(whole, Skip::WrongMode, out);
            } else {
                self.tiles.noise(whole, Skip::NotAFrame, out);
            }
            return;
        };
        if stamp > 0 {
            let cut = line::last_stamp(&body[..stamp]).is_some();
            self.tiles.noise(blanks + stamp, if cut { Skip::CutOff } else { Skip::NotAFrame }, out);
            return self.line(0, length - stamp, ends, out);
        }
        match Line::parse(body) {
            Err(why) => self.tiles.reject(whole, why, out),
            Ok(line) => {
                let context = context(self.device.take(), line.serial);
                let mut readings = readings(&line, context.as_ref());
                self.device = context;
                let bytes = self.tiles.frame(whole, FrameKind::Understood, out);
                for reading in &mut readings {
                    reading.bytes = bytes.clone();
                }
                out.extend(readings.into_iter().map(Finding::Observation));
            }
        }
    }
}

impl Decoder for Masimo {
    fn feed(&mut self, _now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for piece in bytes.chunks(PIECE) {
            self.tiles.push(piece);
            while self.step(out) {}
        }
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        let rest = self.tiles.rest();
        let length = rest.len();
        let body = rest.iter().skip_while(|b| is_end(**b)).count();
        if body == 0 && length > 0 {
            // Empty lines after the last line.
            self.tiles.frame(length, FrameKind::Understood, out);
        } else if rest.ends_with(b"\r") {
            // It might have been CR LF; now nothing follows.
            self.line(length - body, body - 1, 1, out);
        } else if line::last_stamp(rest).is_some() {
            // Without its end nobody knows whether digits are missing.
            self.tiles.noise(length, Skip::CutOff, out);
        } else {
            self.tiles.noise(length, Skip::NotAFrame, out);
        }
        self.tiles.flush(out);
        self.device = None;
    }

    fn max_held(&self) -> usize {
        BLANKS_MAX + LINE_MAX + 2 + NOISE_MAX
    }
}

fn is_end(byte: u8) -> bool {
    byte == b'\r' || byte == b'\n'
}

/// Length of the line end `rest` begins with: LF, CR LF, or a CR that something else follows. `None`: a CR is the last
/// byte, and LF may follow.
fn line_end(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        [b'\r', _, ..] => Some(1),
        _ => None,
    }
}

/// The device of a line: the one known, as long as the serial number is the same.
fn context(known: Option<Arc<Context>>, serial: Option<&str>) -> Option<Arc<Context>> {
    let serial = serial?;
    known
        .filter(|k| k.device.as_deref() == Some(serial))
        .or_else(|| Some(Arc::new(Context { device: Some(Box::from(serial)), ..Context::default() })))
}

/// What the line says of each vital, not yet placed in the stream.
fn readings(line: &Line<'_>, context: Option<&Arc<Context>>) -> Vec<Observation> {
    let verdict = Verdict::of(line);
    let words = Words::of(line);
    // The line's own time is both when it was measured and when it was sent: evidence, and an age of zero.
    let measured = line.at.map(|at| Measured::At { at, sent: Some(at) });
    let spo2 = oximeter(line.spo2, verdict);
    let pulse = oximeter(line.bpm, verdict);
    // When SpO2 and pulse rate are both absent they say so for the sensor; the index has no absence of its own then.
    let stands = [spo2, pulse].iter().flatten().any(|r| r.amount().is_some());
    let perfusion = oximeter(line.perfusion, verdict).filter(|r| r.amount().is_some() || stands);
    let mut all = Vec::with_capacity(3);
    let mut add = |vital, reading: Option<Reading>, unit, origin, flags: Flags| {
        let Some(reading) = reading else { return };
        let plain = Observation::new(vital, reading, unit, Range::default());
        all.push(Observation { origin, measured, flags, context: context.cloned(), ..plain });
    };
    add(Vital::Spo2, spo2, Unit::Percent, None, words.spo2);
    add(Vital::PulseRate, pulse, Unit::PerMin, Some(Origin::Pleth), words.pulse);
    add(Vital::PerfusionIndex, perfusion, Unit::Percent, None, words.perfusion);
    if let Some((reading, unit)) = line.capno_rate.and_then(|v| experimental(v, &RATE_UNITS)) {
        add(Vital::RespRate, Some(reading), unit, Some(Origin::Co2), Flags::NONE);
    }
    if let Some((reading, unit)) = line.capno_etco2.and_then(|v| experimental(v, &CO2_UNITS)) {
        add(Vital::EtCo2, Some(reading), unit, Some(Origin::Co2), Flags::NONE);
    }
    all
}

/// A value of the oximeter; `None` when its key was not sent. Zero is no value: no saturation, pulse or perfusion of a
/// patient on the sensor is zero (H06).
fn oximeter(field: Field, verdict: Verdict) -> Option<Reading> {
    Some(match (field, verdict) {
        (Field::NotSent, _) => return None,
        (Field::Number(_), Verdict { void: Some(reason), .. }) => Reading::Absent(reason),
        (Field::Number(value), _) if value.units() == 0 => Reading::Absent(verdict.dashes),
        (Field::Number(value), Verdict { doubt: Some(doubt), .. }) => Reading::Questionable(Amount::One(value), doubt),
        (Field::Number(value), _) => Reading::Valid(Amount::One(value)),
        (Field::Dashes, _) => Reading::Absent(verdict.dashes),
    })
}

/// Unit letters of a Root's respiration rate; a rate is per minute whether or not it says so.
const RATE_UNITS: [(&str, Unit); 4] =
    [("", Unit::PerMin), ("rpm", Unit::PerMin), ("bpm", Unit::PerMin), ("/min", Unit::PerMin)];
/// Unit letters of a Root's EtCO2. Without letters the unit is not certain, and the value is left out.
const CO2_UNITS: [(&str, Unit); 3] = [("mmHg", Unit::MmHg), ("kPa", Unit::KPa), ("%", Unit::Percent)];

/// A value of a Root, whose keys rest on one program: never better than unproven, and only where the unit is certain.
fn experimental(value: &str, units: &[(&str, Unit)]) -> Option<(Reading, Unit)> {
    if is_dashes(value) {
        return Some((Reading::Absent(Absence::NoValue), units[0].1));
    }
    let letters = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let (_, unit) = units.iter().find(|(text, _)| text.eq_ignore_ascii_case(letters))?;
    let digits = Decimal::parse(&value.as_bytes()[..value.len() - letters.len()]).ok()?;
    Some((Reading::Questionable(Amount::One(digits), Doubt::Unproven), *unit))
}

#[cfg(test)]
mod tests;
