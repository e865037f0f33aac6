//! The clock and the zone.

use super::Finding;
use crate::clock::ClinicZone;
use crate::config::Config;
use chairside_observation::Micros;
use jiff::Timestamp;
use std::path::Path;

/// 2026-11-01 in UTC: this version did not exist before, so a clock before it is wrong.
const NOT_BEFORE: Micros = Micros::from_secs(1_793_491_200);
/// A newest entry may be so far ahead: the clock is corrected in small steps all the time.
const AHEAD: Micros = Micros::from_secs(5);
/// What `systemd-timesyncd` touches each time it has set the clock.
const SET_BY_TIMESYNCD: &str = "/run/systemd/timesync/synchronized";

/// Whether a time server sets the clock; `None`: it cannot be told.
pub(crate) fn is_set() -> Option<bool> {
    Path::new(SET_BY_TIMESYNCD).exists().then_some(true)
}

/// Whether the clock shows a time at which this program did not exist.
pub(crate) fn is_wrong(now: Micros) -> bool {
    now < NOT_BEFORE
}

/// Looks at the clock, `now` and against the newest entry of the log.
pub(super) fn check(config: &Config, now: Micros, newest: Option<Micros>) -> Vec<Finding> {
    let mut all = vec![at(now, newest, config)];
    all.push(zone(config));
    all.push(if is_set() == Some(true) {
        Finding::fine("set from a time server (systemd-timesyncd)")
    } else {
        let todo = "timedatectl   (\"System clock synchronized: yes\" is right)";
        Finding::look("whether a time server sets the clock cannot be told from here", todo)
    });
    all
}

fn at(now: Micros, newest: Option<Micros>, config: &Config) -> Finding {
    let shown = shown(now, config);
    let todo = "set the clock, or let a time server set it: sudo timedatectl set-ntp true";
    if is_wrong(now) {
        return Finding::wrong(format!("{shown}: this program did not exist then"), todo);
    }
    match newest {
        Some(newest) if newest > now + AHEAD => {
            let newest = self::shown(newest, config);
            Finding::wrong(format!("{shown} is before the newest entry of the log, {newest}: it was set back"), todo)
        }
        _ => Finding::fine(shown),
    }
}

fn zone(config: &Config) -> Finding {
    let name = ClinicZone(config.zone.clone()).name();
    if config.zone.iana_name().is_none() {
        let todo = "set `zone` in the configuration, such as zone = \"Europe/Berlin\"";
        return Finding::look("the clinic's time zone is not known; screens show UTC", todo);
    }
    Finding::fine(format!("time zone {name}"))
}

/// A moment in the clinic's zone, to the second.
pub(super) fn shown(at: Micros, config: &Config) -> String {
    let time = Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(config.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::*;

    #[test]
    fn a_clock_that_cannot_be_right_is_wrong() {
        let config = crate::config::check("zone = \"America/New_York\"").unwrap();
        let day = |day: i64| NOT_BEFORE + Micros::from_secs(day * 86_400);
        for (now, newest, expected, word) in [
            (day(30), None, Mark::Fine, "2026-11-30 19:00:00 EST"),
            (day(30), Some(day(29)), Mark::Fine, ""),
            (day(30), Some(day(30) + Micros::from_secs(4)), Mark::Fine, ""),
            (day(30), Some(day(31)), Mark::Wrong, "set back"),
            (Micros::from_secs(86_400), None, Mark::Wrong, "did not exist"),
        ] {
            let found = at(now, newest, &config);
            assert_eq!(found.mark, expected, "{found:?}");
            assert!(found.text.contains(word), "{found:?}");
        }
        assert_eq!(zone(&config).text, "time zone America/New_York");
    }
}
