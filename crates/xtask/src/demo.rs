//! `cargo xtask demo`: the real server and four simulated monitors as processes of their own, over real sockets and ptys.

use crate::run::{self, Failed, cargo, step};
use crate::setup;
use crate::test::target;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Longest wait for the server to answer; it starts within a second on embedded defaults.
const READY: Duration = Duration::from_secs(20);
/// Longest wait for a process to stop by itself before it is killed.
const STOP: Duration = Duration::from_secs(5);

/// Children that end with the demo, whatever ends it.
struct Family(Vec<(&'static str, Child)>);

impl Family {
    fn start(&mut self, name: &'static str, mut command: Command) -> Result<(), Failed> {
        let child =
            command.stdin(Stdio::null()).spawn().map_err(|e| Failed(format!("{name} cannot be started: {e}")))?;
        self.0.push((name, child));
        Ok(())
    }

    /// The first process that ended by itself.
    fn ended(&mut self) -> Option<&'static str> {
        self.0.iter_mut().find_map(|(name, child)| child.try_wait().ok().flatten().map(|_| *name))
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        for (_, child) in &self.0 {
            // The polite signal: the server writes what is queued, the simulators remove their ports.
            let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).stderr(Stdio::null()).status();
        }
        let patience = Instant::now() + STOP;
        for (_, child) in &mut self.0 {
            while child.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The line of the server's greeting with the link of the first account; until it is used, anybody at this computer may do
/// everything. The rest of what it prints is read away, so that it never waits for us.
fn first_account(family: &mut Family) -> Receiver<String> {
    let (found, line) = mpsc::channel();
    if let Some(said) = family.0.last_mut().and_then(|(_, child)| child.stdout.take()) {
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                if line.trim_start().starts_with("First account") {
                    let _ = found.send(line.trim().to_owned());
                }
            }
        });
    }
    line
}

pub(crate) fn demo() -> Result<(), Failed> {
    setup::node()?;
    setup::packages()?;
    step("the programs", cargo(&["build", "--quiet", "-p", "chairside", "-p", "chairside-sim"]))?;
    let folder = run::top().join("target/demo");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|e| Failed(format!("{}: {e}", folder.display())))?;
    let (web, hl7) = (free_port(8080)?, free_port(2575)?);
    let config = folder.join("chairside.toml");
    std::fs::write(&config, configuration(web, hl7, &folder))
        .map_err(|e| Failed(format!("{}: {e}", config.display())))?;

    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })
    .map_err(|e| Failed(format!("Ctrl-C cannot be watched: {e}")))?;

    let mut family = Family(Vec::new());
    let mut server = Command::new(target().join("chairside"));
    server.args(["serve", "--config"]).arg(&config).env("RUST_LOG", "warn").stdout(Stdio::piped());
    family.start("chairside serve", server)?;
    let first = first_account(&mut family);
    wait_ready(web, &mut family)?;
    monitors(&mut family, hl7, &folder)?;
    println!(
        "\nChairside demo: http://{web}/\n\
         Four chairs: Chair 1 and 2 send HL7 over TCP, Chair 3 and 4 are oximeters on serial ports (ptys).\n\
         {}\n\
         Data is fresh and simulated, in target/demo. Try: kill a `chairside-sim` process and watch its chair.\n\
         Ctrl-C stops everything.",
        first.recv_timeout(READY).unwrap_or_default()
    );
    loop {
        match stopped.recv_timeout(Duration::from_secs(1)) {
            Err(RecvTimeoutError::Timeout) => {
                if let Some(name) = family.ended() {
                    if name == "chairside serve" {
                        return Err(Failed("the server ended by itself; its message stands above".into()));
                    }
                    // A killed simulator is part of the demonstration: the chair shows it.
                    family.0.retain_mut(|(_, child)| child.try_wait().is_ok_and(|ended| ended.is_none()));
                    println!("{name} ended; its chair goes to `--`. The rest goes on.");
                }
            }
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                println!("\nStopping.");
                return Ok(());
            }
        }
    }
}

/// The usual port when it is free, else any.
fn free_port(usual: u16) -> Result<SocketAddr, Failed> {
    let listener = TcpListener::bind(("127.0.0.1", usual)).or_else(|_| TcpListener::bind(("127.0.0.1", 0)));
    listener.and_then(|l| l.local_addr()).map_err(|e| Failed(format!("no free port on 127.0.0.1: {e}")))
}

fn port_link(folder: &Path, chair: u8) -> PathBuf {
    folder.join(format!("oximeter-{chair}"))
}

fn configuration(web: SocketAddr, hl7: SocketAddr, folder: &Path) -> String {
    use std::fmt::Write as _;
    let mut text = format!("data = \"data\"\nlisten = \"{web}\"\n");
    for chair in 1..=4 {
        let _ = write!(text, "\n[[chair]]\nid = \"{chair}\"\nname = \"Chair {chair}\"\n");
    }
    let _ = write!(
        text,
        "\n[[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nlisten = \"{hl7}\"\n\
         route = [{{ bed = \"BED-01\", chair = \"1\" }}, {{ bed = \"BED-02\", chair = \"2\" }}]\n"
    );
    for chair in 3..=4 {
        let port = port_link(folder, chair);
        let _ = write!(
            text,
            "\n[[source]]\nid = \"oximeter-{chair}\"\nprotocol = \"nellcor\"\nport = \"{}\"\nchair = \"{chair}\"\n",
            port.display()
        );
    }
    text
}

fn monitors(family: &mut Family, hl7: SocketAddr, folder: &Path) -> Result<(), Failed> {
    let sim = target().join("chairside-sim");
    for (name, dialect, bed, patient, seed) in [
        ("monitor of chair 1", "mindray", "BED-01", "DEMO-1", "11"),
        ("monitor of chair 2", "pcd01", "BED-02", "DEMO-2", "12"),
    ] {
        let mut command = Command::new(&sim);
        command.args(["hl7", "--to", &hl7.to_string(), "--dialect", dialect, "--bed", bed, "--patient", patient]);
        command.args(["--interval-s", "1", "--seed", seed, "--speed", "4"]);
        family.start(name, command)?;
    }
    for (name, chair, seed) in [("oximeter of chair 3", 3, "13"), ("oximeter of chair 4", 4, "14")] {
        let mut command = Command::new(&sim);
        command.arg("nellcor").arg("--link").arg(port_link(folder, chair)).args(["--interval-s", "2", "--seed", seed]);
        family.start(name, command)?;
    }
    Ok(())
}

fn wait_ready(web: SocketAddr, family: &mut Family) -> Result<(), Failed> {
    let patience = Instant::now() + READY;
    while !answers(web) {
        if family.ended() == Some("chairside serve") {
            return Err(Failed("the server ended at its start; its message stands above".into()));
        }
        if Instant::now() > patience {
            return Err(Failed(format!("nothing answers on {web} after {} s", READY.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Whether the server answers a request: by then its sources listen too.
fn answers(web: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut socket = TcpStream::connect(web)?;
        socket.set_read_timeout(Some(READY))?;
        socket.write_all(format!("GET /healthz HTTP/1.1\r\nHost: {web}\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}
