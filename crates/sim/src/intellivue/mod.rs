//! A Philips IntelliVue monitor with data export, on a serial line or the LAN: it is asked, answers, and watches what it is
//! asked. Its bytes follow the same fact sheet as the decoder's, and were written apart from it.

mod monitor;
mod numerics;
mod run;
mod units;

#[cfg(test)]
mod tests;

pub use monitor::{Moment, Monitor, Options, Relative, Summary};
pub use numerics::{Measure, State, StateError, Stated};
pub use run::{LanError, run_lan, run_line};
pub use units::{Packing, Unpacker};
