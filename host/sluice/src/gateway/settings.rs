//! From what the configuration says to what each crate takes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sluice_auth::{ClientAuth, ServerAuth};
use sluice_batch::{Ack, BatchSettings};
use sluice_config as config;
use sluice_exporter::{
    Balancer, ClientSettings, Compression, Encoding, FileFormat, FileSettings, HttpClientSettings,
    HttpCompression, Keepalive, LaneSettings, QueueSettings, RetrySettings, Sizer, Verbosity,
};
use sluice_memory_limiter::{Limit, MemoryLimiterSettings};
use sluice_otlp::Signal;
use sluice_plugin::{Cache, HostSettings, OnError};
use sluice_receiver::{CorsSettings, GrpcSettings, HttpSettings, ServerParameters};
use sluice_ring::Generation;
use sluice_routing::LoadBalancerSettings;
use sluice_tls::{ClientTls, ServerTls};

pub(crate) fn signal(signal: config::Signal) -> Signal {
    match signal {
        config::Signal::Traces => Signal::Traces,
        config::Signal::Metrics => Signal::Metrics,
        config::Signal::Logs => Signal::Logs,
    }
}

pub(crate) fn generation(ring: config::Ring) -> Generation {
    match ring {
        config::Ring::One => Generation::One,
        config::Ring::Two => Generation::Two,
        config::Ring::Three => Generation::Three,
        config::Ring::Balanced => Generation::Balanced,
    }
}

pub(super) fn on_error(on_error: config::OnError) -> OnError {
    match on_error {
        config::OnError::Fallback => OnError::Fallback,
        config::OnError::Reject => OnError::Reject,
    }
}

/// # Errors
/// Never for a configuration that was checked.
pub(super) fn batch(id: &config::ComponentId, batch: &config::Batch) -> anyhow::Result<BatchSettings> {
    let keys = batch.metadata_keys.iter().map(|key| key.parse());
    Ok(BatchSettings {
        id: id.to_string(),
        send_batch_size: batch.send_batch_size,
        send_batch_max_size: batch.send_batch_max_size,
        timeout: batch.timeout,
        metadata_keys: keys.collect::<Result<_, _>>().context("metadata_keys")?,
        metadata_cardinality_limit: batch.metadata_cardinality_limit,
        ack: match batch.ack {
            config::BatchAck::Delivered => Ack::Delivered,
            config::BatchAck::Early => Ack::Early,
        },
    })
}

pub(super) fn memory_limiter(
    id: &config::ComponentId,
    limiter: &config::MemoryLimiter,
) -> MemoryLimiterSettings {
    let limit = if limiter.limit_mib > 0 {
        Limit::Mib { limit: limiter.limit_mib, spike: limiter.spike_limit_mib }
    } else {
        Limit::Percentage { limit: limiter.limit_percentage, spike: limiter.spike_limit_percentage }
    };
    MemoryLimiterSettings { id: id.to_string(), check_interval: limiter.check_interval, limit }
}

pub(super) fn grpc_server(
    grpc: &config::GrpcServer,
    tls: Option<ServerTls>,
    auth: Option<ServerAuth>,
) -> GrpcSettings {
    GrpcSettings {
        endpoint: grpc.endpoint.to_string(),
        max_recv_msg_size_mib: grpc.max_recv_msg_size_mib,
        max_concurrent_streams: grpc.max_concurrent_streams,
        read_buffer_size: grpc.read_buffer_size,
        write_buffer_size: grpc.write_buffer_size,
        tls,
        auth,
        keepalive: ServerParameters {
            max_connection_idle: grpc.keepalive.max_connection_idle,
            max_connection_age: grpc.keepalive.max_connection_age,
            max_connection_age_grace: grpc.keepalive.max_connection_age_grace,
            time: grpc.keepalive.time,
            timeout: grpc.keepalive.timeout,
        },
        max_connections: grpc.max_connections,
        max_in_flight_bytes: grpc.max_in_flight_bytes,
        read_timeout: grpc.read_timeout,
    }
}

pub(super) fn http_server(
    http: &config::HttpServer,
    tls: Option<ServerTls>,
    auth: Option<ServerAuth>,
) -> HttpSettings {
    HttpSettings {
        endpoint: http.endpoint.to_string(),
        traces_url_path: http.traces_url_path.clone(),
        logs_url_path: http.logs_url_path.clone(),
        metrics_url_path: http.metrics_url_path.clone(),
        max_request_body_size: http.max_request_body_size,
        compression_algorithms: http.compression_algorithms.clone(),
        tls,
        auth,
        cors: CorsSettings {
            allowed_origins: http.cors.allowed_origins.clone(),
            allowed_headers: http.cors.allowed_headers.clone(),
            exposed_headers: http.cors.exposed_headers.clone(),
            max_age: http.cors.max_age,
        },
        response_headers: exposed(&http.response_headers),
        read_timeout: http.read_timeout,
        read_header_timeout: http.read_header_timeout,
        write_timeout: http.write_timeout,
        idle_timeout: http.idle_timeout,
        keep_alives_enabled: http.keep_alives_enabled,
        max_connections: http.max_connections,
        max_in_flight_bytes: http.max_in_flight_bytes,
    }
}

/// Headers as they are sent.
fn exposed(headers: &[(String, config::Secret)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect()
}

pub(super) fn client(
    otlp: &config::OtlpExporter,
    tls: ClientTls,
    auth: Option<ClientAuth>,
) -> ClientSettings {
    ClientSettings {
        compression: match otlp.compression {
            config::Compression::None => Compression::None,
            config::Compression::Gzip => Compression::Gzip,
            config::Compression::Zstd => Compression::Zstd,
            config::Compression::Snappy => Compression::Snappy,
        },
        headers: exposed(&otlp.headers),
        timeout: otlp.timeout,
        keepalive: otlp.keepalive.as_ref().map(|keepalive| Keepalive {
            time: keepalive.time,
            timeout: keepalive.timeout,
            permit_without_stream: keepalive.permit_without_stream,
        }),
        tls,
        auth,
        authority: otlp.authority.clone(),
        balancer: match otlp.balancer_name {
            config::Balancer::RoundRobin => Balancer::RoundRobin,
            config::Balancer::PickFirst => Balancer::PickFirst,
        },
    }
}

pub(super) fn http_client(
    otlp: &config::OtlpHttpExporter,
    tls: ClientTls,
    auth: Option<ClientAuth>,
) -> HttpClientSettings {
    let bound = |number: usize| if number == 0 { usize::MAX } else { number };
    HttpClientSettings {
        encoding: match otlp.encoding {
            config::HttpEncoding::Proto => Encoding::Proto,
            config::HttpEncoding::Json => Encoding::Json,
        },
        compression: match otlp.compression {
            config::HttpCompression::None => HttpCompression::None,
            config::HttpCompression::Gzip => HttpCompression::Gzip,
            config::HttpCompression::Zstd => HttpCompression::Zstd,
            config::HttpCompression::Snappy => HttpCompression::Snappy,
            config::HttpCompression::SnappyFramed => HttpCompression::SnappyFramed,
            config::HttpCompression::Lz4 => HttpCompression::Lz4,
            config::HttpCompression::Zlib => HttpCompression::Zlib,
            config::HttpCompression::Deflate => HttpCompression::Deflate,
        },
        headers: exposed(&otlp.headers),
        timeout: otlp.timeout,
        tls,
        auth,
        proxy_url: otlp.proxy_url.as_ref().map(|url| url.expose().to_owned()),
        max_idle_connections: if otlp.disable_keep_alives {
            0
        } else {
            bound(otlp.max_idle_conns).min(bound(otlp.max_idle_conns_per_host))
        },
        idle_timeout: otlp.idle_conn_timeout,
        http2_read_idle_timeout: otlp.http2_read_idle_timeout,
        http2_ping_timeout: otlp.http2_ping_timeout,
    }
}

pub(super) fn lane(
    sending_queue: &config::Queue,
    retry_on_failure: &config::Retry,
    timeout: Duration,
    max_request_bytes: usize,
) -> Arc<LaneSettings> {
    Arc::new(LaneSettings {
        queue: queue(sending_queue),
        retry: retry(retry_on_failure),
        timeout,
        max_request_bytes,
    })
}

fn queue(queue: &config::Queue) -> Option<QueueSettings> {
    queue.enabled.then_some(QueueSettings {
        enabled: true,
        num_consumers: queue.num_consumers,
        queue_size: queue.queue_size,
        sizer: match queue.sizer {
            config::Sizer::Requests => Sizer::Requests,
            config::Sizer::Items => Sizer::Items,
            config::Sizer::Bytes => Sizer::Bytes,
        },
        block_on_overflow: queue.block_on_overflow,
    })
}

fn retry(retry: &config::Retry) -> RetrySettings {
    RetrySettings {
        enabled: retry.enabled,
        initial_interval: retry.initial_interval,
        randomization_factor: retry.randomization_factor,
        multiplier: retry.multiplier,
        max_interval: retry.max_interval,
        max_elapsed_time: retry.max_elapsed_time,
    }
}

pub(super) fn load_balancer(
    id: &config::ComponentId,
    balancing: &config::LoadBalancing,
    client: ClientSettings,
) -> LoadBalancerSettings {
    LoadBalancerSettings {
        id: id.to_string(),
        generation: generation(balancing.ring),
        lane: lane(
            &balancing.otlp.sending_queue,
            &balancing.otlp.retry_on_failure,
            balancing.otlp.timeout,
            balancing.otlp.max_request_bytes,
        ),
        // The ring has placed the keys: where a backend is a name, all of them go to one of its addresses.
        client: ClientSettings { balancer: Balancer::PickFirst, ..client },
        queue: queue(&balancing.sending_queue),
        retry: retry(&balancing.retry_on_failure),
        timeout: balancing.timeout,
        max_request_bytes: balancing.otlp.max_request_bytes,
    }
}

pub(super) fn file(file: &config::FileExporter) -> FileSettings {
    FileSettings {
        path: file.path.clone(),
        format: match file.format {
            config::FileFormat::Json => FileFormat::Json,
            config::FileFormat::Proto => FileFormat::Proto,
        },
        flush_interval: file.flush_interval,
        append: file.append,
    }
}

pub(super) fn debug(debug: &config::DebugExporter) -> Verbosity {
    match debug.verbosity {
        config::Verbosity::Basic => Verbosity::Basic,
        config::Verbosity::Normal => Verbosity::Normal,
        config::Verbosity::Detailed => Verbosity::Detailed,
    }
}

pub(super) fn plugin_host(plugins: &config::Plugins, more: Vec<PathBuf>) -> HostSettings {
    let mut settings = HostSettings {
        directories: plugins.directories.iter().cloned().chain(more).collect(),
        ..HostSettings::default()
    };
    match &plugins.cache {
        config::PluginCache::Standard => settings.cache = user_cache().map_or(Cache::Off, Cache::Directory),
        config::PluginCache::Off => settings.cache = Cache::Off,
        config::PluginCache::Directory(directory) => settings.cache = Cache::Directory(directory.clone()),
    }
    settings.limits.deadline = plugins.deadline;
    settings.limits.max_memory_bytes = plugins.max_memory_mib as usize * 1024 * 1024;
    settings.limits.max_rows = plugins.max_rows;
    settings.limits.max_bytes = plugins.max_call_bytes;
    settings
}

/// Where programs keep what they can make again, by the XDG base directory specification; a service without a
/// home has no such place.
fn user_cache() -> Option<PathBuf> {
    let absolute =
        |name| std::env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
    Some(cache.join("sluice").join("plugins"))
}
