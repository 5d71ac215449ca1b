use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{Hosts, Resolver, TokioResolver};

/// Whom to ask for names, and under which names to ask.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) name_servers: Vec<NameServerConfig>,
    pub(super) search: Vec<Name>,
    pub(super) ndots: usize,
    pub(super) hosts: Hosts,
}

impl Directory {
    /// What the system says now (`/etc/resolv.conf`, `/etc/hosts`).
    pub(super) fn of_system() -> Result<Self, NetError> {
        let (config, options) = read_system_conf()?;
        let mut search = config.search;
        if search.is_empty() {
            // The domain that the machine's own name is in.
            search.extend(config.domain);
        }
        // A hosts file that cannot be read is as good as none, as it is for everybody else.
        let hosts = Hosts::from_system().unwrap_or_default();
        Ok(Self { name_servers: config.name_servers, search, ndots: options.ndots, hosts })
    }

    /// These name servers, and absolute names only.
    pub(super) fn of_name_servers(addresses: &[SocketAddr]) -> Self {
        Self {
            name_servers: addresses.iter().map(name_server).collect(),
            search: Vec::new(),
            ndots: 0,
            hosts: Hosts::default(),
        }
    }

    /// The addresses that the hosts file has for a name.
    pub(super) fn in_hosts_file(&self, name: &Name) -> Vec<IpAddr> {
        [RecordType::A, RecordType::AAAA]
            .into_iter()
            .filter_map(|family| self.hosts.lookup_static_host(&Query::query(name.clone(), family)))
            .flat_map(|lookup| {
                lookup.answers().iter().filter_map(|record| record.data.ip_addr()).collect::<Vec<_>>()
            })
            .collect()
    }

    /// A client of the name servers, that gives up on a question after `timeout`.
    pub(super) fn client(&self, timeout: Duration) -> Result<TokioResolver, NetError> {
        let config = ResolverConfig::from_name_servers(self.name_servers.clone());
        let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
        let options: &mut ResolverOpts = builder.options_mut();
        options.timeout = timeout;
        // A datagram that is lost is sent again within the timeout; that is another setting.
        options.attempts = 0;
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        builder.build()
    }
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}
