//! What holds for every format, and what readers of other people do not look at.

#[allow(dead_code, reason = "the session of all tests; not every test needs all of it")]
mod support;

use chairside_export::fhir::{self, Values};
use chairside_export::{Face, Format, files};
use chairside_observation::session::Phase;
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
        let made = files(*format, &one, &Face(&Winter));
        assert_eq!(made, files(*format, &other, &Face(&Winter)), "{}", format.word());
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
