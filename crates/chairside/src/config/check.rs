//! From text to a checked [`Config`], with every mistake named.

mod accounts;
mod backup;
pub(super) mod database;
mod ehr;
mod hide;
pub(super) mod openid;
mod prefer;
mod tls;

use super::{Config, DATA, LISTEN, LogForm, Seat, Source, Transport, UNCLAIMED_H, UNCLAIMED_H_RANGE, lines};
use chairside_decode::catalog::{LAN, Protocol};
use chairside_observation::{ChairId, Micros};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// One mistake: the key, what stood there, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Such as `source[2].baud`; the second source is number 2.
    pub key: String,
    /// What stood there.
    pub found: String,
    /// What is wrong with it, in a few words.
    pub wrong: String,
    /// A line that would be valid.
    pub example: String,
}

impl Problem {
    pub(super) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        Self {
            key: file.display().to_string(),
            found: error.to_string(),
            wrong: "the file cannot be read".into(),
            example: "chairside config example > chairside.toml".into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}: {}. For example: {}", self.key, self.found, self.wrong, self.example)
    }
}

/// Checks the text of a configuration file.
///
/// # Errors
/// Every mistake in it.
pub fn check(text: &str) -> Result<Config, Vec<Problem>> {
    let table: Table = text.parse().map_err(|e: toml::de::Error| {
        let line = e.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        vec![Problem {
            key: format!("line {line}"),
            found: hide::line(text.lines().nth(line.saturating_sub(1)).unwrap_or("")),
            wrong: e.message().to_owned(),
            example: "listen = \"127.0.0.1:8080\"".into(),
        }]
    })?;
    let mut problems = Vec::new();
    let config = read(&table, &mut problems);
    match config {
        Some(config) if problems.is_empty() => Ok(config),
        _ => Err(problems),
    }
}

/// One table of the file: hands out values by key and notes what is wrong.
pub(super) struct Part<'a> {
    pub(super) table: &'a Table,
    pub(super) path: String,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Part<'_> {
    pub(super) fn wrong(&mut self, key: &str, found: impl fmt::Display, wrong: impl Into<String>, example: &str) {
        let found = hide::value(key, found.to_string());
        let key = format!("{}{key}", self.path);
        self.problems.push(Problem { key, found, wrong: wrong.into(), example: example.to_owned() });
    }

    pub(super) fn only(&mut self, known: &[&str], example: &str) {
        for key in self.table.keys().filter(|key| !known.contains(&key.as_str())) {
            let near = known.iter().find(|k| k.starts_with(&key[..key.len().min(3)]));
            let hint =
                near.map_or_else(|| format!("known keys are {}", known.join(", ")), |k| format!("did you mean `{k}`?"));
            let problem = Problem {
                key: format!("{}{key}", self.path),
                found: hide::value(key, self.table[key].to_string()),
                wrong: format!("there is no such key; {hint}"),
                example: example.to_owned(),
            };
            self.problems.push(problem);
        }
    }

    pub(super) fn text(&mut self, key: &str, example: &str) -> Option<String> {
        match self.table.get(key)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            other => {
                let other = other.to_string();
                self.wrong(key, other, "a text in quotes is expected", example);
                None
            }
        }
    }

    pub(super) fn needed(&mut self, key: &str, example: &str) -> Option<String> {
        if !self.table.contains_key(key) {
            self.wrong(key, "nothing", "this key is needed", example);
            return None;
        }
        self.text(key, example)
    }

    fn flag(&mut self, key: &str) -> bool {
        match self.table.get(key) {
            None => false,
            Some(Value::Boolean(flag)) => *flag,
            Some(other) => {
                let other = other.to_string();
                self.wrong(key, other, "true or false is expected", &format!("{key} = true"));
                false
            }
        }
    }

    fn address(&mut self, key: &str, text: &str, example: &str) -> Option<SocketAddr> {
        let address = text.parse().ok();
        if address.is_none() {
            self.wrong(key, format!("{text:?}"), "no address with a port", example);
        }
        address
    }

    fn id(&mut self, example: &str) -> Option<String> {
        let id = self.needed("id", example)?;
        let plain = id.len() <= 32 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !plain {
            self.wrong("id", format!("{id:?}"), "an id has 1 to 32 letters, digits, `-` or `_`", example);
            return None;
        }
        Some(id)
    }
}

fn read(table: &Table, problems: &mut Vec<Problem>) -> Option<Config> {
    let mut top = Part { table, path: String::new(), problems };
    top.only(
        &[
            "data",
            "listen",
            "database",
            "database_file",
            "zone",
            "chair",
            "source",
            "retention",
            "ehr",
            "backup",
            "log",
            "tls",
            "accounts",
            "openid",
        ],
        "data = \"chairside-data\"",
    );
    let data = PathBuf::from(top.text("data", "data = \"chairside-data\"").unwrap_or_else(|| DATA.into()));
    let listen = listen(&mut top);
    let database = database::database(&mut top, &data);
    let (zone, log) = (zone(&mut top), log_form(&mut top));
    let chairs = chairs(table, top.problems);
    let sources = sources(table, &chairs, top.problems);
    let prefer = prefer::preferences(table, &sources, top.problems);
    let keep_unclaimed = retention(table, top.problems);
    let ehr = ehr::ehr(table, top.problems);
    let backup = backup::backup(table, top.problems);
    let tls = tls::web(table, listen, top.problems);
    let (lock_after, openid) = (accounts::lock_after(table, top.problems), openid::openid(table, top.problems));
    let (listen, (database, forward), zone, log, tls) = (listen?, database?, zone?, log?, tls?);
    let ((ehr, ehr_tls), keep_unclaimed, backup) = (ehr?, keep_unclaimed?, backup?);
    let (lock_after, openid) = (lock_after?, openid?);
    Some(Config {
        data,
        listen,
        tls,
        database,
        forward,
        zone,
        chairs,
        prefer,
        sources,
        ehr,
        ehr_tls,
        keep_unclaimed,
        log,
        backup,
        lock_after,
        openid,
    })
}

fn retention(table: &Table, problems: &mut Vec<Problem>) -> Option<Micros> {
    const LINE: &str = "[retention] unclaimed_h = 24";
    let hours = |hours: i64| Some(Micros::from_secs(hours * 3600));
    let Some(value) = table.get("retention") else { return hours(UNCLAIMED_H) };
    let Some(own) = value.as_table() else {
        let (key, found, wrong) = ("retention".into(), value.to_string(), "written as a table: [retention]".into());
        problems.push(Problem { key, found, wrong, example: LINE.into() });
        return None;
    };
    let mut part = Part { table: own, path: "retention.".into(), problems };
    part.only(&["unclaimed_h"], LINE);
    let (fewest, most) = UNCLAIMED_H_RANGE;
    match own.get("unclaimed_h") {
        None => hours(UNCLAIMED_H),
        Some(Value::Integer(found)) if (fewest..=most).contains(found) => hours(*found),
        Some(other) => {
            part.wrong("unclaimed_h", other, format!("whole hours from {fewest} to {most} are expected"), LINE);
            None
        }
    }
}

fn listen(top: &mut Part<'_>) -> Option<SocketAddr> {
    const LINE: &str = "listen = \"127.0.0.1:8080\"";
    let text = top.text("listen", LINE).unwrap_or_else(|| LISTEN.into());
    top.address("listen", &text, LINE)
}

fn log_form(top: &mut Part<'_>) -> Option<LogForm> {
    const LINE: &str = "log = \"json\"";
    if !top.table.contains_key("log") {
        return Some(LogForm::Text);
    }
    let word = top.text("log", LINE)?;
    match word.as_str() {
        "text" => Some(LogForm::Text),
        "json" => Some(LogForm::Json),
        _ => {
            top.wrong("log", format!("{word:?}"), "known are text, json", LINE);
            None
        }
    }
}

fn zone(top: &mut Part<'_>) -> Option<TimeZone> {
    const LINE: &str = "zone = \"Europe/Berlin\"";
    let Some(name) = top.text("zone", LINE) else {
        return (!top.table.contains_key("zone")).then(TimeZone::system);
    };
    let zone = TimeZone::get(&name).ok();
    if zone.is_none() {
        top.wrong("zone", format!("{name:?}"), "no IANA time zone of this name is known", LINE);
    }
    zone
}

/// The tables of `[[name]]`, with the path of each for messages.
fn list<'a>(table: &'a Table, name: &str, example: &str, problems: &mut Vec<Problem>) -> Vec<(String, &'a Table)> {
    let Some(value) = table.get(name) else { return Vec::new() };
    let tables: Option<Vec<&Table>> = value.as_array().and_then(|all| all.iter().map(Value::as_table).collect());
    let Some(tables) = tables else {
        problems.push(Problem {
            key: name.into(),
            found: value.to_string(),
            wrong: format!("written as [[{name}]], once for each"),
            example: example.into(),
        });
        return Vec::new();
    };
    tables.into_iter().enumerate().map(|(i, t)| (format!("{name}[{}].", i + 1), t)).collect()
}

fn chairs(table: &Table, problems: &mut Vec<Problem>) -> Vec<(ChairId, Box<str>)> {
    const LINE: &str = "[[chair]] id = \"1\", name = \"Window\"";
    let mut chairs: Vec<(ChairId, Box<str>)> = Vec::new();
    for (path, table) in list(table, "chair", LINE, problems) {
        let mut part = Part { table, path, problems };
        part.only(&["id", "name", "prefer"], "name = \"Window\"");
        let name = part.text("name", "name = \"Window\"");
        let Some(id) = part.id("id = \"1\"") else { continue };
        if name.as_ref().is_some_and(|name| name.chars().count() > 40) {
            part.wrong("name", "more than 40 characters", "a name has 1 to 40 characters", "name = \"Window\"");
        }
        if chairs.iter().any(|(other, _)| other.as_str() == id) {
            part.wrong("id", format!("{id:?}"), "another chair has this id", "id = \"2\"");
            continue;
        }
        let name = name.unwrap_or_else(|| format!("Chair {id}"));
        chairs.push((id.into(), name.into()));
    }
    chairs
}

fn sources(table: &Table, chairs: &[(ChairId, Box<str>)], problems: &mut Vec<Problem>) -> Vec<Source> {
    const LINE: &str = "[[source]] id = \"gateway\", protocol = \"hl7\", listen = \"127.0.0.1:2575\"";
    let mut sources: Vec<Source> = Vec::new();
    let mut doors = BTreeSet::new();
    for (path, table) in list(table, "source", LINE, problems) {
        let mut part = Part { table, path, problems };
        let Some(source) = source(&mut part, chairs) else { continue };
        if sources.iter().any(|other| other.id == source.id) {
            part.wrong("id", format!("{:?}", source.id.as_str()), "another source has this id", "id = \"gateway-2\"");
        }
        let (key, door) = match &source.transport {
            Transport::Port { path, .. } => ("port", path.display().to_string()),
            Transport::Listen { at, .. } => ("listen", at.to_string()),
            Transport::Connect { to } => ("connect", to.clone()),
        };
        if !doors.insert(door.clone()) && !door.ends_with(":0") {
            part.wrong(key, format!("{door:?}"), "another source uses it already", "listen = \"127.0.0.1:2576\"");
        }
        sources.push(source);
    }
    sources
}

fn source(part: &mut Part<'_>, chairs: &[(ChairId, Box<str>)]) -> Option<Source> {
    const KEYS: &[&str] = &[
        "id", "protocol", "profile", "port", "baud", "parity", "listen", "allow", "connect", "chair", "route",
        "passive", "capture", "lines", "tls",
    ];
    part.only(KEYS, "protocol = \"hl7\"");
    let id = part.id("id = \"gateway\"");
    let protocol = protocol(part);
    let capture = part.flag("capture");
    let passive = part.flag("passive");
    let seat = seat(part, chairs);
    let protocol = protocol?;
    let profile = profile(part, protocol);
    let transport = transport(part, protocol);
    let (description, parity) = (lines::description(part, protocol), lines::parity(part, protocol));
    let (mut profile, transport) = (profile?, transport?);
    let tls = tls::source(part, protocol, &transport);
    if protocol.lan_port().is_some() {
        profile = check_lan(part, profile, &transport);
    }
    let (seat, tls) = (seat?, tls?);
    Some(Source { id: id?.into(), protocol, profile, description, parity, transport, tls, seat, passive, capture })
}

fn protocol(part: &mut Part<'_>) -> Option<Protocol> {
    let word = part.needed("protocol", "protocol = \"hl7\"")?;
    let protocol = Protocol::from_word(&word);
    if protocol.is_none() {
        let known: Vec<&str> = Protocol::ALL.iter().map(|p| p.word()).collect();
        part.wrong("protocol", format!("{word:?}"), format!("known are {}", known.join(", ")), "protocol = \"hl7\"");
    }
    protocol
}

#[allow(clippy::option_option)] // outer: no mistake; inner: no profile is needed
fn profile(part: &mut Part<'_>, protocol: Protocol) -> Option<Option<String>> {
    let Some(word) = part.text("profile", "profile = \"auto\"") else { return Some(None) };
    let known = protocol.profiles();
    if known.contains(&word.as_str()) {
        return Some(Some(word));
    }
    let wrong = if known.is_empty() {
        format!("{} has no profiles; leave the key out", protocol.word())
    } else {
        format!("{} knows {}", protocol.word(), known.join(", "))
    };
    part.wrong("profile", format!("{word:?}"), wrong, known.first().map_or("# no profile", |_| "profile = \"auto\""));
    None
}

fn transport(part: &mut Part<'_>, protocol: Protocol) -> Option<Transport> {
    const SERIAL: &str = "port = \"/dev/ttyUSB0\"";
    const NETWORK: &str = "listen = \"127.0.0.1:2575\"";
    let example = if protocol.line().is_some() { SERIAL } else { NETWORK };
    let given: Vec<&str> = ["port", "listen", "connect"].into_iter().filter(|k| part.table.contains_key(*k)).collect();
    let [key] = given[..] else {
        let found = if given.is_empty() { "none of port, listen, connect".to_owned() } else { given.join(" and ") };
        part.wrong("port", found, "exactly one of port, listen, connect is expected", example);
        return None;
    };
    let (serial, lan) = (protocol.line().is_some(), protocol.lan_port().is_some());
    let fits = match key {
        "port" => serial,
        "connect" => !serial || lan,
        _ => !serial,
    };
    if !fits {
        let way = match (serial, lan) {
            (true, true) => "read from a serial port, or over the LAN with `connect`",
            (true, false) => "read from a serial port",
            (false, _) => "read from the network",
        };
        part.wrong(key, "this key", format!("{} is {way}", protocol.word()), example);
        return None;
    }
    if key == "connect" && protocol == Protocol::VitalRecorder {
        part.wrong(
            key,
            "this key",
            "VitalRecorder connects to us; say where it is listened for",
            "listen = \"127.0.0.1:8153\"",
        );
        return None;
    }
    for (extra, of) in [("baud", "port"), ("allow", "listen")] {
        if key != of && part.table.contains_key(extra) {
            part.wrong(extra, "this key", format!("it belongs to `{of}`"), example);
        }
    }
    let value = part.text(key, example)?;
    match key {
        "port" => Some(Transport::Port { path: PathBuf::from(value), baud: baud(part, protocol)? }),
        "listen" => {
            let at = part.address("listen", &value, NETWORK)?;
            Some(Transport::Listen { at, allow: allow(part, at)? })
        }
        _ => {
            let to = with_port(&value, protocol.lan_port());
            if to.is_none() {
                part.wrong("connect", format!("{value:?}"), "no host with a port", "connect = \"192.168.20.7:4601\"");
            }
            to.map(|to| Transport::Connect { to })
        }
    }
}

/// `host:port`; a port left out is the usual one, where there is one.
fn with_port(text: &str, usual: Option<u16>) -> Option<String> {
    let whole = |(host, port): (&str, &str)| !host.is_empty() && port.parse::<u16>().is_ok();
    match (text.parse::<IpAddr>(), usual) {
        (Ok(address), Some(port)) => Some(SocketAddr::new(address, port).to_string()),
        (Err(_), Some(port)) if !text.contains(':') => Some(format!("{text}:{port}")),
        _ => text.rsplit_once(':').is_some_and(whole).then(|| text.to_owned()),
    }
}

/// Whether a protocol that goes both ways, serial and LAN, has the profile of its way. The profile it then has.
fn check_lan(part: &mut Part<'_>, profile: Option<String>, transport: &Transport) -> Option<String> {
    let asked = matches!(transport, Transport::Connect { .. });
    match profile.as_deref() {
        Some(LAN) if !asked => {
            let wrong = "this profile is asked over the LAN: give `connect` instead of `port`";
            part.wrong("profile", format!("{LAN:?}"), wrong, "connect = \"192.168.20.7\"");
        }
        Some(word) if word != LAN && asked => {
            let wrong = "this profile is read from a serial port; with `connect` leave the key out";
            part.wrong("profile", format!("{word:?}"), wrong, "profile = \"lan\"");
        }
        _ => {}
    }
    if asked && part.table.get("passive") == Some(&Value::Boolean(true)) {
        let wrong = "over the LAN a monitor sends nothing to anybody who did not ask: nothing would ever be heard";
        part.wrong("passive", "true", wrong, "passive = false");
    }
    if asked { Some(LAN.to_owned()) } else { profile }
}

fn baud(part: &mut Part<'_>, protocol: Protocol) -> Option<u32> {
    const KNOWN: &[i64] = &[1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600];
    match part.table.get("baud") {
        None => protocol.line().map(|line| line.baud),
        Some(Value::Integer(baud)) if KNOWN.contains(baud) => u32::try_from(*baud).ok(),
        Some(other) => {
            let other = other.to_string();
            part.wrong("baud", other, "one of 1200 to 921600 as usual for serial ports is expected", "baud = 9600");
            None
        }
    }
}

fn allow(part: &mut Part<'_>, at: SocketAddr) -> Option<Vec<String>> {
    const LINE: &str = "allow = [\"192.168.20.0/24\"]";
    let Some(value) = part.table.get("allow") else {
        if !at.ip().is_loopback() {
            let wrong = "who may send has to be said as soon as other machines can reach the listener";
            part.wrong("allow", "nothing", wrong, LINE);
            return None;
        }
        return Some(Vec::new());
    };
    let texts: Option<Vec<String>> =
        value.as_array().and_then(|all| all.iter().map(|v| v.as_str().map(str::to_owned)).collect());
    let shown = value.to_string();
    let sound = |text: &String| {
        let (address, prefix) = text.split_once('/').map_or((text.as_str(), None), |(a, p)| (a, Some(p)));
        let Ok(address) = address.parse::<IpAddr>() else { return false };
        let bits = if address.is_ipv4() { 32 } else { 128 };
        prefix.is_none_or(|p| p.parse::<u8>().is_ok_and(|p| p <= bits))
    };
    match texts {
        Some(texts) if !texts.is_empty() && texts.iter().all(sound) => Some(texts),
        _ => {
            part.wrong("allow", shown, "a list of addresses or networks is expected", LINE);
            None
        }
    }
}

fn seat(part: &mut Part<'_>, chairs: &[(ChairId, Box<str>)]) -> Option<Seat> {
    let known = |id: &str| chairs.iter().find(|(chair, _)| chair.as_str() == id).map(|(chair, _)| chair.clone());
    if let Some(id) = part.text("chair", "chair = \"1\"") {
        if part.table.contains_key("route") {
            part.wrong(
                "route",
                "both chair and route",
                "a source has either one chair or a route by bed",
                "chair = \"1\"",
            );
        }
        let chair = known(&id);
        if chair.is_none() {
            part.wrong("chair", format!("{id:?}"), "no [[chair]] has this id", "[[chair]] id = \"1\"");
        }
        return chair.map(Seat::Chair);
    }
    const LINE: &str = "route = [{ bed = \"BED-01\", chair = \"1\" }]";
    let mut beds = BTreeMap::new();
    let rows = list(part.table, "route", LINE, part.problems);
    for (row, table) in rows {
        let mut part = Part { table, path: format!("{}{row}", part.path), problems: part.problems };
        part.only(&["bed", "chair"], LINE);
        let (bed, chair) = (part.needed("bed", "bed = \"BED-01\""), part.needed("chair", "chair = \"1\""));
        let (Some(bed), Some(chair)) = (bed, chair) else { continue };
        let Some(chair) = known(&chair) else {
            part.wrong("chair", format!("{chair:?}"), "no [[chair]] has this id", "[[chair]] id = \"1\"");
            continue;
        };
        if beds.insert(bed.clone().into_boxed_str(), chair).is_some() {
            part.wrong("bed", format!("{bed:?}"), "this bed has a chair already", "bed = \"BED-02\"");
        }
    }
    Some(Seat::Beds(beds))
}

#[cfg(test)]
mod tests;
