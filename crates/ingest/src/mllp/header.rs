//! The few fields of an HL7 header that decide how a message is answered.

/// Most bytes of an MSH segment. The longest real one seen has 230; a longer one is no HL7 header, and its fields would
/// be sent back in the acknowledgement.
pub const HEADER_MAX: usize = 4096;

/// A view of one MSH segment. Fields are cut as bytes, before any character set is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    segment: &'a [u8],
    separator: u8,
}

impl<'a> Header<'a> {
    /// The header of each message in an MLLP frame (framing bytes may be there or not): one, or for a batch (`FHS`, `BHS`)
    /// one for each message in it. Empty when the frame holds no HL7 header.
    #[must_use]
    pub fn all(raw: &'a [u8]) -> Vec<Self> {
        let mut segments = segments(raw).peekable();
        let batch = segments.peek().is_some_and(|s| s.starts_with(b"FHS") || s.starts_with(b"BHS"));
        let headers = segments.by_ref().take(if batch { usize::MAX } else { 1 });
        headers.filter_map(Self::of).collect()
    }

    /// Whether the frame is HL7 at all: a message or a batch.
    #[must_use]
    pub fn is_hl7(raw: &[u8]) -> bool {
        segments(raw).next().is_some_and(|s| s.starts_with(b"FHS") || s.starts_with(b"BHS") || Header::of(s).is_some())
    }

    fn of(segment: &'a [u8]) -> Option<Self> {
        let separator = *segment.strip_prefix(b"MSH")?.first()?;
        let plausible = separator.is_ascii_punctuation() && segment.len() <= HEADER_MAX;
        plausible.then_some(Self { segment, separator })
    }

    /// Field MSH-`number`, 2 or above; empty when it is not there.
    #[must_use]
    pub fn field(&self, number: usize) -> &'a [u8] {
        self.segment.split(|b| *b == self.separator).nth(number - 1).unwrap_or_default()
    }

    /// MSH-1.
    #[must_use]
    pub const fn separator(&self) -> u8 {
        self.separator
    }

    /// The component separator: first character of MSH-2.
    #[must_use]
    pub fn component(&self) -> u8 {
        self.field(2).first().copied().unwrap_or(b'^')
    }

    /// Component `number` (from 1) of field MSH-`field`.
    #[must_use]
    pub fn part(&self, field: usize, number: usize) -> &'a [u8] {
        let by = self.component();
        self.field(field).split(|b| *b == by).nth(number - 1).unwrap_or_default()
    }

    /// Whether MSH-10 names a kind of message and not the message (Mindray PDS: 204 in each frame of values): then it is no
    /// key, and the sender wants no acknowledgement. Told by MSH-3 to MSH-8 all empty and one to three digits.
    #[must_use]
    pub fn id_is_a_type(&self) -> bool {
        let id = self.field(10);
        let digits = (1..=3).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
        digits && (3..=8).all(|n| self.field(n).is_empty())
    }
}

/// Segments of a frame, without framing bytes and empty ones. Cut at CR; at LF only when there is no CR at all.
fn segments(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = raw.strip_prefix(b"\x0b").unwrap_or(raw);
    let body = body.split(|b| *b == 0x1c).next().unwrap_or_default();
    let end = if body.contains(&b'\r') { b'\r' } else { b'\n' };
    body.split(move |b| *b == end).map(<[u8]>::trim_ascii_start).filter(|s| !s.is_empty())
}
