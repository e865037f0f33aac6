//! `chairside`: see `chairside --help`.

use chairside::audit::{self, Entered};
use chairside::cli::{Cli, Command, ConfigCommand, TlsCommand, UserCommand};
use chairside::clock::ClinicZone;
use chairside::config::{Config, EXAMPLE, Forward, LogForm, Problem};
use chairside::decode::{Described, Wanted};
use chairside::export::Exported;
use chairside::{backup, bulk, decode, doctor, erase, export, harden, identify, patient, serve, tls, user, verify};
use chairside_export::{Format, Options};
use chairside_store::seal::FileReport;
use clap::Parser;
use jiff::civil::Date;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    for warning in harden::begin() {
        let _ = writeln!(io::stderr(), "chairside: {warning}");
    }
    let cli = Cli::parse();
    match cli.command.unwrap_or(Command::Serve { config: None, log: None }) {
        Command::Serve { config, log } => run_serve(config.as_deref(), log),
        Command::Decode { protocol, profile, config, source, explain, all, file } => {
            let described = config.as_deref().map(|config| Described { config, source: source.as_deref(), explain });
            run_decode(&Wanted { protocol: &protocol, profile: profile.as_deref(), described, all }, &file)
        }
        Command::Identify { port, seconds } => run_identify(&port, seconds),
        Command::Doctor { config, connect } => run_doctor(config.as_deref(), connect),
        Command::Config { command: ConfigCommand::Check { file } } => match Config::read(&file) {
            Ok(config) => {
                let (chairs, sources) = (config.chairs.len(), config.sources.len());
                say(&format!("{}: no mistake found: {chairs} chairs, {sources} sources", file.display()));
                ExitCode::SUCCESS
            }
            Err(problems) => mistakes(&file, &problems),
        },
        Command::Config { command: ConfigCommand::Example } => {
            say(EXAMPLE.trim_end());
            ExitCode::SUCCESS
        }
        Command::Export { session, list: _, from, to, pseudonymous, format, paper, every, out, config } => {
            let options = Options { every_min: every, paper };
            let wanted = Export {
                session: session.as_deref(),
                days: (from, to),
                pseudonymous,
                formats: &format,
                options,
                out: &out,
            };
            run_export(&wanted, config.as_deref())
        }
        Command::Tls { command: TlsCommand::Show { config } } => run_tls_show(config.as_deref()),
        Command::Patient { id, config } => with_log(config.as_deref(), async |config| {
            patient::list(config, &audit::who(), &id).await.map_err(|e| e.to_string())
        }),
        Command::Erase { patient, by, reason, yes, config } => {
            let wanted = erase::Wanted { patient: &patient, by: &by, reason: &reason };
            let typed = if yes { Ok(patient.clone()) } else { type_again() };
            with_log(config.as_deref(), async |config| {
                let typed = typed.map_err(|e| e.to_string())?;
                let zone = ClinicZone(config.zone.clone());
                erase::run(&config.database, &zone, &wanted, &typed).await.map_err(|e| e.to_string())
            })
        }
        Command::Backup { to, encrypt_to, config } => run_backup(config.as_deref(), to, encrypt_to),
        Command::Restore { file, to, identity } => run_restore(&file, identity.as_deref(), &to),
        Command::User { config, command } => run_user(config.as_deref(), &command),
        Command::Verify { file: Some(file), .. } => run_verify_file(&file),
        Command::Verify { copy: true, config: Some(file), .. } => run_verify_copy(&file),
        Command::Verify { config, database, session, .. } => run_verify(config, database, session.as_deref()),
    }
}

/// One line on standard output; a reader that went away is no trouble of ours.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn failed(error: &dyn std::fmt::Display) -> ExitCode {
    let _ = writeln!(io::stderr(), "chairside: {error}");
    ExitCode::FAILURE
}

fn mistakes(file: &Path, problems: &[Problem]) -> ExitCode {
    let count = match problems.len() {
        1 => "1 mistake".to_owned(),
        n => format!("{n} mistakes"),
    };
    let _ = writeln!(io::stderr(), "{}: {count}", file.display());
    for problem in problems {
        let _ = writeln!(io::stderr(), "  {problem}");
    }
    ExitCode::FAILURE
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn run_serve(file: Option<&Path>, log: Option<LogForm>) -> ExitCode {
    let config = match file.map(Config::read) {
        None => Config::embedded(),
        Some(Ok(config)) => config,
        Some(Err(problems)) => return mistakes(file.unwrap_or(Path::new("")), &problems),
    };
    serve::log_to_stderr(log.unwrap_or(config.log));
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(serve::run(config, file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn run_decode(wanted: &Wanted<'_>, file: &Path) -> ExitCode {
    match decode::run(wanted, file, &mut io::stdout().lock(), &mut io::stderr()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(decode::DecodeError::Config { file, problems }) => mistakes(&file, &problems),
        // `chairside decode ... | head` closes the pipe early.
        Err(decode::DecodeError::Write(e)) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn run_identify(port: &Path, seconds: u32) -> ExitCode {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(identify::run(port, seconds, &mut io::stderr())) {
        Ok(report) => {
            say(report.text.trim_end());
            if report.identified { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => failed(&error),
    }
}

fn run_tls_show(file: Option<&Path>) -> ExitCode {
    let config = match file.map(Config::read) {
        None => Config::embedded(),
        Some(Ok(config)) => config,
        Some(Err(problems)) => return mistakes(Path::new("the configuration"), &problems),
    };
    match tls::show(&config, chairside::clock::now().wall.0.div_euclid(1_000_000)) {
        Ok(text) => {
            say(text.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn run_doctor(config: Option<&Path>, connect: bool) -> ExitCode {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let report = runtime.block_on(doctor::run(config, connect));
    say(&report.to_string());
    if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What `chairside export` was asked for.
#[derive(Clone, Copy)]
struct Export<'a> {
    session: Option<&'a str>,
    days: (Option<Date>, Option<Date>),
    pseudonymous: bool,
    formats: &'a [Format],
    options: Options,
    out: &'a Path,
}

fn run_export(wanted: &Export<'_>, config: Option<&Path>) -> ExitCode {
    let config = match config.map(Config::read) {
        None => Config::embedded(),
        Some(Ok(config)) => config,
        Some(Err(problems)) => return mistakes(Path::new("the configuration"), &problems),
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let Export { session, days: (from, to), formats, options, out, pseudonymous } = *wanted;
    let by = &audit::who();
    let done = match session {
        Some(id) if !pseudonymous => {
            runtime.block_on(export::run(&config, by, id, formats, &options, out)).map(|Exported { files, entered }| {
                warn(entered);
                files.iter().map(|file| file.display().to_string()).collect()
            })
        }
        None if from.is_none() && to.is_none() => {
            runtime.block_on(export::list(&config.database, &ClinicZone(config.zone)))
        }
        only => {
            let wanted = bulk::Wanted { config: &config, by, from, to, only, formats, options, out, pseudonymous };
            runtime.block_on(bulk::run(&wanted, &bulk::bar())).map(|report| {
                warn(if report.unentered { Entered::ReadOnly } else { Entered::InLog });
                vec![report.to_string()]
            })
        }
    };
    match done {
        Ok(lines) => {
            lines.iter().for_each(|line| say(line));
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

/// Says on the terminal what no audit says.
fn warn(entered: Entered) {
    if let Some(told) = entered.told() {
        let _ = writeln!(io::stderr(), "chairside: {told}");
    }
}

/// Asks for the identifier a second time.
fn type_again() -> io::Result<String> {
    let _ = write!(io::stderr(), "This cannot be taken back. Type the patient's identifier again to erase: ");
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Does something with the log a configuration names, and says what came of it.
fn with_log(config: Option<&Path>, work: impl AsyncFnOnce(&Config) -> Result<Vec<String>, String>) -> ExitCode {
    let config = match config.map(Config::read) {
        None => Config::embedded(),
        Some(Ok(config)) => config,
        Some(Err(problems)) => return mistakes(Path::new("the configuration"), &problems),
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(work(&config)) {
        Ok(lines) => {
            lines.iter().for_each(|line| say(line));
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn run_backup(file: Option<&Path>, to: Option<PathBuf>, encrypt_to: Option<backup::Recipient>) -> ExitCode {
    let config = match file.map(Config::read) {
        None => Config::embedded(),
        Some(Ok(config)) => config,
        Some(Err(problems)) => return mistakes(file.unwrap_or(Path::new("")), &problems),
    };
    let made = runtime()
        .map_err(|e| e.to_string())
        .and_then(|runtime| runtime.block_on(backup::by_hand(&config, file, to, encrypt_to)));
    match made {
        Ok(lines) => {
            lines.iter().for_each(|line| say(line));
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn run_restore(file: &Path, identity: Option<&Path>, to: &Path) -> ExitCode {
    let restored = runtime()
        .map_err(|e| e.to_string())
        .and_then(|runtime| runtime.block_on(backup::restore::run(file, identity, to)).map_err(|e| e.to_string()));
    match restored {
        Ok(restored) => {
            backup::restore::told(&restored, to).iter().for_each(|line| say(line));
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn run_user(config: Option<&Path>, command: &UserCommand) -> ExitCode {
    let config = match config.map(Config::read) {
        None => Config::embedded(),
        Some(Ok(config)) => config,
        Some(Err(problems)) => return mistakes(Path::new("the configuration"), &problems),
    };
    match user::run(&config.data, command, chairside::clock::system()().wall) {
        Ok(lines) => {
            lines.iter().for_each(|line| say(line));
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn run_verify_file(file: &Path) -> ExitCode {
    match std::fs::read(file) {
        Ok(bytes) => told(&file.display().to_string(), &verify::file(&bytes)),
        Err(error) => failed(&format!("{}: {error}", file.display())),
    }
}

fn told(place: &str, report: &FileReport) -> ExitCode {
    say(&verify::file_report(place, report));
    if report.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_verify_copy(file: &Path) -> ExitCode {
    let config = match Config::read(file) {
        Ok(config) => config,
        Err(problems) => return mistakes(file, &problems),
    };
    let Some(Forward::At(place)) = &config.forward else {
        return failed(&format!("{} names no PostgreSQL database", file.display()));
    };
    let verified = runtime()
        .map_err(|e| e.to_string())
        .and_then(|runtime| runtime.block_on(verify::copy(place)).map_err(|e| e.to_string()));
    match verified {
        Ok(verified) => {
            say(&verify::report(Path::new(&place.to_string()), &verified));
            if verified.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => failed(&error),
    }
}

fn run_verify(config: Option<PathBuf>, database: Option<PathBuf>, session: Option<&str>) -> ExitCode {
    let database = match (database, config) {
        (Some(database), _) => database,
        (None, Some(file)) => match Config::read(&file) {
            Ok(config) => config.database,
            Err(problems) => return mistakes(&file, &problems),
        },
        (None, None) => Config::embedded().database,
    };
    if let Some(session) = session {
        let checked = runtime()
            .map_err(|e| e.to_string())
            .and_then(|runtime| runtime.block_on(verify::session(&database, session)).map_err(|e| e.to_string()));
        return match checked {
            Ok(Some(report)) => told(&format!("session {session}"), &report),
            Ok(None) => failed(&format!("there is no session {session} in {}", database.display())),
            Err(error) => failed(&error),
        };
    }
    let verified = runtime()
        .map_err(|e| e.to_string())
        .and_then(|runtime| runtime.block_on(verify::run(&database)).map_err(|e| e.to_string()));
    match verified {
        Ok(verified) => {
            say(&verify::report(&database, &verified));
            if verified.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => failed(&error),
    }
}
