//! One WebSocket for each screen.
//!
//! `connection` is the only part that touches the socket; `live` (what goes out and when), `history` (what a screen
//! missed) and `inbox` (what a screen may say) are plain state that tests drive by hand.

mod connection;
mod history;
mod inbox;
mod live;
mod public;
mod table;

pub use history::{HISTORY_ENTRIES, WINDOW_MAX};
pub use inbox::{MESSAGE_BYTES_MAX, MESSAGES_A_MINUTE};
pub use live::{ITEMS_MAX, MESSAGES_MAX, WINDOW};
pub use table::{MESSAGES, Reach, Says};

use crate::people::{Caller, Pass};
use crate::refusal::Refused;
use crate::{App, access};
use axum::Extension;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::Response;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tracing::Instrument;

/// Screens at once: four for each of 64 chairs, so that a few hundred of somebody's mistake leave room. Together with the
/// connections of browsers and of one gateway it stays below the 1,024 files a program may usually open. One screen that
/// follows a whole wall and reads nothing holds some tens of kilobytes here; `cargo xtask torture --overload` measures it.
pub const SCREENS_MAX: usize = 256;
/// Screens of one person at once (S15).
pub const SCREENS_EACH: usize = 10;
/// Chairs one screen follows at once: every chair of the largest room.
pub const FOLLOWS_MAX: usize = 64;
/// A message that has not left after this is not going to be seen: the screen blanks its digits after 10 s without one.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the other end is asked for a sign of life. A cut cable says nothing by itself.
pub const PING_EVERY: Duration = Duration::from_secs(10);
/// Silence after which a screen is gone: three pings without an answer.
pub const SILENCE_MAX: Duration = Duration::from_secs(30);
/// What the WebSocket library takes at most. Larger than [`MESSAGE_BYTES_MAX`], so that a message a little too long is
/// refused with a sentence; beyond this the connection just ends.
const LIBRARY_BYTES_MAX: usize = 4 * MESSAGE_BYTES_MAX;

/// Places for screens, and the word that the server stops.
#[derive(Clone)]
pub(crate) struct Screens {
    places: Arc<Semaphore>,
    each: Arc<Mutex<BTreeMap<String, usize>>>,
    stopping: watch::Receiver<bool>,
    /// Held where nobody else can stop the server, so that nobody seems to have.
    _never: Option<Arc<watch::Sender<bool>>>,
}

impl Screens {
    /// For a server that never stops in order.
    pub(crate) fn new() -> Self {
        let (never, stopping) = watch::channel(false);
        Self { _never: Some(Arc::new(never)), ..Self::stopping_with(stopping) }
    }

    /// Screens are told goodbye once `stopping` is true.
    pub(crate) fn stopping_with(stopping: watch::Receiver<bool>) -> Self {
        Self { places: Arc::new(Semaphore::new(SCREENS_MAX)), each: Arc::default(), stopping, _never: None }
    }

    fn take_place(&self) -> Result<OwnedSemaphorePermit, Refused> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| Refused::TooManyScreens(SCREENS_MAX))
    }

    /// One more screen of this owner, until the answer is dropped. Without an owner, in a trial, nobody is counted apart.
    fn sit(&self, owner: &str) -> Result<Option<OneOf>, Refused> {
        if owner.is_empty() {
            return Ok(None);
        }
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        let count = each.entry(owner.to_owned()).or_default();
        if *count >= SCREENS_EACH {
            return Err(Refused::TooManyScreens(SCREENS_EACH));
        }
        *count += 1;
        Ok(Some(OneOf { each: Arc::clone(&self.each), owner: owner.to_owned() }))
    }

    /// Resolves when no screen is connected.
    pub(crate) async fn all_gone(&self) {
        // Never closed; and if it were, there would be no screen either.
        let _ = self.places.acquire_many(SCREENS_MAX as u32).await;
    }
}

/// One screen of its owner's.
struct OneOf {
    each: Arc<Mutex<BTreeMap<String, usize>>>,
    owner: String,
}

impl Drop for OneOf {
    fn drop(&mut self) {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = each.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                each.remove(&self.owner);
            }
        }
    }
}

/// Resolves when the server stops.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone: the server stops all the same.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// `GET /ws`.
pub(crate) async fn open(
    State(app): State<App>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refused> {
    let peer = peer.map(|axum::Extension(ConnectInfo(peer))| peer);
    if !access::may_open_socket(&headers, peer) {
        return Err(Refused::CrossOrigin);
    }
    let upgrade = upgrade.map_err(|_| Refused::NotASocket)?;
    let pass = Pass::of(&app, caller).ok_or(Refused::SignedOut)?;
    let place = app.screens.take_place().inspect_err(|_| app.counts.screens.add(1))?;
    let seat = app.screens.sit(&pass.owner())?;
    let span = tracing::info_span!("screen", peer = peer.map(tracing::field::display));
    let upgrade = upgrade.max_message_size(LIBRARY_BYTES_MAX).max_frame_size(LIBRARY_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| {
        async move {
            connection::run(app, socket, pass).await;
            drop((place, seat));
        }
        .instrument(span)
    }))
}
