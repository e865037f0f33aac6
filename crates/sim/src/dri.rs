//! A GE / Datex-Ohmeda S/5 that sends what was asked for. Layout: `crates/decode/src/dri/README.md`.

use crate::bedside::Moment;
use crate::faults::Mode;
use crate::serial::{Frame, Monitor};

const FLAG: u8 = 0x7E;
const ESCAPE: u8 = 0x7D;
/// Cleared in an escaped byte.
const ESCAPED: u8 = 0x20;

/// Bytes of the header, of a physiological and of an auxiliary subrecord, and of a request.
const HEADER: usize = 40;
const PHYSIOLOGICAL: usize = 278;
const AUXILIARY: usize = 114;
const REQUEST: usize = 49;

/// Level of a '09 monitor, the one that was recorded.
const LEVEL: u8 = 10;
/// The number that stands where none is.
const INVALID: i16 = -32767;
/// Module there, and measuring.
const ACTIVE: u32 = 0b11;

/// Where the groups of the basic class begin; each has a status and a label in front of its numbers.
const GROUPS: [usize; 17] = [0, 16, 30, 44, 58, 72, 86, 94, 102, 110, 118, 132, 146, 156, 166, 178, 200];

/// The monitor.
#[derive(Debug, Default)]
pub struct Dri {
    heard: Vec<u8>,
    /// Seconds between displayed values, the extension classes asked for, and when the next are due.
    stream: Option<(f64, u8, f64)>,
    number: u8,
    refused: u64,
}

/// What the host may ask for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Displayed { interval_s: i16, classes: u8 },
    Auxiliary,
}

impl Dri {
    /// Records of the host that are no known request. Anything but 0 is a fault of the host (H14).
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    fn record(&mut self, moment: &Moment, subrecords: &[(u8, Vec<u8>)]) -> Frame {
        let body: usize = subrecords.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut record = vec![0; HEADER];
        self.number = self.number.wrapping_add(1);
        put(&mut record, 0, &u16::try_from(HEADER + body).unwrap_or(0).to_le_bytes());
        record[2] = self.number;
        record[3] = LEVEL;
        put(&mut record, 6, &seconds(moment.clock).to_le_bytes());
        let mut offset = 0_u16;
        for at in 0..8 {
            let descriptor = subrecords.get(at);
            record[HEADER - 24 + 3 * at + 2] = descriptor.map_or(0xFF, |(kind, _)| *kind);
            put(&mut record, HEADER - 24 + 3 * at, &offset.to_le_bytes());
            offset += descriptor.map_or(0, |(_, bytes)| u16::try_from(bytes.len()).unwrap_or(0));
        }
        record.extend(subrecords.iter().flat_map(|(_, bytes)| bytes));
        framed(&record).into()
    }

    fn displayed(&mut self, moment: &Moment, classes: u8) -> Frame {
        let wanted = (0..4_u8).filter(|class| *class == 0 || classes & (1 << class) != 0);
        let subrecords: Vec<_> = wanted.map(|class| (1, physiological(moment, class))).collect();
        self.record(moment, &subrecords)
    }

    fn auxiliary(&mut self, moment: &Moment) -> Frame {
        let mut bytes = vec![0; AUXILIARY];
        put(&mut bytes, 0, &moment.cuff.map_or(0, |cuff| seconds(cuff.at)).to_le_bytes());
        self.record(moment, &[(4, bytes)])
    }

    fn asked(&mut self, run: &[u8], moment: &Moment) -> Option<Frame> {
        match request(run) {
            Some(Asked::Auxiliary) => Some(self.auxiliary(moment)),
            Some(Asked::Displayed { interval_s: 0, .. }) => {
                self.stream = None;
                None
            }
            Some(Asked::Displayed { interval_s: -1, classes }) => Some(self.displayed(moment, classes)),
            Some(Asked::Displayed { interval_s, classes }) => {
                let every_s = f64::from(interval_s);
                self.stream = Some((every_s, classes, moment.elapsed_s + every_s));
                Some(self.displayed(moment, classes))
            }
            None => {
                self.refused += 1;
                eprintln!("FAULT: the host sent a record that is no known request: {}", run.escape_ascii());
                None
            }
        }
    }
}

impl Monitor for Dri {
    fn due(&mut self, moment: &Moment) -> Vec<Frame> {
        let Some((every_s, classes, next_s)) = self.stream else { return Vec::new() };
        if moment.elapsed_s < next_s {
            return Vec::new();
        }
        self.stream = Some((every_s, classes, next_s + every_s));
        vec![self.displayed(moment, classes)]
    }

    fn answer(&mut self, heard: &[u8], moment: &Moment) -> Option<Vec<Frame>> {
        let mut answers = Vec::new();
        for byte in heard {
            if *byte != FLAG {
                self.heard.push(*byte);
                self.heard.truncate(2 * REQUEST + 4);
                continue;
            }
            let run = std::mem::take(&mut self.heard);
            // Between two records stand two flags and nothing.
            if !run.is_empty() {
                answers.extend(self.asked(&run, moment));
            }
        }
        Some(answers)
    }
}

/// What the bytes between two flags ask for.
fn request(run: &[u8]) -> Option<Asked> {
    let mut record = Vec::with_capacity(run.len());
    let mut bytes = run.iter();
    while let Some(byte) = bytes.next() {
        record.push(if *byte == ESCAPE { bytes.next()? | ESCAPED } else { *byte });
    }
    let sum = record.pop()?;
    let fits = record.len() == REQUEST && record[0] == 0x31 && record[1] == 0 && checksum(&record) == sum;
    // Main type 0, one descriptor, the end of the list.
    if !fits || record[14..16] != [0, 0] || record[16..19] != [0, 0, 0] || record[21] != 0xFF {
        return None;
    }
    let interval_s = i16::from_le_bytes([record[41], record[42]]);
    match (record[40], interval_s) {
        (1, -1 | 0 | 5..) => Some(Asked::Displayed { interval_s, classes: record[43] }),
        (4, -1 | 5..) => Some(Asked::Auxiliary),
        _ => None,
    }
}

fn framed(record: &[u8]) -> Vec<u8> {
    let mut frame = vec![FLAG];
    for byte in record.iter().copied().chain([checksum(record)]) {
        match byte {
            FLAG | ESCAPE => frame.extend([ESCAPE, byte & !ESCAPED]),
            _ => frame.push(byte),
        }
    }
    frame.push(FLAG);
    frame
}

fn checksum(record: &[u8]) -> u8 {
    record.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// One subrecord; only the basic class has numbers.
fn physiological(moment: &Moment, class: u8) -> Vec<u8> {
    let mut bytes = vec![0; PHYSIOLOGICAL];
    put(&mut bytes, 0, &seconds(moment.clock).to_le_bytes());
    if class == 0 {
        put(&mut bytes, 4, &basic(moment));
    }
    // The low byte is the level and subtype, as recorded.
    put(&mut bytes, 276, &[0xA1, class]);
    bytes
}

fn basic(moment: &Moment) -> Vec<u8> {
    let vitals = &moment.vitals;
    let mut data: Vec<u8> = INVALID.to_le_bytes().repeat(135);
    for group in GROUPS {
        put(&mut data, group, &[0; 6]);
    }
    let mut group = |at: usize, status: u32, label: u16, numbers: &[i16]| {
        put(&mut data, at, &(ACTIVE | status).to_le_bytes());
        put(&mut data, at + 4, &label.to_le_bytes());
        for (n, number) in numbers.iter().enumerate() {
            put(&mut data, at + 6 + 2 * n, &number.to_le_bytes());
        }
    };
    // Heart rate from the ECG (source 9); noise and artefact while the patient moves.
    let noise = if moment.mode == Mode::Motion { 0b11 << 7 } else { 0 };
    group(0, 9 << 3 | noise, 0, &[whole(vitals.heart_rate), 0, INVALID, INVALID, whole(vitals.resp_rate)]);
    cuff(moment, &mut group);
    group(86, 0, 0, &[whole(vitals.temperature_tenths_cel) * 10]);
    let oximeter = match moment.sensor_on() {
        true => [whole(vitals.spo2) * 100, whole(vitals.pulse_rate), whole(vitals.perfusion_hundredths), INVALID],
        false => [INVALID; 4],
    };
    group(118, 0, 0, &oximeter);
    // Volume per cent of an ambient pressure of 760.0 mmHg; the rate is taken from the CO2.
    let et = i32::from(vitals.etco2_mmhg) * 10_000 / 760;
    group(132, 0, 1, &[i16::try_from(et).unwrap_or(INVALID), 26, whole(vitals.resp_rate), 7600]);
    data
}

/// The last reading, repeated until the next one; a label bit says when it is older than a minute.
fn cuff(moment: &Moment, group: &mut impl FnMut(usize, u32, u16, &[i16])) {
    const AUTO: u16 = 1 << 3;
    const OLD: u16 = 1 << 8;
    let Some(cuff) = moment.cuff else { return group(72, 0, 0, &[INVALID; 4]) };
    let age = moment.cuff_age_s().unwrap_or(0);
    let label = AUTO | if age > 60 { OLD } else { 0 };
    let pressure = cuff.pressure;
    let numbers = [pressure.systolic, pressure.diastolic, pressure.mean].map(|p| whole(p) * 100);
    group(72, 0, label, &[numbers[0], numbers[1], numbers[2], INVALID]);
}

fn whole(number: u16) -> i16 {
    i16::try_from(number).unwrap_or(INVALID)
}

fn seconds(at: jiff::Timestamp) -> u32 {
    u32::try_from(at.as_second()).unwrap_or(0)
}

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bedside::{Bedside, Setup};

    /// The worked example of the specification: displayed values every 10 s, all classes.
    fn worked_example() -> Vec<u8> {
        let mut bytes = vec![0; 50];
        bytes[0] = 0x31;
        bytes[21] = 0xFF;
        bytes[40..].copy_from_slice(&[0x01, 0x0A, 0, 0x0E, 0, 0, 0, 0, 0, 0x49]);
        bytes
    }

    #[test]
    fn requests_are_read_as_the_specification_writes_them() {
        assert_eq!(request(&worked_example()), Some(Asked::Displayed { interval_s: 10, classes: 0x0E }));
        let mut damaged = worked_example();
        damaged[41] = 0x0B;
        assert_eq!(request(&damaged), None, "checksum");
        (damaged[41], damaged[49]) = (0x04, 0x43);
        assert_eq!(request(&damaged), None, "sooner than every 5 s");
    }

    #[test]
    fn a_record_holds_what_its_header_says() {
        let mut bedside = Bedside::new(Setup::default(), "2026-03-04T13:05:09Z".parse().unwrap());
        let mut monitor = Dri::default();
        let asked = [&[FLAG][..], &worked_example(), &[FLAG]].concat();
        let frames = monitor.answer(&asked, &bedside.moment(400.0, Mode::Normal)).unwrap();
        assert_eq!(frames.len(), 1);
        let frame = &frames[0].bytes;
        assert_eq!((frame[0], frame[1], frame[2], frame[frame.len() - 1]), (FLAG, 0x80, 0x04, FLAG), "1152 bytes");
        assert_eq!(monitor.due(&bedside.moment(409.0, Mode::Normal)), []);
        assert_eq!(monitor.due(&bedside.moment(410.0, Mode::Normal)).len(), 1);
    }

    #[test]
    fn h14_an_unknown_record_is_refused_and_counted() {
        let mut bedside = Bedside::new(Setup::default(), "2026-03-04T13:05:09Z".parse().unwrap());
        let mut monitor = Dri::default();
        assert_eq!(monitor.answer(b"\x7Ehello\x7E", &bedside.moment(1.0, Mode::Normal)), Some(Vec::new()));
        assert_eq!(monitor.refused(), 1);
    }
}
