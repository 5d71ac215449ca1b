use proptest::prelude::*;

use super::Refusal;

const MESSAGE: &str = "endpointslices.discovery.k8s.io is forbidden: User \"system:serviceaccount:otel:nobody\" cannot \
                       list resource \"endpointslices\" in API group \"discovery.k8s.io\" in the namespace \"obs\"";

/// The service account of the API server's message is named, with what it may not, and bound by the manifest.
#[test]
fn what_is_missing_is_named() {
    let refusal = Refusal::read("list", "obs", MESSAGE);
    let missing = refusal.missing();
    for part in [
        "service account `nobody` of namespace `otel`",
        "may not list `endpointslices` (API group `discovery.k8s.io`) in namespace `obs`",
        "verbs: [list, watch]",
    ] {
        assert!(missing.contains(part), "{part} in {missing}");
    }
    assert_eq!(
        refusal.manifest(),
        "{apiVersion: v1, kind: List, items: [{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: \
         sluice-endpointslices, namespace: obs}, rules: [{apiGroups: [discovery.k8s.io], resources: [endpointslices], \
         verbs: [list, watch]}]}, {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: \
         sluice-endpointslices, namespace: obs}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: \
         sluice-endpointslices}, subjects: [{kind: ServiceAccount, name: nobody, namespace: otel}]}]}"
    );
}

/// A user that is no service account is bound as one, in quotes; without a name, a place is left for it.
#[test]
fn others_than_service_accounts_are_bound_too() {
    let user = Refusal::read("watch", "obs", "User \"jane: }\" cannot watch");
    assert!(user.manifest().contains(r#"subjects: [{kind: User, name: "jane: }"}]"#), "{}", user.manifest());
    let nobody = Refusal::read("watch", "obs", "forbidden");
    assert!(nobody.missing().starts_with("we may not watch"));
    assert!(nobody.manifest().contains("NAME-OF-OURS"));
}

proptest! {
    /// Whatever the API server says, the manifest is one line of printable ASCII, with one binding in it.
    #[test]
    fn no_message_breaks_out(message in ".{0,200}", user in ".{0,60}") {
        for text in [message.clone(), format!("User \"{user}\" cannot"), format!("User \"system:serviceaccount:{user}\"")] {
            let manifest = Refusal::read("list", "obs", &text).manifest();
            prop_assert!(manifest.chars().all(|c| (' '..='~').contains(&c)), "{}", manifest);
            prop_assert!(manifest.ends_with("}]}]}"), "{}", manifest);
        }
    }
}
