//! Tells the edge which route answers.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

use crate::visit::Visit;

/// Notes the route's template.
pub(crate) async fn route(request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    if let (Some(visit), Some(path)) = (extensions.get::<Arc<Visit>>(), extensions.get::<MatchedPath>()) {
        let _ = visit.notes.route.set(path.as_str().to_owned());
    }
    next.run(request).await
}
