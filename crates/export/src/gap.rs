//! Stretches of a session in which nothing counted was known of a vital, and why.

use crate::held::{between, held, joined};
use crate::{Note, Record, Said, Sample};
use chairside_observation::{LinkState, Micros, Received, SourceId, Vital};
use std::collections::BTreeSet;

/// A stretch without a counted value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Of which vital.
    pub vital: Vital,
    /// The source that would have said it, where the session has just one that ever did.
    pub source: Option<SourceId>,
    /// When the last value ceased to stand.
    pub from: Received,
    /// When the next one came.
    pub to: Received,
    /// What is known of the reason: what the monitor said instead, that the link was lost, or that nothing was sent.
    pub why: Box<str>,
}

impl Gap {
    /// How long it was.
    #[must_use]
    pub fn length(&self) -> Micros {
        self.to.mono - self.from.mono
    }
}

impl Record {
    /// Every gap of `vital`; none for a vital that no monitor ever sent.
    #[must_use]
    pub fn gaps(&self, vital: Vital) -> Vec<Gap> {
        let samples = self.of(vital);
        let sources: BTreeSet<&SourceId> = samples
            .iter()
            .filter_map(|sample| match &sample.said {
                Said::Monitor(source) => Some(source),
                Said::Typed(_) => None,
            })
            .collect();
        if sources.is_empty() {
            return Vec::new();
        }
        let stood = joined(held(self, vital).map(|held| (held.from, held.until)));
        let source = if sources.len() == 1 { sources.first().copied().cloned() } else { None };
        let gaps = between(&stood, self.begin().mono, self.end.mono).into_iter();
        gaps.map(|(from, to)| Gap {
            vital,
            source: source.clone(),
            from: self.moment(from),
            to: self.moment(to),
            why: self.why(&samples, &sources, from, to),
        })
        .collect()
    }

    /// The reasons known for a gap, in the order they came.
    fn why(&self, samples: &[&Sample], sources: &BTreeSet<&SourceId>, from: Micros, to: Micros) -> Box<str> {
        let mut reasons: Vec<&str> = Vec::new();
        let mut add = |word| {
            if !reasons.contains(&word) {
                reasons.push(word);
            }
        };
        let from_here = samples.partition_point(|sample| sample.at.mono < from);
        for sample in samples[from_here..].iter().take_while(|sample| sample.at.mono < to) {
            match sample {
                _ if sample.artefact => add("marked as artefact"),
                _ if sample.observation.synthetic => add("demonstration"),
                _ => sample.observation.reading.reason().into_iter().for_each(&mut add),
            }
        }
        for note in &self.notes {
            let Note::Link(_, at, source, state, _) = &note else { continue };
            if sources.contains(source) && (from..to).contains(&at.mono) && *state != LinkState::Live {
                add(match state {
                    LinkState::Lost => "link lost",
                    LinkState::Silent => "monitor silent",
                    _ => "link not up",
                });
            }
        }
        if reasons.is_empty() { "nothing sent".into() } else { reasons.join(", ").into() }
    }
}
