//! The command line of an IntelliVue monitor.

use super::{BedsideArgs, CuffArgs};
use chairside_sim::control::Control;
use chairside_sim::intellivue::{self, Options, Relative, Stated, Summary};
use chairside_sim::pty::{Line, Link, Pty};
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args, Debug)]
pub(crate) struct IntellivueArgs {
    /// On a serial line: a symbolic link to the pseudo-terminal, removed at the end.
    #[arg(long, value_name = "PATH", required_unless_present = "udp", conflicts_with = "udp")]
    link: Option<PathBuf>,
    /// On the LAN: address to be asked at, such as 127.0.0.1:24105; port 0 takes a free one and says which.
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:24105")]
    udp: Option<SocketAddr>,
    /// On the LAN: answer from another port than the one that was asked.
    #[arg(long, requires = "udp")]
    answer_from_other_port: bool,
    /// The counter of 1/8 ms: where it starts, or `frozen`.
    #[arg(long, default_value = "1000000", value_name = "TICKS")]
    relative_time: Relative,
    /// Pressures in kPa.
    #[arg(long)]
    kpa: bool,
    /// Temperature in degrees Fahrenheit.
    #[arg(long)]
    fahrenheit: bool,
    /// A state: MEASURE=STATE such as spo2=invalid or all=demo; may be given again.
    #[arg(long = "state", value_name = "STATE")]
    states: Vec<Stated>,
    /// Refuse so many association requests before granting one; all of them without a number.
    #[arg(long, value_name = "COUNT", num_args = 0..=1, default_value_t = 0, default_missing_value = "4294967295")]
    refuse: u32,
    /// Linked parts of each answer before its plain end.
    #[arg(long, default_value_t = 3)]
    parts: u8,
    #[command(flatten)]
    cuff: CuffArgs,
    #[command(flatten)]
    bedside: BedsideArgs,
}

impl IntellivueArgs {
    pub(super) fn options(&self) -> Options {
        Options {
            bedside: self.bedside.setup(self.cuff.every_min),
            kpa: self.kpa,
            fahrenheit: self.fahrenheit,
            states: self.states.clone(),
            refuse: self.refuse,
            relative: self.relative_time,
            parts: self.parts,
        }
    }

    pub(crate) fn run(&self, control: &Control) -> Result<ExitCode, String> {
        let summary = match (&self.link, self.udp) {
            (Some(link), _) => self.on_a_line(link, control)?,
            (None, Some(at)) => {
                let seed = self.bedside.seed;
                let bound = |at: SocketAddr| eprintln!("chairside-sim: IntelliVue on the LAN at {at}, seed {seed}");
                intellivue::run_lan(&self.options(), control, at, self.answer_from_other_port, bound)
                    .map_err(|e| e.to_string())?
            }
            (None, None) => return Err("--link or --udp is needed".to_owned()),
        };
        Ok(told(summary))
    }

    fn on_a_line(&self, link: &Path, control: &Control) -> Result<Summary, String> {
        let path = link.display();
        let mut pty = Pty::open(Line::Raw).map_err(|e| format!("cannot open a pseudo-terminal: {e}"))?;
        let _link = Link::create(link, pty.slave_path()).map_err(|e| format!("{path}: cannot make this link: {e}"))?;
        eprintln!("chairside-sim: IntelliVue on {path} ({}), seed {}", pty.slave_path().display(), self.bedside.seed);
        intellivue::run_line(&self.options(), control, &mut pty).map_err(|e| format!("{path}: {e}"))
    }
}

/// Says what a run came to; frames no monitor expects make it a failed one.
fn told(summary: Summary) -> ExitCode {
    let Summary { associations, refused, polls, dropped, ended, received_bytes, faults } = summary;
    eprintln!(
        "chairside-sim: {associations} associations, {refused} refused, {polls} polls answered, {dropped} dropped, \
         {ended} ended by the host"
    );
    eprintln!("received {received_bytes} bytes from the host, {faults} frames no monitor expects");
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) }
}
