//! What is due when. Times are minutes after the session was opened; the infusion starts at minute 10.

use super::*;
use crate::{Absence, Amount, Doubt, Entry, Observation, Reading, Unit, What};
use alloc::string::String;

const START: i64 = 10;

fn minute(minute: i64) -> Received {
    at(minute * 60)
}

/// The entry of something at a minute; a cuff reading comes after an act of the same minute.
fn place(minute: i64, cuff: bool) -> Sequence {
    Sequence(u64::try_from(10 + minute * 10 + i64::from(cuff)).unwrap())
}

/// A session in which the given acts were done, one at its minute; the last minute is beyond the least observation.
fn session(acts: &[(i64, Act)]) -> Session {
    let mut session = opened();
    for (n, (when, act)) in (1_u8..).zip(acts) {
        let done = Done { by: person("Bo", Role::Clinician), ..done(u128::from(n), act.clone()) };
        assert_eq!(session.may(&done, minute(*when), Sequence(1)), Ok(()), "{act:?} at {when}");
        session.apply(place(*when, false), minute(*when), done);
    }
    session
}

fn infusing(more: &[(i64, Act)]) -> Session {
    let begin = [(5, moved(Phase::Baseline)), (START, moved(Phase::Infusing))];
    session(&[&begin, more].concat())
}

fn pressure(systolic: i64) -> Reading {
    let part = |value| Some(Decimal::whole(value));
    Reading::Valid(Amount::Pressure { systolic: part(systolic), diastolic: part(80), mean: None })
}

fn entry_of(when: i64, reading: Reading) -> Entry {
    Entry {
        timeline: crate::Timeline::Chair("3".into()),
        sequence: place(when, true),
        received: minute(when),
        age: Micros(0),
        source: Some("dinamap".into()),
        what: What::Reading(Observation::new(Vital::Nibp, reading, Unit::MmHg, 0..1)),
    }
}

/// Cuff readings at these minutes, the systolic pressure of each is 100 and its minute.
fn cuffs(minutes: &[i64]) -> Cuffs {
    let mut cuffs = Cuffs::default();
    for when in minutes {
        assert!(cuffs.hear(&entry_of(*when, pressure(100 + when))), "{when}");
    }
    cuffs
}

fn in_minutes(moment: Option<Received>) -> Option<i64> {
    moment.map(|moment| {
        assert_eq!(moment.wall, at(0).wall + moment.mono, "both clocks");
        moment.mono.0 / 60_000_000
    })
}

fn late(wall_minute: i64, act: Act) -> Done {
    Done { about: Some(About { wall: minute(wall_minute).wall, late: true }), ..done(77, act) }
}

#[test]
fn the_next_cuff_reading_is_due_by_phase_and_by_the_last_one() {
    let typed = Act::Typed {
        values: vec![TypedVital { vital: Vital::Nibp, values: vec![Decimal::whole(120), Decimal::whole(80)] }],
    };
    let typed_spo2 = Act::Typed { values: vec![TypedVital { vital: Vital::Spo2, values: vec![Decimal::whole(97)] }] };
    let paused = [(20, moved(Phase::Paused))];
    let stopped = [(50, moved(Phase::Observing))];
    let check = |session: &Session, heard: &[i64], expected: Option<(i64, i64)>, why: &str| {
        let schedule = session.schedule(&cuffs(heard)).unwrap();
        let every = schedule.cuff_every.map(|every| every.0 / 60_000_000);
        assert_eq!(in_minutes(schedule.cuff_due).zip(every), expected, "{why}");
        assert_eq!(schedule.cuff_due.is_some(), schedule.cuff_every.is_some());
    };
    check(&opened(), &[2], None, "nothing is due before the infusion");
    check(&session(&[(5, moved(Phase::Baseline))]), &[6], None, "nor while the baseline is taken");
    check(&infusing(&[]), &[], Some((20, 10)), "none yet: from the start on");
    check(&infusing(&[]), &[8], Some((18, 10)), "the baseline counts");
    check(&infusing(&[]), &[1], Some((11, 10)), "however old it is,");
    check(
        &session(&[(12, moved(Phase::Baseline)), (13, moved(Phase::Infusing))]),
        &[1],
        Some((13, 10)),
        "not before T+0",
    );
    check(&infusing(&[]), &[8, 21, 33], Some((43, 10)), "the last one");
    check(&infusing(&paused), &[21], Some((31, 10)), "a pause changes nothing");
    check(&infusing(&[(30, typed)]), &[21], Some((40, 10)), "a typed one is a reading");
    check(&infusing(&[(30, typed_spo2)]), &[21], Some((31, 10)), "another vital is none");
    check(&infusing(&stopped), &[48], Some((63, 15)), "the interval of the observation");
    check(&infusing(&stopped), &[], Some((65, 15)), "none at all: from the stop on");
    check(&infusing(&stopped), &[20], Some((50, 15)), "due since the stop, not before it");
    check(
        &infusing(&[&stopped[..], &[(111, moved(Phase::Ready))]].concat()),
        &[48],
        Some((63, 15)),
        "until she leaves",
    );
    let end = [(111, moved(Phase::Ready)), (112, moved(Phase::Discharged))];
    let over = infusing(&[&stopped[..], &end].concat());
    assert_eq!(over.schedule(&cuffs(&[48])), None, "nothing is due once it is over");
}

#[test]
fn what_is_no_new_measurement_moves_nothing() {
    let mut heard = cuffs(&[20]);
    let again = Entry {
        received: minute(25),
        age: Micros::from_secs(301),
        sequence: Sequence(900),
        ..entry_of(20, pressure(120))
    };
    assert!(!heard.hear(&again), "sent again with the time it was measured");
    assert!(!heard.hear(&entry_of(20, pressure(120))), "the same entry");
    let unknown = Reading::Questionable(pressure(99).amount().unwrap(), Doubt::UnknownTime);
    assert!(!heard.hear(&entry_of(26, unknown)), "H02: it may be anybody's");
    assert!(!heard.hear(&entry_of(26, Reading::Absent(Absence::CuffFailed))));
    let mut demo = entry_of(26, pressure(99));
    if let What::Reading(told) = &mut demo.what {
        told.synthetic = true;
    }
    assert!(!heard.hear(&demo));
    assert_eq!(heard.iter().count(), 1);
    let equal = Entry { received: minute(26), ..entry_of(26, pressure(120)) };
    assert!(heard.hear(&equal), "the same numbers at another time are another measurement");
}

#[test]
fn h02_a_reading_measured_before_the_span_is_not_this_patients() {
    let mut heard = cuffs(&[]);
    // It arrives in minute 12 and was measured two minutes before the session was opened.
    let old = Entry { age: Micros::from_secs(14 * 60), ..entry_of(12, pressure(170)) };
    assert!(heard.hear(&old));
    let schedule = infusing(&[]).schedule(&heard).unwrap();
    assert_eq!(in_minutes(schedule.cuff_due), Some(20), "as if there was none");
    assert!(schedule.marks.iter().all(|mark| mark.picked.is_none()));
}

#[test]
fn an_artefact_is_no_reading_and_a_doubtful_one_is_only_none_of_the_fixed() {
    let mark = Act::Artefact { vital: Vital::Nibp, span: (place(30, true), place(30, true)), reason: "bent".into() };
    let marked = infusing(&[(31, mark)]);
    let due = |session: &Session, heard: &Cuffs| in_minutes(session.schedule(heard).unwrap().cuff_due);
    assert_eq!(due(&marked, &cuffs(&[21, 30])), Some(31), "it is to be taken again");
    let mut heard = cuffs(&[8]);
    heard.hear(&entry_of(9, Reading::Questionable(pressure(99).amount().unwrap(), Doubt::Motion)));
    let schedule = infusing(&[]).schedule(&heard).unwrap();
    assert_eq!(in_minutes(schedule.cuff_due), Some(19), "the cuff was measured");
    assert_eq!(schedule.marks[0].picked.as_ref().map(|cuff| cuff.sequence), Some(place(8, true)));
}

#[test]
fn an_assessment_is_due_after_the_older_of_its_two_halves() {
    let sedation = || entry(EntryKind::Sedation, Some(5), "");
    let nausea = || entry(EntryKind::Nausea, Some(0), "");
    let check = |session: &Session, expected: Option<i64>, why: &str| {
        assert_eq!(in_minutes(session.schedule(&Cuffs::default()).unwrap().assess_due), expected, "{why}");
    };
    check(&session(&[(5, moved(Phase::Baseline)), (6, sedation()), (6, nausea())]), None, "before the infusion");
    check(&infusing(&[]), Some(25), "15 min after the start");
    check(
        &session(&[(5, sedation()), (6, nausea()), (7, moved(Phase::Baseline)), (10, moved(Phase::Infusing))]),
        Some(25),
        "one before the start does not count from before it",
    );
    check(&infusing(&[(20, sedation())]), Some(25), "half of one");
    check(&infusing(&[(20, sedation()), (22, nausea())]), Some(35), "the older half");
    check(&infusing(&[(20, nausea()), (22, entry(EntryKind::Rass, Some(0), ""))]), Some(35), "either scale");
    check(
        &infusing(&[(20, sedation()), (22, entry(EntryKind::Pain, Some(0), ""))]),
        Some(25),
        "pain is no side effect",
    );
    check(&infusing(&[(68, sedation()), (69, nausea())]), Some(83), "the first hour: one at T+58");
    check(&infusing(&[(70, sedation()), (71, nausea())]), Some(100), "later: one at T+60");
    let undo = Act::Undo { of: place(22, false), reason: "wrong chair".into() };
    check(&infusing(&[(20, sedation()), (22, nausea()), (23, undo)]), Some(25), "what was undone does not count");
    let mut set_back = infusing(&[(20, sedation())]);
    set_back.apply(Sequence(400), minute(30), late(21, nausea()));
    check(&set_back, Some(35), "entered late, with the time it was");
}

#[test]
fn pauses_move_the_planned_end_and_the_observation_counts_from_the_stop() {
    let ends = |session: &Session| {
        let schedule = session.schedule(&Cuffs::default()).unwrap();
        (in_minutes(schedule.planned_end), in_minutes(schedule.observe_until))
    };
    let (pause, resume, stop) = (moved(Phase::Paused), moved(Phase::Infusing), moved(Phase::Observing));
    assert_eq!(ends(&opened()), (None, None));
    assert_eq!(ends(&infusing(&[])), (Some(50), None));
    assert_eq!(ends(&infusing(&[(20, pause.clone())])), (Some(50), None), "nobody knows yet how long");
    let twice = [(20, pause.clone()), (24, resume.clone()), (30, pause.clone()), (31, resume)];
    assert_eq!(ends(&infusing(&twice)), (Some(55), None));
    assert_eq!(ends(&infusing(&[&twice[..], &[(60, stop.clone())]].concat())), (Some(55), Some(120)));
    assert_eq!(ends(&infusing(&[(20, pause), (24, stop)])), (Some(54), Some(84)), "stopped while it was paused");
    // Pressed at minute 9, while the tablet had no connection, and sent a minute later.
    let mut kept = session(&[(5, moved(Phase::Baseline))]);
    let about = Some(About { wall: minute(9).wall, late: false });
    kept.apply(Sequence(300), minute(10), Done { about, ..done(70, moved(Phase::Infusing)) });
    assert_eq!(ends(&kept), (Some(49), None), "T+0 is when it was pressed");
}

#[test]
fn the_fixed_readings_are_picked_by_their_rules() {
    let ready = || (111, moved(Phase::Ready));
    let stop = || (50, moved(Phase::Observing));
    let gone = || (115, moved(Phase::Discharged));
    let check = |session: &Session, heard: &[i64], expected: [Option<i64>; 4], why: &str| {
        let marks = session.fixed_marks(&cuffs(heard));
        let words: Vec<_> = marks.iter().map(|mark| mark.kind.word()).collect();
        assert_eq!(words, ["baseline", "40 min", "stop", "leaving"]);
        let found: Vec<_> = marks.iter().map(|mark| in_minutes(mark.picked.as_ref().map(|cuff| cuff.at))).collect();
        assert_eq!(found, expected, "{why}");
    };
    let none = None;
    check(&opened(), &[3, 4], [Some(4), none, none, none], "the last so far");
    check(&infusing(&[]), &[3, 4, 11], [Some(4), none, none, none], "the last before the start");
    check(&infusing(&[]), &[48, 51, 54], [none, Some(51), none, none], "nearest to T+40");
    check(&infusing(&[]), &[47, 53], [none, Some(53), none, none], "from T+38 on before one that came earlier");
    check(&infusing(&[]), &[45, 46], [none, Some(46), none, none], "T+36: better than none");
    check(&infusing(&[]), &[44, 56], [none, none, none, none], "more than 5 min away on both sides");
    check(&infusing(&[stop()]), &[49, 53], [none, Some(49), Some(53), none], "after the stop before one ahead of it");
    check(&infusing(&[stop()]), &[46, 48], [none, Some(48), Some(48), none], "one may be both");
    check(&infusing(&[stop()]), &[44, 56], [none, none, none, none], "too far from the stop");
    check(&infusing(&[stop(), ready()]), &[95, 96], [none, none, none, Some(96)], "15 min before ready");
    check(&infusing(&[stop(), ready()]), &[95], [none, none, none, none], "16 min");
    check(&infusing(&[stop(), ready()]), &[96, 113], [none, none, none, Some(113)], "one after she was ready");
    check(
        &infusing(&[stop(), ready(), gone()]),
        &[99, 116],
        [none, none, none, none],
        "16 min before, and after she left",
    );
    check(&infusing(&[stop(), ready(), gone()]), &[100, 116], [none, none, none, Some(100)], "15 min before she left");
    let again = [stop(), ready(), (113, moved(Phase::Observing)), (180, moved(Phase::Ready))];
    check(&infusing(&again), &[52, 112, 170], [none, Some(52), Some(52), Some(170)], "observed again: still one stop");
}

#[test]
fn a_fixed_reading_has_both_pressures_and_its_due_time() {
    let mut heard = cuffs(&[7]);
    let mean_only = Amount::Pressure { systolic: None, diastolic: None, mean: Some(Decimal::whole(90)) };
    assert!(heard.hear(&entry_of(8, Reading::Valid(mean_only))));
    let marks = infusing(&[(50, moved(Phase::Observing))]).fixed_marks(&heard);
    let picked = marks[0].picked.as_ref().unwrap();
    assert_eq!(
        (picked.sequence, picked.values()),
        (place(7, true), Some(vec![Decimal::whole(107), Decimal::whole(80)]))
    );
    let due: Vec<_> = marks.iter().map(|mark| in_minutes(mark.due)).collect();
    assert_eq!(due, [Some(5), Some(50), Some(50), Some(110)]);
}

#[test]
fn the_baseline_of_the_record_is_the_one_that_was_pressed() {
    let value = BaselineValue {
        vital: Vital::Nibp,
        values: vec![Decimal::whole(103), Decimal::whole(80)],
        from: (place(3, true), place(3, true)),
    };
    let pressed = (6, Act::Baseline { values: vec![value] });
    let session = session(&[(5, moved(Phase::Baseline)), pressed, (START, moved(Phase::Infusing))]);
    let marks = session.fixed_marks(&cuffs(&[3, 8]));
    assert_eq!(marks[0].picked.as_ref().map(|cuff| cuff.sequence), Some(place(3, true)));
}

#[test]
fn cuff_readings_kept_of_a_chair_are_bounded_and_the_newest_stay() {
    let many: Vec<i64> = (1..=i64::try_from(CUFFS_MAX).unwrap() + 5).collect();
    let kept: Vec<String> = cuffs(&many).iter().map(|cuff| cuff.parts[0].unwrap().to_string()).collect();
    assert_eq!((kept.len(), kept[0].as_str()), (CUFFS_MAX, "106"));
}
