//! A checked view of one record: header, descriptors, subrecords (GE 8005313, "Datex-Ohmeda Record Specification").
//!
//! [`Record::new_checked`] looks at everything the accessors rely on, once; afterwards no accessor can panic.

/// Where the fields of the header stand. Integers are little-endian and packed.
mod field {
    use core::ops::Range;
    /// Length of the whole record without the checksum, `i16`.
    pub(super) const LENGTH: Range<usize> = 0..2;
    /// Seconds since 1970 by the monitor's clock, `u32`.
    pub(super) const TIME: Range<usize> = 6..10;
    /// Main type, `i16`.
    pub(super) const MAIN_TYPE: Range<usize> = 14..16;
    /// Eight descriptors of offset `i16` and type `u8`.
    pub(super) const DESCRIPTORS: Range<usize> = 16..40;
    /// Bytes of one descriptor.
    pub(super) const DESCRIPTOR_LEN: usize = 3;
    /// Where the subrecords begin; the offsets of descriptors count from here.
    pub(super) const BODY: usize = 40;
}

/// Type that ends the list of descriptors.
const END_OF_LIST: u8 = 0xFF;
/// Bytes of a physiological subrecord.
pub(super) const PHYSIOLOGICAL_LEN: usize = 278;
/// Bytes of an auxiliary physiological subrecord.
const AUXILIARY_LEN: usize = 114;
/// Fewest bytes between two flags that are looked at as a record: anything shorter is a stray byte of line noise.
pub(super) const LEN_MIN: usize = 3;

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MainType {
    /// Physiological values.
    Physiological,
    /// Waves.
    Wave,
    /// Alarm texts.
    Alarm,
}

/// Why bytes between two flags are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordError {
    /// The 8-bit sum does not fit.
    Checksum,
    /// The sum fits, but length or descriptors contradict the record. An 8-bit sum passes one damaged record in 256.
    Structure,
    /// A sound record of a main type not known here.
    UnknownMainType,
}

/// One record whose checksum, length and descriptors were checked. The checksum is not part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    bytes: &'a [u8],
    main_type: MainType,
}

impl<'a> Record<'a> {
    /// Checks the bytes between two flags, escapes undone, checksum last.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of [`RecordError`].
    pub(super) fn new_checked(run: &'a [u8]) -> Result<Self, RecordError> {
        let Some((&checksum, bytes)) = run.split_last() else { return Err(RecordError::Structure) };
        if bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) != checksum {
            return Err(RecordError::Checksum);
        }
        if bytes.len() < field::BODY || usize::from(u16_at(bytes, field::LENGTH.start)) != bytes.len() {
            return Err(RecordError::Structure);
        }
        let main_type = match u16_at(bytes, field::MAIN_TYPE.start) {
            0 => Some(MainType::Physiological),
            1 => Some(MainType::Wave),
            4 => Some(MainType::Alarm),
            _ => None,
        };
        let physiological = main_type == Some(MainType::Physiological);
        let body = bytes.len() - field::BODY;
        for (offset, kind) in descriptors(bytes) {
            let needed = match kind {
                1..=3 if physiological => PHYSIOLOGICAL_LEN,
                4 if physiological => AUXILIARY_LEN,
                _ => 0,
            };
            if offset + needed > body {
                return Err(RecordError::Structure);
            }
        }
        Ok(Self { bytes, main_type: main_type.ok_or(RecordError::UnknownMainType)? })
    }

    /// What it holds.
    pub(super) fn main_type(&self) -> MainType {
        self.main_type
    }

    /// Seconds since 1970 by the monitor's clock; whether they are UTC or wall time is not documented. 0 is unknown.
    pub(super) fn time_s(&self) -> u32 {
        u32_at(self.bytes, field::TIME.start)
    }

    /// Everything behind the header.
    pub(super) fn body(&self) -> &'a [u8] {
        &self.bytes[field::BODY..]
    }

    /// Type and bytes of each subrecord, the bytes reaching to the end of the record. Those of the types named in
    /// [`Record::new_checked`] have at least their length.
    pub(super) fn subrecords(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let bytes = self.bytes;
        descriptors(bytes).map(move |(offset, kind)| (kind, &bytes[field::BODY + offset..]))
    }
}

/// The descriptors up to the end of their list. A negative offset reads as one far outside any record.
fn descriptors(bytes: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    bytes[field::DESCRIPTORS]
        .chunks_exact(field::DESCRIPTOR_LEN)
        .map(|d| (usize::from(u16_at(d, 0)), d[2]))
        .take_while(|(_, kind)| *kind != END_OF_LIST)
}

/// Little-endian `u16` at `at`. The caller knows that it is there.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// Little-endian `i16` at `at`. The caller knows that it is there.
pub(super) fn i16_at(bytes: &[u8], at: usize) -> i16 {
    i16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// Little-endian `u32` at `at`. The caller knows that it is there.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
