//! `chairside export`: a session's record as files.

use crate::audit::{self, AuditError, Entered, Look};
use crate::clock::{self, ClinicZone};
use crate::config::{Config, Source};
use crate::serve::roster;
use chairside_export::pseudonym::{self, Key, Pseudonymous};
use chairside_export::{Face, Format, Offsets, Options, Record, Seal, Signed, files, summary};
use chairside_observation::session::{Act, AuditKind, Person, Session, SessionId};
use chairside_observation::{ChairId, Hex, Micros, Past, SourceId, Timeline};
use chairside_recorder::Roster;
use chairside_store::sqlite::SqliteLog;
use chairside_store::{SessionLog, StoreError, find_session, sessions_of, span_of};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log cannot be opened or read.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// It could not be entered in the audit.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// There is no such session.
    #[error("there is no session {id} in {}; `chairside export --list` names those there are", log.display())]
    NoSession {
        /// As asked for.
        id: SessionId,
        /// Where it was looked for.
        log: PathBuf,
    },
    /// The record cannot be made into a file of a kind.
    #[error("{}: {error}", format.word())]
    Made {
        /// Which kind.
        format: Format,
        /// Why not.
        error: chairside_export::ExportError,
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

/// What was written.
#[derive(Debug)]
pub struct Exported {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Whether the audit says so.
    pub entered: Entered,
}

/// Writes the record of session `id` in each of `formats` into a folder under `to`, once the audit says by whom.
///
/// # Errors
/// The log cannot be read, there is no such session, it cannot be entered in the audit, or a file cannot be written. Files
/// that are there are not replaced.
pub async fn run(
    config: &Config,
    by: &Person,
    id: &str,
    formats: &[Format],
    options: &Options,
    to: &Path,
) -> Result<Exported, ExportError> {
    let zone = &ClinicZone(config.zone.clone());
    let log = SqliteLog::open_read_only(&config.database, &clock::boot(), clock::system()).await?;
    let id = SessionId::from(id);
    let found = find_session(&log, &id).await?;
    let (chair, session) =
        found.ok_or_else(|| ExportError::NoSession { id: id.clone(), log: config.database.clone() })?;
    let entered = audit::enter(config, by, &[look(&session, formats, false)]).await?;
    let house = house(&log, config).await?;
    let (record, _) = record(&log, config, &house, &chair, session, None).await?;
    // The folder bears the session's id and nothing of the patient: file names are seen by everybody.
    let folder = to.join(format!("session-{id}"));
    let write_error = |path: &Path, error| ExportError::Write { path: path.into(), error };
    std::fs::create_dir_all(&folder).map_err(|error| write_error(&folder, error))?;
    let mut written = Vec::new();
    for format in formats {
        let made = files(*format, &record, &Face(zone), options);
        for made in made.map_err(|error| ExportError::Made { format: *format, error })? {
            let path = folder.join(&made.name);
            let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
            file.and_then(|mut file| file.write_all(&made.bytes)).map_err(|error| write_error(&path, error))?;
            written.push(path);
        }
    }
    Ok(Exported { files: written, entered })
}

/// What the audit says of an export.
pub(crate) fn look(session: &Session, formats: &[Format], pseudonymous: bool) -> Look {
    let words: Vec<&str> = formats.iter().map(|format| format.word()).collect();
    let without = if pseudonymous { ", without the persons" } else { "" };
    Look { session: session.id.clone(), did: AuditKind::Exported, what: format!("{}{without}", words.join(", ")) }
}

/// What the timeline of the house says that a record is read with.
pub(crate) struct House {
    roster: Roster,
    past: Past,
}

/// Read once, however many records follow.
///
/// # Errors
/// The log cannot be read.
pub(crate) async fn house(log: &dyn SessionLog, config: &Config) -> Result<House, StoreError> {
    let (roster, past) = chairside_recorder::house(log, roster(config)).await?;
    Ok(House { roster, past })
}

/// The record of a session, and with a key what leads back from it: then it is the one without the persons.
///
/// # Errors
/// The log cannot be read, or the session cannot be made nameless.
pub(crate) async fn record(
    log: &dyn SessionLog,
    config: &Config,
    house: &House,
    chair: &ChairId,
    session: Session,
    key: Option<&Key>,
) -> Result<(Record, Option<Pseudonymous>), ExportError> {
    let entries = span_of(log, chair, &session).await?;
    let House { roster, past } = house;
    let named = roster.chairs.iter().find(|(id, _)| id == chair);
    let name = named.map_or(chair.as_str(), |(_, name)| name);
    let adapters = adapters(config);
    let version = env!("CARGO_PKG_VERSION");
    let (record, cloaked) = match key {
        None => (Record::new(name, session, &entries, version).with_past(past), None),
        Some(key) => {
            let cloaked = pseudonym::pseudonymous(name, &session, &entries, key);
            let cloaked = cloaked.ok_or_else(|| ExportError::Nameless { id: session.id.clone() })?;
            let past = past.moved(cloaked.session.opened.wall - session.opened.wall);
            let record = Record::new(&cloaked.chair, cloaked.session.clone(), &cloaked.entries, version);
            (record.with_past(&past), Some(cloaked))
        }
    };
    let mut record = record.with_adapters(|source| adapters.get(source).map(String::as_str));
    // Without the persons it is another record than the one the log signs.
    if key.is_none() && !record.session.is_open() {
        record = sealed(log, record).await?;
    }
    Ok((record, cloaked))
}

/// The record with what the log signs of it, or would sign now.
async fn sealed(log: &dyn SessionLog, record: Record) -> Result<Record, StoreError> {
    let Some(sealing) = log.sealing(&record.session.id).await? else { return Ok(record) };
    let signed = record.session.signed();
    let (summary, by) = match signed.map(|kept| (kept, &kept.done.act)) {
        Some((kept, Act::Signed { summary, meaning, .. })) => {
            let by = Signed { by: kept.done.by.clone(), at: kept.received, meaning: meaning.clone() };
            (summary.to_string(), Some(by))
        }
        _ => (summary::signed_text(&record), None),
    };
    let digest = sealing.digest(signed.map(|kept| kept.sequence), &summary);
    let seal = Seal { digest: Hex(&digest).to_string().into(), signed: by };
    Ok(record.with_seal(seal))
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

/// How each source of the configuration is read: its protocol, and the profile where one is set.
pub(crate) fn adapters(config: &Config) -> BTreeMap<SourceId, String> {
    let words = |source: &Source| match &source.profile {
        Some(profile) => format!("{} {profile}", source.protocol.word()),
        None => source.protocol.word().to_owned(),
    };
    config.sources.iter().map(|source| (source.id.clone(), words(source))).collect()
}

impl Offsets for ClinicZone {
    fn offset_min(&self, utc: Micros) -> i16 {
        let minutes = jiff::Timestamp::from_microsecond(utc.0).map(|at| self.0.to_offset(at).seconds() / 60);
        minutes.ok().and_then(|minutes| i16::try_from(minutes).ok()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bulk::tests::{batch, moved, opened, typed};
    use chairside_observation::session::Phase;

    #[tokio::test]
    async fn h18_a_record_bears_the_digest_the_log_would_sign_and_none_while_it_is_open() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = SqliteLog::open(&folder.path().join("log.db"), "boot", clock::system()).await.expect("a log");
        let config = Config::embedded();
        let made = async |done: &[(u64, Act)]| {
            for (sequence, act) in done {
                log.append(&[batch("1-1", *sequence, 50, act.clone())]).await.expect("appended");
            }
            let (chair, session) = find_session(&log, &"1-1".into()).await.expect("read").expect("a session");
            let house = house(&log, &config).await.expect("a house");
            record(&log, &config, &house, &chair, session, None).await.expect("a record").0
        };
        let open = made(&[(1, opened()), (2, typed())]).await;
        assert_eq!(open.seal, None);
        let over = made(&[(3, moved(Phase::Cancelled))]).await;
        let sealing = log.sealing(&"1-1".into()).await.expect("read").expect("a session");
        let digest = sealing.digest(None, &summary::signed_text(&over));
        let seal = over.seal.expect("what would be signed");
        assert_eq!((&*seal.digest, seal.signed), (&*Hex(&digest).to_string(), None));
    }
}
