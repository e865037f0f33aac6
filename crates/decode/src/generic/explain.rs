//! What was made of a line, in words: for somebody who writes a description.

use super::Description;
use super::description::{Field, Form, Group, NewWhen, Place};
use super::line::{Cut, Held, trim};
use super::read::{Said, Value, shown};
use crate::Finding;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use chairside_observation::{Observation, Skip};

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was read.
    Read,
    /// It holds no vitals: empty, or ignored by its description.
    Passed,
    /// It was skipped. The text is the same for all lines that fail in the same way.
    Skipped(String),
}

/// What was made of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What became of it.
    pub outcome: Outcome,
    /// One line of text: each field with the characters it used and what became of it, or why the line was skipped.
    pub text: String,
}

impl Explained {
    fn skipped(skip: Skip, why: &str, cause: String) -> Self {
        Self { outcome: Outcome::Skipped(cause), text: format!("skipped ({}): {why}", skip.word()) }
    }

    fn passed(text: String) -> Self {
        Self { outcome: Outcome::Passed, text }
    }
}

impl Description {
    /// Says in words what the decoder made of the bytes `raw` of one frame or skipped range. `finding` is the frame or the
    /// skip, `said` what followed it.
    #[must_use]
    pub fn explain(&self, raw: &[u8], finding: &Finding, said: &[Observation]) -> Explained {
        let ends = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let start = raw.iter().position(|byte| !ends(byte)).unwrap_or(raw.len());
        let has_end = raw.last().is_some_and(ends);
        let end = raw.iter().rposition(|byte| !ends(byte)).map_or(start, |last| last + 1);
        let line = &raw[start..end];
        match finding {
            Finding::Skipped(_, skip) => self.skipped(line, *skip, has_end),
            _ if trim(line).is_empty() => Explained::passed("an empty line".to_owned()),
            _ if self.ignores(line) => Explained::passed(format!("ignored, by `ignore`: {}", shown(line))),
            _ => match self.read(line) {
                Ok((form, taken)) => self.taken(form, line, &taken, said),
                // The decoder reads with the same function, so this is not reached.
                Err(misfit) => Explained::skipped(misfit.skip, &misfit.to_string(), misfit.cause()),
            },
        }
    }

    fn skipped(&self, line: &[u8], skip: Skip, has_end: bool) -> Explained {
        const HEADLESS: &str = "its beginning may be missing, and nothing in its form would show it: `starts_with`, `time` \
                                or `must` in the first place, or a `checksum` would";
        let fixed = |why: &str| Explained::skipped(skip, why, why.to_owned());
        match skip {
            Skip::TooLong => fixed("no line is so long: is the speed right?"),
            Skip::BetweenFrames => fixed("line ends without lines"),
            _ if !has_end && !line.is_empty() => {
                let why = "it has no end: cut off, or glued to the line behind it";
                Explained::skipped(skip, &format!("{why}: {}", shown(line)), why.to_owned())
            }
            _ if !line.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) => {
                fixed("bytes that are no printable ASCII: are speed and parity right?")
            }
            _ => match self.read(line) {
                Ok(_) => Explained::skipped(skip, &format!("{HEADLESS}: {}", shown(line)), HEADLESS.to_owned()),
                Err(misfit) => {
                    let of = if misfit.found == shown(line) {
                        String::new()
                    } else {
                        format!(". The line: {}", shown(line))
                    };
                    Explained::skipped(skip, &format!("{misfit}{of}"), misfit.cause())
                }
            },
        }
    }

    fn taken(&self, number: usize, line: &[u8], said: &Said, told: &[Observation]) -> Explained {
        let form = &self.forms[number];
        let mut parts = Vec::new();
        if let Ok((cut, _)) = form.cut(line) {
            parts.extend(form.groups.iter().map(|group| form.group(*group, &cut, said, told)));
            parts.extend(form.time.iter().map(|(place, _)| format!("time {}", at(&cut, place))));
            if let Some(NewWhen::Time(place, _) | NewWhen::Age(place, _) | NewWhen::Counter(place)) = &form.cuff {
                parts.push(format!("cuff told apart by {}", at(&cut, place)));
            }
            parts.extend(form.statuses.iter().map(|status| format!("status {}", at(&cut, &status.place))));
        }
        let of = if self.forms.len() > 1 { format!(" as form {}", number + 1) } else { String::new() };
        Explained { outcome: Outcome::Read, text: format!("read{of}: {}", parts.join("; ")) }
    }
}

impl Form {
    /// A reading, with the characters of its fields.
    fn group(&self, group: Group, cut: &Cut<'_>, said: &Said, told: &[Observation]) -> String {
        let parts: Vec<usize> = match group {
            Group::One(field) => [field].into(),
            Group::Pressure(parts) => parts.into_iter().flatten().collect(),
        };
        let Some(first) = parts.first().map(|part| &self.fields[*part]) else { return String::new() };
        let is = |o: &&Observation| o.vital == first.vital && o.site == first.site && o.origin == first.origin;
        let became = match told.iter().find(is) {
            Some(observation) => became(observation),
            None if parts.iter().all(|part| said.taken[*part].value == Value::NotSent) => "not in this line".to_owned(),
            None => "repeats the cuff reading before, not told again".to_owned(),
        };
        let used: Vec<String> = parts.iter().map(|part| self.used(&self.fields[*part], *part, cut, said)).collect();
        format!("{} -> {became}", used.join(", "))
    }

    fn used(&self, field: &Field, number: usize, cut: &Cut<'_>, said: &Said) -> String {
        let value = match said.taken[number].value {
            Value::Number(digits) if field.part.is_some() || field.piece.is_some() => format!(" = {digits}"),
            _ => String::new(),
        };
        format!("{} {}{value}", field.name(), at(cut, &field.place))
    }
}

/// A place and what it holds.
fn at(cut: &Cut<'_>, place: &Place) -> String {
    match cut.at(place) {
        Held::Text(text) => format!("({place}) {}", shown(text)),
        Held::NotThere => format!("({place}) not there"),
        Held::Twice => format!("({place}) there twice"),
    }
}

/// What a reading says: `98 % valid`, `absent (no value)`.
fn became(observation: &Observation) -> String {
    use chairside_observation::Amount;
    let mut text = match observation.reading.amount() {
        Some(Amount::One(digits)) => format!("{digits} {} ", observation.unit.word()),
        Some(Amount::Pressure { systolic, diastolic, mean }) => {
            let part = |p: Option<chairside_observation::Decimal>| p.map_or_else(|| "-".to_owned(), |d| d.to_string());
            format!("{}/{} ({}) {} ", part(systolic), part(diastolic), part(mean), observation.unit.word())
        }
        None => String::new(),
    };
    text.push_str(observation.reading.state());
    if let Some(reason) = observation.reading.reason() {
        text.push_str(&format!(" ({reason})"));
    }
    if !observation.flags.is_empty() {
        text.push_str(&format!(" [{}]", observation.flags.to_text()));
    }
    text
}
