//! `chairside export --from DAY --to DAY --out FOLDER`: the records of many sessions.
//!
//! Each session has a folder of its own, made under another name and renamed when it is whole. A line of the manifest says
//! which entries it was made from: run again, finished sessions are skipped, half-written ones and those that have got an
//! entry since are made anew.

mod key;
mod manifest;
#[cfg(test)]
pub(crate) mod tests;

use crate::audit::{self, Entered};
use crate::clock::{self, ClinicZone};
use crate::config::Config;
use crate::export::{self, ExportError, House};
use chairside_export::pseudonym::{self, Key};
use chairside_export::{Face, File, Format, Options, files};
use chairside_observation::session::{Person, Session};
use chairside_observation::{ChairId, Micros, Timeline};
use chairside_store::sqlite::SqliteLog;
use chairside_store::{SessionLog, sessions_of};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use manifest::Manifest;
use std::fmt;
use std::path::{Path, PathBuf};

/// What to export, and how.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Names the log, the clinic's zone, and the folder of the key and the list of pseudonyms.
    pub config: &'a Config,
    /// Whom the audit names.
    pub by: &'a Person,
    /// First day on which a session began.
    pub from: Option<Date>,
    /// Last one.
    pub to: Option<Date>,
    /// Only this session.
    pub only: Option<&'a str>,
    /// What each becomes.
    pub formats: &'a [Format],
    /// Where a format leaves a choice.
    pub options: Options,
    /// Where the folders are made.
    pub out: &'a Path,
    /// Without the persons.
    pub pseudonymous: bool,
}

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Sessions written now.
    pub written: usize,
    /// Sessions that were there already, whole and as they are now.
    pub skipped: usize,
    /// Sessions that go on: exported when they are over.
    pub open: usize,
    /// Of what was written nothing is in an audit: the log is a copy that cannot be written.
    pub unentered: bool,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { written, skipped, open, .. } = self;
        write!(f, "{written} sessions written, {skipped} were there already")?;
        if *open > 0 { write!(f, ", {open} go on and were left out") } else { Ok(()) }
    }
}

/// Exports every session that is over and began on one of the days.
///
/// # Errors
/// The log cannot be read, a file cannot be written, or the folder holds an export of another kind. What was finished stays.
pub async fn run(wanted: &Wanted<'_>, progress: &ProgressBar) -> Result<Report, ExportError> {
    let log = SqliteLog::open_read_only(&wanted.config.database, &clock::boot(), clock::system()).await?;
    let key = if wanted.pseudonymous { Some(key::of(&wanted.config.data)?) } else { None };
    let mut manifest = Manifest::open(wanted.out, &kind(wanted))?;
    let (chosen, open) = chosen(&log, wanted).await?;
    if let (Some(id), [], 0) = (wanted.only, chosen.as_slice(), open) {
        return Err(ExportError::NoSession { id: id.into(), log: wanted.config.database.clone() });
    }
    let mut report = Report { open, ..Report::default() };
    let house = export::house(&log, wanted.config).await?;
    progress.set_length(chosen.len() as u64);
    let is_there = |(_, session): &&(ChairId, Session)| manifest.has(&folder(session, key.as_ref()), through(session));
    let (there, missing): (Vec<_>, Vec<_>) = chosen.iter().partition(is_there);
    report.skipped = there.len();
    progress.inc(there.len() as u64);
    for some in missing.chunks(audit::AT_ONCE) {
        // Nobody has a file before the audit says who asked for it.
        let looks: Vec<_> =
            some.iter().map(|(_, session)| export::look(session, wanted.formats, wanted.pseudonymous)).collect();
        report.unentered |= audit::enter(wanted.config, wanted.by, &looks).await? == Entered::ReadOnly;
        for (chair, session) in some {
            let folder = folder(session, key.as_ref());
            one((&log, &house), wanted, key.as_ref(), (chair, session), &wanted.out.join(&folder)).await?;
            manifest.add(&folder, through(session))?;
            report.written += 1;
            progress.inc(1);
        }
    }
    Ok(report)
}

/// A bar on the terminal; nothing where standard error is none.
#[must_use]
pub fn bar() -> ProgressBar {
    let template = "{bar:40} {pos}/{len} sessions, {eta} to go";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// What the manifest's first line says: two kinds of export never share a folder.
fn kind(wanted: &Wanted<'_>) -> String {
    let words: Vec<&str> = wanted.formats.iter().map(|format| format.word()).collect();
    let Options { every_min, paper } = wanted.options;
    let without = if wanted.pseudonymous { " pseudonymous" } else { "" };
    format!("{} every {every_min} min {}{without}", words.join(","), paper.word())
}

/// The sessions asked for that are over, oldest first, and how many go on.
async fn chosen(log: &dyn SessionLog, wanted: &Wanted<'_>) -> Result<(Vec<(ChairId, Session)>, usize), ExportError> {
    let (mut over, mut open) = (Vec::new(), 0);
    for head in log.heads().await? {
        let Timeline::Chair(chair) = head.timeline else { continue };
        for session in sessions_of(log, &chair).await? {
            if !is_wanted(wanted, &session) {
                continue;
            }
            if session.is_open() {
                open += 1;
            } else {
                over.push((chair.clone(), session));
            }
        }
    }
    over.sort_by_key(|(_, session)| session.opened.wall);
    Ok((over, open))
}

fn is_wanted(wanted: &Wanted<'_>, session: &Session) -> bool {
    if wanted.only.is_some_and(|id| session.id.as_str() != id) {
        return false;
    }
    let day = day(&wanted.config.zone, session.opened.wall);
    day.is_some_and(|day| wanted.from.is_none_or(|from| day >= from) && wanted.to.is_none_or(|to| day <= to))
}

/// The day of a moment on the clinic's clock.
fn day(zone: &TimeZone, utc: Micros) -> Option<Date> {
    let at = jiff::Timestamp::from_microsecond(utc.0).ok()?;
    Some(at.to_zoned(zone.clone()).date())
}

/// Its folder bears its id, which is a pseudonym in an export without names, and nothing of the patient: file names are seen
/// by everybody.
fn folder(session: &Session, key: Option<&Key>) -> String {
    match key {
        Some(key) => pseudonym::session_id(session, key).to_string(),
        None => format!("session-{}", session.id),
    }
}

/// Its last act: says whether anything was added since.
fn through(session: &Session) -> u64 {
    session.acts.last().map_or(session.from, |kept| kept.sequence).0
}

async fn one(
    (log, house): (&dyn SessionLog, &House),
    wanted: &Wanted<'_>,
    key: Option<&Key>,
    (chair, session): (&ChairId, &Session),
    folder: &Path,
) -> Result<(), ExportError> {
    let (record, cloaked) = export::record(log, wanted.config, house, chair, session.clone(), key).await?;
    if let Some(cloaked) = &cloaked {
        key::remember(&wanted.config.data, session, cloaked)?;
    }
    let zone = ClinicZone(wanted.config.zone.clone());
    let mut made = Vec::new();
    for format in wanted.formats {
        let of = files(*format, &record, &Face(&zone), &wanted.options);
        made.extend(of.map_err(|error| ExportError::Made { format: *format, error })?);
    }
    whole(folder, made)
}

/// Makes the folder with its files under another name first: one that bears its name is whole.
fn whole(folder: &Path, made: Vec<File>) -> Result<(), ExportError> {
    let part = part_of(folder);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| ExportError::Write { path, error }
    };
    remove(&part)?;
    std::fs::create_dir_all(&part).map_err(failed(&part))?;
    for file in made {
        let path = part.join(&file.name);
        std::fs::write(&path, &file.bytes)
            .and_then(|()| std::fs::File::open(&path)?.sync_all())
            .map_err(failed(&path))?;
    }
    remove(folder)?;
    std::fs::rename(&part, folder).map_err(failed(folder))
}

fn part_of(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// What an earlier run left unfinished, or what is being replaced.
fn remove(folder: &Path) -> Result<(), ExportError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ExportError::Write { path: folder.into(), error })
        }
        _ => Ok(()),
    }
}
