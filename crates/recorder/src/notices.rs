//! Limit notices on their way into the log. What raises them is not known here.

use crate::desk::{Desk, DeskError};
use crate::queue::deed_entry;
use crate::state::{Shared, State};
use chairside_observation::session::{Act, Refused};
use chairside_observation::{ChairId, Deed, Limits, NoticeKind, Noticed, Received, Timeline, Update};
use chairside_store::Batch;

impl Desk {
    /// Records a change of a limit notice in its chair's timeline. Nobody waits for it: like a reading it is kept for a log
    /// that cannot be written now. A chair that is not there, or a recorder that stops, takes none.
    pub fn notice(&self, at: Received, chair: &ChairId, noticed: Noticed) {
        if !self.roster().has_chair(chair) {
            return;
        }
        self.shared.state().notice(&self.shared, at, chair, noticed);
        self.shared.work.notify_one();
    }
}

impl Desk {
    /// A patient's own numbers stand beside those of the clinic that they leave as they are: together they have to be limits,
    /// too.
    pub(crate) fn may_limit(&self, act: &Act) -> Result<(), DeskError> {
        let Act::Limited { notice, limits, .. } = act else { return Ok(()) };
        let (Some(kind), Ok(own)) = (NoticeKind::from_word(notice), Limits::parse(limits)) else { return Ok(()) };
        let together = self.clinic().limit(kind).limits.with(&own);
        together.may(kind).map_err(|bad| DeskError::Act(Refused::Limits(bad)))
    }
}

impl State {
    fn notice(&mut self, shared: &Shared, at: Received, chair: &ChairId, noticed: Noticed) {
        if self.stopping {
            return;
        }
        let timeline = Timeline::Chair(chair.clone());
        let entry = deed_entry(timeline.clone(), self.next(&timeline), at, Deed::Noticed(Box::new(noticed)));
        shared.hub.publish(Update { timeline, entries: vec![entry.clone()], every: None });
        self.enqueue(Batch { frame: None, entries: vec![entry] }, None);
    }
}
