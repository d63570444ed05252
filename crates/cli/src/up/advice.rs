//! What could be done about a start that failed, where the refusal itself does not say.

use insula_model::problem;
use insula_store::parse_url;

use crate::config::Effective;
use crate::failure::Failure;

/// The failure, with what to do next.
pub(super) fn advised(failure: Failure, effective: &Effective) -> Failure {
    let detail = failure.problem.detail.clone();
    if failure.is(problem::DATA_DIR) && detail.contains("cannot be used") {
        return failure.hint("Choose another directory with --data, or make that one yours (chown).");
    }
    if failure.is(problem::SETTINGS) && detail.contains("Cannot listen") {
        return failure.hint("Choose another port with --port; 0 takes one that is free.");
    }
    if failure.is(problem::DATABASE_DOWN)
        && let Some(url) = &effective.config.database.url
        && let Ok((address, login, _)) = parse_url(url)
    {
        let (host, port, user) = (address.host, address.port, login.user);
        return failure.hint(format!(
            "--database-url names {user} at {host}:{port}: does a PostgreSQL listen there, and does it let {user} in?"
        ));
    }
    failure
}
