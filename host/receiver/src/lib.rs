//! OTLP servers
