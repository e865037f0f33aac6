//! What an S/5 is asked, and when (fact sheet, serial, section 6, "Allowed requests" and "Cadence").
//!
//! The displayed values are a subscription: asked for once, they come every 5 s until the monitor is switched off or told to
//! stop. The time of the cuff stands in the auxiliary values, which are asked for one by one.

use super::{Dri, Heard};
use crate::{Decoder, Dialog, Finding};
use alloc::vec::Vec;
use chairside_observation::Micros;
use chairside_request::Request;

/// A subscription that brought nothing for three of its intervals of 5 s is gone: the monitor was switched off, or another
/// program ended it.
const PATIENCE: Micros = Micros::from_secs(15);
/// While the monitor does not answer at all it is asked again this often. More than one interval: a request that comes sooner
/// might make the monitor begin the interval anew, each time.
const KNOCK: Micros = Micros::from_secs(7);
/// A cuff is read every few minutes; its time is known half a minute later at the latest.
const AUXILIARY_EVERY: Micros = Micros::from_secs(30);
/// Between two requests.
const GAP: Micros = Micros::from_secs(1);
/// Whether a request for the auxiliary values ends a running subscription is not documented. A monitor on which that
/// happened so often is not asked for them any more.
const BREAKS_MAX: u8 = 2;

/// Asks an S/5 and reads its records.
#[derive(Default)]
pub struct DriDialog {
    records: Dri,
    state: State,
}

/// Where the dialogue stands.
#[derive(Clone, Copy, Debug)]
struct State {
    heard: Heard,
    /// When the subscription has to be asked for, unless displayed values come.
    subscribe_at: Micros,
    auxiliary_at: Micros,
    not_before: Micros,
    /// Displayed values have come since the port was opened.
    subscribed: bool,
    /// The last request was for auxiliary values, and no displayed values came since.
    after_auxiliary: bool,
    breaks: u8,
}

impl Default for State {
    fn default() -> Self {
        Self {
            heard: Heard::default(),
            subscribe_at: Micros(i64::MIN),
            auxiliary_at: Micros(i64::MAX),
            not_before: Micros(i64::MIN),
            subscribed: false,
            after_auxiliary: false,
            breaks: 0,
        }
    }
}

impl State {
    fn heard(&mut self, now: Micros, heard: Heard) {
        if heard.displayed != self.heard.displayed {
            if !self.subscribed {
                self.auxiliary_at = now + GAP;
            }
            self.subscribed = true;
            self.after_auxiliary = false;
            self.subscribe_at = now + PATIENCE;
        }
        self.heard = heard;
    }

    fn next(&mut self, now: Micros) -> Option<Request> {
        if now < self.deadline() {
            return None;
        }
        self.not_before = now + GAP;
        if now >= self.subscribe_at {
            self.breaks += u8::from(self.after_auxiliary);
            self.after_auxiliary = false;
            self.subscribe_at = now + KNOCK;
            return Some(Request::DriDisplayedEvery5S);
        }
        self.after_auxiliary = true;
        self.auxiliary_at = if self.breaks < BREAKS_MAX { now + AUXILIARY_EVERY } else { Micros(i64::MAX) };
        (self.breaks < BREAKS_MAX).then_some(Request::DriAuxiliaryOnce)
    }

    fn deadline(&self) -> Micros {
        self.subscribe_at.min(self.auxiliary_at).max(self.not_before)
    }
}

impl Decoder for DriDialog {
    fn feed(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        self.records.feed(now, bytes, out);
        self.state.heard(now, self.records.monitor.heard);
    }

    fn finish(&mut self, now: Micros, out: &mut Vec<Finding>) {
        self.records.finish(now, out);
        self.state = State::default();
    }

    fn max_held(&self) -> usize {
        self.records.max_held()
    }
}

impl Dialog for DriDialog {
    fn next_request(&mut self, now: Micros) -> Option<Request> {
        self.state.next(now)
    }

    fn deadline(&self) -> Micros {
        self.state.deadline()
    }

    fn farewell(&mut self) -> Option<Request> {
        self.state.subscribed.then_some(Request::DriDisplayedStop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Request::{DriAuxiliaryOnce as Auxiliary, DriDisplayedEvery5S as Displayed};

    /// What is asked in `seconds`, with a monitor that streams from the first request for displayed values on. One that
    /// `forgets` ends its stream when it is asked for something else.
    fn asked(seconds: i64, on_from: i64, forgets: bool) -> Vec<(i64, Request)> {
        let (mut state, mut asked, mut streams, mut heard) = (State::default(), Vec::new(), false, Heard::default());
        for second in 0..seconds {
            let now = Micros::from_secs(second);
            if streams && second % 5 == 0 {
                heard.displayed += 1;
                state.heard(now, heard);
            }
            while let Some(request) = state.next(now) {
                asked.push((second, request));
                let on = second >= on_from;
                streams = on && (request == Displayed || (streams && !forgets));
            }
        }
        asked
    }

    #[test]
    fn a_monitor_is_asked_once_and_for_the_cuffs_time_now_and_then() {
        assert_eq!(asked(70, 0, false), [(0, Displayed), (6, Auxiliary), (36, Auxiliary), (66, Auxiliary)]);
    }

    #[test]
    fn a_monitor_that_is_off_is_asked_until_it_answers() {
        assert_eq!(asked(22, 10, false), [(0, Displayed), (7, Displayed), (14, Displayed), (16, Auxiliary)]);
    }

    #[test]
    fn a_monitor_that_gives_up_its_stream_for_the_cuffs_time_is_not_asked_for_it_again() {
        let asked = asked(200, 0, true);
        let auxiliary = asked.iter().filter(|(_, request)| *request == Auxiliary).count();
        assert_eq!(auxiliary, usize::from(BREAKS_MAX), "{asked:?}");
        let last = asked.last().unwrap();
        assert_eq!(last.1, Displayed);
        assert!(last.0 < 100, "undisturbed from then on: {asked:?}");
    }

    #[test]
    fn the_stream_is_stopped_only_where_it_ran() {
        let mut dialog = DriDialog::default();
        assert_eq!(dialog.farewell(), None);
        dialog.state.heard(Micros(0), Heard { displayed: 1 });
        assert_eq!(dialog.farewell(), Some(Request::DriDisplayedStop));
    }
}
