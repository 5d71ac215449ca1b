use hickory_resolver::proto::rr::Name;

/// The names to try for a host name, in order, as Go's resolver (and so the Collector) tries them: an
/// absolute one alone; one with at least `ndots` dots first as it is and then with each search domain; one
/// with fewer the other way round.
pub(super) fn candidates(name: &Name, search: &[Name], ndots: usize) -> Vec<Name> {
    let mut absolute = name.clone();
    absolute.set_fqdn(true);
    if name.is_fqdn() {
        return vec![absolute];
    }
    // With a search domain that would make it too long, the name cannot exist.
    let searched = search.iter().filter_map(|domain| name.clone().append_domain(domain).ok());
    let dots = name.iter().count().saturating_sub(1);
    if dots >= ndots {
        [absolute].into_iter().chain(searched).collect()
    } else {
        searched.chain([absolute.clone()]).collect()
    }
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
