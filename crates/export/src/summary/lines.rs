//! The figures as lines: the same ones on paper, in tables, on screens and under a signature.

use super::{DEFINITIONS, Extreme, Numbers, Summary};
use crate::Record;
use chairside_observation::session::{Act, BaselineValue, Kept, Phase};
use chairside_observation::{Amount, Decimal, Micros, Observation, Received, Sequence, Vital};

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub key: String,
    /// The figure; empty when there is none.
    pub value: String,
    /// Its unit, UCUM or a scale.
    pub unit: &'static str,
    /// When it was.
    pub at: Option<Received>,
    /// The entry it was taken from.
    pub sequence: Option<Sequence>,
    /// A person typed the value.
    pub typed: bool,
    /// How it is computed.
    pub definition: &'static str,
}

impl Line {
    fn new(key: impl Into<String>, value: impl Into<String>, unit: &'static str, means: &str) -> Self {
        let definition = defined(means);
        Self { key: key.into(), value: value.into(), unit, at: None, sequence: None, typed: false, definition }
    }

    fn at(mut self, at: Option<Received>, sequence: Option<Sequence>) -> Self {
        (self.at, self.sequence) = (at, sequence);
        self
    }
}

/// The definition with this name.
fn defined(name: &str) -> &'static str {
    DEFINITIONS.iter().find(|(defined, _)| *defined == name).map_or("", |(_, means)| means)
}

/// The figures of `record` in the order they are printed.
#[must_use]
pub fn lines(record: &Record) -> Vec<Line> {
    let found = super::of(record);
    let mut lines = times(record, &found);
    lines.extend(baseline(record));
    lines.extend(extremes(&found));
    lines.extend(moments(record, &found));
    lines.extend(beyond(&found));
    lines.extend(coverage(record, &found));
    lines.extend(entered(&found));
    lines
}

/// The lines as they are signed: the version that computed them, then one figure a line.
#[must_use]
pub fn signed_text(record: &Record) -> String {
    signed_text_of(record, &lines(record))
}

/// The same of lines that are there already.
#[must_use]
pub fn signed_text_of(record: &Record, lines: &[Line]) -> String {
    let mut text = format!("chairside {}\n", record.version);
    for Line { key, value, unit, at, sequence, .. } in lines {
        let at = at.map_or_else(String::new, |at| at.wall.0.to_string());
        let sequence = sequence.map_or_else(String::new, |sequence| sequence.0.to_string());
        text.push_str(&format!("{key}\t{value}\t{unit}\t{at}\t{sequence}\n"));
    }
    text
}

fn times(record: &Record, found: &Summary) -> Vec<Line> {
    let length = |from: Option<Received>, to: Option<Received>| match (from, to) {
        (Some(from), Some(to)) => seconds(to.mono - from.mono),
        _ => String::new(),
    };
    let (start, stop) = (record.start(), record.stop());
    let mut lines = vec![Line::new("infusion, start to stop", length(start, stop), "s", "infusion").at(start, None)];
    if let Some(paused) = found.paused {
        lines.push(Line::new("paused", seconds(paused), "s", "paused"));
    }
    if let Some(why) = &found.stopped_early {
        lines.push(Line::new("stopped early", &**why, "", "").at(stop, None));
    }
    lines.push(Line::new("stop to ready", length(stop, record.reached(Phase::Ready)), "s", "ready"));
    lines
}

fn baseline(record: &Record) -> Vec<Line> {
    let taken = |kept: &&Kept| kept.undone_by.is_none() && matches!(kept.done.act, Act::Baseline { .. });
    let act = record.session.acts.iter().rfind(taken);
    let line = |value: &BaselineValue| {
        let digits = value.values.iter().map(Decimal::to_string).collect::<Vec<_>>().join("/");
        let key = format!("baseline {}", value.vital.word());
        Line::new(key, digits, unit(value.vital), "baseline").at(act.map(Kept::at), Some(value.from.1))
    };
    record.session.baseline.iter().map(line).collect()
}

fn extremes(found: &Summary) -> Vec<Line> {
    let line = |key: String, extreme: &Option<Extreme>, unit, means| {
        let value = extreme.as_ref().map(|it| it.value.to_string()).unwrap_or_default();
        let (at, sequence) = (extreme.as_ref().map(|it| it.at), extreme.as_ref().map(|it| it.sequence));
        let typed = extreme.as_ref().is_some_and(|it| it.typed);
        Line { typed, ..Line::new(key, value, unit, means).at(at, sequence) }
    };
    vec![
        line("peak systolic".into(), &found.peak_systolic, "mm[Hg]", "peak"),
        line("peak diastolic".into(), &found.peak_diastolic, "mm[Hg]", "peak"),
        line(format!("peak {}", found.heart.word()), &found.peak_heart, "/min", "peak"),
        line("lowest spo2".into(), &found.lowest_spo2, "%", "lowest"),
        line("lowest resp_rate".into(), &found.lowest_resp, "/min", "lowest"),
    ]
}

/// What stood when the infusion was stopped and when the patient left.
fn moments(record: &Record, found: &Summary) -> Vec<Line> {
    let vitals = [Vital::Nibp, found.heart, Vital::Spo2, Vital::RespRate];
    let at = [("at stop", record.stop()), ("at leaving", record.reached(Phase::Discharged))];
    let lines = at.iter().filter_map(|(word, at)| Some((word, (*at)?))).flat_map(|(word, at)| {
        vitals.map(|vital| {
            let stood = super::standing(record, vital, at);
            let value = stood.map(|sample| digits(&sample.observation)).unwrap_or_default();
            let unit = stood.map_or(unit(vital), |sample| sample.observation.unit.word());
            Line::new(format!("{word} {}", vital.word()), value, unit, "at stop, at leaving")
                .at(stood.map(|sample| sample.at), stood.map(|sample| sample.sequence))
        })
    });
    lines.collect()
}

/// The digits of a value as sent: one number, or systolic, diastolic and mean.
pub(crate) fn digits(observation: &Observation) -> String {
    let text = |value: Option<Decimal>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    match observation.reading.amount() {
        Some(Amount::One(value)) => value.to_string(),
        Some(Amount::Pressure { systolic, diastolic, mean: None }) => format!("{}/{}", text(systolic), text(diastolic)),
        Some(Amount::Pressure { systolic, diastolic, mean }) => {
            format!("{}/{} ({})", text(systolic), text(diastolic), text(mean))
        }
        None => String::new(),
    }
}

fn beyond(found: &Summary) -> Vec<Line> {
    let line =
        |key: String, time: Option<Micros>, means| Line::new(key, time.map(seconds).unwrap_or_default(), "s", means);
    let Numbers { spo2, resp, systolic, diastolic } = &found.against;
    let pressure = format!("time with pressure from {systolic} systolic or {diastolic} diastolic on");
    vec![
        line(format!("time with spo2 below {spo2}"), found.spo2_below, "time below"),
        line(format!("time with resp_rate below {resp}"), found.resp_below, "time below"),
        line(pressure, found.pressure_above, "pressure above"),
    ]
}

fn coverage(record: &Record, found: &Summary) -> Vec<Line> {
    let each = found.coverage.iter().flat_map(|it| {
        let vital = it.vital.word();
        let gaps = record.gaps(it.vital);
        let longest = gaps.iter().max_by_key(|gap| gap.length());
        [
            Line::new(format!("coverage {vital}"), it.percent().to_string(), "%", "coverage"),
            Line::new(format!("gaps {vital}"), gaps.len().to_string(), "1", "gap"),
            Line::new(
                format!("longest gap {vital}"),
                longest.map_or_else(String::new, |gap| seconds(gap.length())),
                "s",
                "gap",
            )
            .at(longest.map(|gap| gap.from), None),
        ]
    });
    each.collect()
}

fn entered(found: &Summary) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some((score, at, sequence)) = found.lowest_sedation {
        let line = Line::new("lowest sedation", score.to_string(), "MOAA/S", "lowest sedation");
        lines.push(line.at(Some(at), Some(sequence)));
    }
    for (at, sequence, drug) in &found.drugs {
        lines.push(Line::new("drug given, as typed", &**drug, "", "drug").at(Some(*at), Some(*sequence)));
    }
    lines.push(Line::new("values marked as artefact", found.artefacts.to_string(), "1", "artefacts"));
    lines.push(Line::new("values typed by hand", found.by_hand.to_string(), "1", "by hand"));
    lines
}

fn seconds(time: Micros) -> String {
    (time.0 / 1_000_000).to_string()
}

/// The unit of what is stored without one: the screens ask for values in these.
const fn unit(vital: Vital) -> &'static str {
    crate::record::usual_unit(vital).word()
}
