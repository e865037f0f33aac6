//! Monitors on serial ports: those that talk by themselves, and those that must be asked.

mod ask;
mod listen;
mod settings;

pub use ask::{ASK_TIMEOUT, AskPort};
pub use listen::{ListenPort, READ_MAX};
pub use settings::PortError;

use crate::source::{Ear, Source};
use crate::supervise::{Backoff, PAUSE_PORT_MAX, stopped};
use chairside_decode::catalog::Line;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::sleep;

/// An open port. Which kind it is follows from the source alone: only one whose ear has something to ask gets a port that
/// can ask.
enum Port {
    Listen(ListenPort),
    Ask(AskPort),
}

/// Opens the port, hears it, and opens it again when it is gone, until told to stop. The path is looked up each time: it may
/// be a link to whichever device is plugged in.
pub(crate) async fn run(source: Arc<Source>, port: PathBuf, line: Line, mut stop: watch::Receiver<bool>) {
    let Some(mut ear) = source.ear() else { return };
    let mut backoff = Backoff::new(&source.spec.id, PAUSE_PORT_MAX);
    source.link.connecting(&format!("opening {}", port.display()));
    loop {
        match open(port.clone(), line, ear.asks()).await {
            Ok(mut opened) => {
                source.link.opened(&format!("{} is open, waiting for the first frame", port.display()));
                backoff.reset();
                ear.begin();
                let gone = tokio::select! {
                    gone = hear(&mut opened, &mut ear) => Some(gone),
                    () = stopped(&mut stop) => None,
                };
                if gone.is_none()
                    && let (Port::Ask(port), Some(farewell)) = (&mut opened, ear.farewell())
                {
                    // The monitor drops the link by itself when this does not arrive.
                    let _ = port.ask(farewell).await;
                }
                drop(opened);
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

/// Reads, and asks where that is to be done, until the port is gone.
async fn hear(port: &mut Port, ear: &mut Ear) -> io::Error {
    let heard = match port {
        Port::Listen(port) => listen(port, ear).await,
        Port::Ask(port) => ask(port, ear).await,
    };
    match heard {
        Ok(never) => match never {},
        Err(gone) => gone,
    }
}

async fn listen(port: &mut ListenPort, ear: &mut Ear) -> io::Result<std::convert::Infallible> {
    let mut bytes = [0; READ_MAX];
    loop {
        let count = port.read(&mut bytes).await?;
        // Nobody at the other end of a serial line waits for a receipt.
        drop(ear.take(&bytes[..count]));
    }
}

async fn ask(port: &mut AskPort, ear: &mut Ear) -> io::Result<std::convert::Infallible> {
    let mut bytes = [0; READ_MAX];
    loop {
        while let Some(request) = ear.next_request() {
            port.ask(request).await?;
        }
        let due = ear.until_due();
        tokio::select! {
            read = port.read(&mut bytes) => drop(ear.take(&bytes[..read?])),
            () = sleep(due) => {}
        }
    }
}

/// Opening may wait for a driver, so it does not run where other sources do.
async fn open(port: PathBuf, line: Line, asks: bool) -> Result<Port, PortError> {
    let path = port.display().to_string();
    let opening = tokio::task::spawn_blocking(move || match asks {
        true => AskPort::open(&port, line).map(Port::Ask),
        false => ListenPort::open(&port, line).map(Port::Listen),
    });
    opening.await.unwrap_or_else(|e| Err(PortError::Other { port: path, found: e.to_string() }))
}

fn lost(port: &Path, gone: &io::Error) -> String {
    format!(
        "{} is gone ({gone}): plug the adapter in again, or check its cable; trying again each second",
        port.display()
    )
}
