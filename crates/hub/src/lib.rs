//! Live fan-out: what just happened, to every screen that follows it.
//!
//! Each screen has two bounded queues. Live updates may be lost, oldest first, and the loss is counted and told: the screen
//! asks the log for what it missed. Notices are never lost: a screen that cannot take them is cut off and comes back.
//! Publishing never waits, so a dead screen cannot slow a monitor (H25).
#![warn(missing_docs)]

mod board;
mod screen;
#[cfg(test)]
mod tests;

pub use board::{Hub, Recording, Snapshot, Told};
pub use screen::{Event, LIVE_MAX, NOTICES_MAX, Screen, TooSlow};
