//! A gRPC client that sends message bytes as they are.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use prost::Message;
use tonic::client::Grpc;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::raw::{RawCodec, export_path};

/// A connection to a gateway.
#[derive(Clone, Debug)]
pub struct Client {
    grpc: Grpc<Channel>,
}

impl Client {
    /// Connects to `address`.
    ///
    /// # Panics
    /// When nobody listens there.
    pub async fn connect(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        let channel =
            endpoint.timeout(Duration::from_secs(60)).connect().await.expect("a gateway that listens");
        Self { grpc: Grpc::new(channel).max_decoding_message_size(usize::MAX) }
    }

    /// The same connection, with requests compressed.
    #[must_use]
    pub fn compressed(self, encoding: CompressionEncoding) -> Self {
        Self { grpc: self.grpc.send_compressed(encoding) }
    }

    /// Sends a message of `traces`, `logs` or `metrics`; answers with the response's bytes.
    ///
    /// # Errors
    /// The status that the gateway answered with.
    pub async fn send(&self, signal: &str, message: &impl Message) -> Result<Bytes, Status> {
        self.send_bytes(signal, message.encode_to_vec().into(), MetadataMap::new()).await
    }

    /// Sends bytes that need not be a message, with headers.
    ///
    /// # Errors
    /// The status that the gateway answered with.
    pub async fn send_bytes(&self, signal: &str, body: Bytes, headers: MetadataMap) -> Result<Bytes, Status> {
        let mut grpc = self.grpc.clone();
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let mut request = Request::new(body);
        *request.metadata_mut() = headers;
        let path = PathAndQuery::from_static(export_path(signal));
        grpc.unary(request, path, RawCodec).await.map(tonic::Response::into_inner)
    }
}
