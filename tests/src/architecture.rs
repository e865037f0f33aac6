//! The house against its map: `docs/architecture.md` says which crate may use which, `cargo metadata` says what is.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Allowed dependencies of each crate, from the table between the two marks.
fn map() -> BTreeMap<String, BTreeSet<String>> {
    let page = std::fs::read_to_string(top().join("docs/architecture.md")).unwrap();
    let table = page.split("<!-- crates").nth(1).unwrap().split("<!-- /crates -->").next().unwrap();
    let mut map = BTreeMap::new();
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| crate |")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [names, _, ours, others] = cells[..] else { panic!("a row has four cells: {row}") };
        let list = |cell: &str| -> BTreeSet<String> {
            cell.split(',').map(|name| name.trim().to_owned()).filter(|name| name != "-").collect()
        };
        for name in list(names) {
            let ours = list(ours).into_iter().map(|ours| package(&ours));
            map.insert(package(&name), ours.chain(list(others)).collect());
        }
    }
    map
}

fn package(name: &str) -> String {
    if name == "chairside" { name.to_owned() } else { format!("chairside-{name}") }
}

/// What each workspace package depends on when it is built for use (no dev-dependencies).
fn house() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(top())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let uses = |package: &Value| -> BTreeSet<String> {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|d| d["kind"].is_null()).map(|d| d["name"].as_str().unwrap().to_owned()).collect()
    };
    packages.iter().map(|p| (p["name"].as_str().unwrap().to_owned(), uses(p))).collect()
}

#[test]
fn crates_import_only_what_the_map_allows() {
    let (map, house) = (map(), house());
    assert!(map.len() >= 10, "the table was not found: {map:?}");
    for (name, uses) in &house {
        if ["xtask", "chairside-tests"].contains(&name.as_str()) {
            continue;
        }
        let allowed = map.get(name).unwrap_or_else(|| panic!("{name} has no row in docs/architecture.md"));
        let beyond: Vec<_> = uses.difference(allowed).collect();
        assert!(beyond.is_empty(), "{name} uses {beyond:?}, which its row in docs/architecture.md does not allow");
    }
    for name in map.keys() {
        assert!(house.contains_key(name), "docs/architecture.md has a row for {name}, which is not there");
    }
}

#[test]
fn h14_the_server_cannot_reach_a_port_and_the_program_has_no_encoder() {
    let house = house();
    let reach = |from: &str| {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(name) = todo.pop() {
            for next in house.get(&name).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    todo.push(next.clone());
                }
            }
        }
        seen
    };
    for forbidden in ["chairside-ingest", "chairside-request", "chairside-decode", "serialport"] {
        assert!(!reach("chairside-server").contains(forbidden), "chairside-server reaches {forbidden}");
    }
    assert!(!reach("chairside").contains("chairside-sim"), "the program reaches the simulator's encoders");
}

#[test]
fn h13_a_build_without_the_layer_works() {
    for (name, uses) in house() {
        let may = ["chairside", "chairside-tests"].contains(&name.as_str());
        assert!(may || !uses.contains("chairside-limits"), "{name} depends on the layer of limit notices");
    }
    // The program has it by a feature, and `cargo xtask test` lints the build without.
    let manifest = std::fs::read_to_string(top().join("crates/chairside/Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&manifest).unwrap();
    assert_eq!(manifest["dependencies"]["chairside-limits"]["optional"].as_bool(), Some(true));
    assert_eq!(manifest["features"]["limits"].as_array().map(Vec::len), Some(1));
    let check = std::fs::read_to_string(top().join("crates/xtask/src/test.rs")).unwrap();
    assert!(check.contains("\"-p\", \"chairside\", \"--no-default-features\""), "no check builds it without");
}

#[test]
fn the_pure_crates_are_no_std() {
    for name in ["observation", "request", "decode"] {
        let lib = std::fs::read_to_string(top().join(format!("crates/{name}/src/lib.rs"))).unwrap();
        assert!(lib.contains("#![no_std]"), "crates/{name} is not no_std");
    }
}

#[test]
fn nothing_in_the_tree_skips_a_test_or_leaves_a_stub() {
    let mut found = Vec::new();
    let words = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("#[", "ignore"), concat!("TO", "DO")];
    for_each_source(&top().join("crates"), &mut |path, text| {
        found.extend(words.iter().filter(|w| text.contains(**w)).map(|w| format!("{}: {w}", path.display())));
    });
    for_each_source(&top().join("web/src"), &mut |path, text| {
        found.extend(words.iter().filter(|w| text.contains(**w)).map(|w| format!("{}: {w}", path.display())));
    });
    assert!(found.is_empty(), "{found:#?}");
}

fn for_each_source(folder: &Path, look: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_source(&path, look);
        } else if path.extension().is_some_and(|e| ["rs", "ts", "tsx"].iter().any(|known| e == *known)) {
            look(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_hazard_has_a_row_and_every_test_it_names_is_there() {
    let page = std::fs::read_to_string(top().join("docs/hazards.md")).unwrap();
    let mut sources = String::new();
    for folder in ["crates", "tests/src", "tests/browser", "web/src"] {
        for_each_test(&top().join(folder), &mut |text| sources.push_str(text));
    }
    for n in 1..=30 {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| H{n:02} |")))
            .unwrap_or_else(|| panic!("no row for H{n:02}"));
        let tests = row.rsplit('|').nth(1).unwrap();
        assert!(
            tests.contains("**open**") || tests.contains('`') || tests.contains('"'),
            "H{n:02} has no test and is not open"
        );
        let named = tests.split('`').skip(1).step_by(2).filter(|name| name.contains('_'));
        for name in named {
            assert!(sources.contains(&format!("fn {name}(")), "H{n:02} names {name}, which is not there");
        }
        for title in tests.split('"').skip(1).step_by(2) {
            assert!(sources.contains(title), "H{n:02} names the browser test {title:?}, which is not there");
        }
    }
}

fn for_each_test(folder: &Path, look: &mut dyn FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_test(&path, look);
        } else if path.extension().is_some_and(|e| ["rs", "mjs", "ts"].iter().any(|known| e == *known)) {
            look(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
