//! FHIR R4 for programs that show records: read only, the same resources as the bundle of an export.
//!
//! Interval values of 5 minutes, and cuff readings and typed values at their own times; every value is in the export alone.
//! Nothing of a query is logged, and what says something of a patient can be sent in a body (`_search`).

mod answer;
mod ask;
mod look;
mod when;

use crate::App;
use crate::access::{Site, site};
use crate::api::BODY_MAX;
use crate::people::Caller;
use crate::refusal::Refused;
use answer::{READ, Trouble, answer, base, capabilities, searchset};
use ask::Ask;
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use chairside_export::fhir::rest;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Questions answered at once: each may hold a whole record in memory. Others wait; who waits too long is told.
const AT_ONCE: usize = 2;

/// Whose turn it is.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// `GET /fhir/metadata`.
pub(crate) async fn metadata(State(app): State<App>, headers: HeaderMap) -> Result<Response<Body>, Trouble> {
    allowed(&headers)?;
    Ok(answer(StatusCode::OK, capabilities(&base(app.tls.is_some(), &headers), &app.about.version)))
}

/// `GET /fhir/{kind}?...`.
pub(crate) async fn search(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(kind): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response<Body>, Trouble> {
    allowed(&headers)?;
    found(&app, &caller, &kind, &uri, &headers).await
}

/// `POST /fhir/{kind}/_search`, with the parameters as a form: it changes nothing; no address may hold a name.
pub(crate) async fn search_body(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(kind): Path<String>,
    request: Request,
) -> Result<Response<Body>, Trouble> {
    let headers = request.headers().clone();
    allowed(&headers)?;
    let form = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !form.starts_with("application/x-www-form-urlencoded") {
        return Err(Trouble::invalid("the body must be sent as application/x-www-form-urlencoded"));
    }
    let bytes = to_bytes(request.into_body(), BODY_MAX).await.map_err(|_| Refused::TooLarge(BODY_MAX))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Trouble::invalid("the body is no form"))?;
    let uri: Uri = format!("/?{text}").parse().map_err(|_| Trouble::invalid("the body is no form"))?;
    found(&app, &caller, &kind, &uri, &headers).await
}

/// `GET /fhir/{kind}/{id}`.
pub(crate) async fn read(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response<Body>, Trouble> {
    allowed(&headers)?;
    let _turn = app.fhir.0.acquire().await.map_err(|_| Refused::Internal)?;
    if kind == "Binary" {
        let pdf = look::pages(&app, &caller, &id).await?;
        return Ok(if wants_json(&headers) {
            answer(StatusCode::OK, rest::binary(&id, &pdf))
        } else {
            let mut response = answer(StatusCode::OK, String::new());
            *response.body_mut() = Body::from(pdf);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
            response
        });
    }
    let kind = READ.into_iter().find(|known| *known == kind).ok_or_else(Trouble::not_found)?;
    Ok(answer(StatusCode::OK, look::one(&app, &caller, kind, &id).await?.json))
}

async fn found(
    app: &App,
    caller: &Caller,
    kind: &str,
    query: &Uri,
    headers: &HeaderMap,
) -> Result<Response<Body>, Trouble> {
    let unreadable = |_| Trouble::invalid("the parameters cannot be read: expected name=value&name=value");
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(query).map_err(unreadable)?;
    let ask = Ask::read(kind, pairs, strict(headers), &*app.offsets)?;
    let _turn = app.fhir.0.acquire().await.map_err(|_| Refused::Internal)?;
    let page = look::search(app, caller, kind, &ask).await?;
    Ok(answer(StatusCode::OK, searchset(&base(app.tls.is_some(), headers), kind, &ask, &page)))
}

/// A page of another site may not even make us write into the audit. Who asks for something else than JSON gets none.
fn allowed(headers: &HeaderMap) -> Result<(), Trouble> {
    if site(headers) == Site::Other {
        return Err(Trouble::forbidden());
    }
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("*/*");
    let fits = |part: &str| {
        part.contains("json") || part.contains("*/*") || part.contains("application/*") || part.contains("pdf")
    };
    if accepts.split(',').any(fits) { Ok(()) } else { Err(Trouble::not_acceptable()) }
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("json"))
}

fn strict(headers: &HeaderMap) -> bool {
    let prefer = headers.get("prefer").and_then(|prefer| prefer.to_str().ok()).unwrap_or_default();
    prefer.split([',', ';']).any(|part| part.trim() == "handling=strict")
}
