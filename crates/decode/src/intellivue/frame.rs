//! A checked view of one protocol data unit: session messages and data export results.
//!
//! [`Pdu::new_checked`] walks every nested length of a poll result once; afterwards [`Poll::objects`] cannot fail. Nothing
//! here recurses: the nesting of the format is fixed at four levels.

use super::reader::Reader;

/// First byte of a data export unit, followed by 0; any other known first byte is a session message.
const DATA_EXPORT: u8 = 0xE1;
/// Association request, accept, refuse; release request, response; abort.
const SESSION: [u8; 6] = [0x0D, 0x0E, 0x0C, 0x09, 0x0A, 0x19];
/// Session messages behind which a new association begins: nothing learned before holds.
const ASSOCIATION: [u8; 2] = [0x0D, 0x0E];
/// Object class of the monitor itself.
const CLASS_MDS: u16 = 0x0021;
/// Event: the monitor describes itself and its clock.
const EVENT_MDS_CREATE: u16 = 0x0D06;
/// Actions of a poll.
const ACTION_SINGLE_POLL: u16 = 0x0C16;
const ACTION_EXTENDED_POLL: u16 = 0xF13B;
/// Object type of a numeric: partition and code.
const NUMERIC: (u16, u16) = (1, 6);

/// One protocol data unit.
pub(super) enum Pdu<'a> {
    /// An association is asked for or accepted.
    Association,
    /// Understood and without vital signs: other session messages, requests, errors, waves, alarms.
    Other,
    /// The monitor's own description, with its clock.
    MdsCreate(MdsCreate),
    /// A poll result of numerics.
    Numerics(Poll<'a>),
}

/// A unit that is no message we know, or whose lengths contradict each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotUnderstood;

/// Absolute and relative time of the monitor in its own description.
#[derive(Clone, Copy)]
pub(super) struct MdsCreate {
    /// Eight bytes of BCD.
    pub(super) absolute: Option<[u8; 8]>,
    /// 1/8 ms.
    pub(super) relative: Option<u32>,
}

/// A checked poll result of numerics.
#[derive(Clone, Copy)]
pub(super) struct Poll<'a> {
    /// When the monitor made it, 1/8 ms.
    pub(super) relative: u32,
    /// The same in BCD; all FF where the monitor gives none.
    pub(super) absolute: [u8; 8],
    contexts: u16,
    list: Reader<'a>,
}

/// One numeric of a poll result.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    /// Context and handle: the numeric's name for the time of the association.
    pub(super) handle: (u16, u16),
    count: u16,
    attributes: Reader<'a>,
}

impl<'a> Pdu<'a> {
    /// Checks a unit as it stands in a frame or datagram. Bytes behind the lists of a poll result are tolerated.
    ///
    /// # Errors
    /// An unknown message, or lengths that contradict each other.
    pub(super) fn new_checked(unit: &'a [u8]) -> Result<Self, NotUnderstood> {
        match unit {
            [first, ..] if ASSOCIATION.contains(first) => Ok(Self::Association),
            [first, ..] if SESSION.contains(first) => Ok(Self::Other),
            [DATA_EXPORT, 0, rest @ ..] => data_export(Reader(rest)).ok_or(NotUnderstood),
            _ => Err(NotUnderstood),
        }
    }
}

fn data_export(mut unit: Reader<'_>) -> Option<Pdu<'_>> {
    let _presentation_context = unit.u16()?;
    let operation = unit.u16()?;
    let mut body = unit.sized()?;
    match operation {
        1 => invoke(body),
        2 => result(body),
        // An error names its value; there is nothing in it for us.
        3 => Some(Pdu::Other),
        5 => {
            let _state_and_count = body.u16()?;
            result(body)
        }
        _ => None,
    }
}

/// Command number and arguments; the invoke id before them only pairs questions with answers.
fn command<'a>(body: &mut Reader<'a>) -> Option<(u16, Reader<'a>)> {
    let _invoke_id = body.u16()?;
    Some((body.u16()?, body.sized()?))
}

fn invoke(mut body: Reader<'_>) -> Option<Pdu<'_>> {
    let (command, mut arguments) = command(&mut body)?;
    // 0 and 1: event report, confirmed event report. The rest are requests of the host, overheard.
    if command > 1 {
        return Some(Pdu::Other);
    }
    let class = arguments.u16()?;
    let _context_and_handle = arguments.u32()?;
    let _event_time = arguments.u32()?;
    let event = arguments.u16()?;
    let mut information = arguments.sized()?;
    if (class, event) != (CLASS_MDS, EVENT_MDS_CREATE) {
        return Some(Pdu::Other);
    }
    let _managed_object = information.take(6)?;
    let mut mds = MdsCreate { absolute: None, relative: None };
    let (count, mut attributes) = information.list()?;
    for _ in 0..count {
        let id = attributes.u16()?;
        let mut value = attributes.sized()?;
        match id {
            attribute::MDS_ABSOLUTE_TIME => mds.absolute = Some(value.eight()?),
            attribute::MDS_RELATIVE_TIME => mds.relative = Some(value.u32()?),
            _ => {}
        }
    }
    Some(Pdu::MdsCreate(mds))
}

fn result(mut body: Reader<'_>) -> Option<Pdu<'_>> {
    let (command, mut arguments) = command(&mut body)?;
    if command != 7 {
        return Some(Pdu::Other);
    }
    let _class_context_handle = arguments.take(6)?;
    let action = arguments.u16()?;
    let mut poll = arguments.sized()?;
    if ![ACTION_SINGLE_POLL, ACTION_EXTENDED_POLL].contains(&action) {
        return Some(Pdu::Other);
    }
    let _poll_number = poll.u16()?;
    if action == ACTION_EXTENDED_POLL {
        let _sequence = poll.u16()?;
    }
    let relative = poll.u32()?;
    let absolute = poll.eight()?;
    let object_type = (poll.u16()?, poll.u16()?);
    let _attribute_group = poll.u16()?;
    if object_type != NUMERIC {
        return Some(Pdu::Other);
    }
    let (contexts, list) = poll.list()?;
    let numerics = Poll { relative, absolute, contexts, list };
    numerics.walk(|object| object.walk(|_, _| {}))?;
    Some(Pdu::Numerics(numerics))
}

impl<'a> Poll<'a> {
    /// The name of the first numeric.
    pub(super) fn first(&self) -> Option<(u16, u16)> {
        let mut list = self.list;
        let context = list.u16()?;
        let (_count, mut objects) = list.list()?;
        Some((context, objects.u16()?))
    }

    /// Calls `each` for every numeric.
    pub(super) fn objects(&self, mut each: impl FnMut(Object<'a>)) {
        // `new_checked` walked the same bytes to their end.
        let _complete = self.walk(|object| {
            each(object);
            Some(())
        });
    }

    fn walk(&self, mut each: impl FnMut(Object<'a>) -> Option<()>) -> Option<()> {
        let mut list = self.list;
        for _ in 0..self.contexts {
            let context = list.u16()?;
            let (count, mut objects) = list.list()?;
            for _ in 0..count {
                let handle = objects.u16()?;
                let (count, attributes) = objects.list()?;
                each(Object { handle: (context, handle), count, attributes })?;
            }
        }
        Some(())
    }
}

impl<'a> Object<'a> {
    /// Calls `each` for every attribute with its id and value.
    pub(super) fn attributes(&self, each: impl FnMut(u16, Reader<'a>)) {
        let _complete = self.walk(each);
    }

    fn walk(&self, mut each: impl FnMut(u16, Reader<'a>)) -> Option<()> {
        let mut attributes = self.attributes;
        for _ in 0..self.count {
            let id = attributes.u16()?;
            each(id, attributes.sized()?);
        }
        Some(())
    }
}

/// Attribute ids.
pub(super) mod attribute {
    /// One observed value.
    pub(in super::super) const OBSERVED_VALUE: u16 = 0x0950;
    /// A list of observed values that belong together.
    pub(in super::super) const COMPOUND_VALUE: u16 = 0x094B;
    /// Label as shown on the monitor: length, then UTF-16.
    pub(in super::super) const LABEL: u16 = 0x0927;
    /// When the numeric was measured, BCD.
    pub(in super::super) const ABSOLUTE_TIME: u16 = 0x0990;
    /// When the numeric was measured, 1/8 ms.
    pub(in super::super) const RELATIVE_TIME: u16 = 0x0991;
    /// The monitor's clock in its description.
    pub(super) const MDS_ABSOLUTE_TIME: u16 = 0x0987;
    /// The monitor's counter in its description.
    pub(super) const MDS_RELATIVE_TIME: u16 = 0x098F;
}
