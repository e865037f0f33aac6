//! Decoded bytes per second of each protocol on one core, the memory one source holds, and allocations per message of the
//! HL7 decoder.
//!
//! Expected: HL7 parse and extract >= 250 MB/s on vitals messages without an allocation per message (a gateway of 64 beds
//! sends less than 0.1 MB/s: decoding must never be what a value waits for); every serial decoder >= 50 MB/s (a day of
//! any serial monitor in a second or two). A source (decoder, and the tail of bytes that are not recorded yet) holds <= 64 KiB
//! after normal data, so that 64 of them are a small part of the 64 MiB of P19; on a serial line never more, and of HL7 <= 4 MiB
//! while a message of a megabyte is unfinished (two buffers, each grown by doubling).

#[path = "../../crates/decode/tests/support/mod.rs"]
mod support;

use chairside_decode::catalog::Protocol;
use chairside_decode::hl7::MESSAGE_MAX;
use chairside_decode::{Decoder, Finding};
use chairside_ingest::serial::READ_MAX;
use chairside_ingest::tail::Tail;
use chairside_observation::{Micros, Received};
use chairside_tests::rig;
use std::path::Path;
use std::time::{Duration, Instant};

/// Time for each decoder: some hundred rounds.
const RUN: Duration = Duration::from_secs(1);
/// Bytes of a round: short, so that some rounds are not interrupted by whatever else the machine does. The best counts.
const ROUND: usize = 64 * 1024;
/// Bytes a source is led through before its memory is looked at: an unfinished message is then nearly the longest taken.
const LED: usize = MESSAGE_MAX - READ_MAX;

fn main() {
    println!("{:<32} {:>8} {:>12}  expected", "decoder", "MB/s", "readings/s");
    let vitals: Vec<u8> = (0..64).flat_map(|n| rig::vitals(&format!("C{n:06}"), "B1", 60 + n, 97)).collect();
    rate("hl7 pcd01 vitals", Protocol::Hl7, Some("pcd01"), &vitals);
    allocations(&vitals);
    let protocols = || Protocol::ALL.iter().filter(|p| p.decoder(None).is_some());
    for protocol in protocols() {
        for (name, profile, bytes) in fixtures(*protocol) {
            if name.starts_with("normal") {
                rate(&format!("{} {name}", protocol.word()), *protocol, profile.as_deref(), &bytes);
            }
        }
    }
    for case in support::cases(Protocol::Generic).iter().filter(|case| case.name.starts_with("normal")) {
        measured(&format!("generic {}", case.name), false, &mut *case.decoder(), &case.capture);
    }
    println!("\n{:<32} {:>8} {:>12}  expected", "memory of one source, bytes", "normal", "at worst");
    for protocol in protocols() {
        memory(*protocol);
    }
}

fn rate(name: &str, protocol: Protocol, profile: Option<&str>, capture: &[u8]) {
    let mut decoder = protocol.decoder(profile).expect("a profile of the catalog");
    measured(name, protocol == Protocol::Hl7, &mut *decoder, capture);
}

fn measured(name: &str, hl7: bool, decoder: &mut dyn Decoder, capture: &[u8]) {
    // A serial port hands over no more at once; a network connection may.
    let (expected, piece) = if hl7 { (250.0, ROUND) } else { (50.0, READ_MAX) };
    let bytes = capture.repeat(ROUND / capture.len().max(1) + 1);
    let mut findings = Vec::new();
    let (mut best, mut readings) = (Duration::MAX, 0);
    let start = Instant::now();
    while start.elapsed() < RUN {
        let round = Instant::now();
        readings = 0;
        for piece in bytes.chunks(piece) {
            decoder.feed(Micros(0), piece, &mut findings);
            readings += findings.iter().filter(|f| matches!(f, Finding::Observation(_))).count();
            findings.clear();
        }
        best = best.min(round.elapsed());
    }
    #[allow(clippy::cast_precision_loss)]
    let (rate, readings) = (bytes.len() as f64 / best.as_secs_f64() / 1e6, readings as f64 / best.as_secs_f64());
    let verdict = if rate >= expected { "" } else { "  BELOW" };
    println!("{name:<32} {rate:>8.0} {readings:>12.0}  >= {expected:.0} MB/s{verdict}");
}

/// Bytes one source keeps after normal data, and the most it keeps after any of its fixtures, a run of one byte, or a fixture
/// that breaks off and never ends.
fn memory(protocol: Protocol) {
    let steady = 64 << 10;
    let expected = if protocol.line().is_some() { steady } else { 4 << 20 };
    let profiles = protocol.profiles();
    let all = profiles.iter().map(|p| Some(*p)).chain(profiles.is_empty().then_some(None));
    let fixtures = fixtures(protocol);
    for profile in all {
        let normal = fixtures.iter().filter(|f| f.0.starts_with("normal"));
        let own = normal.clone().find(|f| f.1.as_deref() == profile).or(normal.clone().next());
        let normal = own.map_or(0, |f| held(protocol, profile, &f.2));
        let runs = (0..=u8::MAX).map(|byte| vec![byte]);
        let endless = fixtures.iter().map(|f| [&f.2[..f.2.len() / 2], &vec![b'x'; LED]].concat());
        let worst = fixtures.iter().map(|f| f.2.clone()).chain(runs).chain(endless);
        let worst = worst.map(|bytes| held(protocol, profile, &bytes)).max();
        let worst = worst.unwrap_or(0);
        let verdict = if normal <= steady && worst <= expected { "" } else { "  ABOVE" };
        let name = format!("{} {}", protocol.word(), profile.unwrap_or(""));
        println!("{name:<32} {normal:>8} {worst:>12}  <= {steady}, <= {expected}{verdict}");
    }
}

/// Bytes allocated by decoder and tail after `bytes` again and again, cut off anywhere.
fn held(protocol: Protocol, profile: Option<&str>, bytes: &[u8]) -> i64 {
    let mut stream = bytes.repeat(LED / bytes.len().max(1) + 1);
    stream.truncate(LED);
    let now = Received { mono: Micros(0), wall: Micros(0) };
    let mut source = None;
    let counted = allocation_counter::measure(|| {
        let mut decoder = protocol.decoder(profile).expect("a profile of the catalog");
        let mut tail = Tail::new("s".into(), decoder.max_held());
        let mut findings = Vec::new();
        for piece in stream.chunks(READ_MAX) {
            tail.push(piece);
            decoder.feed(now.mono, piece, &mut findings);
            drop(tail.cut(now, &mut findings));
        }
        drop(findings);
        source = Some((decoder, tail));
    });
    drop(source);
    counted.bytes_current
}

fn allocations(vitals: &[u8]) {
    let mut decoder = Protocol::Hl7.decoder(Some("pcd01")).expect("a profile of the catalog");
    let mut findings = Vec::new();
    // The first round fills the caches a steady feed keeps.
    decoder.feed(Micros(0), vitals, &mut findings);
    findings.clear();
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            decoder.feed(Micros(0), vitals, &mut findings);
            findings.clear();
        }
    });
    let messages = 6400;
    let verdict = if counted.count_total == 0 { "" } else { "  BELOW" };
    println!("{:<32} {:>8} in {messages} messages  expected 0{verdict}", "hl7 allocations", counted.count_total);
}

fn fixtures(protocol: Protocol) -> Vec<(String, Option<String>, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(protocol.word());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let about = std::fs::read_to_string(entry.path().join("about.toml")).unwrap_or_default();
        let about: toml::Table = about.parse().unwrap_or_default();
        let profile = about.get("profile").and_then(|p| p.as_str()).map(str::to_owned);
        let name = entry.file_name().to_string_lossy().into_owned();
        let plain =
            ["capture.txt", "capture.hl7", "capture.bin"].iter().find_map(|f| std::fs::read(entry.path().join(f)).ok());
        let bytes = plain.or_else(|| Some(unhex(&std::fs::read_to_string(entry.path().join("capture.hex")).ok()?)));
        found.extend(bytes.map(|bytes| (name, profile, bytes)));
    }
    found.sort();
    found
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""))
        .flat_map(|line| line.bytes().filter(u8::is_ascii_hexdigit))
        .collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or("0"), 16).unwrap_or(0)).collect()
}
