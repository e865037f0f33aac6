use super::*;
use alloc::format;
use alloc::string::{String, ToString};
use chairside_observation::{Amount, Measured, Observation, Reading, Received, Zone};
use std::path::{Path, PathBuf};

const ROW: &str = "04-Mar-26 14:05:09    98      72      41                     ";

fn decode(bytes: &[u8]) -> Vec<Finding> {
    let (mut rows, mut out) = (Rows::new(), Vec::new());
    rows.feed(Micros(0), bytes, &mut out);
    rows.finish(Micros(0), &mut out);
    out
}

/// Findings in one line: `row[98/72]`, `head`, `cut off(17)`.
fn shown(findings: &[Finding]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for finding in findings {
        let length = finding.bytes().end - finding.bytes().start;
        match finding {
            Finding::Frame { .. } => parts.push("head".to_string()),
            Finding::Skipped(_, skip) => parts.push(format!("{}({length})", skip.word())),
            Finding::Observation(o) => {
                let value = match o.reading.amount() {
                    Some(Amount::One(digits)) => digits.to_string(),
                    _ => "-".to_string(),
                };
                let last = parts.pop().unwrap_or_default();
                parts.push(if last == "head" { value } else { format!("{last}/{value}") });
            }
            Finding::Notice(_) => unreachable!("a row has no notices"),
        }
    }
    parts.join(" ")
}

fn check(stream: &str, expected: &str) {
    assert_eq!(shown(&decode(stream.as_bytes())), expected, "of {stream:?}");
}

#[test]
fn every_line_end_is_taken() {
    for end in ["\r\n", "\n", "\r"] {
        check(&format!("{ROW}{end}{ROW}{end}"), "98/72 98/72");
    }
    check(&format!("{ROW}\r\n\r\n{ROW}\r\n"), "98/72 between frames(2) 98/72");
}

#[test]
fn header_lines_are_understood_in_every_known_form() {
    for line in [
        "N-560    VERSION 1.56.00    CRC:ABCD  SpO2 Limit: 90-100%    PR Limit: 60-170BPM",
        "NPB-595    VERSION 2.0.0    CRC:ABCD  SpO2 Limit:  85- 100%    PR Limit:  40- 170BPM  ",
        "                             ADULT            0SAT-S ",
        "          ADULT      25SAT-S   SPO2 RESP MODE: FAST",
        "TIME                 %SpO2   BPM     PA     Status",
        "TIME                 %SPO2   BPM     PA     Status",
    ] {
        check(&format!("{ROW}\r\n{line}\r\n{ROW}\r\n"), "98/72 head 98/72");
    }
}

#[test]
fn h05_a_row_cut_off_at_connection_is_skipped_never_guessed() {
    for start in 1..ROW.len() {
        let tail = &ROW[start..];
        let expected =
            format!("{}({}) 98/72", if tail.trim().is_empty() { "between frames" } else { "cut off" }, tail.len() + 2);
        check(&format!("{tail}\r\n{ROW}\r\n"), &expected);
    }
}

#[test]
fn h05_a_row_whose_end_is_missing_is_skipped_even_where_its_numbers_are_complete() {
    // Its status may have said that they are not to be believed.
    for end in 1..ROW.len() {
        check(&ROW[..end], &format!("cut off({end})"));
    }
    check(ROW, "98/72");
    check(&format!("{}\r\n", &ROW[..39]), "cut off(41)");
}

#[test]
fn a_row_behind_noise_or_a_cut_row_in_its_line_is_found() {
    check(&format!("{}{ROW}\r\n", &ROW[..25]), "cut off(25) 98/72");
    check(&format!("{ROW}\r\n{}{ROW}\r\n", &ROW[..25]), "98/72 cut off(25) 98/72");
    check(&format!("{ROW}\r\n#~x7{ROW}\r\n"), "98/72 not a frame(4) 98/72");
    check(
        &format!("{}{ROW}\r\n", "z".repeat(1000)),
        "too long(239) too long(239) too long(239) too long(239) too long(44) 98/72",
    );
}

#[test]
fn the_interactive_menu_is_the_wrong_mode() {
    check("    3) Dump Trend\r\n", "wrong mode(19)");
}

#[test]
fn h11_a_clock_that_is_years_off_makes_no_reading_old() {
    struct Utc;
    impl Zone for Utc {
        fn utc(&self, civil: chairside_observation::Civil) -> Micros {
            civil.face()
        }
    }
    let found = decode(b"02-Feb-00 13:26:32    99      80      30                     \r\n");
    let received = Received { mono: Micros::from_secs(10), wall: Micros::from_secs(1_772_000_000) };
    let observations: Vec<&Observation> = found.iter().filter_map(observation).collect();
    assert_eq!(observations.len(), 2);
    for o in observations {
        let measured = o.measured.unwrap();
        assert_eq!(measured.age(received, &Utc), Micros(0));
        assert!(matches!(measured, Measured::At { at, .. } if at.to_string() == "2000-02-02T13:26:32"));
    }
}

fn observation(finding: &Finding) -> Option<&Observation> {
    match finding {
        Finding::Observation(o) => Some(o),
        _ => None,
    }
}

#[test]
fn the_longest_line_is_held_and_one_byte_more_is_not() {
    let longest = LINE_BYTES_MAX - 1;
    check(&format!("{}\n", "z".repeat(longest)), &format!("cut off({})", longest + 1));
    check(&format!("{}\n", "z".repeat(longest + 1)), "too long(239) too long(18)");
}

/// The folder of given captures: `CHAIRSIDE_CAPTURES`, or `shared/captures` beside the repository.
fn captures() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("CHAIRSIDE_CAPTURES") {
        return Some(PathBuf::from(folder));
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    ["../shared/captures", "../../shared/captures"].map(|f| repository.join(f)).into_iter().find(|f| f.is_dir())
}

#[test]
fn the_given_capture_says_what_an_independent_reading_found() {
    let Some(capture) = captures().and_then(|f| std::fs::read(f.join("serial/nellcor/n560_2017_lines.txt")).ok())
    else {
        std::println!("skipped: no captures folder (set CHAIRSIDE_CAPTURES)");
        return;
    };
    let found = decode(&capture);
    let observations: Vec<&Observation> = found.iter().filter_map(observation).collect();
    let range = |vital| {
        let values = observations.iter().filter(|o| o.vital == vital).filter_map(|o| match o.reading.amount() {
            Some(Amount::One(digits)) => Some(digits.units()),
            _ => None,
        });
        let values: Vec<i64> = values.collect();
        (values.len(), values.iter().copied().min(), values.iter().copied().max())
    };
    assert_eq!(range(chairside_observation::Vital::Spo2), (38, Some(73), Some(99)));
    assert_eq!(range(chairside_observation::Vital::PulseRate), (38, Some(63), Some(119)));
    let absent = observations.iter().filter(|o| matches!(o.reading, Reading::Absent(_))).count();
    assert_eq!(absent, 76);
    let rows = found.iter().filter(|f| matches!(f, Finding::Frame { .. })).count() - 9;
    assert_eq!(rows, 76, "nine header lines stand between them");
    assert!(!found.iter().any(|f| matches!(f, Finding::Skipped(..))));
}
