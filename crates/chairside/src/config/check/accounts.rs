//! `[accounts]`: how soon a screen nobody touches asks who is there.

use super::{Part, Problem};
use chairside_access::LOCK_AFTER;
use chairside_observation::Micros;
use toml::{Table, Value};

const LINE: &str = "[accounts] lock_after_min = 15";
const MINUTE_US: i64 = 60_000_000;

/// From the last press to the lock; a clinic may make it shorter and not longer (S11).
pub(super) fn lock_after(table: &Table, problems: &mut Vec<Problem>) -> Option<Micros> {
    let Some(value) = table.get("accounts") else { return Some(LOCK_AFTER) };
    let Some(own) = value.as_table() else {
        let (key, found, wrong) = ("accounts".into(), value.to_string(), "written as a table: [accounts]".into());
        problems.push(Problem { key, found, wrong, example: LINE.into() });
        return None;
    };
    let mut part = Part { table: own, path: "accounts.".into(), problems };
    part.only(&["lock_after_min"], LINE);
    let most = LOCK_AFTER.0 / MINUTE_US;
    match own.get("lock_after_min") {
        None => Some(LOCK_AFTER),
        Some(Value::Integer(found)) if (1..=most).contains(found) => Some(Micros(found * MINUTE_US)),
        Some(other) => {
            part.wrong("lock_after_min", other, format!("whole minutes from 1 to {most} are expected"), LINE);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::check;
    use chairside_observation::Micros;

    #[test]
    fn s11_a_screen_may_lock_sooner_and_never_later() {
        let minutes =
            |text: &str| check(text).map(|config| config.lock_after).map_err(|problems| problems[0].to_string());
        assert_eq!(minutes(""), Ok(Micros::from_secs(15 * 60)));
        assert_eq!(minutes("[accounts]\nlock_after_min = 5"), Ok(Micros::from_secs(5 * 60)));
        assert_eq!(minutes("[accounts]\nlock_after_min = 15"), Ok(Micros::from_secs(15 * 60)));
        for wrong in ["0", "16", "-1", "2.5", "\"5\""] {
            let found = minutes(&format!("[accounts]\nlock_after_min = {wrong}")).unwrap_err();
            assert!(found.starts_with(&format!("accounts.lock_after_min: found {wrong}: whole minutes from 1 to 15")));
        }
        assert!(minutes("accounts = 5").unwrap_err().contains("written as a table"));
    }
}
