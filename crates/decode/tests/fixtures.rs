//! Every fixture folder says what it should. `UPDATE_FIXTURES=1` writes `findings.txt` anew; read the difference line by
//! line before you commit it.

mod support;

use chairside_decode::catalog::Protocol;
use support::{cases, decode, lines};

#[test]
fn every_fixture_decodes_to_its_findings() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    let mut wrong = Vec::new();
    for case in Protocol::ALL.iter().flat_map(|p| cases(*p)) {
        let found = lines(&decode(&mut *case.decoder(), &case.capture, &[]));
        let path = case.folder.join("findings.txt");
        if update {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if expected != found {
            wrong.push(format!("{}/{}:\n--- expected\n{expected}--- found\n{found}", case.protocol.word(), case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_protocol_has_a_normal_fixture_with_readings() {
    for protocol in Protocol::ALL {
        let found = cases(*protocol).iter().any(|case| {
            case.name.starts_with("normal")
                && lines(&decode(&mut *case.decoder(), &case.capture, &[])).contains(" valid")
                || case.name.starts_with("normal")
                    && lines(&decode(&mut *case.decoder(), &case.capture, &[])).contains(" questionable(unproven")
        });
        assert!(found, "fixtures/{} needs a case `normal...` with a reading", protocol.word());
    }
}

#[test]
fn no_fixture_folder_is_without_a_protocol() {
    let known: Vec<&str> = Protocol::ALL.iter().map(|p| p.word()).collect();
    for folder in std::fs::read_dir(support::fixtures()).unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().to_string_lossy().into_owned();
        if folder.path().is_dir() && !["databases", "log", "requests", "wire"].contains(&name.as_str()) {
            assert!(known.contains(&name.as_str()), "fixtures/{name} belongs to no protocol of the catalog");
        }
    }
}
