//! What both doors share, under one short lock: sequences, routes, repetitions, the queue before the writer.

use crate::Clock;
use crate::figures::Counting;
use crate::guard::{Guard, LATE, Placed};
use crate::intake::{Heard, NotRecorded};
use crate::keys::{Keys, Waiting};
use crate::patients::Patients;
use crate::queue::{Item, Queue, deed_entry};
use crate::roster::{Binding, Feed, Roster};
use crate::sessions::Sessions;
use crate::standing::ChairCuffs;
use chairside_hub::{Hub, Recording, Told};
use chairside_observation::clinic::Clinic;
use chairside_observation::session::{Act, Audit, Done};
use chairside_observation::{
    Cadence, ChairId, Deed, Entry, Frame, Link, LinkState, Micros, Past, Received, Sequence, SourceId, Timeline,
    Update, What, Zone,
};
use chairside_store::{Batch, Committed, SessionLog};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A wall clock that moved against the monotonic one by more than this, from one reception to the next, was set. Slewing
/// moves it by 0.5 ms a second at most, so an hour of silence stays below.
const CLOCK_STEP: Micros = Micros::from_secs(2);
/// Beds without a chair that get a timeline of their own. A sender that makes up more of them is put into the timeline of
/// its source without a bed (H24).
const FEEDS_MAX: usize = 512;

pub(crate) struct Shared {
    pub(crate) log: Arc<dyn SessionLog>,
    pub(crate) hub: Hub,
    pub(crate) zone: Arc<dyn Zone + Send + Sync>,
    pub(crate) clock: Clock,
    pub(crate) work: Notify,
    /// One act at a time: each is judged by what the one before left.
    pub(crate) acts: tokio::sync::Mutex<()>,
    pub(crate) counting: Counting,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(
        log: Arc<dyn SessionLog>,
        hub: Hub,
        zone: Arc<dyn Zone + Send + Sync>,
        clock: Clock,
        state: State,
    ) -> Self {
        let (acts, counting) = (tokio::sync::Mutex::new(()), Counting::default());
        Self { log, hub, zone, clock, work: Notify::new(), acts, counting, state: Mutex::new(state) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one source's task must not end all recording: the state is plain values, valid at every step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the log does not have what is shown: everybody is told, and nobody waits.
    pub(crate) fn not_recording(&self, reason: &str, in_flight: &mut [Item]) {
        let refused = NotRecorded { reason: reason.to_owned() };
        let mut state = self.state();
        let mut waiting: Vec<Waiting> = in_flight.iter_mut().flat_map(|i| std::mem::take(&mut i.waiting)).collect();
        waiting.extend(state.queue.take_waiting());
        waiting.extend(state.keys.take_waiting());
        if state.refused.is_none() {
            let since = (self.clock)();
            tracing::error!(reason, "not recording");
            self.hub.tell(&Told::Recording(Recording::No { since, reason: reason.into() }));
        }
        state.refused = Some(refused.clone());
        drop(state);
        for sender in waiting {
            drop(sender.send(Err(refused.clone())));
        }
    }
}

pub(crate) struct State {
    pub(crate) roster: Arc<Roster>,
    pub(crate) heads: HashMap<Timeline, Sequence>,
    pub(crate) keys: Keys,
    pub(crate) queue: Queue,
    pub(crate) sessions: Sessions,
    pub(crate) guard: Guard,
    pub(crate) cuffs: ChairCuffs,
    pub(crate) patients: Patients,
    pub(crate) clinic: Arc<Clinic>,
    pub(crate) past: Arc<Past>,
    /// Feeds without a chair that have a timeline.
    pub(crate) feeds: BTreeSet<Feed>,
    /// Set while the log cannot be written, or when the recorder stops: receipts are refused with it at once.
    pub(crate) refused: Option<NotRecorded>,
    pub(crate) stopping: bool,
    cadences: HashMap<(SourceId, Timeline), Cadence>,
    links: BTreeMap<SourceId, Link>,
    /// Timelines that know the present link of a source.
    linked: HashSet<(SourceId, Timeline)>,
    /// Wall clock minus monotonic clock at the last reception.
    clock_offset: Micros,
}

impl State {
    pub(crate) fn new(roster: Roster, clinic: Clinic, past: Past, now: Received) -> Self {
        Self {
            roster: Arc::new(roster),
            heads: HashMap::new(),
            keys: Keys::default(),
            queue: Queue::default(),
            sessions: Sessions::default(),
            guard: Guard::default(),
            cuffs: ChairCuffs::default(),
            patients: Patients::default(),
            clinic: Arc::new(clinic),
            past: Arc::new(past),
            feeds: BTreeSet::new(),
            refused: None,
            stopping: false,
            cadences: HashMap::new(),
            links: BTreeMap::new(),
            linked: HashSet::new(),
            clock_offset: now.wall - now.mono,
        }
    }

    /// Whether people's deeds can be recorded now.
    pub(crate) fn open_for_people(&self) -> Result<(), NotRecorded> {
        match &self.refused {
            Some(refused) => Err(refused.clone()),
            None if self.stopping => Err(NotRecorded { reason: "the recorder is stopping".into() }),
            None => Ok(()),
        }
    }

    /// Deeds of a chair are judged by what the log has: one at a time.
    pub(crate) fn nothing_waits(&self, chair: &ChairId) -> Result<(), NotRecorded> {
        if self.sessions.is_waiting(chair) {
            return Err(NotRecorded { reason: "what was pressed before at this chair is not in the log yet".into() });
        }
        Ok(())
    }

    pub(crate) fn next(&mut self, timeline: &Timeline) -> Sequence {
        match self.heads.get_mut(timeline) {
            Some(head) => {
                *head = head.next();
                *head
            }
            None => {
                self.heads.insert(timeline.clone(), Sequence(1));
                Sequence(1)
            }
        }
    }

    pub(crate) fn enqueue(&mut self, batch: Batch, waiting: Option<Waiting>) {
        let refused = self.refused.clone();
        let mut senders = Vec::new();
        match (waiting, &refused) {
            (Some(sender), Some(refused)) => drop(sender.send(Err(refused.clone()))),
            (Some(sender), None) => senders.push(sender),
            (None, _) => {}
        }
        let given_up = self.queue.push(Item { batch: Arc::new(batch), waiting: senders });
        self.give_up(given_up);
    }

    /// What does not fit any more gets no receipt, and a repetition of it counts as new.
    pub(crate) fn give_up(&mut self, items: Vec<Item>) {
        for item in items {
            if let Some(key) = item.key() {
                self.keys.forget(key);
            }
            for entry in &item.batch.entries {
                if let (Timeline::Chair(chair), What::Deed(_)) = (&entry.timeline, &entry.what) {
                    self.sessions.lost(chair, entry.sequence);
                }
            }
            for sender in item.waiting {
                let reason = "the log is too slow and the memory for it is full".to_owned();
                drop(sender.send(Err(NotRecorded { reason })));
            }
        }
    }

    /// Shows and queues what a frame said.
    pub(crate) fn hear(&mut self, shared: &Shared, heard: Heard, waiting: Waiting) {
        if self.stopping {
            let refused = self.refused.clone().unwrap_or(NotRecorded { reason: "the recorder is stopping".into() });
            drop(waiting.send(Err(refused)));
            return;
        }
        self.watch_clock(shared, heard.frame.received);
        let waiting = match heard.frame.key {
            None => waiting,
            Some(key) => match self.keys.take(key, waiting, self.refused.as_ref()) {
                Some(waiting) => waiting,
                None => return,
            },
        };
        let Heard { frame, mut said } = heard;
        if said.is_empty() {
            said.push(What::Heard { bytes: frame.offset..frame.offset + frame.raw.len() as u64 });
        }
        let routes: Vec<(Timeline, Micros)> = said.iter().map(|what| self.place(shared, &frame, what)).collect();
        self.link_new(shared, &frame, &routes);
        let mut entries = Vec::with_capacity(said.len());
        for (what, (timeline, age)) in said.into_iter().zip(routes) {
            let sequence = self.next(&timeline);
            let source = Some(frame.source.clone());
            entries.push(Entry { timeline, sequence, received: frame.received, age, source, what });
        }
        self.publish(shared, &frame, &entries);
        self.hear_cuffs(shared, &entries);
        self.enqueue(Batch { frame: Some(frame), entries }, Some(waiting));
    }

    /// Where something belongs, and how old it was on arrival.
    fn place(&mut self, shared: &Shared, frame: &Frame, what: &What) -> (Timeline, Micros) {
        let own_age = match what {
            What::Reading(o) => o.measured.map_or(Micros(0), |measured| measured.age(frame.received, &*shared.zone)),
            _ => Micros(0),
        };
        let Placed { timeline, age, tell } =
            self.guard.place(&self.roster, &self.sessions, &frame.source, frame.received, what, own_age);
        if let Some(chair) = tell {
            shared.hub.tell(&Told::SessionChanged(chair));
        }
        (self.bounded(timeline), age)
    }

    /// The timeline itself; that of its source without a bed for one bed more than [`FEEDS_MAX`].
    fn bounded(&mut self, timeline: Timeline) -> Timeline {
        let Timeline::Feed { source, bed } = &timeline else { return timeline };
        let feed = Feed { source: source.clone(), bed: Arc::clone(bed) };
        if bed.is_empty() || self.feeds.contains(&feed) {
            return timeline;
        }
        if self.feeds.len() >= FEEDS_MAX {
            return Timeline::Feed { source: source.clone(), bed: "".into() };
        }
        self.feeds.insert(feed);
        timeline
    }

    /// Shows entries of one frame, one update a timeline.
    fn publish(&mut self, shared: &Shared, frame: &Frame, entries: &[Entry]) {
        let mut by_timeline: Vec<(&Timeline, Vec<Entry>)> = Vec::with_capacity(1);
        for entry in entries {
            match by_timeline.iter_mut().find(|(timeline, _)| **timeline == entry.timeline) {
                Some((_, list)) => list.push(entry.clone()),
                None => by_timeline.push((&entry.timeline, vec![entry.clone()])),
            }
        }
        for (timeline, list) in by_timeline {
            let readings = list.iter().filter(|e| matches!(e.what, What::Reading(_)));
            let (count, late) = readings.fold((0, 0), |(n, late), e| (n + 1, late + usize::from(e.age > LATE)));
            let every = (count > 0).then(|| {
                let cadence = self.cadences.entry((frame.source.clone(), timeline.clone())).or_default();
                // Back-filled messages come in bursts and say nothing of how often the feed speaks.
                if late < count {
                    cadence.arrived(frame.received.mono);
                }
                cadence.every()
            });
            shared.hub.publish(Update { timeline: timeline.clone(), entries: list, every });
            if count > 0 {
                self.note_feed(shared, timeline);
            }
        }
    }

    /// A feed without a chair is offered to people once values came from it.
    fn note_feed(&mut self, shared: &Shared, timeline: &Timeline) {
        let Timeline::Feed { source, bed } = timeline else { return };
        let feed = Feed { source: source.clone(), bed: Arc::clone(bed) };
        // A feed that has a chair is here because what it said did not fit the session there.
        if self.roster.timeline(source, Some(bed)) == *timeline && !self.roster.unassigned.contains(&feed) {
            self.feeds.insert(feed.clone());
            Arc::make_mut(&mut self.roster).unassigned.insert(feed);
            shared.hub.tell(&Told::RosterChanged);
        }
    }

    /// A changed link goes to every timeline the source feeds.
    pub(crate) fn link(&mut self, shared: &Shared, at: Received, source: &SourceId, state: LinkState, reason: &str) {
        if self.stopping {
            return;
        }
        self.watch_clock(shared, at);
        let link = Link { source: source.clone(), state, reason: reason.into() };
        if self.links.get(source) == Some(&link) {
            return;
        }
        self.links.insert(source.clone(), link);
        if matches!(state, LinkState::Lost | LinkState::Connecting) {
            self.cadences.iter_mut().filter(|((of, _), _)| of == source).for_each(|(_, cadence)| cadence.cut());
        }
        self.linked.retain(|(of, _)| of != source);
        self.link_to(shared, at, source, self.fed_by(source));
    }

    /// Timelines of a timeline's first frame learn how the link stands.
    fn link_new(&mut self, shared: &Shared, frame: &Frame, routes: &[(Timeline, Micros)]) {
        if self.links.contains_key(&frame.source) {
            self.link_to(
                shared,
                frame.received,
                &frame.source,
                routes.iter().map(|(timeline, _)| timeline.clone()).collect(),
            );
        }
    }

    /// Records and shows the present link of `source` on those of `timelines` that do not know it.
    fn link_to(&mut self, shared: &Shared, at: Received, source: &SourceId, timelines: BTreeSet<Timeline>) {
        let Some(link) = self.links.get(source).cloned() else { return };
        let mut entries = Vec::new();
        for timeline in timelines {
            if !self.linked.insert((source.clone(), timeline.clone())) {
                continue;
            }
            let sequence = self.next(&timeline);
            let what = What::Link(link.clone());
            let source = Some(source.clone());
            let entry = Entry { timeline, sequence, received: at, age: Micros(0), source, what };
            let update = Update { timeline: entry.timeline.clone(), entries: vec![entry.clone()], every: None };
            shared.hub.publish(update);
            entries.push(entry);
        }
        if !entries.is_empty() {
            self.enqueue(Batch { frame: None, entries }, None);
        }
    }

    /// The timelines a source feeds: its chair, the chairs of its beds, its feeds without a chair that sent values. A
    /// source that feeds none of these has the timeline of its feed without a bed.
    fn fed_by(&self, source: &SourceId) -> BTreeSet<Timeline> {
        let mut fed = BTreeSet::new();
        let mut take = |bed: Option<&str>| {
            fed.insert(self.roster.timeline(source, bed));
        };
        match self.roster.sources.get(source) {
            Some(Binding::Chair(_)) => take(None),
            Some(Binding::Beds(beds)) => beds.keys().for_each(|bed| take(Some(bed))),
            None => {}
        }
        for ((of, bed), chair) in &self.roster.assigned {
            if of == source && chair.is_some() {
                take(Some(bed));
            }
        }
        for feed in self.roster.unassigned.iter().filter(|feed| feed.source == *source) {
            take(Some(&feed.bed));
        }
        if fed.is_empty() {
            fed.insert(self.roster.timeline(source, None));
        }
        fed
    }

    /// Records a deed of the house.
    pub(crate) fn deed(&mut self, shared: &Shared, at: Received, deed: Deed, waiting: Option<Waiting>) {
        let sequence = self.next(&Timeline::House);
        let entry = deed_entry(Timeline::House, sequence, at, deed);
        shared.hub.publish(Update { timeline: Timeline::House, entries: vec![entry.clone()], every: None });
        self.enqueue(Batch { frame: None, entries: vec![entry] }, waiting);
    }

    /// Records a deed in a chair's timeline. `deed` gets the sequence it will have.
    pub(crate) fn act(
        &mut self,
        shared: &Shared,
        at: Received,
        chair: &ChairId,
        deed: impl FnOnce(Sequence) -> Deed,
        waiting: Waiting,
    ) -> Sequence {
        let timeline = Timeline::Chair(chair.clone());
        let sequence = self.next(&timeline);
        let deed = deed(sequence);
        let done = if let Deed::Session(done) = &deed { Some(&**done) } else { None };
        self.sessions.entered(chair, sequence, at, done);
        let entry = deed_entry(timeline.clone(), sequence, at, deed);
        shared.hub.publish(Update { timeline, entries: vec![entry.clone()], every: None });
        self.enqueue(Batch { frame: None, entries: vec![entry] }, Some(waiting));
        sequence
    }

    /// Records that somebody looked at a record of a chair. It changes nothing there.
    pub(crate) fn audited(&mut self, shared: &Shared, at: Received, chair: &ChairId, audit: Audit, waiting: Waiting) {
        let timeline = Timeline::Chair(chair.clone());
        let entry = deed_entry(timeline.clone(), self.next(&timeline), at, Deed::Audited(Box::new(audit)));
        shared.hub.publish(Update { timeline, entries: vec![entry.clone()], every: None });
        self.enqueue(Batch { frame: None, entries: vec![entry] }, Some(waiting));
    }

    /// A recorded act takes effect, and every screen of the chair is told.
    fn acted(&mut self, shared: &Shared, entry: &Entry, done: &Done, committed: &Committed) {
        let Timeline::Chair(chair) = &entry.timeline else { return };
        let before = self.sessions.last(chair).map(|session| (session.id.clone(), session.opened));
        self.sessions.apply(chair, entry.sequence, entry.received, done.clone());
        self.note_patient(chair);
        self.sessions.receipt = Some(committed.clone());
        if let Some(session) = self.sessions.last(chair).filter(|session| session.has_the_chair()) {
            if before != Some((session.id.clone(), session.opened)) {
                shared.hub.begin(&entry.timeline, session.opened.mono);
            }
            if matches!(done.act, Act::Accepted { .. }) {
                self.guard.reconsider(chair, session, entry.received);
            }
        }
        shared.hub.tell(&Told::SessionChanged(chair.clone()));
    }

    /// A chair was cleared: nothing of before is shown there, and no claim reaches past it.
    fn cleared(&mut self, shared: &Shared, entry: &Entry, committed: &Committed) {
        let Timeline::Chair(chair) = &entry.timeline else { return };
        self.sessions.clear(chair, entry.sequence, entry.received);
        self.sessions.receipt = Some(committed.clone());
        shared.hub.begin(&entry.timeline, entry.received.mono);
        shared.hub.tell(&Told::SessionChanged(chair.clone()));
    }

    /// A recorded deed takes effect.
    pub(crate) fn apply(&mut self, shared: &Shared, at: Received, deed: &Deed) {
        if Past::concerns(deed) {
            Arc::make_mut(&mut self.past).hear(at, deed);
        }
        if let Deed::ClinicChanged(changed) = deed {
            Arc::make_mut(&mut self.clinic).apply(changed.change.clone());
            shared.hub.tell(&Told::ClinicChanged);
            return;
        }
        if !matches!(deed, Deed::ChairNamed { .. } | Deed::FeedAssigned { .. }) {
            return;
        }
        Arc::make_mut(&mut self.roster).apply(deed);
        if let Deed::FeedAssigned { source, bed, .. } = deed {
            let now = BTreeSet::from([self.roster.timeline(source, Some(bed))]);
            self.link_to(shared, at, source, now);
        }
        shared.hub.tell(&Told::RosterChanged);
    }

    fn watch_clock(&mut self, shared: &Shared, at: Received) {
        let offset = at.wall - at.mono;
        let by = offset - self.clock_offset;
        self.clock_offset = offset;
        if by > CLOCK_STEP || by < Micros(-CLOCK_STEP.0) {
            tracing::warn!(by_us = by.0, "the wall clock stepped");
            self.deed(shared, at, Deed::ClockStepped { by_us: by.0 }, None);
        }
    }

    /// Marks a commit: repetitions have their receipt, deeds take effect. Returns who is to be answered.
    pub(crate) fn recorded(&mut self, shared: &Shared, items: Vec<Item>, committed: &Committed) -> Vec<Waiting> {
        let mut waiting = Vec::new();
        for item in items {
            if let Some(key) = item.key() {
                waiting.extend(self.keys.recorded(key, committed));
            }
            for entry in &item.batch.entries {
                match &entry.what {
                    What::Deed(Deed::Session(done)) => self.acted(shared, entry, done, committed),
                    What::Deed(Deed::ChairCleared { .. }) => self.cleared(shared, entry, committed),
                    What::Deed(deed) => self.apply(shared, entry.received, deed),
                    _ => {}
                }
            }
            waiting.extend(item.waiting);
        }
        waiting
    }
}
