//! The rules of `choice.rs` against the table the browser client is held to as well, and what holds for any candidates.

use chairside_observation::{
    Candidate, Cause, Choice, Freshness, Micros, Order, Origin, Preference, RETURN_AFTER, Said, SourceId, Vital, Why,
    choose, choose_cuff,
};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

fn table() -> Value {
    serde_json::from_str(include_str!("../../../fixtures/choice.json")).unwrap()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_else(|| panic!("no {name} in {row}"))
}

fn origin(row: &Value) -> Option<Origin> {
    row["origin"].as_str().map(|word| Origin::from_word(word).unwrap())
}

fn candidate(row: &Value) -> Candidate<'_> {
    Candidate {
        source: text(row, "source"),
        origin: origin(row),
        site: row["site"].as_str(),
        said: match text(row, "said") {
            "valid" => Said::Valid,
            "questionable" => Said::Questionable,
            "absent" => Said::Absent,
            other => panic!("said {other}"),
        },
        age: match text(row, "age") {
            "live" => Freshness::Live,
            "delayed" => Freshness::Delayed,
            "lost" => Freshness::Lost,
            other => panic!("age {other}"),
        },
        link_lost: row["linkLost"].as_bool().unwrap(),
        run: Micros(row["runUs"].as_i64().unwrap()),
        at: Micros(row["atUs"].as_i64().unwrap()),
    }
}

fn why(row: &Value) -> Option<Why<'_>> {
    let because = || match text(row, "because") {
        "unheard" => Cause::Unheard,
        "linkLost" => Cause::LinkLost,
        "lost" => Cause::Lost,
        "absent" => Cause::Absent,
        "returning" => Cause::Returning,
        other => panic!("because {other}"),
    };
    match text(row, "why") {
        "none" => None,
        "first" => Some(Why::First),
        "newest" => Some(Why::Newest),
        "fallback" => Some(Why::Fallback { source: text(row, "source"), origin: origin(row), because: because() }),
        other => panic!("why {other}"),
    }
}

/// A rule: [`choose`] or [`choose_cuff`].
type Rule = for<'a> fn(Order<'a>, &[Candidate<'a>]) -> Option<Choice<'a>>;

#[test]
fn a_reading_is_chosen_by_the_table_shared_with_the_browser() {
    let table = table();
    for (list, rule, least) in [("continuous", choose as Rule, 25), ("cuff", choose_cuff as Rule, 12)] {
        let rows = table[list].as_array().unwrap();
        assert!(rows.len() >= least, "only {} rows of {list}", rows.len());
        for row in rows {
            let sources: Vec<SourceId> =
                row["sources"].as_array().unwrap().iter().map(|s| s.as_str().unwrap().into()).collect();
            let order = Order { sources: &sources, declared: row["declared"].as_bool().unwrap() };
            let candidates: Vec<_> = row["candidates"].as_array().unwrap().iter().map(candidate).collect();
            let expected = why(row).map(|why| (usize::try_from(row["shown"].as_u64().unwrap()).unwrap(), why));
            let found = rule(order, &candidates).map(|choice| (choice.shown, choice.why));
            assert_eq!(found, expected, "{list}: {}", text(row, "shows"));
        }
    }
}

#[test]
fn an_order_names_each_source_once_the_declared_ones_first() {
    let ids = |names: &[&str]| names.iter().map(|name| SourceId::from(*name)).collect::<Vec<_>>();
    let preference =
        Preference { vitals: BTreeMap::from([(Vital::Spo2, ids(&["c", "a"]))]), default: ids(&["b", "c"]) };
    let all = ids(&["a", "b", "c", "d"]);
    assert_eq!(preference.order(Some(Vital::Spo2), &all), ids(&["c", "a", "b", "d"]));
    assert_eq!(preference.order(Some(Vital::Nibp), &all), ids(&["b", "c", "a", "d"]));
    assert_eq!(Preference::default().order(Some(Vital::Nibp), &all), all);
}

fn candidates() -> impl Strategy<Value = Vec<Candidate<'static>>> {
    let one = (
        prop::sample::select(vec!["a", "b", "c", "x"]),
        prop::option::of(prop::sample::select(Origin::ALL.to_vec())),
        prop::sample::select(vec![Said::Valid, Said::Questionable, Said::Absent]),
        prop::sample::select(vec![Freshness::Live, Freshness::Delayed, Freshness::Lost]),
        any::<bool>(),
        0_i64..6,
        0_i64..6,
    );
    let candidate = one.prop_map(|(source, origin, said, age, link_lost, run, at)| Candidate {
        source,
        origin,
        site: None,
        said,
        age,
        link_lost,
        run: Micros::from_secs(run),
        at: Micros::from_secs(at),
    });
    // A slot holds one reading only: source, origin and site tell candidates apart.
    prop::collection::vec(candidate, 1..7).prop_map(|list| {
        let mut slots = BTreeMap::new();
        for c in list {
            slots.insert((c.source, c.origin), c);
        }
        slots.into_values().collect()
    })
}

/// The two rules with and without a declared order.
fn each(mut check: impl FnMut(Rule, Order<'_>, bool)) {
    let sources = ["b", "a", "c"].map(SourceId::from);
    for declared in [false, true] {
        let order = Order { sources: &sources, declared };
        check(choose as Rule, order, false);
        check(choose_cuff as Rule, order, true);
    }
}

proptest! {
    #[test]
    fn the_choice_does_not_depend_on_who_spoke_first(list in candidates(), turn in 0_usize..6, back: bool) {
        let mut other = list.clone();
        let turn = turn % other.len();
        other.rotate_left(turn);
        if back {
            other.reverse();
        }
        each(|rule, order, _| {
            let (one, two) = (rule(order, &list).unwrap(), rule(order, &other).unwrap());
            assert_eq!((list[one.shown], one.why), (other[two.shown], two.why));
        });
    }

    #[test]
    fn h03_what_is_too_old_is_never_chosen_while_another_is_not(list in candidates()) {
        each(|rule, order, _| {
            let shown = list[rule(order, &list).unwrap().shown];
            if shown.age == Freshness::Lost {
                assert!(list.iter().all(|c| c.age == Freshness::Lost));
            }
        });
    }

    #[test]
    fn dashes_are_never_chosen_while_another_has_a_number(list in candidates()) {
        let number = |c: &Candidate<'_>| c.said != Said::Absent && c.age != Freshness::Lost;
        each(|rule, order, _| {
            let shown = list[rule(order, &list).unwrap().shown];
            assert!(number(&shown) || !list.iter().any(number));
        });
    }

    #[test]
    fn a_first_choice_that_has_been_steady_is_always_shown(list in candidates()) {
        let sources = ["b".into(), "a".into()];
        let order = Order { sources: &sources, declared: true };
        let steady = |c: &Candidate<'_>| {
            c.source == "b" && c.said != Said::Absent && c.age != Freshness::Lost && !c.link_lost && c.run >= RETURN_AFTER
        };
        if list.iter().any(steady) {
            assert_eq!(list[choose(order, &list).unwrap().shown].source, "b");
        }
    }

    #[test]
    fn a_fallback_always_names_another_than_the_one_shown(list in candidates()) {
        each(|rule, order, _| {
            let choice = rule(order, &list).unwrap();
            let shown = &list[choice.shown];
            if let Why::Fallback { source, origin, .. } = choice.why {
                assert!(source != shown.source || origin != shown.origin);
            }
        });
    }

    #[test]
    fn a_measurement_older_than_another_is_chosen_only_for_a_current_one_of_the_first_choice(list in candidates()) {
        let number = |c: &Candidate<'_>| c.said != Said::Absent && c.age != Freshness::Lost;
        each(|rule, order, cuff| {
            let shown = list[rule(order, &list).unwrap().shown];
            let newer = list.iter().any(|c| number(c) && c.at > shown.at);
            if cuff && number(&shown) && newer {
                assert!(order.declared && shown.source == "b" && shown.age == Freshness::Live);
            }
        });
    }
}
