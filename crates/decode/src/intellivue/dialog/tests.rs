//! Two ends in simulated time: our dialogue, and a monitor that answers as each test wants it to.

use super::*;
use chairside_observation::{Amount, Decimal, Reading, Vital};
use std::string::{String, ToString};
use std::vec;

/// Names that are short enough for a table.
fn word(request: Request) -> String {
    match request {
        Request::IntellivueAssociate(_) => "associate".into(),
        Request::IntellivueMdsCreated { invoke, context, handle, .. } => {
            std::format!("created {invoke} {context} {handle}")
        }
        Request::IntellivuePollNumerics { .. } => "poll".into(),
        Request::IntellivueRelease(_) => "release".into(),
        Request::IntellivueAbort(_) => "abort".into(),
        other => panic!("{other:?} goes to an IntelliVue"),
    }
}

fn sized(part: &[u8]) -> Vec<u8> {
    [&u16::try_from(part.len()).unwrap().to_be_bytes()[..], part].concat()
}

/// An association accept whose profile grants this poll period, in 1/8 ms.
fn accept(period: u32) -> Vec<u8> {
    let poll = [&[0x80, 0, 0, 0], &period.to_be_bytes()[..], &[0; 20]].concat();
    let profiles = [&[0, 1][..], &sized(&[&[0, 1][..], &sized(&poll)].concat())].concat();
    let user = [&[0; 20][..], &[0, 0, 0, 0], &profiles].concat();
    let body = [&[0x31, 0x80, 0x02, 0x01, 0x02, 0x81, u8::try_from(user.len()).unwrap()][..], &user].concat();
    let items = [0x05, 0x08, 0x13, 0x01, 0x00, 0x16, 0x01, 0x02, 0x80, 0x00, 0x14, 0x02, 0x00, 0x02, 0xC1];
    let rest = [&items[..], &[u8::try_from(body.len()).unwrap()], &body].concat();
    [&[0x0E, u8::try_from(rest.len()).unwrap()][..], &rest].concat()
}

const REFUSE: [u8; 5] = [0x0C, 0x03, 0x32, 0x01, 0x00];

fn abort() -> Vec<u8> {
    Request::IntellivueAbort(Link::Lan).frame().to_vec()
}

fn unit(operation: u16, body: &[u8]) -> Vec<u8> {
    [&[0xE1, 0x00, 0x00, 0x02][..], &operation.to_be_bytes(), &sized(body)].concat()
}

/// The monitor describes itself; `command` 1 wants an answer, 0 does not.
fn mds_create(command: u8, invoke: u16) -> Vec<u8> {
    let event = [&[0x00, 0x21, 0x00, 0x05, 0x00, 0x07, 0, 0, 0, 0, 0x0D, 0x06][..], &sized(&[0; 10])].concat();
    unit(1, &[&invoke.to_be_bytes()[..], &[0, command], &sized(&event)].concat())
}

/// A result of a single poll with a heart rate; `part` 1 to 3 when it is linked.
fn result(invoke: u16, part: Option<u8>, heart_rate: u8) -> Vec<u8> {
    let value = [0x09, 0x50, 0x00, 0x0A, 0x41, 0x82, 0x00, 0x00, 0x0A, 0xA0, 0x00, 0x00, 0x00, heart_rate];
    let object = [&[0x00, 0x01, 0x00, 0x01][..], &sized(&value)].concat();
    let context = [&[0x00, 0x01, 0x00, 0x01][..], &sized(&object)].concat();
    let head = [&[0x00, 0x01, 0, 0, 0, 0][..], &[0xFF; 8], &[0x00, 0x01, 0x00, 0x06, 0x00, 0x00, 0x00, 0x01]].concat();
    let poll = [&head[..], &sized(&context)].concat();
    let action = [&[0x00, 0x21, 0, 0, 0, 0, 0x0C, 0x16][..], &sized(&poll)].concat();
    let command = [&invoke.to_be_bytes()[..], &[0x00, 0x07], &sized(&action)].concat();
    match part {
        Some(part) => unit(5, &[&[part, part][..], &command].concat()),
        None => unit(2, &command),
    }
}

fn error(invoke: u16) -> Vec<u8> {
    unit(3, &[&invoke.to_be_bytes()[..], &[0x00, 0x02, 0x00, 0x00]].concat())
}

/// What a monitor sends and how long after it was asked, ms.
type Reply = Vec<(i64, Vec<u8>)>;

/// A monitor that does everything right: granted period in 1/8 ms, answers after 50 ms in one piece.
fn good(request: Request, period: u32) -> Reply {
    match request {
        Request::IntellivueAssociate(_) => vec![(20, accept(period)), (30, mds_create(1, 1))],
        Request::IntellivuePollNumerics { invoke, .. } => vec![(50, result(invoke.into(), None, 72))],
        _ => Vec::new(),
    }
}

/// Both ends for so many seconds: what was asked and when, ms; the heart rates that came of it; the dialogue as it then is.
fn converse(
    seconds: i64,
    mut monitor: impl FnMut(i64, Request) -> Reply,
) -> (Vec<(i64, String)>, usize, IntellivueDialog) {
    let (mut dialog, mut now, mut out) = (IntellivueDialog::lan(), Micros(0), Vec::new());
    let (mut asked, mut replies) = (Vec::new(), Reply::new());
    while now < Micros::from_secs(seconds) {
        while let Some(request) = dialog.next_request(now) {
            let at = now.0 / 1000;
            asked.push((at, word(request)));
            replies.extend(monitor(at, request).into_iter().map(|(after, bytes)| (at + after, bytes)));
            replies.sort_by_key(|(at, _)| *at);
        }
        now = dialog.deadline().max(now);
        if let Some((at, _)) = replies.first().filter(|(at, _)| Micros::from_millis(*at) <= now) {
            now = Micros::from_millis(*at);
            dialog.feed(now, &replies.remove(0).1, &mut out);
        }
    }
    let rate = |f: &Finding| match f {
        Finding::Observation(o) => {
            o.vital == Vital::HeartRate && o.reading == Reading::Valid(Amount::One(Decimal::whole(72)))
        }
        _ => false,
    };
    (asked, out.iter().filter(|f| rate(f)).count(), dialog)
}

fn table(asked: &[(i64, String)]) -> Vec<(i64, &str)> {
    asked.iter().map(|(at, what)| (*at, what.as_str())).collect()
}

#[test]
fn a_monitor_is_associated_answered_and_polled_each_second() {
    let (asked, rates, dialog) = converse(4, |_, request| good(request, 4000));
    let expected =
        [(0, "associate"), (250, "created 1 5 7"), (500, "poll"), (1500, "poll"), (2500, "poll"), (3500, "poll")];
    assert_eq!(table(&asked), expected);
    assert_eq!((rates, dialog.trouble()), (4, None));
}

#[test]
fn h15_polls_keep_the_period_the_monitor_grants_and_come_in_time_for_any() {
    for (period, every_ms) in [(1, 1000), (8000, 1000), (26_400, 3300), (80_000, 10_000), (u32::MAX, 120_000)] {
        let (asked, _, _) = converse(400, |_, request| good(request, period));
        let polls: Vec<i64> = asked.iter().filter(|(_, what)| what == "poll").map(|(at, _)| *at).collect();
        assert!(polls.windows(2).all(|two| two[1] - two[0] == every_ms), "{period}: {polls:?}");
    }
}

#[test]
fn an_answer_in_parts_is_waited_for_to_its_end() {
    let (asked, rates, _) = converse(9, |_, request| match request {
        Request::IntellivuePollNumerics { invoke, .. } => {
            let part = |n: u8| (i64::from(n) * 900, result(invoke.into(), Some(n), 72));
            vec![part(1), part(2), part(3), (3000, result(invoke.into(), None, 72))]
        }
        other => good(other, 4000),
    });
    let polls: Vec<_> = asked.iter().filter(|(_, what)| what == "poll").map(|(at, _)| *at).collect();
    assert_eq!(polls, [500, 3750, 7000], "a gap after the end of each");
    assert!(rates >= 8);
}

#[test]
fn h15_a_monitor_that_refuses_or_ends_it_is_left_alone_for_ten_seconds() {
    let release = Request::IntellivueRelease(Link::Lan).frame().to_vec();
    for (ending, why) in [(REFUSE.to_vec(), REFUSED), (abort(), ENDED), (release, ENDED)] {
        let (asked, _, dialog) = converse(25, |_, request| match request {
            Request::IntellivueAssociate(_) => vec![(20, ending.clone())],
            other => panic!("{other:?} to a monitor that refuses"),
        });
        assert_eq!(table(&asked), [(0, "associate"), (10_020, "associate"), (20_040, "associate")]);
        assert_eq!(dialog.trouble(), Some(why));
    }
}

#[test]
fn an_association_ended_by_the_monitor_is_made_again() {
    let (asked, _, dialog) = converse(15, |at, request| {
        let mut reply = good(request, 4000);
        if at == 2500 {
            reply = vec![(10, abort())];
        }
        reply
    });
    assert!(
        table(&asked)[5..].starts_with(&[(12_510, "associate"), (12_760, "created 1 5 7"), (13_010, "poll")]),
        "{asked:?}"
    );
    assert_eq!(dialog.trouble(), None);
}

#[test]
fn a_silent_monitor_is_asked_now_and_then_and_once_for_an_association_of_before() {
    let (asked, _, _) = converse(11, |_, _| Reply::new());
    let expected = [
        (0, "associate"),
        (2000, "poll"),
        (4000, "abort"),
        (5000, "associate"),
        (7000, "associate"),
        (9000, "associate"),
    ];
    assert_eq!(table(&asked), expected);
}

#[test]
fn an_association_that_stands_from_before_is_polled_on() {
    let (asked, rates, _) = converse(6, |_, request| match request {
        Request::IntellivueAssociate(_) => Reply::new(),
        other => good(other, 4000),
    });
    assert_eq!(table(&asked), [(0, "associate"), (2000, "poll"), (3000, "poll"), (4000, "poll"), (5000, "poll")]);
    assert_eq!(rates, 4);
}

#[test]
fn an_association_that_falls_silent_is_given_up_and_made_again() {
    let (asked, _, _) =
        converse(14, |at, request| if (1000..11_000).contains(&at) { Reply::new() } else { good(request, 4000) });
    let expected = [
        (0, "associate"),
        (250, "created 1 5 7"),
        (500, "poll"),
        (1500, "poll"),
        (3500, "poll"),
        (5500, "poll"),
        (7500, "abort"),
        (8500, "associate"),
        (10_500, "associate"),
        (12_500, "associate"),
        (12_750, "created 1 5 7"),
        (13_000, "poll"),
    ];
    assert_eq!(table(&asked), expected);
}

#[test]
fn a_monitor_that_grants_and_does_not_describe_itself_is_told_that_it_is_over() {
    let (asked, _, _) = converse(4, |_, request| match request {
        Request::IntellivueAssociate(_) => vec![(20, accept(4000))],
        _ => Reply::new(),
    });
    assert_eq!(table(&asked), [(0, "associate"), (2020, "abort"), (3020, "associate")]);
}

#[test]
fn a_description_that_wants_no_answer_gets_none() {
    let (asked, rates, _) = converse(2, |_, request| match request {
        Request::IntellivueAssociate(_) => vec![(20, accept(4000)), (30, mds_create(0, 1))],
        other => good(other, 4000),
    });
    assert_eq!(table(&asked), [(0, "associate"), (280, "poll"), (1280, "poll")]);
    assert_eq!(rates, 2);
}

#[test]
fn datagrams_that_change_places_make_no_difference() {
    let (asked, _, _) = converse(2, |_, request| match request {
        Request::IntellivueAssociate(_) => vec![(20, mds_create(1, 9)), (300, accept(8000))],
        other => good(other, 4000),
    });
    assert_eq!(table(&asked), [(0, "associate"), (250, "created 9 5 7"), (500, "poll"), (1500, "poll")]);
}

#[test]
fn polls_answered_with_errors_end_the_association() {
    let (asked, rates, dialog) = converse(4, |_, request| match request {
        Request::IntellivuePollNumerics { invoke, .. } => vec![(50, error(invoke.into()))],
        other => good(other, 4000),
    });
    assert_eq!(table(&asked)[2..], [(500, "poll"), (1550, "poll"), (2600, "poll"), (3650, "abort")]);
    assert_eq!((rates, dialog.trouble()), (0, Some(ERRORS)));
}

#[test]
fn an_answer_to_another_number_is_read_and_is_no_answer_to_ours() {
    let (asked, rates, _) = converse(3, |_, request| match request {
        Request::IntellivuePollNumerics { invoke, .. } => vec![(50, result(u16::from(invoke) + 0x100, None, 72))],
        other => good(other, 4000),
    });
    assert_eq!(table(&asked)[2..], [(500, "poll"), (2500, "poll")]);
    assert_eq!(rates, 2, "values are values");
}

#[test]
fn numbers_of_polls_go_round() {
    let mut numbers = Vec::new();
    converse(600, |_, request| {
        if let Request::IntellivuePollNumerics { invoke, .. } = request {
            numbers.push(invoke);
        }
        good(request, 4000)
    });
    assert!(numbers.len() > 512 && numbers.windows(2).all(|two| two[0].wrapping_add(1) == two[1]));
}

#[test]
fn the_farewell_releases_an_association_and_is_said_once() {
    let (_, _, mut dialog) = converse(2, |_, request| good(request, 4000));
    assert_eq!(dialog.farewell(), Some(Request::IntellivueRelease(Link::Lan)));
    assert_eq!(dialog.farewell(), None);
    let (_, _, mut refused) = converse(2, |_, _| vec![(20, REFUSE.to_vec())]);
    assert_eq!(refused.farewell(), None);
}

#[test]
fn h15_a_pulled_cable_begins_anew() {
    let (_, _, mut dialog) = converse(5, |_, _| vec![(20, REFUSE.to_vec())]);
    let now = Micros::from_secs(5);
    assert_eq!(dialog.next_request(now), None);
    dialog.finish(now, &mut Vec::new());
    assert_eq!(dialog.next_request(now).map(word), Some("associate".to_string()));
}

#[test]
fn a_unit_never_goes_on_in_the_next_datagram() {
    let (mut dialog, mut out) = (IntellivueDialog::lan(), Vec::new());
    // The beginning of a unit of 4000 bytes, then a whole one.
    dialog.feed(Micros(0), &[0xE1, 0x00, 0x00, 0x02, 0x00, 0x02, 0x0F, 0xA0, 0x55], &mut out);
    dialog.feed(Micros(0), &result(1, None, 72), &mut out);
    assert!(matches!(out[..], [Finding::Skipped(..), Finding::Frame { .. }, Finding::Observation(_)]), "{out:?}");
}
