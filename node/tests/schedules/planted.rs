//! Bugs that are planted in what the node's hand-offs are made of, to see that the exploration finds them.

use std::cell::Cell;

/// A bug.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planted {
    /// Whoever waits is not woken.
    LostNotification,
    /// A permit is not given back.
    LostPermit,
}

impl Planted {
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
    static PLANTED: Cell<Option<Planted>> = const { Cell::new(None) };
}
