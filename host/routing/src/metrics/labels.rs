use prometheus_client::encoding::EncodeLabelSet;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct Endpoint {
    endpoint: String,
}

impl Endpoint {
    pub(super) fn new(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned() }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct Outcome {
    endpoint: String,
    success: bool,
}

impl Outcome {
    pub(super) fn new(endpoint: &str, success: bool) -> Self {
        Self { endpoint: endpoint.to_owned(), success }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct Share {
    exporter: String,
    backend: String,
}

impl Share {
    pub(super) fn new(exporter: &str, backend: &str) -> Self {
        Self { exporter: exporter.to_owned(), backend: backend.to_owned() }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct Fingerprint {
    exporter: String,
    fingerprint: String,
}

impl Fingerprint {
    pub(super) fn new(exporter: &str, fingerprint: u64) -> Self {
        Self { exporter: exporter.to_owned(), fingerprint: format!("{fingerprint:016x}") }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(super) struct Exporter {
    exporter: String,
}

impl Exporter {
    pub(super) fn new(exporter: &str) -> Self {
        Self { exporter: exporter.to_owned() }
    }
}
