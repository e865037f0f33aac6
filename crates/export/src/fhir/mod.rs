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
pub mod rest;

use crate::{Face, Record, ids};
use document::Pages;
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
    let maker = Maker::new(record, face, Place::Bundle);
    let mut resources = people::resources(&maker);
    let before = resources.len();
    resources.extend(observation::vitals(&maker, values));
    resources.extend(observation::scores(&maker));
    let observed: Vec<String> = resources[before..].iter().map(|resource| resource.id.clone()).collect();
    if let Some(pdf) = pdf {
        resources.push(document::report(&maker, &Pages::Within(pdf)));
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

/// Where resources stand, and so how they refer to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In one bundle: by UUIDs.
    Bundle,
    /// On a server: by addresses, in which the session is found again.
    Server,
}

/// What every resource is made from.
struct Maker<'a> {
    record: &'a Record,
    face: &'a Face<'a>,
    place: Place,
    /// Id of the session, and of its encounter.
    session: String,
}

/// A resource with its kind and the UUID of its content.
struct Resource {
    kind: &'static str,
    id: String,
    body: Json,
}

impl Resource {
    fn with(mut self, name: &'static str, value: impl Into<Json>) -> Self {
        self.body = self.body.with(name, value);
        self
    }

    fn maybe(mut self, name: &'static str, value: Option<impl Into<Json>>) -> Self {
        self.body = self.body.maybe(name, value);
        self
    }
}

impl<'a> Maker<'a> {
    fn new(record: &'a Record, face: &'a Face<'a>, place: Place) -> Self {
        Self { record, face, place, session: ids::session(record) }
    }

    /// A resource with nothing but its id.
    fn resource(&self, kind: &'static str, id: &str) -> Resource {
        let body = Json::object().with("resourceType", kind).with("id", self.named(kind, id));
        Resource { kind, id: id.to_owned(), body }
    }

    /// The id where the resource stands.
    fn named(&self, kind: &str, id: &str) -> String {
        match self.place {
            // Hers in every session, and found without one.
            Place::Server if kind != "Patient" => rest::id(&self.record.session.id, id),
            Place::Bundle | Place::Server => id.to_owned(),
        }
    }

    /// Where a resource is.
    fn address(&self, kind: &str, id: &str) -> String {
        match self.place {
            Place::Bundle => format!("urn:uuid:{id}"),
            Place::Server => format!("{kind}/{}", self.named(kind, id)),
        }
    }

    fn reference(&self, kind: &str, id: &str) -> Json {
        Json::object().with("reference", self.address(kind, id))
    }

    /// Whose it is.
    fn subject(&self) -> Json {
        self.reference("Patient", &self.patient())
    }

    /// In which session.
    fn encounter(&self) -> Json {
        self.reference("Encounter", &self.session)
    }

    /// The id of a resource of this session.
    fn id(&self, kind: &str, parts: &[&str]) -> String {
        let all: Vec<&str> = std::iter::once(self.session.as_str()).chain(parts.iter().copied()).collect();
        ids::uuid(kind, &all)
    }

    /// The id of the patient: the same in every session of hers.
    fn patient(&self) -> String {
        rest::patient_id(&self.record.session.patient)
    }

    fn device(&self, source: &str) -> String {
        self.id("device", &[source])
    }
}

fn text(text: &str) -> Json {
    Json::object().with("text", text)
}

/// A text where there is one: FHIR knows no empty one.
fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}
