use super::*;
use crate::bedside::{Bedside, Setup};
use crate::faults;
use crate::limits::Limits;
use crate::serial::Monitor;
use jiff::civil::date;

fn line(numbers: Numbers) -> Line {
    let stamp = date(2026, 11, 2).at(14, 5, 1, 0);
    Line { stamp, serial: 24_680, numbers, alarms: Vec::new(), exceptions: Vec::new() }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_line_has_the_form_of_a_rad_8() {
    let numbers = Numbers { spo2: Some(98), pulse: Some(97), perfusion_hundredths: Some(360) };
    assert_eq!(
        text(line(numbers).encode()),
        "11/02/26 14:05:01 SN=0000024680 SPO2=098% BPM=097 PI=03.60% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- \
         ALARM=0000 EXC=000800\r\n"
    );
    let mut worst = line(Numbers::default());
    worst.alarms = Alarm::ALL.to_vec();
    worst.exceptions = Exception::ALL.to_vec();
    assert_eq!(
        text(worst.encode()),
        "11/02/26 14:05:01 SN=0000024680 SPO2=---% BPM=--- PI=--.--% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- \
         ALARM=007F EXC=000CFF\r\n"
    );
    assert_eq!(text(line(numbers).encode_trend()), "SpO2=098 PR=097 PI=03.60 EXC=800:SET\r\n");
    assert_eq!(text(line(Numbers::default()).encode_trend()), "SpO2=000 PR=000 PI=00.00 EXC=800:SET\r\n");
}

#[test]
fn the_patients_state_stands_in_the_line() {
    use faults::Mode::{LowPerfusion, Motion, Normal, SensorOff};
    let mut bedside = Bedside::new(Setup::default(), "2026-03-04T14:05:09Z".parse().unwrap());
    let mut monitor =
        Masimo::new(Settings { limits: Limits { pulse_high: 40, ..Limits::default() }, ..Settings::default() });
    let mut at = |elapsed_s, mode| text(monitor.due(&bedside.moment(elapsed_s, mode)).remove(0).bytes);
    let normal = at(0.0, Normal);
    assert!(normal.contains("ALARM=0014 EXC=000800"), "{normal}");
    assert!(at(1.0, Motion).contains("EXC=000810"));
    let cold = at(2.0, LowPerfusion);
    assert!(cold.contains("PI=00.20%") && cold.contains("EXC=000804"), "{cold}");
    let last = at(3.0, Normal);
    let off = at(4.0, SensorOff);
    assert_eq!(off[..60].split(" SN").last(), last[..60].split(" SN").last(), "the numbers stay for a while");
    assert!(off.contains("EXC=000820"));
    let later = at(9.0, SensorOff);
    assert!(later.contains("SPO2=---% BPM=--- PI=--.--%") && later.contains("ALARM=0000 EXC=000820"), "{later}");
}

#[test]
fn exceptions_asked_for_stay_and_take_the_numbers_where_the_monitor_has_none() {
    let mut bedside = Bedside::new(Setup::default(), "2026-03-04T14:05:09Z".parse().unwrap());
    let moment = bedside.moment(0.0, faults::Mode::Normal);
    for exception in Exception::ALL {
        let mut monitor = Masimo::new(Settings { exceptions: vec![*exception], ..Settings::default() });
        let line = monitor.line(&moment);
        assert_eq!(line.exceptions, [*exception]);
        assert_eq!(line.numbers != Numbers::default(), exception.keeps_numbers(), "{}", exception.word());
    }
}
