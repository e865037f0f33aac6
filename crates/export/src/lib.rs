//! A session's record in, bytes out.
//!
//! Everything here is a function of a [`Record`]: no clock, no database, no random id, so the same record gives the same
//! bytes every time. Nothing is rounded, smoothed or filled in: a value stands as the monitor sent it, an absent one stands
//! as absent with its reason, and a gap stays a gap. What is computed ([`summary`]) is plain arithmetic on those values, and
//! its definition is printed beside it.
#![warn(missing_docs)]

mod chart;
mod codes;
pub mod csv;
pub mod device;
mod digest;
pub mod edf;
pub mod event;
mod face;
pub mod fhir;
mod format;
pub mod gap;
mod held;
pub mod hl7;
mod ids;
pub mod in_force;
pub mod limit;
mod lines;
mod page;
pub mod pdf;
pub mod pseudonym;
mod record;
mod signals;
pub mod summary;
pub mod table;
mod told;
pub mod vital;

pub use face::{Face, Offsets};
pub use format::{ExportError, File, Format, Options, Paper, files};
pub use record::{Note, PhaseSpan, Record, Said, Sample, Seal, Signed};
pub use record::{bounds, usual_unit};
