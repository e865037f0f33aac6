//! `chairside-sim`: monitors that talk, over a pseudo-terminal or TCP.

mod cli;

use chairside_sim::control::Control;
use chairside_sim::pty::{Line, Link, Pty};
use chairside_sim::{hl7, nellcor, vitalrecorder};
use clap::Parser;
use cli::{Cli, Monitor};
use std::io::BufRead;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let control = Control::new();
    let on_signal = control.clone();
    // SIGINT and SIGTERM stop the monitors in order, so that the link is removed and the counts are printed.
    if let Err(error) = ctrlc::set_handler(move || on_signal.stop()) {
        eprintln!("chairside-sim: cannot watch for SIGINT and SIGTERM: {error}");
        return ExitCode::FAILURE;
    }
    let (input, exit_with_stdin) = (control.clone(), cli.exit_with_stdin);
    // Left behind when the monitors are done: a read of standard input cannot be called off.
    std::thread::spawn(move || read_stdin(&input, exit_with_stdin));
    let ended = match &cli.monitor {
        Monitor::Nellcor(args) => run_nellcor(args, &control),
        Monitor::Hl7(args) => run_hl7(args, &control),
        Monitor::Vitalrecorder(args) => run_vitalrecorder(args, &control),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("chairside-sim: {error}");
        ExitCode::FAILURE
    })
}

fn run_nellcor(args: &cli::NellcorArgs, control: &Control) -> Result<ExitCode, String> {
    let line = if args.echoing { Line::Echoing } else { Line::Raw };
    let mut pty = Pty::open(line).map_err(|e| format!("cannot open a pseudo-terminal: {e}"))?;
    let path = args.link.display();
    let _link =
        Link::create(&args.link, pty.slave_path()).map_err(|e| format!("{path}: cannot make this link: {e}"))?;
    let options = args.options();
    eprintln!(
        "chairside-sim: Nellcor rows every {} s on {path} ({}), seed {}",
        options.interval_s,
        pty.slave_path().display(),
        options.seed
    );
    let summary = nellcor::run(&options, control, &mut pty).map_err(|e| format!("{path}: {e}"))?;
    let nellcor::Summary { rows, unheard_bytes, received_bytes } = summary;
    eprintln!("chairside-sim: {rows} rows sent, {unheard_bytes} bytes not heard by anybody");
    eprintln!("received {received_bytes} bytes from the host");
    Ok(ExitCode::SUCCESS)
}

fn run_hl7(args: &cli::Hl7Args, control: &Control) -> Result<ExitCode, String> {
    let options = args.options();
    eprintln!(
        "chairside-sim: HL7 {} to {}, bed {}, {} connection(s), seed {}",
        options.dialect.word(),
        options.to,
        options.identity.bed,
        options.connections,
        options.seed
    );
    let start = std::time::Instant::now();
    let summary = hl7::run(&options, control).map_err(|e| e.to_string())?;
    let hl7::Summary { sent, acknowledged, refused, given_up, repeats, wrong_mode, unexpected, connections } = summary;
    eprintln!(
        "chairside-sim: {sent} messages sent, {acknowledged} acknowledged, {refused} refused, {given_up} given up, \
         {repeats} repeats, {wrong_mode} wrong acknowledgements, {unexpected} unexpected answers, \
         {connections} connections, {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let complete = options.count.is_none() || acknowledged == sent;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn run_vitalrecorder(args: &cli::VitalRecorderArgs, control: &Control) -> Result<ExitCode, String> {
    let options = args.options();
    let (to, beds, form) = (&options.to, options.beds, options.form.word());
    eprintln!("chairside-sim: VitalRecorder to {to}, {beds} bed(s), {form}, seed {}", options.seed);
    let summary = vitalrecorder::run(&options, control).map_err(|e| e.to_string())?;
    let vitalrecorder::Summary { uploads, connections, unexpected } = summary;
    eprintln!("chairside-sim: {uploads} uploads sent, {connections} connections, {unexpected} unexpected messages");
    Ok(if unexpected == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Takes words from standard input until it ends.
fn read_stdin(control: &Control, exit_with_stdin: bool) {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if let Err(problem) = control.take_line(&line) {
            eprintln!("chairside-sim: {problem}");
        }
    }
    if exit_with_stdin {
        control.stop();
    }
}
