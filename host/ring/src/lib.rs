//! The consistent-hash ring of the Collector's load-balancing exporter, three generations
