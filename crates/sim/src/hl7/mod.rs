//! Monitors and gateways that send HL7 v2 over MLLP and wait for each acknowledgement. Device identifiers are made up within
//! the makers' number ranges.

mod ack;
mod dialect;
mod encoder;
mod mllp;
mod monitor;
pub mod pds;
mod rows;
mod sender;
mod snapshot;
mod write;

pub use ack::{Ack, AckMode};
pub use dialect::Dialect;
pub use encoder::{Encoder, HeartRateHigh, Message, Phase};
pub use mllp::{Cutter, frame};
pub use monitor::{Hl7Error, Options, Pace, Summary, run};
pub use snapshot::{Identity, Snapshot};

#[cfg(test)]
mod tests;
