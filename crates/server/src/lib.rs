//! HTTP and WebSocket routes, and the web bundle they serve.
//!
//! Screens hear what the hub publishes and what the log holds; people act through the recorder's desk. This crate cannot
//! name a port or a monitor: `ingest`, `request` and `decode` are not among its dependencies.
//!
//! What is promised to clients stands in `docs/wire.md`; the routes also in `docs/openapi.json`.
#![warn(missing_docs)]

mod access;
mod api;
mod bundle;
mod counts;
mod fhir;
mod house;
mod metrics;
mod notices;
mod places;
mod record;
mod refusal;
mod roster;
mod serve;
mod socket;
mod sources;
mod tls;

pub use house::{House, Standing};
pub use metrics::Figure;
pub use notices::Notices;
pub use serve::{CONNECTIONS_MAX, HEADER_TIMEOUT, serve};
pub use socket::{
    FOLLOWS_MAX, HISTORY_ENTRIES, ITEMS_MAX, MESSAGE_BYTES_MAX, MESSAGES_A_MINUTE, MESSAGES_MAX, PING_EVERY,
    SCREENS_MAX, SEND_TIMEOUT, SILENCE_MAX, WINDOW, WINDOW_MAX,
};
pub use sources::Sources;
pub use tls::{HANDSHAKE_TIMEOUT, Tls};

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post, put};
use chairside_hub::Hub;
use chairside_recorder::{Clock, Desk};
use chairside_store::SessionLog;
use refusal::Refused;
use std::net::SocketAddr;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// What a screen learns of this program first.
#[derive(Clone, Debug)]
pub struct About {
    /// Version of the program.
    pub version: Arc<str>,
    /// Changes with every start of the program.
    pub run: Arc<str>,
    /// Identifies the boot of the machine: monotonic times compare only within one.
    pub boot: Arc<str>,
    /// IANA name of the clinic's time zone.
    pub zone: Arc<str>,
}

/// What the routes need.
#[derive(Clone)]
pub struct Deps {
    /// What is on disk.
    pub log: Arc<dyn SessionLog>,
    /// What is live.
    pub hub: Hub,
    /// The door for people, and the roster.
    pub desk: Desk,
    /// What is known of the sources.
    pub sources: Arc<dyn Sources>,
    /// What is known of the program and its machine.
    pub house: Arc<dyn House>,
    /// The clinic's limit notices; `None` where this program has no such layer.
    pub notices: Option<Arc<dyn Notices>>,
    /// The server's clocks.
    pub clock: Clock,
    /// Version, run, boot and zone.
    pub about: About,
    /// What records are signed with; `None` where there is no key.
    pub key: Option<chairside_store::seal::SigningKey>,
    /// How far the database the log is taken to is behind; `None` where there is none.
    pub uplink: Option<tokio::sync::watch::Receiver<chairside_store::forward::Backlog>>,
    /// Offsets of the clinic's time zone.
    pub offsets: Arc<dyn chairside_export::Offsets + Send + Sync>,
    /// The address people open: with the names of the machine for itself, the only hosts this server answers to.
    pub listen: SocketAddr,
    /// How the screens are served over TLS; `None` where they are not.
    pub tls: Option<Tls>,
}

/// Everything a handler can reach.
#[derive(Clone)]
pub(crate) struct App {
    deps: Arc<Deps>,
    screens: socket::Screens,
    counts: Arc<counts::Counts>,
    making: record::Making,
    fhir: fhir::Turns,
}

impl std::ops::Deref for App {
    type Target = Deps;
    fn deref(&self) -> &Deps {
        &self.deps
    }
}

struct Route {
    path: &'static str,
    methods: &'static [&'static str],
    handler: fn() -> MethodRouter<App>,
}

/// Every route there is. Anything else is refused (S16).
const ROUTES: [Route; 41] = [
    Route { path: "/", methods: &["get"], handler: || get(page) },
    Route { path: "/chair/{id}", methods: &["get"], handler: || get(page) },
    Route { path: "/settings", methods: &["get"], handler: || get(page) },
    Route { path: "/settings/{part}", methods: &["get"], handler: || get(page) },
    Route { path: "/sources", methods: &["get"], handler: || get(page) },
    Route { path: "/sources/{id}", methods: &["get"], handler: || get(page) },
    Route { path: "/sessions", methods: &["get"], handler: || get(page) },
    Route { path: "/sessions/{id}", methods: &["get"], handler: || get(page) },
    Route { path: "/sessions/{id}/course", methods: &["get"], handler: || get(page) },
    Route { path: "/sessions/{id}/replay", methods: &["get"], handler: || get(page) },
    Route { path: "/api/sessions/find", methods: &["post"], handler: || post(record::find) },
    Route { path: "/api/sessions/{id}/open", methods: &["post"], handler: || post(record::open) },
    Route { path: "/api/sessions/{id}/act", methods: &["post"], handler: || post(record::act) },
    Route { path: "/api/sessions/{id}/export", methods: &["post"], handler: || post(record::export) },
    Route { path: "/api/course", methods: &["post"], handler: || post(record::course) },
    Route { path: "/api/sessions/{id}/series", methods: &["get"], handler: || get(record::series) },
    Route { path: "/api/sessions/{id}/table", methods: &["get"], handler: || get(record::table) },
    Route { path: "/api/sessions/{id}/frame/{seq}", methods: &["get"], handler: || get(record::frame) },
    Route { path: "/fhir/metadata", methods: &["get"], handler: || get(fhir::metadata) },
    Route { path: "/fhir/{kind}", methods: &["get"], handler: || get(fhir::search) },
    Route { path: "/fhir/{kind}/_search", methods: &["post"], handler: || post(fhir::search_body) },
    Route { path: "/fhir/{kind}/{id}", methods: &["get"], handler: || get(fhir::read) },
    Route { path: "/assets/{*file}", methods: &["get"], handler: || get(asset) },
    Route { path: "/healthz", methods: &["get"], handler: || get(house::health) },
    Route { path: "/metrics", methods: &["get"], handler: || get(house::metrics) },
    Route { path: "/health", methods: &["get"], handler: || get(page) },
    Route { path: "/api/health", methods: &["get"], handler: || get(house::page) },
    Route { path: "/ehr", methods: &["get"], handler: || get(page) },
    Route { path: "/api/ehr", methods: &["get"], handler: || get(house::ehr) },
    Route { path: "/ca.crt", methods: &["get"], handler: || get(tls::authority) },
    Route { path: "/ws", methods: &["get"], handler: || get(socket::open) },
    Route { path: "/api/chairs/{id}", methods: &["put"], handler: || put(api::name_chair) },
    Route { path: "/api/chairs/{id}/frame/{seq}", methods: &["get"], handler: || get(api::frame) },
    Route { path: "/api/sources", methods: &["get"], handler: || get(sources::all) },
    Route { path: "/api/sources/{id}/bytes", methods: &["get"], handler: || get(sources::bytes) },
    Route { path: "/api/chairs/{id}/session", methods: &["post"], handler: || post(api::act) },
    Route { path: "/api/chairs/{id}/clear", methods: &["post"], handler: || post(api::clear_chair) },
    Route { path: "/api/clinic", methods: &["post"], handler: || post(api::change_clinic) },
    Route { path: "/api/patients/find", methods: &["post"], handler: || post(api::find_patients) },
    Route { path: "/api/feeds/look", methods: &["post"], handler: || post(api::look_at_feed) },
    Route { path: "/api/feeds/assign", methods: &["post"], handler: || post(api::assign_feed) },
];

/// Path and methods of every route, as `docs/openapi.json` lists them.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    ROUTES.iter().map(|route| (route.path, route.methods))
}

/// All routes. [`serve`] adds bounds on connections, header time and shutdown; a program that serves the router itself
/// must add `ConnectInfo<SocketAddr>`, or sockets of programs (without `Origin`) are refused.
pub fn router(deps: Deps) -> Router {
    build(deps, socket::Screens::new(), Arc::default())
}

pub(crate) fn build(deps: Deps, screens: socket::Screens, counts: Arc<counts::Counts>) -> Router {
    let hosts = access::Hosts::new(deps.listen, deps.tls.as_ref());
    let secure = deps.tls.is_some();
    let app = App {
        deps: Arc::new(deps),
        screens,
        counts: Arc::clone(&counts),
        making: record::Making::default(),
        fhir: fhir::Turns::default(),
    };
    let routes = ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    let router = routes
        .fallback(top_file)
        .method_not_allowed_fallback(|| async { Refused::BadMethod })
        .with_state(app)
        .layer(from_fn(api::in_time))
        .layer(from_fn_with_state(hosts, access::check_host))
        .layer(CatchPanicLayer::custom(|_| Refused::Internal.into_answer()))
        .layer(from_fn(access::add_headers))
        .layer(from_fn_with_state(counts, api::count_refusals));
    if secure { router.layer(from_fn(tls::add_hsts)) } else { router }
}

async fn page(headers: HeaderMap) -> axum::response::Response {
    bundle::index(&headers)
}

async fn asset(Path(file): Path<String>, headers: HeaderMap) -> axum::response::Response {
    file_at(&format!("/assets/{file}"), &headers)
}

/// Files beside the page, such as its icon; nothing else is there.
async fn top_file(request: axum::extract::Request) -> axum::response::Response {
    if !matches!(request.method().as_str(), "GET" | "HEAD") {
        return Refused::NoRoute.into_answer();
    }
    file_at(request.uri().path(), request.headers())
}

fn file_at(path: &str, headers: &HeaderMap) -> axum::response::Response {
    bundle::find(path).map_or_else(|| Refused::NoRoute.into_answer(), |file| bundle::answer(file, headers))
}
