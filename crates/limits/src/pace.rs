//! How many changes of one kind of notice go into the log. Screens see all of them.

use chairside_observation::{Micros, NoticeKind, Noticed};
use std::collections::{BTreeMap, VecDeque};

/// Changes of one kind at one chair written in any minute. A hold of ten seconds lets a notice come and go six times; what
/// is faster comes of holds set to nothing.
pub const DEEDS_A_MINUTE: usize = 12;
const MINUTE: Micros = Micros::from_secs(60);

#[derive(Debug, Default)]
struct OfKind {
    written: VecDeque<Micros>,
    /// The newest change that has to wait, and how many it stands for.
    waits: Option<Noticed>,
    unwritten: u32,
}

/// Which changes of one chair are written, and when. Where there are too many the newest waits, and says for how many it
/// stands.
#[derive(Debug, Default)]
pub struct Pace(BTreeMap<NoticeKind, OfKind>);

impl Pace {
    /// Takes `changes` and gives back what is to be written now. Call it each second, be it with none.
    pub fn write(&mut self, now: Micros, changes: Vec<Noticed>) -> Vec<Noticed> {
        let mut write = Vec::new();
        for change in changes {
            let of = self.0.entry(change.kind).or_default();
            if of.waits.is_some() {
                of.unwritten = of.unwritten.saturating_add(1);
            }
            of.waits = Some(change);
            write.extend(of.ready(now));
        }
        write.extend(self.0.values_mut().filter_map(|of| of.ready(now)));
        write
    }
}

impl OfKind {
    fn ready(&mut self, now: Micros) -> Option<Noticed> {
        while self.written.front().is_some_and(|at| now - *at >= MINUTE) {
            self.written.pop_front();
        }
        if self.written.len() >= DEEDS_A_MINUTE {
            return None;
        }
        let change = self.waits.take()?;
        self.written.push_back(now);
        Some(Noticed { unwritten: std::mem::take(&mut self.unwritten), ..change })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::{Limits, NoticeEnd, NoticeLevel, NoticeState};

    fn change(kind: NoticeKind, over: bool) -> Noticed {
        let state = if over { NoticeState::Over(NoticeEnd::Within) } else { NoticeState::Stands(NoticeLevel::Look) };
        Noticed {
            session: "1-1".into(),
            kind,
            state,
            value: "93".into(),
            limit: "94".into(),
            limits: Limits::default(),
            own: false,
            about: None,
            since: Micros(0),
            unwritten: 0,
        }
    }

    #[test]
    fn a_notice_that_flutters_does_not_flood_the_log_and_its_last_word_is_written() {
        let mut pace = Pace::default();
        let written: usize =
            (0..40).map(|s| pace.write(Micros::from_secs(s), vec![change(NoticeKind::Spo2, s % 2 == 1)]).len()).sum();
        assert_eq!(written, DEEDS_A_MINUTE);
        let other = pace.write(Micros::from_secs(40), vec![change(NoticeKind::Cuff, false)]);
        assert_eq!(other.len(), 1, "one kind does not use up another's");
        assert!(pace.write(Micros::from_secs(59), Vec::new()).is_empty());
        let late = pace.write(Micros::from_secs(60), Vec::new());
        let [last] = &late[..] else { panic!("{late:?}") };
        assert_eq!((last.state, last.unwritten), (NoticeState::Over(NoticeEnd::Within), 27), "40 changes: 12, 27, 1");
        assert!(pace.write(Micros::from_secs(61), Vec::new()).is_empty());
    }
}
