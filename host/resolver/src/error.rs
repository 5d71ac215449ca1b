use thiserror::Error;

/// What is wrong with a resolver's settings. Trouble of a resolver at run time is no error: it is logged and counted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResolverError {
    /// The static resolver has an empty list.
    #[error("no endpoints specified for the static resolver")]
    NoEndpoints,
    /// The dns resolver has no name to look up.
    #[error("no hostname specified to resolve the backends")]
    NoHostname,
    /// The k8s resolver has no Service to watch.
    #[error("no service specified to resolve the backends")]
    NoService,
    /// The name could never be looked up.
    #[error("`{hostname}` is no host name: {reason}")]
    Hostname {
        /// As it was configured.
        hostname: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The aws_cloud_map resolver has no namespace.
    #[error("no Cloud Map namespace specified to resolve the backends")]
    NoNamespace,
    /// The aws_cloud_map resolver has no service.
    #[error("no Cloud Map service_name specified to resolve the backends")]
    NoServiceName,
    /// What was compiled has no such resolver.
    #[error(
        "this binary was built without the {resolver} resolver; build it with the cargo feature `{feature}`"
    )]
    LeftOut {
        /// Its name in the configuration.
        resolver: &'static str,
        /// What it is compiled by.
        feature: &'static str,
    },
    /// A single look-up gave nothing.
    #[error("`{hostname}` does not resolve: {reason}")]
    Unresolved {
        /// The name.
        hostname: String,
        /// What the name servers said.
        reason: String,
    },
    /// The API server was asked once, and did not say.
    #[error("{0}")]
    ApiServer(String),
}
