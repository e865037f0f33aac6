//! What a source has done so far, for the Sources page and the log file. The counters never hold a value or a patient; the
//! last frames, kept beside them, may.

use crate::meter::{Meter, Tally};
use crate::recent::Recent;
use chairside_observation::{Frame, FrameKind, Micros, Received, What};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The acknowledgement codes sent, in the order of [`Counts::acks`].
pub const ACK_CODES: [&str; 5] = ["AA", "AE", "AR", "CA", "CE"];

/// Counters of one source since the program started, which only grow, and its near past.
#[derive(Default)]
pub struct SourceStats {
    bytes: AtomicU64,
    frames: AtomicU64,
    faults: AtomicU64,
    skipped: AtomicU64,
    misplaced: AtomicU64,
    connections: AtomicU64,
    asked: AtomicU64,
    refused: AtomicU64,
    cut_off: AtomicU64,
    not_recorded: AtomicU64,
    capture_lost: AtomicU64,
    readings: AtomicU64,
    values: AtomicU64,
    acks: [AtomicU64; 5],
    near: Mutex<Near>,
}

/// What is not a counter: under a lock that is held for the time of a copy.
#[derive(Default)]
pub(crate) struct Near {
    pub(crate) meter: Meter,
    pub(crate) recent: Recent,
    /// When the last understood frame arrived.
    pub(crate) last_frame: Option<Received>,
    /// Why the last peer was refused.
    pub(crate) refusal: Option<Box<str>>,
    /// The profile that the last message was judged to have, where none was configured, and why.
    pub(crate) judged: Option<(&'static str, &'static str)>,
}

impl std::fmt::Debug for SourceStats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.counts().fmt(f)
    }
}

/// One look at [`SourceStats`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes received.
    pub bytes: u64,
    /// Frames understood.
    pub frames: u64,
    /// Frames complete but not understood.
    pub faults: u64,
    /// Bytes that fit no frame.
    pub skipped_bytes: u64,
    /// Bytes a decoder's findings left out or claimed twice; anything but 0 is a fault of ours.
    pub misplaced_bytes: u64,
    /// Times the port was opened or a connection stood.
    pub connections: u64,
    /// Requests sent to a monitor that must be asked.
    pub requests: u64,
    /// Connections refused: not on the allow-list, or too many.
    pub refused_peers: u64,
    /// Connections we ended: frame too long, never completed, acknowledgements not read, no HL7 at all.
    pub ended_by_us: u64,
    /// Frames that waited for an acknowledgement and got a negative one because the log did not take them.
    pub not_recorded: u64,
    /// Received bytes that are missing in the raw capture.
    pub capture_lost_bytes: u64,
    /// Readings, absent ones included.
    pub readings: u64,
    /// Readings with a number.
    pub values: u64,
    /// Acknowledgements sent, in the order of [`ACK_CODES`].
    pub acks: [u64; 5],
}

impl SourceStats {
    /// The counters now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            bytes: self.bytes.load(Relaxed),
            frames: self.frames.load(Relaxed),
            faults: self.faults.load(Relaxed),
            skipped_bytes: self.skipped.load(Relaxed),
            misplaced_bytes: self.misplaced.load(Relaxed),
            connections: self.connections.load(Relaxed),
            requests: self.asked.load(Relaxed),
            refused_peers: self.refused.load(Relaxed),
            ended_by_us: self.cut_off.load(Relaxed),
            not_recorded: self.not_recorded.load(Relaxed),
            capture_lost_bytes: self.capture_lost.load(Relaxed),
            readings: self.readings.load(Relaxed),
            values: self.values.load(Relaxed),
            acks: std::array::from_fn(|i| self.acks[i].load(Relaxed)),
        }
    }

    pub(crate) fn near(&self) -> MutexGuard<'_, Near> {
        // Plain values, valid at every step: a panic elsewhere does not end a source.
        self.near.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn received(&self, now: Micros, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
        self.near().meter.add(now, &Tally { bytes: bytes as u64, ..Tally::default() });
    }

    pub(crate) fn heard(&self, frame: &Frame, said: &[What]) {
        let tally = tally(frame, said);
        self.frames.fetch_add(tally.frames, Relaxed);
        self.faults.fetch_add(tally.faults, Relaxed);
        self.skipped.fetch_add(tally.skipped_bytes, Relaxed);
        self.readings.fetch_add(tally.readings, Relaxed);
        self.values.fetch_add(tally.values, Relaxed);
        let mut near = self.near();
        near.meter.add(frame.received.mono, &tally);
        near.recent.push(frame, said);
        if frame.kind == FrameKind::Understood {
            near.last_frame = Some(frame.received);
        }
    }

    pub(crate) fn misplaced(&self, bytes: u64) {
        self.misplaced.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn connected(&self) -> u64 {
        self.connections.fetch_add(1, Relaxed) + 1
    }

    pub(crate) fn asked(&self) {
        self.asked.fetch_add(1, Relaxed);
    }

    pub(crate) fn refused(&self, reason: &str) {
        self.refused.fetch_add(1, Relaxed);
        self.near().refusal = Some(reason.into());
    }

    pub(crate) fn ended_by_us(&self) {
        self.cut_off.fetch_add(1, Relaxed);
    }

    pub(crate) fn not_recorded(&self) {
        self.not_recorded.fetch_add(1, Relaxed);
    }

    pub(crate) fn capture_lost(&self, bytes: u64) {
        self.capture_lost.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn acked(&self, code: &str) {
        if let Some(at) = ACK_CODES.iter().position(|c| *c == code) {
            self.acks[at].fetch_add(1, Relaxed);
        }
    }
}

/// What one frame adds to the counters. Its bytes were counted when they arrived.
fn tally(frame: &Frame, said: &[What]) -> Tally {
    let mut tally = Tally::default();
    match frame.kind {
        FrameKind::Understood => tally.frames = 1,
        FrameKind::Fault => tally.faults = 1,
        FrameKind::Noise => tally.skipped_bytes = frame.raw.len() as u64,
    }
    for what in said {
        if let What::Reading(observation) = what {
            tally.readings += 1;
            tally.values += u64::from(observation.reading.amount().is_some());
        }
    }
    tally
}
