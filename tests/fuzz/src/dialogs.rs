//! Dialogues against their laws: whatever a monitor sends, and whenever, it is asked at a bounded pace, there is always a next
//! time, and what is said of its bytes is what the listening decoder says of them (H14, H15).
//!
//! An input is a script. Each byte is an event: up to [`FEED_MAX`] that many bytes follow and arrive, then come waiting,
//! waiting until a request is due, and a pulled cable. The last byte chooses the protocol.

use crate::Protocol;
use crate::support::{cases, lines};
use chairside_decode::{Decoder, Dialog, Finding};
use chairside_observation::Micros;
use std::collections::VecDeque;

/// Events up to this one bring so many bytes and one.
const FEED_MAX: u8 = 0x7F;
/// Events up to this one wait: a step is a fifth of a second.
const WAIT_MAX: u8 = 0xBF;
const WAIT_STEP: Micros = Micros::from_millis(200);
/// Events up to this one wait until a request is due; the rest pull the cable.
const DUE_MAX: u8 = 0xEF;
/// Most requests in any second: what the property suite allows.
const PER_SECOND_MAX: usize = 8;

/// A protocol under one profile that is asked.
pub type Asked = (Protocol, Option<&'static str>);

/// Every protocol that is asked, with each of its profiles.
pub fn protocols() -> Vec<Asked> {
    let profiles = |p: &Protocol| -> Vec<Asked> {
        let words = p.profiles().iter().map(|word| Some(*word));
        words.chain(p.profiles().is_empty().then_some(None)).map(|profile| (*p, profile)).collect()
    };
    Protocol::ALL.iter().flat_map(profiles).filter(|(protocol, profile)| protocol.dialog(*profile).is_some()).collect()
}

/// Scripts of the fixtures: each capture in pieces, with a request when it is due after each.
pub(crate) fn scripts() -> Vec<(String, Vec<u8>)> {
    let mut scripts = Vec::new();
    for (which, (protocol, _)) in (0_u8..).zip(protocols()) {
        for case in cases(protocol) {
            let mut script = Vec::new();
            for piece in case.capture.chunks(usize::from(FEED_MAX) + 1) {
                script.push(u8::try_from(piece.len() - 1).unwrap_or(FEED_MAX));
                script.extend(piece);
                script.push(DUE_MAX);
            }
            script.push(which);
            scripts.push((format!("{which:02}-{}", case.name), script));
        }
    }
    scripts
}

/// Plays one script and panics with the law it breaks.
///
/// # Panics
/// When a law is broken: that is what the fuzzer looks for.
pub fn run(protocols: &[Asked], input: &[u8]) {
    let Some((which, mut script)) = input.split_last() else { return };
    let (protocol, profile) = protocols[usize::from(*which) % protocols.len()];
    let (Some(dialog), Some(decoder)) = (protocol.dialog(profile), protocol.decoder(profile)) else { return };
    let mut play = Play { dialog, decoder, now: Micros(0), asked: VecDeque::new(), said: [Vec::new(), Vec::new()] };
    while let Some((event, rest)) = script.split_first() {
        script = play.event(*event, rest);
        play.ask();
    }
    play.gone();
    // To a dialogue over datagrams each piece is one and ends with it; the listening decoder reads their payloads as a stream.
    if profile == Some("lan") {
        return;
    }
    let [asked, heard] = play.said.map(|said| lines(&said));
    assert_eq!(asked, heard, "{}: the dialogue says something else than the decoder", protocol.word());
}

struct Play {
    dialog: Box<dyn Dialog>,
    decoder: Box<dyn Decoder>,
    now: Micros,
    /// When the requests of the last second were made.
    asked: VecDeque<Micros>,
    said: [Vec<Finding>; 2],
}

impl Play {
    /// Lets one event happen; gives the script behind it.
    fn event<'s>(&mut self, event: u8, rest: &'s [u8]) -> &'s [u8] {
        let [asked, heard] = &mut self.said;
        match event {
            event if event <= FEED_MAX => {
                let (bytes, rest) = rest.split_at(rest.len().min(usize::from(event) + 1));
                self.dialog.feed(self.now, bytes, asked);
                self.decoder.feed(self.now, bytes, heard);
                return rest;
            }
            event if event <= WAIT_MAX => self.now = self.now + Micros(WAIT_STEP.0 * i64::from(event - FEED_MAX)),
            event if event <= DUE_MAX => {
                self.now = self.now.max(self.dialog.deadline().min(self.now + Micros::from_secs(60)))
            }
            _ => self.gone(),
        }
        rest
    }

    fn gone(&mut self) {
        let [asked, heard] = &mut self.said;
        self.dialog.finish(self.now, asked);
        self.decoder.finish(self.now, heard);
        // A cable plugged in again begins anew.
        self.asked.clear();
    }

    fn ask(&mut self) {
        while let Some(request) = self.dialog.next_request(self.now) {
            assert!(!request.frame().is_empty(), "{request:?} is no frame");
            self.asked.push_back(self.now);
            while self.asked.front().is_some_and(|first| *first + Micros::from_secs(1) <= self.now) {
                self.asked.pop_front();
            }
            assert!(
                self.asked.len() <= PER_SECOND_MAX,
                "{} requests in a second, the last {request:?}",
                self.asked.len()
            );
        }
        assert!(self.dialog.deadline() > self.now, "no next time after {:?}", self.now);
    }
}
