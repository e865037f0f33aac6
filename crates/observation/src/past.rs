//! What the reader of a record needs of the timeline of the house: which limits held when, which versions of the program
//! ran, and what was erased by whom.

use crate::clinic::{Change, ClinicLimit};
use crate::session::SessionId;
use crate::{Deed, Micros, NoticeKind, Received};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// An erasure of a person's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// When, UTC.
    pub at: Micros,
    /// By whom.
    pub by: Box<str>,
    /// Which sessions.
    pub sessions: Vec<SessionId>,
}

/// The house as it was. Changes are few: a clinic sets limits and restarts its server some times a month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Each setting of a limit, when it took effect (UTC), in the order of the log.
    limits: Vec<(Micros, ClinicLimit)>,
    /// Each start of the program and its version.
    starts: Vec<(Micros, Box<str>)>,
    /// In the order of the log.
    erased: Vec<Erased>,
}

impl Past {
    /// Takes a recorded deed of the house, one after the other; most change nothing.
    pub fn hear(&mut self, received: Received, deed: &Deed) {
        let at = received.wall;
        match deed {
            Deed::ClinicChanged(changed) => {
                if let Change::Limit(limit) = changed.change {
                    self.limits.push((at, limit));
                }
            }
            Deed::Started { version } => self.starts.push((at, version.clone())),
            Deed::Erased { what, by, .. } => {
                let sessions = what.split(' ').map(SessionId::from).collect();
                self.erased.push(Erased { at, by: by.clone(), sessions });
            }
            _ => {}
        }
    }

    /// Whether [`Past::hear`] would keep it.
    #[must_use]
    pub fn concerns(deed: &Deed) -> bool {
        match deed {
            Deed::ClinicChanged(changed) => matches!(changed.change, Change::Limit(_)),
            Deed::Started { .. } | Deed::Erased { .. } => true,
            _ => false,
        }
    }

    /// The same with every time later by `by`: for a record whose times were moved.
    #[must_use]
    pub fn moved(&self, by: Micros) -> Self {
        let mut moved = self.clone();
        moved.limits.iter_mut().for_each(|(at, _)| *at = *at + by);
        moved.starts.iter_mut().for_each(|(at, _)| *at = *at + by);
        moved.erased.iter_mut().for_each(|erased| erased.at = erased.at + by);
        moved
    }

    /// The clinic's setting of a kind at a moment (UTC).
    #[must_use]
    pub fn limit(&self, kind: NoticeKind, at: Micros) -> ClinicLimit {
        let set = self.limits.iter().rfind(|(set, limit)| limit.kind == kind && *set <= at);
        set.map_or(ClinicLimit { kind, on: false, limits: kind.limits() }, |(_, limit)| *limit)
    }

    /// When a limit was set after `from` and up to `to` (UTC).
    pub fn limits_set(&self, from: Micros, to: Micros) -> impl Iterator<Item = Micros> {
        self.limits.iter().map(|(at, _)| *at).filter(move |at| *at > from && *at <= to)
    }

    /// Versions of the program that ran from a moment on, to another or to the end of the log, each once.
    #[must_use]
    pub fn versions(&self, from: Micros, to: Option<Micros>) -> Vec<Box<str>> {
        let mut versions: Vec<Box<str>> = Vec::new();
        for (at, version) in self.starts.iter().filter(|(at, _)| to.is_none_or(|to| *at <= to)) {
            // Of those before, only the last one still ran.
            if *at <= from {
                versions.clear();
            }
            if !versions.contains(version) {
                versions.push(version.clone());
            }
        }
        versions
    }

    /// The erasure that took a session.
    #[must_use]
    pub fn erased(&self, session: &SessionId) -> Option<&Erased> {
        self.erased.iter().find(|erased| erased.sessions.contains(session))
    }

    /// Every session that was erased, with its erasure.
    pub fn all_erased(&self) -> impl Iterator<Item = (&SessionId, &Erased)> {
        self.erased.iter().flat_map(|erased| erased.sessions.iter().map(move |session| (session, erased)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinic::Changed;
    use crate::session::{Person, Role};
    use crate::{LimitName, Limits};

    fn past(deeds: &[(i64, Deed)]) -> Past {
        let mut past = Past::default();
        for (second, deed) in deeds {
            let at = Micros::from_secs(*second);
            past.hear(Received { mono: at, wall: at }, deed);
        }
        past
    }

    fn set(on: bool, low: i16) -> Deed {
        let limits = Limits { urgent_low: Some(low), ..Limits::default() };
        let change = Change::Limit(ClinicLimit { kind: NoticeKind::Spo2, on, limits });
        Deed::ClinicChanged(Box::new(Changed { by: Person { name: "Lee".into(), role: Role::Lead }, change }))
    }

    #[test]
    fn a_limit_holds_from_its_setting_to_the_next_one_and_before_the_first_it_is_off() {
        let past = past(&[(10, set(true, 91)), (20, set(true, 88)), (30, set(false, 88))]);
        for (second, on, low) in [(9, false, 90), (10, true, 91), (19, true, 91), (20, true, 88), (31, false, 88)] {
            let found = past.limit(NoticeKind::Spo2, Micros::from_secs(second));
            assert_eq!((found.on, found.limits.get(LimitName::UrgentLow)), (on, Some(low)), "second {second}");
        }
        assert!(!past.limit(NoticeKind::HeartRate, Micros::from_secs(20)).on);
        let within = past.limits_set(Micros::from_secs(10), Micros::from_secs(30)).collect::<Vec<_>>();
        assert_eq!(within, [20, 30].map(Micros::from_secs));
        let moved = past.moved(Micros::from_secs(100)).limit(NoticeKind::Spo2, Micros::from_secs(115));
        assert_eq!(moved.limits.urgent_low, Some(91));
    }

    #[test]
    fn versions_are_those_that_ran_in_the_time_and_the_one_before_it_that_still_ran() {
        let start = |version: &str| Deed::Started { version: version.into() };
        let past = past(&[(1, start("0.1")), (5, start("0.2")), (15, start("0.3")), (16, start("0.3"))]);
        let ran = |from, to: Option<i64>| past.versions(Micros::from_secs(from), to.map(Micros::from_secs)).join(" ");
        assert_eq!(ran(10, Some(20)), "0.2 0.3");
        assert_eq!(ran(10, Some(12)), "0.2");
        assert_eq!(ran(16, None), "0.3");
        assert_eq!(ran(0, Some(0)), "");
    }

    #[test]
    fn s25_who_erased_a_session_is_known() {
        let by =
            |by: &str, what: &str| Deed::Erased { what: what.into(), by: by.into(), reason: "".into(), entries: 1 };
        let past = past(&[(1, by("Lee", "1-1 1-11")), (2, by("Bo", "2-4"))]);
        let who = |id: &str| past.erased(&id.into()).map(|erased| &*erased.by);
        assert_eq!([who("1-1"), who("1-11"), who("2-4"), who("1-2")], [Some("Lee"), Some("Lee"), Some("Bo"), None]);
        assert_eq!(past.all_erased().count(), 3);
    }
}
