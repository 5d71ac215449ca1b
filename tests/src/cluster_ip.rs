//! What kube-proxy makes of a Service that has a cluster IP: one address, of which each connection leads to another pod.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// An address that is several; it ends, and its connections with it, when it is dropped.
#[derive(Debug)]
pub struct ClusterIp {
    address: SocketAddr,
    pods: Arc<Mutex<Vec<SocketAddr>>>,
    connections: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl ClusterIp {
    /// Starts on a free port of 127.0.0.1, before these.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start(pods: &[SocketAddr]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let pods = Arc::new(Mutex::new(pods.to_vec()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (shared, counted) = (Arc::clone(&pods), Arc::clone(&connections));
        let serving = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let turn = counted.fetch_add(1, Ordering::SeqCst);
                let pods = shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // As irregular as kube-proxy's choice is, yet the same each time (Thue-Morse): a client that makes connections
                // by twos meets others, too.
                open.spawn(forward(client, pods[turn.count_ones() as usize % pods.len()]));
            }
        });
        Self { address, pods, connections, serving }
    }

    /// The one address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// New connections lead to these from now on; those that are open stay.
    ///
    /// # Panics
    /// When there are none.
    pub fn set_pods(&self, pods: &[SocketAddr]) {
        assert!(!pods.is_empty(), "a service has a pod");
        *self.pods.lock().unwrap_or_else(PoisonError::into_inner) = pods.to_vec();
    }

    /// How many connections there have been.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for ClusterIp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A pod that does not listen is a connection that ends.
async fn forward(mut client: TcpStream, pod: SocketAddr) {
    if let Ok(mut server) = TcpStream::connect(pod).await {
        let _ = copy_bidirectional(&mut client, &mut server).await;
    }
}
