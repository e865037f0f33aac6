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
                let before = source.stats.counts().frames;
                match serve(stream, &source, &addr, &mut stop).await {
                    Some(reason) => source.link.lost(&reason),
                    None => return,
                }
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

/// Serves one connection until it ends; why it did, or `None` when the program stops.
async fn serve(
    stream: TcpStream,
    source: &Arc<Source>,
    addr: &str,
    stop: &mut watch::Receiver<bool>,
) -> Option<String> {
    let waiting = format!("connected to {addr}, waiting for the first message");
    let ended = if let Some(mllp::Secure::Reach(reach)) = &source.spec.secure {
        let shaken = tokio::select! {
            shaken = mllp::reach(stream, reach, addr) => shaken,
            () = stopped(stop) => return None,
        };
        match shaken {
            Ok(secure) => {
                source.link.opened(&waiting);
                mllp::connected_secure(secure, source, stop.clone()).await
            }
            Err(why) => {
                return Some(format!(
                    "{addr} is not listened to: {why}; check its certificate and `tls` of this source"
                ));
            }
        }
    } else {
        source.link.opened(&waiting);
        mllp::connected(stream, source, stop.clone()).await
    };
    match ended {
        mllp::Ended::Stopping => return None,
        mllp::Ended::ByUs(_) => source.stats.ended_by_us(),
        mllp::Ended::BySender | mllp::Ended::Broken(_) => {}
    }
    Some(format!("{addr}: {}; trying again every 2 s", ended.sentence()))
}

/// One attempt, which ends in time.
async fn connect(addr: &str) -> io::Result<TcpStream> {
    let too_late =
        || io::Error::new(io::ErrorKind::TimedOut, format!("no answer for {} s", CONNECT_TIME_MAX.as_secs()));
    timeout(CONNECT_TIME_MAX, TcpStream::connect(addr)).await.unwrap_or_else(|_| Err(too_late()))
}
