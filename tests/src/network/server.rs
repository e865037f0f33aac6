//! The server as it is, on a simulated host: its listeners for monitors and screens, the recorder with its writer, the hub
//! and the routes. What of the program is not here: the command line, SQLite, and threads of their own.

use super::book::{Shared, now_us};
use super::disk::SlowLog;
use super::net::Ear;
use super::{CHAIRS, MLLP_NORTH, MLLP_SOUTH, WEB};
use chairside_decode::catalog::Protocol;
use chairside_hub::Hub;
use chairside_ingest::{Running, SourceSpec, Transport, spawn_on};
use chairside_observation::{Civil, Micros, Received, SourceId, Zone};
use chairside_recorder::{Binding, Clock, Recorder, Roster};
use chairside_server::{About, Deps, Figure, House, People, Random, Sources, Standing};
use chairside_sim::rng::Rng;
use chairside_store::SessionLog;
use chairside_store::memory::MemoryDisk;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// 2026-09-21T14:13:20Z.
const BEGIN_US: i64 = 1_790_000_000_000_000;
/// The machine has been on for a while.
const BOOTED_US: i64 = 1_000_000_000;

/// The server's monotonic clock at a moment of the simulation.
pub(super) const fn mono_us(at_us: i64) -> i64 {
    BOOTED_US + at_us
}

/// A monitor's clock, which nobody sets.
pub(super) const fn wall_us(at_us: i64) -> i64 {
    BEGIN_US + at_us
}

fn clock(shared: &Shared) -> Clock {
    let off = Arc::clone(&shared.clock_off_us);
    Arc::new(move || {
        let now = now_us();
        Received { mono: Micros(mono_us(now)), wall: Micros(wall_us(now) + off.load(Ordering::Relaxed)) }
    })
}

/// One start of the server, until it is asked to stop.
pub(super) async fn run(shared: Shared, disk: MemoryDisk, start: u64) -> turmoil::Result {
    let (clock, hub, run) = (clock(&shared), Hub::new(), format!("run-{start}"));
    let log: Arc<dyn SessionLog> = Arc::new(SlowLog {
        log: disk.log(),
        rng: Mutex::new(Rng::new(shared.plan.seed ^ start << 32)),
        flush_ms: shared.plan.flush_ms,
        more_ms: Arc::clone(&shared.flush_more_ms),
    });
    let recorder =
        chairside_recorder::start(Arc::clone(&log), hub.clone(), roster(), Arc::new(Utc), Arc::clone(&clock)).await?;
    let (stopping, stopped) = watch::channel(false);
    let mut sources = Vec::new();
    for (id, port) in [("north", MLLP_NORTH), ("south", MLLP_SOUTH)] {
        sources.push(listen(id, port, &recorder, &clock, &run, stopped.clone()).await?);
    }
    let deps = deps(log, hub, &recorder, clock, &run)?;
    let screens = Ear::at(WEB).await?;
    let mut screens_stop = stopped;
    let screens = tokio::spawn(chairside_server::serve(screens, deps, async move {
        let _ = screens_stop.wait_for(|stop| *stop).await;
    }));
    shared.say(format!("start {start} is up"));
    let mut asked = shared.stop.subscribe();
    let _ = asked.wait_for(|stop| *stop).await;
    stopping.send_replace(true);
    screens.await?;
    for source in sources {
        source.task.await?;
    }
    recorder.stop().await;
    shared.say(format!("start {start} ended in order"));
    Ok(())
}

async fn listen(
    id: &str,
    port: u16,
    recorder: &Recorder,
    clock: &Clock,
    run: &str,
    stop: watch::Receiver<bool>,
) -> Result<Running, Box<dyn std::error::Error>> {
    let ear = Ear::at(port).await?;
    let spec = SourceSpec {
        id: id.into(),
        protocol: Protocol::Hl7,
        profile: None,
        description: None,
        parity: None,
        transport: Transport::Listen {
            addr: SocketAddr::from(([0, 0, 0, 0], port)),
            allow: vec!["192.168.0.0/16".parse()?],
        },
        passive: false,
        secure: None,
        capture: None,
    };
    Ok(spawn_on(spec, |_, _| Ok(ear), recorder.intake.clone(), Arc::clone(clock), run, stop)?)
}

/// Two monitors share a gateway and are told apart by their beds; the third has a source of its own.
fn roster() -> Roster {
    let beds = [("B1".into(), CHAIRS[0].into()), ("B2".into(), CHAIRS[1].into())];
    Roster {
        chairs: CHAIRS.map(|chair| (chair.into(), chair.into())).to_vec(),
        sources: BTreeMap::from([
            ("north".into(), Binding::Beds(BTreeMap::from(beds))),
            ("south".into(), Binding::Chair(CHAIRS[2].into())),
        ]),
        order: vec!["north".into(), "south".into()],
        ..Roster::default()
    }
}

fn deps(
    log: Arc<dyn SessionLog>,
    hub: Hub,
    recorder: &Recorder,
    clock: Clock,
    run: &str,
) -> Result<Deps, Box<dyn std::error::Error>> {
    // Nobody has an account: a trial, in which whoever reaches the server may do what a nurse does.
    let folder = std::env::temp_dir().join("chairside-network-without-accounts");
    let random: Random = Arc::new(|bytes: &mut [u8]| {
        bytes.fill(7);
        Ok(())
    });
    Ok(Deps {
        log,
        hub,
        desk: recorder.desk.clone(),
        sources: Arc::new(Unasked),
        house: Arc::new(Unasked),
        notices: None,
        clock,
        about: About { version: "0".into(), run: run.into(), boot: "boot".into(), zone: "UTC".into() },
        key: None,
        uplink: None,
        offsets: Arc::new(Utc),
        people: People::open(folder.join("access.json"), random)?,
        openid: None,
        listen: SocketAddr::from(([127, 0, 0, 1], WEB)),
        tls: None,
    })
}

/// Pages nobody asks for here.
struct Unasked;

impl House for Unasked {
    fn standing(&self) -> Standing {
        let page: chairside_wire::HealthPage =
            serde_json::from_str(include_str!("../../../fixtures/wire/health-page.json")).expect("a health page");
        Standing {
            started_wall_us: page.started_wall_us,
            disk: None,
            backup: page.backup,
            certificate: None,
            clock: page.clock,
            queues: Vec::new(),
            parts: Vec::new(),
            sources_up: 0,
            sources: 2,
        }
    }

    fn ehr(&self) -> chairside_wire::EhrPage {
        serde_json::from_str(include_str!("../../../fixtures/wire/ehr-none.json")).expect("a page of the EHR")
    }

    fn figures(&self) -> Vec<Figure> {
        Vec::new()
    }
}

impl Sources for Unasked {
    fn all(&self) -> chairside_wire::Sources {
        let now = Received { mono: Micros(mono_us(now_us())), wall: Micros(wall_us(now_us())) };
        chairside_wire::Sources { now: now.into(), sources: Vec::new() }
    }

    fn adapters(&self) -> std::collections::BTreeMap<SourceId, String> {
        std::collections::BTreeMap::new()
    }

    fn bytes(&self, _: &SourceId, _: u64) -> Option<chairside_wire::SourceBytes> {
        None
    }
}

struct Utc;

impl Zone for Utc {
    fn utc(&self, civil: Civil) -> Micros {
        civil.utc().unwrap_or_else(|| civil.face())
    }
}

impl chairside_export::Offsets for Utc {
    fn offset_min(&self, _: Micros) -> i16 {
        0
    }
}
