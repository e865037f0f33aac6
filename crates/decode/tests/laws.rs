//! The laws of `chairside_decode`, for every decoder of the catalog, every profile and every described device, on the
//! fixtures' own bytes mixed with noise.

mod support;

use chairside_decode::{Finding, catalog::Protocol};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::decode;
use support::laws::Subject;

/// Cases for each decoder and law: 64 stay below a second each, and CI runs them on every push.
const CASES: u32 = 64;

fn subjects() -> Vec<Subject> {
    Protocol::ALL.iter().flat_map(|protocol| Subject::all(*protocol)).collect()
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
    law: impl Fn(&Subject, T) -> Result<(), String>,
) {
    for subject in subjects() {
        let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
        runner
            .run(&strategy(&subject), |input| law(&subject, input).map_err(TestCaseError::fail))
            .unwrap_or_else(|failure| panic!("{}: {failure}", subject.name));
    }
}

#[test]
fn laws_1_3_5_and_6_findings_do_not_hang_on_chunks_and_account_for_every_byte_in_bounded_memory() {
    for_all(
        |s| (stream(s.captures.clone()), prop::collection::vec(1_usize..90, 1..12)).boxed(),
        |s, (bytes, pieces)| {
            s.keeps_the_laws(&bytes, &pieces)?;
            s.keeps_the_laws(&bytes, &[1])
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
fn law_4_a_good_frame_after_any_noise_is_found() {
    for_all(|s| stream(s.captures.clone()), |s, noise| s.finds_good_bytes_after(&noise));
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
                subject.name
            );
        }
    }
}
