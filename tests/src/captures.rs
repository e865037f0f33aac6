//! Real bytes of real monitors, where the folder is there: it is never part of the repository. An independent decoder's
//! figures stand in its `EXPECTED.md`.

use chairside_decode::catalog::Protocol;
use chairside_decode::{Decoder, Finding};
use chairside_observation::{Amount, Micros, Observation, Reading};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// `CHAIRSIDE_CAPTURES`, or `../shared/captures` beside the repository.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("CHAIRSIDE_CAPTURES").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/captures");
    let found = named.unwrap_or(beside);
    if found.join("EXPECTED.md").is_file() {
        return Some(found);
    }
    println!("skipped: no captures at {}", found.display());
    None
}

/// One line of the table: `- file (protocol, n bytes): good g bad b | spo2 1 ... | absent a extra e | ... | nibp s/d/m, ...`.
struct Expected {
    file: String,
    protocol: String,
    values: BTreeMap<String, usize>,
    absent: usize,
    extra: usize,
    ranges: BTreeMap<String, (f64, f64)>,
    nibp: Vec<(String, bool)>,
}

fn expected(line: &str) -> Option<Expected> {
    let (file, rest) = line.strip_prefix("- ")?.split_once(" (")?;
    let (protocol, rest) = rest.split_once(", ")?;
    let (_, rest) = rest.split_once("): ")?;
    let mut e = Expected {
        file: file.to_owned(),
        protocol: protocol.to_owned(),
        values: BTreeMap::new(),
        absent: 0,
        extra: 0,
        ranges: BTreeMap::new(),
        nibp: Vec::new(),
    };
    for (n, part) in rest.split(" | ").map(str::trim).enumerate() {
        let words: Vec<&str> = part.split_whitespace().collect();
        if n == 0 || part == "no values" {
            continue;
        }
        if let Some(list) = part.strip_prefix("nibp ").filter(|list| list.contains('/')) {
            let one = |text: &str| (text.trim_end_matches('?').to_owned(), text.ends_with('?'));
            e.nibp = list.split(", ").map(|text| one(text.trim())).collect();
        } else if words.first() == Some(&"absent") {
            e.absent = words[1].parse().ok()?;
            e.extra = words.get(3).and_then(|n| n.parse().ok()).unwrap_or(0);
        } else {
            for pair in words.chunks(2) {
                match pair[1].split_once("..") {
                    Some((low, high)) => {
                        e.ranges.insert(pair[0].to_owned(), (low.parse().ok()?, high.parse().ok()?));
                    }
                    None => {
                        e.values.insert(pair[0].to_owned(), pair[1].parse().ok()?);
                    }
                }
            }
        }
    }
    Some(e)
}

fn bytes(path: &Path) -> Vec<u8> {
    if path.extension().is_none_or(|e| e != "hex") {
        return std::fs::read(path).unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap();
    let digits: Vec<u8> = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""))
        .flat_map(|line| line.bytes().filter(u8::is_ascii_hexdigit))
        .collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn decode(decoder: &mut dyn Decoder, bytes: &[u8], piece: usize) -> Vec<Finding> {
    let mut out = Vec::new();
    for chunk in bytes.chunks(piece) {
        decoder.feed(Micros(0), chunk, &mut out);
    }
    decoder.finish(Micros(0), &mut out);
    out
}

fn cuff(amount: Amount) -> String {
    let Amount::Pressure { systolic, diastolic, mean } = amount else { return "no pressure".into() };
    let part = |p: Option<chairside_observation::Decimal>| {
        p.map_or_else(|| "-".to_owned(), |d| (d.units() / 10_i64.pow(u32::from(d.places()))).to_string())
    };
    format!("{}/{}/{}", part(systolic), part(diastolic), part(mean))
}

/// Values the table's hand did not ask for: of a second signal, which are published beside the first under their `source`.
fn is_second(o: &Observation) -> bool {
    use chairside_observation::{Origin, Vital};
    match o.vital {
        Vital::PulseRate => matches!(o.origin, Some(Origin::Cuff | Origin::Line)),
        Vital::RespRate => matches!(o.origin, Some(Origin::Airway | Origin::Ventilator)),
        _ => false,
    }
}

/// The bytes as a socket gets them. A body without its header is given the one its gateway sends.
fn framed(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.first() == Some(&0x0b) {
        return bytes;
    }
    if !bytes.starts_with(b"MSH") {
        let header = b"MSH|^~\\&|NIHON KOHDEN|NIHON KOHDEN|||20240503100718||ORU^R01|1|P|2.4|||NE|AL|Japan|ASCII\r";
        bytes = [&header[..], &bytes[..]].concat();
    }
    [b"\x0b", &bytes[..], b"\x1c\r"].concat()
}

/// What differs from the table, in sentences.
fn differences(e: &Expected, found: &[&Observation]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (mut counts, mut seconds) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    let (mut absent, mut nibp) = (0, Vec::new());
    for o in found {
        let Some(amount) = o.reading.amount() else {
            absent += 1;
            continue;
        };
        if is_second(o) {
            *seconds.entry(o.vital.word()).or_default() += 1;
            continue;
        }
        *counts.entry(o.vital.word()).or_default() += 1;
        match amount {
            Amount::Pressure { .. } if o.vital.word() == "nibp" => nibp.push(cuff(amount)),
            Amount::One(d) => {
                if let (Some((low, high)), "/min" | "%" | "1" | "Cel") = (e.ranges.get(o.vital.word()), o.unit.word()) {
                    let value: f64 = d.to_string().parse().unwrap();
                    if value < *low - 1e-9 || value > *high + 1e-9 {
                        wrong.push(format!("{} {value} is outside {low}..{high}", o.vital.word()));
                    }
                }
            }
            Amount::Pressure { .. } => {}
        }
    }
    let mut beyond = 0;
    for (vital, count) in &counts {
        let wanted = e.values.get(*vital).copied().unwrap_or(0);
        beyond += count.saturating_sub(wanted);
    }
    for (vital, wanted) in &e.values {
        let of = |map: &BTreeMap<&str, usize>| map.get(vital.as_str()).copied().unwrap_or(0);
        let got = of(&counts) + of(&seconds);
        if got < *wanted {
            wrong.push(format!("{vital}: {got} values, expected {wanted}"));
        }
    }
    let optional = e.nibp.iter().filter(|(_, optional)| *optional).count();
    if beyond > e.extra + optional {
        wrong.push(format!("{beyond} values beyond the expected, at most {} may be: {counts:?}", e.extra + optional));
    }
    // Files of which nothing is asked may say why there is nothing.
    if absent != e.absent && !e.values.is_empty() {
        wrong.push(format!("{absent} absences, expected {}", e.absent));
    }
    for (pressure, optional) in &e.nibp {
        if !optional && !nibp.contains(pressure) {
            wrong.push(format!("no nibp {pressure} in {nibp:?}"));
        }
    }
    wrong
}

#[test]
fn real_captures_give_the_figures_another_decoder_found() {
    let Some(folder) = folder() else { return };
    let table = std::fs::read_to_string(folder.join("EXPECTED.md")).unwrap();
    let (mut wrong, mut looked_at) = (Vec::new(), 0);
    for e in table.lines().filter_map(expected) {
        let Some(protocol) = Protocol::from_word(&e.protocol) else {
            println!("skipped: {} ({} is not decoded yet)", e.file, e.protocol);
            continue;
        };
        let kind = if e.protocol == "hl7" { "hl7" } else { "serial" };
        let bytes = bytes(&folder.join(kind).join(&e.file));
        let bytes = if kind == "hl7" { framed(bytes) } else { bytes };
        let found = decode(&mut *protocol.decoder(None).unwrap(), &bytes, bytes.len().max(1));
        assert_eq!(found, decode(&mut *protocol.decoder(None).unwrap(), &bytes, 7), "{}: chunking matters", e.file);
        let observations: Vec<&Observation> =
            found.iter().filter_map(|f| if let Finding::Observation(o) = f { Some(o) } else { None }).collect();
        wrong.extend(differences(&e, &observations).into_iter().map(|d| format!("{}: {d}", e.file)));
        looked_at += 1;
    }
    assert!(looked_at > 0, "EXPECTED.md has no line this test can read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_byte_of_the_listening_captures_is_skipped_without_a_reason() {
    let Some(folder) = folder() else { return };
    let mut looked_at = 0;
    for entry in std::fs::read_dir(folder.join("serial/nellcor")).unwrap() {
        let bytes = bytes(&entry.unwrap().path());
        for finding in decode(&mut *Protocol::Nellcor.decoder(None).unwrap(), &bytes, bytes.len()) {
            assert!(!matches!(finding, Finding::Skipped(..)), "{finding:?}");
        }
        looked_at += 1;
    }
    assert!(looked_at > 0);
}

#[test]
fn a_value_never_stands_beside_a_reason_for_its_absence() {
    let Some(folder) = folder() else { return };
    for entry in std::fs::read_dir(folder.join("serial/nellcor")).unwrap() {
        let bytes = bytes(&entry.unwrap().path());
        for finding in decode(&mut *Protocol::Nellcor.decoder(None).unwrap(), &bytes, bytes.len()) {
            if let Finding::Observation(Observation { reading: Reading::Valid(Amount::One(digits)), .. }) = finding {
                assert!(digits.units() > 0, "h06: a zero shown as a value");
            }
        }
    }
}
