//! Networks of IP addresses.

use std::net::IpAddr;
use std::str::from_utf8;

use super::Given;
use crate::evaluate::{Arguments, Row};
use crate::fault::FaultKind;
use crate::value::Value;

/// A network, as in `10.0.0.0/8`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let (address, bits) = from_utf8(text).ok()?.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let bits = bits.parse().ok().filter(|bits| *bits <= if address.is_ipv4() { 32 } else { 128 })?;
        Some(Self { address, bits })
    }

    fn contains(self, address: IpAddr) -> bool {
        let differ = match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (u128::from(network.to_bits() ^ address.to_bits()) << 96).leading_zeros()
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros()
            }
            _ => return false,
        };
        differ >= self.bits
    }
}

pub(super) fn is_in<'a, R: Row<'a>>(networks: &[Network], arguments: Arguments<'a, R>) -> Given<'a, R> {
    let text = arguments.text(0)?;
    let address = from_utf8(&text).ok().and_then(|text| text.parse::<IpAddr>().ok());
    let address = address.ok_or(FaultKind::Invalid("this text is no IP address").at(arguments.at(0)))?;
    // An IPv4 address may come in IPv6's clothes.
    let address = address.to_canonical();
    Ok(Value::Boolean(networks.iter().any(|network| network.contains(address))))
}
