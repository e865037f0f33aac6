//! Which of several readings of one vital a tile shows, when a chair has several devices. The same rules stand in
//! `web/src/model/choice.ts`; `fixtures/choice.json` holds the two together.
//!
//! One whole reading is chosen, never parts of two: a systolic pressure keeps its diastolic. The answer depends on what
//! the candidates say and not on who spoke last, so it is the same on every screen and does not flicker.

use crate::{Freshness, Micros, Origin, SourceId, Vital};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// A source that was away is taken again only after it gave values without a break for this long, while another one has
/// them: a probe that comes on and off every second would else swap the numbers on the tile every second. As long as the
/// age up to which a value is live.
pub const RETURN_AFTER: Micros = Micros::from_secs(3);

/// The signal closest to the quantity first: respiration from CO2 before impedance before all others. An unknown origin
/// comes last.
const ORIGINS: &[Origin] = &[
    Origin::Ecg,
    Origin::Co2,
    Origin::Impedance,
    Origin::Pleth,
    Origin::Line,
    Origin::Ventilator,
    Origin::Airway,
    Origin::HrOrPulse,
    Origin::Cuff,
];

/// The order of a chair's sources, as the configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preference {
    /// First choice first, for single vitals.
    pub vitals: BTreeMap<Vital, Vec<SourceId>>,
    /// First choice first, for all others.
    pub default: Vec<SourceId>,
}

impl Preference {
    /// All sources in the order for `vital`: those declared for it, then those of the default, then the rest in the order
    /// of the configuration.
    #[must_use]
    pub fn order(&self, vital: Option<Vital>, all: &[SourceId]) -> Vec<SourceId> {
        let declared = vital.and_then(|vital| self.vitals.get(&vital)).into_iter().flatten();
        let mut order: Vec<SourceId> = Vec::with_capacity(all.len());
        for source in declared.chain(&self.default).chain(all) {
            if !order.contains(source) {
                order.push(source.clone());
            }
        }
        order
    }
}

/// The order of the sources for one vital of one chair.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// First choice first; a source that is not named comes after all that are, by its name.
    pub sources: &'a [SourceId],
    /// Somebody declared it for this very vital: then a first choice that was never heard is missed, and a cuff reading
    /// of the first choice holds as long as it is current.
    pub declared: bool,
}

/// What a candidate's newest reading says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Said {
    /// A value.
    Valid,
    /// A value in doubt.
    Questionable,
    /// No value, with a reason.
    Absent,
}

/// The newest reading of one source, origin and site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The source's id.
    pub source: &'a str,
    /// The signal it comes from.
    pub origin: Option<Origin>,
    /// Body site or channel.
    pub site: Option<&'a str>,
    /// What it says.
    pub said: Said,
    /// State by its age; of a cuff reading current is `Live` and old is `Delayed`.
    pub age: Freshness,
    /// The port or connection it came over is gone.
    pub link_lost: bool,
    /// How long it has given values without a break. A break is an absence, an age that was lost, or a lost link; the
    /// first value after one has to be valid, a doubtful one does not end it.
    pub run: Micros,
    /// When it was measured, on a clock common to all candidates.
    pub at: Micros,
}

/// Why the first choice is not the one that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Declared, and nothing of this vital was ever heard from it.
    Unheard,
    /// Its port or connection is gone.
    LinkLost,
    /// Its last reading is too old.
    Lost,
    /// It says that it has no value.
    Absent,
    /// It has values again, but not for [`RETURN_AFTER`].
    Returning,
}

/// Why this one is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// It is the first choice, or the only one.
    First,
    /// The first choice cannot be shown.
    Fallback {
        /// The first choice.
        source: &'a str,
        /// Its signal, where one was heard.
        origin: Option<Origin>,
        /// What is the matter with it.
        because: Cause,
    },
    /// The newest cuff measurement; the first choice measured earlier.
    Newest,
}

/// What a tile shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// Position among the candidates.
    pub shown: usize,
    /// Why this one.
    pub why: Why<'a>,
}

/// Chooses among readings of a vital that is measured all the time; `None` when there is none.
///
/// The best that can be shown wins: a value that has been steady, then any value, then one whose link is gone, then an
/// absence with its reason, then one that is too old. Among equals the order of the sources decides, within one source
/// the origin; among those that are too old the newest.
#[must_use]
pub fn choose<'a>(order: Order<'a>, candidates: &[Candidate<'a>]) -> Option<Choice<'a>> {
    let rank = |c: &Candidate<'_>| match (c.age, c.said, c.link_lost) {
        (Freshness::Lost, ..) => 4,
        (_, Said::Absent, _) => 3,
        (_, _, true) => 2,
        _ if c.run < RETURN_AFTER => 1,
        _ => 0,
    };
    let shown = best(candidates, |c| {
        let rank = rank(c);
        (rank, Reverse(if rank == 4 { c.at } else { Micros(0) }), place(order, c))
    })?;
    Some(Choice { shown, why: missed(order, candidates, shown).unwrap_or(Why::First) })
}

/// Chooses among cuff readings, which are events: a current one of the declared first choice, else the newest measurement
/// that is not too old, whoever made it; without any the newest absence, then the newest of those too old. A link that is
/// gone takes nothing from a measurement that was made.
#[must_use]
pub fn choose_cuff<'a>(order: Order<'a>, candidates: &[Candidate<'a>]) -> Option<Choice<'a>> {
    let held = |c: &Candidate<'_>| {
        order.declared
            && order.sources.first().is_some_and(|first| first.as_str() == c.source)
            && c.age == Freshness::Live
    };
    let rank = |c: &Candidate<'_>| match (c.age, c.said) {
        (Freshness::Lost, _) => 3,
        (_, Said::Absent) => 2,
        _ if held(c) => 0,
        _ => 1,
    };
    let shown = best(candidates, |c| (rank(c), Reverse(c.at), place(order, c)))?;
    let why = match missed(order, candidates, shown) {
        None => Why::First,
        // A first choice that measured earlier has nothing the matter with it.
        Some(Why::Fallback { because: Cause::Lost | Cause::Returning, .. }) => Why::Newest,
        Some(why) => why,
    };
    Some(Choice { shown, why })
}

fn best<'a, K: Ord>(candidates: &[Candidate<'a>], key: impl Fn(&Candidate<'a>) -> K) -> Option<usize> {
    candidates.iter().enumerate().min_by_key(|(_, c)| key(c)).map(|(n, _)| n)
}

/// Where a candidate stands in the order: nothing in it depends on what was said or when.
fn place<'a>(order: Order<'_>, c: &Candidate<'a>) -> (usize, &'a str, usize, Option<&'a str>) {
    let source = order.sources.iter().position(|s| s.as_str() == c.source).unwrap_or(order.sources.len());
    let origin = c.origin.and_then(|o| ORIGINS.iter().position(|known| *known == o)).unwrap_or(ORIGINS.len());
    (source, c.source, origin, c.site)
}

/// What is the matter with the first choice, when another one is shown.
fn missed<'a>(order: Order<'a>, candidates: &[Candidate<'a>], shown: usize) -> Option<Why<'a>> {
    let heard = |source: &SourceId| candidates.iter().any(|c| c.source == source.as_str());
    if let Some(source) = order.sources.first().filter(|source| order.declared && !heard(source)) {
        return Some(Why::Fallback { source: source.as_str(), origin: None, because: Cause::Unheard });
    }
    let first = best(candidates, |c| place(order, c)).filter(|first| *first != shown)?;
    let first = candidates[first];
    let because = match (first.link_lost, first.age, first.said) {
        (true, ..) => Cause::LinkLost,
        (_, Freshness::Lost, _) => Cause::Lost,
        (_, _, Said::Absent) => Cause::Absent,
        _ => Cause::Returning,
    };
    Some(Why::Fallback { source: first.source, origin: first.origin, because })
}
