//! The layer of limit notices beside everything else: one task hears every chair, judges it, tells the screens and the log.
//! Whatever happens to it, nothing else stops: the screens are told that it failed (S27).

#[cfg(test)]
mod tests;

use chairside_hub::{Event, Hub, Screen, Told, TooSlow};
use chairside_limits::{Around, Due, Pace, Settings, Standing, Watch};
use chairside_observation::session::{Schedule, Session};
use chairside_observation::{ChairId, Deed, Entry, Noticed, Preference, Received, Sequence, Timeline, Vital, What};
use chairside_recorder::{Clock, Desk, Roster};
use chairside_store::{SessionLog, StoreError};
use chairside_wire::LimitNotice;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

/// Every chair is looked at this often, whatever is heard: holds end and things fall due by themselves.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Screens are told of changes this often at most: all chairs together, so that a room of them fills nobody's queue.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// Entries read from the log at a time.
const PAGE: usize = 1000;
/// What screens are told when the layer is gone.
const FAILED: &str = "stopped by a fault of the program; there are no limit notices until it is started again";
/// A layer that has not turned for so long judges nothing: five looks were missed.
const STUCK_AFTER: Duration = Duration::from_secs(5);
/// What screens are told then.
const STUCK: &str = "not answering; there are no limit notices until it goes on";

/// What the layer needs of the program.
#[derive(Clone)]
pub struct Needs {
    /// What is live.
    pub hub: Hub,
    /// Sessions, settings and roster; and the way into the log.
    pub desk: Desk,
    /// What is on disk.
    pub log: Arc<dyn SessionLog>,
    /// The server's clocks.
    pub clock: Clock,
}

/// Starts the layer. It ends in order once `stopped` is true.
#[must_use]
pub fn start(needs: Needs, stopped: watch::Receiver<bool>) -> Arc<dyn chairside_server::Notices> {
    start_watched(needs, stopped, STUCK_AFTER)
}

fn start_watched(
    needs: Needs,
    mut stopped: watch::Receiver<bool>,
    stuck_after: Duration,
) -> Arc<dyn chairside_server::Notices> {
    let board = Arc::new(Board::default());
    let (answers, hub, desk) = (Arc::clone(&board), needs.hub.clone(), needs.desk.clone());
    let mut layer = tokio::spawn(async move { Layer::new(needs, board).run().await });
    let kept = Arc::clone(&answers);
    tokio::spawn(async move {
        let tell = || {
            let chairs = desk.roster().chairs.iter().map(|(id, _)| id.clone()).collect();
            hub.tell(&Told::NoticesChanged(chairs));
        };
        let mut looks = interval(stuck_after / 5);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return layer.abort(),
                ended = &mut layer => {
                    tracing::error!(panic = ended.is_err(), "the layer of limit notices stopped");
                    kept.say(Some(FAILED));
                    return tell();
                }
                _ = looks.tick() => {
                    let stuck = kept.turned().elapsed() >= stuck_after;
                    if kept.say(stuck.then_some(STUCK)) {
                        tracing::error!(stuck, "the layer of limit notices, which has to turn every second");
                        tell();
                    }
                }
            }
        }
    });
    answers
}

/// What stands, for the screens.
struct Board {
    stands: Mutex<BTreeMap<ChairId, Vec<Standing>>>,
    /// Why there are no notices.
    failed: Mutex<Option<&'static str>>,
    /// When the layer last went round.
    turned: Mutex<Instant>,
}

impl Default for Board {
    fn default() -> Self {
        Self { stands: Mutex::default(), failed: Mutex::default(), turned: Mutex::new(Instant::now()) }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Plain values, valid at every step: a panic of the layer must not take the answer from the screens.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Board {
    /// What the screens are told instead of notices; `true` when this is something else than before.
    fn say(&self, failed: Option<&'static str>) -> bool {
        std::mem::replace(&mut *lock(&self.failed), failed) != failed
    }

    fn turn(&self) {
        *lock(&self.turned) = Instant::now();
    }

    fn turned(&self) -> Instant {
        *lock(&self.turned)
    }

    /// `true` when this is something else than before.
    fn put(&self, chair: &ChairId, stands: Vec<Standing>) -> bool {
        let mut all = lock(&self.stands);
        if all.get(chair).map_or(stands.is_empty(), |known| *known == stands) {
            return false;
        }
        all.insert(chair.clone(), stands);
        true
    }
}

impl chairside_server::Notices for Board {
    fn of(&self, chair: &ChairId) -> Result<Vec<LimitNotice>, String> {
        if let Some(why) = *lock(&self.failed) {
            return Err(why.to_owned());
        }
        Ok(lock(&self.stands).get(chair).into_iter().flatten().map(notice).collect())
    }
}

fn notice(standing: &Standing) -> LimitNotice {
    LimitNotice {
        notice: standing.kind.word().to_owned(),
        level: standing.level.word().to_owned(),
        value: standing.value.clone(),
        limit: standing.limit.clone(),
        since: standing.since.into(),
        seen_by: standing.seen.as_ref().map(|(by, _)| by.into()),
        quiet_until: standing.seen.as_ref().map(|(_, until)| (*until).into()),
    }
}

/// One chair as the layer knows it.
#[derive(Default)]
struct Chair {
    watch: Watch,
    pace: Pace,
    session: Option<Arc<Session>>,
    due: Due,
}

struct Layer {
    needs: Needs,
    board: Arc<Board>,
    screen: Screen,
    chairs: BTreeMap<ChairId, Chair>,
    settings: Settings,
    roster: Arc<Roster>,
    /// Chairs whose notices changed since the screens were told.
    changed: BTreeSet<ChairId>,
    told_at: Instant,
}

impl Layer {
    fn new(needs: Needs, board: Arc<Board>) -> Self {
        let (screen, roster) = (needs.hub.join(), needs.desk.roster());
        let settings = settings(&needs.desk);
        let (chairs, changed) = (BTreeMap::new(), BTreeSet::new());
        Self { needs, board, screen, chairs, settings, roster, changed, told_at: Instant::now() }
    }

    async fn run(mut self) {
        self.take_chairs().await;
        let mut ticks = ticks();
        loop {
            self.board.turn();
            let tell_at = self.told_at + TELL_EVERY;
            tokio::select! {
                event = self.screen.next() => self.event(event).await,
                _ = ticks.tick() => self.look_at_all(),
                () = sleep_until(tell_at), if !self.changed.is_empty() => {}
            }
            self.tell();
        }
    }

    async fn event(&mut self, event: Result<Event, TooSlow>) {
        match event {
            Ok(Event::Update(update)) => {
                let Timeline::Chair(chair) = &update.timeline else { return };
                let source = update.entries.iter().find_map(|entry| entry.source.as_ref());
                if let (Some(every), Some(source), Some(known)) = (update.every, source, self.chairs.get_mut(chair)) {
                    known.watch.every(source, every);
                }
                for entry in &update.entries {
                    self.with(chair, |watch, around| watch.hear(entry, around));
                }
            }
            Ok(Event::Told(Told::SessionChanged(chair))) => self.session_changed(&chair),
            Ok(Event::Told(Told::ClinicChanged)) => {
                self.settings = settings(&self.needs.desk);
                self.look_at_all();
            }
            Ok(Event::Told(Told::RosterChanged)) => {
                self.roster = self.needs.desk.roster();
                self.take_chairs().await;
            }
            Ok(Event::Told(Told::Recording(_) | Told::NoticesChanged(_))) => {}
            Ok(Event::Dropped(count)) => {
                tracing::warn!(count, "limit notices: updates were missed, holds begin anew");
                self.follow_anew();
            }
            Err(TooSlow) => {
                tracing::warn!("limit notices: too slow for what was told, holds begin anew");
                self.screen = self.needs.hub.join();
                self.roster = self.needs.desk.roster();
                self.settings = settings(&self.needs.desk);
                self.take_chairs().await;
                self.follow_anew();
            }
        }
    }

    /// Chairs that are new in the roster.
    async fn take_chairs(&mut self) {
        let new = self.roster.chairs.iter().map(|(id, _)| id).filter(|id| !self.chairs.contains_key(*id));
        for id in new.cloned().collect::<Vec<_>>() {
            self.chairs.insert(id.clone(), Chair::default());
            self.follow(&id);
            self.session_known(&id);
            if let Err(error) = self.remember(&id).await {
                tracing::warn!(%error, "limit notices: what stood before the start is not known");
            }
        }
    }

    /// From now on every entry of the chair is heard; what it showed last is known.
    fn follow(&mut self, id: &ChairId) {
        let snapshot = self.screen.follow(&Timeline::Chair(id.clone()));
        let Some(chair) = self.chairs.get_mut(id) else { return };
        for (source, every) in &snapshot.every {
            chair.watch.every(source, *every);
        }
        chair.watch.seed(snapshot.latest.iter().chain(&snapshot.links));
    }

    fn follow_anew(&mut self) {
        for id in self.chairs.keys().cloned().collect::<Vec<_>>() {
            self.follow(&id);
            if let Some(chair) = self.chairs.get_mut(&id) {
                chair.watch.missed();
            }
            self.session_changed(&id);
        }
    }

    /// What the log has of an open session: its cuff readings, one of which may be confirmed by the next, and its notices.
    async fn remember(&mut self, id: &ChairId) -> Result<(), StoreError> {
        let Some(chair) = self.chairs.get_mut(id) else { return Ok(()) };
        let Some(session) = chair.session.as_ref().filter(|session| session.is_open()) else { return Ok(()) };
        let (log, timeline, from) = (&*self.needs.log, Timeline::Chair(id.clone()), session.from);
        let cuffs = all_from(log, &timeline, from, Wanted::Cuffs).await?;
        chair.watch.seed(&cuffs);
        let deeds = all_from(log, &timeline, from, Wanted::Deeds).await?;
        let now = (self.needs.clock)();
        for entry in &deeds {
            if let What::Deed(Deed::Noticed(noticed)) = &entry.what {
                chair.watch.restore(entry.received, noticed, now);
            }
        }
        Ok(())
    }

    fn session_known(&mut self, id: &ChairId) {
        let standing = self.needs.desk.standing(id);
        let Some(chair) = self.chairs.get_mut(id) else { return };
        chair.due = standing.as_ref().and_then(|standing| standing.schedule.as_ref()).map(due).unwrap_or_default();
        chair.session = standing.map(|standing| standing.session);
    }

    fn session_changed(&mut self, id: &ChairId) {
        self.session_known(id);
        self.with(id, Watch::look);
    }

    fn look_at_all(&mut self) {
        for id in self.chairs.keys().cloned().collect::<Vec<_>>() {
            self.with(&id, Watch::look);
        }
    }

    /// Lets a chair be judged, and passes on what changed.
    fn with(&mut self, id: &ChairId, judge: impl FnOnce(&mut Watch, &Around<'_>) -> Vec<Noticed>) {
        let Some(chair) = self.chairs.get_mut(id) else { return };
        let now: Received = (self.needs.clock)();
        let none = Preference::default();
        let around = Around {
            now,
            settings: &self.settings,
            session: chair.session.as_deref(),
            due: chair.due,
            prefer: self.roster.prefer.get(id).unwrap_or(&none),
            sources: &self.roster.order,
        };
        let changes = judge(&mut chair.watch, &around);
        for noticed in chair.pace.write(now.mono, changes) {
            self.needs.desk.notice(now, id, noticed);
        }
        if self.board.put(id, chair.watch.standing(now)) {
            self.changed.insert(id.clone());
        }
    }

    /// The first change goes at once; what follows within [`TELL_EVERY`] goes together.
    fn tell(&mut self) {
        if self.changed.is_empty() || self.told_at.elapsed() < TELL_EVERY {
            return;
        }
        self.told_at = Instant::now();
        let chairs = std::mem::take(&mut self.changed).into_iter().collect();
        self.needs.hub.tell(&Told::NoticesChanged(chairs));
    }
}

fn ticks() -> Interval {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// The kinds that are on.
fn settings(desk: &Desk) -> Settings {
    desk.clinic().limits.iter().filter(|limit| limit.on).map(|limit| (limit.kind, limit.limits)).collect()
}

fn due(schedule: &Schedule) -> Due {
    Due { cuff: schedule.cuff_due.zip(schedule.cuff_every), assessment: schedule.assess_due }
}

/// What is asked of the log.
#[derive(Clone, Copy)]
enum Wanted {
    Cuffs,
    Deeds,
}

/// Every such entry from `from` on, page by page.
async fn all_from(
    log: &dyn SessionLog,
    timeline: &Timeline,
    from: Sequence,
    wanted: Wanted,
) -> Result<Vec<Entry>, StoreError> {
    let (mut all, mut after) = (Vec::new(), Sequence(from.0.saturating_sub(1)));
    loop {
        let page = match wanted {
            Wanted::Cuffs => log.readings(timeline, Vital::Nibp, after, PAGE).await?,
            Wanted::Deeds => log.deeds(timeline, after, PAGE).await?,
        };
        let Some(last) = page.last() else { return Ok(all) };
        after = last.sequence;
        all.extend(page);
    }
}
