//! The clinic's limits as they stood in a session: whether a notice was on, with which numbers, and whose they were.

use crate::Record;
use chairside_observation::session::{Act, Kept};
use chairside_observation::{Limits, Micros, NoticeKind, Received};
use std::fmt;

/// Numbers of one kind of notice that was on, and how long they held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Which notice.
    pub kind: NoticeKind,
    /// From when on.
    pub from: Received,
    /// To when.
    pub to: Received,
    /// Every number.
    pub limits: Limits,
    /// Some of them were this patient's own.
    pub own: bool,
}

impl InForce {
    fn goes_on_as(&self, next: &Self) -> bool {
        (self.kind, self.to, self.limits, self.own) == (next.kind, next.from, next.limits, next.own)
    }
}

impl Record {
    /// The limits in force, kind by kind and in order of time; what was off is left out.
    #[must_use]
    pub fn in_force(&self) -> Vec<InForce> {
        let (begin, end) = (self.begin(), self.end);
        let of_acts = self.session.acts.iter().filter(|kept| {
            let sets = matches!(kept.done.act, Act::Limited { .. } | Act::Undo { .. });
            sets && kept.received.wall > begin.wall && kept.received.wall < end.wall
        });
        let mut moments: Vec<Micros> = of_acts.map(|kept| kept.received.wall).collect();
        moments.extend(self.past.limits_set(begin.wall, end.wall));
        moments.sort_unstable();
        moments.dedup();
        let mut starts = vec![begin];
        starts.extend(moments.into_iter().map(|wall| self.at_wall(wall)));
        let mut all: Vec<InForce> = Vec::new();
        for kind in NoticeKind::ALL {
            for (n, from) in starts.iter().enumerate() {
                let to = starts.get(n + 1).copied().unwrap_or(end);
                let Some((limits, own)) = self.limits_at(*kind, from.wall) else { continue };
                let next = InForce { kind: *kind, from: *from, to, limits, own };
                match all.last_mut().filter(|last| last.goes_on_as(&next)) {
                    Some(last) => last.to = to,
                    None => all.push(next),
                }
            }
        }
        all
    }

    /// The numbers of a kind at a moment, the patient's own in the place of the clinic's; `None` while it was off.
    fn limits_at(&self, kind: NoticeKind, at: Micros) -> Option<(Limits, bool)> {
        let clinic = Some(self.past.limit(kind, at)).filter(|limit| limit.on)?.limits;
        let acts = &self.session.acts;
        let undone = |kept: &Kept| {
            let by = kept.undone_by.and_then(|by| acts.iter().find(|act| act.sequence == by));
            by.is_some_and(|by| by.received.wall <= at)
        };
        let set = acts.iter().rev().filter(|kept| kept.received.wall <= at).find_map(|kept| match &kept.done.act {
            Act::Limited { notice, limits, .. } if **notice == *kind.word() && !undone(kept) => Some(limits),
            _ => None,
        });
        // Empty: the clinic's hold again.
        let own = set.filter(|text| !text.trim().is_empty()).and_then(|text| Limits::parse(text).ok());
        Some(match own.filter(|own| own.may(kind).is_ok()) {
            Some(own) => (clinic.with(&own), true),
            None => (clinic, false),
        })
    }
}

/// Whose number it is that time is counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Nobody's: the notice was off, or had no such number.
    Fixed,
    Clinic,
    Patient,
}

impl Whose {
    const fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Clinic => "limit",
            Self::Patient => "own limit",
        }
    }
}

/// The number that time is counted against, as it stood: `90 (fixed)`, `92 (limit), then 88 (own limit)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Against(Vec<(Micros, i64, Whose)>);

impl Against {
    /// The number `pick` finds among the limits of `kind`, and `fixed` wherever there is none.
    pub(crate) fn of(
        record: &Record,
        stood: &[InForce],
        (kind, fixed): (NoticeKind, i64),
        pick: fn(&Limits) -> Option<i16>,
    ) -> Self {
        let (mut steps, mut known) = (Vec::new(), record.begin().mono);
        for stretch in stood.iter().filter(|stretch| stretch.kind == kind) {
            if stretch.from.mono > known {
                steps.push((known, fixed, Whose::Fixed));
            }
            let whose = if stretch.own { Whose::Patient } else { Whose::Clinic };
            let number = pick(&stretch.limits).map_or((fixed, Whose::Fixed), |number| (number.into(), whose));
            steps.push((stretch.from.mono, number.0, number.1));
            known = stretch.to.mono;
        }
        if steps.is_empty() || known < record.end.mono {
            steps.push((known, fixed, Whose::Fixed));
        }
        steps.dedup_by_key(|(_, number, whose)| (*number, *whose));
        Self(steps)
    }

    /// The number at a moment of the monotonic clock.
    pub(crate) fn at(&self, mono: Micros) -> i64 {
        let step = self.0.iter().rfind(|(from, ..)| *from <= mono).or(self.0.first());
        step.map_or(0, |(_, number, _)| *number)
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (_, number, whose)) in self.0.iter().enumerate() {
            let then = if n == 0 { "" } else { ", then " };
            write!(f, "{then}{number} ({})", whose.word())?;
        }
        Ok(())
    }
}
