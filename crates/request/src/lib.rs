//! The closed list of frames that may ever be sent to a monitor.
//!
//! Each [`Request`] is one complete frame, checksum included; a variant may hold a bounded counter, never bytes or text.
//! None of them changes anything on a monitor: they read, or they keep a link of reading alive. `docs/requests.md` holds
//! the same list for people, byte by byte, and tests hold the two together (H14, P17). What stands next to these frames in
//! the makers' documents, and starts a cuff, sets a clock or silences an alarm, stands in `fixtures/requests/forbidden.hex`.
#![no_std]
#![warn(missing_docs)]

mod dinamap;
mod frame;

pub use frame::{FRAME_MAX, Frame};

/// A complete frame that may be sent to a monitor. A variant may hold a bounded counter, never bytes or text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// DINAMAP: state of the cuff and its last determination.
    DinamapReadNibp,
    /// DINAMAP: the pulse oximeter.
    DinamapReadOximeter,
    /// DINAMAP: heart or pulse rate, whichever the monitor has.
    DinamapReadRate,
    /// DINAMAP: pulse rate of the cuff's last determination.
    DinamapReadCuffRate,
    /// DINAMAP: temperature.
    DinamapReadTemperature,
}

impl Request {
    /// One of every kind; those with a counter have it at its lowest.
    pub const ALL: &'static [Self] = &[
        Self::DinamapReadNibp,
        Self::DinamapReadOximeter,
        Self::DinamapReadRate,
        Self::DinamapReadCuffRate,
        Self::DinamapReadTemperature,
    ];

    /// Its name in `docs/requests.md` and in the fixtures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DinamapReadNibp => "DinamapReadNibp",
            Self::DinamapReadOximeter => "DinamapReadOximeter",
            Self::DinamapReadRate => "DinamapReadRate",
            Self::DinamapReadCuffRate => "DinamapReadCuffRate",
            Self::DinamapReadTemperature => "DinamapReadTemperature",
        }
    }

    /// The bytes of the frame, checksum included.
    #[must_use]
    pub const fn frame(self) -> Frame {
        match self {
            Self::DinamapReadNibp => dinamap::READ_NIBP,
            Self::DinamapReadOximeter => dinamap::READ_OXIMETER,
            Self::DinamapReadRate => dinamap::READ_RATE,
            Self::DinamapReadCuffRate => dinamap::READ_CUFF_RATE,
            Self::DinamapReadTemperature => dinamap::READ_TEMPERATURE,
        }
    }
}
