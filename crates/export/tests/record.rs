//! What a record counts, and what stands in its tables.

mod support;

use chairside_export::summary::{self, Extreme};
use chairside_export::table::{self, Cell};
use chairside_export::{Face, Record, csv};
use chairside_observation::session::{Act, EntryKind, Phase};
use chairside_observation::{Decimal, Micros, NoticeKind, Sequence, Vital};
use expect_test::expect;
use support::{Maker, Winter, at};

fn shown(extreme: Option<Extreme>) -> String {
    extreme.map_or_else(String::new, |it| {
        let since = it.since_start.map_or(0, |since| since.0 / 1_000_000);
        format!("{} at {since}{}", it.value, if it.typed { " typed" } else { "" })
    })
}

/// Opened at 0, started at 60, stopped at 660, left at 700.
fn session() -> Maker {
    let mut it = Maker::new();
    it.open(0);
    it.phase(10, Phase::Baseline);
    it.phase(60, Phase::Infusing);
    it
}

fn leave(it: &mut Maker) {
    it.phase(660, Phase::Observing);
    it.phase(690, Phase::Ready);
    it.phase(700, Phase::Discharged);
}

#[test]
fn peaks_and_lowest_count_what_the_monitor_stands_by() {
    let mut it = session();
    it.one(100, Vital::HeartRate, 88);
    it.doubted(110, Vital::HeartRate, 190);
    it.one(120, Vital::HeartRate, 97);
    it.one(130, Vital::HeartRate, 97);
    let wiggled = it.one(140, Vital::Spo2, 71);
    it.act(150, Act::Artefact { vital: Vital::Spo2, span: (wiggled, wiggled), reason: "probe".into() });
    it.one(150, Vital::Spo2, 93);
    it.cuff(300, 30, 151, 92);
    it.typed(400, Vital::Nibp, &[163, 88]);
    leave(&mut it);
    let found = summary::of(&it.record());
    assert_eq!(shown(found.peak_heart), "97 at 60", "the first of two equal ones; the doubted one does not count");
    assert_eq!(shown(found.lowest_spo2), "93 at 90", "the marked one does not count");
    assert_eq!(shown(found.peak_systolic), "163 at 340 typed");
    assert_eq!(shown(found.peak_diastolic), "92 at 210", "at its own time, not when it arrived");
    assert_eq!(found.lowest_resp, None, "h06: nothing sent is no zero");
}

#[test]
fn the_pulse_rate_is_the_hearts_peak_only_where_no_heart_rate_was_sent() {
    let mut it = session();
    it.one(100, Vital::PulseRate, 120);
    assert_eq!(summary::of(&it.record()).heart, Vital::PulseRate);
    it.one(101, Vital::HeartRate, 90);
    assert_eq!(summary::of(&it.record()).heart, Vital::HeartRate);
}

#[test]
fn r05_time_is_counted_against_the_limits_as_they_stood_and_says_which_those_were() {
    let mut it = session();
    let low = |it: &mut Maker, span: std::ops::Range<i64>| {
        for s in span {
            it.one(s, Vital::Spo2, 89);
        }
    };
    low(&mut it, 100..250);
    let (notice, limits) = ("spo2".into(), "urgentLow=92".into());
    let own = it.act(250, Act::Limited { notice, limits, reason: "smoker".into() });
    low(&mut it, 250..300);
    it.act(300, Act::Undo { of: own, reason: "wrong patient".into() });
    low(&mut it, 300..400);
    it.cuff(420, 0, 152, 80);
    leave(&mut it);
    let record = it.record();
    let keys = |record: &Record| -> Vec<(String, String)> {
        let lines = summary::lines(record).into_iter().filter(|line| line.key.starts_with("time with"));
        lines.map(|line| (line.key, line.value)).collect()
    };
    let off = [
        // The last value stands for ten seconds.
        ("time with spo2 below 90 (fixed)", "309"),
        ("time with resp_rate below 8 (fixed)", ""),
        ("time with pressure from 160 (fixed) systolic or 100 (fixed) diastolic on", "0"),
    ];
    assert_eq!(keys(&record), off.map(|(key, value)| (key.to_owned(), value.to_owned())));
    assert!(record.in_force().is_empty());

    for (s, kind, on, numbers) in [
        (-500, NoticeKind::Systolic, true, "lookHigh=150 urgentHigh=180"),
        (-400, NoticeKind::HeartRate, false, "lookHigh=120"),
        (200, NoticeKind::Spo2, true, "lookLow=94 urgentLow=88"),
        (350, NoticeKind::Spo2, false, "lookLow=94 urgentLow=88"),
        (9000, NoticeKind::Systolic, false, ""),
    ] {
        it.limit(s, kind, on, numbers);
    }
    let record = it.record();
    let on = [
        // 100 s below the fixed number, none below the clinic's, 50 s below her own, and 59 s once it was off again.
        (
            "time with spo2 below 90 (fixed), then 88 (limit), then 92 (own limit), then 88 (limit), then 90 (fixed)",
            "209",
        ),
        ("time with resp_rate below 8 (fixed)", ""),
        ("time with pressure from 150 (limit) systolic or 100 (fixed) diastolic on", "280"),
    ];
    assert_eq!(keys(&record), on.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let stood = record.in_force().into_iter().map(|it| (it.kind, it.from, it.to, it.limits.write(), it.own));
    let look = "lookLow=94 urgentLow=88".to_owned();
    let expected = [
        (NoticeKind::Systolic, at(0), at(700), "lookHigh=150 urgentHigh=180".to_owned(), false),
        (NoticeKind::Spo2, at(200), at(250), look.clone(), false),
        (NoticeKind::Spo2, at(250), at(300), "lookLow=94 urgentLow=92".to_owned(), true),
        (NoticeKind::Spo2, at(300), at(350), look, false),
    ];
    assert_eq!(stood.collect::<Vec<_>>(), expected);
}

#[test]
fn h02_what_was_measured_before_the_patient_was_bound_is_not_hers() {
    let mut it = Maker::new();
    it.cuff(-100, 0, 200, 120);
    it.open(0);
    it.cuff(10, 300, 199, 119);
    it.cuff(20, 5, 130, 80);
    let record = it.record();
    let systolic = summary::of(&record).peak_systolic;
    assert_eq!(systolic.map(|it| it.value), Some(Decimal::whole(130)));
    assert_eq!(record.samples().len(), 1);
}

#[test]
fn h20_what_came_after_she_left_is_not_hers_and_a_claim_reaches_back() {
    let mut it = Maker::new();
    let early = it.one(-60, Vital::Spo2, 96);
    it.open(0);
    it.act(5, Act::Claimed { from: early, ago: Micros::from_secs(65) });
    it.phase(10, Phase::Cancelled);
    it.one(20, Vital::Spo2, 55);
    let record = it.record();
    assert_eq!(record.begin(), at(-60));
    assert_eq!(record.end, at(10));
    assert_eq!(record.samples().iter().map(|s| s.sequence).collect::<Vec<_>>(), [early]);
}

#[test]
fn h09_a_gap_stays_a_gap_and_lowers_the_coverage() {
    let mut it = Maker::new();
    it.open(0);
    for s in (0..100).chain(150..200) {
        it.one(s, Vital::Spo2, 97);
    }
    it.absent(160, Vital::HeartRate);
    it.phase(200, Phase::Cancelled);
    let found = summary::of(&it.record());
    let spo2 = found.coverage.iter().find(|it| it.vital == Vital::Spo2).expect("it was sent");
    // The last value before the gap stands 10 s: as long as a screen would have shown it.
    assert_eq!((spo2.percent(), spo2.gaps.len()), (79, 1));
    assert_eq!(spo2.gaps[0], (at(109).mono, at(150).mono));
    let heart = found.coverage.iter().find(|it| it.vital == Vital::HeartRate).expect("an absence was sent");
    assert_eq!(heart.percent(), 0, "h06: an absence covers nothing");
}

#[test]
fn time_below_a_number_is_the_time_such_values_stood() {
    let mut it = Maker::new();
    it.open(0);
    for (s, value) in [(0, 95), (2, 89), (4, 88), (6, 90), (8, 95)] {
        it.one(s, Vital::Spo2, value);
    }
    it.one(20, Vital::Spo2, 80);
    it.cuff(30, 0, 160, 80);
    it.cuff(90, 0, 120, 80);
    it.cuff(100, 0, 120, 100);
    it.phase(2000, Phase::Cancelled);
    let found = summary::of(&it.record());
    // 2 to 6, then from 20 on as long as a lonely value stands.
    assert_eq!(found.spo2_below, Some(Micros::from_secs(4 + 10)));
    // 30 to 90, then from 100 on as long as a cuff reading stands.
    assert_eq!(found.pressure_above, Some(Micros::from_secs(60 + 15 * 60)));
    assert_eq!(found.resp_below, None, "h06: nothing counted is no zero");
}

#[test]
fn a_cell_is_the_middle_value_the_monitor_sent_and_the_last_cuff() {
    let mut it = session();
    for (s, value) in [(61, 80), (62, 99), (63, 81), (64, 82)] {
        it.one(s, Vital::HeartRate, value);
    }
    it.absent(70, Vital::Spo2);
    it.cuff(70, 0, 120, 80);
    it.cuff(100, 0, 130, 85);
    it.one(200, Vital::Spo2, 97);
    leave(&mut it);
    let rows = table::of(&it.record(), 1);
    assert_eq!(rows[0].since_start, Micros::from_secs(-60));
    assert!(rows[0].cells.iter().all(|cell| *cell == Cell::Gap));
    let first = &rows[1];
    assert_eq!(first.cells[0], Cell::Median(Decimal::whole(81)), "the lower middle one of four");
    assert_eq!(first.cells[2], Cell::Absent("sensor off"));
    let Cell::Last(last) = first.cells[3] else { panic!("no cuff: {:?}", first.cells[3]) };
    assert!(format!("{last:?}").contains("130"), "{last:?}");
    assert_eq!(rows[2].cells[2], Cell::Gap, "h09");
    assert_eq!(rows[3].cells[2], Cell::Median(Decimal::whole(97)));
    assert_eq!(rows.len(), 12);
}

#[test]
fn values_of_two_devices_are_never_mixed_in_one_cell() {
    let mut it = session();
    for s in [61, 62, 63] {
        it.one(s, Vital::Spo2, 97);
    }
    for s in [61, 62] {
        it.one(s, Vital::Spo2, 80);
        it.entries.last_mut().expect("just pushed").source = Some("other".into());
    }
    let rows = table::of(&it.record(), 5);
    let cells: Vec<_> = rows.iter().map(|row| &row.cells[2]).collect();
    assert!(cells.contains(&&Cell::Median(Decimal::whole(97))), "{cells:?}");
    assert!(!cells.contains(&&Cell::Median(Decimal::whole(80))), "{cells:?}");
}

#[test]
fn the_tables_say_it_all_and_are_the_same_each_time() {
    let mut it = session();
    let before = it.cuff(30, 0, 128, 79);
    it.baseline(40, Vital::Nibp, &[128, 79], before);
    it.one(61, Vital::Spo2, 97);
    it.doubted(62, Vital::Spo2, 91);
    it.absent(63, Vital::Spo2);
    let typo = it.entry(70, EntryKind::Sedation, Some(3), "");
    it.act(80, Act::Undo { of: typo, reason: "wrong chair".into() });
    it.entry(90, EntryKind::Drug, None, "+4 mg ondansetron");
    it.typed(95, Vital::Spo2, &[96]);
    leave(&mut it);
    let record = it.record();
    let tables = csv::tables(&record, &Face(&Winter));
    assert_eq!(tables, csv::tables(&it.record(), &Face(&Winter)), "the same record, the same bytes");
    let text = |n: usize| String::from_utf8(tables[n].1.clone()).expect("UTF-8").replace("\r\n", "\n");
    expect![[r#"
        seq,measured_at,received_at,since_start,source,typed_by,vital,origin,site,value,systolic,diastolic,mean,unit,state,reason,flags,left_out
        4,2026-03-02T10:00:30.000+01:00,2026-03-02T10:00:30.000+01:00,-0:00:30,bed,,nibp,cuff,,,128,79,,mm[Hg],valid,,,
    "#]].assert_eq(&text(0).lines().take(2).map(|line| format!("{line}\n")).collect::<String>());
    expect![[r#"
        seq,at,recorded_at,since_start,late,by,role,kind,what,score,undone_by
        1,2026-03-02T10:00:00.000+01:00,2026-03-02T10:00:00.000+01:00,-0:01:00,,Ada,nurse,opened,IV 40 min,,
        2,2026-03-02T10:00:10.000+01:00,2026-03-02T10:00:10.000+01:00,-0:00:50,,Ada,nurse,phase,baseline,,
        3,2026-03-02T10:01:00.000+01:00,2026-03-02T10:01:00.000+01:00,0:00:00,,Ada,nurse,phase,infusing,,
        5,2026-03-02T10:00:40.000+01:00,2026-03-02T10:00:40.000+01:00,-0:00:20,,Ada,nurse,baseline,nibp 128/79,,
        9,2026-03-02T10:01:10.000+01:00,2026-03-02T10:01:10.000+01:00,0:00:10,,Ada,nurse,sedation,,3,10
        10,2026-03-02T10:01:20.000+01:00,2026-03-02T10:01:20.000+01:00,0:00:20,,Ada,nurse,undo,entry 9: wrong chair,,
        11,2026-03-02T10:01:30.000+01:00,2026-03-02T10:01:30.000+01:00,0:00:30,,Ada,nurse,drug given,'+4 mg ondansetron,,
        12,2026-03-02T10:01:35.000+01:00,2026-03-02T10:01:35.000+01:00,0:00:35,,Ada,nurse,typed values,spo2 96,,
        13,2026-03-02T10:11:00.000+01:00,2026-03-02T10:11:00.000+01:00,0:10:00,,Ada,nurse,phase,observing,,
        14,2026-03-02T10:11:30.000+01:00,2026-03-02T10:11:30.000+01:00,0:10:30,,Ada,nurse,phase,ready,,
        15,2026-03-02T10:11:40.000+01:00,2026-03-02T10:11:40.000+01:00,0:10:40,,Ada,nurse,phase,discharged,,
    "#]].assert_eq(&text(1));
    assert_eq!(text(0).lines().count(), 6, "every sample has its row");
    assert!(text(2).contains("patient name,'=Doe,"), "s17: {}", text(2));
    assert!(record.samples().iter().any(|sample| sample.sequence == Sequence(4)));
}
