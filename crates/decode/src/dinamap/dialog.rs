//! What a DINAMAP is asked, and when (fact sheet, serial, section 1, "Cadence").

use super::Dinamap;
use crate::turns::{Turn, Turns};
use crate::{Decoder, Dialog, Finding};
use alloc::vec::Vec;
use chairside_observation::Micros;
use chairside_request::Request;

/// An answer that has not come by then does not come.
const PATIENCE: Micros = Micros::from_secs(1);

const OFTEN: Micros = Micros::from_secs(2);
const SELDOM: Micros = Micros::from_secs(10);

const TABLE: [Turn; 5] = [
    Turn { request: Request::DinamapReadOximeter, every: OFTEN },
    Turn { request: Request::DinamapReadRate, every: OFTEN },
    Turn { request: Request::DinamapReadNibp, every: OFTEN },
    Turn { request: Request::DinamapReadCuffRate, every: SELDOM },
    Turn { request: Request::DinamapReadTemperature, every: SELDOM },
];

/// Asks a DINAMAP in turn and reads its replies.
#[derive(Debug)]
pub struct DinamapDialog {
    replies: Dinamap,
    turns: Turns<5>,
}

impl Default for DinamapDialog {
    fn default() -> Self {
        Self { replies: Dinamap::new(), turns: Turns::new(TABLE, PATIENCE) }
    }
}

impl Decoder for DinamapDialog {
    fn feed(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        let before = out.len();
        self.replies.feed(now, bytes, out);
        // Any line is the answer: a reply, a reply that was refused for its checksum, or a code that is not known.
        let line = |f: &Finding| matches!(f, Finding::Frame { .. } | Finding::Skipped(..));
        if out[before..].iter().any(line) {
            self.turns.answered(now);
        }
    }

    fn finish(&mut self, now: Micros, out: &mut Vec<Finding>) {
        self.replies.finish(now, out);
        self.turns.reset();
    }

    fn max_held(&self) -> usize {
        self.replies.max_held()
    }
}

impl Dialog for DinamapDialog {
    fn next_request(&mut self, now: Micros) -> Option<Request> {
        self.turns.next(now)
    }

    fn deadline(&self) -> Micros {
        self.turns.deadline()
    }
}
