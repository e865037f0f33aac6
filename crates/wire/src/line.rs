//! The lines of `chairside decode`: one JSON object for each finding.

use chairside_observation::{Amount, FrameKind, Measured, MonitorNotice, Observation, Skip};
use serde::Serialize;
use std::ops::Range;

#[derive(Default, Serialize)]
struct Line<'a> {
    bytes: [u64; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    vital: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    systolic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diastolic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measured: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bed: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    synthetic: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<&'a str>,
}

fn text(line: &Line<'_>) -> String {
    // A line holds only text, numbers and lists of text: there is nothing serde_json could refuse.
    serde_json::to_string(line).unwrap_or_default()
}

fn ends(bytes: &Range<u64>) -> [u64; 2] {
    [bytes.start, bytes.end]
}

/// A reading: digits as sent, UCUM unit, state with reason.
#[must_use]
pub fn observation(o: &Observation) -> String {
    let mut line = Line {
        bytes: ends(&o.bytes),
        vital: Some(o.vital.word()),
        unit: Some(o.unit.word()),
        state: Some(o.reading.state()),
        reason: o.reading.reason(),
        source: o.origin.map(chairside_observation::Origin::word),
        site: o.site.as_deref(),
        synthetic: o.synthetic,
        flags: o.flags.words().collect(),
        ..Line::default()
    };
    match o.reading.amount() {
        Some(Amount::One(digits)) => line.value = Some(digits.to_string()),
        Some(Amount::Pressure { systolic, diastolic, mean }) => {
            let part = |p: Option<chairside_observation::Decimal>| p.map(|digits| digits.to_string());
            (line.systolic, line.diastolic, line.mean) = (part(systolic), part(diastolic), part(mean));
        }
        None => {}
    }
    match o.measured {
        Some(Measured::At { at, .. }) => line.measured = Some(at.to_string()),
        #[allow(clippy::cast_precision_loss)]
        Some(Measured::Ago(age)) => line.age_s = Some(age.0 as f64 / 1e6),
        None => {}
    }
    if let Some(context) = &o.context {
        line.bed = context.bed.as_deref();
        line.patient = context.patient.as_deref();
        line.device = context.device.as_deref();
    }
    text(&line)
}

/// Bytes that fit nothing.
#[must_use]
pub fn skipped(bytes: &Range<u64>, skip: Skip) -> String {
    text(&Line { bytes: ends(bytes), skipped: Some(skip.word()), ..Line::default() })
}

/// A frame without vitals, or one that was complete but not understood.
#[must_use]
pub fn frame(bytes: &Range<u64>, kind: FrameKind) -> String {
    text(&Line { bytes: ends(bytes), frame: Some(kind.word()), ..Line::default() })
}

/// The monitor's own notice.
#[must_use]
pub fn notice(notice: &MonitorNotice) -> String {
    text(&Line {
        bytes: ends(&notice.bytes),
        notice: Some(&notice.text),
        priority: Some(notice.priority.word()),
        bed: notice.context.as_ref().and_then(|c| c.bed.as_deref()),
        patient: notice.context.as_ref().and_then(|c| c.patient.as_deref()),
        ..Line::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::{Absence, Decimal, Flag, Flags, Reading, Unit, Vital};

    #[test]
    fn a_value_has_its_digits_as_sent() {
        let reading = Reading::Valid(Amount::One(Decimal::new(360, 2)));
        let o = Observation {
            flags: Flags::NONE.with(Flag::LowPerfusion),
            synthetic: true,
            ..Observation::new(Vital::PerfusionIndex, reading, Unit::Percent, 3..9)
        };
        assert_eq!(
            observation(&o),
            r#"{"bytes":[3,9],"vital":"perfusion_index","value":"3.60","unit":"%","state":"valid","synthetic":true,"flags":["low perfusion"]}"#
        );
    }

    #[test]
    fn h06_an_absence_has_a_reason_and_no_value() {
        let o = Observation::new(Vital::Spo2, Reading::Absent(Absence::PulseSearch), Unit::Percent, 0..61);
        assert_eq!(
            observation(&o),
            r#"{"bytes":[0,61],"vital":"spo2","unit":"%","state":"absent","reason":"pulse search"}"#
        );
        assert_eq!(skipped(&(5..8), Skip::Checksum), r#"{"bytes":[5,8],"skipped":"bad checksum"}"#);
    }
}
