//! Which limits a number breaks. How it is compared is fixed by the kind, as the table "Default limits and timers" prints it;
//! the numbers are the clinic's.

use crate::number::Number;
use chairside_observation::{Decimal, LimitName, Limits, NoticeKind, NoticeLevel};
use std::cmp::Ordering;

/// What a number breaks: for each level the limit that did, as shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) look: Option<String>,
    /// Urgent as soon as it is ripe.
    pub(crate) urgent: Option<String>,
    /// Urgent once a second reading says so, too: a pressure that is not beyond its "once".
    pub(crate) twice: Option<String>,
}

impl Broken {
    /// The highest level there is a limit for, were it ripe.
    pub(crate) fn level(&self) -> Option<NoticeLevel> {
        if self.urgent.is_some() || self.twice.is_some() {
            Some(NoticeLevel::Urgent)
        } else {
            self.look.is_some().then_some(NoticeLevel::Look)
        }
    }

    /// The limit that decided for a level.
    pub(crate) fn limit(&self, level: NoticeLevel) -> &str {
        let urgent = self.urgent.as_deref().or(self.twice.as_deref());
        let look = self.look.as_deref();
        match level {
            NoticeLevel::Look => look.or(urgent),
            NoticeLevel::Urgent => urgent.or(look),
        }
        .unwrap_or_default()
    }
}

/// Limits of `kind` that are broken by the very number, too: `>=`, `<=`.
const fn with_equal(kind: NoticeKind, name: LimitName) -> bool {
    match kind {
        NoticeKind::PreStartSystolic | NoticeKind::PreStartDiastolic => matches!(name, LimitName::UrgentHigh),
        NoticeKind::Systolic | NoticeKind::Diastolic | NoticeKind::Mean => {
            matches!(name, LimitName::LookHigh | LimitName::UrgentHigh | LimitName::OnceHigh)
        }
        NoticeKind::Sedation | NoticeKind::Rass => true,
        _ => false,
    }
}

/// A pressure whose urgent limit asks for a second reading.
const fn asks_twice(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::Systolic | NoticeKind::Diastolic | NoticeKind::Mean)
}

/// What `number` breaks. `baseline` is the same quantity before the infusion, in the same unit; without it no share of it is
/// broken.
pub(crate) fn broken(kind: NoticeKind, limits: &Limits, number: Number, baseline: Option<Decimal>) -> Broken {
    let beyond = |name: LimitName, side: Ordering| {
        let limit = limits.get(name)?;
        let order = number.against(Decimal::whole(i64::from(limit)), 100);
        (order == side || (order == Ordering::Equal && with_equal(kind, name))).then(|| limit.to_string())
    };
    let share = |name: LimitName, sign: char, side: Ordering| {
        let (percent, baseline) = (i64::from(limits.get(name)?), baseline?);
        let of = if side == Ordering::Greater { 100 + percent } else { 100 - percent };
        (number.against_own(baseline, of) == side).then(|| format!("{baseline} {sign}{percent} %"))
    };
    let above = beyond(LimitName::UrgentHigh, Ordering::Greater);
    let (twice, above) = if asks_twice(kind) { (above, None) } else { (None, above) };
    Broken {
        look: beyond(LimitName::LookLow, Ordering::Less)
            .or_else(|| beyond(LimitName::LookHigh, Ordering::Greater))
            .or_else(|| share(LimitName::OverPct, '+', Ordering::Greater))
            .or_else(|| share(LimitName::UnderPct, '-', Ordering::Less)),
        urgent: beyond(LimitName::UrgentLow, Ordering::Less)
            .or_else(|| beyond(LimitName::OnceHigh, Ordering::Greater))
            .or(above),
        twice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::{Unit, Vital};

    /// The numbers a clinic begins with, which are those of the table.
    fn check(kind: NoticeKind, digits: &str, baseline: Option<i64>, expected: &str) {
        let (vital, unit) = match kind {
            NoticeKind::Spo2 => (Vital::Spo2, Unit::Percent),
            NoticeKind::HeartRate => (Vital::HeartRate, Unit::PerMin),
            NoticeKind::RespRate => (Vital::RespRate, Unit::PerMin),
            NoticeKind::EtCo2 => (Vital::EtCo2, Unit::MmHg),
            NoticeKind::Sedation | NoticeKind::Rass => (Vital::Spo2, Unit::One),
            _ => (Vital::Nibp, Unit::MmHg),
        };
        let number = Number::shown(vital, Decimal::parse(digits.as_bytes()).unwrap(), unit);
        let Broken { look, urgent, twice } = broken(kind, &kind.limits(), number, baseline.map(Decimal::whole));
        let mut found = Vec::new();
        for (word, limit) in [("look", look), ("urgent", urgent), ("twice", twice)] {
            found.extend(limit.map(|limit| format!("{word} {limit}")));
        }
        assert_eq!(found.join(", "), expected, "{kind:?} {digits} over {baseline:?}");
    }

    #[test]
    fn h13_the_table_of_limits_row_by_row() {
        use NoticeKind::{
            Diastolic, EtCo2, HeartRate, Mean, PreStartDiastolic, PreStartSystolic, Rass, RespRate, Sedation, Spo2,
            Systolic,
        };
        let rows: &[(NoticeKind, &str, &str)] = &[
            // Pre-start BP: SBP >140 or DBP >90; SBP >=180 or DBP >=110.
            (PreStartSystolic, "140", ""),
            (PreStartSystolic, "141", "look 140"),
            (PreStartSystolic, "179", "look 140"),
            (PreStartSystolic, "180", "look 140, urgent 180"),
            (PreStartDiastolic, "90", ""),
            (PreStartDiastolic, "91", "look 90"),
            (PreStartDiastolic, "109", "look 90"),
            (PreStartDiastolic, "110", "look 90, urgent 110"),
            // BP high in session: SBP >=160 or DBP >=100; >=180 or >=110 twice; >=200/120 once.
            (Systolic, "159", ""),
            (Systolic, "160", "look 160"),
            (Systolic, "179", "look 160"),
            (Systolic, "180", "look 160, twice 180"),
            (Systolic, "199", "look 160, twice 180"),
            (Systolic, "200", "look 160, urgent 200, twice 180"),
            (Diastolic, "99", ""),
            (Diastolic, "100", "look 100"),
            (Diastolic, "110", "look 100, twice 110"),
            (Diastolic, "119", "look 100, twice 110"),
            (Diastolic, "120", "look 100, urgent 120, twice 110"),
            // BP low: SBP <90; SBP <80.
            (Systolic, "90", ""),
            (Systolic, "89", "look 90"),
            (Systolic, "80", "look 90"),
            (Systolic, "79", "look 90, urgent 80"),
            (Diastolic, "20", ""),
            (Mean, "300", ""),
            // SpO2: <94; <90.
            (Spo2, "100", ""),
            (Spo2, "94", ""),
            (Spo2, "93", "look 94"),
            (Spo2, "90", "look 94"),
            (Spo2, "89", "look 94, urgent 90"),
            // HR: >120 or <50; >140 or <40.
            (HeartRate, "120", ""),
            (HeartRate, "121", "look 120"),
            (HeartRate, "140", "look 120"),
            (HeartRate, "141", "look 120, urgent 140"),
            (HeartRate, "50", ""),
            (HeartRate, "49", "look 50"),
            (HeartRate, "40", "look 50"),
            (HeartRate, "39", "look 50, urgent 40"),
            // RR: <10 or >24; <8 or >30. EtCO2: >50 or <25, urgent only.
            (RespRate, "10", ""),
            (RespRate, "9", "look 10"),
            (RespRate, "8", "look 10"),
            (RespRate, "7", "look 10, urgent 8"),
            (RespRate, "24", ""),
            (RespRate, "25", "look 24"),
            (RespRate, "30", "look 24"),
            (RespRate, "31", "look 24, urgent 30"),
            (EtCo2, "50", ""),
            (EtCo2, "51", "urgent 50"),
            (EtCo2, "25", ""),
            (EtCo2, "24", "urgent 25"),
            // MOAA/S <=3, <=2; RASS <=-2, <=-4.
            (Sedation, "4", ""),
            (Sedation, "3", "look 3"),
            (Sedation, "2", "look 3, urgent 2"),
            (Rass, "-1", ""),
            (Rass, "4", ""),
            (Rass, "-2", "look -2"),
            (Rass, "-3", "look -2"),
            (Rass, "-4", "look -2, urgent -4"),
        ];
        for (kind, digits, expected) in rows {
            check(*kind, digits, None, expected);
        }
    }

    #[test]
    fn h13_shares_of_the_baseline_are_exact_and_need_one() {
        // SBP or MAP more than 20 % over baseline; SBP more than 30 % under.
        check(NoticeKind::Systolic, "144", Some(120), "");
        check(NoticeKind::Systolic, "145", Some(120), "look 120 +20 %");
        check(NoticeKind::Systolic, "141", Some(118), "");
        check(NoticeKind::Systolic, "142", Some(118), "look 118 +20 %");
        check(NoticeKind::Systolic, "98", Some(140), "");
        check(NoticeKind::Systolic, "97", Some(140), "look 140 -30 %");
        check(NoticeKind::Systolic, "165", Some(120), "look 160");
        check(NoticeKind::Mean, "108", Some(90), "");
        check(NoticeKind::Mean, "109", Some(90), "look 90 +20 %");
        check(NoticeKind::Mean, "60", Some(90), "");
        check(NoticeKind::Systolic, "145", None, "");
    }

    #[test]
    fn a_number_the_clinic_took_away_gives_nothing() {
        let number = Number { digits: Decimal::whole(50), unit: Unit::Percent };
        let limits = Limits { look_low: None, ..NoticeKind::Spo2.limits() };
        let broken = broken(NoticeKind::Spo2, &limits, number, None);
        assert_eq!((broken.look, broken.urgent.as_deref()), (None, Some("90")));
    }
}
