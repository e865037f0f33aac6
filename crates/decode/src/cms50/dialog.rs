//! What a CMS50 with nine-byte packets is asked, and when (fact sheet, serial, section 8).

use super::Cms50;
use crate::{Decoder, Dialog, Finding};
use alloc::vec::Vec;
use chairside_observation::Micros;
use chairside_request::Request;

/// Live packets end by themselves after about a minute unless they are asked for again.
const KEEP_ALIVE_EVERY: Micros = Micros::from_secs(50);
/// Packets come 60 times a second: without one for so long the stream is not running.
const PATIENCE: Micros = Micros::from_secs(2);

/// Asks a CMS50 to send and to go on sending, and reads its packets.
#[derive(Default)]
pub struct Cms50Dialog {
    packets: Cms50,
    state: State,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// When packets are missed.
    start_at: Option<Micros>,
    /// When the stream needs to be kept alive.
    keep_at: Option<Micros>,
}

impl Decoder for Cms50Dialog {
    fn feed(&mut self, now: Micros, bytes: &[u8], out: &mut Vec<Finding>) {
        let before = out.len();
        self.packets.feed(now, bytes, out);
        if out[before..].iter().any(|f| matches!(f, Finding::Frame { .. })) {
            self.state.start_at = Some(now + PATIENCE);
        }
    }

    fn finish(&mut self, now: Micros, out: &mut Vec<Finding>) {
        self.packets.finish(now, out);
        self.state = State::default();
    }

    fn max_held(&self) -> usize {
        self.packets.max_held()
    }
}

impl Dialog for Cms50Dialog {
    fn next_request(&mut self, now: Micros) -> Option<Request> {
        if self.state.start_at.is_none_or(|at| now >= at) {
            self.state = State { start_at: Some(now + PATIENCE), keep_at: Some(now + KEEP_ALIVE_EVERY) };
            return Some(Request::Cms50StartLive);
        }
        let due = self.state.keep_at.is_some_and(|at| now >= at);
        due.then(|| {
            self.state.keep_at = Some(now + KEEP_ALIVE_EVERY);
            Request::Cms50KeepAlive
        })
    }

    fn deadline(&self) -> Micros {
        match (self.state.start_at, self.state.keep_at) {
            (Some(start), Some(keep)) => start.min(keep),
            _ => Micros(i64::MIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Request::{Cms50KeepAlive as Keep, Cms50StartLive as Start};

    #[test]
    fn a_device_is_started_kept_alive_and_started_again_when_it_falls_silent() {
        let (mut dialog, mut asked, mut out) = (Cms50Dialog::default(), Vec::new(), Vec::new());
        for second in 0..116 {
            let now = Micros::from_secs(second);
            while let Some(request) = dialog.next_request(now) {
                asked.push((second, request));
            }
            // Plugged out at 110 s.
            if second < 110 {
                dialog.feed(now, &[0x01, 0xE0, 0x84, 0x93, 0x92, 0xBC, 0xE3, 0xFF, 0xFF].repeat(3), &mut out);
            }
        }
        assert_eq!(asked, [(0, Start), (50, Keep), (100, Keep), (111, Start), (113, Start), (115, Start)]);
    }
}
