//! What happens in a round, drawn from a seed before anything starts: the same seed gives the same plan (P20).

use super::disk::{Call, Left};
use chairside_sim::rng::Rng;
use std::fmt;

/// Length of a round's load, in milliseconds.
const ROUND_MS: (u32, u32) = (1500, 4000);
/// Faults of one round.
const FAULTS: (u32, u32) = (1, 4);

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Calls fail from the `k`-th on: so many of them (`None`: until the fault ends). A write may get half of its bytes in.
    Fails { call: Call, k: u64, times: Option<u64>, short: bool },
    /// No room on the disk.
    Full,
    /// Every flush takes so much longer.
    Slow { us: u64 },
    /// Another program holds the database.
    Locked,
    /// The wall clock is set.
    Clock { by_s: i64 },
    /// The wall clock is set to two seconds before a change of daylight saving.
    Daylight { spring: bool },
    /// The server is stopped and goes on later.
    Paused,
    /// The cable of the monitor is pulled and put back, again and again.
    Flapping,
    /// Bytes that are nothing, on every port; headers that never end.
    Garbage,
    /// Screens that take nothing.
    DeadScreens { count: u32 },
    /// Senders that drip a byte at a time, and some that never read an answer.
    Dripping { count: u32 },
}

/// A fault with its time in the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timed {
    /// From the beginning of the load.
    pub at_ms: u32,
    /// After that it is taken back, if the round is not over by then.
    pub lasts_ms: u32,
    /// What.
    pub fault: Fault,
}

/// How a round ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// SIGKILL, in the middle of everything.
    Killed,
    /// The power goes.
    Cut(Left),
    /// In order, after all faults.
    Stopped,
}

/// What happens to the first start after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing.
    Calm,
    /// Killed after so many milliseconds.
    Killed { ms: u32 },
    /// A call of it fails, then it is killed.
    Fails { call: Call, k: u64, ms: u32 },
    /// The power goes once more.
    Cut { ms: u32 },
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// All that is drawn later in the round (values, paces, what a cut leaves) comes from this.
    pub seed: u64,
    /// How long it runs.
    pub run_ms: u32,
    /// In order of time.
    pub faults: Vec<Timed>,
    /// How it ends.
    pub end: End,
    /// How the start after it goes.
    pub recovery: Recovery,
}

fn between(rng: &mut Rng, range: (u32, u32)) -> u32 {
    range.0 + u32::try_from(rng.below((range.1 - range.0 + 1) as usize)).unwrap_or(0)
}

fn one_of<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.below(all.len())]
}

impl Round {
    /// Round `number` of a run.
    #[must_use]
    pub fn of(seed: u64, number: u64) -> Self {
        let mut rng = Rng::new(seed ^ number.wrapping_mul(0xA076_1D64_78BD_642F));
        let run_ms = between(&mut rng, ROUND_MS);
        let mut faults: Vec<Timed> = (0..between(&mut rng, FAULTS))
            .map(|_| Timed {
                at_ms: between(&mut rng, (0, run_ms * 3 / 4)),
                lasts_ms: between(&mut rng, (100, 1800)),
                fault: Fault::draw(&mut rng),
            })
            .collect();
        faults.sort_by_key(|timed| timed.at_ms);
        let end = match rng.below(10) {
            0..4 => End::Killed,
            4..8 => End::Cut(one_of(&mut rng, &[Left::Flushed, Left::All, Left::Pages, Left::Torn, Left::Torn])),
            _ => End::Stopped,
        };
        let recovery = match rng.below(6) {
            0 => Recovery::Killed { ms: between(&mut rng, (5, 400)) },
            1 => Recovery::Cut { ms: between(&mut rng, (5, 400)) },
            2 => Recovery::Fails {
                call: one_of(&mut rng, &Call::ALL),
                k: 1 + rng.below(20) as u64,
                ms: between(&mut rng, (50, 600)),
            },
            _ => Recovery::Calm,
        };
        Self { seed: rng.next_u64(), run_ms, faults, end, recovery }
    }
}

impl Fault {
    fn draw(rng: &mut Rng) -> Self {
        match rng.below(14) {
            0..4 => Self::Fails {
                call: one_of(rng, &[Call::Flush, Call::Flush, Call::Write, Call::Write, Call::Open]),
                k: if rng.below(2) == 0 { 1 } else { 1 + rng.below(30) as u64 },
                times: if rng.below(2) == 0 { None } else { Some(1 + rng.below(3) as u64) },
                short: rng.below(2) == 0,
            },
            4 => Self::Full,
            5 => Self::Slow { us: 1000 + rng.below(200_000) as u64 },
            6 => Self::Locked,
            7 => Self::Clock { by_s: one_of(rng, &[-36_000, -3600, -61, -3, 3, 59, 3600, 36_000]) },
            8 => Self::Daylight { spring: rng.below(2) == 0 },
            9 => Self::Paused,
            10 => Self::Flapping,
            11 => Self::Garbage,
            12 => Self::DeadScreens { count: 1 + u32::try_from(rng.below(8)).unwrap_or(0) },
            _ => Self::Dripping { count: 1 + u32::try_from(rng.below(20)).unwrap_or(0) },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fails { call, k, times, short } => {
                let times = times.map_or("on and on".to_owned(), |n| format!("{n} times"));
                let half = if *short && *call == Call::Write { ", half written" } else { "" };
                write!(f, "{call:?} fails from the {k}. {times}{half}")
            }
            Self::Clock { by_s } => write!(f, "clock {by_s:+} s"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Timed { at_ms, lasts_ms, fault } in &self.faults {
            write!(f, "{fault} at {at_ms} ms for {lasts_ms}; ")?;
        }
        write!(f, "{:?} at {} ms; start after it: {:?}", self.end, self.run_ms, self.recovery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p20_a_seed_is_always_the_same_plan_and_another_is_another() {
        for number in 0..50 {
            assert_eq!(Round::of(7, number), Round::of(7, number));
            assert_ne!(Round::of(7, number), Round::of(8, number));
            assert_ne!(Round::of(7, number), Round::of(7, number + 1));
        }
    }

    #[test]
    fn two_hundred_rounds_hold_every_fault_every_end_and_every_recovery() {
        let rounds: Vec<Round> = (0..200).map(|n| Round::of(1, n)).collect();
        let words = |text: String| text.split([' ', '{', '(']).next().unwrap_or("").to_owned();
        let of = |all: Vec<String>| all.into_iter().map(words).collect::<std::collections::BTreeSet<_>>().len();
        let faults = rounds.iter().flat_map(|r| &r.faults).map(|t| format!("{:?}", t.fault)).collect();
        assert_eq!(of(faults), 11);
        assert_eq!(of(rounds.iter().map(|r| format!("{:?}", r.end)).collect()), 3);
        assert_eq!(of(rounds.iter().map(|r| format!("{:?}", r.recovery)).collect()), 4);
        assert!(rounds.iter().all(|r| r.faults.iter().all(|t| t.at_ms <= r.run_ms)));
    }
}
