//! Who, where, with what: patient, encounter, infusion, devices.

use super::codes::coding;
use super::json::Json;
use super::{Maker, Resource, some, text};
use crate::{Said, Sample};
use chairside_observation::session::Phase;
use std::collections::{BTreeMap, BTreeSet};

/// They, in this order.
pub(super) fn resources(maker: &Maker<'_>) -> Vec<Resource> {
    let mut all = vec![patient(maker), encounter(maker), procedure(maker), program(maker)];
    all.extend(devices(maker));
    all
}

pub(super) fn patient(maker: &Maker<'_>) -> Resource {
    let patient = &maker.record.session.patient;
    let number = |id: &str| {
        let kind = coding("http://terminology.hl7.org/CodeSystem/v2-0203", "MR", "Medical record number");
        vec![Json::object().with("type", Json::object().with("coding", [kind])).with("value", id)]
    };
    maker
        .resource("Patient", &maker.patient())
        .maybe("identifier", some(&patient.id).map(number))
        .maybe("name", some(&patient.name).map(|name| vec![text(name)]))
        .maybe("birthDate", date(&patient.born))
}

/// A whole date; anything else is no birth date in FHIR.
fn date(born: &str) -> Option<&str> {
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = born.split('-');
    let whole = [4, 2, 2].into_iter().all(|len| parts.next().is_some_and(|part| digits(part, len)));
    (whole && parts.next().is_none()).then_some(born)
}

pub(super) fn encounter(maker: &Maker<'_>) -> Resource {
    let (record, session) = (maker.record, &maker.record.session);
    let status = match session.phase {
        Phase::Planned => "planned",
        Phase::CheckedIn => "arrived",
        Phase::Cancelled => "cancelled",
        Phase::Discharged => "finished",
        Phase::Baseline | Phase::Infusing | Phase::Paused | Phase::Observing | Phase::Ready => "in-progress",
    };
    let begin = Json::object().with("start", maker.face.iso(record.begin().wall));
    let end = (!session.is_open()).then(|| maker.face.iso(record.end.wall));
    let class = coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory");
    let nurse = some(&session.nurse.name)
        .map(|name| vec![Json::object().with("individual", Json::object().with("display", name))]);
    let place =
        some(&record.chair).map(|chair| vec![Json::object().with("location", Json::object().with("display", chair))]);
    maker
        .resource("Encounter", &maker.session)
        .with("identifier", [Json::object().with("value", session.id.as_str())])
        .with("status", status)
        .with("class", class)
        .maybe("type", some(&session.plan.template).map(|name| vec![text(name)]))
        .with("subject", maker.subject())
        .maybe("participant", nurse)
        .with("period", begin.maybe("end", end))
        .maybe("location", place)
}

/// That an infusion was given, and when: no drug and no dose, which the record knows as typed text only.
fn procedure(maker: &Maker<'_>) -> Resource {
    let session = &maker.record.session;
    let started = maker.record.start();
    let stopped = started.and(session.stopped);
    let status = match session.phase {
        Phase::Infusing => "in-progress",
        Phase::Paused => "on-hold",
        _ if started.is_some() && session.stopped_early.is_some() => "stopped",
        _ if started.is_some() => "completed",
        Phase::Discharged | Phase::Cancelled => "not-done",
        _ => "preparation",
    };
    let period = started.map(|start| {
        let end = stopped.map(|stop| maker.face.iso(stop.wall));
        Json::object().with("start", maker.face.iso(start.wall)).maybe("end", end)
    });
    maker
        .resource("Procedure", &maker.id("procedure", &[]))
        .with("status", status)
        .maybe("statusReason", session.stopped_early.as_deref().and_then(some).map(text))
        .with("code", text("infusion session"))
        .with("subject", maker.subject())
        .with("encounter", maker.encounter())
        .maybe("performedPeriod", period)
}

/// The program that kept the record.
fn program(maker: &Maker<'_>) -> Resource {
    let version = Json::object().with("value", &*maker.record.version);
    maker
        .resource("Device", &maker.device(""))
        .with("deviceName", [Json::object().with("name", "Chairside").with("type", "manufacturer-name")])
        .maybe("version", some(&maker.record.version).map(|_| vec![version]))
}

/// One device for each source, with the identifiers it was heard to give itself.
fn devices(maker: &Maker<'_>) -> Vec<Resource> {
    let mut heard: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Sample { said, observation, .. } in maker.record.samples() {
        let Said::Monitor(source) = said else { continue };
        let named = heard.entry(source.as_str()).or_default();
        named.extend(observation.context.as_ref().and_then(|context| context.device.as_deref()).and_then(some));
    }
    let device = |(source, named): (&str, BTreeSet<&str>)| {
        let identifiers: Vec<Json> = named.into_iter().map(|id| Json::object().with("value", id)).collect();
        let name = Json::object().with("name", source).with("type", "user-friendly-name");
        maker
            .resource("Device", &maker.device(source))
            .maybe("identifier", (!identifiers.is_empty()).then_some(identifiers))
            .with("deviceName", [name])
    };
    heard.into_iter().map(device).collect()
}
