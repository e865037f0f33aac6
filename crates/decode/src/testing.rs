//! What the decoders' own tests share.

use crate::{Decoder, Finding};
use alloc::string::String;
use alloc::vec::Vec;
use chairside_observation::{Amount, Decimal, Measured, Micros};
use core::fmt::Write;
use std::path::{Path, PathBuf};

/// All findings of `bytes`, arrived at once at 0 s.
pub(crate) fn decode(decoder: &mut dyn Decoder, bytes: &[u8]) -> Vec<Finding> {
    let mut out = Vec::new();
    decoder.feed(Micros(0), bytes, &mut out);
    decoder.finish(Micros(0), &mut out);
    out
}

/// The findings in short: `spo2 98 %`, `pulse_rate absent(sensor off)`, `[frame]`, `[bad checksum]`; parted by `, `.
pub(crate) fn shown(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        if !text.is_empty() {
            text.push_str(", ");
        }
        match finding {
            Finding::Frame { .. } => text.push_str("[frame]"),
            Finding::Skipped(_, why) => write!(text, "[{}]", why.word()).unwrap(),
            Finding::Notice(n) => write!(text, "{:?}", n.text).unwrap(),
            Finding::Observation(o) => {
                write!(text, "{}", o.vital.word()).unwrap();
                let part = |p: Option<Decimal>| p.map_or(String::from("-"), |d| alloc::format!("{d}"));
                match o.reading.amount() {
                    Some(Amount::One(d)) => write!(text, " {d} {}", o.unit.word()).unwrap(),
                    Some(Amount::Pressure { systolic, diastolic, mean }) => {
                        write!(text, " {}/{} ({})", part(systolic), part(diastolic), part(mean)).unwrap();
                    }
                    None => {}
                }
                if let Some(reason) = o.reading.reason() {
                    write!(text, " {}({reason})", o.reading.state()).unwrap();
                }
                if let Some(Measured::Ago(age)) = o.measured {
                    write!(text, " {} s ago", age.0 / 1_000_000).unwrap();
                }
                if !o.flags.is_empty() {
                    write!(text, " [{}]", o.flags.to_text()).unwrap();
                }
            }
        }
    }
    text
}

/// Figures of a capture: frames, skipped ranges, absences.
pub(crate) fn counts(findings: &[Finding]) -> (usize, usize, usize) {
    let count = |pick: &dyn Fn(&Finding) -> bool| findings.iter().filter(|f| pick(f)).count();
    (
        count(&|f| matches!(f, Finding::Frame { .. })),
        count(&|f| matches!(f, Finding::Skipped(..))),
        count(&|f| matches!(f, Finding::Observation(o) if o.reading.amount().is_none())),
    )
}

/// A capture of a real device, which is not part of the repository: from the folder in `CHAIRSIDE_CAPTURES`, or else from
/// `shared/captures` beside the repository. `None`, and a line that says so, where there is none.
pub(crate) fn capture(file: &str) -> Option<Vec<u8>> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("CHAIRSIDE_CAPTURES").map(PathBuf::from).or_else(|| {
        ["../shared/captures", "../../shared/captures"].iter().map(|f| repository.join(f)).find(|f| f.is_dir())
    });
    let path = folder.map(|f| f.join(file));
    let Some(bytes) = path.and_then(|p| std::fs::read(p).ok()) else {
        std::println!("skipped: no capture {file}; set CHAIRSIDE_CAPTURES to the folder that holds it");
        return None;
    };
    if !file.ends_with(".hex") {
        return Some(bytes);
    }
    let digits: Vec<u8> = bytes.into_iter().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    Some(digits.chunks_exact(2).map(byte).collect())
}
