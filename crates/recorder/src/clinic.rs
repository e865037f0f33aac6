//! The clinic's settings through the desk.

use crate::desk::{Desk, DeskError};
use chairside_observation::clinic::{Changed, Clinic};
use chairside_observation::{Deed, Received};
use chairside_store::Committed;
use std::sync::Arc;

impl Desk {
    /// The settings as the log has them.
    #[must_use]
    pub fn clinic(&self) -> Arc<Clinic> {
        Arc::clone(&self.shared.state().clinic)
    }

    /// Changes a setting. It takes effect when the log has it.
    ///
    /// # Errors
    /// It is not possible now, or not recorded.
    pub async fn change_clinic(&self, at: Received, changed: Changed) -> Result<Committed, DeskError> {
        // Two changes at once could each find room for the last one.
        let _turn = self.shared.acts.lock().await;
        changed.may(&self.clinic()).map_err(DeskError::Change)?;
        self.record(at, Deed::ClinicChanged(Box::new(changed))).await
    }
}
