//! What a source has done so far, for the Sources page and the log file. Counts only: never a value, never a patient.

use chairside_observation::{Frame, FrameKind, Micros};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// The acknowledgement codes sent, in the order of [`Counts::acks`].
pub const ACK_CODES: [&str; 5] = ["AA", "AE", "AR", "CA", "CE"];

/// Counters of one source since the program started. They only grow; reading them never waits.
#[derive(Debug, Default)]
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
    last_frame_wall: AtomicI64,
    acks: [AtomicU64; 5],
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
    /// UTC of the last understood frame, microseconds since 1970; `None` before the first.
    pub last_frame_wall_us: Option<i64>,
    /// Acknowledgements sent, in the order of [`ACK_CODES`].
    pub acks: [u64; 5],
}

impl SourceStats {
    /// The counters now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let last = self.last_frame_wall.load(Relaxed);
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
            last_frame_wall_us: (last != 0).then_some(last),
            acks: std::array::from_fn(|i| self.acks[i].load(Relaxed)),
        }
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn heard(&self, frame: &Frame) {
        match frame.kind {
            FrameKind::Understood => {
                self.frames.fetch_add(1, Relaxed);
                let Micros(wall) = frame.received.wall;
                self.last_frame_wall.store(wall, Relaxed);
            }
            FrameKind::Fault => {
                self.faults.fetch_add(1, Relaxed);
            }
            FrameKind::Noise => {
                self.skipped.fetch_add(frame.raw.len() as u64, Relaxed);
            }
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

    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
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
