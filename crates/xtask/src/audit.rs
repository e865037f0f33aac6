//! `cargo xtask audit`: what the program is made of, and whether that may be so (S28).
//!
//! Licences, sources and banned parts by cargo-deny against `deny.toml`; advisories where their list can be fetched, and a
//! sentence where it cannot; parts that are in it twice; and the parts list of Rust and web parts (CycloneDX) in
//! `target/sbom/`.

use crate::run::{self, Failed, cargo, npm, step};
use crate::{parts, setup};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn audit() -> Result<(), Failed> {
    let deny = cargo_deny()?;
    step(
        "licences, sources and banned parts (cargo deny)",
        run_deny(&deny, &["check", "licenses", "bans", "sources"]),
    )?;
    let unreached = [advisories(&deny)?, web_advisories()?];
    duplicates()?;
    let folder = run::top().join("target/sbom");
    std::fs::create_dir_all(&folder).map_err(|e| Failed(format!("{}: {e}", folder.display())))?;
    parts::rust(&folder.join("chairside.cdx.json"))?;
    web_parts(&folder.join("web.cdx.json"))?;
    let unreached: Vec<String> = unreached.into_iter().flatten().collect();
    if unreached.is_empty() {
        eprintln!("\nEverything was looked at. Parts lists: {}", folder.display());
        return Ok(());
    }
    eprintln!("\nParts lists: {}\nNOT looked at, since it could not be reached from here:", folder.display());
    unreached.iter().for_each(|what| eprintln!("  {what}"));
    Ok(())
}

/// The tool: that of this machine, or one in `target/tools`, where it is installed when there is none.
fn cargo_deny() -> Result<PathBuf, Failed> {
    if run::starts("cargo-deny", &["--version"]) {
        return Ok("cargo-deny".into());
    }
    let root = run::top().join("target/tools");
    let tool = root.join("bin/cargo-deny");
    if !tool.exists() {
        let mut install = cargo(&["install", "cargo-deny", "--locked", "--root"]);
        install.arg(&root);
        step("cargo-deny into target/tools (once; takes some minutes)", install)?;
    }
    Ok(tool)
}

fn run_deny(tool: &Path, arguments: &[&str]) -> Command {
    let mut deny = run::program(&tool.to_string_lossy(), &["--log-level", "error"]);
    deny.args(arguments);
    deny
}

/// Known faults of the Rust parts; what could not be looked at, when the list cannot be fetched.
fn advisories(tool: &Path) -> Result<Option<String>, Failed> {
    let (fetched, _) = heard(run_deny(tool, &["fetch", "db"]))?;
    if !fetched {
        return Ok(Some("advisories of the Rust parts (github.com/rustsec/advisory-db)".into()));
    }
    step("advisories of the Rust parts (cargo deny)", run_deny(tool, &["check", "--disable-fetch", "advisories"]))?;
    Ok(None)
}

/// Known faults of the web parts that are in the bundle.
fn web_advisories() -> Result<Option<String>, Failed> {
    setup::node()?;
    let (ok, said) = heard(npm(&["audit", "--omit=dev", "--audit-level=low"]))?;
    match said.contains("vulnerabilit") {
        true if ok => Ok(None),
        true => Err(Failed(format!("parts of the web client have known faults:\n{said}"))),
        false => Ok(Some("advisories of the web parts (the audit service of the npm registry)".into())),
    }
}

/// Says which parts are in the program in two versions; it is no failure, but should be known.
fn duplicates() -> Result<(), Failed> {
    let (ok, said) =
        heard(cargo(&["tree", "--quiet", "-p", "chairside", "-e", "normal", "--duplicates", "--depth", "0"]))?;
    if !ok {
        return Err(Failed(format!("cargo tree: {said}")));
    }
    let mut all: Vec<&str> = said.lines().filter(|line| line.contains(" v")).collect();
    all.sort_unstable();
    all.dedup();
    eprintln!("\n== parts in two versions: {}", if all.is_empty() { "none".to_owned() } else { all.join(", ") });
    Ok(())
}

fn web_parts(to: &Path) -> Result<(), Failed> {
    let output =
        npm(&["sbom", "--silent", "--package-lock-only", "--omit", "dev", "--sbom-format", "cyclonedx"]).output();
    let output = output.map_err(|e| Failed(format!("npm sbom cannot be started: {e}")))?;
    if !output.status.success() {
        return Err(Failed(format!("npm sbom: {}", String::from_utf8_lossy(&output.stderr))));
    }
    std::fs::write(to, output.stdout).map_err(|e| Failed(format!("{}: {e}", to.display())))
}

/// Whether a command succeeded, and all it said.
fn heard(mut command: Command) -> Result<(bool, String), Failed> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| Failed(format!("{name} cannot be started: {e}")))?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}
