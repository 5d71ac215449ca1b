//! What resolvers see.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Answers with the state of every resolver.
pub type Resolvers = Arc<dyn Fn() -> Vec<Value> + Send + Sync>;

pub(super) async fn answer(State(resolvers): State<Resolvers>) -> Response {
    ([(CONTENT_TYPE, "application/json")], Value::Array(resolvers()).to_string()).into_response()
}
