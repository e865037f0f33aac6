//! The sources as screens see them: how each stands, and what it sent last.

use crate::App;
use crate::refusal::{Refused, json};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use chairside_observation::SourceId;
use chairside_wire::SourceBytes;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the routes may learn of the sources. It answers and takes nothing: whatever stands behind it, no request can reach
/// a port through it.
pub trait Sources: Send + Sync {
    /// Every source, in the order of the configuration.
    fn all(&self) -> chairside_wire::Sources;
    /// How each source is read, as configured: what a record says of its devices, whoever makes it.
    fn adapters(&self) -> BTreeMap<SourceId, String>;
    /// The kept frames of one source after number `after`; `None` when there is no such source.
    fn bytes(&self, source: &SourceId, after: u64) -> Option<SourceBytes>;
}

/// `GET /api/sources`.
pub(crate) async fn all(State(app): State<App>) -> Response<Body> {
    json(StatusCode::OK, &app.sources.all())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct After {
    #[serde(default)]
    after: u64,
}

/// `GET /api/sources/{id}/bytes?after=N`.
pub(crate) async fn bytes(
    State(app): State<App>,
    Path(id): Path<String>,
    query: Result<Query<After>, axum::extract::rejection::QueryRejection>,
) -> Result<Response<Body>, Refused> {
    let Query(After { after }) = query.map_err(|_| Refused::BadQuery)?;
    let found = app.sources.bytes(&SourceId::from(id), after).ok_or(Refused::NoSource)?;
    Ok(json(StatusCode::OK, &found))
}
