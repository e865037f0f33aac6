//! What each vendor does its own way. The common rules stand in the modules above; a profile says how a row is identified,
//! where the bed stands, which numbers mean "no value", and what a time or a repetition means.

mod capsule;
mod experimental;
mod ge;
mod judge;
mod mindray;
mod nihon_kohden;
mod pcd01;
pub(super) mod pds;
pub(super) mod philips;

pub use judge::judge;
pub(super) use judge::judge_message;

use super::codes::{Parameter, Part};
use super::header::Header;
use super::message::Delimiters;
use super::row::Row;
use chairside_observation::{Decimal, Unit, Vital};
use chairside_request::Request;

/// A dialect of HL7 v2. The word stands in `profile = "..."` and after `--profile`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// IHE PCD-01 and PCD-04, the base of most others.
    Pcd01,
    /// Mindray eGateway, BeneVision, VS900, VS8.
    Mindray,
    /// GE B105, B125, B155, B40.
    Ge,
    /// Philips Information Center; MSH-11 `T` marks test data.
    PhilipsIc,
    /// Philips Information Center of a site that sends live data under MSH-11 `T`.
    PhilipsIcLive,
    /// Philips Efficia CM, SureSigns.
    Efficia,
    /// Mindray PDS: bedside monitors and older gateways that are themselves the server.
    Pds,
    /// Nihon Kohden gateways and bedside monitors.
    NihonKohden,
    /// Capsule DataCaptor and SmartLinx.
    Capsule,
    /// GE VC150, experimental.
    Vc150,
    /// Comen NC5, experimental.
    Comen,
    /// Northern and Aquaris, experimental.
    Northern,
    /// XH80X, experimental.
    Xh80x,
}

/// What an OBX row turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// A number of a vital.
    Known(Parameter),
    /// Something else: a wave, a setting, a parameter that is none of our vitals.
    Other,
    /// Number and name contradict each other and no rule decides: never shown, and the message is told as a fault.
    Contradiction,
}

/// Bed and unit of a group, as sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Location<'m> {
    pub(super) bed: &'m [u8],
    pub(super) unit: &'m [u8],
}

impl Profile {
    /// Every profile.
    pub const ALL: &'static [Self] = &[
        Self::Pcd01,
        Self::Mindray,
        Self::Ge,
        Self::PhilipsIc,
        Self::PhilipsIcLive,
        Self::Efficia,
        Self::Pds,
        Self::NihonKohden,
        Self::Capsule,
        Self::Vc150,
        Self::Comen,
        Self::Northern,
        Self::Xh80x,
    ];

    /// Every word a configuration may hold; `auto`, the default, judges each message by itself.
    pub const WORDS: &'static [&'static str] = &[
        "auto",
        "pcd01",
        "mindray",
        "ge",
        "philips-ic",
        "philips-ic-live",
        "efficia",
        "pds",
        "nihon-kohden",
        "capsule",
        "vc150",
        "comen",
        "northern",
        "xh80x",
    ];

    /// Its name in the configuration and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pcd01 => "pcd01",
            Self::Mindray => "mindray",
            Self::Ge => "ge",
            Self::PhilipsIc => "philips-ic",
            Self::PhilipsIcLive => "philips-ic-live",
            Self::Efficia => "efficia",
            Self::Pds => "pds",
            Self::NihonKohden => "nihon-kohden",
            Self::Capsule => "capsule",
            Self::Vc150 => "vc150",
            Self::Comen => "comen",
            Self::Northern => "northern",
            Self::Xh80x => "xh80x",
        }
    }

    /// The profile of this name; `auto` is none.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.word() == word)
    }

    /// Whether the sender wants acknowledgements at all. Mindray PDS knows none: its MSH-10 is a type, not an id.
    #[must_use]
    pub const fn is_acknowledged(self) -> bool {
        !matches!(self, Self::Pds)
    }

    /// What the monitor has to hear about once a second, or it ends the connection.
    #[must_use]
    pub const fn heartbeat(self) -> Option<Request> {
        match self {
            Self::Pds => Some(Request::PdsHeartbeat),
            _ => None,
        }
    }

    /// Whether MSH-10 is an id of the message, fit to recognise a repetition by.
    #[must_use]
    pub const fn control_id_is_unique(self) -> bool {
        !matches!(self, Self::Pds)
    }

    /// Whether each message is a full snapshot, so that what is missing in it has no valid value.
    pub(super) const fn is_snapshot(self) -> bool {
        matches!(self, Self::PhilipsIc | Self::PhilipsIcLive)
    }

    /// Whether the cuff's time stands only in its own rows: the group's time moves on while the reading is repeated.
    pub(super) const fn cuff_time_is_its_own(self) -> bool {
        matches!(self, Self::PhilipsIc | Self::PhilipsIcLive | Self::Mindray | Self::Pds)
    }

    /// Whether times without a zone are meant in the zone of MSH-7.
    pub(super) const fn zone_is_in_msh_7(self) -> bool {
        matches!(self, Self::Ge)
    }

    /// Whether the channel number of OBX-4 is the number printed at the temperature socket.
    pub(super) const fn channel_names_temperature(self) -> bool {
        matches!(self, Self::Ge | Self::Mindray)
    }

    /// Whether processing id `T` stands for live data.
    pub(super) const fn test_is_live(self) -> bool {
        matches!(self, Self::PhilipsIcLive)
    }

    pub(super) fn identify(self, row: &Row<'_>) -> Identity {
        match self {
            Self::Pcd01 => pcd01::identify(row),
            Self::Mindray => mindray::identify(row),
            Self::Ge => ge::identify(row),
            Self::PhilipsIc | Self::PhilipsIcLive => philips::identify(row),
            Self::Efficia => philips::identify_efficia(row),
            Self::Pds => pds::identify(row),
            Self::NihonKohden => nihon_kohden::identify(row),
            Self::Capsule => capsule::identify(row),
            Self::Vc150 => experimental::vc150(row),
            Self::Comen => experimental::comen(row),
            Self::Northern => experimental::northern(row),
            Self::Xh80x => experimental::xh80x(row),
        }
    }

    /// Bed and unit in PV1-3; every vendor has the bed elsewhere.
    pub(super) fn location<'m>(self, pv1_3: &'m [u8], d: &Delimiters) -> Location<'m> {
        let part = |n| d.component(pv1_3, n);
        match self {
            Self::Pcd01
            | Self::Mindray
            | Self::Ge
            | Self::Efficia
            | Self::NihonKohden
            | Self::Northern
            | Self::Xh80x => Location { bed: part(3), unit: part(1) },
            Self::PhilipsIc | Self::PhilipsIcLive => Location { bed: d.subcomponent(part(3), 1), unit: part(1) },
            Self::Comen => Location { bed: d.subcomponent(part(3), 2), unit: part(1) },
            Self::Pds => Location { bed: d.subcomponent(part(3), 2), unit: d.subcomponent(part(3), 1) },
            Self::Capsule | Self::Vc150 => Location { bed: part(1), unit: &[] },
        }
    }

    /// The device named by the header, for rows that name none.
    pub(super) fn header_device<'m>(self, header: &Header<'m>) -> &'m [u8] {
        let d = header.delimiters;
        let application = header.sending_application;
        match self {
            Self::Ge | Self::Xh80x | Self::Pcd01 => d.component(application, 2),
            // A gateway speaks for many devices; a VS monitor for itself.
            Self::Mindray if !d.component(application, 1).ends_with(b"EGATEWAY") => d.component(application, 2),
            Self::Comen | Self::Vc150 => header.sending_facility,
            _ => &[],
        }
    }

    /// The unit of a row whose OBX-6 says none of ours.
    pub(super) fn odd_unit(self, row: &Row<'_>, vital: Vital, value: Option<Decimal>) -> Option<Unit> {
        match self {
            Self::Efficia => philips::efficia_celsius(row, vital, value),
            _ => None,
        }
    }

    /// Whether this number means "no value".
    pub(super) fn is_sentinel(self, parameter: &Parameter, value: Decimal) -> bool {
        let whole = |n: i64| value.units() == n * scale(value);
        let always = if value.units() < 0 {
            whole(-100) || whole(-999) || value.compare(Decimal::new(-999, 1)).is_eq()
        } else {
            whole(32_767) || whole(8_388_607)
        };
        // -1 mmHg can stand at a line that has just been zeroed.
        always
            || (parameter.vital != Vital::Art && whole(-1))
            || (self == Self::NihonKohden && parameter.vital != Vital::PerfusionIndex && whole(0))
    }

    /// Whether the quantity can physically have this value.
    pub(super) fn is_plausible(self, parameter: &Parameter, unit: Unit, value: Decimal) -> bool {
        let (low, high) = limits(parameter.vital, unit);
        // PDS sends no units: a cuff pressure below 30 is one in kPa.
        let low = match (self, parameter.vital, parameter.part) {
            (Self::Pds, Vital::Nibp, Some(Part::Systolic)) => 30,
            _ => low,
        };
        (low * scale(value)..=high * scale(value)).contains(&value.units())
    }
}

/// What one whole is in the units of `value`: a decimal has at most nine places, so no product here leaves 64 bits.
const fn scale(value: Decimal) -> i64 {
    10_i64.pow(value.places() as u32)
}

/// Bounds no living patient and no working sensor passes, wide on purpose: they catch scaled or broken numbers (a
/// temperature of 384.5), not patients.
pub(crate) const fn limits(vital: Vital, unit: Unit) -> (i64, i64) {
    match (vital, unit) {
        (Vital::HeartRate | Vital::PulseRate, _) => (0, 500),
        (Vital::RespRate, _) => (0, 300),
        (Vital::Spo2 | Vital::PerfusionIndex, _) => (0, 100),
        (Vital::Temperature, Unit::DegF) => (32, 122),
        (Vital::Temperature, _) => (0, 50),
        (Vital::EtCo2, Unit::MmHg) => (0, 250),
        (Vital::EtCo2, _) => (0, 35),
        (Vital::Nibp, Unit::KPa) => (0, 54),
        (Vital::Nibp, _) => (0, 400),
        (Vital::Art, Unit::KPa) => (-14, 67),
        (Vital::Art, _) => (-100, 500),
    }
}
