//! The parts list of the Rust parts (CycloneDX 1.5), from what cargo says of the program and what `Cargo.lock` fixes.

use crate::run::{self, Failed, cargo};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Parts and what each needs: `name version` and licence.
type Licences = BTreeSet<(String, String)>;

/// Writes the list of everything that is linked into the program.
pub(crate) fn rust(to: &Path) -> Result<(), Failed> {
    let arguments =
        ["tree", "--quiet", "--locked", "-p", "chairside", "-e", "normal", "--prefix", "none", "--no-dedupe"];
    let output = cargo(&arguments).args(["--format", "{p}|{l}"]).output();
    let output = output.map_err(|e| Failed(format!("cargo tree cannot be started: {e}")))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || said.is_empty() {
        return Err(Failed(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr))));
    }
    let lock = run::top().join("Cargo.lock");
    let lock = std::fs::read_to_string(&lock).map_err(|e| Failed(format!("{}: {e}", lock.display())))?;
    let text = cyclonedx(&parts(&said), &checksums(&lock));
    std::fs::write(to, text).map_err(|e| Failed(format!("{}: {e}", to.display())))
}

/// `serde v1.0.2 (proc-macro)|MIT OR Apache-2.0` to name and version, and licence; ours are left out.
fn parts(said: &str) -> Licences {
    let part = |line: &str| {
        let (name, licence) = line.split_once('|')?;
        let mut words = name.split(' ');
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        let ours = words.next().is_some_and(|place| place.starts_with("(/"));
        (!ours).then(|| (format!("{name} {version}"), licence.replace('/', " OR ")))
    };
    said.lines().filter_map(part).collect()
}

/// Digest of each part by `name version`, as the lock file has them.
fn checksums(lock: &str) -> BTreeMap<String, String> {
    let value = |part: &str, key: &str| {
        part.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"').map(str::to_owned))
    };
    let part = |part: &str| {
        let (name, version) = (value(part, "name")?, value(part, "version")?);
        Some((format!("{name} {version}"), value(part, "checksum")?))
    };
    lock.split("[[package]]").filter_map(part).collect()
}

fn cyclonedx(parts: &Licences, checksums: &BTreeMap<String, String>) -> String {
    let mut text = String::from("{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.5\",\n  \"version\": 1,\n");
    text.push_str(
        "  \"metadata\": { \"component\": { \"type\": \"application\", \"name\": \"chairside\", \"version\": \"",
    );
    text.push_str(env!("CARGO_PKG_VERSION"));
    text.push_str("\" } },\n  \"components\": [");
    for (n, (part, licence)) in parts.iter().enumerate() {
        let (name, version) = part.split_once(' ').unwrap_or((part, ""));
        let comma = if n == 0 { "" } else { "," };
        let _ =
            write!(text, "{comma}\n    {{ \"type\": \"library\", \"name\": \"{name}\", \"version\": \"{version}\", ");
        let _ = write!(text, "\"purl\": \"pkg:cargo/{name}@{version}\", ");
        if let Some(checksum) = checksums.get(part) {
            let _ = write!(text, "\"hashes\": [{{ \"alg\": \"SHA-256\", \"content\": \"{checksum}\" }}], ");
        }
        let _ = write!(text, "\"licenses\": [{{ \"expression\": \"{licence}\" }}] }}");
    }
    text.push_str("\n  ]\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s28_every_part_is_listed_with_version_licence_and_digest_and_ours_are_not() {
        let said = "chairside v0.1.0 (/home/x/crates/chairside)|Apache-2.0\nserde v1.0.2|MIT OR Apache-2.0\n\
                    serde v1.0.2|MIT OR Apache-2.0\nmatchers v0.2.0 (proc-macro)|MIT/Apache-2.0\n";
        let lock = "version = 4\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.2\"\nsource = \"x\"\nchecksum = \"ab12\"\n\
                    dependencies = [\n \"name\",\n]\n\n[[package]]\nname = \"chairside\"\nversion = \"0.1.0\"\n";
        let parts = parts(said);
        assert_eq!(parts.len(), 2);
        let text = cyclonedx(&parts, &checksums(lock));
        for expected in [
            "\"purl\": \"pkg:cargo/serde@1.0.2\", \"hashes\": [{ \"alg\": \"SHA-256\", \"content\": \"ab12\" }]",
            "\"name\": \"matchers\", \"version\": \"0.2.0\"",
            "\"licenses\": [{ \"expression\": \"MIT OR Apache-2.0\" }]",
        ] {
            assert!(text.contains(expected), "{expected:?} is not in {text}");
        }
        assert_eq!(text.matches("\"type\": \"library\"").count(), 2);
    }
}
