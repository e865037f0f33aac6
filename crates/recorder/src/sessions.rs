//! The sessions of all chairs: which one is open, and from where on the next one may claim.

use chairside_observation::session::{ActKey, Done, Session};
use chairside_observation::{ChairId, Received, Sequence};
use chairside_store::Committed;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a chair knows of sessions.
#[derive(Clone, Debug, Default)]
struct AtChair {
    /// The last session, open or over.
    last: Option<Arc<Session>>,
    /// The first entry that no earlier session claims.
    earliest: Sequence,
}

/// Sessions as the log has them.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    chairs: BTreeMap<ChairId, AtChair>,
    /// Proof that every act in here is on disk; each recorded one renews it.
    pub(crate) receipt: Option<Committed>,
}

impl Sessions {
    /// The last session of a chair, open or over.
    pub(crate) fn last(&self, chair: &ChairId) -> Option<&Arc<Session>> {
        self.chairs.get(chair)?.last.as_ref()
    }

    /// The first entry of the chair's timeline that no earlier session claims (H01).
    pub(crate) fn earliest(&self, chair: &ChairId) -> Sequence {
        self.chairs.get(chair).map_or(Sequence(1), |at| at.earliest.max(Sequence(1)))
    }

    /// The entry of an act that was done already, with proof that it is on disk.
    pub(crate) fn known(&self, chair: &ChairId, key: ActKey) -> Option<(Sequence, Committed)> {
        Some((self.last(chair)?.known(key)?, self.receipt.clone()?))
    }

    /// Lets a recorded act take effect. One that fits no session changes nothing: it was checked before it was recorded.
    pub(crate) fn apply(&mut self, chair: &ChairId, sequence: Sequence, received: Received, done: Done) {
        let at = self.chairs.entry(chair.clone()).or_default();
        match &mut at.last {
            Some(session) if session.is_open() => Arc::make_mut(session).apply(sequence, received, done),
            last => {
                if let Some(session) = Session::open(sequence, received, done) {
                    *last = Some(Arc::new(session));
                }
            }
        }
        if at.last.as_ref().is_some_and(|session| !session.is_open()) {
            at.earliest = at.earliest.max(sequence.next());
        }
    }
}
