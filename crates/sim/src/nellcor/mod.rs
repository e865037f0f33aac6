//! An oximeter that prints real-time ASCII rows, N-560 style. Layout: `crates/decode/src/nellcor/README.md`.

mod monitor;

pub use monitor::{INTERVAL_S, Nellcor};

use crate::limits::{Limits, Past};
use crate::patient::Vitals;
use jiff::civil::DateTime;

/// A line in 25 is the first of a header: 22 rows follow its three lines.
const ROWS_PER_HEADER: u32 = 22;
/// Columns of a row: the last status slot ends there.
const ROW_COLUMNS: usize = 61;

/// A status code of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::upper_case_acronyms)]
pub enum Code {
    /// Audible alarm off.
    AO,
    /// Alarm silenced.
    AS,
    /// Low battery.
    LB,
    /// Interference or motion.
    MO,
    /// Pulse rate above its limit.
    PH,
    /// Pulse rate below its limit.
    PL,
    /// Saturation above its limit.
    SH,
    /// Saturation below its limit.
    SL,
    /// Loss of pulse.
    LP,
    /// Loss of pulse with interference.
    LM,
    /// Pulse search.
    PS,
    /// Sensor disconnected.
    SD,
    /// Sensor off the patient.
    SO,
}

impl Code {
    /// Every code, in the order of their slots.
    pub const ALL: [Self; 13] = [
        Self::LP,
        Self::LM,
        Self::PS,
        Self::SD,
        Self::SO,
        Self::MO,
        Self::SH,
        Self::SL,
        Self::PH,
        Self::PL,
        Self::LB,
        Self::AS,
        Self::AO,
    ];

    /// Its two letters.
    #[must_use]
    pub const fn letters(self) -> &'static str {
        match self {
            Self::AO => "AO",
            Self::AS => "AS",
            Self::LB => "LB",
            Self::MO => "MO",
            Self::PH => "PH",
            Self::PL => "PL",
            Self::SH => "SH",
            Self::SL => "SL",
            Self::LP => "LP",
            Self::LM => "LM",
            Self::PS => "PS",
            Self::SD => "SD",
            Self::SO => "SO",
        }
    }

    /// The column it begins at. 44 (sensor, pulse, motion), 47 (saturation limit), 56 and 59 (alarm sound) were seen in
    /// real rows; 50 and 53 are ours, a reader has to split on blanks.
    const fn column(self) -> usize {
        match self {
            Self::LP | Self::LM | Self::PS | Self::SD | Self::SO | Self::MO => 44,
            Self::SH | Self::SL => 47,
            Self::PH | Self::PL => 50,
            Self::LB => 53,
            Self::AS => 56,
            Self::AO => 59,
        }
    }
}

/// What stands in a number column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// `---`.
    Dashes,
    /// Digits.
    Number(u16),
    /// Digits and a star: the limit is violated.
    Starred(u16),
}

impl Shown {
    fn text(self, width: usize) -> String {
        match self {
            Self::Dashes => format!("{:>width$} ", "---"),
            Self::Number(number) => format!("{number:>width$} "),
            Self::Starred(number) => format!("{number:>width$}*"),
        }
    }
}

/// One data row before it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The monitor's clock.
    pub stamp: DateTime,
    /// Saturation.
    pub spo2: Shown,
    /// Pulse rate.
    pub pulse: Shown,
    /// Pulse amplitude.
    pub amplitude: Shown,
    /// Status codes; codes of one slot push each other to the right.
    pub codes: Vec<Code>,
}

impl Row {
    /// What the monitor prints of these values under these limits.
    #[must_use]
    pub fn of(vitals: &Vitals, limits: Limits, stamp: DateTime) -> Self {
        let mut codes = Vec::new();
        let mut judged = |value: u16, past: Option<Past>, low: Code, high: Code| {
            let Some(past) = past else { return Shown::Number(value) };
            codes.push(if past == Past::Low { low } else { high });
            Shown::Starred(value)
        };
        let spo2 = judged(vitals.spo2, limits.of_spo2(vitals.spo2), Code::SL, Code::SH);
        let pulse = judged(vitals.pulse_rate, limits.of_pulse(vitals.pulse_rate), Code::PL, Code::PH);
        Self { stamp, spo2, pulse, amplitude: Shown::Number(vitals.amplitude), codes }
    }

    /// A row without a value: pulse search prints zeros, everything else dashes.
    #[must_use]
    pub fn without_value(code: Code, stamp: DateTime) -> Self {
        let shown = if code == Code::PS { Shown::Number(0) } else { Shown::Dashes };
        Self { stamp, spo2: shown, pulse: shown, amplitude: Shown::Dashes, codes: vec![code] }
    }

    /// The row as sent, with its line end.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let stamp = self.stamp.strftime("%d-%b-%y %H:%M:%S");
        let (spo2, pulse, amplitude) = (self.spo2.text(6), self.pulse.text(7), self.amplitude.text(7));
        let mut line = format!("{stamp}{spo2}{pulse}{amplitude}");
        let mut codes = self.codes.clone();
        codes.sort_by_key(|code| code.column());
        for code in codes {
            // A slot that is taken: the next free columns.
            let column = code.column().max(line.len() + usize::from(!line.ends_with(' ')));
            line = format!("{line:column$}{}", code.letters());
        }
        format!("{line:ROW_COLUMNS$}\r\n").into_bytes()
    }
}

/// Prints rows, with a header where one is due.
#[derive(Clone, Debug)]
pub struct Printer {
    limits: Limits,
    rows_since_header: u32,
}

impl Printer {
    /// A printer that begins with a header.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self { limits, rows_since_header: ROWS_PER_HEADER }
    }

    /// The limits in force.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Changes the limits; a header comes before the next row.
    pub const fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
        self.rows_since_header = ROWS_PER_HEADER;
    }

    /// The header lines, when they are due before the next row; else nothing. Call once for each row.
    pub fn header(&mut self) -> Vec<u8> {
        if self.rows_since_header < ROWS_PER_HEADER {
            self.rows_since_header += 1;
            return Vec::new();
        }
        self.rows_since_header = 1;
        let Limits { spo2_low, spo2_high, pulse_low, pulse_high } = self.limits;
        let limits = format!("SpO2 Limit: {spo2_low}-{spo2_high}%    PR Limit: {pulse_low}-{pulse_high}BPM");
        let mode = format!("{:29}ADULT{:12}0SAT-S ", "", "");
        let titles = "TIME                 %SpO2   BPM     PA     Status";
        format!("N-560    VERSION 1.56.00    CRC:XXXX  {limits}\r\n{mode}\r\n{titles}\r\n").into_bytes()
    }
}

#[cfg(test)]
mod tests;
