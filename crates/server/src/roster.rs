//! The recorder's roster as screens see it.

use chairside_observation::{ChairId, Preference, SourceId, Vital};
use chairside_recorder::{Binding, Roster};
use chairside_wire::{Chair, Feed, Prefer, ToScreen};
use std::collections::BTreeMap;

/// Chairs in room order, and every feed once: what people assigned wins over the configuration.
pub(crate) fn message(roster: &Roster) -> ToScreen {
    let chairs = roster.chairs.iter().map(|(id, name)| Chair {
        id: id.to_string(),
        name: name.to_string(),
        prefer: prefer(roster, id),
    });
    let mut feeds: BTreeMap<(&SourceId, &str), (Option<&ChairId>, bool)> = BTreeMap::new();
    for (source, binding) in &roster.sources {
        match binding {
            Binding::Chair(chair) => {
                feeds.insert((source, ""), (Some(chair), true));
            }
            Binding::Beds(beds) => {
                feeds.extend(beds.iter().map(|(bed, chair)| ((source, &**bed), (Some(chair), false))));
            }
        }
    }
    feeds.extend(roster.unassigned.iter().map(|feed| ((&feed.source, &*feed.bed), (None, false))));
    feeds.extend(roster.assigned.iter().map(|((source, bed), chair)| ((source, &**bed), (chair.as_ref(), false))));
    let feed = |((source, bed), (chair, fixed)): ((&SourceId, &str), (Option<&ChairId>, bool))| Feed {
        source: source.to_string(),
        bed: bed.to_owned(),
        chair: chair.map(ToString::to_string),
        fixed,
    };
    ToScreen::Roster { chairs: chairs.collect(), feeds: feeds.into_iter().map(feed).collect() }
}

/// The orders of a chair's sources: those declared for a vital, then the one for all others.
fn prefer(roster: &Roster, chair: &ChairId) -> Vec<Prefer> {
    let none = Preference::default();
    let declared = roster.prefer.get(chair).unwrap_or(&none);
    let order = |vital: Option<Vital>| Prefer {
        vital: vital.map(|vital| vital.word().to_owned()),
        sources: declared.order(vital, &roster.order).iter().map(ToString::to_string).collect(),
    };
    declared.vitals.keys().map(|vital| order(Some(*vital))).chain([order(None)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_win_over_the_configuration_and_no_feed_stands_twice() {
        let beds = Binding::Beds(BTreeMap::from([("B1".into(), "1".into()), ("B2".into(), "2".into())]));
        let roster = Roster {
            chairs: vec![("2".into(), "Window".into()), ("1".into(), "Door".into())],
            sources: BTreeMap::from([("com3".into(), Binding::Chair("1".into())), ("hl7".into(), beds)]),
            assigned: BTreeMap::from([
                (("hl7".into(), "B2".into()), None),
                (("hl7".into(), "B9".into()), Some("2".into())),
            ]),
            unassigned: [("hl7", "B2"), ("hl7", "B3")]
                .map(|(source, bed)| chairside_recorder::Feed { source: source.into(), bed: bed.into() })
                .into(),
            ..Roster::default()
        };
        let ToScreen::Roster { chairs, feeds } = message(&roster) else { panic!("not a roster") };
        assert_eq!(chairs.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Window", "Door"], "room order");
        let told = feeds.iter().map(|f| (f.source.as_str(), f.bed.as_str(), f.chair.as_deref(), f.fixed));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("com3", "", Some("1"), true),
                ("hl7", "B1", Some("1"), false),
                ("hl7", "B2", None, false),
                ("hl7", "B3", None, false),
                ("hl7", "B9", Some("2"), false),
            ]
        );
    }
    #[test]
    fn a_chair_has_the_declared_orders_and_one_for_all_else() {
        let ids = |names: &[&str]| names.iter().map(|name| SourceId::from(*name)).collect::<Vec<_>>();
        let vitals = BTreeMap::from([(Vital::Spo2, ids(&["nonin-1", "gateway"]))]);
        let roster = Roster {
            chairs: vec![("1".into(), "Window".into()), ("2".into(), "Door".into())],
            order: ids(&["gateway", "cuff-1", "nonin-1"]),
            prefer: BTreeMap::from([("1".into(), Preference { vitals, default: ids(&["cuff-1"]) })]),
            ..Roster::default()
        };
        let ToScreen::Roster { chairs, .. } = message(&roster) else { panic!("not a roster") };
        let told = |n: usize| {
            let one = |p: &Prefer| (p.vital.clone().unwrap_or_default(), p.sources.join(" "));
            chairs[n].prefer.iter().map(one).collect::<Vec<_>>()
        };
        let line = |vital: &str, sources: &str| (vital.to_owned(), sources.to_owned());
        assert_eq!(told(0), [line("spo2", "nonin-1 gateway cuff-1"), line("", "cuff-1 gateway nonin-1")]);
        assert_eq!(told(1), [line("", "gateway cuff-1 nonin-1")], "the order of the configuration");
    }
}
