//! What holds for every format, and what readers of other people do not look at.

mod support;

use chairside_export::fhir::{self, Values};
use chairside_export::{Face, Format, Options, files, hl7};
use chairside_observation::session::{EntryKind, Phase};
use chairside_observation::{Absence, Reading, Vital};
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
    let report = |it: &Maker, pdf: &[u8]| hl7::report(&it.record(), &Face(&Winter), pdf, None);
    let (one, again) = (report(&session(), b"%PDF"), report(&session(), b"%PDF"));
    assert_eq!(one, again);
    let mut more = session();
    more.entry(680, EntryKind::Note, None, "an addendum");
    let vitals = |it: &Maker| hl7::vitals(&it.record(), &Face(&Winter), 5, None).expect("there are values");
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
