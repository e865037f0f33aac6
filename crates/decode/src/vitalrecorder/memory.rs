//! What is remembered of each bed between uploads, in bounded memory; the bed not heard of for longest is forgotten first.

use super::tracks::Meaning;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use chairside_observation::{Civil, Decimal, Micros, Origin, Unit, Vital};

/// Beds remembered: several times those of the largest clinic.
const BEDS_MAX: usize = 256;
/// Devices whose cuffs are remembered for each bed. VitalRecorder has at most a dozen devices at one bed.
const CUFFS_MAX: usize = 8;
/// Series remembered for each bed: nine vitals, some from several signals, channels and devices.
const SERIES_MAX: usize = 32;

/// A monitor that shows an old cuff reading has it sent within this time: devices are read every 1 to 7 s, and gateways
/// send at least once a minute. A first reading after that was not there before.
const HELD_MAX: Micros = Micros::from_secs(90);

/// What the numbers of a cuff are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cuffed {
    /// Told before.
    Repeat,
    /// A new measurement.
    New,
    /// Heard for the first time, perhaps long after it was measured.
    First,
}

/// All beds.
#[derive(Debug, Default)]
pub(super) struct Memory {
    beds: Vec<Bed>,
    turn: u64,
}

/// One bed.
#[derive(Debug)]
pub(super) struct Bed {
    name: Box<str>,
    used: u64,
    /// When its first upload was sent.
    began: Option<Civil>,
    cuffs: Vec<Cuff>,
    series: Vec<Series>,
}

/// Where the numbers of a vital come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Device, by its name in VitalRecorder.
    pub(super) device: Box<str>,
    /// Track, or what the tracks of one pressure have in common; empty when nothing.
    pub(super) channel: Box<str>,
}

/// The numbers a cuff had last.
#[derive(Debug)]
struct Cuff {
    place: Place,
    unit: Unit,
    parts: [Option<Decimal>; 3],
}

/// One series of a vital, in the order they were first heard.
#[derive(Debug)]
struct Series {
    vital: Vital,
    origin: Option<Origin>,
    place: Place,
}

impl Memory {
    /// The bed of this name, made when it is new.
    pub(super) fn bed(&mut self, name: &str) -> &mut Bed {
        self.turn += 1;
        let at = self.beds.iter().position(|b| *b.name == *name).unwrap_or_else(|| self.make(name));
        let bed = &mut self.beds[at];
        bed.used = self.turn;
        bed
    }

    fn make(&mut self, name: &str) -> usize {
        let bed = Bed { name: name.into(), used: 0, began: None, cuffs: Vec::new(), series: Vec::new() };
        if self.beds.len() < BEDS_MAX {
            self.beds.push(bed);
            return self.beds.len() - 1;
        }
        let oldest = (0..self.beds.len()).min_by_key(|at| self.beds[*at].used).unwrap_or(0);
        self.beds[oldest] = bed;
        oldest
    }
}

impl Bed {
    /// An upload of this bed was sent at this time.
    pub(super) fn heard(&mut self, at: Option<Civil>) {
        self.began = self.began.or(at);
    }

    /// What these numbers of a cuff are. VitalRecorder writes what a monitor shows, so a monitor that goes on showing its
    /// last reading has it sent again and again with the time of now: only a number that changed proves a new
    /// measurement. Two measurements with the same three numbers count as one; that makes a reading older than it is, never
    /// younger. Of a reading that was there from the beginning nobody knows the time (H02).
    pub(super) fn cuff(&mut self, place: &Place, unit: Unit, at: Option<Civil>, parts: [Option<Decimal>; 3]) -> Cuffed {
        let Some(cuff) = self.cuffs.iter_mut().find(|c| c.place == *place) else {
            if self.cuffs.len() >= CUFFS_MAX {
                self.cuffs.remove(0);
            }
            self.cuffs.push(Cuff { place: place.clone(), unit, parts });
            let was_not_there = at.zip(self.began).is_some_and(|(at, began)| at.face() - began.face() > HELD_MAX);
            return if was_not_there { Cuffed::New } else { Cuffed::First };
        };
        let same = |(new, old): (&Option<Decimal>, &Option<Decimal>)| new.is_none() || new == old;
        if cuff.unit == unit && parts.iter().zip(&cuff.parts).all(same) {
            return Cuffed::Repeat;
        }
        let old = if cuff.unit == unit { cuff.parts } else { [None; 3] };
        cuff.unit = unit;
        cuff.parts = [0, 1, 2].map(|at| parts[at].or(old[at]));
        Cuffed::New
    }

    /// What tells a second series of a vital from the first, which is the usual one and has no site: its device, or on the
    /// same device its channel.
    pub(super) fn site(&mut self, meaning: Meaning, place: &Place) -> Option<Box<str>> {
        let mut of_vital = self.series.iter().filter(|s| s.vital == meaning.vital && s.origin == meaning.origin);
        let Some(first) = of_vital.next() else {
            self.note(meaning, place);
            return None;
        };
        if first.place == *place {
            return None;
        }
        let of_device = of_vital.clone().find(|s| s.place.device == place.device);
        let site = if first.place.device == place.device {
            place.channel.clone()
        } else if of_device.is_none_or(|s| s.place == *place) {
            place.device.clone()
        } else {
            format!("{} {}", place.device, place.channel).into()
        };
        if !of_vital.any(|s| s.place == *place) {
            self.note(meaning, place);
        }
        Some(site)
    }

    fn note(&mut self, meaning: Meaning, place: &Place) {
        if self.series.len() < SERIES_MAX {
            self.series.push(Series { vital: meaning.vital, origin: meaning.origin, place: place.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(device: &str, channel: &str) -> Place {
        Place { device: device.into(), channel: channel.into() }
    }

    fn parts(systolic: i64, diastolic: i64) -> [Option<Decimal>; 3] {
        [Some(Decimal::whole(systolic)), Some(Decimal::whole(diastolic)), None]
    }

    /// What the cuff of a device at the bed is, `after_s` seconds into it.
    fn cuffed(bed: &mut Bed, device: &str, unit: Unit, after_s: i64, parts: [Option<Decimal>; 3]) -> Cuffed {
        bed.heard(Civil::from_unix_s(1_777_975_200));
        bed.cuff(&place(device, "NIBP"), unit, Civil::from_unix_s(1_777_975_200 + after_s), parts)
    }

    #[test]
    fn h02_a_cuff_reading_is_new_when_a_number_changed() {
        let mut memory = Memory::default();
        let bed = memory.bed("1");
        let systolic = [Some(Decimal::whole(120)), None, None];
        for (device, unit, after_s, parts, expected) in [
            ("a", Unit::MmHg, 1, parts(120, 80), Cuffed::First),
            ("a", Unit::MmHg, 2, parts(120, 80), Cuffed::Repeat),
            ("a", Unit::MmHg, 3, systolic, Cuffed::Repeat),
            ("a", Unit::MmHg, 300, parts(120, 80), Cuffed::Repeat),
            ("a", Unit::MmHg, 301, parts(120, 81), Cuffed::New),
            ("a", Unit::MmHg, 600, parts(120, 80), Cuffed::New),
            ("a", Unit::KPa, 601, parts(120, 80), Cuffed::New),
            ("b", Unit::MmHg, 90, parts(120, 80), Cuffed::First),
            ("c", Unit::MmHg, 91, parts(120, 80), Cuffed::New),
        ] {
            assert_eq!(cuffed(bed, device, unit, after_s, parts), expected, "{device} after {after_s} s");
        }
        assert_eq!(cuffed(memory.bed("2"), "a", Unit::MmHg, 0, parts(120, 80)), Cuffed::First, "another bed");
    }

    #[test]
    fn parts_sent_one_after_another_are_told_once_each() {
        let mut memory = Memory::default();
        let bed = memory.bed("1");
        let systolic = [Some(Decimal::whole(120)), None, None];
        let diastolic = [None, Some(Decimal::whole(80)), None];
        let told = [systolic, diastolic, systolic, diastolic].map(|p| cuffed(bed, "a", Unit::MmHg, 100, p));
        assert_eq!(told, [Cuffed::New, Cuffed::New, Cuffed::Repeat, Cuffed::Repeat]);
    }

    #[test]
    fn the_bed_not_heard_of_for_longest_is_forgotten() {
        let mut memory = Memory::default();
        for n in 0..BEDS_MAX {
            cuffed(memory.bed(&format!("{n}")), "a", Unit::MmHg, 0, parts(120, 80));
        }
        memory.bed("0");
        memory.bed("one more");
        assert_eq!(memory.beds.len(), BEDS_MAX);
        assert_eq!(cuffed(memory.bed("0"), "a", Unit::MmHg, 1, parts(120, 80)), Cuffed::Repeat, "heard of last");
        assert_eq!(cuffed(memory.bed("1"), "a", Unit::MmHg, 1, parts(120, 80)), Cuffed::First, "forgotten");
    }

    #[test]
    fn a_second_series_of_a_vital_is_told_apart_for_good() {
        let mut memory = Memory::default();
        let meaning = Meaning { vital: Vital::Temperature, part: None, origin: None };
        let bed = memory.bed("1");
        for _ in 0..2 {
            for (device, channel, expected) in [
                ("Solar", "BT1", None),
                ("Solar", "BT2", Some("BT2")),
                ("Root", "T", Some("Root")),
                ("Root", "U", Some("Root U")),
            ] {
                assert_eq!(bed.site(meaning, &place(device, channel)).as_deref(), expected, "{device}/{channel}");
            }
        }
    }
}
