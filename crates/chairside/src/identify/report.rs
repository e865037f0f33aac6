//! The verdict in words, with what to do next. Fits 80 columns.

use crate::port;
use crate::words::{count, wrapped};
use chairside_decode::catalog::{Line, Parity, Protocol};
use chairside_decode::identify::{
    Account, Hearing, Search, Slower, Verdict, monitors, other_mode_advice, silent_until_asked,
};
use chairside_observation::{Amount, Decimal, Observation, Reading, Unit};
use std::fmt::Write;
use std::path::Path;

/// Bytes of an unknown stream that are shown: enough to recognise a form.
const SAMPLE: usize = 48;
/// Below so many of 100 bytes understood the line itself is in doubt.
const CLEAN_PERCENT: u64 = 50;

/// What is said on standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// A monitor was identified.
    pub identified: bool,
    /// The text.
    pub text: String,
}

/// The words for what a search has heard.
#[must_use]
pub(super) fn report(port: &Path, seconds: u32, search: &Search) -> Report {
    let verdict = search.verdict();
    let identified = matches!(verdict, Verdict::Identified(..));
    let text = match verdict {
        Verdict::Identified(hearing, account) => found(port, hearing, account),
        Verdict::OtherMode(hearing, protocol) => other_mode(port, hearing, protocol),
        Verdict::Text(hearing) => unknown_text(port, hearing),
        Verdict::Garbled(hearings) => garbled(port, hearings),
        Verdict::Silent => silent(port, seconds),
    };
    Report { identified, text }
}

fn found(port: &Path, hearing: &Hearing, account: &Account) -> String {
    let protocol = account.protocol;
    let mut text = format!("Found: {}\n\n", monitors(protocol));
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<10}{value}");
    };
    row("port", &port.display().to_string());
    row("protocol", protocol.word());
    row("setting", &setting(hearing.line()));
    if let Some(format) = account.format {
        row("format", format);
    }
    let (frames, percent) = (count(account.frames, "frame"), account.percent_understood());
    row("heard", &format!("{frames} understood, {percent} % of {}", count(hearing.bytes(), "byte")));
    for (at, reading) in account.last.iter().enumerate() {
        row(if at == 0 { "last" } else { "" }, &shown(reading));
    }
    if account.last.is_empty() {
        row("last", "no value yet: patient not connected, or nothing measured");
    }
    for remark in remarks(hearing, account) {
        let _ = write!(text, "\n{}\n", wrapped("Note: ", &remark));
    }
    let _ = write!(text, "\nTo read it, put this into chairside.toml:\n\n{}\n", source(port, hearing, account));
    text.push_str("Then: chairside config check chairside.toml\n");
    text
}

/// The block of the configuration, valid as it stands once there is a chair of this id.
fn source(port: &Path, hearing: &Hearing, account: &Account) -> String {
    let word = account.protocol.word();
    let port = port::lasting_name(port).unwrap_or_else(|| port.to_owned());
    let mut text = format!("[[source]]\nid = \"{word}-1\"\nprotocol = \"{word}\"\n");
    let path = toml::Value::String(port.display().to_string());
    let _ = writeln!(text, "port = {path}\nbaud = {}", hearing.line().baud);
    if !account.talks_unasked() {
        text.push_str("passive = true   # it was heard without being asked by us\n");
    }
    text.push_str("chair = \"1\"      # id of the [[chair]] it stands at\n");
    text
}

fn remarks(hearing: &Hearing, account: &Account) -> Vec<String> {
    let mut all = Vec::new();
    let (protocol, line) = (account.protocol, hearing.line());
    let usual = chairside_ingest::line(protocol, line.baud);
    if usual.parity != line.parity {
        let (word, parity) = (protocol.word(), parity(usual.parity));
        all.push(format!(
            "Chairside reads {word} with {parity} at this speed. If the source stays without values, look up speed and \
             parity in the monitor's menu."
        ));
    }
    if account.percent_understood() < CLEAN_PERCENT {
        all.push(
            "more than half of the bytes made no sense. Check plugs, ground and the length of the cable; listening that \
             began inside a long record also looks so."
                .to_owned(),
        );
    }
    if !account.talks_unasked() {
        all.push(
            "most of these monitors speak only when asked, so another program asks this one, or has asked it. With \
             `passive = true` Chairside only listens."
                .to_owned(),
        );
    }
    all
}

fn other_mode(port: &Path, hearing: &Hearing, protocol: Protocol) -> String {
    let (what, todo) = other_mode_advice(protocol).unwrap_or(("a mode that is not read here", "select another one"));
    let mut text = format!("Heard on {} at {}:\n", port.display(), hearing.line());
    let _ = write!(text, "{}\n\n{}\n", wrapped("  ", &format!("{what}.")), sample(hearing));
    let _ = writeln!(text, "{}", wrapped("Do: ", &format!("{todo}.")));
    text.push_str("Then run identify again.\n");
    text
}

fn unknown_text(port: &Path, hearing: &Hearing) -> String {
    let mut text = format!("Heard on {}: text at {}, in no format known here.\n", port.display(), hearing.line());
    let _ = write!(text, "Speed and parity are right.\n\n{}\nDo:\n", sample(hearing));
    text.push_str(&steps(&[
        "A Masimo: set its serial output to ASCII 1.",
        "A Nellcor: set its data port to ASCII (real-time data).",
        "Another monitor: look up the output format in its menu. If no other is offered, it is not supported yet; \
         CONTRIBUTING.md says how to add one.",
    ]));
    text
}

/// A numbered list.
fn steps(all: &[&str]) -> String {
    let mut text = String::new();
    for (number, step) in (1..).zip(all) {
        let _ = writeln!(text, "{}", wrapped(&format!("  {number}. "), step));
    }
    text
}

fn garbled(port: &Path, hearings: &[Hearing]) -> String {
    let mut text = format!("Bytes arrive on {}, but make sense at no setting tried:\n\n", port.display());
    for hearing in hearings {
        let _ = writeln!(
            text,
            "  {:<18}{:>9}  {}",
            hearing.line().to_string(),
            count(hearing.bytes(), "byte"),
            look(hearing)
        );
    }
    if let Some(most) = hearings.iter().max_by_key(|h| h.bytes()) {
        let _ = write!(text, "\nThe newest at {}:\n{}", most.line(), sample(most));
    }
    text.push_str("\nDo, in this order:\n");
    text.push_str(&steps(&[
        "Look up the serial port's speed, parity and protocol in the monitor's menu; a protocol without a name in the \
         README is not supported.",
        "Check the cable: ground connected, RS-232 levels (not TTL), plugs tight.",
        "Listen longer: chairside identify PORT --seconds 60",
    ]));
    text
}

/// What the bytes of one setting look like.
fn look(hearing: &Hearing) -> String {
    let (shape, line) = (hearing.shape(), hearing.line());
    if hearing.bytes() == 0 {
        return "nothing came in the time left".to_owned();
    }
    if shape.is_text_of_other_parity(line.parity) {
        return "text with another parity".to_owned();
    }
    match shape.slower(line.parity) {
        Some(Slower::Times(times)) => format!("the sender is about {times} times slower"),
        Some(Slower::Far) if shape.is_zeros() => "zeros: the sender is far slower, or the line is stuck".to_owned(),
        Some(Slower::Far) => "the sender is far slower".to_owned(),
        None => "no sense".to_owned(),
    }
}

fn silent(port: &Path, seconds: u32) -> String {
    let mut text = format!("Heard nothing on {} in {seconds} s: not one byte.\n\n", port.display());
    text.push_str(
        "A wrong speed is heard as wrong bytes, so speed and parity are not the cause.\nCheck, in this order:\n",
    );
    text.push_str(&steps(&[
        "The monitor is on, and its serial output is switched on in its menu. A Masimo in ASCII 2 may stay silent: set it \
         to ASCII 1 (a Rad-8 leaves the factory in ASCII 2).",
        "The cable: the monitor's transmit pin has to reach our receive pin. Try with a null modem in between, or without \
         the one that is there.",
        "It is the right port: pull the adapter, and see which name goes in /dev/serial/by-id.",
        "The monitor may be silent until asked. identify never asks; configure it as a source to poll it:",
    ]));
    for protocol in Protocol::ALL {
        if let Some(name) = silent_until_asked(*protocol) {
            let _ = writeln!(text, "       {name:<34}protocol = \"{}\"", protocol.word());
        }
    }
    text
}

/// The newest bytes as hex and text, 16 a row.
fn sample(hearing: &Hearing) -> String {
    let recent = hearing.recent();
    let mut text = String::new();
    for row in recent[recent.len().saturating_sub(SAMPLE)..].chunks(16) {
        let hex: Vec<String> = row.iter().map(|b| format!("{b:02x}")).collect();
        let plain: String = row.iter().map(|b| if matches!(b, b' '..=b'~') { char::from(*b) } else { '.' }).collect();
        let _ = writeln!(text, "    {:<48} {plain}", hex.join(" "));
    }
    text
}

fn setting(line: Line) -> String {
    format!("{} baud, 8 data bits, {}, 1 stop bit", line.baud, parity(line.parity))
}

const fn parity(parity: Parity) -> &'static str {
    match parity {
        Parity::None => "no parity",
        Parity::Even => "even parity",
        Parity::Odd => "odd parity",
    }
}

/// One reading in words: `spo2 97 %`, `nibp 120/80 (93) mmHg`, `spo2: none (sensor off)`.
fn shown(reading: &Observation) -> String {
    let (vital, unit) = (reading.vital.word(), unit(reading.unit));
    let part = |part: Option<Decimal>| part.map_or_else(|| "-".to_owned(), |d| d.to_string());
    let mut text = match reading.reading.amount() {
        Some(Amount::One(digits)) => format!("{vital} {digits} {unit}"),
        Some(Amount::Pressure { systolic, diastolic, mean }) => {
            format!("{vital} {}/{} ({}) {unit}", part(systolic), part(diastolic), part(mean))
        }
        None => format!("{vital} none"),
    };
    if let Some(reason) = reading.reading.reason() {
        let about = if matches!(reading.reading, Reading::Questionable(..)) { "questionable: " } else { "" };
        let _ = write!(text, " ({about}{reason})");
    }
    if let Some(origin) = reading.origin {
        let _ = write!(text, ", {}", origin.word());
    }
    if reading.synthetic {
        text.push_str(", demonstration data");
    }
    text
}

const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::PerMin => "/min",
        Unit::Percent => "%",
        Unit::MmHg => "mmHg",
        Unit::KPa => "kPa",
        Unit::Cel => "degrees C",
        Unit::DegF => "degrees F",
        Unit::One => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chairside_observation::Micros;

    const ROW: &[u8] = b"22-Nov-26 10:15:01    97      72      45                     \r\n";
    const SEARCHING: &[u8] = b"22-Nov-26 10:15:03     0       0     ---    PS               \r\n";

    fn said(bytes: &[u8]) -> Report {
        let mut search = Search::new(Micros(0), Micros::from_secs(15));
        search.heard(Micros(0), bytes);
        let report = report(Path::new("/dev/ttyUSB0"), 15, &search);
        for line in report.text.lines() {
            assert!(line.chars().count() < 80, "{line}");
        }
        report
    }

    /// The block of the configuration in a report, with a chair of its id.
    fn block(text: &str) -> String {
        let from = text.find("[[source]]").unwrap_or_else(|| panic!("no block in {text}"));
        let to = text.find("\nThen: ").unwrap();
        format!("[[chair]]\nid = \"1\"\n{}", &text[from..to])
    }

    #[test]
    fn a_found_monitor_comes_with_a_block_that_passes_the_check() {
        for (bytes, word, last) in [
            (ROW, "nellcor", "spo2 97 %, pleth"),
            (SEARCHING, "nellcor", "spo2 none (pulse search), pleth"),
            (b"07/04/25 09:30:01 SPO2=096% BPM=071 PI=01.20 ALARM=20 EXC=800\r\n", "masimo", "perfusion_index 1.20 %"),
            (b" NA1100042128079095&3\r", "dinamap", "nibp 128/79 (95) mmHg"),
        ] {
            let Report { identified, text } = said(bytes);
            assert!(identified && text.contains(&format!("protocol  {word}")) && text.contains(last), "{text}");
            assert!(text.contains("9600 baud, 8 data bits, no parity, 1 stop bit"), "{text}");
            let config = crate::config::check(&block(&text)).unwrap_or_else(|e| panic!("{e:?}: {text}"));
            assert_eq!(config.sources[0].protocol.word(), word);
        }
        assert!(said(b" RA2074\"G\r").text.contains("passive = true"), "a monitor that is asked by another program");
    }

    #[test]
    fn everything_else_says_what_was_heard_and_what_to_do() {
        let noise: Vec<u8> = (0..400_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for (bytes, words) in [
            (&b""[..], ["Heard nothing on /dev/ttyUSB0 in 15 s", "silent until asked", "protocol = \"dri\""]),
            (&noise, ["make sense at no setting tried", "400 bytes", "Check the cable"]),
            (b"11/02/26 14:05:01 SpO2=097 PR=069 PI=04.69 EXC=800:SET\r\n", ["Masimo", "ASCII 1", "front panel"]),
            (b"AUX 1 READY\r\nAUX 2 READY\r\n", ["text at 9600 baud 8N1", "Speed and parity are right", "2 READY.."]),
        ] {
            let Report { identified, text } = said(bytes);
            assert!(!identified);
            for word in words {
                assert!(text.contains(word), "{word}: {text}");
            }
        }
    }

    #[test]
    fn a_parity_that_chairside_would_not_use_is_remarked() {
        let packet = [0x85, 0x30, 0x45, 0x02, 0x61];
        let text = said(&packet.repeat(60)).text;
        assert!(text.contains("Chairside reads cms50 with odd parity at this speed"), "{text}");
    }
}
