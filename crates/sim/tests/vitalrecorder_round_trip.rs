//! What the simulated VitalRecorder writes, the decoder reads as the same values.

use chairside_decode::{Finding, catalog::Protocol};
use chairside_observation::{Amount, Decimal, Micros, Observation, Vital};
use chairside_sim::hl7::Snapshot;
use chairside_sim::patient::Patient;
use chairside_sim::vitalrecorder::{Form, Writer};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

const CUFF_EVERY_S: f64 = 300.0;

/// Ten minutes of two beds: the stream, and what was meant of the second bed at each second.
fn session(form: Form) -> (Vec<u8>, Vec<Snapshot>) {
    let mut writer = Writer::new(form, "VR".into(), Offset::constant(9));
    let (one, two, start): (_, _, Timestamp) =
        (Patient::new(3), Patient::new(4), "2026-03-04T09:00:00Z".parse().unwrap());
    let (mut stream, mut meant) = (Vec::new(), Vec::new());
    for second in 0..600_u32 {
        let session_s = f64::from(second);
        let of = |p: &Patient, on| {
            let cuff = p.cuff(session_s, CUFF_EVERY_S).map(|cuff| (cuff.pressure, Timestamp::UNIX_EPOCH));
            Snapshot::of(&p.at(session_s), on, cuff)
        };
        let rooms = [("ONE".to_owned(), of(&one, true)), ("TWO".to_owned(), of(&two, second % 10 != 3))];
        let now = start + SignedDuration::from_secs(i64::from(second));
        stream.extend(writer.upload(&rooms, now).into_bytes());
        stream.push(b'\n');
        meant.push(rooms[1].1);
    }
    (stream, meant)
}

fn decode(stream: &[u8]) -> Vec<Vec<Observation>> {
    let mut decoder = Protocol::VitalRecorder.decoder(None).unwrap();
    let mut findings = Vec::new();
    for piece in stream.chunks(1460) {
        decoder.feed(Micros(0), piece, &mut findings);
    }
    decoder.finish(Micros(0), &mut findings);
    let mut uploads = Vec::new();
    for finding in findings {
        match finding {
            Finding::Frame { kind, .. } => {
                assert_eq!(kind.word(), "understood");
                uploads.push(Vec::new());
            }
            Finding::Observation(o) => {
                let in_two = o.context.as_ref().is_some_and(|c| c.bed.as_deref() == Some("TWO"));
                if in_two {
                    uploads.last_mut().unwrap().push(o);
                }
            }
            other => panic!("{other:?}"),
        }
    }
    uploads
}

fn check(form: Form) {
    let (stream, meant) = session(form);
    let uploads = decode(&stream);
    assert_eq!(uploads.len(), meant.len());
    let (mut cuffs, mut absent) = (0, 0);
    let mut shown = None;
    for (said, snapshot) in uploads.iter().zip(&meant) {
        let find = |vital| said.iter().find(|o| o.vital == vital);
        let one = |vital, value: Option<u16>, places| {
            let found = find(vital).and_then(|o| o.reading.amount());
            assert_eq!(found, value.map(|v| Amount::One(Decimal::new(i64::from(v), places))), "{}", vital.word());
        };
        one(Vital::HeartRate, snapshot.heart_rate, 0);
        one(Vital::Spo2, snapshot.spo2, 0);
        one(Vital::PulseRate, snapshot.pulse_rate, 0);
        one(Vital::RespRate, snapshot.resp_rate, 0);
        one(Vital::EtCo2, snapshot.etco2_mmhg, 0);
        one(Vital::Temperature, snapshot.temperature_tenths_cel, 1);
        absent += usize::from(find(Vital::Spo2).is_some_and(|o| o.reading.state() == "absent"));
        let pressure = snapshot.cuff.as_ref().map(|(p, _)| *p);
        let news = pressure.filter(|_| pressure != shown);
        let told = find(Vital::Nibp).and_then(|o| o.reading.amount());
        let number = |n: u16| Some(Decimal::whole(i64::from(n)));
        let meant = news.map(|p| Amount::Pressure {
            systolic: number(p.systolic),
            diastolic: number(p.diastolic),
            mean: number(p.mean),
        });
        assert_eq!(told, meant, "h02: a cuff reading is told when it is new");
        cuffs += usize::from(told.is_some());
        shown = pressure;
    }
    assert!(cuffs >= 1, "no cuff was simulated");
    assert_eq!(absent, if form == Form::Json { 60 } else { 0 }, "HL7 leaves the row out");
}

#[test]
fn a_json_recorder_is_read_as_it_was_meant() {
    check(Form::Json);
}

#[test]
fn an_hl7_recorder_is_read_as_it_was_meant() {
    check(Form::Hl7);
}
