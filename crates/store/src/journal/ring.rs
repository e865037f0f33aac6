//! Which pages of a journal are free: a record is written only over pages the database does not need any more.

use std::collections::VecDeque;
use std::ops::Range;

/// Places in a file that is written round and round. Page 0 is the file's own.
#[derive(Debug)]
pub(crate) struct Ring {
    pages: u64,
    next: u64,
    /// First page and number of each record that is still needed, oldest first.
    held: VecDeque<(u64, u64)>,
}

impl Ring {
    pub(crate) fn new(pages: u64) -> Self {
        Self { pages, next: 1, held: VecDeque::new() }
    }

    /// The first of `count` free pages in a row; `None` while there are not so many.
    pub(crate) fn place(&self, count: u64) -> Option<u64> {
        let Some((oldest, _)) = self.held.front() else {
            // Nothing is needed any more: the front of the file, which stays in the system's memory.
            return (count < self.pages).then_some(1);
        };
        if self.next > *oldest {
            if self.next + count <= self.pages {
                return Some(self.next);
            }
            return (count < *oldest).then_some(1);
        }
        (self.next + count <= *oldest).then_some(self.next)
    }

    /// The record `number` was written to `count` pages from `page` on.
    pub(crate) fn hold(&mut self, number: u64, page: u64, count: u64) {
        self.held.push_back((page, number));
        self.next = page + count;
    }

    /// Whether the database needs nothing of these pages any more.
    pub(crate) fn is_free(&self, pages: &Range<u64>) -> bool {
        let Some((oldest, _)) = self.held.front() else { return true };
        if self.next > *oldest {
            pages.end <= *oldest || pages.start >= self.next
        } else {
            pages.start >= self.next && pages.end <= *oldest
        }
    }

    /// Whether the free pages are less than half.
    pub(crate) fn is_crowded(&self) -> bool {
        let Some((oldest, _)) = self.held.front() else { return false };
        let used = if self.next > *oldest { self.next - oldest } else { self.pages - oldest + self.next };
        used * 2 > self.pages
    }

    /// The database has every record through `number`.
    pub(crate) fn release(&mut self, number: u64) {
        while self.held.front().is_some_and(|(_, held)| *held <= number) {
            self.held.pop_front();
        }
    }
}
