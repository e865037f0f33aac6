//! Takes the connections of senders, each served by a task of its own.

use super::connection::{Ended, accepted, accepted_secure};
use super::secure::{self, Secure};
use crate::network::{Network, allowed};
use crate::socket::{Listener, Stream};
use crate::source::Source;
use crate::supervise::stopped;
use crate::vitalrecorder;
use chairside_decode::catalog::Protocol;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Connections of one source at a time: several times the chairs a clinic has.
pub const CONNECTIONS_MAX: usize = 256;
/// Connections from one address: a gateway may use one for each bed, and no sender may take them all.
pub const CONNECTIONS_PER_PEER_MAX: usize = 64;
/// Pause after the system refused to hand out a connection (no file handles left): trying at once would only burn time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Listens until told to stop.
pub(crate) async fn listen(
    source: Arc<Source>,
    listener: impl Listener,
    addr: SocketAddr,
    allow: Vec<Network>,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections: JoinSet<IpAddr> = JoinSet::new();
    let mut peers: HashMap<IpAddr, usize> = HashMap::new();
    source.link.connecting(&format!("listening on {addr}, no sender has connected yet"));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => match refusal(&allow, &peers, connections.len(), peer.ip()) {
                    Some(reason) => refuse(&source, peer.ip(), &reason),
                    None => {
                        *peers.entry(peer.ip()).or_default() += 1;
                        connections.spawn(serve(Arc::clone(&source), stream, peer, stop.clone()));
                    }
                },
                Err(error) => {
                    tracing::warn!(source = %source.spec.id, %error, "a connection could not be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(ended) = connections.join_next(), if !connections.is_empty() => {
                if let Ok(peer) = ended {
                    forget(&mut peers, peer);
                } else {
                    // A task that panicked took its address with it; better to allow one too many than one too few.
                    tracing::error!(source = %source.spec.id, "a connection's task failed");
                    peers.clear();
                }
            }
            () = stopped(&mut stop) => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Why a peer is not served, if it is not.
fn refusal(allow: &[Network], peers: &HashMap<IpAddr, usize>, open: usize, peer: IpAddr) -> Option<String> {
    if !allowed(allow, peer) {
        return Some(format!("a connection from {peer} was refused: add it to `allow` if it is a monitor or gateway"));
    }
    if open >= CONNECTIONS_MAX {
        return Some(format!("a connection from {peer} was refused: {CONNECTIONS_MAX} are open already"));
    }
    (peers.get(&peer).is_some_and(|n| *n >= CONNECTIONS_PER_PEER_MAX))
        .then(|| format!("a connection from {peer} was refused: it has {CONNECTIONS_PER_PEER_MAX} open already"))
}

fn refuse(source: &Source, peer: IpAddr, reason: &str) {
    source.stats.refused(reason);
    tracing::warn!(source = %source.spec.id, %peer, reason, "refused");
    source.link.refused(reason);
}

fn forget(peers: &mut HashMap<IpAddr, usize>, peer: IpAddr) {
    if let Some(count) = peers.get_mut(&peer) {
        *count -= 1;
        if *count == 0 {
            peers.remove(&peer);
        }
    }
}

async fn serve(source: Arc<Source>, stream: impl Stream, peer: SocketAddr, stop: watch::Receiver<bool>) -> IpAddr {
    let secured = match &source.spec.secure {
        Some(Secure::Accept(accept)) => {
            let mut stopping = stop.clone();
            let shaken = tokio::select! {
                shaken = secure::accept(stream, accept) => shaken,
                () = stopped(&mut stopping) => return peer.ip(),
            };
            match shaken {
                Ok(secured) => Ok(secured),
                Err(why) => {
                    refuse(&source, peer.ip(), &format!("a connection from {} was refused: {why}", peer.ip()));
                    return peer.ip();
                }
            }
        }
        _ => Err(stream),
    };
    source.link.opened(&format!("{} has connected, waiting for the first message", peer.ip()));
    let ended = match (source.spec.protocol, secured) {
        (_, Ok(secured)) => accepted_secure(secured, &source, stop).await,
        (Protocol::VitalRecorder, Err(stream)) => vitalrecorder::run(stream, &source, stop).await,
        (_, Err(stream)) => accepted(stream, &source, stop).await,
    };
    let reason = ended.sentence();
    if matches!(ended, Ended::ByUs(_)) {
        source.stats.ended_by_us();
        tracing::warn!(source = %source.spec.id, %peer, reason, "connection ended");
    } else {
        tracing::debug!(source = %source.spec.id, %peer, reason, "connection ended");
    }
    if !matches!(ended, Ended::Stopping) {
        source.link.closed(&reason);
    }
    peer.ip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h24_one_peer_cannot_take_every_connection() {
        let peer: IpAddr = "10.0.0.5".parse().unwrap();
        let other: IpAddr = "10.0.0.6".parse().unwrap();
        let allow = ["10.0.0.0/24".parse().unwrap()];
        let mut peers = HashMap::from([(peer, CONNECTIONS_PER_PEER_MAX - 1)]);
        assert_eq!(refusal(&allow, &peers, 63, peer), None);
        peers.insert(peer, CONNECTIONS_PER_PEER_MAX);
        assert!(refusal(&allow, &peers, 64, peer).unwrap().contains("64 open already"));
        assert_eq!(refusal(&allow, &peers, 64, other), None);
        assert!(refusal(&allow, &peers, CONNECTIONS_MAX, other).unwrap().contains("256 are open"));
        assert!(refusal(&allow, &peers, 0, "10.0.1.5".parse().unwrap()).unwrap().contains("`allow`"));
        forget(&mut peers, peer);
        assert_eq!(refusal(&allow, &peers, 63, peer), None);
    }
}
