//! How recording goes, in numbers that only a program that watches looks at.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Counted by the writer.
#[derive(Default)]
pub(crate) struct Counting {
    receipts: AtomicU64,
    flushes: AtomicU64,
    failures: AtomicU64,
    last_us: AtomicU64,
    most_us: AtomicU64,
}

/// One look at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Appends that have their receipt.
    pub receipts: u64,
    /// Commits that gave receipts.
    pub flushes: u64,
    /// Commits that failed; each was tried again.
    pub failures: u64,
    /// Microseconds of the last commit.
    pub last_us: u64,
    /// Microseconds of the longest one.
    pub most_us: u64,
    /// Appends that wait for their commit now.
    pub waiting: u64,
}

impl Counting {
    pub(crate) fn flushed(&self, receipts: usize, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.receipts.fetch_add(receipts as u64, Relaxed);
        self.flushes.fetch_add(1, Relaxed);
        self.last_us.store(took, Relaxed);
        self.most_us.fetch_max(took, Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Relaxed);
    }

    pub(crate) fn look(&self, waiting: usize) -> Figures {
        Figures {
            receipts: self.receipts.load(Relaxed),
            flushes: self.flushes.load(Relaxed),
            failures: self.failures.load(Relaxed),
            last_us: self.last_us.load(Relaxed),
            most_us: self.most_us.load(Relaxed),
            waiting: waiting as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flushes_are_counted_and_the_longest_is_kept() {
        let counting = Counting::default();
        counting.flushed(3, Duration::from_micros(900));
        counting.failed();
        counting.flushed(1, Duration::from_micros(200));
        let expected = Figures { receipts: 4, flushes: 2, failures: 1, last_us: 200, most_us: 900, waiting: 5 };
        assert_eq!(counting.look(5), expected);
    }
}
