//! `chairside identify`: opens one port for listening, sets it as the search says, and reports. Never sends a byte.

mod report;

pub use report::Report;

use crate::clock;
use crate::port::{self, Door, Holder};
use chairside_decode::identify::{Hearing, Search, Step};
use chairside_ingest::serial::{ListenPort, PortError, READ_MAX};
use chairside_observation::Micros;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// Why nothing can be said of a port.
#[derive(Debug, thiserror::Error)]
pub enum IdentifyError {
    /// The port cannot be listened to.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Another program listens there.
    #[error(
        "port {port} is in use by {holder}; end that program first. Two listeners get a part of the bytes each, and the \
         settings tried here would disturb the other one. A running Chairside says on its Sources page, and to \
         `chairside doctor`, what it hears"
    )]
    InUse {
        /// The port.
        port: String,
        /// Who has it.
        holder: Holder,
    },
    /// A network address was given.
    #[error(
        "{0} is a network address, and identify listens to serial ports. An HL7 sender shows itself once it is \
         configured: a [[source]] with protocol = \"hl7\" and either listen = \"HOST:PORT\" (the monitor connects to us) or \
         connect = \"{0}\" (we connect to it); `chairside doctor --connect` then tries the connection"
    )]
    Network(String),
    /// The port went away while it was listened to.
    #[error("port {port} is gone ({cause}): plug the adapter in again, or check its cable")]
    Gone {
        /// The port.
        port: String,
        /// What the system said.
        cause: io::Error,
    },
}

/// Listens to `port` for at most `seconds`. What is tried goes to `progress`, a line each.
///
/// # Errors
/// The port cannot be listened to; see [`IdentifyError`].
pub async fn run(port: &Path, seconds: u32, progress: &mut dyn Write) -> Result<Report, IdentifyError> {
    if port::is_network_address(port) {
        return Err(IdentifyError::Network(port.display().to_string()));
    }
    // What is no port is named by the opening itself.
    let is_port = port::door(port) == Door::Open;
    if let Some(holder) = port::holders(port).into_iter().next().filter(|_| is_port) {
        return Err(IdentifyError::InUse { port: port.display().to_string(), holder });
    }
    let now = || clock::now().mono;
    let mut search = Search::new(now(), Micros::from_secs(i64::from(seconds)));
    let mut listening = ListenPort::open(port, search.line())?;
    note(progress, &format!("listening to {} for at most {seconds} s; nothing is sent", port.display()));
    note(progress, &format!("{} ...", search.line()));
    let mut bytes = [0; READ_MAX];
    loop {
        let until = match search.step(now()) {
            Step::Done => break,
            Step::Retune(line) => {
                listening.set_line(port, line)?;
                note(progress, &left(search.hearings()));
                note(progress, &format!("{line} ..."));
                continue;
            }
            Step::Listen(until) => until,
        };
        let wait = Duration::from_micros(u64::try_from(until.since(now()).0).unwrap_or(0));
        match timeout(wait, listening.read(&mut bytes)).await {
            Ok(Ok(count)) => search.heard(now(), &bytes[..count]),
            Ok(Err(cause)) => return Err(IdentifyError::Gone { port: port.display().to_string(), cause }),
            Err(_elapsed) => {}
        }
    }
    Ok(report::report(port, seconds, &search))
}

/// A progress line that nobody reads any more is no trouble.
fn note(progress: &mut dyn Write, line: &str) {
    let _ = writeln!(progress, "{line}");
}

/// Why the setting before the newest one was left.
fn left(hearings: &[Hearing]) -> String {
    let before = hearings.iter().rev().nth(1);
    before.map_or_else(String::new, |h| format!("  {} bytes that make no sense there", h.bytes()))
}
