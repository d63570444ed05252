//! What was under way when this installation ended last, and what became of it.

use insula_model::{OperationId, RequestId, Result};
use insula_platform::{OperationView, Platform};
use insula_store::OperationFilter;

use super::home::Operator;
use crate::client::Api;
use crate::commands::Context;
use crate::terminal::phase::Phase;

/// How long the page waits for what was under way; the rest goes on behind it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(25);

/// Operations that have not ended, before any worker of ours runs.
pub(super) async fn unfinished(
    cx: &Context,
    platform: &Platform,
    operator: &Operator,
) -> Result<Vec<OperationId>> {
    let token = operator.token.clone().unwrap_or_default();
    let op = platform.operator_context(&token, RequestId::from_uuid(cx.world.uuid())).await?;
    let newest = OperationFilter { limit: 500, ..OperationFilter::default() };
    let operations: Vec<OperationView> = platform.operation_list(&op, &newest).await?;
    let open = |o: &OperationView| !o.status.ended() && o.status.as_str() != "stuck";
    Ok(operations.iter().filter(|o| open(o)).map(|o| o.id).collect())
}

/// Says what was found, and waits a little for it.
pub(super) async fn report(cx: &Context, api: &Api, hard_end: bool, unfinished: &[OperationId]) {
    if hard_end && unfinished.is_empty() {
        Phase::begin(cx.out, "last time").warn("Insula ended without being stopped; nothing was under way");
    }
    let end = tokio::time::Instant::now() + PATIENCE;
    for id in unfinished {
        let phase = Phase::begin(cx.out, "left from last time");
        phase.doing("waiting until its last worker is surely gone");
        let id = id.to_string();
        let following =
            api.follow(&id, |operation| phase.doing(format!("{} of {}", operation.kind, operation.slug())));
        match tokio::time::timeout_at(end, following).await {
            Ok(Ok((operation, _))) => {
                let how = match operation.status.as_str() {
                    "succeeded" => "finished",
                    "cancelled" | "failed" => "undone",
                    _ => "needs a person",
                };
                phase.done(&format!("{} of {}: {how}", operation.kind, operation.slug()));
            }
            Ok(Err(failure)) => phase.warn(&failure.problem.detail),
            Err(_) => phase.warn(&format!("{id} goes on: insula operation watch {id}")),
        }
    }
}
