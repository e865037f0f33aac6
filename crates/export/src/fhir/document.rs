//! The report as a document, and where everything came from.

use super::codes::coding;
use super::json::Json;
use super::{Maker, Resource, reference, some, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The report.
pub(super) fn report(maker: &Maker<'_>, pdf: &[u8]) -> Resource {
    let record = maker.record;
    let at = maker.face.iso(record.end.wall);
    let attachment = Json::object()
        .with("contentType", "application/pdf")
        .with("data", STANDARD.encode(pdf))
        .with("size", Json::Number(pdf.len().to_string()))
        .with("title", "Record of an infusion session")
        .with("creation", at.clone());
    let period = Json::object().with("start", maker.face.iso(record.begin().wall)).with("end", at.clone());
    let context = Json::object().with("encounter", [reference(&maker.session)]).with("period", period);
    let id = maker.id("document", &[]);
    let identifier = Json::object().with("system", "urn:ietf:rfc:3986").with("value", format!("urn:uuid:{id}"));
    Resource::new("DocumentReference", id)
        .with("masterIdentifier", identifier)
        .with("status", "current")
        .with("docStatus", if record.session.signed().is_some() { "final" } else { "preliminary" })
        .with("type", text("record of an infusion session"))
        .with("subject", reference(&maker.patient()))
        .with("date", at)
        .with("content", [Json::object().with("attachment", attachment)])
        .with("context", context)
}

/// Which entries of the session log the bundle was made from, by what, and who ran the session.
pub(super) fn provenance(maker: &Maker<'_>, observed: &[String]) -> Resource {
    let (record, session) = (maker.record, &maker.record.session);
    let kind = |code, display| {
        let system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
        Json::object().with("coding", [coding(system, code, display)])
    };
    let program = Json::object().with("type", kind("assembler", "Assembler")).with("who", reference(&maker.device("")));
    let nurse = some(&session.nurse.name).map(|name| {
        Json::object().with("type", kind("enterer", "Enterer")).with("who", Json::object().with("display", name))
    });
    let last = record.samples.iter().map(|it| it.sequence).chain(session.acts.iter().map(|kept| kept.sequence)).max();
    let through = session.through.or(last).unwrap_or(session.from);
    let entries =
        format!("session {}, entries {} to {} of the chair's timeline", session.id, session.from.0, through.0);
    let what =
        Json::object().with("identifier", Json::object().with("value", entries.as_str())).with("display", entries);
    let targets = std::iter::once(&maker.session).chain(observed).map(|id| reference(id)).collect::<Vec<_>>();
    Resource::new("Provenance", maker.id("provenance", &[]))
        .with("target", targets)
        .with("recorded", maker.face.iso(record.end.wall))
        .with("agent", std::iter::once(program).chain(nurse).collect::<Vec<_>>())
        .with("entity", [Json::object().with("role", "source").with("what", what)])
}
