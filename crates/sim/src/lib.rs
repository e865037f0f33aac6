//! Monitors that talk: a patient model, encoders of device frames, faults, and the loops that send.
//!
//! The only place with encoders of device frames. The program `chairside` does not depend on this crate, so nothing in it
//! can write to a monitor or make up a reading. Tests and the demonstration use the library; `chairside-sim` is the
//! program around it.
#![warn(missing_docs)]

pub mod bedside;
pub mod cms50;
pub mod control;
pub mod dinamap;
pub mod dri;
pub mod faults;
pub mod hl7;
pub mod intellivue;
pub mod ivy450c;
pub mod limits;
pub mod masimo;
pub mod nellcor;
pub mod nonin;
pub mod patient;
pub mod pty;
pub mod rng;
pub mod serial;
pub mod vitalrecorder;
pub mod words;
