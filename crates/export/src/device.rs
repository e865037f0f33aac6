//! What a session was measured with: each source, what it called itself, how much of it was understood.

use chairside_observation::{Civil, Context, Entry, Measured, Observation, Received, SourceId, What};

/// One source of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The source.
    pub source: SourceId,
    /// How the program reads it: protocol and profile as configured; empty when the reader of the log does not know.
    pub adapter: Box<str>,
    /// What it called itself, in the order first heard. A feed that names nothing has one row with empty words.
    pub heard: Vec<Heard>,
    /// Values, absences among them.
    pub values: u64,
    /// Stretches of bytes that fit nothing.
    pub skipped: u64,
    /// Bytes in them.
    pub skipped_bytes: u64,
    /// What its own clock showed last, and when that reached the server.
    pub clock: Option<(Civil, Received)>,
}

/// One identity a source spoke with: a device, a bed, a patient, as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Make, model or serial number, whatever it sends of them.
    pub device: Box<str>,
    /// Unit and bed.
    pub bed: Box<str>,
    /// Patient identifier.
    pub patient: Box<str>,
    /// First heard.
    pub first: Received,
    /// Last heard.
    pub last: Received,
}

/// Collects the sources of a span.
#[derive(Debug, Default)]
pub(crate) struct Devices(Vec<Device>);

impl Devices {
    /// Takes note of an entry that is hers.
    pub(crate) fn take(&mut self, entry: &Entry) {
        let Some(source) = &entry.source else { return };
        match &entry.what {
            What::Reading(observation) => self.of(source).reading(observation, entry.received),
            What::Skipped { bytes, .. } => {
                let device = self.of(source);
                device.skipped += 1;
                device.skipped_bytes += bytes.end.saturating_sub(bytes.start);
            }
            What::Notice(_) | What::Link(_) | What::Heard { .. } | What::Deed(_) => {
                self.of(source);
            }
        }
    }

    pub(crate) fn all(self) -> Vec<Device> {
        self.0
    }

    fn of(&mut self, source: &SourceId) -> &mut Device {
        let at = self.0.iter().position(|device| device.source == *source).unwrap_or_else(|| {
            self.0.push(Device::new(source.clone()));
            self.0.len() - 1
        });
        &mut self.0[at]
    }
}

impl Device {
    fn new(source: SourceId) -> Self {
        let adapter = Box::default();
        Self { source, adapter, heard: Vec::new(), values: 0, skipped: 0, skipped_bytes: 0, clock: None }
    }

    fn reading(&mut self, observation: &Observation, received: Received) {
        self.values += 1;
        if let Some(Measured::At { sent: Some(sent), .. }) = observation.measured {
            self.clock = Some((sent, received));
        }
        let new = Heard::of(observation.context.as_deref(), received);
        let same = |it: &&mut Heard| it.device == new.device && it.bed == new.bed && it.patient == new.patient;
        match self.heard.iter_mut().rev().find(same) {
            Some(known) => known.last = received,
            None => self.heard.push(new),
        }
    }
}

impl Heard {
    fn of(context: Option<&Context>, at: Received) -> Self {
        let text = |field: Option<&Box<str>>| -> Box<str> { field.map(|text| text.trim().into()).unwrap_or_default() };
        let bed: Box<str> =
            match (text(context.and_then(|c| c.unit.as_ref())), text(context.and_then(|c| c.bed.as_ref()))) {
                (unit, bed) if unit.is_empty() => bed,
                (unit, bed) => format!("{unit} {bed}").trim().into(),
            };
        let device = text(context.and_then(|c| c.device.as_ref()));
        let patient = text(context.and_then(|c| c.patient.as_ref()));
        Self { device, bed, patient, first: at, last: at }
    }
}
