//! The sessions of all chairs: which one is open, and from where on the next one may claim.

use chairside_observation::session::{Act, ActKey, Done, Phase, Session, SessionId};
use chairside_observation::{ChairId, Received, Sequence};
use chairside_store::Committed;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a chair knows of sessions.
#[derive(Clone, Debug, Default)]
struct AtChair {
    /// The last session, open or over.
    last: Option<Arc<Session>>,
    /// The chair was cleared after it.
    cleared: bool,
    /// The first entry that no earlier session claims.
    earliest: Sequence,
    /// When the chair became free for it.
    free_since: Option<Received>,
    /// An act that was entered and is not on disk yet.
    pending: Option<Sequence>,
    /// The session as that act would begin its span: what is heard from here on is held against it already, or a reading
    /// between the press and the disk would be nobody's and stand in her span.
    coming: Option<Arc<Session>>,
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

    /// The session of the patient who has the chair now, or is about to have it.
    pub(crate) fn holder(&self, chair: &ChairId) -> Option<&Arc<Session>> {
        let at = self.chairs.get(chair)?;
        at.coming.as_ref().or(at.last.as_ref().filter(|session| session.has_the_chair()))
    }

    /// The chair at which this session is open.
    pub(crate) fn chair_of(&self, session: &SessionId) -> Option<ChairId> {
        let mut chairs = self.chairs.iter();
        let is_it = |at: &AtChair| at.last.as_ref().is_some_and(|last| last.id == *session && last.is_open());
        chairs.find(|(_, at)| is_it(at)).map(|(chair, _)| chair.clone())
    }

    /// Whether the chair was cleared after its last session.
    pub(crate) fn is_cleared(&self, chair: &ChairId) -> bool {
        self.chairs.get(chair).is_some_and(|at| at.cleared)
    }

    /// The first entry of the chair's timeline that no earlier session claims (H01).
    pub(crate) fn earliest(&self, chair: &ChairId) -> Sequence {
        self.chairs.get(chair).map_or(Sequence(1), |at| at.earliest.max(Sequence(1)))
    }

    /// When the chair became free: the last session's end, or when it was cleared.
    pub(crate) fn free_since(&self, chair: &ChairId) -> Option<Received> {
        self.chairs.get(chair)?.free_since
    }

    /// The entry of an act that was done already, with proof that it is on disk.
    pub(crate) fn known(&self, chair: &ChairId, key: ActKey) -> Option<(Sequence, Committed)> {
        Some((self.last(chair)?.known(key)?, self.receipt.clone()?))
    }

    /// Whether an act at this chair still waits for the log. The next one would be judged by what is not there yet.
    pub(crate) fn is_waiting(&self, chair: &ChairId) -> bool {
        self.chairs.get(chair).is_some_and(|at| at.pending.is_some())
    }

    /// A deed of the chair is on its way to the log.
    pub(crate) fn entered(&mut self, chair: &ChairId, sequence: Sequence, received: Received, done: Option<&Done>) {
        let at = self.chairs.entry(chair.clone()).or_default();
        at.pending = Some(sequence);
        at.coming = match done.map(|done| (&done.act, done)) {
            Some((Act::Opened { planned: false, .. }, done)) => Session::open(sequence, received, done.clone()),
            Some((Act::Moved { to: Phase::CheckedIn, .. }, done)) => at.last.as_deref().cloned().map(|mut session| {
                session.apply(sequence, received, done.clone());
                session
            }),
            _ => None,
        }
        .map(Arc::new);
    }

    /// That deed is on disk, or never will be.
    fn settled(at: &mut AtChair, sequence: Sequence) {
        if at.pending == Some(sequence) {
            (at.pending, at.coming) = (None, None);
        }
    }

    /// That deed never came to the log.
    pub(crate) fn lost(&mut self, chair: &ChairId, sequence: Sequence) {
        if let Some(at) = self.chairs.get_mut(chair) {
            Self::settled(at, sequence);
        }
    }

    /// Lets a recorded act take effect. One that fits no session changes nothing: it was checked before it was recorded.
    pub(crate) fn apply(&mut self, chair: &ChairId, sequence: Sequence, received: Received, done: Done) {
        let at = self.chairs.entry(chair.clone()).or_default();
        Self::settled(at, sequence);
        let was_open = at.last.as_ref().is_some_and(|session| session.is_open());
        let had_the_chair = at.last.as_ref().is_some_and(|session| session.has_the_chair());
        match &mut at.last {
            Some(session) if session.id == done.session => Arc::make_mut(session).apply(sequence, received, done),
            // What is done in the record of an earlier session changes nothing at the chair.
            Some(_) if was_open => {}
            last => {
                if let Some(session) = Session::open(sequence, received, done) {
                    (*last, at.cleared) = (Some(Arc::new(session)), false);
                }
            }
        }
        if had_the_chair && at.last.as_ref().is_some_and(|session| !session.is_open()) {
            at.free_from(sequence, received);
        }
    }

    /// Lets a recorded clearing take effect: no claim reaches past it.
    pub(crate) fn clear(&mut self, chair: &ChairId, sequence: Sequence, received: Received) {
        let at = self.chairs.entry(chair.clone()).or_default();
        Self::settled(at, sequence);
        if at.last.as_ref().is_none_or(|session| !session.is_open()) {
            at.cleared = true;
            at.free_from(sequence, received);
        }
    }
}

impl AtChair {
    fn free_from(&mut self, sequence: Sequence, received: Received) {
        self.earliest = self.earliest.max(sequence.next());
        self.free_since = Some(received);
    }
}
