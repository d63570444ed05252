//! What every handler may ask for.

use std::sync::Arc;

use insula_model::Result;
use insula_platform::Platform;
use insula_store::Tasks;

use crate::cursor::Cursors;
use crate::health::Readiness;
use crate::serve::Options;
use crate::site::Site;

/// The product and what this process keeps around it. Clones are one.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    platform: Platform,
    cursors: Cursors,
    site: Site,
    readiness: Readiness,
    options: Options,
    stop: Tasks,
}

impl App {
    /// Reads what all nodes share.
    ///
    /// # Errors
    /// `database.down`.
    pub(crate) async fn new(platform: Platform, options: Options, stop: Tasks) -> Result<Self> {
        let secret = platform.store().cursor_secret().await?;
        let cursors = Cursors::new(&secret, Arc::clone(&platform.world().entropy))?;
        Ok(Self(Arc::new(Inner {
            platform,
            cursors,
            site: Site::new(),
            readiness: Readiness::default(),
            options,
            stop,
        })))
    }

    /// The product.
    pub(crate) fn platform(&self) -> &Platform {
        &self.0.platform
    }

    /// Cursors of lists.
    pub(crate) fn cursors(&self) -> &Cursors {
        &self.0.cursors
    }

    /// The web app's files and pages.
    pub(crate) fn site(&self) -> &Site {
        &self.0.site
    }

    /// What was last found about readiness.
    pub(crate) fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    /// Resolves when this server is to end.
    pub(crate) async fn stopping(&self) {
        self.0.stop.stopping().await;
    }

    /// How this server was started.
    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }
}
