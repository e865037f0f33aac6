//! The layer with a real recorder and log. The server's clock is the test's.

use super::*;
use chairside_observation::clinic::{Change, Changed, ClinicLimit};
use chairside_observation::session::{Act, ActKey, Patient, Person, Plan, Role, SessionId};
use chairside_observation::{
    Amount, Civil, Decimal, Frame, FrameKind, Micros, NoticeKind, Observation, Reading, Unit, Zone,
};
use chairside_recorder::{Binding, Heard, Press, Recorder};
use chairside_server::Notices;
use chairside_store::SqliteLog;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tempfile::TempDir;

struct Utc;
impl Zone for Utc {
    fn utc(&self, civil: Civil) -> Micros {
        civil.utc().unwrap_or_else(|| civil.face())
    }
}

/// A clinic with one chair. The layer's clock can be made to panic, and to hang.
struct House {
    folder: TempDir,
    second: Arc<AtomicI64>,
    broken: Arc<AtomicBool>,
    hangs: Arc<AtomicBool>,
}

struct Running {
    recorder: Recorder,
    hub: Hub,
    log: Arc<SqliteLog>,
    notices: Arc<dyn Notices>,
    second: Arc<AtomicI64>,
    broken: Arc<AtomicBool>,
    hangs: Arc<AtomicBool>,
    stop: watch::Sender<bool>,
}

fn person(name: &str, role: Role) -> Person {
    Person { name: name.into(), role }
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, second: Arc::new(AtomicI64::new(1000)), broken: Arc::default(), hangs: Arc::default() }
    }

    async fn start(&self) -> Running {
        self.start_watched(STUCK_AFTER).await
    }

    async fn start_watched(&self, stuck_after: Duration) -> Running {
        let second = Arc::clone(&self.second);
        let clock: Clock = Arc::new(move || {
            let s = second.load(Ordering::SeqCst);
            Received { mono: Micros::from_secs(s), wall: Micros::from_secs(1_800_000_000 + s) }
        });
        let log = SqliteLog::open(&self.folder.path().join("log.db"), "boot-1", Arc::clone(&clock)).await.unwrap();
        let log = Arc::new(log);
        let mut roster = Roster { chairs: vec![("1".into(), "1".into())], ..Roster::default() };
        roster.sources.insert("com3".into(), Binding::Chair("1".into()));
        let hub = Hub::new();
        let disk: Arc<dyn SessionLog> = log.clone();
        let recorder =
            chairside_recorder::start(disk.clone(), hub.clone(), roster, Arc::new(Utc), clock.clone()).await.unwrap();
        let (broken, hangs) = (Arc::clone(&self.broken), Arc::clone(&self.hangs));
        let clock: Clock = Arc::new(move || {
            while hangs.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            assert!(!broken.load(Ordering::SeqCst), "the test asked for a panic");
            clock()
        });
        let needs = Needs { hub: hub.clone(), desk: recorder.desk.clone(), log: disk, clock };
        let (stop, stopped) = watch::channel(false);
        let notices = super::start_watched(needs, stopped, stuck_after);
        let (second, broken) = (Arc::clone(&self.second), Arc::clone(&self.broken));
        Running { recorder, hub, log, notices, second, broken, hangs: Arc::clone(&self.hangs), stop }
    }
}

impl Running {
    fn now(&self) -> Received {
        let s = self.second.load(Ordering::SeqCst);
        Received { mono: Micros::from_secs(s), wall: Micros::from_secs(1_800_000_000 + s) }
    }

    async fn switch_on(&self, kind: NoticeKind) {
        let change = Change::Limit(ClinicLimit { kind, on: true, limits: kind.limits() });
        let changed = Changed { by: person("Lee", Role::Lead), change };
        self.recorder.desk.change_clinic(self.now(), changed).await.unwrap();
    }

    async fn open(&self) -> SessionId {
        let text = |text: &str| text.into();
        let patient = Patient { id: text("4711"), name: text("Doe"), born: text("1980-02-29"), alias: text("JD") };
        let plan = Plan {
            template: text("IV"),
            number: 1,
            of: None,
            infusion_min: 40,
            cuff_infusing_min: 10,
            cuff_observing_min: 15,
            observe_min: 60,
            assess_first_min: 15,
            assess_later_min: 30,
        };
        let act = Act::Opened { patient, plan, planned: false };
        let press = Press { by: person("Ada", Role::Nurse), key: ActKey(1), about: None, act };
        self.recorder.desk.open_session(self.now(), &"1".into(), press).await.unwrap();
        self.recorder.desk.session(&"1".into()).unwrap().id.clone()
    }

    /// One second later the monitor says this saturation; it is on disk when this returns.
    async fn saturation(&self, percent: i64) {
        self.second.fetch_add(1, Ordering::SeqCst);
        let reading = Reading::Valid(Amount::One(Decimal::whole(percent)));
        let said = What::Reading(Observation::new(Vital::Spo2, reading, Unit::Percent, 0..4));
        let frame = Frame {
            source: "com3".into(),
            offset: 0,
            received: self.now(),
            kind: FrameKind::Understood,
            raw: (*b"SPO2").into(),
            key: None,
        };
        self.recorder.intake.hear(Heard { frame, said: vec![said] }).recorded().await.unwrap();
    }

    fn stands(&self) -> Vec<String> {
        let line = |it: &LimitNotice| format!("{} {} {} ({})", it.notice, it.level, it.value, it.limit);
        self.notices.of(&"1".into()).unwrap().iter().map(line).collect()
    }

    async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let met = async {
            while !condition(self) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), met).await.expect("it did not come to that");
    }
}

#[tokio::test]
async fn h13_a_change_of_settings_a_session_and_readings_reach_the_layer() {
    let house = House::new();
    let run = house.start().await;
    for _ in 0..30 {
        run.saturation(80).await;
    }
    run.switch_on(NoticeKind::Spo2).await;
    run.open().await;
    assert!(run.stands().is_empty(), "what came before the session is not hers");
    for _ in 0..11 {
        run.saturation(88).await;
    }
    run.until(|run| run.stands() == ["spo2 urgent 88 (90)"]).await;
    run.saturation(97).await;
    run.until(|run| run.stands().is_empty()).await;
    let deeds = run.log.deeds(&Timeline::Chair("1".into()), Sequence(0), 99).await.unwrap();
    let noticed = |entry: &&Entry| matches!(&entry.what, What::Deed(Deed::Noticed(_)));
    assert_eq!(deeds.iter().filter(noticed).count(), 2, "raised and over");
    run.recorder.stop().await;
}

#[tokio::test]
async fn h13_screens_are_told_of_changes_and_not_without_one() {
    let house = House::new();
    let run = house.start().await;
    run.switch_on(NoticeKind::Spo2).await;
    run.open().await;
    let screen = run.hub.join();
    for _ in 0..11 {
        run.saturation(88).await;
    }
    let told = async {
        loop {
            if let Ok(Event::Told(Told::NoticesChanged(chairs))) = screen.next().await {
                return chairs;
            }
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told).await.unwrap();
    assert_eq!(told.iter().map(ChairId::as_str).collect::<Vec<_>>(), ["1"]);
    run.recorder.stop().await;
}

/// S27: a part that its own checks call impossible stops, says so, and the rest lives.
#[tokio::test]
async fn h13_a_layer_that_panics_is_told_as_failed_and_everything_else_goes_on() {
    let house = House::new();
    let run = house.start().await;
    run.switch_on(NoticeKind::Spo2).await;
    run.open().await;
    let screen = run.hub.join();
    run.broken.store(true, Ordering::SeqCst);
    run.until(|run| run.notices.of(&"1".into()).is_err()).await;
    assert_eq!(run.notices.of(&"1".into()).unwrap_err(), FAILED);
    let told = async { while !matches!(screen.next().await, Ok(Event::Told(Told::NoticesChanged(_)))) {} };
    tokio::time::timeout(Duration::from_secs(30), told).await.expect("every screen is told");
    run.saturation(88).await;
    run.recorder.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn h13_a_layer_that_hangs_is_told_as_stuck_until_it_goes_on() {
    let house = House::new();
    let run = house.start_watched(Duration::from_millis(100)).await;
    run.switch_on(NoticeKind::Spo2).await;
    run.open().await;
    let screen = run.hub.join();
    run.hangs.store(true, Ordering::SeqCst);
    run.until(|run| run.notices.of(&"1".into()) == Err(STUCK.to_owned())).await;
    let told = async { while !matches!(screen.next().await, Ok(Event::Told(Told::NoticesChanged(_)))) {} };
    tokio::time::timeout(Duration::from_secs(30), told).await.expect("every screen is told");
    run.hangs.store(false, Ordering::SeqCst);
    run.until(|run| run.notices.of(&"1".into()).is_ok()).await;
    run.recorder.stop().await;
}

#[tokio::test]
async fn h13_a_layer_that_ends_in_order_is_no_failure() {
    let house = House::new();
    let run = house.start().await;
    run.stop.send(true).unwrap();
    run.broken.store(true, Ordering::SeqCst);
    run.saturation(97).await;
    assert!(run.notices.of(&"1".into()).is_ok());
    run.recorder.stop().await;
}
