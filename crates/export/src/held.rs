//! How long a value stands: until the next one of its source, and never longer than a screen would show it.

use crate::record::{Record, Said, Sample, Signal};
use chairside_observation::{Micros, Vital};
use std::collections::BTreeMap;

/// A continuous value without a follower stands so long at least ...
const STANDS_MIN: Micros = Micros::from_secs(10);
/// ... or three times the usual gap of its source, as on the screens (freshness: lost after max(10 s, 3 T)).
const GAPS_HELD: i64 = 3;
/// A cuff reading stands until the next one, at most so long: then no screen shows it as a value any more.
pub(crate) const CUFF_STANDS: Micros = Micros::from_secs(15 * 60);

/// A value and the stretch it stands for, on the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held<'a> {
    pub(crate) sample: &'a Sample,
    pub(crate) from: Micros,
    pub(crate) until: Micros,
}

/// The same by the sample's place in the record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    place: usize,
    from: Micros,
    until: Micros,
}

/// Every counted value of a vital with its stretch, each source by itself. An absence ends the value before it.
pub(crate) fn held(record: &Record, vital: Vital) -> impl Iterator<Item = Held<'_>> {
    let all = record.stretches(vital).iter();
    all.map(|Stretch { place, from, until }| Held { sample: &record.samples()[*place], from: *from, until: *until })
}

/// See [`held`]; `order` has the places of the vital's samples.
pub(crate) fn stretches_of(record: &Record, vital: Vital, order: &[usize]) -> Vec<Stretch> {
    let samples = record.samples();
    let mut by_source: BTreeMap<Signal<'_>, Vec<usize>> = BTreeMap::new();
    for place in order.iter().filter(|place| matches!(samples[**place].said, Said::Monitor(_))) {
        by_source.entry(Record::signal(&samples[*place])).or_default().push(*place);
    }
    by_source.values().flat_map(|places| stretches(samples, places, vital, record.end.mono)).collect()
}

fn stretches(samples: &[Sample], places: &[usize], vital: Vital, end: Micros) -> Vec<Stretch> {
    let at = |place: &usize| samples[*place].at.mono;
    let longest = if vital == Vital::Nibp { CUFF_STANDS } else { stands(places.iter().map(at)) };
    let until = |n: usize, from: Micros| places.get(n + 1).map_or(end, at).min(from + longest).min(end).max(from);
    let counted = places.iter().enumerate().filter(|(_, place)| samples[**place].counted().is_some());
    counted.map(|(n, place)| Stretch { place: *place, from: at(place), until: until(n, at(place)) }).collect()
}

/// How long a continuous value of a source stands that was measured at these times.
pub(crate) fn stands(times: impl Iterator<Item = Micros> + Clone) -> Micros {
    let mut gaps: Vec<i64> = times.clone().zip(times.skip(1)).map(|(this, next)| (next - this).0).collect();
    gaps.retain(|gap| *gap > 0);
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    STANDS_MIN.max(Micros(usual.saturating_mul(GAPS_HELD)))
}

/// Stretches joined where they touch or overlap, in order.
pub(crate) fn joined(stretches: impl Iterator<Item = (Micros, Micros)>) -> Vec<(Micros, Micros)> {
    let mut all: Vec<_> = stretches.filter(|(from, until)| from < until).collect();
    all.sort_unstable();
    let mut joined: Vec<(Micros, Micros)> = Vec::new();
    for (from, until) in all {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = (*end).max(until),
            _ => joined.push((from, until)),
        }
    }
    joined
}

/// Their length together.
pub(crate) fn length(stretches: &[(Micros, Micros)]) -> Micros {
    stretches.iter().fold(Micros(0), |sum, (from, until)| sum + (*until - *from))
}

/// What lies between them, from `begin` to `end`.
pub(crate) fn between(stretches: &[(Micros, Micros)], begin: Micros, end: Micros) -> Vec<(Micros, Micros)> {
    let mut gaps = Vec::new();
    let mut at = begin;
    for (from, until) in stretches {
        if *from > at {
            gaps.push((at, (*from).min(end)));
        }
        at = at.max(*until);
    }
    if at < end {
        gaps.push((at, end));
    }
    gaps.retain(|(from, until)| from < until);
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(pairs: &[(i64, i64)]) -> Vec<(Micros, Micros)> {
        pairs.iter().map(|(a, b)| (Micros(*a), Micros(*b))).collect()
    }

    #[test]
    fn stretches_join_and_what_lies_between_is_a_gap() {
        let found = joined(us(&[(5, 9), (0, 2), (2, 3), (8, 12), (20, 20)]).into_iter());
        assert_eq!(found, us(&[(0, 3), (5, 12)]));
        assert_eq!(length(&found), Micros(10));
        assert_eq!(between(&found, Micros(-1), Micros(15)), us(&[(-1, 0), (3, 5), (12, 15)]));
        assert_eq!(between(&found, Micros(1), Micros(11)), us(&[(3, 5)]));
        assert_eq!(between(&[], Micros(1), Micros(2)), us(&[(1, 2)]));
    }
}
