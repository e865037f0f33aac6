//! What holds for every format, and what readers of other people do not look at.

mod support;

use chairside_export::fhir::{self, Values};
use chairside_export::pseudonym::{Key, pseudonymous};
use chairside_export::{Face, Format, Options, Record, files, hl7};
use chairside_observation::session::{Act, EntryKind, Person, Phase, Role};
use chairside_observation::{Absence, Context, Reading, Vital, What};
use std::io::Read;
use support::{Maker, Winter};

fn session() -> Maker {
    let mut it = Maker::new();
    it.open(0);
    it.phase(10, Phase::Baseline);
    it.phase(60, Phase::Infusing);
    it.one(61, Vital::HeartRate, 88);
    it.doubted(62, Vital::HeartRate, 190);
    it.cuff(90, 5, 131, 84);
    it.typed(400, Vital::Spo2, &[96]);
    it.phase(660, Phase::Discharged);
    it
}

#[test]
fn the_same_record_gives_the_same_bytes_under_names_that_say_nothing_of_the_patient() {
    let (one, other) = (session().record(), session().record());
    for format in Format::ALL {
        let made = files(*format, &one, &Face(&Winter), &Options::default()).expect("it can be made");
        let again = files(*format, &other, &Face(&Winter), &Options::default()).expect("it can be made");
        assert_eq!(made, again, "{}", format.word());
        assert!(!made.is_empty());
        for file in &made {
            assert!(!file.bytes.is_empty(), "{}", file.name);
            for secret in ["20041", "Doe", "JD", "1980"] {
                assert!(!file.name.contains(secret), "{}", file.name);
            }
        }
    }
}

#[test]
fn every_format_has_its_word_once() {
    for format in Format::ALL {
        assert_eq!(Format::from_word(format.word()), Some(*format));
    }
}

#[test]
fn a_monitor_that_says_the_same_absence_of_the_cuff_each_second_says_it_once_in_intervals() {
    let mut it = Maker::new();
    it.open(0);
    for s in 100..160 {
        it.reading(s, 0, Vital::Nibp, Reading::Absent(Absence::CuffMeasuring));
    }
    it.cuff(161, 0, 120, 80);
    it.reading(162, 0, Vital::Nibp, Reading::Absent(Absence::CuffMeasuring));
    it.phase(700, Phase::Cancelled);
    let record = it.record();
    let count = |values| {
        let bundle = fhir::bundle(&record, &Face(&Winter), values, None);
        String::from_utf8(bundle).expect("UTF-8").matches("\"text\":\"nibp\"").count()
    };
    assert_eq!(count(Values::Raw), 62);
    assert_eq!(count(Values::Every(5)), 3);
}

#[test]
fn h19_a_message_sent_again_has_its_id_and_one_that_says_more_has_another_for_the_same_document() {
    let field = |message: &[u8], segment: &str, n: usize| {
        let text = String::from_utf8(message.to_vec()).expect("UTF-8");
        let line = text.split('\r').find(|line| line.starts_with(segment)).expect("it is there").to_owned();
        // The header's own separator counts as its first field.
        let n = if segment == "MSH" { n - 1 } else { n };
        line.split('|').nth(n).expect("it is there").to_owned()
    };
    let report = |it: &Maker, pdf: &[u8]| hl7::report(&it.record(), &Face(&Winter), pdf);
    let (one, again) = (report(&session(), b"%PDF"), report(&session(), b"%PDF"));
    assert_eq!(one, again);
    let mut more = session();
    more.entry(680, EntryKind::Note, None, "an addendum");
    let vitals = |it: &Maker| hl7::vitals(&it.record(), &Face(&Winter), 5).expect("there are values");
    assert_eq!(vitals(&session()), vitals(&session()));
    for (first, second) in [(one, report(&more, b"%PDF with it")), (vitals(&session()), vitals_with_a_value(&vitals))] {
        assert_ne!(field(&first, "MSH", 10), field(&second, "MSH", 10));
        let document = if field(&first, "MSH", 9).starts_with("MDM") { ("TXA", 12) } else { ("OBR", 3) };
        assert_eq!(field(&first, document.0, document.1), field(&second, document.0, document.1));
    }
}

fn vitals_with_a_value(vitals: &dyn Fn(&Maker) -> Vec<u8>) -> Vec<u8> {
    let mut more = session();
    more.typed(670, Vital::Spo2, &[94]);
    vitals(&more)
}

/// A bundle without the report in it.
fn without_pages(text: &str) -> String {
    let Some((before, after)) = text.split_once("\"data\":\"") else { return text.to_owned() };
    format!("{before}{}", after.split_once('"').map_or("", |(_, rest)| rest))
}

#[test]
fn h22_a_pseudonymous_record_names_nobody_in_any_format_and_keeps_its_numbers() {
    let mut it = session_with_words();
    let key = Key([7; 32]);
    let cloaked = |it: &Maker| {
        let session = it.session.as_ref().expect("it was opened");
        let found = pseudonymous("Window", session, &it.entries, &key).expect("it was opened");
        Record::new(&found.chair, found.session, &found.entries, "0.1.0")
    };
    let record = cloaked(&it);
    for format in Format::ALL {
        for file in files(*format, &record, &Face(&Winter), &Options::default()).expect("it can be made") {
            let bytes = if *format == Format::Vital { inflated(&file.bytes) } else { file.bytes };
            let text = String::from_utf8_lossy(&bytes);
            // The pages are packed: two letters stand in them by chance. Their words are those of the record held here.
            let packed = matches!(format, Format::Pdf | Format::Worksheet | Format::Png);
            for secret in SECRETS.iter().filter(|secret| !packed || secret.len() > 4) {
                assert!(!without_pages(&text).contains(secret), "{}: {secret}", file.name);
            }
        }
    }
    let plain = it.record();
    let numbers = |record: &Record| {
        record.samples().iter().map(|it| (it.sequence, it.at.mono, it.observation.reading)).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&record), numbers(&plain));
    let week = 7 * 24 * 3_600_000_000;
    let moved = plain.begin().wall.0 - record.begin().wall.0;
    assert!(moved >= week && moved % week == 0, "{moved}");
    assert_eq!(
        record.start().map(|start| record.since_start(start)),
        plain.start().map(|start| plain.since_start(start))
    );
    // The same patient under the same key, and another key.
    it.entry(650, EntryKind::Note, None, "more");
    assert_eq!(cloaked(&it).session.patient, record.session.patient);
    let session = it.session.as_ref().expect("it was opened");
    let other = pseudonymous("Window", session, &it.entries, &Key([8; 32])).expect("it was opened");
    assert_ne!(other.session.patient, record.session.patient);
}

/// Everything in the session below that names somebody.
const SECRETS: [&str; 12] =
    ["20041", "Doe", "JD", "1980", "Ada", "Bert", "Window", "Smith", "her son", "BED-9", "MONITOR-77", "Weekend"];

fn session_with_words() -> Maker {
    let mut it = session();
    let last = it.entries.last_mut().expect("readings were sent");
    if let What::Reading(told) = &mut last.what {
        let text = |text: &str| Some(text.into());
        told.flags.insert_other("Weekend");
        told.context = Some(std::sync::Arc::new(Context {
            bed: text("BED-9"),
            unit: None,
            patient: text("20041"),
            name: text("Doe"),
            device: text("MONITOR-77"),
        }));
    }
    it.entry(600, EntryKind::Note, None, "Smith called her son");
    it.entry(610, EntryKind::Sedation, Some(4), "Smith was there");
    it.act(620, Act::HandedOver { to: Person { name: "Bert".into(), role: Role::Clinician } });
    it.phase(700, Phase::Discharged);
    it
}

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).expect("it is whole");
    out
}
