use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

/// Something that readiness waits for. Dropping it withdraws it: nobody waits for a component that is gone.
#[derive(Debug)]
pub struct Condition {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    name: String,
    met: AtomicBool,
}

impl Condition {
    /// Says whether it holds now; it does not at first.
    pub fn set(&self, met: bool) {
        self.inner.met.store(met, Ordering::SeqCst);
    }
}

/// All that readiness waits for.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    all: Vec<Weak<Inner>>,
}

impl Conditions {
    pub(super) fn add(&mut self, name: String) -> Condition {
        let inner = Arc::new(Inner { name, met: AtomicBool::new(false) });
        self.all.retain(|condition| condition.strong_count() > 0);
        self.all.push(Arc::downgrade(&inner));
        Condition { inner }
    }

    /// One line for each that does not hold, in the order of registration.
    pub(super) fn unmet(&self) -> Vec<String> {
        let open = self.all.iter().filter_map(Weak::upgrade).filter(|c| !c.met.load(Ordering::SeqCst));
        open.map(|condition| format!("waiting for {}", condition.name)).collect()
    }
}
