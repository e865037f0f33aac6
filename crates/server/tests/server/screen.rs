//! What a screen hears, in which order, and what it can rely on.

use crate::rig::{
    Client, Followed, NOW_S, TestLog, away, chair, reading, readings, received, seqs, start, start_narrow, start_with,
};
use chairside_hub::{LIVE_MAX, NOTICES_MAX, Recording, Told};
use chairside_observation::{Link, LinkState, Sequence, Skip, What};
use chairside_server::{HISTORY_ENTRIES, ITEMS_MAX};
use chairside_wire::{FromScreen, Item, ToScreen, WIRE_VERSION};
use std::sync::atomic::Ordering;

/// Follows and gathers until the history is done and everything through `last` is there.
async fn gather(client: &mut Client, last: u64) -> Followed {
    gather_on(client, Followed::default(), last).await
}

async fn gather_on(client: &mut Client, mut followed: Followed, last: u64) -> Followed {
    loop {
        followed.take(client.hear().await);
        let reached = followed.all().last().copied().or(followed.head);
        if followed.done && reached >= Some(last) {
            return followed;
        }
    }
}

#[tokio::test]
async fn a_screen_is_told_who_speaks_and_which_chairs_there_are_before_anything_else() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    let ToScreen::Hello { wire, version, run, boot, zone, now } = screen.hear().await else { panic!("no hello") };
    assert_eq!((wire, &*version, &*run, &*boot, &*zone), (WIRE_VERSION, "0.1.0", "run-1", "boot-1", "Europe/Berlin"));
    assert_eq!(now.wall_us, NOW_S * 1_000_000);
    let ToScreen::Roster { chairs, .. } = screen.hear().await else { panic!("no roster") };
    assert_eq!(chairs.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    let ToScreen::Clinic { clinic } = screen.hear().await else { panic!("no settings") };
    assert_eq!((&*clinic.names, clinic.has_limits), ("alias", false), "what a public screen may show");
}

#[tokio::test]
async fn h03_joining_gives_the_state_at_once_then_the_trend_then_what_is_new() {
    let rig = start().await;
    rig.publish(&[reading("1", 1, -7_200), reading("1", 2, -600), reading("1", 3, -1)]);
    let reason = "unplugged";
    let link = Link { source: "com3".into(), state: LinkState::Lost, reason: reason.into() };
    rig.publish(&[chairside_observation::Entry { what: What::Link(link), ..reading("1", 4, 0) }]);
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 900).await;
    let ToScreen::Snapshot { chair, head, latest, every, .. } = screen.hear_news().await else { panic!("no snapshot") };
    assert_eq!((&*chair, head), ("1", 4));
    assert_eq!(seqs(&latest), [3, 4], "the newest reading and the newest link");
    assert_eq!((every.len(), every[0].every_us), (1, 1_000_000));
    let ToScreen::History { items, through, done, incomplete, .. } = screen.hear_news().await else {
        panic!("no trend")
    };
    assert_eq!((seqs(&items), through, done, incomplete), (vec![2, 3, 4], 4, true, false), "15 minutes, no more");
    rig.publish(&[reading("1", 5, 1)]);
    let ToScreen::Items { items, every, .. } = screen.hear_news().await else { panic!("nothing live") };
    assert_eq!(seqs(&items), [5]);
    assert_eq!(every, [], "the interval did not change");
}

#[tokio::test]
async fn a_screen_that_returns_gets_what_it_missed_and_nothing_twice() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=2_000));
    let mut screen = rig.screen().await;
    screen.follow("1", Some(700), 0).await;
    let followed = gather(&mut screen, 2_000).await;
    assert_eq!(followed.history, (701..=2_000).collect::<Vec<_>>());
    assert!(followed.live.is_empty());
    assert!(!followed.incomplete);
}

#[tokio::test]
async fn history_comes_in_bounded_parts_that_say_how_far_they_reach() {
    let rig = start().await;
    let count = HISTORY_ENTRIES as u64 * 2 + 10;
    rig.publish(&readings("1", 1..=count));
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 60).await;
    let mut parts = Vec::new();
    while parts.last().is_none_or(|(_, done)| !done) {
        if let ToScreen::History { items, through, done, .. } = screen.hear().await {
            assert!(items.len() <= HISTORY_ENTRIES);
            parts.push((through, done));
        }
    }
    let step = HISTORY_ENTRIES as u64;
    assert_eq!(parts, [(step, false), (2 * step, false), (count, true)]);
}

#[tokio::test]
async fn history_asked_for_always_ends_and_none_asked_for_never_begins() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=5));
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", Some(5), 0).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { head: 5, .. }));
    let ToScreen::History { items, through: 5, done: true, incomplete: false, .. } = screen.hear_news().await else {
        panic!("nothing missed is an answer too")
    };
    assert!(items.is_empty());
    screen.follow("3", None, 60).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { head: 0, .. }), "a chair that never spoke");
    assert!(matches!(screen.hear_news().await, ToScreen::History { through: 0, done: true, incomplete: false, .. }));
    screen.follow("1", None, 0).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { head: 5, .. }));
    rig.publish(&[reading("1", 6, 0)]);
    assert!(matches!(screen.hear_news().await, ToScreen::Items { .. }), "no history in between");
}

#[tokio::test]
async fn a_sequence_this_log_never_gave_counts_as_none() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=5));
    let mut screen = rig.screen().await;
    screen.follow("1", Some(900), 60).await;
    assert_eq!(gather(&mut screen, 5).await.history, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn what_the_log_does_not_have_yet_comes_from_memory() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=40));
    rig.publish_live(&readings("1", 41..=60));
    let mut screen = rig.screen().await;
    screen.follow("1", Some(10), 0).await;
    let followed = gather(&mut screen, 60).await;
    assert_eq!(followed.history, (11..=60).collect::<Vec<_>>());
    assert!(!followed.incomplete);
}

#[tokio::test]
async fn h09_a_hole_that_neither_log_nor_memory_can_fill_is_told() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=40));
    for sequence in 41..=1_000 {
        rig.publish_live(&[reading("1", sequence, 0)]);
    }
    let mut screen = rig.screen().await;
    screen.follow("1", Some(30), 0).await;
    let followed = gather(&mut screen, 1_000).await;
    assert!(followed.incomplete);
    assert_eq!(followed.history, (31..=40).chain(745..=1_000).collect::<Vec<_>>());
}

#[tokio::test]
async fn h10_a_log_that_cannot_be_read_takes_nothing_from_the_live_view() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=5));
    rig.log.fails.store(true, Ordering::SeqCst);
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 60).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
    let ToScreen::History { items, done: true, .. } = screen.hear_news().await else { panic!("no history") };
    assert_eq!(seqs(&items), [1, 2, 3, 4, 5], "from memory");
    rig.publish_live(&[reading("1", 6, 0)]);
    let ToScreen::Items { items, .. } = screen.hear_news().await else { panic!("nothing live") };
    assert_eq!(seqs(&items), [6]);
}

#[tokio::test]
async fn h08_a_slow_log_never_holds_up_what_is_new() {
    let rig = start_with(TestLog::gated()).await;
    rig.publish(&readings("1", 1..=5));
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 60).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { head: 5, .. }));
    rig.publish(&[reading("1", 6, 0)]);
    let ToScreen::Items { items, .. } = screen.hear_news().await else { panic!("live waits for the log") };
    assert_eq!(seqs(&items), [6]);
    rig.log.open(2);
    let ToScreen::History { items, .. } = screen.hear_news().await else { panic!("no history") };
    assert_eq!(seqs(&items), [1, 2, 3, 4, 5], "only up to the snapshot: 6 was sent live");
}

#[tokio::test]
async fn h11_a_wall_clock_set_back_while_history_is_read_harms_nothing() {
    let rig = start_with(TestLog::gated()).await;
    rig.publish(&[reading("1", 1, -3)]);
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 60).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { head: 1, .. }));
    rig.publish(&[reading("1", 2, -3_600), reading("1", 3, -3_600)]);
    rig.log.open(2);
    let mut followed = Followed::default();
    while !followed.done || followed.live.len() < 2 {
        followed.take(screen.hear().await);
    }
    assert_eq!(followed.live, [2, 3]);
}

#[tokio::test]
async fn a_chair_followed_anew_while_its_history_is_read_gets_one_history() {
    let rig = start_with(TestLog::gated()).await;
    rig.publish(&readings("1", 1..=5));
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 60).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
    screen.follow("1", Some(3), 60).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
    rig.log.open(100);
    let ToScreen::History { items, done: true, .. } = screen.hear_news().await else { panic!("no history") };
    assert_eq!(seqs(&items), [4, 5]);
    rig.publish(&[reading("1", 6, 0)]);
    assert!(matches!(screen.hear_news().await, ToScreen::Items { .. }), "the first history is forgotten");
}

/// A small generator: the same seed gives the same run (P20).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// The heart of it: whatever the interleaving of publishing, recording and following, a screen gets each entry after the
/// one it had exactly once, live entries in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h09_h19_no_entry_comes_twice_and_none_is_missing_while_others_arrive() {
    for seed in 1..=40_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let rig = start().await;
        let (before, total) = (1 + dice.below(600), 1_200);
        rig.publish(&readings("1", 1..=before));
        let after = dice.below(before + 1);
        let lag = dice.below(200);
        let chunk = 1 + dice.below(6);
        let (hub, log) = (rig.hub.clone(), rig.log.clone());
        let publisher = std::thread::spawn(move || {
            let (mut next, mut recorded) = (before + 1, before);
            while next <= total {
                let entries = readings("1", next..=total.min(next + chunk - 1));
                next += entries.len() as u64;
                let update = chairside_observation::Update { timeline: chair("1"), entries, every: None };
                hub.publish(update);
                if next > recorded + lag {
                    log.record(&readings("1", recorded + 1..=next - 1));
                    recorded = next - 1;
                }
                // Not faster than a screen can read, or this would be the test of losses.
                std::thread::yield_now();
            }
            log.record(&readings("1", recorded + 1..=total));
        });
        let mut screen = rig.screen().await;
        screen.follow("1", Some(after), 0).await;
        let (mut followed, mut have) = (Followed::default(), Vec::new());
        while !followed.done || have.last() != Some(&total) {
            followed.take(screen.hear().await);
            if followed.dropped > 0 {
                // The machine was too busy: what a screen does then is follow again. The new snapshot starts the count
                // anew; entries of the first follow that are still on their way count for neither.
                screen.follow("1", Some(after), 0).await;
                followed.take(screen.hear_until(|m| matches!(m, ToScreen::Snapshot { .. }).then_some(m)).await);
            }
            have = followed.all();
        }
        publisher.join().unwrap();
        assert_eq!(have, (after + 1..=total).collect::<Vec<_>>(), "seed {seed}");
        assert!(followed.live.is_sorted() && followed.history.is_sorted(), "seed {seed}");
        assert!(!followed.incomplete, "seed {seed}");
    }
}

#[tokio::test]
async fn four_messages_go_at_once_and_a_burst_after_them_goes_together() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 0).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
    for sequence in 1..=4 {
        rig.publish(&[reading("1", sequence, 0)]);
        let ToScreen::Items { items, .. } = screen.hear_news().await else { panic!("nothing live") };
        assert_eq!(seqs(&items), [sequence]);
    }
    for sequence in 5..=50 {
        rig.publish(&[reading("1", sequence, 0)]);
    }
    let (mut messages, mut have) = (0, Vec::new());
    while have.len() < 46 {
        let ToScreen::Items { items, .. } = screen.hear_news().await else { panic!("not live") };
        messages += 1;
        have.extend(seqs(&items));
    }
    assert_eq!(have, (5..=50).collect::<Vec<_>>(), "nothing dropped");
    assert!(messages <= 2, "46 entries in {messages} messages");
}

#[tokio::test]
async fn entries_no_screen_shows_are_not_sent() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 0).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
    let skipped = What::Skipped { bytes: 0..4, skip: Skip::Checksum };
    let entry = chairside_observation::Entry { what: skipped, ..reading("1", 1, 0) };
    rig.hub.publish(chairside_observation::Update { timeline: chair("1"), entries: vec![entry], every: None });
    rig.hub.publish(chairside_observation::Update { timeline: chair("1"), entries: readings("1", 2..=2), every: None });
    let ToScreen::Items { items, .. } = screen.hear_news().await else { panic!("nothing live") };
    assert_eq!(seqs(&items), [2]);
}

#[tokio::test]
async fn h25_a_slow_screen_is_told_its_loss_and_recovers_by_following_again() {
    let rig = start().await;
    rig.publish(&[reading("1", 1, 0)]);
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 60).await;
    let followed = gather(&mut screen, 1).await;
    assert_eq!(followed.all(), [1]);
    // On one thread nothing is taken in between: to the hub this is a screen that does not read.
    let last = 1 + LIVE_MAX as u64 + 50;
    for sequence in 2..=last {
        rig.publish(&[reading("1", sequence, 0)]);
    }
    let ToScreen::Dropped { count: 50 } = screen.hear_news().await else { panic!("the loss comes first") };
    screen.follow("1", Some(1), 60).await;
    let snapshot = screen.hear_news().await;
    assert!(matches!(snapshot, ToScreen::Snapshot { .. }), "what is still queued would come twice: {snapshot:?}");
    let mut followed = Followed::default();
    followed.take(snapshot);
    let followed = gather_on(&mut screen, followed, last).await;
    assert_eq!(followed.all(), (2..=last).collect::<Vec<_>>(), "each once, the lost ones too");
    rig.publish(&[reading("1", last + 1, 0)]);
    let ToScreen::Items { items, .. } = screen.hear_news().await else { panic!("not live again") };
    assert_eq!(seqs(&items), [last + 1]);
}

#[tokio::test]
async fn h25_a_screen_that_reads_nothing_does_not_hold_up_another() {
    let rig = start_narrow().await;
    let mut dead = Client::narrow(rig.address).await;
    let mut well = rig.screen().await;
    for screen in [&mut dead, &mut well] {
        screen.greeted().await;
        screen.follow("1", None, 0).await;
        screen.hear_until(|m| matches!(m, ToScreen::Snapshot { .. }).then_some(())).await;
    }
    // Full messages, which go at once: megabytes, far more than the small buffers on the way to the dead screen hold.
    for round in 0..40 {
        let through = (round + 1) * ITEMS_MAX as u64;
        rig.publish_live(&readings("1", through - ITEMS_MAX as u64 + 1..=through));
        let reached = |m| match m {
            ToScreen::Items { items, .. } => (seqs(&items).last() == Some(&through)).then_some(()),
            _ => None,
        };
        well.hear_until(reached).await;
    }
}

#[tokio::test]
async fn h25_a_screen_that_lets_its_notices_pile_up_is_closed() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    screen.greeted().await;
    for _ in 0..=NOTICES_MAX {
        rig.hub.tell(&Told::RosterChanged);
    }
    let (sentence, code) = screen.ended().await;
    assert_eq!(code, Some(crate::rig::POLICY));
    assert!(sentence.unwrap().contains("notices"));
    rig.until(|rig| rig.hub.screens() == 0).await;
}

#[tokio::test]
async fn two_screens_hear_the_same_and_each_only_its_chairs() {
    let rig = start().await;
    let (mut nurse, mut wall) = (rig.screen().await, rig.screen().await);
    nurse.greeted().await;
    wall.greeted().await;
    nurse.follow("1", None, 0).await;
    assert!(matches!(nurse.hear_news().await, ToScreen::Snapshot { .. }));
    for chair in ["1", "2"] {
        wall.follow(chair, None, 0).await;
        assert!(matches!(wall.hear_news().await, ToScreen::Snapshot { .. }));
    }
    rig.publish(&[reading("2", 1, 0)]);
    rig.publish(&[reading("1", 1, 0)]);
    let ToScreen::Items { chair, .. } = nurse.hear_news().await else { panic!("nothing live") };
    assert_eq!(chair, "1");
    let mut heard = Vec::new();
    for _ in 0..2 {
        let ToScreen::Items { chair, .. } = wall.hear_news().await else { panic!("nothing live") };
        heard.push(chair);
    }
    heard.sort();
    assert_eq!(heard, ["1", "2"]);
    wall.say(&FromScreen::Unfollow { chair: "2".into() }).await;
    // A beat after the word shows that the server took it: chair 2 has no mark any more.
    let only_one = |m| if let ToScreen::Beat { marks, .. } = m { (marks.len() == 1).then_some(()) } else { None };
    wall.hear_until(only_one).await;
    rig.publish(&[reading("2", 2, 0)]);
    rig.publish(&[reading("1", 2, 0)]);
    let ToScreen::Items { chair, .. } = wall.hear_news().await else { panic!("nothing live") };
    assert_eq!(chair, "1");
}

#[tokio::test]
async fn s16_an_unknown_chair_is_refused_and_the_connection_goes_on() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("cellar", None, 0).await;
    let ToScreen::Refused { chair, reason } = screen.hear_news().await else { panic!("not refused") };
    assert_eq!((&*chair, &*reason), ("cellar", "there is no such chair"));
    screen.follow("1", None, 0).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
}

#[tokio::test]
async fn h10_beats_say_how_far_each_chair_is_recorded_and_a_failure_is_told_at_once() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=3));
    rig.hub.recorded(&chair("1"), Sequence(2), received(-5));
    let mut screen = rig.screen().await;
    screen.greeted().await;
    screen.follow("1", None, 0).await;
    let marked = |m| {
        if let ToScreen::Beat { marks, recording, .. } = m { marks.first().cloned().zip(Some(recording)) } else { None }
    };
    let (mark, recording) = screen.hear_until(marked).await;
    assert_eq!(
        (&*mark.chair, mark.head, mark.recorded, mark.recorded_wall_us),
        ("1", 3, 2, Some((NOW_S - 5) * 1_000_000))
    );
    assert!(recording.ok);
    rig.hub.tell(&Told::Recording(Recording::No { since: received(-1), reason: "the disk is full".into() }));
    let failing =
        |m| if let ToScreen::Beat { recording, .. } = m { (!recording.ok).then_some(recording) } else { None };
    let recording = screen.hear_until(failing).await;
    assert_eq!(recording.reason.as_deref(), Some("the disk is full"));
    assert_eq!(recording.since_wall_us, Some((NOW_S - 1) * 1_000_000));
}

#[tokio::test]
async fn a_changed_roster_is_sent_to_every_screen() {
    let rig = start().await;
    let (mut one, mut two) = (rig.screen().await, rig.screen().await);
    for screen in [&mut one, &mut two] {
        screen.greeted().await;
    }
    rig.hub.tell(&Told::RosterChanged);
    for screen in [&mut one, &mut two] {
        assert!(matches!(screen.hear_news().await, ToScreen::Roster { .. }));
    }
}

#[tokio::test]
async fn s27_a_panic_in_one_connection_leaves_the_others_alone() {
    let rig = start().await;
    rig.publish(&readings("1", 1..=3));
    let mut well = rig.screen().await;
    well.greeted().await;
    well.follow("1", None, 0).await;
    assert!(matches!(well.hear_news().await, ToScreen::Snapshot { .. }));
    rig.log.panics.store(true, Ordering::SeqCst);
    let mut struck = rig.screen().await;
    struck.follow("1", None, 60).await;
    let _ = struck.ended().await;
    rig.publish_live(&[reading("1", 4, 0)]);
    assert!(matches!(well.hear_news().await, ToScreen::Items { .. }));
    assert_eq!(rig.hub.screens(), 1);
}

#[tokio::test]
async fn a_stopping_server_says_goodbye() {
    let mut rig = start().await;
    let mut screen = rig.screen().await;
    screen.greeted().await;
    rig.stop();
    let (sentence, code) = screen.ended().await;
    assert_eq!((sentence.is_some(), code), (true, Some(away())));
    rig.stopped().await;
    assert!(tokio::net::TcpStream::connect(rig.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_screen_that_gives_no_sign_of_life_is_given_up() {
    let rig = start().await;
    tokio::time::pause();
    let mut screen = rig.screen().await;
    screen.greeted().await;
    // It answers no ping because nobody reads its socket; the clock runs ahead as soon as nothing else can happen.
    while rig.hub.screens() > 0 {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn a_screen_that_takes_nothing_is_given_up() {
    let rig = start_narrow().await;
    tokio::time::pause();
    let mut screen = Client::narrow(rig.address).await;
    screen.greeted().await;
    screen.follow("1", None, 0).await;
    screen.hear_until(|m| matches!(m, ToScreen::Snapshot { .. }).then_some(())).await;
    let mut sequence = 0;
    while rig.hub.screens() > 0 {
        for _ in 0..200 {
            sequence += 1;
            rig.publish_live(&[reading("1", sequence, 0)]);
        }
        tokio::task::yield_now().await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[test]
fn h06_the_wire_of_an_item_has_no_default_value() {
    let none = serde_json::from_str::<Item>(r#"{"is":"reading","seq":1,"source":"a","vital":"spo2"}"#);
    assert!(none.is_err(), "a reading without a state is no reading");
}
