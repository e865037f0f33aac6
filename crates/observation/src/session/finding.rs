//! What is worth knowing of a session before its record is opened.

use super::{Act, Session};
use crate::vital::words;

words! {
    /// Something a reader of records looks for.
    Finding {
        /// Something was entered late.
        Late = "late",
        /// Values were typed.
        Typed = "typed",
        /// Readings are marked as artefacts.
        Artefact = "artefact",
        /// A monitor fell silent or was lost.
        Gap = "gap",
        /// A monitor gave a notice of its own.
        Notice = "notice",
        /// A notice of the clinic's limits was raised.
        Limit = "limit",
        /// Demonstration or test data stands in it.
        Demo = "demo",
        /// It has comments or addenda.
        Addendum = "addendum",
        /// Something was corrected or undone.
        Corrected = "corrected",
        /// The infusion was stopped before its time.
        StoppedEarly = "stopped early",
    }
}

/// A set of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Findings(u16);

impl Findings {
    /// Those a session has by its acts. What its monitors did is not among them.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let mut found = Self::default();
        for kept in &session.acts {
            if kept.done.about.is_some_and(|about| about.late) {
                found.insert(Finding::Late);
            }
            match kept.done.act {
                Act::Corrected { .. } | Act::Undo { .. } => found.insert(Finding::Corrected),
                _ if kept.undone_by.is_some() => {}
                Act::Typed { .. } => found.insert(Finding::Typed),
                Act::Artefact { .. } => found.insert(Finding::Artefact),
                Act::Addendum { .. } => found.insert(Finding::Addendum),
                _ => {}
            }
        }
        if session.stopped_early.is_some() {
            found.insert(Finding::StoppedEarly);
        }
        found
    }

    /// Adds one.
    pub fn insert(&mut self, finding: Finding) {
        self.0 |= 1 << finding as u16;
    }

    /// Whether it is in the set.
    #[must_use]
    pub const fn has(self, finding: Finding) -> bool {
        self.0 & 1 << finding as u16 != 0
    }

    /// Whether all of `others` are in the set.
    #[must_use]
    pub const fn has_all(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Those of both sets.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// They, in the order of the list.
    pub fn iter(self) -> impl Iterator<Item = Finding> {
        Finding::ALL.iter().copied().filter(move |finding| self.has(*finding))
    }

    /// As a number: one bit each, in the order of the list.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// From that number.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<T: IntoIterator<Item = Finding>>(findings: T) -> Self {
        let mut all = Self::default();
        findings.into_iter().for_each(|finding| all.insert(finding));
        all
    }
}
