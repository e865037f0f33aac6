use super::*;
use crate::patient::Patient;
use chairside_decode::{Finding, catalog::Protocol};
use chairside_observation::{Absence, Amount, Doubt, Flag, Micros, Observation, Reading, Vital};
use jiff::civil::date;

fn stamp() -> DateTime {
    date(2026, 3, 4).at(14, 5, 9, 0)
}

fn decode(bytes: &[u8]) -> Vec<Observation> {
    let mut decoder = Protocol::Nellcor.decoder(None).unwrap();
    let mut out = Vec::new();
    decoder.feed(Micros(0), bytes, &mut out);
    decoder.finish(Micros(0), &mut out);
    let observation = |finding| match finding {
        Finding::Observation(o) => Some(o),
        Finding::Skipped(range, skip) => panic!("bytes {range:?} skipped: {skip:?}"),
        Finding::Frame { .. } | Finding::Notice(_) => None,
    };
    out.into_iter().filter_map(observation).collect()
}

fn row(spo2: Shown, pulse: Shown, codes: &[Code]) -> [Observation; 2] {
    let row = Row { stamp: stamp(), spo2, pulse, amplitude: Shown::Number(41), codes: codes.to_vec() };
    decode(&row.encode()).try_into().unwrap()
}

fn valid(number: i64) -> Reading {
    Reading::Valid(Amount::One(chairside_observation::Decimal::whole(number)))
}

#[test]
fn a_row_has_the_columns_of_a_real_one() {
    let row = Row {
        stamp: stamp(),
        spo2: Shown::Starred(79),
        pulse: Shown::Number(66),
        amplitude: Shown::Number(18),
        codes: vec![Code::AS, Code::SL, Code::MO],
    };
    assert_eq!(
        String::from_utf8(row.encode()).unwrap(),
        "04-Mar-26 14:05:09    79*     66      18    MO SL       AS   \r\n"
    );
    assert_eq!(
        String::from_utf8(Row::without_value(Code::PS, stamp()).encode()).unwrap(),
        "04-Mar-26 14:05:09     0       0     ---    PS               \r\n"
    );
    assert_eq!(
        String::from_utf8(Row::without_value(Code::SD, stamp()).encode()).unwrap(),
        "04-Mar-26 14:05:09   ---     ---     ---    SD               \r\n"
    );
}

#[test]
fn every_status_code_is_decoded_to_its_meaning() {
    for code in Code::ALL {
        let [spo2, pulse] = row(Shown::Number(97), Shown::Number(72), &[code]);
        let flagged = |flag| (spo2.flags.contains(flag), pulse.flags.contains(flag));
        let absent = |absence| assert_eq!([spo2.reading, pulse.reading], [Reading::Absent(absence); 2], "{code:?}");
        match code {
            Code::LP | Code::LM => absent(Absence::PulseLost),
            Code::PS => absent(Absence::PulseSearch),
            Code::SD => absent(Absence::SensorDisconnected),
            Code::SO => absent(Absence::SensorOff),
            Code::MO => {
                let doubt = |number| match valid(number) {
                    Reading::Valid(amount) => Reading::Questionable(amount, Doubt::Motion),
                    reading => reading,
                };
                assert_eq!([spo2.reading, pulse.reading], [doubt(97), doubt(72)]);
            }
            _ => assert_eq!([spo2.reading, pulse.reading], [valid(97), valid(72)], "{code:?}"),
        }
        match code {
            Code::AO => assert_eq!(flagged(Flag::AlarmOff), (true, true)),
            Code::AS => assert_eq!(flagged(Flag::AlarmSilenced), (true, true)),
            Code::LB => assert_eq!(flagged(Flag::LowBattery), (true, true)),
            Code::MO | Code::LM => assert_eq!(flagged(Flag::Motion), (true, true)),
            Code::SH => assert_eq!(flagged(Flag::Spo2High), (true, false)),
            Code::SL => assert_eq!(flagged(Flag::Spo2Low), (true, false)),
            Code::PH => assert_eq!(flagged(Flag::PulseHigh), (false, true)),
            Code::PL => assert_eq!(flagged(Flag::PulseLow), (false, true)),
            _ => assert!(spo2.flags.is_empty() && pulse.flags.is_empty(), "{code:?}"),
        }
    }
}

#[test]
fn all_codes_together_are_all_kept() {
    let [spo2, pulse] = row(Shown::Starred(88), Shown::Starred(140), &Code::ALL);
    assert_eq!(spo2.reading, Reading::Absent(Absence::PulseLost), "the first code of the row");
    assert!(spo2.flags.others().is_none(), "{:?}", spo2.flags);
    assert!([Flag::Spo2High, Flag::Spo2Low, Flag::AlarmOff, Flag::LowBattery].iter().all(|f| spo2.flags.contains(*f)));
    assert!([Flag::PulseHigh, Flag::PulseLow, Flag::AlarmSilenced].iter().all(|f| pulse.flags.contains(*f)));
}

#[test]
fn stars_and_dashes_are_decoded_to_their_own_value() {
    let [spo2, pulse] = row(Shown::Starred(88), Shown::Number(72), &[]);
    assert_eq!([spo2.flags.contains(Flag::LimitViolated), pulse.flags.contains(Flag::LimitViolated)], [true, false]);
    assert_eq!([spo2.reading, pulse.reading], [valid(88), valid(72)]);
    let [spo2, pulse] = row(Shown::Number(100), Shown::Starred(205), &[]);
    assert_eq!([spo2.flags.contains(Flag::LimitViolated), pulse.flags.contains(Flag::LimitViolated)], [false, true]);
    assert_eq!([spo2.reading, pulse.reading], [valid(100), valid(205)]);
    let [spo2, pulse] = row(Shown::Dashes, Shown::Number(5), &[]);
    assert_eq!([spo2.reading, pulse.reading], [Reading::Absent(Absence::NoValue), valid(5)]);
}

#[test]
fn a_session_is_decoded_to_the_patients_values_with_headers_between() {
    let patient = Patient::new(11);
    let mut printer = Printer::new(Limits { spo2_low: 97, pulse_low: 68, ..Limits::default() });
    let (mut sent, mut stream, mut headers) = (Vec::new(), Vec::new(), 0);
    for step in 0..300_i32 {
        let vitals = patient.at(f64::from(step) * 20.0);
        let header = printer.header();
        headers += usize::from(!header.is_empty());
        stream.extend(header);
        stream.extend(Row::of(&vitals, printer.limits(), stamp()).encode());
        sent.push((i64::from(vitals.spo2), i64::from(vitals.pulse_rate)));
    }
    assert_eq!(headers, 14, "every 25th line: 300 rows are 13 times 22 and a rest");
    let found = decode(&stream);
    assert_eq!(found.len(), 600);
    for (pair, (spo2, pulse)) in found.chunks(2).zip(sent) {
        assert_eq!((pair[0].vital, pair[0].reading), (Vital::Spo2, valid(spo2)));
        assert_eq!((pair[1].vital, pair[1].reading), (Vital::PulseRate, valid(pulse)));
        assert_eq!(pair[0].flags.contains(Flag::Spo2Low), spo2 < 97);
        assert_eq!(pair[1].flags.contains(Flag::PulseLow), pulse < 68);
        assert_eq!(pair[1].flags.contains(Flag::LimitViolated), pulse < 68);
    }
}

#[test]
fn changed_limits_bring_a_header() {
    let mut printer = Printer::new(Limits::default());
    assert!(!printer.header().is_empty());
    assert!(printer.header().is_empty());
    printer.set_limits(Limits { spo2_low: 85, ..Limits::default() });
    assert!(String::from_utf8(printer.header()).unwrap().contains("SpO2 Limit: 85-100%"));
}
