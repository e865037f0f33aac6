//! Connections: how many, how long their headers may take, and how they end.

use crate::counts::Counts;
use crate::places::{Place, Places};
use crate::{Deps, build, socket};
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
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
pub async fn serve(listener: TcpListener, deps: Deps, shutdown: impl Future<Output = ()>) {
    let (stop, stopping) = watch::channel(false);
    let screens = socket::Screens::stopping_with(stopping.clone());
    let counts = Arc::new(Counts::default());
    let router = build(deps, screens.clone(), Arc::clone(&counts));
    let places = Places::new(CONNECTIONS_MAX, Arc::clone(&counts));
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let counts = Arc::clone(&counts);
        connections.spawn(connection(stream, peer, router.clone(), stopping.clone(), place, counts));
    }
    drop(listener);
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

/// The next connection, with its place.
async fn accept(listener: &TcpListener, places: &Places) -> (TcpStream, SocketAddr, Place) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => match places.take().await {
                Some(place) => return (stream, peer, place),
                // Never closed; without places there is nothing to accept.
                None => return std::future::pending().await,
            },
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted; trying again");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopping: watch::Receiver<bool>,
    place: Place,
    counts: Arc<Counts>,
) {
    // Live values are small and must not wait to be filled up to a packet.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no-delay could not be set");
    }
    let place = Arc::new(place);
    let service = router.layer(Extension(ConnectInfo(peer))).layer(from_fn({
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
        () = socket::stopped(&mut stopping) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        if error.is_timeout() || error.is_parse() {
            counts.connections_cut.add(1);
        }
        tracing::debug!(%error, "connection ended");
    }
}

/// A place is only taken from those who ask nothing.
async fn answering(place: Arc<Place>, request: Request, next: Next) -> axum::response::Response {
    place.works();
    let answer = next.run(request).await;
    place.rests();
    answer
}
