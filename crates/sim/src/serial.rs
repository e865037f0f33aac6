//! A monitor at the end of a serial line: pace, faults, and the one loop that all of them run in.
//!
//! A monitor is a [`Monitor`]: it turns a [`Moment`] into frames, and has no clock and no line of its own. One that only
//! talks leaves [`Monitor::answer`] alone; every byte the host sends it is then a fault of the host (H14).

use crate::bedside::{Bedside, Moment, Setup};
use crate::control::Control;
use crate::faults::Mode;
use crate::pty::Pty;
use jiff::Timestamp;
use std::io;
use std::time::{Duration, Instant};

/// Something to send in one piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// What comes before it and is never cut, repeated or counted, such as a header that is due.
    pub lead: Vec<u8>,
    /// The frame.
    pub bytes: Vec<u8>,
}

impl From<Vec<u8>> for Frame {
    fn from(bytes: Vec<u8>) -> Self {
        Self { lead: Vec::new(), bytes }
    }
}

/// A simulated monitor without a clock and a line.
pub trait Monitor {
    /// What it sends by itself now that its interval is over; a monitor that speaks only when asked has nothing.
    fn due(&mut self, moment: &Moment) -> Vec<Frame>;

    /// What it answers to bytes of the host, which arrive in any pieces. `None`: it only talks and has no ear.
    fn answer(&mut self, heard: &[u8], moment: &Moment) -> Option<Vec<Frame>> {
        let _ = (heard, moment);
        None
    }
}

/// How a run behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Patient, clock and faults.
    pub bedside: Setup,
    /// Seconds between two calls of [`Monitor::due`].
    pub interval_s: f64,
    /// Frames to send before it stops by itself; `None`: until it is stopped.
    pub count: Option<u64>,
}

impl Options {
    /// One frame every `interval_s`, for ever, with the first patient.
    #[must_use]
    pub fn every(interval_s: f64) -> Self {
        Self { bedside: Setup::default(), interval_s, count: None }
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Frames sent, whole ones, by anybody heard or not.
    pub frames: u64,
    /// Bytes that nobody took.
    pub unheard_bytes: u64,
    /// Bytes the host sent to the monitor.
    pub received_bytes: u64,
    /// Of those, bytes sent to a monitor that only talks: a fault of the host (H14).
    pub unwanted_bytes: u64,
}

/// How often the line is looked at for bytes of the host: well within the second an asking host waits for its answer.
const LOOK: Duration = Duration::from_millis(10);
/// How long a run looks for bytes of the host at its end: the system passes them on in its own time.
const LAST_LOOK: Duration = Duration::from_millis(100);

/// Runs a monitor on its line until it is stopped or has sent its count.
///
/// # Errors
/// When the line fails.
pub fn run(options: &Options, monitor: &mut dyn Monitor, control: &Control, pty: &mut Pty) -> io::Result<Summary> {
    let start = Instant::now();
    let mut run = Run::new(options, monitor);
    let mut due = start;
    while options.count.is_none_or(|count| run.summary.frames < count) {
        if control.wait_until(due.min(Instant::now() + LOOK)) {
            break;
        }
        let elapsed_s = start.elapsed().as_secs_f64();
        let heard = pty.read_nonblocking()?;
        if !heard.is_empty() {
            pty.write(&run.heard(&heard, elapsed_s, control.mode()))?;
        }
        if Instant::now() >= due {
            pty.write(&run.due(elapsed_s, control.mode()))?;
            // From the plan, not from now: frames keep their pace however long one takes.
            due += Duration::from_secs_f64(options.interval_s);
        }
    }
    let late = pty.read_within(LAST_LOOK)?;
    if !late.is_empty() {
        // Only counted: what it would answer, nobody waits for.
        let _ = run.heard(&late, start.elapsed().as_secs_f64(), control.mode());
    }
    Ok(Summary { unheard_bytes: pty.unheard(), received_bytes: pty.received(), ..run.summary })
}

/// A run without a clock and a line.
struct Run<'a> {
    monitor: &'a mut dyn Monitor,
    bedside: Bedside,
    last: Vec<u8>,
    summary: Summary,
}

impl<'a> Run<'a> {
    fn new(options: &Options, monitor: &'a mut dyn Monitor) -> Self {
        let bedside = Bedside::new(options.bedside.clone(), Timestamp::now());
        Self { monitor, bedside, last: Vec::new(), summary: Summary::default() }
    }

    /// The bytes due now.
    fn due(&mut self, elapsed_s: f64, by_hand: Option<Mode>) -> Vec<u8> {
        let mode = self.bedside.mode(elapsed_s, by_hand);
        if mode == Mode::Silence {
            return Vec::new();
        }
        let moment = self.bedside.moment(elapsed_s, mode);
        let frames = self.monitor.due(&moment);
        self.spoiled(mode, frames)
    }

    /// The answer to bytes of the host. A silent monitor has heard nothing: its cable is out.
    fn heard(&mut self, bytes: &[u8], elapsed_s: f64, by_hand: Option<Mode>) -> Vec<u8> {
        let mode = self.bedside.mode(elapsed_s, by_hand);
        let moment = self.bedside.moment(elapsed_s, mode);
        let ask = if mode == Mode::Silence { &[] } else { bytes };
        let Some(frames) = self.monitor.answer(ask, &moment) else {
            self.summary.unwanted_bytes += bytes.len() as u64;
            report_unwanted(bytes);
            return Vec::new();
        };
        if mode == Mode::Silence { Vec::new() } else { self.spoiled(mode, frames) }
    }

    /// Frames as the mode leaves them.
    fn spoiled(&mut self, mode: Mode, frames: Vec<Frame>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for frame in frames {
            self.summary.frames += u64::from(mode != Mode::Cut);
            if mode == Mode::Repeat && !self.last.is_empty() {
                bytes.extend(&self.last);
                continue;
            }
            bytes.extend(self.bedside.on_the_line(mode, &frame.lead, &frame.bytes));
            self.last = frame.bytes;
        }
        bytes
    }
}

/// Says at once, and loudly, when the host writes to a monitor that is only listened to.
fn report_unwanted(bytes: &[u8]) {
    let (count, shown) = (bytes.len(), bytes.escape_ascii());
    eprintln!("FAULT: the host wrote {count} bytes to a monitor that only talks: {shown}");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says the values it is asked for, and a dot by itself.
    struct Asked;
    impl Monitor for Asked {
        fn due(&mut self, _moment: &Moment) -> Vec<Frame> {
            vec![b".".to_vec().into()]
        }

        fn answer(&mut self, heard: &[u8], moment: &Moment) -> Option<Vec<Frame>> {
            let line = format!("{}:{};", String::from_utf8_lossy(heard), moment.elapsed_s);
            Some(if heard.is_empty() { Vec::new() } else { vec![line.into_bytes().into()] })
        }
    }

    /// A header before every row.
    struct Talks(u32);
    impl Monitor for Talks {
        fn due(&mut self, moment: &Moment) -> Vec<Frame> {
            self.0 += 1;
            vec![Frame {
                lead: b"#".to_vec(),
                bytes: format!("{} {}\n", self.0, moment.vitals.pulse_rate).into_bytes(),
            }]
        }
    }

    fn said(monitor: &mut dyn Monitor, modes: &[Mode]) -> (Vec<String>, u64) {
        let mut run = Run::new(&Options::every(1.0), monitor);
        let due = |(i, mode): (usize, &Mode)| {
            let elapsed_s = 40.0 * f64::from(u32::try_from(i).unwrap());
            String::from_utf8_lossy(&run.due(elapsed_s, Some(*mode))).into_owned()
        };
        (modes.iter().enumerate().map(due).collect(), run.summary.frames)
    }

    #[test]
    fn each_fault_does_what_its_word_says() {
        use Mode::{Cut, Freeze, Garbage, Normal, Repeat, Silence};
        let (said, frames) = said(&mut Talks(0), &[Normal, Repeat, Silence, Freeze, Freeze, Cut, Garbage]);
        assert_eq!(said[1], said[0][1..], "the same bytes again, without what came before them");
        assert_eq!(said[2], "");
        assert!(said[3].starts_with("#3 ") && said[4].starts_with("#4 "), "silence asks for no frame: {said:?}");
        assert_eq!(said[3].split(' ').next_back(), said[4].split(' ').next_back(), "the same values");
        assert!(said[5].starts_with("#5") && !said[5].ends_with('\n'), "the lead is whole, the frame is not");
        assert!(said[6].starts_with('#') && said[6].ends_with('\n') && said[6].len() > 6);
        assert_eq!(frames, 5, "all but the silent and the cut one");
    }

    #[test]
    fn a_monitor_that_is_asked_answers_and_a_silent_one_has_not_heard() {
        let mut asked = Asked;
        let mut run = Run::new(&Options::every(1.0), &mut asked);
        assert_eq!(run.heard(b"q", 2.0, None), b"q:2;");
        assert_eq!(run.heard(b"q", 2.0, Some(Mode::Silence)), b"");
        assert_eq!(run.heard(b"r", 2.0, Some(Mode::Repeat)), b"q:2;");
        assert_eq!((run.due(3.0, None), run.summary.unwanted_bytes), (b".".to_vec(), 0));
    }

    #[test]
    fn h14_bytes_to_a_monitor_that_only_talks_are_counted() {
        let mut talks = Talks(0);
        let mut run = Run::new(&Options::every(1.0), &mut talks);
        assert_eq!(run.heard(&[3, 3], 1.0, None), b"");
        run.heard(&[3], 1.0, Some(Mode::Silence));
        assert_eq!(run.summary.unwanted_bytes, 3);
    }
}
