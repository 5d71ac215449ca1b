//! How many files, connections included, the process may open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises what the process may open to all that the system lets it: the usual soft limit of 1,024 is meant for
/// programs that use `select`, and is fewer than the connections that one receiver holds. Go's runtime does the same.
pub(super) fn raise() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })
    {
        tracing::warn!(%error, limit = limit.current, "could not raise the number of files that may be open");
    }
}
