//! The authenticators among the extensions, each started once and shared by those who name it.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context;
use sluice_auth::{
    BasicClientSettings, BasicServerSettings, BearerSettings, ClientAuth, Credential,
    DEFAULT_RELOAD_INTERVAL, HeaderAction, HeaderRule, HeaderSource, HeadersSetterSettings, OAuth2Settings,
    ServerAuth, Tokens,
};
use sluice_config::{
    self as config, BasicClientAuth, BearerTokenAuth, ComponentId, Config, ExtensionConfig, HeadersSetter,
    Htpasswd, OAuth2Client, Secret,
};
use sluice_tls::{Alpn, ClientTls};

use super::tls;

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
        // A headers_setter may name one of the others.
        let (setters, others): (Vec<_>, Vec<_>) = config
            .extensions
            .iter()
            .partition(|(_, extension)| matches!(extension, ExtensionConfig::HeadersSetter(_)));
        for (id, extension) in others.into_iter().chain(setters) {
            let place = format!("extensions::{id}");
            all.add(id, extension, &place).context(place)?;
        }
        Ok(all)
    }

    fn add(&mut self, id: &ComponentId, extension: &ExtensionConfig, place: &str) -> anyhow::Result<()> {
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
            ExtensionConfig::OAuth2Client(client) => {
                let tls = tls::client(place, &client.tls, &[Alpn::Http11])?;
                self.clients.insert(id.clone(), ClientAuth::oauth2(&oauth2(client, tls))?);
            }
            ExtensionConfig::HeadersSetter(setter) => {
                let additional = self.client(setter.additional_auth.as_ref())?;
                let settings = rules(setter, additional);
                self.clients.insert(id.clone(), ClientAuth::headers_setter(place, settings)?);
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
    BasicClientSettings {
        username: file_or(client.username_file.as_ref(), &client.username),
        password: file_or(client.password_file.as_ref(), client.password.expose()),
        reload_interval: DEFAULT_RELOAD_INTERVAL,
    }
}

/// The file counts before the text.
fn file_or(file: Option<&PathBuf>, text: &str) -> Credential {
    file.cloned().map_or_else(|| Credential::Text(text.to_owned()), Credential::File)
}

fn oauth2(client: &OAuth2Client, tls: ClientTls) -> OAuth2Settings {
    let exposed = |values: &[Secret]| values.iter().map(|value| value.expose().to_owned()).collect();
    let parameters = client.endpoint_params.iter();
    OAuth2Settings {
        client_id: file_or(client.client_id_file.as_ref(), &client.client_id),
        client_secret: file_or(client.client_secret_file.as_ref(), client.client_secret.expose()),
        token_url: client.token_url.clone(),
        scopes: client.scopes.clone(),
        endpoint_params: parameters.map(|(name, values)| (name.clone(), exposed(values))).collect(),
        timeout: client.timeout,
        expiry_buffer: client.expiry_buffer,
        tls,
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

fn rules(setter: &HeadersSetter, additional: Option<ClientAuth>) -> HeadersSetterSettings {
    let rules = setter.headers.iter().map(config_rule).collect();
    HeadersSetterSettings { rules, additional, reload_interval: DEFAULT_RELOAD_INTERVAL }
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
            default: match (&rule.default_value_file, &rule.default_value) {
                (Some(path), _) => Some(Credential::File(path.clone())),
                (None, value) => value.as_ref().map(|value| Credential::Text(text(value))),
            },
        },
        (None, Some(path)) => HeaderSource::Value(Credential::File(path.clone())),
        (None, None) => {
            HeaderSource::Value(Credential::Text(rule.value.as_ref().map(text).unwrap_or_default()))
        }
    }
}
