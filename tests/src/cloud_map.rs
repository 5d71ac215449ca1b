//! A real server of AWS Cloud Map's API: moto, whose services tests change.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::programs::prepared;
use crate::wait;

/// Keys of an AWS user.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The id of the key.
    pub id: String,
    /// The secret.
    pub secret: String,
}

/// Moto; it is killed when dropped.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// A service in a namespace.
#[derive(Clone, Debug)]
pub struct Service<'a> {
    moto: &'a Moto,
    id: String,
}

impl Moto {
    /// Starts it on a free port of 127.0.0.1, with nothing in it.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub async fn start() -> Self {
        let address = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
            listener.local_addr().expect("a bound address")
        };
        let child = Command::new(prepared("moto/bin/python"))
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto, which `cargo xtask test` installs");
        let client = Client::builder(TokioExecutor::new()).build_http();
        let moto = Self { child, address, client };
        wait::until("moto to answer", || async {
            let uri = format!("http://{address}/moto-api/");
            let request = Request::get(uri).body(Full::default()).expect("a request");
            moto.client.request(request).await.is_ok_and(|response| response.status().is_success())
        })
        .await;
        moto
    }

    /// Where it answers.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes a namespace and a service in it whose instances tell their health.
    ///
    /// # Panics
    /// When moto refuses.
    pub async fn service(&self, namespace: &str, service: &str) -> Service<'_> {
        let operation = self.cloud_map("CreateHttpNamespace", &json!({"Name": namespace})).await;
        let operation =
            self.cloud_map("GetOperation", &json!({"OperationId": operation["OperationId"]})).await;
        let wanted = json!({
            "Name": service,
            "NamespaceId": operation["Operation"]["Targets"]["NAMESPACE"],
            "HealthCheckCustomConfig": {"FailureThreshold": 1},
        });
        let made = self.cloud_map("CreateService", &wanted).await;
        Service { moto: self, id: made["Service"]["Id"].as_str().expect("an id").to_owned() }
    }

    /// A user of this name, who may do `action`.
    ///
    /// # Panics
    /// When moto refuses.
    pub async fn user(&self, name: &str, action: &str) -> Keys {
        let policy = format!(
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22\
             Action%22%3A%22{action}%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
        );
        self.iam(&format!("CreateUser&UserName={name}")).await;
        self.iam(&format!("PutUserPolicy&UserName={name}&PolicyName=p&PolicyDocument={policy}")).await;
        let made = self.iam(&format!("CreateAccessKey&UserName={name}")).await;
        let between = |tag: &str| {
            let (_, rest) = made.split_once(&format!("<{tag}>")).expect("a key");
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        Keys { id: between("AccessKeyId"), secret: between("SecretAccessKey") }
    }

    /// From now on signatures and permissions are checked.
    ///
    /// # Panics
    /// When moto refuses.
    pub async fn check_signatures(&self) {
        self.post("/moto-api/reset-auth", &[("content-type", "text/plain")], "0".to_owned()).await;
    }

    async fn cloud_map(&self, operation: &str, body: &Value) -> Value {
        let target = format!("Route53AutoNaming_v20170314.{operation}");
        let headers = [
            (CONTENT_TYPE.as_str(), "application/x-amz-json-1.1"),
            ("x-amz-target", target.as_str()),
            (AUTHORIZATION.as_str(), &signed("servicediscovery")),
        ];
        let answer = self.post("/", &headers, body.to_string()).await;
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    async fn iam(&self, action: &str) -> String {
        let headers = [
            (CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded"),
            (AUTHORIZATION.as_str(), &signed("iam")),
        ];
        self.post("/", &headers, format!("Version=2010-05-08&Action={action}")).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], body: String) -> String {
        let mut request = Request::post(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).expect("a request");
        let response = self.client.request(request).await.expect("moto answers");
        let status = response.status();
        let body = response.into_body().collect().await.expect("a whole body").to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        assert!(status.is_success(), "{path}: {status}: {body}");
        body
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service<'_> {
    /// Registers an instance, which is healthy.
    ///
    /// # Panics
    /// When moto refuses.
    pub async fn register(&self, instance: &str, attributes: &[(&str, &str)]) {
        let attributes: serde_json::Map<String, Value> =
            attributes.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let body = json!({"ServiceId": self.id, "InstanceId": instance, "Attributes": attributes});
        self.moto.cloud_map("RegisterInstance", &body).await;
    }

    /// Takes an instance away.
    ///
    /// # Panics
    /// When moto refuses.
    pub async fn deregister(&self, instance: &str) {
        let body = json!({"ServiceId": self.id, "InstanceId": instance});
        self.moto.cloud_map("DeregisterInstance", &body).await;
    }

    /// Says how an instance is: `HEALTHY` or `UNHEALTHY`.
    ///
    /// # Panics
    /// When moto refuses.
    pub async fn set_health(&self, instance: &str, health: &str) {
        let body = json!({"ServiceId": self.id, "InstanceId": instance, "Status": health});
        self.moto.cloud_map("UpdateInstanceCustomHealthStatus", &body).await;
    }
}

/// A signature that is checked by nobody yet; moto reads from it which service is meant.
fn signed(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}
