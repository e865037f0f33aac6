//! What happens in the run of a seed, and when: drawn before anything starts.

use chairside_sim::rng::Rng;
use chairside_store::memory::Fault as Disk;
use std::fmt;

/// Nothing happens before: everybody has come up.
const FIRST_MS: u64 = 5_000;
/// Nothing begins after.
const LAST_MS: u64 = 38_000;
/// From here on the network, the disk and the server are whole.
pub(super) const HEALED_MS: u64 = 45_000;
/// Longest a screen may need from there to show the newest value of every chair: a connection found dead after 5 s, a pause
/// of 5 s, one more attempt that hangs on its way, and a message a second.
pub(super) const BOUND_MS: u64 = 20_000;
/// A little more, so that what was asked last is answered.
pub(super) const END_MS: u64 = HEALED_MS + BOUND_MS + 2_000;

/// Hosts around the server.
pub(super) const HOSTS: [&str; 6] = ["north-a", "north-b", "south", "tablet", "wall", "stranger"];
/// Those that are monitors, each beside the chair of its number.
pub(super) const MONITORS: usize = 3;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing passes between the server and this host, and what was on its way is lost.
    Cut(usize),
    /// Nothing the server says arrives there; what it says arrives here.
    Mute(usize),
    /// Nothing passes; it all arrives when it is over.
    Hold(usize),
    /// One message of so many breaks the way for a moment, and every connection on it.
    Loss(usize, u32),
    /// The server is killed.
    Kill,
    /// Its power goes: nobody hears a word of it, and connections stay half open.
    Power,
    /// It is stopped in order.
    Stop,
    /// This monitor is switched off and on.
    Restart(usize),
    /// Appends fail.
    Disk(Disk),
    /// Each takes so many milliseconds more.
    SlowDisk(u64),
    /// The server's wall clock is set by so many seconds.
    Clock(i64),
}

/// A fault with its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When it begins.
    pub at_ms: u64,
    /// When it is over.
    pub until_ms: u64,
    /// What it is.
    pub fault: Fault,
}

/// The run of a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Longest way of a message through the network.
    pub latency_ms: u64,
    /// Longest flush of the healthy disk.
    pub flush_ms: u64,
    /// What goes wrong, in order.
    pub turns: Vec<Turn>,
    /// When the monitor of each chair gets its next patient.
    pub patients: [Vec<u64>; MONITORS],
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x6E65_7477_6F72_6B00);
        let latency_ms = [20, 60, 150, 300][rng.below(4)];
        let flush_ms = [2, 10, 60, 200][rng.below(4)];
        let mut turns: Vec<Turn> = (0..3 + rng.below(5)).map(|_| Self::turn(&mut rng)).collect();
        turns.sort_by_key(|turn| (turn.at_ms, turn.until_ms));
        let patients = std::array::from_fn(|_| {
            let mut times: Vec<u64> = (0..rng.below(3)).map(|_| FIRST_MS + rng.below(30_000) as u64).collect();
            times.sort_unstable();
            times
        });
        Self { seed, latency_ms, flush_ms, turns, patients }
    }

    fn turn(rng: &mut Rng) -> Turn {
        let at_ms = FIRST_MS + rng.below((LAST_MS - FIRST_MS) as usize) as u64;
        let for_ms = [600, 2_500, 8_000, 16_000][rng.below(4)] + rng.below(2_000) as u64;
        let fault = Self::fault(rng);
        Turn { at_ms, until_ms: (at_ms + for_ms).min(HEALED_MS), fault }
    }

    fn fault(rng: &mut Rng) -> Fault {
        let host = rng.below(HOSTS.len());
        match rng.below(16) {
            0 | 1 => Fault::Cut(host),
            2 => Fault::Mute(host),
            3 | 4 => Fault::Hold(host),
            5 => Fault::Loss(host, [10, 50, 200][rng.below(3)]),
            6..=8 => Fault::Kill,
            9 | 10 => Fault::Power,
            11 => Fault::Stop,
            12 => Fault::Restart(rng.below(MONITORS)),
            13 => Fault::Disk([Disk::Before, Disk::After][rng.below(2)]),
            14 => Fault::SlowDisk([300, 1_500, 6_000][rng.below(3)]),
            _ => Fault::Clock([-7_200, -61, 2, 3_600][rng.below(4)]),
        }
    }

    /// Number of the patient whom the monitor of a chair names now.
    #[must_use]
    pub fn patient(&self, chair: usize, now_ms: u64) -> usize {
        self.patients[chair].iter().filter(|at| **at <= now_ms).count()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut(host) => write!(f, "{} is cut off", HOSTS[*host]),
            Self::Mute(host) => write!(f, "{} hears nothing", HOSTS[*host]),
            Self::Hold(host) => write!(f, "the way to {} stalls", HOSTS[*host]),
            Self::Loss(host, one_in) => write!(f, "the way to {} breaks with one message of {one_in}", HOSTS[*host]),
            Self::Kill => write!(f, "the server is killed"),
            Self::Power => write!(f, "the server's power goes"),
            Self::Stop => write!(f, "the server is stopped in order"),
            Self::Restart(host) => write!(f, "{} is switched off", HOSTS[*host]),
            Self::Disk(how) => write!(f, "appends fail ({how:?})"),
            Self::SlowDisk(ms) => write!(f, "flushes take {ms} ms more"),
            Self::Clock(seconds) => write!(f, "the wall clock is set by {seconds} s"),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "up to {} ms on the way, {} ms a flush", self.latency_ms, self.flush_ms)?;
        for Turn { at_ms, until_ms, fault } in &self.turns {
            write!(f, "; {:.1} to {:.1} s: {fault}", *at_ms as f64 / 1e3, *until_ms as f64 / 1e3)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p20_a_seed_is_always_the_same_network_and_another_is_another() {
        assert_eq!(Plan::of(7), Plan::of(7));
        assert_ne!(Plan::of(7).turns, Plan::of(8).turns);
    }

    #[test]
    fn every_kind_of_fault_is_in_the_seeds_of_the_suite_and_all_are_over_when_it_heals() {
        let turns: Vec<Turn> = (0..super::super::SEEDS).flat_map(|seed| Plan::of(seed).turns).collect();
        assert!(turns.iter().all(|turn| turn.at_ms < turn.until_ms && turn.until_ms <= HEALED_MS));
        let kinds: std::collections::HashSet<_> =
            turns.iter().map(|turn| std::mem::discriminant(&turn.fault)).collect();
        assert_eq!(kinds.len(), 11);
    }
}
