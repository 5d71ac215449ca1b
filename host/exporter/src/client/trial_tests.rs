use sluice_tls::{Alpn, ClientTls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};

use super::{ClientSettings, HttpClientSettings, SignalUrl, Trial};

async fn try_grpc(endpoint: &str) -> Result<(), String> {
    let settings = ClientSettings::new(ClientTls::insecure(&[Alpn::H2]));
    let trial = Trial::grpc(endpoint, &settings).map_err(|error| error.to_string())?;
    trial.connect().await.map_err(|error| error.to_string())
}

/// However an endpoint is written, what is tried is what the client would connect to.
#[tokio::test]
async fn every_endpoint_is_tried_as_it_is_meant() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    for scheme in ["", "http://", "dns:///", "passthrough:///"] {
        assert_eq!(try_grpc(&format!("{scheme}{address}")).await, Ok(()), "{scheme}");
    }
    drop(listener);
    let refused = try_grpc(&address.to_string()).await.unwrap_err();
    assert!(refused.contains("refused"), "{refused}");

    let folder = tempfile::TempDir::new().unwrap();
    let socket = format!("unix:{}", folder.path().join("otlp.sock").display());
    assert!(try_grpc(&socket).await.unwrap_err().contains("otlp.sock: "));
    let _listener = UnixListener::bind(folder.path().join("otlp.sock")).unwrap();
    assert_eq!(try_grpc(&socket).await, Ok(()));
    assert!(try_grpc("carrier-pigeon://loft:1").await.unwrap_err().contains("the scheme is none of"));
}

/// Behind a proxy, a server with TLS is tried through a tunnel: a proxy that opens none is told of.
#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = HttpClientSettings {
        proxy_url: Some(format!("http://{}", proxy.local_addr().unwrap())),
        ..HttpClientSettings::new(ClientTls::insecure(&[Alpn::Http11]))
    };
    let refusing = tokio::spawn(async move {
        let (mut stream, _) = proxy.accept().await.unwrap();
        let mut request = [0; 1024];
        let length = stream.read(&mut request).await.unwrap();
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let url = SignalUrl::parse("https://collector.test/v1/traces").unwrap();
    let error = Trial::http(&url, &settings).unwrap().connect().await.unwrap_err();
    assert!(refusing.await.unwrap().starts_with("CONNECT collector.test:443 "));
    assert!(error.to_string().contains("tunnel"), "{error}");
}
