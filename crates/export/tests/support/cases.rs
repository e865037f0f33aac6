//! Sessions as they happen, and as they happen at worst.

use super::{Maker, at};
use chairside_observation::session::{Act, EntryKind, Phase};
use chairside_observation::{
    Absence, Amount, Civil, Context, Decimal, Deed, LinkState, Measured, MonitorNotice, NoticeEnd, NoticeKind,
    NoticeLevel, NoticeState, Noticed, Priority, Reading, Vital, What,
};
use std::sync::Arc;

/// Numbers that look like a patient's, the same each time.
fn wave(s: i64, slow: i64, size: i64) -> i64 {
    let saw = |period: i64| {
        let at = s.rem_euclid(period) * 4;
        if at < period {
            at
        } else if at < 3 * period {
            2 * period - at
        } else {
            at - 4 * period
        }
    };
    (saw(slow) * size / slow) + (saw(37) * 2 / 37) + (s * 7919 % 5 - 2)
}

/// Rise of pressure and heart rate with the infusion, in per cent: up in 30 min, down in 60.
fn effect(s: i64, start: i64) -> i64 {
    let since = s - start;
    if since < 0 {
        0
    } else if since < 1800 {
        since * 18 / 1800
    } else {
        (18 - (since - 1800) * 18 / 3600).max(0)
    }
}

/// A session of `minutes` with a monitor that speaks each second: an infusion of 40 min, a probe that came off, a cuff bent, a
/// link lost, notices, entries late and undone.
pub(crate) fn afternoon(minutes: i64) -> Maker {
    let mut it = Maker::new();
    it.limit(-86_400, NoticeKind::Systolic, true, &NoticeKind::Systolic.limits().write());
    it.limit(-86_400, NoticeKind::Spo2, true, "lookLow=94 urgentLow=91");
    it.limit(1800, NoticeKind::Spo2, true, "lookLow=94 urgentLow=89");
    it.open(0);
    before(&mut it);
    let (start, stop, end) = (600, 600 + 2400, minutes * 60);
    for s in 30..end {
        values(&mut it, s, start);
        happens(&mut it, s, start, stop, end);
    }
    it
}

fn before(it: &mut Maker) {
    for (s, kind, text) in [
        (5, EntryKind::Identity, "name and birth date"),
        (8, EntryKind::Indication, "depression, two antidepressants without effect"),
        (9, EntryKind::Allergies, "penicillin"),
        (10, EntryKind::Weight, "71 kg, as said"),
        (11, EntryKind::Consent, ""),
        (12, EntryKind::Fasting, "solid food since 22:00, water until 08:30"),
        (13, EntryKind::Escort, "husband, comes at 12:00"),
        (14, EntryKind::Medicines, "sertraline 100 mg taken; lorazepam held since yesterday"),
        (15, EntryKind::Scale, "PHQ-9 17"),
    ] {
        it.entry(s, kind, None, text);
    }
}

/// What the monitor says at second `s`.
fn values(it: &mut Maker, s: i64, start: i64) {
    if (3300..3390).contains(&s) {
        return;
    }
    let more = effect(s, start);
    it.one(s, Vital::HeartRate, (74 + wave(s, 900, 5)) * (100 + more / 2) / 100);
    if (1500..1560).contains(&s) {
        it.absent(s, Vital::Spo2);
    } else if (1560..1575).contains(&s) {
        it.doubted(s, Vital::Spo2, 88);
    } else {
        it.one(s, Vital::Spo2, (97 - more / 6 + wave(s, 700, 2) / 3).min(100));
    }
    it.one(s, Vital::RespRate, 14 - more / 8 + wave(s, 400, 3) / 2);
    if s % 300 == 0 {
        let (systolic, diastolic) = (124 + wave(s, 1300, 4), 78 + wave(s, 1100, 3));
        it.cuff(s, 8, systolic * (100 + more) / 100, diastolic * (100 + more) / 100);
    }
    if s % 60 == 0 {
        named(it, s);
    }
}

/// Once a minute the monitor says who it is and what its clock shows.
fn named(it: &mut Maker, s: i64) {
    let context = Context {
        bed: Some("BED-02".into()),
        unit: Some("DAY CLINIC".into()),
        patient: Some("20041".into()),
        name: Some("Doe^Jane".into()),
        device: Some("Example Monitors^CM-12^SN 0042-1187".into()),
    };
    let Some(What::Reading(o)) = it.entries.last_mut().map(|entry| &mut entry.what) else { return };
    o.context = Some(Arc::new(context));
    let shown = Civil::from_unix_s(1_772_442_000 + 3600 + s - 41);
    o.measured = shown.map(|shown| Measured::At { at: shown, sent: Some(shown) });
}

/// What people do, and what else happens.
fn happens(it: &mut Maker, s: i64, start: i64, stop: i64, end: i64) {
    match s {
        200 => it.phase(s, Phase::Baseline),
        320 => {
            it.baseline(s, Vital::HeartRate, &[74], chairside_observation::Sequence(20));
            it.baseline(s, Vital::Nibp, &[124, 78, 93], chairside_observation::Sequence(40));
            it.entry(s, EntryKind::Go, None, "");
        }
        _ if s == start => {
            it.phase(s, Phase::Infusing);
            it.entry(s, EntryKind::Dose, None, "ketamine 0.5 mg/kg over 40 min as prescribed, lot 4471B");
        }
        1000 => {
            it.entry(s, EntryKind::Drug, None, "ondansetron 4 mg IV");
        }
        1205 => bent(it, s),
        1500 => it.phase(s, Phase::Paused),
        1590 => it.phase(s, Phase::Infusing),
        1800 => {
            it.entry(s, EntryKind::Note, None, "Hears music, smiles. Says the room is far away.\nNo distress.");
        }
        1860 => late(it, s),
        2105 => noticed(it, s, NoticeState::Stands(NoticeLevel::Look), "166", "160"),
        2150 => {
            it.act(s, Act::Acknowledged { notice: "systolic".into() });
        }
        2700 => noticed(it, s, NoticeState::Over(NoticeEnd::Within), "148", ""),
        3302 => {
            it.link(s, LinkState::Lost, "no data for 10 s; check the cable");
        }
        3390 => {
            it.link(s, LinkState::Live, "");
        }
        3350 => it.typed(s, Vital::Nibp, &[131, 82]),
        _ if s == stop => it.phase(s, Phase::Observing),
        _ if s == end - 300 => {
            it.act(s, Act::HandedOver { to: super::person("Ben Okafor") });
        }
        _ if s == end - 200 => {
            for line in ["awake, knows place and time", "walks without help", "vein is closed", "escort is here"] {
                it.entry(s, EntryKind::Readiness, None, line);
            }
            it.phase(s, Phase::Ready);
        }
        _ if s == end - 1 => it.phase(s, Phase::Discharged),
        _ if s > start && s < end - 300 && (s - start) % 900 == 0 => scores(it, s, start),
        _ => {}
    }
    if s == 1503 {
        alarm(it, s, "SpO2 PROBE OFF");
    }
}

fn bent(it: &mut Maker, s: i64) {
    let cuff = it.cuff(s, 3, 203, 121);
    it.act(s, Act::Artefact { vital: Vital::Nibp, span: (cuff, cuff), reason: "arm was bent".into() });
}

fn late(it: &mut Maker, s: i64) {
    it.late(s, 1740, Act::Entry { kind: EntryKind::SideEffect, score: Some(1), text: "numb lips".into() });
    let typo = it.entry(s, EntryKind::Sedation, Some(1), "");
    it.act(s, Act::Undo { of: typo, reason: "pressed the wrong number".into() });
}

fn scores(it: &mut Maker, s: i64, start: i64) {
    let deep = effect(s, start);
    let score = |of: i64| i8::try_from(of).unwrap_or(0);
    it.entry(s, EntryKind::Sedation, Some(score(5 - deep / 9)), "");
    it.entry(s, EntryKind::Dissociation, Some(score(deep / 7)), "");
    it.entry(s, EntryKind::Nausea, Some(score(deep / 15)), "");
}

fn alarm(it: &mut Maker, s: i64, text: &str) {
    it.what(
        s,
        What::Notice(MonitorNotice { text: text.into(), priority: Priority::Medium, context: None, bytes: 0..1 }),
    );
}

fn noticed(it: &mut Maker, s: i64, state: NoticeState, value: &str, limit: &str) {
    let kind = NoticeKind::Systolic;
    it.deed(
        s,
        Deed::Noticed(Box::new(Noticed {
            session: "1-1".into(),
            kind,
            state,
            value: value.into(),
            limit: limit.into(),
            limits: kind.limits(),
            own: false,
            about: None,
            since: at(s).wall,
            unwritten: 0,
        })),
    );
}

/// Four hours, 600 entries, names as long as they may be, notes of a page.
pub(crate) fn long() -> Maker {
    let mut it = afternoon(240);
    let long = "Wolfeschlegelsteinhausenbergerdorff-".repeat(4).chars().take(118).collect::<String>();
    if let Some(session) = &mut it.session {
        session.patient.name = format!("{long}Ñü").into();
        session.plan.template =
            "IV 40 min, second half of the course, with the long observation after it and the forms of the study"
                .into();
    }
    let page: String = "slept, woke, asked for water; ".repeat(66);
    it.insert(|it| {
        for n in 0..600 {
            let text = if n == 300 { page.clone() } else { format!("comfort round {n}: no complaint") };
            it.entry(14_000 + n / 2, EntryKind::Note, None, &text);
        }
        it.entry(14_301, EntryKind::Note, None, &"x\n".repeat(999));
    });
    it
}

/// A session in which nothing was ever measured.
pub(crate) fn empty() -> Maker {
    let mut it = Maker::new();
    it.open(0);
    it.phase(30, Phase::Cancelled);
    it
}

/// Every value is marked as an artefact.
pub(crate) fn artefacts() -> Maker {
    let mut it = Maker::new();
    it.open(0);
    it.phase(10, Phase::Baseline);
    it.phase(60, Phase::Infusing);
    let mut first = None;
    for s in 60..1800 {
        for (vital, value) in [(Vital::HeartRate, 70), (Vital::Spo2, 71 + s % 29), (Vital::RespRate, 12)] {
            let sequence = it.one(s, vital, value);
            first.get_or_insert(sequence);
        }
        if s % 120 == 0 {
            it.cuff(s, 0, 300, 20);
        }
    }
    let last = it.one(1800, Vital::Spo2, 70);
    for vital in [Vital::HeartRate, Vital::Spo2, Vital::RespRate, Vital::Nibp] {
        let span = (first.unwrap_or(last), last);
        it.act(1810, Act::Artefact { vital, span, reason: "another patient's probe".into() });
    }
    it.phase(1820, Phase::Observing);
    it.phase(1900, Phase::Ready);
    it.phase(1910, Phase::Discharged);
    it
}

/// Names and words written from right to left, in scripts the font has and one it has not.
pub(crate) fn right_to_left() -> Maker {
    let mut it = afternoon(70);
    if let Some(session) = &mut it.session {
        session.patient.name = "שרה לוי (Sarah) محمد علي 張".into();
    }
    it.insert(|it| {
        it.entry(2000, EntryKind::Note, None, "אמרה: \"הכול בסדר\" (12:05), then 3 < 4 & \u{202e}reversed");
    });
    it
}

/// Awkward values: a pressure in kPa, half of one, a value far off the axis.
pub(crate) fn odd() -> Maker {
    let mut it = Maker::new();
    it.open(0);
    it.phase(10, Phase::Baseline);
    for s in (20..600).step_by(5) {
        it.one(s, Vital::PulseRate, 80);
    }
    it.reading(
        100,
        0,
        Vital::Nibp,
        Reading::Valid(Amount::Pressure { systolic: Some(Decimal::whole(118)), diastolic: None, mean: None }),
    );
    it.reading(200, 0, Vital::HeartRate, Reading::Absent(Absence::SensorOff));
    it.one(300, Vital::RespRate, 999);
    it.typed(400, Vital::Spo2, &[96]);
    it.typed(420, Vital::PulseRate, &[81]);
    it.act(500, Act::Moved { to: Phase::Cancelled, reason: "pressure before the infusion".into() });
    it
}
