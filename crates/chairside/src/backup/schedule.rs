//! Backups the server makes by itself.

use super::last::Last;
use super::{Made, Wanted, make, thin_out};
use crate::config::{Backups, Config};
use chairside_observation::{Micros, Received};
use chairside_recorder::Clock;
use chairside_store::SqliteLog;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The first look waits until everything else has started.
const FIRST: Duration = Duration::from_secs(90);
/// Time between two looks whether one is due: a backup some minutes late is as good.
const LOOK: Duration = Duration::from_secs(300);

/// How backups go, for the health page.
#[derive(Clone, Default)]
pub(crate) struct Status(Arc<Mutex<Known>>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// The last good one.
    pub(crate) last: Option<Last>,
    /// Why the last attempt failed; `None`: it did not.
    pub(crate) trouble: Option<String>,
}

impl Status {
    pub(crate) fn known(&self) -> Known {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, known: Known) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

/// What the task needs.
pub(crate) struct Needs {
    pub(crate) config: Config,
    pub(crate) file: Option<PathBuf>,
    pub(crate) log: Arc<SqliteLog>,
    pub(crate) clock: Clock,
    pub(crate) status: Status,
}

impl Needs {
    /// Makes a backup whenever one is due, until `stopped`. Without `[backup]` it only knows the last one a person made.
    pub(crate) async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut wait = FIRST;
        self.look(None);
        loop {
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = LOOK;
            // A person may have made one meanwhile.
            self.look(self.status.known().trouble);
            let Some(backups) = &self.config.backup else { continue };
            if !is_due(backups, self.status.known().last.as_ref(), (self.clock)().wall) {
                continue;
            }
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                () = self.back_up(backups) => {}
            }
        }
    }

    fn look(&self, trouble: Option<String>) {
        self.status.set(Known { last: Last::read(&self.config.data), trouble });
    }

    async fn back_up(&self, backups: &Backups) {
        let begun: Received = (self.clock)();
        let wanted = Wanted {
            data: &self.config.data,
            database: &self.config.database,
            config: self.file.as_deref(),
            to: &backups.to,
            encrypt_to: backups.encrypt_to.as_ref(),
            now: begun.wall,
        };
        let trouble = match make(&wanted, &self.log).await {
            Ok(made) => self.made(backups, &made, begun),
            Err(error) => Some(error.to_string()),
        };
        if let Some(error) = &trouble {
            tracing::error!(error, "no backup was made; it is tried again in some minutes");
        }
        self.look(trouble);
    }

    fn made(&self, backups: &Backups, made: &Made, begun: Received) -> Option<String> {
        let took = (self.clock)().mono - begun.mono;
        tracing::info!(bytes = made.bytes, seconds = took.0 / 1_000_000, "backup made and verified");
        let noted = Last::new(made, begun.wall, begun.wall + took).write(&self.config.data);
        let thinned = thin_out(&backups.to, backups.keep);
        noted.err().or(thinned.err()).map(|error| format!("the backup is made, but: {error}"))
    }
}

/// Whether it is time. One from the future says that the clock was set back: then nobody knows, and another is made.
fn is_due(backups: &Backups, last: Option<&Last>, now: Micros) -> bool {
    last.is_none_or(|last| {
        let age = now - Micros(last.made_wall_us);
        age < Micros(0) || age >= Micros::from_secs(i64::from(backups.every_h) * 3600)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_due_when_there_is_none_or_it_is_old() {
        let backups = Backups { to: "/mnt".into(), every_h: 24, keep: 2, encrypt_to: None };
        let hours = |h: i64| Micros::from_secs(h * 3600);
        let last = |h| Last { made_wall_us: hours(h).0, bytes: 1, took_s: 1, encrypted: false };
        assert!(is_due(&backups, None, hours(100)));
        for (made, due) in [(99, false), (77, false), (76, true), (1, true), (101, true)] {
            assert_eq!(is_due(&backups, Some(&last(made)), hours(100)), due, "{made}");
        }
    }

    #[tokio::test]
    async fn h28_the_server_makes_backups_keeps_the_newest_and_says_what_went_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let (data, to) = (folder.path().join("data"), folder.path().join("to"));
        let (text, clock) = (format!("data = {data:?}\n[backup]\nto = {to:?}\nkeep = 2"), crate::clock::system());
        let config = crate::config::check(&text).unwrap();
        let log = SqliteLog::open(&config.database, &crate::clock::boot(), Arc::clone(&clock)).await.unwrap();
        let seconds = Arc::new(std::sync::atomic::AtomicI64::new(0));
        let ticking = Arc::clone(&seconds);
        // Each look at this clock is a second later.
        let clock: Clock = Arc::new(move || {
            let now = Micros::from_secs(ticking.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            Received { mono: now, wall: Micros::from_secs(1_795_342_500) + now }
        });
        let (log, status) = (Arc::new(log), Status::default());
        let needs = Needs { config, file: None, log, clock, status: status.clone() };
        let backups = needs.config.backup.clone().unwrap();
        for _ in 0..3 {
            needs.back_up(&backups).await;
            assert_eq!(status.known().trouble, None);
        }
        assert_eq!(std::fs::read_dir(&to).unwrap().count(), 2);
        let last = Last::read(&data).unwrap();
        assert_eq!((last.made_wall_us, last.took_s), (1_795_342_504_000_000, 1));
        assert_eq!(status.known().last, Some(last.clone()));
        std::fs::remove_dir_all(&to).unwrap();
        std::fs::write(&to, "a file in its place").unwrap();
        needs.back_up(&backups).await;
        let known = status.known();
        assert!(known.trouble.unwrap().contains("has to be there, writable"));
        assert_eq!(known.last, Some(last), "the good one is not forgotten");
    }
}
