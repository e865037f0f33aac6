//! The decoder as a whole.

use super::{Framing, Hl7Decoder, Profile};
use crate::{Decoder, Finding};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use chairside_observation::{Amount, Micros};
use core::fmt::Write;
use std::path::PathBuf;

fn decode(profile: Option<Profile>, framing: Framing, bytes: &[u8], piece: usize) -> Vec<Finding> {
    let mut decoder = Hl7Decoder::new(profile, framing);
    let mut out = Vec::new();
    for piece in bytes.chunks(piece.max(1)) {
        decoder.feed(Micros(0), piece, &mut out);
    }
    decoder.finish(Micros(0), &mut out);
    out
}

fn show(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        match finding {
            Finding::Frame { kind, .. } => writeln!(text, "{}", kind.word()),
            Finding::Skipped(_, skip) => writeln!(text, "skipped {}", skip.word()),
            Finding::Notice(n) => writeln!(text, "  notice {} {:?}", n.priority.word(), n.text),
            Finding::Observation(o) => {
                let value = match o.reading.amount() {
                    Some(Amount::One(d)) => d.to_string(),
                    Some(Amount::Pressure { systolic, diastolic, mean }) => {
                        let part = |d: Option<chairside_observation::Decimal>| d.map_or("-".into(), |d| d.to_string());
                        std::format!("{}/{}/{}", part(systolic), part(diastolic), part(mean))
                    }
                    None => "-".into(),
                };
                writeln!(
                    text,
                    "  {} {value} {} {} {:?} {:?} {:?} {:?} syn={} {:?} {:?}",
                    o.vital.word(),
                    o.unit.word(),
                    o.reading.state(),
                    o.reading.reason(),
                    o.origin,
                    o.site,
                    o.flags,
                    o.synthetic,
                    o.measured.map(|m| match m {
                        chairside_observation::Measured::At { at, sent } =>
                            std::format!("{at} sent {}", sent.map_or(String::new(), |s| s.to_string())),
                        _ => String::new(),
                    }),
                    o.context.as_ref().map(|c| (c.bed.clone(), c.patient.clone(), c.name.clone(), c.device.clone()))
                )
            }
        }
        .unwrap();
    }
    text
}

#[test]
fn dump() {
    let root = PathBuf::from("/work/shared/captures/hl7");
    for dir in std::fs::read_dir(&root).unwrap().filter_map(|d| std::fs::read_dir(d.ok()?.path()).ok()) {
        for f in dir {
            let p = f.unwrap().path();
            let bytes = std::fs::read(&p).unwrap();
            std::println!("== {}\n{}", p.display(), show(&decode(None, Framing::MllpOrBare, &bytes, usize::MAX)));
        }
    }
}
