//! Where a running server is told what the command line gives out: a file for each asking, in a folder of the data folder.
//!
//! Whoever may write there may write the log itself. The server removes a file when the log has what it says; one it cannot
//! read, or that names a session that is not there, it puts aside by name. Whoever asked waits for the one or the other.

use super::{AT_ONCE, AuditError, Look};
use chairside_observation::session::{Audit, AuditKind, Person, Role, SessionId};
use chairside_recorder::{Clock, Desk};
use chairside_store::{SessionLog, find_session};
use serde::{Deserialize, Serialize};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The folder, inside the data folder.
const FOLDER: &str = "looks";
/// A file that is whole.
const WHOLE: &str = "json";
/// One the server would not have.
const REFUSED: &str = "refused";
/// The server looks this often: somebody waits at a terminal.
const EVERY: Duration = Duration::from_millis(250);
/// Longest file: [`AT_ONCE`] looks of some hundred bytes.
const BYTES_MAX: u64 = 64 * 1024;

/// What a file holds.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    by: String,
    looks: Vec<Line>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    session: String,
    did: String,
    what: String,
}

/// What was asked of the server and is not known to be taken.
pub(super) struct Asked {
    path: PathBuf,
}

impl Asked {
    /// Puts the file there, whole or not at all.
    pub(super) fn put(data: &Path, by: &Person, looks: &[Look]) -> Result<Self, AuditError> {
        static ASKED: AtomicU64 = AtomicU64::new(0);
        let folder = data.join(FOLDER);
        let (pid, n) = (std::process::id(), ASKED.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(format!("{:017}-{pid}-{n}.{WHOLE}", crate::clock::now().wall.0.max(0)));
        let line = |look: &Look| Line {
            session: look.session.to_string(),
            did: look.did.word().to_owned(),
            what: look.what.clone(),
        };
        let asking = Asking { by: by.name.to_string(), looks: looks.iter().map(line).collect() };
        match write(data, &folder, &path, &asking) {
            Ok(()) => Ok(Self { path }),
            Err(cause) => Err(AuditError::Door { path, cause }),
        }
    }

    /// Whether the server has looked at it.
    pub(super) fn is_gone(&self) -> bool {
        !self.path.exists()
    }

    /// Takes it back; `true`: too late, the log has it.
    pub(super) fn withdraw(self) -> Result<bool, AuditError> {
        match std::fs::remove_file(&self.path) {
            Ok(()) => Ok(false),
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(AuditError::Door { path: self.path, cause: error })
            }
            Err(_) if self.path.with_extension(REFUSED).exists() => Err(AuditError::Refused),
            Err(_) => Ok(true),
        }
    }
}

fn write(data: &Path, folder: &Path, path: &Path, asking: &Asking) -> io::Result<()> {
    // Whoever is root here writes for the server's user.
    let owner = std::fs::metadata(data)?;
    let give = |path: &Path| match std::fs::metadata(path)?.uid() == owner.uid() {
        true => Ok(()),
        false => std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())),
    };
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => give(folder)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let new = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(&serde_json::to_vec(asking)?)?;
    give(&new)?;
    std::fs::rename(new, path)
}

/// Takes what is asked into the log until `stopped`.
pub(crate) fn start(
    data: &Path,
    desk: &Desk,
    log: &Arc<dyn SessionLog>,
    clock: &Clock,
    stopped: &watch::Receiver<bool>,
) -> JoinHandle<()> {
    let (folder, stopped) = (data.join(FOLDER), stopped.clone());
    let (desk, log, clock) = (desk.clone(), Arc::clone(log), Arc::clone(clock));
    tokio::spawn(serve(folder, desk, log, clock, stopped))
}

async fn serve(
    folder: PathBuf,
    desk: Desk,
    log: Arc<dyn SessionLog>,
    clock: Clock,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        for path in waiting(&folder) {
            take(&path, &desk, &*log, &clock).await;
        }
    }
}

/// The files that wait, oldest first. A folder that is not there holds none.
fn waiting(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|kind| kind == WHOLE)).collect();
    files.sort();
    files
}

/// Takes one in. While the log cannot be written it stays for the next time; whoever asked has given up by then.
async fn take(path: &Path, desk: &Desk, log: &dyn SessionLog, clock: &Clock) {
    let done = match read(path) {
        Ok(asking) => record(&asking, desk, log, clock).await,
        Err(wrong) => Err(Trouble::Wrong(wrong)),
    };
    let ended = match done {
        Ok(()) => std::fs::remove_file(path),
        Err(Trouble::Later(error)) => {
            tracing::warn!(error, "what the command line gives out cannot be entered in the audit now");
            return;
        }
        Err(Trouble::Wrong(why)) => {
            tracing::error!(file = %path.display(), why, "an entry of the command line is refused and put aside");
            std::fs::rename(path, path.with_extension(REFUSED))
        }
    };
    // Withdrawn meanwhile: then the audit says that it was asked for, which is so.
    if let Err(error) = ended.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) }) {
        tracing::error!(file = %path.display(), %error, "an entry of the command line stays and is entered again");
    }
}

/// Why an asking is not in the log.
enum Trouble {
    /// It may be, later.
    Later(String),
    /// It never will be.
    Wrong(String),
}

fn read(path: &Path) -> Result<Asking, String> {
    let long = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if long > BYTES_MAX {
        return Err(format!("{long} bytes found, at most {BYTES_MAX} expected"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let asking: Asking = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let found = asking.looks.len();
    if found > AT_ONCE { Err(format!("{found} looks found, at most {AT_ONCE} expected")) } else { Ok(asking) }
}

async fn record(asking: &Asking, desk: &Desk, log: &dyn SessionLog, clock: &Clock) -> Result<(), Trouble> {
    let by = Person { name: asking.by.as_str().into(), role: Role::Reviewer };
    by.may_sign().map_err(|refused| Trouble::Wrong(refused.to_string()))?;
    let mut audits = Vec::new();
    // All are looked at before the first is written.
    for Line { session, did, what } in &asking.looks {
        let session = SessionId::from(session.as_str());
        let did = AuditKind::from_word(did).ok_or_else(|| Trouble::Wrong(format!("{did:?} is nothing one does")))?;
        let found = find_session(log, &session).await.map_err(|error| Trouble::Later(error.to_string()))?;
        let (chair, _) = found.ok_or_else(|| Trouble::Wrong(format!("there is no session {session}")))?;
        let what = what.chars().filter(|c| !c.is_control()).collect::<String>().into();
        audits.push((chair, Audit { session, by: by.clone(), did, what }));
    }
    for (chair, audit) in audits {
        desk.audit(clock(), &chair, audit).await.map_err(|error| Trouble::Later(error.to_string()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(name: &str) -> Person {
        Person { name: name.into(), role: Role::Reviewer }
    }

    fn look(session: &str) -> Look {
        Look { session: session.into(), did: AuditKind::Exported, what: "csv, pdf".into() }
    }

    #[test]
    fn s23_what_is_asked_is_a_private_file_that_says_it_and_nothing_of_a_patient() {
        let data = tempfile::tempdir().unwrap();
        let asked = Asked::put(data.path(), &by("command line, user ann"), &[look("1-1"), look("1-7")]).unwrap();
        let files = waiting(&data.path().join(FOLDER));
        assert_eq!(files, std::slice::from_ref(&asked.path));
        assert_eq!(asked.path.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(data.path().join(FOLDER).metadata().unwrap().mode() & 0o777, 0o700);
        let text = std::fs::read_to_string(&asked.path).unwrap();
        assert!(
            text.starts_with(r#"{"by":"command line, user ann","looks":[{"session":"1-1","did":"exported""#),
            "{text}"
        );
        assert_eq!(read(&asked.path).unwrap().looks.len(), 2);
        assert!(!asked.is_gone());
        assert!(!asked.withdraw().unwrap(), "it was not taken");
        assert!(waiting(&data.path().join(FOLDER)).is_empty());
    }

    #[test]
    fn s23_a_file_that_is_gone_was_taken_and_one_that_was_put_aside_was_refused() {
        let data = tempfile::tempdir().unwrap();
        let put = || Asked::put(data.path(), &by("command line"), &[look("1-1")]).unwrap();
        let taken = put();
        std::fs::remove_file(&taken.path).unwrap();
        assert!(taken.is_gone() && taken.withdraw().unwrap());
        let refused = put();
        std::fs::rename(&refused.path, refused.path.with_extension(REFUSED)).unwrap();
        assert!(refused.is_gone());
        assert!(matches!(refused.withdraw(), Err(AuditError::Refused)));
    }

    #[test]
    fn s17_a_file_that_is_no_asking_is_refused_in_words() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("a.json");
        let many = format!(
            r#"{{"by":"x","looks":[{}]}}"#,
            vec![r#"{"session":"1-1","did":"viewed","what":""}"#; 65].join(",")
        );
        let long = "x".repeat(70_000);
        for (text, says) in [
            ("", "EOF"),
            (r#"{"by":"x","looks":[],"more":1}"#, "unknown field `more`"),
            (many.as_str(), "65 looks found, at most 64"),
            (long.as_str(), "70000 bytes found"),
        ] {
            std::fs::write(&path, text).unwrap();
            let refused = read(&path).unwrap_err();
            assert!(refused.contains(says), "{refused}");
        }
    }
}
