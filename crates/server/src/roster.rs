//! The recorder's roster as screens see it.

use chairside_observation::{ChairId, SourceId};
use chairside_recorder::{Binding, Roster};
use chairside_wire::{Chair, Feed, ToScreen};
use std::collections::BTreeMap;

/// Chairs in room order, and every feed once: what people assigned wins over the configuration.
pub(crate) fn message(roster: &Roster) -> ToScreen {
    let chairs = roster.chairs.iter().map(|(id, name)| Chair { id: id.to_string(), name: name.to_string() });
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
}
