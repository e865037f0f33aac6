//! The clinic's own limit notices: their kinds, their levels and their numbers. What they do stands in the layer that
//! raises them; without it these are words and settings.
//!
//! The numbers a clinic begins with are those of the table "Default limits and timers" of the clinical page. How a number
//! is compared (`>` or `>=`) belongs to its kind and is written there.

use crate::Micros;
use crate::vital::words;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt::{self, Write};

words! {
    /// What a notice is about.
    NoticeKind {
        /// Systolic pressure before the infusion.
        PreStartSystolic = "pre-start systolic",
        /// Diastolic pressure before the infusion.
        PreStartDiastolic = "pre-start diastolic",
        /// Systolic pressure in session.
        Systolic = "systolic",
        /// Diastolic pressure in session.
        Diastolic = "diastolic",
        /// Mean pressure in session.
        Mean = "mean",
        /// Oxygen saturation.
        Spo2 = "spo2",
        /// Heart or pulse rate.
        HeartRate = "heart rate",
        /// Respiration rate.
        RespRate = "resp rate",
        /// End-tidal carbon dioxide.
        EtCo2 = "etco2",
        /// MOAA/S as entered.
        Sedation = "sedation",
        /// RASS as entered.
        Rass = "rass",
        /// The next cuff reading is late.
        Cuff = "cuff",
        /// The next assessment is late.
        Assessment = "assessment",
    }
}

words! {
    /// How much it matters.
    NoticeLevel {
        /// Look at the patient when you can.
        Look = "look",
        /// Look now.
        Urgent = "urgent",
    }
}

impl NoticeLevel {
    /// How long a notice is quiet once somebody saw it; after that it is as loud as before, if it still stands.
    #[must_use]
    pub const fn quiet(self) -> Micros {
        match self {
            Self::Look => Micros::from_secs(5 * 60),
            Self::Urgent => Micros::from_secs(2 * 60),
        }
    }
}

words! {
    /// Name of one number of a limit.
    LimitName {
        /// Below it: look.
        LookLow = "lookLow",
        /// Above it: look.
        LookHigh = "lookHigh",
        /// Below it: urgent.
        UrgentLow = "urgentLow",
        /// Above it: urgent; of a pressure in session two readings in a row.
        UrgentHigh = "urgentHigh",
        /// Above it once: urgent.
        OnceHigh = "onceHigh",
        /// Per cent over the baseline: look.
        OverPct = "overPct",
        /// Per cent under the baseline: look.
        UnderPct = "underPct",
        /// Seconds it has to last before "look".
        LookHoldS = "lookHoldS",
        /// Seconds it has to last before "urgent".
        UrgentHoldS = "urgentHoldS",
        /// Seconds after the due time.
        LateS = "lateS",
    }
}

/// The numbers of one kind of notice. One that is not there gives no notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// [`LimitName::LookLow`]
    pub look_low: Option<i16>,
    /// [`LimitName::LookHigh`]
    pub look_high: Option<i16>,
    /// [`LimitName::UrgentLow`]
    pub urgent_low: Option<i16>,
    /// [`LimitName::UrgentHigh`]
    pub urgent_high: Option<i16>,
    /// [`LimitName::OnceHigh`]
    pub once_high: Option<i16>,
    /// [`LimitName::OverPct`]
    pub over_pct: Option<i16>,
    /// [`LimitName::UnderPct`]
    pub under_pct: Option<i16>,
    /// [`LimitName::LookHoldS`]
    pub look_hold_s: Option<i16>,
    /// [`LimitName::UrgentHoldS`]
    pub urgent_hold_s: Option<i16>,
    /// [`LimitName::LateS`]
    pub late_s: Option<i16>,
}

/// Why a text or its numbers are no limits of that kind: what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadLimits {
    /// No `name=number` with a known name and a whole number.
    Pair(Box<str>),
    /// A name stands twice.
    Twice(LimitName),
    /// The kind has no number of that name.
    NotOfKind(NoticeKind, LimitName),
    /// A number is outside of what can be meant.
    Range {
        /// Which.
        name: LimitName,
        /// Found.
        found: i16,
        /// Lowest and highest possible.
        expected: (i16, i16),
    },
    /// The first has to be below the second, or equal where both are on one side.
    Order(LimitName, LimitName),
}

impl fmt::Display for BadLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pair(found) => {
                write!(f, "limits: found {found:?}, expected name=number with one of the names")?;
                LimitName::ALL.iter().try_for_each(|name| write!(f, " {}", name.word()))
            }
            Self::Twice(name) => write!(f, "limits: {} stands twice, expected once", name.word()),
            Self::NotOfKind(kind, name) => {
                write!(f, "limits: found {}, but \"{}\" has only", name.word(), kind.word())?;
                kind.names().iter().try_for_each(|name| write!(f, " {}", name.word()))
            }
            Self::Range { name, found, expected } => {
                write!(f, "{}: found {found}, expected {} to {}", name.word(), expected.0, expected.1)
            }
            Self::Order(low, high) => write!(f, "{} has to be below {}", low.word(), high.word()),
        }
    }
}

impl Limits {
    /// The number of this name.
    #[must_use]
    pub const fn get(&self, name: LimitName) -> Option<i16> {
        match name {
            LimitName::LookLow => self.look_low,
            LimitName::LookHigh => self.look_high,
            LimitName::UrgentLow => self.urgent_low,
            LimitName::UrgentHigh => self.urgent_high,
            LimitName::OnceHigh => self.once_high,
            LimitName::OverPct => self.over_pct,
            LimitName::UnderPct => self.under_pct,
            LimitName::LookHoldS => self.look_hold_s,
            LimitName::UrgentHoldS => self.urgent_hold_s,
            LimitName::LateS => self.late_s,
        }
    }

    /// Sets the number of this name.
    pub const fn set(&mut self, name: LimitName, number: i16) {
        let place = match name {
            LimitName::LookLow => &mut self.look_low,
            LimitName::LookHigh => &mut self.look_high,
            LimitName::UrgentLow => &mut self.urgent_low,
            LimitName::UrgentHigh => &mut self.urgent_high,
            LimitName::OnceHigh => &mut self.once_high,
            LimitName::OverPct => &mut self.over_pct,
            LimitName::UnderPct => &mut self.under_pct,
            LimitName::LookHoldS => &mut self.look_hold_s,
            LimitName::UrgentHoldS => &mut self.urgent_hold_s,
            LimitName::LateS => &mut self.late_s,
        };
        *place = Some(number);
    }

    /// Reads `name=number` pairs parted by blanks, in any order.
    ///
    /// # Errors
    /// The first pair that is none, or a name that stands twice.
    pub fn parse(text: &str) -> Result<Self, BadLimits> {
        let mut limits = Self::default();
        for pair in text.split_whitespace() {
            let known = pair.split_once('=').and_then(|(name, number)| {
                Some((LimitName::from_word(name)?, number.parse().ok().filter(|_| !number.starts_with('+'))?))
            });
            // A text of any length may come in; a few characters are enough to find it.
            let (name, number) =
                known.ok_or_else(|| BadLimits::Pair(pair.chars().take(40).collect::<String>().into()))?;
            if limits.get(name).is_some() {
                return Err(BadLimits::Twice(name));
            }
            limits.set(name, number);
        }
        Ok(limits)
    }

    /// These with the numbers of `own` in their place where it has any: a patient's own over the clinic's.
    #[must_use]
    pub fn with(mut self, own: &Self) -> Self {
        for name in LimitName::ALL {
            if let Some(number) = own.get(*name) {
                self.set(*name, number);
            }
        }
        self
    }

    /// The text that [`Limits::parse`] reads, names in their fixed order.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = String::new();
        for name in LimitName::ALL {
            if let Some(number) = self.get(*name) {
                let blank = if text.is_empty() { "" } else { " " };
                // Writing to a string cannot fail.
                let _ = write!(text, "{blank}{}={number}", name.word());
            }
        }
        text
    }

    /// Whether these can be limits of `kind`: names it has, numbers that can be meant, low below high.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn may(&self, kind: NoticeKind) -> Result<(), BadLimits> {
        for name in LimitName::ALL.iter().copied() {
            let Some(found) = self.get(name) else { continue };
            if !kind.names().contains(&name) {
                return Err(BadLimits::NotOfKind(kind, name));
            }
            let expected = kind.range(name);
            if !(expected.0..=expected.1).contains(&found) {
                return Err(BadLimits::Range { name, found, expected });
            }
        }
        for (low, high) in ORDER {
            if let (Some(below), Some(above)) = (self.get(low), self.get(high))
                && (below > above || (below == above && !same_side(low, high)))
            {
                return Err(BadLimits::Order(low, high));
            }
        }
        Ok(())
    }
}

/// What has to lie in this order where both numbers are there.
const ORDER: [(LimitName, LimitName); 7] = [
    (LimitName::UrgentLow, LimitName::LookLow),
    (LimitName::LookLow, LimitName::LookHigh),
    (LimitName::LookHigh, LimitName::UrgentHigh),
    (LimitName::LookHigh, LimitName::OnceHigh),
    (LimitName::UrgentHigh, LimitName::OnceHigh),
    (LimitName::UrgentLow, LimitName::UrgentHigh),
    (LimitName::LookLow, LimitName::UrgentHigh),
];

/// Both are low limits, or both are high ones: equal numbers only make the milder one silent.
fn same_side(low: LimitName, high: LimitName) -> bool {
    let is_low = |name| matches!(name, LimitName::LookLow | LimitName::UrgentLow);
    is_low(low) == is_low(high)
}

impl NoticeKind {
    /// The numbers this kind has.
    #[must_use]
    pub const fn names(self) -> &'static [LimitName] {
        use LimitName::{
            LateS, LookHigh, LookHoldS, LookLow, OnceHigh, OverPct, UnderPct, UrgentHigh, UrgentHoldS, UrgentLow,
        };
        match self {
            Self::PreStartSystolic | Self::PreStartDiastolic => &[LookLow, LookHigh, UrgentLow, UrgentHigh],
            Self::Systolic | Self::Diastolic | Self::Mean => {
                &[LookLow, LookHigh, UrgentLow, UrgentHigh, OnceHigh, OverPct, UnderPct]
            }
            Self::Spo2 => &[LookLow, UrgentLow, LookHoldS, UrgentHoldS],
            Self::HeartRate | Self::RespRate | Self::EtCo2 => {
                &[LookLow, LookHigh, UrgentLow, UrgentHigh, LookHoldS, UrgentHoldS]
            }
            Self::Sedation | Self::Rass => &[LookLow, UrgentLow],
            Self::Cuff | Self::Assessment => &[LateS],
        }
    }

    /// Lowest and highest number that can be meant: what a monitor can show at all, a scale, an hour.
    const fn range(self, name: LimitName) -> (i16, i16) {
        match (name, self) {
            (LimitName::OverPct | LimitName::UnderPct, _) => (1, 100),
            (LimitName::LookHoldS | LimitName::UrgentHoldS | LimitName::LateS, _) => (0, 3600),
            (_, Self::Spo2) => (1, 100),
            (_, Self::Sedation) => (0, 5),
            (_, Self::Rass) => (-5, 4),
            _ => (1, 300),
        }
    }

    /// The numbers a clinic begins with; every kind is off until the lead switches it on.
    #[must_use]
    pub const fn limits(self) -> Limits {
        let none = Limits {
            look_low: None,
            look_high: None,
            urgent_low: None,
            urgent_high: None,
            once_high: None,
            over_pct: None,
            under_pct: None,
            look_hold_s: None,
            urgent_hold_s: None,
            late_s: None,
        };
        match self {
            Self::PreStartSystolic => Limits { look_high: Some(140), urgent_high: Some(180), ..none },
            Self::PreStartDiastolic => Limits { look_high: Some(90), urgent_high: Some(110), ..none },
            Self::Systolic => Limits {
                look_low: Some(90),
                look_high: Some(160),
                urgent_low: Some(80),
                urgent_high: Some(180),
                once_high: Some(200),
                over_pct: Some(20),
                under_pct: Some(30),
                ..none
            },
            Self::Diastolic => Limits { look_high: Some(100), urgent_high: Some(110), once_high: Some(120), ..none },
            Self::Mean => Limits { over_pct: Some(20), ..none },
            Self::Spo2 => Limits {
                look_low: Some(94),
                urgent_low: Some(90),
                look_hold_s: Some(15),
                urgent_hold_s: Some(10),
                ..none
            },
            Self::HeartRate => Limits {
                look_low: Some(50),
                look_high: Some(120),
                urgent_low: Some(40),
                urgent_high: Some(140),
                look_hold_s: Some(30),
                urgent_hold_s: Some(10),
                ..none
            },
            Self::RespRate => Limits {
                look_low: Some(10),
                look_high: Some(24),
                urgent_low: Some(8),
                urgent_high: Some(30),
                look_hold_s: Some(30),
                urgent_hold_s: Some(30),
                ..none
            },
            Self::EtCo2 => Limits { urgent_low: Some(25), urgent_high: Some(50), urgent_hold_s: Some(30), ..none },
            Self::Sedation => Limits { look_low: Some(3), urgent_low: Some(2), ..none },
            Self::Rass => Limits { look_low: Some(-2), urgent_low: Some(-4), ..none },
            Self::Cuff => Limits { late_s: Some(120), ..none },
            Self::Assessment => Limits { late_s: Some(300), ..none },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn limits_survive_their_text() {
        let table = [
            (NoticeKind::PreStartSystolic, "lookHigh=140 urgentHigh=180"),
            (NoticeKind::PreStartDiastolic, "lookHigh=90 urgentHigh=110"),
            (
                NoticeKind::Systolic,
                "lookLow=90 lookHigh=160 urgentLow=80 urgentHigh=180 onceHigh=200 overPct=20 underPct=30",
            ),
            (NoticeKind::Diastolic, "lookHigh=100 urgentHigh=110 onceHigh=120"),
            (NoticeKind::Mean, "overPct=20"),
            (NoticeKind::Spo2, "lookLow=94 urgentLow=90 lookHoldS=15 urgentHoldS=10"),
            (NoticeKind::HeartRate, "lookLow=50 lookHigh=120 urgentLow=40 urgentHigh=140 lookHoldS=30 urgentHoldS=10"),
            (NoticeKind::RespRate, "lookLow=10 lookHigh=24 urgentLow=8 urgentHigh=30 lookHoldS=30 urgentHoldS=30"),
            (NoticeKind::EtCo2, "urgentLow=25 urgentHigh=50 urgentHoldS=30"),
            (NoticeKind::Sedation, "lookLow=3 urgentLow=2"),
            (NoticeKind::Rass, "lookLow=-2 urgentLow=-4"),
            (NoticeKind::Cuff, "lateS=120"),
            (NoticeKind::Assessment, "lateS=300"),
        ];
        assert_eq!(table.map(|(kind, _)| kind), NoticeKind::ALL, "every kind has its row");
        for (kind, text) in table {
            assert_eq!(kind.limits().write(), text);
            assert_eq!(Limits::parse(text), Ok(kind.limits()));
            assert_eq!(kind.limits().may(kind), Ok(()), "{text}");
        }
        assert_eq!(Limits::parse(" urgentLow=90  lookLow=94 ").unwrap().write(), "lookLow=94 urgentLow=90");
        assert_eq!(Limits::parse("").unwrap(), Limits::default());
    }

    #[test]
    fn limits_that_cannot_be_meant_are_refused_with_a_sentence() {
        let check = |kind: NoticeKind, text: &str, expected: &str| {
            let found = Limits::parse(text).and_then(|limits| limits.may(kind)).unwrap_err().to_string();
            assert!(found.starts_with(expected), "{found}");
        };
        let spo2 = NoticeKind::Spo2;
        check(spo2, "low=94", "limits: found \"low=94\", expected name=number with one of the names lookLow lookHigh");
        check(spo2, "lookLow", "limits: found \"lookLow\"");
        check(spo2, "lookLow=", "limits: found \"lookLow=\"");
        check(spo2, "lookLow=+94", "limits: found \"lookLow=+94\"");
        check(spo2, "lookLow=93.5", "limits: found \"lookLow=93.5\"");
        check(spo2, "lookLow=40000", "limits: found \"lookLow=40000\"");
        check(spo2, "lookLow=94 lookLow=93", "limits: lookLow stands twice");
        check(spo2, "lookHigh=99", "limits: found lookHigh, but \"spo2\" has only lookLow urgentLow lookHoldS");
        check(spo2, "lookLow=101", "lookLow: found 101, expected 1 to 100");
        check(spo2, "lookLow=90 urgentLow=94", "urgentLow has to be below lookLow");
        check(spo2, "lookHoldS=3601", "lookHoldS: found 3601, expected 0 to 3600");
        check(NoticeKind::HeartRate, "lookLow=120 lookHigh=120", "lookLow has to be below lookHigh");
        check(NoticeKind::HeartRate, "urgentLow=150 urgentHigh=140", "urgentLow has to be below urgentHigh");
        check(NoticeKind::Systolic, "urgentHigh=200 onceHigh=180", "urgentHigh has to be below onceHigh");
        check(NoticeKind::Systolic, "overPct=0", "overPct: found 0, expected 1 to 100");
        check(NoticeKind::Rass, "lookLow=5", "lookLow: found 5, expected -5 to 4");
        let equal = Limits::parse("lookLow=90 urgentLow=90").unwrap();
        assert_eq!(equal.may(spo2), Ok(()), "both at once: urgent");
    }
}
