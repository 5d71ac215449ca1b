use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message;

use super::client::{HttpClient, JSON};
use crate::consumers::Collecting;
use crate::server::{Server, all, http_settings};

/// What a browser's SDK sends: ids in hex, times as text, whole numbers as numbers, a name that was cut between
/// two halves of a character, and fields that are not OTLP's.
const FROM_A_BROWSER: &str = r#"{"resourceSpans":[{"resource":{"attributes":[
    {"key":"service.name","value":{"stringValue":"shop"}},
    {"key":"process.pid","value":{"intValue":4711}}],"droppedAttributesCount":0},
  "scopeSpans":[{"scope":{"name":"fetch","version":""},"spans":[{
    "traceId":"5b8efff798038103d269b633813fc60c","spanId":"EEE19B7EC3C1B174","name":"GET \ud83d",
    "kind":3,"startTimeUnixNano":"1700000000000000001","endTimeUnixNano":1700000000000000000,
    "attributes":[{"key":"ratio","value":{"doubleValue":1}}],"links":[],"events":null,
    "status":{"code":0},"ended":true}]}]}]}"#;

/// A request in JSON arrives as the protobuf that a gRPC client would have sent.
#[tokio::test]
async fn a_browsers_request_arrives_as_protobuf() {
    let collected = Collecting::new();
    let server = Server::start_http(http_settings(), all(collected.clone()));
    for mut client in HttpClient::both(server.address).await {
        let answer = client.post_json("/v1/traces", FROM_A_BROWSER).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &b"{}"[..]));
        let payload = collected.taken().pop().expect("taken");
        assert_eq!(payload.metadata[0].headers["content-type"], JSON.1);
        let request = ExportTraceServiceRequest::decode(&payload.request.body()[..]).expect("protobuf");
        let resource = request.resource_spans[0].resource.as_ref().expect("a resource");
        let values: Vec<_> = resource.attributes.iter().filter_map(|kv| kv.value.clone()?.value).collect();
        assert_eq!(values, [Value::StringValue("shop".into()), Value::IntValue(4711)]);
        let span = &request.resource_spans[0].scope_spans[0].spans[0];
        assert_eq!(span.trace_id, 0x5b8efff798038103d269b633813fc60c_u128.to_be_bytes());
        assert_eq!(span.span_id, 0xeee19b7ec3c1b174_u64.to_be_bytes());
        assert_eq!((&*span.name, span.kind), ("GET \u{fffd}", 3));
        assert_eq!(span.start_time_unix_nano, 1_700_000_000_000_000_001);
        assert_eq!(span.end_time_unix_nano, 1_700_000_000_000_000_000);
    }
    assert_eq!(server.spans(), (2, 0));
}
