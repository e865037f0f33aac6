//! The laws of dialogues, for every protocol that has one: whatever a monitor sends, and whenever, what it hears from us are
//! frames of the closed list, one at a time, at a bounded pace (H14, H15, P17).

mod support;

use chairside_decode::catalog::Protocol;
use chairside_decode::{Dialog, Finding};
use chairside_observation::Micros;
use chairside_request::Request;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::{cases, lines};

/// Cases for each dialogue and law.
const CASES: u32 = 128;
/// Most requests in any second, of any protocol. An IntelliVue bears four in 128 ms; nobody needs as much.
const PER_SECOND_MAX: usize = 8;

/// What happens at a monitor: bytes, silence, a pulled cable.
#[derive(Clone, Debug)]
enum Event {
    Bytes(Vec<u8>),
    Wait(Micros),
    /// Until the dialogue wants to be asked again.
    UntilDue,
    Gone,
}

struct Subject {
    name: String,
    make: Box<dyn Fn() -> Box<dyn Dialog>>,
    captures: Vec<Vec<u8>>,
}

fn subjects() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for protocol in Protocol::ALL {
        let profiles: Vec<Option<&str>> = match protocol.profiles() {
            [] => vec![None],
            words => words.iter().copied().map(Some).collect(),
        };
        for profile in profiles.into_iter().filter(|profile| protocol.dialog(*profile).is_some()) {
            let name = format!("{} {}", protocol.word(), profile.unwrap_or(""));
            let make = Box::new(move || protocol.dialog(profile).unwrap());
            let captures = cases(*protocol).into_iter().map(|c| c.capture).collect();
            subjects.push(Subject { name, make, captures });
        }
    }
    subjects
}

fn events(captures: Vec<Vec<u8>>) -> BoxedStrategy<Vec<Event>> {
    let cut = |(bytes, a, b): (Vec<u8>, prop::sample::Index, prop::sample::Index)| {
        let (a, b) = (a.index(bytes.len() + 1), b.index(bytes.len() + 1));
        Event::Bytes(bytes[a.min(b)..a.max(b).min(a.min(b) + 3000)].to_vec())
    };
    let captured = (prop::sample::select(captures.clone()), any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let whole = prop::sample::select(captures).prop_map(|mut bytes| {
        bytes.truncate(3000);
        Event::Bytes(bytes)
    });
    let event = prop_oneof![
        3 => captured.prop_map(cut),
        3 => whole,
        2 => prop::collection::vec(any::<u8>(), 0..60).prop_map(Event::Bytes),
        4 => (0_i64..5_000_000).prop_map(|us| Event::Wait(Micros(us))),
        6 => Just(Event::UntilDue),
        1 => Just(Event::Gone),
    ];
    prop::collection::vec(event, 1..40).boxed()
}

/// Plays the events. Gives what was asked and when, and all findings.
fn play(dialog: &mut dyn Dialog, events: &[Event]) -> (Vec<(Micros, Request)>, Vec<Finding>) {
    let (mut now, mut asked, mut findings) = (Micros(0), Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Bytes(bytes) => dialog.feed(now, bytes, &mut findings),
            Event::Wait(time) => now = now + *time,
            Event::UntilDue => now = now.max(dialog.deadline().min(now + Micros::from_secs(60))),
            Event::Gone => dialog.finish(now, &mut findings),
        }
        // A dialogue that never comes to an end would be seen here.
        for _ in 0..=PER_SECOND_MAX {
            let Some(request) = dialog.next_request(now) else { break };
            asked.push((now, request));
        }
    }
    (asked, findings)
}

fn for_all(law: impl Fn(&Subject, Vec<Event>) -> Result<(), TestCaseError>) {
    let subjects = subjects();
    assert!(!subjects.is_empty());
    for subject in subjects {
        let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
        runner
            .run(&events(subject.captures.clone()), |events| law(&subject, events))
            .unwrap_or_else(|failure| panic!("{}: {failure}", subject.name));
    }
}

#[test]
fn p17_whatever_a_monitor_sends_only_listed_frames_leave() {
    let listed: Vec<&str> = Request::ALL.iter().map(|r| r.name()).collect();
    for_all(|subject, events| {
        let (asked, _) = play(&mut *(subject.make)(), &events);
        for (_, request) in asked {
            prop_assert!(listed.contains(&request.name()), "{request:?}");
        }
        Ok(())
    });
}

#[test]
fn h15_the_pace_is_bounded_whatever_a_monitor_sends() {
    for_all(|subject, events| {
        let (asked, _) = play(&mut *(subject.make)(), &events);
        for (first, (from, _)) in asked.iter().enumerate() {
            let within = asked[first..].iter().take_while(|(at, _)| *at < *from + Micros::from_secs(1)).count();
            // A cable pulled and plugged in again begins anew.
            let plugged = events.iter().filter(|e| matches!(e, Event::Gone)).count() + 1;
            prop_assert!(within <= PER_SECOND_MAX * plugged, "{within} requests in the second from {from:?}");
        }
        Ok(())
    });
}

#[test]
fn a_dialogue_has_a_next_time_and_keeps_it() {
    for_all(|subject, events| {
        let mut dialog = (subject.make)();
        play(&mut *dialog, &events);
        let mut now = Micros(i64::from(u32::MAX) * 1000);
        for _ in 0..50 {
            while dialog.next_request(now).is_some() {}
            let deadline = dialog.deadline();
            prop_assert!(deadline > now, "{deadline:?} is not after {now:?}");
            prop_assert!(dialog.next_request(Micros((now.0 + deadline.0) / 2)).is_none(), "asked before its time");
            now = deadline;
        }
        Ok(())
    });
}

#[test]
fn a_dialogue_says_of_bytes_what_the_listening_decoder_says() {
    for protocol in Protocol::ALL.iter().filter(|p| p.dialog(None).is_some()) {
        for case in cases(*protocol).into_iter().filter(|c| c.profile.is_none()) {
            let (mut heard, mut asked) = (Vec::new(), Vec::new());
            let mut decoder = protocol.decoder(None).unwrap();
            decoder.feed(Micros(0), &case.capture, &mut heard);
            decoder.finish(Micros(0), &mut heard);
            let mut dialog = protocol.dialog(None).unwrap();
            dialog.feed(Micros(0), &case.capture, &mut asked);
            dialog.finish(Micros(0), &mut asked);
            assert_eq!(lines(&heard), lines(&asked), "{} {}", protocol.word(), case.name);
        }
    }
}
