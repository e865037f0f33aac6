//! When nothing may be said.

use super::*;

const ALL: &[NoticeKind] = NoticeKind::ALL;

/// Half a minute of a saturation that would be urgent, told in some way.
fn low_as(change: impl Fn(&mut Observation)) -> Chair {
    let mut chair = Chair::infusing(ALL);
    for _ in 0..30 {
        chair.now_s += 1;
        chair.hear_as(Vital::Spo2, valid(80), &change);
        chair.look();
    }
    chair
}

#[test]
fn h13_values_that_cannot_be_believed_say_nothing() {
    let doubt =
        |doubt| move |said: &mut Observation| said.reading = Reading::Questionable(Amount::One(whole(80)), doubt);
    for known in Doubt::ALL {
        assert!(low_as(doubt(*known)).told().is_empty(), "{known:?}");
    }
    for known in Absence::ALL {
        let absent = |said: &mut Observation| said.reading = Reading::Absent(*known);
        assert!(low_as(absent).told().is_empty(), "{known:?}");
    }
    let flagged = [
        (Flag::Artifact, false),
        (Flag::Motion, false),
        (Flag::BadPulse, false),
        (Flag::OutOfTrack, false),
        (Flag::LowPerfusion, false),
        (Flag::Demo, false),
        (Flag::Test, false),
        // The monitor's alarm words cast no doubt.
        (Flag::Spo2Low, true),
        (Flag::AlarmSilenced, true),
        (Flag::LimitViolated, true),
    ];
    for (flag, speaks) in flagged {
        let chair = low_as(|said| said.flags = Flags::NONE.with(flag));
        assert_eq!(!chair.stands().is_empty(), speaks, "{flag:?}");
    }
    assert!(low_as(|said| said.synthetic = true).told().is_empty(), "H21");
    assert!(low_as(|said| said.unit = Unit::One).told().is_empty(), "a share of one is no per cent");
    assert_eq!(low_as(|_| {}).stands(), ["spo2 urgent 80 (90)"], "what the others are held against");
}

#[test]
fn h13_a_notice_is_over_when_its_value_can_no_longer_be_believed() {
    let check = |reading: Reading, change: fn(&mut Observation), expected: &str| {
        let mut chair = low_as(|_| {});
        chair.told();
        chair.hear_as(Vital::Spo2, reading, change);
        assert_eq!(chair.told(), [expected]);
        assert!(chair.stands().is_empty());
    };
    check(Reading::Questionable(Amount::One(whole(80)), Doubt::Motion), |_| {}, "spo2 over: questionable");
    check(Reading::Absent(Absence::SensorOff), |_| {}, "spo2 over: no value");
    check(valid(80), |said| said.synthetic = true, "spo2 over: demo");
    check(valid(80), |said| said.unit = Unit::One, "spo2 over: other unit");
    check(valid(95), |_| {}, "spo2 over: within limits");
}

#[test]
fn h13_a_stale_value_raises_nothing_and_ends_what_stood() {
    // The monitor falls silent: delayed after 3 s, gone after 10 s.
    let mut chair = low_as(|_| {});
    chair.told();
    chair.pass(10);
    assert_eq!(chair.stands(), ["spo2 urgent 80 (90)"], "the digits are still on the screen, with their age");
    chair.pass(1);
    assert_eq!((chair.told(), chair.stands().len()), (vec!["spo2 over: no signal".to_owned()], 0));
    // Six seconds of low values and then silence: nothing lasted long enough while it was live.
    let mut silent = Chair::infusing(ALL);
    silent.hear_for(6, Vital::Spo2, 80);
    silent.pass(60);
    assert!(silent.told().is_empty());
    // Values that were filled in later are history.
    let mut late = Chair::infusing(ALL);
    for _ in 0..60 {
        late.now_s += 1;
        let said = Observation::new(Vital::Spo2, valid(80), Unit::Percent, 0..1);
        let entry = late.entry("a", What::Reading(said), 0);
        late.hear_entry(&Entry { age: Micros::from_secs(20), ..entry });
    }
    assert!(late.told().is_empty());
    // Values that are always a little late keep a hold, but begin none.
    let mut delayed = Chair::infusing(ALL);
    for _ in 0..20 {
        delayed.now_s += 1;
        let said = Observation::new(Vital::Spo2, valid(80), Unit::Percent, 0..1);
        let entry = delayed.entry("a", What::Reading(said), 0);
        delayed.hear_entry(&Entry { age: Micros::from_secs(5), ..entry });
    }
    delayed.hear_for(10, Vital::Spo2, 80);
    assert!(delayed.told().is_empty());
    delayed.hear_for(1, Vital::Spo2, 80);
    assert_eq!(delayed.told(), ["spo2 urgent"]);
}

#[test]
fn h13_a_cuff_reading_raises_while_it_is_current_and_goes_with_its_digits() {
    let mut chair = Chair::infusing(&[NoticeKind::Systolic]);
    chair.hear(Vital::Nibp, pressure(170, 80));
    chair.pass(15 * 60);
    assert_eq!(chair.stands(), ["systolic look 170 (160)"], "old, but shown");
    chair.told();
    chair.pass(1);
    assert_eq!(chair.told(), ["systolic over: no signal"]);
    // Told six minutes after it was measured: no longer current.
    let mut late = Chair::infusing(&[NoticeKind::Systolic]);
    late.pass(1000);
    let said = Observation::new(Vital::Nibp, pressure(210, 80), Unit::MmHg, 0..1);
    let entry = late.entry("a", What::Reading(said), 301);
    late.hear_entry(&entry);
    assert!(late.told().is_empty());
}

#[test]
fn h13_a_lost_link_ends_what_its_value_could_still_raise() {
    let mut chair = Chair::infusing(ALL);
    chair.hear_for(9, Vital::Spo2, 80);
    let link = Link { source: "a".into(), state: LinkState::Lost, reason: "".into() };
    let entry = chair.entry("a", What::Link(link), 0);
    chair.hear_entry(&entry);
    chair.pass(30);
    assert!(chair.told().is_empty());
}

#[test]
fn h13_what_staff_marked_as_an_artefact_says_nothing() {
    let mut chair = low_as(|_| {});
    chair.told();
    let last = chair.head;
    let mark = chair.mark(Vital::Spo2, last - 5, last);
    assert_eq!(chair.told(), ["spo2 over: artefact"]);
    chair.hear_for(10, Vital::Spo2, 80);
    assert!(chair.told().is_empty(), "the hold begins behind the mark");
    chair.hear_for(1, Vital::Spo2, 80);
    assert_eq!(chair.told(), ["spo2 urgent"]);
    // A mark that reaches to just before the present takes away what had lasted.
    let before = chair.head - 1;
    chair.mark(Vital::Spo2, before, before);
    assert_eq!(chair.told(), ["spo2 over: artefact"]);
    chair.act(Act::Undo { of: Sequence(mark), reason: text("was real") });
    // A mark that was taken back hides nothing.
    let head = chair.head;
    let mark = chair.mark(Vital::Spo2, head, head + 100);
    chair.hear_for(20, Vital::Spo2, 80);
    assert!(chair.told().is_empty());
    chair.act(Act::Undo { of: Sequence(mark), reason: text("was real") });
    chair.hear_for(10, Vital::Spo2, 80);
    assert_eq!(chair.told(), ["spo2 urgent"]);
    // Another vital's mark is none of this one.
    chair.hear_for(11, Vital::Spo2, 80);
    chair.told();
    let head = chair.head;
    chair.mark(Vital::HeartRate, 1, head);
    assert!(chair.told().is_empty());
    // Of a pair of pressures one is an artefact: one is left.
    let mut pair = Chair::infusing(&[NoticeKind::Systolic]);
    let first = pair.hear(Vital::Nibp, pressure(185, 80));
    pair.pass(60);
    pair.hear(Vital::Nibp, pressure(185, 80));
    assert_eq!(pair.stands(), ["systolic urgent 185 (180)"]);
    pair.mark(Vital::Nibp, first, first);
    assert_eq!(pair.stands(), ["systolic look 185 (160)"]);
}

#[test]
fn h13_nothing_is_said_without_an_open_session() {
    let mut chair = low_as(|_| {});
    chair.score(EntryKind::Sedation, 1);
    chair.told();
    chair.moved(Phase::Observing);
    chair.moved(Phase::Ready);
    assert_eq!(chair.stands().len(), 2);
    chair.moved(Phase::Discharged);
    assert_eq!(chair.told(), ["spo2 over: session over", "sedation over: session over"]);
    chair.hear_for(60, Vital::Spo2, 80);
    assert!(chair.told().is_empty());
    // One that is only expected is none.
    let mut planned = Chair::checked_in(ALL);
    let opened = opening(2);
    let Act::Opened { patient, plan, .. } = opened.act.clone() else { panic!() };
    let opened = Done { act: Act::Opened { patient, plan, planned: true }, ..opened };
    planned.session = Session::open(Sequence(10), at(0), opened).unwrap();
    planned.hear_for(60, Vital::Spo2, 80);
    assert!(planned.told().is_empty());
    let none = planned.watch.look(&Around {
        now: at(99),
        settings: &planned.settings,
        session: None,
        due: Due { cuff: Some((at(0), Micros(1))), assessment: Some(at(0)) },
        prefer: &Preference::default(),
        sources: &[],
    });
    assert!(none.is_empty());
}

#[test]
fn h02_what_was_measured_before_the_session_says_nothing() {
    let mut chair = Chair::checked_in(&[NoticeKind::PreStartSystolic, NoticeKind::Systolic]);
    let said = Observation::new(Vital::Nibp, pressure(210, 80), Unit::MmHg, 0..1);
    chair.head = 5;
    let before = chair.entry("a", What::Reading(said.clone()), 0);
    chair.hear_entry(&before);
    chair.head = 20;
    chair.pass(30);
    // The monitor repeats it, with its own time.
    let repeated = chair.entry("a", What::Reading(said), 60);
    chair.hear_entry(&repeated);
    assert!(chair.told().is_empty());
}

#[test]
fn h13_nobody_switched_it_on_so_it_says_nothing() {
    let mut chair = Chair::infusing(&[]);
    chair.due = Due { cuff: Some((at(0), Micros::from_secs(60))), assessment: Some(at(0)) };
    chair.score(EntryKind::Sedation, 0);
    chair.hear(Vital::Nibp, pressure(230, 140));
    chair.hear_for(60, Vital::Spo2, 50);
    assert!(chair.told().is_empty() && chair.stands().is_empty());
    // One kind on is one kind on.
    chair.switch_on(&[NoticeKind::Sedation]);
    chair.pass(1);
    assert_eq!(chair.told(), ["sedation urgent"]);
    chair.switch_on(&[]);
    chair.pass(1);
    assert_eq!(chair.told(), ["sedation over: switched off"]);
}

#[test]
fn readings_that_were_missed_prove_no_hold() {
    let mut chair = Chair::infusing(&[NoticeKind::Spo2]);
    chair.hear_for(9, Vital::Spo2, 80);
    chair.watch.missed();
    chair.hear_for(10, Vital::Spo2, 80);
    assert!(chair.stands().is_empty());
    chair.hear_for(1, Vital::Spo2, 80);
    assert_eq!(chair.stands().len(), 1);
}
