//! What people did.

use crate::intake::{NotRecorded, Receipt};
use crate::roster::{Binding, Feed, Roster};
use crate::state::Shared;
use chairside_observation::{ChairId, Deed, Received, SourceId};
use chairside_store::Committed;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Longest id of a chair: it stands on tiles and in addresses.
const CHAIR_ID_MAX: usize = 32;
/// Longest name of a chair: it stands whole on a tile.
const CHAIR_NAME_MAX: usize = 40;

/// Why a deed was not done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is no such chair.
    #[error("there is no chair {0}")]
    NoChair(ChairId),
    /// There is no such source.
    #[error("there is no source {0}")]
    NoSource(SourceId),
    /// The text is empty or longer than allowed.
    #[error("{field}: {found} characters, expected 1 to {max}")]
    Length {
        /// Which field.
        field: &'static str,
        /// Characters found.
        found: usize,
        /// Most characters allowed.
        max: usize,
    },
    /// A character that would not survive on a screen, in an address or in the log.
    #[error("{field}: found {found:?}, expected letters, digits, blanks and plain signs{}", if *.field == "chair" { " but neither : nor /" } else { "" })]
    Character {
        /// Which field.
        field: &'static str,
        /// The first such character.
        found: char,
    },
    /// The feed's configuration binds the whole source to a chair.
    #[error("source {0} is bound to its chair in the configuration; change `chair` there")]
    BoundByConfiguration(SourceId),
    /// The log does not have it.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
}

/// The door for people. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub(crate) shared: Arc<Shared>,
}

impl Desk {
    /// Chairs, bindings and unassigned feeds now.
    #[must_use]
    pub fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.shared.state().roster)
    }

    /// Adds a chair, or renames it when the id exists.
    ///
    /// # Errors
    /// Bad length or characters, or not recorded.
    pub async fn name_chair(&self, at: Received, chair: &ChairId, name: &str) -> Result<Committed, DeskError> {
        let name = name.trim();
        check("chair", chair.as_str(), CHAIR_ID_MAX, |c| matches!(c, ':' | '/') || c.is_whitespace())?;
        check("name", name, CHAIR_NAME_MAX, |_| false)?;
        self.record(at, Deed::ChairNamed { chair: chair.clone(), name: name.into() }).await
    }

    /// Gives a feed to a chair, or takes it away with `None`. What the feed said before stays in its own timeline. It
    /// takes effect when the log has it.
    ///
    /// # Errors
    /// No such chair or source, the source's chair is fixed in the configuration, or not recorded.
    pub async fn assign_feed(
        &self,
        at: Received,
        source: &SourceId,
        bed: &str,
        chair: Option<&ChairId>,
    ) -> Result<Committed, DeskError> {
        let roster = self.roster();
        match roster.sources.get(source) {
            Some(Binding::Chair(_)) => return Err(DeskError::BoundByConfiguration(source.clone())),
            Some(Binding::Beds(_)) => {}
            None => {
                let feed = Feed { source: source.clone(), bed: bed.into() };
                let known = roster.unassigned.contains(&feed)
                    || roster.assigned.contains_key(&(source.clone(), Box::from(bed)));
                if !known {
                    return Err(DeskError::NoSource(source.clone()));
                }
            }
        }
        if let Some(bad) = bed.chars().find(|c| c.is_control()) {
            return Err(DeskError::Character { field: "bed", found: bad });
        }
        if let Some(chair) = chair.filter(|chair| !roster.has_chair(chair)) {
            return Err(DeskError::NoChair(chair.clone()));
        }
        self.record(at, Deed::FeedAssigned { source: source.clone(), bed: bed.into(), chair: chair.cloned() }).await
    }

    /// Records a deed. While the log cannot be written it is refused and leaves no trace: a person is there to do it again.
    async fn record(&self, at: Received, deed: Deed) -> Result<Committed, DeskError> {
        let (waiting, receipt) = oneshot::channel();
        {
            let mut state = self.shared.state();
            if let Some(refused) = &state.refused {
                return Err(refused.clone().into());
            }
            if state.stopping {
                return Err(NotRecorded { reason: "the recorder is stopping".into() }.into());
            }
            state.deed(&self.shared, at, deed, Some(waiting));
        }
        self.shared.work.notify_one();
        Ok(Receipt(receipt).recorded().await?)
    }
}

fn check(field: &'static str, text: &str, max: usize, bad: impl Fn(char) -> bool) -> Result<(), DeskError> {
    let found = text.chars().count();
    if found == 0 || found > max {
        return Err(DeskError::Length { field, found, max });
    }
    match text.chars().find(|c| c.is_control() || bad(*c)) {
        Some(found) => Err(DeskError::Character { field, found }),
        None => Ok(()),
    }
}
