//! A DINAMAP: answers host requests, one line each. Layout: `crates/decode/src/dinamap/README.md`.

use crate::bedside::Moment;
use crate::serial::{Frame, Monitor};

/// How the monitor is set and what it has to say besides values.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// A cuff for newborns is connected.
    pub neonate: bool,
    /// The cuff measures as often as it can.
    pub stat: bool,
    /// Status of the cuff instead of its own: `3` failed, `4` pump-up time-out, `6` total time-out, `7` one-pressure
    /// time-out, `8` overpressure.
    pub cuff_status: Option<u8>,
    /// Real seconds between cuff measurements; 0: never.
    pub cuff_every_s: f64,
}

/// A measurement takes so long; meanwhile the old numbers stand in the reply.
const MEASURES_S: f64 = 25.0;
/// Longest request taken: one without a CR is given up.
const LINE_MAX: usize = 32;

/// The monitor.
#[derive(Debug)]
pub struct Dinamap {
    settings: Settings,
    line: Vec<u8>,
    refused: u64,
}

impl Dinamap {
    /// A monitor that was just switched on.
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self { settings, line: Vec::new(), refused: 0 }
    }

    /// Lines of the host that are no read request. Anything but 0 is a fault of the host (H14).
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    fn reply(&mut self, line: &[u8], moment: &Moment) -> Option<Vec<u8>> {
        let code: Option<[u8; 2]> = match line {
            [b' ', a, b, high, low] if checksum(&line[..3]) == [*high, *low] => Some([*a, *b]),
            _ => None,
        };
        let fields = match code.as_ref() {
            Some(b"NA" | b"NF") => self.nibp(moment),
            Some(b"OA") => oximeter(moment),
            Some(b"RA") if moment.sensor_on() => format!("2{:03}", moment.vitals.pulse_rate),
            Some(b"RA") => "2-99".into(),
            Some(b"RC") => format!("3{:03}", moment.cuff.map_or(0, |_| moment.vitals.heart_rate)),
            Some(b"TC") => temperature(moment),
            _ => {
                self.refused += 1;
                eprintln!("FAULT: the host sent what is no read request: {}", line.escape_ascii());
                return None;
            }
        };
        let code = code?;
        let mut reply = [b" ", &code[..], fields.as_bytes()].concat();
        reply.extend(checksum(&reply));
        reply.push(b'\r');
        Some(reply)
    }

    fn nibp(&self, moment: &Moment) -> String {
        let Settings { neonate, stat, cuff_status, cuff_every_s } = self.settings;
        let (patient, kind) = (if neonate { '2' } else { '1' }, u8::from(stat));
        let Some(cuff) = moment.cuff else { return format!("1{patient}{kind}9999000000000") };
        let age_s = moment.cuff_age_s().unwrap_or(0).min(5400);
        #[allow(clippy::cast_precision_loss)]
        let measuring = cuff_every_s > 2.0 * MEASURES_S && age_s as f64 + MEASURES_S >= cuff_every_s;
        let status = char::from(cuff_status.unwrap_or(if measuring { b'0' } else { b'1' }));
        let pressure = cuff.pressure;
        let (systolic, diastolic, mean) = (pressure.systolic, pressure.diastolic, pressure.mean);
        format!("{status}{patient}{kind}{age_s:04}{systolic:03}{diastolic:03}{mean:03}")
    }
}

impl Monitor for Dinamap {
    fn due(&mut self, _moment: &Moment) -> Vec<Frame> {
        Vec::new()
    }

    fn answer(&mut self, heard: &[u8], moment: &Moment) -> Option<Vec<Frame>> {
        let mut replies = Vec::new();
        for byte in heard {
            if *byte != b'\r' {
                self.line.push(*byte);
                self.line.truncate(LINE_MAX);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            // A CR alone empties the line.
            if !line.is_empty() {
                replies.extend(self.reply(&line, moment).map(Frame::from));
            }
        }
        Some(replies)
    }
}

fn oximeter(moment: &Moment) -> String {
    if !moment.sensor_on() {
        return "6000002".into();
    }
    let signal = (moment.vitals.perfusion_hundredths / 50).min(9);
    format!("1{:03}{signal}02", moment.vitals.spo2)
}

/// Tenths of a degree Fahrenheit, whatever the bedside shows.
fn temperature(moment: &Moment) -> String {
    let tenths_f = (u32::from(moment.vitals.temperature_tenths_cel) * 9 + 2) / 5 + 320;
    format!("01!00005{tenths_f:04}1")
}

/// The distances of all characters from 0x1F, summed, as two characters of six bits.
fn checksum(text: &[u8]) -> [u8; 2] {
    let sum = text.iter().fold(0_u16, |sum, c| sum.wrapping_add(u16::from(*c)).wrapping_sub(0x1F));
    [6, 0].map(|shift| 0x20 + u8::try_from((sum >> shift) & 0x3F).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bedside::{Bedside, Setup};
    use crate::faults::Mode;

    fn said(settings: Settings, asked: &[u8], mode: Mode) -> String {
        let mut bedside = Bedside::new(Setup::default(), "2026-03-04T13:05:09Z".parse().unwrap());
        let frames = Dinamap::new(settings).answer(asked, &bedside.moment(642.0, mode)).unwrap();
        frames.iter().map(|f| String::from_utf8_lossy(&f.bytes).into_owned()).collect()
    }

    const PLAIN: Settings = Settings { neonate: false, stat: false, cuff_status: None, cuff_every_s: 300.0 };

    #[test]
    fn checksums_are_those_of_real_replies() {
        assert_eq!(&checksum(b" NF1101762127073078"), b"&<");
        assert_eq!(&checksum(b" NA"), b"!2");
    }

    #[test]
    fn each_request_has_its_reply() {
        let all = said(PLAIN, b"\r NA!2\r OA!3\r RA!6\r RC!8\r TC!:\r", Mode::Normal);
        let lines: Vec<_> = all.split_terminator('\r').collect();
        let lengths: Vec<_> = lines.iter().map(|l| l.len() - 2).collect();
        assert_eq!(lengths, [19, 10, 7, 7, 16]);
        assert!(lines[0].starts_with(" NA1100042"), "42 s after the second cuff: {}", lines[0]);
    }

    #[test]
    fn states_are_told_beside_the_old_numbers() {
        let nibp = |settings| said(settings, b" NA!2\r", Mode::Normal);
        assert!(nibp(Settings { cuff_status: Some(b'8'), ..PLAIN }).starts_with(" NA8"));
        assert!(nibp(Settings { neonate: true, stat: true, ..PLAIN }).starts_with(" NA121"));
        assert!(nibp(Settings { cuff_every_s: 60.0, ..PLAIN }).starts_with(" NA0"), "the next measurement runs");
        assert!(said(PLAIN, b" OA!3\r RA!6\r", Mode::SensorOff).starts_with(" OA6000002"));
    }

    #[test]
    fn h14_a_control_request_is_refused_and_counted() {
        let mut bedside = Bedside::new(Setup::default(), "2026-03-04T13:05:09Z".parse().unwrap());
        let (mut monitor, moment) = (Dinamap::new(PLAIN), bedside.moment(1.0, Mode::Normal));
        for asked in [&b" NC0!E\r"[..], b" ND!5\r", b" NA!3\r", b"hello\r"] {
            assert_eq!(monitor.answer(asked, &moment), Some(Vec::new()));
        }
        assert_eq!(monitor.refused(), 4);
    }
}
