use tonic::transport::Endpoint;

use super::Sink;
use crate::load::source::{client, send};
use crate::requests::{Shape, Template};

/// What a gRPC client sends is acknowledged, and counted in requests, bytes and spans.
#[tokio::test]
async fn arrivals_are_acknowledged_and_counted() {
    let sink = Sink::start(2).await.unwrap();
    let template = Template::build(Shape::S.dimensions(), &mut fastrand::Rng::with_seed(1)).unwrap();

    for address in sink.addresses() {
        let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy();
        send(&mut client(channel), template.stamped(1)).await.unwrap();
    }

    assert_eq!(sink.arrivals().requests(), 2);
    assert_eq!(sink.arrivals().spans(), 2 * template.spans() as u64);
    assert_eq!(sink.arrivals().bytes(), 2 * (template.bytes() as u64 + 5));
}
