//! The machine's clocks: the only place in the program that asks for the time.

use chairside_observation::{Civil, Micros, Received, Zone};
use chairside_recorder::Clock;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Both clocks now. The monotonic one counts through suspend, so a laptop that slept does not show old values as new.
#[must_use]
pub fn now() -> Received {
    let mono = clock_gettime(ClockId::Boottime);
    Received { mono: Micros(mono.tv_sec * 1_000_000 + mono.tv_nsec / 1000), wall: wall() }
}

/// From the system's library rather than from the kernel at once, so that a test can step it for this program alone.
fn wall() -> Micros {
    let micros = |span: std::time::Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => Micros(micros(since)),
        Err(before) => Micros(-micros(before.duration())),
    }
}

/// [`now`] as the parameter the other crates take.
#[must_use]
pub fn system() -> Clock {
    Arc::new(now)
}

/// Identifies the boot of this machine: monotonic times are comparable within one. Where the system does not say, each
/// start of the program counts as a boot of its own, which is the safe side.
#[must_use]
pub fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_else(|_| format!("run-{}-{}", std::process::id(), now().wall.0))
}

/// The clinic's time zone.
#[derive(Clone, Debug)]
pub struct ClinicZone(pub TimeZone);

impl ClinicZone {
    /// Its IANA name, for the browser; a zone without a name counts as UTC there.
    #[must_use]
    pub fn name(&self) -> String {
        self.0.iana_name().unwrap_or("UTC").to_owned()
    }
}

impl Zone for ClinicZone {
    fn utc(&self, civil: Civil) -> Micros {
        if let Some(utc) = civil.utc() {
            return utc;
        }
        let field = |n: u8| i8::try_from(n).unwrap_or(i8::MAX);
        let year = i16::try_from(civil.year).unwrap_or(i16::MAX);
        let nanos = i32::try_from(civil.micros.min(999_999) * 1000).unwrap_or(0);
        DateTime::new(
            year,
            field(civil.month),
            field(civil.day),
            field(civil.hour),
            field(civil.minute),
            field(civil.second.min(59)),
            nanos,
        )
        .and_then(|time| self.0.to_ambiguous_timestamp(time).compatible())
        .map_or_else(|_| civil.face(), |time| Micros(time.as_microsecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p13_a_time_without_offset_is_read_in_the_clinics_zone() {
        let zone = ClinicZone(TimeZone::get("America/New_York").unwrap());
        let at = |month, day, hour| Civil::new(2026, month, day, hour, 30, 0).unwrap();
        let hours = |civil: Civil| (zone.utc(civil) - civil.face()).0 / 3_600_000_000;
        assert_eq!(hours(at(7, 1, 12)), 4);
        assert_eq!(hours(at(12, 1, 12)), 5);
        assert_eq!(hours(at(3, 8, 2)), 5, "02:30 does not exist that night: read with the offset before the gap");
        assert_eq!(hours(at(11, 1, 1)), 4, "01:30 exists twice that night: the first is taken");
        assert_eq!(zone.utc(Civil { offset_min: Some(120), ..at(7, 1, 12) }), at(7, 1, 10).face());
    }

    #[test]
    fn the_monotonic_clock_does_not_go_back() {
        let (one, two) = (now(), now());
        assert!(two.mono >= one.mono);
    }
}
