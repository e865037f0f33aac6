//! Descriptions of monitors that have a decoder of their own: the generic one must say the same. Two programs that were
//! written apart and agree on every fixture are evidence for both.

mod support;

use chairside_decode::Finding;
use chairside_decode::catalog::Protocol;
use chairside_decode::generic::Description;
use chairside_observation::{Observation, Reading, Vital};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use support::{cases, decode, decoder, fixtures};

/// A monitor with a decoder of its own, the fixture that describes it, and how far the two agree.
struct Twin {
    own: Protocol,
    described: &'static str,
    /// Cases in which the description says less, and why. No case is one in which it says more.
    less: &'static [(&'static str, &'static str)],
}

const TWINS: [Twin; 3] = [
    Twin {
        own: Protocol::Nellcor,
        described: "normal-nellcor-rows",
        less: &[
            ("line-ends", "a last line without its end is never believed"),
            ("noise", "a row behind noise in its line is not looked for"),
            ("unknown-status", "a further column of numbers is a status that is not described"),
        ],
    },
    Twin {
        own: Protocol::Masimo,
        described: "normal-masimo-ascii-1",
        less: &[
            ("alarm", "an alarm that is not described makes its values doubtful"),
            ("absent-dashes", "exceptions that explain dashes without voiding numbers cannot be described"),
            ("line-ends", "its bit fields have the widths of another model, which makes its values doubtful"),
            ("noise", "a line behind noise is not looked for"),
            ("other-models", "bit fields of other widths make their values doubtful"),
            ("questionable", "reserved exceptions are kept under their key alone"),
            ("root", "the keys of a Root are not described"),
        ],
    },
    Twin { own: Protocol::Nonin, described: "normal-nonin-text", less: &[] },
];

fn described(name: &str) -> Arc<Description> {
    let case = cases(Protocol::Generic).into_iter().find(|case| case.name == name).expect("the fixture is there");
    case.description.expect("it has a description")
}

/// Where the line of a reading ends, without its line end: decoders differ in which of CR and LF they count to a line.
fn line(o: &Observation, capture: &[u8]) -> usize {
    let end = usize::try_from(o.bytes.end).unwrap();
    capture[..end].iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).unwrap()
}

fn described_by(description: &Arc<Description>, capture: &[u8]) -> Vec<Finding> {
    decode(&mut *decoder(Protocol::Generic, None, Some(description)).unwrap(), capture, &[])
}

/// Fails at the first difference.
fn same(own: &[(usize, String)], generic: &[(usize, String)], of: &str) {
    for n in 0..own.len().max(generic.len()) {
        assert_eq!(own.get(n), generic.get(n), "{of}: reading {n}");
    }
}

/// What a description can say of a reading: all but the device and the line's exact range.
fn said(findings: &[Finding], capture: &[u8]) -> Vec<(usize, String)> {
    let one = |o: &Observation| {
        let (flags, measured) = (o.flags.to_text(), o.measured);
        (
            line(o, capture),
            format!("{} {:?} {:?} {:?} [{flags}] {measured:?}", o.vital.word(), o.reading, o.unit, o.origin),
        )
    };
    let readings = findings.iter().filter_map(|finding| match finding {
        // A description has no "only where the others are there": the perfusion index says its own absence.
        Finding::Observation(o) if o.vital == Vital::PerfusionIndex && o.reading.amount().is_none() => None,
        Finding::Observation(o) => Some(one(o)),
        _ => None,
    });
    readings.collect()
}

/// The valid values, by their line.
fn valid(findings: &[Finding], capture: &[u8]) -> BTreeMap<(usize, Vital), Vec<Reading>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for finding in findings {
        if let Finding::Observation(o) = finding
            && matches!(o.reading, Reading::Valid(_))
        {
            all.entry((line(o, capture), o.vital)).or_default().push(o.reading);
        }
    }
    all
}

#[test]
fn a_described_monitor_says_what_its_own_decoder_says() {
    for twin in &TWINS {
        let description = described(twin.described);
        let mut compared = 0;
        for case in cases(twin.own) {
            let text = case.folder.join("capture.txt").is_file() || case.name.starts_with("normal");
            let binary = twin.own == Protocol::Nonin && case.name != "normal-ascii";
            if !text || binary || twin.less.iter().any(|(name, _)| *name == case.name) {
                continue;
            }
            let own = said(&decode(&mut *case.decoder(), &case.capture, &[]), &case.capture);
            compared += own.len();
            let generic = said(&described_by(&description, &case.capture), &case.capture);
            same(&own, &generic, &format!("{}/{}", twin.own.word(), case.name));
        }
        assert!(compared > 10, "{}: {compared} readings compared", twin.own.word());
    }
}

#[test]
fn h05_a_described_monitor_never_says_a_valid_value_its_own_decoder_does_not_say() {
    for twin in &TWINS {
        let description = described(twin.described);
        for case in cases(twin.own) {
            let own = valid(&decode(&mut *case.decoder(), &case.capture, &[]), &case.capture);
            for (key, readings) in valid(&described_by(&description, &case.capture), &case.capture) {
                assert_eq!(own.get(&key), Some(&readings), "{}/{}: {key:?}", twin.own.word(), case.name);
            }
        }
    }
}

#[test]
fn a_real_capture_read_by_a_description_gives_what_its_own_decoder_gives() {
    let folder = std::env::var_os("CHAIRSIDE_CAPTURES").map(PathBuf::from).or_else(|| {
        let repository = fixtures().join("..");
        ["../shared/captures", "../../shared/captures"].map(|f| repository.join(f)).into_iter().find(|f| f.is_dir())
    });
    let Some(capture) = folder.and_then(|f| std::fs::read(f.join("serial/nellcor/n560_2017_lines.txt")).ok()) else {
        println!("skipped: no captures folder (set CHAIRSIDE_CAPTURES)");
        return;
    };
    let own = said(&decode(&mut *decoder(Protocol::Nellcor, None, None).unwrap(), &capture, &[]), &capture);
    let generic = said(&described_by(&described("normal-nellcor-rows"), &capture), &capture);
    same(&own, &generic, "the real capture");
    assert_eq!(own.len(), 152);
}
