//! The decoder as a whole: real samples where the machine has them, cuts at every byte, and what is shared between messages.

use super::mllp::MESSAGE_MAX;
use super::{Framing, Hl7Decoder, Profile};
use crate::{Decoder, Finding};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use chairside_observation::{Amount, Decimal, FrameKind, Micros, Observation, Unit, Vital};
use std::path::{Path, PathBuf};
use std::println;

fn feed(decoder: &mut Hl7Decoder, bytes: &[u8]) -> Vec<Finding> {
    let mut out = Vec::new();
    decoder.feed(Micros(0), bytes, &mut out);
    out
}

fn decode(profile: Option<Profile>, framing: Framing, bytes: &[u8], pieces: &[&[u8]]) -> Vec<Finding> {
    let mut decoder = Hl7Decoder::new(profile, framing);
    let mut out = Vec::new();
    let whole = [bytes];
    for piece in if pieces.is_empty() { &whole[..] } else { pieces } {
        decoder.feed(Micros(0), piece, &mut out);
    }
    decoder.finish(Micros(0), &mut out);
    out
}

fn decode_file(bytes: &[u8]) -> Vec<Finding> {
    decode(None, Framing::MllpOrBare, bytes, &[])
}

fn observations(findings: &[Finding]) -> Vec<&Observation> {
    findings.iter().filter_map(|f| if let Finding::Observation(o) = f { Some(o) } else { None }).collect()
}

fn frames(findings: &[Finding]) -> Vec<FrameKind> {
    findings.iter().filter_map(|f| if let Finding::Frame { kind, .. } = f { Some(*kind) } else { None }).collect()
}

/// Folder of the real samples, which are not part of the repository.
fn captures() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("CHAIRSIDE_CAPTURES").map(PathBuf::from);
    let beside = ["../shared/captures", "../../shared/captures"].map(|folder| root.join(folder));
    let found = named.into_iter().chain(beside).find(|folder| folder.join("hl7").is_dir());
    if found.is_none() {
        println!("skipped: no folder of captures; set CHAIRSIDE_CAPTURES to one");
    }
    found
}

/// Name (`vendor/file.hl7`) and bytes of every sample.
fn samples() -> Vec<(String, Vec<u8>)> {
    let Some(root) = captures().map(|c| c.join("hl7")) else { return Vec::new() };
    let folders = std::fs::read_dir(&root).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_dir());
    let files = folders.flat_map(|f| std::fs::read_dir(f).unwrap()).map(|f| f.unwrap().path());
    let samples = files.filter(|p| p.extension().is_some_and(|e| e == "hl7")).map(|path| {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        (name, std::fs::read(&path).unwrap())
    });
    samples.collect()
}

/// A sample as a socket would deliver it. One was published without its header.
fn framed(name: &str, bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"\x0B") {
        return bytes.to_vec();
    }
    let header: &[u8] = match name {
        "nihon-kohden/gateway-vitalsigns-body.hl7" => {
            b"MSH|^~\\&|NIHON KOHDEN|NIHON KOHDEN|||20240503100800||ORU^R01|1|P|2.4|||NE|AL\rPID|||1\r"
        }
        _ => b"",
    };
    [b"\x0B", header, bytes, b"\x1C\r"].concat()
}

/// What the table of independently found figures says of one file.
struct Expected {
    counts: Vec<(Vital, usize)>,
    absent: usize,
    ends: Vec<(Vital, [f64; 2])>,
    cuffs: Vec<String>,
}

/// One line: `- vendor/file.hl7 (hl7, N bytes): good G bad B | vital N .. | absent N | vital a..b .. | nibp s/d/m, ..`.
fn expected(line: &str) -> Expected {
    let mut all = Expected { counts: Vec::new(), absent: 0, ends: Vec::new(), cuffs: Vec::new() };
    for part in line.split(" | ").skip(1) {
        if let Some(cuffs) = part.strip_prefix("nibp ").filter(|c| c.contains('/')) {
            all.cuffs = cuffs.split(", ").map(|c| c.trim_end_matches('?').to_string()).collect();
            continue;
        }
        let words: Vec<&str> = part.split(' ').collect();
        for pair in words.chunks(2) {
            let [name, figure] = pair else { continue };
            match (Vital::from_word(name), figure.split_once("..")) {
                (Some(vital), Some((low, high))) => {
                    all.ends.push((vital, [low, high].map(|n| n.parse().unwrap())));
                }
                (Some(vital), None) => all.counts.push((vital, figure.parse().unwrap())),
                (None, _) if *name == "absent" => all.absent = figure.parse().unwrap(),
                _ => {}
            }
        }
    }
    all
}

fn number(d: Decimal, unit: Unit) -> f64 {
    let value: f64 = d.to_string().parse().unwrap();
    if unit == Unit::DegF { (value - 32.0) / 1.8 } else { value }
}

fn check_figures(name: &str, findings: &[Finding], expected: &Expected) {
    let found = observations(findings);
    let of = |vital| found.iter().filter(move |o| o.vital == vital && o.reading.amount().is_some());
    for (vital, count) in &expected.counts {
        assert!(of(*vital).count() >= *count, "{name}: {} {}, expected {count}", vital.word(), of(*vital).count());
    }
    for (vital, ends) in &expected.ends {
        for end in ends {
            let has = of(*vital).any(|o| match o.reading.amount() {
                Some(Amount::One(d)) => (number(d, o.unit) - end).abs() < 0.001,
                _ => false,
            });
            assert!(has, "{name}: {} has no {end}", vital.word());
        }
    }
    let cuffs: Vec<String> = of(Vital::Nibp)
        .filter_map(|o| match o.reading.amount()? {
            Amount::Pressure { systolic: Some(s), diastolic: Some(d), mean: Some(m) } => Some(format!("{s}/{d}/{m}")),
            _ => None,
        })
        .collect();
    assert_eq!(cuffs, expected.cuffs, "{name}: cuff readings");
    let absent = found.iter().filter(|o| o.reading.amount().is_none()).count();
    // Files of experimental senders are in the table without their sentinels.
    let experimental = name.starts_with("xh80x") || name.starts_with("northern");
    assert!(absent == expected.absent || experimental, "{name}: {absent} absent, expected {}", expected.absent);
}

#[test]
fn real_samples_have_the_figures_an_independent_decoder_found() {
    let Some(folder) = captures() else { return };
    let table = std::fs::read_to_string(folder.join("EXPECTED.md")).unwrap();
    let samples = samples();
    let mut checked = 0;
    for (name, bytes) in &samples {
        let line = table.lines().find(|l| l.starts_with(&format!("- {name} "))).unwrap_or_else(|| panic!("{name}"));
        let findings = decode_file(&framed(name, bytes));
        check_figures(name, &findings, &expected(line));
        assert!(frames(&findings).iter().all(|k| *k == FrameKind::Understood), "{name} has a fault: {findings:?}");
        assert!(!findings.iter().any(|f| matches!(f, Finding::Skipped(..))), "{name}: bytes skipped");
        checked += 1;
    }
    assert_eq!(checked, table.lines().filter(|l| l.contains("(hl7,")).count(), "every file of the table is here");
}

#[test]
fn h05_only_values_of_the_vital_are_read_from_real_samples() {
    for (name, bytes) in samples() {
        for o in observations(&decode_file(&framed(&name, &bytes))) {
            let Some(Amount::One(d)) = o.reading.amount() else { continue };
            let value = number(d, o.unit);
            let sane = match o.vital {
                Vital::Spo2 => (90.0..=100.0).contains(&value),
                // The table tells of one temperature in error, of an experimental sender.
                Vital::Temperature => (28.0..=40.0).contains(&value) || o.reading.reason() == Some("implausible"),
                Vital::EtCo2 => (35.0..=45.0).contains(&value),
                Vital::RespRate => (10.0..=40.0).contains(&value),
                _ => value > 0.0,
            };
            assert!(sane, "{name}: {} {value}", o.vital.word());
        }
    }
}

#[test]
fn a_bare_sample_says_the_same_as_a_framed_one() {
    for (name, bytes) in samples() {
        if !bytes.starts_with(b"MSH") {
            continue;
        }
        let strip = |findings: &[Finding]| -> Vec<Observation> {
            let whole = |o: &Observation| Observation { bytes: 0..0, ..o.clone() };
            observations(findings).into_iter().map(whole).collect()
        };
        assert_eq!(strip(&decode_file(&bytes)), strip(&decode_file(&framed(&name, &bytes))), "{name}");
    }
}

#[test]
fn twenty_three_pipelined_frames_are_found_whatever_the_pieces() {
    let Some((_, bytes)) = samples().into_iter().find(|(name, _)| name == "mindray/pds-t8-stream-framed.hl7") else {
        return;
    };
    let whole = decode(Some(Profile::Pds), Framing::Mllp, &bytes, &[]);
    assert_eq!(frames(&whole), [FrameKind::Understood; 23]);
    for size in [1, 7, 100, 1460] {
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        assert_eq!(decode(Some(Profile::Pds), Framing::Mllp, &bytes, &pieces), whole, "in pieces of {size}");
    }
}

/// A message with every kind of row, of our own making.
fn made(control_id: &str, hr: &str) -> String {
    format!(
        "\x0BMSH|^~\\&|TESTMON^0011^EUI-64|Clinic|||20260504101530+0200||ORU^R01^ORU_R01|{control_id}|P|2.6|||NE|AL\r\
         PID|||P-77||DOE^JANE\rPV1||I|INF^^C3\rOBR|1||||||20260504101530+0200\r\
         OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.1|{hr}|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r\
         OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.1|97|262688^MDC_DIM_PERCENT^MDC||DEMO|||R\r\
         OBX|3|NM|150021^MDC_PRESS_BLD_NONINV_SYS^MDC|1.5.1.1|118|266016^MDC_DIM_MMHG^MDC|||||R|||20260504101200+0200\r\
         OBX|4|NM|150022^MDC_PRESS_BLD_NONINV_DIA^MDC|1.5.1.2|74|266016^MDC_DIM_MMHG^MDC|||||R|||20260504101200+0200\r\
         \x1C\r"
    )
}

/// Cuts `bytes` in two at every `step`-th offset: the findings are those of the whole.
fn check_every_cut(name: &str, framing: Framing, bytes: &[u8], step: usize) {
    let whole = decode(None, framing, bytes, &[]);
    for at in (1..bytes.len()).step_by(step) {
        let (a, b) = bytes.split_at(at);
        assert_eq!(decode(None, framing, bytes, &[a, b]), whole, "{name} cut at {at}");
    }
}

/// Truncates `bytes` at every `step`-th offset: nothing panics, and what came whole is kept.
fn check_every_truncation(name: &str, framing: Framing, bytes: &[u8], step: usize) {
    let whole = decode(None, framing, bytes, &[]);
    for at in (0..bytes.len()).step_by(step) {
        let cut = decode(None, framing, &bytes[..at], &[]);
        let complete = |f: &&Finding| f.bytes().end <= at as u64 && f.bytes().end < bytes.len() as u64;
        let earlier: Vec<&Finding> = whole.iter().filter(complete).collect();
        let kept: Vec<&Finding> = cut.iter().take(earlier.len()).collect();
        assert_eq!(kept, earlier, "{name} truncated at {at}");
    }
}

#[test]
fn every_cut_and_every_truncation_of_our_own_messages() {
    let stream = format!("{}{}", made("1", "71"), made("2", "72"));
    for framing in [Framing::Mllp, Framing::MllpOrBare] {
        check_every_cut("made", framing, stream.as_bytes(), 1);
        check_every_truncation("made", framing, stream.as_bytes(), 1);
    }
}

#[test]
fn every_cut_and_every_truncation_of_real_samples() {
    for (name, bytes) in samples() {
        // Long samples are cut at fewer places, to keep the test at a few seconds; the steps share no factor with a row.
        let step = if bytes.len() > 4000 { 13 } else { 1 };
        check_every_cut(&name, Framing::MllpOrBare, &framed(&name, &bytes), step);
        check_every_cut(&name, Framing::MllpOrBare, &bytes, step);
        check_every_truncation(&name, Framing::Mllp, &framed(&name, &bytes), step);
    }
}

#[test]
fn h05_a_bare_file_cut_in_its_last_row_tells_no_shortened_number() {
    let text = made("1", "71").replace(['\x0B', '\x1C'], "");
    let values = ["71", "97", "118", "74"];
    for at in 0..text.len() {
        let findings = decode_file(&text.as_bytes()[..at]);
        for o in observations(&findings) {
            let parts: Vec<Decimal> = match o.reading.amount() {
                Some(Amount::One(d)) => vec![d],
                Some(Amount::Pressure { systolic, diastolic, mean }) => {
                    [systolic, diastolic, mean].into_iter().flatten().collect()
                }
                None => Vec::new(),
            };
            for part in parts {
                assert!(values.contains(&part.to_string().as_str()), "cut at {at}: {part}");
            }
        }
    }
}

#[test]
fn h05_a_cut_row_of_a_sender_without_units_is_not_read() {
    let text = "MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\rOBX||NM|101^HR|2101|160||||||F\r";
    for at in 0..=text.len() {
        let findings = decode_file(&text.as_bytes()[..at]);
        let found = observations(&findings);
        let amount = found.first().and_then(|o| o.reading.amount());
        assert!(amount.is_none() || amount == Some(Amount::One(Decimal::whole(160))), "cut at {at}: {amount:?}");
        assert!(at < text.len() || amount.is_some());
    }
}

#[test]
fn h01_a_pds_state_takes_nothing_back_from_the_next_patient() {
    let message = |kind: &str, rest: &str| format!("\x0BMSH|^~\\&|||||||ORU^R01|{kind}|P|2.3.1|\r{rest}\r\x1C\r");
    let stream = [
        message("103", "PID|||ONE"),
        message("204", "OBX||NM|101^HR|2101|60||||||F"),
        message("103", "PID|||TWO"),
        message("205", "OBX||CE|2037^|101|2^||||||F"),
    ];
    let findings = decode(None, Framing::Mllp, stream.concat().as_bytes(), &[]);
    assert_eq!(observations(&findings).len(), 1, "only the value of ONE");
}

#[test]
fn a_steady_feed_shares_one_context_and_keeps_its_buffers() {
    let mut decoder = Hl7Decoder::new(None, Framing::Mllp);
    let mut context = None;
    for turn in 0..50 {
        let findings = feed(&mut decoder, made(&turn.to_string(), &(60 + turn).to_string()).as_bytes());
        for o in observations(&findings) {
            let shared = o.context.clone().unwrap();
            let first = context.get_or_insert_with(|| shared.clone());
            assert!(Arc::ptr_eq(first, &shared), "the context is made once");
        }
    }
}

#[test]
fn names_are_text_in_the_order_sent() {
    let header = |charset: &str| format!("MSH|^~\\&|A||||20260504101530||ORU^R01|1|P|2.6||||||{charset}\r");
    let row = "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||71|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r";
    let name = |charset: &str, name: &[u8]| {
        let message = [header(charset).as_bytes(), b"PID|||7||", name, b"\rOBR|1\r", row.as_bytes()].concat();
        observations(&decode_file(&message))[0].context.as_ref().and_then(|c| c.name.clone())
    };
    assert_eq!(name("8859/1", b"M\xFCller^J\xF6rg^^^^^L").as_deref(), Some("M\u{FC}ller^J\u{F6}rg"));
    assert_eq!(name("UNICODE UTF-8", "M\u{FC}ller^J\u{F6}rg".as_bytes()).as_deref(), Some("M\u{FC}ller^J\u{F6}rg"));
    assert_eq!(name("", b"GIVEN^FAMILY~Other^Name").as_deref(), Some("GIVEN^FAMILY"));
    assert_eq!(name("", b"\"\"^\"\""), None);
}

#[test]
fn h01_nothing_of_one_connection_is_attributed_after_the_next_began() {
    let patient = b"\x0BMSH|^~\\&|||||||ORU^R01|103|P|2.3.1|\rPID|||ONE||A^B\rPV1||I|^^ICU&7&1&4601\r\x1C\r";
    let value = b"\x0BMSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\rOBX||NM|101^HR|2101|60||||||F\r\x1C\r";
    let mut decoder = Hl7Decoder::new(Some(Profile::Pds), Framing::Mllp);
    feed(&mut decoder, patient);
    let findings = feed(&mut decoder, value);
    assert_eq!(observations(&findings)[0].context.as_ref().unwrap().patient.as_deref(), Some("ONE"));
    decoder.finish(Micros(0), &mut Vec::new());
    let findings = feed(&mut decoder, value);
    assert_eq!(observations(&findings)[0].context, None);
}

#[test]
fn h01_a_value_never_borrows_the_patient_of_another_group_or_message() {
    let message = "\x0BMSH|^~\\&|A||||20260504101530||ORU^R01|1|P|2.6\rPID|||ONE\rPV1||I|^^B1\rOBR|1\r\
         OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||71|264864|||||R\rPID|||TWO\rOBR|1\r\
         OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||72|264864|||||R\r\x1C\r\
         \x0BMSH|^~\\&|A||||20260504101530||ORU^R01|2|P|2.6\rOBR|1\r\
         OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||73|264864|||||R\r\x1C\r";
    let findings = decode(None, Framing::Mllp, message.as_bytes(), &[]);
    let who: Vec<(Option<&str>, Option<&str>)> = observations(&findings)
        .iter()
        .map(|o| o.context.as_deref().map_or((None, None), |c| (c.patient.as_deref(), c.bed.as_deref())))
        .collect();
    assert_eq!(who, [(Some("ONE"), Some("B1")), (Some("TWO"), None), (None, None)]);
}

#[test]
fn a_message_without_its_last_carriage_return_is_read_after_a_quiet_moment() {
    let mut decoder = Hl7Decoder::new(None, Framing::Mllp);
    let message = made("1", "71");
    assert_eq!(feed(&mut decoder, message.trim_end_matches('\r').as_bytes()), []);
    let mut out = Vec::new();
    decoder.quiet(&mut out);
    assert_eq!(observations(&out).len(), 3);
    assert_eq!(decoder.judged().unwrap().0, Profile::Pcd01);
}

#[test]
fn p12_a_message_of_only_rows_is_read_in_bounded_memory() {
    let row = "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.1|71|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r";
    let mut message = String::from("\x0BMSH|^~\\&|A||||20260504101530||ORU^R01|1|P|2.6\rPID|||1\rOBR|1\r");
    while message.len() + row.len() + 2 < MESSAGE_MAX {
        message.push_str(row);
    }
    message.push_str("\x1C\r");
    let findings = decode(None, Framing::Mllp, message.as_bytes(), &[]);
    let rows = message.matches("OBX").count();
    // Equal rows of one piece are one reading.
    assert_eq!(observations(&findings).len(), rows.div_ceil(super::group::ITEMS_MAX));
}

#[test]
fn each_message_of_a_batch_is_read_by_itself() {
    let row = |hr: &str| format!("OBR|1\rOBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||{hr}|264864|||||R\r");
    let header = "MSH|^~\\&|A||||20260504101530||ORU^R01|1|P|2.6\r";
    let batch =
        format!("\x0BFHS|^~\\&\rBHS|^~\\&\r{header}PID|||ONE\r{}{header}{}BTS|2\rFTS|1\r\x1C\r", row("71"), row("72"));
    let findings = decode(None, Framing::Mllp, batch.as_bytes(), &[]);
    assert_eq!(frames(&findings), [FrameKind::Understood]);
    let found = observations(&findings);
    assert_eq!(found[0].context.as_ref().unwrap().patient.as_deref(), Some("ONE"));
    assert_eq!(found[1].context, None);
    assert_eq!(super::Header::parse(batch.as_bytes()).unwrap().control_id, b"1");
}

#[test]
fn a_second_header_that_is_none_leaves_its_rows_unread() {
    let message = "\x0BMSH|^~\\&|A||||20260504101530||ORU^R01|1|P|2.6\rPID|||ONE\rMSHX\r\
         OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC||72|264864|||||R\r\x1C\r";
    let findings = decode(None, Framing::Mllp, message.as_bytes(), &[]);
    assert_eq!(frames(&findings), [FrameKind::Fault]);
    assert_eq!(observations(&findings).len(), 0);
}
