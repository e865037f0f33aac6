//! The messages of an MLLP frame, as far as answering them goes.

use chairside_decode::hl7::message::{Fields, Segments, content};
use chairside_decode::hl7::{Header, Profile, is_batch_header, judge};

/// Most bytes of an MSH segment. The longest real one seen has 230; a longer one is no HL7 header, and its fields would be
/// sent back in the acknowledgement.
pub const HEADER_MAX: usize = 4096;

/// One message that may be answered.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub(super) header: Header<'a>,
    /// MSH-11, whole.
    pub(super) processing_id: &'a [u8],
    /// MSH-12, whole.
    pub(super) version: &'a [u8],
}

impl<'a> Message<'a> {
    /// The messages of a frame (framing bytes may be there or not): one, or each one of a batch (`FHS`, `BHS`). Empty when
    /// there is no HL7 header.
    #[must_use]
    pub fn all(raw: &'a [u8]) -> Vec<Self> {
        let mut segments = segments(raw).peekable();
        let most = if segments.peek().is_some_and(|s| is_batch_header(s)) { usize::MAX } else { 1 };
        segments.take(most).filter_map(Self::of).collect()
    }

    fn of(segment: &'a [u8]) -> Option<Self> {
        let header = Header::of_segment(segment).ok().filter(|_| segment.len() <= HEADER_MAX)?;
        let fields = Fields::new(segment, header.delimiters.field);
        Some(Self { header, processing_id: fields.msh(11), version: fields.msh(12) })
    }
}

/// Whether a frame is HL7 at all: a message or a batch.
pub(super) fn is_hl7(raw: &[u8]) -> bool {
    segments(raw).next().is_some_and(|s| is_batch_header(s) || Message::of(s).is_some())
}

/// The profile a frame is answered in: the configured one, else what the frame looks like.
pub(super) fn profile(configured: Option<&str>, raw: &[u8]) -> Profile {
    configured.and_then(Profile::from_word).unwrap_or_else(|| judge(raw).0)
}

fn segments(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    Segments::new(content(raw)).map(<[u8]>::trim_ascii_start).filter(|s| !s.is_empty())
}
