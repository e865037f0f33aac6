//! The closed list of frames that may ever be sent to a monitor.
//!
//! The list is empty as long as every supported protocol only listens, and nothing uses it yet: the one port type of
//! `chairside-ingest` can only read. A port that asks will take a [`Request`], never bytes. `docs/requests.md` holds the
//! same list for people, and a test holds the two together (H14, P17).
#![no_std]
#![warn(missing_docs)]

/// A complete frame that may be sent to a monitor. A variant may hold a bounded counter, never bytes or text.
///
/// No protocol that has to be asked is supported yet, so there is no variant, and no value of this type can exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {}

impl Request {
    /// Every frame there is.
    pub const ALL: &'static [Self] = &[];

    /// The bytes of the frame, checksum included.
    #[must_use]
    pub const fn frame(self) -> &'static [u8] {
        match self {}
    }
}
