//! What is remembered of each bed between messages: its context, ready to be shared; the cuff readings already told; and,
//! for senders of full snapshots, what had a value before. Bounded; the bed not heard of for longest is forgotten first.

use super::message::{Delimiters, is_null};
use super::text::{Charset, text};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use chairside_observation::{Amount, Civil, Context, Origin, Unit, Vital};

/// Beds remembered. A clinic has tens; a hospital gateway may carry a few hundred. A bed that drops out and returns costs one
/// allocation, and its last cuff reading is told once more.
pub(super) const BEDSIDES_MAX: usize = 256;

/// Longest identity field taken, in bytes: HL7 gives names and identifiers 250. A longer one is no identity; its message is
/// told as a fault.
pub(super) const IDENTITY_MAX: usize = 250;

/// Cuff readings remembered for each bed: the last pressure and pulse, and what a sender may list beside them.
const CUFFS: usize = 8;

/// Series remembered for each bed of a snapshot sender; a monitor shows far fewer.
const SERIES_MAX: usize = 32;

/// The identity of a group, byte for byte as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity<'m> {
    /// Bed.
    pub(super) bed: &'m [u8],
    /// Unit or point of care.
    pub(super) unit: &'m [u8],
    /// PID-3, component 1.
    pub(super) patient: &'m [u8],
    /// PID-5, first repetition.
    pub(super) name: &'m [u8],
    /// Device of the row.
    pub(super) device: &'m [u8],
    /// Delimiters of the message.
    pub(super) delimiters: Delimiters,
    /// Character set of the message.
    pub(super) charset: Charset,
}

impl Identity<'_> {
    /// Whether each field is short enough to be one.
    #[must_use]
    pub(super) fn is_sound(&self) -> bool {
        [self.bed, self.unit, self.patient, self.name, self.device].iter().all(|f| f.len() <= IDENTITY_MAX)
    }

    /// All fields with their lengths: equal keys mean equal identities.
    fn write_key(&self, key: &mut Vec<u8>) {
        key.clear();
        let d = &self.delimiters;
        key.extend_from_slice(&[d.component, d.escape, u8::from(self.charset == Charset::Latin1)]);
        for field in [self.bed, self.unit, self.patient, self.name, self.device] {
            key.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_le_bytes());
            key.extend_from_slice(field);
        }
    }

    fn context(&self) -> Option<Arc<Context>> {
        let word = |field: &[u8]| -> Option<Box<str>> {
            let text = text(field.trim_ascii(), &self.delimiters, self.charset);
            (!is_null(field.trim_ascii())).then(|| text.into())
        };
        let context = Context {
            bed: word(self.bed),
            unit: word(self.unit),
            patient: word(self.patient),
            name: self.name(),
            device: word(self.device),
        };
        (context != Context::default()).then(|| Arc::new(context))
    }

    /// The first five components (the parts of a name), in the order sent, without empty ones at the end. The null token is
    /// no name.
    fn name(&self) -> Option<Box<str>> {
        let d = &self.delimiters;
        let part = |n| Some(d.component(self.name, n)).filter(|p| !is_null(p)).unwrap_or(&[]);
        let last = (1..=5).rev().find(|n| !part(*n).is_empty())?;
        let mut name = String::new();
        for n in 1..=last {
            if n > 1 {
                name.push('^');
            }
            name.push_str(&text(part(n), d, self.charset));
        }
        Some(name.into())
    }
}

/// One cuff measurement: its time, and what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CuffEvent {
    /// When, as far as known.
    pub(super) measured: Option<Civil>,
    /// The pressure, or the pulse found on the way.
    pub(super) amount: Amount,
}

/// One series of a snapshot sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Series {
    /// Its vital.
    pub(super) vital: Vital,
    /// Its signal.
    pub(super) origin: Option<Origin>,
    /// Its site.
    pub(super) site: Option<Cow<'static, str>>,
    /// Unit last sent.
    pub(super) unit: Unit,
    /// Whether the snapshot being read has it.
    pub(super) here: bool,
}

/// The memory of one bed.
#[derive(Debug)]
pub(super) struct Bedside {
    /// Its number; never given twice.
    pub(super) id: u64,
    hash: u64,
    key: Box<[u8]>,
    used: u64,
    /// Its context; `None` when the message names nothing.
    pub(super) context: Option<Arc<Context>>,
    cuffs: [Option<CuffEvent>; CUFFS],
    next_cuff: usize,
    /// What a snapshot of this bed had.
    pub(super) series: Vec<Series>,
}

impl Bedside {
    /// Whether this cuff reading was not told before; remembers it.
    pub(super) fn is_new(&mut self, event: CuffEvent) -> bool {
        if self.cuffs.contains(&Some(event)) {
            return false;
        }
        self.cuffs[self.next_cuff] = Some(event);
        self.next_cuff = (self.next_cuff + 1) % CUFFS;
        true
    }

    /// Takes note that a snapshot has this series.
    pub(super) fn note(&mut self, vital: Vital, origin: Option<Origin>, site: Option<&str>, unit: Unit) {
        let same = |s: &&mut Series| s.vital == vital && s.origin == origin && s.site.as_deref() == site;
        if let Some(series) = self.series.iter_mut().find(same) {
            (series.here, series.unit) = (true, unit);
        } else if self.series.len() < SERIES_MAX {
            let site = site.map(|s| Cow::Owned(String::from(s)));
            self.series.push(Series { vital, origin, site, unit, here: true });
        }
    }
}

/// All beds remembered.
#[derive(Debug, Default)]
pub(super) struct Bedsides {
    beds: Vec<Bedside>,
    /// Kept between calls so that looking up allocates nothing.
    key: Vec<u8>,
    made: u64,
    turn: u64,
}

impl Bedsides {
    /// The bed of this identity, made when it is new.
    pub(super) fn of(&mut self, identity: &Identity<'_>) -> &Bedside {
        identity.write_key(&mut self.key);
        let hash = fnv_1a(&self.key);
        self.turn += 1;
        let at = match self.beds.iter().position(|b| b.hash == hash && *b.key == *self.key) {
            Some(at) => at,
            None => self.make(identity, hash),
        };
        self.beds[at].used = self.turn;
        &self.beds[at]
    }

    /// The bed of this number, unless it was forgotten.
    pub(super) fn by_id(&mut self, id: u64) -> Option<&mut Bedside> {
        self.beds.iter_mut().find(|b| b.id == id)
    }

    fn make(&mut self, identity: &Identity<'_>, hash: u64) -> usize {
        let context = identity.context();
        let (cuffs, next_cuff) = self.known_cuffs(context.as_deref());
        self.made += 1;
        let bed = Bedside {
            id: self.made,
            hash,
            key: self.key.as_slice().into(),
            used: 0,
            context,
            cuffs,
            next_cuff,
            series: Vec::new(),
        };
        if self.beds.len() < BEDSIDES_MAX {
            self.beds.push(bed);
            return self.beds.len() - 1;
        }
        let oldest = (0..self.beds.len()).min_by_key(|at| self.beds[*at].used).unwrap_or(0);
        self.beds[oldest] = bed;
        oldest
    }

    /// The cuff readings already told of the same patient in the same place: a name corrected at the monitor does not make an
    /// old reading new. Without a patient id the name is all the identity there is, and nothing is taken over.
    fn known_cuffs(&self, context: Option<&Context>) -> ([Option<CuffEvent>; CUFFS], usize) {
        let same = |b: &&Bedside| match (b.context.as_deref(), context) {
            (Some(a), Some(b)) => {
                a.patient.is_some()
                    && (&a.patient, &a.bed, &a.unit, &a.device) == (&b.patient, &b.bed, &b.unit, &b.device)
            }
            _ => false,
        };
        let known = self.beds.iter().filter(same).max_by_key(|b| b.used);
        known.map_or(([None; CUFFS], 0), |b| (b.cuffs, b.next_cuff))
    }
}

/// Fowler, Noll and Vo's hash: short keys, no table, no dependency. Equal hashes are followed by a comparison.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, b| (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use chairside_observation::Decimal;

    fn identity<'a>(bed: &'a str, patient: &'a str, name: &'a str) -> Identity<'a> {
        Identity {
            bed: bed.as_bytes(),
            unit: b"ICU",
            patient: patient.as_bytes(),
            name: name.as_bytes(),
            device: b"",
            delimiters: Delimiters::USUAL,
            charset: Charset::Utf8OrLatin1,
        }
    }

    fn cuff(systolic: i64) -> CuffEvent {
        let part = |n| Some(Decimal::whole(n));
        CuffEvent {
            measured: Civil::new(2026, 5, 1, 10, 0, 0),
            amount: Amount::Pressure { systolic: part(systolic), diastolic: part(80), mean: None },
        }
    }

    #[test]
    fn one_identity_shares_one_context() {
        let mut beds = Bedsides::default();
        let first = beds.of(&identity("1", "A", "")).context.clone().unwrap();
        let other = beds.of(&identity("2", "A", "")).context.clone().unwrap();
        let again = beds.of(&identity("1", "A", "")).context.clone().unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert_ne!(first, other, "H01: two beds never share a context");
    }

    #[test]
    fn fields_never_run_into_each_other() {
        let mut beds = Bedsides::default();
        let a = beds.of(&identity("1", "23", "")).id;
        let b = beds.of(&identity("12", "3", "")).id;
        assert_ne!(a, b);
    }

    #[test]
    fn the_null_token_is_no_name_and_no_patient() {
        let mut beds = Bedsides::default();
        let context = beds.of(&identity("1", "\"\"", "\"\"^\"\"")).context.clone().unwrap();
        assert_eq!((context.patient.as_deref(), context.name.as_deref()), (None, None));
        let context = beds.of(&identity("1", "7", r"LAZY^KIT\T\Y^^^^^L")).context.clone().unwrap();
        assert_eq!(context.name.as_deref(), Some("LAZY^KIT&Y"));
        let context = beds.of(&identity("1", "7", "^^^^^^L")).context.clone().unwrap();
        assert_eq!(context.name, None, "a name type is no name");
        let nothing = Identity { unit: b"", ..identity("", "", "") };
        assert_eq!(beds.of(&nothing).context, None);
    }

    #[test]
    fn h02_a_cuff_reading_is_new_once() {
        let mut beds = Bedsides::default();
        let id = beds.of(&identity("1", "A", "X^Y")).id;
        let bed = beds.by_id(id).unwrap();
        assert!(bed.is_new(cuff(120)));
        assert!(!bed.is_new(cuff(120)));
        assert!(bed.is_new(cuff(121)));
        assert!(!bed.is_new(cuff(120)), "a resend out of order is not new either");

        let corrected = beds.of(&identity("1", "A", "X^Z")).id;
        assert!(!beds.by_id(corrected).unwrap().is_new(cuff(121)), "a corrected name does not make it new");
        let next = beds.of(&identity("1", "B", "X^Z")).id;
        assert!(beds.by_id(next).unwrap().is_new(cuff(121)), "another patient's is another reading");
    }

    #[test]
    fn the_bed_not_heard_of_for_longest_is_forgotten_first() {
        let mut beds = Bedsides::default();
        let kept = beds.of(&identity("kept", "", "")).id;
        for n in 0..BEDSIDES_MAX {
            beds.of(&identity(&format!("{n}"), "", ""));
            beds.of(&identity("kept", "", ""));
        }
        assert_eq!(beds.beds.len(), BEDSIDES_MAX);
        assert_eq!(beds.of(&identity("kept", "", "")).id, kept);
    }
}
