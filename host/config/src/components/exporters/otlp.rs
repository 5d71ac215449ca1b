use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{Queue, Retry};
use crate::components::auth::AuthBlock;
use crate::components::headers::Headers;
use crate::components::tls::ClientTls;
use crate::decode::{Block, Fields, Key, Node, choice};
use crate::types::id::ComponentId;
use crate::types::listen::split_address;
use crate::types::secret::Secret;
use crate::yaml::value::Value;

/// Just under the 4 MiB that receivers take by default, so that their framing fits too.
pub(super) const MAX_REQUEST_BYTES: usize = 4 * 1024 * 1024 - 64 * 1024;

/// The `otlp_grpc` exporter; also the template for the backends of `load_balancing`.
#[derive(Clone, Debug, PartialEq)]
pub struct OtlpExporter {
    /// The backend: `host:port`, perhaps after `http://`, `https://`, `dns:///`, `dns://server/` or `passthrough:///`; or
    /// `unix:path`. Empty in a template.
    pub endpoint: String,
    /// How the connection is secured.
    pub tls: ClientTls,
    /// How requests are compressed.
    pub compression: Compression,
    /// What is sent with every request.
    pub headers: Vec<(String, Secret)>,
    /// The extension that says what is shown with every request.
    pub auth: Option<ComponentId>,
    /// How long one attempt may take; zero: as long as it takes.
    pub timeout: Duration,
    /// Whether, and how, a silent backend is asked whether it is still there.
    pub keepalive: Option<ClientKeepalive>,
    /// What the backend is called in `:authority`; the endpoint when `None`.
    pub authority: Option<String>,
    /// What is made of a name with several addresses.
    pub balancer_name: Balancer,
    /// How what could not be delivered is sent again.
    pub retry_on_failure: Retry,
    /// What waits to be sent.
    pub sending_queue: Queue,
    /// The largest request that is sent, in bytes before compression.
    pub max_request_bytes: usize,
}

/// How requests are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, which every receiver understands.
    Gzip,
    /// Zstandard.
    Zstd,
    /// Snappy.
    Snappy,
}

choice!(Compression: "none" => None, "gzip" => Gzip, "zstd" => Zstd, "snappy" => Snappy);

/// What is made of a name with several addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balancer {
    /// A connection to each, which take turns.
    RoundRobin,
    /// A connection to one of them.
    PickFirst,
}

choice!(Balancer: "round_robin" => RoundRobin, "pick_first" => PickFirst);

/// How a client keeps its connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientKeepalive {
    /// A connection that is silent for so long is asked whether it is still there.
    pub time: Duration,
    /// How long the answer may take.
    pub timeout: Duration,
    /// Whether to ask without a request in flight, too.
    pub permit_without_stream: bool,
}

impl Default for OtlpExporter {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            tls: ClientTls::default(),
            compression: Compression::Gzip,
            headers: Vec::new(),
            auth: None,
            timeout: Duration::from_secs(5),
            keepalive: None,
            authority: None,
            balancer_name: Balancer::RoundRobin,
            retry_on_failure: Retry::default(),
            sending_queue: Queue::default(),
            max_request_bytes: MAX_REQUEST_BYTES,
        }
    }
}

impl Default for ClientKeepalive {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), timeout: Duration::from_secs(10), permit_without_stream: false }
    }
}

impl Block for OtlpExporter {
    const KEYS: &'static [Key] = &[
        Key::new("endpoint", "address", "(required)", "the backend, `host:port` or `unix:path`; see above"),
        Key::block("tls", ClientTls::KEYS),
        Key::new("compression", "`none`, `gzip`, `zstd` or `snappy`", "gzip", "how requests are compressed"),
        Key::new("headers", "names and values", "{}", "sent with every request; never shown"),
        Key::block("auth", AuthBlock::KEYS).optional(),
        Key::new("timeout", "duration", "5s", "for one attempt; 0: no limit"),
        Key::block("keepalive", ClientKeepalive::KEYS).optional(),
        Key::new("authority", "name", "(the endpoint's)", "what the backend is called in requests"),
        Key::new(
            "balancer_name",
            "`round_robin` or `pick_first`",
            "round_robin",
            "a name's addresses take turns, or one is used",
        ),
        Key::block("retry_on_failure", Retry::KEYS),
        Key::block("sending_queue", Queue::KEYS),
        Key::new("max_request_bytes", "bytes", "4128768", "cut what is larger, before compression").own(),
        Key::inert("wait_for_ready", "`retry_on_failure` waits for a backend that is not ready"),
        Key::inert("read_buffer_size", "buffers grow and shrink with the traffic"),
        Key::inert("write_buffer_size", "buffers grow and shrink with the traffic"),
        Key::refused("middlewares", "Sluice has no middleware extensions"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("endpoint", &mut self.endpoint);
        fields.read("tls", &mut self.tls);
        fields.read("compression", &mut self.compression);
        fields.read("headers", &mut Headers(&mut self.headers));
        if let Some(headers) = fields.get("headers") {
            refuse_headers_of_grpc(headers);
        }
        fields.read("auth", &mut AuthBlock(&mut self.auth));
        fields.read("timeout", &mut self.timeout);
        fields.read("keepalive", &mut self.keepalive);
        fields.read("authority", &mut self.authority);
        if let Some(Err(message)) = self.authority.as_deref().map(split_address) {
            fields.error("authority", message);
        }
        fields.read("balancer_name", &mut self.balancer_name);
        fields.read("retry_on_failure", &mut self.retry_on_failure);
        fields.read("sending_queue", &mut self.sending_queue);
        fields.read("max_request_bytes", &mut self.max_request_bytes);
        fields.refuse_zero("max_request_bytes", self.max_request_bytes == 0);
        let shows_secret = self.auth.as_ref().is_some_and(|id| id.kind() != "headers_setter");
        if shows_secret && !self.has_tls() {
            fields.error("auth", "shows a secret, which `tls::insecure` sends in the clear; use TLS");
        }
    }
}

impl OtlpExporter {
    /// Whether what is sent is secret on its way.
    pub(crate) fn has_tls(&self) -> bool {
        self.tls.is_on() || self.endpoint.starts_with("https://")
    }

    /// An exporter of its own needs an endpoint; a template does not.
    pub(super) fn check_endpoint(&self, node: &Node<'_>) {
        if self.endpoint.is_empty() {
            node.error("requires a non-empty endpoint; write for example `endpoint: backend:4317`");
            return;
        }
        let endpoints = node.entries().unwrap_or_default();
        let Some((_, endpoint)) = endpoints.iter().find(|(key, _)| *key == "endpoint") else { return };
        if let Err(message) = check_target(&self.endpoint) {
            endpoint.error(message);
        }
    }
}

/// What the client sends by itself, and what it cannot send.
fn refuse_headers_of_grpc(headers: &Node<'_>) {
    let Value::Map(entries) = headers.value.resolved() else { return };
    for (name, _) in entries {
        let lower = name.to_ascii_lowercase();
        let place = headers.place.key(name);
        if lower.starts_with("grpc-")
            || ["te", "content-type", "host", "connection"].contains(&lower.as_str())
        {
            headers.context.error(&place, "gRPC itself uses this header");
        } else if lower.ends_with("-bin") {
            headers.context.error(&place, "binary headers (`-bin`) are not served");
        }
    }
}

fn check_target(endpoint: &str) -> Result<(), String> {
    if let Some(path) = endpoint.strip_prefix("unix:") {
        return check_socket(path);
    }
    let address = match endpoint.split_once("://") {
        Some(("http" | "https", address)) => address.strip_suffix('/').unwrap_or(address),
        Some(("dns", address)) => match address.split_once('/') {
            Some(("", address)) => address,
            Some((server, address)) => {
                check_name_server(server)?;
                address
            }
            None => return Err(format!("`{endpoint}` has a `/` too few; write `dns:///host:port`")),
        },
        Some(("passthrough", address)) => address
            .strip_prefix('/')
            .ok_or_else(|| format!("`{endpoint}` has a `/` too few; write `passthrough:///host:port`"))?,
        Some((scheme, _)) => return Err(format!("`{scheme}://` is not served; write host:port")),
        None => endpoint,
    };
    match split_address(address)? {
        ("", _) => Err(format!("`{endpoint}` names no host")),
        (_, None | Some(0)) => Err(format!("`{endpoint}` has no port; write for example `{endpoint}:4317`")),
        _ => Ok(()),
    }
}

fn check_socket(path: &str) -> Result<(), String> {
    let path = match path.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => {
            return Err("a path behind `unix://` begins with another `/`: `unix:///run/otlp.sock`".to_owned());
        }
        None => path,
    };
    if path.is_empty() || path.ends_with('/') {
        return Err("names no socket; write for example `unix:/run/otlp.sock`".to_owned());
    }
    Ok(())
}

fn check_name_server(server: &str) -> Result<(), String> {
    let is_address = server.parse::<IpAddr>().is_ok() || server.parse::<SocketAddr>().is_ok();
    if is_address {
        Ok(())
    } else {
        Err(format!("`{server}` is no address of a DNS server; write `dns://10.0.0.10:53/host:port`"))
    }
}

impl Block for ClientKeepalive {
    const KEYS: &'static [Key] = &[
        Key::new("time", "duration", "10s", "ask a silent backend whether it is still there"),
        Key::new("timeout", "duration", "10s", "time for its answer"),
        Key::new("permit_without_stream", "true or false", "false", "ask without a request in flight, too"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("time", &mut self.time);
        fields.read("timeout", &mut self.timeout);
        fields.read("permit_without_stream", &mut self.permit_without_stream);
    }
}
