//! `cargo xtask paint`: when somebody sees something first, in a browser, of a release build.

use crate::failure::Result;
use crate::repo::Repo;
use crate::test::Insula;
use crate::{install, run, web};

pub(crate) fn run(repo: &Repo, _: &[String]) -> Result<()> {
    web::build(repo)?;
    let chromium = install::chromium()?;
    run::open(&mut repo.cargo(&["build", "--release", "--package", "insula"]))?;
    let insula = Insula::start_built(repo, "release")?;
    let mut node = run::program("node", &["scripts/first_paint.js"]);
    node.current_dir(repo.path("web")).arg(insula.up_json()).arg(chromium);
    let measured = run::open(&mut node);
    insula.stop()?;
    measured
}
