//! A monitor or gateway that sends HL7 v2 over MLLP and waits for each acknowledgement.

mod ack;
mod message;
mod mllp;
mod monitor;
mod sender;

pub use ack::{Ack, AckMode};
pub use message::{Dialect, Encoder, Identity, Message, Snapshot};
pub use mllp::{Cutter, frame};
pub use monitor::{Hl7Error, Options, Pace, Summary, run};

#[cfg(test)]
mod tests;
