//! Ivy 450C "ANSAR-B" stream: experimental, read from one capture.
//!
//! Listens only. Nothing documents the format, and the state digit of each record has no known meaning: no value is better
//! than questionable.

mod record;

use crate::tiles::{NOISE_MAX, PIECE, Tiles};
use crate::{Decoder, Finding};
use alloc::format;
use alloc::vec::Vec;
use chairside_observation::{
    Absence, Amount, Decimal, Doubt, Flags, FrameKind, Micros, Observation, Origin, Reading, Skip, Unit, Vital,
};
use core::ops::Range;
use memchr::{memchr, memmem};
use record::{BLOCK_MAX, Fit, HEAD, Record, fit, records};

/// Systolic, diastolic, mean.
type Pressures = [Option<Decimal>; 3];

/// Reads the stream of an Ivy 450C.
#[derive(Debug, Default)]
pub struct Ivy450c {
    tiles: Tiles,
    /// The cuff reading last told. The stream repeats it without its time: only other numbers are a new one.
    cuff: Option<Pressures>,
}

impl Ivy450c {
    /// A decoder at byte 0 of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells one block, or the noise before it; `false` when more bytes are needed.
    fn step(&mut self, ended: bool, out: &mut Vec<Finding>) -> bool {
        let rest = self.tiles.rest();
        if rest.is_empty() {
            return false;
        }
        match fit(rest) {
            Fit::Whole { text, length } => {
                let mut said = Vec::new();
                for record in records(text).flatten() {
                    read(&record, &mut self.cuff, &mut said);
                }
                let bytes = self.tiles.frame(length, FrameKind::Understood, out);
                out.extend(said.into_iter().map(|o| Finding::Observation(Observation { bytes: bytes.clone(), ..o })));
            }
            Fit::Short if !ended => return false,
            Fit::Short => {
                let next = memmem::find(&rest[1..], HEAD).map_or(rest.len(), |at| 1 + at);
                self.tiles.noise(next, Skip::CutOff, out);
            }
            Fit::NotHere => {
                let next = memchr(HEAD[0], &rest[1..]).map_or(rest.len(), |at| 1 + at);
                self.tiles.noise(next, Skip::NotAFrame, out);
            }
            Fit::Broken(count, why) => self.tiles.reject(count, why, out),
        }
        true
    }
}

impl Decoder for Ivy450c {
    fn feed(&mut self, _now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for piece in bytes.chunks(PIECE) {
            self.tiles.push(piece);
            while self.step(false, out) {}
        }
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        while self.step(true, out) {}
        self.tiles.flush(out);
        self.cuff = None;
    }

    fn max_held(&self) -> usize {
        BLOCK_MAX + NOISE_MAX
    }
}

/// Appends what a record says. Records of other names are understood as records and ignored.
fn read(record: &Record<'_>, cuff: &mut Option<Pressures>, out: &mut Vec<Observation>) {
    let mut add = |vital, reading, unit, origin| {
        let mut flags = Flags::NONE;
        flags.insert_other(&format!("state {}", record.state.trim()));
        out.push(Observation { origin, flags, ..Observation::new(vital, reading, unit, Range::default()) });
    };
    match record.name {
        "HR" => {
            // The third field names the source; only an ECG makes it a heart rate.
            let ecg = record.field(1).starts_with("ECG");
            let (vital, origin) =
                if ecg { (Vital::HeartRate, Origin::Ecg) } else { (Vital::PulseRate, Origin::HrOrPulse) };
            add(vital, positive(record.field(0)), Unit::PerMin, Some(origin));
        }
        "RR" => add(Vital::RespRate, reading(record.field(0)), Unit::PerMin, None),
        "SPO2" => {
            add(Vital::Spo2, saturation(record.field(0)), Unit::Percent, None);
            if let Some(pulse) = record.field(1).strip_prefix("PR=") {
                add(Vital::PulseRate, positive(pulse.trim()), Unit::PerMin, Some(Origin::Pleth));
            }
        }
        // The unit of a value is not known; that there is none needs no unit.
        "ETCO2" if record.field(0).is_empty() => {
            add(Vital::EtCo2, Reading::Absent(Absence::NoValue), Unit::MmHg, Some(Origin::Co2));
        }
        "NIBP" => {
            let pressures = [0, 1, 2].map(|n| positive(record.field(n)).amount().and_then(single));
            let [systolic, diastolic, mean] = pressures;
            if pressures.iter().all(Option::is_none) {
                add(Vital::Nibp, Reading::Absent(Absence::NoValue), Unit::MmHg, None);
            } else if *cuff != Some(pressures) {
                *cuff = Some(pressures);
                let amount = Amount::Pressure { systolic, diastolic, mean };
                add(Vital::Nibp, Reading::Questionable(amount, Doubt::Unproven), Unit::MmHg, None);
                if let pulse @ Reading::Questionable(..) = positive(record.field(3)) {
                    add(Vital::PulseRate, pulse, Unit::PerMin, Some(Origin::Cuff));
                }
            }
        }
        _ => {}
    }
}

/// A number of an unproven format; anything that is no number is no value.
fn reading(field: &str) -> Reading {
    match Decimal::parse(field.as_bytes()) {
        Ok(value) if value.units() >= 0 => Reading::Questionable(Amount::One(value), Doubt::Unproven),
        _ => Reading::Absent(Absence::NoValue),
    }
}

/// A number that cannot be zero in a patient who is connected (H06).
fn positive(field: &str) -> Reading {
    match reading(field) {
        Reading::Questionable(Amount::One(value), _) if value.units() == 0 => Reading::Absent(Absence::NoValue),
        reading => reading,
    }
}

fn saturation(field: &str) -> Reading {
    match positive(field) {
        Reading::Questionable(Amount::One(value), _) if value.compare(Decimal::whole(100)).is_gt() => {
            Reading::Absent(Absence::Invalid)
        }
        reading => reading,
    }
}

fn single(amount: Amount) -> Option<Decimal> {
    match amount {
        Amount::One(value) => Some(value),
        Amount::Pressure { .. } => None,
    }
}

#[cfg(test)]
mod tests;
