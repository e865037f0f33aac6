//! Values that are measured all the time: they have to be beyond their limit for a while.

use super::*;

#[test]
fn h13_hold_times_are_those_of_the_table() {
    // Kind, vital, value, seconds to "look" and to "urgent".
    let rows = [
        (NoticeKind::Spo2, Vital::Spo2, 93, Some(15), None),
        (NoticeKind::Spo2, Vital::Spo2, 89, Some(15), Some(10)),
        (NoticeKind::HeartRate, Vital::HeartRate, 121, Some(30), None),
        (NoticeKind::HeartRate, Vital::HeartRate, 49, Some(30), None),
        (NoticeKind::HeartRate, Vital::HeartRate, 141, Some(30), Some(10)),
        (NoticeKind::HeartRate, Vital::HeartRate, 39, Some(30), Some(10)),
        (NoticeKind::RespRate, Vital::RespRate, 9, Some(30), None),
        (NoticeKind::RespRate, Vital::RespRate, 31, Some(30), Some(30)),
        (NoticeKind::EtCo2, Vital::EtCo2, 51, None, Some(30)),
        (NoticeKind::EtCo2, Vital::EtCo2, 24, None, Some(30)),
    ];
    for (kind, vital, value, look, urgent) in rows {
        let mut chair = Chair::infusing(&[kind]);
        // The first reading begins it: after n seconds there were n + 1 of them.
        chair.hear(vital, valid(value));
        for second in 0..40 {
            let ripe = |hold: Option<i64>| hold.is_some_and(|hold| second >= hold);
            let expected = if ripe(urgent) { " urgent " } else { " look " };
            let stands = chair.stands();
            if ripe(look) || ripe(urgent) {
                assert!(stands.len() == 1 && stands[0].contains(expected), "{kind:?} {value} {second} s: {stands:?}");
            } else {
                assert!(stands.is_empty(), "{kind:?} {value} after {second} s: {stands:?}");
            }
            chair.hear_for(1, vital, value);
        }
    }
}

#[test]
fn one_value_within_the_limit_begins_the_hold_anew() {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2]);
    chair.hear_for(15, Vital::Spo2, 93);
    // Both readings fall into one second: none is passed over.
    chair.hear(Vital::Spo2, valid(94));
    chair.hear_for(15, Vital::Spo2, 93);
    assert!(chair.stands().is_empty());
    chair.hear_for(1, Vital::Spo2, 93);
    assert_eq!(chair.stands(), ["spo2 look 93 (94)"]);
}

#[test]
fn a_notice_says_how_much_and_since_when_follows_the_value_and_is_over_at_once() {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2]);
    chair.hear_for(16, Vital::Spo2, 92);
    chair.hear_for(9, Vital::Spo2, 88);
    assert_eq!(chair.stands(), ["spo2 look 88 (94)"], "88 has to last, too");
    chair.hear_for(2, Vital::Spo2, 87);
    assert_eq!(chair.stands(), ["spo2 urgent 87 (90)"]);
    assert_eq!(chair.standing()[0].since, at(1), "since the value went beyond, not since it was told");
    chair.hear_for(1, Vital::Spo2, 91);
    assert_eq!(chair.stands(), ["spo2 look 91 (94)"]);
    chair.hear_for(1, Vital::Spo2, 94);
    assert!(chair.stands().is_empty());
    assert_eq!(chair.told(), ["spo2 look", "spo2 urgent", "spo2 look", "spo2 over: within limits"]);
}

#[test]
fn the_log_gets_value_limit_numbers_and_entry() {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2]);
    chair.hear_for(11, Vital::Spo2, 88);
    let [told] = &chair.told[..] else { panic!("{:?}", chair.told) };
    assert_eq!((&*told.value, &*told.limit, told.limits, told.own), ("88", "90", NoticeKind::Spo2.limits(), false));
    assert_eq!((told.about, told.since), (Some(Sequence(chair.head)), at(1).wall));
    assert_eq!(told.session, chair.session.id);
}

#[test]
fn the_pulse_stands_for_a_heart_rate_that_nobody_gives() {
    let mut chair = Chair::infusing(&[NoticeKind::HeartRate]);
    chair.hear_for(11, Vital::PulseRate, 150);
    assert_eq!(chair.stands(), ["heart rate urgent 150 (140)"]);
    chair.hear_for(1, Vital::HeartRate, 80);
    assert!(chair.stands().is_empty(), "the tile shows the heart rate now");
    let mut cuff = Chair::infusing(&[NoticeKind::HeartRate]);
    for _ in 0..40 {
        cuff.now_s += 1;
        cuff.hear_as(Vital::PulseRate, valid(150), |said| said.origin = Some(chairside_observation::Origin::Cuff));
    }
    assert!(cuff.stands().is_empty(), "the pulse a cuff counted is no heart rate");
}

#[test]
fn of_two_devices_the_one_on_the_tile_counts() {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2]);
    let hear_both = |chair: &mut Chair, first: Reading, second: i64| {
        chair.now_s += 1;
        chair.hear(Vital::Spo2, first);
        let other = Observation::new(Vital::Spo2, valid(second), Unit::Percent, 0..1);
        let entry = chair.entry("b", What::Reading(other), 0);
        chair.hear_entry(&entry);
        chair.look();
    };
    for _ in 0..20 {
        hear_both(&mut chair, valid(97), 80);
    }
    assert!(chair.stands().is_empty(), "the first choice shows 97");
    for _ in 0..12 {
        hear_both(&mut chair, Reading::Absent(Absence::SensorOff), 80);
    }
    assert_eq!(chair.stands(), ["spo2 urgent 80 (90)"], "the other one is shown in its place");
}

#[test]
fn a_slow_feed_holds_as_long_as_its_value_is_live() {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2]);
    chair.watch.every(&"a".into(), Micros::from_secs(60));
    chair.hear(Vital::Spo2, valid(88));
    chair.pass(9);
    assert!(chair.stands().is_empty());
    chair.pass(1);
    assert_eq!(chair.stands(), ["spo2 urgent 88 (90)"]);
}

#[test]
fn a_patients_own_limits_take_the_place_of_the_clinics_number_by_number() {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2]);
    let own = |limits: &str| Act::Limited { notice: text("spo2"), limits: text(limits), reason: text("COPD") };
    let nurse = Done { act: own("lookLow=90"), ..opening(9) };
    let nurse = Done { session: chair.session.id.clone(), ..nurse };
    assert!(chair.session.may(&nurse, at(0), Sequence(1)).is_err(), "only a clinician");
    chair.act_by(person("Bo", Role::Clinician), None, own("lookLow=90 urgentLow=85"));
    chair.hear_for(30, Vital::Spo2, 90);
    assert!(chair.stands().is_empty());
    chair.hear_for(16, Vital::Spo2, 88);
    assert_eq!(chair.stands(), ["spo2 look 88 (90)"], "the clinic's holds go on");
    let told = chair.told.last().unwrap();
    assert_eq!((told.own, &*told.limits.write()), (true, "lookLow=90 urgentLow=85 lookHoldS=15 urgentHoldS=10"));
    chair.act_by(person("Bo", Role::Clinician), None, own(""));
    chair.hear_for(9, Vital::Spo2, 88);
    assert_eq!(chair.stands(), ["spo2 look 88 (94)"], "the clinic's again: 88 is urgent from now on, and has to last");
    chair.hear_for(1, Vital::Spo2, 88);
    assert_eq!(chair.stands(), ["spo2 urgent 88 (90)"]);
}
