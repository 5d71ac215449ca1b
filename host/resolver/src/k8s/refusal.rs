use std::fmt::Write;

use super::slice::is_host_name;

/// What the API server refused, in words that say what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// `list` or `watch`, or both.
    pub(super) verb: &'static str,
    /// Of the Service.
    pub(super) namespace: String,
    /// Who we are, where the API server says so.
    subject: Option<Subject>,
}

/// Whom a role is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    ServiceAccount { namespace: String, name: String },
    User(String),
}

impl Refusal {
    /// Reads it from the message of a 403: `... is forbidden: User "system:serviceaccount:otel:sluice" cannot list ...`.
    pub(super) fn read(verb: &'static str, namespace: &str, message: &str) -> Self {
        let user =
            message.split_once("User \"").and_then(|(_, rest)| rest.split_once('"')).map(|(user, _)| user);
        Self::of(verb, namespace, user)
    }

    /// The same of a `user` whose name is known.
    pub(super) fn of(verb: &'static str, namespace: &str, user: Option<&str>) -> Self {
        let subject = user.filter(|user| !user.is_empty()).map(Subject::parse);
        Self { verb, namespace: namespace.to_owned(), subject }
    }

    /// What is missing, of whom.
    pub(super) fn missing(&self) -> String {
        let who = match &self.subject {
            Some(Subject::ServiceAccount { namespace, name }) => {
                format!("service account `{name}` of namespace `{namespace}`")
            }
            Some(Subject::User(user)) => format!("user `{user}`"),
            None => "we".to_owned(),
        };
        format!(
            "{who} may not {} `endpointslices` (API group `discovery.k8s.io`) in namespace `{}`; missing is a role with \
             the rule {RULE}",
            self.verb, self.namespace
        )
    }

    /// A manifest of the role and its binding, on one line: a line of the log is all that there is room for.
    pub(super) fn manifest(&self) -> String {
        let namespace = &self.namespace;
        let subject = match &self.subject {
            Some(Subject::ServiceAccount { namespace, name }) => {
                format!("{{kind: ServiceAccount, name: {name}, namespace: {namespace}}}")
            }
            Some(Subject::User(user)) => format!("{{kind: User, name: {}}}", quoted(user)),
            None => format!("{{kind: ServiceAccount, name: NAME-OF-OURS, namespace: {namespace}}}"),
        };
        let api = "apiVersion: rbac.authorization.k8s.io/v1";
        let metadata = format!("metadata: {{name: {ROLE}, namespace: {namespace}}}");
        format!(
            "{{apiVersion: v1, kind: List, items: [{{{api}, kind: Role, {metadata}, rules: [{RULE}]}}, {{{api}, kind: \
             RoleBinding, {metadata}, roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {ROLE}}}, \
             subjects: [{subject}]}}]}}"
        )
    }
}

/// What the resolver needs, all of it.
const RULE: &str = "{apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}";
const ROLE: &str = "sluice-endpointslices";

impl Subject {
    fn parse(user: &str) -> Self {
        let account = user.strip_prefix("system:serviceaccount:").and_then(|account| account.split_once(':'));
        match account {
            // Only what cannot be anything else in YAML goes there without quotes.
            Some((namespace, name)) if is_host_name(namespace) && is_host_name(name) => {
                Self::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
            }
            _ => Self::User(user.to_owned()),
        }
    }
}

/// As a YAML scalar in double quotes, of printable ASCII.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            // Writing to a String never fails.
            other => drop(write!(quoted, "\\U{:08X}", u32::from(other))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
