//! The command line, as people meet it.

use crate::rig::program;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn chairside(arguments: &[&str], input: &str) -> (bool, String, String) {
    let mut child = Command::new(program("chairside"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn the_printed_example_passes_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, example, _) = chairside(&["config", "example"], "");
    assert!(ok);
    let file = folder.path().join("chairside.toml");
    std::fs::write(&file, example).unwrap();
    let (ok, said, _) = chairside(&["config", "check", file.to_str().unwrap()], "");
    assert!(ok && said.contains("no mistake found: 2 chairs, 2 sources"), "{said}");
}

#[test]
fn a_mistake_is_named_with_key_finding_and_example() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chairside.toml");
    std::fs::write(&file, "listen = \"8080\"\n[[source]]\nid = \"a\"\nprotocol = \"nellcor\"\n").unwrap();
    let (ok, _, said) = chairside(&["config", "check", file.to_str().unwrap()], "");
    assert!(!ok);
    assert!(said.contains("2 mistakes"), "{said}");
    assert!(said.contains("listen: found \"8080\""), "{said}");
    assert!(said.contains("source[1].port: found none of port, listen, connect"), "{said}");
    let (ok, _, served) = chairside(&["serve", "--config", file.to_str().unwrap()], "");
    assert!(!ok && served.contains("2 mistakes"), "{served}");
}

#[test]
fn decode_prints_one_object_a_line_in_the_documented_form() {
    let row = "29-Dec-17 07:19:01    79*     66      18    MO SL       AS   \r\n";
    let (ok, said, _) = chairside(&["decode", "--protocol", "nellcor", "-"], row);
    assert!(ok);
    let lines: Vec<serde_json::Value> = said.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!(lines[0]["vital"], "spo2");
    assert_eq!(lines[0]["value"], "79");
    assert_eq!(lines[0]["unit"], "%");
    assert_eq!(lines[0]["state"], "questionable");
    assert_eq!(lines[0]["measured"], "2017-12-29T07:19:01");
    assert_eq!(lines[0]["bytes"][0], 0);
    assert!(lines[0]["flags"].as_array().unwrap().iter().any(|f| f == "limit violated"));
    let (ok, said, _) = chairside(&["decode", "--protocol", "hl7", "-"], "not a message\n");
    assert!(ok, "what fits nothing is a finding, not an error");
    assert!(said.contains("\"skipped\""), "{said}");
}

#[test]
fn decode_says_which_profile_it_chose_and_why() {
    let message = String::from_utf8(crate::rig::vitals("A1", "B1", 72, 97)).unwrap();
    let (ok, said, remarks) = chairside(&["decode", "--protocol", "hl7", "-"], &message);
    assert!(ok && remarks.contains("profile auto chose pcd01: "), "{remarks}");
    assert_eq!(said.lines().count(), 4, "{said}");
    let (_, _, remarks) = chairside(&["decode", "--protocol", "hl7", "--profile", "pcd01", "-"], &message);
    assert_eq!(remarks, "");
}

#[test]
fn decode_says_what_it_knows_when_asked_for_something_else() {
    let (ok, _, said) = chairside(&["decode", "--protocol", "telex", "-"], "");
    assert!(!ok && said.contains("found \"telex\"") && said.contains("nellcor"), "{said}");
    let (ok, _, said) = chairside(&["decode", "--protocol", "nellcor", "--profile", "x", "-"], "");
    assert!(!ok && said.contains("no profiles"), "{said}");
    let (ok, _, said) = chairside(&["decode", "--protocol", "nellcor", "no-such-file"], "");
    assert!(!ok && said.contains("no-such-file"), "{said}");
}

fn fixture(case: &str, file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/generic").join(case).join(file);
    path.to_str().unwrap().to_owned()
}

#[test]
fn decode_reads_a_capture_by_a_description_and_says_what_it_made_of_it() {
    let (config, capture) = (fixture("damage", "chairside.toml"), fixture("damage", "capture.txt"));
    let decode = ["decode", "--protocol", "generic", "--config", &config];
    let (ok, said, figures) = chairside(&[&decode[..], &[&capture]].concat(), "");
    assert!(ok);
    let spo2: Vec<serde_json::Value> = said
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .filter(|l: &serde_json::Value| l["vital"] == "spo2")
        .collect();
    assert_eq!(spo2.iter().map(|l| l["value"].as_str().unwrap()).collect::<Vec<_>>(), ["97", "98"]);
    assert!(figures.starts_with("chairside: 13 lines: 2 read, 0 ignored or empty, 11 skipped\n"), "{figures}");
    assert!(figures.contains("spo2: 2 valid, 0 questionable, 0 absent; 97 to 98 %"), "{figures}");
    let (_, same, explained) = chairside(&[&decode[..], &["--explain", &capture]].concat(), "");
    assert_eq!(said, same, "explanations go elsewhere");
    for line in [
        "line 2, bytes 17 to 41: read: heart_rate (field 3) \"72\" -> 72 /min valid; spo2 (field 5) \"97\" -> 97 % valid; ",
        "line 8, bytes 173 to 198: skipped (malformed): heart_rate (field 3): found \"7 2\"; not a number; ",
        "line 14, bytes 297 to 315: skipped (cut off): it has no end",
    ] {
        assert!(explained.contains(line), "{line:?} is not in:\n{explained}");
    }
    assert!(explained.ends_with(&figures));
}

#[test]
fn decode_by_a_description_says_what_is_missing() {
    let generic =
        |arguments: &[&str]| chairside(&[&["decode", "--protocol", "generic"], arguments, &["-"]].concat(), "");
    let (ok, _, said) = generic(&[]);
    assert!(!ok && said.contains("give --config FILE"), "{said}");
    let config = fixture("damage", "chairside.toml");
    let (ok, _, said) = generic(&["--config", &config, "--source", "other"]);
    assert!(!ok && said.contains("has the generic sources monitor; name one of them"), "{said}");
    let (ok, _, said) = chairside(&["decode", "--protocol", "nellcor", "--config", &config, "-"], "");
    assert!(!ok && said.contains("nellcor has a decoder of its own"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chairside.toml");
    let wrong = std::fs::read_to_string(&config).unwrap().replace("\"spo2\"", "\"sp02\"");
    std::fs::write(&file, wrong).unwrap();
    let (ok, _, said) = generic(&["--config", file.to_str().unwrap()]);
    assert!(!ok && said.contains("source[1].lines.field[2].vital: found \"sp02\": known are heart_rate"), "{said}");
}

/// Permissions of everything below a folder, by path.
fn modes(folder: &Path, found: &mut Vec<(String, u32)>) {
    use std::os::unix::fs::MetadataExt;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mode = path.symlink_metadata().unwrap().mode() & 0o777;
        found.push((path.display().to_string(), mode));
        if path.is_dir() {
            modes(&path, found);
        }
    }
}

#[test]
fn s22_the_program_leaves_no_core_and_makes_private_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chairside.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\ndata = \"data\"\n[tls]\nnames = [\"chairside.local\"]\n").unwrap();
    let server = crate::rig::Server::start(&file);
    let of = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", server.id())).unwrap();
    let limits = of("limits");
    let core: Vec<&str> = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap().split(' ').collect();
    assert_eq!(core.iter().filter(|word| **word == "0").count(), 2, "soft and hard: {core:?}");
    assert!(of("status").contains("Umask:\t0077"), "{}", of("status"));
    let mut found = Vec::new();
    modes(&folder.path().join("data"), &mut found);
    assert!(found.iter().any(|(path, _)| path.ends_with("tls/ca.key")), "{found:?}");
    let open: Vec<_> = found.iter().filter(|(_, mode)| mode & 0o077 != 0).collect();
    assert!(open.is_empty(), "{open:?}");
    server.stop();
}

#[test]
fn s02_screens_are_served_over_tls_only_and_tls_show_says_how_to_trust_them() {
    use std::io::Read;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chairside.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\ndata = \"data\"\n[tls]\n").unwrap();
    let server = crate::rig::Server::start(&file);
    let mut plain = std::net::TcpStream::connect(server.web).unwrap();
    write!(plain, "GET /chair/1 HTTP/1.1\r\nHost: {}\r\n\r\n", server.web).unwrap();
    let mut answer = String::new();
    plain.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 307 ") && answer.contains(&format!("https://{}/", server.web)), "{answer}");
    let (ok, said, _) = chairside(&["tls", "show", "--config", file.to_str().unwrap()], "");
    assert!(ok && said.contains("tls/ca.crt") && said.contains("SHA-256") && said.contains("docs/tls.md"), "{said}");
    server.stop();
}

#[test]
fn s01_a_listener_for_others_without_a_first_account_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chairside.toml");
    std::fs::write(&file, "listen = \"0.0.0.0:0\"\ndata = \"data\"\n").unwrap();
    let (ok, _, said) = chairside(&["serve", "--config", file.to_str().unwrap()], "");
    assert!(!ok && said.contains("0.0.0.0:0") && said.contains("first account"), "{said}");
    assert!(!folder.path().join("data").exists(), "nothing was begun");
}
