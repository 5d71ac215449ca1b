//! Manifests, applied as `kubectl apply --server-side` does: for good, or as a dry run.

use std::sync::PoisonError;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Cluster};

/// Where the objects of a kind are.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// With group and version: `/apis/apps/v1`.
    api: String,
    /// `deployments`
    plural: String,
    is_namespaced: bool,
}

/// What came of a dry run.
#[derive(Debug)]
pub struct DryRun {
    /// Errors and warnings, in the API server's words.
    pub complaints: Vec<String>,
    /// The object as it would be, with what the API server fills in; of no use where it refuses.
    pub object: Value,
}

/// Reads the documents of a file of manifests.
///
/// # Panics
/// When one of them is no YAML.
#[must_use]
pub fn documents(text: &str) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_str(text);
    let documents = documents.map(|document| Value::deserialize(document).expect("YAML"));
    documents.filter(|document| !document.is_null()).collect()
}

impl Cluster {
    /// Makes an object, or makes it what it says here.
    ///
    /// # Panics
    /// When the API server refuses.
    pub async fn apply(&self, object: &Value) {
        let answer = self.patch(object, "default", "force=true").await;
        assert!(matches!(answer.status, 200 | 201), "{}: {}", answer.status, answer.body);
    }

    /// Applies an object to `namespace`, unless it says another one, with all of admission and validation, unknown fields
    /// included; nothing is kept.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn dry_run(&self, object: &Value, namespace: &str) -> DryRun {
        let answer = self.patch(object, namespace, "dryRun=All&fieldValidation=Strict").await;
        let mut complaints = answer.warnings;
        if !matches!(answer.status, 200 | 201) {
            complaints.push(format!("{} {}", answer.status, answer.body["message"]));
        }
        let (kind, name) = (&object["kind"], &object["metadata"]["name"]);
        let about = [kind, name].map(|part| part.as_str().unwrap_or_default()).join(" ");
        let complaints = complaints.iter().map(|complaint| format!("{about}: {complaint}"));
        DryRun { complaints: complaints.collect(), object: answer.body }
    }

    /// Whether the API server serves what a CustomResourceDefinition defines, in all of its versions.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn serves(&self, definition: &Value) -> bool {
        let spec = &definition["spec"];
        for version in spec["versions"].as_array().into_iter().flatten() {
            let [group, version] =
                [&spec["group"], &version["name"]].map(|part| part.as_str().unwrap_or_default());
            let answer = self.request(Method::GET, &format!("/apis/{group}/{version}"), None).await;
            let resources = answer.body["resources"].as_array().cloned().unwrap_or_default();
            if !resources.iter().any(|resource| resource["kind"] == spec["names"]["kind"]) {
                return false;
            }
        }
        true
    }

    async fn patch(&self, object: &Value, namespace: &str, options: &str) -> Answer {
        let Place { api, plural, is_namespaced } = self.place_of(object).await;
        let metadata = &object["metadata"];
        let name = metadata["name"].as_str().expect("a name");
        let folder = if is_namespaced {
            format!("/namespaces/{}", metadata["namespace"].as_str().unwrap_or(namespace))
        } else {
            String::new()
        };
        let path = format!("{api}{folder}/{plural}/{name}?fieldManager=test&{options}");
        self.request(Method::PATCH, &path, Some(object)).await
    }

    /// Asks the API server where an object of this kind belongs, once.
    async fn place_of(&self, object: &Value) -> Place {
        let [version, kind] = ["apiVersion", "kind"].map(|key| object[key].as_str().expect(key).to_owned());
        let key = (version, kind);
        let known = self.places.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(place) = known {
            return place;
        }
        let (version, kind) = &key;
        let api = if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") };
        let answer = self.request(Method::GET, &api, None).await;
        let resources = answer.body["resources"].as_array().cloned().unwrap_or_default();
        // `deployments/scale` is of another kind; `pods/eviction` and its kin are parts of objects.
        let found = resources.iter().find(|resource| {
            resource["kind"] == **kind && !resource["name"].as_str().unwrap_or_default().contains('/')
        });
        let found = found.unwrap_or_else(|| panic!("there is no {kind} in {version}"));
        let place = Place {
            api,
            plural: found["name"].as_str().expect("a name").to_owned(),
            is_namespaced: found["namespaced"] == json!(true),
        };
        self.places.lock().unwrap_or_else(PoisonError::into_inner).insert(key, place.clone());
        place
    }
}
