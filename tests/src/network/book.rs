//! What the world outside the server knows: what monitors sent, what was acknowledged, what screens showed, in one trace.

use super::plan::Plan;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Lines of the trace that are printed with a failure: the last seconds before it.
const LAST_WORDS: usize = 60;
/// Lines about what is wrong that are printed.
const WRONG_MAX: usize = 8;

/// What was silent for so long stood on no screen.
const SILENCE_US: i64 = 10_000_000;

/// A guard that is taken away, to see the oracle notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weak {
    /// None.
    #[default]
    Nothing,
    /// The disk says "flushed" and keeps nothing.
    DiskLies,
    /// A press that is sent again gets a new key.
    KeyForgotten,
    /// Screens do not look how old a value is.
    ScreenKeeps,
}

/// A message of a monitor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    /// Index of the chair it is for.
    pub(super) chair: usize,
    /// Whom it names.
    pub(super) patient: usize,
    pub(super) rate: u16,
    pub(super) spo2: u16,
}

/// A press of the nurse.
#[derive(Clone, Debug)]
pub(super) struct Pressed {
    pub(super) key: u128,
    pub(super) chair: usize,
    /// The entry she was told.
    pub(super) receipt: Option<u64>,
}

/// A value on a screen: chair, sequence, arrival, vital.
pub(super) type Place = (String, u64, i64, String);

/// The oracle's book.
#[derive(Default)]
pub(super) struct Book {
    pub(super) sent: BTreeMap<String, Said>,
    pub(super) acked: BTreeSet<String>,
    /// Chair and moment of everything a monitor could send: it may have been heard and add nothing to the log, as a
    /// repetition does.
    pub(super) spoke: Vec<(usize, i64)>,
    /// In the order she pressed.
    pub(super) pressed: Vec<Pressed>,
    pub(super) shown: BTreeMap<Place, String>,
    /// Those a screen was told are recorded.
    pub(super) pledged: BTreeSet<Place>,
    pub(super) figures: Figures,
    pub(super) wrong: Vec<String>,
    /// Of each chair the arrival of the newest value that a screen got, and of the first one after a silence.
    heard: BTreeMap<String, (i64, i64)>,
    trace: DefaultHasher,
    last: VecDeque<String>,
}

/// What a run was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Figures {
    pub acknowledged: u64,
    pub receipts: u64,
    pub values: u64,
    pub looks: u64,
    pub kills: u64,
    /// Monitors that came back after they had been silent for longer than their values are shown.
    pub returns: u64,
    /// The longest way of such a first value to a screen that could be reached.
    pub return_us: i64,
    pub outages: u64,
}

impl Figures {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            acknowledged: self.acknowledged + other.acknowledged,
            receipts: self.receipts + other.receipts,
            values: self.values + other.values,
            looks: self.looks + other.looks,
            kills: self.kills + other.kills,
            returns: self.returns + other.returns,
            return_us: self.return_us.max(other.return_us),
            outages: self.outages + other.outages,
        }
    }
}

impl Book {
    /// One more line of the trace.
    pub(super) fn say(&mut self, at_us: i64, line: &str) {
        (at_us, line).hash(&mut self.trace);
        if self.last.len() == LAST_WORDS {
            self.last.pop_front();
        }
        self.last.push_back(format!("{:9.3} s  {line}", at_us as f64 / 1e6));
    }

    /// Something that must not be.
    pub(super) fn wrong(&mut self, at_us: i64, line: &str) {
        self.say(at_us, &format!("WRONG: {line}"));
        if self.wrong.len() < WRONG_MAX {
            self.wrong.push(format!("{:.3} s: {line}", at_us as f64 / 1e6));
        }
    }

    /// Whether what arrived then was a chair's first value after it had been silent for longer than values are shown.
    pub(super) fn is_return(&mut self, chair: &str, mono_us: i64) -> bool {
        let (newest, first) = self.heard.entry(chair.to_owned()).or_insert((mono_us, 0));
        if mono_us - *newest > SILENCE_US {
            *first = mono_us;
            self.figures.returns += 1;
        }
        *newest = mono_us.max(*newest);
        *first == mono_us
    }

    /// Takes something into the trace that has no time.
    pub(super) fn add(&mut self, what: &impl Hash) {
        what.hash(&mut self.trace);
    }

    /// What tells this run from every other.
    pub(super) fn digest(&self) -> u64 {
        self.trace.finish()
    }

    /// What is wrong, and what went before.
    pub(super) fn verdict(&self) -> Result<(), String> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        let last = self.last.iter().map(String::as_str).collect::<Vec<_>>().join("\n  ");
        Err(format!("{}\n  before it ended:\n  {last}", self.wrong.join("\n")))
    }
}

/// What all hosts of one run share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) plan: Arc<Plan>,
    pub(super) weak: Weak,
    book: Arc<Mutex<Book>>,
    /// Microseconds by which the server's wall clock is set off.
    pub(super) clock_off_us: Arc<AtomicI64>,
    /// What a flush takes more now.
    pub(super) flush_more_ms: Arc<AtomicU64>,
    /// The server is to stop in order.
    pub(super) stop: Arc<watch::Sender<bool>>,
    /// Hosts on whose way to the server something is wrong.
    ill: Arc<Mutex<Vec<usize>>>,
}

impl Shared {
    pub(super) fn new(plan: Plan, weak: Weak) -> Self {
        Self {
            plan: Arc::new(plan),
            weak,
            book: Arc::default(),
            clock_off_us: Arc::default(),
            flush_more_ms: Arc::default(),
            stop: Arc::new(watch::Sender::new(false)),
            ill: Arc::default(),
        }
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn say(&self, line: impl Into<String>) {
        self.book().say(now_us(), &line.into());
    }

    pub(super) fn wrong(&self, line: impl Into<String>) {
        self.book().wrong(now_us(), &line.into());
    }

    /// Whether a host can be reached as usual, and could be a moment ago.
    pub(super) fn is_well(&self, host: usize) -> bool {
        !self.ill().contains(&host)
    }

    /// Something begins on the way to a host, or what began there is long over.
    pub(super) fn trouble(&self, host: usize, begins: bool) {
        let mut ill = self.ill();
        let known = ill.iter().position(|it| *it == host);
        match (begins, known) {
            (true, _) => ill.push(host),
            (false, Some(at)) => drop(ill.swap_remove(at)),
            (false, None) => {}
        }
    }

    fn ill(&self) -> MutexGuard<'_, Vec<usize>> {
        self.ill.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Time of the simulation: what the server's monotonic clock shows, but for its beginning.
pub(super) fn now_us() -> i64 {
    let elapsed = turmoil::sim_elapsed().unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}

/// The same in milliseconds, as plans count.
pub(super) fn now_ms() -> u64 {
    now_us().unsigned_abs() / 1000
}
