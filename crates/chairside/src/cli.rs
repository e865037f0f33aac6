//! The command line.

use crate::backup::Recipient;
use crate::config::LogForm;
use chairside_access::{PROGRAM_DAYS_MAX, Role, Scope};
use chairside_export::table::MINUTES;
use chairside_export::{Format, Paper};
use clap::{Parser, Subcommand};
use jiff::civil::Date;
use std::path::PathBuf;

/// Reads bedside monitors, shows their values live, and keeps the record. It never controls a device.
#[derive(Debug, Parser)]
#[command(name = "chairside", version, about, after_help = "Without a command: serve, on embedded defaults.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the monitors, serve the screens, keep the log.
    Serve {
        /// Configuration file. Without it: SQLite in ./chairside-data, screens on 127.0.0.1:8080, HL7 on 127.0.0.1:2575.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// How it writes what it says of itself, whatever the configuration says.
        #[arg(long, value_enum, value_name = "FORM")]
        log: Option<LogForm>,
    },
    /// Say what a raw capture holds, one JSON object a line, in order of the bytes.
    Decode {
        /// What the monitor speaks.
        #[arg(long)]
        protocol: String,
        /// How to read it, where there are several ways.
        #[arg(long)]
        profile: Option<String>,
        /// Configuration file whose generic source describes the lines; for `--protocol generic`.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Which generic source of the configuration, where it has several.
        #[arg(long, value_name = "ID", requires = "config")]
        source: Option<String>,
        /// Say on standard error what was made of each line; for `--protocol generic`.
        #[arg(long, requires = "config")]
        explain: bool,
        /// Also print frames without vitals and the monitor's notices.
        #[arg(long)]
        all: bool,
        /// The capture; `-` reads standard input.
        file: PathBuf,
    },
    /// Say which monitor speaks at a serial port and how it is set, or what is heard instead. Only listens.
    Identify {
        /// The port, such as /dev/ttyUSB0.
        port: PathBuf,
        /// Listen for at most so many seconds.
        #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=600))]
        seconds: u32,
    },
    /// Say what is in order, what is not, and what to do next: configuration, log, disk, clock, sources. Changes nothing.
    Doctor {
        /// Configuration file; without it, the embedded defaults are looked at.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Also try connections to monitors that listen: touches their network, sends nothing.
        #[arg(long)]
        connect: bool,
    },
    /// Check a configuration, or print a commented one.
    Config {
        /// Which of the two.
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Write the record of a session, or of all sessions of some days, as files other programs read. The audit
    /// says who did.
    Export {
        /// Id of the session; `--list` names them.
        #[arg(required_unless_present_any = ["list", "from", "to"], conflicts_with_all = ["from", "to"])]
        session: Option<String>,
        /// Name every session of the log, a line each, without names of patients.
        #[arg(long, conflicts_with_all = ["session", "from", "to", "out", "pseudonymous"])]
        list: bool,
        /// Every session that is over and began on this day or later. Run again, what is finished is skipped.
        #[arg(long, value_name = "DAY", value_parser = day)]
        from: Option<Date>,
        /// ... and on this day or earlier.
        #[arg(long, value_name = "DAY", value_parser = day)]
        to: Option<Date>,
        /// Without the persons: names, numbers, birth dates and free text replaced, times moved by whole weeks. The list that
        /// leads back stays in the data folder.
        #[arg(long)]
        pseudonymous: bool,
        /// What to write; may be given several times, or parted by commas.
        #[arg(long, value_delimiter = ',', value_parser = format, default_value = "csv")]
        format: Vec<Format>,
        /// Size of the pages.
        #[arg(long, value_parser = paper, default_value = "a4")]
        paper: Paper,
        /// Minutes of a row of the interval table.
        #[arg(long, value_name = "MINUTES", value_parser = every, default_value = "5")]
        every: u32,
        /// Folder in which a new folder with the files of each session is made.
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        out: PathBuf,
        /// Configuration file that names the log and the time zone.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// List what the record holds of one patient: sessions, spans, counts. Read it before erasing. The audit says who looked.
    Patient {
        /// The patient's identifier, as the clinic writes it.
        id: String,
        /// Configuration file that names the log and the time zone.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Erase every session of one patient for good. Tombstones keep the rest of the log verifiable. The server has to be stopped.
    Erase {
        /// The patient's identifier, as the clinic writes it.
        #[arg(long, value_name = "ID")]
        patient: String,
        /// Who erases; stays in the log.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why; stays in the log, so it must not say whose data it was.
        #[arg(long)]
        reason: String,
        /// Do not ask to type the identifier again.
        #[arg(long)]
        yes: bool,
        /// Configuration file that names the log and the time zone.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Write log and data folder to one file, verified, also while the server records.
    Backup {
        /// Folder for the file, on another disk. Left out: that of `[backup]` in the configuration.
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
        /// Only the holder of this key can open the file: the public half that age-keygen prints, age1...
        #[arg(long, value_name = "KEY")]
        encrypt_to: Option<Recipient>,
        /// Configuration file that names data folder and log.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Make a data folder of a backup again. Verifies everything first; never writes over anything.
    Restore {
        /// The backup.
        file: PathBuf,
        /// The folder, which must be empty or not there.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
        /// File with the secret key of an encrypted backup, as age-keygen writes it.
        #[arg(long, value_name = "FILE")]
        identity: Option<PathBuf>,
    },
    /// Say which certificate is shown, for which names and until when, and how devices come to trust it. Changes nothing.
    Tls {
        /// What to do with it.
        #[command(subcommand)]
        command: TlsCommand,
    },
    /// Accounts and tokens, by whoever may read the data folder: list, invite, reset a password, disable. Works beside a running server.
    User {
        /// Configuration file that names the data folder.
        #[arg(long, value_name = "FILE", global = true)]
        config: Option<PathBuf>,
        /// What to do.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Recompute every digest and chain of the session log and say what does not fit.
    Verify {
        /// Configuration file that names the log.
        #[arg(long, value_name = "FILE", conflicts_with = "database")]
        config: Option<PathBuf>,
        /// Check one session's record only: its blocks, entries, frames and signature.
        #[arg(long, value_name = "ID", conflicts_with = "file")]
        session: Option<String>,
        /// Check an exported record (`--format record` of the record's page) instead; needs no log.
        #[arg(long, value_name = "FILE", conflicts_with_all = ["config", "database"])]
        file: Option<PathBuf>,
        /// Check the PostgreSQL database the configuration names, which has a copy of the log, instead.
        #[arg(long, requires = "config", conflicts_with_all = ["session", "file"])]
        copy: bool,
        /// The log's SQLite file.
        database: Option<PathBuf>,
    },
}

/// Chores of the certificates.
#[derive(Debug, Subcommand)]
pub enum TlsCommand {
    /// Fingerprint, names, expiry, where the authority's certificate lies, and the steps for devices.
    Show {
        /// Configuration file; without it, the embedded defaults.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Configuration chores.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Name every mistake: the key, what stood there, and a valid example.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Print a commented file that passes the check.
    Example,
}

/// Chores of accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Every account: id, sign-in name, roles, name.
    List,
    /// Make an account and print its one-time link.
    Invite {
        /// Name that stands under entries.
        name: String,
        /// Name to sign in with.
        #[arg(long, value_name = "NAME")]
        sign_in: String,
        /// What she is; parted by commas: nurse, clinician, reviewer, auditor, lead, biomed, administrator.
        #[arg(long, value_delimiter = ',', value_parser = role, required = true)]
        role: Vec<Role>,
    },
    /// Take the password and PIN away and print a one-time link for new ones. Ends every sign-in of the account.
    Reset {
        /// Sign-in name.
        sign_in: String,
        /// Take the second factor away, too: the telephone is lost.
        #[arg(long)]
        code: bool,
    },
    /// Let an account sign in no more. Ends every sign-in of it.
    Disable {
        /// Sign-in name.
        sign_in: String,
    },
    /// Tokens of programs that read by themselves: FHIR viewers, Prometheus.
    Token {
        /// What to do.
        #[command(subcommand)]
        command: TokenCommand,
    },
}

/// Chores of tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Every token: id, scopes, until when, name. Never the token itself.
    List,
    /// Make a token and print it, once. It reads only.
    Make {
        /// What people call the program; the audit names it so.
        name: String,
        /// What it may read; parted by commas: fhir, metrics.
        #[arg(long, value_delimiter = ',', value_parser = scope, required = true)]
        scope: Vec<Scope>,
        /// Days until it ends; left out, it is revoked only.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=i64::from(PROGRAM_DAYS_MAX)))]
        days: Option<u16>,
    },
    /// End a token. A running server refuses it within 2 s.
    Revoke {
        /// Its name or id.
        name: String,
    },
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::from_word(word).ok_or_else(|| {
        let words: Vec<_> = Scope::ALL.iter().map(|scope| scope.word()).collect();
        format!("found `{word}`, expected one of: {}", words.join(", "))
    })
}

fn role(word: &str) -> Result<Role, String> {
    let known = || Role::ALL.iter().filter(|role| **role != Role::Display);
    known().copied().find(|role| role.word() == word).ok_or_else(|| {
        let words: Vec<_> = known().map(|role| role.word()).collect();
        format!("found `{word}`, expected one of: {}", words.join(", "))
    })
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("found `{text}`, expected a day such as 2026-03-02"))
}

fn format(word: &str) -> Result<Format, String> {
    Format::from_word(word).ok_or_else(|| {
        let words: Vec<_> = Format::ALL.iter().map(|format| format.word()).collect();
        format!("found `{word}`, expected one of: {}", words.join(", "))
    })
}

fn paper(word: &str) -> Result<Paper, String> {
    Paper::from_word(word).ok_or_else(|| {
        let words: Vec<_> = Paper::ALL.iter().map(|paper| paper.word()).collect();
        format!("found `{word}`, expected one of: {}", words.join(", "))
    })
}

fn every(word: &str) -> Result<u32, String> {
    word.parse().ok().filter(|minutes| MINUTES.contains(minutes)).ok_or_else(|| {
        let words: Vec<_> = MINUTES.iter().map(ToString::to_string).collect();
        format!("found `{word}`, expected one of: {}", words.join(", "))
    })
}
