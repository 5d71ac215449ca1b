//! `auth` of receivers and exporters, and whether the extension that it names can do what is asked of it.

use crate::components::extensions::ExtensionConfig;
use crate::components::section::boundary::EXTENSIONS;
use crate::components::section::{Component, Defined};
use crate::decode::{Block, Fields, Key, Node};
use crate::service::Roster;
use crate::types::id::ComponentId;

/// `auth`: the extension that decides, or that completes headers.
pub(crate) struct AuthBlock<'a>(pub(crate) &'a mut Option<ComponentId>);

impl Block for AuthBlock<'_> {
    const KEYS: &'static [Key] =
        &[Key::new("authenticator", "id of an extension", "(required)", "who decides, or what is shown")];

    fn fill(&mut self, fields: &Fields<'_>) {
        let mut written = String::new();
        fields.read("authenticator", &mut written);
        if !fields.has_value("authenticator") {
            fields.error("authenticator", "name an extension, for example `authenticator: bearertokenauth`");
            return;
        }
        if written.is_empty() {
            return;
        }
        match ComponentId::parse(&written) {
            Ok(id) => *self.0 = Some(id),
            Err(message) => fields.error("authenticator", message),
        }
    }
}

/// On which side an authenticator is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// By receivers, to decide.
    Server,
    /// By exporters, to complete headers.
    Client,
}

/// Checks the authenticators that components of a section name at `paths`.
pub(crate) fn check<T: Component>(
    defined: &Defined<'_, T>,
    paths: &[&[&str]],
    side: Side,
    extensions: &Defined<'_, ExtensionConfig>,
    roster: &Roster,
) {
    for (_, component) in &defined.ids {
        for node in paths.iter().filter_map(|path| component.find(path)) {
            if let Some(id) = node.as_text().and_then(|written| ComponentId::parse(written).ok()) {
                check_one(&id, &node, side, extensions, roster);
            }
        }
    }
}

fn check_one(
    id: &ComponentId,
    node: &Node<'_>,
    side: Side,
    extensions: &Defined<'_, ExtensionConfig>,
    roster: &Roster,
) {
    if !roster.is_defined(&EXTENSIONS, id) {
        return roster.note_missing(&EXTENSIONS, id, node);
    }
    if !roster.is_used(&EXTENSIONS, id) {
        node.error(format!("`{id}` is not listed in service::extensions, so it is not started"));
    }
    let Some(extension) = extensions.components.get(id) else { return };
    let lacks = match (side, extension) {
        (Side::Server, ExtensionConfig::BasicAuth(auth)) => auth.htpasswd.is_none().then_some("htpasswd"),
        (Side::Client, ExtensionConfig::BasicAuth(auth)) => {
            auth.client_auth.is_none().then_some("client_auth")
        }
        (_, ExtensionConfig::BearerTokenAuth(_)) | (Side::Client, ExtensionConfig::HeadersSetter(_)) => None,
        (Side::Client, ExtensionConfig::OAuth2Client(_)) => None,
        (Side::Server, ExtensionConfig::HeadersSetter(_) | ExtensionConfig::OAuth2Client(_)) => {
            return node.error(format!("`{id}` is for exporters"));
        }
        _ => return node.error(format!("`{id}` is no authenticator")),
    };
    if let Some(key) = lacks {
        node.error(format!("`{id}` has no {key}, which is what is needed here"));
    }
}
