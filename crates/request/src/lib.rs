//! The closed list of frames that may ever be sent to a monitor.
//!
//! Each [`Request`] is one complete frame, checksum included; a variant may hold a bounded counter, never bytes or text.
//! None of them changes anything on a monitor: they read, or they keep a link of reading alive. `docs/requests.md` holds
//! the same list for people, byte by byte, and tests hold the two together (H14, P17). What stands next to these frames in
//! the makers' documents, and starts a cuff, sets a clock or silences an alarm, stands in `fixtures/requests/forbidden.hex`.
#![no_std]
#![warn(missing_docs)]

mod cms50;
mod dinamap;
mod dri;
mod frame;
mod pds;

pub use frame::{FRAME_MAX, Frame};

/// A complete frame that may be sent to a monitor. A variant may hold a bounded counter, never bytes or text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// Contec CMS50, nine-byte packets: send live values.
    Cms50StartLive,
    /// Contec CMS50, nine-byte packets: go on sending.
    Cms50KeepAlive,
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
    /// S/5 DRI: send the displayed values of all four classes every 5 s.
    DriDisplayedEvery5S,
    /// S/5 DRI: send the auxiliary values once; the cuff's measurement time stands there.
    DriAuxiliaryOnce,
    /// S/5 DRI: send the displayed values no more.
    DriDisplayedStop,
    /// Mindray PDS: somebody listens, go on sending.
    PdsHeartbeat,
}

impl Request {
    /// One of every kind; those with a counter have it at its lowest.
    pub const ALL: &'static [Self] = &[
        Self::Cms50StartLive,
        Self::Cms50KeepAlive,
        Self::DinamapReadNibp,
        Self::DinamapReadOximeter,
        Self::DinamapReadRate,
        Self::DinamapReadCuffRate,
        Self::DinamapReadTemperature,
        Self::DriDisplayedEvery5S,
        Self::DriAuxiliaryOnce,
        Self::DriDisplayedStop,
        Self::PdsHeartbeat,
    ];

    /// Its name in `docs/requests.md` and in the fixtures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cms50StartLive => "Cms50StartLive",
            Self::Cms50KeepAlive => "Cms50KeepAlive",
            Self::DinamapReadNibp => "DinamapReadNibp",
            Self::DinamapReadOximeter => "DinamapReadOximeter",
            Self::DinamapReadRate => "DinamapReadRate",
            Self::DinamapReadCuffRate => "DinamapReadCuffRate",
            Self::DinamapReadTemperature => "DinamapReadTemperature",
            Self::DriDisplayedEvery5S => "DriDisplayedEvery5S",
            Self::DriAuxiliaryOnce => "DriAuxiliaryOnce",
            Self::DriDisplayedStop => "DriDisplayedStop",
            Self::PdsHeartbeat => "PdsHeartbeat",
        }
    }

    /// The bytes of the frame, checksum included.
    #[must_use]
    pub const fn frame(self) -> Frame {
        match self {
            Self::Cms50StartLive => cms50::START_LIVE,
            Self::Cms50KeepAlive => cms50::KEEP_ALIVE,
            Self::DinamapReadNibp => dinamap::READ_NIBP,
            Self::DinamapReadOximeter => dinamap::READ_OXIMETER,
            Self::DinamapReadRate => dinamap::READ_RATE,
            Self::DinamapReadCuffRate => dinamap::READ_CUFF_RATE,
            Self::DinamapReadTemperature => dinamap::READ_TEMPERATURE,
            Self::DriDisplayedEvery5S => dri::DISPLAYED_EVERY_5_S,
            Self::DriAuxiliaryOnce => dri::AUXILIARY_ONCE,
            Self::DriDisplayedStop => dri::DISPLAYED_STOP,
            Self::PdsHeartbeat => pds::HEARTBEAT,
        }
    }
}
