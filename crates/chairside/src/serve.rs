//! `chairside serve`: opens the log, starts recorder, sources and screens, and says what to do next.

use crate::clock::{self, ClinicZone};
use crate::config::{Config, DATA, Seat, Source, Transport};
use chairside_hub::Hub;
use chairside_ingest::{IngestError, Network, Running, SourceSpec};
use chairside_recorder::{Binding, Recorder, Roster};
use chairside_server::{About, Deps};
use chairside_store::sqlite::SqliteLog;
use chairside_store::{SessionLog, StoreError};
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

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
    /// A source cannot work as configured.
    #[error(transparent)]
    Source(#[from] IngestError),
    /// The system would not tell us about signals.
    #[error("signals cannot be watched: {0}")]
    Signals(std::io::Error),
}

/// What the program says of itself while it runs goes to standard error; `RUST_LOG` chooses how much.
pub fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,chairside=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Serves until SIGINT or SIGTERM, then writes what is queued.
///
/// # Errors
/// Something the program cannot start without; see [`ServeError`].
pub async fn run(config: Config, file: Option<&Path>) -> Result<(), ServeError> {
    // Signals are watched before anything starts, so that an early Ctrl-C is an orderly end too.
    let stop = ended().map_err(ServeError::Signals)?;
    let clock = clock::system();
    let zone = ClinicZone(config.zone.clone());
    let boot: Arc<str> = clock::boot().into();
    make_private(&config.data).map_err(|cause| ServeError::Data { folder: config.data.clone(), cause })?;
    let log: Arc<dyn SessionLog> = Arc::new(SqliteLog::open(&config.database, &boot, Arc::clone(&clock)).await?);
    let hub = Hub::new();
    let recorder = chairside_recorder::start(
        Arc::clone(&log),
        hub.clone(),
        roster(&config),
        Arc::new(zone.clone()),
        Arc::clone(&clock),
    )
    .await?;

    let listener =
        TcpListener::bind(config.listen).await.map_err(|cause| ServeError::Listen { at: config.listen, cause })?;
    let web = listener.local_addr().map_err(|cause| ServeError::Listen { at: config.listen, cause })?;
    let run: Arc<str> = format!("{:x}", clock().wall.0).into();
    let (stopping, stopped) = watch::channel(false);
    let running = start_sources(&config, &recorder, &clock, &run, &stopped)?;
    let about = About { version: VERSION.into(), run, boot, zone: zone.name().into() };
    let deps = Deps { log, hub, desk: recorder.desk.clone(), clock, about, listen: web };
    print!("{}", greeting(&config, file, web, &running));

    let mut screens_stop = stopped.clone();
    let screens = tokio::spawn(chairside_server::serve(listener, deps, async move {
        let _ = screens_stop.wait_for(|stop| *stop).await;
    }));
    stop.await;
    let _ = stopping.send(true);
    for source in running {
        let _ = source.task.await;
    }
    let _ = screens.await;
    recorder.stop().await;
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

fn roster(config: &Config) -> Roster {
    let binding = |source: &Source| match &source.seat {
        Seat::Chair(chair) => Binding::Chair(chair.clone()),
        Seat::Beds(beds) => Binding::Beds(beds.clone()),
    };
    Roster {
        chairs: config.chairs.clone(),
        sources: config.sources.iter().map(|s| (s.id.clone(), binding(s))).collect(),
        ..Roster::default()
    }
}

fn start_sources(
    config: &Config,
    recorder: &Recorder,
    clock: &chairside_recorder::Clock,
    run: &str,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<Running>, IngestError> {
    let start = |source: &Source| {
        chairside_ingest::spawn(
            spec(source, &config.data),
            recorder.intake.clone(),
            Arc::clone(clock),
            run,
            stopped.clone(),
        )
    };
    config.sources.iter().map(start).collect()
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
        transport,
        capture: source.capture.then(|| data.join("captures")),
    }
}

/// What listens where, and what to do next: one screen of text. The words `Screens`, `Source` and `Stop` begin lines that
/// programs may read.
fn greeting(config: &Config, file: Option<&Path>, web: SocketAddr, running: &[Running]) -> String {
    let mut text = format!("Chairside {VERSION}. The bedside monitor is the primary alarm.\n\n");
    let _ = writeln!(text, "  Screens  http://{web}/");
    for (source, running) in config.sources.iter().zip(running) {
        let protocol = source.protocol.word();
        let (place, what) = match (&source.transport, running.local_addr) {
            (Transport::Port { path, baud }, _) => {
                (path.display().to_string(), format!("{protocol}, {baud} baud, listens only"))
            }
            (Transport::Connect { to }, _) => (to.clone(), format!("{protocol}, we connect")),
            (Transport::Listen { at, .. }, local) => {
                (local.unwrap_or(*at).to_string(), format!("{protocol}, monitors and gateways connect here"))
            }
        };
        let _ = writeln!(text, "  Source   {} {place}  ({what})", source.id);
    }
    let _ = writeln!(text, "  Log      {}", config.database.display());
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
