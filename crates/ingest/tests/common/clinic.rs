//! A real recorder over a real log in a folder of its own, whose disk can be held back or broken.

use async_trait::async_trait;
use chairside_decode::catalog::Protocol;
use chairside_decode::generic::{Description, Setting};
use chairside_hub::{Event, Hub, Recording, Screen};
use chairside_ingest::{Running, SourceSpec, Transport, spawn};
use chairside_observation::{Civil, Entry, Frame, Link, LinkState, Micros, Received, Sequence, Timeline, What, Zone};
use chairside_recorder::{Binding, Clock, Recorder, Roster};
use chairside_store::{Batch, Committed, Head, SessionLog, StoreError, Verified};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch;

/// What the disk does with a write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    Works,
    Hangs,
    Fails,
}

/// The log, behind a disk the test decides on.
pub struct Gate {
    log: Arc<dyn SessionLog>,
    disk: watch::Sender<Disk>,
}

#[async_trait]
impl SessionLog for Gate {
    async fn append(&self, batches: &[Arc<Batch>]) -> Result<Committed, StoreError> {
        let mut disk = self.disk.subscribe();
        let now = *disk.wait_for(|d| *d != Disk::Hangs).await.unwrap();
        if now == Disk::Fails {
            return Err(StoreError::Write("the test's disk fails".into()));
        }
        self.log.append(batches).await
    }

    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        self.log.heads().await
    }

    async fn read(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.log.read(timeline, after, limit).await
    }

    async fn deeds(&self, timeline: &Timeline, after: Sequence, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.log.deeds(timeline, after, limit).await
    }

    async fn before(&self, timeline: &Timeline, wall: Micros) -> Result<Sequence, StoreError> {
        self.log.before(timeline, wall).await
    }

    async fn latest(&self, timeline: &Timeline) -> Result<Vec<Entry>, StoreError> {
        self.log.latest(timeline).await
    }

    async fn frame(&self, timeline: &Timeline, sequence: Sequence) -> Result<Option<Frame>, StoreError> {
        self.log.frame(timeline, sequence).await
    }

    async fn verify(&self) -> Result<Verified, StoreError> {
        self.log.verify().await
    }
}

struct Utc;

impl Zone for Utc {
    fn utc(&self, civil: Civil) -> Micros {
        civil.utc().unwrap_or_else(|| civil.face())
    }
}

/// One chair, one source called `s`.
pub struct Clinic {
    pub folder: tempfile::TempDir,
    pub log: Arc<Gate>,
    pub recorder: Recorder,
    hub: Hub,
    stop: watch::Sender<bool>,
    clock: Clock,
}

/// Longest a test waits for anything; only a broken build gets there.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ends a test that waits for something that does not come. Not a timer of the runtime: those may be paused.
pub async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    let (fire, fired) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        std::thread::sleep(PATIENCE);
        let _ = fire.send(());
    });
    tokio::select! {
        done = future => done,
        _ = fired => panic!("waited in vain for {what}"),
    }
}

impl Clinic {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let clock: Clock = Arc::new(move || Received {
            mono: micros(began.elapsed()),
            wall: micros(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap()),
        });
        let file = folder.path().join("data/chairside.db");
        let log = chairside_store::sqlite::SqliteLog::open(&file, "this boot", Arc::clone(&clock)).await.unwrap();
        let log = Arc::new(Gate { log: Arc::new(log), disk: watch::Sender::new(Disk::Works) });
        let roster = Roster {
            chairs: vec![("1".into(), "Chair 1".into())],
            sources: [("s".into(), Binding::Chair("1".into()))].into(),
            ..Roster::default()
        };
        let hub = Hub::new();
        let gate: Arc<dyn SessionLog> = log.clone();
        let recorder =
            chairside_recorder::start(gate, hub.clone(), roster, Arc::new(Utc), Arc::clone(&clock)).await.unwrap();
        Self { folder, log, recorder, hub, stop: watch::Sender::new(false), clock }
    }

    pub fn disk(&self, disk: Disk) {
        self.log.disk.send_replace(disk);
    }

    pub fn spec(&self, protocol: Protocol, transport: Transport) -> SourceSpec {
        let description = (protocol == Protocol::Generic).then(described);
        SourceSpec {
            id: "s".into(),
            protocol,
            profile: None,
            description,
            parity: None,
            transport,
            passive: false,
            secure: None,
            capture: None,
        }
    }

    pub fn start(&self, spec: SourceSpec) -> Running {
        let intake = self.recorder.intake.clone();
        spawn(spec, intake, Arc::clone(&self.clock), "test", self.stop.subscribe()).unwrap()
    }

    /// An HL7 listener on a free port.
    pub fn listener(&self) -> Running {
        let addr = "127.0.0.1:0".parse().unwrap();
        self.start(self.spec(Protocol::Hl7, Transport::Listen { addr, allow: Vec::new() }))
    }

    pub async fn stop(&self, running: Running) {
        self.stop.send_replace(true);
        in_time("the source to end", running.task).await.unwrap();
    }

    pub fn chair() -> Timeline {
        Timeline::Chair("1".into())
    }

    /// A screen that follows the chair from now on.
    pub fn screen(&self) -> Watcher {
        let screen = self.hub.join();
        let snapshot = screen.follow(&Self::chair());
        Watcher { screen, queue: snapshot.recent.into() }
    }

    /// Waits until everything shown is in the log. After a failed write the recorder tries again by itself; and while
    /// the clock is paused it may take a working disk for a hanging one.
    pub async fn settled(&self) {
        in_time("everything to be recorded", async {
            loop {
                let (head, recorded, _) = self.hub.marks(&Self::chair());
                if head == recorded && self.hub.recording() == Recording::Yes {
                    return;
                }
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Everything of the chair that is in the log.
    pub async fn entries(&self) -> Vec<Entry> {
        self.log.read(&Self::chair(), Sequence(0), 10_000).await.unwrap()
    }

    /// Bytes of the chair's frames that are in the log, each frame once.
    pub async fn recorded_bytes(&self) -> u64 {
        let mut frames = std::collections::BTreeMap::new();
        for entry in self.entries().await {
            if let Some(frame) = self.log.frame(&Self::chair(), entry.sequence).await.unwrap() {
                frames.insert(frame.offset, frame.raw.len() as u64);
            }
        }
        frames.values().sum()
    }

    /// Readings of the chair that are in the log.
    pub async fn readings(&self) -> usize {
        self.entries().await.iter().filter(|e| matches!(e.what, What::Reading(_))).count()
    }
}

fn micros(length: Duration) -> Micros {
    Micros(i64::try_from(length.as_micros()).unwrap())
}

/// What a screen at the chair sees, in order.
pub struct Watcher {
    screen: Screen,
    queue: VecDeque<Entry>,
}

impl Watcher {
    pub async fn next(&mut self) -> Entry {
        in_time("an entry on the screen", async {
            loop {
                if let Some(entry) = self.queue.pop_front() {
                    return entry;
                }
                if let Event::Update(update) = self.screen.next().await.unwrap() {
                    self.queue.extend(update.entries.iter().cloned());
                }
            }
        })
        .await
    }

    /// The next change of the link.
    pub async fn link(&mut self) -> Link {
        loop {
            if let What::Link(link) = self.next().await.what {
                return link;
            }
        }
    }

    /// The reason given when the link next comes to `state`.
    pub async fn until(&mut self, state: LinkState) -> String {
        loop {
            let link = self.link().await;
            if link.state == state {
                return link.reason.into();
            }
        }
    }

    /// Waits for a reading.
    pub async fn reading(&mut self) {
        while !matches!(self.next().await.what, What::Reading(_)) {}
    }
}

/// A device that prints a line such as `SPO2=097`.
fn described() -> Arc<Description> {
    let field = Setting::from([("vital", "spo2".into()), ("key", "SPO2".into()), ("suffix", "%".into())]);
    let lines = Setting::from([("kind", "key_value".into()), ("field", Setting::List(vec![field]))]);
    Arc::new(Description::new(&lines, "lines").unwrap())
}
