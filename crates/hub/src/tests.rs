use crate::{Event, Hub, LIVE_MAX, NOTICES_MAX, Recording, Screen, Told, TooSlow};
use chairside_observation::{
    Amount, Decimal, Entry, Link, LinkState, Micros, Observation, Origin, Reading, Received, Sequence, SourceId,
    Timeline, Unit, Update, Vital, What,
};
use std::sync::{Arc, Barrier};

fn chair(id: &str) -> Timeline {
    Timeline::Chair(id.into())
}

fn at(sequence: u64) -> Received {
    Received { mono: Micros::from_secs(sequence as i64), wall: Micros::from_secs(1_800_000_000 + sequence as i64) }
}

fn entry(timeline: &Timeline, sequence: u64, source: &str, what: What) -> Entry {
    let source = Some(SourceId::from(source));
    Entry {
        timeline: timeline.clone(),
        sequence: Sequence(sequence),
        received: at(sequence),
        age: Micros(0),
        source,
        what,
    }
}

fn reading(vital: Vital, value: i64) -> What {
    let amount = Reading::Valid(Amount::One(Decimal::whole(value)));
    What::Reading(Observation::new(vital, amount, Unit::PerMin, 0..1))
}

fn update(timeline: &Timeline, sequence: u64) -> Update {
    let entries = vec![entry(timeline, sequence, "com3", reading(Vital::HeartRate, sequence as i64 % 200))];
    Update { timeline: timeline.clone(), entries, every: Some(Micros::from_secs(1)) }
}

/// Everything that waits for the screen now: sequences, and losses as `None(count)`.
async fn drain(screen: &Screen) -> (Vec<u64>, u64, Vec<Told>) {
    let (mut sequences, mut dropped, mut told) = (Vec::new(), 0, Vec::new());
    while let Some(event) = now(screen).await {
        match event.expect("not cut off") {
            Event::Update(update) => sequences.extend(update.entries.iter().map(|e| e.sequence.0)),
            Event::Dropped(count) => dropped += count,
            Event::Told(notice) => told.push(notice),
        }
    }
    (sequences, dropped, told)
}

/// The next event if there is one without waiting.
async fn now(screen: &Screen) -> Option<Result<Event, TooSlow>> {
    tokio::select! {
        biased;
        event = screen.next() => Some(event),
        () = std::future::ready(()) => None,
    }
}

#[tokio::test]
async fn h25_a_full_queue_loses_the_oldest_and_tells_how_many_before_what_follows() {
    let (hub, one) = (Hub::new(), chair("1"));
    let screen = hub.join();
    let _ = screen.follow(&one);
    let sent = LIVE_MAX as u64 + 7;
    (1..=sent).for_each(|sequence| hub.publish(update(&one, sequence)));
    assert!(matches!(now(&screen).await, Some(Ok(Event::Dropped(7)))), "the loss comes first");
    let (sequences, dropped, _) = drain(&screen).await;
    assert_eq!(sequences, (8..=sent).collect::<Vec<_>>());
    assert_eq!(dropped, 0, "told once");
}

#[tokio::test]
async fn h09_what_came_and_what_was_told_lost_add_up_however_the_screen_reads() {
    for reads_every in [1, 3, 100, 300, 1000] {
        let (hub, one) = (Hub::new(), chair("1"));
        let screen = hub.join();
        let _ = screen.follow(&one);
        let (mut came, mut lost, mut last) = (0, 0, 0);
        for sequence in 1..=2_000_u64 {
            hub.publish(update(&one, sequence));
            if sequence % reads_every == 0 {
                match screen.next().await {
                    Ok(Event::Dropped(count)) => lost += count,
                    Ok(Event::Update(update)) => {
                        let next = update.entries[0].sequence.0;
                        assert!(next > last, "order");
                        (came, last) = (came + 1, next);
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        let (rest, dropped, _) = drain(&screen).await;
        assert_eq!(came + rest.len() as u64 + lost + dropped, 2_000, "reading one of {reads_every}");
    }
}

#[tokio::test]
async fn notices_come_before_live_updates_and_none_is_lost() {
    let (hub, one) = (Hub::new(), chair("1"));
    let screen = hub.join();
    let _ = screen.follow(&one);
    (1..=1_000).for_each(|sequence| hub.publish(update(&one, sequence)));
    for n in 0..NOTICES_MAX {
        let reason = Arc::from(n.to_string());
        hub.tell(&Told::Recording(Recording::No { since: at(1), reason }));
    }
    for n in 0..NOTICES_MAX {
        let Some(Ok(Event::Told(Told::Recording(Recording::No { reason, .. })))) = now(&screen).await else {
            panic!("notice {n} did not come in its turn")
        };
        assert_eq!(*reason, n.to_string());
    }
    assert!(matches!(now(&screen).await, Some(Ok(Event::Dropped(_)))));
}

#[tokio::test]
async fn h25_a_screen_that_takes_no_notices_is_cut_off_and_the_others_are_not() {
    let (hub, one) = (Hub::new(), chair("1"));
    let (dead, well) = (hub.join(), hub.join());
    let _ = (dead.follow(&one), well.follow(&one));
    for _ in 0..=NOTICES_MAX {
        hub.tell(&Told::RosterChanged);
        assert!(matches!(well.next().await, Ok(Event::Told(_))));
    }
    hub.publish(update(&one, 1));
    assert_eq!(dead.next().await.unwrap_err(), TooSlow);
    assert_eq!(dead.next().await.unwrap_err(), TooSlow, "for good");
    assert!(matches!(well.next().await, Ok(Event::Update(_))));
    assert_eq!(hub.seats_held(&one), (1, 1), "nothing is kept for it");
}

#[tokio::test]
async fn each_screen_hears_the_chairs_it_follows_and_no_other() {
    let (hub, one, two) = (Hub::new(), chair("1"), chair("2"));
    let (left, both) = (hub.join(), hub.join());
    let _ = (left.follow(&one), both.follow(&one), both.follow(&two));
    let _ = both.follow(&two);
    hub.publish(update(&one, 1));
    hub.publish(update(&two, 10));
    assert_eq!(drain(&left).await.0, [1]);
    assert_eq!(drain(&both).await.0, [1, 10], "following twice does not hear twice");
    both.unfollow(&one);
    hub.publish(update(&one, 2));
    hub.publish(update(&two, 11));
    assert_eq!(drain(&both).await.0, [11]);
}

#[tokio::test]
async fn a_waiting_screen_is_woken() {
    let (hub, one) = (Hub::new(), chair("1"));
    let screen = hub.join();
    let _ = screen.follow(&one);
    let (event, ()) = tokio::join!(screen.next(), async { hub.publish(update(&one, 1)) });
    assert!(matches!(event, Ok(Event::Update(_))));
}

#[test]
fn no_entry_falls_between_the_snapshot_and_the_updates() {
    const ENTRIES: u64 = 20_000;
    for _ in 0..20 {
        let (hub, one) = (Hub::new(), chair("1"));
        let start = Barrier::new(2);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                start.wait();
                (1..=ENTRIES).for_each(|sequence| hub.publish(update(&one, sequence)));
            });
            let screen = hub.join();
            start.wait();
            let snapshot = screen.follow(&one);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let mut next = snapshot.head.0 + 1;
            while next <= ENTRIES {
                match runtime.block_on(screen.next()) {
                    Ok(Event::Update(update)) => {
                        assert_eq!(update.entries[0].sequence.0, next);
                        next += 1;
                    }
                    // One entry each, so the loss says where the stream goes on.
                    Ok(Event::Dropped(count)) => next += count,
                    other => panic!("{other:?}"),
                }
            }
        });
    }
}

#[test]
fn a_snapshot_holds_the_newest_of_each_slot_and_the_marks() {
    let (hub, one) = (Hub::new(), chair("1"));
    let ecg = |value| {
        let What::Reading(plain) = reading(Vital::HeartRate, value) else { unreachable!() };
        What::Reading(Observation { origin: Some(Origin::Ecg), ..plain })
    };
    let link = |state| What::Link(Link { source: "com3".into(), state, reason: "".into() });
    let entries = [
        reading(Vital::HeartRate, 70),
        ecg(71),
        link(LinkState::Live),
        reading(Vital::HeartRate, 72),
        link(LinkState::Lost),
    ];
    let entries = (1..).zip(entries).map(|(n, what)| entry(&one, n, "com3", what)).collect();
    hub.publish(Update { timeline: one.clone(), entries, every: Some(Micros::from_secs(2)) });
    hub.recorded(&one, Sequence(3), at(3));
    hub.recorded(&one, Sequence(2), at(9));
    let snapshot = hub.snapshot(&one);
    let held = |entries: &[Entry]| entries.iter().map(|e| e.sequence.0).collect::<Vec<_>>();
    assert_eq!(held(&snapshot.latest), [4, 2], "one of each origin");
    assert_eq!(held(&snapshot.links), [5]);
    assert_eq!(held(&snapshot.recent), [1, 2, 3, 4, 5]);
    assert_eq!(snapshot.every, [("com3".into(), Micros::from_secs(2))]);
    assert_eq!(hub.marks(&one), (Sequence(5), Sequence(3), Some(at(3))), "a mark never goes back");
    assert_eq!(hub.snapshot(&chair("2")).head, Sequence(0), "nobody has heard of it");
}

#[test]
fn the_memory_of_a_timeline_is_bounded() {
    let (hub, one) = (Hub::new(), chair("1"));
    (1..=10_000).for_each(|sequence| hub.publish(update(&one, sequence)));
    let recent = hub.snapshot(&one).recent;
    assert_eq!((recent.len(), recent.first().map(|e| e.sequence.0)), (256, Some(9_745)));
}

#[test]
fn what_the_log_held_is_back_after_a_restart_and_counts_as_recorded() {
    let (hub, one) = (Hub::new(), chair("1"));
    let latest =
        [entry(&one, 7, "com3", reading(Vital::HeartRate, 70)), entry(&one, 5, "com4", reading(Vital::Spo2, 98))];
    hub.seed(&one, Sequence(9), &latest);
    let snapshot = hub.snapshot(&one);
    assert_eq!((snapshot.head, snapshot.recorded, snapshot.recorded_at), (Sequence(9), Sequence(9), Some(at(7))));
    assert_eq!((snapshot.latest.len(), snapshot.recent.len()), (2, 0));
}

#[test]
fn h02_what_was_measured_before_somebody_else_came_is_in_no_snapshot() {
    let (hub, one) = (Hub::new(), chair("1"));
    let aged = |sequence, vital, age_s| Entry {
        age: Micros::from_secs(age_s),
        ..entry(&one, sequence, "com3", reading(vital, 70))
    };
    let entries = vec![
        aged(5, Vital::HeartRate, 0),
        aged(20, Vital::Spo2, 0),
        aged(21, Vital::Nibp, 15),
        aged(22, Vital::RespRate, 2),
    ];
    hub.publish(Update { timeline: one.clone(), entries, every: None });
    hub.begin(&one, Micros::from_secs(20));
    hub.begin(&chair("2"), Micros::from_secs(20));
    let snapshot = hub.snapshot(&one);
    assert_eq!(snapshot.latest.iter().map(|e| e.sequence.0).collect::<Vec<_>>(), [20, 22]);
    assert_eq!(snapshot.head, Sequence(22), "numbers go on");
}

#[test]
fn p19_screens_that_come_and_go_leave_nothing_behind() {
    let (hub, one) = (Hub::new(), chair("1"));
    for _ in 0..1_000 {
        let screen = hub.join();
        let _ = screen.follow(&one);
        assert_eq!(hub.screens(), 1);
    }
    assert_eq!(hub.screens(), 0);
    assert!(hub.seats_held(&one) <= (1, 1), "at most the last one's seat: {:?}", hub.seats_held(&one));
}

#[test]
fn recording_is_assumed_until_somebody_says_otherwise() {
    let hub = Hub::new();
    assert_eq!(hub.recording(), Recording::Yes);
    let no = Recording::No { since: at(1), reason: "disk full".into() };
    hub.tell(&Told::Recording(no.clone()));
    assert_eq!(hub.recording(), no, "for screens that join later");
}
