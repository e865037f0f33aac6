//! What the simulated monitors on serial lines send, the decoders read as what was meant: value for value, absences with
//! their reasons, doubts with theirs.

use chairside_decode::{Finding, catalog::Protocol};
use chairside_observation::{
    Absence, Amount, Civil, Decimal, Doubt, Flag, Measured, Micros, Observation, Origin, Reading, Vital,
};
use chairside_sim::bedside::{Bedside, Moment, Setup};
use chairside_sim::faults::Mode;
use chairside_sim::ivy450c::Ivy450c;
use chairside_sim::limits::Limits;
use chairside_sim::masimo::{self, Alarm, Exception, Masimo};
use chairside_sim::nellcor::Nellcor;
use chairside_sim::nonin::{self, Format, Nonin, Status};
use chairside_sim::serial::Monitor;
use chairside_sim::words::Word;

/// Two hours in steps of 20 s; what each step was meant to say, and what was read of it.
fn session(protocol: Protocol, monitor: &mut dyn Monitor, mode: Mode) -> Vec<(Moment, Vec<Observation>)> {
    let setup = Setup { seed: 11, ..Setup::default() };
    let mut bedside = Bedside::new(setup, "2026-03-04T09:00:00Z".parse().unwrap());
    let (mut moments, mut stream) = (Vec::new(), Vec::new());
    for step in 0..360 {
        // The first step is always a good one: a sensor comes off after it was on.
        let mode = if step == 0 { Mode::Normal } else { mode };
        let moment = bedside.moment(f64::from(step) * 20.0, mode);
        for frame in monitor.due(&moment) {
            stream.extend([frame.lead, frame.bytes].concat());
        }
        moments.push(moment);
    }
    let read = decode(protocol, &stream);
    assert_eq!(read.len(), moments.len(), "{} frames of {}", read.len(), protocol.word());
    moments.into_iter().zip(read).collect()
}

/// The observations of each frame; a frame without any is a header.
fn decode(protocol: Protocol, stream: &[u8]) -> Vec<Vec<Observation>> {
    let mut decoder = protocol.decoder(None).unwrap();
    let mut findings = Vec::new();
    for piece in stream.chunks(97) {
        decoder.feed(Micros(0), piece, &mut findings);
    }
    decoder.finish(Micros(0), &mut findings);
    let mut frames = Vec::new();
    for finding in findings {
        match finding {
            Finding::Frame { .. } => frames.push(Vec::new()),
            Finding::Observation(o) => frames.last_mut().expect("a frame comes first").push(o),
            Finding::Notice(notice) => panic!("nothing was said by an alarm: {notice:?}"),
            Finding::Skipped(bytes, skip) => panic!("{bytes:?} skipped: {}", skip.word()),
        }
    }
    frames.retain(|frame: &Vec<Observation>| !frame.is_empty());
    frames
}

fn one(frame: &[Observation], vital: Vital, origin: Option<Origin>) -> &Observation {
    let mut found = frame.iter().filter(|o| o.vital == vital && (origin.is_none() || o.origin == origin));
    let first = found.next().unwrap_or_else(|| panic!("no {vital:?} in {frame:?}"));
    assert!(found.next().is_none(), "{vital:?} twice in {frame:?}");
    first
}

fn number(value: u16, places: u8) -> Amount {
    Amount::One(Decimal::new(i64::from(value), places))
}

/// Makes the reading that is expected from the amount that was meant.
type Expected = fn(Amount) -> Reading;

fn valid(amount: Amount) -> Reading {
    Reading::Valid(amount)
}

fn check_oximeter(frame: &[Observation], moment: &Moment, expected: Expected) {
    let vitals = &moment.vitals;
    assert_eq!(one(frame, Vital::Spo2, None).reading, expected(number(vitals.spo2, 0)), "{frame:?}");
    assert_eq!(one(frame, Vital::PulseRate, None).reading, expected(number(vitals.pulse_rate, 0)), "{frame:?}");
}

const MOTION: Expected = |amount| Reading::Questionable(amount, Doubt::Motion);
const INTERFERENCE: Expected = |amount| Reading::Questionable(amount, Doubt::Interference);
const LOW_PERFUSION: Expected = |amount| Reading::Questionable(amount, Doubt::LowPerfusion);
const LOW_SIGNAL: Expected = |amount| Reading::Questionable(amount, Doubt::LowSignal);
const OUT_OF_TRACK: Expected = |amount| Reading::Questionable(amount, Doubt::OutOfTrack);
const OFF: Expected = |_| Reading::Absent(Absence::SensorOff);
const DISCONNECTED: Expected = |_| Reading::Absent(Absence::SensorDisconnected);
const NO_VALUE: Expected = |_| Reading::Absent(Absence::NoValue);

#[test]
fn nellcor_rows_are_read_as_they_were_meant() {
    for (mode, expected) in [(Mode::Normal, valid as Expected), (Mode::Motion, MOTION), (Mode::SensorOff, OFF)] {
        for (moment, frame) in session(Protocol::Nellcor, &mut Nellcor::new(Limits::default()), mode).iter().skip(1) {
            check_oximeter(frame, moment, expected);
        }
    }
}

#[test]
fn masimo_lines_are_read_as_they_were_meant() {
    for (mode, expected) in [
        (Mode::Normal, valid as Expected),
        (Mode::Motion, INTERFERENCE),
        (Mode::LowPerfusion, LOW_PERFUSION),
        (Mode::SensorOff, OFF),
    ] {
        let mut monitor = Masimo::new(masimo::Settings::default());
        for (moment, frame) in session(Protocol::Masimo, &mut monitor, mode).iter().skip(1) {
            check_oximeter(frame, moment, expected);
            if mode != Mode::SensorOff {
                let perfusion = expected(number(moment.vitals.perfusion_hundredths, 2));
                assert_eq!(one(frame, Vital::PerfusionIndex, None).reading, perfusion);
            }
            // The monitor's clock is set to UTC.
            let at = Civil::from_unix_s(moment.clock.as_second());
            assert_eq!(one(frame, Vital::Spo2, None).measured.map(stamp), at);
        }
    }
}

/// When the monitor says it measured.
fn stamp(measured: Measured) -> Civil {
    match measured {
        Measured::At { at, .. } => at,
        Measured::Ago(_) => panic!("an age"),
    }
}

#[test]
fn h06_every_exception_of_a_masimo_is_read_as_its_reason() {
    for exception in Exception::ALL {
        let absent = |reason| Box::new(move |_| Reading::Absent(reason)) as Box<dyn Fn(Amount) -> Reading>;
        let expected: Box<dyn Fn(Amount) -> Reading> = match exception {
            Exception::NoSensor => absent(Absence::SensorDisconnected),
            Exception::DefectiveSensor => absent(Absence::SensorFault),
            Exception::PulseSearch => absent(Absence::PulseSearch),
            Exception::SensorOff => absent(Absence::SensorOff),
            Exception::AmbientLight => absent(Absence::AmbientLight),
            Exception::UnrecognisedSensor => absent(Absence::SensorUnknown),
            Exception::LowPerfusion => Box::new(LOW_PERFUSION),
            Exception::Interference => Box::new(INTERFERENCE),
            Exception::LowSignal => Box::new(LOW_SIGNAL),
        };
        let settings = masimo::Settings { exceptions: vec![*exception], ..masimo::Settings::default() };
        for (moment, frame) in session(Protocol::Masimo, &mut Masimo::new(settings), Mode::Normal) {
            let reading = one(&frame, Vital::Spo2, None).reading;
            assert_eq!(reading, expected(number(moment.vitals.spo2, 0)), "{}", exception.word());
        }
    }
}

#[test]
fn h07_every_alarm_of_a_masimo_stands_beside_its_value() {
    let limits = Limits { spo2_low: 101, pulse_high: 40, ..Limits::default() };
    let settings = masimo::Settings { limits, alarms: vec![Alarm::Silenced, Alarm::LowBattery], ..Default::default() };
    for (moment, frame) in session(Protocol::Masimo, &mut Masimo::new(settings), Mode::Normal) {
        check_oximeter(&frame, &moment, valid);
        let (spo2, pulse) = (&one(&frame, Vital::Spo2, None).flags, &one(&frame, Vital::PulseRate, None).flags);
        for flags in [spo2, pulse] {
            assert!(flags.contains(Flag::AlarmSilenced) && flags.contains(Flag::LowBattery), "{flags:?}");
        }
        assert!(spo2.contains(Flag::Spo2Low) && pulse.contains(Flag::PulseHigh));
    }
}

#[test]
fn the_trend_memory_of_a_masimo_is_refused() {
    let settings = masimo::Settings { mode: masimo::Mode::Trend, ..Default::default() };
    let moment = Bedside::new(Setup::default(), "2026-03-04T09:00:00Z".parse().unwrap()).moment(0.0, Mode::Normal);
    let rows = Masimo::new(settings).due(&moment).remove(0).bytes.repeat(3);
    let mut findings = Vec::new();
    let mut decoder = Protocol::Masimo.decoder(None).unwrap();
    decoder.feed(Micros(0), &rows, &mut findings);
    decoder.finish(Micros(0), &mut findings);
    assert!(!findings.is_empty());
    for finding in findings {
        let Finding::Skipped(_, skip) = finding else { panic!("{finding:?}") };
        assert_eq!(skip, chairside_observation::Skip::WrongMode);
    }
}

#[test]
fn every_format_of_a_nonin_is_read_as_it_was_meant() {
    for format in Format::ALL {
        let sensor_off = match format {
            Format::Two | Format::Seven | Format::Eight => OFF,
            // No word for it: values without a reason.
            Format::One | Format::Thirteen | Format::Ascii => NO_VALUE,
        };
        let motion = if matches!(format, Format::Thirteen | Format::Ascii) { valid } else { OUT_OF_TRACK };
        for (mode, expected) in
            [(Mode::Normal, valid as Expected), (Mode::Motion, motion), (Mode::SensorOff, sensor_off)]
        {
            let mut monitor = Nonin::new(nonin::Settings::of(*format));
            for (moment, frame) in session(Protocol::Nonin, &mut monitor, mode).iter().skip(1) {
                check_oximeter(frame, moment, expected);
            }
        }
    }
}

#[test]
fn h03_a_nonins_frozen_values_are_absent_at_once() {
    for format in [Format::Two, Format::Seven, Format::Eight] {
        let mut bedside = Bedside::new(Setup::default(), "2026-03-04T09:00:00Z".parse().unwrap());
        let mut monitor = Nonin::new(nonin::Settings::of(format));
        let stream: Vec<u8> = (0..8_u8)
            .flat_map(|second| {
                let mode = if second < 4 { Mode::Normal } else { Mode::SensorOff };
                monitor.due(&bedside.moment(f64::from(second), mode)).remove(0).bytes
            })
            .collect();
        let read = decode(Protocol::Nonin, &stream);
        for (second, frame) in read.iter().enumerate() {
            let absent = one(frame, Vital::Spo2, None).reading == Reading::Absent(Absence::SensorOff);
            assert_eq!(absent, second >= 4, "format {}, second {second}", format.word());
        }
    }
}

#[test]
fn h07_every_word_of_a_nonin_is_read_where_its_format_has_a_place_for_it() {
    let flag = |status: Status, format: Format| match (status, format) {
        (Status::Artifact, Format::One) => Some(Flag::BadPulse),
        (Status::Artifact, Format::Two | Format::Seven | Format::Eight) => Some(Flag::Artifact),
        (Status::OutOfTrack, Format::One | Format::Two | Format::Seven | Format::Eight) => Some(Flag::OutOfTrack),
        (Status::LowPerfusion, Format::One | Format::Two | Format::Seven | Format::Eight) => Some(Flag::LowPerfusion),
        (Status::MarginalPerfusion, Format::One | Format::Two | Format::Seven | Format::Eight) => {
            Some(Flag::MarginalPerfusion)
        }
        (Status::SmartPoint, Format::Two | Format::Seven | Format::Eight | Format::Thirteen) => Some(Flag::SmartPoint),
        (Status::LowBattery, Format::Two | Format::Seven | Format::Eight | Format::Thirteen) => Some(Flag::LowBattery),
        (Status::FromMemory, Format::Thirteen) => Some(Flag::FromMemory),
        (Status::Fast, Format::Ascii) => Some(Flag::FastValue),
        (Status::Event, Format::Ascii) => Some(Flag::EventMark),
        (Status::Breath, Format::Ascii) => Some(Flag::Breath),
        _ => None,
    };
    for format in Format::ALL {
        for status in Status::ALL {
            let settings = nonin::Settings { statuses: vec![*status], ..nonin::Settings::of(*format) };
            let session = session(Protocol::Nonin, &mut Nonin::new(settings), Mode::Normal);
            let flags: Vec<_> = session.iter().map(|(_, frame)| &one(frame, Vital::Spo2, None).flags).collect();
            let named = format!("{} in format {}", status.word(), format.word());
            match flag(*status, *format) {
                // The perfusion bits stand in twelve frames of a pulse: in most packets, not in all.
                Some(flag) => assert!(flags.iter().filter(|f| f.contains(flag)).count() > 100, "{named}"),
                None => assert!(flags.iter().all(|f| f.is_empty()), "{named}: {flags:?}"),
            }
        }
    }
}

#[test]
fn a_nonin_without_its_sensor_is_disconnected_where_its_format_says_so() {
    for format in Format::ALL {
        let expected =
            if matches!(format, Format::One | Format::Two | Format::Seven) { DISCONNECTED } else { NO_VALUE };
        let settings = nonin::Settings { statuses: vec![Status::Disconnected], ..nonin::Settings::of(*format) };
        for (moment, frame) in session(Protocol::Nonin, &mut Nonin::new(settings), Mode::Normal) {
            check_oximeter(&frame, &moment, expected);
        }
    }
}

#[test]
fn ivy_450c_blocks_are_read_as_they_were_meant() {
    let unproven = |value| Reading::Questionable(number(value, 0), Doubt::Unproven);
    let mut cuffs = 0;
    for (moment, frame) in session(Protocol::Ivy450c, &mut Ivy450c, Mode::Normal) {
        let vitals = &moment.vitals;
        assert_eq!(one(&frame, Vital::HeartRate, None).reading, unproven(vitals.heart_rate));
        assert_eq!(one(&frame, Vital::RespRate, None).reading, unproven(vitals.resp_rate));
        assert_eq!(one(&frame, Vital::Spo2, None).reading, unproven(vitals.spo2));
        assert_eq!(one(&frame, Vital::PulseRate, Some(Origin::Pleth)).reading, unproven(vitals.pulse_rate));
        assert_eq!(one(&frame, Vital::EtCo2, None).reading, Reading::Absent(Absence::NoValue));
        for cuff in frame.iter().filter(|o| o.vital == Vital::Nibp) {
            cuffs += 1;
            let pressure = moment.cuff.unwrap().pressure;
            let part = |value: u16| Some(Decimal::whole(i64::from(value)));
            let amount = Amount::Pressure {
                systolic: part(pressure.systolic),
                diastolic: part(pressure.diastolic),
                mean: part(pressure.mean),
            };
            assert_eq!(cuff.reading, Reading::Questionable(amount, Doubt::Unproven));
        }
    }
    assert!((20..=24).contains(&cuffs), "two hours, one every five minutes, told once: {cuffs}");
    for (_, frame) in session(Protocol::Ivy450c, &mut Ivy450c, Mode::SensorOff).iter().skip(1) {
        assert_eq!(one(frame, Vital::Spo2, None).reading, Reading::Absent(Absence::NoValue));
        assert_eq!(one(frame, Vital::PulseRate, None).reading, Reading::Absent(Absence::NoValue));
    }
}
