//! Tables as files, and dimensions that are looked up in them.

use serde_json::{Value, json};

use crate::process::{Folder, text};

#[test]
fn tables_live_in_files() {
    let folder = Folder::new("tables");
    let _up = folder.up(&["--demo"]);
    let write = |name: &str, text: &str| std::fs::write(folder.path.join(name), text).expect("a file");

    // A CSV file makes a table; put again it changes nothing.
    write("airports.csv", "Code,City\nEWR,Newark\nJFK,New York\nLGA,New York\n");
    let put = || folder.json(&["table", "put", "acme", "airports", "airports.csv"]);
    let first = put();
    assert_eq!(
        (&first["rows"], &first["added"], &first["columns"]),
        (&json!(3), &json!(3), &json!(["city"]))
    );
    let again = put();
    assert_eq!((&again["added"], &again["changed"], &again["removed"]), (&json!(0), &json!(0), &json!(0)));
    let listed = folder.json(&["table", "list", "acme"]);
    assert_eq!((text(&listed, "/items/0/name"), text(&listed, "/items/0/key/name")), ("airports", "code"));

    // What was exported changes nothing when it is applied and put.
    let written = folder.json(&["table", "export", "acme", "--to", "out"]);
    assert_eq!(written["files"].as_array().expect("files").len(), 2, "{written}");
    let same = folder.json(&["table", "apply", "acme", "out/airports.toml"]);
    assert_eq!(text(&same, "/tables/0/action"), "unchanged", "{same}");
    assert_eq!(folder.json(&["table", "put", "acme", "airports", "out/airports.csv"])["changed"], 0);
    let rows = folder.run(&["table", "export", "acme", "airports", "--rows"]);
    assert_eq!(rows.out, "code,city\nEWR,Newark\nJFK,New York\nLGA,New York\n");

    // A dry run says what would change, and changes nothing.
    write(
        "airports.toml",
        "name = \"airports\"\nlabel = \"Airports of New York\"\n[key]\nname = \"code\"\nlabel = \"Code\"\n\
         [[columns]]\nname = \"city\"\nlabel = \"City\"\n[[columns]]\nname = \"state\"\n",
    );
    let changes = json!(["label: \"Airports\" becomes \"Airports of New York\"", "adds state"]);
    let dry = folder.json(&["table", "apply", "acme", "airports.toml", "--dry-run"]);
    assert_eq!((&dry["tables"][0]["changes"], &dry["tables"][0]["done"]), (&changes, &json!(false)));
    let done = folder.json(&["table", "apply", "acme", "airports.toml"]);
    assert_eq!(&done["tables"][0]["changes"], &changes);
    let same = folder.json(&["table", "apply", "acme", "airports.toml"]);
    assert_eq!(text(&same, "/tables/0/action"), "unchanged", "{same}");

    // Bad rows are named with their lines, and none is taken.
    write("airports.csv", "code,city\nEWR,Newark\nEWR,Elsewhere\n");
    let wrong = folder.run(&["table", "put", "acme", "airports", "airports.csv"]);
    assert!(wrong.code == 3 && wrong.err.contains("Line 3"), "{wrong:?}");
    assert_eq!(folder.json(&["table", "list", "acme"])["items"][0]["rows"], 3);

    // A dataset looks up in it, and goes round through a file.
    write(
        "flights.toml",
        "name = \"trips\"\n[[dimensions]]\nname = \"origin\"\n[[dimensions]]\nname = \"city\"\n\
         [dimensions.lookup]\nby = \"origin\"\ntable = \"airports\"\ncolumn = \"city\"\n",
    );
    let made = folder.json(&["dataset", "apply", "acme", "flights.toml"]);
    assert_eq!(text(&made, "/datasets/0/action"), "create", "{made}");
    let exported = folder.run(&["dataset", "export", "acme", "trips"]).out;
    assert!(exported.contains("[dimensions.lookup]\nby = \"origin\"\ntable = \"airports\""), "{exported}");
    write("flights.toml", &exported);
    let same = folder.json(&["dataset", "apply", "acme", "flights.toml"]);
    assert_eq!(text(&same, "/datasets/0/action"), "unchanged", "{same}");
    write("airports.toml", "name = \"airports\"\n[key]\nname = \"code\"\n[[columns]]\nname = \"state\"\n");
    let held = folder.run(&["table", "apply", "acme", "airports.toml"]);
    assert!(held.code == 3 && held.err.contains("trips.city"), "{held:?}");
    // A table with a time is a dataset; both go round through files.
    write("subs.csv", "Id,Plan,Started On,MRR\na,Pro,2026-01-31,120.5\nb,Free,2026-02-01 17:00,0\n");
    let put =
        folder.json(&["table", "put", "acme", "subs", "subs.csv", "--number", "mrr", "--time", "started_on"]);
    assert_eq!(put["added"], 2, "{put}");
    write("subs.toml", "name = \"subscriptions\"\nsource = { table = \"subs\" }\n");
    let made = folder.json(&["dataset", "apply", "acme", "subs.toml"]);
    assert_eq!(text(&made, "/datasets/0/action"), "create", "{made}");
    let exported = folder.run(&["dataset", "export", "acme", "subscriptions"]).out;
    assert!(exported.contains("[source]\ntable = \"subs\"\n"), "{exported}");
    for declared in [exported.as_str(), "name = \"subscriptions\"\n[source]\ntable = \"subs\"\n"] {
        write("subs.toml", declared);
        let same = folder.json(&["dataset", "apply", "acme", "subs.toml"]);
        assert_eq!(text(&same, "/datasets/0/action"), "unchanged", "{same}");
    }
    let rows = folder.run(&["table", "export", "acme", "subs", "--rows"]).out;
    assert!(
        rows.starts_with("id,plan,started_on,mrr\na,Pro,2026-01-31,120.5\nb,Free,2026-02-01T17:00:00"),
        "{rows}"
    );
    write("subs.csv", &rows);
    let again = folder.json(&["table", "put", "acme", "subs", "subs.csv", "--time", "started_on"]);
    assert_eq!((&again["changed"], &again["added"], &again["removed"]), (&json!(0), &json!(0), &json!(0)));
    write("subs.csv", "id,started_on,country\na,2026-01-31,CH\n");
    let late = folder.run(&["table", "put", "acme", "subs", "subs.csv", "--number", "country,started_on"]);
    assert!(late.code == 3 && late.err.contains("table.in_use"), "{late:?}");
    write("fewer.toml", "name = \"subscriptions\"\n[[dimensions]]\nname = \"plan\"\n");
    let fewer = folder.json(&["dataset", "apply", "acme", "fewer.toml", "--dry-run"]);
    assert_eq!(fewer["datasets"][0]["changes"], json!(["removes id"]), "{fewer}");
    let shown: Value =
        serde_json::from_str(&folder.run(&["table", "export", "acme", "airports", "--form", "json"]).out)
            .unwrap();
    assert_eq!(text(&shown, "/columns/0/name"), "city");
}
