use super::super::EXAMPLE;
use super::*;
use chairside_observation::Vital;

fn problems(text: &str) -> String {
    match check(text) {
        Ok(_) => "no problem".into(),
        Err(problems) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[track_caller]
fn refused(text: &str, key: &str, expected: &str) {
    let found = problems(text);
    assert!(
        found
            .lines()
            .any(|l| l.starts_with(&format!("{key}: ")) && l.contains(expected) && l.contains("For example: ")),
        "no line for {key} with {expected:?} in:\n{found}"
    );
}

#[test]
fn the_example_passes_its_own_check() {
    assert_eq!(problems(EXAMPLE), "no problem");
    let config = check(EXAMPLE).unwrap();
    assert_eq!(config.chairs.len(), 2);
    assert_eq!(config.sources.len(), 2);
}

#[test]
fn an_empty_file_is_all_defaults() {
    let config = check("").unwrap();
    assert_eq!(config.listen.to_string(), LISTEN);
    assert_eq!(config.database, Path::new(DATA).join("chairside.db"));
    assert!(config.sources.is_empty());
    assert_eq!(config.ehr, None);
    assert_eq!(check("[ehr]\nconnect = \"h:2575\"\non = \"sign\"").unwrap().ehr.as_deref(), Some("h:2575"));
    assert_eq!(config.keep_unclaimed, Micros::from_secs(24 * 3600));
}

#[test]
fn how_long_the_unclaimed_is_kept_is_a_number_of_hours() {
    assert_eq!(check("[retention]\nunclaimed_h = 72").unwrap().keep_unclaimed, Micros::from_secs(72 * 3600));
    refused("retention = 24", "retention", "written as a table");
    refused("[retention]\nunclaimed = 24", "retention.unclaimed", "did you mean `unclaimed_h`");
    for wrong in ["0", "745", "-1", "2.5", "\"24\""] {
        refused(&format!("[retention]\nunclaimed_h = {wrong}"), "retention.unclaimed_h", "whole hours from 1 to 744");
    }
}

#[test]
fn every_mistake_names_its_key_what_stood_there_and_an_example() {
    refused("listne = 3", "listne", "did you mean `listen`");
    refused("listen = \"here\"", "listen", "found \"here\": no address with a port");
    refused("listen = 8080", "listen", "a text in quotes");
    refused("database = \"mysql:x\"", "database", "none of the known kinds");
    refused("database = \"postgres://u:secret@h/d\"", "database", "cannot encrypt");
    refused("database = \"postgres://u:secret@localhost/d\"", "database", "file of its own");
    refused("database = \"postgres://u@localhost/d\"\ndatabase_file = \"f\"", "database_file", "one of both");
    refused("zone = \"Mars/Base\"", "zone", "no IANA time zone");
    refused("chair = 4", "chair", "[[chair]]");
    refused("ehr = \"a:1\"", "ehr", "written as a table");
    refused("[ehr]", "ehr.connect", "this key is needed");
    refused("[ehr]\nconnect = \"host\"", "ehr.connect", "no host with a port");
    refused("[ehr]\nconnect = \"h:1\"\non = \"leave\"", "ehr.on", "when they are signed");
    refused("[[chair]]\nname = \"Window\"", "chair[1].id", "this key is needed");
    refused("[[chair]]\nid = \"a b\"", "chair[1].id", "letters, digits");
    refused("[[chair]]\nid = \"1\"\n[[chair]]\nid = \"1\"", "chair[2].id", "another chair");
    refused("[[source]]\nid = \"a\"", "source[1].protocol", "this key is needed");
    refused("[[source]]\nid = \"a\"\nprotocol = \"telnet\"", "source[1].protocol", "known are");
    refused("[[source]]\nid = \"a\"\nprotocol = \"nellcor\"", "source[1].port", "none of port, listen, connect");
    refused(
        "[[source]]\nid = \"a\"\nprotocol = \"nellcor\"\nlisten = \"127.0.0.1:1\"",
        "source[1].listen",
        "read from a serial port",
    );
    refused(
        "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nport = \"/dev/ttyS0\"",
        "source[1].port",
        "read from the network",
    );
    refused(
        "[[source]]\nid = \"a\"\nprotocol = \"nellcor\"\nport = \"/dev/ttyS0\"\nbaud = 9601",
        "source[1].baud",
        "found 9601",
    );
    refused(
        "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:1\"\nbaud = 9600",
        "source[1].baud",
        "belongs to `port`",
    );
    refused(
        "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:1\"\nprofile = \"x\"",
        "source[1].profile",
        "hl7 knows auto",
    );
    refused(
        "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:1\"\nchair = \"9\"",
        "source[1].chair",
        "no [[chair]]",
    );
    refused(
        "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nconnect = \"host\"",
        "source[1].connect",
        "no host with a port",
    );
    refused(
        "[[source]]\nid = \"a\"\nprotocol = \"vitalrecorder\"\nconnect = \"host:1\"",
        "source[1].connect",
        "VitalRecorder connects to us",
    );
    let route = "[[chair]]\nid = \"1\"\n[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:1\"\n";
    refused(&format!("{route}route = [{{ bed = \"B\", chair = \"7\" }}]"), "source[1].route[1].chair", "no [[chair]]");
    refused(&format!("{route}route = [{{ chair = \"1\" }}]"), "source[1].route[1].bed", "needed");
    refused("listen = \"127.0.0.1:8080", "line 1", "listen");
}

/// Two chairs, an oximeter on the first, a gateway for both.
fn devices(prefer: &str) -> String {
    format!(
        "[[chair]]\nid = \"1\"\nprefer = {prefer}\n[[chair]]\nid = \"2\"\n\
         [[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:1\"\n\
         [[source]]\nid = \"oxi\"\nprotocol = \"nellcor\"\nport = \"/dev/ttyS0\"\nchair = \"1\"\n\
         [[source]]\nid = \"far\"\nprotocol = \"nellcor\"\nport = \"/dev/ttyS1\"\nchair = \"2\"\n"
    )
}

#[test]
fn an_order_of_devices_is_read_as_written() {
    let config = check(&devices("{ spo2 = [\"oxi\", \"gateway\"], default = [\"gateway\"] }")).unwrap();
    let order = |vital| {
        let all: Vec<_> = config.sources.iter().map(|source| source.id.clone()).collect();
        let order = config.prefer[&"1".into()].order(vital, &all);
        order.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order(Some(Vital::Spo2)), "oxi gateway far");
    assert_eq!(order(Some(Vital::PulseRate)), "oxi gateway far", "from the same finger");
    assert_eq!(order(Some(Vital::Nibp)), "gateway oxi far");
    assert!(!config.prefer.contains_key(&"2".into()));
}

#[test]
fn a_mistake_in_an_order_of_devices_is_named() {
    let key = "chair[1].prefer.spo2";
    refused(&devices("[\"oxi\"]"), "chair[1].prefer", "a vital, and its sources in order");
    refused(&devices("{ sp02 = [\"oxi\"] }"), "chair[1].prefer.sp02", "no vital has this name; known are heart_rate");
    refused(&devices("{ spo2 = [\"oxi\", \"oxi-9\"] }"), key, "found \"oxi-9\": no [[source]] has this id");
    refused(&devices("{ spo2 = [\"far\"] }"), key, "belongs to chair 2, so nothing it says can reach this chair");
    refused(&devices("{ default = [\"far\"] }"), "chair[1].prefer.default", "belongs to chair 2");
    refused(&devices("{ spo2 = [\"oxi\", \"oxi\"] }"), key, "in the list already");
    refused(&devices("{ spo2 = \"oxi\" }"), key, "a list of sources is expected");
    refused(&devices("{ spo2 = [] }"), key, "a list of sources is expected");
    refused(&devices("{ spo2 = [1] }"), key, "a list of sources is expected");
}

#[test]
fn a_source_with_a_mistake_of_its_own_is_not_called_unknown() {
    let text = devices("{ spo2 = [\"oxi\"] }").replace("nellcor\"\nport = \"/dev/ttyS0\"", "telnet\"");
    assert_eq!(problems(&text).lines().count(), 1, "{}", problems(&text));
}

#[test]
fn an_intellivue_is_read_from_a_port_or_asked_over_the_lan() {
    let source = |rest: &str| format!("[[source]]\nid = \"a\"\nprotocol = \"intellivue\"\n{rest}");
    for (rest, profile, to) in [
        ("port = \"/dev/ttyS0\"", None, None),
        ("port = \"/dev/ttyS0\"\nprofile = \"rs232\"\npassive = true", Some("rs232"), None),
        ("connect = \"10.0.0.5:24106\"", Some("lan"), Some("10.0.0.5:24106")),
        ("connect = \"10.0.0.5\"", Some("lan"), Some("10.0.0.5:24105")),
        ("connect = \"fd00::5\"\nprofile = \"lan\"", Some("lan"), Some("[fd00::5]:24105")),
        ("connect = \"bed-5.clinic\"\npassive = false", Some("lan"), Some("bed-5.clinic:24105")),
    ] {
        let config = check(&source(rest)).unwrap_or_else(|problems| panic!("{rest}: {problems:?}"));
        let [source] = &config.sources[..] else { panic!("{rest}") };
        assert_eq!(source.profile.as_deref(), profile, "{rest}");
        match &source.transport {
            Transport::Connect { to: found } => assert_eq!(Some(found.as_str()), to, "{rest}"),
            other => assert!(to.is_none(), "{rest}: {other:?}"),
        }
    }
    refused(&source("listen = \"127.0.0.1:1\""), "source[1].listen", "or over the LAN with `connect`");
    refused(&source("port = \"/dev/ttyS0\"\nprofile = \"lan\""), "source[1].profile", "give `connect`");
    refused(&source("connect = \"10.0.0.5\"\nprofile = \"rs232\""), "source[1].profile", "serial port");
    refused(&source("connect = \"10.0.0.5\"\npassive = true"), "source[1].passive", "nothing would ever be heard");
    refused(&source("connect = \"10.0.0.5:x\""), "source[1].connect", "no host with a port");
    refused(&source("connect = \"10.0.0.5\"\nbaud = 9600"), "source[1].baud", "belongs to `port`");
    let hl7 = "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nconnect = \"10.0.0.5\"";
    refused(hl7, "source[1].connect", "no host with a port");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let found = problems("listen = 1\nzone = 2\n[[source]]\nid = \"x y\"\nprotocol = \"z\"");
    assert_eq!(found.lines().count(), 4, "{found}");
}

#[test]
fn s04_a_listener_others_can_reach_says_who_may_send() {
    let open = "[[source]]\nid = \"a\"\nprotocol = \"hl7\"\nlisten = \"0.0.0.0:2575\"\n";
    refused(open, "source[1].allow", "who may send");
    refused(&format!("{open}allow = [\"192.168.20.0/33\"]"), "source[1].allow", "addresses or networks");
    assert_eq!(problems(&format!("{open}allow = [\"192.168.20.0/24\", \"fd00::1\"]")), "no problem");
}

#[test]
fn no_secret_of_a_database_address_is_repeated() {
    for host in ["h", "localhost", "[::"] {
        assert!(!problems(&format!("database = \"postgres://u:secret@{host}/d\"")).contains("secret"));
    }
}

#[test]
fn a_postgres_address_leaves_the_log_where_it_is() {
    let config = check("database = \"postgres:///chairside?host=/run/postgresql\"").unwrap();
    assert_eq!(config.database, Path::new(DATA).join("chairside.db"));
    assert!(matches!(config.forward, Some(crate::config::Forward::At(_))));
}

#[test]
fn s21_an_address_with_a_password_is_read_from_a_file_nobody_else_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (file, secret) = (folder.path().join("chairside.toml"), folder.path().join("database.url"));
    std::fs::write(&file, "database_file = \"database.url\"").unwrap();
    let read = || crate::config::Config::read(&file);
    assert!(format!("{:?}", read().unwrap_err()).contains("cannot be read"));
    for (address, mode, expected) in [
        ("postgres://u:secret@localhost/d\n", 0o600, None),
        ("postgres://u:secret@localhost/d\n", 0o640, Some("chmod 600")),
        ("postgres://u:secret@h/d\n", 0o600, Some("cannot encrypt")),
        ("u:secret", 0o600, Some("no address")),
    ] {
        std::fs::write(&secret, address).unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
        let found = read();
        let words = format!("{found:?}");
        assert_eq!(found.is_ok(), expected.is_none(), "{words}");
        assert!(expected.is_none_or(|expected| words.contains(expected)), "{words}");
        assert!(!words.contains("secret"), "{words}");
    }
}
