//! TLS of the screens: what a connection has to go through before its first request, and what every answer then says.

mod greet;
mod handshakes;

pub(crate) use greet::{Greeted, greet};
pub(crate) use handshakes::Handshakes;

use crate::App;
use crate::refusal::Refused;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use chairside_tls::{Accept, Name};
use std::sync::Arc;
use std::time::Duration;

/// From the connection to the end of the handshake. Far devices on a bad wireless network take a second.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The screens are served over TLS, and over nothing else.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Our end, with the certificate it shows.
    pub accept: Accept,
    /// What this server is called, beside its address: other names are refused.
    pub names: Arc<[Name]>,
    /// The certificate of our own authority, for devices to trust; `None` when the clinic gave the certificate.
    pub authority: Option<Arc<str>>,
}

/// `GET /ca.crt`: public, since a device asks before it trusts anything. Whoever installs it compares the fingerprint.
pub(crate) async fn authority(State(app): State<App>) -> Response<Body> {
    let Some(text) = app.tls.as_ref().and_then(|tls| tls.authority.clone()) else {
        return Refused::NoRoute.into_answer();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/x-x509-ca-cert"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"chairside-ca.crt\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::OK, headers, text.to_string()).into_response()
}

/// A browser that was here once over TLS comes back over nothing else for a year (S02).
const HSTS: &str = "max-age=31536000";

/// Adds it.
pub(crate) async fn add_hsts(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    response
}
