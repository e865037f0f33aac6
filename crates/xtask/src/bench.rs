//! `cargo xtask bench`: measured speed beside what is expected.

use crate::run::{self, Failed, cargo, step};
use crate::setup;

/// Those that run when none is named.
const USUAL: [&str; 8] = ["decode", "receipts", "live", "footprint", "sessions", "forward", "report", "overload"];
/// A hundred million readings: minutes and gigabytes, so only when it is named.
const LARGE: &str = "volume";

pub(crate) fn bench(only: &[&str]) -> Result<(), Failed> {
    setup::node()?;
    if let ["--web", figure @ ..] = only {
        return web(figure);
    }
    setup::packages()?;
    step(
        "the programs, optimised",
        cargo(&["build", "--quiet", "--release", "-p", "chairside", "-p", "chairside-sim"]),
    )?;
    let mut chosen: Vec<&str> = USUAL.into_iter().filter(|name| only.is_empty() || only.contains(name)).collect();
    chosen.extend(only.contains(&LARGE).then_some(LARGE));
    if chosen.is_empty() {
        let all = USUAL.join(", ");
        return Err(Failed(format!("no such bench; there are {all}, {LARGE}, and --web for the screens")));
    }
    if chosen.contains(&"forward") {
        setup::postgres()?;
    }
    for name in chosen {
        if name == "overload" {
            crate::torture::torture(&["--overload"])?;
            continue;
        }
        // Those of one crate stand with it.
        let package = if name == "report" { "chairside-export" } else { "chairside-tests" };
        let mut bench = cargo(&["bench", "--quiet", "-p", package, "--bench", name]);
        if name == "sessions" {
            bench.env("CHROMIUM", setup::chromium()?);
        }
        step(name, bench)?;
    }
    Ok(())
}

/// The screens in a browser: bundle, first numbers, frames to paint, processor time of 24 chairs, the trend of four hours. A
/// word names one figure.
fn web(figure: &[&str]) -> Result<(), Failed> {
    let chromium = setup::chromium()?;
    setup::packages()?;
    let mut node = run::program("node", &[&["web/tools/bench.mjs"], figure].concat());
    node.env("CHROMIUM", chromium);
    step("the screens", node)
}
