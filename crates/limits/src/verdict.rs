//! What one kind of notice says now.

use crate::rule::Broken;
use chairside_observation::{NoticeEnd, NoticeLevel, Received, Sequence};

/// What is known of one kind at one moment.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// Nothing a limit may be held against, and why.
    Gone(NoticeEnd),
    /// A value.
    Found(Found),
}

/// A value and what it breaks.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// As shown.
    pub(crate) value: String,
    /// The entry that holds it.
    pub(crate) about: Option<Sequence>,
    /// Since when it is so.
    pub(crate) since: Received,
    pub(crate) broken: Broken,
    /// The highest level that may be raised now.
    pub(crate) ripe: Option<NoticeLevel>,
    /// The highest level a notice that stands may keep.
    pub(crate) holds: Option<NoticeLevel>,
    /// A notice that stands is kept by any value that breaks its limit. Where this is `false`, by the very entry it is about.
    pub(crate) keeps: bool,
    /// What it means that nothing is broken.
    pub(crate) well: NoticeEnd,
}

impl Found {
    /// The level a notice has now, given the one that stood and what that was about.
    pub(crate) fn level(&self, stood: Option<(NoticeLevel, Option<Sequence>)>) -> Option<NoticeLevel> {
        let kept = stood.filter(|(_, about)| self.keeps || *about == self.about);
        let kept = kept.and_then(|(level, _)| Some(level.min(self.holds?)));
        self.ripe.max(kept)
    }
}
