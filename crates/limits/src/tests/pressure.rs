//! Cuff readings, scores, and what is late.

use super::*;

const PRE: [NoticeKind; 2] = [NoticeKind::PreStartSystolic, NoticeKind::PreStartDiastolic];
const BP: [NoticeKind; 3] = [NoticeKind::Systolic, NoticeKind::Diastolic, NoticeKind::Mean];

#[test]
fn h13_pressures_before_the_start_are_of_that_time_only() {
    let mut chair = Chair::checked_in(&PRE);
    chair.hear(Vital::Nibp, pressure(141, 85));
    assert_eq!(chair.stands(), ["pre-start systolic look 141 (140)"], "one reading is enough");
    chair.moved(Phase::Baseline);
    chair.hear(Vital::Nibp, pressure(180, 110));
    assert_eq!(chair.stands(), ["pre-start systolic urgent 180 (180)", "pre-start diastolic urgent 110 (110)"]);
    chair.told();
    chair.moved(Phase::Infusing);
    assert_eq!(chair.told(), ["pre-start systolic over: other phase", "pre-start diastolic over: other phase"]);
    chair.hear(Vital::Nibp, pressure(185, 115));
    assert!(chair.stands().is_empty());
}

#[test]
fn h13_high_pressures_count_from_the_start_on_low_ones_always() {
    let mut chair = Chair::checked_in(&BP);
    chair.hear(Vital::Nibp, pressure(205, 125));
    assert!(chair.stands().is_empty());
    chair.hear(Vital::Nibp, pressure(85, 50));
    assert_eq!(chair.stands(), ["systolic look 85 (90)"]);
    chair.hear(Vital::Nibp, pressure(190, 90));
    chair.moved(Phase::Baseline);
    chair.pass(10);
    chair.moved(Phase::Infusing);
    assert!(chair.stands().is_empty(), "measured before the start");
    chair.pass(60);
    chair.hear(Vital::Nibp, pressure(190, 90));
    assert_eq!(chair.stands(), ["systolic look 190 (160)"], "the one before the start does not confirm it");
}

#[test]
fn h13_an_urgent_high_pressure_needs_a_second_one_within_five_minutes_or_is_very_high() {
    // Readings, each after a pause in seconds; what stands then.
    type Row<'a> = (&'a [(i64, i64, i64)], &'a [&'a str]);
    let rows: &[Row<'_>] = &[
        (&[(0, 180, 80)], &["systolic look 180 (160)"]),
        (&[(0, 180, 80), (300, 181, 80)], &["systolic urgent 181 (180)"]),
        (&[(0, 180, 80), (301, 181, 80)], &["systolic look 181 (160)"]),
        (&[(0, 180, 80), (300, 179, 80)], &["systolic look 179 (160)"]),
        (&[(0, 200, 80)], &["systolic urgent 200 (200)"]),
        (&[(0, 150, 120)], &["diastolic urgent 120 (120)"]),
        // "SBP or DBP" on two readings: either may be the one.
        (&[(0, 150, 110), (60, 180, 90)], &["systolic urgent 180 (180)"]),
        (&[(0, 180, 90), (60, 150, 110)], &["diastolic urgent 110 (110)"]),
        (&[(0, 180, 80), (60, 150, 80), (60, 182, 80)], &["systolic urgent 182 (180)"]),
        // Reported again within seconds: one measurement.
        (&[(0, 180, 80), (10, 180, 80)], &["systolic look 180 (160)"]),
        // Per reading: the next one speaks for itself.
        (&[(0, 180, 80), (60, 181, 80), (600, 182, 80)], &["systolic look 182 (160)"]),
        (&[(0, 180, 80), (60, 181, 80), (600, 120, 80)], &[]),
    ];
    for (readings, expected) in rows {
        let mut chair = Chair::infusing(&BP);
        for (pause, systolic, diastolic) in *readings {
            chair.pass(*pause);
            chair.hear(Vital::Nibp, pressure(*systolic, *diastolic));
        }
        assert_eq!(chair.stands(), *expected, "{readings:?}");
    }
}

#[test]
fn h13_shares_of_the_baseline_count_in_session() {
    let mut chair = Chair::infusing(&BP);
    chair.hear(Vital::Nibp, pressure(145, 80));
    assert!(chair.stands().is_empty(), "there is no baseline");
    chair.baseline(120, 75, 90);
    assert_eq!(chair.stands(), ["systolic look 145 (120 +20 %)"]);
    chair.pass(60);
    chair.hear(Vital::Nibp, pressure(140, 94));
    assert_eq!(chair.stands(), ["mean look 109 (90 +20 %)"]);
    chair.pass(60);
    chair.hear_as(Vital::Nibp, pressure(14, 8), |said| said.unit = Unit::KPa);
    assert!(chair.stands().is_empty(), "a baseline has no unit: it is not held against kPa");
    let mut kpa = Chair::infusing(&BP);
    kpa.baseline(16, 10, 12);
    kpa.hear(Vital::Nibp, pressure(120, 75));
    assert!(kpa.stands().is_empty(), "a baseline that was in kPa is not taken for mmHg");
}

#[test]
fn a_cuff_at_work_takes_nothing_from_the_reading_before_and_a_failed_one_does() {
    let mut chair = Chair::infusing(&BP);
    chair.hear(Vital::Nibp, pressure(170, 80));
    chair.hear(Vital::Nibp, Reading::Absent(Absence::CuffMeasuring));
    assert_eq!(chair.stands(), ["systolic look 170 (160)"]);
    chair.hear(Vital::Nibp, Reading::Absent(Absence::CuffFailed));
    assert_eq!(chair.told().last().unwrap(), "systolic over: no value");
}

#[test]
fn h13_scores_speak_when_they_are_entered_until_another_one_is() {
    let mut chair = Chair::infusing(&[NoticeKind::Sedation, NoticeKind::Rass]);
    let three = chair.score(EntryKind::Sedation, 3);
    assert_eq!(chair.stands(), ["sedation look 3 (3)"]);
    chair.pass(3600);
    assert_eq!(chair.stands().len(), 1);
    let two = chair.score(EntryKind::Sedation, 2);
    assert_eq!(chair.stands(), ["sedation urgent 2 (2)"]);
    chair.act(Act::Undo { of: Sequence(two), reason: text("typo") });
    assert_eq!(chair.stands(), ["sedation look 3 (3)"]);
    chair.act(Act::Undo { of: Sequence(three), reason: text("typo") });
    assert!(chair.stands().is_empty());
    chair.score(EntryKind::Rass, -4);
    assert_eq!(chair.stands(), ["rass urgent -4 (-4)"]);
    chair.score(EntryKind::Rass, -1);
    assert!(chair.stands().is_empty());
    // Entered late: it is older than the one that counts.
    let about = Some(About { wall: at(chair.now_s - 600).wall, late: true });
    let late = Act::Entry { kind: EntryKind::Rass, score: Some(-5), text: text("") };
    chair.act_by(person("Ada", Role::Nurse), about, late);
    assert!(chair.stands().is_empty());
}

#[test]
fn h13_a_late_cuff_and_a_late_assessment_are_told() {
    let mut chair = Chair::infusing(&[NoticeKind::Cuff, NoticeKind::Assessment]);
    let interval = Micros::from_secs(600);
    chair.due = Due { cuff: Some((at(600), interval)), assessment: Some(at(900)) };
    let check = |chair: &mut Chair, second: i64, expected: &[&str]| {
        chair.now_s = second;
        chair.look();
        assert_eq!(chair.stands(), expected, "at {second} s");
    };
    check(&mut chair, 719, &[]);
    check(&mut chair, 720, &["cuff look 2 min (10 min)"]);
    check(&mut chair, 1199, &["cuff look 9 min (10 min)"]);
    check(&mut chair, 1200, &["cuff urgent 10 min (10 min)", "assessment look 5 min (5 min)"]);
    check(&mut chair, 9000, &["cuff urgent 140 min (10 min)", "assessment look 135 min (5 min)"]);
    chair.told();
    chair.due = Due { cuff: Some((at(9600), interval)), assessment: None };
    chair.look();
    assert_eq!(chair.told(), ["cuff over: done", "assessment over: other phase"]);
    // An interval of a minute: twice the interval comes before two minutes.
    chair.due.cuff = Some((at(9600), Micros::from_secs(60)));
    check(&mut chair, 9659, &[]);
    check(&mut chair, 9660, &["cuff urgent 1 min (1 min)"]);
}
