//! The command line.

use chairside_sim::faults::Fault;
use chairside_sim::hl7::{self, Dialect, Identity, Pace};
use chairside_sim::nellcor::{self, Limits};
use chairside_sim::patient::INFUSION_AFTER_S;
use chairside_sim::vitalrecorder::{self, Engine, Form};
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use std::path::PathBuf;
use std::time::Duration;

/// Monitors that talk: for demonstrations and tests of Chairside, never for a patient.
///
/// While it runs it takes words on standard input, one a line: silence, garbage, cut, freeze, repeat, sensor-off, normal
/// (no fault, whatever the plan says), plan (the planned faults again), quit.
#[derive(Debug, Parser)]
#[command(name = "chairside-sim", version, verbatim_doc_comment)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) monitor: Monitor,
    /// Stop when standard input ends.
    #[arg(long, global = true)]
    pub(crate) exit_with_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Monitor {
    /// A Nellcor oximeter that prints rows on a pseudo-terminal.
    Nellcor(NellcorArgs),
    /// Monitors that send HL7 v2 over MLLP and wait for each acknowledgement.
    Hl7(Hl7Args),
    /// A VitalRecorder that relays several beds over Socket.IO.
    Vitalrecorder(VitalRecorderArgs),
}

/// What every monitor has.
#[derive(Args, Debug)]
struct Common {
    /// Seed of the patient and of chance: the same seed is the same run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Session seconds for each real second; 60 runs a two-hour session in two minutes.
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    speed: f64,
    /// Session second at which the infusion starts.
    #[arg(long, default_value_t = INFUSION_AFTER_S, value_name = "SECONDS")]
    infusion_after_s: f64,
    /// The monitor's clock is off by so many seconds; negative is behind.
    #[arg(long, default_value_t = 0, value_name = "SECONDS", allow_negative_numbers = true)]
    clock_offset_s: i64,
    /// A planned fault: WORD@SECONDS[+SECONDS] or WORD%PROBABILITY[+SECONDS], such as silence@60+20 or garbage%0.02; may
    /// be given again. Words: silence, garbage, cut, freeze, repeat, sensor-off.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// Stop after so many rows or messages (of each monitor).
    #[arg(long)]
    count: Option<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct NellcorArgs {
    /// Name of the line: a symbolic link to the pseudo-terminal, removed at the end.
    #[arg(long, value_name = "PATH")]
    pub(crate) link: PathBuf,
    /// Seconds between rows.
    #[arg(long, default_value_t = 2.0, value_parser = positive)]
    interval_s: f64,
    /// Leave the line's echo on, as a terminal has it by default: a host that does not switch it off answers the monitor.
    #[arg(long)]
    pub(crate) echoing: bool,
    /// Lowest saturation without an alarm, per cent.
    #[arg(long, default_value_t = Limits::default().spo2_low, value_name = "PERCENT")]
    spo2_low: u16,
    /// Highest pulse rate without an alarm.
    #[arg(long, default_value_t = Limits::default().pulse_high, value_name = "PER_MIN")]
    pulse_high: u16,
    #[command(flatten)]
    common: Common,
}

impl NellcorArgs {
    pub(crate) fn options(&self) -> nellcor::Options {
        let common = &self.common;
        nellcor::Options {
            seed: common.seed,
            interval_s: self.interval_s,
            speed: common.speed,
            infusion_after_s: common.infusion_after_s,
            clock_offset_s: common.clock_offset_s,
            limits: Limits { spo2_low: self.spo2_low, pulse_high: self.pulse_high, ..Limits::default() },
            faults: common.faults.clone(),
            count: common.count,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct Hl7Args {
    /// Receiver.
    #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port)]
    to: String,
    /// Way of writing: mindray, ge or pcd01.
    #[arg(long, value_parser = dialect)]
    dialect: Dialect,
    /// Bed, as typed at the monitor.
    #[arg(long)]
    bed: String,
    /// Patient identifier, as typed at the monitor.
    #[arg(long, default_value = "")]
    patient: String,
    /// Patient name with its components, such as DOE^JANE.
    #[arg(long, default_value = "")]
    name: String,
    /// Unit or point of care.
    #[arg(long, default_value = "INFUSION")]
    unit: String,
    /// Seconds between messages.
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    interval_s: f64,
    /// Messages a second on each connection, instead of --interval-s.
    #[arg(long, value_parser = positive, conflicts_with_all = ["interval_s", "as_fast_as_possible"])]
    rate: Option<f64>,
    /// The next message as soon as the last one was acknowledged.
    #[arg(long, conflicts_with = "interval_s")]
    as_fast_as_possible: bool,
    /// Minutes of session time between cuff measurements; 0: no cuff.
    #[arg(long, default_value_t = 5.0, value_name = "MINUTES")]
    cuff_every_min: f64,
    /// Zone of the monitor's clock, such as +01:00 or -0500; the computer's own unless given.
    #[arg(long, value_parser = zone, value_name = "OFFSET", allow_hyphen_values = true)]
    zone_offset: Option<Offset>,
    /// How long to wait for an acknowledgement.
    #[arg(long, default_value_t = 5.0, value_parser = positive, value_name = "SECONDS")]
    ack_timeout_s: f64,
    /// Append the control id of each acknowledged message to this file, one a line, as soon as it is acknowledged.
    #[arg(long, value_name = "FILE")]
    log_acked: Option<PathBuf>,
    /// Monitors, each with its own connection, bed and patient (NAME-1, NAME-2 ...).
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: u32,
    /// Mark everything as the monitor's own demonstration data.
    #[arg(long)]
    demo: bool,
    /// What every control id begins with; made from time and process unless given.
    #[arg(long, value_name = "TEXT")]
    run_id: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Hl7Args {
    pub(crate) fn options(&self) -> hl7::Options {
        let common = &self.common;
        let pace = match (self.as_fast_as_possible, self.rate) {
            (true, _) => Pace::AsFastAsPossible,
            (false, Some(rate)) => Pace::EveryS(1.0 / rate),
            (false, None) => Pace::EveryS(self.interval_s),
        };
        hl7::Options {
            to: self.to.clone(),
            dialect: self.dialect,
            identity: Identity {
                bed: self.bed.clone(),
                unit: self.unit.clone(),
                patient: self.patient.clone(),
                name: self.name.clone(),
            },
            seed: common.seed,
            pace,
            speed: common.speed,
            infusion_after_s: common.infusion_after_s,
            cuff_every_s: self.cuff_every_min * 60.0,
            clock_offset_s: common.clock_offset_s,
            zone: self.zone_offset.unwrap_or_else(|| TimeZone::system().to_offset(Timestamp::now())),
            ack_timeout: Duration::from_secs_f64(self.ack_timeout_s),
            log_acknowledged: self.log_acked.clone(),
            connections: self.connections,
            count: common.count,
            demo: self.demo,
            run_id: self.run_id.clone().unwrap_or_else(run_id),
            faults: common.faults.clone(),
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct VitalRecorderArgs {
    /// Receiver.
    #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port)]
    to: String,
    /// Engine.IO version: 3 as VitalRecorder itself, or 4.
    #[arg(long, default_value = "3", value_parser = engine, value_name = "VERSION")]
    engine: Engine,
    /// Form of the uploads: json or hl7.
    #[arg(long, default_value = "json", value_parser = form)]
    form: Form,
    /// Code of the recorder.
    #[arg(long, default_value = "VR_SIM")]
    vrcode: String,
    /// Bed, as it is called in VitalRecorder.
    #[arg(long)]
    bed: String,
    /// Beds of this recorder (NAME-1, NAME-2 ...), each with its own patient.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    beds: u32,
    /// Seconds between uploads.
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    interval_s: f64,
    /// Minutes of session time between cuff measurements; 0: no cuff.
    #[arg(long, default_value_t = 5.0, value_name = "MINUTES")]
    cuff_every_min: f64,
    /// Zone of the recorder's computer, such as +01:00 or -0500; this computer's own unless given.
    #[arg(long, value_parser = zone, value_name = "OFFSET", allow_hyphen_values = true)]
    zone_offset: Option<Offset>,
    #[command(flatten)]
    common: Common,
}

impl VitalRecorderArgs {
    pub(crate) fn options(&self) -> vitalrecorder::Options {
        let common = &self.common;
        vitalrecorder::Options {
            engine: self.engine,
            form: self.form,
            vrcode: self.vrcode.clone(),
            beds: self.beds,
            seed: common.seed,
            interval_s: self.interval_s,
            speed: common.speed,
            infusion_after_s: common.infusion_after_s,
            cuff_every_s: self.cuff_every_min * 60.0,
            clock_offset_s: common.clock_offset_s,
            zone: self.zone_offset.unwrap_or_else(|| TimeZone::system().to_offset(Timestamp::now())),
            faults: common.faults.clone(),
            count: common.count,
            ..vitalrecorder::Options::new(&self.to, &self.bed)
        }
    }
}

/// Eight letters that no other run of these days has.
fn run_id() -> String {
    let now = Timestamp::now().as_microsecond().cast_unsigned();
    let mut mixed = chairside_sim::rng::Rng::new(now ^ (u64::from(std::process::id()) << 40));
    format!("{:08X}", mixed.next_u64() >> 32)
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0 && *n <= 1e6);
    number.ok_or_else(|| format!("`{text}` is no number above 0 and up to 1000000"))
}

fn host_and_port(text: &str) -> Result<String, String> {
    let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(1..)) => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is no host with a port, such as 127.0.0.1:2575")),
    }
}

fn dialect(text: &str) -> Result<Dialect, String> {
    let known = || Dialect::ALL.map(Dialect::word).join(", ");
    Dialect::from_word(text).ok_or_else(|| format!("`{text}` is no dialect: expected {}", known()))
}

fn engine(text: &str) -> Result<Engine, String> {
    Engine::from_word(text).ok_or_else(|| format!("`{text}` is no version: expected 3 or 4"))
}

fn form(text: &str) -> Result<Form, String> {
    Form::from_word(text).ok_or_else(|| format!("`{text}` is no form: expected json or hl7"))
}

fn zone(text: &str) -> Result<Offset, String> {
    let wrong = || format!("`{text}` is no offset from UTC, such as +01:00 or -0500");
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'+') => (1, &text[1..]),
        Some(b'-') => (-1, &text[1..]),
        _ => return Err(wrong()),
    };
    let digits = rest.replace(':', "");
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let (hours, minutes): (i32, i32) =
        (digits[..2].parse().map_err(|_| wrong())?, digits[2..].parse().map_err(|_| wrong())?);
    if hours > 14 || minutes > 59 {
        return Err(wrong());
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn offsets_are_read_in_both_forms() {
        assert_eq!(zone("+01:00").unwrap().seconds(), 3600);
        assert_eq!(zone("-0530").unwrap().seconds(), -19_800);
        for wrong in ["", "01:00", "+1", "+25:00", "+01:75", "Z", "+a1:00"] {
            zone(wrong).unwrap_err();
        }
    }

    #[test]
    fn a_receiver_needs_a_host_and_a_port() {
        assert!(host_and_port("127.0.0.1:2575").is_ok());
        assert!(host_and_port("[::1]:2575").is_ok());
        for wrong in ["127.0.0.1", ":2575", "host:", "host:0", "host:x"] {
            host_and_port(wrong).unwrap_err();
        }
    }

    #[test]
    fn a_load_of_the_command_line_arrives_in_the_options() {
        let line = "chairside-sim hl7 --to localhost:2575 --dialect ge --bed A1 --patient 7 --rate 20 --connections 3 \
                    --count 10 --zone-offset -05:00 --clock-offset-s -90 --fault cut%0.5 --fault silence@3+4";
        let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
        let Monitor::Hl7(args) = cli.monitor else { panic!("not HL7") };
        let options = args.options();
        assert_eq!((options.dialect, options.connections, options.count), (Dialect::Ge, 3, Some(10)));
        assert_eq!(options.pace, Pace::EveryS(0.05));
        assert_eq!((options.zone.seconds(), options.clock_offset_s), (-18_000, -90));
        assert_eq!(options.faults.len(), 2);
        assert_eq!(options.run_id.len(), 8);
        let both = format!("{line} --as-fast-as-possible");
        assert!(Cli::try_parse_from(both.split_whitespace()).is_err(), "two paces");
    }
}
