//! What is heard at a chair is held against the session that is open there.

use super::sessions::{moved, note, opening, press};
use super::*;
use chairside_observation::Doubt;
use chairside_observation::clinic::{Change, Changed};
use chairside_observation::session::{Act, FeedSays, Person, Phase, Refused, Role, SessionId};

impl Running {
    /// Opens a session at chair 2, which bed B1 of the gateway feeds, at second `s`.
    async fn opens_at(&self, s: i64, patient: &str) -> Sequence {
        let desk = &self.recorder.desk;
        desk.open_session(at(s), &"2".into(), press(s.cast_unsigned().into(), opening(patient))).await.unwrap().0
    }

    async fn does_at(&self, s: i64, act: Act) -> Result<Sequence, DeskError> {
        let desk = &self.recorder.desk;
        let id = desk.session(&"2".into()).unwrap().id.clone();
        let done = desk.act_in_session(at(s), &"2".into(), &id, press(s.cast_unsigned().into(), act)).await;
        done.map(|(sequence, _)| sequence)
    }

    async fn claim_at(&self, s: i64, since: i64) -> Result<Sequence, DeskError> {
        let desk = &self.recorder.desk;
        let id = desk.session(&"2".into()).unwrap().id.clone();
        let act = Act::Claimed { from: Sequence(0), ago: Micros(0) };
        let press = press(s.cast_unsigned().into(), act);
        desk.claim_since(at(s), &"2".into(), &id, press, at(since).wall).await.map(|(sequence, _)| sequence)
    }

    async fn ends_at(&self, s: i64) {
        self.does_at(s, moved(Phase::Cancelled, "not today")).await.unwrap();
    }

    /// Something of bed B1.
    async fn says(&self, s: i64, observation: Observation) {
        self.hear(heard("hl7", s, None, vec![What::Reading(observation)])).recorded().await.unwrap();
    }

    fn feeds(&self) -> Vec<FeedSays> {
        self.recorder.desk.standing(&"2".into()).map(|standing| standing.feeds).unwrap_or_default()
    }

    /// Says and withheld of each row.
    fn rows(&self) -> Vec<(&'static str, u64)> {
        self.feeds().iter().map(|row| (row.says.word(), row.withheld)).collect()
    }

    /// First number of each reading of a timeline.
    async fn values(&self, timeline: &Timeline) -> Vec<i64> {
        self.entries(timeline).await.iter().filter_map(number).collect()
    }

    /// What a screen that joins now is shown of chair 2.
    fn latest(&self) -> Vec<i64> {
        self.hub.snapshot(&chair("2")).latest.iter().filter_map(number).collect()
    }
}

fn number(entry: &Entry) -> Option<i64> {
    let What::Reading(o) = &entry.what else { return None };
    Some(match o.reading.amount()? {
        Amount::One(value) => value.units(),
        Amount::Pressure { systolic, .. } => systolic?.units(),
    })
}

/// A saturation of bed B1 that names a patient and a device.
fn of(patient: &str, device: &str, value: i64) -> Observation {
    let word = |text: &str| -> Option<Box<str>> { (!text.is_empty()).then(|| text.into()) };
    let context =
        Context { bed: Some("B1".into()), patient: word(patient), device: word(device), ..Context::default() };
    Observation { context: Some(Arc::new(context)), ..spo2(value, None) }
}

fn cuff(systolic: i64, measured: Option<Measured>) -> Observation {
    let part = |n| Some(Decimal::whole(n));
    let amount = Amount::Pressure { systolic: part(systolic), diastolic: part(80), mean: None };
    let reading = Reading::Valid(amount);
    Observation { vital: Vital::Nibp, reading, unit: Unit::MmHg, measured, ..of("", "", 0) }
}

fn accepted(patient: &str, device: &str) -> Act {
    Act::Accepted {
        source: "hl7".into(),
        bed: "B1".into(),
        patient: patient.into(),
        device: device.into(),
        reason: "asked her".into(),
    }
}

#[tokio::test]
async fn h01_a_feed_that_names_another_patient_is_kept_with_the_feed_and_never_the_chairs() {
    let house = House::new();
    let run = house.start().await;
    let screen = run.screen(&chair("2"));
    run.opens_at(1, "4711").await;
    run.says(2, of("4711^^^H", "m1", 91)).await;
    run.says(3, of("9999", "m1", 92)).await;
    run.says(4, of("", "m1", 93)).await;
    run.says(5, of("9999", "m1", 94)).await;
    assert_eq!(run.values(&chair("2")).await, [91, 93]);
    assert_eq!(run.values(&feed("hl7", "B1")).await, [92, 94], "nothing is dropped");
    let withheld = run.disk.log.frame(&feed("hl7", "B1"), Sequence(1)).await.unwrap();
    assert!(withheld.is_some(), "and leads to its bytes");
    assert_eq!(run.rows(), [("same", 0), ("patient", 2), ("none", 0)]);
    assert_eq!(run.latest(), [93]);
    assert!(run.recorder.desk.roster().unassigned.is_empty(), "the feed still has its chair");
    assert!(run.recorder.desk.session(&"2".into()).unwrap().is_open(), "a mismatch ends nothing");
    // Session opened, then one word for each new row.
    let mut told_of = 0;
    for _ in 0..4 {
        told_of += usize::from(matches!(told(&screen).await, Told::SessionChanged(chair) if chair.as_str() == "2"));
    }
    assert_eq!(told_of, 4);
    run.ends_at(6).await;
    run.says(7, of("9999", "m2", 95)).await;
    assert_eq!(run.values(&chair("2")).await, [91, 93, 95], "a chair that is nobody's takes what comes");
    run.stop().await;
}

#[tokio::test]
async fn h01_what_a_named_person_accepted_is_let_in_from_then_on_and_nothing_else() {
    let house = House::new();
    let run = house.start().await;
    run.opens_at(1, "4711").await;
    run.says(2, of("", "m1", 91)).await;
    run.says(3, of("", "m2", 92)).await;
    run.does_at(4, accepted("", "m2")).await.unwrap();
    assert_eq!(run.rows(), [("none", 0), ("accepted", 0)]);
    run.says(5, of("", "m2", 93)).await;
    run.says(6, of("", "m3", 94)).await;
    run.says(7, of("9999", "m2", 95)).await;
    assert_eq!(run.values(&chair("2")).await, [91, 93], "what was withheld before stays where it is");
    assert_eq!(run.values(&feed("hl7", "B1")).await, [92, 94, 95]);
    let devices: Vec<_> = run
        .entries(&chair("2"))
        .await
        .iter()
        .filter_map(|e| if let What::Reading(o) = &e.what { o.context.as_ref()?.device.clone() } else { None })
        .collect();
    assert_eq!(devices, ["m1".into(), Box::<str>::from("m2")], "each sample keeps its device");
    run.stop().await;
}

#[tokio::test]
async fn h01_what_a_feed_was_bound_to_is_known_after_a_restart() {
    let house = House::new();
    let run = house.start().await;
    run.opens_at(1, "4711").await;
    run.says(2, of("", "m1", 91)).await;
    run.does_at(3, accepted("", "m2")).await.unwrap();
    run.says(4, of("", "m2", 92)).await;
    run.stop().await;
    let run = house.start().await;
    assert_eq!(run.rows(), [], "nothing was heard since");
    for (second, device, value) in [(5, "m3", 93), (6, "m2", 94), (7, "m1", 95)] {
        run.says(second, of("", device, value)).await;
    }
    assert_eq!(run.values(&chair("2")).await, [91, 92, 94, 95]);
    assert_eq!(run.rows(), [("device", 1), ("accepted", 0), ("none", 0)]);
    run.stop().await;
}

#[tokio::test]
async fn h21_demonstration_data_is_not_a_real_patients() {
    let house = House::new();
    let run = house.start().await;
    run.opens_at(1, "4711").await;
    run.says(2, Observation { synthetic: true, ..of("4711", "m1", 91) }).await;
    assert_eq!((run.values(&chair("2")).await, run.rows()), (vec![], vec![("demo", 1)]));
    run.ends_at(3).await;
    run.says(4, Observation { synthetic: true, ..of("4711", "m1", 92) }).await;
    assert_eq!(run.values(&chair("2")).await, [92], "striped on the tile of a chair that is nobody's");
    run.opens_at(5, "4712").await;
    let error = run.claim_at(6, 4).await.unwrap_err();
    assert!(matches!(error, DeskError::NamesAnother { .. }), "refused in a claim, too: {error}");
    run.stop().await;
}

impl Running {
    /// Puts chair 2 into test mode, or ends it.
    async fn test_mode(&self, s: i64, on: bool) -> Result<(), DeskError> {
        let by = Person { name: "Ada".into(), role: Role::Nurse };
        let change = Change::TestChair { chair: "2".into(), on };
        self.recorder.desk.change_clinic(at(s), Changed { by, change }).await.map(drop)
    }

    async fn refuses_at(&self, s: i64, patient: &str) -> String {
        let press = press(s.cast_unsigned().into(), opening(patient));
        let refused = self.recorder.desk.open_session(at(s), &"2".into(), press).await.unwrap_err();
        assert!(matches!(refused, DeskError::Act(Refused::TestMode { .. })), "{refused}");
        refused.to_string()
    }
}

#[tokio::test]
async fn h21_a_chair_in_test_mode_is_for_test_patients_and_no_other_chair_is() {
    let house = House::new();
    let run = house.start().await;
    assert!(run.refuses_at(1, "test:1").await.contains("put the chair into test mode"));
    run.test_mode(2, true).await.unwrap();
    assert!(run.refuses_at(3, "4711").await.contains("begin with TEST:"));
    run.opens_at(4, "TEST:1").await;
    run.says(5, Observation { synthetic: true, ..of("TEST:1", "m1", 91) }).await;
    run.says(6, of("4711", "m1", 92)).await;
    assert_eq!(run.values(&chair("2")).await, [91], "a real patient's values are withheld from a test, too");
    assert!(matches!(run.test_mode(7, false).await.unwrap_err(), DeskError::Occupied(_)));
    run.stop().await;
    let run = house.start().await;
    assert!(run.recorder.desk.clinic().is_testing(&"2".into()), "after a restart, too");
    let who: Vec<_> = run
        .entries(&Timeline::House)
        .await
        .into_iter()
        .filter_map(|entry| match entry.what {
            What::Deed(Deed::ClinicChanged(changed)) => Some((changed.by.name, changed.change)),
            _ => None,
        })
        .collect();
    assert_eq!(who, [("Ada".into(), Change::TestChair { chair: "2".into(), on: true })], "by whom");
    run.stop().await;
}

#[tokio::test]
async fn h21_no_claim_of_a_real_patient_reaches_what_was_heard_in_test_mode_nor_the_other_way() {
    let house = House::new();
    let run = house.start().await;
    run.says(1, of("", "", 90)).await;
    run.test_mode(2, true).await.unwrap();
    assert_eq!(run.latest(), [0; 0], "what was heard before is nobody's");
    run.opens_at(3, "TEST:1").await;
    let error = run.claim_at(4, 1).await.unwrap_err();
    assert!(matches!(error, DeskError::ClaimedBefore { .. }), "{error}");
    run.ends_at(5).await;
    // A simulator that does not say that it is one.
    run.says(6, of("", "", 91)).await;
    run.test_mode(7, false).await.unwrap();
    assert_eq!(run.latest(), [0; 0]);
    run.says(8, of("", "", 92)).await;
    run.opens_at(9, "4711").await;
    let error = run.claim_at(10, 6).await.unwrap_err();
    assert!(matches!(error, DeskError::ClaimedBefore { .. }), "{error}");
    run.claim_at(11, 8).await.unwrap();
    run.stop().await;
    // A restart between changes nothing.
    let run = house.start().await;
    run.says(12, Observation { synthetic: true, ..of("", "", 93) }).await;
    assert_eq!(run.rows().first(), Some(&("demo", 1)));
    run.stop().await;
}

/// The previous patient's cuff reading, said again every half minute for an hour, by three kinds of monitor.
#[tokio::test]
async fn h02_a_cuff_reading_of_the_previous_patient_repeated_for_an_hour_is_never_shown() {
    let own_time = |minute| Measured::At { at: Civil::new(2026, 9, 21, 14, minute, 20).unwrap(), sent: None };
    // At 14:18:20, five minutes into the story.
    let taken = 300;
    type Repeats = fn(i64, Measured) -> Observation;
    let kinds: [(&str, Repeats); 4] = [
        ("tells the time", |_, at| cuff(140, Some(at))),
        ("tells the age", |s, _| cuff(140, Some(Measured::Ago(Micros::from_secs(s - 300))))),
        ("tells nothing", |_, _| cuff(140, None)),
        ("does not know", |_, _| {
            let plain = cuff(140, None);
            let Some(amount) = plain.reading.amount() else { panic!("a value") };
            Observation { reading: Reading::Questionable(amount, Doubt::UnknownTime), ..plain }
        }),
    ];
    for (kind, repeat) in kinds {
        let house = House::new();
        let mut run = house.start().await;
        run.opens_at(1, "A").await;
        run.says(2, of("", "", 97)).await;
        run.says(taken, cuff(140, Some(own_time(18)))).await;
        run.ends_at(400).await;
        run.says(410, repeat(410, own_time(18))).await;
        run.opens_at(420, "B").await;
        for s in (430..430 + 3600).step_by(30) {
            if s == 2020 {
                // A restart in between changes nothing.
                run.stop().await;
                run = house.start().await;
            }
            run.says(s, repeat(s, own_time(18))).await;
            run.says(s, of("", "", 90)).await;
            let shown = run.latest();
            assert_eq!(shown, [90], "{kind}, at second {s}");
        }
        let session = run.recorder.desk.session(&"2".into()).unwrap();
        let hers: Vec<i64> =
            run.entries(&chair("2")).await.iter().filter(|e| session.holds(e)).filter_map(number).collect();
        assert!(hers.iter().all(|value| *value == 90), "{kind}: {hers:?}");
        // Her own.
        run.says(4100, cuff(118, None)).await;
        assert_eq!(run.latest(), [90, 118], "{kind}");
        run.stop().await;
    }
}

#[tokio::test]
async fn h02_an_unchanged_repeat_keeps_its_first_time_whoever_has_the_chair() {
    let house = House::new();
    let run = house.start().await;
    for s in [10, 40, 70] {
        run.says(s, cuff(140, None)).await;
    }
    let ages: Vec<i64> = run.entries(&chair("2")).await.iter().map(|e| e.age.0 / 1_000_000).collect();
    assert_eq!(ages, [0, 30, 60]);
    run.stop().await;
}

#[tokio::test]
async fn h02_when_a_patient_comes_the_last_values_of_the_chair_are_nobodys() {
    let house = House::new();
    let run = house.start().await;
    run.says(2, of("", "", 97)).await;
    run.says(3, cuff(140, None)).await;
    assert_eq!(run.latest(), [97, 140]);
    run.opens_at(4, "A").await;
    assert_eq!(run.latest(), [0; 0]);
    run.says(5, of("", "", 96)).await;
    run.stop().await;
    let run = house.start().await;
    assert_eq!(run.latest(), [96], "after a restart, too");
    run.ends_at(9).await;
    assert_eq!(run.latest(), [96], "and stay when she has gone, until the chair is cleared");
    let by = press(1, note("x")).by;
    run.recorder.desk.clear_chair(at(10), &"2".into(), by).await.unwrap();
    assert_eq!(run.latest(), [0; 0]);
    run.stop().await;
    let run = house.start().await;
    assert_eq!(run.latest(), [0; 0]);
    run.stop().await;
}

#[tokio::test]
async fn h01_what_is_heard_between_the_press_and_the_disk_is_held_against_her_already() {
    let house = House::new();
    let run = house.start().await;
    run.disk.hang();
    let desk = run.recorder.desk.clone();
    let opens = tokio::spawn(async move {
        desk.open_session(at(1), &"2".into(), press(1, opening("4711"))).await.map(|(sequence, _)| sequence)
    });
    while run.hub.snapshot(&chair("2")).head == Sequence(0) {
        tokio::task::yield_now().await;
    }
    let receipt = run.hear(heard("hl7", 2, None, vec![What::Reading(of("9999", "", 92))]));
    // A second patient pressed in the same moment waits her turn, and is refused.
    run.disk.heal();
    receipt.recorded().await.unwrap();
    opens.await.unwrap().unwrap();
    assert_eq!(run.values(&chair("2")).await, [0; 0]);
    assert_eq!(run.values(&feed("hl7", "B1")).await, [92]);
    run.stop().await;
}

#[tokio::test]
async fn h01_an_act_whose_screen_gave_up_waiting_still_keeps_the_next_one_out() {
    let house = House::new();
    let run = house.start().await;
    run.disk.hang();
    let desk = run.recorder.desk.clone();
    let opens =
        tokio::spawn(async move { desk.open_session(at(1), &"2".into(), press(1, opening("A"))).await.is_ok() });
    while run.hub.snapshot(&chair("2")).head == Sequence(0) {
        tokio::task::yield_now().await;
    }
    opens.abort();
    assert!(opens.await.is_err());
    let desk = &run.recorder.desk;
    let error = desk.open_session(at(2), &"2".into(), press(2, opening("B"))).await.unwrap_err();
    assert!(matches!(error, DeskError::NotRecorded(_)), "{error}");
    run.disk.heal();
    let error = loop {
        match desk.open_session(at(3), &"2".into(), press(3, opening("B"))).await {
            Err(DeskError::NotRecorded(_)) => tokio::task::yield_now().await,
            other => break other.unwrap_err(),
        }
    };
    assert!(matches!(error, DeskError::Occupied(_)), "A has the chair: {error}");
    run.stop().await;
}

#[tokio::test]
async fn h01_a_deed_the_log_refuses_is_declared_lost_and_everything_else_goes_on() {
    let house = House::new();
    let run = house.start().await;
    run.opens_at(1, "A").await;
    // Round the desk: nothing the program does can get here.
    let shared = Arc::clone(&run.recorder.shared);
    let (waiting, receipt) = tokio::sync::oneshot::channel();
    let done = press(9, opening("B")).done(SessionId::from("2-9"));
    let deed = |_| chairside_observation::Deed::Session(Box::new(done));
    let sequence = shared.state().act(&shared, at(2), &"2".into(), deed, waiting);
    shared.work.notify_one();
    let refused = receipt.await.unwrap().unwrap_err();
    assert!(refused.reason.contains("has the chair"), "{refused}");
    run.says(3, of("A", "", 91)).await;
    let entries = run.entries(&chair("2")).await;
    let lost = entries.iter().find(|e| e.sequence == sequence).unwrap();
    assert!(matches!(lost.what, What::Deed(chairside_observation::Deed::FramesLost { .. })), "{lost:?}");
    assert_eq!(run.values(&chair("2")).await, [91]);
    assert!(run.disk.verify().await.unwrap().broken.is_empty());
    drop(shared);
    run.stop().await;
}

#[tokio::test]
async fn h20_a_late_start_claims_by_the_clock_and_never_past_the_patient_before() {
    let house = House::new();
    let run = house.start().await;
    run.opens_at(1, "A").await;
    run.says(5, of("A", "", 91)).await;
    run.ends_at(10).await;
    run.says(20, of("", "", 92)).await;
    run.says(30, of("B", "", 93)).await;
    run.opens_at(40, "B").await;
    // The chair was free from 14:13:30 on.
    let error = run.claim_at(41, 5).await.unwrap_err();
    assert_eq!(error.to_string(), "the chair was somebody else's until 14:13:30; claim from then on");
    let error = run.claim_at(42, 40).await.unwrap_err();
    assert_eq!(error.to_string(), "the session has the chair since 14:14:00 already; claim from an earlier time");
    run.claim_at(43, 11).await.unwrap();
    let session = run.recorder.desk.session(&"2".into()).unwrap();
    assert_eq!(session.opened, at(20), "the first entry at or after that time");
    let hers: Vec<_> = run.entries(&chair("2")).await.iter().filter(|e| session.holds(e)).filter_map(number).collect();
    assert_eq!(hers, [92, 93]);
    run.says(44, Observation { measured: Some(Measured::Ago(Micros::from_secs(23))), ..of("B", "", 94) }).await;
    run.says(45, Observation { measured: Some(Measured::Ago(Micros::from_secs(26))), ..of("B", "", 95) }).await;
    assert_eq!(run.rows(), [("same", 1)], "the claim moved the span");
    run.stop().await;
    let run = house.start().await;
    assert_eq!(run.recorder.desk.session(&"2".into()).unwrap().opened, at(20), "after a restart, too");
    run.stop().await;
}

#[tokio::test]
async fn h01_a_claim_takes_nothing_that_names_another_patient() {
    let house = House::new();
    let run = house.start().await;
    run.says(10, of("", "", 91)).await;
    run.says(20, of("A", "", 92)).await;
    run.says(30, of("B", "", 93)).await;
    run.opens_at(40, "B").await;
    let error = run.claim_at(41, 5).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the monitor named somebody else, came from elsewhere or showed test data until 14:13:40; claim from then on"
    );
    run.claim_at(42, 21).await.unwrap();
    let error = run.does_at(43, Act::Claimed { from: Sequence(1), ago: Micros(0) }).await.unwrap_err();
    assert!(matches!(error, DeskError::NamesAnother { .. }), "by its number, too: {error}");
    run.stop().await;
}

#[tokio::test]
async fn h20_a_cleared_chair_is_nobodys_and_no_claim_reaches_past_it() {
    let house = House::new();
    let run = house.start().await;
    let by = || press(1, note("x")).by;
    let clear = async |s: i64| run.recorder.desk.clear_chair(at(s), &"2".into(), by()).await;
    run.says(5, of("", "", 91)).await;
    let (sequence, _) = clear(10).await.unwrap();
    assert!(run.recorder.desk.is_cleared(&"2".into()));
    run.says(15, of("", "", 92)).await;
    run.opens_at(20, "A").await;
    assert!(!run.recorder.desk.is_cleared(&"2".into()), "somebody has it");
    assert!(matches!(clear(21).await, Err(DeskError::Occupied(_))));
    let error = run.claim_at(22, 5).await.unwrap_err();
    assert_eq!(error.to_string(), "the chair was somebody else's until 14:13:30; claim from then on");
    let error = run.does_at(23, Act::Claimed { from: sequence, ago: Micros(0) }).await.unwrap_err();
    assert!(matches!(error, DeskError::Act(Refused::Claim { earliest }) if earliest == sequence.next()), "{error}");
    run.claim_at(24, 11).await.unwrap();
    run.ends_at(30).await;
    clear(31).await.unwrap();
    run.stop().await;
    let run = house.start().await;
    assert!(run.recorder.desk.is_cleared(&"2".into()), "after a restart, too");
    let nowhere = run.recorder.desk.clear_chair(at(40), &"9".into(), by()).await.unwrap_err();
    assert_eq!(nowhere.to_string(), "there is no chair 9");
    run.stop().await;
}

#[tokio::test]
async fn h01_a_patient_who_is_expected_takes_no_values_until_she_is_there() {
    let house = House::new();
    let run = house.start().await;
    let Act::Opened { patient, plan, .. } = opening("4711") else { panic!("an opening") };
    let planned = press(1, Act::Opened { patient, plan, planned: true });
    run.recorder.desk.open_session(at(1), &"2".into(), planned).await.unwrap();
    run.says(2, of("9999", "", 91)).await;
    assert_eq!((run.values(&chair("2")).await, run.rows()), (vec![91], vec![]), "nobody has the chair yet");
    for act in [accepted("9999", ""), Act::Claimed { from: Sequence(1), ago: Micros(0) }] {
        let error = run.does_at(3, act).await.unwrap_err();
        assert!(matches!(error, DeskError::Act(Refused::Phase { .. })), "{error}");
    }
    let came = run.does_at(5, moved(Phase::CheckedIn, "")).await.unwrap();
    let session = run.recorder.desk.session(&"2".into()).unwrap();
    assert_eq!((session.from, session.opened), (came, at(5)));
    assert_eq!(run.latest(), [0; 0]);
    run.says(6, of("9999", "", 92)).await;
    run.says(7, of("4711", "", 93)).await;
    assert_eq!((run.latest(), run.rows()), (vec![93], vec![("patient", 1), ("same", 0)]));
    run.stop().await;
}

#[tokio::test]
async fn h24_screens_are_told_of_withheld_readings_at_a_bounded_rate() {
    let house = House::new();
    let run = house.start().await;
    run.opens_at(1, "4711").await;
    let screen = run.screen(&chair("2"));
    let tells = async |screen: &Screen| {
        let mut count = 0;
        loop {
            tokio::select! {
                biased;
                event = screen.next() => {
                    if let Event::Told(Told::SessionChanged(_)) = event.unwrap() {
                        count += 1;
                    }
                }
                () = std::future::ready(()) => return count,
            }
        }
    };
    for n in 0..200 {
        run.hear(heard("hl7", 2, None, vec![What::Reading(of(&format!("x{n}"), "", 92))])).recorded().await.unwrap();
    }
    assert_eq!(tells(&screen).await, 8, "a sender that makes up patients does not fill the screens' queues");
    for s in 10..30 {
        run.says(s, of("9999", "", 92)).await;
    }
    assert_eq!(tells(&screen).await, 4, "counts go every five seconds");
    run.stop().await;
}

#[tokio::test]
async fn h20_a_late_start_reaches_no_further_back_than_what_nobody_claimed_is_kept() {
    let mut house = House::new();
    house.roster.keep_unclaimed = Some(Micros::from_secs(25));
    let run = house.start().await;
    run.says(20, of("", "", 92)).await;
    run.says(30, of("B", "", 93)).await;
    run.opens_at(40, "B").await;
    let error = run.claim_at(46, 11).await.unwrap_err();
    assert!(matches!(error, DeskError::Erased), "{error}");
    run.claim_at(47, 25).await.unwrap();
    assert_eq!(run.recorder.desk.session(&"2".into()).unwrap().opened, at(30));
    run.stop().await;
}

#[tokio::test]
async fn h20_what_is_erased_is_not_claimed_although_more_is_kept_now() {
    let house = House::new();
    let run = house.start().await;
    run.says(20, of("", "", 92)).await;
    // As if it were a day later.
    let erased = run.disk.log.erase_unclaimed(Micros::from_secs(-700)).await.unwrap();
    assert_eq!(erased.entries, 1);
    run.opens_at(140, "B").await;
    let error = run.claim_at(146, 11).await.unwrap_err();
    assert!(matches!(error, DeskError::Erased), "{error}");
    run.stop().await;
}
