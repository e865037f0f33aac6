//! Inputs of the fuzzer against the laws of the decoders. A target is one line in `src/bin/`: `decoder!(Nonin);` for a
//! protocol of the catalog with all its profiles, `laws!(subjects)` for anything else that is a `Decoder`.
//!
//! An input is a stream and, at its end, [`STEER`] bytes that choose the profile and where the stream is cut. They stand at
//! the end so that a capture is an input as it is.

pub mod dialogs;
#[path = "../../../crates/decode/tests/support/mod.rs"]
mod support;

use chairside_decode::hl7::{Framing, Hl7Decoder};
use std::path::Path;

pub use chairside_decode::catalog::Protocol;
pub use support::laws::Subject;

/// For the macros only.
#[doc(hidden)]
pub use libfuzzer_sys;

/// Bytes at the end of an input that steer: the subject, and three sizes of pieces.
const STEER: usize = 4;
/// Longest piece: more than any serial frame is cut into, and small enough that pieces of one byte are common.
const PIECE_MAX: u8 = 90;
/// One stream in so many has good bytes behind it that must be found (law 4): that costs up to 100 kB each time.
const RESYNC_EVERY: u8 = 16;

/// Runs one input and panics with the sentence of the law it breaks.
///
/// # Panics
/// When a law is broken: that is what the fuzzer looks for.
pub fn run(subjects: &[Subject], input: &[u8]) {
    let Some((stream, &[which, sizes @ ..])) = input.split_last_chunk::<STEER>() else { return };
    let subject = &subjects[usize::from(which) % subjects.len()];
    let pieces = sizes.map(|size| usize::from(size % PIECE_MAX) + 1);
    let mut lawful = subject.keeps_the_laws(stream, &pieces);
    // Which streams is not for the steering bytes to say: the corpus would fill with those.
    if stream.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte)) % RESYNC_EVERY == 0 {
        lawful = lawful.and_then(|()| subject.finds_good_bytes_after(stream));
    }
    if let Err(broken) = lawful {
        panic!("{}, pieces of {pieces:?}: {broken}", subject.name);
    }
}

/// Writes every capture of the fixtures as an input of every subject into the target's corpus. Nothing but `fixtures/` is
/// used: captures of real devices are no part of the repository.
///
/// # Panics
/// When the corpus cannot be written.
pub fn seed(target: &str, subjects: &[Subject]) {
    for (which, subject) in (0_u8..).zip(subjects) {
        for (number, capture) in subject.captures.iter().enumerate() {
            write(target, &format!("{number:03}-{which:02}"), &[capture, &[which, 16, 2, 0][..]].concat());
        }
    }
}

/// The same for the scripts of dialogues.
///
/// # Panics
/// When the corpus cannot be written.
pub fn seed_scripts(target: &str) {
    for (name, script) in dialogs::scripts() {
        write(target, &name, &script);
    }
}

fn write(target: &str, name: &str, input: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let path = folder.join(format!("fixture-{name}"));
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, input))
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

/// HL7 as a connection brings it: MLLP frames only, where files may hold bare messages too.
pub fn mllp() -> Vec<Subject> {
    let files = Subject::all(Protocol::Hl7);
    let captures = files.first().map_or_else(Vec::new, |s| s.captures.clone());
    let framed = captures.iter().find(|c| c.starts_with(&[0x0B])).cloned();
    vec![Subject::new("mllp", || Box::new(Hl7Decoder::new(None, Framing::Mllp)), captures, framed)]
}

/// A target for a protocol of the catalog, every profile of it.
#[macro_export]
macro_rules! decoder {
    ($protocol:ident) => {
        $crate::laws!($crate::Subject::all($crate::Protocol::$protocol));
    };
}

/// A target for these subjects.
#[macro_export]
macro_rules! laws {
    ($subjects:expr) => {
        static SUBJECTS: std::sync::LazyLock<Vec<$crate::Subject>> = std::sync::LazyLock::new(|| $subjects);
        $crate::libfuzzer_sys::fuzz_target!(
            init: $crate::seed(env!("CARGO_BIN_NAME"), &SUBJECTS),
            |input: &[u8]| $crate::run(&SUBJECTS, input)
        );
    };
}
