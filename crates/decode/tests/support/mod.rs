#![allow(dead_code, unreachable_pub)]
//! Fixture folders: `fixtures/<protocol>/<case>/{about.toml, capture.*, findings.txt}`; those of `generic` also have a
//! `chairside.toml`, the configuration whose first source describes the lines.

pub mod laws;

use chairside_decode::generic::{Description, Generic, Setting};
use chairside_decode::{Decoder, Finding, catalog::Protocol};
use chairside_observation::{Amount, Measured, Micros, Observation};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One fixture folder.
pub struct Case {
    pub protocol: Protocol,
    pub name: String,
    pub folder: PathBuf,
    pub profile: Option<String>,
    pub description: Option<Arc<Description>>,
    pub capture: Vec<u8>,
}

impl Case {
    pub fn decoder(&self) -> Box<dyn Decoder> {
        decoder(self.protocol, self.profile.as_deref(), self.description.as_ref())
            .unwrap_or_else(|| panic!("{}: no profile {:?} of {}", self.name, self.profile, self.protocol.word()))
    }
}

/// The decoder of a protocol, or of a description.
pub fn decoder(
    protocol: Protocol,
    profile: Option<&str>,
    description: Option<&Arc<Description>>,
) -> Option<Box<dyn Decoder>> {
    match description {
        Some(description) => Some(Box::new(Generic::new(Arc::clone(description)))),
        None => protocol.decoder(profile),
    }
}

/// The description in a text of `[source.lines]`, or every mistake in it.
pub fn description(text: &str) -> Result<Description, String> {
    let table: toml::Table = text.parse().map_err(|e| format!("{e}"))?;
    let lines = table["source"][0].get("lines").ok_or("source[1].lines: nothing")?;
    Description::new(&setting(lines), "source[1].lines")
        .map_err(|faults| faults.iter().map(|fault| format!("{fault}\n")).collect())
}

fn setting(value: &toml::Value) -> Setting {
    match value {
        toml::Value::String(text) => Setting::Text(text.clone()),
        toml::Value::Integer(number) => Setting::Whole(*number),
        toml::Value::Boolean(flag) => Setting::Flag(*flag),
        toml::Value::Array(list) => Setting::List(list.iter().map(setting).collect()),
        toml::Value::Table(table) => Setting::Table(table.iter().map(|(k, v)| (k.clone(), setting(v))).collect()),
        other => Setting::Other(other.to_string()),
    }
}

/// The folder of all fixtures, whichever crate of the repository this file is a part of.
pub fn fixtures() -> PathBuf {
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("fixtures"));
    above.find(|folder| folder.is_dir()).expect("the fixtures of the repository")
}

/// All cases of one protocol, by name.
pub fn cases(protocol: Protocol) -> Vec<Case> {
    let Ok(folders) = std::fs::read_dir(fixtures().join(protocol.word())) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = folders.map(|f| f.unwrap().path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    folders.into_iter().map(|folder| case(protocol, folder)).collect()
}

fn case(protocol: Protocol, folder: PathBuf) -> Case {
    let about = std::fs::read_to_string(folder.join("about.toml"))
        .unwrap_or_else(|e| panic!("{}: about.toml: {e}", folder.display()));
    let about: toml::Table = about.parse().unwrap_or_else(|e| panic!("{}: about.toml: {e}", folder.display()));
    for key in ["title", "shows", "from"] {
        assert!(about.get(key).is_some_and(toml::Value::is_str), "{}: about.toml needs `{key}`", folder.display());
    }
    let profile = about.get("profile").and_then(|p| p.as_str()).map(str::to_owned);
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let description = std::fs::read_to_string(folder.join("chairside.toml")).ok().map(|text| {
        Arc::new(description(&text).unwrap_or_else(|faults| panic!("{}: chairside.toml: {faults}", folder.display())))
    });
    let capture = capture(&folder);
    Case { protocol, name, folder, profile, description, capture }
}

fn capture(folder: &Path) -> Vec<u8> {
    for plain in ["capture.txt", "capture.hl7", "capture.bin"] {
        if let Ok(bytes) = std::fs::read(folder.join(plain)) {
            return bytes;
        }
    }
    let hex = std::fs::read_to_string(folder.join("capture.hex"))
        .unwrap_or_else(|_| panic!("{}: no capture.txt, .hl7, .bin or .hex", folder.display()));
    unhex(&hex)
}

/// Hex text: blanks and line ends anywhere, `#` starts a comment.
pub fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""))
        .flat_map(|line| line.bytes().filter(|b| !b.is_ascii_whitespace()))
        .collect();
    assert!(digits.len().is_multiple_of(2), "odd number of hex digits");
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Everything the decoder says of `bytes`, fed in pieces of the given sizes (the last size repeats), then finished.
pub fn decode(decoder: &mut dyn Decoder, bytes: &[u8], pieces: &[usize]) -> Vec<Finding> {
    let mut out = Vec::new();
    let (mut at, mut turn) = (0, 0);
    while at < bytes.len() {
        let size = pieces.get(turn).or(pieces.last()).copied().unwrap_or(bytes.len()).max(1);
        let end = (at + size).min(bytes.len());
        decoder.feed(Micros(0), &bytes[at..end], &mut out);
        (at, turn) = (end, turn + 1);
    }
    decoder.finish(Micros(0), &mut out);
    out
}

/// One line per finding.
pub fn lines(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let bytes = finding.bytes();
        let _ = write!(text, "{}..{} ", bytes.start, bytes.end);
        match finding {
            Finding::Frame { kind, .. } => text.push_str(kind.word()),
            Finding::Skipped(_, skip) => {
                let _ = write!(text, "skipped {}", skip.word());
            }
            Finding::Notice(n) => {
                let _ = write!(text, "  notice {} {:?}", n.priority.word(), n.text);
            }
            Finding::Observation(o) => text.push_str(&observation(o)),
        }
        text.push('\n');
    }
    text
}

fn observation(o: &Observation) -> String {
    let mut text = format!("  {}", o.vital.word());
    match o.reading.amount() {
        Some(Amount::One(digits)) => {
            let _ = write!(text, " {digits} {}", o.unit.word());
        }
        Some(Amount::Pressure { systolic, diastolic, mean }) => {
            let part = |p: Option<chairside_observation::Decimal>| p.map_or_else(|| "-".to_owned(), |d| d.to_string());
            let _ = write!(text, " {}/{} ({}) {}", part(systolic), part(diastolic), part(mean), o.unit.word());
        }
        None => {}
    }
    let _ = write!(text, " {}", o.reading.state());
    if let Some(reason) = o.reading.reason() {
        let _ = write!(text, "({reason})");
    }
    if let Some(origin) = o.origin {
        let _ = write!(text, " source={}", origin.word());
    }
    if let Some(site) = &o.site {
        let _ = write!(text, " site={site}");
    }
    match &o.measured {
        Some(Measured::At { at, sent }) => {
            let _ = write!(text, " measured={at}");
            if let Some(sent) = sent {
                let _ = write!(text, " sent={sent}");
            }
        }
        Some(Measured::Ago(age)) => {
            let _ = write!(text, " measured={} us ago", age.0);
        }
        None => {}
    }
    if !o.flags.is_empty() {
        let _ = write!(text, " flags=[{}]", o.flags.to_text());
    }
    if o.synthetic {
        text.push_str(" SYNTHETIC");
    }
    if let Some(context) = &o.context {
        let fields = [("bed", &context.bed), ("patient", &context.patient), ("device", &context.device)];
        for (name, value) in fields {
            if let Some(value) = value {
                let _ = write!(text, " {name}={value:?}");
            }
        }
    }
    text
}

/// The ranges of frames and skipped bytes, which must tile the stream (law 6).
pub fn tiles(findings: &[Finding]) -> Vec<std::ops::Range<u64>> {
    findings.iter().filter(|f| matches!(f, Finding::Frame { .. } | Finding::Skipped(..))).map(Finding::bytes).collect()
}
