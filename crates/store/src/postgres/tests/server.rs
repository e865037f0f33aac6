//! A real PostgreSQL server for tests: its own folder, a socket in it, flushing on, and gone with the program that started it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use tempfile::TempDir;

/// Who the server runs as when the tests run as root, which it refuses.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// A server. Dropped, it is ended at once, and its folder is removed.
pub(crate) struct Server {
    folder: TempDir,
    user: Option<&'static str>,
    running: Option<Child>,
}

fn tool(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.retain(|path| path.exists());
    found.sort();
    found.pop().unwrap_or_else(|| {
        panic!("these tests need PostgreSQL's `{name}` in /usr/lib/postgresql/*/bin. Debian: `sudo apt-get install postgresql`")
    })
}

fn said(command: &mut Command) -> String {
    let done = command.output().expect("the program starts");
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

impl Server {
    /// Makes a server and waits until it takes connections.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = said(Command::new("id").arg("-u")) == "0";
        let known = |user: &&str| Command::new("id").arg(user).output().is_ok_and(|done| done.status.success());
        let user = USERS.into_iter().find(known).filter(|_| root);
        if let Some(user) = user {
            said(Command::new("chown").arg(user).arg(folder.path()));
        }
        let mut server = Self { folder, user, running: None };
        said(
            server
                .command(tool("initdb"))
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-D"])
                .arg(server.data()),
        );
        server.again();
        server
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        // Whatever becomes of the tests, the server does not outlive them.
        command.args(["--pdeathsig", "KILL"]);
        if let Some(user) = self.user {
            command.args(["--reuid", user, "--regid", &said(Command::new("id").args(["-g", user])), "--clear-groups"]);
        }
        command.arg("--").arg(program).current_dir("/");
        command
    }

    /// Starts the server again over the same folder.
    pub(crate) fn again(&mut self) {
        let mut command = self.command(tool("postgres"));
        command.arg("-D").arg(self.data()).arg("-k").arg(self.folder.path());
        for setting in
            ["listen_addresses=", "fsync=on", "shared_buffers=16MB", "logging_collector=off", "max_connections=40"]
        {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let (ready, started) = mpsc::channel();
        // A thread of its own: the signal at the end of a parent is one at the end of the thread that started the child.
        std::thread::spawn(move || {
            let mut child = command.spawn().expect("the server starts");
            let lines = BufReader::new(child.stderr.take().expect("what it says")).lines();
            let mut waiting = Some((ready, child));
            let mut before = String::new();
            for line in lines.map_while(Result::ok) {
                if line.contains("ready to accept connections")
                    && let Some((ready, child)) = waiting.take()
                {
                    let _ = ready.send(child);
                }
                if waiting.is_some() {
                    before.push_str(&line);
                    before.push('\n');
                }
            }
            assert!(waiting.is_none(), "the server did not start:\n{before}");
        });
        self.running = Some(started.recv().expect("a server that takes connections"));
    }

    fn signal(&self, signal: &str, whom: &[String]) {
        // One of them may have ended meanwhile.
        let _ = Command::new("kill").arg(signal).args(whom).stderr(Stdio::null()).status();
    }

    fn everybody(&self) -> Vec<String> {
        let Some(child) = &self.running else { return Vec::new() };
        let id = child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        std::iter::once(id.to_string()).chain(children.split_whitespace().map(str::to_owned)).collect()
    }

    /// Ends the server as a crash would: nothing is written any more.
    pub(crate) fn crash(&mut self) {
        let everybody = self.everybody();
        if let Some(mut child) = self.running.take() {
            self.signal("-CONT", &everybody);
            self.signal("-QUIT", &everybody[..1]);
            let _ = child.wait();
        }
    }

    /// Ends every connection, as a failing network would.
    pub(crate) fn reset(&self) {
        self.psql(
            "postgres",
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'chairside'",
        );
    }

    /// Nothing of it moves any more, but nobody is told.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP", &self.everybody());
    }

    /// It goes on.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT", &self.everybody());
    }

    /// A new, empty database.
    pub(crate) fn database(&self, name: &str) -> String {
        self.psql("postgres", &format!("CREATE DATABASE {name}"));
        self.address(name)
    }

    /// The address of a database.
    pub(crate) fn address(&self, name: &str) -> String {
        format!("postgres:///{name}?host={}&user=postgres", self.folder.path().display())
    }

    /// What a statement gives; fields parted by `|`.
    pub(crate) fn psql(&self, database: &str, sql: &str) -> String {
        said(&mut self.client(database, sql))
    }

    /// Why a statement is refused.
    pub(crate) fn refused(&self, database: &str, sql: &str) -> String {
        let done = self.client(database, sql).output().expect("psql starts");
        assert!(!done.status.success(), "{sql}: was done");
        String::from_utf8_lossy(&done.stderr).into_owned()
    }

    fn client(&self, database: &str, sql: &str) -> Command {
        let mut command = Command::new(tool("psql"));
        command.arg("-h").arg(self.socket()).args(["-U", "postgres", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]);
        command.args(["-d", database, "-c", sql]);
        command
    }

    fn socket(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.crash();
    }
}
