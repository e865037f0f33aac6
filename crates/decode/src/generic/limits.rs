//! Units a vital can have, and the numbers it can be. A number outside is no reading of that vital, whatever the line says:
//! the line is damaged, or its description takes one field for another (H05).

use chairside_observation::{Decimal, Unit, Vital};
use core::ops::RangeInclusive;

/// Units of a vital; the only one where there is one.
pub(super) const fn units(vital: Vital) -> &'static [Unit] {
    match vital {
        Vital::HeartRate | Vital::PulseRate | Vital::RespRate => &[Unit::PerMin],
        Vital::Spo2 => &[Unit::Percent],
        Vital::PerfusionIndex => &[Unit::Percent, Unit::One],
        Vital::Nibp | Vital::Art => &[Unit::MmHg, Unit::KPa],
        Vital::Temperature => &[Unit::Cel, Unit::DegF],
        Vital::EtCo2 => &[Unit::MmHg, Unit::KPa, Unit::Percent],
    }
}

/// Whole numbers between which every reading lies: the widest range monitors state, rounded outwards. They are no limits
/// of what is normal.
pub(super) const fn range(vital: Vital, unit: Unit) -> RangeInclusive<i64> {
    match (vital, unit) {
        // Monitors count to 300, neonatal ones to 350.
        (Vital::HeartRate | Vital::PulseRate, _) => 0..=350,
        (Vital::Spo2, _) => 0..=100,
        (Vital::PerfusionIndex, _) => 0..=50,
        // A cuff holds 300 mmHg at most; a line shows its flush above that, and its own zero below none.
        (Vital::Nibp, Unit::KPa) => 0..=40,
        (Vital::Nibp, _) => 0..=300,
        (Vital::Art, Unit::KPa) => -14..=54,
        (Vital::Art, _) => -100..=400,
        (Vital::RespRate, _) => 0..=200,
        // A probe that lies on the table shows the room's temperature.
        (Vital::Temperature, Unit::DegF) => 32..=122,
        (Vital::Temperature, _) => 0..=50,
        (Vital::EtCo2, Unit::MmHg) => 0..=150,
        (Vital::EtCo2, _) => 0..=20,
    }
}

/// Whether a vital can be this number.
pub(super) fn possible(vital: Vital, unit: Unit, number: Decimal) -> bool {
    let range = range(vital, unit);
    number.compare(Decimal::whole(*range.start())).is_ge() && number.compare(Decimal::whole(*range.end())).is_le()
}
