//! What goes wrong with a monitor or its line, when, and what it does to the bytes. Pure: time is a parameter, chance
//! comes from a seed.

use crate::rng::Rng;
use std::fmt;
use std::str::FromStr;

/// State of a simulated monitor and its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As it should be.
    #[default]
    Normal,
    /// Nothing is sent; the link stays up.
    Silence,
    /// Random bytes before every frame.
    Garbage,
    /// Frames break off. A serial line goes on with the next frame; a TCP connection is closed, as when a cable is pulled.
    Cut,
    /// The values stand still while the monitor's clock runs on.
    Freeze,
    /// The same bytes again: time stamp, control id and all.
    Repeat,
    /// The oximeter sensor is not on the patient.
    SensorOff,
    /// The patient moves: the oximeter's numbers go on and are in doubt.
    Motion,
    /// A cold hand: the oximeter hardly finds a pulse.
    LowPerfusion,
    /// The saturation falls to 88 %: nothing is wrong with the monitor.
    Desaturation,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 10] = [
        Self::Normal,
        Self::Silence,
        Self::Garbage,
        Self::Cut,
        Self::Freeze,
        Self::Repeat,
        Self::SensorOff,
        Self::Motion,
        Self::LowPerfusion,
        Self::Desaturation,
    ];

    /// Its word on the command line and on standard input.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Silence => "silence",
            Self::Garbage => "garbage",
            Self::Cut => "cut",
            Self::Freeze => "freeze",
            Self::Repeat => "repeat",
            Self::SensorOff => "sensor-off",
            Self::Motion => "motion",
            Self::LowPerfusion => "low-perfusion",
            Self::Desaturation => "desaturation",
        }
    }

    /// The mode of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// When a fault happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// From this many seconds after the program started.
    At(f64),
    /// With this probability for each frame, 0 to 1.
    Chance(f64),
}

/// One planned fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// What happens.
    pub mode: Mode,
    /// When it begins.
    pub when: When,
    /// For how many seconds; `None`: until the end where a time is given, for one frame where it is by chance.
    pub lasts_s: Option<f64>,
}

/// Why a fault could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no fault: expected WORD@SECONDS[+SECONDS] such as silence@60+20, or WORD%PROBABILITY[+SECONDS] such as \
     garbage%0.02; words are silence, garbage, cut, freeze, repeat, sensor-off, motion, low-perfusion, desaturation"
)]
pub struct FaultError(String);

impl FromStr for Fault {
    type Err = FaultError;

    /// `silence@60` (from second 60 on), `silence@60+20` (for 20 s), `cut%0.01` (one frame in a hundred),
    /// `freeze%0.01+15` (for 15 s each time).
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let wrong = || FaultError(text.to_owned());
        let seconds = |text: &str| text.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0).ok_or_else(wrong);
        let mark = text.find(['@', '%']).ok_or_else(wrong)?;
        let mode = Mode::from_word(&text[..mark]).filter(|mode| *mode != Mode::Normal).ok_or_else(wrong)?;
        let (first, lasts) = match text[mark + 1..].split_once('+') {
            Some((first, lasts)) => (first, Some(seconds(lasts)?)),
            None => (&text[mark + 1..], None),
        };
        let first = seconds(first)?;
        let when = if text.as_bytes()[mark] == b'@' { When::At(first) } else { When::Chance(first) };
        if matches!(when, When::Chance(chance) if chance > 1.0) {
            return Err(wrong());
        }
        Ok(Self { mode, when, lasts_s: lasts })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.when {
            When::At(s) => write!(f, "{}@{s}", self.mode.word())?,
            When::Chance(p) => write!(f, "{}%{p}", self.mode.word())?,
        }
        self.lasts_s.map_or(Ok(()), |s| write!(f, "+{s}"))
    }
}

/// The faults of one run.
#[derive(Clone, Debug)]
pub struct Faults {
    plan: Vec<Fault>,
    rng: Rng,
    /// A fault begun by chance, and when it ends.
    chanced: Option<(Mode, f64)>,
}

/// Most random bytes before one frame.
const GARBAGE_BYTES_MAX: usize = 40;

impl Faults {
    /// A plan; chance comes from `seed`.
    #[must_use]
    pub fn new(plan: Vec<Fault>, seed: u64) -> Self {
        // Not the patient's own numbers: a fault must not change the values of a seed.
        Self { plan, rng: Rng::new(seed ^ 0xFA17), chanced: None }
    }

    /// The mode of the frame due `elapsed_s` after the start. Ask once for each frame: chance is drawn here. Where
    /// several planned faults hold, the first in the plan wins.
    pub fn mode(&mut self, elapsed_s: f64) -> Mode {
        if let Some((mode, _)) = self.chanced.filter(|(_, until_s)| elapsed_s < *until_s) {
            return mode;
        }
        self.chanced = None;
        let mut found = Mode::Normal;
        for fault in &self.plan {
            let holds = match fault.when {
                When::At(from_s) => {
                    elapsed_s >= from_s && fault.lasts_s.is_none_or(|lasts_s| elapsed_s < from_s + lasts_s)
                }
                // Drawn for every fault and frame, so that one plan's draws do not depend on the other faults.
                When::Chance(chance) => self.rng.unit() < chance,
            };
            if holds && found == Mode::Normal {
                found = fault.mode;
                if let (When::Chance(_), Some(lasts_s)) = (fault.when, fault.lasts_s) {
                    self.chanced = Some((fault.mode, elapsed_s + lasts_s));
                }
            }
        }
        found
    }

    /// Random bytes to send before a frame.
    pub fn garbage(&mut self) -> Vec<u8> {
        let count = 1 + self.rng.below(GARBAGE_BYTES_MAX);
        self.rng.bytes(count)
    }

    /// The beginning of a frame that breaks off: at least one byte, never all.
    pub fn cut<'a>(&mut self, frame: &'a [u8]) -> &'a [u8] {
        let most = frame.len().saturating_sub(1);
        &frame[..(1 + self.rng.below(most)).min(most)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<Fault>) {
        assert_eq!(text.parse::<Fault>().ok(), expected, "of {text:?}");
        if let Some(fault) = expected {
            assert_eq!(fault.to_string(), text);
        }
    }

    #[test]
    fn faults_are_read_from_their_words() {
        let at = |mode, s, lasts_s| Some(Fault { mode, when: When::At(s), lasts_s });
        check("silence@60", at(Mode::Silence, 60.0, None));
        check("sensor-off@1.5+20", at(Mode::SensorOff, 1.5, Some(20.0)));
        check("cut%0.01", Some(Fault { mode: Mode::Cut, when: When::Chance(0.01), lasts_s: None }));
        for wrong in ["", "silence", "silence@", "silence@x", "normal@5", "noise@5", "cut%2", "cut%-1", "cut%0.1+x"] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_planned_fault_holds_for_its_time() {
        let mut faults = Faults::new(vec!["silence@10+5".parse().unwrap(), "freeze@12".parse().unwrap()], 1);
        let modes = [9.9, 10.0, 14.9, 15.0, 999.0].map(|s| faults.mode(s));
        assert_eq!(modes, [Mode::Normal, Mode::Silence, Mode::Silence, Mode::Freeze, Mode::Freeze]);
    }

    #[test]
    fn p20_chance_repeats_with_its_seed() {
        let run = |seed| {
            let mut faults = Faults::new(vec!["cut%0.1".parse().unwrap(), "silence%0.02+3".parse().unwrap()], seed);
            (0..1000).map(|s| faults.mode(f64::from(s))).collect::<Vec<_>>()
        };
        assert_eq!(run(5), run(5));
        assert_ne!(run(5), run(6));
        let cuts = run(5).into_iter().filter(|m| *m == Mode::Cut).count();
        assert!((60..140).contains(&cuts), "{cuts} of 1000 frames cut at a chance of 0.1");
        let silent = run(5).windows(3).any(|w| w == [Mode::Silence; 3]);
        assert!(silent, "a fault by chance with a length lasts that long");
    }

    #[test]
    fn a_cut_frame_is_never_whole_and_never_empty() {
        let mut faults = Faults::new(Vec::new(), 1);
        for _ in 0..500 {
            let cut = faults.cut(b"0123456789").len();
            assert!((1..10).contains(&cut));
            assert!((1..=GARBAGE_BYTES_MAX).contains(&faults.garbage().len()));
        }
        assert_eq!(faults.cut(b""), b"");
    }
}
