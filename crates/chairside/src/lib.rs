//! The program `chairside`: command line, checked configuration, and the wiring of all parts.
//!
//! **Invariant.** The simulator and its encoders of device frames cannot be named here.

pub mod audit;
pub mod backup;
pub mod bulk;
pub mod cli;
pub mod clock;
pub mod config;
pub mod decode;
pub mod doctor;
pub mod ehr;
pub mod erase;
mod explain;
pub mod export;
mod files;
mod forward;
pub mod harden;
mod house;
pub mod identify;
#[cfg(feature = "limits")]
pub mod limits;
mod notify;
pub mod patient;
pub mod port;
mod retention;
pub mod serve;
pub mod sources;
pub mod tls;
pub mod user;
pub mod verify;
pub mod words;
