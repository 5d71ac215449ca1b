//! Reading a Prometheus endpoint.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// Status and body of `GET http://address/path`.
///
/// # Panics
/// When nobody answers.
pub async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    try_get(address, path).await.expect("a server that answers")
}

/// The same; `None` where nobody answers.
///
/// # Panics
/// When the answer is no text.
pub async fn try_get(address: SocketAddr, path: &str) -> Option<(u16, String)> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<bytes::Bytes>>();
    let uri = format!("http://{address}{path}").parse().expect("an address");
    let response = client.get(uri).await.ok()?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.ok()?.to_bytes();
    Some((status, String::from_utf8(body.to_vec()).expect("text")))
}

/// One page of metrics.
#[derive(Clone, Debug)]
pub struct Page(pub String);

impl Page {
    /// Scrapes `address`.
    ///
    /// # Panics
    /// When the endpoint does not answer 200.
    pub async fn scrape(address: SocketAddr) -> Self {
        let (status, body) = get(address, "/metrics").await;
        assert_eq!(status, 200, "{body}");
        Self(body)
    }

    /// The sum of all series of `name` whose labels contain each of `labels` (as `key="value"`).
    #[must_use]
    pub fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.series(name, labels).iter().map(|(_, value)| value).sum()
    }

    /// The series of `name` whose labels contain each of `labels`: labels and value.
    #[must_use]
    pub fn series(&self, name: &str, labels: &[&str]) -> Vec<(String, f64)> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| {
                let (series, value) = line.rsplit_once(' ')?;
                let (found, rest) = series.split_once('{').unwrap_or((series, ""));
                let matches = found == name && labels.iter().all(|label| rest.contains(label));
                matches.then(|| (rest.trim_end_matches('}').to_owned(), value.parse().unwrap_or(f64::NAN)))
            })
            .collect()
    }
}
