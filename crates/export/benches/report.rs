//! Time and size of a printed record, and of what else a record becomes.
//!
//! Expected: the PDF of a two-hour session with four vitals each second in less than 0.5 s (P: a person waits for it) and below
//! 500 KB (interface engines cut what is longer); of four hours with 600 entries, its worst case, in less than 2 s. Chart and
//! tables are parts of the same work and cost less.

#[path = "../tests/support/mod.rs"]
mod support;

use chairside_export::{Face, Format, Options, files};
use std::time::{Duration, Instant};
use support::{Winter, cases};

/// Rounds of each; the best counts: a busy machine only makes it slower.
const ROUNDS: u32 = 5;

fn main() {
    println!("{:<34} {:>8} {:>9}  expected", "report", "ms", "KB");
    let usual = cases::afternoon(120).record();
    let worst = cases::long().record();
    for format in Format::ALL {
        let expected = if *format == Format::Pdf { Some((500, 500)) } else { Some((500, 4096)) };
        measured(&format!("2 h, {}", format.word()), &usual, *format, expected);
    }
    measured("4 h, 600 entries, pdf", &worst, Format::Pdf, Some((2000, 1024)));
}

fn measured(name: &str, record: &chairside_export::Record, format: Format, expected: Option<(u128, usize)>) {
    let (mut best, mut bytes) = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let made = files(format, record, &Face(&Winter), &Options::default()).expect("it can be made");
        best = best.min(start.elapsed());
        bytes = made.iter().map(|file| file.bytes.len()).sum();
    }
    let (ms, kb) = (best.as_millis(), bytes / 1024);
    let verdict = expected.map_or(String::new(), |(most_ms, most_kb)| {
        let above = if ms > most_ms || kb > most_kb { "  ABOVE" } else { "" };
        format!("< {most_ms} ms, < {most_kb} KB{above}")
    });
    println!("{name:<34} {ms:>8} {kb:>9}  {verdict}");
}
