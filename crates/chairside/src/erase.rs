//! `chairside erase`: one patient's sessions go for good, and the chain of the log says that they were there.

use crate::clock::{self, ClinicZone};
use crate::patient;
use chairside_observation::session::SessionId;
use chairside_observation::{Deed, Entry, Micros, Sequence, Timeline, What};
use chairside_store::sqlite::{Held, Request, SqliteLog};
use chairside_store::{Batch, SessionLog, StoreError};
use std::path::Path;
use std::sync::Arc;

/// Longest name and reason: they stay in the log and are read there.
const TEXT_MAX: usize = 200;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Whose sessions.
    pub patient: &'a str,
    /// Who erases.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The log cannot be opened, read or written.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// Nobody of this identifier.
    #[error("the log holds no session of this patient; give the identifier exactly as the clinic writes it")]
    NoPatient,
    /// The second time something else was typed.
    #[error("that is not the identifier; nothing was erased")]
    NotTheSame,
    /// She is being treated.
    #[error("session {0} is open; end it on its screen, then erase")]
    Open(SessionId),
    /// A text that stays in the log is not one that may.
    #[error("--{field}: {wrong}; nothing was erased")]
    Text {
        /// Which.
        field: &'static str,
        /// What is wrong with it, and what to do.
        wrong: &'static str,
    },
}

/// Erases every session of the patient; `typed` is the identifier as it was typed again. Gives what to say.
///
/// # Errors
/// See [`EraseError`].
pub async fn run(
    database: &Path,
    zone: &ClinicZone,
    wanted: &Wanted<'_>,
    typed: &str,
) -> Result<Vec<String>, EraseError> {
    if !database.is_file() {
        return Err(StoreError::Read(format!("there is no file {}", database.display())).into());
    }
    let clock = clock::system();
    let log = SqliteLog::open(database, &clock::boot(), Arc::clone(&clock)).await?;
    let held = log.held(wanted.patient).await?;
    check(wanted, typed, &held)?;
    let mut lines = patient::lines(zone, wanted.patient, &held);
    let deed = deed(&log, wanted, &held, clock()).await?;
    let requests: Vec<Request> = held.iter().map(|held| held.request.clone()).collect();
    let done = log.erase(&requests, deed).await?;
    log.close().await?;
    lines.push(format!(
        "Erased: {} entries, {} raw frames, {} identities. Entry {} of the house says by whom and why.",
        done.entries, done.frames, done.names, deed.0
    ));
    let frames: u64 = held.iter().map(|held| held.frames.0).sum();
    if frames > done.frames {
        let left = frames - done.frames;
        lines.push(format!("{left} raw frames stay, since they hold values of others, too."));
    }
    if done.damaged > 0 {
        lines.push(format!("{} blocks are damaged and were left as they are: see chairside verify.", done.damaged));
    }
    lines.push("Backups and raw captures in the data folder are not reached by this: see docs/log-format.md.".into());
    Ok(lines)
}

fn check(wanted: &Wanted<'_>, typed: &str, held: &[Held]) -> Result<(), EraseError> {
    let Some(Held { session: newest, .. }) = held.last() else { return Err(EraseError::NoPatient) };
    if typed != wanted.patient {
        return Err(EraseError::NotTheSame);
    }
    if let Some(open) = held.iter().find(|held| held.session.is_open()) {
        return Err(EraseError::Open(open.session.id.clone()));
    }
    for (field, text) in [("by", wanted.by), ("reason", wanted.reason)] {
        let wrong = |wrong| Err(EraseError::Text { field, wrong });
        if text.trim().is_empty() || text.chars().count() > TEXT_MAX {
            return wrong("1 to 200 characters are expected");
        }
        if text.chars().any(char::is_control) {
            return wrong("found a control character, expected plain text");
        }
        let plain = text.to_lowercase();
        let names = [&newest.patient.id, &newest.patient.name].map(|name| name.to_lowercase());
        if names.iter().any(|name| !name.is_empty() && plain.contains(name.as_str())) {
            return wrong("it names the patient and would stay in the log; say it without");
        }
    }
    Ok(())
}

/// Writes down who erases what and why, before anything goes.
async fn deed(
    log: &SqliteLog,
    wanted: &Wanted<'_>,
    held: &[Held],
    received: chairside_observation::Received,
) -> Result<Sequence, StoreError> {
    let heads = log.heads().await?;
    let house = heads.iter().find(|head| head.timeline == Timeline::House);
    let sequence = house.map_or(Sequence(0), |head| head.sequence).next();
    let sessions: Vec<&str> = held.iter().map(|held| held.session.id.as_str()).collect();
    let entries = held.iter().map(|held| held.readings + held.notices + held.request.deeds.len() as u64).sum();
    let deed =
        Deed::Erased { what: sessions.join(" ").into(), by: wanted.by.into(), reason: wanted.reason.into(), entries };
    let (timeline, what) = (Timeline::House, What::Deed(deed));
    let entry = Entry { timeline, sequence, received, age: Micros(0), source: None, what };
    log.append(&[Arc::new(Batch { frame: None, entries: vec![entry] })]).await?;
    Ok(sequence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use chairside_observation::session::{Person, Phase, Role};
    use chairside_store::{find_session, story};
    use jiff::tz::TimeZone;
    use tempfile::TempDir;

    const WANTED: Wanted<'_> = Wanted { patient: "4711", by: "Lee", reason: "asked for in writing" };

    fn zone() -> ClinicZone {
        ClinicZone(TimeZone::UTC)
    }

    fn config(path: &Path) -> Config {
        Config { database: path.into(), zone: TimeZone::UTC, ..Config::embedded() }
    }

    fn user() -> Person {
        Person { name: "command line, user ann".into(), role: Role::Reviewer }
    }

    /// Two patients after one another on chair 1, values of nobody between them.
    async fn log(last: Phase) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.db");
        let log = SqliteLog::open(&path, &clock::boot(), clock::system()).await.unwrap();
        let chair = Timeline::Chair("1".into());
        let act = |sequence, session, act| story::act_batch(&chair, sequence, session, act);
        let batches = [
            act(1, "1-1", story::opened("4711", false)),
            story::frame_batch(&chair, "oximeter", 2, 1, None),
            act(4, "1-1", story::moved(Phase::Discharged)),
            story::frame_batch(&chair, "oximeter", 5, 2, None),
            act(7, "1-7", story::opened("9999", false)),
            story::frame_batch(&chair, "oximeter", 8, 3, None),
            act(10, "1-7", story::moved(Phase::Discharged)),
            act(11, "1-11", story::opened("4711", false)),
            act(12, "1-11", story::moved(last)),
        ];
        log.append(&batches).await.unwrap();
        log.close().await.unwrap();
        folder
    }

    fn holds(folder: &TempDir, text: &str) -> bool {
        let mut files = std::fs::read_dir(folder.path()).unwrap();
        files.any(|file| std::fs::read(file.unwrap().path()).unwrap().windows(text.len()).any(|w| w == text.as_bytes()))
    }

    #[tokio::test]
    async fn s25_a_patient_is_listed_erased_and_gone_and_the_log_is_whole() {
        let folder = log(Phase::Discharged).await;
        let path = folder.path().join("log.db");
        let before = patient::list(&config(&path), &user(), "4711").await.unwrap().join("\n");
        for line in
            ["Patient 4711: 2 sessions", "chair 1, entries 1 to 4", "2 readings, 0 notices", "2 acts, 1 raw frames"]
        {
            assert!(before.contains(line), "{line:?} in:\n{before}");
        }
        let said = run(&path, &zone(), &WANTED, "4711").await.unwrap().join("\n");
        // With the two entries that say that somebody had looked.
        assert!(said.contains("Erased: 8 entries, 1 raw frames"), "{said}");
        assert!(!holds(&folder, "4711") && holds(&folder, "9999"), "in no file, and only hers");

        let log = SqliteLog::open_read_only(&path, &clock::boot(), clock::system()).await.unwrap();
        let verified = log.verify().await.unwrap();
        assert!(verified.broken.is_empty(), "{:?}", verified.broken);
        assert!(crate::verify::report(&path, &verified).contains("8 entries erased by request"));
        assert!(find_session(&log, &"1-1".into()).await.unwrap().is_none());
        assert!(find_session(&log, &"1-7".into()).await.unwrap().is_some());
        let deeds = log.deeds(&Timeline::House, Sequence(0), 9).await.unwrap();
        let What::Deed(Deed::Erased { what, by, reason, entries }) = &deeds[0].what else { panic!("{deeds:?}") };
        assert_eq!((&**what, &**by, &**reason, *entries), ("1-1 1-11", WANTED.by, WANTED.reason, 8));
        assert_eq!(patient::list(&config(&path), &user(), "4711").await.unwrap(), ["Patient 4711: no session"]);
        log.close().await.unwrap();
        let again = run(&path, &zone(), &WANTED, "4711").await.unwrap_err();
        assert!(matches!(again, EraseError::NoPatient), "{again}");
    }

    #[tokio::test]
    async fn s25_what_must_not_be_erased_is_refused_and_nothing_goes() {
        let folder = log(Phase::Baseline).await;
        let path = folder.path().join("log.db");
        let open = run(&path, &zone(), &WANTED, "4711").await.unwrap_err();
        assert_eq!(open.to_string(), "session 1-11 is open; end it on its screen, then erase");
        let wanted = |by, reason| Wanted { patient: "9999", by, reason };
        for (wanted, typed, expected) in [
            (wanted("Lee", "asked"), "9998", "not the identifier"),
            (wanted("", "asked"), "9999", "--by: 1 to 200"),
            (wanted("Lee", "a\u{1f}b"), "9999", "--reason: found a control"),
            (wanted("Lee", "for 9999"), "9999", "--reason: it names the patient"),
            (wanted("Lee", "DOE asked"), "9999", "--reason: it names the patient"),
        ] {
            let error = run(&path, &zone(), &wanted, typed).await.unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let log = SqliteLog::open_read_only(&path, &clock::boot(), clock::system()).await.unwrap();
        let verified = log.verify().await.unwrap();
        assert_eq!((verified.entries, verified.erased_by_request, verified.broken.len()), (12, 0, 0));
        let running = SqliteLog::open(&path, &clock::boot(), clock::system()).await.unwrap();
        let refused = run(&path, &zone(), &wanted("Lee", "asked"), "9999").await.unwrap_err().to_string();
        assert!(refused.contains("stop the other program"), "{refused}");
        running.close().await.unwrap();
    }
}
