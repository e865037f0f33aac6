//! `chairside-sim`: monitors that talk, over a pseudo-terminal or TCP.

mod cli;

use chairside_sim::control::Control;
use chairside_sim::hl7::pds;
use chairside_sim::ivy450c::Ivy450c;
use chairside_sim::pty::{Line, Link, Pty};
use chairside_sim::words::Word;
use chairside_sim::{hl7, serial, vitalrecorder};
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
        Monitor::Nellcor(args) => run_serial(
            &args.line,
            &args.options(),
            &paced("Nellcor rows", &args.options()),
            &mut args.monitor(),
            &control,
        ),
        Monitor::Masimo(args) => run_serial(
            &args.line,
            &args.options(),
            &paced("Masimo lines", &args.options()),
            &mut args.monitor(),
            &control,
        ),
        Monitor::Nonin(args) => {
            let frames = paced(&format!("Nonin format {} frames", args.format.word()), &args.options());
            run_serial(&args.line, &args.options(), &frames, &mut args.monitor(), &control)
        }
        Monitor::Ivy450c(args) => {
            run_serial(&args.line, &args.options(), &paced("Ivy 450C blocks", &args.options()), &mut Ivy450c, &control)
        }
        Monitor::Dinamap(args) => {
            run_serial(&args.line, &args.options(), "DINAMAP replies", &mut args.monitor(), &control)
        }
        Monitor::Dri(args) => {
            run_serial(&args.line, &args.options(), "S/5 records", &mut cli::DriArgs::monitor(), &control)
        }
        Monitor::Cms50(args) => run_serial(&args.line, &args.options(), "CMS50 packets", &mut args.monitor(), &control),
        Monitor::Intellivue(args) => args.run(&control),
        Monitor::Hl7(args) => run_hl7(args, &control),
        Monitor::Pds(args) => run_pds(args, &control),
        Monitor::Vitalrecorder(args) => run_vitalrecorder(args, &control),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("chairside-sim: {error}");
        ExitCode::FAILURE
    })
}

/// What a monitor sends by itself, and how often.
fn paced(frames: &str, options: &serial::Options) -> String {
    format!("{frames} every {} s", options.interval_s)
}

/// Runs a monitor on a serial line; `frames` is what it sends, in words.
fn run_serial(
    args: &cli::LineArgs,
    options: &serial::Options,
    frames: &str,
    monitor: &mut dyn serial::Monitor,
    control: &Control,
) -> Result<ExitCode, String> {
    let line = if args.echoing { Line::Echoing } else { Line::Raw };
    let mut pty = Pty::open(line).map_err(|e| format!("cannot open a pseudo-terminal: {e}"))?;
    let path = args.link.display();
    let _link =
        Link::create(&args.link, pty.slave_path()).map_err(|e| format!("{path}: cannot make this link: {e}"))?;
    eprintln!("chairside-sim: {frames} on {path} ({}), seed {}", pty.slave_path().display(), options.bedside.seed);
    let summary = serial::run(options, monitor, control, &mut pty).map_err(|e| format!("{path}: {e}"))?;
    let serial::Summary { frames, unheard_bytes, received_bytes, unwanted_bytes } = summary;
    eprintln!("chairside-sim: {frames} frames sent, {unheard_bytes} bytes not heard by anybody");
    eprintln!("received {received_bytes} bytes from the host");
    if unwanted_bytes > 0 {
        eprintln!("FAULT: {unwanted_bytes} of them went to a monitor that only talks");
    }
    Ok(ExitCode::SUCCESS)
}

fn run_hl7(args: &cli::Hl7Args, control: &Control) -> Result<ExitCode, String> {
    if let Some(problem) = args.problem() {
        return Err(problem);
    }
    let options = args.options();
    eprintln!(
        "chairside-sim: HL7 {} to {}, bed {}, {} connection(s), seed {}",
        options.dialect.word(),
        options.to,
        options.identity.bed,
        options.connections,
        options.bedside.seed
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
    eprintln!("chairside-sim: VitalRecorder to {to}, {beds} bed(s), {form}, seed {}", options.bedside.seed);
    let summary = vitalrecorder::run(&options, control).map_err(|e| e.to_string())?;
    let vitalrecorder::Summary { uploads, connections, unexpected } = summary;
    eprintln!("chairside-sim: {uploads} uploads sent, {connections} connections, {unexpected} unexpected messages");
    Ok(if unexpected == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn run_pds(args: &cli::PdsArgs, control: &Control) -> Result<ExitCode, String> {
    let options = args.options();
    let listener =
        std::net::TcpListener::bind(args.listen).map_err(|e| format!("{}: cannot listen: {e}", args.listen))?;
    let at = listener.local_addr().map_err(|e| e.to_string())?;
    eprintln!(
        "chairside-sim: Mindray PDS listens on {at}, bed {}, seed {}",
        options.identity.bed, options.bedside.seed
    );
    let summary = pds::run(&options, control, &listener).map_err(|e| format!("{at}: {e}"))?;
    let pds::Summary { connections, rounds, heartbeats, early_heartbeats, unwanted_bytes, dropped } = summary;
    eprintln!(
        "chairside-sim: {rounds} rounds sent on {connections} connections, {heartbeats} heartbeats heard, {early_heartbeats} of \
         them early, {dropped} clients dropped"
    );
    eprintln!("received {unwanted_bytes} bytes that are no heartbeat");
    Ok(ExitCode::SUCCESS)
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
