//! What poll results say, with what is remembered from one to the next.

use super::clock::{Clock, Counter, age, civil};
use super::cuff::{Cuff, Parts, Stamp};
use super::frame::{Object, Pdu, Poll, Session, attribute};
use super::numeric::{Observed, Quantity, UnknownUnit, flags};
use super::reader::Reader;
use crate::Finding;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use chairside_observation::{Civil, FrameKind, Measured, Micros, Observation, Origin, Vital};
use core::ops::Range;

/// Most numerics whose label and time stamp are remembered: a large monitor has about a hundred. Those beyond are read
/// all the same, without what was not sent with them.
const HANDLES_MAX: usize = 256;
/// Longest label kept, in bytes of UTF-16: labels are padded to six characters.
const LABEL_MAX: usize = 64;

/// What is remembered from unit to unit.
#[derive(Default)]
pub(super) struct Monitor {
    /// When the bytes at hand arrived.
    pub(super) now: Micros,
    clock: Option<Clock>,
    counter: Counter,
    /// Not every reply carries the attributes that do not change.
    handles: BTreeMap<(u16, u16), Remembered>,
    cuff: Cuff,
}

/// What a numeric sent once and may leave out later.
#[derive(Clone, Default)]
struct Remembered {
    label: Box<[u8]>,
    stamp: Stamp,
}

/// One poll result on its way to `out`.
struct Sheet<'o> {
    bytes: Range<u64>,
    /// The counter when the monitor made it; `None` when it stands.
    relative: Option<u32>,
    /// The date when the monitor made it, where known.
    sent: Option<Civil>,
    /// The date of the monitor's clock then: as `sent`, or counted on ours since the association began.
    face: Option<Civil>,
    out: &'o mut Vec<Finding>,
}

impl Monitor {
    /// Appends what a unit says.
    pub(super) fn unit(&mut self, unit: &Pdu<'_>, bytes: Range<u64>, out: &mut Vec<Finding>) {
        let frame = out.len();
        out.push(Finding::Frame { bytes: bytes.clone(), kind: FrameKind::Understood });
        match unit {
            // A new association begins: nothing learned before holds.
            Pdu::Session(Session::Asked | Session::Accepted(_)) => {
                (self.clock, self.counter) = (None, Counter::default());
                self.handles.clear();
            }
            Pdu::Session(_) | Pdu::Error(_) | Pdu::Other => {}
            Pdu::MdsCreate(mds, _) => self.clock = Clock::new(*mds, self.now),
            Pdu::Numerics(poll) => {
                if self.numerics(*poll, bytes.clone(), out).is_err() {
                    // The values with known units stand; that there is one without must be seen.
                    out[frame] = Finding::Frame { bytes, kind: FrameKind::Fault };
                }
            }
        }
    }

    fn numerics(&mut self, poll: Poll<'_>, bytes: Range<u64>, out: &mut Vec<Finding>) -> Result<(), UnknownUnit> {
        let relative = poll.first().and_then(|numeric| self.counter.read(poll.relative, numeric));
        let counted = relative.and_then(|count| self.clock.as_mut()?.at(count));
        let sent = civil(poll.absolute).or(counted);
        let face = sent.or_else(|| self.clock.as_ref()?.face_at(self.now));
        let mut sheet = Sheet { bytes, relative, sent, face, out };
        let mut result = Ok(());
        poll.objects(|object| {
            if self.object(object, &mut sheet).is_err() {
                result = Err(UnknownUnit);
            }
        });
        result
    }

    fn object(&mut self, object: Object<'_>, sheet: &mut Sheet<'_>) -> Result<(), UnknownUnit> {
        let (label, stamp) = static_attributes(object);
        self.remember(object.handle, label, stamp);
        let (mut parts, mut result): (Parts, _) = ([None; 3], Ok(()));
        observed_values(object, |observed| match observed.quantity() {
            Some(Quantity::Cuff(part)) => parts[part] = Some(observed),
            // The index has no absence of its own: saturation and pulse of the same sensor say why there is none.
            Some(Quantity::One(Vital::PerfusionIndex, _)) if observed.value().is_err() => {}
            Some(Quantity::One(vital, origin)) => {
                let site = (vital == Vital::Temperature).then(|| self.site(object.handle, observed.physio_id));
                if sheet.value(observed, vital, origin, site, stamp).is_err() {
                    result = Err(UnknownUnit);
                }
            }
            None => {}
        });
        if parts.iter().any(Option::is_some) {
            self.cuff(object.handle, &parts, stamp, sheet)?;
        }
        result
    }

    fn cuff(
        &mut self,
        handle: (u16, u16),
        parts: &Parts,
        stamp: Stamp,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), UnknownUnit> {
        let mut unit = None;
        let (mut state, mut synthetic) = (0, false);
        for part in parts.iter().flatten() {
            let this = part.unit(Vital::Nibp)?;
            // A missing part has no say in the unit.
            let has_value = part.value().is_ok();
            if has_value && unit.is_some_and(|(other, sure)| sure && other != this) {
                return Err(UnknownUnit);
            }
            if has_value || unit.is_none() {
                unit = Some((this, has_value));
            }
            state |= part.state;
            synthetic |= part.is_synthetic();
        }
        let remembered = self.handles.get(&handle).map_or((None, None), |known| known.stamp);
        let stamp = if stamp == (None, None) { remembered } else { stamp };
        let (Some((unit, _)), Some(reading)) = (unit, self.cuff.report(parts, stamp)) else { return Ok(()) };
        let stamp = if reading.amount().is_some() { stamp } else { (None, None) };
        sheet.out.push(Finding::Observation(Observation {
            origin: Some(Origin::Cuff),
            measured: sheet.measured(stamp),
            flags: flags(state),
            synthetic,
            ..Observation::new(Vital::Nibp, reading, unit, sheet.bytes.clone())
        }));
        Ok(())
    }

    fn remember(&mut self, handle: (u16, u16), label: Option<&[u8]>, stamp: Stamp) {
        if label.is_none() && stamp == (None, None) {
            return;
        }
        if self.handles.len() >= HANDLES_MAX && !self.handles.contains_key(&handle) {
            return;
        }
        let known = self.handles.entry(handle).or_default();
        if let Some(label) = label.filter(|label| label.len() <= LABEL_MAX && **label != *known.label) {
            known.label = label.into();
        }
        if stamp != (None, None) {
            known.stamp = stamp;
        }
    }

    /// Where a temperature is measured: the label of its numeric as shown on the monitor, else its physio id.
    fn site(&self, handle: (u16, u16), physio_id: u16) -> Box<str> {
        let label = self.handles.get(&handle).map(|known| text(&known.label)).unwrap_or_default();
        if label.is_empty() { alloc::format!("{physio_id:04X}").into_boxed_str() } else { label.into_boxed_str() }
    }
}

impl Sheet<'_> {
    fn value(
        &mut self,
        observed: Observed,
        vital: Vital,
        origin: Option<Origin>,
        site: Option<Box<str>>,
        stamp: Stamp,
    ) -> Result<(), UnknownUnit> {
        let unit = observed.unit(vital)?;
        self.out.push(Finding::Observation(Observation {
            origin,
            site,
            measured: self.measured(stamp),
            flags: flags(observed.state),
            synthetic: observed.is_synthetic(),
            ..Observation::new(vital, observed.reading(), unit, self.bytes.clone())
        }));
        Ok(())
    }

    /// When a numeric was measured: by its own stamp, else when the reply was made. `None`: when it arrived.
    fn measured(&self, (absolute, relative): Stamp) -> Option<Measured> {
        match (absolute.and_then(civil), self.relative.zip(relative)) {
            // Both dates are the monitor's: its clock may be years off, and the age is right all the same.
            (Some(at), _) if self.face.is_some() => Some(Measured::At { at, sent: self.face }),
            (_, Some((now, stamp))) => Some(Measured::Ago(age(now, stamp))),
            (Some(at), None) => Some(Measured::At { at, sent: None }),
            (None, None) => self.sent.map(|at| Measured::At { at, sent: Some(at) }),
        }
    }
}

/// Label and time stamp of a numeric, where sent. A date of all FF is none.
fn static_attributes(object: Object<'_>) -> (Option<&[u8]>, Stamp) {
    let (mut label, mut absolute, mut relative) = (None, None, None);
    object.attributes(|id, mut value| match id {
        attribute::LABEL => label = value.sized().map(|text| text.0),
        attribute::ABSOLUTE_TIME => absolute = value.eight().filter(|bcd| civil(*bcd).is_some()),
        attribute::RELATIVE_TIME => relative = value.u32(),
        _ => {}
    });
    (label, (absolute, relative))
}

/// Calls `each` for every observed value of a numeric, single or compound.
fn observed_values(object: Object<'_>, mut each: impl FnMut(Observed)) {
    object.attributes(|id, mut value| {
        let (count, mut values) = match id {
            attribute::OBSERVED_VALUE => (1, value),
            attribute::COMPOUND_VALUE => value.list().unwrap_or((0, Reader(&[]))),
            _ => return,
        };
        for _ in 0..count {
            let Some(observed) = Observed::read(&mut values) else { break };
            each(observed);
        }
    });
}

/// UTF-16, big-endian, without its padding of blanks and zeros.
fn text(utf16: &[u8]) -> String {
    let units = utf16.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).into()
}
