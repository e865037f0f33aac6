//! Who, where, and the values of one moment.

use crate::patient::{Pressure, Vitals};
use jiff::Timestamp;

/// Who and where, as typed at the monitor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Bed.
    pub bed: String,
    /// Unit or point of care.
    pub unit: String,
    /// Patient identifier; empty: none was entered.
    pub patient: String,
    /// Patient name with its components, `DOE^JANE`; empty: none was entered.
    pub name: String,
}

/// Values of one moment; `None`: the monitor has no valid one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Beats per minute, ECG.
    pub heart_rate: Option<u16>,
    /// Beats per minute, oximeter.
    pub pulse_rate: Option<u16>,
    /// Per cent.
    pub spo2: Option<u16>,
    /// Hundredths of a per cent.
    pub perfusion_hundredths: Option<u16>,
    /// Breaths per minute.
    pub resp_rate: Option<u16>,
    /// mmHg.
    pub etco2_mmhg: Option<u16>,
    /// Tenths of a degree Celsius.
    pub temperature_tenths_cel: Option<u16>,
    /// The last cuff measurement, and the moment it was made.
    pub cuff: Option<(Pressure, Timestamp)>,
}

impl Snapshot {
    /// Everything a patient gives; without the oximeter's values when its sensor is off.
    #[must_use]
    pub fn of(vitals: &Vitals, sensor_on: bool, cuff: Option<(Pressure, Timestamp)>) -> Self {
        Self {
            heart_rate: Some(vitals.heart_rate),
            pulse_rate: sensor_on.then_some(vitals.pulse_rate),
            spo2: sensor_on.then_some(vitals.spo2),
            perfusion_hundredths: sensor_on.then_some(vitals.perfusion_hundredths),
            resp_rate: Some(vitals.resp_rate),
            etco2_mmhg: Some(vitals.etco2_mmhg),
            temperature_tenths_cel: Some(vitals.temperature_tenths_cel),
            cuff,
        }
    }
}
