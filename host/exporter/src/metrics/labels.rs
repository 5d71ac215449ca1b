use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct ByExporter {
    exporter: String,
}

impl ByExporter {
    pub(crate) fn new(exporter: &str) -> Self {
        Self { exporter: exporter.to_owned() }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct ByReason {
    exporter: String,
    reason: Loss,
}

impl ByReason {
    pub(crate) fn new(exporter: &str, reason: Loss) -> Self {
        Self { exporter: exporter.to_owned(), reason }
    }
}

/// Why items are lost: the label `reason` of `otelcol_exporter_send_failed_*`.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Loss {
    /// The backend took the request but rejected these (`partial_success`).
    Rejected,
    /// The backend refused the request for good.
    Permanent,
    /// A single item that is larger than a request may be.
    TooLarge,
    /// The retries are used up.
    RetriesExhausted,
    /// The process ended before they could be delivered.
    Shutdown,
}

impl Loss {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::Rejected, Self::Permanent, Self::TooLarge, Self::RetriesExhausted, Self::Shutdown];

    /// The label's text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Permanent => "permanent",
            Self::TooLarge => "too_large",
            Self::RetriesExhausted => "retries_exhausted",
            Self::Shutdown => "shutdown",
        }
    }
}

impl EncodeLabelValue for Loss {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabelValue::encode(&self.as_str(), encoder)
    }
}
