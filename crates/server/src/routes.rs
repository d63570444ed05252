//! Routes that remember their paths, for everything that the APIs' descriptions do not list: pages, files, pictures. No
//! other way to add one passes `clippy`, so that a test which goes over all of them forgets none:
//! `tests/it/white_label.rs`.

use axum::Router;
use axum::routing::MethodRouter;

use crate::app::App;

/// Routes, and their paths.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<App>,
    paths: Vec<&'static str>,
}

impl Routes {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One more.
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    pub(crate) fn at(mut self, path: &'static str, methods: MethodRouter<App>) -> Self {
        self.router = self.router.route(path, methods);
        self.paths.push(path);
        self
    }

    /// All of others, too.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.paths.extend(others.paths);
        self
    }

    /// Their paths.
    pub(crate) fn paths(&self) -> &[&'static str] {
        &self.paths
    }
}

impl From<Routes> for Router<App> {
    fn from(routes: Routes) -> Self {
        routes.router
    }
}
