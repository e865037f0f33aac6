//! Decoded bytes per second of each protocol on one core, and allocations per message of the HL7 decoder.
//!
//! Expected: HL7 parse and extract >= 250 MB/s on vitals messages without an allocation per message (a gateway of 64 beds
//! sends less than 0.1 MB/s: decoding must never be what a value waits for); every serial decoder >= 50 MB/s (a day of
//! any serial monitor in a second or two).

use chairside_decode::Finding;
use chairside_decode::catalog::Protocol;
use chairside_observation::Micros;
use chairside_tests::rig;
use std::path::Path;
use std::time::{Duration, Instant};

/// Long enough that a pause of the machine does not decide the figure.
const RUN: Duration = Duration::from_secs(2);

fn main() {
    println!("{:<28} {:>10} {:>12}  expected", "decoder", "MB/s", "readings/s");
    let vitals: Vec<u8> = (0..64).flat_map(|n| rig::vitals(&format!("C{n:06}"), "B1", 60 + n, 97)).collect();
    rate("hl7 pcd01 vitals", Protocol::Hl7, Some("pcd01"), &vitals, 250.0);
    allocations(&vitals);
    // A description is read by `[source.lines]`, which only the program knows: it is not measured here.
    for protocol in Protocol::ALL.iter().filter(|p| **p != Protocol::Generic) {
        for (name, profile, bytes) in fixtures(*protocol) {
            if name.starts_with("normal") {
                let expected = if protocol.line().is_some() { 50.0 } else { 250.0 };
                rate(&format!("{} {name}", protocol.word()), *protocol, profile.as_deref(), &bytes, expected);
            }
        }
    }
}

fn rate(name: &str, protocol: Protocol, profile: Option<&str>, capture: &[u8], expected: f64) {
    let bytes = capture.repeat((1 << 20) / capture.len().max(1) + 1);
    let mut decoder = protocol.decoder(profile).expect("a profile of the catalog");
    let mut findings = Vec::new();
    let (mut fed, mut readings) = (0_u64, 0_u64);
    let start = Instant::now();
    while start.elapsed() < RUN {
        for chunk in bytes.chunks(64 * 1024) {
            decoder.feed(Micros(0), chunk, &mut findings);
            readings += findings.iter().filter(|f| matches!(f, Finding::Observation(_))).count() as u64;
            findings.clear();
        }
        fed += bytes.len() as u64;
    }
    let seconds = start.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)]
    let (rate, readings) = (fed as f64 / seconds / 1e6, readings as f64 / seconds);
    let verdict = if rate >= expected { "" } else { "  BELOW" };
    println!("{name:<28} {rate:>10.0} {readings:>12.0}  >= {expected:.0} MB/s{verdict}");
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
    println!("{:<28} {:>10} in {messages} messages  expected 0{verdict}", "hl7 allocations", counted.count_total);
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
