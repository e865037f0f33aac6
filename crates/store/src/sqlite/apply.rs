//! The thread that writes the database: takes in what the journal has, many records in one transaction.

use super::behind::{Ask, Behind, End, Group, Next, Wish};
use super::open;
use super::write::{Mark, Writer, load_mark};
use crate::journal::{self, Place, Unapplied};
use crate::{Batch, StoreError};
use sqlx::SqliteConnection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Looks at a journal that is being written: one may be spoilt by a write, a second one hardly ever.
const LOOKS: usize = 3;
/// Looks of a copy, which may not go on without: each takes some milliseconds, and a busy server spoils one in many.
const COPY_LOOKS: usize = 50;

/// A test's own look at the writer.
#[cfg(test)]
pub(super) type Look = Box<dyn FnOnce(&mut Writer, &Runtime) + Send>;

/// What the other thread has to know of the log when it begins.
pub(super) struct Begun {
    pub(super) words: Arc<super::Words>,
    pub(super) heads: std::collections::HashMap<chairside_observation::Timeline, u64>,
    /// Which entries belong to which session, with what only the journal has.
    pub(super) claims: crate::claims::Claims,
    /// Newest record any journal holds, or that the database has.
    pub(super) number: u64,
    /// Digest of the newest whole one.
    pub(super) chain: crate::canonical::Hash,
}

/// Says that the thread has ended, whatever ended it.
struct Over<'a>(&'a Behind);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.over();
    }
}

/// The running thread.
pub(super) struct Applying {
    behind: Arc<Behind>,
    thread: Mutex<Option<JoinHandle<Result<(), StoreError>>>>,
}

impl Applying {
    /// Opens the database and starts to take in what the journal holds from before.
    pub(super) async fn start(path: &Path, boot: &str, behind: Arc<Behind>) -> Result<(Self, Begun), StoreError> {
        let (started, start) = oneshot::channel();
        let (path, boot, shared) = (path.to_owned(), Box::from(boot), Arc::clone(&behind));
        let thread = std::thread::Builder::new().name("database".into()).spawn(move || {
            let _over = Over(&shared);
            run(path, boot, &shared, started)
        });
        let thread = thread.map_err(|e| StoreError::Write(format!("the thread of the database cannot run: {e}")))?;
        let running = Self { behind, thread: Mutex::new(Some(thread)) };
        let ended = |_| StoreError::Write("the thread of the database ended at its start".to_owned());
        let begun = start.await.map_err(ended)??;
        Ok((running, begun))
    }

    /// Takes in what is behind, closes the database and waits for that.
    pub(super) fn end(&self, how: End) -> Result<(), StoreError> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return Ok(()) };
        self.behind.end(how);
        thread.join().unwrap_or_else(|_| Err(StoreError::Write("the thread of the database broke".to_owned())))
    }
}

impl Drop for Applying {
    /// Nobody may write the database once the lock on it is gone.
    fn drop(&mut self) {
        if let Err(error) = self.end(End::InOrder) {
            tracing::error!(%error, "the database does not have everything; the journal does");
        }
    }
}

fn run(
    path: PathBuf,
    boot: Box<str>,
    behind: &Behind,
    started: oneshot::Sender<Result<Begun, StoreError>>,
) -> Result<(), StoreError> {
    let opened = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let opened = opened.map_err(|e| StoreError::Write(format!("the runtime of the database cannot run: {e}")));
    let opened = opened.and_then(|runtime| {
        let writer = runtime.block_on(Writer::open(&path, &boot))?;
        let begun = begin(&path, &writer, behind)?;
        Ok((runtime, writer, begun))
    });
    let (runtime, writer) = match opened {
        Ok((runtime, writer, begun)) => {
            let _ = started.send(Ok(begun));
            (runtime, writer)
        }
        Err(error) => {
            let _ = started.send(Err(error));
            return Ok(());
        }
    };
    Applier { path, boot, runtime, writer: Some(writer) }.run(behind)
}

/// Finds what the journal has and the database does not.
fn begin(path: &Path, writer: &Writer, behind: &Behind) -> Result<Begun, StoreError> {
    let mark = writer.mark();
    let files = open::journals(&Place::of(path))?;
    if files.is_empty() && mark.number > 0 {
        tracing::warn!(log = %path.display(), "its journal is gone; entries only the journal had are missing");
    }
    let found = open::unapplied(&files, &mark)?;
    let groups = groups(&found)?;
    let (mut heads, mut claims) = (writer.sequences(), writer.claims());
    for entry in groups.iter().flat_map(|group| &group.batches).flat_map(|batch| &batch.entries) {
        let head = heads.entry(entry.timeline.clone()).or_default();
        *head = entry.sequence.0.max(*head);
        claims.take(entry)?;
    }
    let (mut number, chain) = groups.last().map_or((mark.number, mark.digest), |last| (last.number, last.digest));
    if let Some(torn) = found.torn {
        tracing::warn!(record = torn, "the last write to the journal was cut off; it had no receipt");
        number = torn;
    }
    if !groups.is_empty() {
        tracing::info!(records = groups.len(), "taking in what the journal had before the stop");
    }
    behind.start(mark.number, groups);
    Ok(Begun { words: writer.words(), heads, claims, number, chain })
}

/// The records of a journal as they are taken in.
fn groups(found: &Unapplied<'_>) -> Result<Vec<Group>, StoreError> {
    let records = found.records.iter().map(|record| {
        let decoded = journal::decode(record.payload);
        let (boot, batches) = decoded.map_err(|found| open::unreadable(record.number, &found))?;
        Ok(Group { number: record.number, digest: record.digest, boot: boot.into(), batches, at: Instant::now() })
    });
    records.collect()
}

/// What is only in the journal, for a reader that may look while a server writes. The database is asked how far it is after
/// the journal was read, so nothing falls between the two. What does not fit then was written in the middle of the look,
/// or is damage, which `verify` tells.
pub(super) async fn kept(path: &Path, conn: &mut SqliteConnection) -> Result<Vec<Arc<Group>>, StoreError> {
    for _ in 0..LOOKS {
        match look(path, conn).await {
            Ok(groups) => return Ok(groups),
            Err(error) => tracing::warn!(%error, "the journal cannot be read; what only it holds is not seen"),
        }
    }
    Ok(Vec::new())
}

/// The same for a copy of the log, which must lack nothing: a journal that cannot be read is an error.
pub(super) async fn tail(path: &Path, conn: &mut SqliteConnection) -> Result<Vec<Arc<Group>>, StoreError> {
    for _ in 1..COPY_LOOKS {
        if let Ok(groups) = look(path, conn).await {
            return Ok(groups);
        }
    }
    look(path, conn).await
}

async fn look(path: &Path, conn: &mut SqliteConnection) -> Result<Vec<Arc<Group>>, StoreError> {
    let files = open::journals(&Place::of(path))?;
    let mark = load_mark(conn).await?;
    let found = open::unapplied(&files, &mark)?;
    Ok(groups(&found)?.into_iter().map(Arc::new).collect())
}

struct Applier {
    path: PathBuf,
    boot: Box<str>,
    runtime: Runtime,
    /// `None`: the connection failed, and the next attempt opens another.
    writer: Option<Writer>,
}

impl Applier {
    fn run(mut self, behind: &Behind) -> Result<(), StoreError> {
        loop {
            match behind.next() {
                Next::Apply(groups) => {
                    let result = self.apply(&groups);
                    let failed = result.as_ref().err().map(ToString::to_string);
                    if !behind.tried(groups.len(), result) {
                        return Err(StoreError::Write(failed.unwrap_or_default()));
                    }
                }
                Next::Do(Ask { wish, answer }) => {
                    let _ = answer.send(self.grant(wish));
                }
                Next::End => break,
            }
        }
        match self.writer {
            Some(writer) => self.runtime.block_on(writer.close()),
            None => Ok(()),
        }
    }

    /// Does something with the writer. After a failure its connection is not used again.
    fn with<T>(&mut self, work: impl AsyncFnOnce(&mut Writer) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let Self { path, boot, runtime, writer } = self;
        runtime.block_on(async {
            let mut open = match writer.take() {
                Some(open) => open,
                None => Writer::open(path, boot).await?,
            };
            let done = work(&mut open).await?;
            if open.is_checkpoint_due() {
                open.checkpoint().await?;
            }
            *writer = Some(open);
            Ok(done)
        })
    }

    fn apply(&mut self, groups: &[Arc<Group>]) -> Result<(), StoreError> {
        let Some(last) = groups.last() else { return Ok(()) };
        let mark = Mark { number: last.number, digest: last.digest };
        self.with(async |writer| {
            // What an attempt wrote that was reported as failed is not written again.
            let new = groups.iter().filter(|group| group.number > writer.mark().number);
            let batches: Vec<Arc<Batch>> = new.flat_map(|group| &group.batches).cloned().collect();
            writer.append(&batches, &last.boot, Some(mark)).await
        })
    }

    fn grant(&mut self, wish: Wish) -> Result<Vec<Arc<Batch>>, StoreError> {
        let boot = self.boot.clone();
        match wish {
            Wish::Sift(batches) => self.with(async |writer| writer.not_yet_stored(&batches, &boot).await),
            Wish::Store(batches) => {
                self.with(async |writer| writer.append(&batches, &boot, None).await)?;
                Ok(Vec::new())
            }
            Wish::PassOver(number, digest) => {
                let mark = Mark { number, digest };
                self.with(async |writer| writer.append(&[], &boot, Some(mark)).await)?;
                Ok(Vec::new())
            }
            Wish::Erase(step, done) => {
                let outcome = self.with(async |writer| writer.step(&step).await)?;
                let _ = done.send(outcome);
                Ok(Vec::new())
            }
            #[cfg(test)]
            Wish::Test(look) => {
                if let Some(writer) = &mut self.writer {
                    look(writer, &self.runtime);
                }
                Ok(Vec::new())
            }
        }
    }
}
