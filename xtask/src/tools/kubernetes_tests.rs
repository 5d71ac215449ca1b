use super::{apiserver_go_mod, parse_version};

/// The libraries beside Kubernetes are taken as published modules of the same version; what is else in its go.mod is
/// not ours to say.
#[test]
fn the_libraries_beside_kubernetes_become_modules() {
    let module = "module k8s.io/kubernetes\n\ngo 1.26.0\n\ngodebug default=go1.26\n\nrequire (\n\tbitbucket.org/x v1.0.0\n)\n\n\
                  replace (\n\tk8s.io/api => ./staging/src/k8s.io/api\n\tk8s.io/client-go => ./staging/src/k8s.io/client-go\n)\n";
    let ours = apiserver_go_mod(module).unwrap();
    assert!(ours.contains("\ngo 1.26.0\ngodebug default=go1.26\n"), "{ours}");
    assert!(ours.contains("replace k8s.io/api => k8s.io/api v0.37.2\n"), "{ours}");
    assert!(ours.contains("replace k8s.io/client-go => k8s.io/client-go v0.37.2\n"), "{ours}");
    assert!(!ours.contains("bitbucket"), "{ours}");
    assert!(apiserver_go_mod("module other\n").is_err());
}

/// Go's versions come with patches, candidates, or not at all.
#[test]
fn versions_of_go_are_read() {
    assert_eq!(parse_version("go1.26.8"), Some((1, 26)));
    assert_eq!(parse_version("go1.27rc1"), Some((1, 27)));
    assert_eq!(parse_version("devel"), None);
    assert_eq!(parse_version(""), None);
}
