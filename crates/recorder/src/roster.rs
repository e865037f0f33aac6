//! Who is bound to what: chairs, sources, beds.

use chairside_observation::{ChairId, Deed, Micros, Preference, SourceId, Timeline};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How a source's values find their chair, from the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Everything the source says belongs to this chair.
    Chair(ChairId),
    /// By bed name as sent; beds without a row are unassigned feeds until somebody gives them a chair.
    Beds(BTreeMap<Box<str>, ChairId>),
}

/// A feed nobody has given a chair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Feed {
    /// The source that hears it.
    pub source: SourceId,
    /// Bed name as sent; empty when the source names none.
    pub bed: Arc<str>,
}

/// Chairs in room order, sources with their binding, assignments made by people, feeds heard without a chair.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// Chairs in the order of the configuration, then in the order they were added: id and name.
    pub chairs: Vec<(ChairId, Box<str>)>,
    /// Binding of each source of the configuration.
    pub sources: BTreeMap<SourceId, Binding>,
    /// Sources in the order of the configuration: what a tile takes first where nothing is preferred.
    pub order: Vec<SourceId>,
    /// What the configuration prefers on a chair with several devices.
    pub prefer: BTreeMap<ChairId, Preference>,
    /// Assignments made on the settings page; they win over the configuration. `None` takes a feed from its chair.
    pub assigned: BTreeMap<(SourceId, Box<str>), Option<ChairId>>,
    /// Feeds heard since the log began that have no chair now.
    pub unassigned: BTreeSet<Feed>,
    /// How long what no session claims is kept: no late start reaches further back. `None`: as long as it is there.
    pub keep_unclaimed: Option<Micros>,
}

impl Roster {
    /// The timeline a reading with this bed belongs to.
    #[must_use]
    pub fn timeline(&self, source: &SourceId, bed: Option<&str>) -> Timeline {
        let bed = bed.unwrap_or("");
        let assigned = self.assigned.get(&(source.clone(), Box::from(bed)));
        let chair = match (assigned, self.sources.get(source)) {
            (Some(chair), _) => chair.clone(),
            (None, Some(Binding::Chair(chair))) => Some(chair.clone()),
            (None, Some(Binding::Beds(beds))) => beds.get(bed).cloned(),
            (None, None) => None,
        };
        match chair {
            Some(chair) => Timeline::Chair(chair),
            None => Timeline::Feed { source: source.clone(), bed: bed.into() },
        }
    }

    /// Whether the configuration binds the whole source to a chair, whatever bed it names.
    #[must_use]
    pub fn is_whole(&self, source: &SourceId) -> bool {
        matches!(self.sources.get(source), Some(Binding::Chair(_)))
    }

    /// Whether there is a chair with this id.
    #[must_use]
    pub fn has_chair(&self, chair: &ChairId) -> bool {
        self.chairs.iter().any(|(id, _)| id == chair)
    }

    /// Lets a recorded deed take effect; deeds that do not concern the roster change nothing.
    pub(crate) fn apply(&mut self, deed: &Deed) {
        match deed {
            Deed::ChairNamed { chair, name } => match self.chairs.iter_mut().find(|(id, _)| id == chair) {
                Some((_, known)) => known.clone_from(name),
                None => self.chairs.push((chair.clone(), name.clone())),
            },
            Deed::FeedAssigned { source, bed, chair } => {
                self.assigned.insert((source.clone(), bed.clone()), chair.clone());
                let feed = Feed { source: source.clone(), bed: Arc::from(&**bed) };
                match chair {
                    Some(_) => self.unassigned.remove(&feed),
                    None => self.unassigned.insert(feed),
                };
            }
            Deed::Started { .. }
            | Deed::Stopped
            | Deed::ClockStepped { .. }
            | Deed::FramesLost { .. }
            | Deed::ClinicChanged(_)
            | Deed::Session(_)
            | Deed::ChairCleared { .. }
            | Deed::Noticed(_)
            | Deed::Audited(_)
            | Deed::Accessed(_)
            | Deed::Erased { .. } => {}
        }
    }
}
