//! What is answered: bundles, single resources, and troubles as OperationOutcomes.

use super::ask::{Ask, searched};
use crate::refusal::Refused;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use chairside_export::fhir::rest::Item;
use serde_json::{Value, json};

/// When what stands in [`capabilities`] changed last.
const CAPABILITIES_OF: &str = "2026-11-22";
/// Types a single resource of can be asked for by its id.
pub(super) const READ: [&str; 7] =
    ["Patient", "Encounter", "Observation", "DocumentReference", "Procedure", "Device", "Provenance"];

/// Why there is no answer: status, kind of the issue, and a sentence that says nothing of a patient.
#[derive(Debug)]
pub(crate) struct Trouble {
    status: StatusCode,
    issue: &'static str,
    text: String,
}

impl Trouble {
    fn new(status: StatusCode, issue: &'static str, text: impl Into<String>) -> Self {
        Self { status, issue, text: text.into() }
    }

    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", text)
    }

    pub(super) fn not_supported(text: String) -> Self {
        // A type there is no search for has no address either.
        let status = if text.starts_with("there is no") { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        Self::new(status, "not-supported", text)
    }

    pub(super) fn too_costly(text: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "too-costly", text)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "there is no such resource")
    }

    pub(super) fn not_acceptable() -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "not-supported", "only JSON is spoken here: application/fhir+json")
    }

    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "this request comes from a page of another site")
    }

    #[cfg(test)]
    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        let (status, code) = refused.parts();
        if let Some(cause) = std::error::Error::source(&refused) {
            tracing::warn!(code, cause = %cause, "request refused");
        }
        let issue = match status {
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::GONE => "deleted",
            StatusCode::SERVICE_UNAVAILABLE => "transient",
            StatusCode::INTERNAL_SERVER_ERROR => "exception",
            _ => "invalid",
        };
        Self::new(status, issue, refused.to_string())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> axum::response::Response {
        tracing::debug!(issue = self.issue, status = self.status.as_u16(), "a FHIR request is not answered");
        answer(self.status, outcome("error", self.issue, &self.text).to_string())
    }
}

fn outcome(severity: &str, issue: &str, text: &str) -> Value {
    let issue = json!({"severity": severity, "code": issue, "diagnostics": text});
    json!({"resourceType": "OperationOutcome", "issue": [issue]})
}

/// An answer that nobody keeps.
pub(super) fn answer(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/fhir+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Where this server is, as the client called it; the host was checked before.
pub(super) fn base(secure: bool, headers: &HeaderMap) -> String {
    let scheme = if secure { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("{scheme}://{host}/fhir")
}

/// What a search found on one page.
pub(super) struct Page {
    pub(super) items: Vec<Item>,
    /// How many there are on all pages, where that is known.
    pub(super) total: Option<usize>,
    /// Mark of the next page.
    pub(super) next: Option<String>,
    /// What the client should know of the answer.
    pub(super) hint: Option<&'static str>,
}

/// A page as a Bundle.
pub(super) fn searchset(base: &str, kind: &str, ask: &Ask, page: &Page) -> String {
    let url = |more: Option<&str>| {
        let marked = more.map(|mark| ("_cursor".to_owned(), mark.to_owned()));
        let pairs: Vec<String> =
            ask.used.iter().chain(&marked).map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
        format!("{base}/{kind}{query}")
    };
    let mut links = vec![json!({"relation": "self", "url": url(None)})];
    links.extend(page.next.as_deref().map(|mark| json!({"relation": "next", "url": url(Some(mark))})));
    let mut entries: Vec<String> = page.items.iter().map(|item| entry(base, item)).collect();
    let ignored = ask.ignored.iter().map(|name| format!("the parameter {name:?} is not known and was ignored"));
    for text in ignored.chain(page.hint.map(str::to_owned)) {
        let told = outcome("warning", "informational", &text);
        entries.push(format!(r#"{{"resource":{told},"search":{{"mode":"outcome"}}}}"#));
    }
    let total = page.total.map_or_else(String::new, |total| format!(r#""total":{total},"#));
    let links = Value::from(links);
    let entries = if entries.is_empty() { String::new() } else { format!(r#","entry":[{}]"#, entries.join(",")) };
    format!(r#"{{"resourceType":"Bundle","type":"searchset",{total}"link":{links}{entries}}}"#)
}

fn entry(base: &str, item: &Item) -> String {
    let url = format!("{base}/{}/{}", item.kind, item.id);
    format!(r#"{{"fullUrl":"{url}","resource":{},"search":{{"mode":"match"}}}}"#, item.json)
}

/// A value as it may stand in a query.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What this server can do.
pub(super) fn capabilities(base: &str, version: &str) -> String {
    let code = |code: &str| json!({"code": code});
    let params = |names: &[&str]| {
        let kind = |name: &str| match name {
            "date" | "birthdate" => "date",
            "patient" | "subject" | "encounter" => "reference",
            "name" => "string",
            _ => "token",
        };
        let all = ["_id"].iter().chain(names);
        all.map(|name| json!({"name": name, "type": kind(name)})).collect::<Vec<_>>()
    };
    let resource = |name: &str| {
        let search = searched().find(|(of, _)| *of == name);
        let mut can = vec![code("read")];
        can.extend(search.map(|_| code("search-type")));
        let mut resource = json!({"type": name, "interaction": can, "versioning": "no-version"});
        if let Some((_, names)) = search {
            resource["searchParam"] = params(names).into();
        }
        resource
    };
    let resources: Vec<Value> = READ.into_iter().chain(["Binary"]).map(resource).collect();
    let doc = "Read only. Identifiers and names go into the body: POST [base]/Patient/_search.";
    let rest = json!({"mode": "server", "documentation": doc, "resource": resources});
    let name = json!({"name": "Chairside", "version": version});
    json!({
        "resourceType": "CapabilityStatement", "status": "active", "date": CAPABILITIES_OF, "kind": "instance",
        "software": name, "implementation": {"description": "Records of infusion sessions", "url": base},
        "fhirVersion": "4.0.1", "format": ["application/fhir+json", "json"], "rest": [rest],
    })
    .to_string()
}
