//! The board: the latest of every timeline, and the screens that follow.

use crate::screen::{Screen, Seat};
use chairside_observation::{
    ChairId, Entry, Micros, Origin, Received, Sequence, SourceId, Timeline, Update, Vital, What,
};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Entries kept per timeline for a screen that joins: what the log may not hold yet, a few seconds at the usual rates.
/// Older entries are asked from the log.
const RECENT_MAX: usize = 256;

/// Whether what is shown is also on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording {
    /// The log takes everything.
    Yes,
    /// The log cannot be written since then.
    No {
        /// When the first write failed.
        since: Received,
        /// What failed and what to do, for people.
        reason: Arc<str>,
    },
}

/// What is told to every screen and may not be lost.
#[derive(Clone, Debug)]
pub enum Told {
    /// The log can, or can no longer, be written.
    Recording(Recording),
    /// Chairs or feed assignments changed: ask the roster.
    RosterChanged,
    /// The clinic's settings changed: ask the desk.
    ClinicChanged,
    /// The session at this chair changed: ask the desk.
    SessionChanged(ChairId),
    /// The limit notices of these chairs changed, or the layer that raises them failed: ask it. All chairs in one word, so
    /// that a screen's queue does not hang on their number.
    NoticesChanged(Arc<[ChairId]>),
}

/// The latest of one timeline, for a screen that joins.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Newest sequence published, recorded or not.
    pub head: Sequence,
    /// Newest sequence that is on disk.
    pub recorded: Sequence,
    /// When that entry reached the server.
    pub recorded_at: Option<Received>,
    /// The newest reading of each vital, origin and site, each as its source sent it.
    pub latest: Vec<Entry>,
    /// The newest link state of each source that feeds this timeline.
    pub links: Vec<Entry>,
    /// Expected interval of each of these sources.
    pub every: Vec<(SourceId, Micros)>,
    /// The last entries, in order, at most [`RECENT_MAX`].
    pub recent: Vec<Entry>,
}

type Slot = (SourceId, Vital, Option<Origin>, Option<Box<str>>);

#[derive(Default)]
struct Lane {
    head: Sequence,
    recorded: Sequence,
    recorded_at: Option<Received>,
    latest: BTreeMap<Slot, Entry>,
    links: BTreeMap<SourceId, Entry>,
    every: BTreeMap<SourceId, Micros>,
    recent: VecDeque<Entry>,
    seats: Vec<Weak<Seat>>,
}

impl Lane {
    fn note(&mut self, entry: &Entry) {
        self.head = self.head.max(entry.sequence);
        if let Some(source) = &entry.source {
            match &entry.what {
                What::Reading(o) => {
                    self.latest.insert((source.clone(), o.vital, o.origin, o.site.clone()), entry.clone());
                }
                What::Link(_) => {
                    self.links.insert(source.clone(), entry.clone());
                }
                _ => {}
            }
        }
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(entry.clone());
    }
}

#[derive(Default)]
struct Board {
    lanes: HashMap<Timeline, Lane>,
    seats: Vec<Weak<Seat>>,
    recording: Option<Recording>,
}

/// The live state of all timelines. Cheap to clone; all clones are one hub.
#[derive(Clone, Default)]
pub struct Hub {
    board: Arc<Mutex<Board>>,
}

impl Hub {
    /// A hub without timelines or screens.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        // A panic elsewhere must not blank every screen: the board holds plain values that are valid at every step.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts back what the log held when the program started; no screen is told.
    pub fn seed(&self, timeline: &Timeline, head: Sequence, latest: &[Entry]) {
        let mut board = self.board();
        let lane = board.lanes.entry(timeline.clone()).or_default();
        for entry in latest {
            lane.note(entry);
        }
        lane.recent.clear();
        lane.head = head;
        lane.recorded = head;
        lane.recorded_at = latest.iter().max_by_key(|e| e.sequence).map(|e| e.received);
    }

    /// New entries of one timeline: kept as its latest and queued for each screen that follows it. Never waits.
    pub fn publish(&self, update: Update) {
        let mut board = self.board();
        let lane = board.lanes.entry(update.timeline.clone()).or_default();
        for entry in &update.entries {
            lane.note(entry);
        }
        if let (Some(every), Some(source)) = (update.every, update.entries.iter().find_map(|e| e.source.clone())) {
            lane.every.insert(source, every);
        }
        let update = Arc::new(update);
        lane.seats.retain(|seat| seat.upgrade().is_some_and(|seat| seat.push_live(&update)));
    }

    /// Somebody else has this timeline from here on: what was measured before `since`, on the monotonic clock, is nobody's
    /// latest any more (H02).
    pub fn begin(&self, timeline: &Timeline, since: Micros) {
        if let Some(lane) = self.board().lanes.get_mut(timeline) {
            lane.latest.retain(|_, entry| entry.received.mono - entry.age >= since);
        }
    }

    /// The log holds everything of this timeline through `sequence`.
    pub fn recorded(&self, timeline: &Timeline, sequence: Sequence, at: Received) {
        let mut board = self.board();
        let lane = board.lanes.entry(timeline.clone()).or_default();
        if sequence >= lane.recorded {
            lane.recorded = sequence;
            lane.recorded_at = Some(at);
        }
    }

    /// Tells every screen; a screen whose notice queue is full is cut off.
    pub fn tell(&self, told: &Told) {
        let mut board = self.board();
        if let Told::Recording(recording) = told {
            board.recording = Some(recording.clone());
        }
        board.seats.retain(|seat| seat.upgrade().is_some_and(|seat| seat.push_told(told)));
    }

    /// Whether what is shown is also on disk.
    #[must_use]
    pub fn recording(&self) -> Recording {
        self.board().recording.clone().unwrap_or(Recording::Yes)
    }

    /// A new screen; it follows nothing yet.
    #[must_use]
    pub fn join(&self) -> Screen {
        let seat = Arc::new(Seat::default());
        let mut board = self.board();
        // Screens come and go far more often than notices, and a seat nobody sits on still takes memory.
        board.seats.retain(|seat| seat.strong_count() > 0);
        board.seats.push(Arc::downgrade(&seat));
        drop(board);
        Screen::new(self.clone(), seat)
    }

    /// Number of screens that are connected.
    #[must_use]
    pub fn screens(&self) -> usize {
        self.board().seats.iter().filter(|seat| seat.strong_count() > 0).count()
    }

    /// The state of one timeline now; empty for one nobody has heard of.
    #[must_use]
    pub fn snapshot(&self, timeline: &Timeline) -> Snapshot {
        self.board().lanes.get(timeline).map(snapshot_of).unwrap_or_default()
    }

    /// How far one timeline is recorded: newest sequence, recorded sequence and its time. Cheaper than a snapshot.
    #[must_use]
    pub fn marks(&self, timeline: &Timeline) -> (Sequence, Sequence, Option<Received>) {
        let board = self.board();
        board.lanes.get(timeline).map_or_else(Default::default, |l| (l.head, l.recorded, l.recorded_at))
    }

    /// Seats the screen and takes the snapshot in one step, so that no entry falls between the two.
    pub(crate) fn follow(&self, timeline: &Timeline, seat: &Arc<Seat>) -> Snapshot {
        let mut board = self.board();
        let lane = board.lanes.entry(timeline.clone()).or_default();
        lane.seats.retain(|seat| seat.strong_count() > 0);
        if !lane.seats.iter().any(|s| s.as_ptr() == Arc::as_ptr(seat)) {
            lane.seats.push(Arc::downgrade(seat));
        }
        snapshot_of(lane)
    }

    pub(crate) fn unfollow(&self, timeline: &Timeline, seat: &Arc<Seat>) {
        if let Some(lane) = self.board().lanes.get_mut(timeline) {
            lane.seats.retain(|s| s.as_ptr() != Arc::as_ptr(seat));
        }
    }
}

#[cfg(test)]
impl Hub {
    /// Seats the board holds for all screens and for one timeline, empty ones included.
    pub(crate) fn seats_held(&self, timeline: &Timeline) -> (usize, usize) {
        let board = self.board();
        (board.seats.len(), board.lanes.get(timeline).map_or(0, |lane| lane.seats.len()))
    }
}

fn snapshot_of(lane: &Lane) -> Snapshot {
    Snapshot {
        head: lane.head,
        recorded: lane.recorded,
        recorded_at: lane.recorded_at,
        latest: lane.latest.values().cloned().collect(),
        links: lane.links.values().cloned().collect(),
        every: lane.every.iter().map(|(s, e)| (s.clone(), *e)).collect(),
        recent: lane.recent.iter().cloned().collect(),
    }
}
