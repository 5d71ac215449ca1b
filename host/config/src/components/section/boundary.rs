//! The boundary: which of the Collector's components Sluice serves, which come later, which change nothing, and
//! where the others have their place. Sluice selects and routes; it does not edit.

use super::outside::{self, Outside};
use crate::components::exporters::{
    DebugExporter, FileExporter, LoadBalancing, OtlpExporter, OtlpHttpExporter,
};
use crate::components::extensions::{BasicAuth, BearerTokenAuth, HeadersSetter, HealthCheck, OAuth2Client};
use crate::components::processors::{Batch, MemoryLimiter, TailSampling};
use crate::components::receivers::OtlpReceiver;
use crate::decode::{Block, Key};

/// One section, and what is known of its kinds.
pub(crate) struct Section {
    /// The key in the file.
    pub(crate) name: &'static str,
    /// One of its components, in a sentence.
    pub(crate) one: &'static str,
    /// What it means that nothing refers to a component.
    pub(crate) when_unused: &'static str,
    /// The kinds that Sluice has.
    pub(crate) served: &'static [Served],
    /// The kinds that it will have.
    later: &'static [&'static str],
    /// The kinds without which everything is the same, and why.
    inert: &'static [(&'static str, &'static str)],
    /// The kinds whose place is elsewhere, and where.
    outside: Outside,
}

/// A kind of component that Sluice has.
pub(crate) struct Served {
    pub(crate) kind: &'static str,
    pub(crate) keys: &'static [Key],
    /// Whether it is another name of the one before.
    pub(crate) alias: bool,
}

/// On which side of the boundary a kind is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// Sluice has it.
    Served,
    /// Sluice will have it.
    Later,
    /// It changes nothing here, for this reason: a warning.
    Inert(&'static str),
    /// It has its place elsewhere, and this is where: an error.
    Outside(&'static str),
}

impl Section {
    /// On which side of the boundary a kind is; none when nobody knows it. Underscores do not count: the Collector
    /// has come to put them between all words of a name, and takes the older names too.
    pub(crate) fn place_of(&self, kind: &str) -> Option<Boundary> {
        if self.served.iter().any(|served| served.kind == kind) {
            return Some(Boundary::Served);
        }
        let wanted = without_underscores(kind);
        let is_wanted = |known: &&str| without_underscores(known) == wanted;
        if self.later.iter().any(is_wanted) {
            return Some(Boundary::Later);
        }
        if let Some((_, reason)) = self.inert.iter().find(|(known, _)| is_wanted(known)) {
            return Some(Boundary::Inert(reason));
        }
        let outside = self.outside.iter().find(|(kinds, _)| kinds.iter().any(is_wanted));
        outside.map(|(_, place)| Boundary::Outside(place))
    }

    /// Every kind that the Collector's users may mean, and where it stands.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (&'static str, Boundary)> {
        let served = self.served.iter().map(|served| (served.kind, Boundary::Served));
        let later = self.later.iter().map(|kind| (*kind, Boundary::Later));
        let inert = self.inert.iter().map(|(kind, reason)| (*kind, Boundary::Inert(reason)));
        let outside = self
            .outside
            .iter()
            .flat_map(|(kinds, place)| kinds.iter().map(|kind| (*kind, Boundary::Outside(place))));
        served.chain(later).chain(inert).chain(outside)
    }
}

fn without_underscores(kind: &str) -> String {
    kind.chars().filter(|c| *c != '_').collect()
}

const fn served(kind: &'static str, keys: &'static [Key]) -> Served {
    Served { kind, keys, alias: false }
}

const fn alias(kind: &'static str, keys: &'static [Key]) -> Served {
    Served { kind, keys, alias: true }
}

const UNUSED: &str = "no pipeline uses it, so it is not started";
const INSTRUMENT: &str = "it is the Collector's own instrument";

pub(crate) static RECEIVERS: Section = Section {
    name: "receivers",
    one: "receiver",
    when_unused: UNUSED,
    served: &[served("otlp", OtlpReceiver::KEYS), served("nop", &[])],
    later: &[],
    inert: &[],
    outside: outside::RECEIVERS,
};

pub(crate) static PROCESSORS: Section = Section {
    name: "processors",
    one: "processor",
    when_unused: UNUSED,
    served: &[
        served("batch", Batch::KEYS),
        served("memory_limiter", MemoryLimiter::KEYS),
        served("tail_sampling", TailSampling::KEYS),
    ],
    later: &[],
    inert: &[],
    outside: outside::PROCESSORS,
};

pub(crate) static EXPORTERS: Section = Section {
    name: "exporters",
    one: "exporter",
    when_unused: UNUSED,
    served: &[
        served("load_balancing", LoadBalancing::KEYS),
        alias("loadbalancing", LoadBalancing::KEYS),
        served("otlp_grpc", OtlpExporter::KEYS),
        alias("otlp", OtlpExporter::KEYS),
        served("otlp_http", OtlpHttpExporter::KEYS),
        alias("otlphttp", OtlpHttpExporter::KEYS),
        served("debug", DebugExporter::KEYS),
        served("file", FileExporter::KEYS),
        served("nop", &[]),
    ],
    later: &[],
    inert: &[],
    outside: outside::EXPORTERS,
};

pub(crate) static EXTENSIONS: Section = Section {
    name: "extensions",
    one: "extension",
    when_unused: "not listed in service::extensions, so it is not started",
    served: &[
        served("health_check", HealthCheck::KEYS),
        served("basicauth", BasicAuth::KEYS),
        alias("basic_auth", BasicAuth::KEYS),
        served("bearertokenauth", BearerTokenAuth::KEYS),
        alias("bearer_token_auth", BearerTokenAuth::KEYS),
        served("oauth2client", OAuth2Client::KEYS),
        alias("oauth2_client", OAuth2Client::KEYS),
        served("headers_setter", HeadersSetter::KEYS),
    ],
    later: &["file_storage", "healthcheckv2"],
    inert: &[
        ("zpages", INSTRUMENT),
        ("pprof", INSTRUMENT),
        ("memory_ballast", "the Collector dropped it, and Sluice has no garbage collector"),
        ("cgroup_runtime", "Sluice has no Go runtime, and as many threads as it has CPUs"),
    ],
    outside: outside::EXTENSIONS,
};

pub(crate) static CONNECTORS: Section = Section {
    name: "connectors",
    one: "connector",
    when_unused: UNUSED,
    served: &[served("forward", &[])],
    later: &[],
    inert: &[],
    outside: outside::CONNECTORS,
};

/// A component of the contrib distribution, and what Sluice makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownComponent {
    /// `receivers`, `processors`, `exporters`, `extensions` or `connectors`.
    pub section: &'static str,
    /// Its type.
    pub kind: &'static str,
    /// On which side of the boundary it is.
    pub boundary: Boundary,
}

/// Every component of the contrib distribution, section by section.
#[must_use]
pub fn components() -> Vec<KnownComponent> {
    let sections = [&RECEIVERS, &PROCESSORS, &EXPORTERS, &EXTENSIONS, &CONNECTORS];
    let known = sections.into_iter().flat_map(|section| {
        section.kinds().map(|(kind, boundary)| KnownComponent { section: section.name, kind, boundary })
    });
    known.collect()
}
