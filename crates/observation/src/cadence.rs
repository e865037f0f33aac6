//! How often a feed speaks, learned from its own arrivals.

use crate::Micros;

/// Gaps remembered: enough that one outage or one burst cannot move the median.
const GAPS: usize = 9;
/// Expected interval before anything was learned, and its floor: silence is suspected early, not late.
const FLOOR: Micros = Micros::from_secs(1);
/// Slowest feed documented: GE trend snapshots every 60 minutes.
const CEILING: Micros = Micros::from_secs(3600);

/// The expected interval of a feed: the median of its last nine gaps, between 1 s and 60 min.
#[derive(Clone, Debug, Default)]
pub struct Cadence {
    last: Option<Micros>,
    gaps: [i64; GAPS],
    count: usize,
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
            self.gaps[self.count % GAPS] = gap.0;
            self.count += 1;
        }
        self.last = Some(mono);
    }

    /// Expected interval. Three gaps must agree by median before it leaves the floor, so a feed cannot be called slow
    /// because its first message was late.
    #[must_use]
    pub fn every(&self) -> Micros {
        let known = self.count.min(GAPS);
        if known < 3 {
            return FLOOR;
        }
        let mut gaps = self.gaps;
        let gaps = &mut gaps[..known];
        gaps.sort_unstable();
        Micros(gaps[(known - 1) / 2]).clamp(FLOOR, CEILING)
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
    fn values_of_one_message_are_one_arrival() {
        assert_eq!(every_s(&[0, 0, 0, 2, 2, 2, 4, 4, 4, 6]), 2);
    }
}
