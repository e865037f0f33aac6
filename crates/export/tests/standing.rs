//! What a record says of notices, gaps, devices, and losses: as they stood.

mod support;

use chairside_export::event;
use chairside_observation::session::{Act, Phase};
use chairside_observation::{
    Civil, Context, Deed, LinkState, Measured, Micros, NoticeEnd, NoticeKind, NoticeLevel, NoticeState, Noticed,
    SourceId, Vital, What,
};
use std::sync::Arc;
use support::{Maker, at};

fn noticed(state: NoticeState, value: &str, limit: &str) -> Deed {
    let kind = NoticeKind::Systolic;
    Deed::Noticed(Box::new(Noticed {
        session: "1-1".into(),
        kind,
        state,
        value: value.into(),
        limit: limit.into(),
        limits: kind.limits(),
        own: false,
        about: None,
        since: at(100).wall,
        unwritten: 0,
    }))
}

#[test]
fn h18_a_limit_notice_stands_with_its_levels_its_limit_who_saw_it_and_how_it_ended() {
    let mut it = Maker::new();
    it.open(0);
    it.deed(110, noticed(NoticeState::Stands(NoticeLevel::Look), "165", "160"));
    it.act(120, Act::Acknowledged { notice: "systolic".into() });
    it.deed(130, noticed(NoticeState::Stands(NoticeLevel::Urgent), "184", "180"));
    it.deed(140, noticed(NoticeState::Over(NoticeEnd::Within), "130", ""));
    it.deed(150, noticed(NoticeState::Stands(NoticeLevel::Look), "161", "160"));
    it.act(160, Act::Acknowledged { notice: "spo2".into() });
    it.phase(200, Phase::Cancelled);
    let record = it.record();
    let [first, second] = &record.limits[..] else { panic!("{:?}", record.limits) };
    let steps: Vec<_> = first.steps.iter().map(|step| (step.level.word(), &*step.value, &*step.limit)).collect();
    assert_eq!(steps, [("look", "165", "160"), ("urgent", "184", "180")]);
    assert_eq!((first.raised, first.level(), first.since), (at(110), NoticeLevel::Urgent, at(100).wall));
    assert_eq!(first.seen.iter().map(|(at, by)| (*at, &*by.name)).collect::<Vec<_>>(), [(at(120), "Ada")]);
    assert_eq!(first.cleared.map(|over| (over.at, over.why)), Some((at(140), NoticeEnd::Within)));
    assert!(first.limits.write().contains("urgentHigh=180"));
    assert_eq!((second.cleared, second.seen.len()), (None, 0), "what was pressed for another kind is not for this one");
    let events: Vec<_> =
        event::of(&record).into_iter().map(|event| format!("{}: {}", event.kind, event.what)).collect();
    assert!(events.contains(&"limit notice, urgent: systolic 184 (limit 180)".to_owned()), "{events:?}");
    assert!(events.contains(&"limit notice over: systolic: within limits".to_owned()), "{events:?}");
}

#[test]
fn h09_a_gap_says_from_when_to_when_and_why() {
    let mut it = Maker::new();
    it.open(0);
    for s in 0..30 {
        it.one(s, Vital::Spo2, 97);
        it.one(s, Vital::HeartRate, 70);
    }
    for s in 30..60 {
        it.absent(s, Vital::Spo2);
        it.one(s, Vital::HeartRate, 70);
    }
    it.link(65, LinkState::Lost, "cable");
    it.deed(66, Deed::FramesLost { frames: 3 });
    it.one(100, Vital::Spo2, 97);
    it.phase(105, Phase::Cancelled);
    let record = it.record();
    let [gap] = &record.gaps(Vital::Spo2)[..] else { panic!("{:?}", record.gaps(Vital::Spo2)) };
    assert_eq!((gap.from, gap.to), (at(30), at(100)));
    assert_eq!((&*gap.why, gap.source.as_ref().map(SourceId::as_str)), ("sensor off, link lost", Some("bed")));
    let [gap] = &record.gaps(Vital::HeartRate)[..] else { panic!("{:?}", record.gaps(Vital::HeartRate)) };
    assert_eq!((gap.from, gap.to), (at(69), at(105)), "a value stands 10 s, as long as a screen would show it");
    assert_eq!(&*gap.why, "nothing sent", "the link was lost before the gap began");
    assert!(record.gaps(Vital::EtCo2).is_empty(), "what no monitor ever sent has no gap");
    let lost = event::of(&record).into_iter().find(|event| &*event.kind == "frames lost").map(|event| event.what);
    assert_eq!(lost.as_deref(), Some("3 frames could not be written to the log"));
}

#[test]
fn a_gap_reads_the_wall_clock_as_it_went_then() {
    let mut it = Maker::new();
    it.open(0);
    for s in [0, 1, 2, 3, 50] {
        it.one(s, Vital::Spo2, 97);
    }
    for entry in &mut it.entries[4..] {
        entry.received.wall = entry.received.wall + Micros::from_secs(3600);
    }
    it.phase(52, Phase::Cancelled);
    let gaps = it.record().gaps(Vital::Spo2);
    let [gap] = &gaps[..] else { panic!("{gaps:?}") };
    assert_eq!((gap.from.wall, gap.to.wall), (at(13).wall, at(50).wall + Micros::from_secs(3600)));
    assert_eq!(gap.length(), Micros::from_secs(37));
}

#[test]
fn a_device_is_named_as_it_named_itself_with_its_clock_and_what_was_not_understood() {
    let mut it = Maker::new();
    it.open(0);
    for (s, serial) in [(1, "A-1"), (2, "A-1"), (3, "B-2")] {
        it.one(s, Vital::Spo2, 97);
        let Some(What::Reading(o)) = it.entries.last_mut().map(|entry| &mut entry.what) else { panic!() };
        o.context =
            Some(Arc::new(Context { device: Some(serial.into()), bed: Some("4".into()), ..Context::default() }));
        let clock = Civil::new(2026, 3, 2, 10, 0, 3).unwrap();
        o.measured = Some(Measured::At { at: clock, sent: Some(clock) });
    }
    it.skipped(4, 100..140);
    it.phase(10, Phase::Cancelled);
    let record = it.record().with_adapters(|source| (source.as_str() == "bed").then_some("masimo"));
    let [device] = &record.devices[..] else { panic!("{:?}", record.devices) };
    let heard: Vec<_> = device.heard.iter().map(|it| (&*it.device, &*it.bed, it.first, it.last)).collect();
    assert_eq!(heard, [("A-1", "4", at(1), at(2)), ("B-2", "4", at(3), at(3))]);
    assert_eq!((&*device.adapter, device.values, device.skipped, device.skipped_bytes), ("masimo", 3, 1, 40));
    assert_eq!(
        device.clock.map(|(shown, received)| (shown.to_string(), received)),
        Some(("2026-03-02T10:00:03".into(), at(3)))
    );
}

#[test]
fn the_way_back_from_ready_is_no_second_stop() {
    let mut it = Maker::new();
    it.open(0);
    for (s, to) in [
        (10, Phase::Baseline),
        (60, Phase::Infusing),
        (100, Phase::Paused),
        (130, Phase::Infusing),
        (660, Phase::Observing),
        (690, Phase::Ready),
        (700, Phase::Observing),
        (800, Phase::Ready),
        (810, Phase::Discharged),
    ] {
        it.phase(s, to);
    }
    let record = it.record();
    assert_eq!((record.start(), record.stop()), (Some(at(60)), Some(at(660))));
    let lines = chairside_export::summary::lines(&record);
    let value = |key: &str| lines.iter().find(|line| line.key == key).map(|line| line.value.clone());
    assert_eq!(value("infusion, start to stop"), Some("600".into()));
    assert_eq!(value("paused"), Some("30".into()));
    assert!(lines.iter().all(|line| line.key == "stopped early" || !line.definition.is_empty()), "{lines:?}");
    let phases: Vec<_> = record.phases().iter().map(|span| (span.phase.word(), span.from, span.to)).collect();
    assert_eq!(phases[0], ("checked in", at(0), at(10)));
    assert_eq!(phases[3], ("paused", at(100), at(130)));
}
