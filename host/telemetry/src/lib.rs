//! Metrics, health and logs about the gateway itself
