//! `cargo xtask shots`: the pictures in the README, made anew of a running demo.

use crate::failure::{Context, Result};
use crate::repo::Repo;
use crate::test::Insula;
use crate::{install, run, web};

pub(crate) fn run(repo: &Repo, _: &[String]) -> Result<()> {
    web::build(repo)?;
    let chromium = install::chromium()?;
    run::open(&mut repo.cargo(&["build", "--package", "insula", "--quiet"]))?;
    let folder = repo.path("docs/images");
    std::fs::create_dir_all(&folder).context(folder.display())?;
    let insula = Insula::start(repo)?;
    let mut node = run::program("node", &["scripts/shots.js"]);
    node.current_dir(repo.path("web")).arg(insula.up_json()).arg(&folder).arg(chromium);
    let drawn = run::open(&mut node);
    insula.stop()?;
    drawn
}
