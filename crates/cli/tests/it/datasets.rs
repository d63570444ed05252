//! Datasets as files.

use serde_json::{Value, json};

use crate::process::{Folder, text};

#[test]
fn datasets_live_in_files() {
    let folder = Folder::new("datasets");
    let _up = folder.up(&["--demo"]);
    let listed = folder.json(&["dataset", "list", "acme", "--reason", "looking at what there is"]);
    let name = text(&listed, "/items/0/name").to_owned();

    // Written twice it is the same, in both forms, and applying it changes nothing.
    let exported = folder.run(&["dataset", "export", "acme", &name]);
    assert_eq!(exported.code, 0, "{exported:?}");
    assert_eq!(folder.run(&["dataset", "export", "acme", &name]).out, exported.out);
    for form in ["toml", "json"] {
        let written = folder.json(&["dataset", "export", "acme", "--to", form, "--form", form]);
        assert_eq!(text(&written, "/files/0/file"), format!("{form}/{name}.{form}"));
        let same = folder.json(&["dataset", "apply", "acme", form]);
        assert_eq!(text(&same, "/datasets/0/action"), "unchanged", "{same}");
    }

    // A dataset that is not there is made; a dry run says so and makes nothing.
    let write = |text: &str| std::fs::write(folder.path.join("sales.toml"), text).expect("a file");
    let sales = "name = \"sales\"\ndescription = \"One event for each sale.\"\nvisible_to = \"admin\"\n\
                 [[measures]]\nname = \"revenue\"\nformat = \"currency\"\nunit = \"USD\"\n\
                 [[measures]]\nname = \"doubled\"\nformula = \"revenue * 2\"\n";
    write(sales);
    let dry = folder.json(&["dataset", "apply", "acme", "sales.toml", "--dry-run"]);
    assert_eq!((text(&dry, "/datasets/0/action"), &dry["datasets"][0]["done"]), ("create", &json!(false)));
    assert_eq!(folder.run(&["dataset", "export", "acme", "sales"]).code, 3);
    folder.json(&["dataset", "apply", "acme", "sales.toml"]);
    let there: Value =
        serde_json::from_str(&folder.run(&["dataset", "export", "acme", "sales", "--form", "json"]).out)
            .unwrap();
    assert_eq!((text(&there, "/visible_to"), text(&there, "/measures/1/formula")), ("admin", "revenue * 2"));

    // Leaving out who sees it opens nothing; a formula that is not listed is gone.
    write("name = \"sales\"\n[[measures]]\nname = \"revenue\"\nformat = \"currency\"\nunit = \"EUR\"\n");
    let changed = folder.json(&["dataset", "apply", "acme", "sales.toml"]);
    assert_eq!(
        changed["datasets"][0]["changes"],
        json!(["description", "changes revenue", "removes doubled"])
    );
    let shown = folder.run(&["dataset", "export", "acme", "sales"]).out;
    assert!(shown.contains("visible_to = \"admin\"") && shown.contains("EUR"), "{shown}");

    // What is wrong is said with the file and the place: before anything is sent, or at the character of a formula.
    write("name = \"sales\"\ntime_zone = \"Mars\"\n");
    let wrong = folder.run(&["dataset", "apply", "acme", "sales.toml"]);
    assert!(wrong.code == 1 && wrong.err.contains("sales.toml at /time_zone"), "{wrong:?}");
    write(&sales.replace("revenue * 2", "revenu * 2"));
    let wrong = folder.run(&["dataset", "apply", "acme", "sales.toml"]);
    assert!(wrong.code == 3 && wrong.err.contains("at character 1 of /measures/1/formula"), "{wrong:?}");

    // A key that only reads finds what every member does.
    let up: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.data().join("up.json")).expect("up.json"))
            .expect("JSON");
    let acme = up["tenants"].as_array().and_then(|t| t.iter().find(|t| t["slug"] == "acme")).expect("acme");
    let made = folder.json(&[
        "key",
        "create",
        "acme",
        "--name",
        "reads",
        "--scope",
        "data:read",
        "--reason",
        "a test of what it sees",
    ]);
    let mut command = folder.command(&["dataset", "list", text(acme, "/url"), "--json"]);
    let own = command.env("INSULA_KEY", text(&made, "/secret")).output().expect("the binary");
    let seen: Value = serde_json::from_slice(&own.stdout).expect("a list");
    let names: Vec<_> = seen["items"].as_array().unwrap().iter().map(|d| text(d, "/name")).collect();
    assert!(names.contains(&name.as_str()) && !names.contains(&"sales"), "{names:?}");
}
