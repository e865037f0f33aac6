//! `cargo xtask test`: every check there is, cheap ones first.

use crate::run::{self, Failed, cargo, npm, step};
use crate::{readers, setup, torture};
use std::time::Instant;

pub(crate) fn test() -> Result<(), Failed> {
    let start = Instant::now();
    setup::node()?;
    let chromium = setup::chromium()?;
    setup::pdf_tools()?;
    setup::postgres()?;
    setup::packages()?;
    step("format of the Rust (cargo fmt)", cargo(&["fmt", "--all", "--check"]))?;
    step("format and lints of the web client (biome)", npm(&["run", "--silent", "lint"]))?;
    step("types of the web client (tsc)", npm(&["run", "--silent", "check"]))?;
    step("tests of the web client (vitest)", npm(&["run", "--silent", "test"]))?;
    step("size of the web bundle", npm(&["run", "--silent", "size"]))?;
    step(
        "lints of the Rust (clippy)",
        cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )?;
    step(
        "a build without the limit notices (H13)",
        cargo(&["clippy", "--quiet", "-p", "chairside", "--no-default-features", "--", "-D", "warnings"]),
    )?;
    // The programs first: the tests of tests/ start them.
    step("the programs", cargo(&["build", "--quiet", "-p", "chairside", "-p", "chairside-sim"]))?;
    let mut tests = cargo(&["test", "--quiet", "--workspace"]);
    // The readers of PDF are there now: a test that finds none has failed.
    tests.env("CHAIRSIDE_TOOLS", "1");
    step("tests of the Rust", tests)?;
    torture::short()?;
    readers::readers()?;
    browser("browser tests", chromium.as_os_str())?;
    eprintln!("\nAll checks passed in {:.0} s.", start.elapsed().as_secs_f64());
    Ok(())
}

/// Pictures of every screen in every state, from constructed clinics: no server is needed.
pub(crate) fn shots(which: &[&str]) -> Result<(), Failed> {
    setup::node()?;
    let chromium = setup::chromium()?;
    setup::packages()?;
    let mut node = run::program("node", &[&["tests/browser/shots.mjs"], which].concat());
    node.env("CHAIRSIDE_CHROMIUM", chromium);
    step("pictures into shots/", node)
}

fn browser(name: &str, chromium: &std::ffi::OsStr) -> Result<(), Failed> {
    let folder = run::top().join("tests/browser");
    let entries = std::fs::read_dir(&folder).map_err(|e| Failed(format!("{}: {e}", folder.display())))?;
    let mut files: Vec<String> = entries
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".test.mjs"))
        .map(|name| format!("tests/browser/{name}"))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Failed("no files match tests/browser/*.test.mjs".into()));
    }
    // One browser and one server at a time: two cores are shared with both.
    let mut arguments = vec!["--test", "--test-concurrency=1"];
    arguments.extend(files.iter().map(String::as_str));
    let mut node = run::program("node", &arguments);
    node.env("CHAIRSIDE_CHROMIUM", chromium).env("CHAIRSIDE_TARGET", target());
    step(name, node)
}

/// The folder of the programs just built.
pub(crate) fn target() -> std::path::PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| run::top().join("target"), Into::into);
    folder.join("debug")
}
