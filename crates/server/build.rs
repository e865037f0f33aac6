//! Puts the web bundle into the program.
//!
//! The bundle is the folder `CHAIRSIDE_WEB_DIST` names, or else is built from `web/` with Node. Each file goes in as it is,
//! compressed beforehand, with its content type and its ETag.

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Oldest Node the bundle's tools run on.
const NODE_MIN: u32 = 20;
/// What the bundle is made of, below `web/`.
const INPUTS: [&str; 7] =
    ["src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            println!("cargo::error={sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=CHAIRSIDE_WEB_DIST");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: run this through cargo")?);
    let dist = match std::env::var_os("CHAIRSIDE_WEB_DIST").filter(|dist| !dist.is_empty()) {
        Some(dist) => {
            let dist = PathBuf::from(dist);
            println!("cargo::rerun-if-changed={}", dist.display());
            dist
        }
        None => build_bundle(&out)?,
    };
    embed(&dist, &out)
}

fn build_bundle(out: &Path) -> Result<PathBuf, String> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?;
    let web = Path::new(&manifest).join("../../web");
    for input in INPUTS {
        let path = web.join(input);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    if !web.join("package-lock.json").is_file() {
        return Err(format!(
            "{} has no package-lock.json: restore the web folder, or set CHAIRSIDE_WEB_DIST to a bundle built elsewhere",
            web.display()
        ));
    }
    check_node()?;
    // Two builds of one checkout (say, clippy and test) share web/node_modules: one at a time.
    let lock = lock_for(&web)?;
    install(&web)?;
    let dist = out.join("web");
    let mut vite = program("npx");
    vite.args(["--no-install", "vite", "build", "--emptyOutDir", "--outDir"]).arg(&dist).current_dir(&web);
    run_tool(&mut vite, "npx vite build")?;
    drop(lock);
    Ok(dist)
}

/// A lock that ends with this process, beside the system's other temporary files: web/ itself stays as committed.
fn lock_for(web: &Path) -> Result<File, String> {
    let web = web.canonicalize().map_err(|e| format!("{}: {e}", web.display()))?;
    let name = format!("chairside-web-{}.lock", &hex(&Sha256::digest(web.as_os_str().as_encoded_bytes()))[..16]);
    let path = std::env::temp_dir().join(name);
    let file = File::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    file.lock().map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(file)
}

fn check_node() -> Result<(), String> {
    let remedy =
        format!("install Node {NODE_MIN} or newer with npm, or set CHAIRSIDE_WEB_DIST to a bundle built elsewhere");
    let version = |tool: &str| {
        let found = program(tool).arg("--version").output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&found.stdout).trim().to_owned())
    };
    let node =
        version("node").ok_or_else(|| format!("the web bundle needs Node, and no `node` was found: {remedy}"))?;
    let major = node.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MIN) {
        return Err(format!("the web bundle needs Node {NODE_MIN} or newer, and `node` says {node}: {remedy}"));
    }
    version("npm").map(drop).ok_or_else(|| format!("Node {node} was found, but no `npm` beside it: {remedy}"))
}

/// Installs the tools when they were never installed or the lock file is newer than they are.
fn install(web: &Path) -> Result<(), String> {
    let changed = |path: &str| fs::metadata(web.join(path)).and_then(|meta| meta.modified()).ok();
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    let npm = |arguments: &[&str]| {
        let mut npm = program("npm");
        npm.args(arguments).args(["--no-audit", "--no-fund"]).current_dir(web);
        run_tool(&mut npm, &format!("npm {}", arguments.join(" ")))
    };
    let Err(refused) = npm(&["ci"]) else { return Ok(()) };
    // `npm ci` refuses a lock file that lacks optional packages of other platforms, and a registry that mirrors only some
    // platforms makes such a file. `install --no-save` takes every version the file does name and leaves it as it is.
    println!("cargo::warning={refused}; trying `npm install --no-save`, which keeps to the versions of the lock file");
    npm(&["install", "--no-save"])
}

fn program(name: &str) -> Command {
    // On Windows npm and npx are batch files.
    Command::new(if cfg!(windows) && name != "node" { format!("{name}.cmd") } else { name.to_owned() })
}

fn run_tool(command: &mut Command, name: &str) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("`{name}` in web/ could not be started: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    eprintln!("{}", String::from_utf8_lossy(&said));
    Err(format!("`{name}` in web/ failed ({}); run it there to see what it says", output.status))
}

/// Writes the table `bundle.rs` that `src/bundle.rs` includes.
fn embed(dist: &Path, out: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    collect(dist, &mut files).map_err(|e| format!("the web bundle in {}: {e}", dist.display()))?;
    files.sort();
    if !files.contains(&dist.join("index.html")) {
        return Err(format!("the web bundle in {} has no index.html: build it again", dist.display()));
    }
    let packed = out.join("packed");
    fs::create_dir_all(&packed).map_err(|e| format!("{}: {e}", packed.display()))?;
    let mut table = String::from("pub(crate) static FILES: &[File] = &[\n");
    for (number, file) in files.iter().enumerate() {
        let place = |e: std::io::Error| format!("{}: {e}", file.display());
        let bytes = fs::read(file).map_err(place)?;
        let name = file.strip_prefix(dist).map_err(|e| e.to_string())?;
        let path = format!("/{}", name.to_string_lossy().replace('\\', "/"));
        let small = compress(&bytes).map_err(place)?;
        let (gzip, kept) = (small.is_some(), small.as_ref().unwrap_or(&bytes));
        let copy = packed.join(number.to_string());
        fs::write(&copy, kept).map_err(place)?;
        let etag = &hex(&Sha256::digest(&bytes))[..20];
        let kind = content_type(&path);
        let _ = writeln!(
            table,
            "    File {{ path: {path:?}, bytes: include_bytes!({copy:?}), gzip: {gzip:?}, content_type: {kind:?}, etag: {etag:?} }},"
        );
    }
    table.push_str("];\n");
    fs::write(out.join("bundle.rs"), table).map_err(|e| format!("bundle.rs: {e}"))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The file as gzip, unless that saves nothing (pictures, fonts, tiny files).
fn compress(bytes: &[u8]) -> std::io::Result<Option<Vec<u8>>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    let small = gzip.finish()?;
    Ok((small.len() < bytes.len()).then_some(small))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        _ => "application/octet-stream",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
