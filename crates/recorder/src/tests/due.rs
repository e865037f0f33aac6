//! What is due and the baseline, with a real log behind them.

use super::sessions::{moved, press};
use super::*;
use chairside_observation::session::{Act, MarkKind, Phase, Refused, Schedule};
use chairside_observation::{Preference, Sequence};

fn cuff(second: i64, systolic: i64) -> Heard {
    let part = |value| Some(Decimal::whole(value));
    let amount = Amount::Pressure { systolic: part(systolic), diastolic: part(80), mean: part(93) };
    let told = Observation::new(Vital::Nibp, Reading::Valid(amount), Unit::MmHg, 0..4);
    heard("nellcor", second, None, vec![What::Reading(told)])
}

fn saturation(source: &str, second: i64, value: i64) -> Heard {
    heard(source, second, None, vec![What::Reading(spo2(value, None))])
}

impl Running {
    fn schedule(&self) -> Schedule {
        self.recorder.desk.standing(&"1".into()).unwrap().schedule.unwrap()
    }

    fn picked(&self, kind: MarkKind) -> Option<Sequence> {
        let marks = self.schedule().marks;
        marks.into_iter().find(|mark| mark.kind == kind)?.picked.map(|cuff| cuff.sequence)
    }

    async fn act_at(&self, second: i64, key: u128, act: Act) -> Result<Sequence, DeskError> {
        let (desk, id) = (&self.recorder.desk, self.session().id.clone());
        desk.act_in_session(at(second), &"1".into(), &id, press(key, act)).await.map(|(sequence, _)| sequence)
    }

    async fn started(&self) {
        self.open(1, "4711").await.unwrap();
        self.act_at(60, 2, moved(Phase::Baseline, "")).await.unwrap();
        self.act_at(120, 3, moved(Phase::Infusing, "")).await.unwrap();
    }
}

async fn told_of_session(screen: &Screen) {
    while !matches!(told(screen).await, Told::SessionChanged(_)) {}
}

#[tokio::test]
async fn a_cuff_reading_moves_what_is_due_and_every_screen_is_told() {
    let house = House::new();
    let run = house.start().await;
    run.started().await;
    assert_eq!(run.schedule().cuff_due, Some(at(120 + 600)));
    let screen = run.hub.join();
    run.hear(cuff(300, 131)).recorded().await.unwrap();
    told_of_session(&screen).await;
    assert_eq!(run.schedule().cuff_due, Some(at(300 + 600)));
    let standing = run.recorder.desk.standing(&"1".into()).unwrap();
    assert_eq!((standing.session, standing.feeds.len()), (run.session(), 1), "one feed was heard");
    run.recorder.stop().await;
}

#[tokio::test]
async fn h20_what_is_due_is_the_same_after_a_restart() {
    let house = House::new();
    let run = house.start().await;
    run.open(1, "4711").await.unwrap();
    run.act_at(60, 2, moved(Phase::Baseline, "")).await.unwrap();
    run.hear(cuff(90, 120)).recorded().await.unwrap();
    run.act_at(120, 3, moved(Phase::Infusing, "")).await.unwrap();
    for second in 0..2 * i64::try_from(REPLAY_PAGE).unwrap() {
        drop(run.hear(saturation("nellcor", 121 + second / 4, 97)));
    }
    run.hear(cuff(700, 131)).recorded().await.unwrap();
    let before = run.schedule();
    assert_eq!(before.cuff_due, Some(at(1300)));
    let baseline = run.picked(MarkKind::Baseline);
    assert!(baseline.is_some());
    run.recorder.stop().await;
    drop(run.disk);
    let run = house.start().await;
    assert_eq!(run.schedule(), before);
    assert_eq!(run.picked(MarkKind::Baseline), baseline);
    run.recorder.stop().await;
}

#[tokio::test]
async fn a_claim_after_a_restart_brings_the_cuff_readings_it_reaches_back_to() {
    let house = House::new();
    let run = house.start().await;
    let early = run.hear(cuff(-300, 118)).recorded().await.unwrap();
    let (_, first) = early.through()[0].clone();
    run.open(1, "4711").await.unwrap();
    assert_eq!(run.picked(MarkKind::Baseline), None, "H02: measured before she came");
    run.recorder.stop().await;
    drop(run.disk);
    let run = house.start().await;
    run.act_at(60, 2, Act::Claimed { from: first, ago: Micros(0) }).await.unwrap();
    assert_eq!(run.picked(MarkKind::Baseline), Some(first));
    run.recorder.stop().await;
}

#[tokio::test]
async fn a_baseline_pressed_without_values_takes_those_of_the_last_minute() {
    let mut house = House::new();
    house.roster.sources.insert("nonin".into(), Binding::Chair("1".into()));
    let prefer = BTreeMap::from([(Vital::Spo2, vec!["nonin".into()])]);
    house.roster.prefer.insert("1".into(), Preference { vitals: prefer, default: Vec::new() });
    let run = house.start().await;
    run.open(1, "4711").await.unwrap();
    run.act_at(60, 2, moved(Phase::Baseline, "")).await.unwrap();
    let baseline = || Act::Baseline { values: Vec::new() };
    let error = run.act_at(70, 3, baseline()).await.unwrap_err();
    assert!(matches!(error, DeskError::Act(Refused::NothingMeasured { old_cuff: false })), "{error}");
    run.hear(cuff(80, 131)).recorded().await.unwrap();
    for (second, value) in [(100, 99), (141, 95), (150, 97), (160, 96)] {
        run.hear(saturation("nonin", second, value)).recorded().await.unwrap();
        run.hear(saturation("nellcor", second, 80)).recorded().await.unwrap();
    }
    // The newest is shown, and not yet on disk.
    run.disk.hang();
    drop(run.hear(saturation("nonin", 170, 90)));
    let press = run.act_at(200, 3, baseline());
    let (pressed, ()) = tokio::join!(press, async {
        tokio::task::yield_now().await;
        run.disk.heal();
    });
    let taken = run.session().act(pressed.unwrap()).unwrap().done.act.clone();
    let Act::Baseline { values } = taken else { panic!("no baseline") };
    let line = |value: &chairside_observation::session::BaselineValue| {
        let digits: Vec<_> = value.values.iter().map(ToString::to_string).collect();
        format!("{} {}", value.vital.word(), digits.join("/"))
    };
    assert_eq!(values.iter().map(line).collect::<Vec<_>>(), ["spo2 95", "nibp 131/80/93"]);
    assert_eq!(run.session().baseline, values, "and every number leads to its entries");
    run.recorder.stop().await;
}
