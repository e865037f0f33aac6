//! What the service manager is told: that the program is ready, that it still turns, that it ends. One datagram each, as
//! `sd_notify(3)` describes; without `NOTIFY_SOCKET` nothing is told to anybody.

use std::ffi::OsString;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Where the service manager listens, and how often it wants to hear.
#[derive(Debug)]
pub(crate) struct Manager {
    socket: UnixDatagram,
    at: SocketAddr,
    watchdog: Option<Duration>,
}

impl Manager {
    /// The manager that started this program; `None`: nobody did, or nobody wants to be told.
    pub(crate) fn from_environment() -> Option<Self> {
        let watchdog = std::env::var("WATCHDOG_USEC").ok();
        // Meant for another process when the manager says which one.
        let pid = std::env::var("WATCHDOG_PID").ok();
        let ours = pid.is_none_or(|pid| pid == std::process::id().to_string());
        Self::new(&std::env::var_os("NOTIFY_SOCKET")?, watchdog.filter(|_| ours).as_deref())
            .inspect_err(|error| tracing::warn!(%error, "the service manager cannot be told anything"))
            .ok()
    }

    fn new(path: &OsString, watchdog_us: Option<&str>) -> std::io::Result<Self> {
        let at = match path.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
            path => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(path))?,
        };
        let socket = UnixDatagram::unbound()?;
        // A manager that does not listen must not hold up the thread that records.
        socket.set_nonblocking(true)?;
        let watchdog = watchdog_us.and_then(|us| us.parse().ok()).filter(|us| *us > 0).map(Duration::from_micros);
        Ok(Self { socket, at, watchdog })
    }

    /// Time between two signs of life: half of what the manager waits for.
    pub(crate) fn pace(&self) -> Option<Duration> {
        self.watchdog.map(|watchdog| watchdog / 2)
    }

    pub(crate) fn ready(&self) {
        self.tell("READY=1\nSTATUS=The bedside monitor is the primary alarm.");
    }

    pub(crate) fn alive(&self) {
        self.tell("WATCHDOG=1");
    }

    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    fn tell(&self, words: &str) {
        if let Err(error) = self.socket.send_to_addr(words.as_bytes(), &self.at) {
            tracing::debug!(%error, "the service manager did not take a message");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h04_the_manager_hears_ready_alive_and_stopping() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let listening = UnixDatagram::bind(&path).unwrap();
        let manager = Manager::new(&path.clone().into(), Some("30000000")).unwrap();
        assert_eq!(manager.pace(), Some(Duration::from_secs(15)));
        manager.ready();
        manager.alive();
        manager.stopping();
        let mut heard = Vec::new();
        for _ in 0..3 {
            let mut bytes = [0; 200];
            let length = listening.recv(&mut bytes).unwrap();
            heard.push(String::from_utf8_lossy(&bytes[..length]).lines().next().unwrap_or("").to_owned());
        }
        assert_eq!(heard, ["READY=1", "WATCHDOG=1", "STOPPING=1"]);
        drop(listening);
        manager.alive();
    }

    #[test]
    fn a_manager_may_listen_at_an_abstract_name_and_want_no_signs_of_life() {
        let name = format!("chairside-{}", std::process::id());
        let listening = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        let manager = Manager::new(&format!("@{name}").into(), None).unwrap();
        assert_eq!(manager.pace(), None);
        manager.alive();
        let mut bytes = [0; 200];
        assert_eq!(listening.recv(&mut bytes).unwrap(), b"WATCHDOG=1".len());
        for wrong in [Some("0"), Some(""), Some("soon")] {
            assert_eq!(Manager::new(&format!("@{name}").into(), wrong).unwrap().pace(), None);
        }
    }
}
