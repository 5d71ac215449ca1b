use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::{Edns, Header, Metadata, ResponseCode};
use hickory_server::proto::rr::rdata::{A, AAAA, CNAME, SRV};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

/// What is answered to a question.
#[derive(Clone)]
pub(super) enum Reply {
    Addresses(Vec<IpAddr>),
    /// Priority, port and name of each; then the addresses that come along, by the name.
    Services(Vec<(u16, u16, &'static str)>, Vec<(&'static str, IpAddr)>),
    /// By an alias of this name.
    Alias(&'static str, Vec<IpAddr>),
    Code(ResponseCode),
    /// No answer at all.
    Silence,
}

/// A name server on loopback, over UDP and TCP. What it does not know does not exist.
pub(super) struct NameServer {
    pub(super) address: SocketAddr,
    zone: Arc<Zone>,
    _server: Server<Handler>,
}

#[derive(Default)]
struct Zone {
    replies: Mutex<HashMap<(String, RecordType), Reply>>,
    datagrams: AtomicU64,
    streams: AtomicU64,
    /// Of all records, in seconds; an hour where it is zero: whoever heeds it does not see a change within a test.
    ttl: AtomicU32,
}

struct Handler(Arc<Zone>);

impl NameServer {
    pub(super) async fn start() -> Self {
        let zone = Arc::new(Zone::default());
        let mut server = Server::new(Handler(Arc::clone(&zone)));
        // UDP first: its port may be taken for TCP by another test, so until both are had.
        let (datagrams, streams) = loop {
            let datagrams = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            if let Ok(streams) = TcpListener::bind(datagrams.local_addr().unwrap()).await {
                break (datagrams, streams);
            }
        };
        let address = datagrams.local_addr().unwrap();
        server.register_socket(datagrams);
        server.register_listener(streams, Duration::from_secs(5), 64);
        Self { address, zone, _server: server }
    }

    /// The name has these addresses, of both families, and no others.
    pub(super) fn set(&self, name: &str, addresses: &[&str]) {
        let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
        for family in [RecordType::A, RecordType::AAAA] {
            self.reply(name, family, Reply::Addresses(addresses.clone()));
        }
    }

    /// The same reply to whatever is asked of the name.
    pub(super) fn reply_all(&self, name: &str, reply: &Reply) {
        for family in [RecordType::A, RecordType::AAAA] {
            self.reply(name, family, reply.clone());
        }
    }

    pub(super) fn reply(&self, name: &str, family: RecordType, reply: Reply) {
        let mut replies = self.zone.replies.lock().unwrap_or_else(PoisonError::into_inner);
        replies.insert((format!("{name}."), family), reply);
    }

    pub(super) fn set_ttl(&self, seconds: u32) {
        self.zone.ttl.store(seconds, Ordering::Relaxed);
    }

    /// Questions that came as datagrams.
    pub(super) fn datagrams(&self) -> u64 {
        self.zone.datagrams.load(Ordering::Relaxed)
    }

    /// Questions that came by TCP.
    pub(super) fn streams(&self) -> u64 {
        self.zone.streams.load(Ordering::Relaxed)
    }
}

impl Zone {
    fn look_up(&self, name: &Name, family: RecordType) -> Reply {
        let replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        replies.get(&(name.to_string(), family)).cloned().unwrap_or(Reply::Code(ResponseCode::NXDomain))
    }
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut out: R,
    ) -> ResponseInfo {
        let query = &request.queries.queries()[0];
        let counter = if request.protocol() == Protocol::Udp { &self.0.datagrams } else { &self.0.streams };
        counter.fetch_add(1, Ordering::Relaxed);

        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.authoritative = true;
        let name = Name::from(query.name().clone());
        let ttl = match self.0.ttl.load(Ordering::Relaxed) {
            0 => 3600,
            seconds => seconds,
        };
        let mut additionals = Vec::new();
        let records = match self.0.look_up(&name, query.query_type()) {
            Reply::Silence => return ResponseInfo::from(Header { metadata, counts: Default::default() }),
            Reply::Code(code) => {
                metadata.response_code = code;
                Vec::new()
            }
            Reply::Addresses(addresses) => records(&name, ttl, query.query_type(), addresses),
            Reply::Services(services, addresses) => {
                additionals.extend(addresses.into_iter().map(|(name, address)| {
                    let name = Name::from_ascii(name).unwrap();
                    Record::from_rdata(name, ttl, address.into())
                }));
                let services = services.into_iter().map(|(priority, port, target)| {
                    RData::SRV(SRV::new(priority, 1, port, Name::from_ascii(target).unwrap()))
                });
                services.map(|data| Record::from_rdata(name.clone(), ttl, data)).collect()
            }
            Reply::Alias(alias, addresses) => {
                let target = Name::from_ascii(alias).unwrap();
                let alias = Record::from_rdata(name, ttl, RData::CNAME(CNAME(target.clone())));
                [vec![alias], records(&target, ttl, query.query_type(), addresses)].concat()
            }
        };
        let mut builder = MessageResponseBuilder::from_message_request(request);
        let mut edns = Edns::new();
        if let Some(asked) = &request.edns {
            edns.set_max_payload(asked.max_payload().clamp(512, 1232));
            builder.edns(&edns);
        }
        let none = std::iter::empty;
        let response = builder.build(metadata, records.iter(), none(), none(), additionals.iter());
        out.send_response(response).await.unwrap()
    }
}

fn records(name: &Name, ttl: u32, family: RecordType, addresses: Vec<IpAddr>) -> Vec<Record> {
    let data = addresses.into_iter().filter_map(|address| match (address, family) {
        (IpAddr::V4(address), RecordType::A) => Some(RData::A(A(address))),
        (IpAddr::V6(address), RecordType::AAAA) => Some(RData::AAAA(AAAA(address))),
        _ => None,
    });
    data.map(|data| Record::from_rdata(name.clone(), ttl, data)).collect()
}
