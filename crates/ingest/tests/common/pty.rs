//! A pseudo terminal: the test is the device on its far end.

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// The device's end. Dropping it is pulling the cable.
pub struct Device {
    end: OwnedFd,
    /// The port a program opens.
    pub port: PathBuf,
}

impl Device {
    /// A new pair; the port is in the system's default mode: lines, echo, signals.
    pub fn new() -> Self {
        let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&end).unwrap();
        unlockpt(&end).unwrap();
        let port = PathBuf::from(ptsname(&end, Vec::new()).unwrap().into_string().unwrap());
        let flags = fcntl_getfl(&end).unwrap();
        fcntl_setfl(&end, flags | OFlags::NONBLOCK).unwrap();
        Self { end, port }
    }

    /// Sends as much of `bytes` as the line takes.
    pub fn send(&self, bytes: &[u8]) -> usize {
        match rustix::io::write(&self.end, bytes) {
            Ok(count) => count,
            Err(Errno::AGAIN) => 0,
            Err(error) => panic!("the device cannot send: {error}"),
        }
    }

    /// Everything that came back to the device so far.
    pub fn came_back(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut bytes = [0; 4096];
        loop {
            match rustix::io::read(&self.end, &mut bytes) {
                Ok(0) | Err(Errno::AGAIN | Errno::IO) => return all,
                Ok(count) => all.extend_from_slice(&bytes[..count]),
                Err(error) => panic!("the device cannot read: {error}"),
            }
        }
    }
}
