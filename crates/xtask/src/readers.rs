//! The exports read by other people's programs: Python packages in an environment of our own, a Node package beside it.

use crate::run::{self, Failed, cargo, step};
use crate::{setup, test};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes every export of one constructed session, then lets each reader compare it with what the session holds.
pub(crate) fn readers() -> Result<(), Failed> {
    let home = home();
    let python = environment(&home)?;
    let node_modules = packages(&home)?;
    // One of them is asked while it runs.
    step("the program", cargo(&["build", "--quiet", "-p", "chairside"]))?;
    let exports = home.join("exports");
    // A file an earlier run left must not be taken for one of this run.
    let _ = std::fs::remove_dir_all(&exports);
    let mut example = cargo(&["run", "--quiet", "-p", "chairside-export", "--example", "readers", "--"]);
    example.arg(&exports);
    step("exports of the example session", example)?;
    let mut tests =
        run::program(&python.to_string_lossy(), &["-m", "unittest", "discover", "-q", "-s", "tests/readers"]);
    tests.env("CHAIRSIDE_EXPORTS", &exports).env("PYTHONDONTWRITEBYTECODE", "1");
    tests.env("CHAIRSIDE_SENDER", test::target().join("examples/send"));
    tests.env("CHAIRSIDE_PROGRAM", test::target().join("chairside"));
    step("exports read with Python (tests/readers)", tests)?;
    let scripts = scripts(".cjs")?;
    let arguments: Vec<&str> = std::iter::once("--test").chain(scripts.iter().map(String::as_str)).collect();
    if scripts.is_empty() {
        return Ok(());
    }
    let mut node = run::program("node", &arguments);
    node.env("CHAIRSIDE_EXPORTS", &exports).env("NODE_PATH", node_modules);
    step("exports read with Node (tests/readers)", node)
}

/// Where environment, packages and exports live: out of git, made once.
fn home() -> PathBuf {
    test::target().parent().map_or_else(|| run::top().join("target"), Path::to_owned).join("readers")
}

fn ours(name: &str) -> PathBuf {
    run::top().join("tests/readers").join(name)
}

/// The Python of an environment with the packages of `requirements.txt`; made anew when that file changes.
fn environment(home: &Path) -> Result<PathBuf, Failed> {
    let (folder, wanted) = (home.join("python"), ours("requirements.txt"));
    let python = folder.join("bin/python");
    if is_done(&folder, &wanted)? {
        return Ok(python);
    }
    let _ = std::fs::remove_dir_all(&folder);
    setup::python()?;
    let mut make = run::program("python3", &["-m", "venv"]);
    make.arg(&folder);
    step("environment of the Python readers", make)?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&wanted);
    step("Python readers (pip install)", install)?;
    done(&folder, &wanted)?;
    Ok(python)
}

/// The folder of the Node packages of `package.json`; filled anew when its lock changes.
fn packages(home: &Path) -> Result<PathBuf, Failed> {
    let (folder, wanted) = (home.join("node"), ours("package-lock.json"));
    let modules = folder.join("node_modules");
    if !wanted.exists() || is_done(&folder, &wanted)? {
        return Ok(modules);
    }
    let failed = |e: std::io::Error| Failed(format!("{}: {e}", folder.display()));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(ours(name), folder.join(name)).map_err(failed)?;
    }
    let mut install = run::program("npm", &["ci", "--no-audit", "--no-fund"]);
    install.current_dir(&folder);
    step("Node readers (npm ci)", install)?;
    done(&folder, &wanted)?;
    Ok(modules)
}

/// Whether `folder` was completed for what `wanted` says now.
fn is_done(folder: &Path, wanted: &Path) -> Result<bool, Failed> {
    let text = std::fs::read(wanted).map_err(|e| Failed(format!("{}: {e}", wanted.display())))?;
    Ok(std::fs::read(folder.join("made-for")).is_ok_and(|made_for| made_for == text))
}

/// Last, so that an installation that was broken off is begun again.
fn done(folder: &Path, wanted: &Path) -> Result<(), Failed> {
    let to = folder.join("made-for");
    std::fs::copy(wanted, &to).map(drop).map_err(|e| Failed(format!("{}: {e}", to.display())))
}

/// Scripts of `tests/readers` whose name ends so.
fn scripts(end: &str) -> Result<Vec<String>, Failed> {
    let folder = ours("");
    let entries = std::fs::read_dir(&folder).map_err(|e| Failed(format!("{}: {e}", folder.display())))?;
    let names = entries.filter_map(|e| e.ok()?.file_name().into_string().ok());
    let mut found: Vec<String> =
        names.filter(|name| name.ends_with(end)).map(|name| format!("tests/readers/{name}")).collect();
    found.sort();
    Ok(found)
}
