//! `[openid]`: the clinic's own provider of accounts.

use super::{Part, Problem};
use crate::config::OpenIdAt;
use chairside_access::Role;
use chairside_access::openid::{Mapping, same_place};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use toml::Table;

const LINE: &str = "[openid] issuer = \"https://id.clinic.example/realms/ward\", client = \"chairside\", secret_file = \"openid.secret\"";
const ISSUER: &str = "issuer = \"https://id.clinic.example/realms/ward\"";
const ROLES: &str = "roles = { \"ward-nurses\" = \"nurse\", \"ward-leads\" = \"lead\" }";
/// The authorities the machine trusts, where no other file is named.
const CA: &str = "/etc/ssl/certs/ca-certificates.crt";
/// What the button says where nothing else is said.
const NAME: &str = "OpenID";
/// Longest text of the button.
const NAME_MAX: usize = 40;
/// Words that are mapped: a clinic has a dozen groups.
const ROLES_MAX: usize = 100;
/// No secret is longer.
const SECRET_MAX: u64 = 1024;

/// The provider; nothing inside when none is configured, nothing at all when it is configured wrongly.
#[allow(clippy::option_option, reason = "as above")]
pub(super) fn openid(table: &Table, problems: &mut Vec<Problem>) -> Option<Option<OpenIdAt>> {
    let Some(value) = table.get("openid") else { return Some(None) };
    let Some(own) = value.as_table() else {
        let (key, found, wrong) = ("openid".into(), value.to_string(), "written as a table: [openid]".into());
        problems.push(Problem { key, found, wrong, example: LINE.into() });
        return None;
    };
    let mut part = Part { table: own, path: "openid.".into(), problems };
    part.only(&["issuer", "client", "secret_file", "ca", "name", "claim", "roles"], LINE);
    let issuer = issuer(&mut part);
    let client = part.needed("client", "client = \"chairside\"");
    let secret_file = part.needed("secret_file", "secret_file = \"openid.secret\"");
    let ca = part.text("ca", "ca = \"clinic-ca.crt\"").unwrap_or_else(|| CA.to_owned());
    let claim = part.text("claim", "claim = \"groups\"").unwrap_or_else(|| "groups".to_owned());
    let name = name(&mut part);
    let mapping = mapping(&mut part);
    Some(Some(OpenIdAt {
        issuer: issuer?,
        client: client?,
        secret_file: PathBuf::from(secret_file?),
        ca: PathBuf::from(ca),
        name: name?,
        claim,
        mapping: mapping?,
    }))
}

/// An https address without a query: `same_place` is what every address of the provider is held against.
fn issuer(part: &mut Part<'_>) -> Option<String> {
    let issuer = part.needed("issuer", ISSUER)?;
    if !same_place(&issuer, &issuer) || issuer.contains(['?', '#']) {
        part.wrong(
            "issuer",
            format!("{issuer:?}"),
            "no https address without a query; nothing is asked without TLS",
            ISSUER,
        );
        return None;
    }
    Some(issuer)
}

fn name(part: &mut Part<'_>) -> Option<String> {
    let name = part.text("name", "name = \"Clinic account\"").unwrap_or_else(|| NAME.to_owned());
    if name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        part.wrong(
            "name",
            "a long text",
            format!("at most {NAME_MAX} letters are expected"),
            "name = \"Clinic account\"",
        );
        return None;
    }
    Some(name)
}

fn mapping(part: &mut Part<'_>) -> Option<Mapping> {
    let known = || Role::ALL.iter().copied().filter(|role| *role != Role::Display);
    let words = || known().map(Role::word).collect::<Vec<_>>().join(", ");
    let Some(value) = part.table.get("roles") else {
        part.wrong("roles", "nothing", "nobody gets a role without a mapping; say which group is which role", ROLES);
        return None;
    };
    let rows = value.as_table().filter(|rows| (1..=ROLES_MAX).contains(&rows.len()));
    let Some(rows) = rows else {
        part.wrong("roles", value, format!("a table of 1 to {ROLES_MAX} groups and their roles is expected"), ROLES);
        return None;
    };
    let mut mapping = BTreeMap::new();
    for (group, role) in rows {
        let found = role.as_str().and_then(|word| known().find(|role| role.word() == word));
        match found {
            Some(found) => drop(mapping.insert(group.clone(), found)),
            None => part.wrong(&format!("roles.{group}"), role, format!("one of {} is expected", words()), ROLES),
        }
    }
    (mapping.len() == rows.len()).then_some(Mapping(mapping))
}

/// The secret in its file, which only this user may read: nothing of it is repeated.
///
/// # Errors
/// It cannot be read, others may read it, or it is empty.
pub(in crate::config) fn secret(file: &Path) -> Result<String, Problem> {
    let problem = |found: String, wrong: &str| Problem {
        key: "openid.secret_file".into(),
        found: format!("{}: {found}", file.display()),
        wrong: wrong.into(),
        example: "the secret alone in one line of openid.secret; chmod 600 openid.secret".into(),
    };
    let unreadable = |e: std::io::Error| problem(e.to_string(), "the file cannot be read");
    let about = file.metadata().map_err(unreadable)?;
    if about.mode() & 0o077 != 0 {
        let found = format!("permissions {:04o}", about.mode() & 0o7777);
        return Err(problem(found, "others may read or write it, and it holds a secret: chmod 600"));
    }
    if about.len() > SECRET_MAX {
        return Err(problem(format!("{} bytes", about.len()), "one line with the secret is expected"));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let secret = text.trim();
    if secret.is_empty() || secret.contains(char::is_whitespace) {
        return Err(problem("what stands in it".into(), "one line with the secret is expected"));
    }
    Ok(secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, check};
    use std::os::unix::fs::PermissionsExt;

    const WHOLE: &str = "[openid]\nissuer = \"https://id.example/realms/ward\"\nclient = \"c\"\nsecret_file = \"s\"\n\
                         roles = { nurses = \"nurse\", it = \"biomed\" }\n";

    fn problem(text: &str) -> String {
        let problems = check(text).map(|_| ()).unwrap_err();
        problems.iter().map(|problem| format!("{problem}\n")).collect()
    }

    #[test]
    fn a_provider_is_read_with_what_is_usual() {
        assert!(check("").unwrap().openid.is_none());
        let openid = check(WHOLE).unwrap().openid.unwrap();
        assert_eq!((&*openid.claim, &*openid.name, openid.ca.to_str()), ("groups", "OpenID", Some(CA)));
        assert_eq!(openid.mapping.roles(&["it".into(), "nurses".into()]), [Role::Nurse, Role::Biomed]);
    }

    #[test]
    fn s03_s05_mistakes_in_a_provider_are_named() {
        for (from, to, expected) in [
            ("https://", "http://", "openid.issuer: found \"http://id.example/realms/ward\": no https address"),
            ("/realms/ward", "/?realm=ward", "no https address without a query"),
            ("\"nurse\"", "\"display\"", "openid.roles.nurses: found \"display\": one of nurse, clinician, "),
            ("\"nurse\"", "7", "openid.roles.nurses: found 7: one of nurse, clinician, "),
            ("roles = { nurses = \"nurse\", it = \"biomed\" }", "", "nobody gets a role without a mapping"),
            ("roles = { nurses = \"nurse\", it = \"biomed\" }", "roles = {}", "a table of 1 to 100 groups"),
            ("client = \"c\"", "", "openid.client: found nothing: this key is needed"),
            ("secret_file", "secret", "openid.secret: found a value that is not repeated here: there is no such key"),
        ] {
            let found = problem(&WHOLE.replace(from, to));
            assert!(found.contains(expected), "{expected:?} is not in:\n{found}");
        }
    }

    #[test]
    fn s22_a_secret_others_may_read_is_refused_and_never_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let (config, file) = (folder.path().join("chairside.toml"), folder.path().join("s"));
        std::fs::write(&config, WHOLE).unwrap();
        let read =
            || Config::read(&config).map(|config| config.openid.unwrap().secret_file).map_err(|p| p[0].to_string());
        assert!(read().unwrap_err().contains("the file cannot be read"));
        std::fs::write(&file, "hunter2\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let found = read().unwrap_err();
        assert!(found.contains("permissions 0640") && !found.contains("hunter2"), "{found}");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read().unwrap(), file);
        assert_eq!(secret(&file).unwrap(), "hunter2");
        for wrong in ["", " \n", "two words"] {
            std::fs::write(&file, wrong).unwrap();
            assert!(secret(&file).is_err(), "{wrong:?}");
        }
    }
}
