//! The alarm limits set on an oximeter.

/// The limits set on the monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lowest saturation without an alarm, per cent.
    pub spo2_low: u16,
    /// Highest saturation without an alarm, per cent.
    pub spo2_high: u16,
    /// Lowest pulse rate without an alarm.
    pub pulse_low: u16,
    /// Highest pulse rate without an alarm.
    pub pulse_high: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self { spo2_low: 90, spo2_high: 100, pulse_low: 50, pulse_high: 130 }
    }
}

/// Which limit a value is past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// Below the lower.
    Low,
    /// Above the upper.
    High,
}

impl Limits {
    /// Which limit this saturation is past.
    #[must_use]
    pub const fn of_spo2(&self, spo2: u16) -> Option<Past> {
        past(spo2, self.spo2_low, self.spo2_high)
    }

    /// Which limit this pulse rate is past.
    #[must_use]
    pub const fn of_pulse(&self, pulse: u16) -> Option<Past> {
        past(pulse, self.pulse_low, self.pulse_high)
    }
}

const fn past(value: u16, low: u16, high: u16) -> Option<Past> {
    if value < low {
        return Some(Past::Low);
    }
    if value > high { Some(Past::High) } else { None }
}
