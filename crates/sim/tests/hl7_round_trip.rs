//! What the HL7 encoders write, the decoder judges to be of its make and reads as the same values.

use chairside_decode::hl7::{Profile, judge};
use chairside_decode::{Finding, catalog::Protocol};
use chairside_observation::{
    Absence, Amount, Decimal, Doubt, Micros, MonitorNotice, Observation, Origin, Priority, Reading, Received, Vital,
    Zone,
};
use chairside_sim::hl7::{Dialect, Encoder, HeartRateHigh, Identity, Phase, Snapshot, frame};
use chairside_sim::patient::{Patient, Pressure};
use chairside_sim::words::Word;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

const CUFF_EVERY_S: f64 = 300.0;
const STEP_S: u32 = 60;

/// The zone of the monitors' clocks.
struct Clinic;
const OFFSET_H: i8 = 1;
impl Zone for Clinic {
    fn utc(&self, civil: chairside_observation::Civil) -> Micros {
        civil.utc().unwrap_or_else(|| Micros(civil.face().0 - i64::from(OFFSET_H) * 3_600_000_000))
    }
}

/// One message as it was meant.
struct Sent {
    snapshot: Snapshot,
    now: Timestamp,
}

fn identity() -> Identity {
    Identity {
        bed: "BED-7".to_owned(),
        unit: "INF".to_owned(),
        patient: "P4711".to_owned(),
        name: "DOE^JANE".to_owned(),
    }
}

fn encoder(dialect: Dialect) -> Encoder {
    Encoder::new(dialect, identity(), 77, "RUN", Offset::constant(OFFSET_H))
}

/// Two hours, a message a minute: the stream and what was meant by it.
fn session(dialect: Dialect, demo: bool) -> (Vec<u8>, Vec<Sent>) {
    let mut encoder = encoder(dialect).with_demo(demo);
    let (patient, start): (_, Timestamp) = (Patient::new(5), "2026-03-04T09:00:00Z".parse().unwrap());
    let (mut stream, mut sent) = (Vec::new(), Vec::new());
    for step in 0..120 {
        let session_s = step * STEP_S;
        let at = |s: f64| start + SignedDuration::try_from_secs_f64(s).unwrap();
        let cuff = patient.cuff(f64::from(session_s), CUFF_EVERY_S).map(|cuff| (cuff.pressure, at(cuff.at_s)));
        let snapshot = Snapshot::of(&patient.at(f64::from(session_s)), step % 10 != 3, cuff);
        let now = at(f64::from(session_s));
        let message = encoder.message(&snapshot, now);
        assert_eq!(judge(&message.bytes).0, profile(dialect), "{}", String::from_utf8_lossy(&message.bytes));
        stream.extend(frame(&message.bytes));
        sent.push(Sent { snapshot, now });
    }
    (stream, sent)
}

const fn profile(dialect: Dialect) -> Profile {
    match dialect {
        Dialect::Pcd01 => Profile::Pcd01,
        Dialect::Mindray => Profile::Mindray,
        Dialect::Ge => Profile::Ge,
        Dialect::PhilipsIc => Profile::PhilipsIc,
        Dialect::Efficia => Profile::Efficia,
        Dialect::NihonKohden | Dialect::NihonKohdenGateway => Profile::NihonKohden,
        Dialect::Capsule => Profile::Capsule,
        Dialect::Vc150 => Profile::Vc150,
        Dialect::Comen => Profile::Comen,
        Dialect::Northern => Profile::Northern,
        Dialect::Xh80x => Profile::Xh80x,
    }
}

/// Whether values of this profile rest on one source, and so are never better than unproven.
const fn is_unproven(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Capsule | Dialect::Vc150 | Dialect::Comen | Dialect::Northern | Dialect::Xh80x)
}

/// The findings of each message: readings and notices.
fn decode(stream: &[u8]) -> (Vec<Vec<Observation>>, Vec<MonitorNotice>) {
    let mut decoder = Protocol::Hl7.decoder(Some("auto")).expect("the catalog has a decoder of HL7");
    let mut findings = Vec::new();
    for piece in stream.chunks(1460) {
        decoder.feed(Micros(0), piece, &mut findings);
    }
    decoder.finish(Micros(0), &mut findings);
    let (mut messages, mut notices) = (Vec::new(), Vec::new());
    for finding in findings {
        match finding {
            Finding::Frame { .. } => messages.push(Vec::new()),
            Finding::Observation(o) => messages.last_mut().expect("a frame comes first").push(o),
            Finding::Notice(notice) => notices.push(notice),
            Finding::Skipped(bytes, skip) => panic!("{bytes:?} skipped: {}", skip.word()),
        }
    }
    (messages, notices)
}

/// The reading of a vital from a source; `None` when there is none.
fn reading(message: &[Observation], vital: Vital, origin: Option<Origin>) -> Option<Reading> {
    let mut found = message.iter().filter(|o| o.vital == vital && (origin.is_none() || o.origin == origin));
    let one = found.next();
    assert!(found.next().is_none(), "{vital:?} twice in {message:?}");
    one.map(|o| o.reading)
}

/// What a make tells of a vital.
#[derive(Clone, Copy)]
enum Tells {
    /// Its value; where it has none, a row that says so, for this reason.
    Absent(Absence),
    /// Its value; where it has none, nothing.
    Nothing,
    /// Never.
    Never,
}

fn expected(dialect: Dialect, vital: Vital, value: Option<Decimal>) -> Option<Reading> {
    let missing = match dialect {
        Dialect::Pcd01 | Dialect::Efficia | Dialect::Northern | Dialect::Xh80x => Tells::Absent(Absence::Invalid),
        Dialect::PhilipsIc => Tells::Absent(Absence::NotInSnapshot),
        _ => Tells::Nothing,
    };
    let is_spot = matches!(dialect, Dialect::Comen | Dialect::Northern | Dialect::Xh80x);
    let tells = match vital {
        Vital::HeartRate if matches!(dialect, Dialect::Vc150 | Dialect::Comen | Dialect::Northern) => Tells::Never,
        Vital::PulseRate if dialect == Dialect::Xh80x => Tells::Never,
        Vital::PerfusionIndex => match dialect {
            Dialect::Pcd01 | Dialect::Mindray | Dialect::PhilipsIc | Dialect::Capsule => missing,
            _ => Tells::Never,
        },
        Vital::RespRate if is_spot => Tells::Never,
        Vital::EtCo2 if is_spot || dialect == Dialect::Vc150 => Tells::Never,
        // Its temperature has no unit anywhere.
        Vital::Temperature if dialect == Dialect::Vc150 => Tells::Never,
        _ => missing,
    };
    let nihon_kohden_one_source = matches!(dialect, Dialect::NihonKohden | Dialect::NihonKohdenGateway)
        && matches!(vital, Vital::RespRate | Vital::EtCo2 | Vital::Temperature);
    let valid = |value: Decimal| {
        let amount = Amount::One(value);
        if is_unproven(dialect) || nihon_kohden_one_source {
            Reading::Questionable(amount, Doubt::Unproven)
        } else {
            Reading::Valid(amount)
        }
    };
    match (tells, value) {
        (Tells::Never, _) | (Tells::Nothing, None) => None,
        (Tells::Absent(reason), None) => Some(Reading::Absent(reason)),
        (_, Some(value)) => Some(valid(value)),
    }
}

fn check_values(dialect: Dialect, message: &[Observation], snapshot: &Snapshot) {
    let whole = |value: Option<u16>| value.map(|v| Decimal::whole(i64::from(v)));
    let is = |vital, origin, value: Option<Decimal>| {
        let found = reading(message, vital, origin);
        assert_eq!(found, expected(dialect, vital, value), "{vital:?} of {dialect:?} in {message:?}");
    };
    is(Vital::HeartRate, None, whole(snapshot.heart_rate));
    is(Vital::PulseRate, None, whole(snapshot.pulse_rate));
    is(Vital::Spo2, None, whole(snapshot.spo2));
    is(Vital::EtCo2, None, whole(snapshot.etco2_mmhg));
    is(Vital::Temperature, None, snapshot.temperature_tenths_cel.map(|t| Decimal::new(i64::from(t), 1)));
    is(Vital::PerfusionIndex, None, snapshot.perfusion_hundredths.map(|p| Decimal::new(i64::from(p), 2)));
    let impedance = matches!(dialect, Dialect::Pcd01 | Dialect::Mindray | Dialect::Ge).then_some(Origin::Impedance);
    is(Vital::RespRate, impedance, whole(snapshot.resp_rate));
    if dialect == Dialect::Ge {
        is(Vital::RespRate, Some(Origin::Co2), whole(snapshot.resp_rate));
    }
}

fn check_cuff(dialect: Dialect, message: &[Observation], sent: &Sent) {
    let Some((Pressure { systolic, diastolic, mean }, at)) = sent.snapshot.cuff else { panic!("no cuff was sent") };
    for cuff in message.iter().filter(|o| o.vital == Vital::Nibp) {
        let part = |n: u16| Some(Decimal::whole(i64::from(n)));
        let amount = Amount::Pressure { systolic: part(systolic), diastolic: part(diastolic), mean: part(mean) };
        let unproven = Reading::Questionable(amount, Doubt::Unproven);
        assert_eq!(cuff.reading, if is_unproven(dialect) { unproven } else { Reading::Valid(amount) });
        let arrived = Received { mono: Micros(0), wall: Micros(sent.now.as_microsecond()) };
        let age = cuff.measured.expect("a cuff reading has a time").age(arrived, &Clinic);
        let expected = Micros(sent.now.as_microsecond() - at.as_microsecond());
        assert_eq!(age, expected, "age of the cuff reading of {dialect:?}");
    }
}

/// Bed and patient as the make tells them.
fn place(dialect: Dialect) -> (Option<&'static str>, Option<&'static str>) {
    match dialect {
        Dialect::Capsule => (Some("BED-7"), None),
        // The monitor's own address.
        Dialect::Vc150 => (Some("02:C5:00:00:00:4D"), Some("P4711")),
        _ => (Some("BED-7"), Some("P4711")),
    }
}

#[test]
fn every_dialect_is_decoded_to_the_values_that_were_meant() {
    for dialect in Dialect::ALL.iter().copied() {
        let (stream, sent) = session(dialect, false);
        let (messages, notices) = decode(&stream);
        assert_eq!(messages.len(), sent.len(), "{dialect:?}");
        for (message, sent) in messages.iter().zip(&sent) {
            check_values(dialect, message, &sent.snapshot);
            check_cuff(dialect, message, sent);
            for o in message {
                let context = o.context.as_ref().expect("each reading has its bed and patient");
                assert_eq!((context.bed.as_deref(), context.patient.as_deref()), place(dialect), "{dialect:?}");
                assert!(!o.synthetic);
            }
        }
        let inops = if dialect == Dialect::PhilipsIc { 12 } else { 0 };
        assert_eq!(notices.iter().filter(|n| &*n.text == "SpO2 No Pulse").count(), inops);
        assert_eq!(notices.len(), inops);
    }
}

#[test]
fn h02_each_cuff_measurement_is_one_event_however_often_it_is_sent() {
    for dialect in Dialect::ALL.iter().copied() {
        let (stream, _) = session(dialect, false);
        let cuffs = decode(&stream).0.concat().into_iter().filter(|o| o.vital == Vital::Nibp).count();
        assert_eq!(cuffs, 24, "{dialect:?}: two hours, one every five minutes");
    }
}

#[test]
fn h21_demonstration_data_stays_marked() {
    for dialect in Dialect::ALL.iter().copied().filter(|dialect| dialect.marks_demo()) {
        let (stream, _) = session(dialect, true);
        let all = decode(&stream).0.concat();
        assert!(!all.is_empty() && all.iter().all(|o| o.synthetic), "{dialect:?}");
    }
}

#[test]
fn h01_no_value_crosses_between_the_beds_of_one_message() {
    let bed = |n: u16| Identity { bed: format!("N{n}"), patient: format!("P{n}"), ..identity() };
    let (patient, now) = (Patient::new(5), "2026-03-04T09:00:00Z".parse().unwrap());
    let snapshot =
        |n: u16| Snapshot { heart_rate: Some(60 + n), ..Snapshot::of(&patient.at(0.0), n.is_multiple_of(2), None) };
    let mut encoder = encoder(Dialect::PhilipsIc).with_beds((0..5).map(bed).collect());
    let snapshots: Vec<_> = (0..5).map(snapshot).collect();
    let message = encoder.message_of(&snapshots, now);
    let (messages, _) = decode(&frame(&message.bytes));
    let [message] = messages.as_slice() else { panic!("one message") };
    for n in 0..5_u16 {
        let own: Vec<_> = message
            .iter()
            .filter(|o| o.context.as_ref().and_then(|c| c.bed.as_deref()) == Some(&format!("N{n}")))
            .cloned()
            .collect();
        assert!(own.iter().all(|o| o.context.as_ref().unwrap().patient.as_deref() == Some(&format!("P{n}"))));
        let rate = Reading::Valid(Amount::One(Decimal::whole(i64::from(60 + n))));
        assert_eq!(reading(&own, Vital::HeartRate, None), Some(rate));
        assert_eq!(reading(&own, Vital::Spo2, None).is_some(), n.is_multiple_of(2));
    }
}

#[test]
fn h02_a_philips_gateway_tells_the_old_cuff_reading_again_after_a_reconnection_with_its_old_time() {
    let (patient, now): (_, Timestamp) = (Patient::new(5), "2026-03-04T09:00:00Z".parse().unwrap());
    let mut encoder = encoder(Dialect::PhilipsIc);
    let hours_ago = now - SignedDuration::from_hours(21);
    let snapshot = Snapshot::of(&patient.at(0.0), true, Some((patient.at(0.0).pressure, hours_ago)));
    let mut has_cuff = || String::from_utf8_lossy(&encoder.message(&snapshot, now).bytes).contains("|20260303130000");
    assert_eq!([has_cuff(), has_cuff()], [true, false]);
    encoder.reconnected();
    let again = encoder.message(&snapshot, now);
    let (messages, _) = decode(&frame(&again.bytes));
    let cuff = messages[0].iter().find(|o| o.vital == Vital::Nibp).unwrap();
    let arrived = Received { mono: Micros(0), wall: Micros(now.as_microsecond()) };
    assert_eq!(cuff.measured.unwrap().age(arrived, &Clinic), Micros::from_secs(21 * 3600));
}

#[test]
fn alarms_are_relayed_as_notices_and_never_as_readings() {
    let now: Timestamp = "2026-03-04T09:00:00Z".parse().unwrap();
    for dialect in [Dialect::Pcd01, Dialect::Mindray] {
        let mut encoder = encoder(dialect);
        let alarm = |phase| HeartRateHigh { phase, heart_rate: 131, limit: 120 };
        let stream: Vec<u8> = [Phase::Start, Phase::End]
            .into_iter()
            .flat_map(|phase| frame(&encoder.alarm(alarm(phase), now).unwrap().bytes))
            .collect();
        let (messages, notices) = decode(&stream);
        assert!(messages.len() == 2 && messages.concat().is_empty(), "{dialect:?}: {messages:?}");
        let texts: Vec<&str> = notices.iter().map(|n| &*n.text).collect();
        assert_eq!(
            texts,
            [
                "MDC_EVT_HI_VAL_GT_LIM MDC_ECG_HEART_RATE 131 start active",
                "MDC_EVT_HI_VAL_GT_LIM MDC_ECG_HEART_RATE 131 end inactive"
            ]
        );
        for notice in &notices {
            assert_eq!(notice.priority, Priority::High);
            assert_eq!(notice.context.as_ref().and_then(|c| c.patient.as_deref()), Some("P4711"));
        }
    }
    let mut philips = encoder(Dialect::PhilipsIc).with_heart_rate_high(Some(100));
    let fast = Snapshot { heart_rate: Some(131), spo2: Some(97), ..Snapshot::default() };
    let (_, notices) = decode(&frame(&philips.message(&fast, now).bytes));
    assert_eq!(
        notices.iter().map(|n| (&*n.text, n.priority)).collect::<Vec<_>>(),
        [("**HR     131  >100", Priority::Medium)]
    );
}

#[test]
fn clock_messages_of_a_philips_gateway_are_understood_and_say_nothing() {
    let mut encoder = encoder(Dialect::PhilipsIc);
    let now: Timestamp = "2026-03-04T09:00:00Z".parse().unwrap();
    let clock = encoder.clock(now).unwrap();
    assert_eq!(judge(&clock.bytes).0, Profile::PhilipsIc);
    let (messages, notices) = decode(&frame(&clock.bytes));
    assert!(messages.len() == 1 && messages[0].is_empty() && notices.is_empty());
    assert!(encoder.clock(now + SignedDuration::from_secs(59)).is_none());
    assert!(encoder.clock(now + SignedDuration::from_secs(60)).is_some());
}
