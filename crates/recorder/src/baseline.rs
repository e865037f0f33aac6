//! A baseline pressed without values: the recorder takes them from what the chair's sources sent.

use crate::desk::{Desk, DeskError};
use crate::intake::NotRecorded;
use chairside_observation::session::{Act, BASELINE_WINDOW, Done, Session};
use chairside_observation::{ChairId, Entry, Preference, Received, Sequence, Timeline};
use chairside_store::StoreError;

/// Most entries looked at, 68 a second: more than the sources of one chair send. A wall clock that was set back would else
/// make the log read an hour.
const ENTRIES_MAX: u64 = 4096;
/// Entries read at a time.
const PAGE: usize = 1000;

impl Desk {
    /// Fills in the values of a baseline that was pressed without any.
    pub(crate) async fn with_values(
        &self,
        at: Received,
        chair: &ChairId,
        open: &Session,
        mut done: Done,
    ) -> Result<Done, DeskError> {
        let Act::Baseline { values } = &mut done.act else { return Ok(done) };
        if !values.is_empty() || done.session != open.id || !open.is_open() {
            return Ok(done);
        }
        let entries = self.last_minute(at, chair).await.map_err(|e| NotRecorded { reason: e.to_string() })?;
        let (roster, cuffs) = {
            let state = self.shared.state();
            (state.roster.clone(), state.cuffs.of(chair))
        };
        let none = Preference::default();
        let prefer = roster.prefer.get(chair).unwrap_or(&none);
        let order = |vital| prefer.order(Some(vital), &roster.order);
        *values = open.take_baseline(at, &entries, &cuffs, order).map_err(DeskError::Act)?;
        Ok(done)
    }

    /// What came to a chair in the last minute: from the log, and what it does not have yet from the hub.
    async fn last_minute(&self, at: Received, chair: &ChairId) -> Result<Vec<Entry>, StoreError> {
        let (timeline, log) = (Timeline::Chair(chair.clone()), &self.shared.log);
        let snapshot = self.shared.hub.snapshot(&timeline);
        let before = log.before(&timeline, at.wall - BASELINE_WINDOW).await?;
        let mut after = before.max(Sequence(snapshot.head.0.saturating_sub(ENTRIES_MAX)));
        let mut entries = Vec::new();
        loop {
            let page = log.read(&timeline, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.sequence;
            entries.extend(page);
        }
        entries.extend(snapshot.recent.into_iter().filter(|entry| entry.sequence > after));
        Ok(entries)
    }
}
