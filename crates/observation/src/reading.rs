//! One reading: a value, a doubtful value, or an absence with its reason.

use crate::vital::words;
use crate::{Context, Decimal, Flags, Measured, Origin, Unit, Vital};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::ops::Range;

/// The number or numbers of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Amount {
    /// One number: every vital but the two pressures.
    One(Decimal),
    /// A blood pressure; each part may be missing, never all.
    Pressure {
        /// Systolic.
        systolic: Option<Decimal>,
        /// Diastolic.
        diastolic: Option<Decimal>,
        /// Mean.
        mean: Option<Decimal>,
    },
}

/// What the monitor said of one vital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// A value the monitor stands by.
    Valid(Amount),
    /// A value the monitor or the protocol casts doubt on.
    Questionable(Amount, Doubt),
    /// No value, and why.
    Absent(Absence),
}

impl Reading {
    /// The number or numbers, doubtful or not.
    #[must_use]
    pub const fn amount(&self) -> Option<Amount> {
        match self {
            Self::Valid(amount) | Self::Questionable(amount, _) => Some(*amount),
            Self::Absent(_) => None,
        }
    }

    /// `valid`, `questionable` or `absent`.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match self {
            Self::Valid(_) => "valid",
            Self::Questionable(..) => "questionable",
            Self::Absent(_) => "absent",
        }
    }

    /// The reason of a questionable or absent reading.
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Valid(_) => None,
            Self::Questionable(_, doubt) => Some(doubt.word()),
            Self::Absent(absence) => Some(absence.word()),
        }
    }
}

words! {
    /// Why there is no value.
    Absence {
        /// The sensor is not on the patient.
        SensorOff = "sensor off",
        /// No sensor is plugged in.
        SensorDisconnected = "sensor disconnected",
        /// The sensor is defective.
        SensorFault = "sensor fault",
        /// The monitor does not recognise the sensor.
        SensorUnknown = "unrecognised sensor",
        /// The monitor searches for a pulse.
        PulseSearch = "pulse search",
        /// The pulse was lost.
        PulseLost = "loss of pulse",
        /// Motion or interference left no value.
        Motion = "motion",
        /// Interference left no value.
        Interference = "interference",
        /// Ambient light left no value.
        AmbientLight = "ambient light",
        /// The cuff is measuring now.
        CuffMeasuring = "measuring",
        /// The cuff measurement failed.
        CuffFailed = "cuff error",
        /// The cuff measurement ran into a time-out.
        CuffTimeout = "cuff time-out",
        /// Overpressure or excess air in the cuff.
        CuffOverpressure = "cuff overpressure",
        /// No recent measurement to report.
        NoneRecent = "none recent",
        /// The probe lost contact.
        LostContact = "lost contact",
        /// Measurement aborted.
        Aborted = "aborted",
        /// The channel is in standby or switched off.
        Standby = "standby",
        /// Calibrating.
        Calibrating = "calibrating",
        /// Not calibrated.
        NotCalibrated = "not calibrated",
        /// Above what the monitor can measure.
        OverRange = "over range",
        /// Below what the monitor can measure.
        UnderRange = "under range",
        /// The monitor has not updated the value.
        NotUpdated = "not updated",
        /// The measurement is not available.
        Unavailable = "unavailable",
        /// The monitor declares the value invalid and gives no reason.
        Invalid = "invalid",
        /// The monitor sent no value and no reason: dashes, an empty field.
        NoValue = "no value",
        /// Present before, not in this full snapshot.
        NotInSnapshot = "not sent",
        /// The monitor's bedside link is lost.
        BedsideLinkLost = "no data from the bedside",
        /// The monitor is not in monitoring mode.
        NotMonitoring = "not monitoring",
    }
}

words! {
    /// Why a value is questionable.
    Doubt {
        /// Motion or interference.
        Motion = "motion",
        /// Interference.
        Interference = "interference",
        /// Weak signal.
        LowPerfusion = "low perfusion",
        /// Low signal quality index.
        LowSignal = "low signal quality",
        /// No reliable pulse for some beats.
        OutOfTrack = "out of track",
        /// Artefact marked by the monitor.
        Artifact = "artifact",
        /// The monitor calls the value questionable.
        Questionable = "questionable",
        /// A status code we do not know stands beside the value.
        UnknownStatus = "unknown status",
        /// The format is not proven by a document or second source.
        Unproven = "unproven format",
        /// Outside what the quantity can physically be.
        Implausible = "implausible",
        /// The value was heard for the first time and may be older than its time says.
        UnknownTime = "time not known",
    }
}

/// One thing a monitor said of one vital, with everything said beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Which vital.
    pub vital: Vital,
    /// What was said.
    pub reading: Reading,
    /// Unit as sent, or as the protocol fixes it.
    pub unit: Unit,
    /// The signal it comes from, where known.
    pub origin: Option<Origin>,
    /// Body site or channel that tells two readings of one vital apart: `T1`, `axillary`. `None` for the usual one.
    pub site: Option<Box<str>>,
    /// When it was measured, where the monitor says so.
    pub measured: Option<Measured>,
    /// The monitor's alarm and quality words.
    pub flags: Flags,
    /// Demonstration or test data of the monitor: never a patient's (H21).
    pub synthetic: bool,
    /// Bed, patient and device of the group the reading stood in.
    pub context: Option<Arc<Context>>,
    /// The frame in the source's stream, end exclusive: any number leads back to its bytes.
    pub bytes: Range<u64>,
}

impl Observation {
    /// A plain reading; the other fields are empty and set with struct update.
    #[must_use]
    pub const fn new(vital: Vital, reading: Reading, unit: Unit, bytes: Range<u64>) -> Self {
        Self {
            vital,
            reading,
            unit,
            origin: None,
            site: None,
            measured: None,
            flags: Flags::NONE,
            synthetic: false,
            context: None,
            bytes,
        }
    }
}
