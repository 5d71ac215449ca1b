use sluice_pipeline::{Accepted, Reply};

/// What one request of a batch is told, when `left` rejected items of the batch are not told to anyone yet.
///
/// Which request a rejected item came with is not known behind the batch, so the requests are told in
/// their order until the count is used up; over the batch it is exact.
pub(crate) fn share(reply: &Reply, items: usize, left: &mut u64) -> Reply {
    let accepted = reply.as_ref().map_err(Clone::clone)?;
    let rejected = (*left).min(items as u64);
    *left -= rejected;
    if rejected == 0 { Ok(Accepted::all()) } else { Ok(Accepted::partly(rejected, accepted.message.clone())) }
}

#[cfg(test)]
mod tests {
    use sluice_pipeline::{Accepted, Reason, Refusal};

    use super::share;

    /// Rejected items of a batch are told once in all, never more than a request had.
    #[test]
    fn rejected_items_add_up_over_the_requests() {
        let reply = Ok(Accepted::partly(5, "no service.name"));
        let mut left = 5;
        let told: Vec<u64> = [3, 3, 3]
            .map(|items| share(&reply, items, &mut left).map_or(0, |accepted| accepted.rejected))
            .to_vec();
        assert_eq!(told, [3, 2, 0]);
        assert_eq!(left, 0);
    }

    /// A refused batch is refused to every request in it, so that each can be sent again.
    #[test]
    fn a_refusal_reaches_every_request() {
        let reply = Err(Refusal::new(Reason::Overloaded, "sending_queue is full"));
        assert_eq!(share(&reply, 3, &mut 0), reply);
    }
}
