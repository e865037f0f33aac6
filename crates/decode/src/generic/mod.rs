//! A device that prints lines, by a description alone: delimited, `key=value`, or fixed columns. For monitors we have no
//! decoder of their own for; listens only.
//!
//! Nothing is guessed: a line is read when all of it fits its description, and is skipped with a reason when anything in
//! it does not. `README.md` beside this file says what can be described and what each setting defends against.

mod checksum;
mod clock;
mod cuff;
mod describe;
mod description;
mod explain;
mod limits;
mod line;
mod read;
mod settings;
#[cfg(test)]
mod tests;

pub use description::Description;
pub use explain::{Explained, Outcome};
pub use settings::{Fault, Setting};

use crate::tiles::{NOISE_MAX, PIECE, Tiles};
use crate::{Decoder, Finding};
use alloc::sync::Arc;
use alloc::vec::Vec;
use chairside_observation::{
    Amount, Doubt, Flag, FrameKind, Measured, Micros, Observation, Origin, Reading, Skip, Vital,
};
use clock::Stamp;
use core::ops::Range;
use cuff::{Cuff, Report};
use description::{Field, Form, Group};
use memchr::memchr2;
use read::{Said, Value, Verdict};

/// Longest line: the longest any printing monitor is known to have is about 600 characters (a Masimo Root).
const LINE_MAX: usize = 2048;
/// Empty lines kept with the line that follows them. More is noise: a run of line ends must not be held for ever.
const BLANKS_MAX: usize = 8;

/// Reads the lines of a described device.
#[derive(Debug)]
pub struct Generic {
    description: Arc<Description>,
    tiles: Tiles,
    /// The beginning of the next line may be missing: the first one after a start, and the rest of one that was too long.
    headless: bool,
    /// The device ends lines with CR alone, so a CR is not held until something follows it.
    bare_cr: bool,
    /// The last byte told was the CR of such a line.
    after_cr: bool,
    /// One for each form of line.
    cuffs: Vec<Cuff>,
}

impl Generic {
    /// A decoder at byte 0 of a stream.
    #[must_use]
    pub fn new(description: Arc<Description>) -> Self {
        let cuffs = description.forms.iter().map(|_| Cuff::default()).collect();
        Self { description, tiles: Tiles::default(), headless: true, bare_cr: false, after_cr: false, cuffs }
    }

    /// Tells one line, or the noise before it; `false` when more bytes are needed.
    fn step(&mut self, now: Micros, out: &mut Vec<Finding>) -> bool {
        let rest = self.tiles.rest();
        if self.after_cr && !rest.is_empty() {
            // An LF behind a CR that was taken for a whole line end: it is not, and this device has both.
            (self.after_cr, self.bare_cr) = (false, rest[0] != b'\n');
        }
        let blanks = rest.iter().take_while(|byte| is_end(**byte)).count();
        if blanks > BLANKS_MAX {
            self.tiles.noise(blanks - BLANKS_MAX, Skip::BetweenFrames, out);
            return true;
        }
        let body = &rest[blanks..];
        let end = memchr2(b'\r', b'\n', body);
        let length = end.unwrap_or(body.len());
        if length > LINE_MAX {
            // A line may still stand at the end of what was heard.
            self.tiles.noise(blanks + length - LINE_MAX, Skip::TooLong, out);
            self.headless = true;
            return true;
        }
        let ends = match end.map(|end| &body[end..]) {
            None => return false,
            Some([b'\n', ..]) => 1,
            Some([_, ..]) if self.bare_cr => 1,
            Some([_, b'\n', ..]) => 2,
            Some([_, _, ..]) => {
                self.bare_cr = true;
                1
            }
            // A CR is the last byte, and an LF may follow.
            Some(_) => return false,
        };
        self.after_cr = self.bare_cr && body[length] == b'\r' && ends == 1;
        self.line(now, blanks, length, ends, out);
        true
    }

    /// Tells `blanks` line ends, a line of `length` bytes and its `ends`.
    fn line(&mut self, now: Micros, blanks: usize, length: usize, ends: usize, out: &mut Vec<Finding>) {
        let body = &self.tiles.rest()[blanks..blanks + length];
        let whole = blanks + length + ends;
        if !body.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
            self.headless = false;
            return self.tiles.noise(whole, Skip::NotAFrame, out);
        }
        if line::trim(body).is_empty() || self.description.ignores(body) {
            self.headless = false;
            self.tiles.frame(whole, FrameKind::Understood, out);
            return;
        }
        let begins = self.description.forms.iter().filter_map(|form| form.last_beginning(body)).max();
        if let Some(begins) = begins.filter(|begins| *begins > 0) {
            // Before it stands a line that lost its end, or noise.
            self.tiles.reject(blanks + begins, Skip::CutOff, out);
            self.headless = false;
            return self.line(now, 0, length - begins, ends, out);
        }
        let headless = core::mem::take(&mut self.headless);
        match self.description.read(body) {
            Ok((form, _)) if headless && !self.description.forms[form].shows_its_beginning() => {
                self.tiles.reject(whole, Skip::CutOff, out);
            }
            Ok((form, said)) => {
                let bytes = self.tiles.frame(whole, FrameKind::Understood, out);
                self.say(now, form, &said, &bytes, out);
            }
            Err(misfit) if headless && misfit.skip == Skip::NotAFrame => self.tiles.reject(whole, Skip::CutOff, out),
            Err(misfit) => self.tiles.reject(whole, misfit.skip, out),
        }
    }

    /// Appends what a line says.
    fn say(&mut self, now: Micros, form: usize, said: &Said, bytes: &Range<u64>, out: &mut Vec<Finding>) {
        let (description, cuff) = (Arc::clone(&self.description), &mut self.cuffs[form]);
        let form = &description.forms[form];
        let report = form.cuff_reading(said).and_then(|reading| {
            let how = form.cuff.as_ref()?;
            cuff.report(how, now, said.stamp, &said.mark, reading)
        });
        out.extend(form.groups.iter().filter_map(|group| {
            let mut observation = form.observation(*group, said, report.as_ref())?;
            observation.bytes = bytes.clone();
            Some(Finding::Observation(observation))
        }));
    }
}

impl Decoder for Generic {
    fn feed(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        for piece in bytes.chunks(PIECE) {
            self.tiles.push(piece);
            while self.step(now, out) {}
        }
    }

    fn finish(&mut self, now: Micros, out: &mut Vec<Finding>) {
        let rest = self.tiles.rest();
        let length = rest.len();
        let blanks = rest.iter().take_while(|byte| is_end(**byte)).count();
        if length > 0 && blanks == length {
            // Empty lines after the last line.
            self.tiles.frame(length, FrameKind::Understood, out);
        } else if rest.ends_with(b"\r") {
            // It might have been CR LF; now nothing follows.
            self.line(now, blanks, length - blanks - 1, 1, out);
        } else if length > 0 {
            // Without its end nobody knows whether digits are missing.
            self.tiles.reject(length, Skip::CutOff, out);
        }
        self.tiles.flush(out);
        (self.headless, self.bare_cr, self.after_cr) = (true, false, false);
        self.cuffs.fill(Cuff::default());
    }

    fn max_held(&self) -> usize {
        BLANKS_MAX + LINE_MAX + 2 + NOISE_MAX
    }
}

const fn is_end(byte: u8) -> bool {
    byte == b'\r' || byte == b'\n'
}

impl Form {
    /// What the cuff's fields of a line say together; `None` when the form has none, or none was sent.
    fn cuff_reading(&self, said: &Said) -> Option<Reading> {
        let is_cuff = |parts: &[Option<usize>; 3]| parts.iter().flatten().any(|p| self.fields[*p].vital == Vital::Nibp);
        self.groups.iter().find_map(|group| match group {
            Group::Pressure(parts) if is_cuff(parts) => pressure(*parts, said).map(|(reading, _)| reading),
            _ => None,
        })
    }

    /// The reading of a group, not yet placed in the stream. What comes from the cuff goes by its report: `None` for one
    /// that repeats.
    fn observation(&self, group: Group, said: &Said, report: Option<&Report>) -> Option<Observation> {
        let field = match group {
            Group::One(field) => field,
            Group::Pressure(parts) => parts.into_iter().flatten().next()?,
        };
        let (taken, field) = (&said.taken[field], &self.fields[field]);
        if field.is_of_the_cuff() && report.is_none() {
            return None;
        }
        let (reading, verdict) = match group {
            Group::One(_) => (taken.reading()?, taken.verdict.clone()),
            Group::Pressure(parts) => pressure(parts, said)?,
        };
        // The line's own time is both when it was measured and when it was sent: evidence, and an age of zero (H11).
        let measured = said.stamp.and_then(Stamp::civil).map(|at| Measured::At { at, sent: Some(at) });
        let observation = Observation {
            origin: field.origin,
            site: field.site.clone(),
            measured,
            synthetic: verdict.flags.contains(Flag::Demo) || verdict.flags.contains(Flag::Test),
            flags: verdict.flags,
            ..Observation::new(field.vital, reading, field.unit, Range::default())
        };
        Some(match report {
            Some(report) if field.is_of_the_cuff() => of_the_cuff(observation, report),
            _ => observation,
        })
    }
}

/// What is published of a cuff reading, or of the pulse it was measured with.
fn of_the_cuff(mut observation: Observation, report: &Report) -> Observation {
    observation.measured = report.measured;
    observation.reading = match (observation.vital, report.reading, observation.reading) {
        (Vital::Nibp, reading, _) | (_, reading @ Reading::Absent(_), _) | (_, _, reading) => reading,
    };
    if report.age_unknown {
        observation.flags.insert_other("age unknown");
        if let Reading::Valid(amount) = observation.reading {
            observation.reading = Reading::Questionable(amount, Doubt::Questionable);
        }
    }
    observation
}

/// The parts of a pressure as one reading, and what the statuses say of any of them; `None` when none was sent.
fn pressure(parts: [Option<usize>; 3], said: &Said) -> Option<(Reading, Verdict)> {
    let taken = || parts.iter().flatten().map(|part| &said.taken[*part]).filter(|taken| taken.value != Value::NotSent);
    let mut verdict = Verdict::default();
    taken().for_each(|taken| verdict.and(&taken.verdict));
    let missing = taken().find_map(|taken| if let Value::Missing(reason) = taken.value { Some(reason) } else { None });
    let [systolic, diastolic, mean] = parts.map(|part| match said.taken[part?].value {
        Value::Number(number) => Some(number),
        Value::NotSent | Value::Missing(_) => None,
    });
    let reading = if [systolic, diastolic, mean].iter().all(Option::is_none) {
        Reading::Absent(verdict.absent.unwrap_or(missing?))
    } else {
        verdict.judge(Amount::Pressure { systolic, diastolic, mean })
    };
    Some((reading, verdict))
}

impl Field {
    /// A cuff reading, or the pulse it was measured with.
    pub(super) fn is_of_the_cuff(&self) -> bool {
        self.vital == Vital::Nibp || self.origin == Some(Origin::Cuff)
    }
}
