//! Connections that are not through their handshake yet. They have places of their own, so that clients that never finish
//! one take none from screens; and where too many are under way, the oldest gives way: an honest one is over in
//! milliseconds.

use std::collections::VecDeque;
use std::net::IpAddr;
use tokio::sync::oneshot;

/// Handshakes under way at once.
const ALL_MAX: usize = 256;
/// Of one address: what tablets behind one router begin when all are switched on together.
const PEER_MAX: usize = 64;

/// The handshakes under way, oldest first. When this is dropped they all end.
#[derive(Debug, Default)]
pub(crate) struct Handshakes(VecDeque<(IpAddr, oneshot::Sender<()>)>);

impl Handshakes {
    /// One more. What is returned resolves when it has to give way; it is dropped when the handshake is done.
    pub(crate) fn begin(&mut self, peer: IpAddr) -> oneshot::Receiver<()> {
        self.0.retain(|(_, one)| !one.is_closed());
        let of_peer = self.0.iter().filter(|(ip, _)| *ip == peer).count();
        if of_peer >= PEER_MAX {
            if let Some(oldest) = self.0.iter().position(|(ip, _)| *ip == peer) {
                self.0.remove(oldest);
            }
        } else if self.0.len() >= ALL_MAX {
            self.0.pop_front();
        }
        let (cut, gives_way) = oneshot::channel();
        self.0.push_back((peer, cut));
        gives_way
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot::error::TryRecvError;

    fn peer(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    fn stands(one: &mut oneshot::Receiver<()>) -> bool {
        one.try_recv() == Err(TryRecvError::Empty)
    }

    #[test]
    fn h24_one_address_with_too_many_handshakes_loses_its_own_oldest() {
        let mut all = Handshakes::default();
        let mut honest = all.begin(peer(1));
        let mut flood: Vec<_> = (0..PEER_MAX * 3).map(|_| all.begin(peer(2))).collect();
        assert!(stands(&mut honest));
        let standing: Vec<_> = flood.iter_mut().map(stands).collect();
        assert_eq!(standing.iter().rposition(|stands| !stands), Some(PEER_MAX * 2 - 1), "the oldest gave way");
        assert_eq!(standing.iter().filter(|stands| **stands).count(), PEER_MAX);
    }

    #[test]
    fn h24_in_all_the_oldest_gives_way_and_what_is_done_counts_no_more() {
        let mut all = Handshakes::default();
        let mut held: Vec<_> = (0..ALL_MAX).map(|n| all.begin(peer((n % 250) as u8))).collect();
        let mut newest = all.begin(peer(251));
        assert!(stands(&mut newest) && !stands(&mut held[0]) && stands(&mut held[1]));
        held.drain(1..10);
        let _more: Vec<_> = (0..9).map(|_| all.begin(peer(252))).collect();
        assert!(stands(&mut held[1]), "places of finished ones are taken first");
        drop(all);
        assert!(!stands(&mut newest));
    }
}
