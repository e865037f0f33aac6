//! The two bit fields of a Masimo line: alarms and exceptions.
//!
//! Low twelve exception bits: Rad-8 operator's manual. Alarm bits 0 to 5: MD PnP driver and, independently, a Rad-8 by
//! experiment; the higher alarm bits and the exception bits from 0x1000 on: MD PnP driver alone (Radical-7).

use super::line::{Bits, Line};
use alloc::format;
use chairside_observation::{Absence, Doubt, Flag, Flags};

const NO_SENSOR: u32 = 0x001;
const DEFECTIVE_SENSOR: u32 = 0x002;
const LOW_PERFUSION: u32 = 0x004;
const PULSE_SEARCH: u32 = 0x008;
const INTERFERENCE: u32 = 0x010;
const SENSOR_OFF: u32 = 0x020;
const AMBIENT_LIGHT: u32 = 0x040;
const UNRECOGNISED_SENSOR: u32 = 0x080;
const INCOMPATIBLE_SENSOR: u32 = 0x100;
const LOW_SIGNAL_IQ: u32 = 0x400;
/// "Masimo SET": the algorithm runs. Not an exception.
const SET: u32 = 0x800;
const NO_CABLE: u32 = 0x00_1000;
const CABLE_EXPIRED: u32 = 0x00_2000;
const INCOMPATIBLE_CABLE: u32 = 0x00_4000;
const UNRECOGNISED_CABLE: u32 = 0x00_8000;
const DEFECTIVE_CABLE: u32 = 0x01_0000;
const CALIBRATING: u32 = 0x02_0000;
const SENSOR_EXPIRED: u32 = 0x04_0000;
const SPCO_LOW_CONFIDENCE: u32 = 0x20_0000;
const SPMET_LOW_CONFIDENCE: u32 = 0x40_0000;

/// Bits whose meaning for SpO2 and pulse rate is settled: none of them makes the status unknown.
const SETTLED: u32 = NO_SENSOR
    | DEFECTIVE_SENSOR
    | LOW_PERFUSION
    | PULSE_SEARCH
    | INTERFERENCE
    | SENSOR_OFF
    | AMBIENT_LIGHT
    | UNRECOGNISED_SENSOR
    | LOW_SIGNAL_IQ
    | SET
    // These say nothing of SpO2 and pulse rate: use-by dates, and other quantities.
    | CABLE_EXPIRED
    | SENSOR_EXPIRED
    | SPCO_LOW_CONFIDENCE
    | SPMET_LOW_CONFIDENCE;

/// Exceptions that make a number void although one is sent (the first that is set is the reason).
const VOID: [(u32, Absence); 6] = [
    (NO_SENSOR, Absence::SensorDisconnected),
    (DEFECTIVE_SENSOR, Absence::SensorFault),
    (UNRECOGNISED_SENSOR, Absence::SensorUnknown),
    (SENSOR_OFF, Absence::SensorOff),
    (AMBIENT_LIGHT, Absence::AmbientLight),
    (PULSE_SEARCH, Absence::PulseSearch),
];

/// Exceptions that explain dashes; too weakly proven, or too mild, to void a number.
const EXPLAINS: [(u32, Absence); 7] = [
    (NO_CABLE, Absence::SensorDisconnected),
    (DEFECTIVE_CABLE, Absence::SensorFault),
    (INCOMPATIBLE_SENSOR, Absence::SensorUnknown),
    (INCOMPATIBLE_CABLE, Absence::SensorUnknown),
    (UNRECOGNISED_CABLE, Absence::SensorUnknown),
    (CALIBRATING, Absence::Calibrating),
    (INTERFERENCE, Absence::Interference),
];

const DOUBTS: [(u32, Doubt); 3] =
    [(INTERFERENCE, Doubt::Interference), (LOW_PERFUSION, Doubt::LowPerfusion), (LOW_SIGNAL_IQ, Doubt::LowSignal)];

fn first<T: Copy>(word: u32, table: &[(u32, T)]) -> Option<T> {
    table.iter().find(|(bit, _)| word & bit != 0).map(|(_, meaning)| *meaning)
}

/// What the exceptions of a line say of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Numbers are void, for this reason.
    pub(super) void: Option<Absence>,
    /// Why dashes are dashes.
    pub(super) dashes: Absence,
    /// Numbers are doubtful, for this reason.
    pub(super) doubt: Option<Doubt>,
}

impl Verdict {
    /// The verdict of a line. Without `EXC`, or with an `EXC` that is not as long as its `ALARM` says it must be (the line
    /// may have lost its end), numbers are doubtful: a number is only as good as its status.
    pub(super) fn of(line: &Line<'_>) -> Self {
        let Some(exceptions) = line.exceptions else {
            return Self { void: None, dashes: Absence::NoValue, doubt: Some(Doubt::UnknownStatus) };
        };
        let word = exceptions.word;
        let void = first(word, &VOID);
        let unknown = word & !SETTLED != 0 || !whole(exceptions, line.alarm);
        Self {
            void,
            dashes: void.or_else(|| first(word, &EXPLAINS)).unwrap_or(Absence::NoValue),
            doubt: first(word, &DOUBTS).or(unknown.then_some(Doubt::UnknownStatus)),
        }
    }
}

/// Whether `EXC` has a documented width, and the one that goes with the width of `ALARM`.
fn whole(exceptions: Bits<'_>, alarm: Option<Bits<'_>>) -> bool {
    let width = exceptions.text.len();
    match alarm.map(|a| a.text.len()) {
        Some(2) => width == 3,
        Some(4) => width == 6,
        Some(6) => width == 7,
        _ => matches!(width, 3 | 6 | 7),
    }
}

/// The words a monitor said, by the value they stand beside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// Beside SpO2.
    pub(super) spo2: Flags,
    /// Beside the pulse rate.
    pub(super) pulse: Flags,
    /// Beside the perfusion index.
    pub(super) perfusion: Flags,
}

impl Words {
    /// All words of a line.
    pub(super) fn of(line: &Line<'_>) -> Self {
        let mut words = Self::default();
        words.alarms(line);
        words.exceptions(line);
        words
    }

    fn all(&mut self, flag: Flag) {
        self.spo2.insert(flag);
        self.pulse.insert(flag);
        self.perfusion.insert(flag);
    }

    fn all_other(&mut self, word: &str) {
        self.spo2.insert_other(word);
        self.pulse.insert_other(word);
        self.perfusion.insert_other(word);
    }

    fn alarms(&mut self, line: &Line<'_>) {
        let Some(alarm) = line.alarm.filter(|a| a.word != 0) else { return };
        // SpCO, SpMet and the desaturation index come from the same sensor and are not values of ours: their words stand
        // beside SpO2, so that none is lost (H07).
        for (bit, flag) in [
            (0x0001, Flag::Spo2High),
            (0x0002, Flag::Spo2Low),
            (0x0100, Flag::SpcoLimit),
            (0x0200, Flag::SpcoLimit),
            (0x0400, Flag::SpmetLimit),
            (0x0800, Flag::SpmetLimit),
            (0x1000, Flag::Desaturation),
            (0x2000, Flag::PerfusionChange),
        ] {
            if alarm.word & bit != 0 {
                self.spo2.insert(flag);
            }
        }
        for (bit, flag) in [(0x0004, Flag::PulseHigh), (0x0008, Flag::PulseLow)] {
            if alarm.word & bit != 0 {
                self.pulse.insert(flag);
            }
        }
        if alarm.word & 0x2000 != 0 {
            self.perfusion.insert(Flag::PerfusionChange);
        }
        for (bit, flag) in [(0x0010, Flag::AlarmActive), (0x0020, Flag::AlarmSilenced), (0x0040, Flag::LowBattery)] {
            if alarm.word & bit != 0 {
                self.all(flag);
            }
        }
        if alarm.word & !0x3F7F != 0 {
            self.all_other(&format!("ALARM={}", alarm.text));
        }
    }

    fn exceptions(&mut self, line: &Line<'_>) {
        let Some(exceptions) = line.exceptions.filter(|e| e.word & !SET != 0) else { return };
        for (bit, flag) in [
            (LOW_PERFUSION, Flag::LowPerfusion),
            (INTERFERENCE, Flag::Interference),
            (AMBIENT_LIGHT, Flag::AmbientLight),
            (LOW_SIGNAL_IQ, Flag::LowSignal),
            (CALIBRATING, Flag::Calibrating),
            (CABLE_EXPIRED, Flag::SensorMessage),
            (SENSOR_EXPIRED, Flag::SensorMessage),
        ] {
            if exceptions.word & bit != 0 {
                self.all(flag);
            }
        }
        // All from 0x1000 on rest on one source, and the reserved ones on none: the digits go along as sent.
        if exceptions.word & !0xCFF != 0 {
            self.all_other(&format!("EXC={}", exceptions.text));
        }
    }
}
