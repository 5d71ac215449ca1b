use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::Listener;

const PATIENCE: Duration = Duration::from_secs(30);

/// A server that greets each client with one byte and holds it until the client leaves.
struct Greeter {
    address: SocketAddr,
    shutdown: CancellationToken,
    refused: Arc<AtomicUsize>,
    task: JoinHandle<std::io::Result<()>>,
}

fn start(max_connections: usize) -> Greeter {
    let listener = Listener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr();
    let shutdown = CancellationToken::new();
    let refused = Arc::new(AtomicUsize::new(0));
    let count = refused.clone();
    let token = shutdown.clone();
    let task = tokio::spawn(async move {
        let refused = move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        };
        listener.serve(max_connections, token, |stream, _| greet(stream), refused).await
    });
    Greeter { address, shutdown, refused, task }
}

async fn greet(mut stream: TcpStream) {
    let _ = stream.write_all(b"!").await;
    let _ = stream.read(&mut [0]).await;
}

/// Bytes that a new client gets: 1 when it is greeted, 0 when it is turned away.
async fn connect(address: SocketAddr) -> (TcpStream, usize) {
    let mut stream = TcpStream::connect(address).await.expect("the kernel accepts");
    let got = timeout(PATIENCE, stream.read(&mut [0])).await.expect("an answer in time");
    (stream, got.unwrap_or(0))
}

/// Clients above the limit are closed at once; there is room again when one leaves.
#[tokio::test]
async fn connections_are_bounded() {
    let server = start(2);
    let (first, greeted) = connect(server.address).await;
    assert_eq!(greeted, 1);
    let (_second, greeted) = connect(server.address).await;
    assert_eq!(greeted, 1);
    let (_third, greeted) = connect(server.address).await;
    assert_eq!(greeted, 0, "above the limit");
    assert_eq!(server.refused.load(Ordering::SeqCst), 1);
    drop(first);
    let room = timeout(PATIENCE, async { while connect(server.address).await.1 == 0 {} }).await;
    assert!(room.is_ok(), "a place became free");
}

/// After the shutdown nobody new is let in, and the call returns once the last client has left.
#[tokio::test]
async fn shutdown_waits_for_those_inside() {
    let server = start(8);
    let (inside, greeted) = connect(server.address).await;
    assert_eq!(greeted, 1);
    server.shutdown.cancel();
    let refused =
        timeout(PATIENCE, async { while TcpStream::connect(server.address).await.is_ok() {} }).await;
    assert!(refused.is_ok(), "the port is closed");
    assert!(!server.task.is_finished(), "somebody is inside");
    drop(inside);
    let ended = timeout(PATIENCE, server.task).await.expect("it ends").expect("no panic");
    ended.expect("the socket was fine");
}
