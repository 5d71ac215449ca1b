use sluice_instance::{InstanceId, Known};

use super::Instances;

const A: InstanceId = InstanceId(0xa);
const B: InstanceId = InstanceId(0xb);

/// Each connection has the question put once, and each change once more; when all is known, nothing is asked any more.
#[test]
fn it_is_asked_once_a_connection_and_once_a_change() {
    let instances = Instances::default();
    assert!(instances.due().is_none(), "there is no connection");
    instances.ask();
    let question = instances.due().unwrap();
    assert!(instances.due().is_none());
    question.answered(Some(A));
    assert!(instances.due().is_none());
    assert_eq!(*instances.watch().borrow(), Known::One);

    instances.ask();
    instances.due().unwrap().answered(Some(B));
    instances.due().unwrap().answered(Some(A));
    assert_eq!(*instances.watch().borrow(), Known::Several);
    instances.ask();
    assert!(instances.due().is_none());
}

/// A request that fails, is broken off or refused has another one ask; one that is taken by a server that does not say
/// who it is does not, and nothing is known.
#[test]
fn a_question_without_an_answer_is_put_again() {
    let instances = Instances::default();
    instances.ask();
    drop(instances.due().unwrap());
    instances.due().unwrap().answered(None);
    assert!(instances.due().is_none());
    assert_eq!(*instances.watch().borrow(), Known::Nothing);
}
