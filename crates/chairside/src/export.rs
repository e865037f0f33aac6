//! `chairside export`: a session's record as files.

use crate::clock::{self, ClinicZone};
use chairside_export::{Face, Format, Offsets, Record, files};
use chairside_observation::session::SessionId;
use chairside_observation::{Deed, Micros, Sequence, Timeline, What};
use chairside_store::sqlite::SqliteLog;
use chairside_store::{SessionLog, StoreError, find_session, sessions_of, span_of};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Entries of the house asked for at once.
const PAGE: usize = 4096;

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log cannot be opened or read.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// There is no such session.
    #[error("there is no session {id} in {}; `chairside export --list` names those there are", log.display())]
    NoSession {
        /// As asked for.
        id: SessionId,
        /// Where it was looked for.
        log: PathBuf,
    },
    /// A file cannot be written.
    #[error("{}: {error}; name a folder you may write to with --out", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The key or the list of pseudonyms cannot be read or written.
    #[error("{}: {error}; `data` of the configuration has to be a folder this user may write", path.display())]
    Data {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The folder holds an export of another kind.
    #[error("{}: found an export of `{found}`, expected `{wanted}`; name another folder with --out", path.display())]
    OtherKind {
        /// The manifest.
        path: PathBuf,
        /// What it is of.
        found: String,
        /// What was to be added.
        wanted: String,
    },
    /// The key of pseudonyms cannot be used.
    #[error("{}: {why}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What was found, and what to do.
        why: &'static str,
    },
    /// A session cannot be made nameless.
    #[error(
        "session {id} begins with no act that opens it, so its names cannot be replaced; nothing of it was written"
    )]
    Nameless {
        /// Which.
        id: SessionId,
    },
}

/// Writes the record of session `id` in each of `formats` into a folder under `to`; gives the paths.
///
/// # Errors
/// The log cannot be read, there is no such session, or a file cannot be written. Files that are there are not replaced.
pub async fn run(
    database: &Path,
    zone: &ClinicZone,
    id: &str,
    formats: &[Format],
    to: &Path,
) -> Result<Vec<PathBuf>, ExportError> {
    let log = SqliteLog::open_read_only(database, &clock::boot(), clock::system()).await?;
    let id = SessionId::from(id);
    let found = find_session(&log, &id).await?;
    let (chair, session) = found.ok_or_else(|| ExportError::NoSession { id: id.clone(), log: database.into() })?;
    let entries = span_of(&log, &chair, &session).await?;
    let name = chair_name(&log, chair.as_str()).await?;
    let record = Record::new(&name, session, &entries, env!("CARGO_PKG_VERSION"));
    // The folder bears the session's id and nothing of the patient: file names are seen by everybody.
    let folder = to.join(format!("session-{id}"));
    let write_error = |path: &Path, error| ExportError::Write { path: path.into(), error };
    std::fs::create_dir_all(&folder).map_err(|error| write_error(&folder, error))?;
    let mut written = Vec::new();
    for made in formats.iter().flat_map(|format| files(*format, &record, &Face(zone))) {
        let path = folder.join(&made.name);
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
        file.and_then(|mut file| file.write_all(&made.bytes)).map_err(|error| write_error(&path, error))?;
        written.push(path);
    }
    Ok(written)
}

/// One line for each session of the log, without a patient's name.
///
/// # Errors
/// The log cannot be opened or read.
pub async fn list(database: &Path, zone: &ClinicZone) -> Result<Vec<String>, ExportError> {
    let log = SqliteLog::open_read_only(database, &clock::boot(), clock::system()).await?;
    let mut lines = Vec::new();
    for head in log.heads().await? {
        let Timeline::Chair(chair) = head.timeline else { continue };
        for session in sessions_of(&log, &chair).await? {
            let opened = Face(zone).iso(session.opened.wall);
            lines.push(format!("{}  {opened}  {}  {}", session.id, session.phase.word(), session.plan.template));
        }
    }
    Ok(lines)
}

/// What people call the chair now; its id when nobody named it.
pub(crate) async fn chair_name(log: &dyn SessionLog, chair: &str) -> Result<String, StoreError> {
    let mut name = chair.to_owned();
    let mut after = Sequence(0);
    loop {
        let deeds = log.deeds(&Timeline::House, after, PAGE).await?;
        let Some(last) = deeds.last() else { return Ok(name) };
        after = last.sequence;
        for deed in deeds {
            if let What::Deed(Deed::ChairNamed { chair: of, name: now }) = deed.what
                && of.as_str() == chair
            {
                name = now.into();
            }
        }
    }
}

impl Offsets for ClinicZone {
    fn offset_min(&self, utc: Micros) -> i16 {
        let minutes = jiff::Timestamp::from_microsecond(utc.0).map(|at| self.0.to_offset(at).seconds() / 60);
        minutes.ok().and_then(|minutes| i16::try_from(minutes).ok()).unwrap_or(0)
    }
}
