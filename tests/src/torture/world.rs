//! One data folder through rounds of torture.

use super::disk::{ALWAYS, Call, Disk, EIO, EMFILE, Knob, Left};
use super::ledger::{BEDS, CABLE, Ledger, clock_steps};
use super::load::{self, Around};
use super::plan::{End, Fault, Recovery, Round, Timed};
use crate::rig::{Server, program};
use chairside_sim::rng::Rng;
use sqlx::{Connection, SqliteConnection};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

/// Room of the disk where there is a real one to fill: a journal of 8 MiB, its successor, and the tables of some rounds.
const ROOM: &str = "size=96m";
/// Ballast is laid down in pieces of this.
const BALLAST: u64 = 1 << 20;
/// The longest a screen may see nothing new while monitors speak, the server runs and nothing keeps it from running. Far
/// above what is usual, since other programs share the machine.
const SILENCE_MAX: Duration = Duration::from_secs(8);
/// A failing disk is to be told within a second (P03); more on a machine that is shared.
const TOLD_MAX: Duration = Duration::from_secs(5);
/// A fault of the disk this long has to be told.
const TOLD_FROM: Duration = Duration::from_millis(1200);
/// The change of daylight saving in New York, in UTC, less two seconds: 2026-03-08T07:00 and 2026-11-01T06:00.
const DAYLIGHT_S: (i64, i64) = (1_772_953_200 - 2, 1_793_512_800 - 2);

/// What a round came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Receipts so far in this folder.
    pub receipts: usize,
    /// Calls that failed in this round.
    pub injected: u64,
    /// How long until "not recording" was told, where it had to be.
    pub told_after: Option<Duration>,
    /// The longest a screen saw nothing new.
    pub silence: Duration,
}

/// A data folder, what is known of it, and the disk under it.
pub struct World {
    folder: TempDir,
    disk: Disk,
    /// A disk of its own that can be filled.
    mounted: Option<PathBuf>,
    config: PathBuf,
    ledger: Arc<Mutex<Ledger>>,
    next: Arc<AtomicU32>,
}

impl World {
    /// A new folder. With `own_disk` it lies on a small disk in memory, which only root can have.
    ///
    /// # Errors
    /// In a sentence.
    pub fn new(own_disk: bool) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let place = folder.path().join("disk");
        std::fs::create_dir(&place).map_err(|e| e.to_string())?;
        let mounted = own_disk.then(|| mount(&place)).transpose()?.map(|()| place.clone());
        let disk = Disk::new(folder.path(), &place.join("data")).map_err(|e| e.to_string())?;
        let config = folder.path().join("chairside.toml");
        std::fs::write(&config, configuration(&disk.data, &folder.path().join("cable"))).map_err(|e| e.to_string())?;
        Ok(Self { folder, disk, mounted, config, ledger: Arc::default(), next: Arc::new(AtomicU32::new(1)) })
    }

    /// The disk.
    #[must_use]
    pub const fn disk(&self) -> &Disk {
        &self.disk
    }

    /// What is known so far.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn database(&self) -> PathBuf {
        self.disk.data.join("chairside.db")
    }

    /// Starts the server; what it says goes to a file that is shown when something is wrong.
    #[must_use]
    pub fn start(&self) -> Option<Server> {
        let mut command = self.disk.server();
        if let Ok(said) = File::options().create(true).append(true).open(self.folder.path().join("said")) {
            command.stderr(said);
        }
        Server::launch(&self.config, &mut command)
    }

    fn said(&self) -> String {
        let text = std::fs::read_to_string(self.folder.path().join("said")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n    ")
    }

    /// Plays a round, recovers, and compares.
    ///
    /// # Errors
    /// Everything that is not as promised, in sentences.
    pub async fn play(&self, round: &Round) -> Result<Outcome, String> {
        let mut rng = Rng::new(round.seed);
        let (server, around) = self.begin()?;
        let all = around.start(&mut rng);
        let begun = Instant::now();
        let mut run = Run { world: self, server, around, rng, undo: Vec::new(), told_by: None };
        run.faults(round, begun).await;
        let (outcome, mut rng) = run.end(round, all).await?;
        self.recover(round, &mut rng).await;
        self.check().await?;
        Ok(outcome)
    }

    fn begin(&self) -> Result<(Server, Around), String> {
        self.disk.heal();
        let server = self.start().ok_or_else(|| format!("the server does not start:\n    {}", self.said()))?;
        let around = Around {
            ledger: Arc::clone(&self.ledger),
            next: Arc::clone(&self.next),
            over: Arc::new(AtomicBool::new(false)),
            silent: Arc::new(AtomicBool::new(false)),
            web: server.web,
            gateway: server.source("gateway"),
            cable: self.folder.path().join("cable"),
        };
        Ok((server, around))
    }

    /// A server on a healthy disk, and everybody around it.
    ///
    /// # Errors
    /// The server does not start.
    pub fn loaded(&self, seed: u64) -> Result<(Server, Around, JoinSet<()>), String> {
        let (server, around) = self.begin()?;
        let all = around.start(&mut Rng::new(seed));
        Ok((server, around, all))
    }

    /// Load for a while, then the power goes. With `lying` the disk has said "flushed" from the start on and done nothing.
    ///
    /// # Errors
    /// The server does not start, or the files cannot be read.
    pub async fn cut_under_load(&self, seed: u64, lying: bool, left: Left, load: Duration) -> Result<(), String> {
        let (mut server, around, mut all) = self.loaded(seed)?;
        self.disk.set(Knob::Lie, u64::from(lying));
        sleep(load).await;
        server.kill();
        around.end(&mut all).await;
        self.ledger().crashed();
        self.disk.cut(left, &mut Rng::new(seed)).map_err(|e| e.to_string())
    }

    /// The start after the round may fail, or be killed, or lose its power.
    async fn recover(&self, round: &Round, rng: &mut Rng) {
        self.disk.heal();
        let ms = match round.recovery {
            Recovery::Calm => return,
            Recovery::Killed { ms } | Recovery::Cut { ms } => ms,
            Recovery::Fails { call, k, ms } => {
                self.disk.fail_at_start(call, k, ALWAYS, EIO);
                ms
            }
        };
        let mut command = self.disk.server();
        command.args(["serve", "--config"]).arg(&self.config);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        if let Ok(mut child) = command.spawn() {
            sleep(Duration::from_millis(ms.into())).await;
            let _ = child.kill();
            let _ = child.wait();
        }
        self.disk.heal();
        if matches!(round.recovery, Recovery::Cut { .. }) {
            let _ = self.disk.cut(Left::Torn, rng);
        }
    }

    /// Starts on an honest disk, stops in order, verifies, compares.
    ///
    /// # Errors
    /// What does not fit, in sentences.
    pub async fn check(&self) -> Result<(), String> {
        self.disk.heal();
        let server = self.start().ok_or_else(|| format!("the server does not start again:\n    {}", self.said()))?;
        server.stop();
        let database = self.database();
        let verify = Command::new(program("chairside")).arg("verify").arg(&database).output();
        let verify = verify.map_err(|e| e.to_string())?;
        let verdict = String::from_utf8_lossy(&verify.stdout).into_owned();
        let ledger = std::mem::take(&mut *self.ledger());
        let wrong = ledger.compare(&database).await;
        *self.ledger() = ledger;
        let mut wrong = wrong.map_err(|e| e.to_string())?;
        if !verify.status.success() || !verdict.contains("whole") {
            wrong.push(format!("verify says: {verdict}{}", String::from_utf8_lossy(&verify.stderr)));
        }
        self.steps(&database).await.map_err(|e| e.to_string())?.into_iter().for_each(|s| wrong.push(s));
        if wrong.is_empty() {
            return Ok(());
        }
        let count = wrong.len();
        wrong.truncate(10);
        Err(format!(
            "{count} things are wrong:\n  {}\n  the server said last:\n    {}",
            wrong.join("\n  "),
            self.said()
        ))
    }

    async fn steps(&self, database: &Path) -> Result<Option<String>, sqlx::Error> {
        let expected = self.ledger().steps;
        let found = clock_steps(database).await?;
        Ok((found < expected).then(|| format!("{expected} steps of the clock, {found} entries about them")))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(place) = &self.mounted {
            let _ = Command::new("umount").arg("-l").arg(place).status();
        }
    }
}

fn mount(place: &Path) -> Result<(), String> {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", ROOM, "none"]).arg(place).status();
    if mounted.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err("a small disk cannot be mounted; run this as root, or without it".to_owned())
}

fn configuration(data: &Path, cable: &Path) -> String {
    let mut text = format!("data = \"{}\"\nlisten = \"127.0.0.1:0\"\nzone = \"America/New_York\"\n", data.display());
    let mut route = String::new();
    for chair in 1..=CABLE {
        text += &format!("[[chair]]\nid = \"{chair}\"\n");
        if chair <= BEDS {
            route += &format!("{{ bed = \"B{chair}\", chair = \"{chair}\" }}, ");
        }
    }
    let gateway = "[[source]]\nid = \"gateway\"\nprotocol = \"hl7\"\nprofile = \"pcd01\"\nlisten = \"127.0.0.1:0\"\n";
    text += &format!("{gateway}route = [{route}]\n");
    text + &format!(
        "[[source]]\nid = \"cable\"\nprotocol = \"masimo\"\nport = \"{}\"\nchair = \"{CABLE}\"\n",
        cable.display()
    )
}

/// What takes a fault back.
enum Undo {
    Disk,
    Ballast(PathBuf),
    Unlock(SqliteConnection),
    Resume,
    Quiet,
}

/// One run of the server.
struct Run<'a> {
    world: &'a World,
    server: Server,
    around: Around,
    rng: Rng,
    undo: Vec<(Instant, Undo)>,
    /// Since when "not recording" is owed.
    told_by: Option<(Instant, Duration)>,
}

impl Run<'_> {
    async fn faults(&mut self, round: &Round, begun: Instant) {
        let end = begun + Duration::from_millis(round.run_ms.into());
        let mut coming = round.faults.iter().peekable();
        loop {
            let next = coming.peek().map(|timed| begun + Duration::from_millis(timed.at_ms.into()));
            let undo = self.undo.iter().map(|(at, _)| *at).min();
            let at = next.into_iter().chain(undo).chain([end]).min().unwrap_or(end);
            sleep_until(at.into()).await;
            if at == end {
                return;
            }
            if next == Some(at) {
                if let Some(timed) = coming.next() {
                    self.begin(timed).await;
                }
            } else {
                self.take_back(at).await;
            }
        }
    }

    async fn begin(&mut self, timed: &Timed) {
        let lasts = Duration::from_millis(timed.lasts_ms.into());
        let undo = match timed.fault {
            Fault::Fails { call, k, times, short } => Some(self.fails(call, k, times, short, lasts)),
            Fault::Full => Some(self.full()),
            Fault::Slow { us } => {
                self.world.disk.set(Knob::FlushDelayUs, us);
                Some(Undo::Disk)
            }
            Fault::Locked => self.lock().await.map(Undo::Unlock),
            Fault::Clock { by_s } => self.step(by_s),
            Fault::Daylight { spring } => {
                let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs().cast_signed();
                let offset = self.world.disk.get(Knob::ClockOffsetUs).cast_signed() / 1_000_000;
                let to = if spring { DAYLIGHT_S.0 } else { DAYLIGHT_S.1 };
                self.step(to - now - offset)
            }
            Fault::Paused => {
                self.around.silent.store(true, Ordering::Relaxed);
                self.server.signal("STOP");
                Some(Undo::Resume)
            }
            _ => self.people(timed.fault, lasts),
        };
        self.undo.extend(undo.map(|undo| (Instant::now() + lasts, undo)));
    }

    fn fails(&mut self, call: Call, k: u64, times: Option<u64>, short: bool, lasts: Duration) -> Undo {
        let disk = &self.world.disk;
        disk.set(Knob::WriteShort, u64::from(short));
        disk.fail(call, k, times.unwrap_or(ALWAYS), if call == Call::Open { EMFILE } else { EIO });
        // Of a disk that opens nothing the journal's file, which is open, does not suffer.
        if times.is_none() && k == 1 && lasts > TOLD_FROM && call != Call::Open {
            self.world.ledger().told_not_recording = None;
            self.told_by = Some((Instant::now(), lasts));
        }
        Undo::Disk
    }

    /// A real full disk where there is one to fill, else one that says it is.
    fn full(&self) -> Undo {
        let Some(place) = &self.world.mounted else {
            self.world.disk.fill();
            return Undo::Disk;
        };
        let ballast = place.join("ballast");
        if let Ok(file) = File::create(&ballast) {
            let mut size = 0;
            while rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), size, BALLAST).is_ok() {
                size += BALLAST;
            }
            while rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), size, 4096).is_ok() {
                size += 4096;
            }
        }
        Undo::Ballast(ballast)
    }

    async fn lock(&self) -> Option<SqliteConnection> {
        let url = format!("sqlite:{}", self.world.database().display());
        let mut log = SqliteConnection::connect(&url).await.ok()?;
        sqlx::query("begin immediate").execute(&mut log).await.ok()?;
        Some(log)
    }

    fn step(&self, by_s: i64) -> Option<Undo> {
        let disk = &self.world.disk;
        let offset = disk.get(Knob::ClockOffsetUs).cast_signed();
        disk.set(Knob::ClockOffsetUs, (offset + by_s * 1_000_000).cast_unsigned());
        None
    }

    /// Faults of those around the server.
    fn people(&mut self, fault: Fault, lasts: Duration) -> Option<Undo> {
        let (web, gateway) = (self.around.web, self.around.gateway);
        match fault {
            Fault::Flapping => load::pull(&self.around.cable),
            Fault::Garbage => {
                for at in [web, gateway] {
                    tokio::spawn(load::garbage(at, Rng::new(self.rng.next_u64())));
                    tokio::spawn(load::headers(at, lasts));
                }
            }
            Fault::DeadScreens { count } => {
                for _ in 0..count {
                    tokio::spawn(load::dead_screen(web, CABLE, lasts));
                }
            }
            Fault::Dripping { count } => {
                for _ in 0..count {
                    tokio::spawn(async move {
                        if let Ok(socket) = TcpStream::connect(gateway).await {
                            load::drip(gateway, socket, Duration::from_millis(100), lasts).await;
                        }
                    });
                }
            }
            _ => {}
        }
        None
    }

    async fn take_back(&mut self, at: Instant) {
        let (now, later) = std::mem::take(&mut self.undo).into_iter().partition(|(until, _)| *until <= at);
        self.undo = later;
        for (_, undo) in now {
            self.undo(undo).await;
        }
    }

    async fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::Disk => self.world.disk.heal(),
            Undo::Ballast(path) => drop(std::fs::remove_file(path)),
            Undo::Unlock(mut log) => {
                let _ = sqlx::query("rollback").execute(&mut log).await;
                let _ = log.close().await;
            }
            Undo::Resume => {
                self.server.signal("CONT");
                self.undo.push((Instant::now() + Duration::from_secs(1), Undo::Quiet));
            }
            Undo::Quiet => self.around.silent.store(false, Ordering::Relaxed),
        }
    }

    /// Ends the round as planned; what it came to, and the generator for what is left to draw.
    async fn end(mut self, round: &Round, mut all: JoinSet<()>) -> Result<(Outcome, Rng), String> {
        if round.end == End::Stopped {
            self.world.ledger().steps += steps(round);
            while let Some((_, undo)) = self.undo.pop() {
                self.undo(undo).await;
            }
            self.world.disk.heal();
        }
        // While the server lives: whoever closes a database last writes to it, and past the disk of ours.
        let (locks, rest) = std::mem::take(&mut self.undo).into_iter().partition(|(_, u)| matches!(u, Undo::Unlock(_)));
        self.undo = rest;
        for (_, lock) in locks {
            self.undo(lock).await;
        }
        let injected = self.world.disk.injected();
        let Self { world, mut server, around, mut rng, undo, told_by } = self;
        around.over.store(true, Ordering::Relaxed);
        match round.end {
            End::Stopped => server.stop(),
            End::Killed | End::Cut(_) => server.kill(),
        }
        around.end(&mut all).await;
        for (_, undo) in undo {
            if let Undo::Ballast(path) = undo {
                let _ = std::fs::remove_file(path);
            }
        }
        world.ledger().crashed();
        if let End::Cut(left) = round.end {
            world.disk.cut(left, &mut rng).map_err(|e| format!("the cut failed: {e}"))?;
        }
        Ok((world.outcome(injected, told_by)?, rng))
    }
}

/// Steps of the clock this round owes an entry for, when it ends in order. Two may come between the same two values and
/// count as one.
fn steps(round: &Round) -> u32 {
    let is_step = |timed: &&Timed| matches!(timed.fault, Fault::Clock { .. } | Fault::Daylight { .. });
    u32::from(round.faults.iter().filter(is_step).count() == 1)
}

impl World {
    fn outcome(&self, injected: u64, told_by: Option<(Instant, Duration)>) -> Result<Outcome, String> {
        let mut ledger = self.ledger();
        let silence = std::mem::take(&mut ledger.worst_silence);
        let told = ledger.told_not_recording.take();
        let told_after = match (told_by, told) {
            (Some((since, _)), Some(told)) => Some(told.saturating_duration_since(since)),
            (Some((_, lasts)), None) if lasts > TOLD_MAX => {
                return Err("no screen was told that nothing is recorded".to_owned());
            }
            _ => None,
        };
        if let Some(late) = told_after.filter(|after| *after > TOLD_MAX) {
            return Err(format!("\"not recording\" was told after {late:?}"));
        }
        if silence > SILENCE_MAX {
            return Err(format!("a screen saw nothing new for {silence:?}"));
        }
        Ok(Outcome { receipts: ledger.acked.len(), injected, told_after, silence })
    }
}
