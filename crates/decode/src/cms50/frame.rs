//! Checked views of the two live packets. Neither has a checksum: bit 7 of every byte is all there is to check.

use chairside_observation::{Absence, Flag, Flags};

/// Bit 7: marks the first byte of an old packet, and all but the first of a new one.
const MARK: u8 = 0x80;

/// Which packet a device sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Five bytes, CMS50D+ at 4800 or 19200 baud.
    Old,
    /// Nine bytes, CMS50E, F and D+ from firmware 4.6 at 115200 baud.
    New,
}

/// Bytes of an old packet.
pub(super) const OLD_LEN: usize = 5;
/// Bytes of a new packet.
pub(super) const NEW_LEN: usize = 9;
/// Type of a new packet with live values.
const LIVE: u8 = 0x01;

/// What one packet says, whatever its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    probe_error: bool,
    searching: bool,
    /// The old format's "SpO2 dropping".
    dropping: bool,
    /// The new format's "low SpO2".
    low: bool,
    pulse: u8,
    spo2: u8,
    /// The number that stands for no pulse, besides 0.
    no_pulse: u8,
}

/// Whether bytes begin a packet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// They do.
    Packet(Format, Packet),
    /// So far; the packet has more bytes.
    Short,
    /// They do not.
    No,
}

/// Looks for a packet at the front of `bytes`.
pub(super) fn begin(bytes: &[u8]) -> Begin {
    let (format, mark) = match bytes.first() {
        None => return Begin::Short,
        Some(&LIVE) => (Format::New, MARK),
        Some(first) if first & MARK != 0 => (Format::Old, 0),
        Some(_) => return Begin::No,
    };
    let packet = &bytes[..format.length().min(bytes.len())];
    if packet[1..].iter().any(|byte| byte & MARK != mark) {
        return Begin::No;
    }
    if let Ok(old) = <[u8; OLD_LEN]>::try_from(packet)
        && format == Format::Old
    {
        return Begin::Packet(format, Packet::old(old));
    }
    match <[u8; NEW_LEN]>::try_from(packet) {
        Ok(new) => Begin::Packet(format, Packet::new(new)),
        Err(_) => Begin::Short,
    }
}

impl Format {
    /// Bytes of a packet.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Old => OLD_LEN,
            Self::New => NEW_LEN,
        }
    }
}

impl Packet {
    /// An old packet whose marks fit.
    fn old([state, _wave, bar, pulse, spo2]: [u8; OLD_LEN]) -> Self {
        Self {
            probe_error: bar & 1 << 4 != 0,
            // "Searching" and "searching too long".
            searching: bar & 1 << 5 != 0 || state & 1 << 4 != 0,
            dropping: state & 1 << 5 != 0,
            low: false,
            pulse: (bar & 1 << 6) << 1 | pulse,
            spo2,
            no_pulse: 0,
        }
    }

    /// A new packet whose marks fit. Bit 7 of each data byte stands in the byte behind the type.
    fn new([_type, high, rest @ ..]: [u8; NEW_LEN]) -> Self {
        let data = |i: usize| rest[i] & !MARK | (high >> i & 1) << 7;
        let [state, wave, _bar, pulse, spo2] = [data(0), data(1), data(2), data(3), data(4)];
        Self {
            probe_error: state & 1 << 7 != 0,
            searching: wave & 1 << 7 != 0 || state & 1 << 4 != 0,
            dropping: false,
            low: state & 1 << 5 != 0,
            pulse,
            spo2,
            no_pulse: u8::MAX,
        }
    }

    /// Why there is neither saturation nor pulse.
    fn blank(self) -> Option<Absence> {
        if self.probe_error {
            Some(Absence::SensorFault)
        } else if self.searching {
            Some(Absence::PulseSearch)
        } else {
            None
        }
    }

    /// Pulse, beats a minute.
    pub(super) fn pulse_bpm(self) -> Result<u8, Absence> {
        match (self.blank(), self.pulse) {
            (Some(reason), _) => Err(reason),
            (None, bpm) if bpm == 0 || bpm == self.no_pulse => Err(Absence::NoValue),
            (None, bpm) => Ok(bpm),
        }
    }

    /// Saturation, per cent.
    pub(super) fn spo2_percent(self) -> Result<u8, Absence> {
        match (self.blank(), self.spo2) {
            (Some(reason), _) => Err(reason),
            (None, 0 | 0x7F) => Err(Absence::NoValue),
            (None, percent) => Ok(percent),
        }
    }

    /// The words beside the values.
    pub(super) fn flags(self) -> Flags {
        let mut flags = Flags::NONE;
        if self.dropping {
            flags.insert(Flag::Spo2Dropping);
        }
        if self.low {
            flags.insert(Flag::Spo2Low);
        }
        flags
    }
}
