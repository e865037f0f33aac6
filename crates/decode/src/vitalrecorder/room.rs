//! The values of one room in one upload: pressures put together, cuffs told once, every reading with its bed and device.

use super::memory::{Cuffed, Memory, Place};
use super::tracks::{Meaning, Track};
use super::value::Stated;
use crate::Finding;
use crate::hl7::codes::{Part, usual_unit};
use crate::hl7::limits;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use chairside_observation::{
    Absence, Amount, Civil, Context, Decimal, Doubt, Flag, Flags, Measured, Micros, Observation, Reading, Unit, Vital,
};
use core::ops::Range;

/// Records held of one room before they are settled: those of a minute, the longest an upload covers, from 64 tracks.
pub(super) const ITEMS_MAX: usize = 4096;
/// The parts of one pressure are recorded together. A cuff takes longer than this, so two measurements never meet.
const TOGETHER: Micros = Micros::from_secs(1);

/// What holds for a whole room.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The upload in the stream.
    pub(super) bytes: Range<u64>,
    /// Room name, which is the bed's.
    pub(super) bed: String,
    /// Patient identifier, where sent.
    pub(super) patient: Option<Box<str>>,
    /// VitalRecorder's clock when it sent.
    pub(super) sent: Option<Civil>,
}

/// One value of a track.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// What it is.
    pub(super) meaning: Meaning,
    /// Its unit, if it has a sound one.
    pub(super) unit: Option<Unit>,
    /// When it was recorded.
    pub(super) at: Option<Civil>,
    /// What stands there.
    pub(super) stated: Stated,
    /// Of VitalRecorder's demonstration device.
    pub(super) synthetic: bool,
}

#[derive(Clone, Debug)]
struct Item {
    meaning: Meaning,
    unit: Unit,
    at: Option<Civil>,
    value: Result<Decimal, Absence>,
    doubt: Option<Doubt>,
    synthetic: bool,
    /// Its place in [`Room::places`].
    place: usize,
    done: bool,
}

/// One room.
pub(super) struct Room<'m> {
    facts: Facts,
    memory: &'m mut Memory,
    places: Vec<(Place, Option<Arc<Context>>)>,
    items: Vec<Item>,
}

impl<'m> Room<'m> {
    pub(super) fn new(facts: Facts, memory: &'m mut Memory) -> Self {
        memory.bed(&facts.bed).heard(facts.sent);
        Self { facts, memory, places: Vec::new(), items: Vec::new() }
    }

    /// Holds one value. `false` when it was not understood: it is not shown then.
    pub(super) fn take(&mut self, track: &Track<'_>, record: &Record, out: &mut Vec<Finding>) -> bool {
        let Record { meaning, unit, at, synthetic, .. } = *record;
        let (value, unproven) = match record.stated {
            Stated::Value(value) => (Ok(value), false),
            Stated::Comma(value) => (Ok(value), true),
            Stated::Absent(why) => (Err(why), false),
            Stated::Unreadable => return false,
        };
        // A cuff is an event: between two measurements there is none, and that takes no reading back.
        if value.is_err() && meaning.vital == Vital::Nibp {
            return true;
        }
        let Some(unit) = unit.or_else(|| value.is_err().then(|| usual_unit(meaning.vital))) else { return false };
        if self.items.len() >= ITEMS_MAX {
            self.settle(out);
        }
        let doubt = match value {
            Ok(value) if !is_plausible(meaning.vital, unit, value) => Some(Doubt::Implausible),
            _ => unproven.then_some(Doubt::Unproven),
        };
        let place = self.place(&track.device, track.channel(meaning));
        self.items.push(Item { meaning, unit, at, value, doubt, synthetic, place, done: false });
        true
    }

    /// Tells everything held.
    pub(super) fn settle(&mut self, out: &mut Vec<Finding>) {
        let mut items = core::mem::take(&mut self.items);
        for at in 0..items.len() {
            if items[at].done {
                continue;
            }
            let told =
                if items[at].meaning.part.is_some() { self.pressure(&mut items, at) } else { Some(single(&items[at])) };
            if let Some(reading) = told {
                out.push(Finding::Observation(self.observation(&items[at], reading)));
            }
        }
    }

    /// All parts of one pressure as one reading; `None` for a cuff reading told before.
    fn pressure(&mut self, items: &mut [Item], first: usize) -> Option<Reading> {
        let lead = items[first].clone();
        let (mut parts, mut doubt, mut absence) = ([None; 3], None, None);
        for item in &mut items[first..] {
            if item.done || !belongs(&lead, item, &self.places) {
                continue;
            }
            let slot = match item.meaning.part {
                Some(Part::Systolic) => 0,
                Some(Part::Diastolic) => 1,
                _ => 2,
            };
            match item.value {
                // The same part a second time begins the next reading.
                Ok(_) if parts[slot].is_some() => continue,
                Ok(value) => parts[slot] = Some(value),
                Err(why) => absence = absence.or(Some(why)),
            }
            doubt = worse(doubt, item.doubt);
            item.done = true;
        }
        if parts == [None; 3] {
            return Some(Reading::Absent(absence.unwrap_or(Absence::NoValue)));
        }
        let [systolic, diastolic, mean] = parts;
        if let (Some(systolic), Some(diastolic)) = (systolic, diastolic)
            && systolic.compare(diastolic).is_lt()
        {
            doubt = Some(Doubt::Implausible);
        }
        if lead.meaning.vital == Vital::Nibp {
            let place = &self.places[lead.place].0;
            match self.memory.bed(&self.facts.bed).cuff(place, lead.unit, lead.at, parts) {
                Cuffed::Repeat => return None,
                Cuffed::New => {}
                Cuffed::First => doubt = doubt.or(Some(Doubt::UnknownTime)),
            }
        }
        Some(doubted(Amount::Pressure { systolic, diastolic, mean }, doubt))
    }

    fn observation(&mut self, item: &Item, reading: Reading) -> Observation {
        let (place, context) = &self.places[item.place];
        let site = self.memory.bed(&self.facts.bed).site(item.meaning, place);
        Observation {
            origin: item.meaning.origin,
            site,
            measured: item.at.map(|at| Measured::At { at, sent: self.facts.sent }),
            flags: Flags::NONE.with(Flag::ViaVitalRecorder),
            synthetic: item.synthetic,
            context: context.clone(),
            ..Observation::new(item.meaning.vital, reading, item.unit, self.facts.bytes.clone())
        }
    }

    fn place(&mut self, device: &str, channel: &str) -> usize {
        let known = |(place, _): &(Place, _)| *place.device == *device && *place.channel == *channel;
        if let Some(at) = self.places.iter().position(known) {
            return at;
        }
        let word = |text: &str| -> Option<Box<str>> { (!text.is_empty()).then(|| text.into()) };
        let context = Context {
            bed: word(&self.facts.bed),
            patient: self.facts.patient.clone(),
            device: word(device),
            ..Context::default()
        };
        let context = (context != Context::default()).then(|| Arc::new(context));
        self.places.push((Place { device: device.into(), channel: channel.into() }, context));
        self.places.len() - 1
    }
}

fn single(item: &Item) -> Reading {
    match item.value {
        Ok(value) => doubted(Amount::One(value), item.doubt),
        Err(why) => Reading::Absent(why),
    }
}

/// Whether two records are parts of one pressure. Track names that say nothing of a channel do not part them.
fn belongs(a: &Item, b: &Item, places: &[(Place, Option<Arc<Context>>)]) -> bool {
    let together = match (a.at, b.at) {
        (Some(x), Some(y)) => (x.face() - y.face()).0.abs() < TOGETHER.0,
        (x, y) => x.is_none() && y.is_none(),
    };
    let (p, q) = (&places[a.place].0, &places[b.place].0);
    let one_channel = p.channel == q.channel || p.channel.is_empty() || q.channel.is_empty();
    let one_vital = a.meaning.vital == b.meaning.vital && b.meaning.part.is_some();
    one_vital && together && p.device == q.device && one_channel && (a.unit == b.unit || b.value.is_err())
}

/// Within what a patient can have. A zero where there is none is no value of the monitor's own, but not ours to hide.
fn is_plausible(vital: Vital, unit: Unit, value: Decimal) -> bool {
    let (low, high) = limits(vital, unit);
    let can_be_zero = matches!(vital, Vital::RespRate | Vital::EtCo2 | Vital::PerfusionIndex | Vital::Art);
    let in_limits = value.compare(Decimal::whole(low)).is_ge() && value.compare(Decimal::whole(high)).is_le();
    in_limits && (can_be_zero || value.units() != 0)
}

const fn doubted(amount: Amount, doubt: Option<Doubt>) -> Reading {
    match doubt {
        None => Reading::Valid(amount),
        Some(doubt) => Reading::Questionable(amount, doubt),
    }
}

/// "Implausible" outweighs every other doubt, and any doubt outweighs none.
fn worse(a: Option<Doubt>, b: Option<Doubt>) -> Option<Doubt> {
    if b == Some(Doubt::Implausible) { b } else { a.or(b) }
}
