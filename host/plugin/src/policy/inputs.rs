//! What a policy asks for, checked against the contract.

use std::sync::Arc;

use sluice_otlp::columns::{self, Field};

use crate::bindings::policy::{Bucket, Inputs};
use crate::convert;

/// Quotas of a policy.
const MAX_QUOTAS: usize = 8;

/// What a policy wants to see and to draw on.
#[derive(Debug)]
pub(super) struct Wants {
    pub(super) fields: Vec<Field>,
    pub(super) buckets: Arc<[Bucket]>,
}

/// Checks what a policy asks for; an error says which rule it breaks, in words for the plugin's author.
pub(super) fn check(inputs: Inputs) -> Result<Wants, String> {
    let fields: Vec<Field> = inputs.fields.into_iter().map(convert::field).collect();
    columns::Plan::for_policy(fields.clone()).map_err(|fault| fault.to_string())?;
    if inputs.quotas.len() > MAX_QUOTAS {
        return Err(format!("it has {} quotas; at most {MAX_QUOTAS} are allowed", inputs.quotas.len()));
    }
    for (number, bucket) in inputs.quotas.iter().enumerate() {
        if !bucket.rate.is_finite() || bucket.rate < 0.0 {
            return Err(format!("quota {number} (`{}`) has the rate {}", bucket.name, bucket.rate));
        }
        if inputs.quotas.iter().take(number).any(|other| other.name == bucket.name) {
            return Err(format!("two quotas are called `{}`", bucket.name));
        }
    }
    Ok(Wants { fields, buckets: inputs.quotas.into() })
}
