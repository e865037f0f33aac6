//! `cargo xtask fuzz`: every fuzz target of `tests/fuzz` for some minutes, on stable Rust.

use crate::run::{self, Failed, cargo, step};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Minutes of each target when nothing is said: some hundred thousand inputs, all targets in a coffee break.
const MINUTES: f64 = 1.0;
/// Longest input: many frames of every serial monitor and most HL7 messages; longer ones make every run slower.
const INPUT_MAX: u32 = 4096;
/// An input that takes longer hangs: the slowest take milliseconds.
const INPUT_SECONDS_MAX: u32 = 10;
/// A decoder holds less than a megabyte; the fuzzer and its corpus need the rest.
const MEMORY_MAX_MB: u32 = 512;
/// Our crates forbid `unsafe`: an address sanitizer has little to find and costs most of the inputs.
const SANITIZER: &str = "none";

const FOLDER: &str = "tests/fuzz";
const BUILT: &str = "target/fuzz";

pub(crate) fn fuzz(words: &[&str]) -> Result<(), Failed> {
    let plan = Plan::of(words, &targets()?)?;
    cargo_fuzz()?;
    step("the fuzz targets", fuzzer(&["build"], &[]))?;
    eprintln!(
        "\nInputs begin from {FOLDER}/corpus, which each target fills from fixtures/. Captures of real devices are no part of \
         the repository and are not used."
    );
    let mut findings = 0;
    for target in &plan.targets {
        findings += run_one(target, plan.seconds_each)?;
    }
    if findings == 0 {
        return Ok(());
    }
    Err(Failed(format!(
        "{findings} inputs break a law. Shrink each with `tmin` in place of `run`, correct the decoder, and add the input without \
         its last four bytes as fixtures/<protocol>/fuzz-<what>/ (CONTRIBUTING.md)"
    )))
}

/// Which targets, and how long each.
#[derive(Debug, PartialEq)]
struct Plan {
    targets: Vec<String>,
    seconds_each: u32,
}

impl Plan {
    fn of(words: &[&str], all: &BTreeSet<String>) -> Result<Self, Failed> {
        let (mut minutes, mut shared, mut chosen) = (MINUTES, false, Vec::new());
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            match word {
                "--minutes" | "--total" => {
                    shared = word == "--total";
                    let found = words.next().copied().unwrap_or("nothing");
                    let number = found.parse().ok().filter(|n: &f64| (0.01..100_000.0).contains(n));
                    minutes = number.ok_or_else(|| Failed(format!("{word} needs minutes; found {found}")))?;
                }
                target if all.contains(target) => chosen.push(target.to_owned()),
                other => {
                    let there = all.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                    return Err(Failed(format!(
                        "no fuzz target or option `{other}`; there are --minutes, --total, {there}"
                    )));
                }
            }
        }
        let targets = if chosen.is_empty() { all.iter().cloned().collect() } else { chosen };
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seconds_each = (minutes * 60.0 / if shared { targets.len() as f64 } else { 1.0 }).ceil() as u32;
        Ok(Self { targets, seconds_each })
    }
}

/// Each file in `src/bin` is a target.
fn targets() -> Result<BTreeSet<String>, Failed> {
    let folder = run::top().join(FOLDER).join("src/bin");
    let files = std::fs::read_dir(&folder).map_err(|e| Failed(format!("{}: {e}", folder.display())))?;
    Ok(files.filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_owned())).collect())
}

fn cargo_fuzz() -> Result<(), Failed> {
    if cargo(&["fuzz", "--version"]).output().is_ok_and(|found| found.status.success()) {
        return Ok(());
    }
    step(
        "cargo-fuzz is missing and is installed now (cargo install cargo-fuzz)",
        cargo(&["install", "--locked", "cargo-fuzz"]),
    )
}

/// `cargo fuzz <verb>` on our folder. Coverage needs compiler options that stable Rust has and does not offer.
fn fuzzer(verb: &[&str], rest: &[&str]) -> Command {
    let mut command = cargo(&["fuzz"]);
    command.args(verb).args(["--fuzz-dir", FOLDER, "--target-dir", BUILT, "--sanitizer", SANITIZER]).args(rest);
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

/// Runs one target, says how far it came, and shows what it found; returns how many findings.
fn run_one(target: &str, seconds: u32) -> Result<usize, Failed> {
    let name = format!("{target}, {seconds} s");
    let log = run::top().join(BUILT).join(format!("{target}.log"));
    let failed = |e: std::io::Error| Failed(format!("{}: {e}", log.display()));
    let before = artifacts(target);
    let limits = [
        format!("-max_total_time={seconds}"),
        format!("-max_len={INPUT_MAX}"),
        format!("-timeout={INPUT_SECONDS_MAX}"),
        format!("-rss_limit_mb={MEMORY_MAX_MB}"),
        "-print_final_stats=1".to_owned(),
    ];
    let mut command = fuzzer(&["run"], &[target, "--"]);
    command.args(limits).stderr(Stdio::from(File::create(&log).map_err(failed)?));
    let ended = step(&name, command);
    let said = std::fs::read_to_string(&log).map_err(failed)?;
    let count =
        |stat: &str| said.lines().find_map(|line| line.strip_prefix(stat)).unwrap_or(" unknown").trim().to_owned();
    println!(
        "{target}: {} inputs, {} a second; log in {BUILT}/{target}.log",
        count("stat::number_of_executed_units:"),
        count("stat::average_exec_per_sec:")
    );
    let new: Vec<PathBuf> = artifacts(target).difference(&before).cloned().collect();
    for file in &new {
        show(target, file, &said);
    }
    // A target that ends without a finding was not run at all: that is no pass.
    if new.is_empty() { ended.map(|()| 0) } else { Ok(new.len()) }
}

fn show(target: &str, file: &Path, log: &str) {
    let file = file.strip_prefix(run::top()).unwrap_or(file).display();
    println!("FOUND by {target}: {file}");
    for line in log.lines().skip_while(|line| !line.contains("panicked at") && !line.starts_with("==")).take(4) {
        println!("    {line}");
    }
    println!(
        "  again: RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir {FOLDER} --target-dir {BUILT} --sanitizer {SANITIZER} {target} {file}"
    );
}

fn artifacts(target: &str) -> BTreeSet<PathBuf> {
    let folder = run::top().join(FOLDER).join("artifacts").join(target);
    std::fs::read_dir(folder).into_iter().flatten().filter_map(|file| Some(file.ok()?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(words: &[&str]) -> Result<(String, u32), String> {
        let all = ["dri", "hl7", "nonin"].map(str::to_owned).into();
        Plan::of(words, &all).map(|p| (p.targets.join(" "), p.seconds_each)).map_err(|Failed(why)| why)
    }

    #[test]
    fn minutes_are_for_each_target_unless_they_are_the_total() {
        let all = || "dri hl7 nonin".to_owned();
        assert_eq!(plan(&[]), Ok((all(), 60)));
        assert_eq!(plan(&["--minutes", "10"]), Ok((all(), 600)));
        assert_eq!(plan(&["--total", "10"]), Ok((all(), 200)));
        assert_eq!(plan(&["hl7", "--minutes", "0.5"]), Ok(("hl7".into(), 30)));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(plan(&["--minutes"]).unwrap_err().contains("found nothing"));
        assert!(plan(&["--minutes", "-1"]).unwrap_err().contains("found -1"));
        assert!(plan(&["vista"]).unwrap_err().contains("`vista`; there are --minutes, --total, dri, hl7, nonin"));
    }

    #[test]
    fn every_protocol_has_a_target() {
        let catalog = std::fs::read_to_string(run::top().join("crates/decode/src/catalog.rs")).unwrap();
        let words = catalog.lines().filter_map(|line| line.trim().strip_prefix("word: \"")?.split('"').next());
        let (words, targets) = (words.collect::<Vec<_>>(), targets().unwrap());
        assert!(words.len() >= 9, "the catalog is written in another way: {words:?}");
        for word in words {
            assert!(targets.contains(word), "{word} is not fuzzed: add {FOLDER}/src/bin/{word}.rs");
        }
    }
}
