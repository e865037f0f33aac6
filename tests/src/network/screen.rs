//! A screen: connects, follows every chair, comes back after every trouble; and an eye that looks at what stands on it.

use super::book::{Place, Shared, Weak, now_us};
use super::model::{Model, Shown};
use super::net::connect;
use super::plan::{BOUND_MS, HEALED_MS};
use super::sender::{patient_id, whose};
use super::server::mono_us;
use super::{CHAIRS, HOST, WEB};
use chairside_observation::Micros;
use chairside_wire::{FromScreen, Item, Reading, ToScreen};
use futures_util::{SinkExt, StreamExt};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use turmoil::net::TcpStream;

/// How often somebody looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// An open connection that says nothing for this long is dead (feed.ts).
const QUIET: Duration = Duration::from_secs(5);
/// First pause before connecting again, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// A value may look younger than it is by the quickest way through the network, a step of the simulation, and the
/// screen's share of what its clock runs slow.
const UNSEEN: Micros = Micros(400_000);
/// A first value after a silence has to be on a screen that can be reached after this long (P11).
const RETURN_MAX_US: i64 = 3_000_000;
/// Longest a value may be shown of a source that speaks once a second: the cadence is learned, and outages are no cadence.
const AGE_MAX: Micros = Micros::from_secs(30);

/// How a screen reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    /// At once.
    AtOnce,
    /// One message in so much time.
    Slowly(Duration),
}

type Socket = WebSocketStream<TcpStream>;

/// One screen and the eye before it.
#[derive(Clone)]
struct Screen {
    shared: Shared,
    host: usize,
    reads: Reads,
    /// Its clock began elsewhere, and runs a little wrong: parts of a million.
    skew: (i64, i64),
    model: Arc<Mutex<Model>>,
}

/// Shows what the server says, for ever.
pub(super) async fn run(shared: Shared, host: usize, reads: Reads) {
    let skew = (86_400_000_000 * (host as i64 - 4), 40 * (host as i64 - 4));
    let screen = Screen { shared, host, reads, skew, model: Arc::default() };
    tokio::join!(screen.clone().follows(), screen.looks());
}

impl Screen {
    fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The screen's own clock.
    fn clock_us(&self) -> i64 {
        let now = now_us();
        now + now * self.skew.1 / 1_000_000 + self.skew.0
    }

    async fn follows(self) {
        let mut pause = PAUSE.0;
        loop {
            if let Some(mut socket) = self.opens().await {
                self.shared.say(format!("screen {} is connected", self.host));
                if self.reads_on(&mut socket).await {
                    pause = PAUSE.0;
                }
                self.shared.say(format!("screen {} gave its connection up", self.host));
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    async fn opens(&self) -> Option<Socket> {
        let stream = connect(WEB).await?;
        let mut request = format!("ws://{HOST}/ws").into_client_request().ok()?;
        request.headers_mut().insert("origin", format!("http://{HOST}").parse().ok()?);
        let opened = timeout(QUIET, tokio_tungstenite::client_async(request, stream)).await.ok()?;
        opened.map(|(socket, _)| socket).ok()
    }

    /// Until the connection ends; whether it ever said anything.
    async fn reads_on(&self, socket: &mut Socket) -> bool {
        let mut greeted = false;
        loop {
            let Ok(Some(Ok(message))) = timeout(QUIET, socket.next()).await else { return greeted };
            let Message::Text(text) = message else { continue };
            let Ok(message) = serde_json::from_str::<ToScreen>(&text) else {
                self.shared.wrong(format!("screen {} does not understand {text}", self.host));
                return greeted;
            };
            let again = matches!(message, ToScreen::Hello { .. } | ToScreen::Dropped { .. });
            greeted = true;
            self.hears(message);
            if again && !self.asks(socket).await {
                return greeted;
            }
            if let Reads::Slowly(pause) = self.reads {
                sleep(pause).await;
            }
        }
    }

    async fn asks(&self, socket: &mut Socket) -> bool {
        for chair in CHAIRS {
            let follow = FromScreen::Follow { chair: chair.to_owned(), after: None, window_s: 0 };
            let text = serde_json::to_string(&follow).unwrap_or_default();
            if !matches!(timeout(QUIET, socket.send(Message::text(text))).await, Ok(Ok(()))) {
                return false;
            }
        }
        true
    }

    fn hears(&self, message: ToScreen) {
        if let ToScreen::Items { chair, items, .. } = &message {
            items.iter().for_each(|item| self.judges_way(chair, item));
        }
        let mut model = self.model();
        model.take(message, self.clock_us());
        let mut book = self.shared.book();
        book.pledged.extend(model.recorded().map(|(chair, reading)| place(chair, reading)));
    }

    /// A monitor that comes back is seen in time by whoever can be reached (P11).
    fn judges_way(&self, chair: &str, item: &Item) {
        let Item::Reading(reading) = item else { return };
        let way_us = mono_us(now_us()) - reading.received.mono_us;
        let mut book = self.shared.book();
        book.say(now_us(), &format!("screen {} got {chair} {} {:?}", self.host, reading.seq, reading.value));
        if self.reads != Reads::AtOnce
            || !self.shared.is_well(self.host)
            || !book.is_return(chair, reading.received.mono_us)
        {
            return;
        }
        book.figures.return_us = book.figures.return_us.max(way_us);
        if way_us > RETURN_MAX_US {
            book.wrong(
                now_us(),
                &format!("screen {}: the first value of chair {chair} came after {way_us} us", self.host),
            );
        }
    }

    /// Looks again and again, and once more closely when everything must be well again.
    async fn looks(self) {
        let mut owed = self.reads == Reads::AtOnce;
        loop {
            sleep(LOOK_EVERY).await;
            self.look();
            if owed && now_us() >= ((HEALED_MS + BOUND_MS) * 1000).cast_signed() {
                owed = false;
                self.looks_for_all();
            }
        }
    }

    fn look(&self) {
        let model = self.model();
        let shown = model.shown(self.clock_us(), self.shared.weak == Weak::ScreenKeeps);
        self.shared.book().figures.looks += 1;
        for shown in &shown {
            if let Err(why) = judge(shown) {
                let Shown { chair, reading, .. } = shown;
                self.shared
                    .wrong(format!("screen {}, chair {chair}: {} {:?} {why}", self.host, reading.vital, reading.value));
            }
            let value = shown.reading.value.clone().unwrap_or_default();
            let mut book = self.shared.book();
            book.figures.values += 1;
            book.shown.insert(place(shown.chair, shown.reading), value);
        }
    }

    /// Long after everything was healed: the newest value of each chair, unless its monitor names another patient.
    fn looks_for_all(&self) {
        let model = self.model();
        let shown = model.shown(self.clock_us(), false);
        for (index, chair) in CHAIRS.iter().enumerate() {
            let holder = model.chairs.get(*chair).and_then(|chair| chair.holder());
            let named = patient_id(index, self.shared.plan.patient(index, HEALED_MS));
            let hers = holder.is_none_or(|session| session.patient.id == named);
            let newest = shown.iter().filter(|shown| shown.chair == *chair).map(|shown| age(shown.reading)).min();
            let found = newest.is_some_and(|age| age <= Micros(3_500_000));
            if hers != found {
                let newest = newest.map(|age| age.0);
                self.shared.wrong(format!(
                    "screen {}, chair {chair}: {} s after everything was healed its newest value is {newest:?} us old",
                    self.host,
                    BOUND_MS / 1000
                ));
            }
        }
    }
}

fn place(chair: &str, reading: &Reading) -> Place {
    (chair.to_owned(), reading.seq, reading.received.mono_us, reading.vital.clone())
}

/// How old a reading really is.
fn age(reading: &Reading) -> Micros {
    Micros(mono_us(now_us()) - reading.received.mono_us)
}

/// What stands on a screen is not too old, and this chair's, and this patient's (P08, H01).
fn judge(shown: &Shown<'_>) -> Result<(), String> {
    let limit = Micros(10_000_000.max(3 * shown.every.0)).min(AGE_MAX) + UNSEEN;
    let age = age(shown.reading);
    if age < Micros(0) || age > limit {
        return Err(format!("is {} us old, at most {} expected", age.0, limit.0));
    }
    if shown.reading.vital != "heart_rate" {
        return Ok(());
    }
    let rate = shown.reading.value.as_deref().and_then(|value| value.parse().ok());
    let (chair, patient) = rate.map(whose).ok_or("is no number")?;
    if CHAIRS.get(usize::try_from(chair).unwrap_or(usize::MAX)) != Some(&shown.chair) {
        return Err("is another chair's".to_owned());
    }
    let of =
        |session: &chairside_wire::Session| session.patient.id.bytes().last().map(|digit| i64::from(digit - b'0') % 2);
    match shown.session.and_then(of) {
        Some(holder) if holder != patient => Err("is another patient's".to_owned()),
        _ => Ok(()),
    }
}
