//! A Contec CMS50, with old packets or new ones. Layout: `crates/decode/src/cms50/README.md`.

use crate::bedside::Moment;
use crate::faults::Mode;
use crate::serial::{Frame, Monitor};

/// Packets a second.
pub const RATE_HZ: f64 = 60.0;
/// A stream that was asked for ends so long after the last request.
const STREAM_S: f64 = 60.0;
/// Bytes of a request, and what all of them begin with.
const REQUEST: usize = 9;
const REQUEST_HEAD: [u8; 2] = [0x7D, 0x81];

/// Which packets a device sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packets {
    /// Five bytes, by itself.
    Old,
    /// Nine bytes, when asked.
    New,
}

/// The device.
#[derive(Debug)]
pub struct Cms50 {
    packets: Packets,
    heard: Vec<u8>,
    streams_until_s: f64,
    refused: u64,
}

impl Cms50 {
    /// A device that was just switched on.
    #[must_use]
    pub const fn new(packets: Packets) -> Self {
        Self { packets, heard: Vec::new(), streams_until_s: f64::NEG_INFINITY, refused: 0 }
    }

    /// Requests that are neither "send live values" nor "go on". Anything but 0 is a fault of the host (H14).
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }
}

impl Monitor for Cms50 {
    fn due(&mut self, moment: &Moment) -> Vec<Frame> {
        match self.packets {
            Packets::Old => vec![old(moment).into()],
            Packets::New if moment.elapsed_s < self.streams_until_s => vec![new(moment).into()],
            Packets::New => Vec::new(),
        }
    }

    fn answer(&mut self, heard: &[u8], moment: &Moment) -> Option<Vec<Frame>> {
        if self.packets == Packets::Old {
            return None;
        }
        self.heard.extend(heard);
        while self.heard.len() >= REQUEST {
            let request: Vec<u8> = self.heard.drain(..REQUEST).collect();
            let code = request[2];
            if request[..2] == REQUEST_HEAD && request[3..] == [0x80; 6] && matches!(code, 0xA1 | 0xAF) {
                self.streams_until_s = moment.elapsed_s + STREAM_S;
            } else {
                self.refused += 1;
                eprintln!("FAULT: the host sent what is no request for live values: {}", request.escape_ascii());
            }
        }
        Some(Vec::new())
    }
}

/// What both kinds of packet say.
struct Said {
    strength: u8,
    beep: bool,
    searching: bool,
    probe_error: bool,
    wave: u8,
    pulse: u8,
    spo2: u8,
}

impl Said {
    fn of(moment: &Moment) -> Self {
        let (on, vitals) = (moment.sensor_on(), &moment.vitals);
        let searching = moment.mode == Mode::Motion;
        let shown = |value: u16| if on && !searching { u8::try_from(value).unwrap_or(0) } else { 0 };
        let beat = (moment.elapsed_s * f64::from(vitals.pulse_rate) / 60.0).fract();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wave = if on { (60.0 - 50.0 * beat) as u8 } else { 0 };
        let strength = u8::try_from(vitals.perfusion_hundredths / 40).unwrap_or(8).min(8);
        Self {
            strength,
            beep: on && beat < 0.1,
            searching,
            probe_error: !on,
            wave,
            pulse: shown(vitals.pulse_rate),
            spo2: shown(vitals.spo2),
        }
    }
}

fn old(moment: &Moment) -> Vec<u8> {
    let said = Said::of(moment);
    vec![
        0x80 | u8::from(said.beep) << 6 | said.strength,
        said.wave,
        (said.pulse >> 7) << 6 | u8::from(said.searching) << 5 | u8::from(said.probe_error) << 4 | said.wave >> 3,
        said.pulse & 0x7F,
        said.spo2,
    ]
}

/// The perfusion index is never told: its scale is not documented.
fn new(moment: &Moment) -> Vec<u8> {
    let said = Said::of(moment);
    let no_value = |value: u8, none: u8| if value == 0 { none } else { value };
    let data = [
        u8::from(said.probe_error) << 7 | u8::from(said.beep) << 6 | said.strength,
        u8::from(said.searching) << 7 | said.wave,
        said.wave >> 3,
        no_value(said.pulse, 0xFF),
        no_value(said.spo2, 0x7F),
        0xFF,
        0xFF,
    ];
    let bits = data.iter().enumerate().fold(0x80, |bits, (n, byte)| bits | (byte >> 7) << n);
    [0x01, bits].into_iter().chain(data.map(|byte| byte | 0x80)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bedside::{Bedside, Setup};

    fn moment(elapsed_s: f64, mode: Mode) -> Moment {
        Bedside::new(Setup::default(), "2026-03-04T13:05:09Z".parse().unwrap()).moment(elapsed_s, mode)
    }

    #[test]
    fn new_packets_come_only_when_asked_and_end_after_a_minute() {
        let mut device = Cms50::new(Packets::New);
        assert_eq!(device.due(&moment(0.0, Mode::Normal)), []);
        let start = [0x7D, 0x81, 0xA1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80];
        device.answer(&start[..4], &moment(1.0, Mode::Normal));
        device.answer(&start[4..], &moment(1.0, Mode::Normal));
        let packet = &device.due(&moment(60.9, Mode::Normal))[0].bytes;
        assert!(packet.len() == 9 && packet[0] == 1 && packet[1..].iter().all(|b| b & 0x80 != 0), "{packet:02X?}");
        assert_eq!(device.due(&moment(61.0, Mode::Normal)), []);
        assert_eq!(device.refused(), 0);
        device.answer(&[0x7D, 0x81, 0xA6, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80], &moment(1.0, Mode::Normal));
        assert_eq!(device.refused(), 1);
    }

    #[test]
    fn only_the_first_byte_of_an_old_packet_has_its_highest_bit() {
        for mode in [Mode::Normal, Mode::SensorOff, Mode::Motion, Mode::LowPerfusion] {
            let packet = old(&moment(3.0, mode));
            let high: Vec<_> = packet.iter().map(|b| b >> 7).collect();
            assert_eq!(high, [1, 0, 0, 0, 0], "{mode:?}");
        }
        assert_eq!(old(&moment(3.0, Mode::SensorOff))[3..], [0, 0]);
    }
}
