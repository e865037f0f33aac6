//! What each kind of notice says now: the rows of the table.

use crate::acts::Score;
use crate::cuff::part;
use crate::hold::Hold;
use crate::latest::{Seen, Shown};
use crate::number::Number;
use crate::rule::{Broken, broken};
use crate::verdict::{Found, Verdict};
use crate::watch::{Around, Watch};
use chairside_observation::session::{Phase, Session};
use chairside_observation::{
    Amount, Decimal, Limits, Micros, NoticeEnd, NoticeKind, NoticeLevel, Received, Unit, Vital,
};
use std::cmp::Ordering;

/// No pressure in kPa is above this (300 mmHg), and none in mmHg of a person who sits in a chair is below.
const KPA_MAX: i64 = 40;

impl Watch {
    pub(crate) fn verdict(
        &mut self,
        kind: NoticeKind,
        limits: &Limits,
        around: &Around<'_>,
        session: &Session,
    ) -> Verdict {
        match kind {
            NoticeKind::PreStartSystolic | NoticeKind::PreStartDiastolic => {
                if matches!(session.phase, Phase::CheckedIn | Phase::Baseline) {
                    self.pressure(kind, limits, around, session)
                } else {
                    Verdict::Gone(NoticeEnd::Phase)
                }
            }
            NoticeKind::Systolic | NoticeKind::Diastolic | NoticeKind::Mean => {
                self.pressure(kind, limits, around, session)
            }
            NoticeKind::Spo2 => self.lasting(kind, Vital::Spo2, limits, around, session),
            NoticeKind::HeartRate => self.lasting(kind, Vital::HeartRate, limits, around, session),
            NoticeKind::RespRate => self.lasting(kind, Vital::RespRate, limits, around, session),
            NoticeKind::EtCo2 => self.lasting(kind, Vital::EtCo2, limits, around, session),
            NoticeKind::Sedation => scored(kind, self.acts.sedation, limits, around.now),
            NoticeKind::Rass => scored(kind, self.acts.rass, limits, around.now),
            NoticeKind::Cuff => cuff_late(limits, around),
            NoticeKind::Assessment => assessment_late(limits, around),
        }
    }

    /// A pressure: each reading by itself. What is high counts from the start of the infusion on, what is low always.
    fn pressure(&self, kind: NoticeKind, limits: &Limits, around: &Around<'_>, session: &Session) -> Verdict {
        let Some(Shown { seen, current }) = self.latest.shown(Vital::Nibp, Self::asked(around, session)) else {
            return Verdict::Gone(NoticeEnd::NoSignal);
        };
        let amount = match seen.amount(&self.acts) {
            Ok(amount) => amount,
            Err(end) => return Verdict::Gone(end),
        };
        let number = match number(seen, part(kind, amount)) {
            Ok(number) => number,
            Err(end) => return Verdict::Gone(end),
        };
        let pre_start = matches!(kind, NoticeKind::PreStartSystolic | NoticeKind::PreStartDiastolic);
        let started = started(session);
        let in_session = pre_start || started.is_some_and(|started| seen.at >= started);
        let limits = if in_session { *limits } else { only_low(limits) };
        let broken = broken(kind, &limits, number, self.baseline(kind, seen, session));
        let confirmed = broken.twice.is_some() && self.confirmed(seen, around, session, started);
        let level = if broken.urgent.is_some() || confirmed {
            Some(NoticeLevel::Urgent)
        } else {
            broken.look.is_some().then_some(NoticeLevel::Look)
        };
        Verdict::Found(Found {
            value: number.text(),
            about: Some(seen.sequence),
            since: around.now.before(around.now.mono - seen.at),
            broken,
            ripe: level.filter(|_| current),
            holds: level,
            keeps: false,
            well: NoticeEnd::Within,
        })
    }

    /// Whether another reading within five minutes reached an urgent limit, too: "SBP or DBP on two readings".
    fn confirmed(&self, newest: Seen, around: &Around<'_>, session: &Session, started: Option<Micros>) -> bool {
        let kinds = [NoticeKind::Systolic, NoticeKind::Diastolic, NoticeKind::Mean];
        let on = kinds.map(|kind| (kind, around.settings.get(kind).map(|clinic| self.acts.limits(kind, clinic).0)));
        let like = |seen: Seen, amount: Amount| {
            on.iter().any(|(kind, limits)| {
                let reached = limits.zip(number(seen, part(*kind, amount)).ok());
                reached.is_some_and(|(limits, number)| broken(*kind, &limits, number, None).twice.is_some())
            })
        };
        started.is_some_and(|started| self.cuffs.again(newest, Self::asked(around, session), started, &self.acts, like))
    }

    /// The pressure before the infusion, as shown. A baseline has no unit of its own: it counts only for readings in mmHg, and
    /// not where it cannot have been in mmHg.
    fn baseline(&self, kind: NoticeKind, seen: Seen, session: &Session) -> Option<Decimal> {
        let values = &session.baseline.iter().find(|value| value.vital == Vital::Nibp)?.values;
        let [systolic, diastolic, ref rest @ ..] = values[..] else { return None };
        let amount =
            Amount::Pressure { systolic: Some(systolic), diastolic: Some(diastolic), mean: rest.first().copied() };
        let digits = part(kind, amount).filter(|_| seen.unit == Unit::MmHg)?;
        let number = Number::shown(Vital::Nibp, digits, Unit::MmHg);
        (number.against(Decimal::whole(KPA_MAX), 100) == Ordering::Greater).then_some(number.digits)
    }

    /// A value that is measured all the time, and has to be beyond its limit for a while.
    fn lasting(
        &mut self,
        kind: NoticeKind,
        vital: Vital,
        limits: &Limits,
        around: &Around<'_>,
        session: &Session,
    ) -> Verdict {
        let (shown, number, broken) = match self.value(kind, vital, limits, around, session) {
            Ok(found) => found,
            Err(end) => {
                self.holds.remove(&kind);
                return Verdict::Gone(end);
            }
        };
        let (since, ripe) = match self.held(kind, shown, &broken, limits, around.now) {
            Ok(held) => held,
            Err(end) => return Verdict::Gone(end),
        };
        Verdict::Found(Found {
            value: number.text(),
            about: Some(shown.seen.sequence),
            since,
            holds: broken.level(),
            broken,
            ripe,
            keeps: true,
            well: NoticeEnd::Within,
        })
    }

    /// Since when a value has been beyond its limit, and the level that is ripe.
    fn held(
        &mut self,
        kind: NoticeKind,
        shown: Shown,
        broken: &Broken,
        limits: &Limits,
        now: Received,
    ) -> Result<(Received, Option<NoticeLevel>), NoticeEnd> {
        let Shown { seen, current } = shown;
        let Some(level) = broken.level() else {
            self.holds.remove(&kind);
            return Ok((now, None));
        };
        let mut hold = match self.holds.get(&kind).copied() {
            Some(hold) => hold,
            // A value that is late begins nothing.
            None if !current => return Ok((now, None)),
            None => Hold::new(seen.sequence, now),
        };
        if self.acts.marked_between(seen.vital, hold.first, seen.sequence) {
            // Part of the stretch is an artefact: what it proved is gone.
            self.holds.insert(kind, Hold::new(seen.sequence, now));
            return Err(NoticeEnd::Artefact);
        }
        if current {
            hold.at(level, now);
        }
        self.holds.insert(kind, hold);
        let look = broken.look.is_some().then(|| limits.look_hold_s.unwrap_or(0));
        let ripe = hold.ripe(look, limits.urgent_hold_s.unwrap_or(0), now).filter(|_| current);
        Ok((hold.since, ripe))
    }

    fn value(
        &self,
        kind: NoticeKind,
        vital: Vital,
        limits: &Limits,
        around: &Around<'_>,
        session: &Session,
    ) -> Result<(Shown, Number, Broken), NoticeEnd> {
        let shown = self.latest.shown(vital, Self::asked(around, session)).ok_or(NoticeEnd::NoSignal)?;
        let Amount::One(digits) = shown.seen.amount(&self.acts)? else { return Err(NoticeEnd::NoValue) };
        let number = number(shown.seen, Some(digits))?;
        Ok((shown, number, broken(kind, limits, number, None)))
    }
}

/// A number in a unit that the clinic's limits can be held against.
fn number(seen: Seen, digits: Option<Decimal>) -> Result<Number, NoticeEnd> {
    let fits = match seen.vital {
        Vital::Nibp | Vital::EtCo2 => matches!(seen.unit, Unit::MmHg | Unit::KPa),
        Vital::Spo2 => seen.unit == Unit::Percent,
        _ => seen.unit == Unit::PerMin,
    };
    let digits = digits.ok_or(NoticeEnd::NoValue)?;
    if fits { Ok(Number::shown(seen.vital, digits, seen.unit)) } else { Err(NoticeEnd::Unit) }
}

/// T+0 on the monotonic clock, when it was said to be.
fn started(session: &Session) -> Option<Micros> {
    let (received, about) = session.started?;
    Some(received.mono - about.map_or(Micros(0), |about| received.wall - about.wall))
}

const fn only_low(limits: &Limits) -> Limits {
    Limits { look_high: None, urgent_high: None, once_high: None, over_pct: None, ..*limits }
}

/// A score holds until another one is entered.
fn scored(kind: NoticeKind, score: Option<Score>, limits: &Limits, now: Received) -> Verdict {
    let Some(Score { sequence, score, wall }) = score else { return Verdict::Gone(NoticeEnd::NoValue) };
    let number = Number { digits: Decimal::whole(i64::from(score)), unit: Unit::One };
    let broken = broken(kind, limits, number, None);
    let level = broken.level();
    Verdict::Found(Found {
        value: number.text(),
        about: Some(sequence),
        since: now.before(now.wall - wall),
        broken,
        ripe: level,
        holds: level,
        keeps: true,
        well: NoticeEnd::Within,
    })
}

/// "Interval + 2 min", and urgent at twice the interval.
fn cuff_late(limits: &Limits, around: &Around<'_>) -> Verdict {
    let Some((due, every)) = around.due.cuff else { return Verdict::Gone(NoticeEnd::Phase) };
    late(due, around.now, limits.late_s, Some(every), span(every))
}

/// "Due + 5 min".
fn assessment_late(limits: &Limits, around: &Around<'_>) -> Verdict {
    let Some(due) = around.due.assessment else { return Verdict::Gone(NoticeEnd::Phase) };
    let allowed = Micros::from_secs(i64::from(limits.late_s.unwrap_or(0)));
    late(due, around.now, limits.late_s, None, span(allowed))
}

fn late(due: Received, now: Received, look_s: Option<i16>, urgent: Option<Micros>, limit: String) -> Verdict {
    let by = now.mono - due.mono;
    let look = look_s.is_some_and(|s| by >= Micros::from_secs(i64::from(s)));
    let urgent = look_s.is_some() && urgent.is_some_and(|urgent| by >= urgent);
    let broken = Broken { look: look.then(|| limit.clone()), urgent: urgent.then_some(limit), twice: None };
    let level = broken.level();
    Verdict::Found(Found {
        value: span(by.max(Micros(0))),
        about: None,
        since: due,
        broken,
        ripe: level,
        holds: level,
        keeps: true,
        well: NoticeEnd::Done,
    })
}

/// Whole minutes, or seconds below one minute.
fn span(time: Micros) -> String {
    let seconds = time.0 / 1_000_000;
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}
