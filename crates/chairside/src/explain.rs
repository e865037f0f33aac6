//! What a description made of a capture, for somebody who writes one: a sentence for each line, and figures at the end.

use chairside_decode::Finding;
use chairside_decode::generic::{Description, Explained, Outcome};
use chairside_observation::{Amount, Decimal, Observation, Origin, Reading, Unit};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

/// Reasons of skipped lines told at the end: the most frequent ones. More would hide them.
const REASONS_MAX: usize = 8;

/// Explains what the decoder said, from the same bytes.
pub(crate) struct Explainer {
    description: Arc<Description>,
    /// Bytes the decoder has not told yet.
    raw: Vec<u8>,
    /// Where `raw` begins in the stream.
    at: u64,
    /// Line ends before `raw`.
    ends: u64,
    /// The last byte before `raw` is a CR: an LF belongs to it.
    after_cr: bool,
    tally: Tally,
}

/// Figures of a capture.
#[derive(Default)]
struct Tally {
    read: u64,
    passed: u64,
    skipped: u64,
    /// By vital, source and site.
    values: BTreeMap<String, Values>,
    /// Times, and the first line, of each reason.
    reasons: BTreeMap<String, (u64, u64)>,
}

/// Figures of one vital.
#[derive(Default)]
struct Values {
    valid: u64,
    questionable: u64,
    absent: u64,
    /// Least and greatest number, with its unit; of pressures, the systolic one.
    range: Option<(Decimal, Decimal, Unit)>,
    pressure: bool,
}

impl Explainer {
    pub(crate) fn new(description: Arc<Description>) -> Self {
        Self { description, raw: Vec::new(), at: 0, ends: 0, after_cr: false, tally: Tally::default() }
    }

    /// Takes bytes that go to the decoder.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
    }

    /// Explains a frame or a skipped range, `group[0]`, and what followed it; they come in the order of the bytes.
    pub(crate) fn line(&mut self, group: &[Finding]) -> Option<String> {
        let finding = group.first()?;
        let bytes = finding.bytes();
        let length = usize::try_from(bytes.end - self.at).ok().filter(|length| *length <= self.raw.len())?;
        let raw: Vec<u8> = self.raw.drain(..length).collect();
        self.at = bytes.end;
        let number = self.number(&raw);
        let observations = group.iter().filter_map(|f| if let Finding::Observation(o) = f { Some(o) } else { None });
        let observations: Vec<Observation> = observations.cloned().collect();
        let explained = self.description.explain(&raw, finding, &observations);
        self.tally.take(number, &explained, &observations);
        let Range { start, end } = bytes;
        Some(format!("line {number}, bytes {start} to {end}: {}", explained.text))
    }

    /// The number of the line in `raw`, as an editor counts; line ends in front of it are lines of their own.
    fn number(&mut self, raw: &[u8]) -> u64 {
        let first = raw.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(0);
        let mut number = self.ends + 1;
        for (place, byte) in raw.iter().enumerate() {
            if place == first {
                number = self.ends + 1;
            }
            let end = *byte == b'\r' || (*byte == b'\n' && !self.after_cr);
            self.ends += u64::from(end);
            self.after_cr = *byte == b'\r';
        }
        number
    }

    /// Writes the figures.
    pub(crate) fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let Tally { read, passed, skipped, values, reasons } = &self.tally;
        let lines = read + passed + skipped;
        writeln!(out, "chairside: {lines} lines: {read} read, {passed} ignored or empty, {skipped} skipped")?;
        for (name, values) in values {
            writeln!(out, "  {name}: {values}")?;
        }
        let mut reasons: Vec<_> = reasons.iter().collect();
        reasons.sort_by_key(|(_, (count, first))| (std::cmp::Reverse(*count), *first));
        for (reason, (count, first)) in reasons.iter().take(REASONS_MAX) {
            writeln!(out, "  skipped {count}, the first in line {first}: {reason}")?;
        }
        if reasons.len() > REASONS_MAX {
            writeln!(out, "  and {} more reasons; --explain says each", reasons.len() - REASONS_MAX)?;
        }
        Ok(())
    }
}

impl Tally {
    fn take(&mut self, number: u64, explained: &Explained, observations: &[Observation]) {
        match &explained.outcome {
            Outcome::Read => self.read += 1,
            Outcome::Passed => self.passed += 1,
            Outcome::Skipped(cause) => {
                self.skipped += 1;
                self.reasons.entry(cause.clone()).or_insert((0, number)).0 += 1;
            }
        }
        for observation in observations {
            let words =
                [Some(observation.vital.word()), observation.origin.map(Origin::word), observation.site.as_deref()];
            let name = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
            self.values.entry(name).or_default().take(observation);
        }
    }
}

impl Values {
    fn take(&mut self, observation: &Observation) {
        match observation.reading {
            Reading::Valid(_) => self.valid += 1,
            Reading::Questionable(..) => self.questionable += 1,
            Reading::Absent(_) => self.absent += 1,
        }
        let number = match observation.reading.amount() {
            Some(Amount::One(number)) => Some(number),
            Some(Amount::Pressure { systolic, .. }) => {
                self.pressure = true;
                systolic
            }
            None => None,
        };
        let Some(number) = number else { return };
        let (least, greatest, unit) = self.range.unwrap_or((number, number, observation.unit));
        let least = if number.compare(least).is_lt() { number } else { least };
        let greatest = if number.compare(greatest).is_gt() { number } else { greatest };
        self.range = Some((least, greatest, unit));
    }
}

impl std::fmt::Display for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { valid, questionable, absent, range, pressure } = self;
        write!(f, "{valid} valid, {questionable} questionable, {absent} absent")?;
        match range {
            Some((least, greatest, unit)) => {
                let of = if *pressure { "systolic " } else { "" };
                write!(f, "; {of}{least} to {greatest} {}", unit.word())
            }
            None => Ok(()),
        }
    }
}
