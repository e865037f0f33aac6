//! Guessing is slow, and nobody is locked out by it (S08).
//!
//! Each account and each address has its own count of wrong guesses. The wait grows with the count up to [`WAIT_MAX`], so
//! that a hundred guesses an hour is the most anybody gets. Whoever guesses keeps nobody else waiting: where an account was
//! signed in from before, only the wrong guesses at it from there count ([`keys`]).

use chairside_observation::Micros;
use std::collections::BTreeMap;

/// Wrong guesses without a wait: people mistype.
pub const FREE: u32 = 4;
/// Longest wait between two guesses: with the first few ones, a hundred an hour.
pub const WAIT_MAX: Micros = Micros::from_secs(40);
/// A count is forgotten after this long without a guess.
pub const FORGET: Micros = Micros::from_secs(3_600);
/// Accounts and addresses counted at once. Beyond it, the one that was quiet longest goes: an attacker with so many addresses
/// has as many counts of the account left against him.
pub const KEYS_MAX: usize = 4_096;

/// Wrong guesses of one account or address.
#[derive(Clone, Copy, Debug)]
struct Count {
    wrong: u32,
    last: Micros,
}

impl Count {
    fn wait(self) -> Micros {
        match self.wrong.checked_sub(FREE) {
            None | Some(0) => Micros(0),
            Some(over) => Micros::from_secs(1_i64 << over.min(6)).min(WAIT_MAX),
        }
    }
}

/// What counts a guess at an account from an address. `known`: it was signed in from there before. The counts of the account
/// and of the address are an attacker's to raise; they must not shut a nurse out of her own ward.
#[must_use]
pub fn keys(account: &str, from: &str, known: bool) -> Vec<String> {
    if known { vec![format!("{account} at {from}")] } else { vec![format!("at {from}"), account.to_owned()] }
}

/// Every count, on the monotonic clock.
#[derive(Clone, Debug, Default)]
pub struct Delays(BTreeMap<String, Count>);

impl Delays {
    /// How long this one has to wait before the next guess; zero for now.
    #[must_use]
    pub fn wait(&self, key: &str, now: Micros) -> Micros {
        let Some(count) = self.0.get(key).filter(|count| now - count.last < FORGET) else { return Micros(0) };
        (count.last + count.wait() - now).max(Micros(0))
    }

    /// One guess begins. It counts as wrong until [`Delays::right`] says else, so that many at once are no way around.
    pub fn guess(&mut self, key: &str, now: Micros) {
        self.0.retain(|_, count| now - count.last < FORGET);
        if !self.0.contains_key(key) && self.0.len() >= KEYS_MAX {
            let quiet = self.0.iter().min_by_key(|(_, count)| count.last).map(|(key, _)| key.clone());
            if let Some(quiet) = quiet {
                self.0.remove(&quiet);
            }
        }
        let count = self.0.entry(key.to_owned()).or_insert(Count { wrong: 0, last: now });
        *count = Count { wrong: count.wrong.saturating_add(1), last: now };
    }

    /// It was right: nothing is held against this one.
    pub fn right(&mut self, key: &str) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Guesses as soon as it may for so long; how many it got.
    fn guesses(seconds: i64) -> u32 {
        let (mut delays, mut now, mut count) = (Delays::default(), Micros(0), 0);
        while now < Micros::from_secs(seconds) {
            let wait = delays.wait("ann", now);
            now = now + wait.max(Micros(1_000));
            if delays.wait("ann", now) == Micros(0) {
                delays.guess("ann", now);
                count += 1;
            }
        }
        count
    }

    #[test]
    fn s08_a_hundred_guesses_an_hour_are_the_most_and_a_few_are_free() {
        let found = guesses(3_600);
        assert!((80..=100).contains(&found), "{found}");
        let day = guesses(24 * 3_600);
        assert!(day <= 2_400, "{day}");
        let mut delays = Delays::default();
        for _ in 0..FREE {
            assert_eq!(delays.wait("ann", Micros(0)), Micros(0));
            delays.guess("ann", Micros(0));
        }
        assert_eq!(delays.wait("bo", Micros(0)), Micros(0), "another one does not wait");
    }

    #[test]
    fn s08_a_wait_ends_and_a_count_is_forgotten() {
        let mut delays = Delays::default();
        (0..50).for_each(|_| delays.guess("ann", Micros(0)));
        assert_eq!(delays.wait("ann", Micros(0)), WAIT_MAX);
        assert_eq!(delays.wait("ann", WAIT_MAX), Micros(0), "never locked out");
        assert_eq!(delays.wait("ann", FORGET), Micros(0));
        delays.right("ann");
        delays.guess("ann", Micros(0));
        assert_eq!(delays.wait("ann", Micros(0)), Micros(0));
    }

    #[test]
    fn s08_whoever_guesses_keeps_the_ward_waiting_nowhere() {
        let mut delays = Delays::default();
        for n in 0..500 {
            for key in keys("ann", &format!("10.0.0.{}", n % 50), false) {
                delays.guess(&key, Micros(n));
            }
        }
        let wait = |known: bool| keys("ann", "10.0.1.7", known).iter().map(|k| delays.wait(k, Micros(500))).max();
        assert!(wait(false) > Some(Micros(0)), "from elsewhere it is slow");
        assert_eq!(wait(true), Some(Micros(0)), "at her own tablet she signs in");
    }

    proptest! {
        #[test]
        fn s08_the_wait_never_shrinks_with_a_guess_and_never_passes_its_bound(n in 0_u32..300) {
            let mut delays = Delays::default();
            let mut before = Micros(0);
            for _ in 0..n {
                delays.guess("ann", Micros(0));
                let wait = delays.wait("ann", Micros(0));
                prop_assert!(wait >= before && wait <= WAIT_MAX);
                before = wait;
            }
        }

        #[test]
        fn s08_memory_is_bounded_whatever_is_tried(keys in proptest::collection::vec("[a-z0-9]{1,6}", 0..200)) {
            let mut delays = Delays::default();
            (0..KEYS_MAX).for_each(|n| delays.guess(&n.to_string(), Micros(1)));
            keys.iter().for_each(|key| delays.guess(key, Micros(2)));
            prop_assert!(delays.0.len() <= KEYS_MAX);
        }
    }
}
