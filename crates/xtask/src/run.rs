//! Running other programs, and saying what failed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Why a chore stopped, in a sentence that says what to do.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

/// The top of the repository.
pub(crate) fn top() -> PathBuf {
    // The manifest folder is fixed at compile time; a moved checkout compiles xtask anew.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// A program started at the top of the repository.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(top());
    command
}

/// The cargo that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    program(&cargo, arguments)
}

/// npm in the web folder.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = program("npm", arguments);
    command.current_dir(top().join("web"));
    command
}

/// Runs a command to its end, under a name, with its time.
pub(crate) fn step(name: &str, mut command: Command) -> Result<(), Failed> {
    eprintln!("\n== {name}");
    let start = Instant::now();
    let status = command
        .status()
        .map_err(|e| Failed(format!("{name}: {} cannot be started: {e}", command.get_program().display())))?;
    if !status.success() {
        let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
        let line = words.iter().map(|w| w.to_string_lossy()).collect::<Vec<_>>().join(" ");
        return Err(Failed(format!("{name}: `{line}` ended with {status}")));
    }
    eprintln!("== {name}: done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// First line a command prints, if it can be run.
pub(crate) fn first_line(name: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(name).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then(|| text.lines().next().unwrap_or("").to_owned())
}

/// Whether a program is there and starts.
pub(crate) fn starts(name: &str, arguments: &[&str]) -> bool {
    Command::new(name).args(arguments).output().is_ok_and(|output| output.status.success())
}
