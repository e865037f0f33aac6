//! `database` and `database_file`: where the log is kept, and where it is taken to besides.

use super::{Part, Problem};
use crate::config::Forward;
use chairside_store::postgres::Place;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

const SQLITE: &str = "database = \"sqlite:chairside.db\"";
const POSTGRES: &str = "database = \"postgres://chairside@localhost/chairside\"";
const FILE: &str = "database_file = \"database.url\"";
/// The file of the log in the data folder, when nothing else is said.
const LOG: &str = "chairside.db";
/// No address is longer.
const ADDRESS_MAX: u64 = 4096;

/// The file of the log, and the database it is taken to. The log is in the data folder whatever is written here.
pub(super) fn database(top: &mut Part<'_>, data: &Path) -> Option<(PathBuf, Option<Forward>)> {
    let text = top.text("database", SQLITE);
    let file = top.text("database_file", FILE);
    let Some(text) = text else { return Some((data.join(LOG), file.map(|file| Forward::File(file.into())))) };
    if let Some(path) = text.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//")) {
        if !path.is_empty() && path != ":memory:" {
            return Some((data.join(path), file.map(|file| Forward::File(file.into()))));
        }
        top.wrong("database", format!("{text:?}"), "the session log has to be a file", SQLITE);
        return None;
    }
    if !text.starts_with("postgres") {
        top.wrong("database", format!("{text:?}"), "begins with none of the known kinds", SQLITE);
        return None;
    }
    let found = "a PostgreSQL address";
    if file.is_some() {
        top.wrong("database_file", "an address in `database`, too", "one of both is enough", FILE);
        return None;
    }
    match Place::parse(&text) {
        Ok(place) if place.has_password => {
            let wrong = "the password would stand in this file, which others may read; write the whole address into a file \
                         of its own that only this user may read (chmod 600)";
            top.wrong("database", "a PostgreSQL address with a password", wrong, FILE);
            None
        }
        Ok(place) => Some((data.join(LOG), Some(Forward::At(Box::new(place))))),
        Err(wrong) => {
            top.wrong("database", found, wrong, POSTGRES);
            None
        }
    }
}

/// The address in a file of its own, which may hold the password: nothing of it is repeated.
pub(in crate::config) fn address(file: &Path) -> Result<Place, Problem> {
    let problem = |found: String, wrong: String| Problem {
        key: "database_file".into(),
        found: format!("{}: {found}", file.display()),
        wrong,
        example: "echo 'postgres://chairside:PASSWORD@localhost/chairside' > database.url; chmod 600 database.url"
            .into(),
    };
    let unreadable = |e: std::io::Error| problem(e.to_string(), "the file cannot be read".into());
    let about = file.metadata().map_err(unreadable)?;
    if about.mode() & 0o077 != 0 {
        let found = format!("permissions {:04o}", about.mode() & 0o7777);
        return Err(problem(found, "others may read or write it, and it may hold a password: chmod 600".into()));
    }
    if about.len() > ADDRESS_MAX {
        return Err(problem(format!("{} bytes", about.len()), "one line with an address is expected".into()));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    Place::parse(text.trim()).map_err(|wrong| problem("what stands in it".into(), wrong))
}
