//! The log with a journal in front: killed, torn, full, on a disk that fails.

use super::*;
use crate::journal::{Disk, File as JournalFile, PAGE};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The database takes nothing in until somebody needs it.
const NEVER: Duration = Duration::from_secs(3600);

fn journaling(pages: u64, make: journal::Make) -> Journaling {
    Journaling { pages, record_pages: pages / 4, make }
}

async fn open_at(path: &Path, pages: u64, apply_after: Duration) -> SqliteLog {
    let journaling = journaling(pages, Box::new(JournalFile::open));
    SqliteLog::open_with(path, "boot-1", clock(), journaling, apply_after).await.unwrap()
}

/// A log whose database stays behind, whatever is asked of it.
pub(super) async fn held(folder: &TempDir) -> SqliteLog {
    let log = open_at(&folder.path().join("log.db"), 64, NEVER).await;
    // The first append opens the journal, for which the database is needed.
    log.append(&[frame_batch(&timeline(0), "s", 1, 1, Some(FrameKey([1; 16])))]).await.unwrap();
    log.caught_up().await.unwrap();
    log.writing.as_ref().unwrap().behind.hold(true);
    log
}

/// What a kill leaves on the disk: every file but the lock, as it is now.
pub(super) fn killed(folder: &TempDir) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        if !file.file_name().to_string_lossy().ends_with(".lock") {
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    copy
}

pub(super) fn let_go(log: &SqliteLog) {
    log.writing.as_ref().unwrap().behind.hold(false);
}

/// Frames of two readings each from sequence 3 on.
pub(super) fn rows(count: u64) -> Vec<Arc<Batch>> {
    (0..count).map(|n| frame_batch(&timeline(0), "s", 3 + 2 * n, 1, Some(FrameKey([2 + n as u8; 16])))).collect()
}

async fn entries(log: &SqliteLog) -> Vec<Entry> {
    log.read(&timeline(0), Sequence(0), usize::MAX).await.unwrap()
}

/// The log at `folder` has the first frame and all of `rows`, once each, and is whole.
async fn expect_all(folder: &TempDir, rows: &[Arc<Batch>]) {
    let log = open_at(&folder.path().join("log.db"), 64, NEVER).await;
    let expected: Vec<Entry> = rows.iter().flat_map(|batch| batch.entries.clone()).collect();
    assert_eq!(entries(&log).await[2..], expected, "before the database has them");
    let verified = log.verify().await.unwrap();
    assert!(verified.broken.is_empty(), "{:?}", verified.broken);
    assert_eq!(entries(&log).await[2..], expected, "after");
    for row in rows {
        assert_eq!(log.frame(&timeline(0), row.entries[0].sequence).await.unwrap(), row.frame);
    }
    log.close().await.unwrap();
}

fn journals(folder: &TempDir) -> Vec<PathBuf> {
    Place::of(&folder.path().join("log.db")).all().unwrap().into_iter().map(|(_, path)| path).collect()
}

#[tokio::test]
async fn the_story_holds_whether_the_database_is_behind_or_not() {
    for apply_after in [NEVER, Duration::ZERO] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.db");
        story::story(|| async { Ok(Arc::new(open_at(&path, 64, apply_after).await) as Arc<dyn SessionLog>) }).await;
    }
}

#[tokio::test]
async fn p01_a_kill_between_flush_and_database_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    let rows = rows(5);
    for (n, row) in rows.iter().enumerate() {
        let committed = log.append(std::slice::from_ref(row)).await.unwrap();
        assert_eq!(committed.through()[0].1, Sequence(4 + 2 * n as u64));
        expect_all(&killed(&folder), &rows[..=n]).await;
    }
    let killed = killed(&folder);
    let reader = SqliteLog::open_read_only(&killed.path().join("log.db"), "boot-1", clock()).await.unwrap();
    let verified = reader.verify().await.unwrap();
    assert_eq!((verified.waiting, verified.entries, verified.broken.len()), (5, 2, 0));
    assert_eq!(reader.health().await.unwrap().waiting, 5);
    assert_eq!(entries(&reader).await, entries(&log).await, "who only reads sees it, too");
    let beside = SqliteLog::open_read_only(&folder.path().join("log.db"), "boot-1", clock()).await.unwrap();
    assert_eq!(entries(&beside).await, entries(&log).await, "also beside a server whose database is behind");
    assert_eq!(beside.verify().await.unwrap().waiting, 0, "what a running server has is not waiting for a start");
    let_go(&log);
}

#[tokio::test]
async fn p01_a_kill_while_the_database_takes_in_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    let rows = rows(5);
    log.append(&rows[..3]).await.unwrap();
    log.append(&rows[3..]).await.unwrap();
    let before = killed(&folder);
    let begun = std::fs::metadata(before.path().join("log.db-wal")).unwrap().len();
    let_go(&log);
    log.caught_up().await.unwrap();
    let after = std::fs::read(folder.path().join("log.db-wal")).unwrap();
    let wal = u64::try_from(after.len()).unwrap();
    assert!(wal > begun, "the database was written");
    // Every end of a write, and the middle of each: the pages of a write-ahead log and their heads.
    let step = u64::from(open::PAGE_BYTES + 24) / 2;
    for cut in (0..).map(|n| begun + n * step).take_while(|cut| *cut < wal).chain([wal]) {
        let killed = killed(&before);
        std::fs::write(killed.path().join("log.db-wal"), &after[..usize::try_from(cut).unwrap()]).unwrap();
        expect_all(&killed, &rows).await;
    }
}

#[tokio::test]
async fn a_boot_that_ended_keeps_its_times_through_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    log.append(&rows(1)).await.unwrap();
    let killed = killed(&folder);
    let now = Received { mono: Micros::from_secs(5), wall: at(100).wall };
    let log = SqliteLog::open(&killed.path().join("log.db"), "boot-2", Arc::new(move || now)).await.unwrap();
    for caught_up in [false, true] {
        if caught_up {
            log.append(&[frame_batch(&timeline(0), "s", 5, 50, None)]).await.unwrap();
            log.caught_up().await.unwrap();
        }
        let entry = log.read(&timeline(0), Sequence(2), 1).await.unwrap().remove(0);
        assert_eq!(now.mono - entry.received.mono, Micros::from_secs(99), "in the database: {caught_up}");
    }
    assert!(log.verify().await.unwrap().broken.is_empty());
}

#[tokio::test]
async fn p06_damage_of_the_journal_is_named_and_nothing_starts_over_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    for row in rows(3) {
        log.append(&[row]).await.unwrap();
    }
    let killed = killed(&folder);
    let (path, file) = (killed.path().join("log.db"), journals(&killed).remove(0));
    let mut bytes = std::fs::read(&file).unwrap();
    // The first page of the file is its own; a journal without anything behind is written from its second page on.
    let second = PAGE * 2 + 300;
    bytes[second] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let error = SqliteLog::open(&path, "boot-1", clock()).await.err().unwrap();
    assert!(matches!(error, StoreError::Unusable { .. }), "{error}");
    let words = error.to_string();
    assert!(words.contains("page 2") && words.contains("move it away") && words.contains("journal-1"), "{words}");
    let found = findings(&killed).await;
    assert!(found.len() == 1 && found[0].contains("page 2"), "{found:?}");
    std::fs::rename(&file, killed.path().join("kept-for-later")).unwrap();
    let log = open_at(&path, 64, NEVER).await;
    assert_eq!(entries(&log).await.len(), 2, "what the database had");
    log.append(&rows(1)).await.expect("and it goes on");
    log.close().await.unwrap();
    assert!(findings(&killed).await.is_empty());
}

#[tokio::test]
async fn a_torn_end_is_passed_over_and_its_number_is_not_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    let rows = rows(4);
    for row in &rows[..3] {
        log.append(std::slice::from_ref(row)).await.unwrap();
    }
    let torn = killed(&folder);
    let file = journals(&torn).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    // The last of the three records stands in page 3: head whole, payload not.
    bytes[3 * PAGE + 200] ^= 0x40;
    std::fs::write(&file, &bytes).unwrap();
    let log = open_at(&torn.path().join("log.db"), 64, NEVER).await;
    assert_eq!(entries(&log).await.len(), 6, "without the torn one");
    log.append(&rows[2..3]).await.unwrap();
    log.append(&rows[3..]).await.unwrap();
    // Killed again: the torn record is still there, beside a whole one.
    expect_all(&killed(&torn), &rows).await;
}

#[tokio::test]
async fn the_journal_goes_round_and_a_slow_database_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    let log = open_at(&path, 8, NEVER).await;
    let mut last = None;
    for n in 0..200 {
        last = Some(log.append(&[frame_batch(&timeline(0), "s", 1 + 2 * n, 1, None)]).await.unwrap());
    }
    assert_eq!(last.unwrap().through()[0].1, Sequence(400));
    assert_eq!(entries(&log).await.len(), 400);
    let killed = killed(&folder);
    let log = open_at(&killed.path().join("log.db"), 8, NEVER).await;
    assert_eq!(entries(&log).await.len(), 400);
    assert!(log.verify().await.unwrap().broken.is_empty());
}

#[tokio::test]
async fn an_append_too_long_for_the_journal_goes_into_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let log = open_at(&folder.path().join("log.db"), 8, NEVER).await;
    log.append(&[frame_batch(&timeline(0), "s", 1, 1, None)]).await.unwrap();
    let mut long = (*frame_batch(&timeline(0), "s", 3, 1, None)).clone();
    long.frame.as_mut().unwrap().raw = vec![b'x'; 3 * PAGE].into();
    let long = Arc::new(long);
    let committed = log.append(std::slice::from_ref(&long)).await.unwrap();
    assert_eq!(committed.through()[0].1, Sequence(4));
    log.append(&[frame_batch(&timeline(0), "s", 5, 1, None)]).await.unwrap();
    let killed = killed(&folder);
    let log = open_at(&killed.path().join("log.db"), 8, NEVER).await;
    assert_eq!(entries(&log).await.len(), 6);
    assert_eq!(log.frame(&timeline(0), Sequence(3)).await.unwrap(), long.frame);
}

/// A database that refuses what is to be written, and takes it again.
async fn rename(folder: &TempDir, from: &str, to: &str) {
    let mut conn = vandal(folder).await;
    sqlx::query(AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"))).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn p03_a_full_journal_refuses_and_everything_with_a_receipt_is_there_before_and_after() {
    let folder = tempfile::tempdir().unwrap();
    let log = open_at(&folder.path().join("log.db"), 8, Duration::ZERO).await;
    log.append(&[frame_batch(&timeline(0), "s", 1, 1, None)]).await.unwrap();
    log.caught_up().await.unwrap();
    rename(&folder, "frame", "gone").await;
    let rows = rows(20);
    let mut receipts = 0;
    let reason = loop {
        match log.append(&rows[receipts..=receipts]).await {
            Ok(_) => receipts += 1,
            Err(StoreError::Write(reason)) => break reason,
            Err(other) => panic!("{other}"),
        }
    };
    assert!(reason.contains("journal is full"), "{reason}");
    assert!(receipts >= 6, "as many as there are pages, found {receipts}");
    assert!(log.append(&rows[receipts..=receipts]).await.is_err(), "and again");
    assert!(matches!(log.caught_up().await, Err(StoreError::Read(_))));
    rename(&folder, "gone", "frame").await;
    assert_eq!(entries(&log).await.len(), 2 + 2 * receipts);
    let mut rest = receipts;
    while rest < rows.len() {
        rest += usize::from(log.append(&rows[rest..=rest]).await.is_ok());
    }
    log.close().await.unwrap();
    expect_all(&folder, &rows).await;
}

/// What the disk under a journal does wrong, once, at its k-th call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Nothing reaches it.
    Write,
    /// Half of it does.
    HalfWrite,
    /// Everything does, but it says otherwise.
    Flush,
    /// What was written since the last flush is gone.
    LostFlush,
}

struct Faulty {
    path: PathBuf,
    real: Box<dyn Disk>,
    calls: Arc<AtomicUsize>,
    at: Option<(usize, Fault)>,
    /// What was there before the writes that are not flushed.
    unflushed: Vec<(u64, Vec<u8>)>,
}

impl Faulty {
    fn make(calls: Arc<AtomicUsize>, at: Option<(usize, Fault)>) -> journal::Make {
        Box::new(move |path| {
            let (real, calls, path) = (JournalFile::open(path)?, Arc::clone(&calls), path.to_owned());
            Ok(Box::new(Faulty { path, real, calls, at, unflushed: Vec::new() }))
        })
    }

    fn fault(&self, kinds: &[Fault]) -> Option<Fault> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.at.filter(|(k, fault)| *k == call && kinds.contains(fault)).map(|(_, fault)| fault)
    }
}

impl Disk for Faulty {
    fn write(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        let file = std::fs::read(&self.path)?;
        let place = usize::try_from(at).unwrap();
        self.unflushed.push((at, file[place..place + bytes.len()].to_vec()));
        match self.fault(&[Fault::Write, Fault::HalfWrite]) {
            None => self.real.write(bytes, at),
            Some(fault) => {
                let part = if fault == Fault::Write { 0 } else { bytes.len() / 2 };
                self.real.write(&bytes[..part], at)?;
                Err(io::ErrorKind::StorageFull.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.fault(&[Fault::Flush, Fault::LostFlush]) {
            None => {
                self.unflushed.clear();
                Ok(())
            }
            Some(fault) => {
                for (at, old) in self.unflushed.drain(..).rev() {
                    if fault == Fault::LostFlush {
                        self.real.write(&old, at)?;
                    }
                }
                Err(io::Error::other("the test's disk fails"))
            }
        }
    }
}

#[tokio::test]
async fn p03_the_kth_call_of_the_journals_disk_fails_and_nothing_is_lost_or_doubled() {
    for fault in [Fault::Write, Fault::HalfWrite, Fault::Flush, Fault::LostFlush] {
        for k in 1.. {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("log.db");
            let calls = Arc::new(AtomicUsize::new(0));
            let make = Faulty::make(Arc::clone(&calls), Some((k, fault)));
            let log = SqliteLog::open_with(&path, "boot-1", clock(), journaling(64, make), NEVER).await.unwrap();
            let all = rows(4);
            let mut failed = 0;
            for batch in [frame_batch(&timeline(0), "s", 1, 1, None)].iter().chain(&all) {
                while log.append(std::slice::from_ref(batch)).await.is_err() {
                    failed += 1;
                    let before = batch.entries[0].sequence.0 - 1;
                    let killed = killed(&folder);
                    let after = open_at(&killed.path().join("log.db"), 64, NEVER).await;
                    let there = entries(&after).await.len() as u64;
                    // A failed append is unknown: it may be there, whole. What had its receipt is there.
                    assert!(there == before || there == before + 2, "{fault:?} at {k}: {there} after {before}");
                    assert!(after.verify().await.unwrap().broken.is_empty());
                }
            }
            let names: Vec<String> =
                journals(&folder).iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
            let expected = if failed > 0 { "log.db.journal-2" } else { "log.db.journal-1" };
            assert_eq!(names, [expected], "a file that failed is not used again");
            log.close().await.unwrap();
            drop(log);
            expect_all(&folder, &all).await;
            if calls.load(Ordering::SeqCst) < k {
                break;
            }
        }
    }
}

/// Keeps what is not flushed from the file, as a power cut would.
struct PowerCut {
    real: Box<dyn Disk>,
    unflushed: Vec<(Vec<u8>, u64)>,
    flushes: Arc<Mutex<u64>>,
}

impl Disk for PowerCut {
    fn write(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.unflushed.push((bytes.to_vec(), at));
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        *self.flushes.lock().unwrap() += 1;
        for (bytes, at) in self.unflushed.drain(..) {
            self.real.write(&bytes, at)?;
        }
        self.real.flush()
    }
}

#[tokio::test]
async fn h10_a_receipt_is_given_after_one_flush_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.db");
    let flushes = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&flushes);
    let make: journal::Make = Box::new(move |path| {
        let (real, flushes) = (JournalFile::open(path)?, Arc::clone(&counted));
        Ok(Box::new(PowerCut { real, unflushed: Vec::new(), flushes }))
    });
    let log = SqliteLog::open_with(&path, "boot-1", clock(), journaling(64, make), NEVER).await.unwrap();
    log.append(&[frame_batch(&timeline(0), "s", 1, 1, None)]).await.unwrap();
    log.caught_up().await.unwrap();
    log.writing.as_ref().unwrap().behind.hold(true);
    let rows = rows(6);
    for (n, row) in rows.iter().enumerate() {
        let before = *flushes.lock().unwrap();
        log.append(std::slice::from_ref(row)).await.unwrap();
        assert_eq!(*flushes.lock().unwrap(), before + 1, "one flush a receipt");
        expect_all(&killed(&folder), &rows[..=n]).await;
    }
    let_go(&log);
}

#[tokio::test]
async fn h17_the_journal_of_another_log_is_refused() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = held(&one).await;
    log.append(&rows(1)).await.unwrap();
    let one = killed(&one);
    // The database was removed to begin anew, its journal was not.
    let log = open_at(&other.path().join("log.db"), 64, NEVER).await;
    log.close().await.unwrap();
    std::fs::copy(&journals(&one)[0], other.path().join("log.db.journal-1")).unwrap();
    let error = SqliteLog::open(&other.path().join("log.db"), "boot-1", clock()).await.err().unwrap().to_string();
    assert!(error.contains("record 1"), "{error}");
}

#[tokio::test]
async fn what_is_behind_is_read_as_the_database_will_have_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = held(&folder).await;
    let link = Entry {
        timeline: timeline(0),
        sequence: Sequence(7),
        received: at(3),
        age: Micros(0),
        source: Some("s".into()),
        what: What::Link(Link { source: "s".into(), state: LinkState::Lost, reason: "cable".into() }),
    };
    let batches = [
        frame_batch(&timeline(0), "s", 3, 5, Some(FrameKey([1; 16]))),
        frame_batch(&timeline(0), "s", 5, 6, Some(FrameKey([2; 16]))),
        Arc::new(Batch { frame: None, entries: vec![link] }),
        deed_batch(&timeline(0), 8, 7, Deed::Stopped),
        frame_batch(&timeline(0), "s", 9, 8, Some(FrameKey([2; 16]))),
        frame_batch(&timeline(1), "s", 1, 9, None),
    ];
    log.append(&batches).await.unwrap();
    let answers = async || {
        let mut frames = Vec::new();
        for sequence in 1..=10 {
            frames.push(log.frame(&timeline(0), Sequence(sequence)).await.unwrap());
        }
        let mut before = Vec::new();
        for second in 0..12 {
            before.push(log.before(&timeline(0), at(second).wall).await.unwrap());
        }
        let heads: Vec<_> = log.heads().await.unwrap().into_iter().map(|h| (h.timeline.key(), h.sequence)).collect();
        let pages = (log.read(&timeline(0), Sequence(1), 5).await.unwrap(), entries(&log).await);
        let deeds = log.deeds(&timeline(0), Sequence(0), 9).await.unwrap();
        let readings = log.readings(&timeline(0), Vital::Spo2, Sequence(1), 9).await.unwrap();
        assert_eq!(readings.len(), 1);
        (frames, before, heads, pages, (deeds, readings), log.latest(&timeline(0)).await.unwrap())
    };
    let behind = answers().await;
    let_go(&log);
    log.caught_up().await.unwrap();
    assert_eq!(behind, answers().await);
    let heard = behind.3.1.iter().filter(|entry| matches!(entry.what, What::Heard { .. })).count();
    assert_eq!(heard, 4, "two repetitions of two entries, one of a frame that was itself behind");
    assert_eq!(behind.0[8], batches[1].frame, "a repetition leads to the first frame");
}
