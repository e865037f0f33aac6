//! Segments as text: the OBX row by its fields, values with their decimal places, text that cannot break a message.

use std::fmt::Write;

/// One OBX row by its fields; what stays empty is left empty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Obx<'a> {
    /// OBX-1; 0 is empty.
    pub(super) set_id: u32,
    /// OBX-2.
    pub(super) kind: &'a str,
    /// OBX-3.
    pub(super) code: &'a str,
    /// OBX-4.
    pub(super) sub_id: &'a str,
    /// OBX-5.
    pub(super) value: &'a str,
    /// OBX-6.
    pub(super) unit: &'a str,
    /// OBX-7.
    pub(super) range: &'a str,
    /// OBX-8.
    pub(super) marks: &'a str,
    /// OBX-11.
    pub(super) status: &'a str,
    /// OBX-13.
    pub(super) access: &'a str,
    /// OBX-14.
    pub(super) time: &'a str,
    /// OBX-17.
    pub(super) method: &'a str,
    /// OBX-18.
    pub(super) device: &'a str,
}

impl Obx<'_> {
    /// Appends the row, without empty fields at its end.
    pub(super) fn write(&self, text: &mut String) {
        let Self { kind, code, sub_id, value, unit, range, marks, status, access, time, method, device, .. } = self;
        text.push_str("OBX|");
        if self.set_id > 0 {
            let _ = write!(text, "{}", self.set_id);
        }
        let _ = write!(
            text,
            "|{kind}|{code}|{sub_id}|{value}|{unit}|{range}|{marks}|||{status}||{access}|{time}|||{method}|{device}"
        );
        let end = text.trim_end_matches('|').len();
        text.truncate(end);
        text.push('\r');
    }
}

/// The number of a code.
pub(super) fn number(code: &str) -> &str {
    code.split('^').next().unwrap_or(code)
}

/// `value` / 10^`places`.
pub(super) fn digits(value: u16, places: u8) -> String {
    let scale = 10_u16.pow(u32::from(places));
    match usize::from(places) {
        0 => value.to_string(),
        width => format!("{}.{:0width$}", value / scale, value % scale),
    }
}

/// Text as it may stand in a component.
pub(super) fn escape(text: &str) -> String {
    escaped(text, "|~^&\\")
}

/// Text as it may stand in a field; `^` and `&` part its components.
pub(super) fn escape_components(text: &str) -> String {
    escaped(text, "|~\\")
}

fn escaped(text: &str, marks: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' if marks.contains(letter) => safe.push_str("\\F\\"),
            '^' if marks.contains(letter) => safe.push_str("\\S\\"),
            '&' if marks.contains(letter) => safe.push_str("\\T\\"),
            '~' if marks.contains(letter) => safe.push_str("\\R\\"),
            '\\' if marks.contains(letter) => safe.push_str("\\E\\"),
            // A line end would end the segment.
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}
