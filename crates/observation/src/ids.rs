//! Names of chairs and sources, and positions in a timeline.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

/// A chair, by the id of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChairId(pub Arc<str>);

/// A source (one port, listener or connection), by the id of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub Arc<str>);

macro_rules! name {
    ($name:ident) => {
        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Arc::from(text))
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Arc::from(text))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
name!(ChairId);
name!(SourceId);

/// Position in one timeline: 1 for its first entry, and no number is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub u64);

impl Sequence {
    /// The position after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What an entry belongs to. Each timeline has its own sequence and its own hash chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timeline {
    /// A chair.
    Chair(ChairId),
    /// A bed of a source that no chair has been given: "unassigned feed". The bed is empty when the source names none.
    Feed {
        /// The source that hears it.
        source: SourceId,
        /// Bed name as sent.
        bed: Arc<str>,
    },
    /// The house itself: chairs added, feeds assigned, clock steps, starts and stops.
    House,
}

impl Timeline {
    /// One text for each timeline: `chair:1`, `feed:gateway/BED-4`, `house`. Ids hold neither `:` nor `/`; beds may.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Chair(id) => alloc::format!("chair:{id}"),
            Self::Feed { source, bed } => alloc::format!("feed:{source}/{bed}"),
            Self::House => String::from("house"),
        }
    }

    /// Reads what [`Timeline::key`] wrote.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        if key == "house" {
            return Some(Self::House);
        }
        let (kind, rest) = key.split_once(':')?;
        match kind {
            "chair" => Some(Self::Chair(rest.into())),
            "feed" => {
                let (source, bed) = rest.split_once('/')?;
                Some(Self::Feed { source: source.into(), bed: bed.into() })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeline_survives_its_key() {
        for timeline in [
            Timeline::House,
            Timeline::Chair("3".into()),
            Timeline::Feed { source: "hl7".into(), bed: "ICU/PCU:4".into() },
            Timeline::Feed { source: "hl7".into(), bed: "".into() },
        ] {
            assert_eq!(Timeline::from_key(&timeline.key()), Some(timeline));
        }
        assert_eq!(Timeline::from_key("table:3"), None);
    }
}
