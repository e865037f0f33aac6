//! One story for every database: what a [`SessionLog`] must do, told from the outside.

use crate::{Batch, Committed, SessionLog, StoreError};
use chairside_observation::session::{Act, ActKey, Done, Patient, Person, Phase, Plan, Role};
use chairside_observation::{
    Amount, Context, Decimal, Deed, Entry, Flag, Flags, Frame, FrameKey, FrameKind, Link, LinkState, Measured, Micros,
    Observation, Reading, Received, Sequence, SourceId, Timeline, Unit, Vital, What,
};
use std::sync::Arc;

/// Wall time at which the story begins: 2026-09-21T14:13:20Z.
pub const BEGIN_US: i64 = 1_790_000_000_000_000;

/// The moment `s` seconds into the story; its monotonic clock began 1,000 s before.
#[must_use]
pub const fn at(s: i64) -> Received {
    Received { mono: Micros::from_secs(1_000 + s), wall: Micros(BEGIN_US + s * 1_000_000) }
}

/// One frame of `source`, received at `second`, with saturation and pulse of `timeline` from `first` on.
#[must_use]
pub fn frame_batch(timeline: &Timeline, source: &str, first: u64, second: i64, key: Option<FrameKey>) -> Arc<Batch> {
    let raw: Arc<[u8]> = format!("SPO2=97 PR={first:03} at {second}\r\n").into_bytes().into();
    let offset = first * 100;
    let bytes = offset..offset + raw.len() as u64;
    let source = SourceId::from(source);
    let received = at(second);
    let said = [(Vital::Spo2, Unit::Percent, 97), (Vital::PulseRate, Unit::PerMin, 60)];
    let entries = said.into_iter().zip(first..).map(|((vital, unit, value), sequence)| Entry {
        timeline: timeline.clone(),
        sequence: Sequence(sequence),
        received,
        age: Micros(0),
        source: Some(source.clone()),
        what: What::Reading(Observation::new(
            vital,
            Reading::Valid(Amount::One(Decimal::whole(value))),
            unit,
            bytes.clone(),
        )),
    });
    let entries = entries.collect();
    let frame = Frame { source, offset, received, kind: FrameKind::Understood, raw, key };
    Arc::new(Batch { frame: Some(frame), entries })
}

/// A deed as a batch of its own.
#[must_use]
pub fn deed_batch(timeline: &Timeline, sequence: u64, second: i64, deed: Deed) -> Arc<Batch> {
    let (timeline, sequence, what) = (timeline.clone(), Sequence(sequence), What::Deed(deed));
    let entry = Entry { timeline, sequence, received: at(second), age: Micros(0), source: None, what };
    Arc::new(Batch { frame: None, entries: vec![entry] })
}

fn chair(id: &str) -> Timeline {
    Timeline::Chair(id.into())
}

fn key(n: u8) -> FrameKey {
    FrameKey([n; 16])
}

fn through(committed: &Committed) -> Vec<(String, u64)> {
    let mut through: Vec<_> = committed.through().iter().map(|(t, s)| (t.key(), s.0)).collect();
    through.sort();
    through
}

async fn all(log: &dyn SessionLog, timeline: &Timeline) -> Vec<Entry> {
    log.read(timeline, Sequence(0), usize::MAX).await.expect("the log can be read")
}

/// Runs the whole story. `open` opens one and the same place each time, as after a restart of the program on the same boot
/// of the machine; whatever it returned before has been dropped by then.
///
/// # Panics
/// The log does not keep its contract.
pub async fn story<F, T>(open: F)
where
    F: Fn() -> T,
    T: Future<Output = Result<Arc<dyn SessionLog>, StoreError>>,
{
    let reopen = || async { open().await.expect("the log can be opened") };
    let log = reopen().await;
    an_empty_log_has_nothing(&*log).await;
    let written = append_gives_a_receipt_for_each_timeline(&*log).await;
    drop(log);
    let log = reopen().await;
    everything_is_back_after_a_restart(&*log, &written).await;
    a_repetition_is_stored_once(&*log).await;
    drop(log);
    let log = reopen().await;
    a_repetition_is_stored_once_across_restarts(&*log).await;
    a_retry_of_what_is_stored_is_answered(&*log, &written).await;
    what_leaves_out_a_number_is_refused(&*log).await;
    history_begins_where_it_is_asked(&*log).await;
    the_latest_of_each_is_found(&*log).await;
    readings_of_one_vital_are_found(&*log).await;
    every_reading_leads_to_its_bytes(&*log).await;
    h01_no_entry_is_claimed_twice(&*log).await;
    drop(log);
    let log = reopen().await;
    h01_nor_after_a_restart(&*log).await;
    the_log_is_whole(&*log).await;
}

async fn an_empty_log_has_nothing(log: &dyn SessionLog) {
    assert!(log.heads().await.expect("heads").is_empty());
    assert!(all(log, &Timeline::House).await.is_empty());
    assert_eq!(log.before(&Timeline::House, at(0).wall).await.expect("before"), Sequence(0));
    assert!(log.readings(&chair("1"), Vital::Nibp, Sequence(0), 9).await.expect("readings").is_empty());
    assert!(log.latest(&Timeline::House).await.expect("latest").is_empty());
    assert_eq!(log.frame(&Timeline::House, Sequence(1)).await.expect("frame"), None);
    assert!(log.append(&[]).await.expect("an empty append").through().is_empty());
}

/// Two chairs in one frame, a pressure with everything that can be said of it, deeds, a link.
async fn append_gives_a_receipt_for_each_timeline(log: &dyn SessionLog) -> Vec<Arc<Batch>> {
    let link = Link { source: "hl7".into(), state: LinkState::Live, reason: "first message".into() };
    let link_entry = Entry {
        timeline: chair("1"),
        sequence: Sequence(1),
        received: at(0),
        age: Micros(0),
        source: Some("hl7".into()),
        what: What::Link(link),
    };
    let first = vec![
        deed_batch(&Timeline::House, 1, 0, Deed::Started { version: "0.1.0".into() }),
        Arc::new(Batch { frame: None, entries: vec![link_entry] }),
        frame_batch(&chair("1"), "nellcor", 2, 1, None),
    ];
    let committed = log.append(&first).await.expect("append");
    assert_eq!(through(&committed), [("chair:1".to_owned(), 3), ("house".to_owned(), 1)]);
    let second = vec![two_patients(4, 1)];
    let committed = log.append(&second).await.expect("append");
    assert_eq!(through(&committed), [("chair:1".to_owned(), 4), ("chair:2".to_owned(), 1)]);
    [first, second].concat()
}

fn two_patients(one: u64, two: u64) -> Arc<Batch> {
    let raw: Arc<[u8]> = Arc::from(&b"MSH|two patients\rOBX|1\rOBX|2\r"[..]);
    let context = |bed: &str, patient: &str| {
        Some(Arc::new(Context { bed: Some(bed.into()), patient: Some(patient.into()), ..Context::default() }))
    };
    let pressure =
        Amount::Pressure { systolic: Some(Decimal::whole(121)), diastolic: Some(Decimal::new(805, 1)), mean: None };
    let mut flags = Flags::NONE.with(Flag::High).with(Flag::CuffAuto);
    flags.insert_other("Z1; odd");
    let nibp = Observation {
        measured: Some(Measured::Ago(Micros::from_secs(42))),
        flags,
        synthetic: true,
        context: context("B1", "4711"),
        ..Observation::new(Vital::Nibp, Reading::Valid(pressure), Unit::MmHg, 17..23)
    };
    let temperature = Observation {
        site: Some("T1".into()),
        context: context("B2", "4712"),
        ..Observation::new(Vital::Temperature, Reading::Valid(Amount::One(Decimal::new(3660, 2))), Unit::Cel, 23..29)
    };
    let entry = |timeline, sequence, age, o| Entry {
        timeline,
        sequence: Sequence(sequence),
        received: at(2),
        age,
        source: Some("hl7".into()),
        what: What::Reading(o),
    };
    let entries =
        vec![entry(chair("1"), one, Micros::from_secs(42), nibp), entry(chair("2"), two, Micros(0), temperature)];
    let kind = FrameKind::Understood;
    let frame = Frame { source: "hl7".into(), offset: 0, received: at(2), kind, raw, key: Some(key(1)) };
    Arc::new(Batch { frame: Some(frame), entries })
}

async fn everything_is_back_after_a_restart(log: &dyn SessionLog, written: &[Arc<Batch>]) {
    for timeline in [Timeline::House, chair("1"), chair("2")] {
        let expected: Vec<Entry> =
            written.iter().flat_map(|b| &b.entries).filter(|e| e.timeline == timeline).cloned().collect();
        assert_eq!(all(log, &timeline).await, expected, "of {}", timeline.key());
        let heads = log.heads().await.expect("heads");
        let head = heads.iter().find(|h| h.timeline == timeline).expect("a head");
        assert_eq!(Some(head.sequence), expected.last().map(|e| e.sequence));
    }
    let one = log.read(&chair("1"), Sequence(1), 2).await.expect("read");
    assert_eq!(one.iter().map(|e| e.sequence.0).collect::<Vec<_>>(), [2, 3], "after and limit");
}

async fn readings(log: &dyn SessionLog, timeline: &Timeline) -> usize {
    all(log, timeline).await.iter().filter(|e| matches!(e.what, What::Reading(_))).count()
}

async fn a_repetition_is_stored_once(log: &dyn SessionLog) {
    let timeline = chair("h19");
    let twice = [
        frame_batch(&timeline, "hl7", 1, 3, Some(key(2))),
        frame_batch(&timeline, "hl7", 3, 3, Some(key(2))),
        frame_batch(&timeline, "hl7", 5, 3, Some(key(3))),
    ];
    log.append(&twice).await.expect("a repetition in the same append");
    assert_eq!(readings(log, &timeline).await, 4, "two frames of two readings");
    let again = log.append(&[frame_batch(&timeline, "hl7", 7, 4, Some(key(3)))]).await.expect("a later repetition");
    assert_eq!(through(&again), [("chair:h19".to_owned(), 8)], "a repetition has a receipt, and no number is left out");
    assert_eq!(readings(log, &timeline).await, 4);
    let original = log.frame(&timeline, Sequence(5)).await.expect("frame");
    assert_eq!(log.frame(&timeline, Sequence(7)).await.expect("frame"), original, "it leads to the first frame");
    log.append(&[frame_batch(&timeline, "hl7", 9, 5, None)]).await.expect("without a key nothing is a repetition");
    log.append(&[frame_batch(&timeline, "hl7", 11, 5, None)]).await.expect("without a key nothing is a repetition");
    assert_eq!(readings(log, &timeline).await, 8);
}

async fn a_repetition_is_stored_once_across_restarts(log: &dyn SessionLog) {
    let (keys, proof) = log.recent_keys(100).await.expect("recent keys").expect("a log that tells");
    assert_eq!(keys, [key(3), key(2), key(1)], "newest first");
    assert!(through(&proof).contains(&("chair:h19".to_owned(), 12)));
    let timeline = chair("h19");
    log.append(&[frame_batch(&timeline, "hl7", 13, 6, Some(key(2)))]).await.expect("a repetition after a restart");
    assert_eq!(readings(log, &timeline).await, 8);
}

async fn a_retry_of_what_is_stored_is_answered(log: &dyn SessionLog, written: &[Arc<Batch>]) {
    let before = all(log, &chair("1")).await.len();
    log.append(written).await.expect("an append that is repeated whole");
    assert_eq!(all(log, &chair("1")).await.len(), before, "nothing is stored twice");
    let other = frame_batch(&chair("1"), "nellcor", 2, 77, None);
    assert!(matches!(log.append(&[other]).await, Err(StoreError::Write(_))), "other facts at a place that is taken");
}

async fn what_leaves_out_a_number_is_refused(log: &dyn SessionLog) {
    let gap = frame_batch(&chair("1"), "nellcor", 99, 7, None);
    let good = deed_batch(&Timeline::House, 2, 7, Deed::Stopped);
    let refused = log.append(&[good, gap]).await;
    assert!(matches!(refused, Err(StoreError::Write(_))), "found {refused:?}");
    assert_eq!(all(log, &Timeline::House).await.len(), 1, "all or nothing");
    log.append(&[deed_batch(&Timeline::House, 2, 7, Deed::Stopped)]).await.expect("the log goes on after a refusal");
}

async fn history_begins_where_it_is_asked(log: &dyn SessionLog) {
    let timeline = chair("history");
    for (first, second) in [(1, 10), (3, 20), (5, 5), (7, 30)] {
        log.append(&[frame_batch(&timeline, "s", first, second, None)]).await.expect("append");
    }
    let before = |wall| async move { log.before(&chair("history"), wall).await.expect("before").0 };
    assert_eq!(before(at(0).wall).await, 0);
    assert_eq!(before(at(10).wall).await, 0);
    assert_eq!(before(at(11).wall).await, 2);
    assert_eq!(before(at(20).wall).await, 2, "a clock that went back hides nothing");
    assert_eq!(before(at(21).wall).await, 6);
    assert_eq!(before(at(31).wall).await, 8);
}

async fn the_latest_of_each_is_found(log: &dyn SessionLog) {
    let latest = log.latest(&chair("history")).await.expect("latest");
    assert_eq!(latest.iter().map(|e| e.sequence.0).collect::<Vec<_>>(), [7, 8]);
    let latest = log.latest(&chair("1")).await.expect("latest");
    assert_eq!(latest.iter().map(|e| e.sequence.0).collect::<Vec<_>>(), [1, 2, 3, 4], "a link and three readings");
}

async fn readings_of_one_vital_are_found(log: &dyn SessionLog) {
    for vital in [Vital::Spo2, Vital::Nibp, Vital::EtCo2] {
        let is_one = |e: &&Entry| matches!(&e.what, What::Reading(o) if o.vital == vital);
        let entries = all(log, &chair("1")).await;
        let expected: Vec<Entry> = entries.iter().filter(is_one).cloned().collect();
        assert_eq!(log.readings(&chair("1"), vital, Sequence(0), 9).await.expect("readings"), expected, "{vital:?}");
    }
    let history = chair("history");
    let of = |after, limit| log.readings(&history, Vital::Spo2, Sequence(after), limit);
    let all = of(0, 9).await.expect("readings");
    assert!(all.len() >= 3, "found {}", all.len());
    assert_eq!(of(all[0].sequence.0, 1).await.expect("readings"), all[1..2]);
}

async fn every_reading_leads_to_its_bytes(log: &dyn SessionLog) {
    let frame = log.frame(&chair("2"), Sequence(1)).await.expect("frame").expect("a reading has a frame");
    assert_eq!(&*frame.raw, b"MSH|two patients\rOBX|1\rOBX|2\r");
    assert_eq!(frame.key, Some(key(1)));
    assert_eq!(log.frame(&chair("1"), Sequence(4)).await.expect("frame"), Some(frame), "one frame, two patients");
    assert_eq!(log.frame(&Timeline::House, Sequence(1)).await.expect("frame"), None, "deeds have none");
}

/// An act of a session at a chair, as a batch of its own.
#[must_use]
pub fn act_batch(timeline: &Timeline, sequence: u64, session: &str, act: Act) -> Arc<Batch> {
    let by = Person { name: "Ada".into(), role: Role::Nurse };
    let key = ActKey(u128::from(sequence));
    let done = Done { session: session.into(), by, key, about: None, act };
    deed_batch(timeline, sequence, 50, Deed::Session(Box::new(done)))
}

/// What opens a session, at once or later.
#[must_use]
pub fn opened(patient: &str, planned: bool) -> Act {
    let text = |text: &str| text.into();
    let patient = Patient { id: text(patient), name: text("Doe"), born: text("1980-02-29"), alias: text("D") };
    let plan = Plan {
        template: text("IV 40 min"),
        number: 1,
        of: None,
        infusion_min: 40,
        cuff_infusing_min: 10,
        cuff_observing_min: 15,
        observe_min: 60,
        assess_first_min: 15,
        assess_later_min: 30,
    };
    Act::Opened { patient, plan, planned }
}

/// A step of a session.
#[must_use]
pub fn moved(to: Phase) -> Act {
    Act::Moved { to, reason: "".into() }
}

/// A late start.
#[must_use]
pub const fn claimed(from: u64) -> Act {
    Act::Claimed { from: Sequence(from), ago: Micros(0) }
}

/// Everything in `refused` would take what is another session's; each fails whole and leaves the log as it is.
async fn refuses(log: &dyn SessionLog, refused: &[(&str, Arc<Batch>)]) {
    for (what, batch) in refused {
        let entry = &batch.entries[0];
        let head = all(log, &entry.timeline).await.len();
        let house = all(log, &Timeline::House).await.len() as u64;
        let beside = deed_batch(&Timeline::House, house + 1, 50, Deed::Stopped);
        match log.append(&[beside, Arc::clone(batch)]).await {
            Err(StoreError::Overlap { timeline, sequence, sentence }) => {
                assert_eq!((&timeline, sequence), (&entry.timeline, entry.sequence), "{what}");
                assert!(sentence.contains("a claim"), "{what}: {sentence}");
            }
            other => panic!("{what}: found {other:?}"),
        }
        assert_eq!(all(log, &entry.timeline).await.len(), head, "{what}: nothing is stored");
        assert_eq!(all(log, &Timeline::House).await.len() as u64, house, "{what}: all or nothing");
    }
}

async fn h01_no_entry_is_claimed_twice(log: &dyn SessionLog) {
    let timeline = chair("claims");
    let act = |sequence, session, act| act_batch(&chair("claims"), sequence, session, act);
    log.append(&[frame_batch(&timeline, "s", 1, 40, None)]).await.expect("values of nobody");
    log.append(&[act(3, "a", opened("A", false))]).await.expect("the first session");
    log.append(&[act(4, "a", claimed(2))]).await.expect("a late start");
    let cleared = Deed::ChairCleared { by: Person { name: "Ada".into(), role: Role::Nurse } };
    refuses(
        log,
        &[
            ("a second session", act(5, "b", opened("B", false))),
            ("a session that was expected", act(5, "b", moved(Phase::CheckedIn))),
            ("a claim of another session", act(5, "b", claimed(2))),
            ("the end of another session", act(5, "b", moved(Phase::Discharged))),
            ("clearing under a patient", deed_batch(&timeline, 5, 50, cleared.clone())),
            ("a claim of what is not there yet", act(5, "a", claimed(6))),
        ],
    )
    .await;
    let batches = [act(5, "a", moved(Phase::Discharged)), act(6, "b", opened("B", true))];
    log.append(&batches).await.expect("one ends, another is expected");
    log.append(&batches).await.expect("an append that is repeated whole");
    log.append(&[act(7, "b", moved(Phase::CheckedIn))]).await.expect("she comes");
    refuses(
        log,
        &[
            ("an entry of the patient before", act(8, "b", claimed(5))),
            ("her own second beginning", act(8, "b", moved(Phase::CheckedIn))),
        ],
    )
    .await;
    let batches = [
        act(8, "b", claimed(6)),
        act(9, "b", moved(Phase::Cancelled)),
        act(10, "c", opened("C", true)),
        act(11, "c", moved(Phase::Cancelled)),
        deed_batch(&timeline, 12, 50, cleared),
    ];
    log.append(&batches).await.expect("one who was expected and did not come claims nothing");
}

async fn h01_nor_after_a_restart(log: &dyn SessionLog) {
    let act = |sequence, session, act| act_batch(&chair("claims"), sequence, session, act);
    log.append(&[act(13, "d", opened("D", false))]).await.expect("the next patient");
    let (cleared, before) = (act(14, "d", claimed(12)), act(14, "d", claimed(9)));
    refuses(log, &[("past the clearing", cleared), ("past the one before", before)]).await;
    log.append(&[act(14, "d", claimed(13))]).await.expect("what is hers");
    refuses(log, &[("while she is here", act(15, "e", opened("E", false)))]).await;
}

async fn the_log_is_whole(log: &dyn SessionLog) {
    let verified = log.verify().await.expect("verify");
    assert!(verified.broken.is_empty(), "found {:?}", verified.broken);
    assert_eq!(verified.timelines, 6);
    let mut entries = 0;
    for head in log.heads().await.expect("heads") {
        entries += head.sequence.0;
    }
    assert_eq!(verified.entries, entries);
    assert!(verified.frames > 0 && verified.blocks > 0);
}
