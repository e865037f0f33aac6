//! Segments of a message: fields, escapes, times.

use crate::Face;
use chairside_observation::Micros;
use std::fmt::Write;

/// Text of people and monitors inside a field: whatever it holds, it never starts a field, a component or a segment (S17).
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\E\\"),
            '|' => out.push_str("\\F\\"),
            '^' => out.push_str("\\S\\"),
            '&' => out.push_str("\\T\\"),
            '~' => out.push_str("\\R\\"),
            // Writing to a text cannot fail. Of the controls only ASCII ones have an escape that every reader knows.
            control if control.is_ascii_control() => drop(write!(out, "\\X{:02X}\\", u32::from(control))),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// `20261025020000.120+0200`; empty outside the years 1 to 9999.
pub(super) fn time(face: &Face<'_>, utc: Micros) -> String {
    let iso = face.iso(utc);
    let Some((date, clock)) = iso.split_once('T') else { return String::new() };
    let mut out: String = date.chars().filter(char::is_ascii_digit).collect();
    out.extend(clock.chars().filter(|character| *character != ':'));
    out
}

/// A segment under way. Fields are given by their number in the standard, rising; those left out are empty.
pub(super) struct Segment {
    text: String,
    field: usize,
}

impl Segment {
    pub(super) fn new(name: &str) -> Self {
        Self { text: name.to_owned(), field: 0 }
    }

    /// The header: its first field is the separator itself.
    pub(super) fn header() -> Self {
        Self { text: "MSH|^~\\&".to_owned(), field: 2 }
    }

    /// A field whose text is of the standard: codes, numbers, times, components already escaped.
    pub(super) fn raw(mut self, field: usize, text: &str) -> Self {
        while self.field < field {
            self.text.push('|');
            self.field += 1;
        }
        self.text.push_str(text);
        self
    }

    /// A field of text.
    pub(super) fn text(self, field: usize, text: &str) -> Self {
        self.raw(field, &escaped(text))
    }

    pub(super) fn end(mut self) -> String {
        self.text.push('\r');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s17_no_text_begins_a_field_a_component_or_a_segment() {
        assert_eq!(
            escaped("a|b^c&d~e\\f\rOBX|1\u{b}\u{1c}\u{85}ä"),
            "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\X0D\\OBX\\F\\1\\X0B\\\\X1C\\ ä"
        );
    }

    #[test]
    fn fields_stand_at_their_numbers() {
        assert_eq!(Segment::new("PID").raw(1, "1").text(5, "a|b").end(), "PID|1||||a\\F\\b\r");
        assert_eq!(Segment::header().raw(3, "CHAIRSIDE").raw(9, "ACK").end(), "MSH|^~\\&|CHAIRSIDE||||||ACK\r");
    }
}
