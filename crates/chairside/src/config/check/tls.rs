//! `[tls]`, and `tls` of sources and of the EHR: certificates and who is trusted.

use super::{Part, Problem};
use crate::config::{Pair, ReachTls, SourceTls, Transport, WebTls};
use chairside_decode::catalog::Protocol;
use chairside_tls::Name;
use std::net::SocketAddr;
use std::path::PathBuf;
use toml::{Table, Value};

const LINE: &str = "[tls] names = [\"chairside.clinic.local\", \"192.168.1.10\"]";
const LISTED: &str = "tls = { client_ca = \"devices.crt\", names = [\"gateway-3\"] }";
const TRUSTS: &str = "tls = { ca = \"devices.crt\" }";
/// Names on one list: a clinic has some dozens of monitors.
const NAMES_MAX: usize = 256;

/// TLS of the screens: where it is asked for, and always where others can reach them (S01).
#[allow(clippy::option_option, reason = "outer: no mistake; inner: no TLS")]
pub(super) fn web(table: &Table, listen: Option<SocketAddr>, problems: &mut Vec<Problem>) -> Option<Option<WebTls>> {
    let beyond = listen.is_some_and(|at| !at.ip().is_loopback());
    match table.get("tls") {
        None => Some(beyond.then(WebTls::default)),
        Some(Value::Boolean(false)) if !beyond => Some(None),
        Some(Value::Table(own)) => {
            let mut part = Part { table: own, path: "tls.".into(), problems };
            part.only(&["certificate", "key", "names"], LINE);
            let (pair, names) = (pair(&mut part), names(&mut part, LINE));
            let names = names.and_then(|texts| server_names(&mut part, &texts));
            Some(Some(WebTls { pair: pair?, names: names? }))
        }
        Some(other) => {
            let wrong = if beyond {
                "beyond this machine the screens are served over TLS and nothing else; leave the key out, or make it a table"
            } else {
                "written as a table: [tls]"
            };
            let (key, found, wrong) = ("tls".into(), other.to_string(), wrong.into());
            problems.push(Problem { key, found, wrong, example: LINE.into() });
            None
        }
    }
}

/// TLS of a source: what a listener shows and asks for, or what a connection trusts.
#[allow(clippy::option_option, reason = "as above")]
pub(super) fn source(part: &mut Part<'_>, protocol: Protocol, transport: &Transport) -> Option<Option<SourceTls>> {
    let Some(value) = part.table.get("tls") else { return Some(None) };
    let (example, fits) = match transport {
        Transport::Connect { .. } => (TRUSTS, protocol == Protocol::Hl7),
        _ => (LISTED, protocol == Protocol::Hl7),
    };
    if !fits {
        part.wrong("tls", "this key", "only HL7 over the network can have TLS", "protocol = \"hl7\"");
        return None;
    }
    let Some(own) = value.as_table() else {
        part.wrong("tls", value, "a table is expected", example);
        return None;
    };
    let mut inner = Part { table: own, path: format!("{}tls.", part.path), problems: part.problems };
    match transport {
        Transport::Connect { .. } => reach(&mut inner, example).map(SourceTls::Reach).map(Some),
        _ => accept(&mut inner).map(Some),
    }
}

fn accept(part: &mut Part<'_>) -> Option<SourceTls> {
    part.only(&["certificate", "key", "client_ca", "names"], LISTED);
    let (pair, authority, names) = (pair(part), path(part, "client_ca", LISTED), names(part, LISTED));
    let (pair, authority, names) = (pair?, authority?, names?);
    let clients = match (authority, names.is_empty()) {
        (Some(authority), false) => Some((authority, names)),
        (None, true) => None,
        (Some(_), true) => {
            let wrong = "who of all those with a certificate of that authority may send has to be said";
            part.wrong("names", "nothing", wrong, LISTED);
            return None;
        }
        (None, false) => {
            part.wrong("client_ca", "nothing", "names are read in certificates of an authority", LISTED);
            return None;
        }
    };
    Some(SourceTls::Accept { pair, clients })
}

/// `tls` of the EHR, and of sources that connect.
pub(super) fn reach(part: &mut Part<'_>, example: &str) -> Option<ReachTls> {
    part.only(&["ca", "certificate", "key"], example);
    let (pair, ca) = (pair(part), part.needed("ca", example));
    Some(ReachTls { ca: PathBuf::from(ca?), pair: pair? })
}

#[allow(clippy::option_option, reason = "as above")]
fn pair(part: &mut Part<'_>) -> Option<Option<Pair>> {
    const LINE: &str = "certificate = \"server.crt\", key = \"server.key\"";
    match (path(part, "certificate", LINE)?, path(part, "key", LINE)?) {
        (None, None) => Some(None),
        (Some(certificate), Some(key)) => Some(Some(Pair { certificate, key })),
        (Some(_), None) => {
            part.wrong("key", "nothing", "a certificate is shown with its key", LINE);
            None
        }
        (None, Some(_)) => {
            part.wrong("certificate", "nothing", "a key is used with its certificate", LINE);
            None
        }
    }
}

#[allow(clippy::option_option, reason = "as above")]
fn path(part: &mut Part<'_>, key: &str, example: &str) -> Option<Option<PathBuf>> {
    if !part.table.contains_key(key) {
        return Some(None);
    }
    part.text(key, example).map(|text| Some(PathBuf::from(text)))
}

/// The texts of `names`; none when the key is not there.
fn names(part: &mut Part<'_>, example: &str) -> Option<Vec<String>> {
    let Some(value) = part.table.get("names") else { return Some(Vec::new()) };
    let texts: Option<Vec<String>> =
        value.as_array().and_then(|all| all.iter().map(|v| v.as_str().map(str::to_owned)).collect());
    match texts {
        Some(texts) if (1..=NAMES_MAX).contains(&texts.len()) && texts.iter().all(|text| !text.is_empty()) => {
            Some(texts)
        }
        _ => {
            part.wrong("names", value, format!("a list of 1 to {NAMES_MAX} names is expected"), example);
            None
        }
    }
}

fn server_names(part: &mut Part<'_>, texts: &[String]) -> Option<Vec<Name>> {
    let parsed: Vec<_> = texts.iter().map(|text| text.parse::<Name>()).collect();
    for error in parsed.iter().filter_map(|name| name.as_ref().err()) {
        part.wrong("names", texts.join(", "), error.to_string(), LINE);
    }
    parsed.into_iter().collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use crate::config::{SourceTls, check};
    use std::path::Path;

    fn told(text: &str) -> String {
        match check(text) {
            Ok(_) => "no problem".into(),
            Err(problems) => problems.iter().map(|problem| format!("{problem}\n")).collect(),
        }
    }

    #[test]
    fn s01_beyond_this_machine_there_is_no_way_without_tls() {
        for (text, tls) in [
            ("", false),
            ("listen = \"127.0.0.1:8443\"\n[tls]", true),
            ("listen = \"[::1]:8443\"\ntls = false", false),
            ("listen = \"0.0.0.0:8443\"", true),
            ("listen = \"192.168.1.10:8443\"\n[tls]\nnames = [\"chairside.local\"]", true),
        ] {
            assert_eq!(check(text).unwrap().tls.is_some(), tls, "{text}");
        }
        let found = told("listen = \"0.0.0.0:8080\"\ntls = false");
        assert!(
            found.contains("tls: found false: beyond this machine") && found.contains("For example: [tls]"),
            "{found}"
        );
    }

    #[test]
    fn mistakes_of_tls_are_named_with_key_finding_and_example() {
        let hl7 = "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\n";
        let listen = format!("{hl7}listen = \"127.0.0.1:1\"\n");
        let connect = format!("{hl7}connect = \"h:1\"\n");
        let serial = "[[source]]\nid = \"a\"\nprotocol = \"nellcor\"\nport = \"/dev/ttyS0\"\ntls = {}";
        for (text, expected) in [
            ("[tls]\ncertificate = \"a\"".to_owned(), "tls.key: found nothing: a certificate is shown with its key"),
            ("[tls]\nkey = \"a\"".into(), "tls.certificate: found nothing"),
            ("[tls]\nnames = [\"a b\"]".into(), "tls.names: found a b: found `a b`, expected a host name"),
            ("[tls]\nnames = [\"0.0.0.0\"]".into(), "tls.names: found 0.0.0.0"),
            ("[tls]\nnames = []".into(), "tls.names: found []: a list of 1 to 256 names"),
            ("[tls]\nnames = \"a\"".into(), "tls.names: found \"a\": a list of"),
            ("[tls]\nname = \"a\"".into(), "tls.name: found \"a\": there is no such key; did you mean `names`?"),
            ("tls = true".into(), "tls: found true: written as a table"),
            (format!("{listen}tls = {{ client_ca = \"ca\" }}"), "source[1].tls.names: found nothing: who of all"),
            (format!("{listen}tls = {{ names = [\"g\"] }}"), "source[1].tls.client_ca: found nothing"),
            (format!("{listen}tls = {{ ca = \"ca\" }}"), "source[1].tls.ca: found \"ca\": there is no such key"),
            (format!("{connect}tls = {{}}"), "source[1].tls.ca: found nothing: this key is needed"),
            (format!("{connect}tls = {{ ca = \"a\", names = [\"b\"] }}"), "source[1].tls.names: found"),
            (format!("{connect}tls = true"), "source[1].tls: found true: a table"),
            (serial.into(), "source[1].tls: found this key: only HL7"),
            ("[ehr]\nconnect = \"h:1\"\ntls = {}".into(), "ehr.tls.ca: found nothing"),
            ("[ehr]\nconnect = \"h:1\"\ntls = 1".into(), "ehr.tls: found 1: a table"),
        ] {
            let found = told(&text);
            assert!(found.contains(expected) && found.contains("For example: "), "{expected:?} is not in:\n{found}");
        }
    }

    #[test]
    fn s04_tls_of_sources_and_of_the_ehr_is_read_as_written() {
        let text = "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:1\"\n\
                    tls = { client_ca = \"ca.crt\", names = [\"gateway-3\"], certificate = \"s.crt\", key = \"s.key\" }\n\
                    [[source]]\nid = \"b\"\nprotocol = \"hl7\"\nconnect = \"h:1\"\ntls = { ca = \"ca.crt\" }\n\
                    [ehr]\nconnect = \"h:2575\"\ntls = { ca = \"ehr.crt\" }";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("chairside.toml");
        std::fs::write(&file, text).unwrap();
        let config = crate::config::Config::read(&file).unwrap();
        let at = |name: &str| folder.path().join(name);
        let Some(SourceTls::Accept { pair: Some(pair), clients: Some((ca, names)) }) = &config.sources[0].tls else {
            panic!("{:?}", config.sources[0].tls)
        };
        assert_eq!((&pair.certificate, &pair.key, ca), (&at("s.crt"), &at("s.key"), &at("ca.crt")));
        assert_eq!(names, &["gateway-3"]);
        let Some(SourceTls::Reach(reach)) = &config.sources[1].tls else { panic!("{:?}", config.sources[1].tls) };
        assert_eq!((reach.ca.as_path(), &reach.pair), (at("ca.crt").as_path(), &None));
        assert_eq!(config.ehr_tls.map(|tls| tls.ca).as_deref(), Some(&*at("ehr.crt")));
        assert_eq!(Path::new(config.ehr.as_deref().unwrap()), Path::new("h:2575"));
    }
}
