//! Dashboards as files.

use serde_json::{Value, json};

use crate::process::{Folder, text};

#[test]
fn dashboards_live_in_files() {
    let folder = Folder::new("dashboards");
    let _up = folder.up(&["--demo"]);
    let listed = folder.json(&["dashboard", "list", "acme", "--reason", "looking at what there is"]);
    let name = text(&listed, "/items/0/name").to_owned();

    // Written twice it is the same, and applying it changes nothing.
    let exported = folder.run(&["dashboard", "export", "acme", &name]);
    assert_eq!(exported.code, 0, "{exported:?}");
    assert_eq!(folder.run(&["dashboard", "export", "acme", &name]).out, exported.out);
    let written = folder.json(&["dashboard", "export", "acme", "--to", "boards"]);
    let file = text(&written, "/files/0/file").to_owned();
    let path = folder.path.join(&file);
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), exported.out);
    let same = folder.json(&["dashboard", "apply", "acme", "boards"]);
    assert_eq!(text(&same, "/dashboards/0/action"), "unchanged");

    // A file of a new name is made; a dry run says so and makes nothing.
    let mut input: Value = serde_json::from_str(&exported.out).expect("JSON");
    input["name"] = json!("From a file");
    let write =
        |input: &Value| std::fs::write(folder.path.join("new.json"), input.to_string()).expect("a file");
    write(&input);
    let dry = folder.json(&["dashboard", "apply", "acme", "new.json", "--dry-run"]);
    assert_eq!(
        (text(&dry, "/dashboards/0/action"), &dry["dashboards"][0]["done"]),
        ("create", &json!(false))
    );
    let count = || folder.json(&["dashboard", "list", "acme"])["items"].as_array().map_or(0, Vec::len);
    let before = count();
    let made = folder.json(&["dashboard", "apply", "acme", "new.json"]);
    assert_eq!((text(&made, "/dashboards/0/action"), count()), ("create", before + 1));

    // What a file made, a file changes.
    input["config"]["widgets"][0]["title"] = json!("Another title");
    write(&input);
    let changed = folder.json(&["dashboard", "apply", "acme", "new.json", "--note", "a release"]);
    assert_eq!(text(&changed, "/dashboards/0/action"), "update");
    assert!(changed["dashboards"][0]["changes"][0].as_str().is_some_and(|c| c.starts_with("changes ")));

    // What somebody changed in the workspace is not overwritten, unless that is asked for.
    input["name"] = json!(name);
    write(&input);
    let refused = folder.run(&["dashboard", "apply", "acme", "new.json"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.out.contains("conflict") && refused.err.contains("--force"), "{refused:?}");
    assert_eq!(folder.run(&["dashboard", "export", "acme", &name]).out, exported.out);
    let forced = folder.json(&["dashboard", "apply", "acme", "new.json", "--force"]);
    assert_eq!(
        (text(&forced, "/dashboards/0/action"), &forced["dashboards"][0]["done"]),
        ("update", &json!(true))
    );

    // What is wrong is said before anything is sent, with the place.
    input["config"]["layout"][0]["w"] = json!(13);
    write(&input);
    let wrong = folder.run(&["dashboard", "apply", "acme", "new.json", "boards"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(wrong.err.contains("new.json") && wrong.err.contains("/config/layout/0"), "{wrong:?}");

    // With a key of the tenant's own, at its address, without an operator.
    let up: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.data().join("up.json")).expect("up.json"))
            .expect("JSON");
    let acme = up["tenants"].as_array().and_then(|t| t.iter().find(|t| t["slug"] == "acme")).expect("acme");
    let at = |args: &[&str]| {
        let mut command = folder.command(args);
        command.env("INSULA_KEY", text(acme, "/api_key"));
        command.output().expect("the binary")
    };
    let own = at(&["dashboard", "export", text(acme, "/url"), "From a file"]);
    assert!(own.status.success(), "{own:?}");
    assert!(String::from_utf8_lossy(&own.stdout).contains("Another title"));
    assert_eq!(at(&["dashboard", "list", "acme"]).status.code(), Some(2));
}

#[test]
fn a_template_reaches_who_it_is_meant_for() {
    let folder = Folder::new("templates");
    let _up = folder.up(&["--demo"]);
    let boards = |slug: &str| -> Vec<String> {
        let list = folder.json(&["dashboard", "list", slug]);
        list["items"].as_array().unwrap().iter().map(|d| text(d, "/name").to_owned()).collect()
    };
    let exported = folder.run(&["dashboard", "export", "acme", "Overview"]);
    assert_eq!(exported.code, 0, "{exported:?}");
    let write = |change: &dyn Fn(&mut Value)| {
        let mut input: Value = serde_json::from_str(&exported.out).expect("JSON");
        input["name"] = json!("From the operator");
        change(&mut input);
        std::fs::write(folder.path.join("template.json"), input.to_string()).expect("a file");
    };
    write(&|_| {});
    assert_eq!(folder.run(&["template", "publish", "template.json"]).code, 2, "the first time says to whom");
    folder.json(&["template", "publish", "template.json", "--to", "acme,globex"]);
    let has = |slug: &str| boards(slug).iter().any(|name| name == "From the operator");
    assert!(has("acme") && has("globex") && !has("initech"));

    // A workspace changes a title, and so does the next version.
    let titled =
        |title: &'static str| move |input: &mut Value| input["config"]["widgets"][0]["title"] = json!(title);
    write(&titled("Ours"));
    folder.json(&["dashboard", "apply", "acme", "template.json", "--force"]);
    write(&titled("Theirs"));
    let second = folder.json(&["template", "publish", "template.json"]);
    assert_eq!(second["version"], json!(2));
    let conflicts = folder.json(&["template", "conflicts", "From the operator"]);
    assert_eq!(conflicts["items"].as_array().map(Vec::len), Some(1), "{conflicts}");
    assert_eq!(text(&conflicts, "/items/0/slug"), "acme");
    assert!(text(&conflicts, "/items/0/conflicts/0/at").ends_with("/title"));
    let shown = |slug: &str| folder.run(&["dashboard", "export", slug, "From the operator"]).out;
    assert!(shown("acme").contains("Ours") && shown("globex").contains("Theirs"));
    assert!(folder.run(&["template", "show", "From the operator"]).out.contains("Theirs"));
    let versions = folder.json(&["template", "versions", "From the operator"]);
    assert_eq!((&versions["items"][0]["version"], &versions["items"][1]["version"]), (&json!(2), &json!(1)));
    let first = folder.run(&["template", "show", "From the operator", "--version", "1"]);
    assert!(first.code == 0 && !first.out.contains("Theirs"), "{first:?}");

    folder.json(&["template", "withdraw", "From the operator"]);
    assert!(has("acme") && !has("globex"), "what was changed stays");
}
