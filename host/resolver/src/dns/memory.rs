use std::fmt::Display;
use std::net::IpAddr;

/// What the name servers said about one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) ipv4: Family,
    pub(super) ipv6: Family,
}

/// What they said about one family of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Addresses(Vec<IpAddr>),
    /// The name does not exist, or has no such address.
    Nothing,
    /// No answer, or one that says nothing about the name; with the reason.
    Failed(String),
}

impl Answer {
    pub(super) fn of(addresses: Vec<IpAddr>) -> Self {
        let (ipv4, ipv6): (Vec<_>, Vec<_>) = addresses.into_iter().partition(IpAddr::is_ipv4);
        let family = |addresses: Vec<_>| {
            if addresses.is_empty() { Family::Nothing } else { Family::Addresses(addresses) }
        };
        Self { ipv4: family(ipv4), ipv6: family(ipv6) }
    }

    pub(super) fn failed(reason: &impl Display) -> Self {
        Self { ipv4: Family::failed(reason), ipv6: Family::failed(reason) }
    }

    pub(super) fn has_addresses(&self) -> bool {
        [&self.ipv4, &self.ipv6].iter().any(|family| matches!(family, Family::Addresses(_)))
    }
}

impl Family {
    pub(super) fn failed(reason: &impl Display) -> Self {
        Self::Failed(reason.to_string())
    }

    /// This, or the other, whichever failed first.
    pub(super) fn or_failure(self, other: Self) -> Self {
        if self.failure().is_none() && other.failure().is_some() { other } else { self }
    }

    fn failure(&self) -> Option<&str> {
        match self {
            Self::Failed(reason) => Some(reason),
            Self::Addresses(_) | Self::Nothing => None,
        }
    }
}

/// The last good addresses of each family.
#[derive(Debug, Default)]
pub(super) struct Memory {
    ipv4: Vec<IpAddr>,
    ipv6: Vec<IpAddr>,
}

/// What to make of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The addresses to go on with; `None`: those from before.
    pub(super) addresses: Option<Vec<IpAddr>>,
    /// Why this is not, or not wholly, what the name servers said.
    pub(super) trouble: Option<String>,
}

impl Memory {
    /// The last good addresses.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        [&self.ipv4[..], &self.ipv6].concat()
    }

    /// Judges an answer. Without a single address it is as good as none, and changes nothing. With some, a
    /// family whose look-up failed keeps its last good addresses; if it never had any it has none, since
    /// there are name servers that never answer a question for AAAA.
    pub(super) fn judge(&mut self, answer: Answer) -> Verdict {
        if !answer.has_addresses() {
            let failure = answer.ipv4.failure().or(answer.ipv6.failure());
            let trouble = failure.unwrap_or("the name has no addresses").to_owned();
            return Verdict { addresses: None, trouble: Some(trouble) };
        }
        let trouble_ipv4 = keep(&mut self.ipv4, answer.ipv4);
        let trouble_ipv6 = keep(&mut self.ipv6, answer.ipv6);
        Verdict { addresses: Some(self.addresses()), trouble: trouble_ipv4.or(trouble_ipv6) }
    }
}

fn keep(last_good: &mut Vec<IpAddr>, family: Family) -> Option<String> {
    match family {
        Family::Addresses(addresses) => *last_good = addresses,
        Family::Nothing => last_good.clear(),
        Family::Failed(reason) if !last_good.is_empty() => return Some(reason),
        Family::Failed(_) => {}
    }
    None
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
