use super::server::{ApiServer, Mode};
use super::{access, settings};
use crate::Record;
use crate::k8s::K8sSettings;
use crate::k8s::trouble::Trouble;

/// A look turns every page, and gives each endpoint of each slice the text that the watcher gives it.
#[tokio::test]
async fn a_look_is_at_every_slice() {
    let server = ApiServer::start().await;
    for slice in 0..45 {
        server.put(&format!("s{slice:02}"), &[&format!("10.0.{slice}.1"), &format!("10.0.{slice}.2")]);
    }
    let ports = vec![crate::ServicePort::Name("otlp".to_owned())];
    let seen = K8sSettings { ports, ..settings() }.look_by(&access(&server)).await.unwrap();
    assert_eq!(seen.len(), 90);
    assert!(server.lists() > 1, "45 slices are listed in pages");
    let Record::SliceEndpoint { slice, addresses, is_ready, .. } = &seen[89].record else {
        panic!("{seen:?}")
    };
    assert_eq!((slice.as_str(), &addresses[..], *is_ready), ("s44", &["10.0.44.2".to_owned()][..], true));
    assert_eq!(seen[89].endpoints, ["10.0.44.2:4317"]);
}

/// A look that is refused says why.
#[tokio::test]
async fn a_look_may_be_refused() {
    let server = ApiServer::start().await;
    server.set_mode(Mode::Status(401, "Unauthorized".to_owned()));
    assert_eq!(settings().look_by(&access(&server)).await, Err(Trouble::Unauthorized));
}
