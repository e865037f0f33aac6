//! `cargo xtask bench`: measured speed beside what is expected.

use crate::run::{Failed, cargo, step};
use crate::setup;

pub(crate) fn bench(only: &[&str]) -> Result<(), Failed> {
    setup::node()?;
    setup::packages()?;
    step(
        "the programs, optimised",
        cargo(&["build", "--quiet", "--release", "-p", "chairside", "-p", "chairside-sim"]),
    )?;
    let all = ["decode", "receipts", "live", "footprint", "report"];
    let chosen: Vec<&str> = all.into_iter().filter(|name| only.is_empty() || only.contains(name)).collect();
    if chosen.is_empty() {
        return Err(Failed(format!("no such bench; there are {}", all.join(", "))));
    }
    for name in chosen {
        // Those of one crate stand with it.
        let package = if name == "report" { "chairside-export" } else { "chairside-tests" };
        step(name, cargo(&["bench", "--quiet", "-p", package, "--bench", name]))?;
    }
    Ok(())
}
