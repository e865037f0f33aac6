//! `cargo xtask torture`: kills, power cuts, failing disks, noise and crowds, for as long as one likes. `docs/torture.md`.

use crate::run::{Failed, cargo, program, step};
use crate::test;

/// Length of the two runs inside `cargo xtask test`: with what follows a round that has begun, a minute together.
const SHORT_S: &str = "18";
/// The plans every check plays. By hand the seed is drawn, and printed: what is green stays green until something changes.
const SEEDS: [&str; 2] = ["20261122", "5"];

pub(crate) fn torture(words: &[&str]) -> Result<(), Failed> {
    // Speed is only measured of what is shipped.
    let optimised = words.contains(&"--overload");
    let how: &[&str] = if optimised { &["--release"] } else { &[] };
    if words.first() == Some(&"--network") {
        // The server runs inside the torturer.
        torturer(how)?;
        return step("torture", program(&test::target().join("chairside-torture").to_string_lossy(), words));
    }
    let programs = ["build", "--quiet", "-p", "chairside", "-p", "chairside-sim"];
    step("the programs", cargo(&[&programs[..], how].concat()))?;
    torturer(how)?;
    let folder = if optimised { test::target().with_file_name("release") } else { test::target() };
    step("torture", program(&folder.join("chairside-torture").to_string_lossy(), words))
}

/// Apart from the programs, so that these are built as they are shipped.
fn torturer(how: &[&str]) -> Result<(), Failed> {
    step("the torturer", cargo(&[&["build", "--quiet", "-p", "chairside-tests", "--bins"], how].concat()))
}

/// The short runs among the checks; the programs are built.
pub(crate) fn short() -> Result<(), Failed> {
    torturer(&[])?;
    let torturer = test::target().join("chairside-torture");
    let torturer = torturer.to_string_lossy();
    for seed in SEEDS {
        let name = format!("torture, seed {seed}");
        step(&name, program(&torturer, &["--seed", seed, "--seconds", SHORT_S]))?;
    }
    Ok(())
}
