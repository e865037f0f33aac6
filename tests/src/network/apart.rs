//! Each seed in a program of its own, which has no chance but the seed's: `tests/torture/chance.c` stands in for the system's.

use super::Outcome;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Seed of the system's randomness, for `chance.c`.
const CHANCE: &str = "CHAIRSIDE_CHANCE";
/// What a program that played one seed prints first in its last line.
const DONE: &str = "played:";

/// The library that stands in for chance.
pub struct Chance {
    library: PathBuf,
    _folder: tempfile::TempDir,
}

impl Chance {
    /// Builds it.
    ///
    /// # Errors
    /// There is no C compiler, or no room.
    pub fn build() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let library = folder.path().join("chance.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("torture/chance.c");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
        match built {
            Ok(status) if status.success() => Ok(Self { library, _folder: folder }),
            Ok(_) => Err("`cc` could not build tests/torture/chance.c".to_owned()),
            Err(error) => Err(format!("`cc`: {error}; install a C compiler")),
        }
    }

    /// Plays one seed in the program `command` starts, which has to call [`told`]; its figures and digest as text.
    ///
    /// # Errors
    /// What it found wrong, and how to play it again.
    pub fn play(&self, seed: u64, mut command: Command) -> Result<String, String> {
        command.env("LD_PRELOAD", &self.library).env(CHANCE, seed.to_string());
        let output = command.output().map_err(|error| format!("seed {seed}: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        match text.lines().find_map(|line| line.strip_prefix(DONE)) {
            Some(done) if output.status.success() => Ok(done.trim().to_owned()),
            _ => Err(format!(
                "seed {seed}: {}\n{text}{}\nagain: CHAIRSIDE_TURMOIL={seed} cargo test -p chairside-tests --lib network",
                super::Plan::of(seed),
                String::from_utf8_lossy(&output.stderr)
            )),
        }
    }

    /// Plays seeds `first` to `last`, as many at once as there are cores.
    ///
    /// # Errors
    /// The first that failed.
    pub fn play_all(
        &self,
        seeds: std::ops::Range<u64>,
        command: &(impl Fn(u64) -> Command + Sync),
    ) -> Result<Vec<String>, String> {
        let (next, found) = (AtomicU64::new(seeds.start), Mutex::new(Ok(Vec::new())));
        let work = || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return;
                }
                let played = self.play(seed, command(seed));
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                match (&mut *found, played) {
                    (Ok(all), Ok(one)) => all.push(one),
                    (Ok(_), Err(why)) => {
                        *found = Err(why);
                        next.store(seeds.end, Ordering::Relaxed);
                    }
                    (Err(_), _) => {}
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
        });
        found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prints what [`Chance::play`] reads.
pub fn told(outcome: &Outcome) {
    let Outcome { figures: f, digest } = outcome;
    println!(
        "\n{DONE} {digest:016x} {} {} {} {} {} {} {} {}",
        f.acknowledged, f.receipts, f.values, f.looks, f.kills, f.returns, f.return_us, f.outages
    );
}

/// Figures as [`told`] printed them.
#[must_use]
pub fn figures(told: &str) -> Option<super::Figures> {
    let mut words = told.split(' ').skip(1).map(str::parse::<u64>);
    let mut next = || words.next()?.ok();
    Some(super::Figures {
        acknowledged: next()?,
        receipts: next()?,
        values: next()?,
        looks: next()?,
        kills: next()?,
        returns: next()?,
        return_us: next()?.cast_signed(),
        outages: next()?,
    })
}
