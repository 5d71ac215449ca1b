use kube::core::Status;
use kube::runtime::watcher::Error as WatchError;

use super::{Setback, Trouble};
use crate::k8s::slice::Doubts;

fn status(code: u16) -> Box<Status> {
    Box::new(Status { code, message: "because".to_owned(), ..Status::default() })
}

/// 410 means to list again; 401 and 403 have words of their own; what else the server answers is told with its code.
#[test]
fn answers_are_told_apart() {
    let list = |code| Setback::of(&WatchError::InitialListFailed(kube::Error::Api(status(code))), "otel");
    assert_eq!(Setback::of(&WatchError::WatchError(status(410)), "otel"), Setback::Expired);
    assert_eq!(list(401), Setback::Trouble { trouble: Trouble::Unauthorized, list_again: true });
    assert!(matches!(list(403), Setback::Trouble { trouble: Trouble::Forbidden(_), .. }));
    assert!(matches!(
        list(500),
        Setback::Trouble { trouble: Trouble::Refused { code: 500, .. }, list_again: true }
    ));
}

/// A lost connection costs no list; what could not be read does, since something may have been missed.
#[test]
fn a_lost_connection_costs_no_list() {
    let lost = kube::Error::ReadEvents(std::io::ErrorKind::ConnectionReset.into());
    let garbled = kube::Error::SerdeError(serde_json::from_str::<u8>("x").unwrap_err());
    for (error, expected) in [(lost, false), (garbled, true)] {
        let Setback::Trouble { list_again, .. } = Setback::of(&WatchError::WatchFailed(error), "otel") else {
            panic!("trouble")
        };
        assert_eq!(list_again, expected);
    }
}

/// The words name the cure, and those of others are cut.
#[test]
fn troubles_say_what_to_do() {
    let doubts = Doubts { without_hostname: 2, unclear_port: 1, ..Doubts::default() };
    assert_eq!(
        Trouble::Doubtful(doubts).to_string(),
        "2 endpoints have no hostname, which return_hostnames needs, and are left out; 1 endpoints are dialled on 4317, \
         which is none of their several ports; say which in `ports`"
    );
    assert!(Trouble::NoCluster(String::new()).to_string().contains("KUBECONFIG"));
    let status = Status { code: 500, message: "x".repeat(100_000), ..Status::default() };
    let Setback::Trouble { trouble, .. } = Setback::of(&WatchError::WatchError(Box::new(status)), "otel")
    else {
        panic!("trouble")
    };
    assert!(trouble.to_string().len() < 500);
}
