//! Which monitor is this? Pure: bytes heard at each setting of a serial line in, a verdict out.
//!
//! Nothing here can send: the question is answered by listening alone, because a byte that one monitor ignores opens a
//! menu on another (H14). [`Search`] says which setting to listen at next and when enough was heard, [`Hearing`] how well
//! each protocol explains what came, and [`Verdict`] what that means. Time is a parameter.

mod hearing;
mod search;
mod shape;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod uart;

pub use hearing::{Account, Hearing};
pub use search::{SETTINGS, Search, Step};
pub use shape::{Shape, Slower};

use crate::catalog::{Line, Parity, Protocol};
use chairside_observation::Skip;

/// What all that was heard means.
#[derive(Debug)]
pub enum Verdict<'a> {
    /// A protocol explains the bytes.
    Identified(&'a Hearing, &'a Account),
    /// A known monitor that is set to a mode nobody here can read.
    OtherMode(&'a Hearing, Protocol),
    /// Clean text, so the setting is right, and no known format.
    Text(&'a Hearing),
    /// Bytes that make no sense at any setting listened to.
    Garbled(&'a [Hearing]),
    /// Not one byte.
    Silent,
}

/// The verdict over everything heard so far, one [`Hearing`] for each setting.
#[must_use]
pub fn verdict(hearings: &[Hearing]) -> Verdict<'_> {
    let proven = hearings.iter().filter_map(|h| h.proven().map(|a| (h, a)));
    if let Some((hearing, account)) = proven.max_by_key(|(_, account)| account.frame_bytes) {
        return Verdict::Identified(hearing, account);
    }
    let other = hearings.iter().filter_map(|h| h.other_mode().map(|a| (h, a)));
    if let Some((hearing, account)) = other.max_by_key(|(_, account)| account.skipped(Skip::WrongMode)) {
        return Verdict::OtherMode(hearing, account.protocol);
    }
    if let Some(hearing) = hearings.iter().filter(|h| h.shape().is_text()).max_by_key(|h| h.bytes()) {
        return Verdict::Text(hearing);
    }
    if hearings.iter().any(|h| h.bytes() > 0) { Verdict::Garbled(hearings) } else { Verdict::Silent }
}

/// The monitors behind a protocol's name, as their makers call them.
#[must_use]
pub const fn monitors(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Cms50 => "Contec CMS50 oximeter (training and demonstration only)",
        Protocol::Dinamap => "GE / Critikon DINAMAP PRO, ProCare or CARESCAPE V100",
        Protocol::Dri => "GE / Datex-Ohmeda S/5, B-series or CARESCAPE monitor (DRI)",
        Protocol::Generic => "device that prints lines, described in the configuration",
        Protocol::Hl7 => "HL7 v2 sender",
        Protocol::Intellivue => "Philips IntelliVue monitor (Data Export)",
        Protocol::Ivy450c => "Ivy 450C monitor (experimental)",
        Protocol::Masimo => "Masimo Rad-8, Rad-87, Radical or Root, ASCII 1",
        Protocol::Nellcor => "Nellcor N-560 family oximeter, real-time ASCII rows",
        Protocol::Nonin => "Nonin oximeter",
        Protocol::VitalRecorder => "VitalRecorder, which relays other devices",
    }
}

/// What to change at a monitor that was recognised in another mode; `None` where no other mode can be recognised.
#[must_use]
pub const fn other_mode_advice(protocol: Protocol) -> Option<(&'static str, &'static str)> {
    match protocol {
        Protocol::Masimo => Some((
            "lines of a Masimo in another output mode (trend download or ASCII 2)",
            "set the serial output to ASCII 1 at the monitor's front panel (a Rad-8 leaves the factory in ASCII 2)",
        )),
        Protocol::Dinamap => Some((
            "the native binary stream of a DINAMAP PRO",
            "set the monitor's host port to the ASCII (\"Compact\") protocol; it then speaks only when asked",
        )),
        Protocol::Nellcor => Some((
            "the interactive menu of a Nellcor: another terminal has opened it, and no rows come until it is left",
            "leave the menu at the terminal that opened it; Chairside never answers it",
        )),
        _ => None,
    }
}

/// Whether the monitors of this protocol stay silent until they are asked, by format: old CMS50 units talk unasked.
#[must_use]
pub const fn silent_until_asked(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Dinamap => Some("DINAMAP"),
        Protocol::Dri => Some("GE S/5 (DRI)"),
        Protocol::Intellivue => Some("Philips IntelliVue"),
        Protocol::Cms50 => Some("Contec CMS50 with 9-byte packets"),
        Protocol::Generic
        | Protocol::Hl7
        | Protocol::Ivy450c
        | Protocol::Masimo
        | Protocol::Nellcor
        | Protocol::Nonin
        | Protocol::VitalRecorder => None,
    }
}

/// A line as people write it: `9600 baud 8N1`.
impl core::fmt::Display for Line {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let letter = match self.parity {
            Parity::None => 'N',
            Parity::Even => 'E',
            Parity::Odd => 'O',
        };
        write!(f, "{} baud 8{letter}1", self.baud)
    }
}
