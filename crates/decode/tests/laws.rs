//! The laws of `chairside_decode`, for every decoder of the catalog, every profile and every described device, on the
//! fixtures' own bytes mixed with noise.

mod support;

use chairside_decode::generic::Description;
use chairside_decode::{Decoder, Finding, catalog::Protocol};
use chairside_observation::Micros;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::sync::Arc;
use support::{cases, decode, decoder, lines, tiles};

/// Cases for each decoder and law: 64 stay below a second each, and CI runs them on every push.
const CASES: u32 = 64;

/// A subject: one protocol under one profile, or one description, with the captures written for it.
struct Subject {
    protocol: Protocol,
    profile: Option<String>,
    description: Option<Arc<Description>>,
    captures: Vec<Vec<u8>>,
    normal: Option<Vec<u8>>,
}

impl Subject {
    fn decoder(&self) -> Box<dyn Decoder> {
        decoder(self.protocol, self.profile.as_deref(), self.description.as_ref())
            .expect("the catalog lists the profile")
    }

    fn name(&self) -> String {
        format!("{} {}", self.protocol.word(), self.profile.as_deref().unwrap_or(""))
    }
}

fn subjects() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for protocol in Protocol::ALL {
        let cases = cases(*protocol);
        let captures: Vec<Vec<u8>> = cases.iter().map(|c| c.capture.clone()).collect();
        if *protocol == Protocol::Generic {
            subjects.extend(cases.into_iter().map(|case| Subject {
                protocol: *protocol,
                profile: Some(case.name.clone()),
                description: case.description,
                captures: captures.clone(),
                normal: case.name.starts_with("normal").then_some(case.capture),
            }));
            continue;
        }
        let profiles = protocol.profiles();
        let all = profiles.iter().map(|p| Some((*p).to_owned())).chain(profiles.is_empty().then_some(None));
        for profile in all {
            let normal = cases
                .iter()
                .find(|c| c.name.starts_with("normal") && (c.profile == profile || profile.as_deref() == Some("auto")))
                .map(|c| c.capture.clone());
            subjects.push(Subject {
                protocol: *protocol,
                profile,
                description: None,
                captures: captures.clone(),
                normal,
            });
        }
    }
    subjects
}

/// Pieces of captures, cut anywhere, with noise between: what a line looks like on a bad day.
fn stream(captures: Vec<Vec<u8>>) -> BoxedStrategy<Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 0..40).boxed();
    if captures.is_empty() {
        return noise;
    }
    let captured = (prop::sample::select(captures), any::<prop::sample::Index>(), any::<prop::sample::Index>())
        .prop_map(|(capture, a, b)| {
            let (a, b) = (a.index(capture.len() + 1), b.index(capture.len() + 1));
            // Long captures are cut to what keeps a case quick.
            let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 6000));
            capture[from..to].to_vec()
        });
    let same_byte = (any::<u8>(), 0_usize..300).prop_map(|(byte, count)| vec![byte; count]);
    prop::collection::vec(prop_oneof![6 => captured.boxed(), 3 => noise, 1 => same_byte.boxed()], 1..5)
        .prop_map(|parts| parts.concat())
        .boxed()
}

fn for_all<T: std::fmt::Debug>(
    strategy: impl Fn(&Subject) -> BoxedStrategy<T>,
    law: impl Fn(&Subject, T) -> Result<(), TestCaseError>,
) {
    for subject in subjects() {
        let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
        runner
            .run(&strategy(&subject), |input| law(&subject, input))
            .unwrap_or_else(|failure| panic!("{}: {failure}", subject.name()));
    }
}

#[test]
fn law_1_chunking_does_not_matter() {
    for_all(
        |s| (stream(s.captures.clone()), prop::collection::vec(1_usize..90, 1..12)).boxed(),
        |s, (bytes, pieces)| {
            let whole = decode(&mut *s.decoder(), &bytes, &[]);
            let pieced = decode(&mut *s.decoder(), &bytes, &pieces);
            prop_assert_eq!(lines(&whole), lines(&pieced));
            let bytewise = decode(&mut *s.decoder(), &bytes, &[1]);
            prop_assert_eq!(lines(&whole), lines(&bytewise));
            Ok(())
        },
    );
}

#[test]
fn law_2_no_input_panics() {
    for_all(
        |s| {
            let mutated =
                (stream(s.captures.clone()), prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8));
            mutated
                .prop_map(|(mut bytes, changes)| {
                    for (at, byte) in changes {
                        if !bytes.is_empty() {
                            let at = at.index(bytes.len());
                            bytes[at] = byte;
                        }
                    }
                    bytes
                })
                .boxed()
        },
        |s, bytes| {
            let _ = decode(&mut *s.decoder(), &bytes, &[7, 100]);
            Ok(())
        },
    );
}

#[test]
fn laws_3_and_6_memory_is_bounded_and_every_byte_is_accounted_for() {
    for_all(
        |s| stream(s.captures.clone()),
        |s, bytes| {
            let mut decoder = s.decoder();
            let (mut out, mut fed) = (Vec::new(), 0);
            for piece in bytes.chunks(61) {
                decoder.feed(Micros(0), piece, &mut out);
                fed += piece.len() as u64;
                let told = tiles(&out).last().map_or(0, |t| t.end);
                prop_assert!(fed - told <= decoder.max_held() as u64, "{} bytes held", fed - told);
            }
            decoder.finish(Micros(0), &mut out);
            let mut at = 0;
            for tile in tiles(&out) {
                prop_assert_eq!(tile.start, at, "a hole or an overlap in {}", lines(&out));
                prop_assert!(tile.end > tile.start, "an empty tile in {}", lines(&out));
                at = tile.end;
            }
            prop_assert_eq!(at, fed, "bytes at the end are not accounted for");
            let mut frame = 0..0;
            for finding in &out {
                match finding {
                    Finding::Frame { bytes, .. } => frame = bytes.clone(),
                    Finding::Observation(_) | Finding::Notice(_) => prop_assert_eq!(finding.bytes(), frame.clone()),
                    Finding::Skipped(..) => {}
                }
            }
            Ok(())
        },
    );
}

#[test]
fn law_4_a_good_frame_after_any_noise_is_found() {
    for_all(
        |s| stream(s.captures.clone()),
        |s, noise| {
            let Some(normal) = &s.normal else { return Ok(()) };
            // Noise may look like the start of the longest frame there is, so good data has to go on for longer than that.
            let copies = 3 + 2 * s.decoder().max_held().min(100_000) / normal.len();
            let good = normal.repeat(copies);
            let last_copy = (normal.len() * (copies - 1)) as u64;
            let readings = |bytes: &[u8], shift: u64| -> Vec<String> {
                let findings = decode(&mut *s.decoder(), bytes, &[]);
                let kept = findings.into_iter().filter_map(|f| match f {
                    Finding::Observation(mut o) if o.bytes.start >= last_copy + shift => {
                        o.bytes = o.bytes.start - shift..o.bytes.end - shift;
                        Some(lines(&[Finding::Observation(o)]))
                    }
                    _ => None,
                });
                kept.collect()
            };
            let alone = readings(&good, 0);
            let after = readings(&[&noise[..], &good[..]].concat(), noise.len() as u64);
            prop_assert_eq!(alone, after);
            Ok(())
        },
    );
}

#[test]
fn law_5_the_same_bytes_give_the_same_findings() {
    for_all(
        |s| stream(s.captures.clone()),
        |s, bytes| {
            let (mut one, mut two) = (s.decoder(), s.decoder());
            let first = decode(&mut *one, &bytes, &[13]);
            prop_assert_eq!(lines(&first), lines(&decode(&mut *two, &bytes, &[13])));
            Ok(())
        },
    );
}

#[test]
fn noise_of_one_byte_is_read_in_linear_time() {
    // A megabyte of one byte value must not make a decoder look at it again and again: quadratic work would take hours
    // here, so the test simply has to end.
    for subject in subjects() {
        for byte in [0x00, 0x01, 0x0B, 0x0D, 0x20, 0x7D, 0x7E, 0x80, 0xC0, 0xFF, b'M', b'|'] {
            let bytes = vec![byte; 1 << 18];
            let found = decode(&mut *subject.decoder(), &bytes, &[4096]);
            assert!(
                !found.iter().any(|f| matches!(f, Finding::Observation(_))),
                "{}: readings out of {byte:#04x}",
                subject.name()
            );
        }
    }
}
