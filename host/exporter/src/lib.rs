//! OTLP clients, lanes, queues and retry; the debug, file and nop exporters
