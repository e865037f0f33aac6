//! What was refused, cut off or dropped since the program started: plain numbers in one place.

use chairside_wire::RefusedCounts;
use std::sync::atomic::{AtomicU64, Ordering};

/// The numbers; whoever refuses something counts it here.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Connections cut since they sent no request, in time or while others waited for a place.
    pub(crate) connections_cut: Count,
    /// Requests answered with a refusal or a failure.
    pub(crate) requests: Count,
    /// Screens refused since all places were taken.
    pub(crate) screens: Count,
    /// Screens cut off: they took nothing, gave no sign of life, or said too much.
    pub(crate) screens_cut: Count,
    /// Sign-ins with a wrong name, password or code.
    pub(crate) sign_ins_failed: Count,
    /// Sign-ins sent away unread: too many wrong ones from there, or too many at once.
    pub(crate) sign_ins_refused: Count,
    /// Live updates dropped for slow screens, each told to its screen.
    pub(crate) updates_dropped: Count,
}

/// One of them.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counts {
    /// As they are now.
    pub(crate) fn now(&self) -> RefusedCounts {
        RefusedCounts {
            connections_cut: self.connections_cut.get(),
            requests: self.requests.get(),
            screens: self.screens.get(),
            screens_cut: self.screens_cut.get(),
            sign_ins_failed: self.sign_ins_failed.get(),
            sign_ins_refused: self.sign_ins_refused.get(),
            updates_dropped: self.updates_dropped.get(),
        }
    }
}
