//! A session at a chair: what people do in it, what may be done when, and how it stands.
//!
//! A session is the fold of its [`Act`]s, in the order of the chair's timeline. [`Session::may`] says whether an act is
//! possible now, [`Session::apply`] lets a recorded one take effect. An act is never changed or taken away: an [`Act::Undo`]
//! names the one that no longer counts. Nothing here has a clock: the clock of a session never stops by itself, and only a
//! person starts, stops or ends one (H20).
//!
//! Doses, drugs and scores are kept as they were typed. Nothing computes with them (H16).

mod act;
mod audit;
mod baseline;
mod binding;
mod cuffs;
mod due;
mod fields;
mod finding;
mod rules;
mod standing;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use act::{
    AGO_UNKNOWN, About, Act, ActKey, BaselineValue, Done, Patient, Person, Plan, SessionId, TEST_PREFIX, TypedVital,
};
pub use audit::{Audit, AuditKind};
pub use baseline::BASELINE_WINDOW;
pub use binding::{Binding, Changed, FeedSays, Heard, ROWS_MAX, Says};
pub use cuffs::{CUFF_TIMES_MAX, CuffTimes, When};
pub use due::{CUFFS_MAX, CuffReading, Cuffs, FixedMark, MarkKind, Schedule};
pub use finding::{Finding, Findings};
pub use rules::{ENTRIES_MAX, NAME_MAX, REMARKS_MAX, Refused, TEXT_MAX};
pub(crate) use rules::{may_plan, text_of};
pub use standing::{Entered, Kept, Session};
pub use view::Standing;
pub use words::{EntryKind, Phase, Role};
