//! Observed values: physio id, state, unit, FLOAT; and what they are in our words.

use super::reader::Reader;
use chairside_observation::{Absence, Amount, Decimal, Doubt, Flag, Flags, Origin, Reading, Unit, Vital};

/// State bits of an observed value.
mod state {
    pub(super) const INVALID: u16 = 0x8000;
    pub(super) const QUESTIONABLE: u16 = 0x4000;
    pub(super) const UNAVAILABLE: u16 = 0x2000;
    pub(super) const CALIBRATING: u16 = 0x1000;
    pub(super) const TEST: u16 = 0x0800;
    pub(super) const DEMO: u16 = 0x0400;
    pub(super) const ONGOING: u16 = 0x0020;
    /// Bits that are words beside the value.
    pub(super) const FLAGS: &[(u16, super::Flag)] = &[
        (TEST, super::Flag::Test),
        (DEMO, super::Flag::Demo),
        (0x0080, super::Flag::Validated),
        (0x0040, super::Flag::Early),
        (ONGOING, super::Flag::Measuring),
        (0x0002, super::Flag::AlarmActive),
        (0x0001, super::Flag::AlarmInhibited),
    ];
    /// Bits with an effect of their own.
    pub(super) const EFFECTS: u16 = INVALID | QUESTIONABLE | UNAVAILABLE | CALIBRATING;
}

/// Most decimal places of a reading; a FLOAT with more is no vital sign.
const PLACES_MAX: u8 = 9;
/// Largest number of a reading, 15 digits.
const UNITS_MAX: i64 = 999_999_999_999_999;

/// One observed value as sent (`NuObsValue`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Observed {
    pub(super) physio_id: u16,
    pub(super) state: u16,
    unit_code: u16,
    float: u32,
}

/// What a physio id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    /// A plain vital sign.
    One(Vital, Option<Origin>),
    /// Part of a cuff reading: 0 systolic, 1 diastolic, 2 mean.
    Cuff(usize),
}

/// A unit code that does not belong to the quantity or is not known: the number means nothing to us.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnknownUnit;

impl Observed {
    /// The next observed value.
    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self { physio_id: from.u16()?, state: from.u16()?, unit_code: from.u16()?, float: from.u32()? })
    }

    /// What it is; `None` for what is not published. By physio id, never by label: labels are localised.
    pub(super) fn quantity(self) -> Option<Quantity> {
        Some(match self.physio_id {
            0x4182 => Quantity::One(Vital::HeartRate, Some(Origin::Ecg)),
            0x4822 => Quantity::One(Vital::PulseRate, Some(Origin::Pleth)),
            // A general pulse rate: the monitor does not say from which signal.
            0x480A => Quantity::One(Vital::PulseRate, None),
            // Not F09C, a second or telemetry sensor.
            0x4BB8 => Quantity::One(Vital::Spo2, Some(Origin::Pleth)),
            0x4BB0 => Quantity::One(Vital::PerfusionIndex, Some(Origin::Pleth)),
            0x4A05..=0x4A07 => Quantity::Cuff(usize::from(self.physio_id - 0x4A05)),
            0x500A => Quantity::One(Vital::RespRate, Some(Origin::Impedance)),
            0x5012 => Quantity::One(Vital::RespRate, Some(Origin::Airway)),
            0x50B0 => Quantity::One(Vital::EtCo2, Some(Origin::Co2)),
            0x4B48 | 0x4B4C | 0x4B50..=0x4B7C | 0xE004 | 0xE008 | 0xE014 | 0xE050 => {
                Quantity::One(Vital::Temperature, None)
            }
            _ => return None,
        })
    }

    /// The unit sent, if it is one of `vital`.
    ///
    /// # Errors
    /// Any other unit code, beside a number; without a number the quantity's usual unit stands.
    pub(super) fn unit(self, vital: Vital) -> Result<Unit, UnknownUnit> {
        let unit = match self.unit_code {
            0x0AA0 | 0x0AE0 => Unit::PerMin,
            0x0220 => Unit::Percent,
            0x0200 => Unit::One,
            0x0F20 => Unit::MmHg,
            0x0F03 => Unit::KPa,
            0x17A0 => Unit::Cel,
            0x1140 => Unit::DegF,
            _ => return usual_unit(self, vital),
        };
        let fits = match vital {
            Vital::HeartRate | Vital::PulseRate | Vital::RespRate => unit == Unit::PerMin,
            Vital::Spo2 => unit == Unit::Percent,
            Vital::PerfusionIndex => matches!(unit, Unit::One | Unit::Percent),
            Vital::Nibp | Vital::Art | Vital::EtCo2 => matches!(unit, Unit::MmHg | Unit::KPa),
            Vital::Temperature => matches!(unit, Unit::Cel | Unit::DegF),
        };
        if fits { Ok(unit) } else { usual_unit(self, vital) }
    }

    /// The number, or why there is none: the state first, then the special values of FLOAT.
    pub(super) fn value(self) -> Result<Decimal, Absence> {
        if self.state & state::CALIBRATING != 0 {
            Err(Absence::Calibrating)
        } else if self.state & state::UNAVAILABLE != 0 {
            Err(Absence::Unavailable)
        } else if self.state & state::INVALID != 0 {
            Err(Absence::Invalid)
        } else {
            decimal(self.float)
        }
    }

    /// The reading of a plain vital sign.
    pub(super) fn reading(self) -> Reading {
        match self.value() {
            Err(reason) => Reading::Absent(reason),
            Ok(value) if self.is_questionable() => Reading::Questionable(Amount::One(value), Doubt::Questionable),
            Ok(value) => Reading::Valid(Amount::One(value)),
        }
    }

    pub(super) fn is_questionable(self) -> bool {
        self.state & state::QUESTIONABLE != 0
    }

    /// A measurement is going on: a cuff's numbers are those of the measurement before, or not settled.
    pub(super) fn is_ongoing(self) -> bool {
        self.state & state::ONGOING != 0
    }

    /// Demonstration or test data: never a patient's (H21).
    pub(super) fn is_synthetic(self) -> bool {
        self.state & (state::TEST | state::DEMO) != 0
    }
}

/// The words of a state beside its value; bits we do not know are kept as sent.
pub(super) fn flags(bits: u16) -> Flags {
    let mut flags = Flags::NONE;
    let mut unknown = bits & !state::EFFECTS;
    for &(bit, flag) in state::FLAGS {
        if bits & bit != 0 {
            flags.insert(flag);
            unknown &= !bit;
        }
    }
    if unknown != 0 {
        flags.insert_other(&alloc::format!("state-{unknown:04x}"));
    }
    flags
}

fn usual_unit(observed: Observed, vital: Vital) -> Result<Unit, UnknownUnit> {
    match (observed.value(), vital) {
        (Ok(_), _) => Err(UnknownUnit),
        (Err(_), Vital::HeartRate | Vital::PulseRate | Vital::RespRate) => Ok(Unit::PerMin),
        (Err(_), Vital::Spo2) => Ok(Unit::Percent),
        (Err(_), Vital::PerfusionIndex) => Ok(Unit::One),
        (Err(_), Vital::Nibp | Vital::Art | Vital::EtCo2) => Ok(Unit::MmHg),
        (Err(_), Vital::Temperature) => Ok(Unit::Cel),
    }
}

/// A FLOAT: signed 8-bit exponent of ten, signed 24-bit mantissa. The places sent are kept: FD007D00 is 32.000.
fn decimal(float: u32) -> Result<Decimal, Absence> {
    let [exponent, high, middle, low] = float.to_be_bytes();
    let exponent = i32::from(exponent.cast_signed());
    let mantissa = match u32::from_be_bytes([0, high, middle, low]) {
        // Not a number; not at this resolution; reserved.
        0x7F_FFFF..=0x80_0001 => return Err(Absence::NoValue),
        0x7F_FFFE => return Err(Absence::OverRange),
        0x80_0002 => return Err(Absence::UnderRange),
        // The sign bit of 24 becomes the sign bit of 32.
        mantissa => i64::from((mantissa << 8).cast_signed() >> 8),
    };
    // A number that no vital sign can be is not made to fit.
    let beyond = Absence::Invalid;
    if exponent <= 0 {
        let (mut units, mut places) = (mantissa, exponent.unsigned_abs());
        while places > u32::from(PLACES_MAX) && units % 10 == 0 {
            // Zero has any number of places.
            (units, places) = if units == 0 { (0, u32::from(PLACES_MAX)) } else { (units / 10, places - 1) };
        }
        let places = u8::try_from(places).ok().filter(|places| *places <= PLACES_MAX).ok_or(beyond)?;
        return Ok(Decimal::new(units, places));
    }
    let scale = 10_i64.checked_pow(exponent.unsigned_abs()).ok_or(beyond)?;
    let units = mantissa.checked_mul(scale).filter(|units| units.abs() <= UNITS_MAX).ok_or(beyond)?;
    Ok(Decimal::whole(units))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(float: u32, expected: &str) {
        let said = match decimal(float) {
            Ok(number) => alloc::format!("{number}"),
            Err(absence) => absence.word().into(),
        };
        assert_eq!(said, expected, "of {float:08x}");
    }

    #[test]
    fn a_float_keeps_its_digits_exactly() {
        check(0x0000_003C, "60");
        check(0xFF00_0173, "37.1");
        check(0xFD00_7D00, "32.000");
        check(0x0100_0140, "3200");
        check(0xFFFF_FFF7, "-0.9");
        check(0xFE80_0003, "-83886.05");
        check(0xFE7F_FFFD, "83886.05");
        check(0xF700_0001, "0.000000001");
        check(0xF600_000A, "0.000000001");
        check(0x8000_0000, "0.000000000");
    }

    #[test]
    fn h06_special_floats_are_absent() {
        check(0x007F_FFFF, "no value");
        check(0xFF7F_FFFF, "no value");
        check(0x0080_0000, "no value");
        check(0x0080_0001, "no value");
        check(0x007F_FFFE, "over range");
        check(0x0080_0002, "under range");
    }

    #[test]
    fn a_float_no_vital_sign_can_be_is_absent() {
        check(0xF600_0001, "invalid");
        check(0x7F00_0001, "invalid");
        check(0x0F00_0001, "invalid");
        check(0x1300_0001, "invalid");
    }
}
