//! Whose turn it is: the timetable of a dialog that asks for several things in turn, one at a time.

use chairside_observation::Micros;
use chairside_request::Request;

/// Between the answer to one request and the next request: a monitor that answers at once is not asked without end (H15).
const GAP: Micros = Micros::from_millis(250);

/// One request and how often it is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) request: Request,
    pub(crate) every: Micros,
}

/// A timetable of `N` requests. At most one is outstanding; one that is not answered in time is given up, and the next in
/// line is asked.
#[derive(Clone, Debug)]
pub(crate) struct Turns<const N: usize> {
    table: [Turn; N],
    due: [Option<Micros>; N],
    /// When the outstanding request was made.
    asked: Option<Micros>,
    not_before: Micros,
    patience: Micros,
}

impl<const N: usize> Turns<N> {
    /// Everything is due at once, in the order of the table. A request is given up after `patience`.
    pub(crate) const fn new(table: [Turn; N], patience: Micros) -> Self {
        Self { table, due: [None; N], asked: None, not_before: Micros(i64::MIN), patience }
    }

    /// The outstanding request has its answer.
    pub(crate) fn answered(&mut self, now: Micros) {
        if self.asked.take().is_some() {
            self.not_before = now + GAP;
        }
    }

    /// The request whose turn it is: the one that waits longest.
    pub(crate) fn next(&mut self, now: Micros) -> Option<Request> {
        if self.deadline() > now {
            return None;
        }
        let turn = (0..N).min_by_key(|turn| self.due[*turn].unwrap_or(Micros(i64::MIN)))?;
        self.due[turn] = Some(now + self.table[turn].every);
        self.asked = Some(now);
        Some(self.table[turn].request)
    }

    /// When there will be one.
    pub(crate) fn deadline(&self) -> Micros {
        match self.asked {
            Some(asked) => asked + self.patience,
            None => self
                .due
                .iter()
                .map(|due| due.unwrap_or(Micros(i64::MIN)))
                .min()
                .map_or(Micros(i64::MAX), |first| first.max(self.not_before)),
        }
    }

    /// The link was lost or is new: everything is due again.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.table, self.patience);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const A: Request = Request::DinamapReadNibp;
    const B: Request = Request::DinamapReadTemperature;

    fn turns() -> Turns<2> {
        let (a, b) = (Micros::from_secs(2), Micros::from_secs(10));
        Turns::new([Turn { request: A, every: a }, Turn { request: B, every: b }], Micros::from_secs(1))
    }

    /// What is asked in the first `seconds` when each request is answered after 100 ms.
    fn asked(seconds: i64) -> Vec<(i64, Request)> {
        let (mut turns, mut now, mut asked) = (turns(), Micros(0), Vec::new());
        while now < Micros::from_secs(seconds) {
            if let Some(request) = turns.next(now) {
                asked.push((now.0 / 1000, request));
                now = now + Micros::from_millis(100);
                turns.answered(now);
            }
            now = now.max(turns.deadline());
        }
        asked
    }

    #[test]
    fn each_request_has_its_own_interval() {
        let expected = [(0, A), (350, B), (2000, A), (4000, A), (6000, A), (8000, A), (10_000, A), (10_350, B)];
        assert_eq!(asked(11), expected);
    }

    #[test]
    fn h15_one_is_outstanding_and_given_up_after_its_time() {
        let mut turns = turns();
        assert_eq!(turns.next(Micros(0)), Some(A));
        assert_eq!(turns.next(Micros::from_millis(999)), None);
        assert_eq!(turns.deadline(), Micros::from_secs(1));
        assert_eq!(turns.next(Micros::from_secs(1)), Some(B), "the other one is not held up");
        assert_eq!(turns.next(Micros::from_secs(2)), Some(A));
    }

    #[test]
    fn h15_an_answer_nobody_asked_for_does_not_hurry_it() {
        let mut turns = turns();
        turns.next(Micros(0));
        for ms in [10, 11, 12] {
            turns.answered(Micros::from_millis(ms));
        }
        assert_eq!(turns.next(Micros::from_millis(200)), None);
        assert_eq!(turns.next(Micros::from_millis(260)), Some(B));
    }
}
