//! One screen's connection, from hello to goodbye.

use super::history::{Answer, History};
use super::inbox::{self, Allowance};
use super::live::Lane;
use super::{FOLLOWS_MAX, MESSAGES_A_MINUTE, PING_EVERY, SEND_TIMEOUT, SILENCE_MAX};
use super::{public, table};
use crate::people::{NO_CHAIR, Not, Pass};
use crate::{App, api, roster};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use chairside_hub::{Event, Screen, Told, TooSlow};
use chairside_observation::{ChairId, Entry, Sequence, Timeline, Update};
use chairside_wire::{Every, FromScreen, Item, Mark, Moment, ToScreen, WIRE_VERSION};
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

/// The screen counts its silence from these.
const BEAT_EVERY: Duration = Duration::from_secs(1);
/// A locked screen that comes back gets what it missed and no more: the whole trend is history, and asks for the PIN (S11).
const LOCKED_WINDOW: u32 = 15 * 60;
/// Time for a goodbye to arrive before the connection is cut.
const GOODBYE: Duration = Duration::from_secs(2);

const NO_SIGN: &str = "no sign of life";
const TAKES_NOTHING: &str = "the screen takes nothing any more";

/// Why a connection ends.
enum End {
    /// The other end is gone, or takes nothing any more: nothing can be said to it.
    Gone(&'static str),
    /// It is told why, with this close code.
    Told(u16, String),
}

impl End {
    fn refuse(reason: impl Into<String>) -> Self {
        Self::Told(close_code::POLICY, reason.into())
    }
}

/// What happened next. Gathered first, handled after: while a message is on its way out nothing is taken in, so a slow
/// screen's updates wait in its bounded queue in the hub and nowhere else.
enum Next {
    Event(Result<Event, TooSlow>),
    Said(Option<Result<Message, axum::Error>>),
    Read(History, Answer),
    Due,
    Beat,
    Ping,
    Changed,
    Stopping,
}

struct Connection {
    app: App,
    socket: WebSocket,
    screen: Screen,
    lanes: BTreeMap<ChairId, (u64, Lane)>,
    follows: u64,
    /// Chairs whose history is not complete yet; one step each in turn, one read at a time.
    histories: VecDeque<History>,
    reading: Option<BoxFuture<'static, (History, Answer)>>,
    said: Allowance,
    pinged: Allowance,
    heard_at: Instant,
    beat: Interval,
    ping: Interval,
    /// Whose screen it is.
    pass: Pass,
    /// The accounts were changed.
    changes: watch::Receiver<u64>,
}

/// Serves one screen until it goes, breaks a rule, or the server stops.
pub(super) async fn run(app: App, socket: WebSocket, pass: Pass) {
    let screen = app.hub.join();
    let mut beat = interval(BEAT_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connection = Connection {
        socket,
        screen,
        lanes: BTreeMap::new(),
        follows: 0,
        histories: VecDeque::new(),
        reading: None,
        said: Allowance::default(),
        pinged: Allowance::default(),
        heard_at: Instant::now(),
        beat,
        ping: interval(PING_EVERY),
        changes: app.people.changes(),
        pass,
        app,
    };
    tracing::info!("connected");
    let end = connection.serve().await;
    let cut = match &end {
        End::Gone(why) => *why == TAKES_NOTHING || *why == NO_SIGN,
        End::Told(code, _) => *code == close_code::POLICY,
    };
    connection.app.counts.screens_cut.add(u64::from(cut));
    connection.close(end).await;
}

impl Connection {
    async fn serve(&mut self) -> End {
        match self.serve_on().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn serve_on(&mut self) -> Result<std::convert::Infallible, End> {
        self.greet().await?;
        loop {
            match self.next().await {
                Next::Event(event) => self.event(event).await?,
                Next::Said(said) => self.said(said).await?,
                Next::Read(history, answer) => self.read(history, answer).await?,
                Next::Due => self.send_due(Instant::now()).await?,
                Next::Beat => {
                    // Also by the clock: a sign-in runs out without anybody changing anything.
                    self.stands()?;
                    self.send_beat().await?;
                }
                Next::Changed => self.stands()?,
                Next::Ping => self.send_ping().await?,
                Next::Stopping => {
                    return Err(End::Told(close_code::AWAY, "the server is stopping; it may come back".into()));
                }
            }
        }
    }

    /// Whatever happens next. Every branch is safe to cancel.
    async fn next(&mut self) -> Next {
        let due = self.lanes.values().filter_map(|(_, lane)| lane.due()).min();
        if self.reading.is_none() {
            self.reading = self.histories.pop_front().map(|history| {
                let log = self.app.log.clone();
                Box::pin(async move { history.read(&*log).await }) as BoxFuture<'static, _>
            });
        }
        let mut stopping = self.app.screens.stopping.clone();
        tokio::select! {
            event = self.screen.next() => Next::Event(event),
            said = self.socket.recv() => Next::Said(said),
            (history, answer) = or_never(self.reading.as_mut()) => {
                self.reading = None;
                Next::Read(history, answer)
            }
            () = or_never(due.map(|due| Box::pin(sleep_until(due)))) => Next::Due,
            _ = self.beat.tick() => Next::Beat,
            _ = self.ping.tick() => Next::Ping,
            Ok(()) = self.changes.changed() => Next::Changed,
            () = super::stopped(&mut stopping) => Next::Stopping,
        }
    }

    /// Whoever this screen is may go on with it.
    fn stands(&self) -> Result<(), End> {
        self.pass.stands(&self.app).map_err(|ended| End::Told(ended.code(), ended.reason().to_owned()))
    }

    async fn greet(&mut self) -> Result<(), End> {
        let about = &self.app.about;
        let hello = ToScreen::Hello {
            wire: WIRE_VERSION,
            version: about.version.to_string(),
            run: about.run.to_string(),
            boot: about.boot.to_string(),
            zone: about.zone.to_string(),
            now: self.now(),
        };
        self.send(&hello).await?;
        self.send_roster().await?;
        self.send_clinic().await
    }

    async fn event(&mut self, event: Result<Event, TooSlow>) -> Result<(), End> {
        match event {
            Ok(Event::Update(update)) => self.update(&update).await,
            Ok(Event::Told(Told::Recording(_))) => self.send_beat().await,
            Ok(Event::Told(Told::RosterChanged)) => self.send_roster().await,
            Ok(Event::Told(Told::ClinicChanged)) => self.send_clinic().await,
            Ok(Event::Told(Told::SessionChanged(chair))) => self.send_session(&chair).await,
            Ok(Event::Told(Told::NoticesChanged(chairs))) => {
                for chair in &*chairs {
                    self.send_notices(chair).await?;
                }
                Ok(())
            }
            Ok(Event::Dropped(count)) => self.dropped(count).await,
            Err(TooSlow) => Err(End::refuse("this screen did not take its notices; connect again")),
        }
    }

    async fn update(&mut self, update: &Update) -> Result<(), End> {
        let Timeline::Chair(chair) = &update.timeline else { return Ok(()) };
        // Updates queued before an unfollow still come; nobody waits for them.
        let Some((_, lane)) = self.lanes.get_mut(chair) else { return Ok(()) };
        lane.take(update);
        self.send_due(Instant::now()).await
    }

    /// What was taken before the loss goes out before the word of it, so that the screen's last sequence is right.
    async fn dropped(&mut self, count: u64) -> Result<(), End> {
        let chairs = self.lanes.keys().cloned().collect::<Vec<_>>();
        for chair in chairs {
            while self.lanes.get(&chair).is_some_and(|(_, lane)| lane.due().is_some()) {
                self.send_items(&chair, Instant::now()).await?;
            }
        }
        self.lanes.values_mut().for_each(|(_, lane)| lane.wait());
        self.app.counts.updates_dropped.add(count);
        tracing::info!(count, "slow screen: updates dropped");
        self.send(&ToScreen::Dropped { count }).await
    }

    async fn send_due(&mut self, now: Instant) -> Result<(), End> {
        while let Some(chair) = self.due_at(now) {
            self.send_items(&chair, now).await?;
        }
        Ok(())
    }

    fn due_at(&self, now: Instant) -> Option<ChairId> {
        let mut lanes = self.lanes.iter();
        lanes.find_map(|(chair, (_, lane))| lane.due().is_some_and(|due| due <= now).then(|| chair.clone()))
    }

    async fn send_items(&mut self, chair: &ChairId, now: Instant) -> Result<(), End> {
        let Some((_, lane)) = self.lanes.get_mut(chair) else { return Ok(()) };
        let (items, every) = lane.flush(now);
        self.send(&ToScreen::Items { chair: chair.to_string(), now: self.now(), items, every }).await
    }

    async fn said(&mut self, said: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = said.ok_or(End::Gone("closed"))?.map_err(|error| broken(&error))?;
        self.heard_at = Instant::now();
        match message {
            Message::Text(text) => {
                if !self.said.allows(self.heard_at) {
                    return Err(End::refuse(format!("more than {MESSAGES_A_MINUTE} messages in a minute")));
                }
                let message = inbox::read(&text).map_err(End::refuse)?;
                self.done(message).await
            }
            Message::Binary(_) => Err(End::Told(close_code::UNSUPPORTED, "messages are text, in JSON".into())),
            Message::Ping(_) if !self.pinged.allows(self.heard_at) => {
                Err(End::refuse(format!("more than {MESSAGES_A_MINUTE} pings in a minute")))
            }
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(End::Gone("closed by the screen")),
        }
    }

    /// Does what a screen said, if it may.
    async fn done(&mut self, message: FromScreen) -> Result<(), End> {
        let (FromScreen::Follow { chair, .. } | FromScreen::Unfollow { chair }) = &message;
        match self.pass.may_say(&self.app, table::row(&message), chair) {
            Err(Not::Ended(ended)) => return Err(End::Told(ended.code(), ended.reason().to_owned())),
            Err(Not::Here(reason)) => return self.refuse(chair.clone(), reason).await,
            Ok(()) => {}
        }
        match message {
            FromScreen::Follow { chair, after, window_s } => self.follow(chair, after, window_s).await,
            FromScreen::Unfollow { chair } => {
                self.unfollow(&chair.into());
                Ok(())
            }
        }
    }

    async fn follow(&mut self, chair: String, after: Option<u64>, window_s: u32) -> Result<(), End> {
        let id = ChairId::from(chair.as_str());
        if !self.app.desk.roster().has_chair(&id) {
            return self.refuse(chair, NO_CHAIR).await;
        }
        if !self.lanes.contains_key(&id) && self.lanes.len() == FOLLOWS_MAX {
            return self.refuse(chair, "this screen follows as many chairs as it may").await;
        }
        self.pass.follows(&self.app, &chair);
        let window_s = if self.pass.is_locked(&self.app) { window_s.clamp(1, LOCKED_WINDOW) } else { window_s };
        self.pass.note_chair(&self.app, &chair);
        self.forget_history(&id);
        let snapshot = self.screen.follow(&Timeline::Chair(id.clone()));
        let lane = Lane::new(snapshot.head, &snapshot.every, Instant::now());
        self.follows += 1;
        let now = (self.app.clock)();
        // Nothing of the patient before is shown under this one's name, not even as history (H02).
        let holder = self.app.desk.session(&id).filter(|session| session.has_the_chair());
        let is_hers = |entry: &Entry| holder.as_ref().is_none_or(|session| session.holds(entry));
        let latest = snapshot.latest.iter().filter(|entry| is_hers(entry));
        let latest = latest.chain(&snapshot.links).filter_map(chairside_wire::item).collect::<Vec<Item>>();
        let history = History::new(&id, self.follows, &snapshot, after.map(Sequence), window_s, now.wall);
        let history = history.map(|history| history.of_session(holder));
        self.lanes.insert(id.clone(), (self.follows, lane));
        self.histories.extend(history);
        let every =
            snapshot.every.iter().map(|(source, every)| Every { source: source.to_string(), every_us: every.0 });
        let state =
            ToScreen::Snapshot { chair, head: snapshot.head.0, now: now.into(), latest, every: every.collect() };
        // Whose they are goes before the values: a screen that comes back has the name of whoever was there before (H01).
        self.send_session(&id).await?;
        self.send(&state).await?;
        self.send_notices(&id).await
    }

    /// How the session at a chair stands, to a screen that follows it.
    async fn send_session(&mut self, chair: &ChairId) -> Result<(), End> {
        if !self.lanes.contains_key(chair) {
            return Ok(());
        }
        let desk = &self.app.desk;
        let mut message = chairside_wire::session(chair, desk.standing(chair).as_ref(), desk.is_cleared(chair));
        if !self.pass.sees_names() {
            message = public::session(message, desk.clinic().names);
        }
        self.send(&message).await
    }

    /// The limit notices of a chair, to a screen that follows it.
    async fn send_notices(&mut self, chair: &ChairId) -> Result<(), End> {
        let Some(notices) = self.app.notices.as_ref().filter(|_| self.lanes.contains_key(chair)) else {
            return Ok(());
        };
        let (notices, failed) = match notices.of(chair) {
            Ok(notices) => (notices, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        self.send(&ToScreen::Notices { chair: chair.to_string(), notices, failed }).await
    }

    fn unfollow(&mut self, chair: &ChairId) {
        self.screen.unfollow(&Timeline::Chair(chair.clone()));
        self.lanes.remove(chair);
        self.forget_history(chair);
    }

    fn forget_history(&mut self, chair: &ChairId) {
        self.histories.retain(|history| history.chair != *chair);
    }

    async fn refuse(&mut self, chair: String, reason: &str) -> Result<(), End> {
        self.send(&ToScreen::Refused { chair, reason: reason.to_owned() }).await
    }

    async fn read(&mut self, history: History, answer: Answer) -> Result<(), End> {
        let current = self.lanes.get(&history.chair).is_some_and(|(follow, _)| *follow == history.follow);
        if !current {
            // Followed anew or no more while the log was read.
            return Ok(());
        }
        let (message, rest) = history.part(answer);
        self.histories.extend(rest);
        self.send(&message).await
    }

    async fn send_roster(&mut self) -> Result<(), End> {
        let message = roster::message(&self.app.desk.roster());
        let message = public::roster(message, |chair| self.pass.shows(chair));
        self.send(&message).await
    }

    /// The clinic's settings, and whether this program has the layer of limit notices.
    async fn send_clinic(&mut self) -> Result<(), End> {
        let mut message = chairside_wire::clinic(&self.app.desk.clinic(), self.app.notices.is_some());
        if !self.pass.sees_names() {
            message = public::clinic(message);
        }
        self.send(&message).await
    }

    async fn send_beat(&mut self) -> Result<(), End> {
        let mark = |chair: &ChairId| {
            let (head, recorded, at) = self.app.hub.marks(&Timeline::Chair(chair.clone()));
            Mark {
                chair: chair.to_string(),
                head: head.0,
                recorded: recorded.0,
                recorded_wall_us: at.map(|at| at.wall.0),
            }
        };
        let beat = ToScreen::Beat {
            now: self.now(),
            recording: api::recording(&self.app.hub.recording()),
            marks: self.lanes.keys().map(mark).collect(),
        };
        self.send(&beat).await
    }

    async fn send_ping(&mut self) -> Result<(), End> {
        if self.heard_at.elapsed() > SILENCE_MAX {
            return Err(End::Gone(NO_SIGN));
        }
        self.send_raw(Message::Ping(Bytes::new())).await
    }

    fn now(&self) -> Moment {
        (self.app.clock)().into()
    }

    async fn send(&mut self, message: &ToScreen) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|_| End::Gone("a message could not be written as JSON"))?;
        self.send_raw(Message::Text(text.into())).await
    }

    async fn send_raw(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone("the connection broke")),
            Err(_) => Err(End::Gone(TAKES_NOTHING)),
        }
    }

    /// Says why where that can still be said, and gives the other end a moment to read it.
    async fn close(mut self, end: End) {
        let (code, reason) = match end {
            End::Gone(why) => return tracing::info!(why, "gone"),
            End::Told(code, reason) => (code, reason),
        };
        tracing::info!(code, reason, "closed");
        let goodbye = async {
            self.send(&ToScreen::Bye { reason: reason.clone() }).await.ok()?;
            // A close frame holds at most 123 bytes of reason; the sentence went before it.
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static("") };
            self.send_raw(Message::Close(Some(frame))).await.ok()?;
            // Closing with unread bytes would reset the connection and lose the goodbye on its way.
            while let Some(Ok(_)) = self.socket.recv().await {}
            Some(())
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }
}

async fn or_never<F: Future + Unpin>(future: Option<F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// A message the library refused is told so; anything else that breaks has nobody left to tell.
fn broken(error: &axum::Error) -> End {
    tracing::debug!(%error, "connection broke");
    End::Gone("the connection broke or its bytes are no WebSocket's")
}
