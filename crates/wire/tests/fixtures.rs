//! One file for each kind of message, read by these tests and by the TypeScript tests: `fixtures/wire/*.json`.
//!
//! `CHAIRSIDE_GENERATE=1 cargo test -p chairside-wire` writes them again.

use chairside_observation::session::{
    About, Act, ActKey, BaselineValue, Done as ActDone, EntryKind, Patient, Person, Phase, Plan, Role, Session,
    Standing,
};
use chairside_observation::{
    Absence, Amount, Context, Decimal, Doubt, Entry, Flag, Flags, Frame, FrameKind, Link, LinkState, Micros,
    MonitorNotice, Observation, Origin, Priority, Reading, Received, Sequence, Skip, Timeline, Unit, Vital, What,
};
use chairside_wire::{
    AssignFeed, BackupHealth, BoundFeed, CertificateHealth, Chair, Change, ChangeClinic, Clinic, ClockHealth, Database,
    DiskHealth, DoAct, Done, EhrPage, EhrRefused, EhrSent, EhrWaits, EhrWay, Every, Feed, FeedValues, FindPatients,
    FixedMark, FoundPatients, FromScreen, Health, HealthPage, HeardFrame, Item, KnownPatient, Limit, LimitNotice,
    LookAtFeed, Mark, NameChair, Person as WirePerson, Prefer, QueueHealth, RawFrame, Recording, Refusal,
    RefusedCounts, Schedule, Source, SourceBytes, Sources, Template, ToScreen, WIRE_VERSION, heard_frame, item,
    raw_frame, recording, session,
};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[path = "fixtures/access.rs"]
mod access;
#[path = "fixtures/record.rs"]
mod record;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire")
}

/// The message must be what the file holds, and the file must be read as the message.
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, message: &T) {
    let path = folder().join(format!("{name}.json"));
    let fresh = serde_json::to_string_pretty(message).unwrap() + "\n";
    if std::env::var_os("CHAIRSIDE_GENERATE").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        committed, fresh,
        "fixtures/wire/{name}.json is stale: CHAIRSIDE_GENERATE=1 cargo test -p chairside-wire"
    );
    assert_eq!(&serde_json::from_str::<T>(&committed).unwrap(), message, "{name} is not read back as it was written");
}

/// 2026-03-02 09:41:00 UTC plus `ms`.
fn at(ms: i64) -> Received {
    let wall = Micros::from_secs(1_772_444_460) + Micros::from_millis(ms);
    Received { mono: Micros::from_secs(5_400) + Micros::from_millis(ms), wall }
}

fn entry(sequence: u64, source: &str, ms: i64, what: What) -> Entry {
    Entry {
        timeline: Timeline::Chair("2".into()),
        sequence: Sequence(sequence),
        received: at(ms),
        age: Micros(0),
        source: Some(source.into()),
        what,
    }
}

fn observation(vital: Vital, unit: Unit, reading: Reading) -> Observation {
    Observation::new(vital, reading, unit, 0..1)
}

fn one(value: &str) -> Amount {
    Amount::One(Decimal::parse(value.as_bytes()).unwrap())
}

fn saturation() -> Entry {
    let valid = observation(Vital::Spo2, Unit::Percent, Reading::Valid(one("97")));
    entry(4_101, "oximeter", 120, What::Reading(Observation { origin: Some(Origin::Pleth), ..valid }))
}

fn pulse_in_doubt() -> Entry {
    let doubt = Reading::Questionable(one("88"), Doubt::Motion);
    let reading = Observation {
        origin: Some(Origin::Pleth),
        flags: Flags::NONE.with(Flag::LowPerfusion),
        ..observation(Vital::PulseRate, Unit::PerMin, doubt)
    };
    entry(4_102, "oximeter", 120, What::Reading(reading))
}

/// A cuff measurement of 4 minutes 12 seconds ago, without its diastolic pressure.
fn cuff() -> Entry {
    let [systolic, mean] = [Some(Decimal::whole(131)), Some(Decimal::whole(96))];
    let amount = Amount::Pressure { systolic, diastolic: None, mean };
    let reading = observation(Vital::Nibp, Unit::MmHg, Reading::Valid(amount));
    let entry = entry(4_103, "gateway", 480, What::Reading(Observation { origin: Some(Origin::Cuff), ..reading }));
    Entry { age: Micros::from_secs(252), ..entry }
}

fn no_temperature() -> Entry {
    let absent = Reading::Absent(Absence::SensorDisconnected);
    let reading = observation(Vital::Temperature, Unit::Cel, absent);
    entry(4_104, "gateway", 480, What::Reading(Observation { site: Some("T1".into()), synthetic: true, ..reading }))
}

fn lost() -> Entry {
    let reason = "the port is gone (no such device); plug the adapter in again";
    let link = Link { source: "oximeter".into(), state: LinkState::Lost, reason: reason.into() };
    entry(4_105, "oximeter", 900, What::Link(link))
}

fn notice() -> Entry {
    let notice = MonitorNotice { text: "** SPO2 LOW".into(), priority: Priority::Medium, context: None, bytes: 0..64 };
    entry(4_106, "gateway", 950, What::Notice(notice))
}

fn items(entries: &[Entry]) -> Vec<Item> {
    entries.iter().map(|entry| item(entry).expect("a screen shows it")).collect()
}

/// Two chairs, one with several devices.
fn chairs() -> Vec<Chair> {
    let prefer = |vital: Option<&str>, sources: &[&str]| Prefer {
        vital: vital.map(str::to_owned),
        sources: sources.iter().map(|source| (*source).to_owned()).collect(),
    };
    let orders = vec![prefer(Some("spo2"), &["oximeter", "gateway"]), prefer(None, &["gateway", "oximeter"])];
    vec![
        Chair { id: "2".into(), name: "Window left".into(), prefer: orders },
        Chair { id: "3".into(), name: "Door".into(), prefer: Vec::new() },
    ]
}

/// A session with what only the recorder knows: what is due, and whose values the feeds say they carry.
fn full_session() -> Option<Box<chairside_wire::Session>> {
    let ToScreen::Session { session, .. } = session(&"2".into(), Some(&infusing()), false) else { return None };
    let moment = |s: i64| Some(at(s * 1_000).into());
    let values = ["128", "79", "95"].map(str::to_owned).to_vec();
    let mark = |mark: &str, due, seq, values: &[String], at| FixedMark {
        mark: mark.into(),
        due,
        seq,
        values: values.to_vec(),
        at,
    };
    let schedule = Schedule {
        cuff_due: moment(900),
        cuff_every_s: 600,
        assess_due: moment(1_000),
        planned_end: moment(2_500),
        observe_until: None,
        marks: vec![
            mark("baseline", None, Some(4_090), &values, moment(90)),
            mark("40 min", moment(2_500), None, &[], None),
            mark("stop", None, None, &[], None),
            mark("leaving", None, None, &[], None),
        ],
    };
    let feed = |source: &str, bed: &str, says: &str, patient: &str, withheld| BoundFeed {
        source: source.into(),
        bed: bed.into(),
        says: says.into(),
        patient: patient.into(),
        name: String::new(),
        device: String::new(),
        withheld,
        since: at(100_000).into(),
    };
    let feeds = vec![feed("gateway", "BED-4", "patient", "20041", 12), feed("oximeter", "", "none", "", 0)];
    session.map(|known| Box::new(chairside_wire::Session { schedule: Some(schedule), feeds, ..*known }))
}

fn clinic() -> Clinic {
    let lead = WirePerson { name: "Lee, Ann".into(), role: "lead".into() };
    let template = Template {
        name: "IV 40 min".into(),
        of: Some(6),
        infusion_min: 40,
        cuff_infusing_min: 10,
        cuff_observing_min: 15,
        observe_min: 60,
        assess_first_min: 15,
        assess_later_min: 30,
    };
    let limit = |notice: &str, on, limits: &str| Limit { notice: notice.into(), on, limits: limits.into() };
    Clinic {
        names: "alias".into(),
        templates: vec![template],
        staff: vec![lead],
        readiness: vec!["Walks safely".into(), "Escort is here".into()],
        limits: vec![
            limit("spo2", true, "lookLow=94 urgentLow=90 lookHoldS=15 urgentHoldS=10"),
            limit("cuff", false, "lateS=120"),
        ],
        has_limits: true,
        testing: vec!["3".into()],
    }
}

fn change_clinic() -> ChangeClinic {
    let lead = WirePerson { name: "Lee, Ann".into(), role: "lead".into() };
    let limits = "lookLow=92 urgentLow=88 lookHoldS=15 urgentHoldS=10".into();
    ChangeClinic { by: lead, change: Change::Limit { limit: Limit { notice: "spo2".into(), on: true, limits } } }
}

fn found_patients() -> FoundPatients {
    let facts = [(EntryKind::Indication, "depression".into()), (EntryKind::Allergies, "none known".into())];
    FoundPatients { found: vec![KnownPatient::new(&patient(), &plan(), at(0).wall, &facts)] }
}

fn limit_notices() -> Vec<LimitNotice> {
    let notice = |notice: &str, level: &str, value: &str, limit: &str, since| LimitNotice {
        notice: notice.into(),
        level: level.into(),
        value: value.into(),
        limit: limit.into(),
        since: at(since).into(),
        seen_by: None,
        quiet_until: None,
    };
    let seen_by = Some(WirePerson { name: "Ada".into(), role: "nurse".into() });
    let quiet = LimitNotice {
        seen_by,
        quiet_until: Some(at(320_000).into()),
        ..notice("cuff", "look", "3 min", "10 min", 9_000)
    };
    vec![quiet, notice("spo2", "urgent", "88", "90", 20_000)]
}

fn to_screen() -> Vec<(&'static str, ToScreen)> {
    let chair = || "2".to_owned();
    let now = at(1_000).into();
    let every = |source: &str, every_us| Every { source: source.into(), every_us };
    let mark =
        |chair: &str, head, recorded, recorded_wall_us| Mark { chair: chair.into(), head, recorded, recorded_wall_us };
    let marks = vec![mark("2", 4_106, 4_105, Some(at(900).wall.0)), mark("3", 0, 0, None)];
    let feed = |source: &str, bed: &str, chair: Option<&str>, fixed| Feed {
        source: source.into(),
        bed: bed.into(),
        chair: chair.map(str::to_owned),
        fixed,
    };
    vec![
        (
            "hello",
            ToScreen::Hello {
                wire: WIRE_VERSION,
                version: "0.1.0".into(),
                run: "6f1c2a".into(),
                boot: "b3d94e".into(),
                zone: "Europe/Berlin".into(),
                now,
            },
        ),
        (
            "roster",
            ToScreen::Roster {
                chairs: chairs(),
                feeds: vec![
                    feed("gateway", "BED-4", Some("2"), false),
                    feed("gateway", "BED-9", None, false),
                    feed("oximeter", "", Some("2"), true),
                ],
            },
        ),
        ("clinic", ToScreen::Clinic { clinic: clinic() }),
        ("notices", ToScreen::Notices { chair: chair(), notices: limit_notices(), failed: None }),
        (
            "notices-failed",
            ToScreen::Notices { chair: chair(), notices: vec![], failed: Some("stopped: a panic".into()) },
        ),
        ("session_due", ToScreen::Session { chair: chair(), session: full_session(), cleared: false }),
        (
            "snapshot",
            ToScreen::Snapshot {
                chair: chair(),
                head: 4_106,
                now,
                latest: items(&[saturation(), pulse_in_doubt(), cuff(), no_temperature(), lost()]),
                every: vec![every("gateway", 60_000_000), every("oximeter", 1_000_000)],
            },
        ),
        ("snapshot-empty", ToScreen::Snapshot { chair: "3".into(), head: 0, now, latest: vec![], every: vec![] }),
        (
            "history",
            ToScreen::History {
                chair: chair(),
                items: items(&[saturation(), pulse_in_doubt()]),
                through: 4_102,
                done: false,
                incomplete: false,
            },
        ),
        (
            "history-incomplete",
            ToScreen::History {
                chair: chair(),
                items: items(&[notice()]),
                through: 4_106,
                done: true,
                incomplete: true,
            },
        ),
        (
            "items",
            ToScreen::Items {
                chair: chair(),
                now,
                items: items(&[cuff(), no_temperature(), lost(), notice()]),
                every: vec![every("gateway", 60_000_000)],
            },
        ),
        ("session", session(&"2".into(), Some(&infusing()), false)),
        ("session_none", session(&"3".into(), None, true)),
        ("dropped", ToScreen::Dropped { count: 12 }),
        ("beat", ToScreen::Beat { now, recording: recording(None), marks: marks.clone() }),
        (
            "beat-not-recording",
            ToScreen::Beat {
                now,
                recording: recording(Some((
                    at(400).wall,
                    "the disk is full: 0 bytes left in the data folder; make room",
                ))),
                marks,
            },
        ),
        ("refused", ToScreen::Refused { chair: "9".into(), reason: "there is no such chair".into() }),
        ("bye", ToScreen::Bye { reason: "the server is stopping; it may come back".into() }),
    ]
}

/// A session in its infusion, with a score that was undone.
fn infusing() -> Standing {
    let mut session: Option<Session> = None;
    let acts = [
        (4_000, Act::Opened { patient: patient(), plan: plan(), planned: false }),
        (4_010, Act::Moved { to: Phase::Baseline, reason: "".into() }),
        (
            4_080,
            Act::Baseline {
                values: vec![BaselineValue {
                    vital: Vital::Nibp,
                    values: [118, 74, 89].map(Decimal::whole).into(),
                    from: (Sequence(4_071), Sequence(4_071)),
                }],
            },
        ),
        (4_090, Act::Moved { to: Phase::Infusing, reason: "".into() }),
        (4_095, Act::Entry { kind: EntryKind::Nausea, score: Some(2), text: "".into() }),
        (4_096, Act::Undo { of: Sequence(4_095), reason: "pressed by mistake".into() }),
        (4_100, Act::Entry { kind: EntryKind::Sedation, score: Some(4), text: "".into() }),
    ];
    for (n, (sequence, act)) in (0_i64..).zip(acts) {
        let (sequence, received) = (Sequence(sequence), at(n * 60_000));
        let about = (n == 6).then(|| About { wall: at(n * 60_000 - 90_000).wall, late: true });
        let by = Person { name: "Ada Nurse".into(), role: Role::Nurse };
        let done = ActDone { session: "2-4000".into(), by, key: ActKey(u128::try_from(n).unwrap()), about, act };
        match &mut session {
            None => session = Session::open(sequence, received, done),
            Some(session) => session.apply(sequence, received, done),
        }
    }
    Standing { session: Arc::new(session.unwrap()), schedule: None, feeds: Vec::new() }
}

fn patient() -> Patient {
    Patient { id: "TEST-0001".into(), name: "Doe, Jane".into(), born: "1980-02-29".into(), alias: "J. D.".into() }
}

fn plan() -> Plan {
    Plan {
        template: "IV 40 min".into(),
        number: 3,
        of: Some(8),
        infusion_min: 40,
        cuff_infusing_min: 10,
        cuff_observing_min: 15,
        observe_min: 60,
        assess_first_min: 15,
        assess_later_min: 30,
    }
}

fn do_act() -> DoAct {
    serde_json::from_str(
        r#"{"session":"2-4000","key":"000102030405060708090a0b0c0d0e0f","by":{"name":"Ada Nurse","role":"nurse"},
            "wallUs":1772444730000000,"late":true,"act":{"is":"entry","entry":"sedation","score":4,"text":""}}"#,
    )
    .unwrap()
}

fn from_screen() -> Vec<(&'static str, FromScreen)> {
    vec![
        ("follow", FromScreen::Follow { chair: "2".into(), after: None, window_s: 900 }),
        ("follow-after", FromScreen::Follow { chair: "2".into(), after: Some(4_102), window_s: 900 }),
        ("unfollow", FromScreen::Unfollow { chair: "2".into() }),
    ]
}

fn health() -> Health {
    Health {
        version: "0.1.0".into(),
        run: "6f1c2a".into(),
        recording: recording(None),
        screens: 3,
        disk_free_bytes: Some(120_000_000_000),
        last_backup_wall_us: Some(1_795_300_000_000_000),
        sources_up: 2,
        sources: 3,
        refused: RefusedCounts {
            connections_cut: 2,
            requests: 14,
            screens: 1,
            screens_cut: 4,
            sign_ins_failed: 3,
            sign_ins_refused: 900,
            updates_dropped: 120,
        },
        database: None,
    }
}

fn no_ehr() -> EhrPage {
    EhrPage {
        now: at(120).into(),
        way: None,
        waiting: Vec::new(),
        waiting_all: 0,
        refused: Vec::new(),
        refused_all: 0,
        tries: 0,
        trouble: None,
        next_wall_us: None,
        sent: 0,
        last_sent: None,
    }
}

fn ehr_page() -> EhrPage {
    let now = no_ehr().now.wall_us;
    let waits = |session: &str, kind: &str, ago_s: i64| EhrWaits {
        session: session.into(),
        kind: kind.into(),
        since_wall_us: now - ago_s * 1_000_000,
    };
    EhrPage {
        way: Some(EhrWay { to: "ehr.clinic.lan:2575".into(), tls: true }),
        waiting: vec![waits("3-1042", "ORU^R01", 900), waits("3-1042", "MDM^T02", 900), waits("1-7", "MDM^T10", 60)],
        waiting_all: 3,
        refused: vec![EhrRefused {
            session: "2-88".into(),
            kind: "MDM^T02".into(),
            since_wall_us: now - 7_200_000_000,
            name: "01795300000000000-2-88-01".into(),
            why: "AR: unknown document type".into(),
        }],
        refused_all: 1,
        tries: 4,
        trouble: Some("ehr.clinic.lan:2575 cannot be reached: connection refused".into()),
        next_wall_us: Some(now + 8_000_000),
        sent: 12,
        last_sent: Some(EhrSent { session: "2-88".into(), kind: "ORU^R01".into(), at_wall_us: now - 7_100_000_000 }),
        ..no_ehr()
    }
}

fn health_page() -> HealthPage {
    let queue = |to: &str, waiting, refused, trouble: Option<&str>| QueueHealth {
        to: to.into(),
        waiting,
        refused,
        trouble: trouble.map(Into::into),
    };
    HealthPage {
        now: at(120).into(),
        version: "0.1.0".into(),
        started_wall_us: 1_795_200_000_000_000,
        recording: recording(None),
        screens: 3,
        sources_up: 2,
        sources: 3,
        disk: Some(DiskHealth {
            free_bytes: 120_000_000_000,
            log_bytes: 900_000_000,
            lasts_days: Some(410),
            short: false,
        }),
        backup: BackupHealth {
            every_h: Some(24),
            last_wall_us: Some(1_795_100_000_000_000),
            bytes: Some(910_000_000),
            encrypted: Some(true),
            late: true,
            trouble: Some("/mnt/backup: No such file or directory; the folder has to be there".into()),
        },
        certificate: Some(CertificateHealth { ends_wall_us: 1_827_000_000_000_000, renews: true }),
        clock: ClockHealth { zone: "Europe/Berlin".into(), set_by_server: Some(true), wrong: false },
        queues: vec![
            queue("log", 0, 0, None),
            queue("database", 0, 0, None),
            queue("ehr", 2, 1, Some("ehr.clinic.lan:2575 cannot be reached: connection refused")),
        ],
        refused: RefusedCounts {
            connections_cut: 2,
            requests: 14,
            screens: 0,
            screens_cut: 1,
            sign_ins_failed: 3,
            sign_ins_refused: 0,
            updates_dropped: 30,
        },
        database: Some(Database {
            entries: Some(4200),
            age_us: Some(780_000_000),
            trouble: Some("the database db.clinic.lan cannot be reached: connection refused".into()),
            stuck: 0,
            notice: None,
        }),
        parts: vec!["limits".into()],
    }
}

fn raw() -> RawFrame {
    raw_frame(&Frame {
        source: "oximeter".into(),
        offset: 51_200,
        received: at(120),
        kind: FrameKind::Understood,
        raw: (*b"SPO2=097 \\ \x02\xff\t\r\n").into(),
        key: None,
    })
}

/// A port that is open and silent, and a listener that was never reached.
fn sources() -> Sources {
    let port = Source {
        id: "oximeter".into(),
        protocol: "nellcor".into(),
        profile: None,
        way: "serial port /dev/ttyUSB0, 9600 baud 8N1, listens only".into(),
        state: "silent".into(),
        reason: "the link stands, but nothing that was understood arrived for 10 s".into(),
        since_wall_us: at(0).wall.0,
        advice: "Check that the monitor is on.".into(),
        well: false,
        chairs: vec!["2".into()],
        waiting_beds: vec![],
        bytes: 51_216,
        frames: 1_024,
        faults: 0,
        skipped_bytes: 16,
        values: 2_040,
        connections: 1,
        requests: 0,
        refused_peers: 0,
        last_refusal: None,
        bytes_per_s: 1.6,
        frames_per_s: 0.0,
        skipped_share: 0.0003,
        skipped_share_lately: Some(1.0),
        last_frame_wall_us: Some(at(120).wall.0),
        last_frame_age_us: Some(12_000_000),
    };
    let gateway = Source {
        id: "gateway".into(),
        protocol: "hl7".into(),
        profile: Some("mindray".into()),
        way: "network, senders connect to 0.0.0.0:2575".into(),
        state: "connecting".into(),
        reason: "listening on 0.0.0.0:2575, no sender has connected yet".into(),
        chairs: vec![],
        waiting_beds: vec!["BED-9".into()],
        refused_peers: 2,
        last_refusal: Some("a connection from 10.0.0.5 was refused".into()),
        skipped_share_lately: None,
        last_frame_wall_us: None,
        last_frame_age_us: None,
        ..port.clone()
    };
    Sources { now: at(1_000).into(), sources: vec![port, gateway] }
}

fn frame(number: u64, kind: FrameKind, raw: &[u8], said: &[What], unsaid: u64) -> HeardFrame {
    let frame =
        Frame { source: "gateway".into(), offset: number * 100, received: at(120), kind, raw: raw.into(), key: None };
    heard_frame(number, &frame, raw.len() as u64, said, unsaid)
}

fn source_bytes() -> SourceBytes {
    let skipped = What::Skipped { bytes: 0..3, skip: Skip::Checksum };
    let header = What::Heard { bytes: 0..9 };
    let readings = [saturation(), pulse_in_doubt(), cuff(), no_temperature(), notice()].map(|entry| entry.what);
    let frames = vec![
        frame(41, FrameKind::Noise, b"\xff\x00A", &[skipped], 0),
        frame(42, FrameKind::Understood, b"MSH|^~\\&|\r", &readings, 3),
        frame(43, FrameKind::Understood, b"MODEL N-1\n", std::slice::from_ref(&header), 0),
        frame(44, FrameKind::Fault, b"MSH|?\r", &[header], 0),
    ];
    SourceBytes { source: "gateway".into(), newest: 44, frames }
}

#[test]
fn h01_each_bed_of_a_message_is_named_before_its_readings() {
    let of = |bed: Option<&str>| {
        let What::Reading(o) = saturation().what else { unreachable!() };
        let context = bed.map(|bed| Arc::new(Context { bed: Some(bed.into()), ..Context::default() }));
        What::Reading(Observation { context, ..o })
    };
    let said = [of(None), of(Some("B1")), of(Some("B1")), of(Some("B2")), of(None)];
    let lines = frame(1, FrameKind::Understood, b"x", &said, 0).said;
    let spo2 = "spo2 97 %";
    assert_eq!(lines, [spo2, "bed B1:", spo2, spo2, "bed B2:", spo2, "no bed:", spo2]);
}

#[test]
fn h09_each_frame_says_what_became_of_its_bytes() {
    let said: Vec<_> = source_bytes().frames.into_iter().map(|frame| frame.said).collect();
    assert_eq!(said[0], ["skipped: bad checksum"]);
    assert_eq!(
        said[1],
        [
            "spo2 97 %",
            "pulse_rate 88 /min, in doubt: motion, low perfusion",
            "nibp 131/- (96) mm[Hg]",
            "temperature T1 absent: sensor disconnected, demo data",
            "monitor: \"** SPO2 LOW\", medium priority",
            "and 3 more",
        ]
    );
    assert_eq!(said[2], ["understood, holds no vital sign"]);
    assert_eq!(said[3], ["complete, but not understood"]);
}

#[test]
fn every_message_is_what_its_file_says() {
    to_screen().iter().for_each(|(name, message)| check(name, message));
    from_screen().iter().for_each(|(name, message)| check(name, message));
    check("name-chair", &NameChair { name: "Window left".into() });
    check("assign-feed", &AssignFeed { source: "gateway".into(), bed: "BED-4".into(), chair: Some("2".into()) });
    check("look-at-feed", &LookAtFeed { source: "gateway".into(), bed: "BED-9".into() });
    let latest = items(&[saturation(), cuff()]);
    check("feed-values", &FeedValues { now: at(1_000).into(), latest });
    check("assign-feed-none", &AssignFeed { source: "gateway".into(), bed: "BED-4".into(), chair: None });
    check("done", &Done { recorded: 17 });
    check(
        "refusal",
        &Refusal { code: "no_chair".into(), message: "there is no such chair; the settings page lists them".into() },
    );
    check("health", &health());
    check("health-page", &health_page());
    check("ehr-page", &ehr_page());
    check("ehr-none", &no_ehr());
    let notice = "The database is 12 min behind, 4102 entries wait: the server gave no answer within 15 s. Everything is in the log \
                  of the data folder.";
    let database = Database {
        entries: Some(4_102),
        age_us: Some(720_000_000),
        trouble: Some("the log cannot be written: the server gave no answer within 15 s".into()),
        stuck: 0,
        notice: Some(notice.into()),
    };
    check("health-database", &Health { database: Some(database), ..health() });
    check("raw-frame", &raw());
    check("sources", &sources());
    check("source-bytes", &source_bytes());
    check("do-act", &do_act());
    check("change-clinic", &change_clinic());
    check("find-patients", &FindPatients { text: "doe".into() });
    check("found-patients", &found_patients());
    record::check_all();
    access::check_all();
}

#[test]
fn no_file_is_left_of_a_message_that_is_gone() {
    let named = to_screen().into_iter().map(|m| m.0).chain(from_screen().into_iter().map(|m| m.0)).map(str::to_owned);
    let bodies = [
        "name-chair",
        "assign-feed",
        "assign-feed-none",
        "look-at-feed",
        "feed-values",
        "done",
        "refusal",
        "health",
        "health-page",
        "ehr-page",
        "ehr-none",
        "health-database",
        "raw-frame",
        "sources",
        "source-bytes",
        "do-act",
        "change-clinic",
        "find-patients",
        "found-patients",
        "find-sessions",
        "found-sessions",
        "open-session",
        "record",
        "record-series",
        "record-stood",
        "record-table",
        "provenance",
        "export-session",
        "ask-course",
        "course",
        "me",
        "me-out",
        "sign-in",
        "welcome",
        "welcome-said",
        "accounts",
        "account-changed",
        "audit-found",
    ];
    let expected = named.chain(bodies.map(str::to_owned)).collect::<BTreeSet<_>>();
    let files = std::fs::read_dir(folder()).unwrap().map(|f| f.unwrap().path());
    let names = files.map(|f| f.file_stem().unwrap().to_string_lossy().into_owned());
    // Recorded sessions and answers, for the screens' own tests, lie beside the messages.
    let recorded = |name: &str| name.starts_with("session-") || name.starts_with("answers-");
    let found = names.filter(|name| !recorded(name)).collect::<BTreeSet<_>>();
    assert_eq!(found, expected);
}

/// A new kind does not compile here until it has its file.
#[test]
fn every_kind_has_a_file() {
    let name = |message: &ToScreen| match message {
        ToScreen::Hello { .. } => "hello",
        ToScreen::Roster { .. } => "roster",
        ToScreen::Snapshot { .. } => "snapshot",
        ToScreen::History { .. } => "history",
        ToScreen::Items { .. } => "items",
        ToScreen::Dropped { .. } => "dropped",
        ToScreen::Beat { .. } => "beat",
        ToScreen::Refused { .. } => "refused",
        ToScreen::Bye { .. } => "bye",
        ToScreen::Session { .. } => "session",
        ToScreen::Clinic { .. } => "clinic",
        ToScreen::Notices { .. } => "notices",
    };
    let messages = to_screen();
    let kinds = messages.iter().map(|(_, message)| name(message)).collect::<BTreeSet<_>>();
    assert_eq!(kinds.len(), 12);
    for (file, message) in &messages {
        assert!(file.starts_with(name(message)), "{file} holds a {}", name(message));
        assert_eq!(serde_json::to_value(message).unwrap()["kind"], name(message));
    }
}

#[test]
fn h06_an_absent_reading_has_no_digits_at_all() {
    let Some(Item::Reading(reading)) = item(&no_temperature()) else { panic!("not a reading") };
    let json = serde_json::to_value(reading).unwrap();
    for field in ["value", "systolic", "diastolic", "mean"] {
        assert!(json.get(field).is_none(), "{field}");
    }
    assert_eq!((&json["state"], &json["reason"]), (&"absent".into(), &"sensor disconnected".into()));
}

#[test]
fn h07_doubt_and_flags_are_on_the_wire() {
    let Some(Item::Reading(reading)) = item(&pulse_in_doubt()) else { panic!("not a reading") };
    assert_eq!(reading.reason.as_deref(), Some("motion"));
    assert_eq!(reading.flags, [Flag::LowPerfusion.word()]);
}

#[test]
fn a_cuff_reading_stands_at_its_own_time() {
    let Some(Item::Reading(reading)) = item(&cuff()) else { panic!("not a reading") };
    assert_eq!(reading.received.mono_us - reading.at.mono_us, 252_000_000);
    assert_eq!(reading.received.wall_us - reading.at.wall_us, 252_000_000);
}

#[test]
fn what_no_screen_shows_has_no_item() {
    assert_eq!(item(&entry(1, "oximeter", 0, What::Heard { bytes: 0..9 })), None);
}

#[test]
fn s17_unknown_fields_are_refused() {
    assert!(serde_json::from_str::<NameChair>(r#"{"name":"Door","bed":"4"}"#).is_err());
    assert!(serde_json::from_str::<AssignFeed>(r#"{"source":"a","bed":"b","chiar":"2"}"#).is_err());
    assert!(serde_json::from_str::<FromScreen>(r#"{"kind":"unfollow","chair":"2","after":3}"#).is_err());
}

#[test]
fn bytes_for_people_can_be_read_back_by_eye() {
    assert_eq!(raw().text, r"SPO2=097 \\ \x02\xff\t\r\n");
    assert_eq!((raw().length, raw().hex.len()), (16, 32));
}

#[test]
fn not_recording_says_since_when_and_why() {
    let no = recording(Some((Micros(5), "disk full")));
    assert_eq!(no, Recording { ok: false, since_wall_us: Some(5), reason: Some("disk full".into()) });
}
