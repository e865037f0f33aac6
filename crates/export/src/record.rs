//! What an export is made from: a session with everything its span of the chair's timeline holds.

use chairside_observation::session::{Act, Kept, Phase, Session};
use chairside_observation::{
    Amount, Entry, LinkState, Micros, MonitorNotice, Observation, Reading, Received, Sequence, SourceId, Vital, What,
};

/// Who says a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A monitor, through this source.
    Monitor(SourceId),
    /// A person who read it off; the name.
    Typed(Box<str>),
}

/// One value of the record, or one absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its entry of the chair's timeline: the way back to the raw bytes.
    pub sequence: Sequence,
    /// When it was measured, as far as known.
    pub at: Received,
    /// When it reached the server.
    pub received: Received,
    /// Who says it.
    pub said: Said,
    /// What was said.
    pub observation: Observation,
    /// Staff marked it: it stays, and no summary counts it.
    pub artefact: bool,
}

impl Sample {
    /// The value, if a summary may count it: valid, not marked, no demonstration data.
    #[must_use]
    pub fn counted(&self) -> Option<Amount> {
        match self.observation.reading {
            Reading::Valid(amount) if !self.artefact && !self.observation.synthetic => Some(amount),
            _ => None,
        }
    }
}

/// Something else that happened in the span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The monitor's own notice.
    Monitor(Sequence, Received, SourceId, MonitorNotice),
    /// A link changed.
    Link(Sequence, Received, SourceId, LinkState, Box<str>),
}

/// A session's record.
#[derive(Clone, Debug)]
pub struct Record {
    /// Name of the chair.
    pub chair: Box<str>,
    /// The session.
    pub session: Session,
    /// Values in order of the timeline, typed ones among them.
    pub samples: Vec<Sample>,
    /// Notices of the monitor and changes of links.
    pub notes: Vec<Note>,
    /// When her span of the chair began.
    begin: Received,
    /// When the chair was left, or how far the record was read.
    pub end: Received,
    /// Version of the program that reads it.
    pub version: Box<str>,
}

impl Record {
    /// The record of `session` from the entries of its chair. Entries outside its span, and values measured before the
    /// patient was bound, are not hers and stay out (H02).
    #[must_use]
    pub fn new(chair: &str, session: Session, entries: &[Entry], version: &str) -> Self {
        let last = end_of(&session);
        let begin = begin_of(&session, entries);
        let mut record = Self {
            chair: chair.into(),
            begin,
            end: begin,
            samples: typed(&session),
            notes: Vec::new(),
            version: version.into(),
            session,
        };
        let hers = entries.iter().filter(|entry| record.session.holds(entry)).collect::<Vec<_>>();
        for entry in hers {
            record.take(entry, begin);
        }
        record.samples.sort_by_key(|sample| sample.sequence);
        record.end = last.map_or(record.end, |(_, at)| at);
        record
    }

    fn take(&mut self, entry: &Entry, begin: Received) {
        self.end = entry.received;
        let Some(source) = &entry.source else { return };
        match &entry.what {
            What::Reading(observation) => {
                let at = entry.received.before(entry.age);
                if at.mono < begin.mono {
                    return;
                }
                self.samples.push(Sample {
                    sequence: entry.sequence,
                    at,
                    received: entry.received,
                    said: Said::Monitor(source.clone()),
                    observation: observation.clone(),
                    artefact: self.session.is_artefact(observation.vital, entry.sequence),
                });
            }
            What::Notice(notice) => {
                self.notes.push(Note::Monitor(entry.sequence, entry.received, source.clone(), notice.clone()));
            }
            What::Link(link) => {
                let (state, reason) = (link.state, link.reason.clone());
                self.notes.push(Note::Link(entry.sequence, entry.received, source.clone(), state, reason));
            }
            What::Skipped { .. } | What::Heard { .. } | What::Deed(_) => {}
        }
    }

    /// When the span of the chair's timeline that is hers began.
    #[must_use]
    pub const fn begin(&self) -> Received {
        self.begin
    }

    /// T+0: when the infusion was started, as said or else as it reached the server.
    #[must_use]
    pub fn start(&self) -> Option<Received> {
        self.session.started.map(|(received, about)| match about {
            Some(about) => received.before(received.wall - about.wall),
            None => received,
        })
    }

    /// Time since T+0; `None` when the infusion was never started.
    #[must_use]
    pub fn since_start(&self, at: Received) -> Option<Micros> {
        self.start().map(|start| at.mono.since(start.mono))
    }

    /// Samples of one vital, in order of their measurement.
    #[must_use]
    pub fn of(&self, vital: Vital) -> Vec<&Sample> {
        let mut found: Vec<_> = self.samples.iter().filter(|sample| sample.observation.vital == vital).collect();
        found.sort_by_key(|sample| sample.at.mono);
        found
    }

    /// Acts that count, in order.
    pub fn acts(&self) -> impl Iterator<Item = &Kept> {
        self.session.acts.iter().filter(|kept| kept.undone_by.is_none())
    }

    /// When the session came to `phase` first, as said or as it reached the server.
    #[must_use]
    pub fn reached(&self, phase: Phase) -> Option<Micros> {
        self.acts().find(|kept| matches!(kept.done.act, Act::Moved { to, .. } if to == phase)).map(Kept::wall)
    }
}

/// The entry that ended the session and when that was.
fn end_of(session: &Session) -> Option<(Sequence, Received)> {
    let over = |kept: &&Kept| matches!(kept.done.act, Act::Moved { to, .. } if matches!(to, Phase::Discharged | Phase::Cancelled));
    session.acts.iter().rev().find(over).map(|kept| (kept.sequence, kept.received))
}

/// The moment the span begins: the claimed entry's, or that of the opening.
fn begin_of(session: &Session, entries: &[Entry]) -> Received {
    let claimed = entries.iter().find(|entry| entry.sequence >= session.from).map(|entry| entry.received);
    match claimed {
        Some(claimed) if claimed.mono < session.opened.mono => claimed,
        _ => session.opened,
    }
}

fn typed(session: &Session) -> Vec<Sample> {
    let counts = session.acts.iter().filter(|kept| kept.undone_by.is_none());
    counts
        .flat_map(|kept| {
            let values = if let Act::Typed { values } = &kept.done.act { values.as_slice() } else { &[] };
            values.iter().filter_map(move |value| {
                let amount = match *value.values.as_slice() {
                    [one] if value.vital != Vital::Nibp => Amount::One(one),
                    [systolic, ref rest @ ..] => Amount::Pressure {
                        systolic: Some(systolic),
                        diastolic: rest.first().copied(),
                        mean: rest.get(1).copied(),
                    },
                    [] => return None,
                };
                let unit = usual_unit(value.vital);
                Some(Sample {
                    sequence: kept.sequence,
                    at: kept.received.before(kept.received.wall - kept.wall()),
                    received: kept.received,
                    said: Said::Typed(kept.done.by.name.clone()),
                    observation: Observation::new(value.vital, Reading::Valid(amount), unit, 0..0),
                    artefact: false,
                })
            })
        })
        .collect()
}

/// The unit a person means: the screens ask for values in these.
const fn usual_unit(vital: Vital) -> chairside_observation::Unit {
    use chairside_observation::Unit;
    match vital {
        Vital::HeartRate | Vital::PulseRate | Vital::RespRate => Unit::PerMin,
        Vital::Spo2 | Vital::PerfusionIndex => Unit::Percent,
        Vital::Nibp | Vital::Art | Vital::EtCo2 => Unit::MmHg,
        Vital::Temperature => Unit::Cel,
    }
}
