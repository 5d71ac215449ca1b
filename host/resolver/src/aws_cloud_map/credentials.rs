use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_credential_types::provider::future::ProvideCredentials as Providing;
use aws_credential_types::provider::{ProvideCredentials, Result, SharedCredentialsProvider};

/// Credentials from the SDK's chain, and whether it is them that a call waits for or failed for: the SDK's error does
/// not say so by its type.
#[derive(Debug)]
pub(super) struct WatchedCredentials {
    chain: SharedCredentialsProvider,
    missing: Arc<AtomicBool>,
}

impl WatchedCredentials {
    /// The other is true from when credentials are asked for until there are some.
    pub(super) fn new(chain: SharedCredentialsProvider) -> (Self, Arc<AtomicBool>) {
        let missing = Arc::new(AtomicBool::new(false));
        (Self { chain, missing: Arc::clone(&missing) }, missing)
    }

    async fn provide(&self) -> Result {
        self.missing.store(true, Ordering::Relaxed);
        let credentials = self.chain.provide_credentials().await?;
        self.missing.store(false, Ordering::Relaxed);
        Ok(credentials)
    }
}

impl ProvideCredentials for WatchedCredentials {
    fn provide_credentials<'a>(&'a self) -> Providing<'a>
    where
        Self: 'a,
    {
        Providing::new(self.provide())
    }
}
