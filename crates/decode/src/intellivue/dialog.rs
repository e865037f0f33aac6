//! What an IntelliVue is asked, and when (fact sheet, serial, section 5, "Life cycle").

use super::Intellivue;
use super::frame::{Confirm, Pdu, Poll, Session};
use crate::{Decoder, Dialog, Finding};
use alloc::vec::Vec;
use chairside_observation::Micros;
use chairside_request::{Link, Request};

/// Between two frames of ours: a monitor bears four in 128 ms, nobody needs as much (H15).
const GAP: Micros = Micros::from_millis(250);
/// An answer that has not come, or not gone on, by then does not come.
const PATIENCE: Micros = Micros::from_secs(2);
/// Between two polls, unless the monitor grants less.
const POLL_EVERY: Micros = Micros::from_secs(1);
/// Longest granted time between two polls that is believed: a monitor drops any association it has not heard of for 130 s.
const POLL_EVERY_MAX: Micros = Micros::from_secs(120);
/// An association in which so many polls in a row had no answer is over. The monitor itself ends it after 10 s.
const UNANSWERED_MAX: u8 = 3;
/// Between the end of an association we gave up and the next.
const PAUSE: Micros = Micros::from_secs(1);
/// The same where the monitor refused or ended it.
const BACK_OFF: Micros = Micros::from_secs(10);

const REFUSED: &str = "the monitor refuses the association; check that no other program asks it, and its data export settings; it is \
                       asked again every 10 s";
const ENDED: &str = "the monitor ended the association; it is asked for a new one after 10 s";
const ERRORS: &str = "the monitor answers polls with an error; check its data export settings";

/// Holds an association with an IntelliVue monitor and polls its numerics.
pub struct IntellivueDialog {
    monitor: Intellivue,
    association: Association,
}

impl IntellivueDialog {
    /// Over MIB/RS-232.
    #[must_use]
    pub fn rs232() -> Self {
        Self { monitor: Intellivue::default(), association: Association::new(Link::Rs232) }
    }

    /// Over LAN. Each [`Decoder::feed`] is to hold one datagram, whole: a unit never goes on in the next one.
    #[must_use]
    pub fn lan() -> Self {
        Self { monitor: Intellivue::lan(), association: Association::new(Link::Lan) }
    }
}

impl Decoder for IntellivueDialog {
    fn feed(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        let Self { monitor, association } = self;
        monitor.push(now, bytes, out, |unit| association.heard(now, unit));
        if association.link == Link::Lan {
            monitor.cut(out);
        }
    }

    fn finish(&mut self, now: Micros, out: &mut Vec<Finding>) {
        self.monitor.finish(now, out);
        self.association = Association::new(self.association.link);
    }

    fn max_held(&self) -> usize {
        self.monitor.max_held()
    }
}

impl Dialog for IntellivueDialog {
    fn next_request(&mut self, now: Micros) -> Option<Request> {
        self.association.next(now)
    }

    fn deadline(&self) -> Micros {
        self.association.deadline()
    }

    fn farewell(&mut self) -> Option<Request> {
        self.association.farewell()
    }

    fn trouble(&self) -> Option<&'static str> {
        self.association.trouble
    }
}

/// How far an association has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// There is none.
    Apart,
    /// It was asked for.
    Asked,
    /// It was granted; the monitor has not described itself yet.
    Granted,
    /// It stands. `polled`: when the outstanding poll was made.
    Up { polled: Option<Micros>, unanswered: u8 },
}

/// Our end of an association: one frame outstanding, a time for the next.
#[derive(Debug)]
struct Association {
    link: Link,
    stage: Stage,
    /// When the stage's next frame is due, or its answer overdue.
    due: Micros,
    /// Nothing goes out before.
    not_before: Micros,
    /// The monitor's event that waits for our answer.
    answer: Option<Confirm>,
    /// Between two polls.
    every: Micros,
    /// Number of the last poll.
    invoke: u8,
    /// We may have come in the middle: an association of before may stand, which a poll shows.
    newcomer: bool,
    trouble: Option<&'static str>,
}

impl Association {
    const fn new(link: Link) -> Self {
        let long_ago = Micros(i64::MIN);
        Self {
            link,
            stage: Stage::Apart,
            due: long_ago,
            not_before: long_ago,
            answer: None,
            every: POLL_EVERY,
            invoke: 0,
            newcomer: true,
            trouble: None,
        }
    }

    /// When there will be something to send. The monitor's own event does not wait for an answer of its own.
    fn deadline(&self) -> Micros {
        if self.answer.is_some() { self.not_before } else { self.due.max(self.not_before) }
    }

    fn next(&mut self, now: Micros) -> Option<Request> {
        if now < self.deadline() {
            return None;
        }
        let link = self.link;
        self.not_before = now + GAP;
        if let Some(Confirm { invoke, context, handle }) = self.answer.take() {
            self.turn(Stage::Up { polled: None, unanswered: 0 }, now + GAP);
            return Some(Request::IntellivueMdsCreated { link, invoke, context, handle });
        }
        Some(match self.stage {
            Stage::Up { polled: None, unanswered } => self.poll(now, unanswered),
            Stage::Up { polled: Some(_), unanswered } if unanswered + 1 < UNANSWERED_MAX => {
                self.poll(now, unanswered + 1)
            }
            Stage::Asked if core::mem::take(&mut self.newcomer) => self.poll(now, UNANSWERED_MAX - 1),
            Stage::Apart | Stage::Asked => {
                self.turn(Stage::Asked, now + PATIENCE);
                Request::IntellivueAssociate(link)
            }
            // The monitor may think that it stands: it is told before the next one.
            Stage::Granted | Stage::Up { .. } => {
                self.turn(Stage::Apart, now + PAUSE);
                Request::IntellivueAbort(link)
            }
        })
    }

    fn poll(&mut self, now: Micros, unanswered: u8) -> Request {
        self.invoke = self.invoke.wrapping_add(1);
        self.turn(Stage::Up { polled: Some(now), unanswered }, now + PATIENCE);
        Request::IntellivuePollNumerics { link: self.link, invoke: self.invoke }
    }

    fn turn(&mut self, stage: Stage, due: Micros) {
        (self.stage, self.due) = (stage, due);
    }

    fn heard(&mut self, now: Micros, unit: &Pdu<'_>) {
        match unit {
            Pdu::Session(Session::Accepted(period)) => self.accepted(now, *period),
            Pdu::Session(Session::Refused) => self.parted(now, REFUSED),
            Pdu::Session(Session::Finish | Session::Finished | Session::Aborted) => self.parted(now, ENDED),
            Pdu::MdsCreate(_, confirm) if self.stage != Stage::Apart => self.described(now, *confirm),
            Pdu::Numerics(poll) => self.polled(now, poll),
            Pdu::Error(invoke) => self.failed(now, *invoke),
            Pdu::Session(Session::Asked) | Pdu::MdsCreate(..) | Pdu::Other => {}
        }
    }

    fn accepted(&mut self, now: Micros, period: Option<Micros>) {
        self.every = period.map_or(POLL_EVERY, |period| period.clamp(POLL_EVERY, POLL_EVERY_MAX));
        // Two datagrams may change places: one that stands already does not fall back.
        if self.stage == Stage::Asked {
            self.newcomer = false;
            self.turn(Stage::Granted, now + PATIENCE);
        }
    }

    /// The monitor says who it is; from now on it may be polled, and most wait for an answer first.
    fn described(&mut self, now: Micros, confirm: Option<Confirm>) {
        self.answer = confirm;
        self.trouble = None;
        if confirm.is_none() && matches!(self.stage, Stage::Asked | Stage::Granted) {
            self.turn(Stage::Up { polled: None, unanswered: 0 }, now + GAP);
        }
    }

    fn parted(&mut self, now: Micros, why: &'static str) {
        self.answer = None;
        self.newcomer = false;
        self.trouble = Some(why);
        self.turn(Stage::Apart, now + BACK_OFF);
    }

    /// A part of an answer, or all of it.
    fn polled(&mut self, now: Micros, poll: &Poll<'_>) {
        let Stage::Up { polled: Some(at), .. } = self.stage else { return };
        if poll.invoke != u16::from(self.invoke) {
            return;
        }
        self.trouble = None;
        if poll.whole {
            self.turn(Stage::Up { polled: None, unanswered: 0 }, at + self.every);
        } else {
            self.turn(Stage::Up { polled: Some(at), unanswered: 0 }, now + PATIENCE);
        }
        self.not_before = self.not_before.max(now + GAP);
    }

    /// A poll that was not answered with values counts as not answered.
    fn failed(&mut self, now: Micros, invoke: u16) {
        if matches!(self.stage, Stage::Up { polled: Some(_), .. }) && invoke == u16::from(self.invoke) {
            self.trouble = Some(ERRORS);
            self.due = now + self.every;
        }
    }

    fn farewell(&mut self) -> Option<Request> {
        let stands = core::mem::replace(&mut self.stage, Stage::Apart) != Stage::Apart;
        stands.then_some(Request::IntellivueRelease(self.link))
    }
}

#[cfg(test)]
mod tests;
