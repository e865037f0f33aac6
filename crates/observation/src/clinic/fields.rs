//! Changes as the log keeps them.

use super::{Change, Changed, ClinicLimit, NamesPolicy, Template};
use crate::fields::{Reader, Writer};
use crate::{Limits, NoticeKind};
use alloc::string::String;

impl Changed {
    /// The fields as the log keeps them.
    #[must_use]
    pub fn fields(&self) -> String {
        let mut to = Writer::default();
        to.put("change", self.change.word());
        to.put("by", &self.by.name);
        to.put("role", self.by.role.word());
        match &self.change {
            Change::Names(names) => to.put("names", names.word()),
            Change::Template(template) => put_template(template, &mut to),
            Change::TemplateGone(name) | Change::StaffGone(name) => to.put("name", name),
            Change::Staff(person) => {
                to.put("name", &person.name);
                to.put("is", person.role.word());
            }
            Change::Readiness(lines) => lines.iter().for_each(|line| to.put("line", line)),
            Change::Limit(limit) => {
                to.put("notice", limit.kind.word());
                to.put("on", if limit.on { "yes" } else { "no" });
                to.put("limits", limit.limits.write());
            }
            Change::TestChair { chair, on } => {
                to.put("chair", chair.as_str());
                to.put("on", if *on { "yes" } else { "no" });
            }
        }
        to.text()
    }

    /// Reads back what [`Changed::fields`] wrote.
    #[must_use]
    pub fn from_fields(fields: &str) -> Option<Self> {
        let from = Reader::new(fields);
        let change = match from.get("change")? {
            "names" => Change::Names(NamesPolicy::from_word(from.get("names")?)?),
            "template" => Change::Template(get_template(&from)?),
            "template gone" => Change::TemplateGone(from.text("name")?),
            "staff" => Change::Staff(from.person("name", "is")?),
            "staff gone" => Change::StaffGone(from.text("name")?),
            "readiness" => Change::Readiness(from.all("line").map(Into::into).collect()),
            "limit" => Change::Limit(ClinicLimit {
                kind: NoticeKind::from_word(from.get("notice")?)?,
                on: from.get("on")? == "yes",
                limits: Limits::parse(from.get("limits")?).ok()?,
            }),
            "test chair" => Change::TestChair { chair: from.get("chair")?.into(), on: from.get("on")? == "yes" },
            _ => return None,
        };
        Some(Self { by: from.person("by", "role")?, change })
    }
}

impl Change {
    /// One word for the kind of change.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Names(_) => "names",
            Self::Template(_) => "template",
            Self::TemplateGone(_) => "template gone",
            Self::Staff(_) => "staff",
            Self::StaffGone(_) => "staff gone",
            Self::Readiness(_) => "readiness",
            Self::Limit(_) => "limit",
            Self::TestChair { .. } => "test chair",
        }
    }
}

fn put_template(template: &Template, to: &mut Writer) {
    to.put("name", &template.name);
    if let Some(of) = template.of {
        to.put("of", of);
    }
    for (field, minutes) in [
        ("infusion_min", template.infusion_min),
        ("cuff_infusing_min", template.cuff_infusing_min),
        ("cuff_observing_min", template.cuff_observing_min),
        ("observe_min", template.observe_min),
        ("assess_first_min", template.assess_first_min),
        ("assess_later_min", template.assess_later_min),
    ] {
        to.put(field, minutes);
    }
}

fn get_template(from: &Reader<'_>) -> Option<Template> {
    Some(Template {
        name: from.text("name")?,
        of: from.number("of"),
        infusion_min: from.number("infusion_min")?,
        cuff_infusing_min: from.number("cuff_infusing_min")?,
        cuff_observing_min: from.number("cuff_observing_min")?,
        observe_min: from.number("observe_min")?,
        assess_first_min: from.number("assess_first_min")?,
        assess_later_min: from.number("assess_later_min")?,
    })
}
