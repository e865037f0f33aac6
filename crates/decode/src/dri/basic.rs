//! A view of the basic class of a physiological subrecord: groups of status, label and 16-bit values.

use super::frame::{PHYSIOLOGICAL_LEN, i16_at, u16_at, u32_at};
use chairside_observation::{Absence, Flag, Flags};

/// Where the groups stand, counted from the start of the 270 bytes of data, and the fields in a group.
pub(super) mod field {
    /// The data begin behind the subrecord's own time.
    pub(super) const DATA: usize = 4;
    /// Class word, `u16`: class in bits 8 to 11. Its low byte is level and subtype.
    pub(super) const CLASS: usize = 276;
    /// ECG group.
    pub(in crate::dri) const ECG: usize = 0;
    /// Cuff group.
    pub(in crate::dri) const NIBP: usize = 72;
    /// The four temperature groups.
    pub(in crate::dri) const TEMPERATURES: [usize; 4] = [86, 94, 102, 110];
    /// Oximeter group.
    pub(in crate::dri) const SPO2: usize = 118;
    /// Capnograph group.
    pub(in crate::dri) const CO2: usize = 132;
    /// In every group: status, `u32`.
    pub(super) const STATUS: usize = 0;
    /// In every group: label, `u16`.
    pub(super) const LABEL: usize = 4;
    /// In every group: the first value.
    pub(super) const VALUES: usize = 6;
}

/// Class of the subrecord in its class word.
const CLASS_BITS: u16 = 0x0F00;
/// Smallest number that is a value; below it stand the codes for no value.
const SMALLEST_VALUE: i16 = -32_000;

/// The data of one subrecord of the basic class.
#[derive(Clone, Copy)]
pub(super) struct Basic<'a>(&'a [u8]);

impl<'a> Basic<'a> {
    /// The view of a subrecord; `None` when it is of another class or too short.
    pub(super) fn new_checked(subrecord: &'a [u8]) -> Option<Self> {
        let bytes = subrecord.get(..PHYSIOLOGICAL_LEN)?;
        (u16_at(bytes, field::CLASS) & CLASS_BITS == 0).then_some(Self(bytes))
    }

    /// The group at one of the offsets of [`field`].
    pub(super) fn group(self, at: usize) -> Group<'a> {
        Group(&self.0[field::DATA + at..])
    }
}

/// One group. All offsets of [`field`] lie at least 40 bytes before the end of a subrecord.
#[derive(Clone, Copy)]
pub(super) struct Group<'a>(&'a [u8]);

/// Whether a group measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// There is no such module.
    Missing,
    /// The module is there, its measurement is switched off.
    Inactive,
    /// It measures.
    Active,
}

impl Group<'_> {
    /// The status bits.
    pub(super) fn status(self) -> u32 {
        u32_at(self.0, field::STATUS)
    }

    /// The label bits.
    pub(super) fn label(self) -> u16 {
        u16_at(self.0, field::LABEL)
    }

    /// Status bits 0 and 1, which mean the same in every group.
    pub(super) fn presence(self) -> Presence {
        match (self.status() & 1 != 0, self.status() & 2 != 0) {
            (false, _) => Presence::Missing,
            (true, false) => Presence::Inactive,
            (true, true) => Presence::Active,
        }
    }

    /// The value number `index`, or why there is none.
    pub(super) fn value(self, index: usize) -> Result<i16, Absence> {
        match i16_at(self.0, field::VALUES + 2 * index) {
            -32_766 => Err(Absence::NotUpdated),
            -32_764 => Err(Absence::UnderRange),
            -32_763 => Err(Absence::OverRange),
            -32_762 => Err(Absence::NotCalibrated),
            // -32767 and the codes the document does not name.
            code if code < SMALLEST_VALUE => Err(Absence::Invalid),
            value => Ok(value),
        }
    }

    /// The flags of the status bits in `table`; set bits that are neither there nor in `other` are kept by their number.
    pub(super) fn flags(self, name: &str, table: &[(u32, Flag)], other: u32) -> Flags {
        let mut flags = Flags::NONE;
        let mut unknown = self.status() & !other & !0b11;
        for &(bit, flag) in table {
            if self.status() & 1 << bit != 0 {
                flags.insert(flag);
                unknown &= !(1 << bit);
            }
        }
        if unknown != 0 {
            flags.insert_other(&alloc::format!("{name}-status-{unknown:x}"));
        }
        flags
    }
}
