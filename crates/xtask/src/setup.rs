//! What a fresh machine needs, installed where we may, named where we may not.

use crate::run::{self, Failed};
use std::path::PathBuf;

/// Oldest Node that Vite 8 runs on.
const NODE_MAJOR: u32 = 20;

/// Node and npm, recent enough to build the web bundle.
pub(crate) fn node() -> Result<(), Failed> {
    let found = run::first_line("node", &["--version"]);
    let major = found.as_deref().and_then(|v| v.trim_start_matches('v').split('.').next()?.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR) {
        let found = found.unwrap_or_else(|| "no `node`".into());
        let wanted = format!("Node {NODE_MAJOR} or newer with npm is needed; found {found}.");
        return Err(Failed(format!("{wanted} Install it from your distribution or nodejs.org and run this again.")));
    }
    if run::first_line("npm", &["--version"]).is_none() {
        return Err(Failed("npm is needed beside Node; found none. Debian: apt-get install npm".into()));
    }
    Ok(())
}

/// Web packages, as the lock file says; nothing to do when they are there and not older than it.
pub(crate) fn packages() -> Result<(), Failed> {
    let web = run::top().join("web");
    let age = |path: &str| web.join(path).metadata().and_then(|m| m.modified()).ok();
    if age("node_modules/.package-lock.json")
        .is_some_and(|there| age("package-lock.json").is_some_and(|lock| there >= lock))
    {
        return Ok(());
    }
    run::step("web packages (npm ci)", run::npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Programs that read the printed record back: `pdftotext` and `pdffonts` (poppler), `qpdf`. As root on Debian or Ubuntu they are
/// installed; else the sentence says what to do.
pub(crate) fn pdf_tools() -> Result<(), Failed> {
    let missing = || {
        let tools = [("pdftotext", "-v"), ("pdffonts", "-v"), ("qpdf", "--version")];
        tools.into_iter().find(|(name, version)| !run::starts(name, &[version])).map(|(name, _)| name)
    };
    if missing().is_some() && may_install() {
        install("readers of PDF", &["poppler-utils", "qpdf"])?;
    }
    match missing() {
        None => Ok(()),
        Some(name) => Err(Failed(format!(
            "the tests of the printed record need `{name}`; found none. Debian: `sudo apt-get install poppler-utils qpdf`."
        ))),
    }
}

/// A PostgreSQL server, which the tests start themselves. As root on Debian or Ubuntu it is installed; else the sentence says what to
/// do.
pub(crate) fn postgres() -> Result<(), Failed> {
    let find = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        versions
            .map(|version| version.path().join("bin"))
            .any(|bin| ["initdb", "postgres", "psql"].into_iter().all(|name| bin.join(name).exists()))
    };
    if !find() && may_install() {
        install("PostgreSQL for the tests of the second database", &["postgresql"])?;
    }
    if find() {
        return Ok(());
    }
    Err(Failed(
        "the tests of the second database start a PostgreSQL server of their own; found none in /usr/lib/postgresql/*/bin. \
         Debian: `sudo apt-get install postgresql`."
            .into(),
    ))
}

/// A Chromium for the browser tests. As root on Debian or Ubuntu it is installed; else the sentence says what to do.
pub(crate) fn chromium() -> Result<PathBuf, Failed> {
    if let Some(path) = std::env::var_os("CHAIRSIDE_CHROMIUM") {
        return Ok(path.into());
    }
    let known =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];
    let find = || known.iter().map(PathBuf::from).find(|path| path.exists());
    if let Some(path) = find() {
        return Ok(path);
    }
    if may_install() {
        install("Chromium for the browser tests", &["chromium"])?;
    }
    find().ok_or_else(|| {
        Failed(
            "the browser tests need Chromium; found none. Debian: `sudo apt-get install chromium`. \
             Elsewhere set CHAIRSIDE_CHROMIUM to its path."
                .into(),
        )
    })
}

/// Python with its `venv` module, for the readers of our exports. As root on Debian or Ubuntu the module is installed.
pub(crate) fn python() -> Result<(), Failed> {
    // `ensurepip` is what Debian leaves out of a plain python3; the readers need 3.11.
    let asks = "import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print(1)";
    let has = || run::first_line("python3", &["-c", asks]).is_some();
    if has() {
        return Ok(());
    }
    if may_install() {
        install("Python for the readers of the exports", &["python3-venv"])?;
    }
    if has() {
        return Ok(());
    }
    let wanted =
        "The exports are read back with Python: Python 3.11 or newer with its venv module is needed and was not found.";
    Err(Failed(format!("{wanted} Debian: `sudo apt-get install python3-venv`, then run this again.")))
}

/// Root on Debian or Ubuntu.
fn may_install() -> bool {
    let root = run::first_line("id", &["-u"]).is_some_and(|id| id.trim() == "0");
    root && run::first_line("apt-get", &["--version"]).is_some()
}

fn install(what: &str, packages: &[&str]) -> Result<(), Failed> {
    let mut update = run::program("apt-get", &["update", "-qq"]);
    update.env("DEBIAN_FRONTEND", "noninteractive");
    // An index that cannot be refreshed may still be good enough to install from.
    let _ = run::step("package index (apt-get update)", update);
    let mut install = run::program("apt-get", &["install", "-y", "-qq", "--no-install-recommends"]);
    install.args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    run::step(&format!("{what} (apt-get install {})", packages.join(" ")), install)
}
