//! The clinic's own limit notices. Pure: values in, values out; the time is a parameter.
//!
//! A [`Watch`] follows one chair: it hears the entries of the chair's timeline, is told how the session stands, what the
//! clinic switched on and what is due, and says which notices stand and what changed. Every rule with its number and source
//! is in `docs/limits.md`.
//!
//! **Invariant.** No notice on a value that is too old, questionable, flagged, marked as an artefact, or demonstration data;
//! none without an open session; none of a kind that nobody switched on (H13). Nothing but the program depends on this
//! crate: a build without it works fully.
#![warn(missing_docs)]

mod acts;
mod cuff;
mod hold;
mod judge;
mod latest;
mod number;
mod pace;
mod rule;
#[cfg(test)]
mod tests;
mod verdict;
mod watch;

pub use pace::{DEEDS_A_MINUTE, Pace};
pub use watch::{Around, Due, QUIET_LOOK, QUIET_URGENT, Settings, Standing, Watch};
