//! A Nonin oximeter in any of its serial formats. Layouts: `crates/decode/src/nonin/README.md`.

mod frames;

pub use frames::{Averages, Pleth, Shown, packet, short, spot, text};

use crate::bedside::Moment;
use crate::faults::Mode;
use crate::serial::{Frame, Monitor};
use crate::words::Word;

/// A serial format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Three bytes a second.
    One,
    /// Packets of 25 frames, 8-bit wave; three a second.
    Two,
    /// Packets of 25 frames, 16-bit wave; three a second.
    Seven,
    /// Four bytes a second.
    Eight,
    /// Spot checks.
    Thirteen,
    /// Text of the table-tops.
    Ascii,
}

impl Word for Format {
    const ALL: &'static [Self] = &[Self::One, Self::Two, Self::Seven, Self::Eight, Self::Thirteen, Self::Ascii];

    fn word(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Seven => "7",
            Self::Eight => "8",
            Self::Thirteen => "13",
            Self::Ascii => "ascii",
        }
    }
}

impl Format {
    /// Seconds between frames (packets, lines). How often somebody takes a spot check is ours.
    #[must_use]
    pub const fn interval_s(self) -> f64 {
        match self {
            Self::Two | Self::Seven => 1.0 / 3.0,
            Self::One | Self::Eight | Self::Ascii => 1.0,
            Self::Thirteen => 10.0,
        }
    }
}

/// A word of the oximeter beside its values. Not every format has a place for every word; those are left out there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Sensor disconnected: formats 1, 2, 7.
    Disconnected,
    /// Artifact; "bad pulse" in format 1.
    Artifact,
    /// Out of track.
    OutOfTrack,
    /// Finger out, or the signal unusable: formats 2, 7, 8.
    SensorAlarm,
    /// Low (red) perfusion.
    LowPerfusion,
    /// Marginal (yellow) perfusion.
    MarginalPerfusion,
    /// High-quality values: formats 2, 7, 8, 13.
    SmartPoint,
    /// Low battery: formats 2, 7, 8, 13.
    LowBattery,
    /// From the memory: format 13.
    FromMemory,
    /// Fast averaging: text.
    Fast,
    /// Event mark: text.
    Event,
    /// Breath: text.
    Breath,
}

impl Word for Status {
    const ALL: &'static [Self] = &[
        Self::Disconnected,
        Self::Artifact,
        Self::OutOfTrack,
        Self::SensorAlarm,
        Self::LowPerfusion,
        Self::MarginalPerfusion,
        Self::SmartPoint,
        Self::LowBattery,
        Self::FromMemory,
        Self::Fast,
        Self::Event,
        Self::Breath,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Artifact => "artifact",
            Self::OutOfTrack => "out-of-track",
            Self::SensorAlarm => "sensor-alarm",
            Self::LowPerfusion => "low-perfusion",
            Self::MarginalPerfusion => "marginal-perfusion",
            Self::SmartPoint => "smartpoint",
            Self::LowBattery => "low-battery",
            Self::FromMemory => "from-memory",
            Self::Fast => "fast",
            Self::Event => "event",
            Self::Breath => "breath",
        }
    }
}

/// How long the display values stay frozen after the finger left, while the sensor alarm is set.
const FROZEN_S: f64 = 10.0;

/// How the oximeter is set, and what it says all the time.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Format.
    pub format: Format,
    /// Words it says all the time.
    pub statuses: Vec<Status>,
    /// Whether its text begins with the time of day.
    pub text_with_time: bool,
}

impl Settings {
    /// This format, and nothing to say.
    #[must_use]
    pub const fn of(format: Format) -> Self {
        Self { format, statuses: Vec::new(), text_with_time: false }
    }
}

/// An oximeter that sends a frame whenever one is due.
#[derive(Clone, Debug)]
pub struct Nonin {
    settings: Settings,
    pleth: Pleth,
    /// The last values with the finger in, and since when it is out.
    last: Option<(Shown, Option<f64>)>,
    /// The values before those: the longer averages run behind.
    before: Option<Shown>,
}

impl Nonin {
    /// An oximeter set like this.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, pleth: Pleth::default(), last: None, before: None }
    }

    /// What it says and shows now.
    fn said(&mut self, moment: &Moment) -> (Vec<Status>, Averages) {
        let mut statuses = self.settings.statuses.clone();
        match moment.mode {
            Mode::SensorOff if self.settings.format == Format::One => statuses.push(Status::OutOfTrack),
            Mode::SensorOff => statuses.push(Status::SensorAlarm),
            Mode::Motion => statuses.extend([Status::Artifact, Status::OutOfTrack]),
            Mode::LowPerfusion => statuses.push(Status::LowPerfusion),
            _ => {}
        }
        let values = self.values(moment);
        let now = if moment.sensor_on() { values } else { Shown::default() };
        let averages = Averages { display: values, now, extended: self.before.unwrap_or(values) };
        if self.settings.statuses.contains(&Status::Disconnected) {
            return (statuses, Averages::default());
        }
        (statuses, averages)
    }

    /// The display values: frozen for a while after the finger left. Format 1 has no word for that, so it has no such
    /// values either.
    fn values(&mut self, moment: &Moment) -> Shown {
        if !moment.sensor_on() {
            let Some((last, out_since)) = &mut self.last else { return Shown::default() };
            let out_since_s = *out_since.get_or_insert(moment.elapsed_s);
            let frozen = self.settings.format != Format::One && moment.elapsed_s - out_since_s < FROZEN_S;
            return if frozen { *last } else { Shown::default() };
        }
        let shown = Shown { spo2: Some(moment.vitals.spo2), pulse: Some(moment.vitals.pulse_rate) };
        self.before = self.last.map(|(last, _)| last);
        self.last = Some((shown, None));
        shown
    }
}

impl Monitor for Nonin {
    fn due(&mut self, moment: &Moment) -> Vec<Frame> {
        let (statuses, averages) = self.said(moment);
        let bytes = match self.settings.format {
            Format::Two | Format::Seven => packet(self.settings.format, &statuses, &averages, &mut self.pleth),
            Format::One | Format::Eight => short(self.settings.format, &statuses, averages.display),
            Format::Thirteen => spot(&statuses, averages.now, moment.local()),
            Format::Ascii => text(&statuses, averages.now, self.settings.text_with_time.then(|| moment.local())),
        };
        vec![bytes.into()]
    }
}

#[cfg(test)]
mod tests;
