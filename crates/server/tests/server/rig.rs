//! A running server, and clients for it.

use async_trait::async_trait;
use chairside_hub::{Hub, Recording};
use chairside_observation::{
    Amount, ChairId, Civil, Decimal, Entry, Frame, FrameKind, Micros, Observation, Reading, Received, Sequence,
    SourceId, Timeline, Unit, Update, Vital, What, Zone,
};
use chairside_recorder::{Binding, Recorder, Roster};
use chairside_server::{About, Deps, Figure, People, Standing, serve};
use chairside_store::{Batch, Committed, Head, SessionLog, SqliteLog, StoreError, Verified};
use chairside_wire::{FromScreen, Item, ToScreen};
use futures_util::{SinkExt, StreamExt};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Longer than anything here takes; only a hang reaches it.
const HANG: Duration = Duration::from_secs(60);

/// Wall time of the tests' clock, in seconds.
pub(crate) const NOW_S: i64 = 1_800_000_000;

/// A log whose behaviour a test decides: what it has, whether it answers, fails or panics. What SQLite does with the same
/// calls is proved in `chairside-store`.
#[derive(Default)]
pub(crate) struct TestLog {
    entries: Mutex<HashMap<Timeline, Vec<Entry>>>,
    pub(crate) fails: AtomicBool,
    pub(crate) panics: AtomicBool,
    /// When present, each read waits for a permit.
    gate: Option<Semaphore>,
}

impl TestLog {
    /// Answers nothing until the test adds permits to its gate.
    pub(crate) fn gated() -> Self {
        Self { gate: Some(Semaphore::new(0)), ..Self::default() }
    }

    pub(crate) fn record(&self, entries: &[Entry]) {
        let mut held = self.entries.lock().unwrap();
        for entry in entries {
            held.entry(entry.timeline.clone()).or_default().push(entry.clone());
        }
    }

    /// Lets a gated log answer so many questions.
    pub(crate) fn open(&self, answers: usize) {
        self.gate.as_ref().expect("a gated log").add_permits(answers);
    }

    async fn answer<T>(&self, answer: impl FnOnce(&HashMap<Timeline, Vec<Entry>>) -> T) -> Result<T, StoreError> {
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        assert!(!self.panics.load(Ordering::SeqCst), "the test asked for a panic");
        if self.fails.load(Ordering::SeqCst) {
            return Err(StoreError::Read("disk I/O error".into()));
        }
        Ok(answer(&self.entries.lock().unwrap()))
    }
}

#[async_trait]
impl SessionLog for TestLog {
    async fn append(&self, _: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        Err(StoreError::Write("only the real log can make a receipt".into()))
    }
    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let head = |(t, e): (&Timeline, &Vec<Entry>)| Some(Head { timeline: t.clone(), sequence: e.last()?.sequence });
        self.answer(|held| held.iter().filter_map(head).collect()).await
    }
    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let of = |held: &HashMap<Timeline, Vec<Entry>>| {
            let entries = held.get(timeline).into_iter().flatten();
            entries.filter(|e| e.sequence > after).take(limit).cloned().collect()
        };
        self.answer(of).await
    }
    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let entries = self.read(timeline, after, usize::MAX).await?;
        Ok(entries.into_iter().filter(|e| matches!(e.what, What::Deed(_))).take(limit).collect())
    }
    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError> {
        let of = |held: &HashMap<Timeline, Vec<Entry>>| {
            let earlier = held.get(timeline).into_iter().flatten().filter(|e| e.received.wall < wall);
            earlier.map(|e| e.sequence).max().unwrap_or_default()
        };
        self.answer(of).await
    }
    async fn latest(&self, _: &Timeline) -> Result<Vec<Entry>, StoreError> {
        self.answer(|_| Vec::new()).await
    }
    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError> {
        let of = |held: &HashMap<Timeline, Vec<Entry>>| {
            let entry = held.get(timeline)?.iter().find(|e| e.sequence == sequence)?;
            Some(Frame {
                source: entry.source.clone()?,
                offset: sequence.0 * 10,
                received: entry.received,
                kind: FrameKind::Understood,
                raw: format!("HR={sequence}\r\n", sequence = sequence.0).into_bytes().into(),
                key: None,
            })
        };
        self.answer(of).await
    }
    async fn verify(&self) -> Result<Verified, StoreError> {
        Err(StoreError::Read("nothing to verify".into()))
    }
}

pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) hub: Hub,
    /// What the server reads, unless it was started whole.
    pub(crate) log: Arc<TestLog>,
    pub(crate) recorder: Recorder,
    pub(crate) people: People,
    /// What the recorder writes.
    pub(crate) disk: Arc<dyn SessionLog>,
    /// Where the accounts are.
    pub(crate) accounts: std::path::PathBuf,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
    _folder: tempfile::TempDir,
    _watchdog: Watchdog,
}

pub(crate) async fn start() -> Rig {
    start_with(TestLog::default()).await
}

pub(crate) async fn start_with(log: TestLog) -> Rig {
    start_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), log).await
}

/// A server whose connections have small buffers, so that a client that does not read is felt soon.
pub(crate) async fn start_narrow() -> Rig {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(4096).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    start_on(socket.listen(16).unwrap(), TestLog::default()).await
}

/// A server that reads the log its recorder writes.
pub(crate) async fn start_whole() -> Rig {
    start_over(TcpListener::bind("127.0.0.1:0").await.unwrap(), None, true, None).await
}

/// The same with a provider of accounts, where one is given.
pub(crate) async fn start_accounts(openid: Option<chairside_server::OpenId>) -> Rig {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    start_all(listener, None, true, Optional { openid, ..Optional::default() }).await
}

/// A server of a program that has a layer of limit notices.
pub(crate) async fn start_noticing(notices: Arc<dyn chairside_server::Notices>) -> Rig {
    start_over(TcpListener::bind("127.0.0.1:0").await.unwrap(), None, true, Some(notices)).await
}

/// A server whose recorder cannot write.
pub(crate) async fn start_unwritable() -> Rig {
    start_over(TcpListener::bind("127.0.0.1:0").await.unwrap(), None, false, None).await
}

/// A server that speaks TLS.
pub(crate) async fn start_secure(tls: chairside_server::Tls) -> Rig {
    let log = Some(TestLog::default());
    let optional = Optional { tls: Some(tls), ..Optional::default() };
    start_all(TcpListener::bind("127.0.0.1:0").await.unwrap(), log, true, optional).await
}

async fn start_on(listener: TcpListener, log: TestLog) -> Rig {
    start_over(listener, Some(log), true, None).await
}

/// People's deeds go through the real recorder, into SQLite unless it is not `writable`; what screens read comes from `log`
/// where one is given.
async fn start_over(
    listener: TcpListener,
    log: Option<TestLog>,
    writable: bool,
    notices: Option<Arc<dyn chairside_server::Notices>>,
) -> Rig {
    start_all(listener, log, writable, Optional { notices, ..Optional::default() }).await
}

/// What a program may have.
#[derive(Default)]
struct Optional {
    notices: Option<Arc<dyn chairside_server::Notices>>,
    tls: Option<chairside_server::Tls>,
    openid: Option<chairside_server::OpenId>,
}

async fn start_all(listener: TcpListener, log: Option<TestLog>, writable: bool, optional: Optional) -> Rig {
    let Optional { notices, tls, openid } = optional;
    let address = listener.local_addr().unwrap();
    let hub = Hub::new();
    let folder = tempfile::tempdir().unwrap();
    let clock: chairside_recorder::Clock = Arc::new(|| received(0));
    let disk = SqliteLog::open(&folder.path().join("log.db"), "boot-1", clock.clone()).await.unwrap();
    let disk: Arc<dyn SessionLog> = if writable { Arc::new(disk) } else { Arc::new(TestLog::default()) };
    let recorder =
        chairside_recorder::start(disk.clone(), hub.clone(), roster(), Arc::new(Utc), clock.clone()).await.unwrap();
    let people = open_people(folder.path());
    let test_log = log.map(Arc::new);
    let (stop, stopped) = oneshot::channel::<()>();
    let deps = Deps {
        log: test_log.clone().map_or(disk.clone(), |log| log as Arc<dyn SessionLog>),
        hub: hub.clone(),
        desk: recorder.desk.clone(),
        sources: Arc::new(OneSource),
        house: Arc::new(SmallHouse),
        notices,
        clock,
        about: About {
            version: "0.1.0".into(),
            run: "run-1".into(),
            boot: "boot-1".into(),
            zone: "Europe/Berlin".into(),
        },
        key: Some(chairside_store::seal::SigningKey::new(&[7; 32])),
        uplink: None,
        offsets: Arc::new(Berlin),
        people: people.clone(),
        openid,
        listen: address,
        tls,
    };
    let served = tokio::spawn(async move {
        serve(listener, deps, async {
            let _ = stopped.await;
        })
        .await;
    });
    let log = test_log.unwrap_or_default();
    let rig = Rig {
        address,
        hub,
        log,
        recorder,
        people,
        disk,
        accounts: folder.path().join(chairside_access::file::NAME),
        stop: Some(stop),
        served: Some(served),
        _folder: folder,
        _watchdog: Watchdog::new(),
    };
    // The recorder's own first entry: afterwards nothing but the test makes anything happen.
    rig.until(|rig| match rig.hub.recording() {
        Recording::Yes => writable && rig.hub.marks(&Timeline::House).1 >= Sequence(1),
        Recording::No { .. } => !writable,
    })
    .await;
    rig
}

/// A house whose last backup is known and whose disk is not.
struct SmallHouse;

impl chairside_server::House for SmallHouse {
    fn standing(&self) -> Standing {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/health-page.json");
        let page: chairside_wire::HealthPage = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        Standing {
            started_wall_us: page.started_wall_us,
            disk: None,
            backup: page.backup,
            certificate: page.certificate,
            clock: page.clock,
            queues: page.queues,
            parts: page.parts,
            sources_up: 2,
            sources: 3,
        }
    }

    fn ehr(&self) -> chairside_wire::EhrPage {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/ehr-page.json");
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    fn figures(&self) -> Vec<Figure> {
        vec![Figure::counter("chairside_readings_total", "Readings.", 7)]
    }
}

/// Accounts in a folder of their own; there are none yet, so that anybody at this computer may do everything.
fn open_people(folder: &std::path::Path) -> People {
    let random: chairside_server::Random = Arc::new(|bytes: &mut [u8]| {
        use std::io::Read;
        std::fs::File::open("/dev/urandom")?.read_exact(bytes)
    });
    People::open(folder.join(chairside_access::file::NAME), random).unwrap()
}

/// One source, `com3`, with three kept frames.
struct OneSource;

impl chairside_server::Sources for OneSource {
    fn all(&self) -> chairside_wire::Sources {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wire/sources.json");
        let mut all: chairside_wire::Sources = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        all.sources.truncate(1);
        all.sources[0].id = "com3".into();
        all
    }

    fn adapters(&self) -> BTreeMap<SourceId, String> {
        BTreeMap::from([("com3".into(), "nellcor".to_owned())])
    }

    fn bytes(&self, source: &SourceId, after: u64) -> Option<chairside_wire::SourceBytes> {
        let frame = |number| {
            let frame = Frame {
                source: source.clone(),
                offset: number * 10,
                received: received(0),
                kind: FrameKind::Understood,
                raw: (*b"HR= 61\r\n").into(),
                key: None,
            };
            chairside_wire::heard_frame(number, &frame, 8, &[], 0)
        };
        (source.as_str() == "com3").then(|| chairside_wire::SourceBytes {
            source: source.to_string(),
            newest: 3,
            frames: (after + 1..=3).map(frame).collect(),
        })
    }
}

/// Three chairs; one source bound to the first, one that comes by bed.
fn roster() -> Roster {
    let chairs = ["1", "2", "3"].map(|chair| (chair.into(), chair.into())).into();
    let beds = BTreeMap::from([("BED-2".into(), "2".into())]);
    let sources = BTreeMap::from([("com3".into(), Binding::Chair("1".into())), ("hl7".into(), Binding::Beds(beds))]);
    Roster { chairs, sources, ..Roster::default() }
}

/// One hour east, as in winter.
struct Berlin;
impl chairside_export::Offsets for Berlin {
    fn offset_min(&self, _: Micros) -> i16 {
        60
    }
}

struct Utc;
impl Zone for Utc {
    fn utc(&self, civil: Civil) -> Micros {
        civil.utc().unwrap_or_else(|| civil.face())
    }
}

impl Rig {
    /// Live and on disk.
    pub(crate) fn publish(&self, entries: &[Entry]) {
        self.log.record(entries);
        self.publish_live(entries);
    }

    /// Live only: the log does not have it yet.
    pub(crate) fn publish_live(&self, entries: &[Entry]) {
        let timeline = entries[0].timeline.clone();
        self.hub.publish(Update { timeline, entries: entries.to_vec(), every: Some(Micros::from_secs(1)) });
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }

    pub(crate) async fn stopped(&mut self) {
        self.served.take().unwrap().await.unwrap();
    }

    /// A screen as a program opens it: no `Origin`.
    pub(crate) async fn screen(&self) -> Client {
        Client::open(self.address, &[]).await.unwrap()
    }

    /// Waits until `condition`, giving the server its turn.
    pub(crate) async fn until(&self, condition: impl Fn(&Self) -> bool) {
        while !condition(self) {
            tokio::task::yield_now().await;
        }
    }
}

/// Ends the test run when a test hangs. In real time and on a thread of its own, because a paused clock runs ahead while a
/// test waits for a socket.
struct Watchdog {
    _alive: mpsc::Sender<()>,
}

impl Watchdog {
    fn new() -> Self {
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        let (alive, end) = mpsc::channel::<()>();
        std::thread::spawn(move || {
            if end.recv_timeout(HANG) == Err(mpsc::RecvTimeoutError::Timeout) {
                eprintln!("{test} hangs");
                std::process::exit(101);
            }
        });
        Self { _alive: alive }
    }
}

pub(crate) fn received(second: i64) -> Received {
    Received { mono: Micros::from_secs(1_000 + second), wall: Micros::from_secs(NOW_S + second) }
}

pub(crate) fn chair(id: &str) -> Timeline {
    Timeline::Chair(ChairId::from(id))
}

/// A heart rate that reached the server in that second of the tests' clock.
pub(crate) fn reading(chair_id: &str, sequence: u64, second: i64) -> Entry {
    let amount = Reading::Valid(Amount::One(Decimal::whole(60 + sequence as i64 % 60)));
    Entry {
        timeline: chair(chair_id),
        sequence: Sequence(sequence),
        received: received(second),
        age: Micros(0),
        source: Some(SourceId::from("com3")),
        what: What::Reading(Observation::new(Vital::HeartRate, amount, Unit::PerMin, 0..8)),
    }
}

pub(crate) fn readings(chair_id: &str, sequences: std::ops::RangeInclusive<u64>) -> Vec<Entry> {
    sequences.map(|sequence| reading(chair_id, sequence, 0)).collect()
}

/// A screen, as the server sees one.
pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
}

/// What ended a connection: the sentence before, and the close code.
pub(crate) type Ended = (Option<String>, Option<u16>);

impl Client {
    /// # Errors
    /// The HTTP status of a refusal.
    pub(crate) async fn open(address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        Self::open_on(TcpStream::connect(address).await.unwrap(), address, headers).await
    }

    /// A client that takes little before it reads.
    pub(crate) async fn narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self::open_on(socket.connect(address).await.unwrap(), address, &[]).await.unwrap()
    }

    async fn open_on(stream: TcpStream, address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    pub(crate) async fn say(&mut self, message: &FromScreen) {
        self.say_text(&serde_json::to_string(message).unwrap()).await;
    }

    pub(crate) async fn say_text(&mut self, text: &str) {
        self.say_raw(Message::text(text)).await;
    }

    pub(crate) async fn say_raw(&mut self, message: Message) {
        // A server that closed already is seen by what it said.
        let _ = self.socket.send(message).await;
    }

    pub(crate) async fn follow(&mut self, chair: &str, after: Option<u64>, window_s: u32) {
        self.say(&FromScreen::Follow { chair: chair.into(), after, window_s }).await;
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> ToScreen {
        match self.hear_or_end().await {
            Ok(message) => message,
            Err(ended) => panic!("the connection ended: {ended:?}"),
        }
    }

    pub(crate) async fn hear_or_end(&mut self) -> Result<ToScreen, Ended> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err((None, frame.map(|f| u16::from(f.code)))),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err((None, None)),
            }
        }
    }

    /// The next message but beats, which come whenever their second is full, and words of chairs that never had a session.
    pub(crate) async fn hear_news(&mut self) -> ToScreen {
        loop {
            let message = self.hear().await;
            if !matches!(message, ToScreen::Beat { .. } | ToScreen::Session { session: None, .. }) {
                return message;
            }
        }
    }

    /// The first message that `pick` takes; the others are passed over.
    pub(crate) async fn hear_until<T>(&mut self, mut pick: impl FnMut(ToScreen) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(self.hear().await) {
                return found;
            }
        }
    }

    /// Reads to the end.
    pub(crate) async fn ended(&mut self) -> Ended {
        let mut sentence = None;
        loop {
            match self.hear_or_end().await {
                Ok(ToScreen::Bye { reason }) => sentence = Some(reason),
                Ok(_) => {}
                Err((_, code)) => return (sentence, code),
            }
        }
    }

    /// Hello, roster and the clinic's settings.
    pub(crate) async fn greeted(&mut self) {
        assert!(matches!(self.hear().await, ToScreen::Hello { .. }));
        assert!(matches!(self.hear().await, ToScreen::Roster { .. }));
        assert!(matches!(self.hear().await, ToScreen::Clinic { .. }));
    }
}

pub(crate) const POLICY: u16 = 1008;
pub(crate) const UNSUPPORTED: u16 = 1003;

pub(crate) fn away() -> u16 {
    u16::from(CloseCode::Away)
}

pub(crate) fn seq(item: &Item) -> u64 {
    match item {
        Item::Reading(reading) => reading.seq,
        Item::Link(link) => link.seq,
        Item::Notice(notice) => notice.seq,
    }
}

pub(crate) fn seqs(items: &[Item]) -> Vec<u64> {
    items.iter().map(seq).collect()
}

/// What one follow of one chair brought: the snapshot's head, the history, the live entries, in the order they came.
#[derive(Debug, Default)]
pub(crate) struct Followed {
    pub(crate) head: Option<u64>,
    pub(crate) history: Vec<u64>,
    pub(crate) live: Vec<u64>,
    pub(crate) done: bool,
    pub(crate) incomplete: bool,
    pub(crate) dropped: u64,
}

impl Followed {
    pub(crate) fn take(&mut self, message: ToScreen) {
        match message {
            ToScreen::Snapshot { head, .. } => *self = Self { head: Some(head), ..Self::default() },
            ToScreen::History { items, done, incomplete, .. } => {
                assert!(!self.done, "history after its last part");
                self.history.extend(seqs(&items));
                (self.done, self.incomplete) = (done, incomplete);
            }
            ToScreen::Items { items, .. } => self.live.extend(seqs(&items)),
            ToScreen::Dropped { count } => self.dropped += count,
            _ => {}
        }
    }

    /// Both together, in order of sequence.
    pub(crate) fn all(&self) -> Vec<u64> {
        let mut all = [self.history.as_slice(), &self.live].concat();
        all.sort_unstable();
        all
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// `code` of a refusal.
    pub(crate) fn code(&self) -> String {
        let refusal: chairside_wire::Refusal = serde_json::from_slice(&self.body).unwrap();
        assert!(refusal.message.len() > 10, "a sentence for people: {}", refusal.message);
        refusal.code
    }
}

/// One request on a connection of its own. `Host` is the server's address unless given.
pub(crate) async fn ask(rig: &Rig, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut head = format!("{request} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head += &format!("Host: {}\r\n", rig.address);
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    ask_raw(rig, &[head.as_bytes(), body].concat()).await
}

pub(crate) async fn get(rig: &Rig, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(rig, &format!("GET {path}"), headers, b"").await
}

pub(crate) async fn ask_raw(rig: &Rig, bytes: &[u8]) -> Answer {
    ask_over(TcpStream::connect(rig.address).await.unwrap(), bytes).await
}

pub(crate) async fn ask_over(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> Answer {
    // A server that refuses early may close before it read all of it.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a whole head");
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_owned()));
    Answer { status, headers: headers.collect(), body: answer[end + 4..].to_vec() }
}
