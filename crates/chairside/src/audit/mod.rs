//! What the command line gives out of a record is in the audit first: who, when, of which session, and what.
//!
//! Where no server writes the log, it is opened for a moment and written here. A server is the only writer: it is asked by a
//! file in its data folder ([`door`]), takes what stands there into the chain, and only then is anything given out.

pub(crate) mod door;
#[cfg(test)]
mod tests;
mod who;

pub use who::who;

use crate::clock;
use crate::config::Config;
use chairside_observation::session::{Audit, AuditKind, Person, SessionId};
use chairside_observation::{Deed, Entry, Micros, Received, Sequence, Timeline, What};
use chairside_store::sqlite::SqliteLog;
use chairside_store::{Batch, SessionLog, StoreError, find_session};
use door::Asked;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A server looks every quarter of a second; one whose disk is slow answers people within this time, too.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks whether it has done so.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Entries made together: a file of some kilobytes, and what a crash in between leaves said but not done.
pub(crate) const AT_ONCE: usize = 64;

/// Something that is done with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Of which session.
    pub session: SessionId,
    /// What is done.
    pub did: AuditKind,
    /// More of it, such as formats. Never a patient's data.
    pub what: String,
}

/// Whether it is in the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// The log has it.
    InLog,
    /// There is nothing to write into: a copy of the log on a medium that is read only.
    ReadOnly,
}

impl Entered {
    /// What to tell the one at the terminal, if anything.
    #[must_use]
    pub const fn told(self) -> Option<&'static str> {
        match self {
            Self::InLog => None,
            Self::ReadOnly => Some(
                "No entry of this is in any audit: the log is a copy on a read-only medium. Write down who took what, and why.",
            ),
        }
    }
}

/// Why nothing was entered, and so nothing given out.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The log cannot be read or written.
    #[error("nothing was given out, since it could not be entered in the audit: {0}")]
    Log(#[from] StoreError),
    /// This user may read the log and not write it.
    #[error(
        "nothing was given out, since it could not be entered in the audit: this user may not write {}; run it as the user the \
         server runs as",
        .0.display()
    )]
    NotOurs(PathBuf),
    /// The server cannot be asked.
    #[error(
        "nothing was given out, since it could not be entered in the audit: {}: {cause}; run it as the user the server runs as",
        path.display()
    )]
    Door {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Nobody took it.
    #[error(
        "nothing was given out, since it could not be entered in the audit: another program writes the log and took no entry \
         within {} s; see whether the server records, or stop it and try again",
        PATIENCE.as_secs()
    )]
    NotTaken,
    /// The server would not have it.
    #[error(
        "nothing was given out, since it could not be entered in the audit: the server refused the entry; its log says why"
    )]
    Refused,
}

/// Enters `looks` of `by`; once this returns, the log has them.
///
/// # Errors
/// See [`AuditError`].
pub async fn enter(config: &Config, by: &Person, looks: &[Look]) -> Result<Entered, AuditError> {
    if looks.is_empty() {
        return Ok(Entered::InLog);
    }
    if !may_write(&config.database)? {
        return Ok(Entered::ReadOnly);
    }
    for looks in looks.chunks(AT_ONCE) {
        enter_some(config, by, looks, PATIENCE).await?;
    }
    Ok(Entered::InLog)
}

/// Whether there is something to write into. A user who may only read is refused: she would leave no trace.
fn may_write(database: &Path) -> Result<bool, AuditError> {
    match std::fs::OpenOptions::new().write(true).open(database) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::ReadOnlyFilesystem && !SqliteLog::is_written(database) => Ok(false),
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            Err(AuditError::NotOurs(database.to_owned()))
        }
        Err(error) => Err(StoreError::Write(format!("{}: {error}", database.display())).into()),
    }
}

async fn enter_some(config: &Config, by: &Person, looks: &[Look], patience: Duration) -> Result<(), AuditError> {
    let until = Instant::now() + patience;
    let mut asked: Option<Asked> = None;
    loop {
        match SqliteLog::open(&config.database, &clock::boot(), clock::system()).await {
            Ok(log) => {
                let taken = asked.take().map_or(Ok(false), Asked::withdraw)?;
                let done = if taken { Ok(()) } else { append(&log, by, looks, clock::now()).await };
                log.close().await?;
                return Ok(done?);
            }
            Err(StoreError::Held { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if asked.is_none() {
            asked = Some(Asked::put(&config.data, by, looks)?);
        }
        if asked.as_ref().is_some_and(Asked::is_gone) {
            break;
        }
        if Instant::now() >= until {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    // What is gone was taken or refused; what is taken in the last moment is taken.
    if asked.map_or(Ok(false), Asked::withdraw)? { Ok(()) } else { Err(AuditError::NotTaken) }
}

/// Writes them into a log that nobody else writes.
async fn append(log: &SqliteLog, by: &Person, looks: &[Look], now: Received) -> Result<(), StoreError> {
    let mut heads: BTreeMap<Timeline, Sequence> =
        log.heads().await?.into_iter().map(|head| (head.timeline, head.sequence)).collect();
    let mut batches = Vec::new();
    for look in looks {
        let found = find_session(log, &look.session).await?;
        let Some((chair, _)) = found else {
            return Err(StoreError::Read(format!("session {} is not there any more", look.session)));
        };
        let timeline = Timeline::Chair(chair);
        let head = heads.entry(timeline.clone()).or_insert(Sequence(0));
        *head = head.next();
        let what = What::Deed(Deed::Audited(Box::new(entry_of(by, look))));
        let entry = Entry { timeline, sequence: *head, received: now, age: Micros(0), source: None, what };
        batches.push(Arc::new(Batch { frame: None, entries: vec![entry] }));
    }
    log.append(&batches).await.map(drop)
}

fn entry_of(by: &Person, look: &Look) -> Audit {
    Audit { session: look.session.clone(), by: by.clone(), did: look.did, what: look.what.as_str().into() }
}
