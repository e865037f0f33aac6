//! What goes into a timeline: readings, notices of the monitor, link changes, skipped bytes, deeds of people.

use crate::session::{Audit, Done, Person, Role};
use crate::vital::words;
use crate::{Accessed, ChairId, Context, Noticed, Observation, Received, Sequence, SourceId, Timeline, clinic};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

words! {
    /// Why bytes were skipped. Every skipped byte is a finding, counted and kept (H09).
    Skip {
        /// The checksum does not fit.
        Checksum = "bad checksum",
        /// Fits no frame of this protocol.
        NotAFrame = "not a frame",
        /// The frame was cut off before its end.
        CutOff = "cut off",
        /// Longer than any frame of this protocol.
        TooLong = "too long",
        /// A frame by its marks whose fields contradict it.
        Malformed = "malformed",
        /// A known device in a mode we do not decode.
        WrongMode = "wrong mode",
        /// Bytes outside the frames of a framed stream.
        BetweenFrames = "between frames",
        /// A value that cannot be what its label says; kept as unknown.
        Quarantined = "quarantined",
    }
}

words! {
    /// Priority the monitor gave its own alarm.
    Priority {
        /// Technical or unspecified.
        Advisory = "advisory",
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }
}

/// The monitor's own alarm or inop text, relayed as "Monitor: ...", never interpreted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorNotice {
    /// Text as sent.
    pub text: Box<str>,
    /// Priority, where sent.
    pub priority: Priority,
    /// Bed, patient and device of its group.
    pub context: Option<Arc<Context>>,
    /// The frame in the source's stream.
    pub bytes: Range<u64>,
}

words! {
    /// State of a source's link.
    LinkState {
        /// Not tried yet.
        Initial = "initial",
        /// Opening the port, connecting, or listening and nobody has come.
        Connecting = "connecting",
        /// Frames arrive.
        Live = "live",
        /// The link stands, nothing valid arrives.
        Silent = "silent",
        /// The port or connection is gone.
        Lost = "lost",
    }
}

/// A change of a source's link, as a timeline sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The source.
    pub source: SourceId,
    /// Its state from now on.
    pub state: LinkState,
    /// What was found, what was expected and what to do, in one sentence. Never a patient's data.
    pub reason: Box<str>,
}

/// What people, or the house itself, did. Kept in the log like everything else; never changed, only followed by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The server started.
    Started {
        /// Program version.
        version: Box<str>,
    },
    /// The server stopped in order.
    Stopped,
    /// A chair was added or renamed.
    ChairNamed {
        /// Its id.
        chair: ChairId,
        /// Name from now on.
        name: Box<str>,
    },
    /// A feed was given to a chair, or taken from it (`None`).
    FeedAssigned {
        /// Source of the feed.
        source: SourceId,
        /// Bed name as sent; empty for a source that names none.
        bed: Box<str>,
        /// The chair from now on.
        chair: Option<ChairId>,
    },
    /// The wall clock was found to have stepped.
    ClockStepped {
        /// By how much, in microseconds; negative is back.
        by_us: i64,
    },
    /// Entries that could not be held for a log that cannot be written: so many frames are declared lost (H09).
    FramesLost {
        /// Number of frames.
        frames: u64,
    },
    /// The clinic's settings were changed.
    ClinicChanged(Box<clinic::Changed>),
    /// What people did in a session at a chair. It stands in the chair's timeline.
    Session(Box<Done>),
    /// A chair without a session was made ready for the next patient: no claim reaches past this. It stands in the chair's
    /// timeline.
    ChairCleared {
        /// By whom.
        by: Person,
    },
    /// A notice of the clinic's own limits was raised, changed, or is over. It stands in the chair's timeline.
    Noticed(Box<Noticed>),
    /// Somebody looked at a session's record, or made something of it. It stands in the chair's timeline.
    Audited(Box<Audit>),
    /// Somebody came in or was refused, saw something, or changed who may.
    Accessed(Box<Accessed>),
    /// What a person asked for was erased from the log; the deed comes first, so that nothing goes without it.
    Erased {
        /// Ids of the sessions, parted by blanks. Never whose they were.
        what: Box<str>,
        /// By whom.
        by: Box<str>,
        /// Why. Never whose they were.
        reason: Box<str>,
        /// Entries of which tombstones are left.
        entries: u64,
    },
}

/// One fact of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A reading of the monitor.
    Reading(Observation),
    /// The monitor's own notice.
    Notice(MonitorNotice),
    /// Bytes that fit nothing.
    Skipped {
        /// Range in the source's stream.
        bytes: Range<u64>,
        /// Why.
        skip: Skip,
    },
    /// A frame that was understood and holds no reading: a header row, a heartbeat, a message of another kind. Kept so
    /// that every frame on disk belongs to a chain.
    Heard {
        /// Range in the source's stream.
        bytes: Range<u64>,
    },
    /// A change of a link.
    Link(Link),
    /// A deed.
    Deed(Deed),
}

/// One fact with its place: timeline, sequence, time, source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The timeline it belongs to.
    pub timeline: Timeline,
    /// Its position there.
    pub sequence: Sequence,
    /// When it reached the server (a deed: when it was done).
    pub received: Received,
    /// Age of the measurement on arrival, for readings that carry their own time: the value's time is
    /// `received.before(age)`. Zero for all others.
    pub age: crate::Micros,
    /// The source it came from; `None` for deeds.
    pub source: Option<SourceId>,
    /// What it says.
    pub what: What,
}

words! {
    /// What kind of raw bytes a frame row holds.
    FrameKind {
        /// A frame or message that was understood.
        Understood = "understood",
        /// A frame that was complete but not understood: an adapter fault, shown as such.
        Fault = "fault",
        /// Bytes that fit nothing.
        Noise = "noise",
    }
}

/// Key that makes a repeated message the same message: digest of source, control id and bytes (H19). Made by ingest,
/// only for protocols whose control id is an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameKey(pub [u8; 16]);

/// The raw bytes of one frame, message or stretch of noise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The source.
    pub source: SourceId,
    /// Where it begins in the source's stream, counted in bytes since the source was opened.
    pub offset: u64,
    /// When its last byte arrived.
    pub received: Received,
    /// What it is.
    pub kind: FrameKind,
    /// The bytes, exactly.
    pub raw: Arc<[u8]>,
    /// Present when a repetition is to be stored once.
    pub key: Option<FrameKey>,
}

/// New entries of one timeline on their way to the screens.
#[derive(Clone, Debug)]
pub struct Update {
    /// The timeline.
    pub timeline: Timeline,
    /// Entries in order of sequence, at least one.
    pub entries: Vec<Entry>,
    /// Expected interval of the feed, for the ages on screen; `None` when the update holds no reading.
    pub every: Option<crate::Micros>,
}

impl Deed {
    /// One word for the kind of deed: in the log's `kind` column and on the wire.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Stopped => "stopped",
            Self::ChairNamed { .. } => "chair named",
            Self::FeedAssigned { .. } => "feed assigned",
            Self::ClockStepped { .. } => "clock stepped",
            Self::FramesLost { .. } => "frames lost",
            Self::ClinicChanged(_) => "clinic changed",
            Self::Session(_) => "session",
            Self::ChairCleared { .. } => "chair cleared",
            Self::Noticed(_) => "noticed",
            Self::Audited(_) => "audited",
            Self::Accessed(_) => "accessed",
            Self::Erased { .. } => "erased",
        }
    }

    /// The deed's fields as the log keeps them, each `name=value`, parted by `\u{1f}`.
    #[must_use]
    pub fn fields(&self) -> String {
        const SEP: char = '\u{1f}';
        match self {
            Self::Started { version } => alloc::format!("version={version}"),
            Self::Stopped => String::new(),
            Self::ChairNamed { chair, name } => alloc::format!("chair={chair}{SEP}name={name}"),
            Self::FeedAssigned { source, bed, chair } => {
                let chair = chair.as_ref().map_or("", ChairId::as_str);
                alloc::format!("source={source}{SEP}bed={bed}{SEP}chair={chair}")
            }
            Self::ClockStepped { by_us } => alloc::format!("by_us={by_us}"),
            Self::FramesLost { frames } => alloc::format!("frames={frames}"),
            Self::ClinicChanged(changed) => changed.fields(),
            Self::Session(done) => done.fields(),
            Self::ChairCleared { by } => alloc::format!("by={}{SEP}role={}", by.name, by.role.word()),
            Self::Noticed(noticed) => noticed.fields(),
            Self::Audited(audit) => audit.fields(),
            Self::Accessed(accessed) => accessed.fields(),
            Self::Erased { what, by, reason, entries } => {
                alloc::format!("what={what}{SEP}by={by}{SEP}reason={reason}{SEP}entries={entries}")
            }
        }
    }

    /// Reads a deed back from its word and fields.
    #[must_use]
    pub fn from_parts(word: &str, fields: &str) -> Option<Self> {
        let get = |name: &str| fields.split('\u{1f}').find_map(|f| f.strip_prefix(name)?.strip_prefix('='));
        Some(match word {
            "started" => Self::Started { version: get("version")?.into() },
            "stopped" => Self::Stopped,
            "chair named" => Self::ChairNamed { chair: get("chair")?.into(), name: get("name")?.into() },
            "feed assigned" => Self::FeedAssigned {
                source: get("source")?.into(),
                bed: get("bed")?.into(),
                chair: get("chair").filter(|c| !c.is_empty()).map(Into::into),
            },
            "clock stepped" => Self::ClockStepped { by_us: get("by_us")?.parse().ok()? },
            "frames lost" => Self::FramesLost { frames: get("frames")?.parse().ok()? },
            "clinic changed" => Self::ClinicChanged(Box::new(clinic::Changed::from_fields(fields)?)),
            "session" => Self::Session(Box::new(Done::from_fields(fields)?)),
            "chair cleared" => {
                Self::ChairCleared { by: Person { name: get("by")?.into(), role: Role::from_word(get("role")?)? } }
            }
            "noticed" => Self::Noticed(Box::new(Noticed::from_fields(fields)?)),
            "audited" => Self::Audited(Box::new(Audit::from_fields(fields)?)),
            "accessed" => Self::Accessed(Box::new(Accessed::from_fields(fields)?)),
            "erased" => Self::Erased {
                what: get("what")?.into(),
                by: get("by")?.into(),
                reason: get("reason")?.into(),
                entries: get("entries")?.parse().ok()?,
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::AuditKind;

    #[test]
    fn a_deed_survives_its_parts() {
        for deed in [
            Deed::Started { version: "0.1.0".into() },
            Deed::Stopped,
            Deed::ChairNamed { chair: "2".into(), name: "Window = left".into() },
            Deed::FeedAssigned { source: "hl7".into(), bed: "B^4".into(), chair: Some("1".into()) },
            Deed::FeedAssigned { source: "hl7".into(), bed: "".into(), chair: None },
            Deed::ClockStepped { by_us: -3_600_000_000 },
            Deed::FramesLost { frames: 7 },
            Deed::ChairCleared { by: Person { name: "Bo = 2".into(), role: Role::Nurse } },
            Deed::Audited(Box::new(Audit {
                session: "1-5".into(),
                by: Person { name: "Bo".into(), role: Role::Reviewer },
                did: AuditKind::Exported,
                what: "csv".into(),
            })),
            Deed::Accessed(Box::new(Accessed {
                did: crate::AccessKind::SignInFailed,
                by: "".into(),
                from: "10.0.0.9".into(),
                what: "a = b".into(),
            })),
            Deed::Erased { what: "1-8 2-1".into(), by: "Lee".into(), reason: "as = asked".into(), entries: 7 },
        ] {
            assert_eq!(Deed::from_parts(deed.word(), &deed.fields()), Some(deed));
        }
    }
}
