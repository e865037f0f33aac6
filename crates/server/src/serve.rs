//! Connections: how many, how long their headers may take, and how they end.

use crate::{Deps, build, socket};
use axum::extract::ConnectInfo;
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
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Connections at once: each screen keeps one and opens a few more while it loads. Beyond that they wait in the system's
/// queue.
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
    let router = build(deps, screens.clone());
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer, place) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted,
            Some(_) = connections.join_next() => continue,
        };
        connections.spawn(connection(stream, peer, router.clone(), stopping.clone(), place));
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

/// The next connection that has a place.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else {
            // The semaphore is never closed; without it there is nothing to accept.
            return std::future::pending().await;
        };
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
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
    place: OwnedSemaphorePermit,
) {
    // Live values are small and must not wait to be filled up to a packet.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no-delay could not be set");
    }
    let service = router.layer(Extension(ConnectInfo(peer)));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(HEADER_BYTES_MAX);
    let served = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).with_upgrades();
    let mut served = pin!(served);
    let ended = tokio::select! {
        ended = &mut served => ended,
        () = socket::stopped(&mut stopping) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
    drop(place);
}
