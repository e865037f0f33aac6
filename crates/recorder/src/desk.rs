//! What people did.

use crate::Roster;
use crate::intake::NotRecorded;
use chairside_observation::{ChairId, Received, SourceId};
use chairside_store::Committed;
use std::sync::Arc;

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
    /// The feed's configuration binds the whole source to a chair.
    #[error("source {0} is bound to its chair in the configuration; change `chair` there")]
    BoundByConfiguration(SourceId),
    /// The log does not have it.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
}

/// The door for people. Cheap to clone.
#[derive(Clone)]
pub struct Desk {}

impl Desk {
    /// Chairs, bindings and unassigned feeds now.
    #[must_use]
    pub fn roster(&self) -> Arc<Roster> {
        todo!()
    }

    /// Adds a chair, or renames it when the id exists.
    ///
    /// # Errors
    /// Bad length, or not recorded.
    pub async fn name_chair(&self, _at: Received, _chair: &ChairId, _name: &str) -> Result<Committed, DeskError> {
        todo!()
    }

    /// Gives a feed to a chair, or takes it away with `None`. What the feed said before stays in its own timeline.
    ///
    /// # Errors
    /// No such chair or source, or not recorded.
    pub async fn assign_feed(
        &self,
        _at: Received,
        _source: &SourceId,
        _bed: &str,
        _chair: Option<&ChairId>,
    ) -> Result<Committed, DeskError> {
        todo!()
    }
}
