//! What the HL7 encoders write, the decoder reads as the same values.

use chairside_decode::{Finding, catalog::Protocol};
use chairside_observation::{Amount, Decimal, Micros, Observation, Origin, Reading, Received, Vital, Zone};
use chairside_sim::hl7::{Dialect, Encoder, Identity, Snapshot, frame};
use chairside_sim::patient::{Patient, Pressure};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

const CUFF_EVERY_S: f64 = 300.0;
const STEP_S: u32 = 60;

struct Utc;
impl Zone for Utc {
    fn utc(&self, civil: chairside_observation::Civil) -> Micros {
        civil.utc().unwrap_or_else(|| civil.face())
    }
}

/// One message as it was meant.
struct Sent {
    snapshot: Snapshot,
    now: Timestamp,
}

/// Two hours, a message a minute: the stream and what was meant by it.
fn session(dialect: Dialect, demo: bool) -> (Vec<u8>, Vec<Sent>) {
    let identity = Identity {
        bed: "BED-7".to_owned(),
        unit: "INF".to_owned(),
        patient: "P4711".to_owned(),
        name: "DOE^JANE".to_owned(),
    };
    let mut encoder = Encoder::new(dialect, identity, 77, "RUN", Offset::constant(1)).with_demo(demo);
    let (patient, start): (_, Timestamp) = (Patient::new(5), "2026-03-04T09:00:00Z".parse().unwrap());
    let (mut stream, mut sent) = (Vec::new(), Vec::new());
    for step in 0..120 {
        let session_s = step * STEP_S;
        let at = |s: f64| start + SignedDuration::try_from_secs_f64(s).unwrap();
        let cuff = patient.cuff(f64::from(session_s), CUFF_EVERY_S).map(|cuff| (cuff.pressure, at(cuff.at_s)));
        let snapshot = Snapshot::of(&patient.at(f64::from(session_s)), step % 10 != 3, cuff);
        let now = at(f64::from(session_s));
        stream.extend(frame(&encoder.message(&snapshot, now).bytes));
        sent.push(Sent { snapshot, now });
    }
    (stream, sent)
}

/// The observations of each message.
fn decode(stream: &[u8]) -> Vec<Vec<Observation>> {
    let mut decoder = Protocol::Hl7.decoder(Some("auto")).expect("the catalog has a decoder of HL7");
    let mut findings = Vec::new();
    for piece in stream.chunks(1460) {
        decoder.feed(Micros(0), piece, &mut findings);
    }
    decoder.finish(Micros(0), &mut findings);
    let mut messages = Vec::new();
    for finding in findings {
        match finding {
            Finding::Frame { .. } => messages.push(Vec::new()),
            Finding::Observation(o) => messages.last_mut().expect("a frame comes first").push(o),
            Finding::Notice(notice) => panic!("nothing was said by an alarm: {notice:?}"),
            Finding::Skipped(bytes, skip) => panic!("{bytes:?} skipped: {}", skip.word()),
        }
    }
    messages
}

/// The valid number of a vital from a source; `None` when there is none or it is absent.
fn value(message: &[Observation], vital: Vital, origin: Option<Origin>) -> Option<Decimal> {
    let mut found = message.iter().filter(|o| o.vital == vital && (origin.is_none() || o.origin == origin));
    let one = found.next();
    assert!(found.next().is_none(), "{vital:?} twice in {message:?}");
    match one?.reading {
        Reading::Valid(Amount::One(decimal)) => Some(decimal),
        Reading::Valid(amount) => panic!("{vital:?} is {amount:?}"),
        Reading::Questionable(_, doubt) => panic!("{vital:?} is questionable: {}", doubt.word()),
        Reading::Absent(_) => None,
    }
}

fn check_values(dialect: Dialect, message: &[Observation], snapshot: &Snapshot) {
    let whole = |value: Option<u16>| value.map(|v| Decimal::whole(i64::from(v)));
    let is = |vital, origin, expected: Option<Decimal>| {
        assert_eq!(value(message, vital, origin), expected, "{vital:?} of {dialect:?} in {message:?}");
    };
    is(Vital::HeartRate, None, whole(snapshot.heart_rate));
    is(Vital::PulseRate, None, whole(snapshot.pulse_rate));
    is(Vital::Spo2, None, whole(snapshot.spo2));
    is(Vital::EtCo2, None, whole(snapshot.etco2_mmhg));
    is(Vital::Temperature, None, snapshot.temperature_tenths_cel.map(|t| Decimal::new(i64::from(t), 1)));
    let perfusion = snapshot.perfusion_hundredths.filter(|_| dialect != Dialect::Ge);
    is(Vital::PerfusionIndex, None, perfusion.map(|p| Decimal::new(i64::from(p), 2)));
    is(Vital::RespRate, Some(Origin::Impedance), whole(snapshot.resp_rate));
    if dialect == Dialect::Ge {
        is(Vital::RespRate, Some(Origin::Co2), whole(snapshot.resp_rate));
    }
}

fn check_cuff(message: &[Observation], sent: &Sent) {
    let Some((Pressure { systolic, diastolic, mean }, at)) = sent.snapshot.cuff else { panic!("no cuff was sent") };
    for cuff in message.iter().filter(|o| o.vital == Vital::Nibp) {
        let part = |n: u16| Some(Decimal::whole(i64::from(n)));
        let expected = Amount::Pressure { systolic: part(systolic), diastolic: part(diastolic), mean: part(mean) };
        assert_eq!(cuff.reading, Reading::Valid(expected));
        let arrived = Received { mono: Micros(0), wall: Micros(sent.now.as_microsecond()) };
        let age = cuff.measured.expect("a cuff reading has a time").age(arrived, &Utc);
        assert_eq!(age, Micros(sent.now.as_microsecond() - at.as_microsecond()), "age of the cuff reading");
    }
}

#[test]
fn every_dialect_is_decoded_to_the_values_that_were_meant() {
    for dialect in Dialect::ALL {
        let (stream, sent) = session(dialect, false);
        let messages = decode(&stream);
        assert_eq!(messages.len(), sent.len(), "{dialect:?}");
        for (message, sent) in messages.iter().zip(&sent) {
            check_values(dialect, message, &sent.snapshot);
            check_cuff(message, sent);
            for o in message {
                let context = o.context.as_ref().expect("each reading has its bed and patient");
                assert_eq!((context.bed.as_deref(), context.patient.as_deref()), (Some("BED-7"), Some("P4711")));
                assert!(!o.synthetic);
            }
        }
    }
}

#[test]
fn h02_each_cuff_measurement_is_one_event_however_often_it_is_sent() {
    for dialect in Dialect::ALL {
        let (stream, _) = session(dialect, false);
        let cuffs = decode(&stream).concat().into_iter().filter(|o| o.vital == Vital::Nibp).count();
        assert_eq!(cuffs, 24, "{dialect:?}: two hours, one every five minutes");
    }
}

#[test]
fn h21_demonstration_data_stays_marked() {
    for dialect in Dialect::ALL {
        let (stream, _) = session(dialect, true);
        let all = decode(&stream).concat();
        assert!(!all.is_empty() && all.iter().all(|o| o.synthetic), "{dialect:?}");
    }
}
