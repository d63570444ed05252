//! Tests of [`super`]: how ranges are written and read.

use super::*;

#[test]
fn a_range_is_either_two_edges_or_a_last() {
    for text in [
        r#"{"from":"2013-01-01","to":"2014-01-01"}"#,
        r#"{"from":"2013-01-01T05:00:00Z","to":"2013-02-01"}"#,
        r#"{"last":"30d"}"#,
        r#"{"last":"ytd"}"#,
    ] {
        let range: Range = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&range).unwrap(), text);
    }
    for text in [
        "{}",
        r#"{"from":"2013-01-01"}"#,
        r#"{"last":"30d","from":"2013-01-01","to":"2013-02-01"}"#,
        r#"{"last":"30d","zone":"UTC"}"#,
        r#"{"from":"2013-13-01","to":"2014-01-01"}"#,
        r#"{"from":"2013-01-01 05:00","to":"2014-01-01"}"#,
        r#""30d""#,
    ] {
        assert!(serde_json::from_str::<Range>(text).is_err(), "{text}");
    }
}

#[test]
fn last_has_bounds_and_one_spelling() {
    for text in ["1h", "1000h", "30d", "8w", "240m", "20y", "today", "mtd", "ytd", "all"] {
        assert_eq!(text.parse::<Last>().unwrap().to_string(), text);
    }
    for text in
        ["", "d", "0d", "030d", "+3d", "-3d", "21y", "7301d", "1001h", "3s", "3D", "30 d", "99999999d", "3ü"]
    {
        assert!(text.parse::<Last>().is_err(), "{text}");
    }
}

#[test]
fn parts_of_an_address_make_a_range() {
    assert_eq!(Range::from_parts(None, None, None).unwrap(), None);
    assert_eq!(Range::from_parts(None, None, Some("30d")).unwrap(), Some(Range::Last(Last::Days(30))));
    let wrong = Range::from_parts(Some("2013-01-01"), Some("soon"), None).unwrap_err();
    assert_eq!(wrong.fields()[0].pointer, "/to");
    assert!(Range::from_parts(Some("2013-01-01"), None, None).is_err());
}

#[test]
fn time_zones_are_compiled_in() {
    for name in ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"] {
        assert_eq!(time_zone(name, "/time_zone").unwrap().iana_name(), Some(name));
    }
    assert!(time_zone("Mars/Olympus", "/time_zone").is_err());
    assert!(time_zone("../../etc/passwd", "/time_zone").is_err());
}
