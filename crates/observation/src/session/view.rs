//! All that is known of the session at a chair: what people did, what is due, what the feeds say of the patient.

use super::{Schedule, Session};
use crate::vital::words;
use crate::{Received, SourceId};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

words! {
    /// What a feed says of whose values it carries.
    Says {
        /// It names this patient.
        Same = "same",
        /// It names nobody.
        Nobody = "none",
        /// A person took it for this patient's.
        Accepted = "accepted",
        /// It names another patient; its values are withheld.
        Patient = "patient",
        /// It comes from another device than before; its values are withheld.
        Device = "device",
        /// It names another bed; its values are withheld.
        Bed = "bed",
        /// It was measured before this patient was bound; its values are withheld.
        Before = "before",
    }
}

/// A feed of the chair beside the open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedSays {
    /// The source.
    pub source: SourceId,
    /// Bed name as sent; may be empty.
    pub bed: Box<str>,
    /// Whose values it carries.
    pub says: Says,
    /// Patient identifier as sent; may be empty.
    pub patient: Box<str>,
    /// Patient name as sent; may be empty.
    pub name: Box<str>,
    /// Device identifier as sent; may be empty.
    pub device: Box<str>,
    /// Readings withheld since then.
    pub withheld: u64,
    /// Since when it is as it is.
    pub since: Received,
}

/// The last session of a chair with what the recorder knows beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The fold of its acts.
    pub session: Arc<Session>,
    /// What is due when; `None` once it is over.
    pub schedule: Option<Schedule>,
    /// What each feed of the chair says of the patient.
    pub feeds: Vec<FeedSays>,
}
