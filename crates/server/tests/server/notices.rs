//! The clinic's limit notices on their way to a screen. What raises them is a test's.

use crate::rig::{Client, received, start, start_noticing};
use chairside_hub::Told;
use chairside_observation::ChairId;
use chairside_server::Notices;
use chairside_wire::{LimitNotice, ToScreen};
use std::sync::{Arc, Mutex};

/// Says what the test told it to.
#[derive(Default)]
struct Layer(Mutex<Option<Result<Vec<LimitNotice>, String>>>);

impl Layer {
    fn say(&self, answer: Result<Vec<LimitNotice>, String>) {
        *self.0.lock().unwrap() = Some(answer);
    }
}

impl Notices for Layer {
    fn of(&self, chair: &ChairId) -> Result<Vec<LimitNotice>, String> {
        let answer = self.0.lock().unwrap().clone().unwrap_or(Ok(Vec::new()));
        // One chair's notices are never another's.
        if chair.as_str() == "1" { answer } else { answer.map(|_| Vec::new()) }
    }
}

fn urgent() -> LimitNotice {
    LimitNotice {
        notice: "spo2".into(),
        level: "urgent".into(),
        value: "88".into(),
        limit: "90".into(),
        since: received(0).into(),
        seen_by: None,
        quiet_until: None,
    }
}

/// Chair, words of the notices, and why there are none.
async fn told(screen: &mut Client) -> (String, Vec<String>, Option<String>) {
    let notices = |message| match message {
        ToScreen::Notices { chair, notices, failed } => {
            Some((chair, notices.into_iter().map(|it| it.notice).collect(), failed))
        }
        _ => None,
    };
    screen.hear_until(notices).await
}

#[tokio::test]
async fn h13_notices_come_after_the_snapshot_and_on_change_to_those_who_follow() {
    let layer = Arc::new(Layer::default());
    let rig = start_noticing(layer.clone()).await;
    let changed = || rig.hub.tell(&Told::NoticesChanged(["1".into(), "2".into()].into()));
    let (mut one, mut two) = (rig.screen().await, rig.screen().await);
    one.follow("1", None, 0).await;
    two.follow("2", None, 0).await;
    assert_eq!(told(&mut one).await, ("1".into(), vec![], None), "nothing stands is said, too");
    assert_eq!(told(&mut two).await.0, "2");
    layer.say(Ok(vec![urgent()]));
    changed();
    assert_eq!(told(&mut one).await, ("1".into(), vec!["spo2".into()], None));
    assert_eq!(told(&mut two).await, ("2".into(), vec![], None));
    layer.say(Err("stopped".into()));
    changed();
    assert_eq!(told(&mut one).await, ("1".into(), vec![], Some("stopped".into())));
    let mut late = rig.screen().await;
    late.follow("3", None, 0).await;
    assert_eq!(told(&mut late).await, ("3".into(), vec![], Some("stopped".into())), "failed for every chair");
}

#[tokio::test]
async fn h13_a_program_without_the_layer_says_so_and_nothing_else() {
    let layer = async |screen: &mut Client| {
        screen.hear_until(|m| if let ToScreen::Clinic { clinic } = m { Some(clinic.has_limits) } else { None }).await
    };
    let with = start_noticing(Arc::new(Layer::default())).await;
    assert!(layer(&mut with.screen().await).await);
    let without = start().await;
    let mut screen = without.screen().await;
    assert!(!layer(&mut screen).await);
    screen.follow("1", None, 0).await;
    without.hub.tell(&Told::NoticesChanged(["1".into()].into()));
    without.hub.tell(&Told::RosterChanged);
    let news = screen
        .hear_until(|message| match message {
            ToScreen::Notices { .. } => Some("notices"),
            ToScreen::Roster { .. } => Some("roster"),
            _ => None,
        })
        .await;
    assert_eq!(news, "roster", "the first was said at the start");
}
