//! Sessions through the desk: order, receipts, restarts.

use super::*;
use chairside_observation::session::{
    Act, ActKey, EntryKind, Patient, Person, Phase, Plan, Refused, Role, Session, SessionId,
};
use chairside_observation::{NoticeKind, NoticeLevel, NoticeState, Noticed};

pub(super) fn press(key: u128, act: Act) -> Press {
    Press { by: Person { name: "Ada".into(), role: Role::Nurse }, key: ActKey(key), about: None, act }
}

pub(super) fn opening(patient: &str) -> Act {
    let text = |text: &str| text.into();
    Act::Opened {
        patient: Patient { id: text(patient), name: text("Doe, Jane"), born: text("1980-02-29"), alias: text("JD") },
        plan: Plan {
            template: text("IV 40 min"),
            number: 1,
            of: Some(6),
            infusion_min: 40,
            cuff_infusing_min: 10,
            cuff_observing_min: 15,
            observe_min: 0,
            assess_first_min: 15,
            assess_later_min: 30,
        },
        planned: false,
    }
}

pub(super) fn moved(to: Phase, reason: &str) -> Act {
    Act::Moved { to, reason: reason.into() }
}

pub(super) fn note(text: &str) -> Act {
    Act::Entry { kind: EntryKind::Note, score: None, text: text.into() }
}

impl Running {
    pub(super) fn session(&self) -> Arc<Session> {
        self.recorder.desk.session(&"1".into()).unwrap()
    }

    pub(super) async fn open(&self, key: u128, patient: &str) -> Result<Sequence, DeskError> {
        let opened = self.recorder.desk.open_session(at(1), &"1".into(), press(key, opening(patient))).await;
        opened.map(|(sequence, _)| sequence)
    }

    pub(super) async fn act(&self, key: u128, act: Act) -> Result<Sequence, DeskError> {
        let (desk, id) = (&self.recorder.desk, self.session().id.clone());
        let done = desk.act_in_session(at(2), &"1".into(), &id, press(key, act)).await;
        done.map(|(sequence, committed)| {
            let proof = (chair("1"), sequence);
            assert!(committed.through().iter().any(|(t, s)| *t == proof.0 && *s >= proof.1), "{committed:?}");
            sequence
        })
    }
}

#[tokio::test]
async fn an_act_counts_when_the_log_has_it_and_every_screen_is_told() {
    let house = House::new();
    let run = house.start().await;
    let screen = run.hub.join();
    assert!(run.recorder.desk.session(&"1".into()).is_none());
    let opened = run.open(1, "4711").await.unwrap();
    assert_eq!(run.session().id, SessionId::opened(&"1".into(), opened));
    while !matches!(told(&screen).await, Told::SessionChanged(chair) if chair.as_str() == "1") {}
    run.act(2, moved(Phase::Baseline, "")).await.unwrap();
    assert_eq!(run.session().phase, Phase::Baseline);
    run.recorder.stop().await;
}

#[tokio::test]
async fn h20_a_session_goes_on_after_a_restart() {
    let house = House::new();
    let run = house.start().await;
    run.open(1, "4711").await.unwrap();
    run.act(2, moved(Phase::Baseline, "")).await.unwrap();
    run.act(3, moved(Phase::Infusing, "")).await.unwrap();
    run.act(4, note("two\nlines = fine")).await.unwrap();
    let before = run.session();
    run.recorder.stop().await;
    drop(run.disk);
    let run = house.start().await;
    assert_eq!(*run.session(), *before, "nobody ended it, and nothing is missing");
    // The screen did not hear the answer and presses again: the same act, the same entry.
    let known = before.acts.last().unwrap().sequence;
    assert_eq!(run.act(4, note("two\nlines = fine")).await.unwrap(), known, "H19");
    assert_eq!(run.session().acts.len(), before.acts.len());
    run.recorder.stop().await;
}

#[tokio::test]
async fn h01_one_patient_has_the_chair_and_the_next_claims_nothing_of_hers() {
    let house = House::new();
    let run = house.start().await;
    run.open(1, "4711").await.unwrap();
    let error = run.open(2, "9999").await.unwrap_err();
    assert!(matches!(error, DeskError::Occupied(_)), "{error}");
    assert_eq!(run.open(1, "4711").await.unwrap(), run.session().acts[0].sequence, "the same press");
    let ended = run.act(3, moved(Phase::Cancelled, "did not come")).await.unwrap();
    run.open(4, "9999").await.unwrap();
    assert_eq!(&*run.session().patient.id, "9999");
    let claim = |key, from| run.act(key, Act::Claimed { from, ago: Micros(0) });
    let error = claim(5, ended).await.unwrap_err();
    assert!(matches!(error, DeskError::Act(Refused::Claim { earliest }) if earliest == ended.next()), "{error}");
    claim(6, ended.next()).await.unwrap();
    run.recorder.stop().await;
}

#[tokio::test]
async fn of_two_people_who_press_at_once_one_is_refused() {
    let house = House::new();
    let run = house.start().await;
    run.open(1, "4711").await.unwrap();
    run.act(2, moved(Phase::Baseline, "")).await.unwrap();
    let (first, second) = tokio::join!(run.act(3, moved(Phase::Infusing, "")), run.act(4, moved(Phase::Infusing, "")));
    assert!(first.is_ok() && matches!(second, Err(DeskError::Act(Refused::Phase { .. }))), "{second:?}");
    run.recorder.stop().await;
}

#[tokio::test]
async fn h10_what_the_log_does_not_take_is_refused_and_may_be_pressed_again() {
    let house = House::new();
    let run = house.start().await;
    run.open(1, "4711").await.unwrap();
    run.disk.fail(0..usize::MAX, Fault::Before);
    let error = run.act(2, note("a")).await.unwrap_err();
    assert!(matches!(error, DeskError::NotRecorded(_)), "{error}");
    assert_eq!(run.session().acts.len(), 1, "it does not count");
    run.disk.heal();
    let again = loop {
        if let Ok(sequence) = run.act(2, note("a")).await {
            break sequence;
        }
        tokio::task::yield_now().await;
    };
    let session = run.session();
    let notes: Vec<_> = session.entries(EntryKind::Note).map(|kept| kept.sequence).collect();
    assert_eq!(notes, [again], "once, however often it was pressed");
    run.recorder.stop().await;
}

#[tokio::test]
async fn a_limit_notice_is_in_the_chairs_timeline_also_when_the_log_was_away() {
    let house = House::new();
    let run = house.start().await;
    run.open(1, "4711").await.unwrap();
    run.disk.fail(0..usize::MAX, Fault::Before);
    let noticed = Noticed {
        session: run.session().id.clone(),
        kind: NoticeKind::Spo2,
        state: NoticeState::Stands(NoticeLevel::Urgent),
        value: "88".into(),
        limit: "90".into(),
        limits: NoticeKind::Spo2.limits(),
        own: false,
        about: Some(Sequence(1)),
        since: at(2).wall,
        unwritten: 0,
    };
    run.recorder.desk.notice(at(3), &"1".into(), noticed.clone());
    run.recorder.desk.notice(at(3), &"9".into(), noticed.clone());
    run.disk.heal();
    run.recorder.stop().await;
    let deeds = run.disk.deeds(&chair("1"), Sequence(0), 9).await.unwrap();
    let told: Vec<_> = deeds.iter().map(|entry| &entry.what).collect();
    assert!(matches!(told[..], [_, What::Deed(Deed::Noticed(kept))] if **kept == noticed), "{told:?}");
    assert!(run.disk.deeds(&chair("9"), Sequence(0), 9).await.unwrap().is_empty(), "no such chair");
}

#[tokio::test]
async fn h13_a_patients_own_limit_has_to_fit_those_of_the_clinic_that_go_on() {
    let house = House::new();
    let run = house.start().await;
    run.open(1, "4711").await.unwrap();
    let id = run.session().id.clone();
    let limit = async |key, limits: &str| {
        let act = Act::Limited { notice: "spo2".into(), limits: limits.into(), reason: "COPD".into() };
        let press = Press { by: Person { name: "Bo".into(), role: Role::Clinician }, ..press(key, act) };
        run.recorder.desk.act_in_session(at(2), &"1".into(), &id, press).await.map(|_| ())
    };
    let error = limit(2, "lookLow=86").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "urgentLow has to be below lookLow",
        "the clinic's 90 would be urgent before 86 is \"look\""
    );
    limit(3, "lookLow=90 urgentLow=86").await.unwrap();
    limit(4, "").await.unwrap();
    run.recorder.stop().await;
}

#[tokio::test]
async fn what_is_not_possible_says_why() {
    let house = House::new();
    let run = house.start().await;
    let desk = &run.recorder.desk;
    let nowhere = desk.open_session(at(1), &"9".into(), press(1, opening("4711"))).await.unwrap_err();
    assert_eq!(nowhere.to_string(), "there is no chair 9");
    let nobody = desk.act_in_session(at(1), &"1".into(), &"1-1".into(), press(1, note("a"))).await.unwrap_err();
    assert_eq!(nobody.to_string(), "no session is open at chair 1");
    let nameless = run.open(2, " ").await.unwrap_err();
    assert_eq!(nameless.to_string(), "patient: found 1 characters, expected 1 to 120 without control characters");
    run.open(3, "4711").await.unwrap();
    let other = desk.act_in_session(at(1), &"1".into(), &"1-999".into(), press(4, note("a"))).await.unwrap_err();
    assert!(other.to_string().starts_with("this is not the session that is open"), "{other}");
    run.recorder.stop().await;
}
