//! `cargo xtask torture`: rounds of torture from a seed. `docs/torture.md` says what is done.

use chairside_sim::rng::Rng;
use chairside_tests::network::{self, Chance, Figures, Weak};
use chairside_tests::torture::disk::{ALWAYS, Call, Left};
use chairside_tests::torture::loops::{Turn, When};
use chairside_tests::torture::overload::overload;
use chairside_tests::torture::plan::Round;
use chairside_tests::torture::world::World;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// Rounds in one data folder: comparing takes longer the more it holds.
const ROUNDS_A_FOLDER: u64 = 12;
/// Load of one control run.
const CONTROL: Duration = Duration::from_millis(1500);
/// Control runs until the loss must have been seen: a cut right after an honest moment costs nothing.
const CONTROLS: u64 = 5;
/// Of so many writes in a start one is let fail.
const WRITES: u64 = 40;
/// Plays one seed of the network here and nowhere else.
const NETWORK_SEED: &str = "--network-seed";
/// Set in the program that has its own view of the mounted disks.
const APART: &str = "CHAIRSIDE_TORTURE_APART";

const HELP: &str = "\
chairside-torture [--seed S] [--seconds N | --minutes N] [--round R]
chairside-torture --overload
chairside-torture --network N
  --overload    instead: a crowd, and what those who mean well notice of it
  --network N   instead: N seeds of the whole server on a simulated network, each in a program of its own
  --seed S      the plan of faults; without it one is drawn and printed
  --seconds N   how long (30); a round that has begun is finished
  --round R     only round R of the seed, in a fresh folder
  --loops N     instead: the k-th flush, write or open fails, every N-th k (of writes every 40 N-th), until a start passes untouched
";

struct Wanted {
    seed: u64,
    time: Duration,
    round: Option<u64>,
    loops: Option<u64>,
}

/// Open files: the crowd has a thousand screens and hundreds of others.
const FILES: u64 = 4096;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words == ["--overload"] {
        return finish(raise_files().and_then(|()| run(overload())));
    }
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--network", count] => return finish(count.parse().map_err(|_| HELP.to_owned()).and_then(simulated)),
        [NETWORK_SEED, seed] => return finish(seed.parse().map_err(|_| HELP.to_owned()).and_then(simulated_seed)),
        _ => {}
    }
    let Some(wanted) = read(&words) else {
        eprint!("{HELP}");
        return ExitCode::FAILURE;
    };
    // As root in a view of our own of the mounted disks: whatever ends us takes the small disk with it.
    let root = rustix::process::geteuid().is_root();
    if root && std::env::var_os(APART).is_none() {
        let own = std::env::current_exe().unwrap_or_else(|_| "chairside-torture".into());
        let seed = ["--seed".to_owned(), wanted.seed.to_string()];
        let mut apart = Command::new("unshare");
        apart.args(["--mount", "--propagation", "private"]).arg(own).args(&words).args(seed).env(APART, "1");
        eprintln!("no view of our own of the disks: {}; no disk is filled", apart.exec());
    }
    finish(run(torture(&wanted)))
}

/// Seeds of the simulated network.
fn simulated(count: u64) -> Result<(), String> {
    let (begun, chance) = (Instant::now(), Chance::build()?);
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let one = |seed: u64| {
        let mut command = Command::new(&own);
        command.args([NETWORK_SEED, &seed.to_string()]);
        command
    };
    let played = chance.play_all(0..count, &one)?;
    let sum = played.iter().filter_map(|told| network::figures(told)).fold(Figures::default(), Figures::plus);
    println!(
        "{} seeds in {:.0} s: {} messages acknowledged and {} presses answered, 0 lost, 0 twice, over {} kills; {} values in {} \
         looks at a screen, 0 too old or another's; {} returns, {:.2} s to the screen at worst; {} outages, each an entry",
        played.len(),
        begun.elapsed().as_secs_f64(),
        sum.acknowledged,
        sum.receipts,
        sum.kills,
        sum.values,
        sum.looks,
        sum.returns,
        sum.return_us as f64 / 1e6,
        sum.outages
    );
    Ok(())
}

/// One of them, in this program.
fn simulated_seed(seed: u64) -> Result<(), String> {
    network::play(seed, Weak::Nothing).map(|outcome| network::told(&outcome))
}

fn run(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|e| e.to_string())?.block_on(work)
}

/// The server gets ours, as it gets those of whoever starts it.
fn raise_files() -> Result<(), String> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|now| now >= FILES) {
        return Ok(());
    }
    let raised = rustix::process::Rlimit { current: Some(FILES), maximum: limit.maximum };
    setrlimit(Resource::Nofile, raised).map_err(|e| format!("{FILES} open files are needed: {e}; raise `ulimit -Hn`"))
}

fn finish(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("FAILED: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The last word of a kind counts, so that a seed that was drawn can be handed on.
fn read(words: &[String]) -> Option<Wanted> {
    let mut wanted = Wanted { seed: drawn(), time: Duration::from_secs(30), round: None, loops: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let number: f64 = words.next()?.parse().ok()?;
        match word.as_str() {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            "--seed" => wanted.seed = number as u64,
            "--seconds" => wanted.time = Duration::try_from_secs_f64(number).ok()?,
            "--minutes" => wanted.time = Duration::try_from_secs_f64(number * 60.0).ok()?,
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            "--round" => wanted.round = Some(number as u64),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            "--loops" => wanted.loops = Some((number as u64).max(1)),
            _ => return None,
        }
    }
    Some(wanted)
}

/// A seed short enough to be typed.
fn drawn() -> u64 {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    Rng::new(u64::from(now.subsec_nanos()) ^ now.as_secs()).next_u64() % 1_000_000_000
}

async fn torture(wanted: &Wanted) -> Result<(), String> {
    let (seed, begun) = (wanted.seed, Instant::now());
    let own_disk = std::env::var_os(APART).is_some();
    println!("seed {seed}; again: cargo xtask torture --seed {seed}");
    if !own_disk {
        println!("not root: the full disk is one that says it is full, no real one is filled");
    }
    if let Some(round) = wanted.round {
        return play(&World::new(own_disk)?, seed, round).await.map(drop);
    }
    if let Some(every) = wanted.loops {
        return loops(every).await;
    }
    control(seed).await?;
    let (mut number, mut receipts, mut injected) = (0, 0, 0);
    let (mut told, mut silence) = (Duration::ZERO, Duration::ZERO);
    while begun.elapsed() < wanted.time {
        let world = World::new(own_disk)?;
        let mut here = 0;
        for _ in 0..ROUNDS_A_FOLDER {
            let outcome = play(&world, seed, number).await?;
            here = outcome.receipts;
            injected += outcome.injected;
            told = told.max(outcome.told_after.unwrap_or_default());
            silence = silence.max(outcome.silence);
            number += 1;
            if begun.elapsed() >= wanted.time {
                break;
            }
        }
        receipts += here;
    }
    println!(
        "{number} rounds in {:.0} s, seed {seed}: {receipts} receipts, 0 lost, 0 twice; {injected} calls failed; \
         \"not recording\" told after {:.2} s at worst (expected <= 1); a screen without news for {:.1} s at worst",
        begun.elapsed().as_secs_f64(),
        told.as_secs_f64(),
        silence.as_secs_f64()
    );
    Ok(())
}

async fn play(world: &World, seed: u64, number: u64) -> Result<chairside_tests::torture::world::Outcome, String> {
    let round = Round::of(seed, number);
    println!("round {number}: {round}");
    let outcome = world.play(&round).await.map_err(|why| {
        format!(
            "round {number} of seed {seed}: {why}\n  again: cargo xtask torture --seed {seed}, or with --round {number} for this \
             round alone in a fresh folder"
        )
    })?;
    println!("  {} receipts so far, {} calls failed", outcome.receipts, outcome.injected);
    Ok(outcome)
}

/// Starts with a failing call until one passes untouched, in a fresh folder and in one with a record; then runs with one.
async fn loops(every: u64) -> Result<(), String> {
    for (call, times) in Call::ALL.into_iter().flat_map(|call| [(call, 1), (call, ALWAYS)]) {
        let (mut turns, mut k) = (0, 1);
        loop {
            // The first start of all makes every file, so each of its calls gets a turn, too.
            let fresh = World::new(false)?;
            let touched = fresh.turn(Turn { when: When::Starting, call, k, times }).await?;
            let again = fresh.turn(Turn { when: When::Starting, call, k, times }).await?;
            fresh.turn(Turn { when: When::Running, call, k, times }).await?;
            turns += 3;
            if !touched && !again {
                break;
            }
            // The journal's file alone is made with 2,048 writes, one as good as the other.
            k += if call == Call::Write { every * WRITES } else { every };
        }
        let how = if times == 1 { "once" } else { "from then on" };
        println!("{call:?} fails {how}: {turns} turns, k up to {k}; nothing lost, nothing twice");
    }
    Ok(())
}

/// The oracle is tried first: on a disk that says "flushed" and did nothing, a cut must be seen as a loss (P02).
async fn control(seed: u64) -> Result<(), String> {
    for run in 0..CONTROLS {
        let world = World::new(false)?;
        world.cut_under_load(seed ^ run, true, Left::Flushed, CONTROL).await?;
        let receipts = world.ledger().acked.len();
        if let Err(seen) = world.check().await {
            let seen = seen.lines().next().unwrap_or("").to_owned();
            println!(
                "control: on a disk that lies a cut takes what had a receipt, and it is seen ({receipts} receipts; {seen})"
            );
            return Ok(());
        }
    }
    Err("on a disk that lies nothing was lost: the oracle does not see a loss".to_owned())
}
