//! The authenticators among the extensions, each started once and shared by those who name it.

use std::collections::HashMap;

use anyhow::Context;
use sluice_auth::{
    AuthError, BasicClientSettings, BasicServerSettings, BearerSettings, ClientAuth, Credential,
    DEFAULT_RELOAD_INTERVAL, HeaderAction, HeaderRule, HeaderSource, HeadersSetterSettings, ServerAuth,
    Tokens,
};
use sluice_config::{
    self as config, BasicClientAuth, BearerTokenAuth, ComponentId, Config, ExtensionConfig, HeadersSetter,
    Htpasswd, Secret,
};

/// All of them, by id.
#[derive(Default)]
pub(super) struct Authenticators {
    servers: HashMap<ComponentId, ServerAuth>,
    clients: HashMap<ComponentId, ClientAuth>,
}

impl Authenticators {
    /// Starts every authenticator that the service lists.
    pub(super) fn start(config: &Config) -> anyhow::Result<Self> {
        let mut all = Self::default();
        for (id, extension) in &config.extensions {
            let place = format!("extensions::{id}");
            all.add(id, extension, &place).context(place)?;
        }
        Ok(all)
    }

    fn add(&mut self, id: &ComponentId, extension: &ExtensionConfig, place: &str) -> Result<(), AuthError> {
        match extension {
            ExtensionConfig::BasicAuth(basic) => {
                if let Some(htpasswd) = &basic.htpasswd {
                    self.servers.insert(id.clone(), ServerAuth::basic(place, users(htpasswd))?);
                }
                if let Some(client) = &basic.client_auth {
                    self.clients.insert(id.clone(), ClientAuth::basic(place, credentials(client))?);
                }
            }
            ExtensionConfig::BearerTokenAuth(bearer) => {
                self.servers.insert(id.clone(), ServerAuth::bearer(place, tokens(bearer))?);
                self.clients.insert(id.clone(), ClientAuth::bearer(place, tokens(bearer))?);
            }
            ExtensionConfig::HeadersSetter(setter) => {
                self.clients.insert(id.clone(), ClientAuth::headers_setter(place, rules(setter))?);
            }
            ExtensionConfig::HealthCheck(_) => {}
        }
        Ok(())
    }

    /// The one that a receiver names.
    pub(super) fn server(&self, id: Option<&ComponentId>) -> anyhow::Result<Option<ServerAuth>> {
        find(&self.servers, id)
    }

    /// The one that an exporter names.
    pub(super) fn client(&self, id: Option<&ComponentId>) -> anyhow::Result<Option<ClientAuth>> {
        find(&self.clients, id)
    }
}

fn find<T: Clone>(all: &HashMap<ComponentId, T>, id: Option<&ComponentId>) -> anyhow::Result<Option<T>> {
    let found = |id| all.get(id).cloned().with_context(|| format!("auth: {id} is no authenticator for it"));
    id.map(found).transpose()
}

fn users(htpasswd: &Htpasswd) -> BasicServerSettings {
    BasicServerSettings {
        file: htpasswd.file.clone(),
        inline: htpasswd.inline.as_ref().map(|inline| inline.expose().to_owned()),
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    }
}

fn credentials(client: &BasicClientAuth) -> BasicClientSettings {
    let file_or = |file: &Option<_>, text: &str| {
        file.clone().map_or_else(|| Credential::Text(text.to_owned()), Credential::File)
    };
    BasicClientSettings {
        username: file_or(&client.username_file, &client.username),
        password: file_or(&client.password_file, client.password.expose()),
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    }
}

fn tokens(bearer: &BearerTokenAuth) -> BearerSettings {
    let listed = bearer.token.iter().chain(&bearer.tokens).map(Secret::expose);
    BearerSettings {
        header: bearer.header.clone(),
        scheme: bearer.scheme.clone(),
        tokens: match &bearer.filename {
            Some(path) => Tokens::File(path.clone()),
            None => Tokens::Listed(listed.map(str::to_owned).collect()),
        },
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    }
}

fn rules(setter: &HeadersSetter) -> HeadersSetterSettings {
    let rules = setter.headers.iter().map(config_rule).collect();
    HeadersSetterSettings { rules, reload_interval: DEFAULT_RELOAD_INTERVAL }
}

fn config_rule(rule: &config::HeaderRule) -> HeaderRule {
    let action = match rule.action {
        config::HeaderAction::Insert => HeaderAction::Insert(source(rule)),
        config::HeaderAction::Update => HeaderAction::Update(source(rule)),
        config::HeaderAction::Upsert => HeaderAction::Upsert(source(rule)),
        config::HeaderAction::Delete => HeaderAction::Delete,
    };
    HeaderRule { key: rule.key.clone(), action }
}

fn source(rule: &config::HeaderRule) -> HeaderSource {
    let text = |value: &Secret| value.expose().to_owned();
    match (&rule.from_context, &rule.value_file) {
        (Some(header), _) => HeaderSource::FromContext {
            header: header.clone(),
            default: rule.default_value.as_ref().map(text),
        },
        (None, Some(path)) => HeaderSource::Value(Credential::File(path.clone())),
        (None, None) => {
            HeaderSource::Value(Credential::Text(rule.value.as_ref().map(text).unwrap_or_default()))
        }
    }
}
