//! The two loops: a serial line and the LAN.

use super::monitor::{Moment, Monitor, Options, Summary};
use super::units::{Packing, Unpacker};
use crate::control::Control;
use crate::faults::{Faults, Mode};
use crate::pty::Pty;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// How often the host's bytes are looked for.
const LOOK: Duration = Duration::from_millis(10);
/// How long a run looks for bytes of the host at its end: the system passes them on in its own time.
const LAST_LOOK: Duration = Duration::from_millis(100);
/// Longest datagram of a host.
const DATAGRAM_MAX: usize = 4096;

/// Why a monitor cannot be on the LAN.
#[derive(Debug, thiserror::Error)]
pub enum LanError {
    /// Its port is taken, or is not this machine's.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The network failed.
    #[error("the network failed: {0}")]
    Network(#[from] io::Error),
}

/// A monitor, its clock and its faults.
struct Bedside<'c> {
    monitor: Monitor,
    faults: Faults,
    start: Instant,
    /// What the monitor's clock showed then.
    started: DateTime,
    control: &'c Control,
    packing: Packing,
    last: Vec<u8>,
}

impl<'c> Bedside<'c> {
    fn new(options: &Options, control: &'c Control, packing: Packing) -> Self {
        let setup = &options.bedside;
        let offset = SignedDuration::from_secs(setup.clock_offset_s);
        Self {
            monitor: Monitor::new(options.clone()),
            faults: Faults::new(setup.faults.clone(), setup.seed),
            start: Instant::now(),
            started: setup.zone.to_datetime(Timestamp::now()).saturating_add(offset),
            control,
            packing,
            last: Vec::new(),
        }
    }

    fn moment(&mut self) -> Moment {
        let elapsed_s = self.start.elapsed().as_secs_f64();
        // The plan is asked even while a mode is set by hand, so that its chances stay those of its seed.
        let planned = self.faults.mode(elapsed_s);
        let mode = self.control.mode().unwrap_or(planned);
        Moment { elapsed_s, started: self.started, mode }
    }

    fn due(&mut self) -> Vec<Vec<u8>> {
        let moment = self.moment();
        let units = self.monitor.due(&moment);
        self.packed(moment.mode, units)
    }

    /// Pieces to send for what the host sent. A silent monitor has heard nothing: its cable is out.
    fn heard(&mut self, found: Result<Vec<u8>, Vec<u8>>) -> Vec<Vec<u8>> {
        let moment = self.moment();
        let answer = match found {
            Ok(_) if moment.mode == Mode::Silence => Vec::new(),
            Ok(unit) => self.monitor.answer(&unit, &moment),
            Err(bytes) => {
                self.monitor.noise(&bytes);
                Vec::new()
            }
        };
        self.packed(moment.mode, answer)
    }

    /// Units as the mode leaves them, each in a piece of its own.
    fn packed(&mut self, mode: Mode, units: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut pieces = Vec::new();
        for unit in units {
            let piece = self.packing.pack(&unit);
            match mode {
                Mode::Silence => continue,
                Mode::Garbage => pieces.push(self.faults.garbage()),
                Mode::Cut => {
                    pieces.push(self.faults.cut(&piece).to_vec());
                    continue;
                }
                Mode::Repeat if !self.last.is_empty() => {
                    pieces.push(self.last.clone());
                    continue;
                }
                _ => {}
            }
            self.last.clone_from(&piece);
            pieces.push(piece);
        }
        pieces
    }
}

/// Runs a monitor on a serial line until it is stopped.
///
/// # Errors
/// When the line fails.
pub fn run_line(options: &Options, control: &Control, pty: &mut Pty) -> io::Result<Summary> {
    let (mut bedside, mut unpacker) = (Bedside::new(options, control, Packing::Rs232), Unpacker::default());
    let mut take = |bedside: &mut Bedside<'_>, pty: &mut Pty, bytes: &[u8]| -> io::Result<()> {
        bedside.monitor.received(bytes.len());
        for found in unpacker.take(bytes) {
            bedside.heard(found).iter().try_for_each(|piece| pty.write(piece))?;
        }
        Ok(())
    };
    while !control.wait(LOOK) {
        let bytes = pty.read_nonblocking()?;
        take(&mut bedside, pty, &bytes)?;
        bedside.due().iter().try_for_each(|piece| pty.write(piece))?;
    }
    let late = pty.read_within(LAST_LOOK)?;
    take(&mut bedside, pty, &late)?;
    Ok(bedside.monitor.summary())
}

/// Runs a monitor on the LAN until it is stopped; `other_port`: answers from another port than the one it is asked on. `bound`
/// is told where it listens.
///
/// # Errors
/// [`LanError`].
pub fn run_lan(
    options: &Options,
    control: &Control,
    at: SocketAddr,
    other_port: bool,
    bound: impl FnOnce(SocketAddr),
) -> Result<Summary, LanError> {
    let listen = |at| UdpSocket::bind(at).map_err(|e| LanError::Listen(at, e));
    let asked = listen(at)?;
    let answers = if other_port { listen(SocketAddr::new(at.ip(), 0))? } else { asked.try_clone()? };
    asked.set_read_timeout(Some(LOOK))?;
    bound(asked.local_addr()?);
    let mut bedside = Bedside::new(options, control, Packing::Lan);
    let (mut bytes, mut host) = ([0; DATAGRAM_MAX], None);
    let mut ends_at = None;
    while ends_at.is_none_or(|end| Instant::now() < end) {
        if ends_at.is_none() && control.stopped() {
            ends_at = Some(Instant::now() + LAST_LOOK);
        }
        let mut pieces = bedside.due();
        match asked.recv_from(&mut bytes) {
            Ok((count, from)) => {
                host = Some(from);
                bedside.monitor.received(count);
                pieces.extend(bedside.heard(Ok(bytes[..count].to_vec())));
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            // The host of an answer before is gone.
            Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
        for (piece, host) in pieces.iter().zip(std::iter::repeat(host)) {
            // As on any network, what does not arrive is gone.
            let _ = host.map(|host| answers.send_to(piece, host));
        }
    }
    Ok(bedside.monitor.summary())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_does_what_its_word_says() {
        let control = Control::new();
        let mut bedside = Bedside::new(&Options::default(), &control, Packing::Lan);
        let units = || vec![b"first unit".to_vec(), b"second unit".to_vec()];
        assert_eq!(bedside.packed(Mode::Normal, units()), units());
        assert_eq!(bedside.packed(Mode::Silence, units()), Vec::<Vec<u8>>::new());
        assert_eq!(bedside.packed(Mode::Repeat, units()), [b"second unit", b"second unit"]);
        let garbage = bedside.packed(Mode::Garbage, units());
        assert_eq!((garbage.len(), &garbage[1], &garbage[3]), (4, &units()[0], &units()[1]));
        let cut = bedside.packed(Mode::Cut, units());
        assert!(cut.iter().zip(units()).all(|(cut, unit)| cut.len() < unit.len() && unit.starts_with(cut)), "{cut:?}");
    }
}
