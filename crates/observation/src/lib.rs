//! The words of Chairside: what a monitor said, when, and how much of it can be believed.
//!
//! Everything here is a plain value. There is no clock, no I/O and no JSON; every other crate speaks in these types.
//!
//! **Invariant.** No type has a default number: an absent reading is [`Reading::Absent`] with its reason, never 0 and
//! never the last value (H06).
#![no_std]
#![warn(missing_docs)]

extern crate alloc;

mod accessed;
mod cadence;
mod choice;
pub mod clinic;
mod context;
mod decimal;
mod entry;
mod fields;
mod flag;
mod freshness;
mod hex;
mod ids;
mod notice;
mod noticed;
mod past;
mod reading;
pub mod session;
mod time;
mod vital;

pub use accessed::{AccessKind, Accessed};
pub use cadence::Cadence;
pub use choice::{Candidate, Cause, Choice, Order, Preference, RETURN_AFTER, Said, Why, choose, choose_cuff};
pub use context::Context;
pub use decimal::{Decimal, DecimalError};
pub use entry::{
    Deed, Entry, Frame, FrameKey, FrameKind, Link, LinkState, MonitorNotice, Priority, Skip, Update, What,
};
pub use flag::{Flag, Flags};
pub use freshness::{CuffState, Freshness, cuff_state, freshness};
pub use hex::{Hex, unhex};
pub use ids::{ChairId, Sequence, SourceId, Timeline};
pub use notice::{BadLimits, LimitName, Limits, NoticeKind, NoticeLevel};
pub use noticed::{NoticeEnd, NoticeState, Noticed};
pub use past::{Erased, Past};
pub use reading::{Absence, Amount, Doubt, Observation, Reading};
pub use time::{Civil, Measured, Micros, Received, Zone};
pub use vital::{Origin, Unit, Vital};
