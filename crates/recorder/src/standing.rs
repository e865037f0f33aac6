//! The session at a chair with what is due in it.

use crate::REPLAY_PAGE;
use crate::desk::Desk;
use crate::state::{Shared, State};
use chairside_hub::Told;
use chairside_observation::session::{CuffReading, Cuffs, Session, Standing};
use chairside_observation::{ChairId, Entry, Sequence, Timeline, Vital};
use chairside_store::{SessionLog, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The newest cuff readings of each chair, whether or not a session is open: one that claims back finds its own.
#[derive(Debug, Default)]
pub(crate) struct ChairCuffs(BTreeMap<ChairId, Arc<Cuffs>>);

impl ChairCuffs {
    /// Those of a chair.
    pub(crate) fn of(&self, chair: &ChairId) -> Arc<Cuffs> {
        self.0.get(chair).cloned().unwrap_or_default()
    }

    /// Takes note of entries of a chair; `true` when there is a new measurement among them.
    pub(crate) fn hear(&mut self, chair: &ChairId, entries: &[Entry]) -> bool {
        let cuffs = Arc::make_mut(self.0.entry(chair.clone()).or_default());
        entries.iter().filter(|entry| cuffs.hear(entry)).count() > 0
    }
}

/// The measurements of cuffs that the log has of an open session.
pub(crate) async fn recall(log: &dyn SessionLog, chair: &ChairId, of: &Session) -> Result<Vec<Entry>, StoreError> {
    let timeline = Timeline::Chair(chair.clone());
    let (mut found, mut after) = (Vec::new(), Sequence(of.from.0.saturating_sub(1)));
    loop {
        let entries = log.readings(&timeline, Vital::Nibp, after, REPLAY_PAGE).await?;
        let Some(last) = entries.last() else { return Ok(found) };
        after = last.sequence;
        found.extend(entries.into_iter().filter(|entry| CuffReading::of(entry).is_some()));
    }
}

impl State {
    /// New measurements of cuffs move what is due: every screen of the chair is told.
    pub(crate) fn hear_cuffs(&mut self, shared: &Shared, entries: &[Entry]) {
        for entry in entries {
            let Timeline::Chair(chair) = &entry.timeline else { continue };
            let is_new = CuffReading::of(entry).is_some() && self.cuffs.hear(chair, std::slice::from_ref(entry));
            if is_new && self.sessions.last(chair).is_some_and(|session| session.is_open()) {
                shared.hub.tell(&Told::SessionChanged(chair.clone()));
            }
        }
    }
}

impl Desk {
    /// The last session of a chair, open or over, with what is due in it and what its feeds say of the patient.
    #[must_use]
    pub fn standing(&self, chair: &ChairId) -> Option<Standing> {
        let (session, cuffs, feeds) = {
            let state = self.shared.state();
            let session = state.sessions.last(chair).cloned()?;
            let feeds = state.guard.rows(chair, &session);
            (session, state.cuffs.of(chair), feeds)
        };
        let schedule = session.schedule(&cuffs);
        Some(Standing { session, schedule, feeds })
    }

    /// A claim reaches back to what may have been measured before this program began: the log has it.
    pub(crate) async fn recall_cuffs(&self, chair: &ChairId, session: &Session) -> Result<(), StoreError> {
        let found = recall(&*self.shared.log, chair, session).await?;
        if self.shared.state().cuffs.hear(chair, &found) {
            self.shared.hub.tell(&Told::SessionChanged(chair.clone()));
        }
        Ok(())
    }
}
