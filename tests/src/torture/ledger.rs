//! The oracle: what senders and screens were told, and its comparison with what plain SQL finds.

use crate::rig::readings;
use serde_json::Value;
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// Chairs fed by the gateway, each from its own bed; the monitor on the cable has the next one.
pub const BEDS: u32 = 3;
/// The chair of the monitor on the cable.
pub const CABLE: u32 = BEDS + 1;

/// Heart or pulse rate number `n` of a chair. No two chairs have a rate in common.
#[must_use]
pub const fn rate(chair: u32, n: u32) -> u32 {
    30 + 40 * chair + n % 40
}

/// Saturation number `n` of any chair.
#[must_use]
pub const fn spo2(n: u32) -> u32 {
    80 + n % 20
}

/// The control id of message `n` for a chair.
#[must_use]
pub fn control(chair: u32, n: u32) -> String {
    format!("T{chair}{n:08}")
}

fn parse(control: &str) -> Option<(u32, u32)> {
    let digits = control.strip_prefix('T').filter(|digits| digits.len() == 9)?;
    Some((digits[..1].parse().ok()?, digits[1..].parse().ok()?))
}

/// What the world outside the server knows.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Messages that were sent, by control id.
    pub sent: BTreeSet<String>,
    /// Those that were acknowledged with `AA`.
    pub acked: BTreeSet<String>,
    /// Those answered with an error, or not at all.
    pub unknown: Vec<String>,
    /// Names given to chairs, each answered with 200.
    pub named: BTreeSet<String>,
    /// Per chair the newest entry a screen was told is recorded.
    pub recorded: BTreeMap<String, u64>,
    /// What screens showed: chair and sequence, vital and value.
    pub shown: BTreeMap<(String, u64), (String, String)>,
    /// What must not be, each in a sentence.
    pub wrong: Vec<String>,
    /// The longest time a screen saw nothing new while it should have.
    pub worst_silence: Duration,
    /// When a screen was first told "not recording", since it was last reset.
    pub told_not_recording: Option<Instant>,
    /// Values screens showed.
    pub values: u64,
    /// Clock steps made while the server ran to an orderly end.
    pub steps: u32,
}

impl Ledger {
    /// Takes a message a screen got; `last` holds the newest sequence of each chair on that connection.
    pub fn show(&mut self, message: &Value, last: &mut BTreeMap<String, u64>) {
        if message["kind"] == "beat" {
            self.beat(message);
            return;
        }
        let Some(chair) = message["chair"].as_str() else { return };
        let live = message["kind"] == "items";
        for vital in ["heart_rate", "pulse_rate", "spo2"] {
            for (seq, reading) in readings(message, vital) {
                let Some(value) = reading["value"].as_str() else { continue };
                self.judge(chair, vital, value);
                self.values += u64::from(live);
                self.shown.insert((chair.to_owned(), seq), (vital.to_owned(), value.to_owned()));
            }
        }
        if live {
            self.order(chair, message, last);
        }
    }

    /// Entries of a chair come in order, each once (H19).
    fn order(&mut self, chair: &str, message: &Value, last: &mut BTreeMap<String, u64>) {
        for item in message["items"].as_array().into_iter().flatten() {
            let seq = item["seq"].as_u64().unwrap_or(0);
            let newest = last.entry(chair.to_owned()).or_default();
            if seq <= *newest {
                self.wrong.push(format!("chair {chair}: entry {seq} was shown after {newest}"));
            }
            *newest = seq;
        }
    }

    /// No chair shows another's values (H01).
    fn judge(&mut self, chair: &str, vital: &str, value: &str) {
        let (chair, number) = (chair.parse().unwrap_or(0), value.parse().unwrap_or(0));
        let fits = match vital {
            "spo2" => (spo2(0)..=spo2(19)).contains(&number),
            _ => (rate(chair, 0)..=rate(chair, 39)).contains(&number),
        };
        if !fits {
            self.wrong.push(format!("chair {chair} showed {vital} {value}, which nobody sent to it"));
        }
    }

    fn beat(&mut self, beat: &Value) {
        if beat["recording"]["ok"] == false && self.told_not_recording.is_none() {
            self.told_not_recording = Some(Instant::now());
        }
        for mark in beat["marks"].as_array().into_iter().flatten() {
            let (Some(chair), Some(recorded)) = (mark["chair"].as_str(), mark["recorded"].as_u64()) else { continue };
            let known = self.recorded.entry(chair.to_owned()).or_default();
            *known = recorded.max(*known);
        }
    }

    /// The server is dead: what was shown and not told as recorded may be gone, and its sequences given again.
    pub fn crashed(&mut self) {
        let Self { shown, recorded, .. } = self;
        shown.retain(|(chair, seq), _| recorded.get(chair).is_some_and(|r| seq <= r));
    }

    /// Compares with the log; what does not fit, each in a sentence.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn compare(&self, database: &Path) -> Result<Vec<String>, sqlx::Error> {
        let url = format!("sqlite:{}?mode=ro", database.display());
        let mut log = SqliteConnection::connect(&url).await?;
        let mut wrong = self.wrong.clone();
        wrong.extend(self.messages(&mut log).await?);
        wrong.extend(self.values(&mut log).await?);
        wrong.extend(self.marks(&mut log).await?);
        wrong.extend(self.names(&mut log).await?);
        wrong.extend(order(&mut log).await?);
        log.close().await?;
        Ok(wrong)
    }

    /// Everything acknowledged is there, and nothing is there twice (P01, H19).
    async fn messages(&self, log: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
        let mut found: BTreeMap<String, u32> = BTreeMap::new();
        for row in sqlx::query("select raw from frame").fetch_all(log).await? {
            *found.entry(id_of(&row.get::<Vec<u8>, _>(0)).unwrap_or_default()).or_default() += 1;
        }
        found.remove("");
        let lost = self.acked.iter().filter(|id| !found.contains_key(*id)).map(|id| format!("{id} is lost"));
        let twice = found.iter().filter(|(_, n)| **n > 1).map(|(id, n)| format!("{id} is there {n} times"));
        let alien = found.keys().filter(|id| !self.sent.contains(*id)).map(|id| format!("nobody sent {id}"));
        Ok(lost.chain(twice).chain(alien).collect())
    }

    /// Each reading is what its message said, at the chair it was for; what screens showed and were told is recorded is
    /// there as it was shown.
    async fn values(&self, log: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
        let sql = "select f.raw, t.key, r.seq, w.word, r.value from reading r join frame f on f.id = r.frame \
                   join timeline t on t.id = r.timeline join channel c on c.id = r.channel \
                   join word w on w.list = 'vital' and w.code = c.vital where r.value is not null";
        let (mut wrong, mut there) = (Vec::new(), BTreeMap::new());
        for row in sqlx::query(sql).fetch_all(log).await? {
            let (raw, key, seq): (Vec<u8>, String, i64) = (row.get(0), row.get(1), row.get(2));
            let (vital, value): (String, i64) = (row.get(3), row.get(4));
            if let Some((chair, expected)) = expected(&raw, &vital)
                && (key != format!("chair:{chair}") || value != i64::from(expected))
            {
                wrong.push(format!("{key} {seq}: {vital} {value}, but {expected} was sent for chair {chair}"));
            }
            if let Some(chair) = key.strip_prefix("chair:") {
                there.insert((chair.to_owned(), seq.cast_unsigned()), (vital, value.to_string()));
            }
        }
        for (place, shown) in &self.shown {
            let recorded = self.recorded.get(&place.0).is_some_and(|r| place.1 <= *r);
            if recorded && there.get(place) != Some(shown) {
                wrong.push(format!(
                    "{place:?} was shown as {shown:?} and told as recorded; found {:?}",
                    there.get(place)
                ));
            }
        }
        Ok(wrong)
    }

    /// "Recorded up to" is a receipt, too (H10); and no sequence is left out (H09).
    async fn marks(&self, log: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
        let sql = "select t.key, count(*), max(e.seq) from (select timeline, seq from reading union all \
                   select timeline, seq from note) e join timeline t on t.id = e.timeline group by t.key";
        let (mut wrong, mut newest) = (Vec::new(), BTreeMap::new());
        for row in sqlx::query(sql).fetch_all(log).await? {
            let (key, count, last): (String, i64, i64) = (row.get(0), row.get(1), row.get(2));
            if count != last {
                wrong.push(format!("{key}: {count} entries up to {last}"));
            }
            newest.insert(key, last.cast_unsigned());
        }
        for (chair, recorded) in &self.recorded {
            let last = newest.get(&format!("chair:{chair}")).copied().unwrap_or(0);
            if last < *recorded {
                wrong.push(format!("chair {chair} was told as recorded up to {recorded}; the log ends at {last}"));
            }
        }
        Ok(wrong)
    }

    async fn names(&self, log: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
        let rows = sqlx::query("select text from notes where word = 'chair named'").fetch_all(log).await?;
        let there: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        let is_there =
            |name: &String| there.iter().any(|text| text.split('\u{1f}').any(|f| f == format!("name={name}")));
        Ok(self.named.iter().filter(|n| !is_there(n)).map(|n| format!("the name {n} is lost")).collect())
    }
}

/// The monotonic clock never goes back from one entry of a timeline to the next, whatever the wall clock did (P13).
async fn order(log: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    let sql = "select t.key, e.seq, f.received_mono_us from (select timeline, seq, frame from reading union all \
               select timeline, seq, frame from note where boot is null) e join frame f on f.id = e.frame \
               join timeline t on t.id = e.timeline order by t.key, e.seq";
    let (mut wrong, mut last) = (Vec::new(), (String::new(), 0));
    for row in sqlx::query(sql).fetch_all(log).await? {
        let (key, seq, mono): (String, i64, i64) = (row.get(0), row.get(1), row.get(2));
        if key == last.0 && mono < last.1 {
            wrong.push(format!("{key} {seq}: received before the entry that stands before it"));
        }
        last = (key, mono);
    }
    Ok(wrong)
}

/// Steps of the wall clock the log knows of.
///
/// # Errors
/// The log cannot be read.
pub async fn clock_steps(database: &Path) -> Result<u32, sqlx::Error> {
    let mut log = SqliteConnection::connect(&format!("sqlite:{}?mode=ro", database.display())).await?;
    let count: i64 =
        sqlx::query_scalar("select count(*) from notes where word = 'clock stepped'").fetch_one(&mut log).await?;
    log.close().await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The control id of one of our messages.
fn id_of(raw: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(raw);
    let id = text.split('\r').find_map(|segment| segment.trim_start_matches('\u{b}').strip_prefix("MSH|"));
    let id = id?.split('|').nth(8)?;
    parse(id).map(|_| id.to_owned())
}

/// What a frame of ours says of a vital, and for which chair.
fn expected(raw: &[u8], vital: &str) -> Option<(u32, u32)> {
    if let Some((chair, n)) = id_of(raw).and_then(|id| parse(&id)) {
        return Some((chair, if vital == "spo2" { spo2(n) } else { rate(chair, n) }));
    }
    // A line of the monitor on the cable: its perfusion index says which.
    let text = String::from_utf8_lossy(raw);
    let n = text.split(" PI=").nth(1)?.split('%').next()?.replace('.', "").parse().ok()?;
    match vital {
        "spo2" => Some((CABLE, spo2(n))),
        "pulse_rate" => Some((CABLE, rate(CABLE, n))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn items(chair: &str, seq: u64, vital: &str, value: &str) -> Value {
        json!({ "kind": "items", "chair": chair, "items": [{ "is": "reading", "seq": seq, "vital": vital, "value": value }] })
    }

    #[test]
    fn a_value_at_the_wrong_chair_or_shown_twice_is_seen() {
        for (chair, seq, value, expected) in [
            ("1", 5, rate(1, 7), None),
            ("1", 5, rate(2, 7), Some("nobody sent")),
            ("1", 3, rate(1, 7), Some("after 4")),
            ("1", 4, rate(1, 7), Some("after 4")),
        ] {
            let (mut ledger, mut last) = (Ledger::default(), BTreeMap::from([("1".to_owned(), 4)]));
            ledger.show(&items(chair, seq, "heart_rate", &value.to_string()), &mut last);
            let wrong = ledger.wrong.concat();
            assert!(expected.map_or(wrong.is_empty(), |e| wrong.contains(e)), "{wrong:?}, expected {expected:?}");
        }
    }

    #[test]
    fn after_a_crash_only_what_was_told_as_recorded_is_held_against_the_log() {
        let (mut ledger, mut last) = (Ledger::default(), BTreeMap::new());
        for seq in 1..=4 {
            ledger.show(&items("2", seq, "spo2", "81"), &mut last);
        }
        ledger.show(
            &json!({ "kind": "beat", "recording": { "ok": true }, "marks": [{ "chair": "2", "recorded": 2 }] }),
            &mut last,
        );
        ledger.crashed();
        assert_eq!(ledger.shown.keys().map(|(_, seq)| *seq).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn frames_of_ours_are_known_and_others_are_not() {
        let message = super::super::load::message(2, 45);
        assert_eq!(id_of(&message).as_deref(), Some("T200000045"));
        assert_eq!(expected(&message, "heart_rate"), Some((2, rate(2, 45))));
        let line = super::super::load::line(45);
        assert_eq!((id_of(&line), expected(&line, "pulse_rate")), (None, Some((CABLE, rate(CABLE, 45)))));
        assert_eq!(expected(b"\x00\xff PI=x%", "spo2"), None);
    }
}
