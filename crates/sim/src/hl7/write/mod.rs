//! What each make writes. Shapes follow the profiles that `chairside_decode::hl7` reads.

pub(super) mod alarm;
pub(super) mod capsule;
pub(super) mod experimental;
pub(super) mod ge;
pub(super) mod mindray;
pub(super) mod nihon_kohden;
pub(super) mod pcd01;
pub(super) mod philips;

use super::rows::{Obx, digits, number};

pub(super) const BEAT: &str = "264864^MDC_DIM_BEAT_PER_MIN";
pub(super) const BREATH: &str = "264928^MDC_DIM_RESP_PER_MIN";
pub(super) const PERCENT: &str = "262688^MDC_DIM_PERCENT";
pub(super) const MMHG: &str = "266016^MDC_DIM_MMHG";
pub(super) const CELSIUS: &str = "268192^MDC_DIM_DEGC";

/// One value of the MDC family with its code, place and unit.
#[derive(Clone, Copy)]
struct Metric {
    /// OBX-3, `number^REFID`; the system is MDC.
    code: &'static str,
    /// OBX-4 without the number of the metric.
    channel: &'static str,
    /// OBX-6, `number^REFID`.
    unit: &'static str,
    /// OBX-5 in units of 10^-places; `None` is no value.
    value: Option<u16>,
    /// Decimal places of the value.
    places: u8,
}

const fn metric(
    code: &'static str,
    channel: &'static str,
    unit: &'static str,
    value: Option<u16>,
    places: u8,
) -> Metric {
    Metric { code, channel, unit, value, places }
}

impl Metric {
    /// Appends the row. `like` has everything that is not the metric's own; without a value, `missing` stands in its place.
    fn write(&self, like: &Obx<'_>, missing: &str, text: &mut String) {
        let value = self.value.map(|value| digits(value, self.places));
        let (code, unit) = (format!("{}^MDC", self.code), format!("{}^MDC", self.unit));
        let sub_id = format!("{}.{}", self.channel, number(self.code));
        let value = value.as_deref().unwrap_or(missing);
        Obx { kind: "NM", code: &code, sub_id: &sub_id, value, unit: &unit, ..*like }.write(text);
    }
}

/// A row that names a part of the device and has no value: OBX-11 `X`.
fn part(set_id: u32, code: &str, place: &str, text: &mut String) {
    Obx { set_id, code: &format!("{code}^MDC"), sub_id: place, status: "X", ..Obx::default() }.write(text);
}
