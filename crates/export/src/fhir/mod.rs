//! A record as a FHIR R4 Bundle: patient, encounter, devices, the infusion as a procedure, vital signs on their profile,
//! provenance, and the report as a document.
//!
//! Interval values by default: of each signal the middle one of the counted values of a window, as in the interval table. A
//! cuff reading and a typed value is an event and stands by itself, at its own time. What is not there has a reason and no
//! number. Every resource has an id that follows from the record, so a bundle sent again is the same bundle.

mod codes;
mod document;
mod json;
mod observation;
mod people;

use crate::{Face, Record, ids};
use json::Json;

/// How much of the values goes into a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Windows of so many minutes since T+0.
    Every(u32),
    /// Every value and every absence.
    Raw,
}

/// The bundle, and in it the report where there is one as PDF.
#[must_use]
pub fn bundle(record: &Record, face: &Face<'_>, values: Values, pdf: Option<&[u8]>) -> Vec<u8> {
    let maker = Maker { record, face, session: ids::session(record) };
    let mut resources = people::resources(&maker);
    let before = resources.len();
    resources.extend(observation::vitals(&maker, values));
    resources.extend(observation::scores(&maker));
    let observed: Vec<String> = resources[before..].iter().map(|resource| resource.id.clone()).collect();
    if let Some(pdf) = pdf {
        resources.push(document::report(&maker, pdf));
    }
    resources.push(document::provenance(&maker, &observed));
    let entry = |resource: Resource| {
        Json::object().with("fullUrl", format!("urn:uuid:{}", resource.id)).with("resource", resource.body)
    };
    let entries: Vec<Json> = resources.into_iter().map(entry).collect();
    let of = match values {
        Values::Every(minutes) => format!("every {minutes}"),
        Values::Raw => "raw".to_owned(),
    };
    let id = maker.id("bundle", &[&of]);
    let identifier = Json::object().with("system", "urn:ietf:rfc:3986").with("value", format!("urn:uuid:{id}"));
    let bundle = Json::object().with("resourceType", "Bundle").with("id", id).with("identifier", identifier);
    let mut text = String::new();
    bundle.with("type", "collection").with("entry", entries).write(&mut text);
    text.push('\n');
    text.into_bytes()
}

/// What every resource is made from.
struct Maker<'a> {
    record: &'a Record,
    face: &'a Face<'a>,
    /// Id of the session, and of its encounter.
    session: String,
}

/// A resource with its id.
struct Resource {
    id: String,
    body: Json,
}

impl Resource {
    fn new(kind: &str, id: String) -> Self {
        Self { body: Json::object().with("resourceType", kind).with("id", id.clone()), id }
    }

    fn with(mut self, name: &'static str, value: impl Into<Json>) -> Self {
        self.body = self.body.with(name, value);
        self
    }

    fn maybe(mut self, name: &'static str, value: Option<impl Into<Json>>) -> Self {
        self.body = self.body.maybe(name, value);
        self
    }
}

impl Maker<'_> {
    /// The id of a resource of this session.
    fn id(&self, kind: &str, parts: &[&str]) -> String {
        let all: Vec<&str> = std::iter::once(self.session.as_str()).chain(parts.iter().copied()).collect();
        ids::uuid(kind, &all)
    }

    /// The id of the patient: the same in every session of hers.
    fn patient(&self) -> String {
        let patient = &self.record.session.patient;
        ids::uuid("patient", &[&patient.id, &patient.born])
    }

    fn device(&self, source: &str) -> String {
        self.id("device", &[source])
    }
}

/// A reference to a resource of the bundle.
fn reference(id: &str) -> Json {
    Json::object().with("reference", format!("urn:uuid:{id}"))
}

fn text(text: &str) -> Json {
    Json::object().with("text", text)
}

/// A text where there is one: FHIR knows no empty one.
fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}
