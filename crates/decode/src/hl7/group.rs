//! The rows of one group (one patient, one OBR) become observations: parts of a pressure are merged, rows of one parameter are
//! told apart or weighed against each other, a repeated cuff reading is left out.

use super::bedside::{Bedsides, CuffEvent};
use super::codes::{Line, Parameter, Part};
use super::profile::Profile;
use super::row::Channel;
use crate::Finding;
use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;
use chairside_observation::{
    Absence, Amount, Civil, Context, Decimal, Doubt, Flags, Measured, Observation, Origin, Reading, Unit, Vital,
};
use core::ops::Range;

/// Rows held before they are settled. The largest message seen has 15 rows of vitals; a group with more is settled in pieces.
pub(super) const ITEMS_MAX: usize = 256;

/// One row that states a vital.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What it measures.
    pub(super) parameter: Parameter,
    /// The number or why there is none.
    pub(super) value: Result<Decimal, Absence>,
    /// Its unit.
    pub(super) unit: Unit,
    /// Doubt on the value.
    pub(super) doubt: Option<Doubt>,
    /// OBX-14.
    pub(super) time: Option<Civil>,
    /// Module and channel.
    pub(super) channel: Option<Channel>,
    /// Site, once it is settled.
    pub(super) site: Option<Cow<'static, str>>,
    /// Words beside the value.
    pub(super) flags: Flags,
    /// Bed of the row.
    pub(super) bed: u64,
    /// Context of the row.
    pub(super) context: Option<Arc<Context>>,
    /// Already part of an observation, or left out.
    pub(super) done: bool,
}

impl Item {
    fn is_pressure(&self) -> bool {
        self.parameter.part.is_some()
    }

    fn origin(&self) -> Option<Origin> {
        self.parameter.origin
    }

    fn is_cuff(&self) -> bool {
        self.parameter.vital == Vital::Nibp || self.origin() == Some(Origin::Cuff)
    }

    /// The same series of the same bed at the same time, apart from the channel.
    fn is_beside(&self, other: &Self) -> bool {
        self.bed == other.bed
            && self.parameter.vital == other.parameter.vital
            && self.parameter.part == other.parameter.part
            && self.parameter.line == other.parameter.line
            && self.origin() == other.origin()
            && self.site == other.site
    }
}

/// What holds for a whole group.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The dialect.
    pub(super) profile: Profile,
    /// The message in the stream.
    pub(super) bytes: Range<u64>,
    /// OBR-7.
    pub(super) group_time: Option<Civil>,
    /// The monitor's clock when it sent: the later of OBR-7 and MSH-7.
    pub(super) sent: Option<Civil>,
    /// Demonstration or test data.
    pub(super) synthetic: bool,
    /// The bed is in another mode than monitoring: numbers are held back.
    pub(super) not_monitoring: bool,
}

/// Settles a group: appends its observations to `out` and empties `items`.
pub(super) fn settle(items: &mut Vec<Item>, facts: &Facts, bedsides: &mut Bedsides, out: &mut Vec<Finding>) {
    if facts.not_monitoring {
        for item in items.iter_mut() {
            item.value = Err(Absence::NotMonitoring);
        }
    }
    name_temperatures(items, facts.profile);
    weigh_repeats(items);
    drop_lone_means(items);
    for at in 0..items.len() {
        if items[at].done {
            continue;
        }
        let observation = if items[at].is_pressure() { pressure(items, at, facts) } else { single(items, at, facts) };
        let Some(observation) = observation else { continue };
        let (bed, is_cuff) = (items[at].bed, items[at].is_cuff());
        let own_time = items[at].time;
        if is_cuff && is_repeat(&observation, own_time, bed, facts, bedsides) {
            continue;
        }
        if facts.profile.is_snapshot()
            && !is_cuff
            && let Some(bedside) = bedsides.by_id(bed)
        {
            bedside.note(observation.vital, observation.origin, observation.site.as_deref(), observation.unit);
        }
        out.push(Finding::Observation(observation));
    }
    items.clear();
}

/// A cuff reading already told prints nothing, so it never refreshes "last NIBP".
fn is_repeat(
    observation: &Observation,
    own_time: Option<Civil>,
    bed: u64,
    facts: &Facts,
    bedsides: &mut Bedsides,
) -> bool {
    let Some(amount) = observation.reading.amount() else { return false };
    let group_time = if facts.profile.cuff_time_is_its_own() { None } else { facts.group_time };
    let event = CuffEvent { measured: own_time.or(group_time), amount };
    bedsides.by_id(bed).is_some_and(|bedside| !bedside.is_new(event))
}

/// Temperatures of no named site are told apart by their channel. Where the channel is the number of the socket it always
/// names the reading; elsewhere only a second one does.
fn name_temperatures(items: &mut [Item], profile: Profile) {
    const NAMES: [&str; 9] = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"];
    let plain = |i: &Item| i.parameter.vital == Vital::Temperature && i.site.is_none();
    if profile.channel_names_temperature() {
        for item in items.iter_mut().filter(|i| plain(i)) {
            let number = item.channel.and_then(|c| usize::try_from(c.channel).ok());
            let name = number.and_then(|n| NAMES.get(n.wrapping_sub(1)));
            item.site = name.map(|n| Cow::Borrowed(*n));
        }
        return;
    }
    let mut channels = [None; NAMES.len()];
    let mut known = 0;
    for item in items.iter().filter(|i| plain(i) && i.channel.is_some()) {
        if known < channels.len() && !channels[..known].contains(&item.channel) {
            channels[known] = item.channel;
            known += 1;
        }
    }
    if known > 1 {
        for item in items.iter_mut().filter(|i| plain(i)) {
            let at = channels[..known].iter().position(|c| *c == item.channel);
            item.site = at.map(|at| Cow::Borrowed(NAMES[at]));
        }
    }
}

/// Two rows of one parameter in one group. A value beats an absence; equal values are one; different values of two channels
/// are two readings; different values of one channel leave both questionable.
fn weigh_repeats(items: &mut [Item]) {
    const ORDINALS: [&str; 3] = ["2", "3", "4"];
    for at in 1..items.len() {
        let (before, rest) = items.split_at_mut(at);
        let item = &mut rest[0];
        let mut channels_before = 0;
        for other in before.iter_mut().filter(|o| !o.done) {
            if !other.is_beside(item) || item.done {
                continue;
            }
            match (other.value, item.value) {
                // An absent cuff row of no time beside a reading is an empty slot of the sender's list.
                (Ok(_), Err(_)) if item.time == other.time || item.is_cuff() => item.done = true,
                (Err(_), Ok(_)) if item.time == other.time || item.is_cuff() => other.done = true,
                (Err(_), Err(_)) => item.done = true,
                (Ok(a), Ok(b)) if item.time == other.time => {
                    if a.compare(b).is_eq() && item.unit == other.unit {
                        item.done = true;
                    } else if item.channel == other.channel {
                        other.doubt.get_or_insert(Doubt::Questionable);
                        item.doubt.get_or_insert(Doubt::Questionable);
                    } else {
                        channels_before += 1;
                    }
                }
                _ => {}
            }
        }
        if channels_before > 0 && !item.done && !item.is_pressure() {
            item.site = ORDINALS.get(channels_before - 1).map(|n| Cow::Borrowed(*n));
        }
    }
}

/// An arterial mean alone on its channel, beside a full pressure of the same line on another, is another module's copy
/// (Mindray cardiac output): the channel that also has systolic and diastolic is the line.
fn drop_lone_means(items: &mut [Item]) {
    for at in 0..items.len() {
        if items[at].done || items[at].parameter.vital != Vital::Art || items[at].parameter.part != Some(Part::Mean) {
            continue;
        }
        let on_its_channel = |o: &Item, part| belongs(&items[at], o) && o.parameter.part == Some(part);
        let complete = |part| items.iter().any(|o| on_its_channel(o, part));
        let elsewhere = items.iter().any(|o| {
            let beside = o.bed == items[at].bed && o.parameter.line == items[at].parameter.line;
            beside && o.parameter.part == Some(Part::Systolic) && o.channel != items[at].channel
        });
        if elsewhere && !complete(Part::Systolic) && !complete(Part::Diastolic) {
            items[at].done = true;
        }
    }
}

/// Whether two rows are parts of one pressure.
fn belongs(a: &Item, b: &Item) -> bool {
    let (p, q) = (a.parameter, b.parameter);
    p.vital == q.vital
        && p.line == q.line
        && a.bed == b.bed
        && a.time == b.time
        && (p.vital == Vital::Nibp || a.channel == b.channel)
}

fn single(items: &mut [Item], at: usize, facts: &Facts) -> Option<Observation> {
    let item = &mut items[at];
    item.done = true;
    let reading = match item.value {
        Ok(value) => doubted(Amount::One(value), item.doubt),
        Err(absence) => Reading::Absent(absence),
    };
    Some(observation(item, reading, facts))
}

/// All rows of one pressure become one observation; `None` when they say nothing a neighbour has not said.
fn pressure(items: &mut [Item], at: usize, facts: &Facts) -> Option<Observation> {
    let mut merged = items[at].clone();
    let (mut parts, mut absence) = ([None; 3], None);
    for item in &mut items[at..] {
        if item.done || !belongs(&merged, item) {
            continue;
        }
        item.done = true;
        let slot = match item.parameter.part {
            Some(Part::Systolic) => 0,
            Some(Part::Diastolic) => 1,
            _ => 2,
        };
        match item.value {
            Ok(value) if parts == [None; 3] || item.unit == merged.unit => {
                merged.unit = item.unit;
                parts[slot] = parts[slot].or(Some(value));
            }
            // Parts in different units contradict each other: no pressure can be made of them.
            Ok(_) => absence = Some(Absence::Invalid),
            Err(why) => absence = absence.or(Some(why)),
        }
        merged.doubt = worse(merged.doubt, item.doubt);
        merge_flags(&mut merged.flags, &item.flags);
    }
    let [systolic, diastolic, mean] = parts;
    if parts == [None; 3] {
        // Beside a full reading an empty cluster is a slot without a measurement.
        let covered = items.iter().any(|o| {
            let p = &o.parameter;
            p.vital == merged.parameter.vital
                && p.line == merged.parameter.line
                && o.bed == merged.bed
                && o.value.is_ok()
        });
        let absent = Reading::Absent(absence.unwrap_or(Absence::NoValue));
        return (!covered).then(|| observation(&mut merged, absent, facts));
    }
    if let (Some(systolic), Some(diastolic)) = (systolic, diastolic)
        && systolic.compare(diastolic).is_lt()
    {
        merged.doubt = Some(Doubt::Implausible);
    }
    let amount = Amount::Pressure { systolic, diastolic, mean };
    let reading = doubted(amount, merged.doubt);
    if several_lines(items, &merged) {
        merged.site = Some(Cow::Borrowed(if merged.parameter.line == Line::Abp { "ABP" } else { "ART" }));
    }
    Some(observation(&mut merged, reading, facts))
}

/// Whether the bed has arterial pressures of both code families.
fn several_lines(items: &[Item], merged: &Item) -> bool {
    let other =
        |o: &Item| o.parameter.vital == Vital::Art && o.parameter.line != merged.parameter.line && o.bed == merged.bed;
    merged.parameter.vital == Vital::Art && items.iter().any(other)
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

fn merge_flags(into: &mut Flags, from: &Flags) {
    if from.is_empty() {
        return;
    }
    for flag in from.known() {
        into.insert(flag);
    }
    if let Some(others) = from.others()
        && into.others().is_none()
    {
        into.insert_other(others);
    }
}

fn observation(item: &mut Item, reading: Reading, facts: &Facts) -> Observation {
    let at = item.time.or(facts.group_time);
    Observation {
        vital: item.parameter.vital,
        reading,
        unit: item.unit,
        origin: item.parameter.origin,
        site: item.site.take().map(Into::into),
        measured: at.map(|at| Measured::At { at, sent: facts.sent }),
        flags: core::mem::take(&mut item.flags),
        synthetic: facts.synthetic,
        context: item.context.take(),
        bytes: facts.bytes.clone(),
    }
}
