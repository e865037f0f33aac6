//! The trends of a record as EDF+ (European Data Format), one sample a second.
//!
//! A value stands in each second in which a screen would have shown it; where none does, the sample is [`ABSENT`], a number no
//! quantity here can have, and an annotation says why. Cuff readings and typed values stand in their own second only. What
//! happened is annotations. The format is for machines: it knows no units but a word, no doubt beside a value, and no offset
//! of its start time, which is therefore said in an annotation.

mod annotations;
mod header;
mod trend;

use crate::{Face, Record};
use chairside_observation::{Decimal, Micros};
use header::Scale;
use trend::{Stands, Trend};

/// The sample where there is no value.
pub const ABSENT: i16 = -1;

/// The file; empty when the record spans more seconds than the format can count.
#[must_use]
pub fn edf(record: &Record, face: &Face<'_>) -> Vec<u8> {
    // The format's start is a whole second; the record's first moment lies in its first second.
    let fraction = Micros(record.begin().wall.0.rem_euclid(1_000_000));
    let (begin, end) = (record.begin().before(fraction), record.end);
    let seconds = (end.mono.since(begin.mono).0.div_euclid(1_000_000) + 1).clamp(1, header::RECORDS_MAX);
    let Ok(seconds) = usize::try_from(seconds) else { return Vec::new() };
    let trends = trend::trends(record, begin.mono, seconds);
    let scales: Vec<Scale> = trends.iter().map(|trend| Scale::of(trend.places)).collect();
    let samples: Vec<Vec<i16>> = trends.iter().zip(&scales).map(|(trend, scale)| sampled(trend, *scale)).collect();
    let texts = annotations::of(record, face, begin, &trends, &scales);
    let annotations = annotations::packed(&texts, seconds);
    let mut bytes = header::header(record, face, begin.wall, &trends, &scales, &annotations);
    for second in 0..seconds {
        for trend in &samples {
            bytes.extend(trend[second].to_le_bytes());
        }
        bytes.extend(&annotations.records[second]);
    }
    bytes
}

fn sampled(trend: &Trend, scale: Scale) -> Vec<i16> {
    let one = |stands: &Stands| match stands {
        Stands::Value(value) => scale.digital(*value).unwrap_or(scale.absent()),
        Stands::Nothing(_) => scale.absent(),
    };
    trend.seconds.iter().map(one).collect()
}

impl Scale {
    /// The whole number that stands for a value; `None` for one that does not fit into the file.
    fn digital(self, value: Decimal) -> Option<i16> {
        let up = i64::from(self.places.checked_sub(value.places())?);
        let units = value.units().checked_mul(10_i64.pow(u32::try_from(up).ok()?))?;
        i16::try_from(units).ok().filter(|units| (0..=self.most).contains(units))
    }

    /// [`ABSENT`] on this scale.
    fn absent(self) -> i16 {
        ABSENT * self.one
    }
}
