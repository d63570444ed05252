//! Tests of [`super`]: what formulas mean, and what is said about those that mean nothing.

use insula_model::{DatasetDefinition, DatasetPut};

use super::evaluate::evaluate;
use super::*;

fn shop() -> DatasetDefinition {
    let mut dataset = DatasetDefinition::new("shop").unwrap();
    dataset.learn(["revenue", "orders"], ["status", "origin"]).unwrap();
    let put: DatasetPut = serde_json::from_str(
        r#"{"measures":[{"name":"aov","formula":"revenue / nullif(orders, 0)","unit":"USD"},{"name":"double","formula":"aov * 2"},
            {"name":"loop_a","formula":"loop_b + 1"},{"name":"loop_b","formula":"loop_a"}]}"#,
    )
    .unwrap();
    put.apply(&mut dataset).unwrap();
    dataset
}

fn understood(text: &str) -> Checked {
    checked(text, &shop(), None)
        .unwrap_or_else(|wrong| panic!("{text}\n{}^ {}", " ".repeat(wrong.at), wrong.detail))
}

/// A formula of constants and of `revenue` 6 and `orders` 4.
fn value(text: &str) -> Option<f64> {
    let formula = understood(text);
    let atoms: Vec<_> = formula
        .atoms
        .iter()
        .map(|atom| match atom {
            crate::scan::Atom::Sum(1) => Some(6.0),
            crate::scan::Atom::Sum(2) => Some(4.0),
            crate::scan::Atom::Count => Some(0.0),
            _ => None,
        })
        .collect();
    evaluate(&formula.expression, &atoms).number()
}

#[test]
fn operators_bind_as_people_expect() {
    for (text, expected) in [
        ("revenue + orders * 2", Some(14.0)),
        ("(revenue + orders) * 2", Some(20.0)),
        ("revenue - orders - 1", Some(1.0)),
        ("-revenue + 1", Some(-5.0)),
        ("24 / revenue / 2", Some(2.0)),
        ("Revenue / NULLIF(Orders, 0)", Some(1.5)),
        ("revenue / count()", None),
        ("aov", Some(1.5)),
        ("double + aov", Some(4.5)),
        ("case when revenue > 5 and not orders = 5 or false then 1 else 0 end", Some(1.0)),
        ("case when max(revenue) > 1 or revenue > 1 then 1 end", Some(1.0)),
        ("case when max(revenue) > 1 and revenue > 1 then 1 end", None),
        ("case when max(revenue) is null then 3 end", Some(3.0)),
        ("case when revenue in (1, 6) and orders not between 5 and 9 then 1 end", Some(1.0)),
        (
            "case when lower('ABC') || 'd' = 'abcd' and starts_with('abc', 'ab') then length('äö') + orders end",
            Some(6.0),
        ),
        ("coalesce(max(revenue), 7) + greatest(orders, max(orders))", Some(11.0)),
        ("round(revenue / 4) + round(revenue / 7, 2)", Some(2.86)),
        ("power(orders, -0.5) + sqrt(orders) + floor(2.5) + ceil(2.5)", Some(7.5)),
        ("sqrt(-revenue)", None),
        ("ln(orders - 4)", None),
        ("power(orders - 4, -1)", None),
        ("power(1e50, 3) + revenue", None),
        ("1e90 * 1e90 * revenue", None),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn a_bare_measure_is_its_sum_and_atoms_are_shared() {
    let formula = understood("revenue / nullif(sum(revenue), 0) + avg(revenue) + count(revenue)");
    assert_eq!(formula.atoms, [crate::scan::Atom::Sum(1), crate::scan::Atom::CountMeasure(1)]);
}

#[test]
fn every_error_points_at_its_character() {
    for (text, at, said) in [
        ("sum(revenu)", 4, "Did you mean revenue?"),
        ("summ(revenue)", 0, "Did you mean sum?"),
        ("sum(sum(revenue))", 4, "stands inside another aggregate"),
        ("sum(aov)", 4, "cannot stand inside an aggregate"),
        ("revenue + status", 10, "stands inside an aggregate, like count(distinct status)"),
        ("sum(status)", 4, "Here belongs a number, and this is a text."),
        ("revenue + 'a'", 10, "Here belongs a number, and this is a text."),
        ("revenue > 1", 8, "this is true or false. Write case"),
        ("1 + 1", 2, "it has no measure and no aggregate"),
        ("", 0, "ends where a value belongs"),
        ("revenue +", 9, "ends where a value belongs"),
        ("(revenue", 8, "the bracket is not closed"),
        ("revenue)", 7, "closes nothing"),
        ("revenue orders", 8, "an operator is missing"),
        ("sum(revenue) filter (status = 'a')", 21, "`where` is missing"),
        ("abs(revenue) filter (where true)", 0, "Only an aggregate"),
        ("count() filter (where status = 'a)", 31, "a quote is missing"),
        ("count() filter (where status = \"a\")", 31, "single quotes"),
        ("count() filter (where status)", 22, "Here belongs true or false, and this is a text."),
        ("count() filter (where status > 1)", 31, "Here belongs a text, and this is a number."),
        ("count() filter (where time > 1)", 22, "A time stands inside year"),
        ("count() filter (where status = null)", 31, "`is null`"),
        ("case revenue when 1 then 2 end", 5, "`case` is followed by `when`"),
        ("case when revenue > 1 then null end", 0, "Every value of this `case` is null."),
        ("case when revenue > 1 then 1 else 'a' end", 34, "Here belongs a number, and this is a text."),
        ("case when 1 < revenue < 3 then 1 end", 22, "Comparisons do not follow one another"),
        ("round(revenue, 11)", 15, "a whole number from 0 to 10"),
        ("power(revenue, orders)", 15, "an exponent from -3 to 3"),
        ("left('a', 1)", 0, "A formula is a number, and this is a text."),
        ("abs(revenue, 1)", 0, "abs takes one value; here are 2."),
        ("revenue % 2", 8, "There is no %"),
        ("revenue; drop table events", 7, "no semicolon"),
        ("1e400 * revenue", 0, "between 1e-80 and 1e100"),
        ("12ab", 2, "A number ends here"),
        ("loop_a", 0, "loop_a is worked out from itself"),
        ("ä + revenue", 0, "means nothing"),
        ("hour + revenue", 0, "The function is written hour(…)"),
    ] {
        let wrong = checked(text, &shop(), None).expect_err(text);
        assert!(wrong.at == at && wrong.detail.contains(said), "{text}: {wrong:?}");
    }
}

#[test]
fn formulas_are_bounded() {
    let said = |text: &str| checked(text, &shop(), None).map(|_| ()).map_err(|w| w.detail);
    assert!(said(&format!("{}revenue{}", "(".repeat(30), ")".repeat(30))).is_ok());
    let deep = said(&format!("{}revenue{}", "(".repeat(40), ")".repeat(40))).unwrap_err();
    assert!(deep.contains("32 levels"), "{deep}");
    assert!(said(&vec!["revenue"; 100].join("+")).is_ok());
    for long in [vec!["revenue"; 101].join("+"), vec!["double"; 40].join("+")] {
        let long = said(&long).unwrap_err();
        assert!(long.contains("200 parts"), "{long}");
    }
    assert!(said(&"1".repeat(2_001)).unwrap_err().contains("2,000 characters"));
}

#[test]
fn calculated_measures_are_checked_when_they_are_declared() {
    let wrong = check_calculated(&shop()).unwrap_err();
    let fields: Vec<_> = wrong.fields().iter().map(|f| (f.pointer.as_str(), f.at)).collect();
    assert_eq!(fields, [("/calculated/2/formula", Some(0)), ("/calculated/3/formula", Some(0))]);
}
