//! The WebAssembly plugin host: loading, instances, limits, reload
