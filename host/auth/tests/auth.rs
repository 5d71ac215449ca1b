//! Who is let in, and what is shown.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use sluice_auth::{
    BasicClientSettings, BasicServerSettings, BearerSettings, ClientAuth, Credential, Denied, HeaderAction,
    HeaderRule, HeaderSource, HeadersSetterSettings, ServerAuth, Tokens,
};

const OFTEN: Duration = Duration::from_millis(50);

fn header(name: &str, value: &str) -> HeaderMap {
    let (name, value): (HeaderName, HeaderValue) = (name.parse().unwrap(), value.parse().unwrap());
    HeaderMap::from_iter([(name, value)])
}

fn basic(name: &str, password: &str) -> HeaderMap {
    header("authorization", &format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
}

fn htpasswd(file: Option<&Path>, inline: Option<&str>) -> BasicServerSettings {
    BasicServerSettings {
        file: file.map(Path::to_owned),
        inline: inline.map(str::to_owned),
        reload_interval: OFTEN,
    }
}

fn bearer(tokens: Tokens) -> BearerSettings {
    BearerSettings {
        header: "Authorization".to_owned(),
        scheme: "Bearer".to_owned(),
        tokens,
        reload_interval: OFTEN,
    }
}

fn listed(tokens: &[&str]) -> Tokens {
    Tokens::Listed(tokens.iter().map(|&token| token.to_owned()).collect())
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(OFTEN).await;
    }
}

/// The right password lets in, however it is kept; everything else does not, and is told apart.
#[tokio::test]
async fn the_right_password_lets_in() {
    let slow = bcrypt::hash("slow:er", 4).unwrap();
    let inline = format!("plain:word\nslow:{slow}");
    let auth = ServerAuth::basic("extensions::basicauth", htpasswd(None, Some(&inline))).unwrap();
    for (name, password) in [("plain", "word"), ("slow", "slow:er"), ("slow", "slow:er")] {
        assert_eq!(auth.admit(&basic(name, password)).await, Ok(()), "{name}");
    }
    let lower = header("authorization", &format!("basic {}", STANDARD.encode("plain:word")));
    assert_eq!(auth.admit(&lower).await, Ok(()));
    for (headers, denied) in [
        (HeaderMap::new(), Denied::Missing),
        (basic("plain", "wrong"), Denied::Wrong),
        (basic("slow", "slow"), Denied::Wrong),
        (basic("slow", &slow), Denied::Wrong),
        (basic("nobody", "word"), Denied::Wrong),
        (header("authorization", "Bearer word"), Denied::Malformed),
        (header("authorization", "Basic"), Denied::Malformed),
        (header("authorization", "Basic !!!"), Denied::Malformed),
        (header("authorization", &format!("Basic {}", STANDARD.encode("plain"))), Denied::Malformed),
        (
            header("authorization", &format!("Basic {}", STANDARD.encode("x".repeat(10_000)))),
            Denied::Malformed,
        ),
    ] {
        assert_eq!(auth.admit(&headers).await, Err(denied), "{headers:?}");
    }
}

/// What is written in the configuration counts before the file; a changed file is taken up, and one that cannot be
/// used leaves the earlier passwords in force. Nobody's earlier password stays right after it was changed.
#[tokio::test]
async fn passwords_change() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("htpasswd");
    let kept = |password| format!("a:{}\nb:file\n", bcrypt::hash(password, 4).unwrap());
    std::fs::write(&file, kept("one")).unwrap();
    let auth = ServerAuth::basic("extensions::basicauth", htpasswd(Some(&file), Some("b:inline"))).unwrap();
    assert_eq!(auth.admit(&basic("a", "one")).await, Ok(()));
    assert_eq!(auth.admit(&basic("b", "inline")).await, Ok(()));
    assert_eq!(auth.admit(&basic("b", "file")).await, Err(Denied::Wrong));

    std::fs::write(&file, kept("two")).unwrap();
    until("the new password", async || auth.admit(&basic("a", "two")).await.is_ok()).await;
    assert_eq!(auth.admit(&basic("a", "one")).await, Err(Denied::Wrong));
    std::fs::write(&file, "nonsense").unwrap();
    tokio::time::sleep(4 * OFTEN).await;
    assert_eq!(auth.admit(&basic("a", "two")).await, Ok(()));
}

/// Any of the tokens lets in, behind the scheme and in the header that are set; an empty line of a file is no token.
#[tokio::test]
async fn a_token_lets_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens");
    std::fs::write(&file, "one\n  two \n\n").unwrap();
    for tokens in [listed(&["one", "two"]), Tokens::File(file.clone())] {
        let auth = ServerAuth::bearer("extensions::bearertokenauth", bearer(tokens)).unwrap();
        for token in ["Bearer one", "Bearer two"] {
            assert_eq!(auth.admit(&header("authorization", token)).await, Ok(()));
        }
        for token in ["Bearer three", "Bearer ", "Bearer", "bearer one", "one", ""] {
            assert_eq!(auth.admit(&header("authorization", token)).await, Err(Denied::Wrong), "{token}");
        }
        assert_eq!(auth.admit(&header("x-token", "Bearer one")).await, Err(Denied::Missing));
    }
    let bare =
        BearerSettings { header: "X-Token".to_owned(), scheme: String::new(), ..bearer(listed(&["one"])) };
    let auth = ServerAuth::bearer("extensions::bearertokenauth", bare).unwrap();
    assert_eq!(auth.admit(&header("x-token", "one")).await, Ok(()));

    let auth = ServerAuth::bearer("extensions::bearertokenauth", bearer(Tokens::File(file.clone()))).unwrap();
    std::fs::write(&file, "three").unwrap();
    until("the new token", async || auth.admit(&header("authorization", "Bearer three")).await.is_ok()).await;
    assert_eq!(auth.admit(&header("authorization", "Bearer one")).await, Err(Denied::Wrong));
}

/// A client shows what its servers let in, in place of what stood there; files are read again.
#[tokio::test]
async fn a_client_shows_what_servers_let_in() {
    let folder = tempfile::tempdir().unwrap();
    let [name, password, token] = ["name", "password", "token"].map(|text| {
        let path = folder.path().join(text);
        std::fs::write(&path, format!("{text}\n")).unwrap();
        path
    });
    let basic_client = ClientAuth::basic(
        "extensions::basicauth",
        BasicClientSettings {
            username: Credential::File(name),
            password: Credential::File(password.clone()),
            reload_interval: OFTEN,
        },
    )
    .unwrap();
    let bearer_client =
        ClientAuth::bearer("extensions::bearertokenauth", bearer(Tokens::File(token.clone()))).unwrap();
    let mut headers = header("authorization", "before");
    basic_client.apply(&mut headers, &[]);
    assert_eq!(headers, basic("name", "password"));
    bearer_client.apply(&mut headers, &[]);
    assert_eq!(headers, header("authorization", "Bearer token"));
    assert!(headers["authorization"].is_sensitive());

    std::fs::write(&password, "other\n").unwrap();
    std::fs::write(&token, "another\n").unwrap();
    let shows = |client: &ClientAuth, expected: HeaderMap| {
        let mut headers = HeaderMap::new();
        client.apply(&mut headers, &[]);
        headers == expected
    };
    until("the new password", async || shows(&basic_client, basic("name", "other"))).await;
    until("the new token", async || shows(&bearer_client, header("authorization", "Bearer another"))).await;
}

fn setter(rules: Vec<(&str, HeaderAction)>) -> ClientAuth {
    let rules = rules.into_iter().map(|(key, action)| HeaderRule { key: key.to_owned(), action }).collect();
    let settings = HeadersSetterSettings { rules, additional: None, reload_interval: OFTEN };
    ClientAuth::headers_setter("extensions::headers_setter", settings).unwrap()
}

fn from_context(header: &str, default: Option<&str>) -> HeaderSource {
    HeaderSource::FromContext {
        header: header.to_owned(),
        default: default.map(|text| Credential::Text(text.to_owned())),
    }
}

/// Each action does what the Collector's does, in the order of the rules; what a sender has not said has its default, or
/// is empty.
#[tokio::test]
async fn rules_set_headers() {
    let value = |text: &str| HeaderSource::Value(Credential::Text(text.to_owned()));
    let auth = setter(vec![
        ("There", HeaderAction::Insert(value("inserted"))),
        ("X-Scope-OrgID", HeaderAction::Insert(from_context("Tenant_ID", Some("nobody")))),
        ("updated", HeaderAction::Update(value("updated"))),
        ("not-there", HeaderAction::Update(value("updated"))),
        ("user", HeaderAction::Upsert(from_context("user", None))),
        ("twice", HeaderAction::Upsert(from_context("tenant_id", None))),
        ("gone", HeaderAction::Delete),
    ]);
    assert!(auth.reads_senders() && !auth.is_secret());
    let applied = |sender: &HeaderMap| {
        let mut headers = header("there", "before");
        headers.extend(header("updated", "before"));
        headers.extend(header("gone", "before"));
        auth.apply(&mut headers, &auth.sender(sender).unwrap());
        let mut all: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}={}", value.to_str().unwrap())).collect();
        all.sort();
        all.join(" ")
    };
    let said = header("tenant_id", "acme");
    assert_eq!(applied(&said), "there=before twice=acme updated=updated user= x-scope-orgid=acme");
    assert_eq!(applied(&HeaderMap::new()), "there=before twice= updated=updated user= x-scope-orgid=nobody");
    let mut twice = said.clone();
    twice.append("tenant_id", HeaderValue::from_static("other"));
    assert_eq!(auth.sender(&twice).unwrap_err().0, "tenant_id");
}

/// A value in a file is read again; without a rule that asks for them, senders' headers are of no matter.
#[tokio::test]
async fn a_value_in_a_file_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("value");
    std::fs::write(&file, "one\n").unwrap();
    let auth =
        setter(vec![("x-token", HeaderAction::Upsert(HeaderSource::Value(Credential::File(file.clone()))))]);
    assert!(!auth.reads_senders());
    let shows = |value: &str| {
        let mut headers = HeaderMap::new();
        auth.apply(&mut headers, &[]);
        headers == header("x-token", value)
    };
    assert!(shows("one"));
    std::fs::write(&file, "two\n").unwrap();
    until("the new value", async || shows("two")).await;
}

/// What stands for a sender's header may be in a file too; another authenticator's header comes before the rules, which
/// may take it away.
#[tokio::test]
async fn rules_come_after_another_authenticator() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("default");
    std::fs::write(&file, "nobody\n").unwrap();
    let source = HeaderSource::FromContext {
        header: "x-tenant".to_owned(),
        default: Some(Credential::File(file.clone())),
    };
    let rule = |key: &str, action| HeaderRule { key: key.to_owned(), action };
    let setter = |more: Vec<HeaderRule>| {
        let rules = [vec![rule("tenant", HeaderAction::Upsert(source.clone()))], more].concat();
        let additional = Some(ClientAuth::bearer("", bearer(listed(&["token"]))).unwrap());
        let settings = HeadersSetterSettings { rules, additional, reload_interval: OFTEN };
        ClientAuth::headers_setter("test", settings).unwrap()
    };
    let shown = |auth: &ClientAuth| {
        let mut headers = HeaderMap::new();
        auth.apply(&mut headers, &[None]);
        headers
    };
    let both = setter(Vec::new());
    assert!(both.is_secret(), "what it shows is a secret, so that it needs TLS");
    assert_eq!(both.ready().await, Ok(()));
    let headers = shown(&both);
    assert_eq!(
        (&headers["tenant"], &headers["authorization"]),
        (&"nobody".parse().unwrap(), &"Bearer token".parse().unwrap())
    );
    std::fs::write(&file, "somebody").unwrap();
    until("the new default", async || shown(&both)["tenant"] == "somebody").await;
    let taken_away = setter(vec![rule("authorization", HeaderAction::Delete)]);
    assert!(!shown(&taken_away).contains_key("authorization"));
}

/// What cannot be used is refused at the start, in words that name the place; neither they nor debug output show a
/// secret.
#[tokio::test]
async fn what_cannot_be_used_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "\n\n").unwrap();
    let missing = folder.path().join("missing");
    let text = |text: &str| Credential::Text(text.to_owned());
    let client = |username, password| BasicClientSettings { username, password, reload_interval: OFTEN };
    let errors = [
        (ServerAuth::basic("", htpasswd(Some(&missing), None)).unwrap_err(), "cannot read"),
        (ServerAuth::basic("", htpasswd(Some(&empty), None)).unwrap_err(), "nobody would be let in"),
        (
            ServerAuth::basic("", htpasswd(None, Some("x:y\nhunter2"))).unwrap_err(),
            "htpasswd::inline, line 2:",
        ),
        (ServerAuth::bearer("", bearer(Tokens::File(empty))).unwrap_err(), "has no token"),
        (ClientAuth::bearer("", bearer(Tokens::File(missing))).unwrap_err(), "cannot read"),
        (ClientAuth::bearer("", bearer(listed(&["hunter2\n"]))).unwrap_err(), "not printable ASCII"),
        (ClientAuth::basic("", client(text("hunter2:"), text("x"))).unwrap_err(), "has a colon"),
    ];
    for (error, words) in errors {
        let printed = format!("{error} {error:?}");
        assert!(printed.contains(words) && !printed.contains("hunter2"), "{printed}");
    }
    let settings =
        (client(text("u"), text("hunter2")), bearer(listed(&["hunter2"])), htpasswd(None, Some("a:hunter2")));
    let printed = format!("{settings:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
    let auth = ServerAuth::basic("", settings.2).unwrap();
    let shown = ClientAuth::bearer("", settings.1).unwrap();
    let printed = format!("{auth:?} {shown:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
}

/// Wrong passwords that are slow to check wait for each other, and not for ever; who was let in before is let in at once.
#[tokio::test(flavor = "multi_thread")]
async fn slow_checks_hold_up_nobody_who_was_let_in() {
    let slow = bcrypt::hash("right", 9).unwrap();
    let auth = ServerAuth::basic("", htpasswd(None, Some(&format!("a:{slow}")))).unwrap();
    assert_eq!(auth.admit(&basic("a", "right")).await, Ok(()));
    let mut guesses = tokio::task::JoinSet::new();
    for guess in 0..20 {
        let auth = auth.clone();
        guesses.spawn(async move { auth.admit(&basic("a", &guess.to_string())).await });
    }
    for _ in 0..100 {
        assert_eq!(auth.admit(&basic("a", "right")).await, Ok(()));
    }
    while let Some(guess) = guesses.join_next().await {
        assert!(matches!(guess.unwrap(), Err(Denied::Wrong | Denied::Busy)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever a client sends in place of credentials is answered, and lets nobody in.
    #[test]
    fn nonsense_lets_nobody_in(prefix in "(Basic |basic|Bearer |)", bytes in prop::collection::vec(32_u8..=255, 0..100)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut value = prefix.into_bytes();
        value.extend(bytes.into_iter().filter(|byte| *byte != 127));
        let value = HeaderValue::from_bytes(&value).unwrap();
        let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, value)]);
        let users = ServerAuth::basic("", htpasswd(None, Some("name:a long enough password"))).unwrap();
        let tokens = ServerAuth::bearer("", bearer(listed(&["a long enough token"]))).unwrap();
        prop_assert!(runtime.block_on(users.admit(&headers)).is_err());
        prop_assert!(runtime.block_on(tokens.admit(&headers)).is_err());
    }
}
