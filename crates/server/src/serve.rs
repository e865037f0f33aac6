//! Connections: how many, how long their headers may take, and how they end.

use crate::access::Hosts;
use crate::counts::Counts;
use crate::network::{Listener, Stream};
use crate::places::{Place, Places};
use crate::tls::{Greeted, HANDSHAKE_TIMEOUT, Handshakes, greet};
use crate::{Deps, build, socket};
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::{Extension, Router};
use chairside_tls::Accept;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Connections at once beside those of screens: a browser opens a few while it loads. Beyond that the one that has said
/// nothing for longest is cut, or a new one waits.
pub const CONNECTIONS_MAX: usize = 256;
/// From the connection, or the last answer, to the end of a request's headers (S20).
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of headers kept for one request.
const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Wait after a failed accept: the usual cause is that the process has no file handles left, and screens will close some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// Time for open requests and sockets to end in order when the server stops.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// Serves until `shutdown` resolves, then tells the screens, lets open requests end and returns. Each connection is a task
/// of its own: whatever happens in one leaves the others alone.
pub async fn serve(listener: impl Listener, deps: Deps, shutdown: impl Future<Output = ()>) {
    let (stop, stopping) = watch::channel(false);
    let screens = socket::Screens::stopping_with(stopping.clone());
    let counts = Arc::new(Counts::default());
    let door = Door {
        tls: deps.tls.as_ref().map(|tls| (tls.accept.clone(), Hosts::new(deps.listen, Some(tls)))),
        router: build(deps, screens.clone(), Arc::clone(&counts)),
        places: Places::new(CONNECTIONS_MAX, Arc::clone(&counts)),
        counts,
        stopping,
    };
    let (mut connections, mut handshakes) = (JoinSet::new(), Handshakes::default());
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut shutdown => break,
            accepted = door.accept(&listener) => accepted,
            Some(_) = connections.join_next() => continue,
        };
        // Live values are small and must not wait to be filled up to a packet.
        if let Err(error) = stream.sends_at_once() {
            tracing::debug!(%error, "no-delay could not be set");
        }
        match place {
            Some(place) => drop(connections.spawn(door.clone().requests(stream, peer, place))),
            None => drop(connections.spawn(door.clone().secure(stream, peer, handshakes.begin(peer.ip())))),
        };
    }
    drop((listener, handshakes));
    // Nobody left to tell is no failure.
    let _ = stop.send(true);
    let ended = async {
        while connections.join_next().await.is_some() {}
        screens.all_gone().await;
    };
    if timeout(STOP_GRACE, ended).await.is_err() {
        tracing::warn!("some connections did not end in time and were cut");
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Door {
    /// Our end of TLS, and what this server is called.
    tls: Option<(Accept, Hosts)>,
    router: Router,
    places: Places,
    counts: Arc<Counts>,
    stopping: watch::Receiver<bool>,
}

impl Door {
    /// The next connection; without TLS it has a place already, with TLS it gets one after its handshake.
    async fn accept<L: Listener>(&self, listener: &L) -> (L::Stream, SocketAddr, Option<Place>) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) if self.tls.is_some() => return (stream, peer, None),
                Ok((stream, peer)) => return (stream, peer, Some(self.place().await)),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted; trying again");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn place(&self) -> Place {
        match self.places.take().await {
            Some(place) => place,
            // Never closed; without places there is nothing to serve.
            None => std::future::pending().await,
        }
    }

    /// The handshake, a place, and then the requests. `gives_way` resolves when others need the handshake's room.
    async fn secure(self, stream: impl Stream, peer: SocketAddr, gives_way: oneshot::Receiver<()>) {
        let Some((accept, hosts)) = &self.tls else { return };
        let through = async {
            match greet(stream, accept, hosts).await {
                Ok(Greeted::Secure(stream)) => Some((stream, self.place().await)),
                Ok(Greeted::SentAway) => None,
                Err(error) => {
                    tracing::debug!(%peer, reason = chairside_tls::reason(&error), "no handshake");
                    None
                }
            }
        };
        let through = tokio::select! {
            through = timeout(HANDSHAKE_TIMEOUT, through) => through.ok().flatten(),
            _ = gives_way => None,
        };
        if let Some((stream, place)) = through {
            self.requests(stream, peer, place).await;
        }
    }

    async fn requests<S>(mut self, stream: S, peer: SocketAddr, place: Place)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let place = Arc::new(place);
        let service = self.router.layer(Extension(ConnectInfo(peer))).layer(from_fn({
            let place = Arc::clone(&place);
            move |request: Request, next: Next| answering(Arc::clone(&place), request, next)
        }));
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(HEADER_BYTES_MAX);
        let served = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).with_upgrades();
        let mut served = pin!(served);
        let ended = tokio::select! {
            ended = &mut served => ended,
            () = place.cut() => return tracing::debug!("cut: others wait, and nothing was asked here"),
            () = socket::stopped(&mut self.stopping) => {
                served.as_mut().graceful_shutdown();
                served.await
            }
        };
        if let Err(error) = ended {
            if error.is_timeout() || error.is_parse() {
                self.counts.connections_cut.add(1);
            }
            tracing::debug!(%error, "connection ended");
        }
    }
}

/// A place is only taken from those who ask nothing.
async fn answering(place: Arc<Place>, request: Request, next: Next) -> axum::response::Response {
    place.works();
    let answer = next.run(request).await;
    place.rests();
    answer
}
