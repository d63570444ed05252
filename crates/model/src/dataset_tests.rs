//! Tests of [`super`]: names and slots of a dataset.

use super::*;
use crate::dataset_put::{DatasetPut, DimensionPut};
use proptest::prelude::*;

proptest! {
    /// Whatever is learnt in whatever order: slots are in range, unique, and never change hands.
    #[test]
    fn slots_never_change_hands(batches in prop::collection::vec(
        (prop::collection::vec("[a-c][a-d0]{0,1}", 0..6), prop::collection::vec("[a-c][a-f]{0,1}", 0..8)), 0..8)) {
        let mut dataset = DatasetDefinition::new("x").unwrap();
        for (measures, dimensions) in &batches {
            let before = dataset.clone();
            let learnt = dataset.learn(measures.iter().map(String::as_str), dimensions.iter().map(String::as_str));
            match learnt {
                Err(error) => {
                    prop_assert!(error.is(problem::DATASET_FULL));
                    prop_assert_eq!(&before, &dataset);
                }
                Ok(changed) => {
                    prop_assert_eq!(changed, before != dataset);
                    prop_assert!(measures.iter().all(|n| dataset.measure(n).is_some()));
                    prop_assert!(dimensions.iter().all(|n| dataset.dimension(n).is_some()));
                }
            }
            for m in &before.measures {
                prop_assert_eq!(dataset.measure(&m.name), Some(m));
            }
            let mut slots: Vec<u8> = dataset.dimensions.iter().map(|d| d.slot).collect();
            slots.sort_unstable();
            slots.dedup();
            prop_assert_eq!(slots.len(), dataset.dimensions.len());
            prop_assert!(slots.iter().all(|s| (1..=12).contains(s)));
            prop_assert!(dataset.measures.iter().all(|m| (1..=8).contains(&m.slot)));
        }
    }

    #[test]
    fn only_plain_names_are_learnt(name: String) {
        let mut dataset = DatasetDefinition::new("x").unwrap();
        prop_assert_eq!(dataset.learn([name.as_str()], []).is_ok(), is_name(&name));
    }
}

#[test]
fn a_ninth_measure_finds_no_room() {
    let mut dataset = DatasetDefinition::new("x").unwrap();
    assert!(dataset.learn(["a", "b", "c", "d", "e", "f", "g", "h"], ["a"]).unwrap());
    assert!(!dataset.learn(["h"], ["a"]).unwrap());
    let full = dataset.learn(["i"], ["b"]).unwrap_err();
    assert!(full.is(problem::DATASET_FULL) && full.fields()[0].pointer == "/measures", "{full:?}");
    assert!(dataset.dimension("b").is_none());
}

#[test]
fn names_and_labels() {
    for name in ["a", "dep_delay", "a1", "x2345678901234567890123456789012345678_0"] {
        assert!(is_name(name), "{name}");
    }
    for name in
        ["", "1a", "_a", "A", "a-b", "a b", "ä", "a;drop", "x23456789012345678901234567890123456789_0"]
    {
        assert!(!is_name(name), "{name}");
    }
    assert_eq!(label_of("dep_delay"), "Dep delay");
}

#[test]
fn a_declaration_is_applied_wholly_or_not_at_all() {
    let mut dataset = DatasetDefinition::new("flights").unwrap();
    dataset.learn(["distance", "air_time"], ["origin", "dest"]).unwrap();
    let put: DatasetPut = serde_json::from_str(
        r#"{"label":"All flights","time_zone":"America/New_York",
            "measures":[{"name":"air_time","label":"In the air","unit":"min","format":"integer"},{"name":"dep_delay"}]}"#,
    )
    .unwrap();
    put.apply(&mut dataset).unwrap();
    let shown: Vec<_> = dataset.measures.iter().map(|m| (m.name.as_str(), m.slot)).collect();
    assert_eq!(shown, [("air_time", 2), ("dep_delay", 3), ("distance", 1)]);
    assert_eq!(dataset.measures[0].label, "In the air");

    let before = dataset.clone();
    let put = DatasetPut {
        label: Some(" x".into()),
        time_zone: Some("Mars/Olympus".into()),
        dimensions: vec![DimensionPut { name: "Dest".into(), ..DimensionPut::default() }],
        ..DatasetPut::default()
    };
    let wrong = put.apply(&mut dataset).unwrap_err();
    let pointers: Vec<_> = wrong.fields().iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(pointers, ["/label", "/time_zone", "/dimensions/0/name"]);
    assert_eq!(before, dataset);
}

#[test]
fn a_dataset_is_flat_on_the_wire() {
    let text = r#"{"id":"dst_01jd0000000000000000000000","name":"x","label":"X","visible_to":"viewer","sample":false,"time_zone":null,"measures":[{"name":"a","label":"A","unit":null,"format":"number","slot":1}],"dimensions":[],"version":3,"updated_at":"2026-01-01T00:00:00Z"}"#;
    let dataset: Dataset = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&dataset).unwrap(), text);
}

#[test]
fn a_definition_of_old_is_for_everybody_and_says_nothing() {
    let old = r#"{"name":"x","label":"X","measures":[{"name":"a","label":"A","format":"number","slot":1}],
                  "dimensions":[{"name":"b","label":"B","slot":1}]}"#;
    let dataset: DatasetDefinition = serde_json::from_str(old).unwrap();
    assert!(dataset.seen_by(Role::Viewer) && dataset.description.is_none());
    assert_eq!((&dataset.measures[0].description, &dataset.dimensions[0].description), (&None, &None));
}

#[test]
fn nobody_opens_or_loses_a_dataset_by_leaving_a_word_out() {
    let mut dataset = DatasetDefinition::new("x").unwrap();
    let hide = DatasetPut { visible_to: Some(Role::Admin), ..DatasetPut::default() };
    hide.apply(&mut dataset).unwrap();
    DatasetPut::default().apply(&mut dataset).unwrap();
    assert!(!dataset.seen_by(Role::Editor) && dataset.seen_by(Role::Admin) && dataset.seen_by(Role::Owner));
    assert!(hide.within(Role::Admin).is_ok() && DatasetPut::default().within(Role::Viewer).is_ok());
    assert_eq!(hide.within(Role::Editor).unwrap_err().fields()[0].pointer, "/visible_to");
}

#[test]
fn a_dataset_declared_as_it_is_stays_as_it_is() {
    let mut dataset = DatasetDefinition::new("flights").unwrap();
    dataset.learn(["distance", "air_time"], ["origin", "dest"]).unwrap();
    let put: DatasetPut = serde_json::from_str(
        r#"{"label":"All flights","description":"One event for each.\nOf 2013.","visible_to":"editor",
            "measures":[{"name":"air_time","unit":"min","description":"From wheels up to wheels down."},
                        {"name":"speed","formula":"distance / air_time","description":"Over ground."}],
            "dimensions":[{"name":"dest","label":"To","description":"The airport's code."}]}"#,
    )
    .unwrap();
    put.apply(&mut dataset).unwrap();
    assert_eq!(dataset.dimensions[0].description.as_deref(), Some("The airport's code."));
    assert_eq!(dataset.calculated[0].description.as_deref(), Some("Over ground."));
    let mut again = dataset.clone();
    DatasetPut::of(&dataset).apply(&mut again).unwrap();
    assert_eq!(again, dataset);
}

#[test]
fn a_description_is_a_text_that_can_be_read() {
    let refused = |text: &str| {
        let put = DatasetPut { description: Some(text.to_owned()), ..DatasetPut::default() };
        put.apply(&mut DatasetDefinition::new("x").unwrap()).is_err()
    };
    assert!(!refused("x") && !refused(&"ä".repeat(500)) && !refused("two\nlines"));
    for text in ["", " x", "x\n", "a\u{0}b", "a\u{202e}b", "a\tb", &"x".repeat(501)] {
        assert!(refused(text), "{text:?}");
    }
}
