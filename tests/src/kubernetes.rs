//! A real API server, with its store: what `cargo xtask kubernetes` built.

mod manifests;

use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WARNING};
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rcgen::KeyPair;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::certificates::{Authority, write};
use crate::tls::{self, Tunnel};
use crate::wait;

pub use manifests::{DryRun, documents};

/// Where the API server listens. It is alone in its network namespace, and so are its ports.
pub const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 6443);

/// etcd and kube-apiserver on loopback, with RBAC; they are killed when dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    binaries: PathBuf,
    authority: String,
    etcd: Child,
    apiserver: Child,
    /// The API server without TLS.
    tunnel: Tunnel,
    client: Client<HttpConnector, Full<Bytes>>,
    /// Where the API server has the objects of a kind: by group with version, and kind.
    places: Mutex<BTreeMap<(String, String), manifests::Place>>,
}

impl Cluster {
    /// Starts both, and waits until the API server is ready.
    ///
    /// # Panics
    /// When one of them does not start.
    pub async fn start(binaries: &Path) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let authority = Authority::new("cluster");
        authority.sign("kubernetes.default.svc").write(folder.path(), "apiserver");
        write(folder.path(), "ca.crt", &authority.pem());
        write(folder.path(), "tokens.csv", "admin-token,admin,admin,\"system:masters\"\n");
        let accounts = KeyPair::generate().expect("a key");
        write(folder.path(), "accounts.key", &accounts.serialize_pem());
        write(folder.path(), "accounts.pub", &accounts.public_key_pem());

        let etcd = start_etcd(binaries, folder.path());
        let apiserver = start_apiserver(binaries, folder.path());
        // HTTP/1.1: connections break with the server, and are made anew with the next request.
        let mut trusting = (*tls::client(&authority.pem(), None)).clone();
        trusting.alpn_protocols.clear();
        let cluster = Self {
            binaries: binaries.to_owned(),
            authority: authority.pem(),
            etcd,
            apiserver,
            tunnel: Tunnel::to(ADDRESS, Arc::new(trusting)).await,
            client: Client::builder(TokioExecutor::new()).build_http(),
            places: Mutex::default(),
            folder,
        };
        cluster.until_ready().await;
        cluster
    }

    /// The certificate of the authority that signed the API server's, in PEM.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Kills the API server. The store stays.
    pub fn kill(&mut self) {
        let _ = self.apiserver.kill();
        let _ = self.apiserver.wait();
    }

    /// Starts it again, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart(&mut self) {
        self.apiserver = start_apiserver(&self.binaries, self.folder.path());
        self.until_ready().await;
    }

    /// Stops the API server in the middle of what it does, or lets it go on.
    ///
    /// # Panics
    /// When it does not run.
    pub fn freeze(&self, is_frozen: bool) {
        let id = i32::try_from(self.apiserver.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, if is_frozen { Signal::STOP } else { Signal::CONT }).expect("a process that runs");
    }

    async fn until_ready(&self) {
        wait::until("the API server to be ready", || async {
            self.try_request(Method::GET, "/readyz", None).await.is_some_and(|answer| answer.status == 200)
        })
        .await;
    }

    /// Makes a namespace with a service account, whose token this is.
    ///
    /// # Panics
    /// When the API server refuses.
    pub async fn account(&self, namespace: &str, name: &str) -> String {
        self.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})).await;
        let metadata = json!({"name": name, "namespace": namespace});
        self.apply(&json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})).await;
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token");
        let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}});
        let answer = self.request(Method::POST, &path, Some(&request)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["status"]["token"].as_str().expect("a token").to_owned()
    }

    /// Lets a service account list and watch the slices of its namespace.
    ///
    /// # Panics
    /// When the API server refuses.
    pub async fn permit(&self, namespace: &str, account: &str) {
        let (api, metadata) =
            ("rbac.authorization.k8s.io", json!({"name": "resolver", "namespace": namespace}));
        let rule = json!({"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]});
        let role =
            json!({"apiVersion": format!("{api}/v1"), "kind": "Role", "metadata": metadata, "rules": [rule]});
        self.apply(&role).await;
        let subject = json!({"kind": "ServiceAccount", "name": account, "namespace": namespace});
        let reference = json!({"apiGroup": api, "kind": "Role", "name": "resolver"});
        self.apply(&json!({
            "apiVersion": format!("{api}/v1"), "kind": "RoleBinding", "metadata": metadata, "roleRef": reference,
            "subjects": [subject],
        }))
        .await;
    }

    /// Makes a slice of a Service what these endpoints are: objects of the API, with an address each.
    ///
    /// # Panics
    /// When the API server refuses.
    pub async fn slice(&self, namespace: &str, service: &str, name: &str, endpoints: &[Value]) {
        self.apply(&json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": name, "namespace": namespace, "labels": {"kubernetes.io/service-name": service}},
            "addressType": "IPv4", "ports": [{"name": "otlp-grpc", "port": 4317, "protocol": "TCP"}],
            "endpoints": endpoints,
        }))
        .await;
    }

    /// Takes a slice away.
    ///
    /// # Panics
    /// When the API server refuses.
    pub async fn remove_slice(&self, namespace: &str, name: &str) {
        let path = format!("/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices/{name}");
        let answer = self.request(Method::DELETE, &path, None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    async fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.try_request(method, path, body).await.expect("an API server that answers")
    }

    /// As an administrator; `None` where nobody answers.
    async fn try_request(&self, method: Method, path: &str, body: Option<&Value>) -> Option<Answer> {
        let kind = if method == Method::PATCH { "application/apply-patch+yaml" } else { "application/json" };
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.tunnel.address()))
            .header(AUTHORIZATION, "Bearer admin-token")
            .header(CONTENT_TYPE, kind)
            .body(Full::new(body.map(Value::to_string).unwrap_or_default().into()))
            .expect("a good request");
        let response = self.client.request(request).await.ok()?;
        let status = response.status().as_u16();
        let warnings = response.headers().get_all(WARNING);
        let warnings =
            warnings.iter().map(|warning| String::from_utf8_lossy(warning.as_bytes()).into()).collect();
        let body = response.into_body().collect().await.ok()?.to_bytes();
        Some(Answer { status, warnings, body: serde_json::from_slice(&body).unwrap_or_default() })
    }
}

/// What the API server says.
struct Answer {
    status: u16,
    warnings: Vec<String>,
    body: Value,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in [&mut self.apiserver, &mut self.etcd] {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// An endpoint of a slice, that is ready.
#[must_use]
pub fn ready(address: &str) -> Value {
    json!({"addresses": [address], "conditions": {"ready": true, "serving": true, "terminating": false}})
}

fn start_etcd(binaries: &Path, folder: &Path) -> Child {
    let (clients, peers) = ("http://127.0.0.1:2379", "http://127.0.0.1:2380");
    let mut command = Command::new(binaries.join("etcd"));
    command
        .args(["--name", "test", "--unsafe-no-fsync", "--log-level", "warn", "--data-dir"])
        .arg(folder.join("etcd"))
        .args(["--listen-client-urls", clients, "--advertise-client-urls", clients])
        .args(["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers])
        .args(["--initial-cluster", "test=http://127.0.0.1:2380"]);
    spawn(command, &folder.join("etcd.log"))
}

fn start_apiserver(binaries: &Path, folder: &Path) -> Child {
    let file = |name: &str| folder.join(name).into_os_string();
    let issuer = "https://kubernetes.default.svc";
    let mut command = Command::new(binaries.join("kube-apiserver"));
    command
        .args(["--etcd-servers", "http://127.0.0.1:2379", "--service-cluster-ip-range", "10.0.0.0/24"])
        .args(["--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1"])
        .arg("--secure-port")
        .arg(ADDRESS.port().to_string())
        // There is no node whose addresses would be those of the Service `kubernetes`.
        .args(["--endpoint-reconciler-type", "none", "--authorization-mode", "RBAC", "--profiling=false"])
        .args(["--service-account-issuer", issuer, "--api-audiences", issuer])
        .arg("--token-auth-file")
        .arg(file("tokens.csv"))
        .arg("--tls-cert-file")
        .arg(file("apiserver.pem"))
        .arg("--tls-private-key-file")
        .arg(file("apiserver.key.pem"))
        .arg("--service-account-key-file")
        .arg(file("accounts.pub"))
        .arg("--service-account-signing-key-file")
        .arg(file("accounts.key"));
    spawn(command, &folder.join("apiserver.log"))
}

fn spawn(mut command: Command, log: &Path) -> Child {
    let log = File::create(log).expect("a log");
    let errors = log.try_clone().expect("a log");
    command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().expect("a program that starts")
}
