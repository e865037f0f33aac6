//! Four tables as CSV (RFC 4180, UTF-8): samples, events, summary, and a dictionary of their columns.
//!
//! Digits are the monitor's. Times are ISO 8601 with the offset of the clinic's zone. An empty cell is "not there"; a zero
//! is a zero. Free text that a spreadsheet would run as a formula gets an apostrophe in front (S17).

mod dictionary;
mod events;
mod samples;
mod summary;

use crate::{Face, Record};

/// The tables of a record: file name and bytes, in this order.
#[must_use]
pub fn tables(record: &Record, face: &Face<'_>) -> [(&'static str, Vec<u8>); 4] {
    [
        ("samples.csv", samples::table(record, face)),
        ("events.csv", events::table(record, face)),
        ("summary.csv", summary::table(record, face)),
        ("dictionary.csv", dictionary::table()),
    ]
}

/// One table. Writing to memory cannot fail; were it to, the row would be missing, and the reader's own count says so.
fn table<const N: usize>(heading: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    let mut written = writer.write_record(heading).is_ok();
    for row in rows {
        written &= writer.write_record(row).is_ok();
    }
    let bytes = writer.into_inner().unwrap_or_default();
    if written { bytes } else { Vec::new() }
}

/// Text of people and monitors, so that no spreadsheet takes it for a formula.
fn text(typed: &str) -> String {
    if typed.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{typed}") } else { typed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s17_text_is_never_a_formula() {
        for (typed, written) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("nausea = mild", "nausea = mild"),
            ("", ""),
        ] {
            assert_eq!(text(typed), written);
        }
    }
}
