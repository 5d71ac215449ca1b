use std::net::IpAddr;

/// Something that a resolver is told of, and what it makes of it: for people who ask why the list is as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What it is told.
    pub record: Record,
    /// The texts of the backends that come of it; none where it is left out.
    pub endpoints: Vec<String>,
}

/// What name servers and the API server tell of backends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A record of type A or AAAA, or a line of the hosts file.
    Address {
        /// The name that has the address, search domain included.
        name: String,
        /// The address.
        address: IpAddr,
    },
    /// A record of type SRV.
    Service {
        /// The name that was asked for.
        name: String,
        /// The name that serves.
        target: String,
        /// Where it does.
        port: u16,
        /// Its addresses, as far as they could be had.
        addresses: Vec<IpAddr>,
    },
    /// An endpoint of an EndpointSlice.
    SliceEndpoint {
        /// The name of the slice.
        slice: String,
        /// As the slice has them.
        addresses: Vec<String>,
        /// Whether it takes traffic; it does where the slice says nothing.
        is_ready: bool,
        /// Whether it is on its way out.
        is_terminating: bool,
        /// The zone that it is in, where the slice says so.
        zone: Option<String>,
        /// The name of its pod, or of what else it stands for.
        pod: Option<String>,
    },
}
