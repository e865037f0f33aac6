//! Starts the real programs and talks to them as monitors and browsers do.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Longest wait for anything that is expected: far beyond what a slow machine needs, so that only a fault reaches it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A program of this build, beside the running test or bench.
///
/// # Panics
/// When it was not built; `cargo xtask test` and `cargo xtask bench` build it first.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let folder = here.ancestors().find(|a| a.ends_with("debug") || a.ends_with("release")).unwrap();
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built: run `cargo build -p chairside -p chairside-sim` first", path.display());
    path
}

/// A running `chairside serve`, killed when dropped.
pub struct Server {
    child: Child,
    /// Where the screens are served.
    pub web: SocketAddr,
    /// Where each network source listens, by its id.
    pub sources: Vec<(String, SocketAddr)>,
}

impl Server {
    /// Starts the server on a configuration file and waits until it says where it listens. `listen` should have port 0.
    ///
    /// # Panics
    /// When it ends at its start or says nothing.
    #[must_use]
    pub fn start(config: &Path) -> Self {
        Self::start_with(config, &mut Command::new(program("chairside")))
    }

    /// The same with a command prepared by the caller, such as one under a tracer.
    ///
    /// # Panics
    /// When it ends at its start or says nothing.
    #[must_use]
    pub fn start_with(config: &Path, command: &mut Command) -> Self {
        Self::launch(config, command).expect("the server ended at its start or said nothing")
    }

    /// The same; `None` when it ends at its start or says nothing, and is dead then.
    ///
    /// # Panics
    /// When it cannot be started at all, or says something else than where it listens.
    #[must_use]
    pub fn launch(config: &Path, command: &mut Command) -> Option<Self> {
        let mut child = command
            .args(["serve", "--config"])
            .arg(config)
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let (mut web, mut sources) = (None, Vec::new());
        loop {
            let Ok(line) = lines.recv_timeout(PATIENCE) else {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            };
            let mut words = line.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some("Screens"), Some(url), _) => {
                    let at = url.trim_start_matches("http://").trim_start_matches("https://");
                    web = at.trim_end_matches('/').parse().ok();
                }
                (Some("Source"), Some(id), Some(at)) => {
                    sources.extend(at.parse().ok().map(|at| (id.to_owned(), at)));
                }
                (Some("Stop"), ..) => break,
                _ => {}
            }
        }
        Some(Self { child, web: web.expect("the server did not say where its screens are"), sources })
    }

    /// Address of a listening source.
    ///
    /// # Panics
    /// When there is no such source.
    #[must_use]
    pub fn source(&self, id: &str) -> SocketAddr {
        self.sources.iter().find(|(name, _)| name == id).unwrap_or_else(|| panic!("no source {id}")).1
    }

    /// Process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: no chance to write anything. A tracer's own child goes first, or it would live on without the tracer.
    pub fn kill(&mut self) {
        let id = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let _ = Command::new("kill").args(["-KILL", child]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Panics
    /// When it does not end in order.
    pub fn stop(mut self) {
        self.signal("TERM");
        assert!(self.child.wait().unwrap().success(), "the server did not end in order");
    }

    /// Sends it a signal, such as `STOP` or `CONT`.
    ///
    /// # Panics
    /// When it is not there any more.
    pub fn signal(&self, name: &str) {
        let (signal, id) = (format!("-{name}"), self.child.id().to_string());
        assert!(Command::new("kill").args([signal, id]).status().unwrap().success(), "the server is not there");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A simulator process, killed when dropped.
pub struct Monitor(Child);

impl Monitor {
    /// Starts `chairside-sim` with these arguments.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(program("chairside-sim"));
        Self(command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A browser's socket.
pub struct Screen(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Screen {
    /// Connects and asks for nothing.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn open(web: SocketAddr) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(format!("ws://{web}/ws")).await.unwrap();
        Self(socket)
    }

    /// The same; `None` when the server is not there or has no place.
    pub async fn try_open(web: SocketAddr) -> Option<Self> {
        let (socket, _) = tokio_tungstenite::connect_async(format!("ws://{web}/ws")).await.ok()?;
        Some(Self(socket))
    }

    /// Follows a chair without history; `false` when the socket is gone.
    pub async fn try_follow(&mut self, chair: &str) -> bool {
        let message = json!({ "kind": "follow", "chair": chair, "windowS": 0 });
        self.0.send(Message::text(message.to_string())).await.is_ok()
    }

    /// Follows a chair: after a sequence, or with that many seconds of history.
    ///
    /// # Panics
    /// When the socket is gone.
    pub async fn follow(&mut self, chair: &str, after: Option<u64>, window_s: u32) {
        let mut message = json!({ "kind": "follow", "chair": chair, "windowS": window_s });
        if let Some(after) = after {
            message["after"] = after.into();
        }
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Takes the next message and looks at nothing; `false` when the server closed the socket.
    pub async fn skip(&mut self) -> bool {
        matches!(self.0.next().await, Some(Ok(message)) if !message.is_close())
    }

    /// The next message; `None` when the server closed the socket.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await? {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The first message of which `pick` makes something.
    ///
    /// # Panics
    /// When none comes within [`PATIENCE`] or the socket closes.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(&Value) -> Option<T>) -> T {
        let found = async {
            loop {
                let message = self.next().await.expect("the server closed the socket");
                if let Some(found) = pick(&message) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.expect("the expected message did not come")
    }
}

/// The readings of one vital in a message, in order: `(seq, reading)`.
#[must_use]
pub fn readings(message: &Value, vital: &str) -> Vec<(u64, Value)> {
    let items = message.get("items").or(message.get("latest")).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter(|item| item["is"] == "reading" && item["vital"] == vital)
        .map(|item| (item["seq"].as_u64().unwrap_or(0), item.clone()))
        .collect()
}

/// A vitals message as a PCD-01 gateway sends it, framed for MLLP.
#[must_use]
pub fn vitals(control: &str, bed: &str, heart_rate: u32, spo2: u32) -> Vec<u8> {
    let time = "20261122101500+0000";
    let body = [
        format!(
            "MSH|^~\\&|RIG^0011223344556677^EUI-64|RIG|||{time}||ORU^R01^ORU_R01|{control}|P|2.6|||NE|AL||UNICODE UTF-8"
        ),
        "PID|||RIG-1^^^RIG^MR||TEST^RIG".to_owned(),
        format!("PV1||I|UNIT^^{bed}"),
        format!("OBR|1|||182777000^monitoring of patient^SCT|||{time}"),
        format!(
            "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.147842|{heart_rate}|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F"
        ),
        format!("OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.150456|{spo2}|262688^MDC_DIM_PERCENT^MDC|||||F"),
        "OBX|3|NM|149530^MDC_PULS_OXIM_PULS_RATE^MDC|1.2.1.149530|71|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F".to_owned(),
        "OBX|4|NM|151562^MDC_RESP_RATE^MDC|1.3.1.151562|14|264928^MDC_DIM_RESP_PER_MIN^MDC|||||F".to_owned(),
    ]
    .join("\r");
    [b"\x0b", body.as_bytes(), b"\r\x1c\r"].concat()
}

/// An HL7 sender that waits for each acknowledgement.
pub struct Sender {
    socket: TcpStream,
    held: Vec<u8>,
}

impl Sender {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub async fn connect(at: SocketAddr) -> std::io::Result<Self> {
        let socket = TcpStream::connect(at).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, held: Vec::new() })
    }

    /// Sends a framed message without waiting.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn send(&mut self, framed: &[u8]) -> std::io::Result<()> {
        self.socket.write_all(framed).await
    }

    /// The next acknowledgement: code and the control id it answers.
    ///
    /// # Errors
    /// The connection is gone, or what came is no acknowledgement.
    pub async fn acknowledgement(&mut self) -> std::io::Result<(String, String)> {
        let end = loop {
            if let Some(end) = self.held.windows(2).position(|two| two == b"\x1c\r") {
                break end;
            }
            let mut chunk = [0; 4096];
            let size = self.socket.read(&mut chunk).await?;
            if size == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            self.held.extend_from_slice(&chunk[..size]);
        };
        let frame: Vec<u8> = self.held.drain(..end + 2).collect();
        let text = String::from_utf8_lossy(&frame);
        let msa = text.split('\r').find_map(|s| s.strip_prefix("MSA|")).ok_or(std::io::ErrorKind::InvalidData)?;
        let mut fields = msa.split('|');
        let (code, id) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
        Ok((code.to_owned(), id.to_owned()))
    }

    /// Sends and waits for the acknowledgement.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn exchange(&mut self, framed: &[u8]) -> std::io::Result<(String, String)> {
        self.send(framed).await?;
        self.acknowledgement().await
    }
}

/// One HTTP request as a page of the same origin makes it; the whole answer as text.
///
/// # Panics
/// When the server does not answer.
pub async fn http(web: SocketAddr, method: &str, path: &str, body: &str) -> String {
    try_http(web, method, path, body).await.unwrap()
}

/// The same.
///
/// # Errors
/// The server does not answer.
pub async fn try_http(web: SocketAddr, method: &str, path: &str, body: &str) -> std::io::Result<String> {
    let mut socket = TcpStream::connect(web).await?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {web}\r\nOrigin: http://{web}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    socket.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
