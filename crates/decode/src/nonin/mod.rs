//! Nonin pulse oximeters: serial formats 1, 2, 7, 8 and 13, and the text of the table-top models.
//!
//! Listens only: selecting a format is stored in the oximeter, so the format is found from the bytes instead. Nothing is
//! told before the format is proven: a packet of 25 frames with checksums and one sync, a framed spot check, a text line,
//! or several short frames in a row. The proofs exclude each other, so their order does not matter: they begin with
//! different bytes, or put bit 7 at different places.

mod ascii;
mod fit;
mod packet;
mod short;
mod spot;

use crate::tiles::{NOISE_MAX, PIECE, Tiles};
use crate::{Decoder, Finding};
use alloc::vec::Vec;
use ascii::Line;
use chairside_observation::{
    Absence, Amount, Decimal, Doubt, Flags, FrameKind, Measured, Micros, Observation, Origin, Reading, Skip, Unit,
    Vital,
};
use core::ops::Range;
use fit::{Fit, Misfit};
use packet::{Layout, PACKET, Packet};
use short::Short;
use spot::Spot;

/// What one frame, packet or line says of the patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Said {
    /// Pulse rate per minute; `None` for the format's mark for no value.
    pulse: Option<u16>,
    /// SpO2, %; `None` for the format's mark for no value.
    spo2: Option<u16>,
    /// The numbers are void, for this reason.
    void: Option<Absence>,
    /// The numbers are doubtful, for this reason.
    doubt: Option<Doubt>,
    flags: Flags,
    measured: Option<Measured>,
}

/// A format that was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Packets(Layout),
    Frames(Short),
    Text,
}

/// Formats whose frames can begin with this byte. A spot check, which proves no format, begins with 00.
const fn candidates(first: u8) -> &'static [Format] {
    match first {
        0x01 => &[Format::Packets(Layout::Two)],
        0x80.. => &[Format::Packets(Layout::Seven), Format::Frames(Short::Eight), Format::Frames(Short::One)],
        b'S' | b'0'..=b'9' => &[Format::Text],
        _ => &[],
    }
}

/// Reads Nonin's serial formats, whichever comes.
#[derive(Debug)]
pub struct Nonin {
    tiles: Tiles,
    /// The format last proven.
    format: Option<Format>,
    /// The last bytes were a frame of that format, so that the next short frame needs no proof again.
    steady: bool,
    /// Why the bytes since the last frame fit nothing.
    why: Skip,
}

impl Default for Nonin {
    fn default() -> Self {
        Self { tiles: Tiles::default(), format: None, steady: false, why: Skip::NotAFrame }
    }
}

/// The next thing that stands in the stream: so many frames of so many bytes each.
struct Next {
    frames: usize,
    length: usize,
    /// `None` for a spot check, which any format may be mixed with.
    format: Option<Format>,
}

impl Nonin {
    /// A decoder at byte 0 of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells the next frame, or a byte that fits nothing; `false` when more bytes are needed.
    fn step(&mut self, ended: bool, out: &mut Vec<Finding>) -> bool {
        if self.tiles.rest().is_empty() {
            return false;
        }
        match self.next() {
            Fit::Whole(next) => self.tell(&next, out),
            Fit::Short if !ended => return false,
            Fit::Short => {
                (self.steady, self.why) = (false, Skip::CutOff);
                self.tiles.noise(1, self.why, out);
            }
            Fit::No(misfit) => {
                if self.steady {
                    self.why = match (self.format, misfit) {
                        (Some(Format::Packets(_)), Misfit::Checksum) => Skip::Checksum,
                        (Some(Format::Packets(_)), Misfit::Place) => Skip::BetweenFrames,
                        _ => Skip::NotAFrame,
                    };
                    self.steady = false;
                }
                // Bytes that begin no frame go along.
                let idle = |b: &&u8| **b != 0x00 && candidates(**b).is_empty();
                let idle = self.tiles.rest().iter().skip(1).take_while(idle).count();
                self.tiles.noise(1 + idle, self.why, out);
            }
        }
        true
    }

    /// What stands at the first untold byte, the format at hand first.
    fn next(&self) -> Fit<Next> {
        let rest = self.tiles.rest();
        let Some(byte) = rest.first() else { return Fit::Short };
        let mut first = Misfit::Marks;
        if let (true, Some(format)) = (self.steady, self.format) {
            match candidate(rest, format, 1, true) {
                Fit::No(why) => first = why,
                fit => return fit,
            }
        }
        let mut short = false;
        let spot = Spot::fit(rest).map(|s| Next { frames: 1, length: s.length(), format: None });
        let others = candidates(*byte).iter().map(|format| {
            let known = self.format == Some(*format);
            let frames = if let Format::Frames(short) = format { short.proof(known) } else { 1 };
            candidate(rest, *format, frames, known)
        });
        for fit in core::iter::once(spot).chain(others) {
            match fit {
                Fit::Whole(next) => return Fit::Whole(next),
                Fit::Short => short = true,
                Fit::No(_) => {}
            }
        }
        if short { Fit::Short } else { Fit::No(first) }
    }

    fn tell(&mut self, next: &Next, out: &mut Vec<Finding>) {
        for _ in 0..next.frames {
            let frame = &self.tiles.rest()[..next.length];
            let said = match next.format {
                Some(Format::Packets(layout)) => whole(Packet::fit(layout, frame)).map(|p| p.said()),
                Some(Format::Frames(short)) => Some(short.said(frame)),
                Some(Format::Text) => whole(Line::fit(frame)).map(|l| l.said()),
                None => whole(Spot::fit(frame)).map(|s| s.said()),
            };
            let bytes = self.tiles.frame(next.length, FrameKind::Understood, out);
            if let Some(said) = said {
                said.tell(&bytes, out);
            }
        }
        if next.format.is_some() {
            (self.format, self.steady) = (next.format, true);
        }
        self.why = Skip::NotAFrame;
    }
}

impl Decoder for Nonin {
    fn feed(&mut self, _now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for piece in bytes.chunks(PIECE) {
            self.tiles.push(piece);
            while self.step(false, out) {}
        }
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        while self.step(true, out) {}
        self.tiles.flush(out);
        (self.format, self.steady, self.why) = (None, false, Skip::NotAFrame);
    }

    fn max_held(&self) -> usize {
        const _: () = assert!(PACKET >= ascii::LINE_MAX, "a packet is the longest thing that is waited for");
        PACKET + NOISE_MAX
    }
}

fn whole<T>(fit: Fit<T>) -> Option<T> {
    match fit {
        Fit::Whole(frame) => Some(frame),
        Fit::Short | Fit::No(_) => None,
    }
}

fn candidate(rest: &[u8], format: Format, frames: usize, known: bool) -> Fit<Next> {
    let next = |length| Next { frames, length, format: Some(format) };
    match format {
        Format::Packets(layout) => Packet::fit(layout, rest).map(|_| next(PACKET)),
        Format::Frames(short) => short.fit(rest, frames, known).map(|()| next(short.length())),
        Format::Text => Line::fit(rest).map(|line| next(line.length)),
    }
}

/// A heart rate; 511 is no value, and no patient's pulse is 0.
fn rate(hr: u16) -> Option<u16> {
    (hr != 0 && hr != 511).then_some(hr)
}

/// A saturation; 127 is no value, and no patient's saturation is 0.
fn saturation(spo2: u8) -> Option<u16> {
    (spo2 != 0 && spo2 != 127).then_some(u16::from(spo2))
}

impl Said {
    /// Appends both values. They are made where they stay: format 1 has two of them in three bytes, and moving them about
    /// would take longer than decoding.
    fn tell(self, bytes: &Range<u64>, out: &mut Vec<Finding>) {
        let spo2 = self.reading(self.spo2, self.spo2.is_none_or(|v| v <= 100));
        let pulse = self.reading(self.pulse, true);
        let values =
            [(Vital::Spo2, spo2, Unit::Percent, None), (Vital::PulseRate, pulse, Unit::PerMin, Some(Origin::Pleth))];
        out.extend(values.into_iter().map(|(vital, reading, unit, origin)| {
            Finding::Observation(Observation {
                origin,
                measured: self.measured,
                flags: self.flags.clone(),
                ..Observation::new(vital, reading, unit, bytes.clone())
            })
        }));
    }

    fn reading(&self, value: Option<u16>, possible: bool) -> Reading {
        match (self.void, value) {
            (Some(reason), _) => Reading::Absent(reason),
            (None, None) => Reading::Absent(Absence::NoValue),
            (None, Some(value)) => {
                let amount = Amount::One(Decimal::whole(i64::from(value)));
                let implausible = (!possible).then_some(Doubt::Implausible);
                implausible.or(self.doubt).map_or(Reading::Valid(amount), |doubt| Reading::Questionable(amount, doubt))
            }
        }
    }
}

#[cfg(test)]
mod tests;
