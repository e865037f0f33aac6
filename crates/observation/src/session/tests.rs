use super::*;
use crate::{
    Amount, ChairId, Decimal, Doubt, Entry, Micros, Observation, Reading, Received, Sequence, Timeline, Unit, Vital,
    What,
};
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

mod baseline;
mod binding;
mod cuffs;
mod due;
mod record;

fn at(second: i64) -> Received {
    let mono = Micros::from_secs(second);
    Received { mono, wall: mono + Micros::from_secs(1_800_000_000) }
}

fn person(name: &str, role: Role) -> Person {
    Person { name: name.into(), role }
}

fn nurse() -> Person {
    person("Ada", Role::Nurse)
}

fn patient() -> Patient {
    Patient { id: "4711".into(), name: "Doe, Jane".into(), born: "1980-02-29".into(), alias: "JD".into() }
}

fn plan() -> Plan {
    Plan {
        template: "IV 40 min".into(),
        number: 2,
        of: Some(6),
        infusion_min: 40,
        cuff_infusing_min: 10,
        cuff_observing_min: 15,
        observe_min: 60,
        assess_first_min: 15,
        assess_later_min: 30,
    }
}

fn done(key: u128, act: Act) -> Done {
    Done { session: "3-10".into(), by: nurse(), key: ActKey(key), about: None, act }
}

fn moved(to: Phase) -> Act {
    Act::Moved { to, reason: "".into() }
}

fn entry(kind: EntryKind, score: Option<i8>, text: &str) -> Act {
    Act::Entry { kind, score, text: text.into() }
}

/// A session opened as entry 10 at second 0.
fn opened() -> Session {
    let session = SessionId::opened(&ChairId::from("3"), Sequence(10));
    assert_eq!(session.as_str(), "3-10");
    Session::open(Sequence(10), at(0), done(0, Act::Opened { patient: patient(), plan: plan(), planned: false }))
        .unwrap()
}

/// Does `acts`, one each minute, as entries 11, 12 and so on.
fn after(acts: &[Act]) -> Session {
    let mut session = opened();
    for (n, act) in (1_u8..).zip(acts) {
        let (sequence, now) = (Sequence(10 + u64::from(n)), at(60 * i64::from(n)));
        let done = done(u128::from(n), act.clone());
        assert_eq!(session.may(&done, now, Sequence(5)), Ok(()), "{act:?}");
        session.apply(sequence, now, done);
    }
    session
}

fn refused(session: &Session, now: Received, done: &Done) -> alloc::string::String {
    session.may(done, now, Sequence(5)).unwrap_err().to_string()
}

#[test]
fn a_session_goes_its_way_and_keeps_its_times() {
    use Phase::{Baseline, Discharged, Infusing, Observing, Paused, Ready};
    let way = [Baseline, Infusing, Paused, Infusing, Observing].map(moved);
    let mut session = after(&way);
    assert_eq!(session.started, Some((at(120), None)), "T+0 is the first start, whatever was paused");
    assert_eq!((session.phase, session.stopped, &session.stopped_early), (Observing, Some(at(300)), &None));
    let late = at(300 + 3600);
    for (n, to) in [(6, Ready), (7, Discharged)] {
        let done = done(n, moved(to));
        assert_eq!(session.may(&done, late, Sequence(5)), Ok(()));
        session.apply(Sequence(20 + u64::try_from(n).unwrap()), late, done);
    }
    assert!(!session.is_open());
    assert_eq!(refused(&session, late, &done(9, entry(EntryKind::Note, None, "x"))), Refused::Over.to_string());
}

#[test]
fn a_step_that_is_not_next_is_refused_with_those_that_are() {
    let session = after(&[moved(Phase::Baseline)]);
    assert_eq!(
        refused(&session, at(70), &done(5, moved(Phase::Observing))),
        "the session is at \"baseline\"; possible now: infusing, cancelled"
    );
    for phase in Phase::ALL {
        assert!(!phase.next().contains(phase), "{phase:?} leads to itself");
    }
}

#[test]
fn h20_leaving_before_the_minimum_needs_a_clinician_and_a_reason() {
    let session = after(&[Phase::Baseline, Phase::Infusing, Phase::Observing].map(moved));
    let ready = |reason: &str, role| Done {
        by: person("Bo", role),
        ..done(9, Act::Moved { to: Phase::Ready, reason: reason.into() })
    };
    let early = at(180 + 3599);
    assert_eq!(
        refused(&session, early, &ready("", Role::Clinician)),
        "leaving before the minimum of observation needs a reason"
    );
    assert_eq!(
        refused(&session, early, &ready("feels well", Role::Nurse)),
        "leaving before the minimum of observation needs a clinician"
    );
    assert_eq!(session.may(&ready("feels well", Role::Clinician), early, Sequence(5)), Ok(()));
    assert_eq!(session.may(&ready("", Role::Nurse), at(180 + 3600), Sequence(5)), Ok(()));
    // The wall clock was set forward by a day: the minimum is not over.
    let stepped = Received { wall: early.wall + Micros::from_secs(86_400), ..early };
    assert!(!session.observed(stepped), "P13");
}

#[test]
fn h01_a_claim_never_reaches_past_the_previous_patient() {
    let session = opened();
    let claim = |from| done(1, Act::Claimed { from: Sequence(from), ago: Micros(0) });
    assert_eq!(session.may(&claim(5), at(1), Sequence(5)), Ok(()));
    for beyond in [4, 11] {
        let found = session.may(&claim(beyond), at(1), Sequence(5));
        assert_eq!(found, Err(Refused::Claim { earliest: Sequence(5) }), "{beyond}");
    }
    let session = after(&[Act::Claimed { from: Sequence(7), ago: Micros::from_secs(90) }]);
    assert_eq!((session.from, session.opened), (Sequence(7), at(60 - 90)), "the span begins when that entry arrived");
}

#[test]
fn h01_an_entry_is_hers_from_her_first_to_her_last_and_not_if_it_was_measured_before() {
    let entry = |sequence, second, age_s| Entry {
        timeline: Timeline::Chair("3".into()),
        sequence: Sequence(sequence),
        received: at(second),
        age: Micros::from_secs(age_s),
        source: None,
        what: What::Heard { bytes: 0..1 },
    };
    let mut session = opened();
    let hers = |session: &Session| {
        let entries = [entry(9, 0, 0), entry(10, 0, 0), entry(20, 30, 30), entry(21, 30, 31), entry(90, 600, 0)];
        entries.iter().filter(|e| session.holds(e)).map(|e| e.sequence.0).collect::<Vec<_>>()
    };
    assert_eq!(hers(&session), [10, 20, 90]);
    session.apply(Sequence(80), at(500), done(7, moved(Phase::Cancelled)));
    assert_eq!((hers(&session), session.through), (vec![10, 20], Some(Sequence(80))));
    // A late start claims nothing that may be of any age.
    let mut late = opened();
    late.apply(Sequence(30), at(60), done(8, Act::Claimed { from: Sequence(2), ago: Micros::from_secs(90) }));
    let cuff = |sequence, doubt| {
        let amount = Amount::One(Decimal::whole(1));
        let reading = Reading::Questionable(amount, doubt);
        let what = What::Reading(Observation::new(Vital::Nibp, reading, Unit::MmHg, 0..1));
        Entry { what, ..entry(sequence, 0, 0) }
    };
    for (sequence, doubt, expected) in
        [(5, Doubt::UnknownTime, false), (5, Doubt::Unproven, true), (11, Doubt::UnknownTime, true)]
    {
        assert_eq!(late.holds(&cuff(sequence, doubt)), expected, "{sequence} {doubt:?}");
    }
    // Somebody who is expected owns nothing, and nothing of it when she does not come.
    let act = Act::Opened { patient: patient(), plan: plan(), planned: true };
    let mut planned = Session::open(Sequence(10), at(0), done(0, act)).unwrap();
    assert!(hers(&planned).is_empty() && planned.is_open() && !planned.has_the_chair());
    let mut came = planned.clone();
    came.apply(Sequence(15), at(30), done(7, moved(Phase::CheckedIn)));
    assert_eq!((hers(&came), came.has_the_chair()), (vec![90], true));
    planned.apply(Sequence(80), at(500), done(7, moved(Phase::Cancelled)));
    assert!(hers(&planned).is_empty());
}

#[test]
fn scores_stay_on_their_scale_and_texts_within_their_length() {
    let session = opened();
    let check = |act: Act, expected: Option<&str>| {
        let found = session.may(&done(1, act), at(1), Sequence(5)).err().map(|e| e.to_string());
        assert_eq!(found.as_deref(), expected);
    };
    check(entry(EntryKind::Sedation, Some(5), ""), None);
    check(entry(EntryKind::Sedation, Some(6), ""), Some("sedation: found 6, expected 0 to 5"));
    check(entry(EntryKind::Rass, Some(-5), ""), None);
    check(entry(EntryKind::Pain, None, ""), Some("pain: found 0, expected 0 to 10"));
    check(entry(EntryKind::Vomited, None, ""), None);
    check(entry(EntryKind::Vomited, Some(1), ""), Some("vomited: found 1, expected 0 to 0"));
    check(
        entry(EntryKind::Drug, None, " "),
        Some("text: found 1 characters, expected 1 to 2000 without control characters"),
    );
    check(entry(EntryKind::Note, None, "two\nlines"), None);
    check(
        entry(EntryKind::Note, None, "a\u{1f}session=9"),
        Some("text: found 11 characters, expected 1 to 2000 without control characters"),
    );
    check(
        entry(EntryKind::Note, None, &"n".repeat(2001)),
        Some("text: found 2001 characters, expected 1 to 2000 without control characters"),
    );
}

#[test]
fn h13_a_patients_own_limits_need_a_clinician_a_reason_and_numbers_that_can_be_meant() {
    let session = opened();
    let check = |role, notice: &str, limits: &str, reason: &str, expected: Option<&str>| {
        let act = Act::Limited { notice: notice.into(), limits: limits.into(), reason: reason.into() };
        let act = Done { by: person("Bo", role), ..done(1, act) };
        let found = session.may(&act, at(1), Sequence(5)).err().map(|e| e.to_string());
        assert_eq!(found.as_deref().map(|found| &found[..found.len().min(60)]), expected, "{limits:?}");
    };
    check(Role::Clinician, "spo2", "lookLow=90 urgentLow=86", "COPD", None);
    check(Role::Clinician, "spo2", "", "the clinic's again", None);
    check(Role::Nurse, "spo2", "lookLow=90", "COPD", Some("a patient's own limit needs a clinician"));
    check(Role::Clinician, "spo2", "lookLow=90", " ", Some("a patient's own limit needs a reason"));
    check(Role::Clinician, "spo3", "", "x", Some("notice: found \"spo3\", expected one of pre-start systolic, pr"));
    check(Role::Clinician, "spo2", "lookLow=940", "x", Some("lookLow: found 940, expected 1 to 100"));
    check(Role::Clinician, "spo2", "urgentLow=94 lookLow=90", "x", Some("urgentLow has to be below lookLow"));
    let seen = Act::Acknowledged { notice: "everything".into() };
    assert!(session.may(&done(1, seen), at(1), Sequence(5)).is_err(), "one kind at a time");
}

#[test]
fn undoing_is_a_new_entry_and_the_old_one_stays() {
    let baseline = |heart_rate| {
        let values = vec![Decimal::whole(heart_rate)];
        let value = BaselineValue { vital: Vital::HeartRate, values, from: (Sequence(1), Sequence(9)) };
        Act::Baseline { values: vec![value] }
    };
    let undo = |of| Act::Undo { of: Sequence(of), reason: "wrong patient".into() };
    let session = after(&[
        baseline(70),
        baseline(90),
        entry(EntryKind::Nausea, Some(2), ""),
        entry(EntryKind::Nausea, Some(1), ""),
        undo(13),
        undo(12),
    ]);
    let scores: Vec<_> = session.entries(EntryKind::Nausea).map(|kept| kept.done.act.clone()).collect();
    assert_eq!(scores, [entry(EntryKind::Nausea, Some(1), "")]);
    assert_eq!(session.act(Sequence(13)).unwrap().undone_by, Some(Sequence(15)));
    assert_eq!(session.baseline[0].values, [Decimal::whole(70)], "the one before counts again");
    for of in [13, 10, 99, 15] {
        let twice = session.may(&done(50, undo(of)), at(999), Sequence(5));
        assert_eq!(twice, Err(Refused::NoSuchAct(Sequence(of))));
    }
}

#[test]
fn an_artefact_covers_its_vital_and_span_only() {
    let act = Act::Artefact { vital: Vital::Spo2, span: (Sequence(20), Sequence(22)), reason: "probe".into() };
    let session = after(&[act]);
    let marked: Vec<_> = (19..24).filter(|s| session.is_artefact(Vital::Spo2, Sequence(*s))).collect();
    assert_eq!(marked, [20, 21, 22]);
    assert!(!session.is_artefact(Vital::HeartRate, Sequence(21)));
}

#[test]
fn h19_the_same_press_is_known() {
    let session = after(&[entry(EntryKind::Comfort, None, "")]);
    assert_eq!((session.known(ActKey(1)), session.known(ActKey(2))), (Some(Sequence(11)), None));
}

#[test]
fn a_time_in_the_future_or_before_the_session_is_refused() {
    let session = opened();
    let said = |wall: Micros| {
        let about = Some(About { wall, late: true });
        session.may(&Done { about, ..done(1, entry(EntryKind::Comfort, None, "")) }, at(600), Sequence(5))
    };
    assert_eq!(said(at(300).wall), Ok(()));
    assert_eq!(said(at(661).wall), Err(Refused::Time));
    assert_eq!(said(at(-1).wall), Err(Refused::Time));
}

/// The chain is over the text: what is read and written again must be the same, or the record counts as changed.
#[test]
fn h26_acts_of_the_first_version_are_read_and_written_as_they_stand() {
    let begin = "session=room-9\u{1f}by=Ada\u{1f}role=nurse\u{1f}key=00000000000000000000000000000009\u{1f}";
    let plan = "template=IV\u{1f}number=2\u{1f}of=6\u{1f}infusion_min=40\u{1f}cuff_infusing_min=10\u{1f}cuff_observing_min=15\u{1f}\
                observe_min=60";
    let patient = "patient=1\u{1f}name=Doe\u{1f}born=1980-02-29\u{1f}alias=D\u{1f}";
    for fields in [
        format!("act=opened\u{1f}{begin}{patient}{plan}"),
        format!("act=opened\u{1f}{begin}{patient}{plan}\u{1f}assess_first_min=15\u{1f}assess_later_min=30"),
        format!("act=claimed\u{1f}{begin}from=5"),
        format!("act=claimed\u{1f}{begin}from=5\u{1f}ago_us=0"),
    ] {
        let done = Done::from_fields(&fields).unwrap_or_else(|| panic!("not read: {fields}"));
        assert_eq!(done.fields(), fields);
    }
}

#[test]
fn every_act_survives_its_fields() {
    let acts = [
        Act::Opened { patient: patient(), plan: Plan { of: None, ..plan() }, planned: false },
        moved(Phase::Paused),
        Act::Claimed { from: Sequence(7), ago: Micros::from_secs(90) },
        Act::Baseline {
            values: vec![BaselineValue {
                vital: Vital::Nibp,
                values: vec![Decimal::whole(120), Decimal::whole(80), Decimal::new(935, 1)],
                from: (Sequence(3), Sequence(4)),
            }],
        },
        entry(EntryKind::Rass, Some(-2), "a = b\nand c"),
        Act::Typed { values: vec![TypedVital { vital: Vital::Spo2, values: vec![Decimal::whole(97)] }] },
        Act::Artefact { vital: Vital::Nibp, span: (Sequence(1), Sequence(1)), reason: "bent arm".into() },
        Act::Undo { of: Sequence(4), reason: "typo".into() },
        Act::HandedOver { to: person("Bo = 2", Role::Lead) },
        Act::Opened { patient: patient(), plan: plan(), planned: true },
        Act::Accepted {
            source: "hl7".into(),
            bed: "".into(),
            patient: "A^1".into(),
            device: "".into(),
            reason: "asked her".into(),
        },
        Act::Acknowledged { notice: "spo2".into() },
        Act::Limited { notice: "spo2".into(), limits: "lookLow=92 urgentLow=88".into(), reason: "COPD".into() },
    ];
    for act in acts {
        for about in [None, Some(About { wall: Micros(-5), late: true }), Some(About { wall: Micros(9), late: false })]
        {
            let done = Done { about, ..done(u128::MAX - 1, act.clone()) };
            assert_eq!(Done::from_fields(&done.fields()), Some(done.clone()), "{}", done.fields());
        }
    }
    for broken in ["", "act=opened", "act=moved\u{1f}session=1\u{1f}by=A\u{1f}role=nurse\u{1f}key=zz"] {
        assert_eq!(Done::from_fields(broken), None, "{broken}");
    }
}

#[test]
fn every_role_phase_and_kind_has_its_word_once() {
    let words: Vec<_> = Phase::ALL.iter().map(|p| p.word()).chain(EntryKind::ALL.iter().map(|k| k.word())).collect();
    for (n, word) in words.iter().enumerate() {
        assert!(!words[..n].contains(word), "{}", format!("{word} stands twice"));
    }
}
