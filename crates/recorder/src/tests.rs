//! The recorder with a real SQLite log; where the disk has to fail or hang, a thin wrapper stands in front of it.

use super::*;
use async_trait::async_trait;
use chairside_hub::{Event, Recording, Screen, Told};
use chairside_observation::session::SessionId;
use chairside_observation::{
    Amount, ChairId, Civil, Context, Decimal, Entry, Frame, FrameKey, FrameKind, LinkState, Measured, Micros,
    Observation, Reading, Received, SourceId, Unit, Vital,
};
use chairside_store::{Batch, Committed, Found, Head, SqliteLog, Verified};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::sync::watch;

mod clinic;
mod due;
mod identity;
mod patients;
mod sessions;
mod simulation;

/// Civil times without an offset are UTC.
struct Utc;
impl Zone for Utc {
    fn utc(&self, civil: Civil) -> Micros {
        civil.utc().unwrap_or_else(|| civil.face())
    }
}

/// 2026-09-21T14:13:20Z.
const BEGIN_US: i64 = 1_790_000_000_000_000;

fn at(s: i64) -> Received {
    Received { mono: Micros::from_secs(1_000 + s), wall: Micros(BEGIN_US + s * 1_000_000) }
}

/// How an append goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Nothing was written.
    Before,
    /// Everything was written, but the answer says it was not.
    After,
}

/// A disk that fails the k-th append, once or from then on, or does not answer at all.
struct Disk {
    log: SqliteLog,
    appends: AtomicUsize,
    fault: Mutex<Option<(std::ops::Range<usize>, Fault)>>,
    answers: watch::Sender<bool>,
    sizes: Mutex<Vec<usize>>,
}

impl Disk {
    fn fail(&self, appends: std::ops::Range<usize>, fault: Fault) {
        *self.fault.lock().unwrap() = Some((appends, fault));
    }

    fn heal(&self) {
        *self.fault.lock().unwrap() = None;
        self.answers.send_replace(true);
    }

    fn hang(&self) {
        self.answers.send_replace(false);
    }
}

#[async_trait]
impl SessionLog for Disk {
    async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        let number = self.appends.fetch_add(1, Ordering::SeqCst) + 1;
        self.sizes.lock().unwrap().push(batches.len());
        let _ = self.answers.subscribe().wait_for(|answers| *answers).await;
        let fault = self.fault.lock().unwrap().clone().filter(|(range, _)| range.contains(&number));
        match fault {
            None => self.log.append(batches).await,
            Some((_, Fault::Before)) => Err(StoreError::Write("the test's disk fails".into())),
            Some((_, Fault::After)) => {
                self.log.append(batches).await?;
                Err(StoreError::Write("the test's disk lies".into()))
            }
        }
    }
    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        self.log.heads().await
    }
    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.log.read(timeline, after, limit).await
    }
    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.log.deeds(timeline, after, limit).await
    }
    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError> {
        self.log.before(timeline, wall).await
    }
    async fn latest(&self, timeline: &Timeline) -> Result<Vec<Entry>, StoreError> {
        self.log.latest(timeline).await
    }
    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError> {
        self.log.frame(timeline, sequence).await
    }
    async fn find(&self, ask: &Find) -> Result<Found, StoreError> {
        self.log.find(ask).await
    }
    async fn deeds_of(&self, session: &SessionId) -> Result<Option<(ChairId, Vec<Entry>)>, StoreError> {
        self.log.deeds_of(session).await
    }
    async fn replay_after(&self, chair: &ChairId) -> Result<Sequence, StoreError> {
        self.log.replay_after(chair).await
    }
    async fn verify(&self) -> Result<Verified, StoreError> {
        self.log.verify().await
    }
    async fn recent_keys(&self, limit: usize) -> Result<Option<(Vec<FrameKey>, Committed)>, StoreError> {
        self.log.recent_keys(limit).await
    }
}

/// A clinic with one data folder; the program in it can be started again and again.
struct House {
    folder: TempDir,
    roster: Roster,
}

struct Running {
    recorder: Recorder,
    hub: Hub,
    disk: Arc<Disk>,
}

impl House {
    /// Chair 1 has the Nellcor; bed B1 of the gateway is chair 2.
    fn new() -> Self {
        let chairs = vec![("1".into(), "Chair 1".into()), ("2".into(), "Chair 2".into())];
        let mut roster = Roster { chairs, ..Roster::default() };
        roster.sources.insert("nellcor".into(), Binding::Chair("1".into()));
        roster.sources.insert("hl7".into(), Binding::Beds(BTreeMap::from([("B1".into(), "2".into())])));
        Self { folder: tempfile::tempdir().unwrap(), roster }
    }

    async fn start(&self) -> Running {
        let clock: Clock = Arc::new(|| at(0));
        let log = SqliteLog::open(&self.folder.path().join("log.db"), "boot-1", Arc::clone(&clock)).await.unwrap();
        let disk = Arc::new(Disk {
            log,
            appends: AtomicUsize::new(0),
            fault: Mutex::default(),
            answers: watch::Sender::new(true),
            sizes: Mutex::default(),
        });
        let hub = Hub::new();
        let log: Arc<dyn SessionLog> = disk.clone();
        let recorder = start(log, hub.clone(), self.roster.clone(), Arc::new(Utc), clock).await.unwrap();
        Running { recorder, hub, disk }
    }
}

impl Running {
    fn hear(&self, heard: Heard) -> Receipt {
        self.recorder.intake.hear(heard)
    }

    async fn entries(&self, timeline: &Timeline) -> Vec<Entry> {
        self.disk.log.read(timeline, Sequence(0), usize::MAX).await.unwrap()
    }

    fn screen(&self, timeline: &Timeline) -> Screen {
        let screen = self.hub.join();
        let _ = screen.follow(timeline);
        screen
    }

    async fn stop(self) {
        self.recorder.stop().await;
        self.disk.log.close().await.unwrap();
    }
}

fn chair(id: &str) -> Timeline {
    Timeline::Chair(id.into())
}

fn feed(source: &str, bed: &str) -> Timeline {
    Timeline::Feed { source: source.into(), bed: bed.into() }
}

fn spo2(value: i64, bed: Option<&str>) -> Observation {
    let context = bed.map(|bed| Arc::new(Context { bed: Some(bed.into()), ..Context::default() }));
    let reading = Reading::Valid(Amount::One(Decimal::whole(value)));
    Observation { context, ..Observation::new(Vital::Spo2, reading, Unit::Percent, 0..4) }
}

fn heard(source: &str, second: i64, key: Option<u64>, said: Vec<What>) -> Heard {
    static OFFSET: AtomicI64 = AtomicI64::new(0);
    let offset = OFFSET.fetch_add(4, Ordering::Relaxed).cast_unsigned();
    let key = key.map(|key| FrameKey([key.to_be_bytes(), [7; 8]].concat().try_into().unwrap()));
    let raw = Arc::from(&b"row\n"[..]);
    let frame = Frame { source: source.into(), offset, received: at(second), kind: FrameKind::Understood, raw, key };
    Heard { frame, said }
}

fn row(second: i64, key: Option<u64>) -> Heard {
    heard("nellcor", second, key, vec![What::Reading(spo2(90 + second % 10, None))])
}

fn is_reading(entry: &Entry) -> bool {
    matches!(entry.what, What::Reading(_))
}

async fn told(screen: &Screen) -> Told {
    loop {
        if let Event::Told(told) = screen.next().await.unwrap() {
            return told;
        }
    }
}

async fn shown(screen: &Screen) -> Vec<Entry> {
    loop {
        if let Event::Update(update) = screen.next().await.unwrap() {
            return update.entries.clone();
        }
    }
}

#[tokio::test]
async fn a_receipt_means_recorded_and_the_screen_knows_up_to_where() {
    let house = House::new();
    let run = house.start().await;
    let committed = run.hear(row(1, None)).recorded().await.unwrap();
    assert_eq!(committed.through().iter().find(|(t, _)| *t == chair("1")).unwrap().1, Sequence(1));
    let (head, recorded, when) = run.hub.marks(&chair("1"));
    assert_eq!((head, recorded, when), (Sequence(1), Sequence(1), Some(at(1))));
    assert_eq!(run.entries(&chair("1")).await.len(), 1);
    run.stop().await;
}

#[tokio::test]
async fn a_frame_that_says_nothing_is_kept_as_heard() {
    let house = House::new();
    let run = house.start().await;
    let frame = heard("nellcor", 1, None, vec![]);
    let bytes = frame.frame.offset..frame.frame.offset + 4;
    run.hear(frame).recorded().await.unwrap();
    assert_eq!(run.entries(&chair("1")).await[0].what, What::Heard { bytes });
    run.stop().await;
}

#[tokio::test]
async fn h01_two_patients_of_one_message_go_two_ways() {
    let house = House::new();
    let run = house.start().await;
    let screen = run.hub.join();
    let said =
        vec![What::Reading(spo2(97, Some("B1"))), What::Reading(spo2(88, Some("B2"))), What::Reading(spo2(99, None))];
    run.hear(heard("hl7", 1, None, said)).recorded().await.unwrap();
    for (timeline, value) in [(chair("2"), 97), (feed("hl7", "B2"), 88), (feed("hl7", ""), 99)] {
        let entries = run.entries(&timeline).await;
        assert_eq!(entries.len(), 1, "of {}", timeline.key());
        let What::Reading(o) = &entries[0].what else { panic!("no reading") };
        assert_eq!(o.reading.amount(), Some(Amount::One(Decimal::whole(value))));
        let frame = run.disk.log.frame(&timeline, Sequence(1)).await.unwrap().unwrap();
        assert_eq!(&*frame.raw, b"row\n", "each leads to the one message");
    }
    assert!(matches!(told(&screen).await, Told::RosterChanged));
    let unassigned: Vec<_> = run.recorder.desk.roster().unassigned.iter().map(|f| f.bed.to_string()).collect();
    assert_eq!(unassigned, ["", "B2"], "both gave values");
    run.stop().await;
}

#[tokio::test]
async fn a_feed_is_offered_only_once_values_came() {
    let house = House::new();
    let run = house.start().await;
    run.hear(heard("hl7", 1, None, vec![])).recorded().await.unwrap();
    assert!(run.recorder.desk.roster().unassigned.is_empty());
    assert_eq!(run.entries(&feed("hl7", "")).await.len(), 1, "but it is kept");
    run.stop().await;
}

#[tokio::test]
async fn h19_a_repetition_is_shown_and_stored_once_and_answered_each_time() {
    let house = House::new();
    let run = house.start().await;
    let screen = run.screen(&chair("1"));
    run.disk.hang();
    let (first, second) = (run.hear(row(1, Some(5))), run.hear(row(2, Some(5))));
    run.disk.heal();
    first.recorded().await.unwrap();
    second.recorded().await.expect("a repetition waits with the first");
    run.hear(row(3, Some(5))).recorded().await.expect("a repetition of what is recorded is answered at once");
    assert_eq!(shown(&screen).await.len(), 1);
    run.hear(row(4, Some(6))).recorded().await.unwrap();
    assert_eq!(shown(&screen).await[0].received, at(4), "nothing was shown in between");
    assert_eq!(run.entries(&chair("1")).await.len(), 2);
    run.stop().await;

    let run = house.start().await;
    run.hear(row(9, Some(5))).recorded().await.expect("a repetition after a restart has its receipt");
    assert_eq!(run.entries(&chair("1")).await.len(), 2, "and is stored once");
    run.stop().await;
}

/// Sends `count` messages one after the other, each again until it has its receipt, as an HL7 sender does.
async fn send_until_receipted(run: &Running, count: u64) {
    for key in 0..count {
        while run.hear(row(key.cast_signed(), Some(key))).recorded().await.is_err() {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn p03_the_kth_append_fails_once_and_nothing_is_lost_or_doubled() {
    for fault in [Fault::Before, Fault::After] {
        for k in 1..=6 {
            let house = House::new();
            let run = house.start().await;
            run.disk.fail(k..k + 1, fault);
            send_until_receipted(&run, 4).await;
            run.stop().await;
            let run = house.start().await;
            let entries = run.entries(&chair("1")).await;
            assert_eq!(entries.iter().filter(|e| is_reading(e)).count(), 4, "{fault:?} at append {k}");
            assert_eq!(entries.len(), 4, "{fault:?} at append {k}");
            let verified = run.disk.verify().await.unwrap();
            assert!(verified.broken.is_empty(), "{fault:?} at append {k}: {:?}", verified.broken);
            run.stop().await;
        }
    }
}

#[tokio::test]
async fn p03_a_log_that_cannot_be_written_is_told_and_catches_up_with_its_own_times() {
    let house = House::new();
    let run = house.start().await;
    let screen = run.screen(&chair("1"));
    run.hear(row(1, None)).recorded().await.unwrap();
    run.disk.fail(0..usize::MAX, Fault::Before);
    assert!(run.hear(row(2, None)).recorded().await.is_err());
    let Told::Recording(Recording::No { reason, .. }) = told(&screen).await else { panic!("not told") };
    assert!(reason.contains("the test's disk fails"), "found {reason}");
    assert!(run.hear(row(3, None)).recorded().await.is_err(), "refused at once");
    for second in 1..=3 {
        assert_eq!(shown(&screen).await[0].received, at(second), "shown live all the same");
    }
    let refused = run.recorder.desk.name_chair(at(4), &"3".into(), "Chair 3").await;
    assert!(matches!(refused, Err(DeskError::NotRecorded(_))));
    run.disk.heal();
    assert!(matches!(told(&screen).await, Told::Recording(Recording::Yes)));
    run.hear(row(5, None)).recorded().await.expect("receipts are back");
    let times: Vec<_> = run.entries(&chair("1")).await.iter().map(|e| e.received).collect();
    assert_eq!(times, [at(1), at(2), at(3), at(5)]);
    assert!(!run.recorder.desk.roster().has_chair(&"3".into()), "a refused deed leaves no trace");
    run.stop().await;
}

#[tokio::test]
async fn h10_a_disk_that_does_not_answer_is_told_within_a_second_and_the_screen_lives_on() {
    let house = House::new();
    let run = house.start().await;
    run.hear(row(1, None)).recorded().await.unwrap();
    run.disk.hang();
    let screen = run.screen(&chair("1"));
    let receipt = run.hear(row(2, None));
    assert_eq!(shown(&screen).await[0].received, at(2), "shown before the disk answered");
    tokio::time::pause();
    let begin = tokio::time::Instant::now();
    assert!(matches!(told(&screen).await, Told::Recording(Recording::No { .. })));
    assert!(begin.elapsed() <= std::time::Duration::from_secs(1), "told after {:?}", begin.elapsed());
    assert!(receipt.recorded().await.is_err(), "nobody waits for a disk that does not answer");
    assert!(run.hear(row(3, None)).recorded().await.is_err());
    assert_eq!(shown(&screen).await[0].received, at(3));
    tokio::time::resume();
    run.disk.heal();
    assert!(matches!(told(&screen).await, Told::Recording(Recording::Yes)));
    run.hear(row(4, None)).recorded().await.unwrap();
    assert_eq!(run.entries(&chair("1")).await.len(), 4, "what was held is recorded");
    run.stop().await;
}

fn big(source: &str, bed: Option<&str>, key: u64) -> Heard {
    let mut big = heard(source, 1, Some(key), vec![What::Reading(spo2(97, bed)), What::Reading(spo2(96, bed))]);
    big.frame.raw = vec![0; 128 * 1024].into();
    big
}

#[tokio::test]
async fn h09_readings_sent_are_recorded_or_declared_lost() {
    for fault in [Fault::Before, Fault::After] {
        let house = House::new();
        let run = house.start().await;
        run.disk.fail(1..usize::MAX, fault);
        let sent = 2 * HELD_BYTES_MAX / (128 * 1024);
        for key in 0..sent as u64 {
            let heard = if key % 3 == 0 { big("hl7", Some("B1"), key) } else { big("nellcor", None, key) };
            drop(run.hear(heard));
            tokio::task::yield_now().await;
        }
        let shared = Arc::clone(&run.recorder.shared);
        assert!(shared.state().queue.frames_lost > 0, "the memory is bounded");
        run.disk.heal();
        // The first message was given up: sent again it counts as new.
        while run.hear(big("nellcor", None, 1)).recorded().await.is_err() {
            tokio::task::yield_now().await;
        }
        run.stop().await;
        let lost = shared.state().queue.frames_lost;
        drop(shared);
        let run = house.start().await;
        let (mut frames, mut declared) = (0, 0);
        for timeline in [chair("1"), chair("2")] {
            let entries = run.entries(&timeline).await;
            let sequences: Vec<u64> = entries.iter().map(|e| e.sequence.0).collect();
            assert_eq!(sequences, (1..=entries.len() as u64).collect::<Vec<_>>(), "no number is left out");
            frames += entries.iter().filter(|e| is_reading(e)).count() / 2;
            declared += entries
                .iter()
                .map(|e| if let What::Deed(Deed::FramesLost { frames }) = e.what { frames } else { 0 })
                .sum::<u64>();
        }
        // With answers that lie, some of what was given up is in the log after all; it is never missing from both.
        let expected = sent + 1;
        let all = frames + usize::try_from(declared).unwrap();
        if fault == Fault::Before {
            assert_eq!((all, declared), (expected, lost));
        } else {
            assert!(all >= expected - 1, "sent {expected}, recorded {frames}, declared lost {declared}");
        }
        assert!(run.disk.verify().await.unwrap().broken.is_empty());
        run.stop().await;
    }
}

#[tokio::test]
async fn senders_that_wait_for_answers_share_a_flush() {
    const SENDERS: usize = 8;
    const ROUNDS: i64 = 5;
    let house = House::new();
    let run = house.start().await;
    run.hear(row(0, None)).recorded().await.unwrap();
    let before = run.disk.sizes.lock().unwrap().len();
    let tasks = (0..SENDERS).map(|sender| {
        let intake = run.recorder.intake.clone();
        tokio::spawn(async move {
            for round in 0..ROUNDS {
                // Half of them take a little longer to come back.
                for _ in 0..(sender % 2) * 4 {
                    tokio::task::yield_now().await;
                }
                intake.hear(row(round, None)).recorded().await.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let sizes = run.disk.sizes.lock().unwrap()[before..].to_vec();
    let whole = sizes.iter().filter(|size| **size == SENDERS).count();
    assert!(whole >= 3, "commits of {sizes:?} messages: the halves never met");
    run.stop().await;
}

#[tokio::test]
async fn what_people_did_is_back_after_a_restart() {
    let house = House::new();
    let run = house.start().await;
    run.hear(heard("hl7", 1, None, vec![What::Reading(spo2(97, Some("B2")))])).recorded().await.unwrap();
    let desk = &run.recorder.desk;
    desk.name_chair(at(2), &"3".into(), " Window ").await.unwrap();
    desk.name_chair(at(2), &"1".into(), "Door").await.unwrap();
    desk.assign_feed(at(3), &"hl7".into(), "B2", Some(&"3".into())).await.unwrap();
    run.hear(heard("hl7", 4, None, vec![What::Reading(spo2(96, Some("B2")))])).recorded().await.unwrap();
    assert_eq!(run.entries(&feed("hl7", "B2")).await.len(), 1, "what it said before stays there");
    assert_eq!(run.entries(&chair("3")).await.len(), 1);
    let roster = desk.roster();
    run.stop().await;

    let run = house.start().await;
    let again = run.recorder.desk.roster();
    let chairs: Vec<_> = again.chairs.iter().map(|(id, name)| (id.to_string(), name.to_string())).collect();
    let expected = [("1", "Door"), ("2", "Chair 2"), ("3", "Window")];
    assert_eq!(chairs, expected.map(|(id, name)| (id.to_owned(), name.to_owned())));
    assert_eq!((&again.assigned, &again.unassigned), (&roster.assigned, &roster.unassigned));
    assert!(again.unassigned.is_empty());
    let snapshot = run.hub.snapshot(&chair("3"));
    assert_eq!((snapshot.head, snapshot.recorded, snapshot.latest.len()), (Sequence(1), Sequence(1), 1));
    run.recorder.desk.assign_feed(at(5), &"hl7".into(), "B2", None).await.unwrap();
    assert_eq!(run.recorder.desk.roster().unassigned.len(), 1, "a feed that was taken away is offered again");
    let deeds: Vec<_> = run.entries(&Timeline::House).await.iter().map(deed_word).collect();
    let expected = ["started", "chair named", "chair named", "feed assigned", "stopped", "started", "feed assigned"];
    assert_eq!(deeds, expected);
    run.stop().await;
}

fn deed_word(entry: &Entry) -> &'static str {
    match &entry.what {
        What::Deed(deed) => deed.word(),
        _ => "no deed",
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_with_its_reason() {
    let house = House::new();
    let run = house.start().await;
    let desk = &run.recorder.desk;
    let long = "x".repeat(65);
    for (chair, name) in
        [("", "n"), ("a/b", "n"), ("a:b", "n"), ("3", ""), ("3", "  "), ("3", long.as_str()), ("3", "a\u{1f}b")]
    {
        assert!(desk.name_chair(at(1), &chair.into(), name).await.is_err(), "{chair:?} {name:?}");
    }
    let assign = |source: &str, chair: &str| {
        let (source, chair): (SourceId, ChairId) = (source.into(), chair.into());
        async move { desk.assign_feed(at(1), &source, "B9", Some(&chair)).await }
    };
    assert!(matches!(assign("nellcor", "1").await, Err(DeskError::BoundByConfiguration(_))));
    assert!(matches!(assign("nobody", "1").await, Err(DeskError::NoSource(_))));
    assert!(matches!(assign("hl7", "9").await, Err(DeskError::NoChair(_))));
    assign("hl7", "1").await.expect("a bed that was not heard yet may be given a chair");
    run.stop().await;
}

fn measured(vital: Vital, ago_s: i64) -> What {
    let reading = Reading::Valid(Amount::One(Decimal::whole(1)));
    let measured = Some(Measured::Ago(Micros::from_secs(ago_s)));
    What::Reading(Observation { measured, ..Observation::new(vital, reading, Unit::One, 0..4) })
}

#[tokio::test]
async fn h02_late_data_is_history_and_a_cuff_reading_has_its_own_age() {
    let house = House::new();
    let run = house.start().await;
    let cases =
        [(Vital::Spo2, 5, 0), (Vital::Spo2, 60, 0), (Vital::Spo2, 61, 61), (Vital::Nibp, 5, 5), (Vital::Nibp, 0, 0)];
    let said = cases.iter().map(|(vital, ago, _)| measured(*vital, *ago)).collect();
    run.hear(heard("nellcor", 1, None, said)).recorded().await.unwrap();
    let ages: Vec<i64> = run.entries(&chair("1")).await.iter().map(|e| e.age.0 / 1_000_000).collect();
    assert_eq!(ages, cases.map(|(_, _, age)| age));
    run.stop().await;
}

#[tokio::test]
async fn late_data_does_not_teach_how_often_a_feed_speaks() {
    let house = House::new();
    let run = house.start().await;
    for second in 0..5 {
        run.hear(heard("nellcor", second * 30, None, vec![measured(Vital::Spo2, 0)])).recorded().await.unwrap();
    }
    for second in 0..20 {
        run.hear(heard("nellcor", 150 + second, None, vec![measured(Vital::Spo2, 600)])).recorded().await.unwrap();
    }
    assert_eq!(run.hub.snapshot(&chair("1")).every, [("nellcor".into(), Micros::from_secs(30))]);
    run.stop().await;
}

#[tokio::test]
async fn a_link_is_told_where_its_source_is_seen() {
    let house = House::new();
    let run = house.start().await;
    let link = |second, source: &str, state| run.recorder.intake.link(at(second), &source.into(), state, "cable");
    link(1, "nellcor", LinkState::Live);
    link(1, "hl7", LinkState::Live);
    link(1, "hl7", LinkState::Live);
    run.hear(heard("hl7", 2, None, vec![What::Reading(spo2(97, Some("B2")))])).recorded().await.unwrap();
    link(3, "hl7", LinkState::Lost);
    run.recorder.desk.assign_feed(at(4), &"hl7".into(), "B2", Some(&"1".into())).await.unwrap();
    run.hear(row(5, None)).recorded().await.unwrap();
    for (timeline, expected) in [
        (chair("1"), "nellcor live, hl7 lost"),
        (chair("2"), "hl7 live, hl7 lost"),
        (feed("hl7", "B2"), "hl7 live, hl7 lost"),
        (feed("hl7", ""), ""),
    ] {
        let links = run.entries(&timeline).await;
        let words = links.iter().filter_map(|e| match &e.what {
            What::Link(link) => Some(format!("{} {}", link.source, link.state.word())),
            _ => None,
        });
        assert_eq!(words.collect::<Vec<_>>().join(", "), expected, "on {}", timeline.key());
    }
    run.stop().await;
}

#[tokio::test]
async fn h11_a_step_of_the_wall_clock_is_an_entry_and_changes_no_order() {
    let house = House::new();
    let run = house.start().await;
    let mut stepped = row(2, None);
    stepped.frame.received.wall = stepped.frame.received.wall - Micros::from_secs(3600);
    let mut after = row(3, None);
    after.frame.received.wall = after.frame.received.wall - Micros(3_601_000_000);
    run.hear(row(1, None)).recorded().await.unwrap();
    run.hear(stepped).recorded().await.unwrap();
    run.hear(after).recorded().await.unwrap();
    let steps: Vec<_> =
        run.entries(&Timeline::House).await.into_iter().filter(|e| deed_word(e) == "clock stepped").collect();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].what, What::Deed(Deed::ClockStepped { by_us: -3_600_000_000 }));
    let monos: Vec<_> = run.entries(&chair("1")).await.iter().map(|e| e.received.mono).collect();
    assert_eq!(monos, [at(1).mono, at(2).mono, at(3).mono]);
    run.stop().await;
}

#[tokio::test]
async fn h24_a_sender_that_makes_up_beds_gets_no_timeline_for_each() {
    let house = House::new();
    let run = house.start().await;
    let mut last = None;
    for bed in 0..600 {
        last = Some(run.hear(heard("hl7", 1, None, vec![What::Reading(spo2(97, Some(&format!("X{bed}"))))])));
    }
    last.unwrap().recorded().await.unwrap();
    assert_eq!(run.disk.heads().await.unwrap().len(), 512 + 2, "beds, the feed without a bed, the house");
    assert_eq!(run.entries(&feed("hl7", "")).await.len(), 600 - 512);
    run.stop().await;
}

#[tokio::test]
async fn after_stop_nothing_is_accepted() {
    let house = House::new();
    let run = house.start().await;
    let intake = run.recorder.intake.clone();
    let receipts: Vec<_> = (0..50).map(|s| run.hear(row(s, None))).collect();
    let disk = Arc::clone(&run.disk);
    run.recorder.stop().await;
    for receipt in receipts {
        receipt.recorded().await.expect("what was queued is written");
    }
    assert!(intake.hear(row(99, None)).recorded().await.is_err());
    assert_eq!(disk.log.read(&chair("1"), Sequence(0), 1000).await.unwrap().len(), 50);
    let house_log = disk.log.read(&Timeline::House, Sequence(0), 10).await.unwrap();
    assert_eq!(deed_word(house_log.last().unwrap()), "stopped");
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_for_ever_for_a_log_that_cannot_be_written() {
    let house = House::new();
    tokio::time::resume();
    let run = house.start().await;
    run.hear(row(1, None)).recorded().await.unwrap();
    run.disk.hang();
    let receipt = run.hear(row(2, None));
    tokio::time::pause();
    run.recorder.stop().await;
    assert!(receipt.recorded().await.is_err());
}
