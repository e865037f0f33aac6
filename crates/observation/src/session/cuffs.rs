//! A cuff reading keeps the time of its first report, however often a monitor says it again (H02).

use crate::{Amount, Civil, Doubt, Measured, Micros, Observation, Reading, Received, SourceId, Vital};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// CuffTimes remembered: every bed of a gateway of 512, two sites each. The one heard longest ago goes first.
pub const CUFF_TIMES_MAX: usize = 1024;
/// A monitor that repeats its last reading does so with each of its messages, so at least this often. Equal numbers without
/// a time of their own that come later than this are another measurement.
const REPEATS_WITHIN: Micros = Micros::from_secs(60);

/// When a reading was measured, on the monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// As far as known.
    pub at: Micros,
    /// It cannot have been earlier.
    pub not_before: Micros,
}

#[derive(Clone, Debug)]
struct Cuff {
    source: SourceId,
    bed: Box<str>,
    site: Box<str>,
    /// The last numbers, when they were measured, and the time the monitor gave.
    last: Option<(Amount, When, Option<Civil>)>,
    heard: Micros,
}

/// The last reading of each cuff.
#[derive(Clone, Debug, Default)]
pub struct CuffTimes {
    cuffs: Vec<Cuff>,
}

impl CuffTimes {
    /// When a reading was measured. `age` is what its own time says; `since` is when the patient who has the chair was
    /// bound, if anybody has it.
    pub fn when(
        &mut self,
        source: &SourceId,
        o: &Observation,
        received: Received,
        age: Micros,
        since: Option<Micros>,
    ) -> When {
        let at = received.mono - age;
        let known = When { at, not_before: at };
        if o.vital != Vital::Nibp {
            return known;
        }
        let cuff = self.cuff(source, o);
        let heard = core::mem::replace(&mut cuff.heard, received.mono);
        let Some(amount) = o.reading.amount() else { return known };
        let unknown = is_of_unknown_age(o);
        let civil = match o.measured {
            Some(Measured::At { at, .. }) if !unknown => Some(at),
            _ => None,
        };
        let own = o.measured.is_some() && !unknown;
        let repeats = cuff.last.filter(|(last, first, then)| {
            let recent = received.mono - heard <= REPEATS_WITHIN;
            let of_another = since.is_some_and(|since| first.not_before < since);
            *last == amount && if own { civil.is_some() && civil == *then } else { unknown || recent || of_another }
        });
        let when = match repeats {
            Some((_, first, _)) => When { at: first.at.min(at), not_before: first.not_before.min(at) },
            // It was measured some time after the cuff was last heard.
            None if unknown => When { at, not_before: heard.min(at) },
            None => known,
        };
        cuff.last = Some((amount, when, civil));
        when
    }

    /// What the log holds of a cuff; the newest is to come last.
    pub fn remember(&mut self, source: &SourceId, o: &Observation, received: Received, age: Micros) {
        if o.vital != Vital::Nibp {
            return;
        }
        let civil = match o.measured {
            Some(Measured::At { at, .. }) => Some(at),
            _ => None,
        };
        let cuff = self.cuff(source, o);
        if received.mono >= cuff.heard {
            cuff.heard = received.mono;
            let at = received.mono - age;
            let not_before = if is_of_unknown_age(o) { Micros(i64::MIN) } else { at };
            let when = When { at, not_before };
            cuff.last = o.reading.amount().map(|amount| (amount, when, civil)).or(cuff.last);
        }
    }

    /// The cuff of this source, bed and site. A new one was never heard.
    fn cuff(&mut self, source: &SourceId, o: &Observation) -> &mut Cuff {
        let bed = o.context.as_deref().and_then(|c| c.bed.as_deref()).unwrap_or_default();
        let site = o.site.as_deref().unwrap_or_default();
        let same = |cuff: &Cuff| cuff.source == *source && (&*cuff.bed, &*cuff.site) == (bed, site);
        let at = self.cuffs.iter().position(same).unwrap_or_else(|| {
            if self.cuffs.len() >= CUFF_TIMES_MAX {
                let oldest = (0..self.cuffs.len()).min_by_key(|at| self.cuffs[*at].heard);
                oldest.map(|at| self.cuffs.swap_remove(at));
            }
            let heard = Micros(i64::MIN);
            self.cuffs.push(Cuff { source: source.clone(), bed: bed.into(), site: site.into(), last: None, heard });
            self.cuffs.len() - 1
        });
        &mut self.cuffs[at]
    }
}

const fn is_of_unknown_age(o: &Observation) -> bool {
    matches!(o.reading, Reading::Questionable(_, Doubt::UnknownTime))
}
