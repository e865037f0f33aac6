//! A checked view of one protocol data unit: session messages and data export results.
//!
//! [`Pdu::new_checked`] walks every nested length of a poll result once; afterwards [`Poll::objects`] cannot fail. Nothing
//! here recurses: the nesting of the format is fixed at four levels.

use super::reader::Reader;
use chairside_observation::Micros;

/// First byte of a data export unit, followed by 0; any other known first byte is a session message.
const DATA_EXPORT: u8 = 0xE1;
/// In front of the user information of an association: an integer (2), then an octet string whose length follows.
const USER_INFORMATION: [u8; 4] = [0x02, 0x01, 0x02, 0x81];
/// Bytes of the user information before its lists: versions, functional units, system type, start-up mode.
const USER_INFORMATION_HEAD: usize = 20;
/// Profile attribute that holds the negotiated poll period.
const POLL_PROFILE: u16 = 0x0001;
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
    /// An association begins or ends, or does not begin.
    Session(Session),
    /// Understood and without vital signs: requests, waves, alarms.
    Other,
    /// The monitor's own description, with its clock, and what it wants to read back.
    MdsCreate(MdsCreate, Option<Confirm>),
    /// The request of this number cannot be met.
    Error(u16),
    /// A poll result of numerics.
    Numerics(Poll<'a>),
}

/// A session message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Session {
    /// A host asks for an association.
    Asked,
    /// The monitor grants it, with the shortest time between two polls.
    Accepted(Option<Micros>),
    /// The monitor does not grant it.
    Refused,
    /// One of the two wants to end it.
    Finish,
    /// The other one agrees.
    Finished,
    /// It is over.
    Aborted,
}

/// What a confirmed event has to be answered with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Confirm {
    pub(super) invoke: u16,
    pub(super) context: u16,
    pub(super) handle: u16,
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
    /// Number of the request it answers.
    pub(super) invoke: u16,
    /// The answer ends with it: it is not one of several linked parts.
    pub(super) whole: bool,
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
            [0x0D, ..] => Ok(Self::Session(Session::Asked)),
            [0x0E, rest @ ..] => Ok(Self::Session(Session::Accepted(poll_period(rest)))),
            [0x0C, ..] => Ok(Self::Session(Session::Refused)),
            [0x09, ..] => Ok(Self::Session(Session::Finish)),
            [0x0A, ..] => Ok(Self::Session(Session::Finished)),
            [0x19, ..] => Ok(Self::Session(Session::Aborted)),
            [DATA_EXPORT, 0, rest @ ..] => data_export(Reader(rest)).ok_or(NotUnderstood),
            _ => Err(NotUnderstood),
        }
    }
}

/// The shortest time between two polls that the monitor grants, out of its profile.
fn poll_period(accept: &[u8]) -> Option<Micros> {
    /// One unit of it, 1/8 ms.
    const TICK_US: i64 = 125;
    let at = accept.windows(USER_INFORMATION.len()).position(|window| window == USER_INFORMATION)?;
    let mut user = Reader(&accept[at + USER_INFORMATION.len()..]);
    // The length of the octet string, short or long; the lists in it have their own.
    let _length = match user.take(1)? {
        [0x81] => user.take(1)?,
        [0x82] => user.take(2)?,
        short => short,
    };
    let _head = user.take(USER_INFORMATION_HEAD)?;
    let _options = user.list()?;
    let (count, mut profiles) = user.list()?;
    for _ in 0..count {
        let id = profiles.u16()?;
        let mut profile = profiles.sized()?;
        if id == POLL_PROFILE {
            let _revision = profile.u32()?;
            return profile.u32().map(|ticks| Micros(i64::from(ticks) * TICK_US));
        }
    }
    None
}

fn data_export(mut unit: Reader<'_>) -> Option<Pdu<'_>> {
    let _presentation_context = unit.u16()?;
    let operation = unit.u16()?;
    let mut body = unit.sized()?;
    match operation {
        1 => invoke(body),
        2 => result(body, true),
        // Its value says why; there is nothing in it for us. One too short for a number is still an error.
        3 => Some(body.u16().map_or(Pdu::Other, Pdu::Error)),
        5 => {
            let _state_and_count = body.u16()?;
            result(body, false)
        }
        _ => None,
    }
}

/// The number that pairs questions with answers, command number, arguments.
fn command<'a>(body: &mut Reader<'a>) -> Option<(u16, u16, Reader<'a>)> {
    Some((body.u16()?, body.u16()?, body.sized()?))
}

fn invoke(mut body: Reader<'_>) -> Option<Pdu<'_>> {
    let (invoke, command, mut arguments) = command(&mut body)?;
    // 0 and 1: event report, confirmed event report. The rest are requests of the host, overheard.
    if command > 1 {
        return Some(Pdu::Other);
    }
    let class = arguments.u16()?;
    let (context, handle) = (arguments.u16()?, arguments.u16()?);
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
    Some(Pdu::MdsCreate(mds, (command == 1).then_some(Confirm { invoke, context, handle })))
}

fn result(mut body: Reader<'_>, whole: bool) -> Option<Pdu<'_>> {
    let (invoke, command, mut arguments) = command(&mut body)?;
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
    let numerics = Poll { invoke, whole, relative, absolute, contexts, list };
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
