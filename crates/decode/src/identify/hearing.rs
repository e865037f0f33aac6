//! Everything heard at one setting, and what each protocol makes of it.

use super::shape::Shape;
use crate::catalog::{Line, Protocol};
use crate::{Decoder, Finding};
use alloc::boxed::Box;
use alloc::vec::Vec;
use chairside_observation::{FrameKind, Micros, Observation, Skip};
use core::fmt;
use core::ops::Range;

/// Bytes kept to look at: the longest frame whose beginning is looked at is a packet of 125, and people are shown fewer.
const RECENT_MAX: usize = 4096;
/// Newest readings kept for a protocol: one of each vital and source, of which no monitor has more.
const LAST_MAX: usize = 16;

/// Packets of a CMS50 that prove it: none has a checksum, and noise has a few in a row by chance. Half a second's worth.
const CMS50_FRAMES: u64 = 30;
/// Fewest packets a second: a CMS50 sends 60, and a stream heard at a wrong speed has fewer.
const CMS50_FRAMES_PER_S: u64 = 40;

/// What one protocol made of the bytes.
#[derive(Clone, Debug)]
pub struct Account {
    /// Which.
    pub protocol: Protocol,
    /// Frames understood.
    pub frames: u64,
    /// Their bytes.
    pub frame_bytes: u64,
    /// Frames complete but not understood.
    pub faults: u64,
    /// Bytes that fit no frame, by reason.
    pub skips: Vec<(Skip, u64)>,
    /// The newest reading of each vital and source.
    pub last: Vec<Observation>,
    /// The format, where a protocol has several.
    pub format: Option<&'static str>,
}

impl Account {
    fn new(protocol: Protocol) -> Self {
        Self { protocol, frames: 0, frame_bytes: 0, faults: 0, skips: Vec::new(), last: Vec::new(), format: None }
    }

    /// Bytes skipped for this reason.
    #[must_use]
    pub fn skipped(&self, skip: Skip) -> u64 {
        self.skips.iter().find(|(why, _)| *why == skip).map_or(0, |(_, bytes)| *bytes)
    }

    /// Bytes the decoder has spoken of.
    fn told(&self) -> u64 {
        self.frame_bytes + self.skips.iter().map(|(_, bytes)| bytes).sum::<u64>()
    }

    /// How many of 100 bytes stood in frames that were understood.
    #[must_use]
    pub fn percent_understood(&self) -> u64 {
        (self.frame_bytes * 100).checked_div(self.told()).unwrap_or(0)
    }

    /// Whether this monitor speaks without being asked, as far as its protocol and format say: of the CMS50, the old ones do.
    #[must_use]
    pub fn talks_unasked(&self) -> bool {
        !self.protocol.asks() || self.format == Some(CMS50_OLD)
    }

    fn take(&mut self, finding: Finding, frame: impl Fn(&Range<u64>) -> Option<u8>) {
        match finding {
            Finding::Frame { bytes, kind: FrameKind::Understood } => {
                self.frames += 1;
                self.frame_bytes += bytes.end - bytes.start;
                self.format = format(self.protocol, bytes.end - bytes.start, frame(&bytes)).or(self.format);
            }
            Finding::Frame { bytes, .. } => {
                self.faults += 1;
                self.skip(Skip::NotAFrame, &bytes);
            }
            Finding::Skipped(bytes, skip) => self.skip(skip, &bytes),
            Finding::Observation(reading) => self.read(reading),
            Finding::Notice(_) => {}
        }
    }

    fn skip(&mut self, skip: Skip, bytes: &Range<u64>) {
        let count = bytes.end - bytes.start;
        match self.skips.iter_mut().find(|(why, _)| *why == skip) {
            Some((_, sum)) => *sum += count,
            None => self.skips.push((skip, count)),
        }
    }

    fn read(&mut self, reading: Observation) {
        let same = |o: &Observation| (o.vital, o.origin, &o.site) == (reading.vital, reading.origin, &reading.site);
        match self.last.iter().position(same) {
            Some(at) => self.last[at] = reading,
            None if self.last.len() < LAST_MAX => self.last.push(reading),
            None => {}
        }
    }
}

/// The two formats of Nonin that nothing but bit 7 marks.
const FORMAT_1: &str = "format 1";
const FORMAT_8: &str = "format 8";
/// The format of the CMS50 units that are not asked.
const CMS50_OLD: &str = "old 5-byte packets";

/// The format of a frame by its length and first byte; the decoders have looked at everything else.
const fn format(protocol: Protocol, length: u64, first: Option<u8>) -> Option<&'static str> {
    match (protocol, length, first) {
        (Protocol::Nonin, 125, Some(0x01)) => Some("format 2"),
        (Protocol::Nonin, 125, Some(0x80..)) => Some("format 7"),
        (Protocol::Nonin, 4, _) => Some(FORMAT_8),
        (Protocol::Nonin, 3, _) => Some(FORMAT_1),
        (Protocol::Nonin, _, Some(0x00)) => Some("format 13, spot checks"),
        (Protocol::Nonin, _, Some(_)) => Some("table-top text"),
        (Protocol::Cms50, 5, _) => Some(CMS50_OLD),
        (Protocol::Cms50, 9, _) => Some("9-byte packets"),
        _ => None,
    }
}

struct Ear {
    decoder: Box<dyn Decoder>,
    account: Account,
}

/// Everything heard at one setting of the line.
pub struct Hearing {
    line: Line,
    bytes: u64,
    /// When the first and the newest byte came.
    first: Option<Micros>,
    last: Micros,
    shape: Shape,
    /// The newest bytes.
    recent: Vec<u8>,
    ears: Vec<Ear>,
    findings: Vec<Finding>,
}

impl fmt::Debug for Hearing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes at {}", self.bytes, self.line)
    }
}

impl Hearing {
    /// Nothing heard yet. Every protocol of serial lines listens, whatever its usual setting: installations differ.
    #[must_use]
    pub fn new(line: Line) -> Self {
        let serial = Protocol::ALL.iter().copied().filter(|p| p.line().is_some());
        let ear = |protocol: Protocol| Some(Ear { decoder: protocol.decoder(None)?, account: Account::new(protocol) });
        let ears = serial.filter_map(ear).collect();
        Self {
            line,
            bytes: 0,
            first: None,
            last: Micros(0),
            shape: Shape::default(),
            recent: Vec::new(),
            ears,
            findings: Vec::new(),
        }
    }

    /// Takes bytes that arrived at `now`.
    pub fn heard(&mut self, now: Micros, bytes: &[u8]) {
        self.first.get_or_insert(now);
        self.last = now;
        for piece in bytes.chunks(RECENT_MAX / 2) {
            self.bytes += piece.len() as u64;
            self.shape.add(piece);
            let over = (self.recent.len() + piece.len()).saturating_sub(RECENT_MAX);
            self.recent.drain(..over);
            self.recent.extend_from_slice(piece);
            self.listen(now, piece);
        }
    }

    fn listen(&mut self, now: Micros, piece: &[u8]) {
        let begin = self.bytes - self.recent.len() as u64;
        let recent = &self.recent;
        let first = |range: &Range<u64>| {
            let at = usize::try_from(range.start.checked_sub(begin)?).ok()?;
            recent.get(at).copied()
        };
        for ear in &mut self.ears {
            ear.decoder.feed(now, piece, &mut self.findings);
            self.findings.drain(..).for_each(|finding| ear.account.take(finding, first));
        }
    }

    /// The setting.
    #[must_use]
    pub const fn line(&self) -> Line {
        self.line
    }

    /// Bytes heard.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What the bytes look like.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The newest bytes.
    #[must_use]
    pub fn recent(&self) -> &[u8] {
        &self.recent
    }

    /// What each protocol made of them.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.ears.iter().map(|ear| &ear.account)
    }

    /// The protocol that explains the bytes beyond chance.
    #[must_use]
    pub fn proven(&self) -> Option<&Account> {
        self.accounts().filter(|account| self.is_proof(account)).max_by_key(|account| account.frame_bytes)
    }

    /// Whether so many frames cannot be chance. Most protocols check themselves by sum, or by a text line's form. Packets of
    /// a CMS50 and Nonin's short formats check next to nothing, and bytes heard at a wrong speed may look like them.
    fn is_proof(&self, account: &Account) -> bool {
        let Account { protocol, frames, .. } = account;
        match protocol {
            Protocol::Cms50 => {
                let fast = u128::from(*frames) * 1_000_000 >= u128::from(CMS50_FRAMES_PER_S) * self.lasted_us();
                let sharp = self.shape.slower(self.line.parity).is_none();
                *frames >= CMS50_FRAMES && account.percent_understood() >= 90 && fast && sharp
            }
            Protocol::Nonin => {
                let checked = !matches!(account.format, Some(FORMAT_1 | FORMAT_8));
                let usual = protocol.line() == Some(self.line);
                *frames > 0 && account.percent_understood() >= 50 && (checked || usual)
            }
            _ => *frames > 0,
        }
    }

    fn lasted_us(&self) -> u128 {
        self.first.map_or(0, |first| u128::from(self.last.since(first).0.unsigned_abs()))
    }

    /// The protocol that recognises a mode of its monitors that is not read here.
    #[must_use]
    pub fn other_mode(&self) -> Option<&Account> {
        let known = self.accounts().filter(|account| account.skipped(Skip::WrongMode) > 0);
        known.max_by_key(|account| account.skipped(Skip::WrongMode))
    }

    /// Whether listening on at this setting may make sense of the bytes.
    pub(super) fn is_hopeful(&self) -> bool {
        self.shape.is_text() || self.accounts().any(|a| a.frames > 0 && a.percent_understood() >= 80)
    }
}
