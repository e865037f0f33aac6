//! Values by the signal they came from, and their middle value in windows of some minutes, for formats that carry interval
//! values. The windows and the middle are those of the [table](crate::table).

use crate::record::{Record, Said, Sample};
use chairside_observation::{Amount, Decimal, Micros, Origin, Reading, Received, Unit, Vital};

/// One vital of one source, in one unit: values of two are never mixed.
pub(crate) struct Signal<'a> {
    pub(crate) vital: Vital,
    pub(crate) said: &'a Said,
    pub(crate) origin: Option<Origin>,
    pub(crate) site: Option<&'a str>,
    pub(crate) unit: Unit,
    /// In order of their measurement.
    pub(crate) samples: Vec<&'a Sample>,
}

impl Signal<'_> {
    /// A cuff reading and what a person typed are events: each stands at its own time.
    pub(crate) fn is_event(&self) -> bool {
        self.vital == Vital::Nibp || matches!(self.said, Said::Typed(_))
    }

    /// The samples without an absence that only repeats the one before it: a monitor may say "measuring" each second.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &Sample> {
        let mut before = None;
        self.samples.iter().copied().filter(move |sample| {
            let reading = &sample.observation.reading;
            let repeats = matches!(reading, Reading::Absent(_)) && before == Some(*reading);
            before = Some(*reading);
            !repeats
        })
    }

    /// Tells the signals of a record apart.
    pub(crate) fn key(&self) -> String {
        let said = match self.said {
            Said::Monitor(source) => format!("monitor {source}"),
            Said::Typed(_) => "typed".to_owned(),
        };
        let origin = self.origin.map_or("", Origin::word);
        format!("{said} {} {origin} {} {}", self.vital.word(), self.site.unwrap_or(""), self.unit.word())
    }
}

/// The signals of a record: by vital in the order of [`Vital::ALL`], then in the order they were first heard. What several
/// people typed of one vital is one signal.
pub(crate) fn signals(record: &Record) -> Vec<Signal<'_>> {
    let mut found: Vec<Signal<'_>> = Vec::new();
    for vital in Vital::ALL {
        let first = found.len();
        for sample in record.of(*vital) {
            let told = &sample.observation;
            let same = |signal: &&mut Signal<'_>| {
                let who = match (signal.said, &sample.said) {
                    (Said::Typed(_), Said::Typed(_)) => true,
                    (one, other) => one == other,
                };
                who && (signal.origin, signal.site, signal.unit) == (told.origin, told.site.as_deref(), told.unit)
            };
            match found[first..].iter_mut().find(same) {
                Some(signal) => signal.samples.push(sample),
                None => found.push(Signal {
                    vital: *vital,
                    said: &sample.said,
                    origin: told.origin,
                    site: told.site.as_deref(),
                    unit: told.unit,
                    samples: vec![sample],
                }),
            }
        }
    }
    found
}

/// What a window of a signal comes to.
pub(crate) enum Middle<'a> {
    /// Nothing was sent.
    Nothing,
    /// Something was sent and nothing of it counts; the last of it.
    Uncounted(&'a Sample),
    /// The middle one of so many counted values; of an even number the lower middle one.
    Value(Decimal, usize),
    /// The last counted pressure.
    Pressure(&'a Sample),
}

/// A stretch of the record.
pub(crate) struct Window<'a> {
    pub(crate) from: Received,
    pub(crate) until: Received,
    /// What was measured in it, counted or not.
    pub(crate) samples: &'a [&'a Sample],
}

impl Window<'_> {
    pub(crate) fn middle(&self) -> Middle<'_> {
        let Some(last) = self.samples.last() else { return Middle::Nothing };
        let counted = || self.samples.iter().filter(|sample| sample.counted().is_some());
        if let Some(pressure) = counted().next_back()
            && let Some(Amount::Pressure { .. }) = pressure.counted()
        {
            return Middle::Pressure(pressure);
        }
        let one = |sample: &&Sample| if let Some(Amount::One(value)) = sample.counted() { Some(value) } else { None };
        let mut values: Vec<Decimal> = self.samples.iter().filter_map(one).collect();
        values.sort_by(|a, b| a.compare(*b));
        match values.get(values.len().saturating_sub(1) / 2) {
            Some(middle) => Middle::Value(*middle, values.len()),
            None => Middle::Uncounted(last),
        }
    }
}

/// The windows of `minutes` since T+0 (since the opening, when the infusion was never started) that the record touches, cut to
/// its span.
pub(crate) fn windows<'a>(record: &Record, signal: &'a Signal<'a>, minutes: u32) -> Vec<Window<'a>> {
    let width = Micros::from_secs(i64::from(minutes.max(1)) * 60);
    let (begin, end) = (record.begin(), record.end);
    let zero = record.start().unwrap_or(begin);
    let first = (begin.mono - zero.mono).0.div_euclid(width.0);
    let last = (end.mono - zero.mono).0.saturating_sub(1).div_euclid(width.0);
    let at = |time: Micros| signal.samples.partition_point(|sample| sample.at.mono < time);
    (first..=last)
        .map(|n| {
            let from = zero.after(Micros(n.saturating_mul(width.0)));
            let until = from.after(width);
            // The last window holds what was measured at its very end, as in the table the window after it would.
            let through = if n == last { signal.samples.len() } else { at(until.mono) };
            let samples = &signal.samples[at(from.mono).min(through)..through];
            Window { from: later(from, begin), until: earlier(until, end), samples }
        })
        .collect()
}

fn later(a: Received, b: Received) -> Received {
    if a.mono < b.mono { b } else { a }
}

fn earlier(a: Received, b: Received) -> Received {
    if a.mono < b.mono { a } else { b }
}
