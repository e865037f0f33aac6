//! The thread that writes the journal: an append is checked, written, flushed, and only then has its receipt.

use super::behind::{Behind, Group, Wish};
use super::open;
use crate::canonical::Hash;
use crate::claims::Claims;
use crate::journal::{Disk, Make, PAGE, Place, Ring, encode, pages_of, seal};
use crate::{Batch, Committed, StoreError, contract};
use chairside_observation::{Entry, Sequence, Timeline};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long the thread looks for another append before it sleeps: about as long as a sender on this machine takes to read an
/// answer and send again.
const AWAKE: Duration = Duration::from_micros(200);

/// How the journal is kept; a test has a smaller one, or one on a disk that fails.
pub(super) struct Journaling {
    /// Pages of the file.
    pub(super) pages: u64,
    /// Pages of a record at most.
    pub(super) record_pages: u64,
    /// Opens the file.
    pub(super) make: Make,
}

/// Pages overwritten at once: 256 KiB, some milliseconds in which an append waits.
const SCRUB_PAGES: u64 = 64;

/// What became of overwriting some pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scrubbed {
    /// Those before this one are overwritten.
    Through(u64),
    /// The database needs what stands there still.
    Busy,
    /// So is the last one.
    All,
}

/// What the journal's thread is asked to do.
enum Job {
    Scrub { from: u64, answer: oneshot::Sender<Result<Scrubbed, StoreError>> },
    Append { batches: Vec<Arc<Batch>>, answer: oneshot::Sender<Result<Committed, StoreError>> },
    Heads { answer: oneshot::Sender<Result<Committed, StoreError>> },
}

/// The running thread.
pub(super) struct Keeping {
    /// `None`: ended.
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Keeping {
    pub(super) fn start(keeper: Keeper) -> Result<Self, StoreError> {
        let (jobs, to_do) = mpsc::channel();
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || keeper.run(&to_do));
        let thread = thread.map_err(|e| StoreError::Write(format!("the thread of the journal cannot run: {e}")))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(Some(thread)) })
    }

    pub(super) async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        self.ask(|answer| Job::Append { batches: batches.to_vec(), answer }).await
    }

    /// Proof for everything in the log.
    pub(super) async fn everything(&self) -> Result<Committed, StoreError> {
        self.ask(|answer| Job::Heads { answer }).await
    }

    /// Overwrites pages from `from` on that the database does not need any more.
    pub(super) async fn scrub(&self, from: u64) -> Result<Scrubbed, StoreError> {
        self.ask(|answer| Job::Scrub { from, answer }).await
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job) -> Result<T, StoreError> {
        let closed = || StoreError::Write("the log is closed".to_owned());
        let (answer, answered) = oneshot::channel();
        let sent = self.jobs().as_ref().and_then(|jobs| jobs.send(job(answer)).ok());
        sent.ok_or_else(closed)?;
        answered.await.map_err(|_| closed())?
    }

    fn jobs(&self) -> MutexGuard<'_, Option<mpsc::Sender<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the thread and waits for the append it is at.
    pub(super) fn end(&self) {
        *self.jobs() = None;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the journal broke");
        }
    }
}

/// A journal that can be written.
struct Open {
    disk: Box<dyn Disk>,
    salt: crate::journal::Salt,
    ring: Ring,
}

/// The writer of the journal.
pub(super) struct Keeper {
    pub(super) place: Place,
    pub(super) boot: Arc<str>,
    pub(super) clock: super::Clock,
    pub(super) journaling: Journaling,
    pub(super) behind: Arc<Behind>,
    /// Newest sequence of each timeline.
    heads: HashMap<Timeline, u64>,
    /// Which entries belong to which session: the rule is asked before the journal takes anything (H01).
    claims: Claims,
    /// Newest number that was given to a record.
    number: u64,
    /// Digest of the newest record with a receipt.
    chain: Hash,
    /// `None`: before the first append, and after a write or flush that failed.
    open: Option<Open>,
    /// The journal files that are there are not to be believed.
    distrusted: bool,
}

impl Keeper {
    pub(super) fn new(
        place: Place,
        boot: Arc<str>,
        clock: super::Clock,
        journaling: Journaling,
        behind: Arc<Behind>,
        begun: super::apply::Begun,
    ) -> Self {
        let super::apply::Begun { heads, claims, number, chain, .. } = begun;
        Self { place, boot, clock, journaling, behind, heads, claims, number, chain, open: None, distrusted: false }
    }

    fn run(mut self, jobs: &mpsc::Receiver<Job>) {
        while let Some(job) = next(jobs) {
            match job {
                Job::Append { batches, answer } => {
                    // Whoever asked may have gone; what was taken is in the log all the same.
                    let _ = answer.send(self.append(batches));
                }
                Job::Scrub { from, answer } => {
                    let _ = answer.send(self.scrub(from));
                }
                Job::Heads { answer } => {
                    let through = self.heads.iter().map(|(t, head)| (t.clone(), Sequence(*head))).collect();
                    let _ = answer.send(Ok(Committed { through }));
                }
            }
        }
    }

    fn append(&mut self, batches: Vec<Arc<Batch>>) -> Result<Committed, StoreError> {
        for batch in &batches {
            contract::check(batch).map_err(StoreError::Write)?;
        }
        let touched: Vec<Timeline> = timelines(&batches);
        let batches = self.not_yet_stored(batches)?;
        let heads = self.continued(&batches)?;
        let claims = self.claims.after(&batches)?;
        if !batches.is_empty() {
            let payload = encode(&self.boot, &batches);
            if pages_of(payload.len()) > self.journaling.record_pages {
                self.behind.ask(Wish::Store(batches))?;
            } else {
                self.record(&payload, batches)?;
            }
        }
        self.heads.extend(heads);
        if let Some(claims) = claims {
            self.claims = claims;
        }
        let through = touched.into_iter().filter_map(|t| self.heads.get(&t).map(|head| (t.clone(), Sequence(*head))));
        Ok(Committed { through: through.collect() })
    }

    /// Leaves out what is in the log already: an append that was reported as failed may have been written all the same.
    fn not_yet_stored(&self, batches: Vec<Arc<Batch>>) -> Result<Vec<Arc<Batch>>, StoreError> {
        let is_stored = |e: &Entry| self.heads.get(&e.timeline).is_some_and(|head| e.sequence.0 <= *head);
        if batches.iter().flat_map(|batch| &batch.entries).any(is_stored) {
            return self.behind.ask(Wish::Sift(batches));
        }
        Ok(batches)
    }

    /// The heads after these batches; each entry has to follow the one before.
    fn continued(&self, batches: &[Arc<Batch>]) -> Result<HashMap<Timeline, u64>, StoreError> {
        let mut heads: HashMap<Timeline, u64> = HashMap::new();
        for entry in batches.iter().flat_map(|batch| &batch.entries) {
            let head = match heads.get_mut(&entry.timeline) {
                Some(head) => head,
                None => heads.entry(entry.timeline.clone()).or_insert(self.head(&entry.timeline)?),
            };
            if entry.sequence.0 != *head + 1 {
                let (key, found) = (entry.timeline.key(), entry.sequence.0);
                return Err(StoreError::Write(format!("{key}: found sequence {found}, expected {}", *head + 1)));
            }
            *head += 1;
        }
        Ok(heads)
    }

    fn head(&self, timeline: &Timeline) -> Result<u64, StoreError> {
        if let Some(head) = self.heads.get(timeline) {
            return Ok(*head);
        }
        let key = timeline.key();
        if Timeline::from_key(&key).as_ref() == Some(timeline) {
            return Ok(0);
        }
        Err(StoreError::Write(format!("{key}: a timeline that cannot be read back from its key")))
    }

    /// Writes one record and flushes it. After a failure nothing about the file is believed: the next append makes another.
    fn record(&mut self, payload: &[u8], batches: Vec<Arc<Batch>>) -> Result<(), StoreError> {
        let count = pages_of(payload.len());
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open_file()?,
        };
        let page = match self.room(&mut open, count) {
            Ok(page) => page,
            Err(error) => {
                self.open = Some(open);
                return Err(error);
            }
        };
        self.number += 1;
        let too_long = || StoreError::Write(format!("a record of {} bytes is too long", payload.len()));
        let (bytes, digest) = seal(&open.salt, self.number, &self.chain, payload).ok_or_else(too_long)?;
        let written = open.disk.write(&bytes, page * PAGE as u64).and_then(|()| open.disk.flush());
        if let Err(error) = written {
            self.distrusted = true;
            return Err(StoreError::Write(words(&error)));
        }
        self.chain = digest;
        open.ring.hold(self.number, page, count);
        let hurry = open.ring.is_crowded();
        self.open = Some(open);
        let (number, boot, at) = (self.number, Arc::clone(&self.boot), Instant::now());
        self.behind.push(Group { number, digest, boot, batches, at }, hurry);
        Ok(())
    }

    /// Overwrites some of the pages that hold what the database has: what is erased there must not be left here. Page 0
    /// holds nothing of the record.
    fn scrub(&mut self, from: u64) -> Result<Scrubbed, StoreError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open_file()?,
        };
        let pages = from.max(1)..(from.max(1) + SCRUB_PAGES).min(self.journaling.pages);
        open.ring.release(self.behind.applied());
        if !open.ring.is_free(&pages) {
            self.open = Some(open);
            return Ok(Scrubbed::Busy);
        }
        let zeros = vec![0; usize::try_from(pages.end - pages.start).unwrap_or(0) * PAGE];
        let written = open.disk.write(&zeros, pages.start * PAGE as u64).and_then(|()| open.disk.flush());
        if let Err(error) = written {
            self.distrusted = true;
            return Err(StoreError::Write(words(&error)));
        }
        self.open = Some(open);
        Ok(if pages.end == self.journaling.pages { Scrubbed::All } else { Scrubbed::Through(pages.end) })
    }

    /// The first of `count` pages that the database does not need any more; waits for it while it works.
    fn room(&self, open: &mut Open, count: u64) -> Result<u64, StoreError> {
        loop {
            let applied = self.behind.applied();
            open.ring.release(applied);
            if let Some(page) = open.ring.place(count) {
                return Ok(page);
            }
            self.behind.wait_beyond(applied)?;
        }
    }

    /// Opens a journal once the database has everything any journal held, and knows that no record so far is wanted any
    /// more. A file that could not be written or flushed is not used again.
    fn open_file(&mut self) -> Result<Open, StoreError> {
        self.behind.ask(Wish::PassOver(self.number, self.chain))?;
        let pages = self.journaling.pages;
        let failed = |e: io::Error| StoreError::Write(words(&e));
        let there = self.place.all().map_err(failed)?;
        let newest = there.last().map_or(0, |(generation, _)| *generation);
        let usable = there.last().filter(|_| !self.distrusted).and_then(|(_, path)| {
            let salt = open::journal_salt(path, pages)?;
            Some((path.clone(), salt))
        });
        let (path, salt) = match usable {
            Some(usable) => usable,
            None => {
                let salt = self.salt();
                (self.place.make(newest + 1, &salt, pages).map_err(failed)?, salt)
            }
        };
        for (_, old) in there.iter().filter(|(_, old)| *old != path) {
            // Its numbers are passed over, so one that stays is only room on the disk.
            if let Err(error) = self.place.remove(old) {
                tracing::warn!(file = %old.display(), %error, "an old journal cannot be removed");
            }
        }
        let disk = (self.journaling.make)(&path).map_err(failed)?;
        self.distrusted = false;
        Ok(Open { disk, salt, ring: Ring::new(pages) })
    }

    /// Sixteen bytes nobody outside can know: the boot's id is drawn by the system, and the clocks count microseconds.
    fn salt(&self) -> crate::journal::Salt {
        let now = (self.clock)();
        let mut hasher = Sha256::new();
        hasher.update(b"chairside journal salt 1\n");
        hasher.update(self.boot.as_bytes());
        for number in [now.wall.0, now.mono.0, i64::from(std::process::id())] {
            hasher.update(number.to_be_bytes());
        }
        hasher.update(self.chain);
        let whole: Hash = hasher.finalize().into();
        let mut salt = crate::journal::Salt::default();
        salt.copy_from_slice(&whole[..16]);
        salt
    }
}

/// The next job. A sender that waits for each answer is back before a thread has gone to sleep and been woken again, so this
/// one stays awake a little after each job; whoever wants the core meanwhile gets it.
fn next(jobs: &mpsc::Receiver<Job>) -> Option<Job> {
    let begin = Instant::now();
    while begin.elapsed() < AWAKE {
        match jobs.try_recv() {
            Ok(job) => return Some(job),
            Err(mpsc::TryRecvError::Empty) => std::thread::yield_now(),
            Err(mpsc::TryRecvError::Disconnected) => return None,
        }
    }
    jobs.recv().ok()
}

/// Each timeline once, in order of appearance.
fn timelines(batches: &[Arc<Batch>]) -> Vec<Timeline> {
    let mut all: Vec<Timeline> = Vec::new();
    for entry in batches.iter().flat_map(|batch| &batch.entries) {
        // Entries of one timeline mostly stand together.
        if all.last() != Some(&entry.timeline) && !all.contains(&entry.timeline) {
            all.push(entry.timeline.clone());
        }
    }
    all
}

/// What failed and what to do.
fn words(error: &io::Error) -> String {
    let what = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full; free some space",
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            "the file or disk is read-only; make the data folder writable"
        }
        _ => "the disk reports an error; check the disk and its cable",
    };
    format!("{what} (journal: {error})")
}
