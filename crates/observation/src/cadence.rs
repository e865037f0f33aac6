//! How often a feed speaks, learned from its own arrivals.

use crate::Micros;

/// Gaps remembered: enough that one outage or one burst cannot move the median.
const GAPS: usize = 9;
/// So many must be known, so that a feed is not called slow because its first message was late.
const ENOUGH: usize = 3;
/// Expected interval before anything was learned, and its floor: silence is suspected early, not late.
const FLOOR: Micros = Micros::from_secs(1);
/// Slowest feed documented: GE trend snapshots every 60 minutes.
const CEILING: Micros = Micros::from_secs(3600);

/// The last gaps of one kind.
#[derive(Clone, Debug, Default)]
struct Gaps {
    last: [i64; GAPS],
    count: usize,
}

impl Gaps {
    fn take(&mut self, gap: i64) {
        self.last[self.count % GAPS] = gap;
        self.count += 1;
    }

    /// The gaps in order of length, once there are enough to believe them.
    fn sorted(&self) -> Option<([i64; GAPS], usize)> {
        let known = self.count.min(GAPS);
        let mut gaps = self.last;
        gaps[..known].sort_unstable();
        (known >= ENOUGH).then_some((gaps, known))
    }
}

/// The expected interval of a feed: the median of its last nine gaps, between 1 s and 60 min.
#[derive(Clone, Debug, Default)]
pub struct Cadence {
    last: Option<Micros>,
    /// The link was lost since.
    cut: bool,
    gaps: Gaps,
    /// Gaps over which the link was lost: outages, or the pace of a sender that connects anew for each message.
    across: Gaps,
}

impl Cadence {
    /// Takes note of an arrival on the monotonic clock. Arrivals of the same instant (several values in one message) and
    /// steps back are no gap.
    pub fn arrived(&mut self, mono: Micros) {
        if let Some(last) = self.last {
            let gap = mono - last;
            if gap.0 <= 0 {
                return;
            }
            if self.cut { self.across.take(gap.0) } else { self.gaps.take(gap.0) }
        }
        self.cut = false;
        self.last = Some(mono);
    }

    /// The link was lost: how long it is away says nothing of the feed. A loose cable would make it slow, and an old value be
    /// taken for live (H03).
    pub const fn cut(&mut self) {
        self.cut = true;
    }

    /// Expected interval: the shorter middle of the usual gaps. Of a sender that connects anew for each message, the
    /// shortest of its own.
    #[must_use]
    pub fn every(&self) -> Micros {
        let usual = self.gaps.sorted().map(|(gaps, known)| gaps[(known - 1) / 2]);
        let gap = usual.or_else(|| self.across.sorted().map(|(gaps, _)| gaps[0]));
        gap.map_or(FLOOR, |gap| Micros(gap).clamp(FLOOR, CEILING))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_s(arrivals_s: &[i64]) -> i64 {
        let mut cadence = Cadence::default();
        for s in arrivals_s {
            cadence.arrived(Micros::from_secs(*s));
        }
        cadence.every().0 / 1_000_000
    }

    #[test]
    fn the_interval_is_the_usual_gap() {
        assert_eq!(every_s(&[]), 1);
        assert_eq!(every_s(&[0, 60]), 1, "one gap proves nothing");
        assert_eq!(every_s(&[0, 2, 4, 6, 8]), 2);
        assert_eq!(every_s(&[0, 60, 120, 180]), 60);
    }

    #[test]
    fn h03_an_outage_does_not_make_a_feed_slow() {
        assert_eq!(every_s(&[0, 1, 2, 3, 4, 900, 901, 902, 903]), 1);
        assert_eq!(every_s(&[0, 1, 2, 3, 60, 120]), 1, "half of the gaps are long: the shorter half decides");
    }

    #[test]
    fn h03_a_loose_cable_does_not_make_a_feed_slow() {
        let mut cadence = Cadence::default();
        for (first, last) in [(0, 4), (900, 901), (2000, 2001), (4000, 4001), (9000, 9001)] {
            for s in first..=last {
                cadence.arrived(Micros::from_secs(s));
            }
            cadence.cut();
        }
        assert_eq!(cadence.every(), Micros::from_secs(1));
    }

    #[test]
    fn a_sender_that_connects_for_each_message_is_as_slow_as_it_is() {
        let mut cadence = Cadence::default();
        for s in [0, 60, 121, 180] {
            cadence.arrived(Micros::from_secs(s));
            cadence.cut();
        }
        assert_eq!(cadence.every(), Micros::from_secs(59));
    }

    #[test]
    fn values_of_one_message_are_one_arrival() {
        assert_eq!(every_s(&[0, 0, 0, 2, 2, 2, 4, 4, 4, 6]), 2);
    }
}
