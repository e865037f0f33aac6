//! Monitors and gateways that are servers: we connect, they send.

use crate::mllp;
use crate::source::Source;
use crate::supervise::{Backoff, PAUSE_CONNECT_MAX, stopped};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// An attempt that has no answer by then is given up; the network itself asks twice in that time.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(2);

/// Connects, reads until the connection ends, and connects again, until told to stop. One connection at a time.
pub(crate) async fn run(source: Arc<Source>, addr: String, mut stop: watch::Receiver<bool>) {
    let mut backoff = Backoff::new(&source.spec.id, PAUSE_CONNECT_MAX);
    source.link.connecting(&format!("connecting to {addr}"));
    loop {
        let connected = tokio::select! {
            connected = connect(&addr) => connected,
            () = stopped(&mut stop) => return,
        };
        match connected {
            Ok(stream) => {
                source.link.opened(&format!("connected to {addr}, waiting for the first message"));
                let before = source.stats.counts().frames;
                let ended = mllp::connected(stream, &source, stop.clone()).await;
                match ended {
                    mllp::Ended::Stopping => return,
                    mllp::Ended::ByUs(_) => source.stats.ended_by_us(),
                    mllp::Ended::BySender | mllp::Ended::Broken(_) => {}
                }
                source.link.lost(&format!("{addr}: {}; trying again every 2 s", ended.sentence()));
                // A monitor that takes connections and drops them is not to be tried twice a second (H15).
                if source.stats.counts().frames > before {
                    backoff.reset();
                }
            }
            Err(error) => source.link.lost(&format!(
                "{addr} cannot be reached ({error}); check that the monitor is on and that its address is right"
            )),
        }
        tokio::select! {
            () = sleep(backoff.pause()) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// One attempt, which ends in time.
async fn connect(addr: &str) -> io::Result<TcpStream> {
    let too_late =
        || io::Error::new(io::ErrorKind::TimedOut, format!("no answer for {} s", CONNECT_TIME_MAX.as_secs()));
    timeout(CONNECT_TIME_MAX, TcpStream::connect(addr)).await.unwrap_or_else(|_| Err(too_late()))
}
