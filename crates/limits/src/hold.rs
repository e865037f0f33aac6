//! How long a value has been beyond its limit.

use chairside_observation::{NoticeLevel, Received, Sequence};

/// One stretch of values beyond the limit without a break.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    /// The first entry that counts.
    pub(crate) first: Sequence,
    /// Since when at least "look".
    pub(crate) since: Received,
    /// Since when "urgent", if it is now.
    urgent: Option<Received>,
}

impl Hold {
    pub(crate) const fn new(first: Sequence, now: Received) -> Self {
        Self { first, since: now, urgent: None }
    }

    /// The value is at this level now.
    pub(crate) fn at(&mut self, level: NoticeLevel, now: Received) {
        self.urgent = (level == NoticeLevel::Urgent).then(|| self.urgent.unwrap_or(now));
    }

    /// The highest level that has lasted long enough; holds in seconds. `look`: whether there is a "look" at all.
    pub(crate) fn ripe(&self, look: Option<i16>, urgent: i16, now: Received) -> Option<NoticeLevel> {
        let lasted = |since: Received, hold_s: i16| now.mono.since(since.mono).0 >= i64::from(hold_s) * 1_000_000;
        if self.urgent.is_some_and(|since| lasted(since, urgent)) {
            return Some(NoticeLevel::Urgent);
        }
        look.filter(|hold_s| lasted(self.since, *hold_s)).map(|_| NoticeLevel::Look)
    }
}
