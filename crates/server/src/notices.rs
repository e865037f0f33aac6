//! The clinic's limit notices as screens see them. What raises them is not known here.

use chairside_observation::ChairId;
use chairside_wire::LimitNotice;

/// What the screens may learn of the layer of limit notices. It answers and takes nothing: people act through their session.
pub trait Notices: Send + Sync {
    /// The notices of a chair that stand now, the oldest first.
    ///
    /// # Errors
    /// Why the layer does not work now, for people. Nothing is known of any notice then.
    fn of(&self, chair: &ChairId) -> Result<Vec<LimitNotice>, String>;
}
