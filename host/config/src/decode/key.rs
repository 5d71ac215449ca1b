/// A key that a block may have: one row of the reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The word in the file.
    pub(crate) name: &'static str,
    /// What happens to it.
    pub(crate) status: Status,
    /// Whether it is Sluice's own, which the Collector does not know.
    pub(crate) own: bool,
    /// Whether it means something that it is there at all, so that it has no default to be written out.
    pub(crate) optional: bool,
}

/// What happens to a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Status {
    /// It is read, and means this.
    Served(Meaning),
    /// It is a block with keys of its own.
    Block(&'static [Key]),
    /// The Collector has it and we do not: an error with this advice.
    Refused(&'static str),
    /// The Collector has it and nothing of ours depends on it: a warning with the reason.
    Inert(&'static str),
}

/// What a key's value is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meaning {
    /// Its type, for people.
    pub(crate) form: &'static str,
    /// What stands without it: YAML, or a few words in parentheses.
    pub(crate) default: &'static str,
    /// What it does.
    pub(crate) note: &'static str,
}

impl Key {
    /// A key of the Collector's that means the same here.
    pub(crate) const fn new(
        name: &'static str,
        form: &'static str,
        default: &'static str,
        note: &'static str,
    ) -> Self {
        Self { name, status: Status::Served(Meaning { form, default, note }), own: false, optional: false }
    }

    /// A block of the Collector's with keys of its own.
    pub(crate) const fn block(name: &'static str, keys: &'static [Self]) -> Self {
        Self { name, status: Status::Block(keys), own: false, optional: false }
    }

    /// A key that the Collector does not know.
    pub(crate) const fn own(self) -> Self {
        Self { own: true, ..self }
    }

    /// A key that means something by being there.
    pub(crate) const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// A key of the Collector's that is not served.
    pub(crate) const fn refused(name: &'static str, advice: &'static str) -> Self {
        Self { name, status: Status::Refused(advice), own: false, optional: false }
    }

    /// A key of the Collector's that changes nothing here.
    pub(crate) const fn inert(name: &'static str, reason: &'static str) -> Self {
        Self { name, status: Status::Inert(reason), own: false, optional: false }
    }

    /// Whether a file may have it, so that it is worth suggesting.
    pub(crate) const fn is_served(&self) -> bool {
        matches!(self.status, Status::Served(_) | Status::Block(_))
    }
}
