//! Philips IntelliVue Data Export, over RS-232 and LAN (fact sheet, serial, section 5, "Allowed requests").
//!
//! What keeps an association, and one poll: the single poll of numerics. Everything else a host could ask for stands next to
//! it: the same message with another command sets attributes of the monitor, with another object it reads who the patient is.

use crate::Frame;

/// How a frame is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// MIB/RS-232: between BOF and EOF, with a frame check.
    Rs232,
    /// The payload of one UDP datagram.
    Lan,
}

impl Link {
    /// A unit as it goes out on this link.
    pub(crate) const fn pack(self, unit: Frame) -> Frame {
        match self {
            Self::Rs232 => rs232(&unit),
            Self::Lan => unit,
        }
    }
}

/// Session parameter in front of everything an association says: length and body are the message's own.
const USER_DATA: u8 = 0xC1;
/// Session messages.
const CONNECT: u8 = 0x0D;
const FINISH: u8 = 0x09;
const ABORT_SESSION: u8 = 0x19;

/// Object identifiers of the association, each with its ASN.1 tag and length.
mod object_id {
    /// Abstract and transfer syntax of association control.
    pub(super) const CONTROL: &[u8] = &[0x06, 0x04, 0x52, 0x01, 0x00, 0x01];
    pub(super) const BASIC_ENCODING: &[u8] = &[0x06, 0x02, 0x51, 0x01];
    /// Abstract and transfer syntax of data export, and its application context.
    pub(super) const DATA_EXPORT: &[u8] = &medical(1);
    pub(super) const DATA_ENCODING: &[u8] = &medical(2);
    pub(super) const DATA_EXPORT_CONTEXT: &[u8] = &medical(3);

    const fn medical(last: u8) -> [u8; 14] {
        [0x06, 0x0C, 0x2A, 0x86, 0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, last, 0x01]
    }
}

/// Ends of two ASN.1 values of unknown length each, innermost first.
const END: &[u8] = &[0x00, 0x00];

/// What we tell the monitor of ourselves. Periods and sizes are those other hosts have used for years: a monitor answers with
/// what it grants.
mod profile {
    pub(super) const PROTOCOL_VERSION: u32 = 0x8000_0000;
    pub(super) const NOMENCLATURE_VERSION: u32 = 0x4000_0000;
    pub(super) const FUNCTIONAL_UNITS: u32 = 0;
    /// A client.
    pub(super) const SYSTEM_TYPE: u32 = 0x8000_0000;
    /// A cold start: nothing of an earlier association is taken up.
    pub(super) const START_UP: u32 = 0x2000_0000;
    pub(super) const POLL_PROFILE: u16 = 0x0001;
    pub(super) const REVISION: u32 = 0x8000_0000;
    /// Shortest time between two polls, 1/8 ms.
    pub(super) const POLL_PERIOD: u32 = 0x0000_09C4;
    /// Longest unit we take, longest we send.
    pub(super) const RECEIVED_MAX: u32 = 0x0000_09C4;
    pub(super) const SENT_MAX: u32 = 0x0000_03E8;
    /// No limit.
    pub(super) const BANDWIDTH: u32 = 0xFFFF_FFFF;
    pub(super) const OPTIONS: u32 = 0x6000_0000;
    pub(super) const EXTENSION: u16 = 0xF001;
    pub(super) const EXTENSION_OPTIONS: u32 = 0x8C00_0000;
}

/// Asks for an association.
pub(crate) const ASSOCIATE: Frame = {
    let body = session_syntax(Frame::EMPTY);
    let body = body.all(&[0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x60, 0x80, 0xA1, 0x80]);
    let body = body.all(object_id::DATA_EXPORT_CONTEXT).all(END).all(&[0xBE, 0x80, 0x28, 0x80]);
    let body = body.all(object_id::DATA_EXPORT).all(&[0x02, 0x01, 0x02, 0x81]);
    let user = user_information();
    let body = body.with(one_byte(user.len())).all(user.bytes());
    let body = body.all(END).all(END).all(END).all(END).all(END).all(END).all(END).all(END);
    // Connect/accept item (protocol options, version 2), and the functions wanted.
    const ITEMS: &[u8] = &[0x05, 0x08, 0x13, 0x01, 0x00, 0x16, 0x01, 0x02, 0x80, 0x00, 0x14, 0x02, 0x00, 0x02];
    session(CONNECT, ITEMS, &body)
};

/// Ends an association in order.
pub(crate) const RELEASE: Frame = {
    let body = Frame::of(&[0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x62, 0x80, 0x80, 0x01, 0x00]);
    session(FINISH, &[], &body.all(END).all(END).all(END).all(END))
};

/// Ends an association that cannot be ended in order.
pub(crate) const ABORT: Frame = {
    let body = Frame::of(&[0xA0, 0x80, 0xA0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01]);
    let body = body.all(object_id::BASIC_ENCODING).all(END).all(END);
    let body = body.all(&[0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, 0x64, 0x80, 0x80, 0x01, 0x01]);
    session(ABORT_SESSION, &[0x11, 0x01, 0x03], &body.all(END).all(END).all(END).all(END).all(END))
};

/// Commands and operations of data export units.
const INVOKE: u16 = 1;
const RESULT: u16 = 2;
const CONFIRMED_EVENT: u16 = 1;
const CONFIRMED_ACTION: u16 = 7;
/// The monitor itself.
const CLASS_MDS: u16 = 0x0021;
const EVENT_MDS_CREATE: u16 = 0x0D06;
const ACTION_SINGLE_POLL: u16 = 0x0C16;
/// Object type of numerics: partition, code.
const NUMERICS: [u16; 2] = [1, 6];
/// All attributes.
const EVERY_GROUP: u16 = 0;
/// The time of the answer, as other hosts send it; nothing depends on it.
const ANSWER_TIME: u32 = 0x000A_BD00;

/// Answers the monitor's description of itself, with its own numbers.
pub(crate) const fn mds_created(invoke: u16, context: u16, handle: u16) -> Frame {
    let arguments = Frame::EMPTY.u16(CLASS_MDS).u16(context).u16(handle);
    let arguments = arguments.u32(ANSWER_TIME).u16(EVENT_MDS_CREATE).u16(0);
    data_export(RESULT, invoke, CONFIRMED_EVENT, &arguments)
}

/// Polls all numerics once.
pub(crate) const fn poll_numerics(invoke: u8) -> Frame {
    let poll = Frame::EMPTY.u16(1).u16(NUMERICS[0]).u16(NUMERICS[1]).u16(EVERY_GROUP);
    let scope = 0;
    let arguments = Frame::EMPTY.u16(CLASS_MDS).u16(0).u16(0).u32(scope).u16(ACTION_SINGLE_POLL).sized(&poll);
    data_export(INVOKE, invoke as u16, CONFIRMED_ACTION, &arguments)
}

const fn data_export(operation: u16, invoke: u16, command: u16, arguments: &Frame) -> Frame {
    const DATA: u16 = 0xE100;
    const CONTEXT: u16 = 2;
    let body = Frame::EMPTY.u16(invoke).u16(command).sized(arguments);
    Frame::EMPTY.u16(DATA).u16(CONTEXT).u16(operation).sized(&body)
}

/// A session message: kind, length, items, user data.
const fn session(kind: u8, items: &[u8], body: &Frame) -> Frame {
    let length = one_byte(items.len() + 2 + body.len());
    Frame::of(&[kind, length]).all(items).with(USER_DATA).with(one_byte(body.len())).all(body.bytes())
}

/// Which languages we speak: association control and data export.
const fn session_syntax(frame: Frame) -> Frame {
    let frame = frame.all(&[0x31, 0x80, 0xA0, 0x80, 0x80, 0x01, 0x01]).all(END);
    let frame = frame.all(&[0xA2, 0x80, 0xA0, 0x03, 0x00, 0x00, 0x01, 0xA4, 0x80]);
    let frame = frame.all(&[0x30, 0x80, 0x02, 0x01, 0x01]).all(object_id::CONTROL);
    let frame = frame.all(&[0x30, 0x80]).all(object_id::BASIC_ENCODING).all(END).all(END);
    let frame = frame.all(&[0x30, 0x80, 0x02, 0x01, 0x02]).all(object_id::DATA_EXPORT);
    let frame = frame.all(&[0x30, 0x80]).all(object_id::DATA_ENCODING).all(END).all(END);
    frame.all(END)
}

const fn user_information() -> Frame {
    let extension = Frame::EMPTY.u32(profile::EXTENSION_OPTIONS).list(0, &Frame::EMPTY);
    let packages = Frame::EMPTY.u16(profile::EXTENSION).sized(&extension);
    let poll = Frame::EMPTY.u32(profile::REVISION).u32(profile::POLL_PERIOD);
    let poll = poll.u32(profile::RECEIVED_MAX).u32(profile::SENT_MAX).u32(profile::BANDWIDTH);
    let poll = poll.u32(profile::OPTIONS).list(1, &packages);
    let profiles = Frame::EMPTY.u16(profile::POLL_PROFILE).sized(&poll);
    let user = Frame::EMPTY.u32(profile::PROTOCOL_VERSION).u32(profile::NOMENCLATURE_VERSION);
    let user = user.u32(profile::FUNCTIONAL_UNITS).u32(profile::SYSTEM_TYPE).u32(profile::START_UP);
    let no_options = Frame::EMPTY;
    user.list(0, &no_options).list(1, &profiles)
}

/// A length that fits one byte, as all of ours do: a longer one would not compile.
const fn one_byte(length: usize) -> u8 {
    assert!(length < 0xFF);
    length as u8
}

/// BOF, header, length, user data, frame check, EOF; what would look like a frame's edge is escaped.
const fn rs232(unit: &Frame) -> Frame {
    const BOF: u8 = 0xC0;
    const EOF: u8 = 0xC1;
    const ESCAPE: u8 = 0x7D;
    const ESCAPED_BIT: u8 = 0x20;
    /// Protocol id, data export.
    const HEADER: u16 = 0x1101;
    let checked = Frame::EMPTY.u16(HEADER).sized(unit);
    let [low, high] = frame_check(checked.bytes()).to_le_bytes();
    let inner = checked.with(low).with(high);
    let (mut frame, mut at) = (Frame::EMPTY.with(BOF), 0);
    while at < inner.len() {
        let byte = inner.bytes()[at];
        frame = match byte {
            BOF | EOF | ESCAPE => frame.with(ESCAPE).with(byte ^ ESCAPED_BIT),
            _ => frame.with(byte),
        };
        at += 1;
    }
    frame.with(EOF)
}

/// CRC-16/X-25: initial FFFF, reflected polynomial 8408, complemented.
const fn frame_check(bytes: &[u8]) -> u16 {
    let (mut crc, mut at) = (0xFFFF_u16, 0);
    while at < bytes.len() {
        crc ^= bytes[at] as u16;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 != 0 { crc >> 1 ^ 0x8408 } else { crc >> 1 };
            bit += 1;
        }
        at += 1;
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_check_is_x25() {
        assert_eq!(frame_check(b"123456789"), 0x906E);
    }

    #[test]
    fn the_frames_are_those_of_the_fact_sheet() {
        // Worked examples 1 and 2.
        let poll: &[u8] = &[
            0xC0, 0x11, 0x01, 0x00, 0x24, 0xE1, 0x00, 0x00, 0x02, 0x00, 0x01, 0x00, 0x1C, 0x00, 0x00, 0x00, 0x07, 0x00,
            0x16, 0x00, 0x21, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x16, 0x00, 0x08, 0x00, 0x01, 0x00,
            0x01, 0x00, 0x06, 0x00, 0x00, 0x8E, 0x95, 0xC1,
        ];
        assert_eq!(&*Link::Rs232.pack(poll_numerics(0)), poll);
        let answer: &[u8] = &[
            0xC0, 0x11, 0x01, 0x00, 0x1C, 0xE1, 0x00, 0x00, 0x02, 0x00, 0x02, 0x00, 0x14, 0x00, 0x01, 0x00, 0x01, 0x00,
            0x0E, 0x00, 0x21, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0A, 0xBD, 0x00, 0x0D, 0x06, 0x00, 0x00, 0x39, 0x17, 0xC1,
        ];
        assert_eq!(&*Link::Rs232.pack(mds_created(1, 0, 0)), answer);
        // The sheet's example of escaping has one zero more than its own lengths say.
        let release: &[u8] = &[
            0xC0, 0x11, 0x01, 0x00, 0x1A, 0x09, 0x18, 0x7D, 0xE1, 0x16, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0,
            0x80, 0x62, 0x80, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x41, 0x08, 0xC1,
        ];
        assert_eq!(&*Link::Rs232.pack(RELEASE), release);
    }

    #[test]
    fn the_association_request_has_the_fields_of_the_fact_sheet() {
        let bytes = &*ASSOCIATE;
        assert_eq!((bytes.len(), bytes[1]), (238, 0xEC));
        assert_eq!(bytes[bytes.len() - 16 - 72 - 1], 72, "length of the user information");
    }
}
