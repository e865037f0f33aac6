//! Contec CMS50 oximeters: consumer devices, for training and demonstration only. See `README.md`.

mod dialog;
mod frame;
#[cfg(test)]
mod tests;

use crate::{Decoder, Finding};
use alloc::vec::Vec;
use chairside_observation::{
    Absence, Amount, Decimal, Doubt, Flag, FrameKind, Micros, Observation, Origin, Reading, Skip, Unit, Vital,
};
use core::ops::Range;
pub use dialog::Cms50Dialog;
use frame::{Begin, Format, NEW_LEN, OLD_LEN, Packet, begin};

/// Most noise held before it becomes a finding: a screenful of hex is enough to look at.
const NOISE_MAX: usize = 256;
/// Packets of a kind that must stand in a row behind noise before the first is believed. Random bytes have the marks of two
/// new packets once in four thousand million places, of two old ones once in a thousand, of four old ones once in a million.
const ROW_NEW: usize = 2;
const ROW_OLD: usize = 4;
/// Packets in a row that suffice at the very start of a stream, before any noise.
const ROW_AT_START: usize = 2;
/// Most bytes kept between calls: noise, and the packets that prove the first of them. The last of these may still look like
/// the longer kind.
const HELD_MAX: usize = NOISE_MAX + (ROW_OLD - 1) * OLD_LEN + NEW_LEN;

const _: () = assert!(ROW_NEW * NEW_LEN <= (ROW_OLD - 1) * OLD_LEN + NEW_LEN);

/// Decodes old (5-byte) and new (9-byte) live packets, whichever come.
///
/// No packet has a checksum, so one alone proves nothing: it is taken when another of its kind was taken right before it, when
/// enough of its kind stand behind it, or when it is all there is.
#[derive(Default)]
pub struct Cms50 {
    /// Where the port was opened last: a packet right there has nothing before it that could speak against it.
    opened: u64,
    /// Where `held` begins in the stream.
    start: u64,
    /// Bytes that belong to no finding yet: noise, then what may be a packet.
    held: Vec<u8>,
    /// Bytes at the front of `held` that begin no packet.
    noise: usize,
    /// Format of the packet right before `held`.
    before: Option<Format>,
}

impl Decoder for Cms50 {
    fn feed(&mut self, _now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for piece in bytes.chunks(HELD_MAX) {
            self.held.extend_from_slice(piece);
            self.scan(out, false);
        }
    }

    fn finish(&mut self, _now: Micros, out: &mut Vec<Finding>) {
        self.scan(out, true);
        let (noise, end) = (self.noise as u64, self.held.len() as u64);
        for (part, skip) in [(0..noise, Skip::NotAFrame), (noise..end, Skip::CutOff)] {
            if !part.is_empty() {
                out.push(Finding::Skipped(self.start + part.start..self.start + part.end, skip));
            }
        }
        let opened = self.start + end;
        *self = Self { opened, start: opened, ..Self::default() };
    }

    fn max_held(&self) -> usize {
        HELD_MAX
    }
}

impl Cms50 {
    /// Makes findings of what is held, except for bytes that need those behind them (none follow when it is the `end`).
    fn scan(&mut self, out: &mut Vec<Finding>, end: bool) {
        let range = |from: usize, to: usize| self.start + from as u64..self.start + to as u64;
        let (mut done, mut at) = (0, self.noise);
        while at < self.held.len() {
            let taken = match begin(&self.held[at..]) {
                // More is needed, or it was cut off by the end.
                Begin::Short => break,
                Begin::No => None,
                Begin::Packet(format, packet) => match self.proven(format, at, end) {
                    None => break,
                    Some(proven) => proven.then_some((format, packet)),
                },
            };
            if at > done && (taken.is_some() || at - done == NOISE_MAX) {
                out.push(Finding::Skipped(range(done, at), Skip::NotAFrame));
                done = at;
            }
            self.before = taken.map(|(format, _)| format);
            match taken {
                Some((format, packet)) => {
                    at += format.length();
                    say(packet, range(done, at), out);
                    done = at;
                }
                None => at += 1,
            }
        }
        self.noise = at - done;
        self.held.drain(..done);
        self.start += done as u64;
    }
}

impl Cms50 {
    /// Whether the packet at `at` is to be believed; `None` when that needs bytes that have not come.
    fn proven(&self, format: Format, at: usize, end: bool) -> Option<bool> {
        if self.before == Some(format) {
            return Some(true);
        }
        let at_start = self.start == self.opened && at == 0;
        let row = match format {
            _ if at_start => ROW_AT_START,
            Format::Old => ROW_OLD,
            Format::New => ROW_NEW,
        };
        for next in (1..row).map(|packets| at + packets * format.length()) {
            match begin(&self.held[next..]) {
                Begin::Packet(behind, _) if behind == format => {}
                // Nothing contradicts it before or behind: it is all there is, but for what the end cut off.
                Begin::Short if end => return Some(at_start),
                Begin::Short => return None,
                _ => return Some(false),
            }
        }
        Some(true)
    }
}

fn say(packet: Packet, bytes: Range<u64>, out: &mut Vec<Finding>) {
    let observation = |vital, value: Result<u8, Absence>, most, unit| {
        Finding::Observation(Observation {
            origin: Some(Origin::Pleth),
            flags: packet.flags().with(Flag::TrainingOnly),
            ..Observation::new(vital, reading(value, most), unit, bytes.clone())
        })
    };
    out.push(Finding::Frame { bytes: bytes.clone(), kind: FrameKind::Understood });
    out.push(observation(Vital::Spo2, packet.spo2_percent(), 100, Unit::Percent));
    out.push(observation(Vital::PulseRate, packet.pulse_bpm(), u8::MAX, Unit::PerMin));
}

fn reading(value: Result<u8, Absence>, most: u8) -> Reading {
    match value {
        Err(reason) => Reading::Absent(reason),
        Ok(value) => {
            let amount = Amount::One(Decimal::whole(i64::from(value)));
            if value <= most { Reading::Valid(amount) } else { Reading::Questionable(amount, Doubt::Implausible) }
        }
    }
}
