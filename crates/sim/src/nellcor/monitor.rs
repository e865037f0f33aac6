//! The oximeter on its line: which row it prints when.

use super::{Code, Printer, Row};
use crate::bedside::Moment;
use crate::faults::Mode;
use crate::limits::Limits;
use crate::serial::{Frame, Monitor};

/// Seconds between rows: 2 on an N-560, 1 on other models.
pub const INTERVAL_S: f64 = 2.0;

/// An oximeter that prints a row whenever one is due.
#[derive(Clone, Debug)]
pub struct Nellcor {
    printer: Printer,
}

impl Nellcor {
    /// An oximeter with these limits set.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self { printer: Printer::new(limits) }
    }
}

impl Monitor for Nellcor {
    fn due(&mut self, moment: &Moment) -> Vec<Frame> {
        let stamp = moment.local();
        let mut row = if moment.sensor_on() {
            Row::of(&moment.vitals, self.printer.limits(), stamp)
        } else {
            Row::without_value(Code::SO, stamp)
        };
        if moment.mode == Mode::Motion {
            row.codes.push(Code::MO);
        }
        vec![Frame { lead: self.printer.header(), bytes: row.encode() }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bedside::{Bedside, Setup};

    #[test]
    fn the_patients_state_stands_in_the_row() {
        let mut bedside = Bedside::new(Setup::default(), "2026-03-04T14:05:09Z".parse().unwrap());
        let mut monitor = Nellcor::new(Limits { pulse_high: 40, ..Limits::default() });
        let mut row = |mode| {
            let frames = monitor.due(&bedside.moment(0.0, mode));
            String::from_utf8(frames[0].bytes.clone()).unwrap()
        };
        let normal = row(Mode::Normal);
        assert!(
            normal.starts_with("04-Mar-26 14:05:09") && normal.contains("* ") && normal.contains(" PH "),
            "{normal}"
        );
        assert!(row(Mode::SensorOff).contains("---     ---     ---    SO"));
        assert!(row(Mode::Motion).contains("    MO    PH "));
        assert!(row(Mode::LowPerfusion).contains("     3  "), "the amplitude falls; no code says so");
    }
}
