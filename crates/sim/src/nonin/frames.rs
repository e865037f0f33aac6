//! Frames of each format.

use super::{Format, Status};
use jiff::civil::DateTime;

/// Heart rate and saturation that mean "no value".
const NO_PULSE: u16 = 511;
const NO_SPO2: u16 = 127;

/// One pair of values; `None`: no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Per cent.
    pub spo2: Option<u16>,
    /// Per minute.
    pub pulse: Option<u16>,
}

impl Shown {
    fn spo2(self) -> u8 {
        low_byte(self.spo2.unwrap_or(NO_SPO2))
    }

    fn pulse(self) -> u16 {
        self.pulse.unwrap_or(NO_PULSE)
    }
}

/// The averages of one packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Averages {
    /// What a display shows.
    pub display: Shown,
    /// The fast ones.
    pub now: Shown,
    /// The long ones.
    pub extended: Shown,
}

const FRAMES: usize = 25;
/// Frames in a second.
const FRAMES_PER_S: f64 = 75.0;
/// Frames of each pulse that carry the perfusion bits.
const PERFUSION_FRAMES: u32 = 12;
/// Firmware shown in frame 4.
const FIRMWARE: u8 = 41;

/// The pulse wave as it runs through the packets.
#[derive(Clone, Debug, Default)]
pub struct Pleth {
    /// Place in the beat, 0 to 1.
    phase: f64,
    lit: u32,
    packets: u16,
}

impl Pleth {
    /// The next sample, 16 bits, and whether the frame carries the perfusion bits. Without a pulse the line is flat.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn step(&mut self, pulse: Option<u16>) -> (u16, bool) {
        let Some(pulse) = pulse else { return (0x8000, false) };
        self.phase += f64::from(pulse) / 60.0 / FRAMES_PER_S;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            self.lit = PERFUSION_FRAMES;
        }
        let lit = self.lit > 0;
        self.lit = self.lit.saturating_sub(1);
        // A fast rise and a slow fall.
        let height = if self.phase < 0.2 { self.phase / 0.2 } else { (1.0 - self.phase) / 0.8 };
        (0x4000 + (height * f64::from(0x7F00_u16)) as u16, lit)
    }
}

const fn low_byte(value: u16) -> u8 {
    value.to_le_bytes()[0]
}

/// Bits 13 to 7 and 6 to 0: no float byte may have its highest bit set.
const fn sevens(value: u16) -> [u8; 2] {
    [low_byte(value >> 7) & 0x7F, low_byte(value) & 0x7F]
}

fn has(statuses: &[Status], status: Status) -> bool {
    statuses.contains(&status)
}

/// The bits of those statuses that are there.
fn bits(statuses: &[Status], table: &[(Status, u8)]) -> u8 {
    table.iter().filter(|(status, _)| has(statuses, *status)).fold(0, |word, (_, bit)| word | bit)
}

/// The float bytes of a packet by number of frame, from 1 as in the vendor's table; the others are reserved.
fn floats(statuses: &[Status], averages: &Averages, packets: u16) -> [u8; FRAMES] {
    let Averages { display, now, extended } = averages;
    let mut floats = [0; FRAMES];
    let mut set = |number: usize, byte: u8| floats[number - 1] = byte;
    for (number, value) in
        [(1, now.pulse()), (6, packets), (14, extended.pulse()), (20, display.pulse()), (22, extended.pulse())]
    {
        let [high, low] = sevens(value);
        set(number, high);
        set(number + 1, low);
    }
    for (number, spo2) in [(3, now), (9, display), (10, now), (11, now), (16, extended), (17, extended)] {
        set(number, spo2.spo2());
    }
    set(4, FIRMWARE);
    set(8, bits(statuses, &[(Status::SmartPoint, 0x20), (Status::LowBattery, 0x01)]));
    floats
}

/// A packet of format 2 or 7: 25 frames of five bytes, the first with the sync bit.
#[must_use]
pub fn packet(format: Format, statuses: &[Status], averages: &Averages, pleth: &mut Pleth) -> Vec<u8> {
    let floats = floats(statuses, averages, pleth.packets);
    pleth.packets = (pleth.packets + 1) & 0x3FFF;
    let standing = 0x80
        | bits(
            statuses,
            &[
                (Status::Disconnected, 0x40),
                (Status::Artifact, 0x20),
                (Status::OutOfTrack, 0x10),
                (Status::SensorAlarm, 0x08),
            ],
        );
    // Red, yellow, green.
    let perfusion = match (has(statuses, Status::LowPerfusion), has(statuses, Status::MarginalPerfusion)) {
        (true, _) => 0x04,
        (_, true) => 0x06,
        _ => 0x02,
    };
    let mut packet = Vec::with_capacity(5 * FRAMES);
    for (number, float) in (1..).zip(floats) {
        let (sample, lit) = pleth.step(averages.now.pulse);
        let status = standing | u8::from(number == 1) | if lit { perfusion } else { 0 };
        let [high, low] = sample.to_be_bytes();
        let frame = if format == Format::Seven { [status, high, low, float] } else { [0x01, status, high, float] };
        packet.extend(frame);
        packet.push(sum(&frame));
    }
    packet
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// A frame of format 1 or 8.
#[must_use]
pub fn short(format: Format, statuses: &[Status], shown: Shown) -> Vec<u8> {
    let mut first = 0x80
        | bits(
            statuses,
            &[
                (Status::OutOfTrack, 0x20),
                (Status::LowPerfusion, 0x10),
                (Status::MarginalPerfusion, 0x08),
                (Status::Artifact, 0x04),
            ],
        );
    if format == Format::One {
        first |= bits(statuses, &[(Status::Disconnected, 0x40)]);
    }
    let [high, low] = sevens(shown.pulse());
    let mut frame = vec![first | high, low, shown.spo2()];
    if format == Format::Eight {
        let second = [(Status::SmartPoint, 0x20), (Status::SensorAlarm, 0x08), (Status::LowBattery, 0x01)];
        frame.push(bits(statuses, &second));
    }
    frame
}

/// A spot check, format 13. Its rate is a plain number, not packed in sevens.
#[must_use]
pub fn spot(statuses: &[Status], shown: Shown, at: DateTime) -> Vec<u8> {
    let two = |value: i8| value.unsigned_abs() % 100;
    let bcd = |value: u8| (value / 10 * 16) + value % 10;
    let year = u8::try_from(at.year().rem_euclid(100)).unwrap_or(0);
    let time = [year, two(at.month()), two(at.day()), two(at.hour()), two(at.minute()), two(at.second())].map(bcd);
    let measured = shown != Shown::default();
    let msb = bits(statuses, &[(Status::SmartPoint, 0x02)]) | u8::from(!measured);
    let lsb = bits(statuses, &[(Status::FromMemory, 0x10), (Status::LowBattery, 0x01)]);
    let [high, low] = shown.pulse().to_be_bytes();
    let data = [&[0x20][..], &time, &[0, msb, lsb, high, low, 0, shown.spo2()]].concat();
    let length = low_byte(u16::try_from(data.len()).unwrap_or(0));
    [&[0x00, 0x02, 0x00, 0x0D, 0x00, length][..], &data, &[sum(&data), 0x03]].concat()
}

/// A line of a table-top; some begin with the time of day.
#[must_use]
pub fn text(statuses: &[Status], shown: Shown, time: Option<DateTime>) -> Vec<u8> {
    let three = |value: Option<u16>| value.map_or("---".to_owned(), |v| format!("{v:03}"));
    let time = time.map(|at| at.strftime("%H:%M:%S ").to_string()).unwrap_or_default();
    let mark = |status, text| if has(statuses, status) { text } else { "" };
    let (fast, event, breath) = (mark(Status::Fast, " F"), mark(Status::Event, "*"), mark(Status::Breath, "B"));
    let (spo2, pulse) = (three(shown.spo2), three(shown.pulse));
    format!("{time}SPO2={spo2} HR={pulse}{fast}{event}{breath}\r\n").into_bytes()
}
