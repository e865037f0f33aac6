//! The report as a document, and where everything came from.

use super::codes::coding;
use super::json::Json;
use super::{Maker, Resource, some, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Where the pages of the report are.
pub(super) enum Pages<'a> {
    /// In the resource.
    Within(&'a [u8]),
    /// At an address of their own.
    At,
}

/// The report.
pub(super) fn report(maker: &Maker<'_>, pdf: &Pages<'_>) -> Resource {
    let record = maker.record;
    let at = maker.face.iso(record.end.wall);
    let attachment = Json::object().with("contentType", "application/pdf");
    let attachment = match pdf {
        Pages::Within(pdf) => {
            attachment.with("data", STANDARD.encode(pdf)).with("size", Json::Number(pdf.len().to_string()))
        }
        Pages::At => attachment.with("url", maker.address("Binary", &maker.id("document", &[]))),
    };
    let attachment = attachment.with("title", "Record of an infusion session").with("creation", at.clone());
    let period = Json::object().with("start", maker.face.iso(record.begin().wall)).with("end", at.clone());
    let context = Json::object().with("encounter", [maker.encounter()]).with("period", period);
    let id = maker.id("document", &[]);
    let identifier = Json::object().with("system", "urn:ietf:rfc:3986").with("value", format!("urn:uuid:{id}"));
    maker
        .resource("DocumentReference", &id)
        .with("masterIdentifier", identifier)
        .with("status", "current")
        .with("docStatus", if record.session.signed().is_some() { "final" } else { "preliminary" })
        .with("type", text("record of an infusion session"))
        .with("subject", maker.subject())
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
    let program = Json::object()
        .with("type", kind("assembler", "Assembler"))
        .with("who", maker.reference("Device", &maker.device("")));
    let nurse = some(&session.nurse.name).map(|name| {
        Json::object().with("type", kind("enterer", "Enterer")).with("who", Json::object().with("display", name))
    });
    let last = record.samples().iter().map(|it| it.sequence).chain(session.acts.iter().map(|kept| kept.sequence)).max();
    let through = session.through.or(last).unwrap_or(session.from);
    let entries =
        format!("session {}, entries {} to {} of the chair's timeline", session.id, session.from.0, through.0);
    let what =
        Json::object().with("identifier", Json::object().with("value", entries.as_str())).with("display", entries);
    let targets = observed.iter().map(|id| maker.reference("Observation", id));
    let targets = std::iter::once(maker.encounter()).chain(targets).collect::<Vec<_>>();
    maker
        .resource("Provenance", &maker.id("provenance", &[]))
        .with("target", targets)
        .with("recorded", maker.face.iso(record.end.wall))
        .with("agent", std::iter::once(program).chain(nurse).collect::<Vec<_>>())
        .with("entity", [Json::object().with("role", "source").with("what", what)])
}
