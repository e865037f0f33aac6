//! Vital signs and scores as Observations.

use super::codes::{self, coding, quantity, reason};
use super::json::Json;
use super::{Maker, Resource, Values, text};
use crate::codes::Part;
use crate::signals::{Middle, Signal, Window, signals, windows};
use crate::told::{Told, Why, note, told};
use crate::{Said, Sample};
use chairside_observation::session::{Act, EntryKind, Kept};
use chairside_observation::{Amount, Decimal, Origin, Reading, Vital};

/// The vital signs of the record.
pub(super) fn vitals(maker: &Maker<'_>, values: Values) -> Vec<Resource> {
    let of = |signal: &Signal<'_>| match values {
        Values::Raw => signal.samples.iter().map(|sample| single(maker, signal, sample)).collect::<Vec<_>>(),
        Values::Every(_) if signal.is_event() => signal.changes().map(|sample| single(maker, signal, sample)).collect(),
        Values::Every(minutes) => {
            windows(maker.record, signal, minutes).iter().map(|window| interval(maker, signal, window)).collect()
        }
    };
    signals(maker.record).iter().flat_map(of).collect()
}

/// One value or absence at its time.
fn single(maker: &Maker<'_>, signal: &Signal<'_>, sample: &Sample) -> Resource {
    let sequence = sample.sequence.0.to_string();
    let id = maker.id("value", &[&signal.key(), &sequence]);
    let status = match sample.observation.reading {
        Reading::Questionable(..) => "preliminary",
        Reading::Valid(_) | Reading::Absent(_) => "final",
    };
    let begun = begun(maker, signal, &id, status, &sequence)
        .with("effectiveDateTime", maker.face.iso(sample.at.wall))
        .with("issued", maker.face.iso(sample.received.wall));
    let method = signal.origin.map(Origin::word);
    let begun = match told(sample) {
        Told::Value(amount) => valued(begun, signal, amount),
        Told::Nothing(why) => absent(begun, signal, why),
    };
    ended(maker, begun, signal, sample, method, note(sample))
}

/// What a window of a signal comes to.
fn interval(maker: &Maker<'_>, signal: &Signal<'_>, window: &Window<'_>) -> Resource {
    let (from, until) = (maker.face.iso(window.from.wall), maker.face.iso(window.until.wall));
    let entries = match window.samples {
        [] => "none".to_owned(),
        [first, .., last] => format!("{}-{}", first.sequence.0, last.sequence.0),
        [only] => only.sequence.0.to_string(),
    };
    let id = maker.id("interval", &[&signal.key(), &from, &until]);
    let begun = begun(maker, signal, &id, "final", &entries);
    let origin = signal.origin.map_or_else(String::new, |origin| format!(", {}", origin.word()));
    let period = Json::object().with("start", from).with("end", until);
    let sample = signal.samples[0];
    match window.middle() {
        Middle::Pressure(last) => {
            let begun = begun.with("effectiveDateTime", maker.face.iso(last.at.wall));
            let method = format!("last valid pressure of the window{origin}");
            let valued = match last.counted() {
                Some(amount) => valued(begun, signal, amount),
                None => absent(begun, signal, Why::NotSent),
            };
            ended(maker, valued, signal, last, Some(&method), None)
        }
        Middle::Value(value, count) => {
            let method =
                format!("median of {count} valid values of the window, of an even number the lower middle one{origin}");
            let valued = valued(begun.with("effectivePeriod", period), signal, Amount::One(value));
            ended(maker, valued, signal, sample, Some(&method), None)
        }
        Middle::Uncounted(last) => {
            let why = match told(last) {
                Told::Nothing(why) => why,
                Told::Value(_) => Why::Questionable,
            };
            let method = signal.origin.map(Origin::word);
            ended(maker, absent(begun.with("effectivePeriod", period), signal, why), signal, sample, method, None)
        }
        Middle::Nothing => {
            let method = signal.origin.map(Origin::word);
            let absent = absent(begun.with("effectivePeriod", period), signal, Why::NotSent);
            ended(maker, absent, signal, sample, method, None)
        }
    }
}

/// Id, profile, category, code, whose and in which session. The identifier names the entries of the chair's timeline: the way
/// back to the raw bytes.
fn begun(maker: &Maker<'_>, signal: &Signal<'_>, id: &str, status: &str, entries: &str) -> Resource {
    let profile = codes::profile(signal.vital, signal.unit);
    let identifier = Json::object().with("system", format!("urn:uuid:{}", maker.session)).with("value", entries);
    maker
        .resource("Observation", id)
        .with("meta", Json::object().with("profile", [Json::from(profile)]))
        .with("identifier", [identifier])
        .with("status", status)
        .with("category", [category("vital-signs", "Vital Signs")])
        .with("code", codes::vital(signal.vital, signal.origin, signal.unit))
        .with("subject", maker.subject())
        .with("encounter", maker.encounter())
}

fn category(code: &str, display: &str) -> Json {
    let system = "http://terminology.hl7.org/CodeSystem/observation-category";
    Json::object().with("coding", [coding(system, code, display)])
}

/// Who said it, how, and what has to be said beside it.
fn ended(
    maker: &Maker<'_>,
    begun: Resource,
    signal: &Signal<'_>,
    sample: &Sample,
    method: Option<&str>,
    note: Option<String>,
) -> Resource {
    let (device, typed_by) = match &sample.said {
        Said::Monitor(source) => (Some(maker.reference("Device", &maker.device(source.as_str()))), None),
        Said::Typed(name) => (None, Some(vec![Json::object().with("display", &**name)])),
    };
    let method = if typed_by.is_some() { Some("read off and typed") } else { method };
    begun
        .maybe("performer", typed_by)
        .maybe("note", note.map(|note| vec![text(&note)]))
        .maybe("bodySite", signal.site.and_then(super::some).map(text))
        .maybe("method", method.map(text))
        .maybe("device", device)
}

fn valued(begun: Resource, signal: &Signal<'_>, amount: Amount) -> Resource {
    match amount {
        Amount::One(value) => begun.with("valueQuantity", quantity(value.to_string(), signal.unit)),
        Amount::Pressure { systolic, diastolic, mean } => {
            let part = |part, value: Option<Decimal>| {
                let coded = Json::object().with("code", codes::part(signal.vital, part));
                match value {
                    Some(value) => coded.with("valueQuantity", quantity(value.to_string(), signal.unit)),
                    None => coded.with("dataAbsentReason", reason(Why::NotSent)),
                }
            };
            // The profile wants both; the mean is there when it was sent.
            let mut parts = vec![part(Part::Systolic, systolic), part(Part::Diastolic, diastolic)];
            parts.extend(mean.map(|mean| part(Part::Mean, Some(mean))));
            begun.with("component", parts)
        }
    }
}

fn absent(begun: Resource, signal: &Signal<'_>, why: Why) -> Resource {
    let begun = begun.with("dataAbsentReason", reason(why));
    if !matches!(signal.vital, Vital::Nibp | Vital::Art) {
        return begun;
    }
    let part = |part| {
        let coded = Json::object().with("code", codes::part(signal.vital, part));
        coded.with("dataAbsentReason", reason(why))
    };
    begun.with("component", [part(Part::Systolic), part(Part::Diastolic)])
}

/// The scores people pressed: sedation, side effects. A scale of the clinic has no code of others.
pub(super) fn scores(maker: &Maker<'_>) -> Vec<Resource> {
    let scored = maker.record.acts().filter_map(|kept| match &kept.done.act {
        Act::Entry { kind, score: Some(value), text } => Some(score(maker, kept, *kind, *value, text)),
        _ => None,
    });
    scored.collect()
}

fn score(maker: &Maker<'_>, kept: &Kept, kind: EntryKind, value: i8, said: &str) -> Resource {
    let sequence = kept.sequence.0.to_string();
    let identifier = Json::object().with("system", format!("urn:uuid:{}", maker.session)).with("value", &*sequence);
    maker
        .resource("Observation", &maker.id("score", &[&sequence]))
        .with("identifier", [identifier])
        .with("status", "final")
        .with("category", [category("survey", "Survey")])
        .with("code", text(kind.word()))
        .with("subject", maker.subject())
        .with("encounter", maker.encounter())
        .with("effectiveDateTime", maker.face.iso(kept.wall()))
        .with("issued", maker.face.iso(kept.received.wall))
        .with("performer", [Json::object().with("display", &*kept.done.by.name)])
        .with("valueInteger", Json::Number(value.to_string()))
        .maybe("note", super::some(said).map(|said| vec![text(said)]))
}
