use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use super::server::{ApiServer, Mode};
use super::{Watched, until_true};

/// A writer of log lines that a test can read.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn count(&self, phrase: &str) -> usize {
        self.text().matches(phrase).count()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A refusal is told of once, with what is missing and the manifest that adds it; then that it is over.
#[tokio::test]
async fn a_refusal_is_told_of_once() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_env_filter("info,kube_client=off,kube_runtime=off")
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = ApiServer::start().await;
    server.put("a", &["10.0.0.1"]);
    let message = "User \"system:serviceaccount:otel:nobody\" cannot list";
    server.set_mode(Mode::Status(403, message.to_owned()));
    let mut watched = Watched::start(&server);
    watched.until_failed(3).await;
    assert_eq!(lines.count("service account `nobody` of namespace `otel` may not list `endpointslices`"), 1);
    assert_eq!(lines.count("kind: RoleBinding"), 1, "{}", lines.text());
    assert_eq!(lines.count("0 endpoints are kept"), 1);
    server.set_mode(Mode::Fine);
    watched.until(&["10.0.0.1"]).await;
    until_true(|| lines.count("the API server tells of endpoints again") == 1).await;
    assert_eq!(lines.count("backend 10.0.0.1:4317 added"), 1);
    assert_eq!(lines.count("watching the EndpointSlices"), 1);

    server.put("a", &[]);
    until_true(|| lines.count("no endpoint that is ready") == 1).await;
    assert_eq!(lines.count("1 endpoints are kept"), 1);
    server.put("a", &["10.0.0.1"]);
    until_true(|| lines.count("every endpoint of the Service is taken again") == 1).await;
}
