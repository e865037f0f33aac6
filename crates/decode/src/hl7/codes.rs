//! Codes of parameters and units: ISO/IEEE 11073-10101 numbers and names (MDC), Philips' hexadecimal writing of them
//! (MDIL), units.
//!
//! Each line of the table is a line of the graded code table this decoder was written from; a code found only on a web page
//! is not in it.

use super::message::Delimiters;
use chairside_observation::{Origin, Unit, Vital};

/// Which number of a blood pressure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Systolic.
    Systolic,
    /// Diastolic.
    Diastolic,
    /// Mean.
    Mean,
}

/// What a row of a message measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    /// The vital.
    pub(super) vital: Vital,
    /// Which number of it, for the two pressures.
    pub(super) part: Option<Part>,
    /// Rows of one blood pressure carry the same line: `ART` and `ABP` are two.
    pub(super) line: Line,
    /// The signal.
    pub(super) origin: Option<Origin>,
    /// Where a temperature was taken, when the code says so.
    pub(super) site: Option<&'static str>,
    /// The unit when the row names none, for profiles that define it.
    pub(super) implied_unit: Option<Unit>,
    /// The code or the profile rests on one source only.
    pub(super) unproven: bool,
}

/// The family of codes a pressure belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Not a pressure, or the cuff.
    None,
    /// `MDC_PRESS_BLD_ART_*`.
    Art,
    /// `MDC_PRESS_BLD_ART_ABP_*`.
    Abp,
}

impl Parameter {
    /// A vital of one number.
    #[must_use]
    pub(super) const fn one(vital: Vital) -> Self {
        Self { vital, part: None, line: Line::None, origin: None, site: None, implied_unit: None, unproven: false }
    }

    /// A number of the cuff's blood pressure.
    #[must_use]
    pub(super) const fn cuff(part: Part) -> Self {
        Self { part: Some(part), ..Self::one(Vital::Nibp) }
    }

    /// A number of an arterial line's blood pressure.
    #[must_use]
    pub(super) const fn arterial(line: Line, part: Part) -> Self {
        Self { part: Some(part), line, ..Self::one(Vital::Art) }
    }

    /// The same from a known signal.
    #[must_use]
    pub(super) const fn from(self, origin: Origin) -> Self {
        Self { origin: Some(origin), ..self }
    }

    /// The same from a known site.
    #[must_use]
    pub(super) const fn at(self, site: &'static str) -> Self {
        Self { site: Some(site), ..self }
    }

    /// The same with a unit the profile defines.
    #[must_use]
    pub(super) const fn implying(self, unit: Unit) -> Self {
        Self { implied_unit: Some(unit), ..self }
    }

    /// The same, marked as resting on one source.
    #[must_use]
    pub(super) const fn unproven(self) -> Self {
        Self { unproven: true, ..self }
    }
}

/// One MDC code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mdc {
    /// Context-free code.
    pub(super) code: u32,
    /// Reference identifier.
    pub(super) refid: &'static [u8],
    /// What it measures.
    pub(super) parameter: Parameter,
}

const fn mdc(code: u32, refid: &'static str, parameter: Parameter) -> Mdc {
    Mdc { code, refid: refid.as_bytes(), parameter }
}

const fn one(vital: Vital) -> Parameter {
    Parameter::one(vital)
}

use Part::{Diastolic, Mean, Systolic};

/// Every code read as a vital, in order of the number. Pressures of unknown site (150017 to 150019) are left out on purpose:
/// they must never become a cuff or arterial pressure.
pub(super) const TABLE: &[Mdc] = &[
    mdc(147_842, "MDC_ECG_HEART_RATE", one(Vital::HeartRate).from(Origin::Ecg)),
    mdc(149_514, "MDC_PULS_RATE", one(Vital::PulseRate)),
    mdc(149_522, "MDC_BLD_PULS_RATE_INV", one(Vital::PulseRate).from(Origin::Line)),
    mdc(149_530, "MDC_PULS_OXIM_PULS_RATE", one(Vital::PulseRate).from(Origin::Pleth)),
    mdc(149_538, "MDC_PLETH_PULS_RATE", one(Vital::PulseRate).from(Origin::Pleth)),
    mdc(149_546, "MDC_PULS_RATE_NON_INV", one(Vital::PulseRate).from(Origin::Cuff)),
    mdc(150_021, "MDC_PRESS_BLD_NONINV_SYS", Parameter::cuff(Systolic)),
    mdc(150_022, "MDC_PRESS_BLD_NONINV_DIA", Parameter::cuff(Diastolic)),
    mdc(150_023, "MDC_PRESS_BLD_NONINV_MEAN", Parameter::cuff(Mean)),
    mdc(150_033, "MDC_PRESS_BLD_ART_SYS", Parameter::arterial(Line::Art, Systolic)),
    mdc(150_034, "MDC_PRESS_BLD_ART_DIA", Parameter::arterial(Line::Art, Diastolic)),
    mdc(150_035, "MDC_PRESS_BLD_ART_MEAN", Parameter::arterial(Line::Art, Mean)),
    mdc(150_037, "MDC_PRESS_BLD_ART_ABP_SYS", Parameter::arterial(Line::Abp, Systolic)),
    mdc(150_038, "MDC_PRESS_BLD_ART_ABP_DIA", Parameter::arterial(Line::Abp, Diastolic)),
    mdc(150_039, "MDC_PRESS_BLD_ART_ABP_MEAN", Parameter::arterial(Line::Abp, Mean)),
    mdc(150_301, "MDC_PRESS_CUFF_SYS", Parameter::cuff(Systolic)),
    mdc(150_302, "MDC_PRESS_CUFF_DIA", Parameter::cuff(Diastolic)),
    mdc(150_303, "MDC_PRESS_CUFF_MEAN", Parameter::cuff(Mean)),
    mdc(150_344, "MDC_TEMP", one(Vital::Temperature)),
    mdc(150_348, "MDC_TEMP_FOLEY", one(Vital::Temperature).at("bladder")),
    mdc(150_364, "MDC_TEMP_BODY", one(Vital::Temperature).at("body")),
    mdc(150_368, "MDC_TEMP_CORE", one(Vital::Temperature).at("core")),
    mdc(150_372, "MDC_TEMP_ESOPH", one(Vital::Temperature).at("oesophagus")),
    mdc(150_380, "MDC_TEMP_NASOPH", one(Vital::Temperature).at("nasopharynx")),
    mdc(150_388, "MDC_TEMP_SKIN", one(Vital::Temperature).at("skin")),
    mdc(150_392, "MDC_TEMP_TYMP", one(Vital::Temperature).at("tympanic")),
    mdc(150_448, "MDC_PULS_OXIM_PERF_REL", one(Vital::PerfusionIndex)),
    mdc(150_456, "MDC_PULS_OXIM_SAT_O2", one(Vital::Spo2)),
    mdc(150_488, "MDC_BLD_PERF_INDEX", one(Vital::PerfusionIndex)),
    mdc(151_552, "MDC_RESP", one(Vital::RespRate)),
    mdc(151_562, "MDC_RESP_RATE", one(Vital::RespRate)),
    mdc(151_570, "MDC_AWAY_RESP_RATE", one(Vital::RespRate).from(Origin::Airway)),
    mdc(151_578, "MDC_TTHOR_RESP_RATE", one(Vital::RespRate).from(Origin::Impedance)),
    mdc(151_586, "MDC_VENT_RESP_RATE", one(Vital::RespRate).from(Origin::Ventilator)),
    mdc(151_594, "MDC_CO2_RESP_RATE", one(Vital::RespRate).from(Origin::Co2)),
    mdc(151_658, "MDC_PULS_OXIM_PLETH_RESP_RATE", one(Vital::RespRate).from(Origin::Pleth)),
    mdc(151_708, "MDC_CONC_AWAY_CO2_ET", one(Vital::EtCo2)),
    mdc(151_712, "MDC_CONC_AWAY_CO2_EXP", one(Vital::EtCo2)),
    mdc(151_728, "MDC_AWAY_CO2_ET", one(Vital::EtCo2)),
    mdc(188_420, "MDC_TEMP_RECT", one(Vital::Temperature).at("rectal")),
    mdc(188_424, "MDC_TEMP_ORAL", one(Vital::Temperature).at("oral")),
    mdc(188_436, "MDC_TEMP_BLD", one(Vital::Temperature).at("blood")),
    mdc(188_496, "MDC_TEMP_AXIL", one(Vital::Temperature).at("axillary")),
];

/// The code of this number.
#[must_use]
pub(super) fn by_number(code: u32) -> Option<&'static Mdc> {
    TABLE.binary_search_by_key(&code, |m| m.code).ok().map(|at| &TABLE[at])
}

/// The code of this name.
#[must_use]
pub(super) fn by_refid(refid: &[u8]) -> Option<&'static Mdc> {
    TABLE.iter().find(|m| m.refid == refid)
}

/// A whole number of up to nine digits, nothing else.
#[must_use]
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

/// Philips MDIL `PPPP-TTTT`, partition and term in hexadecimal, as the MDC code `P * 65536 + T`. `None` for private codes:
/// terms from F000 and partition 0402.
#[must_use]
pub(super) fn mdil(code: &[u8]) -> Option<u32> {
    let (partition, term) = mdil_parts(code)?;
    (term < 0xF000 && partition != 0x0402).then_some(partition << 16 | term)
}

/// Partition and term of an MDIL code.
#[must_use]
pub(super) fn mdil_parts(code: &[u8]) -> Option<(u32, u32)> {
    if code.len() != 9 || code[4] != b'-' {
        return None;
    }
    let hex = |digits: &[u8]| digits.iter().try_fold(0, |n, b| char::from(*b).to_digit(16).map(|d| n << 4 | d));
    Some((hex(&code[..4])?, hex(&code[5..])?))
}

/// The unit of OBX-6: by MDC number, by MDIL number, or by text (UCUM, or what senders write). `None` when it is none of
/// ours; such a value is never shown.
#[must_use]
pub(super) fn unit(field: &[u8], d: &Delimiters) -> Option<Unit> {
    let first = d.component(field, 1);
    by_code(first)
        .or_else(|| unit_text(first))
        .or_else(|| by_code(d.component(field, 4)))
        .or_else(|| unit_text(d.component(field, 4)))
}

fn by_code(code: &[u8]) -> Option<Unit> {
    Some(match number(code).or_else(|| mdil(code))? {
        // beat/min, resp/min, per minute
        264_864 | 264_928 | 264_672 => Unit::PerMin,
        262_688 => Unit::Percent,
        262_656 => Unit::One,
        266_016 => Unit::MmHg,
        265_987 => Unit::KPa,
        268_192 => Unit::Cel,
        266_560 => Unit::DegF,
        _ => return None,
    })
}

/// A unit written as text; UCUM annotations in braces say nothing about the unit.
#[must_use]
pub(crate) fn unit_text(text: &[u8]) -> Option<Unit> {
    let plain = match (text.first(), memchr::memchr(b'}', text)) {
        (Some(b'{'), Some(end)) => &text[end + 1..],
        _ => text,
    };
    Some(match plain {
        b"/min" | b"1/min" | b"bpm" | b"rpm" => Unit::PerMin,
        b"%" => Unit::Percent,
        b"mm[Hg]" | b"mmHg" => Unit::MmHg,
        b"kPa" => Unit::KPa,
        b"Cel" | b"C" => Unit::Cel,
        b"[degF]" | b"F" => Unit::DegF,
        b"1" => Unit::One,
        _ => return None,
    })
}

/// Whether a vital can have this unit; a mismatch means that code and unit contradict each other.
#[must_use]
pub(crate) const fn unit_fits(vital: Vital, unit: Unit) -> bool {
    match vital {
        Vital::HeartRate | Vital::PulseRate | Vital::RespRate => matches!(unit, Unit::PerMin),
        Vital::Spo2 => matches!(unit, Unit::Percent),
        Vital::PerfusionIndex => matches!(unit, Unit::Percent | Unit::One),
        Vital::Nibp | Vital::Art => matches!(unit, Unit::MmHg | Unit::KPa),
        Vital::Temperature => matches!(unit, Unit::Cel | Unit::DegF),
        Vital::EtCo2 => matches!(unit, Unit::MmHg | Unit::KPa | Unit::Percent),
    }
}

/// The unit an absence is told in when the row names none; nothing is converted by it.
#[must_use]
pub(crate) const fn usual_unit(vital: Vital) -> Unit {
    match vital {
        Vital::HeartRate | Vital::PulseRate | Vital::RespRate => Unit::PerMin,
        Vital::Spo2 | Vital::PerfusionIndex => Unit::Percent,
        Vital::Nibp | Vital::Art | Vital::EtCo2 => Unit::MmHg,
        Vital::Temperature => Unit::Cel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_names_nothing_twice() {
        assert!(TABLE.windows(2).all(|w| w[0].code < w[1].code), "binary search needs the order");
        for (at, entry) in TABLE.iter().enumerate() {
            assert_eq!(by_refid(entry.refid).unwrap().code, TABLE[at].code);
            assert_eq!(by_number(entry.code).unwrap().refid, entry.refid);
        }
    }

    #[test]
    fn philips_codes_are_mdc_in_hexadecimal() {
        for (text, code) in [
            ("0002-4182", 147_842),
            ("0002-4822", 149_538),
            ("0002-480a", 149_514),
            ("0002-4bb8", 150_456),
            ("0002-4bb0", 150_448),
            ("0002-4a05", 150_021),
            ("0002-4a06", 150_022),
            ("0002-4a07", 150_023),
            ("0002-4b48", 150_344),
            ("0002-4a11", 150_033),
            ("0002-4a15", 150_037),
            ("0002-500a", 151_562),
            ("0002-5000", 151_552),
            ("0002-5012", 151_570),
            ("0002-50b0", 151_728),
            ("0002-4b60", 150_368),
        ] {
            assert_eq!(mdil(text.as_bytes()), Some(code), "of {text}");
        }
        for private in ["0002-f0e5", "0002-f09c", "0402-f8f5", "0402-0001", "0002-41", "0002_4182", "0002-41g2"] {
            assert_eq!(mdil(private.as_bytes()), None, "of {private}");
        }
    }

    fn check_unit(field: &str, expected: Option<Unit>) {
        assert_eq!(unit(field.as_bytes(), &Delimiters::USUAL), expected, "of {field:?}");
    }

    #[test]
    fn units_are_known_by_number_and_by_text() {
        check_unit("266016^MDC_DIM_MMHG^MDC", Some(Unit::MmHg));
        check_unit("266560^MDC_DIM_FAHR^MDC", Some(Unit::DegF));
        check_unit("0004-0aa0^bpm^MDIL", Some(Unit::PerMin));
        check_unit("0004-0ae0^rpm^MDIL", Some(Unit::PerMin));
        check_unit("0004-09e0^/min^MDIL", Some(Unit::PerMin));
        check_unit("0004-0200^^MDIL", Some(Unit::One));
        check_unit("0004-0f03^kPa^MDIL", Some(Unit::KPa));
        check_unit("0004-17a0^C^MDIL", Some(Unit::Cel));
        check_unit("0004-1140^F^MDIL", Some(Unit::DegF));
        check_unit("{beats}/min^beats per minute^UCUM", Some(Unit::PerMin));
        check_unit("{breaths}/min", Some(Unit::PerMin));
        check_unit("mmHg", Some(Unit::MmHg));
        check_unit("mm[Hg]^mmHg^UCUM^266016^MDC_DIM_MMHG^MDC", Some(Unit::MmHg));
    }

    #[test]
    fn h05_an_unknown_unit_is_none() {
        check_unit("", None);
        check_unit("0004-1710^C^MDIL", None);
        check_unit("266419^MDC_DIM_MICRO_VOLT^MDC", None);
        check_unit("MMHG", None);
        check_unit("sec", None);
    }

    #[test]
    fn a_vital_in_a_foreign_unit_does_not_fit() {
        assert!(!unit_fits(Vital::Spo2, Unit::MmHg));
        assert!(!unit_fits(Vital::HeartRate, Unit::Percent));
        assert!(unit_fits(Vital::EtCo2, Unit::KPa));
        for vital in Vital::ALL {
            assert!(unit_fits(*vital, usual_unit(*vital)));
        }
    }
}
