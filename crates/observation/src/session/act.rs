//! What people do in a session, and who did it.

use super::{EntryKind, Phase, Role};
use crate::{Decimal, Micros, Sequence, SourceId, Vital};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// Names a session: chair and the sequence of the act that opened it, such as `3-1042`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// The id of the session that the act at `sequence` of `chair` opens.
    #[must_use]
    pub fn opened(chair: &crate::ChairId, sequence: Sequence) -> Self {
        Self(alloc::format!("{chair}-{}", sequence.0).into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SessionId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Made by the screen on which the act was pressed: the same press sent again is the same act (H19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActKey(pub u128);

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name as the clinic writes it.
    pub name: Box<str>,
    /// What they are there.
    pub role: Role,
}

/// Who is treated. Two identifiers are confirmed at the chair; neither chair nor bed is one (H01).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patient {
    /// The clinic's number of the patient.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Birth date, ISO 8601.
    pub born: Box<str>,
    /// What public screens show instead of the name.
    pub alias: Box<str>,
}

/// What the number of a test patient begins with, and no other's: on every page and in every file it is seen whose it is (H21).
pub const TEST_PREFIX: &str = "TEST:";

impl Patient {
    /// Nobody: a patient made up to try a chair.
    #[must_use]
    pub fn is_test(&self) -> bool {
        let start = self.id.trim().as_bytes().get(..TEST_PREFIX.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(TEST_PREFIX.as_bytes()))
    }
}

/// What was planned. Times only: no dose is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Name of the template, as the lead wrote it.
    pub template: Box<str>,
    /// Which one of the course this is.
    pub number: u16,
    /// How many the course has; `None` when that is open.
    pub of: Option<u16>,
    /// Planned length of the infusion.
    pub infusion_min: u16,
    /// Expected time between cuff readings while the infusion runs, and afterwards.
    pub cuff_infusing_min: u16,
    /// The same after the infusion.
    pub cuff_observing_min: u16,
    /// Least observation after the stop.
    pub observe_min: u16,
    /// Expected time between assessments (sedation, side effects) in the first hour, and later. 0: the log is from before
    /// there was such a plan, and none is due.
    pub assess_first_min: u16,
    /// The same after the first hour.
    pub assess_later_min: u16,
}

/// One value taken as baseline, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineValue {
    /// Which vital.
    pub vital: Vital,
    /// The values: one, or systolic, diastolic and mean.
    pub values: Vec<Decimal>,
    /// First and last entry of the timeline it was taken from.
    pub from: (Sequence, Sequence),
}

/// A value a person read off and typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedVital {
    /// Which vital.
    pub vital: Vital,
    /// The values: one, or systolic, diastolic and mean.
    pub values: Vec<Decimal>,
}

/// Logs of the first version do not say how long ago the claimed entry came. It is none of the lengths a claim can have, so that
/// such an act is written as it was read: the chain is over its text.
pub const AGO_UNKNOWN: Micros = Micros(i64::MIN);

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A patient takes the chair.
    Opened {
        /// Who.
        patient: Patient,
        /// What was planned.
        plan: Plan,
        /// She is expected, and not at the chair yet.
        planned: bool,
    },
    /// The session moves on.
    Moved {
        /// Where to.
        to: Phase,
        /// Why, where that is not plain: a stop before its time, leaving before the minimum, cancelling.
        reason: Box<str>,
    },
    /// The session's span begins earlier: "she was connected at 10:05".
    Claimed {
        /// The first entry of the timeline that is hers.
        from: Sequence,
        /// How long before this act that entry reached the server: her span began then. [`AGO_UNKNOWN`] in logs of the first
        /// version.
        ago: Micros,
    },
    /// The values before the infusion.
    Baseline {
        /// They.
        values: Vec<BaselineValue>,
    },
    /// Something was seen, asked or given.
    Entry {
        /// What.
        kind: EntryKind,
        /// The score, on the kind's scale.
        score: Option<i8>,
        /// As typed.
        text: Box<str>,
    },
    /// Values read off a monitor that is not connected.
    Typed {
        /// They.
        values: Vec<TypedVital>,
    },
    /// Readings that do not count: the cuff was bent, the probe was wiggled. They stay as they are.
    Artefact {
        /// Which vital.
        vital: Vital,
        /// First and last entry of the timeline.
        span: (Sequence, Sequence),
        /// Why.
        reason: Box<str>,
    },
    /// An earlier act of this session no longer counts.
    Undo {
        /// The entry of the timeline that holds it.
        of: Sequence,
        /// Why.
        reason: Box<str>,
    },
    /// Another nurse takes over.
    HandedOver {
        /// Who.
        to: Person,
    },
    /// A feed that names somebody else, or came from another monitor, was looked at and is this patient's.
    Accepted {
        /// Source of the feed.
        source: SourceId,
        /// Bed name as sent; empty for a source that names none.
        bed: Box<str>,
        /// Patient identifier as sent; empty when the feed names none.
        patient: Box<str>,
        /// Device identifier as sent; empty when the feed names none.
        device: Box<str>,
        /// How it was made sure.
        reason: Box<str>,
    },
    /// A notice of the clinic's limits was seen; it comes back if it is still true later.
    Acknowledged {
        /// Word of the notice's kind.
        notice: Box<str>,
    },
    /// The clinician set this patient's own limits for one kind of notice.
    Limited {
        /// Word of the notice's kind.
        notice: Box<str>,
        /// They, as `name=number` pairs parted by blanks; empty for the clinic's own.
        limits: Box<str>,
        /// Why.
        reason: Box<str>,
    },
    /// A remark on the record: a comment before it is signed, an addendum afterwards.
    Addendum {
        /// As typed.
        text: Box<str>,
    },
    /// An earlier entry was wrong: this stands in its place, its time included, and the old one stays readable.
    Corrected {
        /// The entry of the timeline that holds it.
        of: Sequence,
        /// The score that is right.
        score: Option<i8>,
        /// The text that is right.
        text: Box<str>,
        /// Why.
        reason: Box<str>,
    },
    /// The record was read and is signed: from here on it only takes addenda.
    Signed {
        /// What the signature stands for, as the person chose it.
        meaning: Box<str>,
        /// Digest of what was signed.
        digest: [u8; 32],
        /// Public key of this server.
        key: [u8; 32],
        /// Signature of digest, person and meaning by that key.
        signature: [u8; 64],
        /// The lines of the summary as they were signed: a later version of the program may compute others.
        summary: Box<str>,
    },
}

impl Act {
    /// What was typed, of an entry or a remark.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Entry { text, .. } | Self::Corrected { text, .. } | Self::Addendum { text } => Some(text),
            _ => None,
        }
    }
}

/// When it was, where that differs from when it reached the server: pressed while the connection was down, or entered late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// UTC since 1970.
    pub wall: Micros,
    /// A person set the time back; without it the screen kept the act until it could be sent.
    pub late: bool,
}

/// One act with everything that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Of which session.
    pub session: SessionId,
    /// By whom.
    pub by: Person,
    /// Made by the screen.
    pub key: ActKey,
    /// When it was, if not now.
    pub about: Option<About>,
    /// What.
    pub act: Act,
}
