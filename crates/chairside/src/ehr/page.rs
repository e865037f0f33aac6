//! The queue as the page of the EHR shows it: sessions by their ids, nothing of a patient.

use super::{Ehr, To, lock, session, since};
use chairside_wire::{EhrPage, EhrRefused, EhrSent, EhrWaits, EhrWay};

impl Ehr {
    /// All of it, now.
    #[must_use]
    pub fn page(&self, to: &To) -> EhrPage {
        let status = self.status();
        let queue = lock(&self.queue);
        let (waiting, refused) = (queue.told_waiting(), queue.told_refused());
        drop(queue);
        // A folder that cannot be read is said, not shown as an empty one.
        let unread = waiting.as_ref().err().or(refused.as_ref().err()).map(|error| format!("the queue: {error}"));
        let waiting: Vec<_> = waiting.unwrap_or_default().into_iter().map(waits).collect();
        let first = waiting.first().map(|(name, _)| name.clone());
        let tried = status.tried.filter(|(name, _)| first.as_ref() == Some(name));
        EhrPage {
            way: Some(EhrWay { to: to.at.clone(), tls: to.tls.is_some() }),
            waiting: waiting.into_iter().map(|(_, waits)| waits).collect(),
            waiting_all: status.waiting as u64,
            refused: refused.unwrap_or_default().into_iter().map(refusal).collect(),
            refused_all: status.refused.len() as u64,
            tries: tried.map_or(0, |(_, count)| count),
            trouble: unread.or(Some(status.why).filter(|why| !why.is_empty())),
            next_wall_us: status.next.map(|at| at.0),
            sent: status.sent,
            last_sent: status.last_sent.map(|(session, kind, at)| EhrSent { session, kind, at_wall_us: at.0 }),
            ..none((self.clock)())
        }
    }
}

/// What is said where no EHR is configured.
pub(crate) fn none(now: chairside_observation::Received) -> EhrPage {
    EhrPage {
        now: now.into(),
        way: None,
        waiting: Vec::new(),
        waiting_all: 0,
        refused: Vec::new(),
        refused_all: 0,
        tries: 0,
        trouble: None,
        next_wall_us: None,
        sent: 0,
        last_sent: None,
    }
}

fn waits((name, kind): (String, String)) -> (String, EhrWaits) {
    let waits = EhrWaits { session: session(&name).to_owned(), kind, since_wall_us: since(&name).0 };
    (name, waits)
}

fn refusal((name, kind, why): (String, String, String)) -> EhrRefused {
    EhrRefused { session: session(&name).to_owned(), kind, since_wall_us: since(&name).0, name, why }
}
