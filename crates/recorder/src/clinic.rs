//! The clinic's settings through the desk.

use crate::desk::{Desk, DeskError};
use crate::intake::Receipt;
use chairside_observation::clinic::{Change, Changed, Clinic};
use chairside_observation::{ChairId, Deed, Received};
use chairside_store::Committed;
use std::sync::Arc;
use tokio::sync::oneshot;

impl Desk {
    /// The settings as the log has them.
    #[must_use]
    pub fn clinic(&self) -> Arc<Clinic> {
        Arc::clone(&self.shared.state().clinic)
    }

    /// Changes a setting. It takes effect when the log has it.
    ///
    /// # Errors
    /// It is not possible now, the chair it is about is not there or has a session, or not recorded.
    pub async fn change_clinic(&self, at: Received, changed: Changed) -> Result<Committed, DeskError> {
        // Two changes at once could each find room for the last one.
        let _turn = self.shared.acts.lock().await;
        changed.may(&self.clinic()).map_err(DeskError::Change)?;
        match &changed.change {
            Change::TestChair { chair, .. } => {
                let chair = chair.clone();
                self.switch_test(at, &chair, changed).await
            }
            _ => self.record(at, Deed::ClinicChanged(Box::new(changed))).await,
        }
    }

    /// The chair is cleared and switched in one step, so that nothing can be heard between: no claim of a real patient
    /// reaches what a test left there, and none of a test what was a patient's (H21).
    async fn switch_test(&self, at: Received, chair: &ChairId, changed: Changed) -> Result<Committed, DeskError> {
        self.is_free(chair)?;
        let (of_chair, cleared) = oneshot::channel();
        let (of_clinic, switched) = oneshot::channel();
        {
            let mut state = self.shared.state();
            state.open_for_people()?;
            state.nothing_waits(chair)?;
            let by = changed.by.clone();
            state.act(&self.shared, at, chair, move |_| Deed::ChairCleared { by }, of_chair);
            state.deed(&self.shared, at, Deed::ClinicChanged(Box::new(changed)), Some(of_clinic));
        }
        self.shared.work.notify_one();
        Receipt(cleared).recorded().await?;
        Ok(Receipt(switched).recorded().await?)
    }
}
