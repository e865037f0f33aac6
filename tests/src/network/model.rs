//! What a screen knows and may show, after the rules of `web/src/model` (state, clock, freshness), in small.

use chairside_observation::{Freshness, Micros, freshness};
use chairside_wire::{Item, Moment, Reading, Session, State, ToScreen};
use std::collections::BTreeMap;

/// Without a frame for this long no digits stand.
const SILENT_US: i64 = 10_000_000;
/// How much a screen's clock may run faster than the server's, in parts of 10,000 (clock.ts).
const DRIFT: i64 = 5;

/// What is known of the server's clock.
#[derive(Clone, Copy)]
struct ServerClock {
    now_us: i64,
    at_us: i64,
    /// The frame that took the least time, and when it came.
    best: (i64, i64),
}

impl ServerClock {
    fn best_us(&self, at_us: i64) -> i64 {
        let since = at_us - self.best.1;
        self.best.0 + since - since * DRIFT / 10_000
    }

    fn now_us(&self, at_us: i64) -> i64 {
        (self.now_us + at_us - self.at_us).max(self.best_us(at_us))
    }
}

/// One chair on a screen.
#[derive(Default)]
pub(super) struct Chair {
    latest: BTreeMap<(String, String), Reading>,
    every_us: BTreeMap<String, i64>,
    pub(super) session: Option<Session>,
    cleared: bool,
    /// Through which entry it is said to be recorded.
    pub(super) recorded: u64,
}

/// A screen.
#[derive(Default)]
pub(super) struct Model {
    pub(super) chairs: BTreeMap<String, Chair>,
    clock: Option<ServerClock>,
    /// By the screen's own clock.
    heard_us: i64,
    run: String,
}

/// A number that stands on a screen.
pub(super) struct Shown<'a> {
    pub(super) chair: &'a str,
    pub(super) session: Option<&'a Session>,
    pub(super) reading: &'a Reading,
    /// How often its source speaks, as the server says.
    pub(super) every: Micros,
}

/// Whether the patient has the chair now.
fn has_the_chair(session: &Session) -> bool {
    !matches!(session.phase.as_str(), "planned" | "discharged" | "cancelled")
}

impl Chair {
    /// The session whose patient sits here.
    pub(super) fn holder(&self) -> Option<&Session> {
        self.session.as_ref().filter(|session| has_the_chair(session))
    }

    fn is_hers(&self, reading: &Reading) -> bool {
        let hers = |session: &Session| reading.seq >= session.from && reading.at.mono_us >= session.opened.mono_us;
        self.holder().is_none_or(hers)
    }

    fn take(&mut self, item: Item) {
        let Item::Reading(reading) = item else { return };
        if !self.is_hers(&reading) {
            return;
        }
        let slot = (reading.source.clone(), reading.vital.clone());
        if self.latest.get(&slot).is_none_or(|known| known.seq <= reading.seq) {
            self.latest.insert(slot, reading);
        }
    }

    fn takes_session(&mut self, session: Option<Session>, cleared: bool) {
        let nobodys = cleared && !self.cleared;
        (self.session, self.cleared) = (session, cleared);
        let mut latest = std::mem::take(&mut self.latest);
        latest.retain(|_, reading| !nobodys && self.is_hers(reading));
        self.latest = latest;
    }
}

impl Model {
    /// Takes a message that came at a moment of the screen's own clock.
    pub(super) fn take(&mut self, message: ToScreen, at_us: i64) {
        self.heard_us = at_us;
        match message {
            ToScreen::Hello { run, now, .. } => {
                if run != self.run {
                    self.chairs.values_mut().for_each(|chair| chair.recorded = 0);
                }
                self.run = run;
                self.clock = None;
                self.hears(now, at_us);
            }
            ToScreen::Snapshot { chair, now, latest, every, .. } => {
                self.hears(now, at_us);
                let chair = self.chairs.entry(chair).or_default();
                chair.latest.clear();
                chair.every_us = every.into_iter().map(|every| (every.source, every.every_us)).collect();
                latest.into_iter().for_each(|item| chair.take(item));
            }
            ToScreen::Items { chair, now, items, every } => {
                self.hears(now, at_us);
                let chair = self.chairs.entry(chair).or_default();
                chair.every_us.extend(every.into_iter().map(|every| (every.source, every.every_us)));
                items.into_iter().for_each(|item| chair.take(item));
            }
            ToScreen::Session { chair, session, cleared } => {
                self.chairs.entry(chair).or_default().takes_session(session.map(|session| *session), cleared);
            }
            ToScreen::Beat { now, marks, .. } => {
                self.hears(now, at_us);
                for mark in marks {
                    self.chairs.entry(mark.chair).or_default().recorded = mark.recorded;
                }
            }
            _ => {}
        }
    }

    fn hears(&mut self, now: Moment, at_us: i64) {
        let now_us = now.mono_us;
        let best = match self.clock {
            Some(clock) if now_us < clock.best_us(at_us) => clock.best,
            _ => (now_us, at_us),
        };
        self.clock = Some(ServerClock { now_us, at_us, best });
    }

    /// Every number that stands there at a moment of the screen's own clock. `keeps`: as if nothing ever grew old.
    pub(super) fn shown(&self, at_us: i64, keeps: bool) -> Vec<Shown<'_>> {
        let Some(clock) = self.clock else { return Vec::new() };
        if !keeps && at_us - self.heard_us >= SILENT_US {
            return Vec::new();
        }
        let now_us = clock.now_us(at_us);
        let fresh = |shown: &Shown<'_>| {
            let age = Micros(now_us - shown.reading.at.mono_us);
            keeps || freshness(age, shown.every) != Freshness::Lost
        };
        let mut shown = Vec::new();
        for (id, chair) in &self.chairs {
            for reading in chair.latest.values().filter(|reading| reading.state != State::Absent) {
                let every = Micros(chair.every_us.get(&reading.source).copied().unwrap_or(0));
                let one = Shown { chair: id, session: chair.holder(), reading, every };
                if fresh(&one) {
                    shown.push(one);
                }
            }
        }
        shown
    }

    /// Readings that are known, shown or not, up to what is said to be recorded.
    pub(super) fn recorded(&self) -> impl Iterator<Item = (&str, &Reading)> {
        self.chairs.iter().flat_map(|(id, chair)| {
            let known = chair.latest.values().filter(|reading| reading.seq <= chair.recorded);
            known.map(|reading| (id.as_str(), reading))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(mono_us: i64) -> ToScreen {
        let now = Moment { mono_us, wall_us: 0 };
        let text = |text: &str| text.to_owned();
        ToScreen::Hello { wire: 1, version: text(""), run: text("a"), boot: text("b"), zone: text("UTC"), now }
    }

    fn beat(mono_us: i64) -> ToScreen {
        let recording = chairside_wire::Recording { ok: true, since_wall_us: None, reason: None };
        ToScreen::Beat { now: Moment { mono_us, wall_us: 0 }, recording, marks: Vec::new() }
    }

    #[test]
    fn h03_frames_that_were_held_up_do_not_make_the_server_look_earlier() {
        let mut model = Model::default();
        model.take(hello(1_000_000), 0);
        model.take(beat(2_000_000), 9_000_000);
        let now_us = model.clock.map(|clock| clock.now_us(9_000_000));
        assert_eq!(now_us, Some(10_000_000 - 9_000_000 * DRIFT / 10_000));
    }
}
