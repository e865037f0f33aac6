//! `chairside serve`: opens the log, starts recorder, sources and screens, and says what to do next.

use crate::audit;
use crate::backup::schedule;
use crate::clock::{self, ClinicZone};
use crate::config::{Config, DATA, Forward, LogForm, OpenIdAt, Seat, Source, Transport};
use crate::ehr;
use crate::forward;
use crate::harden;
use crate::house::Machine;
use crate::notify::Manager;
use crate::retention;
use crate::sources::Board;
use crate::tls::{self, Certificates};
use chairside_access::file::{self, FileError};
use chairside_hub::Hub;
use chairside_ingest::mllp::Secure;
use chairside_ingest::{IngestError, Network, Running, SourceSpec, View};
use chairside_recorder::{Binding, Clock, Desk, Recorder, Roster};
use chairside_server::{About, Deps, Notices, OpenId, People, Random, Secret, Under};
use chairside_store::seal::SigningKey;
use chairside_store::sqlite::SqliteLog;
use chairside_store::{SessionLog, StoreError};
use chairside_tls::Reach;
use std::fmt::Write;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The version people and logs see.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why the program cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder cannot be made or used.
    #[error("data folder {folder}: {cause}; set `data` to a folder this user may write")]
    Data {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The log cannot be opened or read.
    #[error(transparent)]
    Log(#[from] StoreError),
    /// The address of the screens is taken or not ours.
    #[error("listen: {at}: {cause}; end the other program or set `listen` to another port, such as 127.0.0.1:8081")]
    Listen {
        /// The address.
        at: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The accounts cannot be read or written.
    #[error(transparent)]
    Accounts(#[from] FileError),
    /// A source cannot work as configured.
    #[error(transparent)]
    Source(#[from] IngestError),
    /// What waits for the EHR cannot be kept or read.
    #[error("what waits for the EHR, in the folder `ehr` of the data folder: {0}")]
    Ehr(std::io::Error),
    /// The thread of the monitors could not be started.
    #[error("the thread that reads the monitors cannot run: {0}")]
    Thread(std::io::Error),
    /// A certificate cannot be used or made.
    #[error(transparent)]
    Tls(#[from] chairside_tls::TlsError),
    /// The secret for the provider of accounts cannot be used.
    #[error("{0}")]
    OpenId(String),
    /// Others could open the screens, and nobody has an account (S01).
    #[error(
        "listen: {at} can be opened from other machines, and nobody has an account yet: anybody there could read and enter. \
         Set `listen` to 127.0.0.1, start, make the first account at this machine, then set it back"
    )]
    NoAccount {
        /// The address.
        at: SocketAddr,
    },
    /// The system would not tell us about signals.
    #[error("signals cannot be watched: {0}")]
    Signals(std::io::Error),
}

/// What the program says of itself while it runs goes to standard error; `RUST_LOG` chooses how much.
pub fn log_to_stderr(form: LogForm) {
    let asked = std::env::var("RUST_LOG").ok().and_then(|asked| asked.parse::<Targets>().ok());
    let targets = asked.unwrap_or_else(|| {
        let ours = Targets::new().with_target("chairside", LevelFilter::INFO);
        ours.with_default(LevelFilter::WARN)
    });
    let lines = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(std::io::stderr);
    match form {
        LogForm::Text => lines.finish().with(targets).init(),
        LogForm::Json => lines.json().flatten_event(true).finish().with(targets).init(),
    }
}

/// Serves until SIGINT or SIGTERM, then writes what is queued.
///
/// The monitors, the recorder and its writer live on a thread of their own: no screen, however slow or many, and no page of
/// history stands between a monitor's bytes and the log. The calling runtime serves the screens.
///
/// # Errors
/// Something the program cannot start without; see [`ServeError`].
pub async fn run(config: Config, file: Option<&Path>) -> Result<(), ServeError> {
    // Signals are watched before anything starts, so that an early Ctrl-C is an orderly end too.
    let stop = ended().map_err(ServeError::Signals)?;
    crate::files::ask_for_enough();
    let clock = clock::system();
    let zone = ClinicZone(config.zone.clone());
    let boot: Arc<str> = clock::boot().into();
    let run: Arc<str> = format!("{:x}", clock().wall.0).into();
    may_listen(config.listen, config.tls.is_some(), has_account(&config.data))?;
    prepare(&config.data).map_err(|cause| ServeError::Data { folder: config.data.clone(), cause })?;
    let mut certificates = Certificates::new(&config, clock().wall.0.div_euclid(1_000_000));
    let tls = certificates.web(&config)?;
    let secure = config.sources.iter().map(|source| certificates.source(source)).collect::<Result<Vec<_>, _>>()?;
    let ehr_tls = config.ehr_tls.as_ref().map(|tls| certificates.reach(tls)).transpose()?;
    let listener =
        TcpListener::bind(config.listen).await.map_err(|cause| ServeError::Listen { at: config.listen, cause })?;
    let web = listener.local_addr().map_err(|cause| ServeError::Listen { at: config.listen, cause })?;
    let record = Arc::new(SqliteLog::open(&config.database, &boot, Arc::clone(&clock)).await?);
    let people = People::open(config.data.join(file::NAME), random())?;
    people.lock_after(config.lock_after);
    let first = people.first_code(clock().wall)?;
    let log: Arc<dyn SessionLog> = Arc::<SqliteLog>::clone(&record);
    let hub = Hub::new();

    let openid = config.openid.as_ref().map(openid).transpose()?;

    let (stopping, stopped) = watch::channel(false);
    let forward = forward::start(&config, &record, &boot, &clock, stopped.clone());
    let ehr = ehr::Needs { config: config.clone(), tls: ehr_tls, log: Arc::clone(&log), clock: Arc::clone(&clock) };
    let ehr = ehr::start(ehr, stopped.clone()).map_err(ServeError::Ehr)?;
    let manager = Manager::from_environment().map(Arc::new);
    let house = House {
        config: config.clone(),
        secure,
        log: Arc::clone(&log),
        hub: hub.clone(),
        zone: zone.clone(),
        clock: Arc::clone(&clock),
        run: Arc::clone(&run),
        stopped: stopped.clone(),
        manager: manager.clone(),
    };
    let (live, Started { desk, addresses, views }) = house.begin().await?;

    let about = About { version: VERSION.into(), run, boot, zone: zone.name().into() };
    let backups = schedule::Status::default();
    let machine = Machine {
        config: config.clone(),
        clock: Arc::clone(&clock),
        started: clock().wall,
        since: record.since().await?,
        log: Arc::clone(&record),
        desk: desk.clone(),
        views: views.clone(),
        backups: backups.clone(),
        ehr,
        certificate: certificates.ends(),
    };
    let sources = Arc::new(Board::new(views, desk.clone(), Arc::clone(&clock), &config));
    let notices = notices(&log, &hub, &desk, &clock, &stopped);
    let offsets = Arc::new(zone);
    let key = signing_key(&config.data);
    let erase_by = Arc::clone(&clock);
    let looks = audit::door::start(&config.data, &desk, &log, &clock, &stopped);
    let uplink = forward.as_ref().map(|forward| forward.backlog.clone());
    let deps = Deps {
        log,
        hub,
        desk,
        sources,
        house: Arc::new(machine),
        notices,
        clock,
        about,
        key,
        uplink,
        offsets,
        people,
        openid,
        listen: web,
        tls,
    };
    print!("{}", greeting(&config, file, web, first.as_deref(), &addresses));
    let (log, file, by) = (Arc::clone(&record), file.map(Path::to_owned), clock::system());
    let backups = schedule::Needs { config: config.clone(), file, log, clock: by, status: backups };
    let backups = tokio::spawn(backups.run(stopped.clone()));
    let retention = tokio::spawn(retention::run(record, config.keep_unclaimed, erase_by, stopped.clone()));
    let kept = tokio::spawn(certificates.keep(clock::system(), stopped.clone()));
    let mut screens_stop = stopped;
    let screens = tokio::spawn(chairside_server::serve(listener, deps, async move {
        let _ = screens_stop.wait_for(|stop| *stop).await;
    }));
    tell(manager.as_ref(), Manager::ready);
    stop.await;
    tell(manager.as_ref(), Manager::stopping);
    let _ = stopping.send(true);
    let _ = tokio::join!(screens, retention, backups, kept, looks);
    if let Some(forward) = forward {
        forward.ended().await;
    }
    let _ = tokio::task::spawn_blocking(move || live.join()).await;
    Ok(())
}

/// Tells the service manager, where there is one.
fn tell(manager: Option<&Arc<Manager>>, what: impl Fn(&Manager)) {
    manager.into_iter().for_each(|manager| what(manager));
}

/// Tells the service manager again and again that the thread this runs on still turns.
async fn show_life(manager: Option<Arc<Manager>>) {
    let Some((manager, pace)) = manager.and_then(|manager| Some((Arc::clone(&manager), manager.pace()?))) else {
        return;
    };
    loop {
        manager.alive();
        tokio::time::sleep(pace).await;
    }
}

/// The layer of limit notices, where this program has it.
#[cfg(feature = "limits")]
fn notices(
    log: &Arc<dyn SessionLog>,
    hub: &Hub,
    desk: &Desk,
    clock: &Clock,
    stopped: &watch::Receiver<bool>,
) -> Option<Arc<dyn Notices>> {
    let needs =
        crate::limits::Needs { hub: hub.clone(), desk: desk.clone(), log: Arc::clone(log), clock: Arc::clone(clock) };
    Some(crate::limits::start(needs, stopped.clone()))
}

#[cfg(not(feature = "limits"))]
fn notices(
    _: &Arc<dyn SessionLog>,
    _: &Hub,
    _: &Desk,
    _: &Clock,
    _: &watch::Receiver<bool>,
) -> Option<Arc<dyn Notices>> {
    None
}

/// What the thread of the monitors and the recorder needs.
struct House {
    config: Config,
    /// TLS of each source.
    secure: Vec<Option<Secure>>,
    log: Arc<dyn SessionLog>,
    hub: Hub,
    zone: ClinicZone,
    clock: Clock,
    run: Arc<str>,
    stopped: watch::Receiver<bool>,
    manager: Option<Arc<Manager>>,
}

/// What the screens need of the live thread.
struct Started {
    /// The door for people.
    desk: Desk,
    /// Where each source listens.
    addresses: Vec<Option<SocketAddr>>,
    /// A look at each source.
    views: Vec<View>,
}

impl House {
    /// Starts the thread; what the screens need of it once it runs.
    async fn begin(self) -> Result<(JoinHandle<()>, Started), ServeError> {
        let (started, start) = oneshot::channel();
        let live = std::thread::Builder::new().name("live".into()).spawn(move || self.live(started));
        let live = live.map_err(ServeError::Thread)?;
        let started = start.await.unwrap_or_else(|_| Err(ServeError::Thread(std::io::ErrorKind::Other.into())))?;
        Ok((live, started))
    }

    /// Runs recorder and sources until `stopped`; says through `started` how the start went.
    fn live(self, started: oneshot::Sender<Result<Started, ServeError>>) {
        // One thread: a message goes from socket to writer and back without waking another core on the way.
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(started.send(Err(ServeError::Thread(error)))),
        };
        runtime.block_on(async {
            let (recorder, running) = match self.start().await {
                Ok(both) => both,
                Err(error) => return drop(started.send(Err(error))),
            };
            let addresses = running.iter().map(|source| source.local_addr).collect();
            let views = running.iter().map(|source| source.view.clone()).collect();
            let _ = started.send(Ok(Started { desk: recorder.desk.clone(), addresses, views }));
            // On this thread and no other: when it stands still, nothing is heard or recorded, and a new start is better.
            tokio::spawn(show_life(self.manager.clone()));
            let mut stopped = self.stopped.clone();
            let _ = stopped.wait_for(|stop| *stop).await;
            for source in running {
                let _ = source.task.await;
            }
            recorder.stop().await;
        });
    }

    async fn start(&self) -> Result<(Recorder, Vec<Running>), ServeError> {
        let (log, zone, clock) = (Arc::clone(&self.log), Arc::new(self.zone.clone()), Arc::clone(&self.clock));
        let recorder = chairside_recorder::start(log, self.hub.clone(), roster(&self.config), zone, clock).await?;
        let start = |(source, secure): (&Source, &Option<Secure>)| {
            let (intake, clock) = (recorder.intake.clone(), Arc::clone(&self.clock));
            let spec = SourceSpec { secure: secure.clone(), ..spec(source, &self.config.data) };
            chairside_ingest::spawn(spec, intake, clock, &self.run, self.stopped.clone())
        };
        let running = self.config.sources.iter().zip(&self.secure).map(start).collect::<Result<_, IngestError>>()?;
        Ok((recorder, running))
    }
}

/// The system's own randomness.
pub(crate) fn random() -> Random {
    Arc::new(|bytes: &mut [u8]| std::fs::File::open("/dev/urandom").and_then(|mut random| random.read_exact(bytes)))
}

/// The key records are signed with, made at the first start. Without one everything but signing works.
fn signing_key(data: &Path) -> Option<SigningKey> {
    let random = || {
        let mut secret = [0; 32];
        random()(&mut secret)?;
        Ok(secret)
    };
    SigningKey::load_or_make(&data.join("signing.key"), random)
        .inspect_err(|error| tracing::error!(%error, "no record can be signed"))
        .ok()
}

/// The clinic's provider of accounts: what is asked there is asked when somebody signs in.
fn openid(at: &OpenIdAt) -> Result<OpenId, ServeError> {
    let secret = at.secret().map_err(|problem| ServeError::OpenId(problem.to_string()))?;
    Ok(OpenId {
        name: at.name.clone(),
        issuer: at.issuer.clone(),
        client: at.client.clone(),
        secret: Secret(secret),
        claim: at.claim.clone(),
        mapping: at.mapping.clone(),
        reach: Reach::new(&at.ca, None)?,
        state: Under::default(),
    })
}

/// Whether somebody can sign in.
fn has_account(data: &Path) -> bool {
    file::load(&data.join(file::NAME)).is_ok_and(|(book, _)| !book.accounts().is_empty())
}

/// Whether the screens may be served there (S01).
const fn may_listen(at: SocketAddr, tls: bool, has_account: bool) -> Result<(), ServeError> {
    if at.ip().is_loopback() || (tls && has_account) { Ok(()) } else { Err(ServeError::NoAccount { at }) }
}

/// Makes the data folder, and closes to others what lies open in it.
fn prepare(data: &Path) -> std::io::Result<()> {
    make_private(data)?;
    for path in harden::close_to_others(data)? {
        tracing::warn!(path = %path.display(), "others could read it; it is closed to them now");
    }
    Ok(())
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Resolves at SIGINT or SIGTERM.
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// What the configuration says of chairs and sources.
pub(crate) fn roster(config: &Config) -> Roster {
    let binding = |source: &Source| match &source.seat {
        Seat::Chair(chair) => Binding::Chair(chair.clone()),
        Seat::Beds(beds) => Binding::Beds(beds.clone()),
    };
    Roster {
        chairs: config.chairs.clone(),
        sources: config.sources.iter().map(|s| (s.id.clone(), binding(s))).collect(),
        order: config.sources.iter().map(|s| s.id.clone()).collect(),
        prefer: config.prefer.clone(),
        keep_unclaimed: Some(config.keep_unclaimed),
        ..Roster::default()
    }
}

fn spec(source: &Source, data: &Path) -> SourceSpec {
    let transport = match &source.transport {
        Transport::Port { path, baud } => chairside_ingest::Transport::Serial { port: path.clone(), baud: *baud },
        Transport::Listen { at, allow } => {
            // The configuration's own check has read each of them already.
            let allow = allow.iter().filter_map(|text| text.parse::<Network>().ok()).collect();
            chairside_ingest::Transport::Listen { addr: *at, allow }
        }
        Transport::Connect { to } => chairside_ingest::Transport::Connect { addr: to.clone() },
    };
    SourceSpec {
        id: source.id.clone(),
        protocol: source.protocol,
        profile: source.profile.clone(),
        description: source.description.clone(),
        parity: source.parity,
        transport,
        passive: source.passive,
        secure: None,
        capture: source.capture.then(|| data.join("captures")),
    }
}

/// What listens where, and what to do next: one screen of text. The words `Screens`, `First account`, `Source` and `Stop` begin lines that
/// programs may read.
fn greeting(
    config: &Config,
    file: Option<&Path>,
    web: SocketAddr,
    first: Option<&str>,
    addresses: &[Option<SocketAddr>],
) -> String {
    let mut text = format!("Chairside {VERSION}. The bedside monitor is the primary alarm.\n\n");
    let address = tls::address(config, web);
    let _ = writeln!(text, "  Screens  {address}");
    if let Some(code) = first {
        let _ = writeln!(text, "  First account  {}/welcome#{code} (valid 30 min)", address.trim_end_matches('/'));
    }
    for (source, local) in config.sources.iter().zip(addresses) {
        let protocol = source.protocol.word();
        let (place, what) = match (&source.transport, *local) {
            (Transport::Port { path, baud }, _) => {
                let how = if source.passive || !source.protocol.asks() {
                    "listens only"
                } else {
                    "asks, see docs/requests.md"
                };
                (path.display().to_string(), format!("{protocol}, {baud} baud, {how}"))
            }
            (Transport::Connect { to }, _) if source.protocol.lan_port().is_some() => {
                (to.clone(), format!("{protocol}, asks over the LAN, see docs/requests.md"))
            }
            (Transport::Connect { to }, _) => (to.clone(), format!("{protocol}, we connect")),
            (Transport::Listen { at, .. }, local) => {
                let tls = if source.tls.is_some() { " over TLS" } else { "" };
                (local.unwrap_or(*at).to_string(), format!("{protocol}{tls}, monitors and gateways connect here"))
            }
        };
        let _ = writeln!(text, "  Source   {} {place}  ({what})", source.id);
    }
    if config.tls.as_ref().is_some_and(|tls| tls.pair.is_none()) {
        text.push_str("  Trust    chairside tls show says how devices come to trust this server\n");
    }
    let _ = writeln!(text, "  Log      {}", config.database.display());
    if let Some(Forward::At(place)) = &config.forward {
        let _ = writeln!(text, "  Copy     {place}");
    }
    let _ = writeln!(text, "  Zone     {}", ClinicZone(config.zone.clone()).name());
    text.push('\n');
    if file.is_none() {
        let _ = writeln!(
            text,
            "No configuration: {DATA}, four chairs, one HL7 listener.\n\
             1. Open the screens. 2. Point a monitor or gateway at the HL7 address: its beds appear under Settings as\n\
             \"unassigned feed\" and can be given to a chair. 3. To describe your own chairs and serial ports:\n\
             \x20   chairside config example > chairside.toml\n\
             \x20   chairside serve --config chairside.toml\n"
        );
    } else if config.sources.is_empty() {
        let _ = writeln!(text, "No [[source]] is configured: nothing can be heard. See: chairside config example\n");
    }
    text.push_str("  Stop     Ctrl-C\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s01_other_machines_are_served_only_with_tls_and_a_first_account() {
        for (at, tls, account, expected) in [
            ("127.0.0.1:8080", false, false, true),
            ("[::1]:8443", true, false, true),
            ("192.168.1.10:8443", true, true, true),
            ("192.168.1.10:8443", true, false, false),
            ("192.168.1.10:8443", false, true, false),
            ("0.0.0.0:8443", true, false, false),
            ("0.0.0.0:8080", false, false, false),
            ("[::]:8443", true, false, false),
        ] {
            let found = may_listen(at.parse().expect("an address"), tls, account);
            assert_eq!(found.is_ok(), expected, "{at} tls {tls} account {account}");
            if let Err(error) = found {
                assert!(error.to_string().contains(at) && error.to_string().contains("first account"), "{error}");
            }
        }
    }
}
