//! The units of the protocol, and how they are packed on each link.

use jiff::civil::DateTime;

const BOF: u8 = 0xC0;
const EOF: u8 = 0xC1;
const ESCAPE: u8 = 0x7D;
const ESCAPED_BIT: u8 = 0x20;

/// How a unit is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Between BOF and EOF with a frame check.
    Rs232,
    /// One unit, one datagram.
    Lan,
}

impl Packing {
    /// A unit as it goes out.
    #[must_use]
    pub fn pack(self, unit: &[u8]) -> Vec<u8> {
        if self == Self::Lan {
            return unit.to_vec();
        }
        let mut inner = [&[0x11, 0x01][..], &sized(unit)].concat();
        let check = frame_check(&inner);
        inner.extend(check.to_le_bytes());
        let mut frame = vec![BOF];
        for byte in inner {
            match byte {
                BOF | EOF | ESCAPE => frame.extend([ESCAPE, byte ^ ESCAPED_BIT]),
                _ => frame.push(byte),
            }
        }
        frame.push(EOF);
        frame
    }
}

/// Takes frames out of a serial line's bytes.
#[derive(Clone, Debug, Default)]
pub struct Unpacker(Vec<u8>);

impl Unpacker {
    /// The units whose last byte is among `bytes`; what is no frame is given back as it came.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Result<Vec<u8>, Vec<u8>>> {
        let mut found = Vec::new();
        for &byte in bytes {
            self.0.push(byte);
            if byte == EOF {
                let frame = std::mem::take(&mut self.0);
                found.push(unpacked(&frame).ok_or(frame));
            }
        }
        found
    }
}

fn unpacked(frame: &[u8]) -> Option<Vec<u8>> {
    let inner = frame.strip_prefix(&[BOF])?.strip_suffix(&[EOF])?;
    let (mut plain, mut escaped) = (Vec::new(), false);
    for &byte in inner {
        match byte {
            ESCAPE => escaped = true,
            _ => plain.push(byte ^ if std::mem::take(&mut escaped) { ESCAPED_BIT } else { 0 }),
        }
    }
    let (checked, check) = plain.split_at_checked(plain.len().checked_sub(2)?)?;
    let unit = checked.strip_prefix(&[0x11, 0x01])?;
    let sound = frame_check(checked).to_le_bytes() == check && sized(unit.get(2..)?) == unit;
    sound.then(|| unit[2..].to_vec())
}

/// CRC-16/X-25.
fn frame_check(bytes: &[u8]) -> u16 {
    let bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| u16::from(byte >> bit & 1)));
    !bits.fold(0xFFFF, |sum: u16, bit| sum >> 1 ^ if sum & 1 == bit { 0 } else { 0x8408 })
}

/// A length of two bytes, and the part.
pub(super) fn sized(part: &[u8]) -> Vec<u8> {
    let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], part].concat()
}

/// A count, a length, and the parts.
pub(super) fn list(parts: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(parts.len()).unwrap_or(u16::MAX);
    [&count.to_be_bytes()[..], &sized(&parts.concat())].concat()
}

/// An attribute.
pub(super) fn attribute(id: u16, value: &[u8]) -> Vec<u8> {
    [&id.to_be_bytes()[..], &sized(value)].concat()
}

/// A date in BCD.
pub(super) fn bcd(at: DateTime) -> [u8; 8] {
    let year = at.year().unsigned_abs();
    let digits = |two: u16| u8::try_from(two / 10 % 10 * 16 + two % 10).unwrap_or(0);
    let small = |two: i8| digits(two.unsigned_abs().into());
    let [month, day] = [at.month(), at.day()].map(small);
    let [hour, minute, second] = [at.hour(), at.minute(), at.second()].map(small);
    [digits(year / 100), digits(year % 100), month, day, hour, minute, second, 0]
}

/// The connect/accept item and the functions granted.
const ITEMS: [u8; 14] = [0x05, 0x08, 0x13, 0x01, 0x00, 0x16, 0x01, 0x02, 0x80, 0x00, 0x14, 0x02, 0x00, 0x02];
/// Shortest time between two polls that is granted: 500 ms in 1/8 ms.
pub(super) const POLL_PERIOD: u32 = 4000;

/// Grants an association.
pub(super) fn accept() -> Vec<u8> {
    // Revision, period, longest unit each way, bandwidth, options, no packages.
    let words = [0x8000_0000, POLL_PERIOD, 996, 996, u32::MAX, 0x6000_0000, 0];
    let profile = attribute(1, &words.map(u32::to_be_bytes).concat());
    // Versions, functional units, system type (server), start-up mode; no options.
    let versions = [0x8000_0000, 0x4000_0000, 0, 0x0080_0000, 0x2000_0000, 0].map(u32::to_be_bytes).concat();
    let user = [versions, list(&[profile])].concat();
    let length = u8::try_from(user.len()).unwrap_or(0);
    let head = [0x31, 0x80, 0xA0, 0x80, 0x61, 0x80, 0x30, 0x80, 0xBE, 0x80, 0x28, 0x80, 0x02, 0x01, 0x02, 0x81, length];
    let body = [&head[..], &user, &[0; 12]].concat();
    let length = u8::try_from(body.len()).unwrap_or(0);
    let rest = [&ITEMS[..], &[0xC1, length], &body].concat();
    [&[0x0E, u8::try_from(rest.len()).unwrap_or(0)][..], &rest].concat()
}

/// Does not grant one.
pub(super) const REFUSE: [u8; 5] = [0x0C, 0x03, 0x32, 0x01, 0x00];

/// Agrees to a release.
pub(super) const RELEASED: [u8; 26] = [
    0x0A, 0x18, 0xC1, 0x16, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x63, 0x80, 0x80, 0x01, 0, 0, 0, 0,
    0, 0, 0, 0, 0,
];

/// Ends an association without being asked.
pub(super) const ABORT: [u8; 48] = [
    0x19, 0x2E, 0x11, 0x01, 0x03, 0xC1, 0x29, 0xA0, 0x80, 0xA0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0x06, 0x02, 0x51,
    0x01, 0, 0, 0, 0, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x64, 0x80, 0x80, 0x01, 0x01, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0,
];

/// A data export unit.
pub(super) fn data_export(operation: u16, body: &[u8]) -> Vec<u8> {
    [&[0xE1, 0x00, 0x00, 0x02][..], &operation.to_be_bytes(), &sized(body)].concat()
}

/// The monitor describes itself and its clocks, and waits for an answer with its own numbers.
pub(super) fn mds_create(invoke: u16, relative: u32, clock: DateTime) -> Vec<u8> {
    let clocks = [attribute(0x0987, &bcd(clock)), attribute(0x098F, &relative.to_be_bytes())];
    let information = [&[0x00, 0x21, 0, 0, 0, 0][..], &list(&clocks)].concat();
    let event = [&MDS[..], &relative.to_be_bytes(), &[0x0D, 0x06], &sized(&information)].concat();
    data_export(1, &[&invoke.to_be_bytes()[..], &[0x00, 0x01], &sized(&event)].concat())
}

/// What the host has to answer to [`mds_create`]; the four bytes of time are its own.
pub(super) fn is_mds_created(unit: &[u8], invoke: u16) -> bool {
    let expected = |time: &[u8]| {
        let event = [&MDS[..], time, &[0x0D, 0x06, 0x00, 0x00]].concat();
        data_export(2, &[&invoke.to_be_bytes()[..], &[0x00, 0x01], &sized(&event)].concat())
    };
    unit.get(20..24).is_some_and(|time| expected(time) == unit)
}

/// Class, context and handle of the monitor itself.
const MDS: [u8; 6] = [0x00, 0x21, 0, 0, 0, 0];

/// The numbers of a single poll of numerics: invoke id and poll number; `None` when it is anything else.
pub(super) fn poll(unit: &[u8]) -> Option<[u16; 2]> {
    let two = |at: usize| Some(u16::from_be_bytes(unit.get(at..at + 2)?.try_into().ok()?));
    let (invoke, number) = (two(8)?, two(28)?);
    let poll = [&number.to_be_bytes()[..], &[0x00, 0x01, 0x00, 0x06, 0x00, 0x00]].concat();
    let action = [&MDS[..], &[0, 0, 0, 0, 0x0C, 0x16], &sized(&poll)].concat();
    let expected = data_export(1, &[&invoke.to_be_bytes()[..], &[0x00, 0x07], &sized(&action)].concat());
    (expected == unit).then_some([invoke, number])
}

/// A host asks for an association: the session items, a length that fits, a poll profile.
pub(super) fn is_association(unit: &[u8]) -> bool {
    let [0x0D, length, rest @ ..] = unit else { return false };
    let profile = [0x00, 0x01, 0x00, 0x28, 0x80, 0x00, 0x00, 0x00];
    usize::from(*length) == rest.len() && rest.starts_with(&ITEMS) && rest.windows(8).any(|window| window == profile)
}

/// A host ends it: in order, or not.
pub(super) fn is_release(unit: &[u8]) -> bool {
    matches!(unit, [0x09, 0x18, 0xC1, 0x16, .., 0x62, 0x80, 0x80, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0]) && unit.len() == 26
}

/// One part of a poll's answer: `linked` 1 first, 2 middle, 3 last; without it the plain end.
pub(super) fn poll_result(numbers: [u16; 2], linked: Option<(u8, u8)>, relative: u32, objects: &[Vec<u8>]) -> Vec<u8> {
    let [invoke, number] = numbers;
    let contexts = if objects.is_empty() { Vec::new() } else { vec![[&[0, 1][..], &list(objects)].concat()] };
    let times = [&number.to_be_bytes()[..], &relative.to_be_bytes(), &[0xFF; 8]].concat();
    let reply = [&times[..], &[0x00, 0x01, 0x00, 0x06, 0x00, 0x00], &list(&contexts)].concat();
    let action = [&MDS[..], &[0x0C, 0x16], &sized(&reply)].concat();
    let body = [&invoke.to_be_bytes()[..], &[0x00, 0x07], &sized(&action)].concat();
    match linked {
        Some((state, count)) => data_export(5, &[&[state, count][..], &body].concat()),
        None => data_export(2, &body),
    }
}
