//! A VitalRecorder: several beds of one program, relayed over Socket.IO every second.

mod recorder;
mod socket;
mod upload;

pub use recorder::{Options, Summary, run};
pub use socket::Engine;
pub use upload::{Form, Writer, pack};

#[cfg(test)]
mod tests;
