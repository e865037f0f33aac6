//! Acts as the log keeps them.

use super::{
    AGO_UNKNOWN, About, Act, ActKey, BaselineValue, Done, EntryKind, Patient, Phase, Plan, SessionId, TypedVital,
};
use crate::fields::{Reader, Writer};
use crate::hex::{Hex, unhex};
use crate::{Decimal, Micros, Sequence, Vital};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

impl Act {
    /// One word for the kind of act.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Moved { .. } => "moved",
            Self::Claimed { .. } => "claimed",
            Self::Baseline { .. } => "baseline",
            Self::Entry { .. } => "entry",
            Self::Typed { .. } => "typed",
            Self::Artefact { .. } => "artefact",
            Self::Undo { .. } => "undo",
            Self::HandedOver { .. } => "handed over",
            Self::Accepted { .. } => "accepted",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Limited { .. } => "limited",
            Self::Addendum { .. } => "addendum",
            Self::Corrected { .. } => "corrected",
            Self::Signed { .. } => "signed",
        }
    }
}

impl Done {
    /// The fields as the log keeps them.
    #[must_use]
    pub fn fields(&self) -> String {
        let mut to = Writer::default();
        to.put("act", self.act.word());
        to.put("session", &self.session);
        to.put("by", &self.by.name);
        to.put("role", self.by.role.word());
        to.put("key", format_args!("{:032x}", self.key.0));
        if let Some(about) = self.about {
            to.put(if about.late { "late_us" } else { "pressed_us" }, about.wall.0);
        }
        put_act(&self.act, &mut to);
        to.text()
    }

    /// Reads back what [`Done::fields`] wrote.
    #[must_use]
    pub fn from_fields(fields: &str) -> Option<Self> {
        let from = Reader::new(fields);
        let about = match (from.number("late_us"), from.number("pressed_us")) {
            (Some(us), _) => Some(About { wall: Micros(us), late: true }),
            (None, Some(us)) => Some(About { wall: Micros(us), late: false }),
            (None, None) => None,
        };
        Some(Self {
            session: SessionId::from(from.get("session")?),
            by: from.person("by", "role")?,
            key: ActKey(u128::from_str_radix(from.get("key")?, 16).ok()?),
            about,
            act: get_act(from.get("act")?, &from)?,
        })
    }
}

fn put_act(act: &Act, to: &mut Writer) {
    match act {
        Act::Opened { patient, plan, planned } => {
            let Patient { id, name, born, alias } = patient;
            for (field, text) in [("patient", id), ("name", name), ("born", born), ("alias", alias)] {
                to.put(field, text);
            }
            put_plan(plan, to);
            if *planned {
                to.put("planned", "yes");
            }
        }
        Act::Moved { to: phase, reason } => {
            to.put("to", phase.word());
            to.put("reason", reason);
        }
        Act::Claimed { from, ago } => {
            to.put("from", from.0);
            if *ago != AGO_UNKNOWN {
                to.put("ago_us", ago.0);
            }
        }
        Act::Baseline { values } => {
            for value in values {
                let (first, last) = value.from;
                to.put(
                    "value",
                    format_args!("{} {} {} {}", value.vital.word(), first.0, last.0, digits(&value.values)),
                );
            }
        }
        Act::Entry { kind, score, text } => {
            to.put("kind", kind.word());
            if let Some(score) = score {
                to.put("score", score);
            }
            to.put("text", text);
        }
        Act::Typed { values } => {
            for value in values {
                to.put("value", format_args!("{} {}", value.vital.word(), digits(&value.values)));
            }
        }
        Act::Artefact { vital, span, reason } => {
            to.put("vital", vital.word());
            to.put("first", span.0.0);
            to.put("last", span.1.0);
            to.put("reason", reason);
        }
        Act::Undo { of, reason } => {
            to.put("of", of.0);
            to.put("reason", reason);
        }
        Act::HandedOver { to: person } => {
            to.put("to", &person.name);
            to.put("to_role", person.role.word());
        }
        Act::Accepted { source, bed, patient, device, reason } => {
            to.put("source", source);
            for (field, text) in [("bed", bed), ("patient", patient), ("device", device), ("reason", reason)] {
                to.put(field, text);
            }
        }
        Act::Acknowledged { notice } => to.put("notice", notice),
        Act::Limited { notice, limits, reason } => {
            for (field, text) in [("notice", notice), ("limits", limits), ("reason", reason)] {
                to.put(field, text);
            }
        }
        Act::Addendum { text } => to.put("text", text),
        Act::Corrected { of, score, text, reason } => {
            to.put("of", of.0);
            if let Some(score) = score {
                to.put("score", score);
            }
            to.put("text", text);
            to.put("reason", reason);
        }
        Act::Signed { meaning, digest, key, signature, summary } => {
            to.put("meaning", meaning);
            to.put("digest", Hex(digest));
            to.put("public_key", Hex(key));
            to.put("signature", Hex(signature));
            to.put("summary", summary);
        }
    }
}

fn put_plan(plan: &Plan, to: &mut Writer) {
    to.put("template", &plan.template);
    to.put("number", plan.number);
    if let Some(of) = plan.of {
        to.put("of", of);
    }
    for (field, minutes) in [
        ("infusion_min", plan.infusion_min),
        ("cuff_infusing_min", plan.cuff_infusing_min),
        ("cuff_observing_min", plan.cuff_observing_min),
        ("observe_min", plan.observe_min),
    ] {
        to.put(field, minutes);
    }
    // Older logs do not have them, and are written as they were read.
    for (field, minutes) in [("assess_first_min", plan.assess_first_min), ("assess_later_min", plan.assess_later_min)] {
        if minutes > 0 {
            to.put(field, minutes);
        }
    }
}

fn get_act(word: &str, from: &Reader<'_>) -> Option<Act> {
    Some(match word {
        "opened" => Act::Opened {
            patient: Patient {
                id: from.text("patient")?,
                name: from.text("name")?,
                born: from.text("born")?,
                alias: from.text("alias")?,
            },
            plan: get_plan(from)?,
            planned: from.get("planned") == Some("yes"),
        },
        "moved" => Act::Moved { to: Phase::from_word(from.get("to")?)?, reason: from.text("reason")? },
        "claimed" => {
            let ago = from.get("ago_us").map_or(Some(AGO_UNKNOWN), |us| us.parse().ok().map(Micros))?;
            Act::Claimed { from: from.sequence("from")?, ago }
        }
        "baseline" => Act::Baseline { values: from.all("value").map(baseline_value).collect::<Option<_>>()? },
        "entry" => Act::Entry {
            kind: EntryKind::from_word(from.get("kind")?)?,
            score: from.number("score"),
            text: from.text("text")?,
        },
        "typed" => Act::Typed { values: from.all("value").map(typed_value).collect::<Option<_>>()? },
        "artefact" => Act::Artefact {
            vital: Vital::from_word(from.get("vital")?)?,
            span: (from.sequence("first")?, from.sequence("last")?),
            reason: from.text("reason")?,
        },
        "undo" => Act::Undo { of: from.sequence("of")?, reason: from.text("reason")? },
        "handed over" => Act::HandedOver { to: from.person("to", "to_role")? },
        "accepted" => Act::Accepted {
            source: from.get("source")?.into(),
            bed: from.text("bed")?,
            patient: from.text("patient")?,
            device: from.text("device")?,
            reason: from.text("reason")?,
        },
        "acknowledged" => Act::Acknowledged { notice: from.text("notice")? },
        "limited" => {
            Act::Limited { notice: from.text("notice")?, limits: from.text("limits")?, reason: from.text("reason")? }
        }
        "addendum" => Act::Addendum { text: from.text("text")? },
        "corrected" => Act::Corrected {
            of: from.sequence("of")?,
            score: from.number("score"),
            text: from.text("text")?,
            reason: from.text("reason")?,
        },
        "signed" => Act::Signed {
            meaning: from.text("meaning")?,
            digest: unhex(from.get("digest")?)?,
            key: unhex(from.get("public_key")?)?,
            signature: unhex(from.get("signature")?)?,
            summary: from.text("summary")?,
        },
        _ => return None,
    })
}

fn get_plan(from: &Reader<'_>) -> Option<Plan> {
    Some(Plan {
        template: from.text("template")?,
        number: from.number("number")?,
        of: from.number("of"),
        infusion_min: from.number("infusion_min")?,
        cuff_infusing_min: from.number("cuff_infusing_min")?,
        cuff_observing_min: from.number("cuff_observing_min")?,
        observe_min: from.number("observe_min")?,
        assess_first_min: optional_minutes(from, "assess_first_min")?,
        assess_later_min: optional_minutes(from, "assess_later_min")?,
    })
}

/// 0 where an older log does not have the field.
fn optional_minutes(from: &Reader<'_>, field: &str) -> Option<u16> {
    from.get(field).map_or(Some(0), |minutes| minutes.parse().ok())
}

fn digits(values: &[Decimal]) -> String {
    values.iter().map(Decimal::to_string).collect::<Vec<_>>().join("/")
}

fn decimals(text: &str) -> Option<Vec<Decimal>> {
    text.split('/').map(|digits| Decimal::parse(digits.as_bytes()).ok()).collect()
}

fn baseline_value(text: &str) -> Option<BaselineValue> {
    let mut words = text.split(' ');
    let vital = Vital::from_word(words.next()?)?;
    let (first, last) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(BaselineValue { vital, from: (Sequence(first), Sequence(last)), values: decimals(words.next()?)? })
}

fn typed_value(text: &str) -> Option<TypedVital> {
    let (vital, values) = text.split_once(' ')?;
    Some(TypedVital { vital: Vital::from_word(vital)?, values: decimals(values)? })
}
