use std::collections::VecDeque;

use crate::InstanceId;

/// How many ids are remembered of those that have answered before.
const REMEMBERED: usize = 16;

/// Which instances have answered at one address. Pure.
///
/// An id that another one follows may be that of a process that was restarted, which never comes back. Only one that
/// answers again after another is alive beside it. So at each change the question is put again ([`Seen::ask_again`]).
///
/// Answers may overtake each other, and one that was asked for before the last change says nothing of what came after; hence
/// each comes with what [`changes`](Self::changes) was when it was asked for.
#[derive(Debug, Default)]
pub struct Sightings {
    last: Option<InstanceId>,
    before: VecDeque<InstanceId>,
    changes: u64,
    are_several: bool,
}

/// What is known of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// Nothing: whoever answers there does not say who it is.
    #[default]
    Nothing,
    /// An instance of Sluice answers there, as far as is known a single one at a time.
    One,
    /// Several do at the same time.
    Several,
}

/// What one answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// What was known before.
    Same,
    /// Another instance than the last.
    Other,
    /// Nothing: it was asked for before the last change.
    Late,
    /// An instance that another one had followed: there are several. Said once.
    Several,
}

impl Seen {
    /// Whether it takes another answer to know.
    #[must_use]
    pub fn ask_again(self) -> bool {
        matches!(self, Self::Other | Self::Late)
    }
}

impl Sightings {
    /// How often the answer has changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// What is known by now. That there are several stays true: what balances their connections is a matter of
    /// configuration.
    #[must_use]
    pub fn known(&self) -> Known {
        match self.last {
            _ if self.are_several => Known::Several,
            Some(_) => Known::One,
            None => Known::Nothing,
        }
    }

    /// An instance has answered to a question that was put after so many changes.
    pub fn see(&mut self, asked_at: u64, id: InstanceId) -> Seen {
        if self.are_several || self.last == Some(id) {
            return Seen::Same;
        }
        if asked_at != self.changes {
            return Seen::Late;
        }
        if self.before.contains(&id) {
            self.are_several = true;
            self.before = VecDeque::new();
            return Seen::Several;
        }
        self.changes += 1;
        let Some(last) = self.last.replace(id) else { return Seen::Same };
        if self.before.len() == REMEMBERED {
            self.before.pop_front();
        }
        self.before.push_back(last);
        Seen::Other
    }
}

#[cfg(test)]
#[path = "sightings_tests.rs"]
mod tests;
