//! The same resources one by one, as a server gives them: what stands in the bundle of a session stands here with the same
//! content, and refers by address instead of by UUID.
//!
//! The id of a resource of a session is 16 digits that find the session, a dash, and the UUID it has in the bundle.

use super::json::Json;
use super::{Maker, Pages, Place, Resource, Values, document, observation, people};
use crate::{Face, Record, ids};
use chairside_observation::session::{Patient, SessionId};

/// Letters of an id that find its session.
const FINDS: usize = 16;

/// One resource as JSON text, with what a search asks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its type.
    pub kind: &'static str,
    /// Its id on the server.
    pub id: String,
    /// Codes it is found by, with their systems.
    pub codes: Vec<(String, String)>,
    /// Codes of its categories, with their systems.
    pub categories: Vec<(String, String)>,
    /// Since when and until when it holds, as it says itself.
    pub when: Option<(String, String)>,
    /// The whole of it.
    pub json: String,
}

/// The id of the patient: the same in every session of hers.
#[must_use]
pub fn patient_id(patient: &Patient) -> String {
    ids::uuid("patient", &[&patient.id, &patient.born])
}

/// The digits in front of every id of a session's resources.
#[must_use]
pub fn finds(session: &SessionId) -> String {
    let mut digits = ids::uuid("found", &[session.as_str()]).replace('-', "");
    digits.truncate(FINDS);
    digits
}

/// The digits of an id that find its session; `None` when it is no id of a session's resource.
#[must_use]
pub fn found(id: &str) -> Option<&str> {
    let (digits, uuid) = id.split_once('-')?;
    (digits.len() == FINDS && uuid.len() == 36).then_some(digits)
}

pub(super) fn id(session: &SessionId, uuid: &str) -> String {
    format!("{}-{uuid}", finds(session))
}

/// The patient. A record without its values is enough.
#[must_use]
pub fn patient(record: &Record, face: &Face<'_>) -> Item {
    item(&people::patient(&Maker::new(record, face, Place::Server)))
}

/// The session as an encounter. A record without its values is enough, if it has the first entry of the span.
#[must_use]
pub fn encounter(record: &Record, face: &Face<'_>) -> Item {
    item(&people::encounter(&Maker::new(record, face, Place::Server)))
}

/// The report, its pages at an address of their own. A record without its values is enough, as above.
#[must_use]
pub fn report(record: &Record, face: &Face<'_>) -> Item {
    item(&document::report(&Maker::new(record, face, Place::Server), &Pages::At))
}

/// Everything of a session: what the bundle has, in its order.
#[must_use]
pub fn all(record: &Record, face: &Face<'_>, values: Values) -> Vec<Item> {
    let maker = Maker::new(record, face, Place::Server);
    let mut resources = people::resources(&maker);
    let before = resources.len();
    resources.extend(observation::vitals(&maker, values));
    resources.extend(observation::scores(&maker));
    let observed: Vec<String> = resources[before..].iter().map(|resource| resource.id.clone()).collect();
    resources.push(document::report(&maker, &Pages::At));
    resources.push(document::provenance(&maker, &observed));
    resources.iter().map(item).collect()
}

/// Pages as a resource, for who asks for JSON.
#[must_use]
pub fn binary(id: &str, pdf: &[u8]) -> String {
    use base64::Engine;
    let data = base64::engine::general_purpose::STANDARD.encode(pdf);
    let body = Json::object().with("resourceType", "Binary").with("id", id).with("contentType", "application/pdf");
    let mut text = String::new();
    body.with("data", data).write(&mut text);
    text
}

fn item(resource: &Resource) -> Item {
    let body = &resource.body;
    let codings = |concept: &Json| {
        let of = |coding: &Json| {
            let part = |name| coding.field(name).and_then(Json::text).unwrap_or_default().to_owned();
            (part("system"), part("code"))
        };
        concept.field("coding").map_or_else(Vec::new, |codings| codings.items().iter().map(of).collect::<Vec<_>>())
    };
    let list = |name| body.field(name).map(Json::items).unwrap_or_default();
    let parts = list("component").iter().filter_map(|part| part.field("code"));
    let codes = body.field("code").into_iter().chain(parts).flat_map(codings).collect();
    let categories = list("category").iter().flat_map(codings).collect();
    let mut json = String::new();
    body.write(&mut json);
    let id = body.field("id").and_then(Json::text).unwrap_or_default().to_owned();
    Item { kind: resource.kind, id, codes, categories, when: when(body), json }
}

fn when(body: &Json) -> Option<(String, String)> {
    let text = |of: &Json, name| of.field(name).and_then(Json::text).map(str::to_owned);
    if let Some(at) = text(body, "effectiveDateTime").or_else(|| text(body, "date")) {
        return Some((at.clone(), at));
    }
    let period = body.field("effectivePeriod").or_else(|| body.field("period"))?;
    Some((text(period, "start")?, text(period, "end").unwrap_or_default()))
}
