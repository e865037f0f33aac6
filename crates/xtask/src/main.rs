//! The chores, typed: `cargo xtask demo | test | generate | bench | fuzz | torture | audit | readers | shots`.

mod audit;
mod bench;
mod demo;
mod fuzz;
mod parts;
mod readers;
mod run;
mod setup;
mod test;
mod torture;

use run::Failed;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask demo       the real server with four simulated monitors, on a fresh data folder
cargo xtask test       every check there is, browser tests included
cargo xtask generate   the TypeScript of the wire types
cargo xtask bench      measured speed beside what is expected; names of benches, or --web for the screens
cargo xtask fuzz       every fuzz target for a minute; --minutes N each or --total N, and names of targets
cargo xtask torture    kills, power cuts, failing disks and noise until the minutes are over; --minutes N, --seed S, --overload, --network N
cargo xtask readers    the exports of an example session, read by other people's programs
cargo xtask audit      licences, advisories and duplicates of every part, and the parts lists; says what it could not reach
cargo xtask shots      pictures of every screen in every state into shots/index.html; words of their names, --dark, --docs
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["demo"] => demo::demo(),
        ["test"] => test::test(),
        ["generate"] => generate(),
        ["bench", ..] => bench::bench(&words[1..]),
        ["fuzz", ..] => fuzz::fuzz(&words[1..]),
        ["torture", ..] => torture::torture(&words[1..]),
        ["audit"] => audit::audit(),
        ["readers"] => readers::readers(),
        ["shots", ..] => test::shots(&words[1..]),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(Failed(format!("`cargo xtask {}` is not there. What is:\n{HELP}", words.join(" ")))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(why)) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), Failed> {
    let mut cargo = run::cargo(&["test", "--quiet", "-p", "chairside-wire"]);
    cargo.env("CHAIRSIDE_GENERATE", "1");
    run::step("TypeScript of the wire types", cargo)
}
