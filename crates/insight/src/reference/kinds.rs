//! One question of every kind, to the dataset `flights`: for the snapshot of their SQL, and for a test that
//! explains their plans on a real PostgreSQL.

use insula_model::{DatasetDefinition, DatasetPut, DatasetSource, Question, TableInput, TableSource};

/// The dataset of the questions: measures `distance`, `dep_delay`, `fare` in `m1` to `m3`, dimensions `origin`,
/// `dest`, `carrier` in `d1` to `d3`.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the names are constants that fit")]
pub fn dataset() -> DatasetDefinition {
    let mut dataset = DatasetDefinition::new("flights").unwrap();
    dataset.learn(["distance", "dep_delay", "fare"], ["origin", "dest", "carrier"]).unwrap();
    dataset
}

/// The tables that are looked up in: `airlines` with `name` and `alliance`, `airports` with `city`.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the tables are constants that fit")]
pub fn tables() -> Vec<TableInput> {
    let table = |text: &str| serde_json::from_str(text).unwrap();
    vec![
        table(r#"{"name":"airlines","key":{"name":"code"},"columns":[{"name":"name"},{"name":"alliance"}]}"#),
        table(r#"{"name":"airports","key":{"name":"code"},"columns":[{"name":"city"}]}"#),
    ]
}

/// What is looked up there: `airline` and `alliance` by the carrier, `city` by the destination, `hub` by the origin.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the declaration is a constant that fits")]
pub fn lookups() -> DatasetPut {
    serde_json::from_str(
        r#"{"dimensions":[
            {"name":"airline","lookup":{"by":"carrier","table":"airlines","column":"name"}},
            {"name":"alliance","lookup":{"by":"carrier","table":"airlines","column":"alliance"}},
            {"name":"city","lookup":{"by":"dest","table":"airports","column":"city"}},
            {"name":"hub","lookup":{"by":"origin","table":"airports","column":"city"}}]}"#,
    )
    .unwrap()
}

/// The flights as rows of a table: everything that the dataset has, and the key `flight`.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the table is a constant that fits")]
pub fn flight_table() -> TableInput {
    serde_json::from_str(
        r#"{"name":"flights","key":{"name":"flight"},"columns":[
            {"name":"carrier"},{"name":"fare","kind":"number"},{"name":"dest"},{"name":"departed","kind":"time"},
            {"name":"distance","kind":"number"},{"name":"origin"},{"name":"dep_delay","kind":"number"}]}"#,
    )
    .unwrap()
}

/// The dataset over [`flight_table`] of this number, with what it looks up in [`tables`] of these.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the names are constants that fit")]
pub fn table_dataset(number: i32, tables: &[TableSource]) -> DatasetDefinition {
    let table = TableSource { number, definition: flight_table().make().unwrap() };
    let source = DatasetSource::Table(table.definition.name.clone());
    let mut dataset = DatasetDefinition::of_source("flights", source).unwrap();
    dataset.take_up(&table).unwrap();
    lookups().apply(&mut dataset).unwrap();
    dataset.find_lookups(tables).unwrap();
    dataset
}

/// The dataset with what it looks up, in tables 1 and 2.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the names are constants that fit")]
pub fn lookup_dataset() -> DatasetDefinition {
    let mut dataset = dataset();
    lookups().apply(&mut dataset).unwrap();
    dataset.find_lookups(&table_sources()).unwrap();
    dataset
}

/// [`tables`] under the numbers 1 and 2.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the tables are constants that fit")]
pub fn table_sources() -> Vec<TableSource> {
    let tables = tables().into_iter().zip(1..);
    tables.map(|(table, number)| TableSource { number, definition: table.make().unwrap() }).collect()
}

/// One question of every kind to [`table_dataset`]: those that look something up, and some that do not.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the questions are constants that parse")]
pub fn table_kinds() -> Vec<(&'static str, Question)> {
    let question = |text: &str| serde_json::from_str(&format!(r#"{{"dataset":"flights",{text}}}"#)).unwrap();
    TABLE_KINDS.iter().map(|(what, text)| (*what, question(text))).collect()
}

const TABLE_KINDS: &[(&str, &str)] = &[
    ("one number", r#""measures":[{"agg":"sum","measure":"distance"}]"#),
    (
        "a series by the key and a column",
        r#""measures":[{"agg":"count"},{"agg":"last","measure":"fare"}],"by":["flight","origin"],"grain":"month","range":{"from":"2013-01-01","to":"2014-01-01"}"#,
    ),
    (
        "groups that are looked up, compared with the year before",
        r#""measures":[{"agg":"avg","measure":"dep_delay"}],"by":["airline"],"filters":[{"op":"in","dimension":"dest","values":["ATL"]}],"range":{"from":"2013-01-01","to":"2013-02-01"},"compare":"previous_year""#,
    ),
];

/// One question of every kind that looks something up, to [`lookup_dataset`].
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the questions are constants that parse")]
pub fn lookup_kinds() -> Vec<(&'static str, Question)> {
    let question = |text: &str| serde_json::from_str(&format!(r#"{{"dataset":"flights",{text}}}"#)).unwrap();
    LOOKUP_KINDS.iter().map(|(what, text)| (*what, question(text))).collect()
}

const LOOKUP_KINDS: &[(&str, &str)] = &[
    ("groups that are looked up", r#""measures":[{"agg":"sum","measure":"distance"}],"by":["airline"]"#),
    (
        "a number where something is looked up",
        r#""measures":[{"agg":"count"}],"filters":[{"op":"in","dimension":"alliance","values":["Star",null]}],"range":{"from":"2013-01-01","to":"2014-01-01"}"#,
    ),
    (
        "a series by two of one row, compared",
        r#""measures":[{"agg":"count"}],"by":["airline","alliance"],"grain":"month","range":{"from":"2013-01-01","to":"2014-01-01"},"compare":"previous_period""#,
    ),
    (
        "groups by several tables, and by one that is looked up twice",
        r#""measures":[{"agg":"distinct","dimension":"carrier"}],"by":["airline","city","hub"]"#,
    ),
    (
        "weeks, compared with the year before",
        r#""measures":[{"agg":"count","dimension":"city"}],"by":["hub"],"grain":"week","range":{"from":"2013-01-01","to":"2013-02-01"},"compare":"previous_year""#,
    ),
    (
        "groups that are looked up and the others",
        r#""measures":[{"agg":"sum","measure":"fare"}],"by":["city"],"limit":3,"other":true,"range":{"from":"2013-01-01","to":"2013-07-01"}"#,
    ),
    (
        "formulas that look up",
        r#""measures":[{"formula":"count(distinct lower(airline)) + sum(fare) filter (where alliance = 'Star' and city is not null)","as":"a"}]"#,
    ),
];

/// What each is, and the question.
#[must_use]
#[expect(clippy::unwrap_used, reason = "for tests: the questions are constants that parse")]
pub fn kinds() -> Vec<(&'static str, Question)> {
    let question = |text: &str| serde_json::from_str(&format!(r#"{{"dataset":"flights",{text}}}"#)).unwrap();
    KINDS.iter().map(|(what, text)| (*what, question(text))).collect()
}

const KINDS: &[(&str, &str)] = &[
    ("one number", r#""measures":[{"agg":"sum","measure":"distance"}]"#),
    (
        "every aggregate",
        r#""measures":[{"agg":"sum","measure":"distance"},{"agg":"avg","measure":"distance"},{"agg":"min","measure":"fare"},{"agg":"max","measure":"fare"},{"agg":"last","measure":"fare"},{"agg":"count"},{"agg":"count","measure":"fare"},{"agg":"distinct","dimension":"dest"}]"#,
    ),
    (
        "one number, compared",
        r#""measures":[{"agg":"avg","measure":"dep_delay"}],"compare":"previous_period","range":{"from":"2013-01-01","to":"2013-02-01"}"#,
    ),
    (
        "one number, compared while it runs",
        r#""measures":[{"agg":"last","measure":"dep_delay"}],"compare":"previous_period","range":{"last":"30d"}"#,
    ),
    (
        "one number of a year that runs, compared",
        r#""measures":[{"agg":"sum","measure":"distance"}],"filters":[{"op":"in","dimension":"dest","values":["ATL"]}],"compare":"previous_period","range":{"from":"2026-01-01","to":"2027-01-01"}"#,
    ),
    (
        "groups, compared",
        r#""measures":[{"agg":"sum","measure":"distance"}],"by":["dest"],"compare":"previous_period","range":{"last":"ytd"},"limit":5"#,
    ),
    (
        "a series",
        r#""measures":[{"agg":"sum","measure":"distance"},{"agg":"avg","measure":"dep_delay"}],"grain":"month","range":{"from":"2013-01-01","to":"2014-01-01"}"#,
    ),
    (
        "a series, compared",
        r#""measures":[{"agg":"count"}],"grain":"week","range":{"from":"2013-01-01","to":"2013-02-01"},"compare":"previous_period""#,
    ),
    (
        "weeks, compared with the year before",
        r#""measures":[{"agg":"count"}],"grain":"week","range":{"from":"2013-01-01","to":"2013-02-01"},"compare":"previous_year""#,
    ),
    (
        "groups of a month that has just begun, compared",
        r#""measures":[{"agg":"sum","measure":"distance"}],"by":["dest"],"filters":[{"op":"gt","measure":"fare","value":10}],"compare":"previous_period","range":{"from":"2026-11-20","to":"2026-12-20"}"#,
    ),
    ("groups", r#""measures":[{"agg":"sum","measure":"distance"}],"by":["origin"]"#),
    (
        "groups by three, ranked by a mean",
        r#""measures":[{"agg":"count"},{"agg":"avg","measure":"dep_delay"}],"by":["origin","dest","carrier"],"sort":{"by":"measure","index":1},"limit":10"#,
    ),
    (
        "groups by name, compared",
        r#""measures":[{"agg":"distinct","dimension":"carrier"}],"by":["origin","dest"],"sort":{"by":"dimension","index":1,"descending":true},"compare":"previous_period","range":{"from":"2013-01-01","to":"2013-02-01"}"#,
    ),
    (
        "a series of groups",
        r#""measures":[{"agg":"sum","measure":"distance"}],"by":["origin"],"grain":"month","range":{"from":"2013-01-01","to":"2014-01-01"}"#,
    ),
    (
        "a series of groups by two, compared",
        r#""measures":[{"agg":"avg","measure":"fare"},{"agg":"count"}],"by":["origin","carrier"],"grain":"day","range":{"from":"2013-01-01","to":"2013-02-01"},"compare":"previous_period","limit":3"#,
    ),
    (
        "a series of groups by name",
        r#""measures":[{"agg":"count"}],"by":["origin"],"grain":"quarter","range":{"from":"2013-01-01","to":"2014-01-01"},"sort":{"by":"dimension"}"#,
    ),
    (
        "groups and the others, compared",
        r#""measures":[{"agg":"sum","measure":"distance"},{"agg":"avg","measure":"fare"},{"agg":"min","measure":"fare"},{"agg":"count"}],"by":["dest","origin"],"other":true,"limit":3,"range":{"from":"2013-01-01","to":"2013-02-01"},"compare":"previous_period""#,
    ),
    (
        "running totals and shares of groups and the others",
        r#""measures":[{"agg":"sum","measure":"distance","show":"running"},{"agg":"count","show":"share"},{"agg":"max","measure":"fare"}],"by":["dest"],"grain":"month","other":true,"limit":3,"range":{"from":"2013-01-01","to":"2014-01-01"}"#,
    ),
    (
        "formulas over one number",
        r#""measures":[{"formula":"sum(fare) / nullif(count(), 0)","as":"a"},{"formula":"sum(fare) filter (where origin = 'EWR')","as":"b"},{"formula":"case when sum(distance) > 10 then 1 else 0 end","as":"c"},{"formula":"avg(dep_delay - distance)","as":"d"},{"formula":"count() filter (where lower(origin) in ('jfk', 'ewr') and hour(time) >= 17)","as":"e"},{"formula":"count(distinct dest)","as":"f"},{"formula":"fare / nullif(distance, 0)","as":"g"}]"#,
    ),
    (
        "formulas of texts and times",
        r#""measures":[{"formula":"count(distinct upper(left(dest, 1)) || right(origin, 2)) + max(length(concat(origin, dest)))","as":"a"},{"formula":"sum(year(time) + month(time) + day(time)) / count() filter (where weekday(time) < 6)","as":"b"},{"formula":"count() filter (where starts_with(dest, 'A') or contains(dest, 'b') and not (carrier is null) and carrier > 'M')","as":"c"}],"range":{"last":"12m"}"#,
    ),
    (
        "formulas of numbers",
        r#""measures":[{"formula":"sqrt(abs(min(fare))) + ln(max(fare)) + power(sum(distance), -0.5) + round(avg(fare), 2) + round(fare)","as":"a"},{"formula":"sum(greatest(fare, 1) * least(fare, 2)) filter (where fare between 1 and 2 and fare not in (1, 2))","as":"b"},{"formula":"coalesce(max(fare), last(fare), -1) + floor(1.5 * count(fare)) - ceil(nullif(count(dest), 0) / 2)","as":"c"}]"#,
    ),
    (
        "groups ranked by a formula, compared",
        r#""measures":[{"formula":"fare / nullif(count() filter (where hour(time) < 12), 0)","as":"a"}],"by":["dest"],"range":{"from":"2013-01-01","to":"2013-02-01"},"compare":"previous_period","limit":5"#,
    ),
    (
        "a series of groups ranked by a formula",
        r#""measures":[{"formula":"fare / distance","as":"a"},{"agg":"sum","measure":"fare"}],"by":["origin"],"grain":"month","range":{"from":"2013-01-01","to":"2014-01-01"}"#,
    ),
    (
        "every filter",
        r#""measures":[{"agg":"count"}],"filters":[{"op":"in","dimension":"dest","values":["ATL"]},{"op":"in","dimension":"dest","values":["ATL",null,"BOS"]},{"op":"in","dimension":"dest","values":[null]},{"op":"not_in","dimension":"dest","values":["ATL"]},{"op":"not_in","dimension":"dest","values":["ATL",null]},{"op":"not_in","dimension":"dest","values":[null]},{"op":"contains","dimension":"dest","value":"a%"},{"op":"starts_with","dimension":"dest","value":"A_"},{"op":"gte","measure":"fare","value":1},{"op":"gt","measure":"fare","value":1},{"op":"lte","measure":"fare","value":2},{"op":"lt","measure":"fare","value":2},{"op":"eq","measure":"fare","value":1.5},{"op":"between","measure":"fare","value":1,"to":2}]"#,
    ),
];
