//! Opening a serial port so that it stays silent: raw, without echo, flow control or signals, before anything else is done
//! with it. Both kinds of port, the one that is only listened to and the one that is asked, are opened here.

use chairside_decode::catalog::{Line, Parity};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{
    self, ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, QueueSelector, SpecialCodeIndex, Termios,
};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Why a port cannot be used, what was found, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// There is no such file.
    #[error("there is no port {port}; {present}. Plug the adapter in, or correct `port` in the configuration")]
    NotThere {
        /// The configured path.
        port: String,
        /// The ports that are there, as a half sentence.
        present: String,
    },
    /// The program may not open it.
    #[error(
        "port {port} may not be opened by this user; add the user to the group that owns it (usually \
         `sudo usermod -aG dialout USER`, then log in again)"
    )]
    Denied {
        /// The configured path.
        port: String,
    },
    /// The file is no terminal.
    #[error("{port} is no serial port; set `port` to one; {present}")]
    NotATerminal {
        /// The configured path.
        port: String,
        /// The ports that are there, as a half sentence.
        present: String,
    },
    /// Another program has it.
    #[error("port {port} is in use by another program; end that program, a port has one listener")]
    InUse {
        /// The configured path.
        port: String,
    },
    /// The port does not take the settings that keep it silent.
    #[error("port {port} does not take {setting}; it was closed again because it would not be safe to listen on it")]
    Settings {
        /// The configured path.
        port: String,
        /// The setting found missing.
        setting: String,
    },
    /// Anything else the system said.
    #[error("port {port} cannot be opened: {found}; check the adapter and its cable")]
    Other {
        /// The configured path.
        port: String,
        /// The system's words.
        found: String,
    },
}

/// Which way bytes may go through an opened port.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Towards us only.
    In,
    /// Both ways.
    Both,
}

/// Opens `path`, and turns echo off before anything else: in a terminal's default mode the system itself sends each
/// received byte back, even for a handle that is read-only (H14). Bytes that waited in the system's buffer are thrown
/// away: they are of unknown age, and of a time without our settings (H03).
pub(super) fn open(path: &Path, line: Line, way: Way) -> Result<AsyncFd<OwnedFd>, PortError> {
    let (access, interest) = match way {
        Way::In => (OFlags::RDONLY, Interest::READABLE),
        Way::Both => (OFlags::RDWR, Interest::READABLE | Interest::WRITABLE),
    };
    let flags = access | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| open_error(path, e))?;
    quiet(path, &fd, line)?;
    termios::ioctl_tiocexcl(&fd).map_err(|e| other(path, e))?;
    termios::tcflush(&fd, QueueSelector::IFlush).map_err(|e| other(path, e))?;
    register(fd, interest).map_err(|e| PortError::Other { port: shown(path), found: e.to_string() })
}

/// Sets an opened port to another line, silent as before, and throws away what came until then.
pub(super) fn set_again(path: &Path, fd: &OwnedFd, line: Line) -> Result<(), PortError> {
    quiet(path, fd, line)?;
    termios::tcflush(fd, QueueSelector::IFlush).map_err(|e| other(path, e))
}

/// Waits for bytes and takes them; at least one.
pub(super) async fn read(fd: &AsyncFd<OwnedFd>, into: &mut [u8]) -> io::Result<usize> {
    loop {
        let mut ready = fd.readable().await?;
        match ready.try_io(|fd| rustix::io::read(fd.get_ref(), &mut *into).map_err(io::Error::from)) {
            Ok(Ok(0)) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "hung up")),
            Ok(Err(e)) if e.kind() == io::ErrorKind::Interrupted => {}
            Ok(result) => return result,
            Err(_not_ready) => {}
        }
    }
}

/// Hands the port to the runtime's reactor. The successor of this function is `unsafe`, which our crates forbid; what it
/// asks for is true of an [`OwnedFd`]: the same descriptor, open for as long as the value lives.
#[allow(
    deprecated,
    reason = "the replacement needs unsafe; an OwnedFd keeps its descriptor open while it is registered"
)]
fn register(fd: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(fd, interest)
}

/// Makes the port raw and silent, and reads back that it is.
fn quiet(path: &Path, fd: &OwnedFd, line: Line) -> Result<(), PortError> {
    let mut settings = termios::tcgetattr(fd).map_err(|e| match e {
        Errno::NOTTY => PortError::NotATerminal { port: shown(path), present: present() },
        e => other(path, e),
    })?;
    let refused = |setting: String| PortError::Settings { port: shown(path), setting };
    apply(&mut settings, line).map_err(|_| refused(format!("{} baud", line.baud)))?;
    termios::tcsetattr(fd, OptionalActions::Now, &settings).map_err(|e| other(path, e))?;
    // `tcsetattr` succeeds when any of the changes could be made, so what matters is read back.
    let found = termios::tcgetattr(fd).map_err(|e| other(path, e))?;
    if found.local_modes.intersects(NOISY) || found.input_modes.intersects(FLOW) {
        return Err(refused("raw mode without echo".into()));
    }
    if found.input_speed() != line.baud {
        return Err(refused(format!("{} baud", line.baud)));
    }
    Ok(())
}

/// Everything that makes a terminal answer, collect lines or act on a byte.
const NOISY: LocalModes = LocalModes::ECHO
    .union(LocalModes::ECHOE)
    .union(LocalModes::ECHOK)
    .union(LocalModes::ECHONL)
    .union(LocalModes::ICANON)
    .union(LocalModes::ISIG)
    .union(LocalModes::IEXTEN);
/// Everything that sends XON or XOFF, or takes them out of the stream.
const FLOW: InputModes = InputModes::IXON.union(InputModes::IXOFF).union(InputModes::IXANY);

fn apply(settings: &mut Termios, line: Line) -> rustix::io::Result<()> {
    settings.local_modes.remove(NOISY);
    settings.input_modes.remove(FLOW);
    // No byte is changed, dropped or doubled on its way in; a break is read as one zero byte.
    settings.input_modes.remove(
        InputModes::IGNBRK
            | InputModes::BRKINT
            | InputModes::PARMRK
            | InputModes::IGNPAR
            | InputModes::INPCK
            | InputModes::ISTRIP
            | InputModes::INLCR
            | InputModes::IGNCR
            | InputModes::ICRNL,
    );
    settings.output_modes.remove(OutputModes::OPOST);
    let control = &mut settings.control_modes;
    control.remove(ControlModes::CSIZE | ControlModes::CSTOPB | ControlModes::PARENB | ControlModes::PARODD);
    // HUPCL off: closing must not move the modem lines, which some monitors take as input.
    control.remove(ControlModes::HUPCL | ControlModes::CRTSCTS);
    control.insert(ControlModes::CS8 | ControlModes::CREAD | ControlModes::CLOCAL);
    if line.parity != Parity::None {
        control.insert(ControlModes::PARENB);
        // A byte with wrong parity is read as zero: kept in its place, and believed by no decoder.
        settings.input_modes.insert(InputModes::INPCK);
    }
    if line.parity == Parity::Odd {
        control.insert(ControlModes::PARODD);
    }
    // At least one byte: a read of none then always means that the port is gone.
    settings.special_codes[SpecialCodeIndex::VMIN] = 1;
    settings.special_codes[SpecialCodeIndex::VTIME] = 0;
    if line.baud == 0 {
        // To a terminal this is no speed but the order to drop its modem lines.
        return Err(Errno::INVAL);
    }
    settings.set_speed(line.baud)
}

fn shown(path: &Path) -> String {
    PathBuf::from(path).display().to_string()
}

fn other(path: &Path, error: Errno) -> PortError {
    PortError::Other { port: shown(path), found: io::Error::from(error).to_string() }
}

fn open_error(path: &Path, error: Errno) -> PortError {
    let port = shown(path);
    match error {
        Errno::NOENT | Errno::NXIO | Errno::NODEV | Errno::NOTDIR => PortError::NotThere { port, present: present() },
        Errno::ACCESS | Errno::PERM => PortError::Denied { port },
        Errno::BUSY => PortError::InUse { port },
        Errno::ISDIR => PortError::NotATerminal { port, present: present() },
        error => other(path, error),
    }
}

/// The ports of this machine, as a half sentence. Only file names: nothing is opened.
fn present() -> String {
    let mut ports: Vec<_> =
        serialport::available_ports().unwrap_or_default().into_iter().map(|p| p.port_name).collect();
    ports.sort();
    if ports.is_empty() {
        "no serial port is there".into()
    } else {
        format!("the ports there are {}", ports.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &str) -> String {
        let line = Line { baud: 9600, parity: Parity::None };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _entered = runtime.enter();
        open(Path::new(path), line, Way::In).err().map(|e| e.to_string()).unwrap()
    }

    #[test]
    fn errors_name_the_port_what_was_found_and_what_to_do() {
        let missing = refused("/dev/chairside-no-such-port");
        assert!(missing.starts_with("there is no port /dev/chairside-no-such-port; "), "{missing}");
        assert!(missing.contains("port") && missing.contains("Plug the adapter in"), "{missing}");
        assert!(refused("/dev/null").starts_with("/dev/null is no serial port; "));
        assert!(refused("/").starts_with("/ is no serial port; "));
        let denied = open_error(Path::new("/dev/ttyS9"), Errno::ACCESS).to_string();
        assert!(denied.contains("/dev/ttyS9") && denied.contains("dialout"), "{denied}");
        let busy = open_error(Path::new("/dev/ttyS9"), Errno::BUSY).to_string();
        assert!(busy.contains("another program"), "{busy}");
    }
}
