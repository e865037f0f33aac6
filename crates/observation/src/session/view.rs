//! All that is known of the session at a chair: what people did, what is due, what the feeds say of the patient.

use super::{FeedSays, Schedule, Session};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The last session of a chair with what the recorder knows beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The fold of its acts.
    pub session: Arc<Session>,
    /// What is due when; `None` once it is over.
    pub schedule: Option<Schedule>,
    /// What each feed of the chair says of the patient, in the order first heard.
    pub feeds: Vec<FeedSays>,
}
