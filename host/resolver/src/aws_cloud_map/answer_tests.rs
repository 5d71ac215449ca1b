use proptest::prelude::*;

use super::super::{AwsCloudMapSettings, HealthStatus};
use super::{Instance, MAX_INSTANCES, Memory};

fn settings() -> AwsCloudMapSettings {
    AwsCloudMapSettings {
        namespace: "otel".to_owned(),
        service_name: "tier2".to_owned(),
        health_status: HealthStatus::Healthy,
        port: Some(4317),
        interval: std::time::Duration::from_secs(30),
        timeout: std::time::Duration::from_secs(5),
        owner_account: None,
        endpoint: None,
        guard: crate::GuardSettings::default(),
    }
}

fn instance(id: &str, address: &str) -> Instance {
    let attributes = [("AWS_INSTANCE_IPV4".to_owned(), address.to_owned())].into();
    Instance { id: id.to_owned(), attributes }
}

/// An answer with instances is taken; one without is trouble, and keeps the list.
#[test]
fn a_list_is_taken_and_an_empty_one_is_not() {
    let mut memory = Memory::default();
    let verdict = memory.judge(Ok(vec![instance("b", "10.0.0.2"), instance("a", "10.0.0.1")]), &settings());
    assert_eq!(verdict.finding.endpoints.unwrap(), ["10.0.0.2:4317", "10.0.0.1:4317"]);
    assert_eq!((verdict.finding.trouble, verdict.notes.len()), (None, 0));

    let verdict = memory.judge(Ok(Vec::new()), &settings());
    let trouble = "service `tier2` of namespace `otel` has no instance (health status asked for: HEALTHY)";
    assert_eq!((verdict.finding.endpoints, verdict.finding.trouble.as_deref()), (None, Some(trouble)));

    let verdict = memory.judge(Err("no answer".to_owned()), &settings());
    assert_eq!((verdict.finding.endpoints, verdict.finding.trouble.as_deref()), (None, Some("no answer")));
}

/// Instances without an address are told once, by their ids, and again when it is others; their number stays known while
/// nothing is answered.
#[test]
fn instances_that_are_left_out_are_told_once() {
    let mut memory = Memory::default();
    let bare = |id: &str| Instance { id: id.to_owned(), ..Instance::default() };
    let answer = |bad: &[&str]| {
        let bad = bad.iter().map(|id| bare(id));
        Ok(bad.chain([instance("good", "10.0.0.1")]).collect())
    };
    let verdict = memory.judge(answer(&["x", "y"]), &settings());
    assert_eq!(verdict.finding.endpoints.unwrap(), ["10.0.0.1:4317"]);
    let lack = "no AWS_INSTANCE_IPV4, AWS_INSTANCE_IPV6 or AWS_INSTANCE_CNAME";
    assert_eq!(verdict.notes, [format!("2 of 3 instances are left out: `x` ({lack}), `y` ({lack})")]);
    assert_eq!(verdict.left_out, 2);
    assert!(memory.judge(answer(&["x", "y"]), &settings()).notes.is_empty());
    assert_eq!(memory.judge(Err(String::new()), &settings()).left_out, 2);
    assert!(memory.judge(answer(&["x", "y"]), &settings()).notes.is_empty());

    let verdict = memory.judge(answer(&["a", "b", "c", "d"]), &settings());
    assert!(verdict.notes[0].starts_with("4 of 5 instances are left out: `a`"), "{:?}", verdict.notes);
    assert!(verdict.notes[0].ends_with("), ..."), "{:?}", verdict.notes);
    let verdict = memory.judge(answer(&[]), &settings());
    assert_eq!(verdict.notes, ["every instance has an address and a port again"]);

    let verdict = memory.judge(Ok(vec![bare("x")]), &settings());
    assert_eq!(verdict.finding.endpoints, None);
    assert_eq!(verdict.finding.trouble, Some(format!("no instance can be used: `x` ({lack})")));
}

/// An answer of the greatest length may have been cut, which counts each time and is told once.
#[test]
fn a_full_answer_may_have_been_cut() {
    let mut memory = Memory::default();
    let many = |count: usize| {
        Ok((0..count).map(|n| instance(&n.to_string(), &format!("10.0.{}.{}", n / 250, n % 250))).collect())
    };
    let mut judge = |count| memory.judge(many(count), &settings());
    assert!(!judge(MAX_INSTANCES - 1).is_full);
    let verdict = judge(MAX_INSTANCES);
    assert!(verdict.is_full);
    assert!(verdict.notes[0].contains("the answer has 1000 instances"), "{:?}", verdict.notes);
    let verdict = judge(MAX_INSTANCES);
    assert!(verdict.is_full && verdict.notes.is_empty());
    assert!(!judge(3).is_full);
    assert_eq!(judge(MAX_INSTANCES).notes.len(), 1);
}

proptest! {
    /// Every instance is an endpoint or left out, none is forgotten; a list that is given is never empty, and there is
    /// trouble exactly when there is none.
    #[test]
    fn nothing_is_forgotten(answers in proptest::collection::vec(
        proptest::option::weighted(0.8, proptest::collection::vec(any::<Option<u8>>(), 0..20)), 1..10)
    ) {
        let mut memory = Memory::default();
        for answer in answers {
            let instances: Option<Vec<Instance>> = answer.map(|last| {
                let made = last.iter().enumerate().map(|(n, last)| match last {
                    Some(last) => instance(&n.to_string(), &format!("10.0.0.{last}")),
                    None => Instance { id: n.to_string(), ..Instance::default() },
                });
                made.collect()
            });
            let all = instances.as_ref().map(Vec::len);
            let verdict = memory.judge(instances.ok_or_else(|| "no".to_owned()), &settings());
            let endpoints = verdict.finding.endpoints;
            prop_assert!(endpoints.as_ref().is_none_or(|list| !list.is_empty()));
            prop_assert_eq!(endpoints.is_none(), verdict.finding.trouble.is_some());
            if let Some(all) = all {
                prop_assert_eq!(endpoints.map_or(0, |list| list.len()) + verdict.left_out, all);
            }
        }
    }
}
