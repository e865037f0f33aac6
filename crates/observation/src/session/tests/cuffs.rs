//! When a cuff reading was measured.

use super::at;
use crate::session::{CUFF_TIMES_MAX, CuffTimes, When};
use crate::{Absence, Amount, Civil, Decimal, Doubt, Measured, Micros, Observation, Reading, SourceId, Unit, Vital};

fn pressure(systolic: i64) -> Amount {
    let part = |n| Some(Decimal::whole(n));
    Amount::Pressure { systolic: part(systolic), diastolic: part(80), mean: None }
}

fn cuff(reading: Reading, measured: Option<Measured>) -> Observation {
    Observation { measured, ..Observation::new(Vital::Nibp, reading, Unit::MmHg, 0..4) }
}

fn plain(systolic: i64) -> Observation {
    cuff(Reading::Valid(pressure(systolic)), None)
}

fn unknown(systolic: i64) -> Observation {
    cuff(Reading::Questionable(pressure(systolic), Doubt::UnknownTime), None)
}

/// Seconds of `at` and `not_before`; `None` for "no idea".
fn when(cuffs: &mut CuffTimes, o: &Observation, second: i64, age: i64, since: Option<i64>) -> (i64, Option<i64>) {
    let since = since.map(|s| at(s).mono);
    let found: When = cuffs.when(&SourceId::from("m"), o, at(second), Micros::from_secs(age), since);
    let seconds = |mono: Micros| mono.0 / 1_000_000;
    (seconds(found.at), (found.not_before > Micros(i64::MIN)).then(|| seconds(found.not_before)))
}

#[test]
fn h02_an_unchanged_repeat_without_a_time_keeps_the_time_of_its_first_report() {
    let mut cuffs = CuffTimes::default();
    for second in (100..3700).step_by(30) {
        assert_eq!(when(&mut cuffs, &plain(120), second, 0, None), (100, Some(100)), "at {second}");
    }
    assert_eq!(when(&mut cuffs, &plain(121), 3700, 0, None).0, 3700, "another number is another measurement");
    assert_eq!(when(&mut cuffs, &plain(121), 4300, 0, None).0, 4300, "and so are equal numbers ten minutes later");
}

#[test]
fn h02_equal_numbers_of_the_patient_before_are_hers_however_long_the_pause() {
    let mut cuffs = CuffTimes::default();
    when(&mut cuffs, &plain(120), 100, 0, None);
    assert_eq!(when(&mut cuffs, &plain(120), 9000, 0, Some(8000)), (100, Some(100)));
    assert_eq!(when(&mut cuffs, &plain(120), 9900, 0, Some(8000)), (100, Some(100)), "and again");
    assert_eq!(when(&mut cuffs, &plain(118), 9960, 0, Some(8000)).0, 9960);
}

#[test]
fn h02_a_first_report_of_unknown_age_was_measured_after_the_cuff_was_last_heard() {
    let mut cuffs = CuffTimes::default();
    assert_eq!(when(&mut cuffs, &unknown(120), 50, 0, None), (50, None), "never heard before: of any age");
    assert_eq!(when(&mut cuffs, &unknown(120), 90, 0, None), (50, None), "the same again is no younger");
    assert_eq!(when(&mut cuffs, &unknown(130), 500, 0, None), (500, Some(90)));
    let absent = cuff(Reading::Absent(Absence::NoneRecent), None);
    assert_eq!(when(&mut cuffs, &absent, 700, 0, None), (700, Some(700)));
    assert_eq!(when(&mut cuffs, &unknown(140), 800, 0, None), (800, Some(700)));
}

#[test]
fn a_time_of_its_own_wins_and_the_same_time_again_is_no_later() {
    let mut cuffs = CuffTimes::default();
    let civil = |minute| Civil::new(2026, 5, 1, 10, minute, 0).unwrap();
    let own = |minute| cuff(Reading::Valid(pressure(120)), Some(Measured::At { at: civil(minute), sent: None }));
    assert_eq!(when(&mut cuffs, &own(0), 100, 40, None).0, 60);
    // The server's clock was set back: by the wall the same measurement would be newer now.
    assert_eq!(when(&mut cuffs, &own(0), 200, 0, None).0, 60);
    assert_eq!(when(&mut cuffs, &own(5), 300, 0, None).0, 300, "the same numbers, another time");
    let ago = cuff(Reading::Valid(pressure(120)), Some(Measured::Ago(Micros::from_secs(9))));
    assert_eq!(when(&mut cuffs, &ago, 310, 9, None).0, 301);
}

#[test]
fn each_source_bed_and_site_has_its_own_and_their_number_is_bounded() {
    let mut cuffs = CuffTimes::default();
    when(&mut cuffs, &plain(120), 100, 0, None);
    let arm = Observation { site: Some("arm".into()), ..plain(120) };
    assert_eq!(when(&mut cuffs, &arm, 120, 0, None).0, 120);
    for n in 0..2 * CUFF_TIMES_MAX {
        let source = SourceId::from(alloc::format!("s{n}"));
        cuffs.when(&source, &plain(120), at(200), Micros(0), None);
    }
    assert_eq!(when(&mut cuffs, &arm, 210, 0, None).0, 210, "forgotten, as the one heard longest ago");
}

#[test]
fn what_the_log_holds_is_known_after_a_restart() {
    let mut cuffs = CuffTimes::default();
    let source = SourceId::from("m");
    cuffs.remember(&source, &plain(120), at(100), Micros::from_secs(30));
    cuffs.remember(&source, &plain(99), at(50), Micros(0));
    assert_eq!(when(&mut cuffs, &unknown(120), 600, 0, None), (70, Some(70)));
    assert_eq!(when(&mut cuffs, &unknown(125), 700, 0, None), (700, Some(600)));
    let mut cuffs = CuffTimes::default();
    cuffs.remember(&source, &unknown(120), at(100), Micros(0));
    assert_eq!(when(&mut cuffs, &unknown(120), 600, 0, None), (100, None), "of any age then, and so now");
}
