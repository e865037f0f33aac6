//! The baseline by one press. Times are seconds after the session was opened; it is pressed at second 600.

use super::*;
use crate::{Amount, Doubt, Entry, Flag, Flags, Observation, Origin, Reading, SourceId, Unit, What};
use alloc::borrow::ToOwned;
use alloc::string::String;

const NOW: i64 = 600;

fn told(sequence: u64, second: i64, source: &str, told: Observation) -> Entry {
    Entry {
        timeline: crate::Timeline::Chair("3".into()),
        sequence: Sequence(sequence),
        received: at(second),
        age: Micros(0),
        source: Some(source.into()),
        what: What::Reading(told),
    }
}

fn of(vital: Vital, value: i64) -> Observation {
    Observation::new(vital, Reading::Valid(Amount::One(Decimal::whole(value))), Unit::PerMin, 0..1)
}

fn cuff(sequence: u64, second: i64) -> Entry {
    let part = |value| Some(Decimal::whole(value));
    let amount = Amount::Pressure { systolic: part(120), diastolic: part(80), mean: part(93) };
    told(sequence, second, "cuff", Observation::new(Vital::Nibp, Reading::Valid(amount), Unit::MmHg, 0..1))
}

/// `vital value first-last`, one each.
fn taken(session: &Session, entries: &[Entry], order: &[&str]) -> Result<Vec<String>, String> {
    let mut cuffs = Cuffs::default();
    for entry in entries {
        cuffs.hear(entry);
    }
    let order: Vec<SourceId> = order.iter().map(|id| SourceId::from(*id)).collect();
    let values = session.take_baseline(at(NOW), entries, &cuffs, |_| order.clone()).map_err(|e| e.to_string())?;
    let line = |value: &BaselineValue| {
        let digits: Vec<_> = value.values.iter().map(ToString::to_string).collect();
        format!("{} {} {}-{}", value.vital.word(), digits.join("/"), value.from.0.0, value.from.1.0)
    };
    Ok(values.iter().map(line).collect())
}

#[test]
fn the_middle_value_of_the_last_minute_is_one_the_monitor_sent() {
    let spo2 = |values: &[i64]| -> Vec<Entry> {
        let entry = |(n, value): (u64, &i64)| told(20 + n, 550, "a", of(Vital::Spo2, *value));
        (0_u64..).zip(values).map(entry).collect()
    };
    for (values, expected) in [
        (&[97][..], "spo2 97 20-20"),
        (&[99, 95, 97], "spo2 97 20-22"),
        (&[99, 95, 97, 96], "spo2 96 20-23"),
        (&[90, 99], "spo2 90 20-21"),
    ] {
        assert_eq!(taken(&opened(), &spo2(values), &[]), Ok(vec![expected.to_owned()]));
    }
}

#[test]
fn only_what_is_this_patients_and_beyond_doubt_counts() {
    let doubtful = Reading::Questionable(Amount::One(Decimal::whole(207)), Doubt::Motion);
    // Any one of those that do not count would move the middle to 72.
    let entries = [
        told(9, 590, "a", of(Vital::HeartRate, 201)),
        told(20, 539, "a", of(Vital::HeartRate, 202)),
        told(21, 540, "a", of(Vital::HeartRate, 70)),
        told(22, 560, "a", Observation { synthetic: true, ..of(Vital::HeartRate, 203) }),
        told(23, 570, "a", Observation::new(Vital::HeartRate, doubtful, Unit::PerMin, 0..1)),
        told(28, 575, "a", Observation { flags: Flags::NONE.with(Flag::Artifact), ..of(Vital::HeartRate, 208) }),
        told(24, 580, "a", of(Vital::HeartRate, 204)),
        told(25, 600, "a", of(Vital::HeartRate, 72)),
        told(26, 601, "a", of(Vital::HeartRate, 205)),
        Entry { age: Micros::from_secs(90), ..told(27, 599, "a", of(Vital::HeartRate, 206)) },
    ];
    let artefact =
        Act::Artefact { vital: Vital::HeartRate, span: (Sequence(24), Sequence(24)), reason: "moved".into() };
    let mut session = opened();
    session.apply(Sequence(30), at(599), done(1, artefact));
    assert_eq!(taken(&session, &entries, &[]), Ok(vec!["heart_rate 70 21-25".to_owned()]));
}

#[test]
fn of_several_devices_one_counts_and_none_is_mixed_with_another() {
    let pleth = |value| Observation { origin: Some(Origin::Pleth), ..of(Vital::PulseRate, value) };
    let entries = [
        told(20, 590, "gateway", of(Vital::Spo2, 91)),
        told(21, 591, "nonin", of(Vital::Spo2, 97)),
        told(22, 592, "gateway", of(Vital::Spo2, 92)),
        told(23, 593, "nonin", of(Vital::Spo2, 98)),
        told(24, 594, "nonin", pleth(66)),
    ];
    let check = |order: &[&str], expected: &[&str]| {
        assert_eq!(taken(&opened(), &entries, order).unwrap(), expected, "{order:?}");
    };
    check(&["nonin", "gateway"], &["pulse_rate 66 24-24", "spo2 97 21-23"]);
    check(&["gateway", "nonin"], &["pulse_rate 66 24-24", "spo2 91 20-22"]);
    check(&["cuff", "gateway"], &["pulse_rate 66 24-24", "spo2 91 20-22"]);
    let with_ecg = [&entries[..], &[told(25, 595, "ecg", of(Vital::HeartRate, 71))]].concat();
    let first = taken(&opened(), &with_ecg, &[]).unwrap().remove(0);
    assert_eq!(first, "heart_rate 71 25-25", "a pulse stands for it only where there is none");
}

#[test]
fn the_last_cuff_reading_goes_with_it_and_may_be_a_quarter_of_an_hour_old() {
    let mut session = opened();
    let check = |session: &Session, entries: &[Entry], expected: &[&str]| {
        assert_eq!(taken(session, entries, &[]).unwrap(), expected);
    };
    check(&session, &[cuff(20, 100), cuff(21, 400)], &["nibp 120/80/93 21-21"]);
    let artefact = Act::Artefact { vital: Vital::Nibp, span: (Sequence(21), Sequence(21)), reason: "bent".into() };
    session.apply(Sequence(30), at(599), done(1, artefact));
    check(&session, &[cuff(20, 100), cuff(21, 400)], &["nibp 120/80/93 20-20"]);
}

#[test]
fn where_nothing_was_measured_the_press_is_refused_and_says_what_is_missing() {
    let claimed = after(&[Act::Claimed { from: Sequence(5), ago: Micros::from_secs(3600) }]);
    let said = |entries: &[Entry]| taken(&claimed, entries, &[]).unwrap_err();
    assert_eq!(
        said(&[]),
        "no heart rate, SpO2 or respiration rate without doubt in the last 60 s; no cuff reading yet; look at the \
         monitor, then press again"
    );
    assert!(said(&[cuff(6, NOW - 901)]).contains("; the last cuff reading is older than 15 min;"));
    assert_eq!(taken(&claimed, &[cuff(6, NOW - 900)], &[]).unwrap(), ["nibp 120/80/93 6-6"]);
}
