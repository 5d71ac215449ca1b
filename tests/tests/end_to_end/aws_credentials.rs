//! The aws_cloud_map resolver's credentials, from where a task, a pod and an instance have them. Each of those places,
//! and Cloud Map, is a server of ours: what they are asked, and by whose keys requests are signed, is what is tested.

use std::path::Path;

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body_util::Full;
use serde_json::json;
use sluice_tests::gateway::Gateway;
use sluice_tests::http_server::{HttpServer, Recording, answer};
use sluice_tests::wait;
use tempfile::TempDir;

use crate::cloud_map::start;

const SECRET: &str = "nobody-but-AWS-should-read-this";
const SESSION: &str = "a-token-of-the-session";
/// When keys run out, unless a test says otherwise.
const LATE: &str = "2099-01-01T00:00:00Z";

/// In a task of ECS, an agent has the keys: at the place that the environment names, for who shows the token that it
/// names. Keys that have run out are asked for again.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_asks_its_agent() {
    let aws = aws(|number, request| {
        if request.target != "/keys-of-the-task" {
            return None;
        }
        let is_allowed = header(&request.headers, "authorization") == "token-of-the-task";
        let until = if number == 0 { "2020-01-01T00:00:00Z" } else { LATE };
        Some(if is_allowed { keys(&format!("ASIATASK{number}"), until) } else { answer(401, &[], "") })
    })
    .await;
    let uri = format!("http://{}/keys-of-the-task", aws.address());
    let gateway = at(
        &aws,
        &[
            ("AWS_REGION", "eu-central-1"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token-of-the-task"),
        ],
    )
    .await;
    gateway.wait_for_log("backend 127.0.0.1:4317 added").await;
    signed_by(&aws, "ASIATASK0", "eu-central-1").await;
    wait::until("new keys", || async { signers(&aws).iter().any(|by| by.starts_with("ASIATASK1/")) }).await;
    assert_silent(&gateway);
}

/// A pod of EKS has a token of the cluster's, in a file that changes; AWS's token service gives keys of a role for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_pod_shows_its_web_identity() {
    const ROLE: &str = "arn:aws:iam::123456789012:role/gateway";
    let aws = aws(|_, request| {
        let form = String::from_utf8_lossy(&request.body).into_owned();
        let wanted = [
            "Action=AssumeRoleWithWebIdentity",
            "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fgateway",
            "RoleSessionName=gateway-7d9f",
            "WebIdentityToken=token-of-the-pod",
        ];
        (form.contains("Action=")).then(|| {
            if wanted.iter().all(|part| form.split('&').any(|found| found == *part)) {
                answer(200, &[("content-type", "text/xml")], assumed("ASIAPOD"))
            } else {
                answer(403, &[], form)
            }
        })
    })
    .await;
    let folder = TempDir::new().expect("a folder");
    let token = file(&folder, "token", "token-of-the-pod");
    let sts = format!("http://{}", aws.address());
    let gateway = at(
        &aws,
        &[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ROLE_ARN", ROLE),
            ("AWS_ROLE_SESSION_NAME", "gateway-7d9f"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", &token),
            ("AWS_ENDPOINT_URL_STS", &sts),
        ],
    )
    .await;
    gateway.wait_for_log("backend 127.0.0.1:4317 added").await;
    signed_by(&aws, "ASIAPOD", "eu-west-1").await;
    assert_silent(&gateway);
}

/// With EKS Pod Identity, an agent on the node has the keys, for who shows the token of a file.
#[tokio::test(flavor = "multi_thread")]
async fn a_pod_shows_the_agent_its_token() {
    let aws = aws(|_, request| {
        let is_allowed = header(&request.headers, "authorization") == "token-of-the-pod";
        (request.target == "/v1/credentials")
            .then(|| if is_allowed { keys("ASIANODE", LATE) } else { answer(401, &[], "") })
    })
    .await;
    let folder = TempDir::new().expect("a folder");
    let token = file(&folder, "eks-pod-identity-token", "token-of-the-pod");
    let uri = format!("http://{}/v1/credentials", aws.address());
    let gateway = at(
        &aws,
        &[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token),
        ],
    )
    .await;
    gateway.wait_for_log("backend 127.0.0.1:4317 added").await;
    signed_by(&aws, "ASIANODE", "eu-west-1").await;
}

/// An instance of EC2 has keys of its role, and its region, in its metadata, for who has fetched a token before (version 2
/// of the service); nothing has to be said in the environment.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_asks_its_metadata() {
    const TOKEN: &str = "x-aws-ec2-metadata-token";
    const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
    let aws = aws(|_, request| {
        let path = request.target.strip_prefix("/latest/")?;
        if path == "api/token" {
            let lasts = header(&request.headers, "x-aws-ec2-metadata-token-ttl-seconds").to_owned();
            return Some(answer(
                200,
                &[("x-aws-ec2-metadata-token-ttl-seconds", &lasts)],
                "token-of-the-host",
            ));
        }
        if header(&request.headers, TOKEN) != "token-of-the-host" {
            return Some(answer(401, &[], ""));
        }
        match path {
            "meta-data/placement/region" => Some(answer(200, &[], "ap-south-1")),
            "meta-data/iam/security-credentials/" => Some(answer(200, &[], "role-of-the-host")),
            "meta-data/iam/security-credentials/role-of-the-host" => Some(keys("ASIAHOST", LATE)),
            _ => None,
        }
    })
    .await;
    let endpoint = format!("http://{}", aws.address());
    let environment =
        [("AWS_EC2_METADATA_SERVICE_ENDPOINT", &*endpoint), ("AWS_EC2_METADATA_DISABLED", "false")];
    let gateway = at(&aws, &environment).await;
    gateway.wait_for_log("backend 127.0.0.1:4317 added").await;
    signed_by(&aws, "ASIAHOST", "ap-south-1").await;
    assert!(!gateway.has_logged("no AWS region"));
    assert!(aws.recordings().iter().any(|request| request.target == ROLES));
    assert_silent(&gateway);
}

/// A server that is Cloud Map to who asks for instances, and for the rest what `issue` makes of the n-th such request.
async fn aws(
    issue: impl Fn(usize, &Recording) -> Option<Response<Full<Bytes>>> + Send + Sync + 'static,
) -> HttpServer {
    let others = std::sync::atomic::AtomicUsize::new(0);
    HttpServer::start(move |_, request| {
        if is_discovery(request) {
            let instance = json!({"InstanceId": "i1", "Attributes": {"AWS_INSTANCE_IPV4": "127.0.0.1"}});
            let found = json!({"Instances": [instance]}).to_string();
            return answer(200, &[("content-type", "application/x-amz-json-1.1")], found);
        }
        let number = others.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        issue(number, request).unwrap_or_else(|| answer(404, &[], ""))
    })
    .await
}

/// A gateway in this environment, with that server as Cloud Map.
async fn at(aws: &HttpServer, environment: &[(&str, &str)]) -> Gateway {
    start(&format!("http://{}", aws.address()), 4317, environment).await
}

fn is_discovery(request: &Recording) -> bool {
    header(&request.headers, "x-amz-target").ends_with(".DiscoverInstances")
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What agents and metadata answer.
fn keys(id: &str, until: &str) -> Response<Full<Bytes>> {
    let keys = json!({
        "Code": "Success", "LastUpdated": "2026-01-01T00:00:00Z", "Type": "AWS-HMAC", "AccessKeyId": id,
        "SecretAccessKey": SECRET, "Token": SESSION, "Expiration": until,
    });
    answer(200, &[("content-type", "application/json")], keys.to_string())
}

/// What AWS's token service answers.
fn assumed(id: &str) -> String {
    format!(
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>{id}</AccessKeyId>\
         <SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>{SESSION}</SessionToken>\
         <Expiration>{LATE}</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>A:g</AssumedRoleId>\
         <Arn>arn:aws:sts::123456789012:assumed-role/gateway/g</Arn></AssumedRoleUser>\
         </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
    )
}

/// Whose keys requests for instances were signed with: key, day, region, service.
fn signers(aws: &HttpServer) -> Vec<String> {
    let requests = aws.recordings().into_iter().filter(is_discovery);
    requests
        .map(|request| {
            assert_eq!(header(&request.headers, "x-amz-security-token"), SESSION);
            let signature = header(&request.headers, "authorization").to_owned();
            let (_, scope) = signature.split_once("Credential=").expect("a signature");
            scope.split(',').next().unwrap_or_default().to_owned()
        })
        .collect()
}

/// Somebody asked for instances with this key, for this region.
async fn signed_by(aws: &HttpServer, key: &str, region: &str) {
    wait::until(&format!("a request that {key} signed"), || async {
        signers(aws)
            .iter()
            .any(|by| by.starts_with(&format!("{key}/")) && by.contains(&format!("/{region}/")))
    })
    .await;
}

/// Nothing of the keys is in the log.
fn assert_silent(gateway: &Gateway) {
    for secret in [SECRET, SESSION, "token-of-the"] {
        assert!(!gateway.has_logged(secret), "{secret} is in the log: {:#?}", gateway.log());
    }
}

fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path: &Path = &folder.path().join(name);
    std::fs::write(path, text).expect("written");
    path.display().to_string()
}
