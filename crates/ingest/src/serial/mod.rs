//! Monitors that talk on a serial port by themselves.

mod listen;

pub use listen::{ListenPort, PortError, READ_MAX};

use crate::source::{Ear, Source};
use crate::supervise::{Backoff, PAUSE_PORT_MAX, stopped};
use chairside_decode::catalog::Line;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::sleep;

/// Opens the port, listens, and opens it again when it is gone, until told to stop. The path is looked up each time: it may
/// be a link to whichever device is plugged in.
pub(crate) async fn run(source: Arc<Source>, port: PathBuf, line: Line, mut stop: watch::Receiver<bool>) {
    let Some(mut ear) = source.ear() else { return };
    let mut backoff = Backoff::new(&source.spec.id, PAUSE_PORT_MAX);
    source.link.connecting(&format!("opening {}", port.display()));
    loop {
        match open(port.clone(), line).await {
            Ok(opened) => {
                source.link.opened(&format!("{} is open, waiting for the first frame", port.display()));
                backoff.reset();
                ear.begin();
                let gone = tokio::select! {
                    gone = listen(opened, &mut ear) => Some(gone),
                    () = stopped(&mut stop) => None,
                };
                drop(ear.end());
                if let Some(gone) = &gone {
                    source.link.lost(&lost(&port, gone));
                }
                ear.close().await;
                if gone.is_none() {
                    return;
                }
            }
            Err(error) => source.link.lost(&error.to_string()),
        }
        tokio::select! {
            () = sleep(backoff.pause()) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// Reads until the port is gone.
async fn listen(mut port: ListenPort, ear: &mut Ear) -> std::io::Error {
    let mut bytes = [0; READ_MAX];
    loop {
        match port.read(&mut bytes).await {
            // Nobody at the other end of a serial line waits for a receipt.
            Ok(count) => drop(ear.take(&bytes[..count])),
            Err(gone) => return gone,
        }
    }
}

/// Opening may wait for a driver, so it does not run where other sources do.
async fn open(port: PathBuf, line: Line) -> Result<ListenPort, PortError> {
    let path = port.display().to_string();
    let opening = tokio::task::spawn_blocking(move || ListenPort::open(&port, line));
    opening.await.unwrap_or_else(|e| Err(PortError::Other { port: path, found: e.to_string() }))
}

fn lost(port: &Path, gone: &std::io::Error) -> String {
    format!(
        "{} is gone ({gone}): plug the adapter in again, or check its cable; trying again each second",
        port.display()
    )
}
