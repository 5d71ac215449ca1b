//! What went wrong, in words that say what to do. Nothing in them changes from one look-up to the next as long as the
//! trouble is the same, so that the log tells it once: no id of a request, above all.

use std::error::Error;

use aws_sdk_servicediscovery::config::http::HttpResponse;
use aws_sdk_servicediscovery::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_servicediscovery::operation::discover_instances::DiscoverInstancesError;

use super::AwsCloudMapSettings;

/// What is taken over from a message of the other side, in characters.
const MAX_MESSAGE: usize = 300;

const PERMISSION: &str = "servicediscovery:DiscoverInstances";
const CHECK: &str = "check key, secret and session token";
const REACH: &str =
    "is AWS_REGION right, and is there a way there (a NAT gateway, or a VPC endpoint with `endpoint`)?";

/// Where a look-up failed.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    pub(super) settings: &'a AwsCloudMapSettings,
    pub(super) region: &'a str,
    /// Whether it failed for want of credentials.
    pub(super) lacks_credentials: bool,
}

/// Nothing came in time.
pub(super) fn too_late(at: &Circumstances<'_>) -> String {
    let limit = at.settings.timeout;
    if at.lacks_credentials {
        no_credentials(&format!("none came within {limit:?}"))
    } else {
        format!("{} did not answer within {limit:?}; {REACH}", asked(at))
    }
}

/// The SDK gave up.
pub(super) fn told(error: &SdkError<DiscoverInstancesError, HttpResponse>, at: &Circumstances<'_>) -> String {
    if at.lacks_credentials {
        return no_credentials(&chain(error));
    }
    match error {
        SdkError::ServiceError(refusal) => refused(refusal.err(), refusal.raw().status().as_u16(), at),
        SdkError::ResponseError(response) => {
            let status = response.raw().status().as_u16();
            let what = format!("an answer that is none: {}", chain(error));
            match status {
                401 | 403 => format!(
                    "the AWS credentials are refused (HTTP {status}, {what}); {CHECK}, and that the role has the \
                     permission {PERMISSION}"
                ),
                _ => format!("{} gave {what} (HTTP {status})", asked(at)),
            }
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => {
            format!("{} cannot be reached: {}; {REACH}", asked(at), chain(error))
        }
        _ => format!("{} cannot be asked: {}", asked(at), chain(error)),
    }
}

fn no_credentials(why: &str) -> String {
    format!(
        "there are no AWS credentials: {why}; give the task, pod or instance a role, or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY"
    )
}

fn refused(error: &DiscoverInstancesError, status: u16, at: &Circumstances<'_>) -> String {
    let AwsCloudMapSettings { namespace, service_name, .. } = at.settings;
    let region = at.region;
    let code = &*shortened(error.code().unwrap_or("no code"));
    let said = match error.message() {
        Some(message) => format!("{code}: {}", shortened(message)),
        None => code.to_owned(),
    };
    match code {
        "NamespaceNotFound" => format!(
            "there is no namespace `{namespace}` in region {region} ({said}); is AWS_REGION right? The namespace of \
             another account needs owner_account"
        ),
        "ServiceNotFound" => {
            format!("namespace `{namespace}` in region {region} has no service `{service_name}` ({said})")
        }
        "RequestLimitExceeded" | "ThrottlingException" | "Throttling" | "TooManyRequestsException" => {
            format!("AWS wants fewer requests ({said}); a longer interval asks less often")
        }
        "AccessDeniedException" | "AccessDenied" => format!(
            "the AWS credentials do not allow it ({said}); the role needs the permission {PERMISSION}"
        ),
        _ if is_about_credentials(code) || matches!(status, 401 | 403) => {
            format!("the AWS credentials are refused (HTTP {status}, {said}); {CHECK}")
        }
        _ => format!("{} answered HTTP {status} ({said})", asked(at)),
    }
}

fn is_about_credentials(code: &str) -> bool {
    let codes = [
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
    ];
    codes.iter().any(|known| code.starts_with(known))
}

fn asked(at: &Circumstances<'_>) -> String {
    match &at.settings.endpoint {
        Some(endpoint) => format!("Cloud Map at {endpoint}"),
        None => format!("Cloud Map in region {}", at.region),
    }
}

/// An error and its causes.
fn chain(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        // Many a wrapper says what it wraps, or that there is something.
        if part != "other" && !text.ends_with(&part) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&part);
        }
        cause = error.source();
    }
    shortened(if text.is_empty() { error.to_string() } else { text }.as_str())
}

/// On one line, and not too long.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
