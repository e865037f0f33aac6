//! An Ivy 450C "ANSAR-B" stream, experimental: built after the one capture known. Layout:
//! `crates/decode/src/ivy450c/README.md`.

use crate::bedside::Moment;
use crate::serial::{Frame, Monitor};

/// Seconds between blocks.
pub const INTERVAL_S: f64 = 1.0;

/// Wave bytes of a block.
const WAVE: u32 = 400;
/// How a block begins and ends.
const HEAD: &[u8] = b"\xFFANSAR-B ";
const END: u8 = 0xFE;

/// A monitor that sends a block whenever one is due.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ivy450c;

impl Monitor for Ivy450c {
    fn due(&mut self, moment: &Moment) -> Vec<Frame> {
        vec![[HEAD, &wave(moment.vitals.heart_rate), &records(moment), &[END]].concat().into()]
    }
}

/// The first samples: the marks of a block may stand in its wave, and here they always do.
const MARKS: [u8; 4] = [END, HEAD[0], END, END];

/// A second of heart beats, each a spike and a slow hump.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn wave(heart_rate: u16) -> Vec<u8> {
    let beats_per_sample = f64::from(heart_rate) / 60.0 / f64::from(WAVE);
    let sample = |n: u32| {
        let phase = (f64::from(n) * beats_per_sample).fract();
        let height = match phase {
            p if p < 0.02 => 0.5 + p / 0.04,
            p if p < 0.06 => 1.0 - (p - 0.02) / 0.04,
            p if p < 0.08 => (p - 0.06) / 0.04,
            p => 0.5 + 0.1 * (p * 6.0).sin().max(0.0),
        };
        (height * 255.0).round() as u8
    };
    MARKS.into_iter().chain((0..WAVE).skip(MARKS.len()).map(sample)).collect()
}

/// The records behind the wave. The state digits are the capture's: what others mean is not known. The CO2 and
/// temperature channels are empty, because the form of a value in them is not known either.
fn records(moment: &Moment) -> Vec<u8> {
    let vitals = &moment.vitals;
    let oximeter = |value: u16| if moment.sensor_on() { value.to_string() } else { String::new() };
    let (spo2, pulse) = (oximeter(vitals.spo2), oximeter(vitals.pulse_rate));
    let nibp = moment.cuff.map_or(";;;;".to_owned(), |cuff| {
        let p = cuff.pressure;
        format!("{};{};{};;", p.systolic, p.diastolic, p.mean)
    });
    format!(
        "HR=1;{};ECG-II-DIAG;\rRR=1;{};\rETCO2=1;;;\rSPO2=1;{spo2};PR={pulse} ;\rNIBP=4;{nibp};\rT1=1;;\r",
        vitals.heart_rate, vitals.resp_rate
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bedside::{Bedside, Setup};
    use crate::faults::Mode;

    #[test]
    fn a_block_is_a_head_four_hundred_wave_bytes_and_records() {
        let mut bedside = Bedside::new(Setup::default(), "2026-03-04T14:05:09Z".parse().unwrap());
        let moment = bedside.moment(0.0, Mode::SensorOff);
        let block = Ivy450c.due(&moment).remove(0).bytes;
        assert_eq!(block[..9], *b"\xFFANSAR-B ");
        let (wave, rest) = block[9..].split_at(400);
        assert!(wave.contains(&0xFE) && wave.contains(&0xFF), "the wave holds the marks of a block");
        let (text, end) = rest.split_at(rest.len() - 1);
        assert_eq!(end, [0xFE]);
        let pressure = moment.cuff.unwrap().pressure;
        let expected = format!(
            "HR=1;{};ECG-II-DIAG;\rRR=1;{};\rETCO2=1;;;\rSPO2=1;;PR= ;\rNIBP=4;{};{};{};;;\rT1=1;;\r",
            moment.vitals.heart_rate, moment.vitals.resp_rate, pressure.systolic, pressure.diastolic, pressure.mean
        );
        assert_eq!(String::from_utf8_lossy(text), expected);
    }
}
