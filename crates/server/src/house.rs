//! `GET /healthz`, `/api/health`, `/api/ehr` and `/metrics`: how the program and its machine are.

use crate::App;
use crate::api::{database, recording};
use crate::metrics::{Figure, text};
use crate::refusal::json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use chairside_wire::{
    BackupHealth, CertificateHealth, ClockHealth, DiskHealth, EhrPage, Health, HealthPage, QueueHealth,
};

/// What only the program knows of itself and its machine. It says nothing of a patient.
pub trait House: Send + Sync {
    /// How it is now.
    fn standing(&self) -> Standing;
    /// What goes to the EHR and what waits for it.
    fn ehr(&self) -> EhrPage;
    /// Counters and gauges, for programs that watch.
    fn figures(&self) -> Vec<Figure>;
}

/// How the program and its machine are.
#[derive(Clone, Debug)]
pub struct Standing {
    /// UTC microseconds of the program's start.
    pub started_wall_us: i64,
    /// The disk of the data folder, where the system says.
    pub disk: Option<DiskHealth>,
    /// Backups.
    pub backup: BackupHealth,
    /// The certificate of the screens' address, where it has one.
    pub certificate: Option<CertificateHealth>,
    /// The machine's clock.
    pub clock: ClockHealth,
    /// What waits to be taken somewhere.
    pub queues: Vec<QueueHealth>,
    /// Layers and parts this program was built with.
    pub parts: Vec<String>,
    /// Sources whose monitor is heard now.
    pub sources_up: u64,
    /// All sources.
    pub sources: u64,
}

/// `GET /healthz`: 200 as long as the program answers; whether it records stands in the body.
pub(crate) async fn health(State(app): State<App>) -> Response<Body> {
    let standing = app.house.standing();
    let health = Health {
        version: app.about.version.to_string(),
        run: app.about.run.to_string(),
        recording: recording(&app.hub.recording()),
        screens: app.hub.screens() as u64,
        disk_free_bytes: standing.disk.map(|disk| disk.free_bytes),
        last_backup_wall_us: standing.backup.last_wall_us,
        sources_up: standing.sources_up,
        sources: standing.sources,
        refused: app.counts.now(),
        database: behind(&app),
    };
    json(StatusCode::OK, &health)
}

/// `GET /api/health`.
pub(crate) async fn page(State(app): State<App>) -> Response<Body> {
    let Standing { started_wall_us, disk, backup, certificate, clock, queues, parts, sources_up, sources } =
        app.house.standing();
    let page = HealthPage {
        now: (app.clock)().into(),
        version: app.about.version.to_string(),
        started_wall_us,
        recording: recording(&app.hub.recording()),
        screens: app.hub.screens() as u64,
        sources_up,
        sources,
        disk,
        backup,
        certificate,
        clock,
        queues,
        refused: app.counts.now(),
        database: behind(&app),
        parts,
    };
    json(StatusCode::OK, &page)
}

/// How far the database is behind that the log is taken to.
fn behind(app: &App) -> Option<chairside_wire::Database> {
    app.uplink.as_ref().map(|uplink| database(&uplink.borrow(), (app.clock)().wall))
}

/// `GET /api/ehr`.
pub(crate) async fn ehr(State(app): State<App>) -> Response<Body> {
    json(StatusCode::OK, &app.house.ehr())
}

/// `GET /metrics`, in the text form of Prometheus.
pub(crate) async fn metrics(State(app): State<App>) -> Response<Body> {
    let recording = f64::from(u8::from(matches!(app.hub.recording(), chairside_hub::Recording::Yes)));
    let mut figures = vec![
        Figure::gauge("chairside_recording", "1 while the log can be written, else 0.", recording),
        Figure::gauge("chairside_screens", "Screens that are connected.", app.hub.screens() as f64),
    ];
    let refused = app.counts.now();
    figures.extend([
        Figure::counter("chairside_connections_cut_total", "Connections that asked nothing.", refused.connections_cut),
        Figure::counter("chairside_requests_refused_total", "Requests refused or failed.", refused.requests),
        Figure::counter("chairside_screens_refused_total", "Screens without a place.", refused.screens),
        Figure::counter("chairside_screens_cut_total", "Screens that were cut off.", refused.screens_cut),
        Figure::counter("chairside_sign_ins_failed_total", "Sign-ins that were wrong.", refused.sign_ins_failed),
        Figure::counter("chairside_sign_ins_refused_total", "Sign-ins sent away unread.", refused.sign_ins_refused),
        Figure::counter("chairside_updates_dropped_total", "Updates for slow screens.", refused.updates_dropped),
    ]);
    figures.extend(app.house.figures());
    let mut answer = Response::new(Body::from(text(&figures)));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}
