//! The book of accounts while the server runs: read at once, changed one at a time, on disk before any answer.

use super::emergency::{AT_ONCE, Grant};
use crate::refusal::Refused;
use chairside_access::file::{self, FileError, Stamp};
use chairside_access::{Book, CODE_LETTERS, FIRST_CODE_FOR, Hash, LOCK_AFTER, Purpose, Token, code, delay};
use chairside_observation::{Micros, Received};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, watch};

/// Fills bytes nobody can foresee.
pub type Random = Arc<dyn Fn(&mut [u8]) -> std::io::Result<()> + Send + Sync>;

/// Hashings at once (S06): each takes 19 MiB and a core for tens of milliseconds.
const HASHING_MAX: usize = 2;
/// Strangers' passwords that wait for their turn at once: what two at a time do within half a second. More are sent away at
/// once, so that a flood of them costs neither memory nor somebody else's time.
const STRANGERS_MAX: usize = 16;
/// Who was sent away so may try again after this many seconds.
const AGAIN_S: i64 = 5;
/// Failed sign-ins that are each a line of the audit within a minute; of the others the next minute says how many.
const FAILURES_NOTED: u64 = 60;
/// How often the file is looked at: another program may have changed it.
const LOOK_EVERY: Micros = Micros::from_secs(1);
/// Views that are in the audit already this hour: every account at every chair of the largest room.
const NOTED_MAX: usize = 4_096;

/// Accounts, displays and who is signed in. Cheap to clone.
#[derive(Clone)]
pub struct People {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    random: Random,
    state: Mutex<State>,
    hashing: Semaphore,
    strangers: Semaphore,
    changed: watch::Sender<u64>,
    /// Microseconds from the last press to the lock.
    lock_after: AtomicI64,
}

struct State {
    book: Arc<Book>,
    stamp: Stamp,
    looked: Micros,
    delays: delay::Delays,
    /// The last press at each seat, on the monotonic clock. A seat without one is locked.
    pressed: BTreeMap<String, Micros>,
    /// Chairs a seat follows or followed: a locked screen may go on with them.
    followed: BTreeMap<String, BTreeSet<String>>,
    noted: BTreeSet<(i64, String, String)>,
    /// Failed sign-ins of this minute.
    failures: (i64, u64),
    /// Emergency accesses that are going on; a restart ends them.
    grants: Vec<Grant>,
}

impl People {
    /// Reads the book at `path`; there may be none yet.
    ///
    /// # Errors
    /// Others may read the file, it is damaged, or the system would not.
    pub fn open(path: PathBuf, random: Random) -> Result<Self, FileError> {
        let (book, stamp) = file::load(&path)?;
        let state = State {
            book: Arc::new(book),
            stamp,
            looked: Micros(i64::MIN),
            delays: delay::Delays::default(),
            pressed: BTreeMap::new(),
            followed: BTreeMap::new(),
            noted: BTreeSet::new(),
            failures: (0, 0),
            grants: vec![],
        };
        let (changed, _) = watch::channel(0);
        let (hashing, strangers) = (Semaphore::new(HASHING_MAX), Semaphore::new(STRANGERS_MAX));
        let lock_after = AtomicI64::new(LOCK_AFTER.0);
        Ok(Self {
            inner: Arc::new(Inner { path, random, state: Mutex::new(state), hashing, strangers, changed, lock_after }),
        })
    }

    /// Screens lock after this long without a press: sooner than by default, never later (S11).
    pub fn lock_after(&self, idle: Micros) {
        self.inner.lock_after.store(idle.0.clamp(0, LOCK_AFTER.0), Ordering::Relaxed);
    }

    /// After how long without a press screens lock.
    pub(crate) fn locks_after(&self) -> Micros {
        Micros(self.inner.lock_after.load(Ordering::Relaxed))
    }

    /// The one-time code of the first account, where there is none yet; an earlier one is dead.
    ///
    /// # Errors
    /// The file could not be written, or there are no random bytes.
    pub fn first_code(&self, now: Micros) -> Result<Option<String>, FileError> {
        if !self.book().is_new() {
            return Ok(None);
        }
        let cause = |cause| FileError::Io { path: PathBuf::from("random bytes"), cause };
        let code = code(self.random::<CODE_LETTERS>().map_err(cause)?);
        let given = code.clone();
        self.write(move |book| book.give_code(&given, Purpose::First, now + FIRST_CODE_FOR))?;
        Ok(Some(code))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The book as it is now.
    pub(crate) fn book(&self) -> Arc<Book> {
        Arc::clone(&self.state().book)
    }

    /// Told whenever the book changed.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Looks whether another program wrote the file, at most once a second. A file that cannot be read changes nothing: who
    /// is signed in goes on, and whatever would change it is refused.
    pub(crate) fn look_at_file(&self, now: Micros) {
        let stamp = {
            let mut state = self.state();
            if now - state.looked < LOOK_EVERY && state.looked <= now {
                return;
            }
            state.looked = now;
            state.stamp
        };
        match file::stamp(&self.inner.path) {
            Ok(found) if found == stamp => {}
            Ok(_) => match file::load(&self.inner.path) {
                Ok((book, stamp)) => self.take(book, stamp),
                Err(error) => tracing::error!(%error, "the accounts were changed and cannot be read"),
            },
            Err(error) => tracing::error!(%error, "the accounts cannot be looked at"),
        }
    }

    fn take(&self, book: Book, stamp: Stamp) {
        {
            let mut state = self.state();
            (state.book, state.stamp) = (Arc::new(book), stamp);
        }
        self.inner.changed.send_modify(|count| *count += 1);
    }

    /// Changes the book on disk, then in memory.
    fn write<T>(&self, change: impl FnOnce(&mut Book) -> T) -> Result<T, FileError> {
        let path = &self.inner.path;
        let _turn = file::turn(path)?;
        let (mut book, _) = file::load(path)?;
        let before = book.clone();
        let answer = change(&mut book);
        if book != before {
            let stamp = file::save(path, &book)?;
            self.take(book, stamp);
        }
        Ok(answer)
    }

    /// The same, off the threads that serve screens.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Book) -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let people = self.clone();
        let done = tokio::task::spawn_blocking(move || people.write(change)).await;
        done.map_err(|_| Refused::Internal)?.map_err(Refused::Accounts)
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&self) -> std::io::Result<[u8; N]> {
        let mut bytes = [0; N];
        (self.inner.random)(&mut bytes)?;
        Ok(bytes)
    }

    /// A new token.
    pub(crate) fn token(&self) -> Result<Token, Refused> {
        self.random().map(Token::new).map_err(Refused::Random)
    }

    /// Whether the secret is what the hash was made of. Without a hash the work is the same and the answer is no (S08).
    pub(crate) async fn is(&self, hash: Option<Hash>, secret: String) -> Result<bool, Refused> {
        let _turn = self.inner.hashing.acquire().await.map_err(|_| Refused::Internal)?;
        let work = move || hash.map_or_else(|| Hash::of_nobody(&secret), |hash| hash.is(&secret));
        tokio::task::spawn_blocking(work).await.map_err(|_| Refused::Internal)
    }

    /// The same for somebody who never signed in from where she is: when many of them wait, this one does not.
    ///
    /// # Errors
    /// Too many wait already, or the system would not.
    pub(crate) async fn is_stranger(&self, hash: Option<Hash>, secret: String) -> Result<bool, Refused> {
        let _place = self.inner.strangers.try_acquire().map_err(|_| Refused::SlowDown(AGAIN_S))?;
        self.is(hash, secret).await
    }

    /// Begins an emergency access.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn grant(&self, grant: Grant, now: Micros) -> Result<(), Refused> {
        let mut state = self.state();
        state.grants.retain(|grant| now < grant.until);
        if state.grants.len() >= AT_ONCE {
            return Err(Refused::Busy);
        }
        state.grants.push(grant);
        Ok(())
    }

    /// Every emergency access that is going on.
    pub(super) fn grants(&self, now: Micros) -> Vec<Grant> {
        self.state().grants.iter().filter(|grant| now < grant.until).cloned().collect()
    }

    /// The patients that are open to an account now.
    pub(super) fn granted(&self, account: &str, now: Micros) -> Vec<String> {
        let state = self.state();
        let hers = state.grants.iter().filter(|grant| grant.account == account && now < grant.until);
        hers.map(|grant| grant.patient.clone()).collect()
    }

    /// A sign-in failed: whether it is a line of the audit, and how many of the minute before were none.
    pub(crate) fn failed(&self, now: Received) -> (bool, u64) {
        let minute = now.wall.0.div_euclid(60_000_000);
        let mut state = self.state();
        let more = match state.failures {
            (at, _) if at == minute => 0,
            (_, count) => count.saturating_sub(FAILURES_NOTED),
        };
        let count = if state.failures.0 == minute { state.failures.1 + 1 } else { 1 };
        state.failures = (minute, count);
        (count <= FAILURES_NOTED, more)
    }

    /// The hash of a new password or PIN.
    pub(crate) async fn hash(&self, secret: String) -> Result<Hash, Refused> {
        let salt = self.random().map_err(Refused::Random)?;
        let _turn = self.inner.hashing.acquire().await.map_err(|_| Refused::Internal)?;
        let made = tokio::task::spawn_blocking(move || Hash::of(&secret, salt)).await;
        made.ok().flatten().ok_or(Refused::Internal)
    }

    /// Begins a guess: how long to wait first, where it is too soon (S08).
    pub(crate) fn guess(&self, keys: &[String], now: Received) -> Result<(), Refused> {
        let mut state = self.state();
        let wait = keys.iter().map(|key| state.delays.wait(key, now.mono)).max().unwrap_or(Micros(0));
        if wait > Micros(0) {
            return Err(Refused::SlowDown((wait.0 + 999_999) / 1_000_000));
        }
        keys.iter().for_each(|key| state.delays.guess(key, now.mono));
        Ok(())
    }

    /// The guess was right.
    pub(crate) fn right(&self, keys: &[String]) {
        let mut state = self.state();
        keys.iter().for_each(|key| state.delays.right(key));
    }

    /// Somebody pressed something at this seat.
    pub(crate) fn pressed(&self, seat: &str, now: Received) {
        let mut state = self.state();
        state.pressed.insert(seat.to_owned(), now.mono);
        if state.pressed.len() > chairside_access::SEATS_MAX {
            let book = Arc::clone(&state.book);
            state.pressed.retain(|seat, _| book.seat(seat).is_some());
            state.followed.retain(|seat, _| book.seat(seat).is_some());
        }
    }

    /// When something was pressed at this seat last, on the wall; now where that is not known.
    pub(crate) fn last_press(&self, seat: &str, now: Received) -> Micros {
        let pressed = self.state().pressed.get(seat).copied();
        pressed.map_or(now.wall, |pressed| now.wall - (now.mono - pressed))
    }

    /// Nobody pressed anything at this seat for as long as it locks.
    pub(crate) fn is_idle(&self, seat: &str, now: Received) -> bool {
        let pressed = self.state().pressed.get(seat).copied();
        pressed.is_none_or(|pressed| now.mono - pressed >= self.locks_after())
    }

    /// A screen of this seat follows a chair.
    pub(crate) fn follows(&self, seat: &str, chair: &str) {
        self.state().followed.entry(seat.to_owned()).or_default().insert(chair.to_owned());
    }

    /// A screen of this seat followed the chair before.
    pub(crate) fn followed(&self, seat: &str, chair: &str) -> bool {
        self.state().followed.get(seat).is_some_and(|chairs| chairs.contains(chair))
    }

    /// A seat has another holder: what the one before followed is not hers.
    pub(crate) fn forget_followed(&self, seat: &str) {
        self.state().followed.remove(seat);
    }

    /// Whether this is the first time within the hour that `who` does `what`: once is enough for the audit.
    pub(crate) fn is_news(&self, who: &str, what: &str, now: Received) -> bool {
        let hour = now.wall.0.div_euclid(3_600_000_000);
        let mut state = self.state();
        if state.noted.len() >= NOTED_MAX {
            state.noted.clear();
        }
        state.noted.insert((hour, who.to_owned(), what.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_access::Role;

    fn people(folder: &tempfile::TempDir) -> People {
        let random: Random = Arc::new(|bytes: &mut [u8]| {
            bytes.fill(7);
            Ok(())
        });
        People::open(folder.path().join(file::NAME), random).unwrap()
    }

    fn at(second: i64) -> Received {
        Received { mono: Micros::from_secs(second), wall: Micros::from_secs(second) }
    }

    #[tokio::test]
    async fn s12_what_another_program_changed_is_known_within_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (people(&folder), people(&folder));
        here.look_at_file(Micros(0));
        there.change(|book| book.make_account("Lee", "lee", &[Role::Administrator])).await.unwrap().unwrap();
        here.look_at_file(Micros(999_999));
        assert!(here.book().is_new(), "not looked at again yet");
        let changes = here.changes();
        here.look_at_file(Micros::from_secs(1));
        assert!(!here.book().is_new() && changes.has_changed().unwrap());
        here.change(|book| book.make_account("Bo", "bo", &[Role::Nurse])).await.unwrap().unwrap();
        there.look_at_file(Micros(0));
        assert_eq!(there.book().accounts().len(), 2, "neither lost what the other wrote");
    }

    #[tokio::test]
    async fn s26_a_damaged_file_changes_nothing_and_refuses_changes() {
        let folder = tempfile::tempdir().unwrap();
        let people = people(&folder);
        people.change(|book| book.make_account("Lee", "lee", &[Role::Administrator])).await.unwrap().unwrap();
        std::fs::write(folder.path().join(file::NAME), "{").unwrap();
        people.look_at_file(Micros(0));
        assert_eq!(people.book().accounts().len(), 1, "who is signed in goes on");
        let refused = people.change(|book| book.make_display("Wall")).await;
        assert!(matches!(refused, Err(Refused::Accounts(_))));
        assert_eq!(std::fs::read(folder.path().join(file::NAME)).unwrap(), b"{");
    }

    #[test]
    fn s11_a_seat_locks_after_fifteen_minutes_and_is_locked_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let people = people(&folder);
        assert!(people.is_idle("s1", at(0)), "how long ago is not known");
        people.pressed("s1", at(0));
        assert!(!people.is_idle("s1", at(15 * 60 - 1)) && people.is_idle("s1", at(15 * 60)));
        people.lock_after(Micros::from_secs(5 * 60));
        assert!(
            !people.is_idle("s1", at(5 * 60 - 1)) && people.is_idle("s1", at(5 * 60)),
            "a clinic may want it sooner"
        );
        people.lock_after(Micros::from_secs(60 * 60));
        assert!(people.is_idle("s1", at(15 * 60)), "and never later");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn s08_strangers_beyond_a_few_are_sent_away_and_who_is_known_waits_for_two_at_most() {
        let folder = tempfile::tempdir().unwrap();
        let people = people(&folder);
        // Both places are taken: nothing is hashed until one is given back.
        let both = people.inner.hashing.acquire_many(HASHING_MAX as u32).await.unwrap();
        let guess = || {
            let people = people.clone();
            tokio::spawn(
                async move { people.is_stranger(None, "wrong".into()).await.map_err(|refused| refused.parts().1) },
            )
        };
        let waiting: Vec<_> = (0..STRANGERS_MAX).map(|_| guess()).collect();
        while people.inner.strangers.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        for _ in 0..100 {
            assert_eq!(guess().await.unwrap(), Err("slow_down"), "at once, without a hash");
        }
        let known = tokio::spawn({
            let people = people.clone();
            async move { people.is(None, "wrong".into()).await.is_ok() }
        });
        assert_eq!(people.inner.hashing.available_permits(), 0, "two at a time, and no more");
        drop(both);
        for guess in waiting {
            assert_eq!(guess.await.unwrap(), Ok(false));
        }
        assert!(known.await.unwrap());
        assert_eq!(people.inner.strangers.available_permits(), STRANGERS_MAX, "their places are given back");
    }

    #[test]
    fn s09_an_emergency_is_of_one_patient_for_an_hour_and_of_its_own_account() {
        let folder = tempfile::tempdir().unwrap();
        let people = people(&folder);
        let grant = |account: &str, patient: &str| Grant {
            account: account.into(),
            by: "Bo".into(),
            patient: patient.into(),
            reason: "the ward asks".into(),
            until: Micros::from_secs(3_600),
            until_wall: Micros(0),
        };
        people.grant(grant("a1", "P-1"), Micros(0)).unwrap();
        people.grant(grant("a2", "P-2"), Micros(0)).unwrap();
        let last = Micros::from_secs(3_600) - Micros(1);
        assert_eq!([people.granted("a1", last), people.granted("a3", last)], [vec!["P-1".to_owned()], vec![]]);
        assert_eq!(people.granted("a1", Micros::from_secs(3_600)), [""; 0], "over");
        assert_eq!(people.grants(last).len(), 2);
        for _ in 2..AT_ONCE {
            people.grant(grant("a1", "P-1"), Micros(0)).unwrap();
        }
        assert!(matches!(people.grant(grant("a1", "P-1"), Micros(0)), Err(Refused::Busy)));
        assert!(people.grant(grant("a1", "P-1"), Micros::from_secs(3_600)).is_ok(), "those that are over are gone");
    }

    #[test]
    fn s23_a_flood_of_failures_is_some_lines_and_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let people = people(&folder);
        let noted = (0..1_000).filter(|_| people.failed(at(60)).0).count();
        assert_eq!(noted as u64, FAILURES_NOTED);
        assert_eq!(people.failed(at(120)), (true, 1_000 - FAILURES_NOTED));
        assert_eq!(people.failed(at(121)), (true, 0), "said once");
        assert_eq!(people.failed(at(600)), (true, 0));
    }

    #[test]
    fn s23_a_view_is_noted_once_an_hour() {
        let folder = tempfile::tempdir().unwrap();
        let people = people(&folder);
        assert!(people.is_news("a1", "chair 1", at(10)) && !people.is_news("a1", "chair 1", at(20)));
        assert!(people.is_news("a2", "chair 1", at(20)) && people.is_news("a1", "chair 2", at(20)));
        assert!(people.is_news("a1", "chair 1", at(3_600)));
    }
}
