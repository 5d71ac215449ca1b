use serde::Serialize;

/// What came of one check.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) outcome: Outcome,
    /// What was looked at.
    pub(super) what: String,
    /// What was seen, and what to do.
    pub(super) said: String,
}

/// Whether it is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// It is.
    #[serde(rename = "ok")]
    Good,
    /// It may be meant so.
    #[serde(rename = "warn")]
    Doubtful,
    /// It cannot work.
    #[serde(rename = "fail")]
    Bad,
}

impl Outcome {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Doubtful => "warn",
            Self::Bad => "fail",
        }
    }
}

impl Check {
    pub(super) fn new(outcome: Outcome, what: &str, said: &str) -> Self {
        Self { outcome, what: what.to_owned(), said: said.to_owned() }
    }

    pub(super) fn good(what: &str, said: &str) -> Self {
        Self::new(Outcome::Good, what, said)
    }

    /// Whether somebody takes connections.
    pub(super) fn of_trial(what: &str, tried: anyhow::Result<()>) -> Self {
        match tried {
            Ok(()) => Self::good(what, "takes connections"),
            Err(error) => Self::new(Outcome::Bad, what, &format!("{error:#}")),
        }
    }
}
