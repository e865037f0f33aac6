//! Patients who were here before.

use super::sessions::{moved, opening, press};
use super::*;
use chairside_observation::session::{Act, EntryKind, Phase};

fn opened(id: &str, name: &str, number: u16) -> Act {
    let mut act = opening(id);
    if let Act::Opened { patient, plan, .. } = &mut act {
        (patient.name, plan.number) = (name.into(), number);
    }
    act
}

fn typed(kind: EntryKind, text: &str) -> Act {
    Act::Entry { kind, score: None, text: text.into() }
}

impl Running {
    /// A session at a chair, one act a second from `second` on.
    async fn was_here(&self, chair: &str, second: i64, acts: &[Act]) {
        let (desk, chair) = (&self.recorder.desk, ChairId::from(chair));
        for (n, act) in (0_u32..).zip(acts) {
            let when = second + i64::from(n);
            let press = press(u128::try_from(when).unwrap() << 8, act.clone());
            let done = match act {
                Act::Opened { .. } => desk.open_session(at(when), &chair, press).await,
                _ => {
                    let id = desk.session(&chair).unwrap().id.clone();
                    desk.act_in_session(at(when), &chair, &id, press).await
                }
            };
            done.unwrap();
        }
    }

    fn found(&self, text: &str) -> Vec<Known> {
        self.recorder.desk.find_patients(text).unwrap()
    }

    fn numbers(&self, text: &str) -> Vec<String> {
        self.found(text).iter().map(|known| known.patient.id.to_string()).collect()
    }
}

/// The way from the baseline to the door.
fn treated() -> Vec<Act> {
    use Phase::{Baseline, Discharged, Infusing, Observing, Ready};
    [Baseline, Infusing, Observing, Ready, Discharged].map(|to| moved(to, "")).into()
}

#[tokio::test]
async fn a_patient_is_found_by_parts_of_name_and_number_the_last_one_first() {
    let house = House::new();
    let run = house.start().await;
    for (second, id, name) in [(10, "20041", "Doe, Jane"), (20, "20042", "Doe, John"), (30, "31000", "Ödén, Åsa")] {
        run.was_here("1", second, &[vec![opened(id, name, 1)], treated()].concat()).await;
    }
    for (text, expected) in [
        ("doe", &["20042", "20041"][..]),
        ("jane doe", &["20041"]),
        ("Doe,J", &["20042", "20041"]),
        ("0041", &["20041"]),
        ("ödé", &["31000"]),
        ("doe 31", &[]),
        ("ne 2", &["20041"]),
        ("smith", &[]),
    ] {
        assert_eq!(run.numbers(text), expected, "{text}");
    }
    for text in ["", " j ", ",,", &"j".repeat(121)] {
        let error = run.recorder.desk.find_patients(text).unwrap_err();
        assert!(error.to_string().ends_with("2 to 120 expected; type more of the name or number"), "{error}");
    }
    run.recorder.stop().await;
}

#[tokio::test]
async fn a_new_session_starts_from_the_last_one_and_never_from_its_vitals_or_doses() {
    let house = House::new();
    let run = house.start().await;
    let first = [
        opened("4711", "Doe, Jane", 1),
        typed(EntryKind::Indication, "depression"),
        typed(EntryKind::Allergies, "none known"),
        typed(EntryKind::Escort, "her sister"),
        typed(EntryKind::Dose, "as prescribed"),
        typed(EntryKind::Weight, "70 kg"),
    ];
    run.was_here("1", 10, &[first.to_vec(), treated()].concat()).await;
    let second = [opened("4711", "Roe, Jane", 2), typed(EntryKind::Allergies, "penicillin")];
    run.was_here("2", 100, &[second.to_vec(), treated()].concat()).await;
    run.was_here("1", 200, &[opened("4711", "Roe, Jane", 3), moved(Phase::Cancelled, "did not come")]).await;
    let check = |run: &Running| {
        assert!(run.found("doe").is_empty(), "her name changed");
        let known = run.found("roe").remove(0);
        assert_eq!(
            (known.plan.number, known.last),
            (2, at(100).wall),
            "what was cancelled is no session of the course"
        );
        let facts: Vec<_> = known.facts.iter().map(|(kind, text)| (*kind, &**text)).collect();
        assert_eq!(
            facts,
            [
                (EntryKind::Indication, "depression"),
                (EntryKind::Allergies, "penicillin"),
                (EntryKind::Escort, "her sister"),
            ]
        );
    };
    check(&run);
    run.recorder.stop().await;
    drop(run.disk);
    let run = house.start().await;
    check(&run);
    run.recorder.stop().await;
}

#[tokio::test]
async fn what_was_undone_is_not_started_from() {
    let house = House::new();
    let run = house.start().await;
    run.was_here("1", 10, &[opened("4711", "Doe, Jane", 1), typed(EntryKind::Allergies, "latex")]).await;
    let of = run.recorder.desk.session(&"1".into()).unwrap().acts[1].sequence;
    assert_eq!(run.found("doe")[0].facts.len(), 1, "while she is there");
    run.was_here("1", 20, &[Act::Undo { of, reason: "another patient".into() }]).await;
    assert_eq!(run.found("doe")[0].facts, []);
    run.recorder.stop().await;
}

#[tokio::test]
async fn at_most_twenty_are_listed() {
    let house = House::new();
    let run = house.start().await;
    for n in 0..22 {
        let id = format!("{}", 500 + n);
        run.was_here("1", 10 + n * 10, &[opened(&id, "Doe, Jane", 1), moved(Phase::Cancelled, "test")]).await;
    }
    let numbers = run.numbers("doe");
    assert_eq!((numbers.len(), numbers[0].as_str(), numbers[19].as_str()), (20, "521", "502"));
    run.recorder.stop().await;
}

#[tokio::test]
async fn the_last_session_is_the_last_by_time_whichever_chair_it_was_at() {
    let house = House::new();
    let run = house.start().await;
    for (second, chair, number, allergies) in
        [(10, "1", 1, "none"), (100, "2", 2, "latex"), (200, "1", 3, "penicillin")]
    {
        let acts = [opened("4711", "Doe, Jane", number), typed(EntryKind::Allergies, allergies)];
        run.was_here(chair, second, &[acts.to_vec(), treated()].concat()).await;
    }
    let before = run.found("doe");
    assert_eq!((before[0].plan.number, &*before[0].facts[0].1), (3, "penicillin"));
    run.recorder.stop().await;
    drop(run.disk);
    let run = house.start().await;
    assert_eq!(run.found("doe"), before, "chairs are read one after the other, and the order is the same");
    run.recorder.stop().await;
}
