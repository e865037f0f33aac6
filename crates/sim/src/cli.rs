//! The command line.

mod intellivue;

use chairside_sim::bedside::Setup;
use chairside_sim::cms50::{Cms50, Packets, RATE_HZ};
use chairside_sim::dinamap::{self, Dinamap};
use chairside_sim::dri::Dri;
use chairside_sim::faults::Fault;
use chairside_sim::hl7::{self, Dialect, Identity, Pace, pds};
use chairside_sim::ivy450c;
use chairside_sim::limits::Limits;
use chairside_sim::masimo::{self, Alarm, Exception, Masimo, Mode};
use chairside_sim::nellcor::{self, Nellcor};
use chairside_sim::nonin::{self, Format, Nonin, Status};
use chairside_sim::patient::INFUSION_AFTER_S;
use chairside_sim::serial;
use chairside_sim::vitalrecorder::{self, Engine, Form};
use chairside_sim::words::Word;
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use intellivue::IntellivueArgs;

/// Monitors that talk: for demonstrations and tests of Chairside, never for a patient.
///
/// While it runs it takes words on standard input, one a line: silence, garbage, cut, freeze, repeat, sensor-off, motion,
/// low-perfusion, desaturation, normal (no fault, whatever the plan says), plan (the planned faults again), quit.
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
    /// A Masimo oximeter in ASCII 1 on a pseudo-terminal.
    Masimo(MasimoArgs),
    /// A Nonin oximeter in any of its formats on a pseudo-terminal.
    Nonin(NoninArgs),
    /// An Ivy 450C on a pseudo-terminal (experimental).
    Ivy450c(Ivy450cArgs),
    /// A DINAMAP on a pseudo-terminal; it answers requests.
    Dinamap(DinamapArgs),
    /// A GE / Datex-Ohmeda S/5 on a pseudo-terminal; it sends what was asked for.
    Dri(DriArgs),
    /// A Contec CMS50 on a pseudo-terminal.
    Cms50(Cms50Args),
    /// A Philips IntelliVue monitor that is asked, on a pseudo-terminal or over UDP.
    Intellivue(IntellivueArgs),
    /// Monitors that send HL7 v2 over MLLP and wait for each acknowledgement.
    Hl7(Hl7Args),
    /// A Mindray PDS monitor: a server that sends HL7 and drops a client whose heartbeat does not come.
    Pds(PdsArgs),
    /// A VitalRecorder that relays several beds over Socket.IO.
    Vitalrecorder(VitalRecorderArgs),
}

/// What every patient and the monitor beside them have.
#[derive(Args, Debug)]
struct BedsideArgs {
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
    /// Zone of the monitor's clock, such as +01:00 or -0500; the computer's own unless given.
    #[arg(long, value_parser = zone, value_name = "OFFSET", allow_hyphen_values = true)]
    zone_offset: Option<Offset>,
    /// A planned fault: WORD@SECONDS[+SECONDS] or WORD%PROBABILITY[+SECONDS], such as silence@60+20 or garbage%0.02; may
    /// be given again. Words: silence, garbage, cut, freeze, repeat, sensor-off, motion, low-perfusion, desaturation.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
}

impl BedsideArgs {
    fn setup(&self, cuff_every_min: f64) -> Setup {
        Setup {
            seed: self.seed,
            speed: self.speed,
            infusion_after_s: self.infusion_after_s,
            cuff_every_s: cuff_every_min * 60.0,
            clock_offset_s: self.clock_offset_s,
            zone: self.zone_offset.unwrap_or_else(|| TimeZone::system().to_offset(Timestamp::now())),
            faults: self.faults.clone(),
        }
    }
}

/// What every monitor that talks by itself has.
#[derive(Args, Debug)]
struct Common {
    #[command(flatten)]
    bedside: BedsideArgs,
    /// Stop after so many rows or messages (of each monitor).
    #[arg(long)]
    count: Option<u64>,
}

/// What a monitor with a cuff has.
#[derive(Args, Debug)]
struct CuffArgs {
    /// Minutes of session time between cuff measurements; 0: no cuff.
    #[arg(long = "cuff-every-min", default_value_t = 5.0, value_name = "MINUTES")]
    every_min: f64,
}

/// What every monitor on a serial line has.
#[derive(Args, Debug)]
pub(crate) struct LineArgs {
    /// Name of the line: a symbolic link to the pseudo-terminal, removed at the end.
    #[arg(long, value_name = "PATH")]
    pub(crate) link: PathBuf,
    /// Leave the line's echo on, as a terminal has it by default: a host that does not switch it off answers the monitor.
    #[arg(long)]
    pub(crate) echoing: bool,
    #[command(flatten)]
    common: Common,
}

impl LineArgs {
    fn options(&self, interval_s: f64, cuff_every_min: f64) -> serial::Options {
        serial::Options { bedside: self.common.bedside.setup(cuff_every_min), interval_s, count: self.common.count }
    }
}

/// The alarm limits of an oximeter.
#[derive(Args, Debug)]
struct LimitArgs {
    /// Lowest saturation without an alarm, per cent.
    #[arg(long, default_value_t = Limits::default().spo2_low, value_name = "PERCENT")]
    spo2_low: u16,
    /// Highest pulse rate without an alarm.
    #[arg(long, default_value_t = Limits::default().pulse_high, value_name = "PER_MIN")]
    pulse_high: u16,
}

impl LimitArgs {
    fn limits(&self) -> Limits {
        Limits { spo2_low: self.spo2_low, pulse_high: self.pulse_high, ..Limits::default() }
    }
}

#[derive(Args, Debug)]
pub(crate) struct NellcorArgs {
    /// Seconds between rows.
    #[arg(long, default_value_t = nellcor::INTERVAL_S, value_parser = positive)]
    interval_s: f64,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    pub(crate) line: LineArgs,
}

impl NellcorArgs {
    pub(crate) fn options(&self) -> serial::Options {
        self.line.options(self.interval_s, 0.0)
    }

    pub(crate) fn monitor(&self) -> Nellcor {
        Nellcor::new(self.limits.limits())
    }
}

#[derive(Args, Debug)]
pub(crate) struct MasimoArgs {
    /// What its menu makes it send: ascii1, or trend for the rows of the trend memory, which a host has to refuse.
    #[arg(long, default_value = Mode::default().word(), value_parser = Mode::from_word)]
    mode: Mode,
    /// Seconds between lines.
    #[arg(long, default_value_t = masimo::INTERVAL_S, value_parser = positive)]
    interval_s: f64,
    /// Serial number.
    #[arg(long, default_value_t = 24_680)]
    serial: u32,
    /// An exception it has all the time, may be given again: no-sensor, defective-sensor, low-perfusion, pulse-search,
    /// interference, sensor-off, ambient-light, unrecognised-sensor, low-signal.
    #[arg(long = "exception", value_name = "WORD", value_parser = Exception::from_word)]
    exceptions: Vec<Exception>,
    /// An alarm it has all the time, may be given again: spo2-high, spo2-low, pulse-high, pulse-low, active, silenced,
    /// low-battery. Those of the limits come by themselves.
    #[arg(long = "alarm", value_name = "WORD", value_parser = Alarm::from_word)]
    alarms: Vec<Alarm>,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    pub(crate) line: LineArgs,
}

impl MasimoArgs {
    pub(crate) fn options(&self) -> serial::Options {
        self.line.options(self.interval_s, 0.0)
    }

    pub(crate) fn monitor(&self) -> Masimo {
        Masimo::new(masimo::Settings {
            serial: self.serial,
            mode: self.mode,
            limits: self.limits.limits(),
            exceptions: self.exceptions.clone(),
            alarms: self.alarms.clone(),
        })
    }
}

#[derive(Args, Debug)]
pub(crate) struct NoninArgs {
    /// Format it is set to: 1, 2, 7, 8, 13 (spot checks) or ascii.
    #[arg(long, default_value = Format::Two.word(), value_parser = Format::from_word)]
    pub(crate) format: Format,
    /// Seconds between frames, packets or lines; each format has its own.
    #[arg(long, value_parser = positive)]
    interval_s: Option<f64>,
    /// A word it says all the time, where its format has a place for it; may be given again: disconnected, artifact,
    /// out-of-track, sensor-alarm, low-perfusion, marginal-perfusion, smartpoint, low-battery, from-memory (13); fast,
    /// event, breath (ascii).
    #[arg(long = "status", value_name = "WORD", value_parser = Status::from_word)]
    statuses: Vec<Status>,
    /// Text begins with the time of day.
    #[arg(long)]
    text_with_time: bool,
    #[command(flatten)]
    pub(crate) line: LineArgs,
}

impl NoninArgs {
    pub(crate) fn options(&self) -> serial::Options {
        self.line.options(self.interval_s.unwrap_or(self.format.interval_s()), 0.0)
    }

    pub(crate) fn monitor(&self) -> Nonin {
        Nonin::new(nonin::Settings {
            format: self.format,
            statuses: self.statuses.clone(),
            text_with_time: self.text_with_time,
        })
    }
}

#[derive(Args, Debug)]
pub(crate) struct Ivy450cArgs {
    /// Seconds between blocks.
    #[arg(long, default_value_t = ivy450c::INTERVAL_S, value_parser = positive)]
    interval_s: f64,
    #[command(flatten)]
    cuff: CuffArgs,
    #[command(flatten)]
    pub(crate) line: LineArgs,
}

impl Ivy450cArgs {
    pub(crate) fn options(&self) -> serial::Options {
        self.line.options(self.interval_s, self.cuff.every_min)
    }
}

#[derive(Args, Debug)]
pub(crate) struct DinamapArgs {
    /// A cuff for newborns is connected.
    #[arg(long)]
    neonate: bool,
    /// The cuff measures as often as it can.
    #[arg(long)]
    stat: bool,
    /// Status of the cuff instead of its own: 3 failed, 4 pump-up time-out, 6 total time-out, 7 one-pressure time-out, 8
    /// overpressure.
    #[arg(long, value_name = "DIGIT", value_parser = clap::value_parser!(u8).range(0..=9))]
    cuff_status: Option<u8>,
    #[command(flatten)]
    cuff: CuffArgs,
    #[command(flatten)]
    pub(crate) line: LineArgs,
}

impl DinamapArgs {
    pub(crate) fn options(&self) -> serial::Options {
        self.line.options(1.0, self.cuff.every_min)
    }

    pub(crate) fn monitor(&self) -> Dinamap {
        Dinamap::new(dinamap::Settings {
            neonate: self.neonate,
            stat: self.stat,
            cuff_status: self.cuff_status.map(|digit| b'0' + digit),
            cuff_every_s: self.cuff.every_min * 60.0 / self.line.common.bedside.speed,
        })
    }
}

#[derive(Args, Debug)]
pub(crate) struct DriArgs {
    #[command(flatten)]
    cuff: CuffArgs,
    #[command(flatten)]
    pub(crate) line: LineArgs,
}

impl DriArgs {
    /// Looked at four times a second, whether a record is due.
    pub(crate) fn options(&self) -> serial::Options {
        self.line.options(0.25, self.cuff.every_min)
    }

    pub(crate) fn monitor() -> Dri {
        Dri::default()
    }
}

#[derive(Args, Debug)]
pub(crate) struct Cms50Args {
    /// Packets of five bytes that come by themselves, instead of nine bytes when asked.
    #[arg(long)]
    old: bool,
    #[command(flatten)]
    pub(crate) line: LineArgs,
}

impl Cms50Args {
    pub(crate) fn options(&self) -> serial::Options {
        self.line.options(1.0 / RATE_HZ, 0.0)
    }

    pub(crate) fn monitor(&self) -> Cms50 {
        Cms50::new(if self.old { Packets::Old } else { Packets::New })
    }
}

#[derive(Args, Debug)]
pub(crate) struct Hl7Args {
    /// Receiver.
    #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port)]
    to: String,
    /// Way of writing: pcd01, mindray, ge, philips-ic, efficia, nihon-kohden, nihon-kohden-gateway, capsule, vc150, comen,
    /// northern or xh80x. Mindray PDS is a server: see the subcommand pds.
    #[arg(long, value_parser = Dialect::from_word)]
    pub(crate) dialect: Dialect,
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
    /// Seconds between messages; 5 for philips-ic and 60 for efficia, as they do, and 1 for the others.
    #[arg(long, value_parser = positive)]
    interval_s: Option<f64>,
    /// Messages a second on each connection, instead of --interval-s.
    #[arg(long, value_parser = positive, conflicts_with_all = ["interval_s", "as_fast_as_possible"])]
    rate: Option<f64>,
    /// The next message as soon as the last one was acknowledged.
    #[arg(long, conflicts_with = "interval_s")]
    as_fast_as_possible: bool,
    #[command(flatten)]
    cuff: CuffArgs,
    /// How long to wait for an acknowledgement.
    #[arg(long, default_value_t = 5.0, value_parser = positive, value_name = "SECONDS")]
    ack_timeout_s: f64,
    /// Append the control id of each acknowledged message to this file, one a line, as soon as it is acknowledged.
    #[arg(long, value_name = "FILE")]
    log_acked: Option<PathBuf>,
    /// Monitors, each with its own connection, bed and patient (NAME-1, NAME-2 ...).
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: u32,
    /// Beds of each connection, all in one message (philips-ic only); further ones are NAME/2, NAME/3 ...
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    beds: u32,
    /// A heart rate above this is relayed as an alarm: ACM messages of pcd01 and mindray, text of philips-ic.
    #[arg(long, value_name = "PER_MIN")]
    heart_rate_high: Option<u16>,
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
    /// What was asked for and this make does not do, if anything.
    pub(crate) fn problem(&self) -> Option<String> {
        let refuse = |option: &str, why: &str| Some(format!("{option} is not for {}: {why}", self.dialect.word()));
        if self.beds > 1 && !self.dialect.has_several_beds() {
            return refuse("--beds", "each of its messages has one bed; take --connections");
        }
        if self.demo && !self.dialect.marks_demo() {
            return refuse("--demo", "how it marks demonstration data is not known");
        }
        if self.heart_rate_high.is_some() && !self.dialect.relays_alarms() {
            return refuse("--heart-rate-high", "how it relays alarms is not known");
        }
        None
    }

    pub(crate) fn options(&self) -> hl7::Options {
        let common = &self.common;
        let pace = match (self.as_fast_as_possible, self.rate) {
            (true, _) => Pace::AsFastAsPossible,
            (false, Some(rate)) => Pace::EveryS(1.0 / rate),
            (false, None) => Pace::EveryS(self.interval_s.unwrap_or(self.dialect.interval_s())),
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
            bedside: common.bedside.setup(self.cuff.every_min),
            pace,
            ack_timeout: Duration::from_secs_f64(self.ack_timeout_s),
            log_acknowledged: self.log_acked.clone(),
            connections: self.connections,
            count: common.count,
            beds: self.beds,
            demo: self.demo,
            heart_rate_high: self.heart_rate_high,
            run_id: self.run_id.clone().unwrap_or_else(run_id),
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct PdsArgs {
    /// Where it takes connections; the real one's port is 4601.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4601")]
    pub(crate) listen: std::net::SocketAddr,
    /// Bed, as typed at the monitor.
    #[arg(long)]
    bed: String,
    /// Patient identifier, as typed at the monitor.
    #[arg(long, default_value = "")]
    patient: String,
    /// Patient name with its components, such as DOE^JANE.
    #[arg(long, default_value = "")]
    name: String,
    /// Department.
    #[arg(long, default_value = "INFUSION")]
    unit: String,
    /// Seconds between two rounds of values.
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    interval_s: f64,
    /// A client whose last heartbeat is older is dropped. The real figure is not known; this one is ours.
    #[arg(long, default_value_t = 5.0, value_parser = positive, value_name = "SECONDS")]
    heartbeat_timeout_s: f64,
    /// How long after the connection the patient message comes; values before it belong to nobody.
    #[arg(long, default_value_t = 0.0, value_parser = not_negative, value_name = "SECONDS")]
    patient_after_s: f64,
    /// Announce itself by UDP there, once a second; the real one uses port 4600.
    #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port)]
    announce: Option<String>,
    #[command(flatten)]
    cuff: CuffArgs,
    #[command(flatten)]
    common: Common,
}

impl PdsArgs {
    pub(crate) fn options(&self) -> pds::Options {
        pds::Options {
            bedside: self.common.bedside.setup(self.cuff.every_min),
            identity: Identity {
                bed: self.bed.clone(),
                unit: self.unit.clone(),
                patient: self.patient.clone(),
                name: self.name.clone(),
            },
            interval_s: self.interval_s,
            heartbeat_timeout: Duration::from_secs_f64(self.heartbeat_timeout_s),
            patient_after: Duration::from_secs_f64(self.patient_after_s),
            announce: self.announce.clone(),
            count: self.common.count,
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
    #[command(flatten)]
    cuff: CuffArgs,
    #[command(flatten)]
    common: Common,
}

impl VitalRecorderArgs {
    pub(crate) fn options(&self) -> vitalrecorder::Options {
        vitalrecorder::Options {
            engine: self.engine,
            form: self.form,
            vrcode: self.vrcode.clone(),
            beds: self.beds,
            bedside: self.common.bedside.setup(self.cuff.every_min),
            interval_s: self.interval_s,
            count: self.common.count,
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

fn not_negative(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|n: &f64| n.is_finite() && (0.0..=1e6).contains(n));
    number.ok_or_else(|| format!("`{text}` is no number from 0 to 1000000"))
}

fn host_and_port(text: &str) -> Result<String, String> {
    let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(1..)) => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is no host with a port, such as 127.0.0.1:2575")),
    }
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
        assert_eq!((options.bedside.zone.seconds(), options.bedside.clock_offset_s), (-18_000, -90));
        assert_eq!(options.bedside.faults.len(), 2);
        assert_eq!(options.run_id.len(), 8);
        let both = format!("{line} --as-fast-as-possible");
        assert!(Cli::try_parse_from(both.split_whitespace()).is_err(), "two paces");
    }

    #[test]
    fn patient_clock_cuff_and_faults_arrive_in_the_options_of_every_monitor_that_is_no_line() {
        let bedside = "--seed 7 --speed 60 --infusion-after-s 30 --cuff-every-min 2 --clock-offset-s -90 \
                       --zone-offset -05:00 --fault cut%0.5";
        for monitor in [
            "intellivue --udp",
            "vitalrecorder --to localhost:80 --bed B7",
            "hl7 --to localhost:2575 --dialect ge --bed B7",
            "pds --bed B7",
        ] {
            let line = format!("chairside-sim {monitor} {bedside}");
            let setup = match Cli::try_parse_from(line.split_whitespace()).unwrap().monitor {
                Monitor::Intellivue(args) => args.options().bedside,
                Monitor::Vitalrecorder(args) => args.options().bedside,
                Monitor::Hl7(args) => args.options().bedside,
                Monitor::Pds(args) => args.options().bedside,
                other => panic!("{other:?}"),
            };
            let Setup { seed, speed, infusion_after_s, cuff_every_s, clock_offset_s, zone, faults } = setup;
            assert_eq!((seed, speed, infusion_after_s, cuff_every_s), (7, 60.0, 30.0, 120.0), "{monitor}");
            assert_eq!((clock_offset_s, zone.seconds(), faults.len()), (-90, -18_000, 1), "{monitor}");
        }
    }
}
