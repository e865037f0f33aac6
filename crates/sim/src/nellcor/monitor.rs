//! The oximeter on its line: what it sends when, and the loop that sends it.

use super::{Code, Limits, Printer, Row};
use crate::control::Control;
use crate::faults::{Fault, Faults, Mode};
use crate::patient::{Patient, Vitals};
use crate::pty::Pty;
use jiff::civil::DateTime;
use std::io;
use std::time::{Duration, Instant};

/// How a simulated oximeter behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Seed of the patient and of chance.
    pub seed: u64,
    /// Seconds between rows: 2 on an N-560, 1 on other models.
    pub interval_s: f64,
    /// Session seconds for each real second.
    pub speed: f64,
    /// Session second at which the infusion starts.
    pub infusion_after_s: f64,
    /// The monitor's clock is off by so many seconds; years are common.
    pub clock_offset_s: i64,
    /// The limits set on the monitor.
    pub limits: Limits,
    /// Planned faults.
    pub faults: Vec<Fault>,
    /// Rows to send before it stops by itself; `None`: until it is stopped.
    pub count: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            interval_s: 2.0,
            speed: 1.0,
            infusion_after_s: crate::patient::INFUSION_AFTER_S,
            clock_offset_s: 0,
            limits: Limits::default(),
            faults: Vec::new(),
            count: None,
        }
    }
}

/// How long a run looks for bytes of the host at its end: the system passes them on in its own time.
const LAST_LOOK: Duration = Duration::from_millis(100);

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows sent, whole ones, by anybody heard or not.
    pub rows: u64,
    /// Bytes that nobody took.
    pub unheard_bytes: u64,
    /// Bytes the host sent to the monitor. Anything but 0 is a fault of the host (H14).
    pub received_bytes: u64,
}

/// The oximeter without a clock and a line.
struct Monitor {
    patient: Patient,
    printer: Printer,
    faults: Faults,
    frozen: Option<Vitals>,
    last: Vec<u8>,
}

impl Monitor {
    fn new(options: &Options) -> Self {
        Self {
            patient: Patient::with_infusion_after(options.seed, options.infusion_after_s),
            printer: Printer::new(options.limits),
            faults: Faults::new(options.faults.clone(), options.seed),
            frozen: None,
            last: Vec::new(),
        }
    }

    /// The bytes of the row due now, and whether it is a whole one.
    fn row(&mut self, mode: Mode, session_s: f64, stamp: DateTime) -> (Vec<u8>, bool) {
        if mode != Mode::Freeze {
            self.frozen = None;
        }
        match mode {
            Mode::Silence => return (Vec::new(), false),
            Mode::Repeat if !self.last.is_empty() => return (self.last.clone(), true),
            _ => {}
        }
        let vitals = self.patient.at(session_s);
        let row = match mode {
            Mode::SensorOff => Row::without_value(Code::SO, stamp),
            Mode::Freeze => Row::of(self.frozen.get_or_insert(vitals), self.printer.limits(), stamp),
            _ => Row::of(&vitals, self.printer.limits(), stamp),
        };
        self.last = row.encode();
        let mut bytes = self.printer.header();
        match mode {
            Mode::Cut => bytes.extend(self.faults.cut(&self.last)),
            Mode::Garbage => {
                bytes.extend(self.faults.garbage());
                bytes.extend(&self.last);
            }
            _ => bytes.extend(&self.last),
        }
        (bytes, mode != Mode::Cut)
    }
}

/// Runs the oximeter on its line until it is stopped or has sent its count.
///
/// # Errors
/// When the line fails.
pub fn run(options: &Options, control: &Control, pty: &mut Pty) -> io::Result<Summary> {
    let mut monitor = Monitor::new(options);
    let (start, mut rows) = (Instant::now(), 0);
    let mut due = start;
    while options.count.is_none_or(|count| rows < count) && !control.wait_until(due) {
        let elapsed_s = start.elapsed().as_secs_f64();
        // The plan is asked even while a mode is set by hand, so that its chances stay those of its seed.
        let planned = monitor.faults.mode(elapsed_s);
        let mode = control.mode().unwrap_or(planned);
        let (bytes, whole) = monitor.row(mode, elapsed_s * options.speed, clock(options.clock_offset_s));
        pty.write(&bytes)?;
        rows += u64::from(whole);
        report_received(&pty.read_nonblocking()?);
        // From the plan, not from now: rows keep their pace however long one takes.
        due += Duration::from_secs_f64(options.interval_s);
    }
    report_received(&pty.read_within(LAST_LOOK)?);
    Ok(Summary { rows, unheard_bytes: pty.unheard(), received_bytes: pty.received() })
}

/// Says at once, and loudly, when the host writes to a monitor that is only listened to.
fn report_received(bytes: &[u8]) {
    if !bytes.is_empty() {
        let (count, shown) = (bytes.len(), bytes.escape_ascii());
        eprintln!("FAULT: the host wrote {count} bytes to a monitor that only talks: {shown}");
    }
}

/// The monitor's clock: local time, off by what was asked for. A clock off the calendar stays at its end.
fn clock(offset_s: i64) -> DateTime {
    let now = jiff::Zoned::now().datetime();
    now.saturating_add(jiff::SignedDuration::from_secs(offset_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn rows(modes: &[Mode]) -> Vec<String> {
        let mut monitor = Monitor::new(&Options::default());
        monitor.printer.header();
        let stamp = |i: usize| date(2026, 3, 4).at(14, 5, i8::try_from(i).unwrap(), 0);
        let row = |(i, mode): (usize, &Mode)| {
            let (bytes, _) = monitor.row(*mode, 40.0 * f64::from(u32::try_from(i).unwrap()), stamp(i));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        modes.iter().enumerate().map(row).collect()
    }

    #[test]
    fn each_fault_does_what_its_word_says() {
        use Mode::{Cut, Freeze, Normal, Repeat, SensorOff, Silence};
        let said = rows(&[Normal, Repeat, Silence, Freeze, Freeze, SensorOff, Cut, Normal]);
        assert_eq!(said[0], said[1], "the same bytes again");
        assert_eq!(said[2], "");
        assert_eq!(said[3][18..], said[4][18..], "the same values");
        assert_ne!(said[3][..18], said[4][..18], "at another time");
        assert!(said[5].contains("---     ---     ---    SO"));
        assert!(!said[6].ends_with('\n'));
        assert_ne!(said[7][18..], said[4][18..], "the patient went on while the display stood still");
    }
}
