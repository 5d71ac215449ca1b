//! The Collector's YAML, typed
