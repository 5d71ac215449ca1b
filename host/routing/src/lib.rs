//! The load-balancing exporter: a plugin's keys on a ring of backends
