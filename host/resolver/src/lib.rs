//! Watched sets of endpoints: static and dns
