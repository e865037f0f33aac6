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
mod network;
mod notices;
mod people;
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
pub use network::{Listener, Stream};
pub use notices::Notices;
pub use people::{Gate, OpenId, People, Random, Secret, Under};
pub use serve::{CONNECTIONS_MAX, HEADER_TIMEOUT, serve};
pub use socket::{
    FOLLOWS_MAX, HISTORY_ENTRIES, ITEMS_MAX, MESSAGE_BYTES_MAX, MESSAGES, MESSAGES_A_MINUTE, MESSAGES_MAX, PING_EVERY,
    Reach, SCREENS_EACH, SCREENS_MAX, SEND_TIMEOUT, SILENCE_MAX, Says, WINDOW, WINDOW_MAX,
};
pub use sources::Sources;
pub use tls::{HANDSHAKE_TIMEOUT, Tls};

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post, put};
use chairside_access::Right;
use chairside_hub::Hub;
use chairside_observation::AccessKind;
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
    /// Accounts, displays, and who is signed in.
    pub people: People,
    /// The clinic's own provider of accounts; `None` where none is configured.
    pub openid: Option<OpenId>,
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
    gate: Gate,
    /// What passing the gate puts into the audit, where the handler does not.
    notes: Option<AccessKind>,
    handler: fn() -> MethodRouter<App>,
}

const fn to(
    path: &'static str,
    methods: &'static [&'static str],
    gate: Gate,
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route { path, methods, gate, notes: None, handler }
}

impl Route {
    const fn noted(self, did: AccessKind) -> Self {
        Self { notes: Some(did), ..self }
    }
}

const GET: &[&str] = &["get"];
const POST: &[&str] = &["post"];
const BOTH: &[&str] = &["get", "post"];

/// Every route there is, and what it asks of the one who comes. Anything else is refused (S16).
#[rustfmt::skip]
const ROUTES: [Route; 71] = [
    to("/", GET, Gate::Anyone, || get(page)),
    to("/chair/{id}", GET, Gate::Anyone, || get(page)),
    to("/settings", GET, Gate::Anyone, || get(page)),
    to("/settings/{part}", GET, Gate::Anyone, || get(page)),
    to("/sources", GET, Gate::Anyone, || get(page)),
    to("/sources/{id}", GET, Gate::Anyone, || get(page)),
    to("/sessions", GET, Gate::Anyone, || get(page)),
    to("/sessions/{id}", GET, Gate::Anyone, || get(page)),
    to("/sessions/{id}/course", GET, Gate::Anyone, || get(page)),
    to("/sessions/{id}/replay", GET, Gate::Anyone, || get(page)),
    to("/welcome", GET, Gate::Anyone, || get(page)),
    to("/audit", GET, Gate::Anyone, || get(page)),
    to("/assets/{*file}", GET, Gate::Anyone, || get(asset)),
    to("/healthz", GET, Gate::Anyone, || get(house::health)),
    to("/metrics", GET, Gate::Right(Right::Metrics), || get(house::metrics)).noted(AccessKind::TokenUsed),
    to("/health", GET, Gate::Anyone, || get(page)),
    to("/api/health", GET, Gate::Right(Right::Sources), || get(house::page)),
    to("/ehr", GET, Gate::Anyone, || get(page)),
    to("/api/ehr", GET, Gate::Right(Right::Sources), || get(house::ehr)),
    to("/ca.crt", GET, Gate::Anyone, || get(tls::authority)),
    to("/api/me", GET, Gate::Anyone, || get(people::me)),
    to("/api/sign-in", POST, Gate::Anyone, || post(people::sign_in)),
    to("/api/switch", POST, Gate::Anyone, || post(people::switch)),
    to("/api/welcome/look", POST, Gate::Anyone, || post(people::look)),
    to("/api/welcome", POST, Gate::Anyone, || post(people::welcome)),
    to("/openid", GET, Gate::Anyone, || get(page)),
    to("/api/openid/begin", POST, Gate::Anyone, || post(people::begin_openid)),
    to("/api/openid/finish", POST, Gate::Anyone, || post(people::finish_openid)),
    to("/api/lock", POST, Gate::Held, || post(people::lock)),
    to("/api/sign-out", POST, Gate::Held, || post(people::sign_out)),
    to("/api/sign-out-everywhere", POST, Gate::Held, || post(people::sign_out_everywhere)),
    to("/api/me/active", POST, Gate::Own, || post(people::active)),
    to("/api/me/password", POST, Gate::Own, || post(people::change_password)),
    to("/api/me/pin", POST, Gate::Own, || post(people::change_pin)),
    to("/api/me/totp", POST, Gate::Own, || post(people::ask_code)),
    to("/api/me/totp/confirm", POST, Gate::Own, || post(people::confirm_code)),
    to("/api/me/sign-ins", GET, Gate::Own, || get(people::sign_ins)),
    to("/api/me/sign-ins/end", POST, Gate::Own, || post(people::end_sign_in)),
    to("/api/emergency", POST, Gate::Own, || post(people::ask_emergency)),
    to("/api/accounts", BOTH, Gate::Right(Right::Accounts), || get(people::accounts).post(people::make_account)),
    to("/api/accounts/{id}", POST, Gate::Right(Right::Accounts), || post(people::change_account)),
    to("/api/displays", BOTH, Gate::Right(Right::Administer), || get(people::displays).post(people::make_display)),
    to("/api/displays/{id}", POST, Gate::Right(Right::Administer), || post(people::change_display)),
    to("/api/tokens", BOTH, Gate::Right(Right::Administer), || get(people::tokens).post(people::make_token)),
    to("/api/tokens/{id}", POST, Gate::Right(Right::Administer), || post(people::change_token)),
    to("/api/audit/find", POST, Gate::Right(Right::Audit), || post(people::find_audit)),
    to("/ws", GET, Gate::Live, || get(socket::open)),
    to("/api/chairs/{id}", &["put"], Gate::Right(Right::Rooms), || put(api::name_chair)).noted(AccessKind::RoomsChanged),
    to("/api/chairs/{id}/frame/{seq}", GET, Gate::Right(Right::Bytes), || get(api::frame)).noted(AccessKind::BytesViewed),
    to("/api/chairs/{id}/session", POST, Gate::Right(Right::Enter), || post(api::act)),
    to("/api/chairs/{id}/clear", POST, Gate::Right(Right::Enter), || post(api::clear_chair)),
    to("/api/clinic", POST, Gate::Right(Right::Settings), || post(api::change_clinic)),
    to("/api/patients/find", POST, Gate::Right(Right::Patients), || post(api::find_patients)).noted(AccessKind::PatientsSearched),
    to("/api/feeds/look", POST, Gate::Right(Right::Bytes), || post(api::look_at_feed)).noted(AccessKind::BytesViewed),
    to("/api/feeds/assign", POST, Gate::Right(Right::Rooms), || post(api::assign_feed)).noted(AccessKind::RoomsChanged),
    to("/api/sources", GET, Gate::Right(Right::Sources), || get(sources::all)),
    to("/api/sources/{id}/bytes", GET, Gate::Right(Right::Bytes), || get(sources::bytes)).noted(AccessKind::BytesViewed),
    to("/api/sessions/find", POST, Gate::Right(Right::Records), || post(record::find)).noted(AccessKind::RecordsSearched),
    to("/api/sessions/{id}/open", POST, Gate::Right(Right::Records), || post(record::open)),
    to("/api/sessions/{id}/act", POST, Gate::Right(Right::Comment), || post(record::act)),
    to("/api/sessions/{id}/export", POST, Gate::Right(Right::Export), || post(record::export)),
    to("/api/sessions/{id}/series", GET, Gate::Right(Right::Records), || get(record::series)).noted(AccessKind::RecordViewed),
    to("/api/sessions/{id}/table", GET, Gate::Right(Right::Records), || get(record::table)).noted(AccessKind::RecordViewed),
    to("/api/sessions/{id}/stood", GET, Gate::Right(Right::Records), || get(record::stood)).noted(AccessKind::RecordViewed),
    to("/api/sessions/{id}/frame/{seq}", GET, Gate::Right(Right::Records), || get(record::frame)).noted(AccessKind::RecordViewed),
    to("/api/course", POST, Gate::Right(Right::Records), || post(record::course)),
    to("/fhir/metadata", GET, Gate::Anyone, || get(fhir::metadata)),
    to("/fhir/{kind}", GET, Gate::Right(Right::Fhir), || get(fhir::search)).noted(AccessKind::RecordsSearched),
    to("/fhir/{kind}/_search", POST, Gate::Right(Right::Fhir), || post(fhir::search_body)).noted(AccessKind::RecordsSearched),
    to("/fhir/{kind}/{id}", GET, Gate::Right(Right::Fhir), || get(fhir::read)).noted(AccessKind::RecordViewed),
    to("/account", GET, Gate::Anyone, || get(page)),
];

/// Path and methods of every route, as `docs/openapi.json` lists them.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    ROUTES.iter().map(|route| (route.path, route.methods))
}

/// The same with its gate: what the tests of the permission table go through.
pub fn gates() -> impl Iterator<Item = (&'static str, &'static [&'static str], Gate)> {
    ROUTES.iter().map(|route| (route.path, route.methods, route.gate))
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
    let routes = ROUTES.iter().fold(Router::new(), |router, route| {
        let post = people::Post { app: app.clone(), path: route.path, gate: route.gate, notes: route.notes };
        router.route(route.path, (route.handler)().layer(from_fn_with_state(post, people::guard)))
    });
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
