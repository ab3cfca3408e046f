//! Bugs that are planted in what the node's hand-offs are made of, to see that the exploration finds them.

use std::cell::Cell;

/// A bug.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Whoever waits is not woken.
    Notification,
    /// A permit is not given back.
    Permit,
}

impl Lost {
    /// From now on it is in every order that this test tries.
    pub(crate) fn plant(self) {
        PLANTED.set(Some(self));
    }

    pub(crate) fn is_here(self) -> bool {
        PLANTED.get() == Some(self)
    }
}

std::thread_local! {
    /// The checker runs all threads of a case on the test's own.
    static PLANTED: Cell<Option<Lost>> = const { Cell::new(None) };
}
